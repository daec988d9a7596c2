/** A document in Resource Manager's own shape. */
export type Body = Readonly<Record<string, unknown>>;

/** The world that the server shows. A field that Microsoft's models do not know is refused on loading. */
export interface LiveState {
  /** Group id → ids of its direct members, groups among them. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** Subscription id → names of the management groups above it, the nearest first. */
  readonly managementGroups: Readonly<Record<string, readonly string[]>>;
  /** A caller's object id → what it may do. A caller that is not named may do everything. */
  readonly callers: Readonly<Record<string, Allowance>>;
  /** What Microsoft Graph would tell about object ids; only az asks. */
  readonly directory: readonly DirectoryObject[];
  readonly subscriptions: readonly Body[];
  readonly resourceGroups: readonly Body[];
  readonly resources: readonly Body[];
  readonly roleDefinitions: readonly Body[];
  readonly roleAssignments: readonly Body[];
  readonly denyAssignments: readonly Body[];
  readonly roleEligibilityScheduleInstances: readonly Body[];
  readonly providerOperations: readonly Body[];
  readonly managedClusters: readonly Body[];
  readonly vaults: readonly Body[];
  readonly virtualNetworks?: readonly Body[];
  readonly storageAccounts?: readonly Body[];
  /** Of all accounts; whose each is, its id tells. */
  readonly blobContainers?: readonly Body[];
  readonly flexibleServers?: readonly Body[];
}

export interface Allowance {
  readonly actions: readonly string[];
  readonly notActions?: readonly string[];
}

export interface DirectoryObject {
  readonly id: string;
  readonly displayName: string;
  readonly type: "user" | "group" | "servicePrincipal";
  readonly appId?: string;
}

/** An answer that the service would give on a bad day. */
export interface Fault {
  /** Regular expression over path and query, case-insensitive. */
  readonly match: string;
  /** `status`: an error document. `html`: a proxy's page. `truncated`: the right answer, cut in half. `hang`: no answer. `loop`: a next link to itself. */
  readonly kind: "status" | "html" | "truncated" | "hang" | "loop";
  readonly status?: number;
  /** How many requests it meets; absent: all. */
  readonly times?: number;
  /** Seconds; absent: no such header. */
  readonly retryAfter?: number;
}

/** One request as the server saw it. */
export interface Logged {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** Object id of a valid token's subject. */
  readonly caller?: string;
  /** Microsoft's name of the operation; absent when the server knows no such path. */
  readonly operation?: string;
  /** The permission that the operation needs. */
  readonly action?: string;
}
