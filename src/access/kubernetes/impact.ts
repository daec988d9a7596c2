/** What a request lets its holder do at worst (K8), and which of several tells a person most. */
import { KUBERNETES_ESCALATION, KUBERNETES_SECRETS } from "../escalation/kubernetes.ts";
import type { Impact } from "../policy.ts";

/** A request, its name and namespace left aside. */
export interface RequestPoint {
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

const kindKey = ({ group, resource, sub }: Omit<RequestPoint, "verb">): string =>
  `${group}\u0000${resource}\u0000${sub}`;
const ESCALATION = new Set(KUBERNETES_ESCALATION.map((point) => `${point.verb}\u0000${kindKey(point)}`));
const SECRETS = new Map(KUBERNETES_SECRETS.map((kind, rank) => [kindKey(kind), rank]));
/** Most resources are in neither table, and need no key to tell. */
const TABLED = new Set([...KUBERNETES_ESCALATION, ...KUBERNETES_SECRETS].map(({ resource }) => resource));

export function kubernetesImpactOf(point: RequestPoint): Impact {
  const { verb } = point;
  // each kind of impersonation has a verb of its own since the constrained one came
  if (verb === "impersonate" || verb.startsWith("impersonate:") || verb.startsWith("impersonate-on:")) {
    return "escalation";
  }
  if (TABLED.has(point.resource) && ESCALATION.has(`${verb}\u0000${kindKey(point)}`)) return "escalation";
  if (!READS.includes(verb)) return "write";
  return secretRank(point) < SECRETS.size ? "write" : "read";
}

/** The place among what holds secrets, past the last for what holds none. */
function secretRank(point: RequestPoint): number {
  const rank = TABLED.has(point.resource) ? SECRETS.get(kindKey(point)) : undefined;
  return rank ?? SECRETS.size;
}

export function urlImpact(verb: string): Impact {
  return URL_READS.includes(verb) ? "read" : "write";
}

const RANK = { escalation: 0, write: 1, read: 2 } as const satisfies Record<Impact, number>;

const IMPACTS = Object.keys(RANK).length;
/** Longer than any group, resource and subresource together. */
const LONGEST = 2 ** 32;

export function worst(impacts: readonly Impact[]): Impact {
  return impacts.reduce<Impact>((a, b) => (RANK[b] < RANK[a] ? b : a), "read");
}

/**
 * The most telling first: by what `rank` says, by impact, secrets and ways in before the rest, what changes before
 * what reads.
 */
export function byTelling<T>(
  items: readonly T[],
  pointOf: (item: T) => RequestPoint,
  rank: (point: RequestPoint) => number = () => 0,
): readonly T[] {
  if (items.length < 2) return items;
  return items
    .map((item) => {
      const point = pointOf(item);
      const length = point.resource.length + point.sub.length + point.group.length;
      const kind =
        (rank(point) * IMPACTS + RANK[kubernetesImpactOf(point)]) * (SECRETS.size + 1) + secretRank(point);
      return { item, at: (kind * (TELLING.length + 1) + verbRank(point.verb)) * LONGEST + length };
    })
    .sort((a, b) => {
      if (a.at !== b.at) return a.at - b.at;
      const [x, y] = [textOf(pointOf(a.item)), textOf(pointOf(b.item))];
      return x < y ? -1 : x > y ? 1 : 0;
    })
    .map(({ item }) => item);
}

function textOf(point: RequestPoint): string {
  return `${kindKey(point)}\u0000${point.verb}`;
}

export function verbRank(verb: string): number {
  const at = TELLING.indexOf(verb);
  return at < 0 ? TELLING.length : at;
}
