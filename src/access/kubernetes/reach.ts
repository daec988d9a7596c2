/** Whether a request is allowed by any name, in any place where something is granted (E2). */
import type { AnywhereReach, Reaches } from "../escalation/reach.ts";
import { NOWHERE, PERHAPS } from "../escalation/reach.ts";
import type { CompareOptions, KubernetesRequest } from "../policy.ts";
import { kubernetesEvaluator } from "./evaluate.ts";
import { kubernetesGrants } from "./grants.ts";
import type { RuleGrant } from "./rule.ts";
import { comesInNamespace } from "./served.ts";

/**
 * A grant is a list of words, so a request lies in it exactly when it does by one of the names and in the place that the
 * grant itself has: those are asked.
 * @throws PolicyError when something given is no policy
 */
export function kubernetesReach(documents: readonly unknown[], options: CompareOptions): Reaches {
  const { grants, problems } = kubernetesGrants(documents, options.namespace);
  const allows = kubernetesEvaluator(documents, options);
  const all = [...grants, ...problems.map(({ hull }) => hull)];
  return (step) => {
    let perhaps = false;
    for (const grant of all) {
      for (const witness of requestsOf(step, grant)) {
        const verdict = allows(witness);
        if (verdict === "allowed") return { verdict, witness } satisfies AnywhereReach;
        if (verdict === "undecided") perhaps = true;
      }
    }
    return perhaps ? PERHAPS : NOWHERE;
  };
}

/** `create pods/exec`, by each name that the grant has, in its namespace. */
function requestsOf(step: string, grant: RuleGrant): readonly KubernetesRequest[] {
  const [verb = "", kind = ""] = step.split(" ");
  const [whole = "", subresource] = kind.split("/");
  const [resource = "", ...rest] = whole.split(".");
  const group = rest.join(".");
  if (!mayHold(grant, verb, resource)) return [];
  // which secret it is, the name does not say; to read one that is named is judged as what it is (K8)
  if (kind === "secrets" && grant.names !== undefined) return [];
  const { namespace } = grant;
  const base = {
    verb,
    group,
    resource,
    ...(subresource === undefined ? {} : { subresource }),
    ...(namespace === undefined || !comesInNamespace(verb, group, resource) ? {} : { namespace }),
  };
  return grant.names === undefined ? [base] : grant.names.map((name) => ({ ...base, name }));
}

/** A look at the words, so that thousands of rules are not asked for each step. */
function mayHold({ verbs, resources }: RuleGrant, verb: string, resource: string): boolean {
  return (
    verbs.some((v) => v === "*" || v === verb) &&
    resources.some((r) => r.startsWith("*") || r === resource || r.startsWith(`${resource}/`))
  );
}
