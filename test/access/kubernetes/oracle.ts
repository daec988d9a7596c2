import type { KubernetesRequest, Residue } from "../../../src/access/policy.ts";

/**
 * A second reading of the rules of RBAC that shares no code with src/: for each request the words that a rule may use
 * for it, and a reader of the notation in which residues are printed.
 */
export interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** Rules and where they apply; `undefined`: everywhere. */
export interface Placed {
  readonly rules: readonly Rule[];
  readonly place: string | undefined;
}

export interface Served {
  readonly group: string;
  readonly resource: string;
  readonly namespaced: boolean;
  readonly verbs?: readonly string[];
}

const meets = (list: readonly string[] | undefined, words: readonly string[]): boolean =>
  list?.some((word) => words.indexOf(word) >= 0) ?? false;

/** The words by which a rule may allow the request: verbs, then resources or URLs. */
const wordsOf = new WeakMap<KubernetesRequest, { verbs: string[]; kinds: string[] }>();

function wordsFor(request: KubernetesRequest): { verbs: string[]; kinds: string[] } {
  const before = wordsOf.get(request);
  if (before !== undefined) return before;
  let kinds: string[];
  if ("url" in request) {
    kinds = [
      request.url,
      `${request.url}*`,
      ...[...request.url].map((_, i) => `${request.url.slice(0, i)}*`),
    ];
  } else if (request.subresource === undefined) kinds = ["*", request.resource];
  else kinds = ["*", `${request.resource}/${request.subresource}`, `*/${request.subresource}`];
  const words = { verbs: ["*", request.verb], kinds };
  wordsOf.set(request, words);
  return words;
}

function ruleAllows(rule: Rule, request: KubernetesRequest): boolean {
  const { verbs, kinds } = wordsFor(request);
  if ("url" in request) {
    // several stars at the end are one
    const urls = rule.nonResourceURLs?.map((url) => (url.endsWith("**") ? `${url.split(/\*+$/)[0]}*` : url));
    return meets(urls, kinds) && meets(rule.verbs, verbs);
  }
  const names = rule.resourceNames ?? [];
  return (
    meets(rule.resources, kinds) &&
    meets(rule.verbs, verbs) &&
    meets(rule.apiGroups, ["*", request.group]) &&
    (names.length === 0 || names.indexOf(request.name ?? "") >= 0)
  );
}

/** Whether a grant in a namespace can ever be used for the request. */
function usable(
  request: KubernetesRequest,
  place: string | undefined,
  served: readonly Served[] | undefined,
  rule: Rule,
) {
  if ("url" in request) return place === undefined;
  if (served === undefined) return true;
  if (request.group === "extensions" && !served.some((s) => s.group === "extensions")) return false;
  if (place === undefined) return true;
  const same = served.filter(
    (s) => s.group === request.group && s.resource.split("/")[0] === request.resource,
  );
  if (same.length === 0 || same.some((s) => s.namespaced)) return true;
  if (request.group === "" && request.resource === "namespaces")
    if (["get", "update", "patch", "delete", "watch"].includes(request.verb)) return true;
  // the API server's own verbs come cluster-wide; another that a rule writes out is asked by somebody else
  return request.verb === "zz" && rule.verbs.includes("zz");
}

export function granted(
  side: readonly Placed[],
  request: KubernetesRequest,
  served?: readonly Served[],
): boolean {
  const asked = "url" in request ? undefined : request.namespace;
  return side.some(
    ({ rules, place }) =>
      (place === undefined || place === asked) &&
      rules.some((rule) => ruleAllows(rule, request) && usable(request, place, served, rule)),
  );
}

/** A line such as `get,list pods.apps/log "a","b" -n team` or `get /metrics*`, as rules at a place. */
export function readLine(line: string): Placed {
  const place = / -n (\S+)$/.exec(line)?.[1];
  const [verbs = "", kind = "", names] = line.replace(/ -n \S+$/, "").split(" ");
  const list = verbs.split(",");
  if (kind.startsWith("/") || kind.startsWith("[")) {
    return { rules: [{ verbs: list, nonResourceURLs: [kind.replace(/^\[(.*)\]$/, "$1")] }], place };
  }
  const slash = kind.indexOf("/");
  const [whole, sub] = slash < 0 ? [kind, ""] : [kind.slice(0, slash), kind.slice(slash)];
  const dot = whole.indexOf(".");
  const [resource, group] = dot < 0 ? [whole, ""] : [whole.slice(0, dot), whole.slice(dot + 1)];
  const rule: Rule = { verbs: list, apiGroups: [group], resources: [`${resource}${sub}`] };
  return {
    rules: [names === undefined ? rule : { ...rule, resourceNames: JSON.parse(`[${names}]`) as string[] }],
    place,
  };
}

const lines = new Map<string, readonly Placed[]>();

function lineAllows(line: string, request: KubernetesRequest): boolean {
  const before = lines.get(line) ?? [readLine(line)];
  if (lines.size < 20_000) lines.set(line, before);
  return granted(before, request);
}

/** Whether the request lies in the residue: in its pattern and in none of its exceptions (R4). */
export function inResidue(residue: Pick<Residue, "pattern" | "except">, request: KubernetesRequest): boolean {
  return lineAllows(residue.pattern, request) && !residue.except.some((line) => lineAllows(line, request));
}
