/** Aggregated ClusterRoles filled in from the parts that stand beside them (K13). */
import { isObject, type RoleDocument, RULE_FIELDS } from "./document.ts";

/** Rules, and the role that writes them. */
interface Written {
  readonly rules: unknown;
  readonly from: RoleDocument;
}

interface Parts {
  /** The rules of a role: its own, or those of the parts that its selectors take. */
  readonly rulesOf: (role: RoleDocument) => readonly Written[];
  /** Whether a role is in the rules of an aggregated one beside it, and so is granted as that one is. */
  readonly isPart: (role: RoleDocument) => boolean;
}

/**
 * What the controller of aggregation does with the roles of one side, where it has not run yet: rules that it has filled
 * in count as they stand (K6). Source: pkg/controller/clusterroleaggregation.
 */
export function partsOf(roles: readonly RoleDocument[]): Parts {
  const clusterRoles = roles.filter((role) => role.kind === "ClusterRole");
  const taken = new Map<RoleDocument, readonly RoleDocument[]>();
  for (const role of clusterRoles) {
    if (role.aggregation === undefined) continue;
    const selectors = selectorsOf(role.aggregation);
    // what cannot be read takes nothing, and its role stays in doubt
    const parts = clusterRoles.filter(
      (part) => part !== role && selectors?.some((selects) => selects(part.labels)) === true,
    );
    if (parts.length > 0) taken.set(role, parts);
  }
  const rulesOf = (role: RoleDocument, above: readonly RoleDocument[] = []): readonly Written[] => {
    const parts = isEmpty(role) ? taken.get(role) : undefined;
    if (parts === undefined) return [{ rules: role.rules, from: role }];
    const left = parts.filter((part) => !above.includes(part));
    return left.flatMap((part) => rulesOf(part, [...above, role]));
  };
  const below = (role: RoleDocument, seen = new Set<RoleDocument>()): ReadonlySet<RoleDocument> => {
    for (const part of taken.get(role) ?? []) {
      if (seen.has(part)) continue;
      seen.add(part);
      below(part, seen);
    }
    return seen;
  };
  const inside = new Set(
    [...taken].flatMap(([role, parts]) => {
      const filled = isEmpty(role) ? undefined : rulesIn(role);
      // of roles that take in each other none is granted by another alone
      return parts.filter(
        (part) =>
          !below(part).has(role) &&
          (filled === undefined || [...rulesIn(part)].every((rule) => filled.has(rule))),
      );
    }),
  );
  return { rulesOf, isPart: (role) => inside.has(role) };
}

function isEmpty({ rules }: RoleDocument): boolean {
  return rules === null || rules === undefined || (Array.isArray(rules) && rules.length === 0);
}

/** Each rule as one text, whatever the order of its words and with nothing for an empty list. */
function rulesIn({ rules }: RoleDocument): ReadonlySet<string> {
  if (!Array.isArray(rules)) return new Set([JSON.stringify(rules)]);
  return new Set(
    rules.map((rule) =>
      JSON.stringify(
        RULE_FIELDS.map((field) => {
          const list = isObject(rule) ? rule[field] : rule;
          return Array.isArray(list) ? [...list].sort() : (list ?? []);
        }),
      ),
    ),
  );
}

type Selects = (labels: Readonly<Record<string, unknown>>) => boolean;

/** The selectors of an aggregation rule; nothing when one of them cannot be read. */
function selectorsOf(rule: unknown): readonly Selects[] | undefined {
  const list = isObject(rule) ? (rule["clusterRoleSelectors"] ?? []) : undefined;
  if (!Array.isArray(list)) return undefined;
  const selectors = list.map(selectorOf);
  return selectors.every((selects) => selects !== undefined) ? selectors : undefined;
}

/** A label selector: all of its demands. One without any takes every role. Source: apimachinery, LabelSelectorAsSelector. */
function selectorOf(value: unknown): Selects | undefined {
  if (!isObject(value)) return undefined;
  if (Object.keys(value).some((key) => key !== "matchLabels" && key !== "matchExpressions")) return undefined;
  const { matchLabels = {}, matchExpressions = [] } = value;
  if (!isObject(matchLabels ?? {}) || !Array.isArray(matchExpressions ?? [])) return undefined;
  const labels = Object.entries((matchLabels ?? {}) as Record<string, unknown>);
  if (labels.some(([, text]) => typeof text !== "string")) return undefined;
  const demands = ((matchExpressions ?? []) as readonly unknown[]).map(demandOf);
  if (!demands.every((demand) => demand !== undefined)) return undefined;
  return (own) =>
    labels.every(([key, text]) => labelOf(own, key) === text) && demands.every((demand) => demand(own));
}

function demandOf(value: unknown): Selects | undefined {
  if (!isObject(value)) return undefined;
  const { key, operator, values } = value;
  if (typeof key !== "string") return undefined;
  if (operator === "Exists") return (own) => labelOf(own, key) !== undefined;
  if (operator === "DoesNotExist") return (own) => labelOf(own, key) === undefined;
  if (!Array.isArray(values) || (operator !== "In" && operator !== "NotIn")) return undefined;
  // a label that is not there is in no list
  return (own) => values.includes(labelOf(own, key)) === (operator === "In");
}

function labelOf(labels: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
