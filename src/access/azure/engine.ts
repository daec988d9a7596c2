import type {
  AllowsOptions,
  AzureRequest,
  CompareOptions,
  Comparison,
  Origin,
  Verdict,
  Witness,
} from "../policy.ts";
import { PolicyError } from "../policy.ts";
import { difference } from "./compare.ts";
import { AZURE_DIMENSIONS, azurePoint, azureRules } from "./document.ts";
import { azureDoubts, azureResidues, azureSides, malformedDoubts } from "./residues.ts";
import { decide, matchesPoint } from "./rules.ts";

/** The difference of roles, as `comparePolicies` gives it. */
export function compareAzure(
  documented: readonly unknown[],
  live: readonly unknown[],
  options: CompareOptions,
): Comparison {
  const left = azureRules(documented);
  const right = azureRules(live);
  const denies = azureRules(options.denies ?? [], "deny");
  const sides = azureSides(left.rules, [...right.rules, ...denies.rules], options);
  const missing = difference(sides.documented, sides.live, AZURE_DIMENSIONS, options.bound);
  const excess = difference(sides.live, sides.documented, AZURE_DIMENSIONS, options.bound);
  const residues = {
    missing: azureResidues(missing, "missing", sides),
    excess: azureResidues(excess, "excess", sides),
  };
  // what is malformed on the other side may grant it, and a malformed deny may take it away: no difference is certain
  // and so may what a side's own field, that is not understood, takes from it
  const unsure = {
    missing: [...right.problems, ...left.problems.filter((p) => p.takes)],
    excess: [...left.problems, ...denies.problems, ...right.problems.filter((p) => p.takes)],
  };
  return {
    missing: unsure.missing.length > 0 ? [] : residues.missing,
    excess: unsure.excess.length > 0 ? [] : residues.excess,
    undecided: [
      ...azureDoubts(missing.open, "missing", [...left.problems, ...denies.problems], sides),
      ...malformedDoubts(residues.missing, "missing", unsure.missing),
      ...azureDoubts(excess.open, "excess", right.problems, sides),
      ...malformedDoubts(residues.excess, "excess", unsure.excess),
    ],
  };
}

/** What roles say to one request, as `allows` gives it; `options.denies` are deny assignments. */
export function azureEvaluator(
  documents: readonly unknown[],
  options: AllowsOptions,
): (request: Witness) => Verdict {
  const granted = azureRules(documents);
  const denied = azureRules(options.denies ?? [], "deny");
  const policy = [...granted.rules, ...denied.rules];
  return (request) => {
    if (!isAzureRequest(request)) {
      throw new PolicyError('an Azure request is { "action": string, "plane": "control" or "data" }');
    }
    const verdict = decide(policy, azurePoint(request));
    if (verdict === "denied" && granted.problems.length > 0) return "undecided";
    const taken = denied.problems.length > 0 || granted.problems.some((p) => p.takes);
    return verdict === "allowed" && taken ? "undecided" : verdict;
  };
}

/** Which rules of the roles grant a request; deny assignments, and whether a condition holds, left aside. */
export function azureGrantors(documents: readonly unknown[]): (request: Witness) => readonly Origin[] {
  const { rules } = azureRules(documents);
  return (request) =>
    isAzureRequest(request)
      ? rules
          .filter((rule) => rule.effect === "allow" && matchesPoint(rule, azurePoint(request)))
          .map(({ origin }) => origin)
      : [];
}

function isAzureRequest(request: Witness): request is AzureRequest {
  return (
    "action" in request &&
    typeof request.action === "string" &&
    "plane" in request &&
    (request.plane === "control" || request.plane === "data")
  );
}
