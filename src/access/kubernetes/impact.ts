/** What a request lets its holder do at worst (K8), and which of several tells a person most. */
import { KUBERNETES_ESCALATION, KUBERNETES_SECRETS } from "../escalation.ts";
import type { Impact } from "../policy.ts";

/** A request, its name and namespace left aside. */
export interface Point {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  /** `""`: the resource itself. */
  readonly sub: string;
}

const READS: readonly string[] = ["get", "list", "watch"];
const URL_READS: readonly string[] = ["get", "head", "options"];
/** Verbs in the order in which one stands for the others: what changes before what reads. */
const TELLING: readonly string[] = [
  "create",
  "update",
  "patch",
  "delete",
  "deletecollection",
  "get",
  "list",
  "watch",
];

const same = (a: Omit<Point, "verb">, b: Omit<Point, "verb">): boolean =>
  a.group === b.group && a.resource === b.resource && a.sub === b.sub;

export function impactOf(point: Point): Impact {
  const { verb } = point;
  // each kind of impersonation has a verb of its own since the constrained one came
  if (verb === "impersonate" || verb.startsWith("impersonate:") || verb.startsWith("impersonate-on:")) {
    return "escalation";
  }
  if (KUBERNETES_ESCALATION.some((known) => known.verb === verb && same(known, point))) return "escalation";
  if (!READS.includes(verb)) return "write";
  return KUBERNETES_SECRETS.some((known) => same(known, point)) ? "write" : "read";
}

export function urlImpact(verb: string): Impact {
  return URL_READS.includes(verb) ? "read" : "write";
}

const RANK = { escalation: 0, write: 1, read: 2 } as const satisfies Record<Impact, number>;

export function worst(impacts: readonly Impact[]): Impact {
  return impacts.reduce<Impact>((a, b) => (RANK[b] < RANK[a] ? b : a), "read");
}

/** The most telling first: by impact, secrets and ways in before the rest, what changes before what reads. */
export function byTelling(a: Point, b: Point): number {
  return (
    RANK[impactOf(a)] - RANK[impactOf(b)] ||
    secretRank(a) - secretRank(b) ||
    verbRank(a.verb) - verbRank(b.verb) ||
    lengthOf(a) - lengthOf(b) ||
    (textOf(a) < textOf(b) ? -1 : textOf(a) > textOf(b) ? 1 : 0)
  );
}

function secretRank(point: Point): number {
  const at = KUBERNETES_SECRETS.findIndex((known) => same(known, point));
  return at < 0 ? KUBERNETES_SECRETS.length : at;
}

export function verbRank(verb: string): number {
  const at = TELLING.indexOf(verb);
  return at < 0 ? TELLING.length : at;
}

function textOf(point: Point): string {
  return [point.resource, point.sub, point.group, point.verb].join("\u0000");
}

function lengthOf(point: Point): number {
  return point.resource.length + point.sub.length + point.group.length;
}
