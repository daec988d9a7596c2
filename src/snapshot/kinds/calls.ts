import type { Provider } from "../../access/policy.ts";

/** A call to the Resource Manager or to Microsoft Graph, as they are documented. */
export interface ApiCall {
  /** The provider's name of the operation. */
  readonly operation: string;
  readonly method: "GET";
  /** Whose call it is, where not the Resource Manager's. Its permissions are consented, not assigned by a role. */
  readonly of?: "graph";
  /** Path with `{…}` for what varies; `{roleDefinition}` is a whole resource id. */
  readonly path: string;
  /** Of the Resource Manager; Graph has its version in the path. */
  readonly apiVersion?: string;
  /** Query beside `api-version`; `{principal}` is an object id. */
  readonly query?: Readonly<Record<string, string>>;
  /** The provider's permission without which it answers 403. */
  readonly permission: string;
}

/** A call to a service of AWS, as AWS documents it. */
export interface AwsCall {
  /** The service as requests to it are signed. */
  readonly service: string;
  readonly operation: string;
  /** Where a service has an address for each operation: the path, with `{…}` for what varies. */
  readonly path?: string;
  /** Where the query of the address decides too (S3): what must stand in it, and the parameters that may beside. */
  readonly query?: { readonly must: string; readonly may: readonly string[] };
  /** Where an address is answered in XML: the answer's root element. */
  readonly root?: string;
  /** The action that a policy must allow. */
  readonly permission: string;
}

/** A read of a Kubernetes API server, as a rule of RBAC must allow it. */
export interface KubernetesCall {
  /** kubectl's words for it, for a person: `list roles`. */
  readonly operation: string;
  /** Path with `{…}` for what varies. */
  readonly path: string;
  readonly verb: "get" | "list";
  /** API group; the core group is `""`. Absent, with `resource`: a URL, which is then `path`. */
  readonly group?: string;
  readonly resource?: string;
  /** Only metadata is asked for (`PartialObjectMetadata`). */
  readonly metadataOnly?: true;
  /** Only what `kubectl get` prints is asked for (`Table`), without the object. */
  readonly tableOnly?: true;
  /** What stands in the query, the same every time: `labelSelector`. */
  readonly query?: Readonly<Record<string, string>>;
  /** The rule that must allow it, in words: `list roles.rbac.authorization.k8s.io`. */
  readonly permission: string;
}

/** How the documents of one kind are read. */
export interface KindSource<Call = ApiCall | AwsCall | KubernetesCall> {
  readonly provider: Provider;
  /** What they are, plural, for progress and for a person. */
  readonly title: string;
  /** What they are read for. */
  readonly purpose: string;
  readonly calls: readonly [Call, ...Call[]];
}
