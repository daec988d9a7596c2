/** Cells in words, as kubectl writes them: `get,list secrets "a","b" -n team`, `* *.*`, `get /metrics*`. */
import type { KubernetesRule } from "../policy.ts";
import { ALL_DIMENSIONS, type At, keyOn, NAME, nameless, type UrlCell, VERB } from "./cells.ts";
import { UNNAMED_NAMESPACE } from "./rule.ts";
import { ANY, type Words } from "./words.ts";

/** Cells that differ in verbs or names alone, on one line (R3). */
export interface Line {
  readonly verbs: readonly number[];
  readonly group: number;
  readonly resource: number;
  readonly sub: number;
  /** `[ANY]`: any name. */
  readonly names: readonly number[];
  readonly namespace: number;
  /** Places of the cells in the list that was given. */
  readonly members: readonly number[];
}

const ALL_BUT_VERB = ALL_DIMENSIONS & ~(1 << VERB);
const ALL_BUT_VERB_AND_NAME = ALL_BUT_VERB & ~(1 << NAME);

/** Joins verbs over one resource and name, then names under the same verbs. */
export function linesOf(given: readonly At[], words: Words): readonly Line[] {
  // where no name can come, none is said
  const cells = given.map((at) =>
    nameless(at, words) && words.text(at[NAME] ?? ANY) === "" ? at.with(NAME, ANY) : at,
  );
  const byName = grouped(cells, (at) => keyOn(at, ALL_BUT_VERB)).map((members) => ({
    members,
    verbs: ids(cells, members, VERB),
  }));
  return grouped(byName, ({ members, verbs }) => {
    const at = cells[members[0] ?? 0] as At;
    // a restriction to names is never joined with none
    return `${keyOn(at, ALL_BUT_VERB_AND_NAME)}${at[NAME] === ANY} ${verbs.join(" ")}`;
  }).map((parts) => {
    const members = parts.flatMap((part) => byName[part]?.members ?? []);
    const [, group = ANY, resource = ANY, sub = ANY, , namespace = ANY] = cells[members[0] ?? 0] as At;
    return {
      verbs: byName[parts[0] ?? 0]?.verbs ?? [],
      group,
      resource,
      sub,
      names: ids(cells, members, NAME),
      namespace,
      members,
    };
  });
}

/** Places of the items that have the same key, in the order of the first of each. */
function grouped<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  for (const [i, item] of items.entries()) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [i]);
    else group.push(i);
  }
  return [...groups.values()];
}

function ids(cells: readonly At[], members: readonly number[], dimension: number): readonly number[] {
  return [...new Set(members.map((i) => cells[i]?.[dimension] ?? ANY))].sort((a, b) => a - b);
}

export function lineText(line: Line, words: Words, plainNamespace: boolean): string {
  const { resources, groups, names } = partsOf(line, words);
  const [resource, sub] = splitFirst(resources, line.sub !== ANY && words.text(line.sub) !== "");
  const group = groups === "" ? "" : `.${groups === "*" ? "*" : plain(groups, /^[\w.-]+$/)}`;
  const kind = `${resource === "*" ? "*" : plain(resource, /^[\w-]+$/)}${group}${sub === "" ? "" : `/${plain(sub, /^[^\s"]+$/)}`}`;
  const named = names === undefined ? "" : ` ${names.map((name) => JSON.stringify(name)).join(",")}`;
  return `${verbsText(line.verbs, words)} ${kind}${named}${placeText(line.namespace, words, plainNamespace)}`;
}

function splitFirst(text: string, hasSub: boolean): readonly [string, string] {
  const slash = hasSub ? text.indexOf("/") : -1;
  return slash < 0 ? [text, ""] : [text.slice(0, slash), text.slice(slash + 1)];
}

function placeText(namespace: number, words: Words, plainNamespace: boolean): string {
  if (namespace === ANY) return "";
  const text = words.text(namespace);
  if (text === UNNAMED_NAMESPACE) return plainNamespace ? "" : ` -n ${text}`;
  return ` -n ${plain(text, /^[\w.-]+$/)}`;
}

/** A word that no API has is quoted, so that it cannot be read as another one. */
function plain(text: string, expected: RegExp): string {
  return expected.test(text) ? text : JSON.stringify(text);
}

const VERBS = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];

/** Verbs in the order in which RBAC documents list them, others after them. */
function verbsOf(verbs: readonly number[], words: Words): readonly string[] {
  const rank = (verb: string): number => VERBS.indexOf(verb) + 1 || VERBS.length + 1;
  return verbs
    .map((verb) => (verb === ANY ? "*" : words.text(verb)))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0));
}

function verbsText(verbs: readonly number[], words: Words): string {
  return verbsOf(verbs, words)
    .map((verb) => (verb === "*" ? verb : plain(verb, /^[\w:-]+$/)))
    .join(",");
}

function partsOf(
  line: Line,
  words: Words,
): { readonly resources: string; readonly groups: string; readonly names: readonly string[] | undefined } {
  const resource = line.resource === ANY ? "*" : words.text(line.resource);
  const sub = line.sub === ANY ? "" : words.text(line.sub);
  return {
    resources: sub === "" ? resource : `${resource}/${sub}`,
    groups: line.group === ANY ? "*" : words.text(line.group),
    names: line.names.includes(ANY) ? undefined : line.names.map((name) => words.text(name)).sort(),
  };
}

export function ruleOf(line: Line, words: Words): KubernetesRule {
  const { resources, groups, names } = partsOf(line, words);
  return {
    apiGroups: [groups],
    resources: [resources],
    ...(names === undefined ? {} : { resourceNames: names }),
    verbs: verbsOf(line.verbs, words),
  };
}

/** URL cells that differ in verbs alone. */
export interface UrlLine {
  readonly verbs: readonly number[];
  readonly url: string;
  readonly members: readonly number[];
}

export function urlLinesOf(cells: readonly UrlCell[]): readonly UrlLine[] {
  return grouped(cells, (cell) => JSON.stringify([cell.url, cell.prefix])).map((members) => {
    const { url = "", prefix = false } = cells[members[0] ?? 0] ?? {};
    const verbs = [...new Set(members.map((i) => cells[i]?.verb ?? ANY))].sort((a, b) => a - b);
    return { verbs, url: prefix ? `${url}*` : url, members };
  });
}

export function urlLineText(line: UrlLine, words: Words): string {
  // in brackets, as kubectl describes it, where it could be read as a resource
  const url = line.url.startsWith("/") ? line.url : `[${line.url}]`;
  return `${verbsText(line.verbs, words)} ${url}`;
}

export function urlRuleOf(line: UrlLine, words: Words): KubernetesRule {
  return { nonResourceURLs: [line.url], verbs: verbsOf(line.verbs, words) };
}
