/**
 * The catalogue of actions, access levels, resource types and condition keys, as `scripts/compact-iam-data.mjs` makes
 * it from the AWS Service Authorization Reference. This module takes the object; who calls loads it.
 */
import { subject } from "../glob.ts";
import type { Limits } from "./combination.ts";

/** L list, R read, T tagging, W write, P permissions management. */
export type AccessLevel = "L" | "R" | "T" | "W" | "P";

/** An action: its name, its level, whether it knows a resource type (0 or 1), and the number of its set of keys. */
export type CompactAction = readonly [name: string, level: AccessLevel, resources: 0 | 1, keys: number];

/** Compact on purpose: 22,000 actions. */
export interface ServiceData {
  /** The day on which the data was taken, `2026-09-26`. */
  readonly date: string;
  /** Package and version. */
  readonly source: string;
  /** Names of condition keys, lower case; `aws:resourcetag/*` stands for every tag. */
  readonly keys: readonly string[];
  /** Sets of keys, by their numbers. */
  readonly keySets: readonly (readonly number[])[];
  /** Actions per service prefix. */
  readonly services: Readonly<Record<string, readonly CompactAction[]>>;
}

export interface Operation {
  readonly name: string;
  /** Lower case, as `matches` takes it. */
  readonly key: string;
  readonly level?: AccessLevel;
  readonly limits?: Limits;
}

/** Keys that exist only where the action's resource or request has them; every other `aws:` key exists everywhere. */
const DEPENDENT = ["aws:resourcetag/", "aws:requesttag/", "aws:tagkeys"];

const made = new WeakMap<ServiceData, readonly Operation[]>();

/** All actions, sorted by key. Made once per data. */
export function operationsOf(data: ServiceData): readonly Operation[] {
  const known = made.get(data);
  if (known !== undefined) return known;
  const sets = data.keySets.map((numbers) => {
    const names = numbers.map((n) => data.keys[n] ?? "");
    return {
      whole: new Set(names),
      starts: names.filter((n) => n.endsWith("*")).map((n) => n.slice(0, -1)),
    };
  });
  const operations: Operation[] = [];
  for (const [service, actions] of Object.entries(data.services)) {
    for (const [name, level, resources, keys] of actions) {
      const set = sets[keys];
      const absent = {
        has: (key: string): boolean =>
          isJudged(key, data) &&
          set?.whole.has(key) !== true &&
          set?.starts.some((s) => key.startsWith(s)) !== true,
      };
      const text = `${service}:${name}`;
      const limits = { onlyStar: resources === 0, absent };
      operations.push({ name: text, key: subject(text.toLowerCase()), level, limits });
    }
  }
  operations.sort((a, b) => (a.key < b.key ? -1 : 1));
  made.set(data, operations);
  return operations;
}

/**
 * Whether the data can tell that the key is absent (AW9): tag keys, and keys of a service that the data knows. The
 * keys of identity providers, and global keys of the request, are none.
 */
function isJudged(key: string, data: ServiceData): boolean {
  if (DEPENDENT.some((d) => key.startsWith(d))) return true;
  const service = key.slice(0, Math.max(0, key.indexOf(":")));
  return service !== "aws" && Object.hasOwn(data.services, service);
}
