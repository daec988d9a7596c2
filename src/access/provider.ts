/**
 * The door of the comparison: native documents in, no I/O, deterministic.
 *
 * Three engines over one ground. What a policy can say differs too much for one algorithm: Azure's rules are patterns of
 * actions with exclusions of their own (AZ2), AWS's have resources and conditions as further dimensions (AW8), Kubernetes'
 * are plain words (K1). The ground is what they share: `glob.ts`, `term.ts`, `catalog.ts`, `escalation/` and the
 * contract in `policy.ts`. Its words, in reading order:
 *
 * - pattern, glob: a text with wildcards, and its parsed form; generic: the text that stands for every one that it matches
 * - term: a pattern and where it was written
 * - side: all documents of one of the two that are compared; foe: a rule of the other side that may cover what is looked at
 * - row, cell, box: what one rule grants at one point of the other side; the pieces of it that are looked at one by one
 * - residue: what of a pattern is left when the foes have taken theirs, with a witness: a request that proves it
 * - doubt: what could not be decided, with the clause that says why and what would decide it
 * - known, latent: how many of today's operations a residue holds; none, though tomorrow's may
 */
import { awsEvaluator, awsGrantors, compareAws } from "./aws/compare.ts";
import { awsReach } from "./aws/reach.ts";
import { azureEvaluator, azureGrantors, compareAzure } from "./azure/engine.ts";
import { azureReach } from "./azure/reach.ts";
import { AWS_PATHS } from "./escalation/aws-paths.ts";
import { AZURE_PATHS } from "./escalation/azure-paths.ts";
import { KUBERNETES_PATHS } from "./escalation/kubernetes-paths.ts";
import { type Ways, waysOf } from "./escalation/open.ts";
import type { EscalationPath } from "./escalation/path.ts";
import type { Reaches } from "./escalation/reach.ts";
import { compareKubernetes } from "./kubernetes/compare.ts";
import { kubernetesEvaluator, kubernetesGrantors } from "./kubernetes/evaluate.ts";
import { kubernetesReach } from "./kubernetes/reach.ts";
import type {
  AllowsOptions,
  CompareOptions,
  Comparison,
  Origin,
  Provider,
  Verdict,
  Witness,
} from "./policy.ts";
import { PolicyError } from "./policy.ts";

interface Engine {
  readonly compare: (
    documented: readonly unknown[],
    live: readonly unknown[],
    options: CompareOptions,
  ) => Comparison;
  readonly evaluator: (
    documents: readonly unknown[],
    options: AllowsOptions,
  ) => (request: Witness) => Verdict;
  readonly grantors: (
    documents: readonly unknown[],
    options: AllowsOptions,
  ) => (request: Witness) => readonly Origin[];
  readonly reach: (documents: readonly unknown[], options: CompareOptions) => Reaches;
  readonly paths: readonly EscalationPath[];
}

/** One engine a provider; a missing one does not compile. */
const engines: Readonly<Record<Provider, Engine>> = {
  azure: {
    compare: compareAzure,
    evaluator: azureEvaluator,
    grantors: azureGrantors,
    reach: azureReach,
    paths: AZURE_PATHS,
  },
  aws: {
    compare: compareAws,
    evaluator: awsEvaluator,
    grantors: awsGrantors,
    reach: awsReach,
    paths: AWS_PATHS,
  },
  kubernetes: {
    compare: compareKubernetes,
    evaluator: kubernetesEvaluator,
    grantors: kubernetesGrantors,
    reach: kubernetesReach,
    paths: KUBERNETES_PATHS,
  },
};

/** The providers whose policies this version compares. */
export const COMPARED = Object.keys(engines) as readonly Provider[];

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
  return engineOf(provider).compare(documented, live, options);
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
  return engineOf(provider).evaluator(documents, options);
}

/**
 * Which rules of the documents grant a request: with all of them gone the documents deny it, and while one is left they
 * do not. What takes it away again (a boundary, a Deny, a deny assignment) is left aside. Read once for many requests.
 */
export function grantors(
  provider: Provider,
  documents: readonly unknown[],
  options: AllowsOptions = {},
): (request: Witness) => readonly Origin[] {
  return engineOf(provider).grantors(documents, options);
}

/**
 * The published ways to more rights that the documents open together, the strongest first (E1): every step of one can be
 * taken by some request. `options` as for the live side of `comparePolicies`.
 * @throws PolicyError as `comparePolicies`.
 */
export function openedWays(
  provider: Provider,
  documents: readonly unknown[],
  options: CompareOptions = {},
): Ways {
  const { paths, reach } = engineOf(provider);
  return waysOf(paths, reach(documents, options));
}

/** Every published way to more rights of a provider that this version knows (E1), open or not. */
export function publishedWays(provider: Provider): readonly EscalationPath[] {
  return engineOf(provider).paths;
}

function engineOf(provider: Provider): Engine {
  if (Object.hasOwn(engines, provider)) return engines[provider];
  throw new PolicyError(
    `policies of ${provider} are not compared by this version; it knows ${COMPARED.join(", ")}`,
  );
}
