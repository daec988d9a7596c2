import type { Residue, VoidGrant } from "../../access/policy.ts";
import type { Facts } from "../../snapshot/facts.ts";
import type { Context } from "../../state/context.ts";
import { edit, show, showAll } from "../../state/kubernetes/command.ts";
import {
  type RuleSides,
  ruleDifferenceOf,
  ruleIndex,
  ruleReplayOf,
  rulesOf,
} from "../../state/kubernetes/difference.ts";
import { type DocumentedRole, documentedRole, requiredRules } from "../../state/kubernetes/documented.ts";
import { narrowed } from "../../state/kubernetes/narrow.ts";
import { type LiveRole, liveRoleResource, readLiveRoles, roleInWords } from "../../state/kubernetes/role.ts";
import { bare, RULES_SCHEMA, type Rule } from "../../state/kubernetes/rules.ts";
import { servedResources } from "../../state/kubernetes/served.ts";
import { diffLines, ruleLines, rulesText } from "../../state/kubernetes/yaml.ts";
import { byText } from "../../text/order.ts";
import {
  observedRuleDoubt,
  observedRuleResidue,
  residueIn,
  ruleRequestInWords,
  ruleResidueProperty,
  voidInWords,
} from "../../wording/kubernetes/compare.ts";
import { nothingThere, unlistedNamespaces } from "../../wording/kubernetes/namespace.ts";
import type { Observation } from "../../wording/observation.ts";
import { today, WHY_EXCESS } from "../../wording/words.ts";
import type { Check } from "../define.ts";

/** One role in the cluster and what is documented of it. */
interface Case {
  readonly facts: Facts;
  readonly documented: DocumentedRole;
  readonly live: LiveRole;
}

function sidesOf({ facts, documented, live }: Case, rules: readonly Rule[]): RuleSides {
  const resources = servedResources(facts, [...documented.rules, ...live.rules]);
  return {
    documented: [{ rules }],
    live: [{ rules: live.rules }],
    ...(live.namespace === undefined ? {} : { namespace: live.namespace }),
    ...(resources === undefined ? {} : { resources }),
  };
}

/** The documented rule that an excess is best shown beside: one for the same resource or address. */
function nearestRule(documented: DocumentedRole, residue: Residue): string {
  const about: Rule = residue.rule ?? { verbs: [] };
  const { resources = [], nonResourceURLs = [], apiGroups = [] } = about;
  const isNear = (rule: Rule) =>
    (rule.resources ?? []).some((r) => resources.includes(r)) ||
    (rule.nonResourceURLs ?? []).some((u) => nonResourceURLs.includes(u));
  const sameGroup = (rule: Rule) => (rule.apiGroups ?? []).some((g) => apiGroups.includes(g));
  const { rules } = documented;
  const both = rules.findIndex((rule) => isNear(rule) && sameGroup(rule));
  const at = both >= 0 ? both : rules.findIndex(isNear);
  return at < 0 ? "/rules" : `/rules/${at}`;
}

function missing(residue: Residue, c: Case, sides: RuleSides): Observation {
  const { documented, live } = c;
  const rule = bare(residue.rule ?? rulesOf(residue, sides.documented)[0] ?? { verbs: [] });
  const index = documented.required[ruleIndex(residue)];
  return {
    kind: "drift",
    drift: "missing",
    resource: liveRoleResource(live),
    property: ruleResidueProperty("missing", residue),
    ...observedRuleResidue(residue),
    message: `${roleInWords(live)} does not grant ${residueIn(residue, live.namespace)}, which the document asks for: whoever holds it may not ${ruleRequestInWords(residue.witness)}${today(residue)}; what relies on it will fail`,
    expected: rulesText([rule]),
    actual: rulesText(besides(live, rule)),
    at: index === undefined ? "/rules" : `/rules/${index}`,
    verify: show(live),
    remediation: {
      text: `Add what is missing to the rules of ${roleInWords(live)}, and apply it with kubectl, or put it into the manifest or chart that it comes from.`,
      commands: edit(live, diffLines("rules", [], [ruleLines(rule)])),
    },
    replay: () => ruleReplayOf(sides, residue.witness),
  };
}

/** The live rules about the same resources or addresses: what to show beside a rule that lacks. */
function besides(live: LiveRole, rule: Rule): readonly Rule[] {
  const about = (other: Rule) =>
    (rule.resources ?? []).some((r) => other.resources?.includes(r)) ||
    (rule.nonResourceURLs ?? []).some((u) => other.nonResourceURLs?.includes(u));
  return live.rules.filter(about);
}

