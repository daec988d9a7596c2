import { FIELDS, RULE_FIELDS } from "../../access/kubernetes/document.ts";
import { list, record } from "../../snapshot/value.ts";
import { member, oddMember, textsOf } from "./value.ts";

/** A rule as RBAC writes it. */
export interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** The rules of a role as far as they are understood; `problem` says what is not, and that they may grant more. */
export interface RuleList {
  readonly rules: readonly Rule[];
  readonly problem?: string;
}

/** JSON Schema of a rule in a baseline. */
export const RULES_SCHEMA = {
  type: "array",
  minItems: 1,
  description: "rules, as the role's YAML has them",
  items: {
    type: "object",
    additionalProperties: false,
    required: ["verbs"],
    properties: {
      apiGroups: { type: "array", minItems: 1, items: { type: "string" } },
      resources: { type: "array", minItems: 1, items: { type: "string" } },
      verbs: { type: "array", minItems: 1, items: { type: "string" } },
      resourceNames: { type: "array", items: { type: "string" } },
      nonResourceURLs: { type: "array", minItems: 1, items: { type: "string" } },
      optional: { type: "boolean", description: "the rule may be absent without drift" },
      note: { type: "string", description: "what the page says the rule is for, in own words" },
    },
  },
} as const;

/** A rule with nothing but what RBAC knows, and without empty lists. */
export function bare(rule: Rule): Rule {
  const { apiGroups = [], resources = [], verbs, resourceNames = [], nonResourceURLs = [] } = rule;
  return {
    ...(apiGroups.length === 0 ? {} : { apiGroups }),
    ...(resources.length === 0 ? {} : { resources }),
    ...(nonResourceURLs.length === 0 ? {} : { nonResourceURLs }),
    ...(resourceNames.length === 0 ? {} : { resourceNames }),
    verbs,
  };
}

function readRule(value: unknown): Rule | undefined {
  if (record(value) === undefined || oddMember(value, RULE_FIELDS) !== undefined) return undefined;
  const [verbs, apiGroups, resources, resourceNames, nonResourceURLs] = [
    textsOf(member(value, "verbs")),
    textsOf(member(value, "apiGroups")),
    textsOf(member(value, "resources")),
    textsOf(member(value, "resourceNames")),
    textsOf(member(value, "nonResourceURLs")),
  ];
  if (
    verbs === undefined ||
    apiGroups === undefined ||
    resources === undefined ||
    resourceNames === undefined ||
    nonResourceURLs === undefined
  ) {
    return undefined;
  }
  return bare({ verbs, apiGroups, resources, resourceNames, nonResourceURLs });
}

/**
 * The rules of a Role or ClusterRole. `rules: null` is no rule; on an aggregated ClusterRole no rule at all says that
 * nobody has filled them in, so that they are not known (K6).
 */
export function readRules(body: unknown): RuleList {
  const odd = oddMember(body, FIELDS);
  if (odd !== undefined) return { rules: [], problem: odd };
  const value = member(body, "rules");
  const items = value === null || value === undefined ? [] : list(value);
  if (items === undefined) return { rules: [], problem: "its rules are not a list" };
  if (items.length === 0 && (member(body, "aggregationRule") ?? undefined) !== undefined) {
    return { rules: [], problem: "its rules are aggregated from other roles, and nobody has filled them in" };
  }
  if (value === undefined) return { rules: [], problem: "it came without rules" };
  const read = items.map(readRule);
  const rules = read.filter((rule) => rule !== undefined);
  if (rules.length === items.length) return { rules };
  return { rules, problem: `its rule ${read.indexOf(undefined) + 1} cannot be understood` };
}
