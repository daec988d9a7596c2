/** The public face of the comparison: native documents in, no I/O, deterministic. */
import { awsEvaluator, compareAws } from "./aws/compare.ts";
import { difference } from "./azure/compare.ts";
import { AZURE_DIMENSIONS, azurePoint, azureRules } from "./azure/document.ts";
import { azureDoubts, azureResidues, azureSides, malformedDoubts } from "./azure/residues.ts";
import { decide } from "./azure/rules.ts";
import { compareKubernetes } from "./kubernetes/compare.ts";
import { kubernetesEvaluator } from "./kubernetes/evaluate.ts";
import type {
  AllowsOptions,
  AzureRequest,
  CompareOptions,
  Comparison,
  Provider,
  Verdict,
  Witness,
} from "./policy.ts";
import { PolicyError } from "./policy.ts";

/** The providers whose policies this version compares. */
export const COMPARED: readonly Provider[] = ["azure", "aws", "kubernetes"];

/**
 * The exact difference between what `documented` and what `live` documents allow. Each side is the union of its
 * documents. Every residue carries a witness that `allows` confirms on both sides.
 *
 * Azure: a document is a role as ARM, the portal or the CLI prints it, or `{ permissions: […] }`, or a list of these.
 * AWS: a document is a policy, bare or wrapped as the API prints it, an object, JSON text or percent-encoded JSON
 * text, or a list of these; `options.boundary` cuts the live side, `options.serviceData` judges dead grants.
 * Kubernetes: a document is a Role or ClusterRole, a list of such, `{ rules: […] }` or one rule; RoleBindings and
 * ClusterRoleBindings among them say where the roles that they reference apply (K10). `options.namespace` is where
 * the others apply, `options.resources` what the server serves.
 * @throws PolicyError when a document is no policy of that provider, or the provider is not compared by this version.
 */
export function comparePolicies(
  provider: Provider,
  documented: readonly unknown[],
  live: readonly unknown[],
  options: CompareOptions = {},
): Comparison {
  requireCompared(provider);
  if (provider === "aws") return compareAws(documented, live, options);
  if (provider === "kubernetes") return compareKubernetes(documented, live, options);
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
  const unsure = { missing: right.problems, excess: [...left.problems, ...denies.problems] };
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

/**
 * Whether the documents allow one request. `undecided` when a condition, or an entry that is no pattern, decides.
 * Azure request: `{ action, plane: "control" | "data", scope? }`; the scope is for the reader, the caller picks the
 * documents that hold at it.
 * AWS request: `{ principal?, action, resource, context? }`; `options.boundary` cuts what the documents allow.
 * Kubernetes request: `{ verb, group, resource, subresource?, name?, namespace? }`, where no namespace is a request to
 * the whole cluster, or `{ verb, url }`. Without `options.resources` the answer is that of a SubjectAccessReview.
 * @throws PolicyError as `comparePolicies`.
 */
export function allows(
  provider: Provider,
  documents: readonly unknown[],
  request: Witness,
  options: AllowsOptions = {},
): Verdict {
  return evaluator(provider, documents, options)(request);
}

/** `allows` for many requests against the same documents, which are read once. */
export function evaluator(
  provider: Provider,
  documents: readonly unknown[],
  options: AllowsOptions = {},
): (request: Witness) => Verdict {
  requireCompared(provider);
  if (provider === "aws") return awsEvaluator(documents, options);
  if (provider === "kubernetes") return kubernetesEvaluator(documents, options);
  const granted = azureRules(documents);
  const denied = azureRules(options.denies ?? [], "deny");
  const policy = [...granted.rules, ...denied.rules];
  return (request) => {
    if (!isAzureRequest(request)) {
      throw new PolicyError('an Azure request is { "action": string, "plane": "control" or "data" }');
    }
    const verdict = decide(policy, azurePoint(request));
    if (verdict === "denied" && granted.problems.length > 0) return "undecided";
    return verdict === "allowed" && denied.problems.length > 0 ? "undecided" : verdict;
  };
}

function isAzureRequest(request: Witness): request is AzureRequest {
  return (
    "action" in request &&
    typeof request.action === "string" &&
    "plane" in request &&
    (request.plane === "control" || request.plane === "data")
  );
}

function requireCompared(provider: Provider): void {
  if (!COMPARED.includes(provider)) {
    throw new PolicyError(
      `policies of ${provider} are not compared by this version; it knows ${COMPARED.join(", ")}`,
    );
  }
}