function excess(residue: Residue, c: Case, sides: RuleSides): Observation {
  const { documented, live } = c;
  const rules = rulesOf(residue, sides.live);
  const left = rules.flatMap((rule) => narrowed(rule, documented.rules));
  return {
    kind: "drift",
    drift: "excess",
    resource: liveRoleResource(live),
    property: ruleResidueProperty("excess", residue),
    ...observedRuleResidue(residue),
    message: `${roleInWords(live)} grants ${residueIn(residue, live.namespace)} beyond the document: whoever holds it may ${ruleRequestInWords(residue.witness)}${today(residue)}; ${WHY_EXCESS[residue.impact]}`,
    expected: rulesText(left),
    actual: rulesText(rules),
    at: nearestRule(documented, residue),
    verify: show(live),
    remediation: {
      text: `${left.length === 0 ? "Take what is not documented out of the rules of" : "Narrow the rules to what is documented in"} ${roleInWords(live)}, and apply it with kubectl, or in the manifest or chart that it comes from.`,
      commands: edit(live, diffLines("rules", rules.map(ruleLines), left.map(ruleLines))),
    },
    replay: () => ruleReplayOf(sides, residue.witness),
  };
}

/** Optional rules that are not there, or not wholly: worth knowing, no drift. */
function* optionalAbsent(c: Case): Iterable<Observation> {
  const { documented, live } = c;
  for (const [index, rule] of documented.rules.entries()) {
    if (documented.required.includes(index)) continue;
    const lacking = ruleDifferenceOf(sidesOf(c, [rule])).missing;
    if (lacking.length === 0) continue;
    yield {
      kind: "note",
      drift: "absent",
      resource: liveRoleResource(live),
      message: `${roleInWords(live)} does not grant ${lacking.map((r) => residueIn(r, live.namespace)).join("; ")}, which the document calls optional`,
      property: JSON.stringify(["optional", ...ruleLines(rule)]),
      at: `/rules/${index}`,
    };
  }
}

/** Rules that grant nothing where they stand, on either side (K4): never drift. */
function* voidRules(found: readonly VoidGrant[], c: Case): Iterable<Observation> {
  const { live } = c;
  const documentedToo = new Set(found.filter((v) => v.side === "documented").map((v) => v.pattern));
  for (const [side, words] of [
    ["documented", "the document lists for"],
    ["live", "there is in"],
  ] as const) {
    // what the document has too, it says itself
    const patterns = found.filter(
      (v) => v.side === side && (side === "documented" || !documentedToo.has(v.pattern)),
    );
    const [first] = patterns;
    if (first === undefined) continue;
    yield {
      kind: "note",
      drift: "dead",
      resource: liveRoleResource(live),
      message: `what ${words} ${roleInWords(live)} and grants nothing there: ${voidInWords(patterns, live.namespace)}`,
      property: JSON.stringify(["void", side]),
      at: side === "documented" ? (/^\/rules\/\d+/.exec(first.origin.pointer)?.[0] ?? "/rules") : "/rules",
    };
  }
}

function* judge(c: Case): Iterable<Observation> {
  const { documented, live } = c;
  const subject = roleInWords(live);
  if (live.problem !== undefined) {
    yield {
      kind: "unknown",
      resource: liveRoleResource(live),
      message: `what ${subject} grants is not known: ${live.problem}`,
      property: "rules",
      clause: "K6",
      decide: `read it again (${show(live)})`,
      at: "/rules",
    };
  }
  const required = sidesOf(c, requiredRules(documented));
  const lacking = ruleDifferenceOf(required);
  // What is not known of its rules may grant what lacks.
  if (live.problem === undefined) for (const residue of lacking.missing) yield missing(residue, c, required);
  const all = sidesOf(c, documented.rules);
  const beyond = ruleDifferenceOf(all);
  for (const residue of beyond.excess) yield excess(residue, c, all);
  const doubts = [
    ...lacking.undecided.filter((d) => d.side === "missing"),
    ...beyond.undecided.filter((d) => d.side === "excess"),
  ];
  for (const doubt of doubts) yield observedRuleDoubt(doubt, liveRoleResource(live), subject);
  if (live.problem === undefined) yield* optionalAbsent(c);
  yield* voidRules(beyond.void ?? [], c);
  yield { kind: "assessed", count: documented.rules.length, what: "documented rules" };
}

/** A namespace that was mistaken shows by its roles, which are in another. */
function elsewhere(documented: DocumentedRole, facts: Facts): string {
  if (documented.namespace === undefined) return "";
  const found = readLiveRoles(facts).named(documented.kind, documented.name);
  const places = [...new Set(found.flatMap((role) => role.namespace ?? []))].sort(byText);
  if (places.length === 0) return "";
  const more = places.length > 3 ? ` and ${places.length - 3} more` : "";
  return ` (there is one in ${places.slice(0, 3).join(", ")}${more})`;
}

