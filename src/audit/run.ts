import type { Provider } from "../access/policy.ts";
import type { Control, LoadedBaseline, ResolvedControl } from "../baselines/baseline.ts";
import type { Resolution } from "../baselines/parameters.ts";
import type { Check } from "../checks/define.ts";
import type { Operations, ProviderRecord } from "../providers/define.ts";
import type { Facts } from "../snapshot/facts.ts";
import type { Snapshot, Unread } from "../snapshot/snapshot.ts";
import type { Context } from "../state/context.ts";
import type { Course } from "./course.ts";

/** What becomes of a baseline's controls of one cloud on a target. */
export type Part =
  | { readonly kind: "judged" }
  /** Listed here with the reason, and judged nowhere. */
  | { readonly kind: "skipped" | "unknown"; readonly reason: string };

/** One baseline against one recorded state. */
export interface Run {
  readonly loaded: LoadedBaseline;
  readonly given: Readonly<Record<string, string>>;
  readonly profile?: string;
  readonly snapshot: Snapshot;
  readonly facts: Facts;
  /** Name of the target. */
  readonly target: string;
  /** What becomes of the controls of each cloud here; those of other clouds are not listed. */
  readonly parts: ReadonlyMap<Provider, Part>;
  readonly checks: ReadonlyMap<string, Check>;
  /** The clouds asked for. */
  readonly clouds: readonly Provider[];
  /** Controls of files are listed here, with these files. */
  readonly files?: NonNullable<Context["files"]>;
  readonly serviceData?: NonNullable<Context["serviceData"]>;
  /** In what the audit of this cloud differs from that of another. */
  readonly provider: ProviderRecord;
  /** The operations of today that differences are counted by, when they are known. */
  readonly operations?: Operations;
  /** Who is told how it goes along. */
  readonly course: Course;
}

/** What the judging of one control needs. */
export interface Frame {
  readonly run: Run;
  readonly resolution: Resolution;
  readonly control: Control;
  readonly resolved: ResolvedControl;
}

/** The day of the operations that differences are counted by; where they are not known, when the state was read. */
export function catalogDate({ snapshot, operations }: Run): string {
  return operations?.date ?? snapshot.takenAt.slice(0, 10);
}

/** An entry that could not be read, in words. */
export function unreadText(u: Unread): string {
  return `${u.api}: ${u.detail}${u.permission === undefined ? "" : `; needs ${u.permission}`}`;
}
