import type { Finding } from "../../report/report.ts";
import { visible } from "../../text/visible.ts";

/** A block of IPv4 addresses that a finding names; `to` is the first address behind it. */
export interface AddressBlock {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  /** A finding says that it departs from the plan, or that it is planned and not there. */
  readonly wrong: boolean;
  /** Whose it is; of a planned block nothing. */
  readonly name: string;
}

/** The blocks of a plan and those that are there, as far as findings name them, each once. */
export interface AddressPlan {
  readonly planned: readonly AddressBlock[];
  readonly live: readonly AddressBlock[];
}

const BLOCK = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

function rangeOf(text: string): { readonly from: number; readonly to: number } | undefined {
  const [, ...parts] = BLOCK.exec(text) ?? [];
  const [a = 256, b = 256, c = 256, d = 256, length = 33] = parts.map(Number);
  if (Math.max(a, b, c, d) > 255 || length > 32) return undefined;
  const size = 2 ** (32 - length);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const from = address - (address % size);
  return { from, to: from + size };
}

/** The address plan that these findings tell of. */
export function addressPlanOf(findings: readonly Finding[]): AddressPlan {
  const planned = new Map<string, AddressBlock>();
  const live = new Map<string, AddressBlock>();
  for (const { expected, actual, resource } of findings) {
    // the one block that a finding expects is not there; of a list it only says what is planned
    for (const text of textsOf(expected))
      put(planned, text, "", typeof expected === "string" && actual !== text);
    for (const text of textsOf(actual)) put(live, text, visible(resource.name), true);
  }
  // a block that is planned too is what a finding found elsewhere: no fault of its own
  const fitting = [...live.values()].map((block) =>
    planned.has(block.text) ? { ...block, wrong: false } : block,
  );
  return { planned: [...planned.values()].sort(byPlace), live: fitting.sort(byPlace) };
}

function put(blocks: Map<string, AddressBlock>, text: string, name: string, wrong: boolean): void {
  const range = rangeOf(text);
  if (range === undefined) return;
  const known = blocks.get(text);
  const names = [...new Set([known?.name ?? "", name])].filter((each) => each !== "").join(", ");
  blocks.set(text, { text, ...range, wrong: wrong || known?.wrong === true, name: names });
}

function textsOf(value: unknown): readonly string[] {
  return [value].flat().filter((each) => typeof each === "string");
}

function byPlace(a: AddressBlock, b: AddressBlock): number {
  return a.from - b.from || b.to - a.to;
}
