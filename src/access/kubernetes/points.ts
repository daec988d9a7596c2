/** Requests inside a row of the difference: what exists today, what tells most, and one that proves it (R2). */
import { KUBERNETES_ESCALATION, KUBERNETES_SECRETS } from "../escalation/kubernetes.ts";
import type { KubernetesRequest } from "../policy.ts";
import { type At, GROUP, NAME, NAMESPACE, RESOURCE, SUB, type UrlCell, VERB } from "./cells.ts";
import type { CellSide, ResourceRow, UrlRow } from "./difference.ts";
import type { RequestPoint } from "./impact.ts";
import {
  comesInNamespace,
  comesThrough,
  EVERY_KEY,
  type Existing,
  namelessVerb,
  type Served,
  STANDARD_VERBS,
} from "./served.ts";
import { ANY, type Words } from "./words.ts";

export interface Proof {
  readonly point: RequestPoint;
  readonly request: KubernetesRequest;
}

export interface RowProofs {
  /** Requests that exist today by discovery; empty without one. */
  readonly existing: readonly Proof[];
  /** Requests that prove the difference whether or not anything serves them; never empty together with `existing`. */
  readonly others: readonly Proof[];
}

interface World {
  readonly other: CellSide;
  readonly words: Words;
  readonly served: Served | undefined;
}

/** The requests worth naming in a row; none that the other side allows, none that can never come. */
export function proofsOf(row: ResourceRow, world: World): RowProofs {
  const { at } = row.cell;
  const proofs = (points: readonly RequestPoint[]): readonly Proof[] =>
    points.flatMap((point) => {
      const request = requestOf(point, at, world);
      return request === undefined ? [] : [{ point, request }];
    });
  if (!hasWildcard(at)) {
    const own = proofs([wordsOf(at, world.words)]);
    const exists = own.some(({ point }) => world.served !== undefined && isServed(point, at, world.served));
    return exists ? { existing: own, others: [] } : { existing: [], others: own };
  }
  if (world.served === undefined) {
    return { existing: [], others: proofs([...tableIn(at, world.words), ...genericIn(at, world.words)]) };
  }
  return {
    existing: proofs(existingIn(at, world.served, world.words)),
    others: proofs(genericIn(at, world.words, world.served)),
  };
}

/** The one point of a row without a wildcard. */
function wordsOf(at: At, words: Words): RequestPoint {
  const text = (d: number): string => words.text(at[d] ?? ANY);
  return { verb: text(VERB), group: text(GROUP), resource: text(RESOURCE), sub: text(SUB) };
}

function isServed(point: RequestPoint, at: At, served: Served): boolean {
  return served
    .named(point.resource)
    .some(
      (entry) =>
        entry.group === point.group &&
        subOf(entry, point.sub) === point.sub &&
        verbsThat(at, entry, point.verb, true).includes(point.verb),
    );
}

function hasWildcard(at: At): boolean {
  return at[VERB] === ANY || at[GROUP] === ANY || at[RESOURCE] === ANY || at[SUB] === ANY;
}

/** A point of the row as a request that the other side does not allow, or nothing where it does. */
function requestOf(point: RequestPoint, at: At, world: World): KubernetesRequest | undefined {
  const { words, other } = world;
  let exact = at;
  // a row without a wildcard is one point, which is no part of the other side
  if (hasWildcard(at)) {
    const [verb, group] = [words.find(point.verb), words.find(point.group)];
    const [resource, sub] = [words.find(point.resource), words.find(point.sub)];
    exact = [verb, group, resource, sub, at[NAME] ?? ANY, at[NAMESPACE] ?? ANY];
    if (other.resources.holds(exact)) return undefined;
  }
  let name = at[NAME] === ANY ? "" : words.text(at[NAME] ?? ANY);
  // the other side may allow the request without a name alone
  if (at[NAME] === ANY && other.resources.holds(exact.with(NAME, words.find("")))) name = words.unused();
  if (name !== "" && namelessVerb(point.verb)) return undefined;
  const namespace = at[NAMESPACE] ?? ANY;
  return {
    verb: point.verb,
    group: point.group,
    resource: point.resource,
    ...(point.sub === "" ? {} : { subresource: point.sub }),
    ...(name === "" ? {} : { name }),
    ...(namespace === ANY ? {} : { namespace: words.text(namespace) }),
  };
}

