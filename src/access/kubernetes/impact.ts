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

const kindKey = ({ group, resource, sub }: Omit<Point, "verb">): string =>
  [group, resource, sub].join("\u0000");
const ESCALATION = new Set(KUBERNETES_ESCALATION.map((point) => `${point.verb}\u0000${kindKey(point)}`));
const SECRETS = new Map(KUBERNETES_SECRETS.map((kind, rank) => [kindKey(kind), rank]));

export function impactOf(point: Point): Impact {
  const { verb } = point;
  // each kind of impersonation has a verb of its own since the constrained one came
  if (verb === "impersonate" || verb.startsWith("impersonate:") || verb.startsWith("impersonate-on:")) {
    return "escalation";
  }
  if (ESCALATION.has(`${verb}\u0000${kindKey(point)}`)) return "escalation";
  if (!READS.includes(verb)) return "write";
  return SECRETS.has(kindKey(point)) ? "write" : "read";
}

export function urlImpact(verb: string): Impact {
  return URL_READS.includes(verb) ? "read" : "write";
}

const RANK = { escalation: 0, write: 1, read: 2 } as const satisfies Record<Impact, number>;

export function worst(impacts: readonly Impact[]): Impact {
  return impacts.reduce<Impact>((a, b) => (RANK[b] < RANK[a] ? b : a), "read");
}

/**
 * The most telling first: by what `rank` says, by impact, secrets and ways in before the rest, what changes before
 * what reads.
 */
export function byTelling<T>(
  items: readonly T[],
  pointOf: (item: T) => Point,
  rank: (point: Point) => number = () => 0,
): readonly T[] {
  return items
    .map((item) => {
      const point = pointOf(item);
      const ranks = [
        rank(point),
        RANK[impactOf(point)],
        SECRETS.get(kindKey(point)) ?? SECRETS.size,
        verbRank(point.verb),
        point.resource.length + point.sub.length + point.group.length,
      ];
      return { item, ranks, text: `${kindKey(point)}\u0000${point.verb}` };
    })
    .sort((a, b) => {
      const at = a.ranks.findIndex((n, i) => n !== b.ranks[i]);
      if (at >= 0) return (a.ranks[at] ?? 0) - (b.ranks[at] ?? 0);
      return a.text < b.text ? -1 : a.text > b.text ? 1 : 0;
    })
    .map(({ item }) => item);
}

export function verbRank(verb: string): number {
  const at = TELLING.indexOf(verb);
  return at < 0 ? TELLING.length : at;
}
