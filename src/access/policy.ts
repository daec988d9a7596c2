import type { ServiceData } from "./aws/service-data.ts";

/** The models of permissions that can be compared; a place that tells them apart and lacks one does not compile. */
export const PROVIDERS = ["azure", "aws", "kubernetes"] as const;
export type Provider = (typeof PROVIDERS)[number];

/** Where a pattern was written: which of the documents given, and the place inside it. */
export interface Origin {
  /** Index into the documents that were given for that side. */
  readonly document: number;
  /** JSON pointer inside that document to the pattern, e.g. `/permissions/0/actions/3`. */
  readonly pointer: string;
  /** What a person calls the document (role name, statement id), where it says so itself. */
  readonly label?: string;
}

/** One request against an Azure policy. `scope` is informative: who compares picks the assignments by scope. */
export interface AzureRequest {
  readonly action: string;
  readonly plane: "control" | "data";
  readonly scope?: string;
}

/** One request against AWS policies. */
export interface AwsRequest {
  readonly principal?: string;
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/** One request against Kubernetes rules: a resource request or a URL request. */
export type KubernetesRequest =
  | {
      readonly verb: string;
      readonly group: string;
      readonly resource: string;
      readonly subresource?: string;
      readonly name?: string;
      readonly namespace?: string;
    }
  | { readonly verb: string; readonly url: string };

/** A witness, in the library and in every report, is such a request. */
export type Witness = AzureRequest | AwsRequest | KubernetesRequest;

/** How many operations that exist today lie in a residue. */
export interface Known {
  readonly count: number;
  /** Up to three, the most telling first. */
  readonly examples: readonly string[];
}

/** A part of one side that the other side does not grant, with a request that proves it. */
export interface Residue {
  /** The responsible pattern as it was written (R1), or the part of it that differs. */
  readonly pattern: string;
  /** What of `pattern` the other side does grant; expanded, pattern minus except is the exact difference (R4). */
  readonly except: readonly string[];
  /** Azure: which plane the pattern is on. */
  readonly plane?: "control" | "data";
  readonly witness: Witness;
  /** Two more requests at the most, of different kinds, for verbose output. */
  readonly witnesses?: readonly Witness[];
  readonly origin: Origin;
  /** Present when a catalogue was given. */
  readonly known?: Known;
  /** True when a catalogue was given and no operation of today lies in the residue (G6). */
  readonly latent?: boolean;
  /** What the worst request in the residue can do; severity follows from it. */
  readonly impact: Impact;
  /** AWS: the action patterns that `pattern` joins, where rows that differ in the action alone were merged (R3). */
  readonly actions?: readonly string[];
  /** AWS: the resource patterns of the statement in which the difference lies. */
  readonly resources?: readonly string[];
  /** AWS: whom the statement names, in a trust policy. */
  readonly principals?: readonly string[];
  /** AWS: the conditions under which it is granted, as text; absent when there are none. */
  readonly conditions?: string;
  /** Kubernetes: the namespace in which it differs; absent: everywhere, so cluster-wide. */
  readonly namespace?: string;
  /** Kubernetes: `pattern` as a rule of RBAC, ready to be printed. What `except` names is to be taken out of it. */
  readonly rule?: KubernetesRule;
  /**
   * AWS: a pattern of each statement that the residue was made from, where several were. Kubernetes: every rule that
   * writes a part of the residue, `origin` the first of them; `through` is the binding that grants it, where the
   * documents hold one. At most 200.
   */
  readonly origins?: readonly (Origin & { readonly through?: Origin })[];
  /** AWS: true when service data was given and, by it, no action of today can use the grant (AW5, AW9). */
  readonly dead?: boolean;
  /** What the texts do not show and the difference turns on: how one side reads them, why a grant is dead. */
  readonly note?: string;
  /** AWS: true when it turns on a resource pattern that reads otherwise if its stars do not cross `:` (AW4). */
  readonly ambiguous?: boolean;
  /** AWS: both texts, when the difference exists only because a condition was loosened (AW12). */
  readonly weakened?: { readonly documented: string; readonly live: string };
}

/** Requests of AWS, as the elements of a statement say them; what is absent is any. */
export interface AwsPart {
  readonly patterns?: readonly string[];
  /** Every action but these. */
  readonly notPatterns?: readonly string[];
  readonly resources?: readonly string[];
  readonly notResources?: readonly string[];
  /** As a request writes them: an ARN, a service, or `Kind:…` where the text alone does not tell the kind. */
  readonly principals?: readonly string[];
  readonly notPrincipals?: readonly string[];
  /** A condition block, as a statement has it. */
  readonly condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** All that an AWS residue grants: what its statement says, within all of `within`, and in none of `except`. */
export interface AwsGrant extends AwsPart {
  /** What the other side grants of it, or the own side denies. */
  readonly except?: readonly AwsPart[];
  /** What else lets it through: the statement of the boundary, or the Deny that takes it from the other side. */
  readonly within?: readonly AwsPart[];
}

/** A rule as RBAC writes it: resources, or URLs. */
export type KubernetesRule =
  | {
      readonly apiGroups: readonly string[];
      readonly resources: readonly string[];
      readonly resourceNames?: readonly string[];
      readonly verbs: readonly string[];
    }
  | { readonly nonResourceURLs: readonly string[]; readonly verbs: readonly string[] };

/** Kubernetes: a grant that by its structure can never take effect. Worth saying, never a difference (K2 to K4). */
export interface VoidGrant {
  readonly side: "documented" | "live";
  readonly pattern: string;
  readonly namespace?: string;
  readonly clause: string;
  readonly why: string;
  readonly origin: Origin;
}

/** `escalation`: lets the holder grant itself more. `write`: changes things, reads data or secrets. `read`: reads only. */
export type Impact = "escalation" | "write" | "read";

/** A difference that could not be decided. It names the clause of docs/semantics.md and what would decide it. */
export interface Doubt {
  /** Which list it would stand in if it were a difference. */
  readonly side: "missing" | "excess";
  readonly pattern: string;
  readonly plane?: "control" | "data";
  readonly clause: string;
  readonly reason: string;
  readonly decide: string;
  readonly origin?: Origin;
}

export interface Comparison {
  readonly missing: readonly Residue[];
  readonly excess: readonly Residue[];
  readonly undecided: readonly Doubt[];
  /** Kubernetes: what of either side can never take effect; absent when there is nothing of the kind. */
  readonly void?: readonly VoidGrant[];
  /** Kubernetes: how many objects of each side have nothing to do with access (K14); absent when there is none. */
  readonly passedOver?: { readonly documented: number; readonly live: number };
}

/** An operation that exists today. */
export interface CatalogEntry {
  readonly name: string;
  readonly isDataAction?: boolean;
}

export interface CompareOptions {
  /** Today's operations: every residue then has `known`. Names are compared case-insensitively. */
  readonly catalog?: readonly CatalogEntry[] | readonly string[];
  /** Deny documents that hold on the live side (Azure deny assignments, their `permissions`). */
  readonly denies?: readonly unknown[];
  /** Kubernetes: the namespace that the rules apply in, as through a RoleBinding there (K4). */
  readonly namespace?: string;
  /** Kubernetes: what the server serves, from discovery; without it rules are compared as written (K4). */
  readonly resources?: readonly ServedResource[];
  /** AWS: resource types, condition keys and access levels per action; turns AW5 and AW9 on. */
  readonly serviceData?: ServiceData;
  /** AWS: the permissions boundary of the live side, which it is cut by (AW1). */
  readonly boundary?: readonly unknown[];
  /** AWS: what policies without `Principal` are attached to, on both sides: who asks by them is of one kind (AW14). */
  readonly holder?: "role";
  /** Bound on the points examined per direction (G5); past it the rest is `undecided`. */
  readonly bound?: number;
}

export interface AllowsOptions {
  readonly boundary?: readonly unknown[];
  readonly denies?: readonly unknown[];
  /** Kubernetes: as in `CompareOptions`. */
  readonly namespace?: string;
  /** Kubernetes: as in `CompareOptions`. */
  readonly resources?: readonly ServedResource[];
}

/** A resource that a Kubernetes server serves, as its discovery says. */
export interface ServedResource {
  /** API group; the core group is `""`. */
  readonly group: string;
  /** Plural name, with its subresource: `pods`, `pods/log`. */
  readonly resource: string;
  readonly namespaced: boolean;
  /** The verbs of discovery; absent: not told. */
  readonly verbs?: readonly string[];
}

export type Verdict = "allowed" | "denied" | "undecided";

/** A document that is not what it was taken for. `where` is a JSON pointer. */
export class PolicyError extends Error {
  override readonly name = "PolicyError";
}
