/** Documents to grants: which rule applies where, and what cannot be known (K4, K6, K10). */
import type { Origin } from "../policy.ts";
import { partsOf } from "./aggregate.ts";
import {
  type BindingDocument,
  isObject,
  type Namespace,
  NO_NAME,
  objectKindOf,
  type RoleDocument,
  RULE_FIELDS,
  readDocuments,
} from "./document.ts";
import { type RuleGrant, UNNAMED_NAMESPACE } from "./rule.ts";

/** Something that cannot be read. It may grant anything inside `hull`, so it is a doubt, never nothing. */
export interface UnreadGrant {
  readonly clause: string;
  readonly reason: string;
  readonly decide: string;
  readonly hull: RuleGrant;
}

export interface Grants {
  readonly grants: readonly RuleGrant[];
  readonly problems: readonly UnreadGrant[];
  /** What bindings without subjects would grant: nobody holds it (K12). */
  readonly unheld: readonly RuleGrant[];
  /** Objects that have nothing to do with access (K14). */
  readonly passedOver: number;
}

/** Where a role applies. Without a namespace: everywhere. */
interface Place {
  readonly namespace?: string;
  readonly through?: Origin;
}

/**
 * What the documents of one side grant, and where. A role that a binding of the same side references is granted as
 * those bindings grant it, any other one as itself. To whom a binding grants it is not looked at.
 * @param namespace where a Role without a namespace, a ClusterRole that no binding references, and bare rules apply
 * @throws PolicyError when something given is no policy
 */
export function kubernetesGrants(documents: readonly unknown[], namespace: string | undefined): Grants {
  const { roles, bindings, passedOver } = readDocuments(documents);
  const grants: RuleGrant[] = [];
  const problems: UnreadGrant[] = [];
  const unheld: RuleGrant[] = [];
  const placeOf = (written: Namespace): Place => ({
    namespace: typeof written === "string" ? written : (namespace ?? UNNAMED_NAMESPACE),
  });
  const byName = new Map<string, RoleDocument[]>();
  for (const role of roles) {
    const key = roleKey(role.kind, role.name, placeOf(role.namespace).namespace);
    if (key === undefined || role.namespace === NO_NAME) continue;
    byName.set(key, [...(byName.get(key) ?? []), role]);
  }
  const parts = partsOf(roles);
  const bound = new Map<RoleDocument, Place[]>();
  for (const binding of bindings) {
    const through = binding.origin;
    const place: Place =
      binding.kind === "ClusterRoleBinding" || binding.namespace === NO_NAME
        ? { through }
        : { ...placeOf(binding.namespace), through };
    const target = binding.namespace === NO_NAME ? undefined : refOf(binding);
    const key = target && roleKey(target.kind, target.name, place.namespace);
    const found = key === undefined ? undefined : byName.get(key);
    const held = heldBy(binding.subjects);
    for (const role of found ?? []) {
      // that nobody is named is no reason to take the role as if no binding referenced it
      bound.set(role, [...(bound.get(role) ?? []), ...(held === "somebody" ? [place] : [])]);
      if (held !== "nobody") continue;
      for (const { rules, from } of parts.rulesOf(role)) readRole({ ...from, rules }, place, unheld, []);
    }
    if (held === "nobody") continue;
    if (held === "unclear") {
      problems.push({
        clause: "K12",
        reason: "malformed: none of a binding's subjects can be read",
        decide: `mend ${through.pointer === "" ? "the binding" : through.pointer}`,
        hull: hull(place, through),
      });
      continue;
    }
    if (found !== undefined) continue;
    problems.push({
      clause: target === undefined ? "K10" : "K4",
      ...(target === undefined
        ? {
            reason: "malformed: a binding's roleRef or namespace is not one",
            decide: `mend ${through.pointer === "" ? "the binding" : through.pointer}`,
          }
        : {
            reason: `the ${target.kind} "${target.name}" that a binding references is not among the documents`,
            decide: `add the ${target.kind} "${target.name}"`,
          }),
      hull: hull(place, through),
    });
  }
  for (const role of roles) {
    const own: Place =
      role.kind === "Role" ? placeOf(role.namespace) : namespace === undefined ? {} : { namespace };
    const alone = parts.isPart(role) ? [] : [own];
    for (const place of role.namespace === NO_NAME ? [{}] : (bound.get(role) ?? alone)) {
      for (const { rules, from } of parts.rulesOf(role))
        readRole({ ...from, rules }, place, grants, problems);
    }
  }
  return { grants, problems, unheld, passedOver };
}