function absent(documented: DocumentedRole, context: Context, facts: Facts): Observation {
  const where =
    documented.kind === "Role" && documented.namespace === undefined
      ? `there is no Role ${documented.name} in any namespace`
      : `there is no ${roleInWords(documented)}`;
  const base = {
    resource: {
      ...liveRoleResource(documented),
      id:
        documented.namespace === undefined
          ? `${facts.scope}#${documented.name}`
          : liveRoleResource(documented).id,
    },
    property: "role",
    at: "/name",
  } as const;
  if (context.control.optional) {
    return {
      ...base,
      kind: "note",
      drift: "absent",
      absent: true,
      message: `${where}; the document calls it optional`,
    };
  }
  const file = `${documented.kind.toLowerCase()}.yaml`;
  return {
    ...base,
    kind: "drift",
    drift: "absent",
    message: `${where}${elsewhere(documented, facts)}: what the document asks for is not granted by it`,
    expected: rulesText(documented.rules),
    actual: null,
    verify: showAll(documented.kind),
    remediation: {
      text: `Create the ${documented.kind} with the documented rules, and bind it.`,
      commands: [
        [
          `# ${file}:`,
          "# apiVersion: rbac.authorization.k8s.io/v1",
          `# kind: ${documented.kind}`,
          `# metadata: { name: ${documented.name}${documented.namespace === undefined ? "" : `, namespace: ${documented.namespace}`} }`,
          "# rules:",
          ...documented.rules.flatMap(ruleLines).map((line) => `# ${line}`),
        ].join("\n"),
        `kubectl apply -f ${file}`,
      ],
    },
  };
}

function* run(facts: Facts, context: Context): Iterable<Observation> {
  const nothing = [...nothingThere(facts, context)];
  if (nothing.length > 0) {
    yield* nothing;
    return;
  }
  const notes = unlistedNamespaces(facts, context);
  if (notes.length > 0) yield { kind: "assessed", count: 0, what: "documented rules", notes };
  const documented = documentedRole(context.control);
  const roles = readLiveRoles(facts);
  const exact = roles.find(documented);
  const found =
    documented.kind === "Role" && documented.namespace === undefined
      ? [...roles.named("Role", documented.name)].sort((a, b) => byText(a.namespace ?? "", b.namespace ?? ""))
      : exact === undefined
        ? []
        : [exact];
  if (found.length === 0) yield absent(documented, context, facts);
  for (const live of found) yield* judge({ facts, documented, live });
  if (documented.kind === "ClusterRole" || documented.namespace !== undefined || found.length === 0) return;
  const places = found.map((role) => role.namespace).join(", ");
  yield {
    kind: "assessed",
    count: 0,
    what: "documented rules",
    notes: [
      `no namespace is given for Role ${documented.name} (${documented.control}): it was found, and checked, in ${places}`,
    ],
  };
}

/** A Role or ClusterRole grants what the document prints: no request fewer, none more (K1 to K4, K6, K7). */
export const role: Check = {
  id: "kubernetes/role",
  cloud: "kubernetes",
  title: "A role in the cluster grants exactly the documented rules",
  help: `Finds the Role or ClusterRole by its name, and its namespace, and compares its rules with the documented ones as sets of requests. Order, duplicates, and how the rules are split or merged make no difference; an entry is exact or \`*\`, and \`pods/*\` is no wildcard.

It is an interval: something is missing only if a required rule asks for it, and in excess only if neither a required nor an optional one does. An optional rule that is not there is a note.

Rules that cannot grant anything where they stand (a cluster-scoped resource or a URL in a Role, a group that no server serves any more) are notes on either side. A resource that the server does not serve today is compared as written, and a difference is latent.

A control that names no namespace means every Role of that name, wherever it is; the report says where it was found.

Unknown, never pass: the roles could not be listed, the audited namespace does not exist, the rules are aggregated and not filled in.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["kind", "name", "rules"],
    properties: {
      kind: { type: "string", enum: ["Role", "ClusterRole"] },
      name: { type: "string", minLength: 1, description: "name of the role" },
      namespace: {
        type: "string",
        minLength: 1,
        description: "of a Role; absent: every namespace that has a Role of that name",
      },
      rules: RULES_SCHEMA,
    },
  },
  needs: (params) => [
    "kubernetes/cluster",
    "kubernetes/namespace",
    (params as { readonly kind?: string }).kind === "ClusterRole"
      ? "kubernetes/cluster-role"
      : "kubernetes/role",
    "kubernetes/api-resource",
  ],
  tolerates: ["kubernetes/namespace", "kubernetes/api-resource"],
  drifts: {
    missing: {
      short: "The role lacks a documented permission.",
      help: "The role does not grant a request that the document asks for, so a part of the product will fail where it is used. The proof is one request that the documented rules allow and the role does not. Add the rule of the remediation to the role, in the manifest or chart that it comes from. A latent difference is about a resource that the server does not serve today.",
    },
    excess: {
      short: "The role grants more than the document lists.",
      help: "The role grants a request that the document does not list. The proof is one request that the role allows and the document does not. Narrow the rule as the remediation shows, or ask the vendor to document it. It is critical when the holder could give itself more with it: escalate, bind, impersonate. A latent difference grants nothing that the server serves today, and will grant it when it does.",
    },
    absent: {
      short: "The documented role does not exist.",
      help: "No role of that kind and name exists where it is documented, in a cluster that could be read. Create it with the documented rules and bind it. An optional role or rule that is not there is a note.",
    },
    dead: {
      short: "A rule grants nothing where it stands.",
      help: "A cluster-scoped resource or a URL in a Role, or a group of the API that no supported server serves, grants nothing there. This is a note, about the document or about the role, and never drift.",
    },
  },
  run: (facts, _, context) => run(facts, context),
};
