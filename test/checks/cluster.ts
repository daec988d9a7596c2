import type { ResolvedControl } from "../../src/baselines/baseline.ts";
import type { Check } from "../../src/checks/define.ts";
import type { Facts } from "../../src/snapshot/facts.ts";
import { factsOf } from "../../src/snapshot/facts.ts";
import type { Observation } from "../../src/wording/observation.ts";
import { type ClusterState, empty, type RuleBody, rule, snapshotOf } from "../worlds/kubernetes-state.ts";
import { control, run } from "./world.ts";

/** A cluster in which nothing of a vendor is, but for what a test puts there. */
export function factsIn(changes: Partial<ClusterState>, namespace = "lab"): Facts {
  return factsOf(snapshotOf({ ...empty, namespaces: ["lab", "yard"], ...changes }, namespace));
}

type DocumentedRule = RuleBody & { readonly optional?: boolean };

export function roleControl(
  id: string,
  rules: readonly DocumentedRule[],
  more: object = {},
  optional = false,
): ResolvedControl {
  const place = { kind: "Role", name: id, namespace: "lab", rules, ...more };
  return control(id, "kubernetes/role", place, { optional });
}

export const keeper = roleControl("keeper", [
  rule("", "pods", ["get", "list"]),
  { ...rule("", "pods/exec", "create"), optional: true },
]);
export const fleet = roleControl("fleet", [rule("", "nodes", "get")], {
  kind: "ClusterRole",
  namespace: undefined,
});

/** What a check says of a control, every witness replayed. */
export function seen(
  check: Check,
  facts: Facts,
  own: ResolvedControl,
  others: readonly ResolvedControl[] = [],
): readonly Observation[] {
  return run(check, facts, own, { others });
}

/** The first observation of a kind and drift; throws when there is none. */
export function only(observations: readonly Observation[], kind: "drift" | "unknown" | "note") {
  const found = observations.filter((o) => o.kind === kind);
  const [first] = found;
  if (first === undefined || found.length !== 1) throw new Error(`${found.length} of kind ${kind}`);
  return first as Exclude<Observation, { readonly kind: "assessed" }> & { readonly drift?: string };
}