/** Whether a binding names anybody (K12). Who it is is not compared, only that somebody is meant. */
function heldBy(subjects: unknown): "somebody" | "nobody" | "unclear" {
  if (subjects === undefined || subjects === null) return "nobody";
  if (!Array.isArray(subjects)) return "unclear";
  if (subjects.length === 0) return "nobody";
  const named = subjects.some(
    (s) => isObject(s) && typeof s["kind"] === "string" && typeof s["name"] === "string" && s["name"] !== "",
  );
  return named ? "somebody" : "unclear";
}

function roleKey(kind: string, name: string | undefined, namespace: string | undefined): string | undefined {
  if (name === undefined || kind === "rules") return undefined;
  return kind === "ClusterRole" ? JSON.stringify([name]) : JSON.stringify([name, namespace]);
}

/** The role that a binding names, or nothing when that cannot be read. */
function refOf(
  binding: BindingDocument,
): { readonly kind: "Role" | "ClusterRole"; readonly name: string } | undefined {
  const ref = binding.roleRef;
  if (!isObject(ref)) return undefined;
  const { kind, name, apiGroup } = ref;
  if (typeof name !== "string" || name === "") return undefined;
  if (typeof apiGroup === "string" && apiGroup !== "" && apiGroup !== "rbac.authorization.k8s.io")
    return undefined;
  if (kind === "ClusterRole") return { kind, name };
  return kind === "Role" && binding.kind === "RoleBinding" ? { kind, name } : undefined;
}

/** All that can be granted at a place. */
export function hull({ namespace, through }: Place, origin: Origin): RuleGrant {
  return {
    verbs: ["*"],
    groups: ["*"],
    resources: ["*"],
    urls: namespace === undefined ? ["*"] : [],
    origin,
    ...(namespace === undefined ? {} : { namespace }),
    ...(through === undefined ? {} : { through }),
  };
}

function readRole(role: RoleDocument, place: Place, grants: RuleGrant[], problems: UnreadGrant[]): void {
  const problem = (clause: string, reason: string, decide: string, at: RuleGrant): void => {
    problems.push({ clause, reason, decide, hull: at });
  };
  const all = hull(place, role.origin);
  const mend = `mend ${role.origin.pointer === "" ? "the document" : role.origin.pointer}`;
  if (role.namespace === NO_NAME) {
    problem(
      "K10",
      "malformed: the role's namespace is no text; a word such as n, y or 7 needs quotes",
      mend,
      all,
    );
    return;
  }
  const { rules } = role;
  const empty = rules === null || rules === undefined || (Array.isArray(rules) && rules.length === 0);
  if (role.aggregation !== undefined && empty) {
    const name = role.name === undefined ? "" : ` "${role.name}"`;
    problem(
      "K6",
      `the rules of the aggregated ClusterRole${name} are not filled in`,
      "read it from a cluster whose controller has filled them in, or write the rules out",
      all,
    );
    return;
  }
  // a server prints a role without rules as null; one without the word may be misspelt
  if (rules === null) return;
  if (!role.rulesGiven || rules === undefined) {
    problem("K10", 'malformed: a role has no "rules"', mend, all);
    return;
  }
  if (!Array.isArray(rules)) {
    problem("K10", `malformed: "rules" is ${objectKindOf(rules)}`, mend, all);
    return;
  }
  for (const [i, rule] of rules.entries()) {
    const origin = { ...role.origin, pointer: role.pointerOf(i) };
    readRule(rule, { ...place, origin }, grants, problems);
  }
}