function inside(at: At, words: Words, point: RequestPoint): boolean {
  const fits = (d: number, text: string): boolean => at[d] === ANY || words.text(at[d] ?? ANY) === text;
  return (
    fits(VERB, point.verb) &&
    fits(GROUP, point.group) &&
    fits(RESOURCE, point.resource) &&
    fits(SUB, point.sub)
  );
}

function existingIn(at: At, served: Served, words: Words): readonly RequestPoint[] {
  const [verb = ANY, , resource = ANY, sub = ANY] = at;
  const named = sub === ANY ? "" : words.text(sub);
  const entries = resource === ANY ? served.all : served.named(words.text(resource));
  return entries.flatMap((entry) =>
    verbsThat(at, entry, verb === ANY ? undefined : words.text(verb), resource !== ANY)
      .map((v) => ({ verb: v, group: entry.group, resource: entry.resource, sub: subOf(entry, named) }))
      .filter((point) => inside(at, words, point)),
  );
}

/** The subresource of the entry; where any key is one, the one that is named. */
function subOf({ sub }: Existing, named: string): string {
  return sub === EVERY_KEY && named !== "" ? named : sub;
}

/** The verbs of the entry that can come from where the row is. */
function verbsThat(at: At, entry: Existing, asked: string | undefined, named: boolean): readonly string[] {
  // a verb that is none of the API's stands in no discovery; a rule that names the resource means something by it
  const own = asked !== undefined && named && !STANDARD_VERBS.includes(asked) ? [asked] : entry.verbs;
  if (at[NAMESPACE] === ANY || entry.namespaced) return own;
  const written = at[VERB] !== ANY;
  return own.filter((verb) => comesThrough(verb, entry.group, entry.resource, written));
}

const TABLE: readonly RequestPoint[] = [
  ...KUBERNETES_ESCALATION,
  ...KUBERNETES_SECRETS.flatMap((kind) => STANDARD_VERBS.map((verb) => ({ ...kind, verb }))),
  { verb: "create", group: "", resource: "serviceaccounts", sub: "token" },
];

/** What tells most, of the tables: where no discovery says what exists. */
function tableIn(at: At, words: Words): readonly RequestPoint[] {
  return TABLE.filter(
    (point) =>
      inside(at, words, point) &&
      (at[NAMESPACE] === ANY || comesInNamespace(point.verb, point.group, point.resource)),
  );
}

/** Each wildcard as a word that no rule uses (G3); a verb first as those that exist (K7). */
function genericIn(at: At, words: Words, served?: Served): readonly RequestPoint[] {
  const text = (d: number): string => (at[d] === ANY ? words.unused() : words.text(at[d] ?? ANY));
  const [group, resource] = [text(GROUP), text(RESOURCE)];
  const outside = at[NAMESPACE] !== ANY && served?.clusterScoped(group, resource) === true;
  const any = [...STANDARD_VERBS, words.unused()].filter(
    (verb) => !outside || comesThrough(verb, group, resource, false),
  );
  const verbs = at[VERB] === ANY ? any : [text(VERB)];
  const subs = at[SUB] === ANY ? ["", words.unused()] : [text(SUB)];
  return verbs.flatMap((verb) => subs.map((sub) => ({ verb, group, resource, sub })));
}

const URL_VERBS: readonly string[] = ["get", "post", "put", "patch", "delete", "head", "options"];

/** A request for a URL of the row that the other side does not allow. */
export function urlRequestOf(row: UrlRow, world: Pick<World, "other" | "words">): KubernetesRequest {
  const { words, other } = world;
  const { verb, url, prefix } = row.cell;
  const verbs = verb === ANY ? [...URL_VERBS, words.unused()] : [words.text(verb)];
  const open = (cell: UrlCell): boolean => !other.urls.holds(cell);
  for (const text of verbs) {
    for (const address of prefix ? addresses(url) : [url]) {
      if (open({ verb: words.find(text), url: address, prefix: false, grants: [] }))
        return { verb: text, url: address };
    }
  }
  // not reached: the generic point of the row lies in no cell of the other side, and the letters go on
  throw new RangeError(`no URL proves the difference in ${url}`);
}

/** URLs that start with it: itself, a readable one, and then one letter after another, of which no list is that long. */
function* addresses(prefix: string): Generator<string> {
  if (prefix.startsWith("/")) yield prefix;
  yield prefix === "" ? "/<any>" : `${prefix}<any>`;
  for (let code = "~".charCodeAt(0); code < 0xd800; code++) yield prefix + String.fromCharCode(code);
}
