import type { Provider } from "../access/policy.ts";
import type { DocumentKind } from "./kinds/kinds.ts";

/** Why something could not be read. `absent` never stands here: an answer of 404 for a thing asked by name is a fact. */
export type UnreadCause =
  | "denied"
  | "unauthenticated"
  | "throttled"
  | "timeout"
  | "unreachable"
  | "unsupported"
  | "malformed"
  | "incomplete"
  | "not-found"
  | "server-error"
  | "interrupted";

/** Something that was asked for and could not be read completely. */
export interface Unread {
  readonly kind: DocumentKind;
  /** Narrows it to one thing of that kind: a principal id, a role definition id. Absent: the whole kind. */
  readonly id?: string;
  /** The call: method and path, without host and query secrets, e.g. `GET /subscriptions/…/roleAssignments`. */
  readonly api: string;
  readonly cause: UnreadCause;
  /** The provider's permission that the scanner lacks, when the cause is `denied`. */
  readonly permission?: string;
  /** One line for a person: status, provider's error code and message. */
  readonly detail: string;
}

export interface SnapshotDocument {
  readonly kind: DocumentKind;
  readonly id: string;
  /** The provider's document as it came, scrubbed of secrets. */
  readonly body: unknown;
}

/** A recorded state of one target. A file format: `collect` then `scan --snapshot` equals a live `scan`. */
export interface Snapshot {
  readonly schema: 1;
  readonly provider: Provider;
  /**
   * Azure: `/subscriptions/<id>`. AWS: `<account>/<region>`. Kubernetes: `<uid of the namespace kube-system>`, which is
   * the cluster's identity, with `/<namespace>` when one namespace is audited.
   */
  readonly scope: string;
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  /**
   * Azure: object ids that were asked for by `--principal`; absent: all that hold the documented role. AWS: the role
   * (name or ARN) asked for by `--role`; absent: all that trust a documented principal.
   */
  readonly principals?: readonly string[];
  /** Kubernetes: the clouds that the cluster's nodes tell; absent: they were not asked. */
  readonly edition?: readonly Provider[];
  /** The kinds that were asked for. What is not among them was not looked at, so nothing follows from its absence. */
  readonly kinds?: readonly DocumentKind[];
  /**
   * Kubernetes: of these kinds only what is named was looked at, `<namespace>/<name>` or `<namespace>/*`. What is named
   * and has no document does not exist, unless it is unread.
   */
  readonly names?: Readonly<Partial<Record<DocumentKind, readonly string[]>>>;
  /** True when the collection was interrupted by a signal. */
  readonly interrupted?: boolean;
  readonly documents: readonly SnapshotDocument[];
  readonly unread: readonly Unread[];
}