type Where = Place & { readonly origin: Origin };

/** One rule: what it grants for sure, and what a malformed part of it could grant besides. */
function readRule(rule: unknown, where: Where, grants: RuleGrant[], problems: UnreadGrant[]): void {
  const { origin } = where;
  const doubt = (reason: string, at: Partial<RuleGrant> = {}): void => {
    problems.push({
      clause: "K10",
      reason: `malformed: ${reason}`,
      decide: `mend ${origin.pointer === "" ? "the rule" : origin.pointer}`,
      hull: { ...hull(where, origin), ...at },
    });
  };
  if (!isObject(rule)) {
    doubt(`a rule is ${objectKindOf(rule)}`);
    return;
  }
  // a word that restricts or grants under a name that is none of the five; a mere flag does neither
  const odd = Object.keys(rule).find(
    (key) =>
      !RULE_FIELDS.includes(key) &&
      rule[key] !== null &&
      rule[key] !== undefined &&
      typeof rule[key] !== "boolean",
  );
  if (odd !== undefined) {
    doubt(`"${odd}" is no part of a rule (${RULE_FIELDS.join(", ")})`);
    return;
  }
  const lists = Object.fromEntries(RULE_FIELDS.map((field) => [field, listOf(rule[field])]));
  const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } = lists as Record<string, List>;
  if (!verbs || !apiGroups || !resources || !resourceNames || !nonResourceURLs) return;
  const isLacking = ([, list]: readonly [string, List]): boolean => !list.given && !list.bad;
  const urlsOnly =
    nonResourceURLs.given && [apiGroups, resources, resourceNames].every((list) => !list.given && !list.bad);
  // a rule with resources and URLs grants both (K10); what its resources lack does not touch its URLs
  const lacking = Object.entries(urlsOnly ? { verbs } : { verbs, apiGroups, resources }).find(isLacking);
  if (lacking !== undefined) {
    const sure = nonResourceURLs.given && verbs.given && !verbs.bad && !nonResourceURLs.bad;
    if (sure) {
      grants.push({ verbs: verbs.words, groups: [], resources: [], urls: nonResourceURLs.words, ...where });
    }
    doubt(`a rule has no "${lacking[0]}"`, sure ? { verbs: verbs.words, urls: [] } : {});
    return;
  }
  const parts = {
    verbs: verbs.words,
    groups: apiGroups.words,
    resources: resources.words,
    urls: nonResourceURLs.words,
    ...(resourceNames.given || resourceNames.bad ? { names: resourceNames.words } : {}),
  };
  grants.push({ ...parts, ...where });
  const bad = RULE_FIELDS.find((field) => lists[field]?.bad);
  if (bad === undefined) return;
  // a part that is no list of texts may stand for any: the rest of the rule still says how far it can reach
  const { names, ...rest } = parts;
  doubt(`"${bad}" of a rule is no list of texts`, {
    ...rest,
    ...(names === undefined || resourceNames.bad ? {} : { names }),
    ...(verbs.bad ? { verbs: ["*"] } : {}),
    ...(apiGroups.bad ? { groups: ["*"] } : {}),
    ...(resources.bad ? { resources: ["*"] } : {}),
    ...(nonResourceURLs.bad ? { urls: ["*"] } : {}),
  });
}

interface List {
  readonly words: readonly string[];
  /** Holds something. */
  readonly given: boolean;
  /** Is no list, or an entry is no text. */
  readonly bad: boolean;
}

function listOf(value: unknown): List {
  if (value === undefined || value === null) return { words: [], given: false, bad: false };
  if (!Array.isArray(value)) return { words: [], given: false, bad: true };
  const words = value.filter((entry) => typeof entry === "string");
  return { words, given: value.length > 0, bad: words.length < value.length };
}
