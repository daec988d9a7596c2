/**
 * The catalogue of actions, access levels, resource types and condition keys, as `scripts/compact-iam-data.mjs` makes
 * it from the AWS Service Authorization Reference. This module takes the object; who calls loads it.
 */
import { subject } from "../glob.ts";

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

/** What the service's data says of one action (AW5, AW9). */
export interface Limits {
  /** The action knows no resource: the request's resource is `*`. */
  readonly onlyStar: boolean;
  /** Keys that the action does not support, lower case: absent. */
  readonly absent: { has(key: string): boolean };
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
    const whole = new Set(names);
    const starts = names.filter((n) => n.endsWith("*")).map((n) => n.slice(0, -1));
    return limitsOf(data, (key) => whole.has(key) || starts.some((s) => key.startsWith(s)));
  });
  const none = limitsOf(data, () => false);
  const operations: Operation[] = [];
  for (const [service, actions] of Object.entries(data.services)) {
    for (const [name, level, resources, keys] of actions) {
      const text = `${service}:${name}`;
      const limits = (sets[keys] ?? none)[resources === 0 ? "onlyStar" : "anyResource"];
      operations.push({ name: text, key: subject(text.toLowerCase()), level, limits });
    }
  }
  operations.sort((a, b) => (a.key < b.key ? -1 : 1));
  made.set(data, operations);
  return operations;
}

/** The limits of all actions with one set of keys: the same objects for them all. */
function limitsOf(
  data: ServiceData,
  supports: (key: string) => boolean,
): { readonly onlyStar: Limits; readonly anyResource: Limits } {
  const absent = { has: (key: string): boolean => isJudged(key, data) && !supports(key) };
  return { onlyStar: { onlyStar: true, absent }, anyResource: { onlyStar: false, absent } };
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
