import type { AwsCall, KubernetesCall } from "../snapshot/kinds/calls.ts";
import type { DocumentKind } from "../snapshot/kinds/kinds.ts";
import type { Snapshot, Unread } from "../snapshot/snapshot.ts";
import type { NeededCall, Read } from "./reads.ts";

/**
 * What a trial collection says of one permission.
 * - `there`: every call that needs it was answered.
 * - `missing`: the provider refused a call for want of it.
 * - `unread`: a call failed in another way, so that nothing is known of the permission.
 * - `untried`: nothing was there to call it on, or what comes before it failed.
 */
export type ProbeState = "there" | "missing" | "unread" | "untried";

export interface Probe {
  readonly permission: string;
  readonly state: ProbeState;
  /** What it is for. */
  readonly titles: readonly string[];
  /** The provider's answer, where it did not give what was asked for. */
  readonly detail?: string;
}

/** What shows that a call was made and answered: documents of these kinds, or one of these that could not be read. */
interface Trace {
  readonly documents: readonly DocumentKind[];
  readonly failures?: readonly DocumentKind[];
}

const ofRole: Trace = { documents: ["aws/role", "aws/role-policy"], failures: ["aws/role"] };

/** What is listed of each cluster: asked when there is one, whatever became of its own document. */
function ofSomeCluster(kind: DocumentKind): Trace {
  return { documents: ["aws/eks-cluster", kind], failures: ["aws/eks-cluster"] };
}

/** Calls that ask about one thing that was named, or that an earlier answer named: they are made when there is such a thing. */
const traces: Readonly<Record<string, Trace>> = {
  GetRole: { documents: ["aws/role"] },
  // A role that could not be read itself is still asked for its policies.
  ListRolePolicies: ofRole,
  ListAttachedRolePolicies: ofRole,
  GetRolePolicy: { documents: ["aws/role-policy"] },
  // Its default version is asked for only when the policy was read.
  GetPolicy: { documents: ["aws/policy"], failures: ["aws/policy"] },
  GetPolicyVersion: { documents: ["aws/policy"] },
  DescribeCluster: { documents: ["aws/eks-cluster"] },
  ListNodegroups: ofSomeCluster("aws/eks-nodegroup"),
  DescribeNodegroup: { documents: ["aws/eks-nodegroup"] },
  ListAccessEntries: ofSomeCluster("aws/eks-access-entry"),
  DescribeAccessEntry: { documents: ["aws/eks-access-entry"] },
  ListAssociatedAccessPolicies: { documents: ["aws/eks-access-entry"] },
  ListAddons: ofSomeCluster("aws/eks-addon"),
  DescribeAddon: { documents: ["aws/eks-addon"] },
  ListPodIdentityAssociations: ofSomeCluster("aws/eks-pod-identity"),
  DescribePodIdentityAssociation: { documents: ["aws/eks-pod-identity"] },
  DescribeDBParameters: { documents: ["aws/db-parameter"] },
  GetBucketCors: { documents: ["aws/bucket-cors"] },
  ListScramSecrets: { documents: ["aws/msk-scram-secret"] },
  BlobContainers_List: { documents: ["azure/blob-container"] },
  servicePrincipals_Get: { documents: ["azure/service-principal"] },
  applications_GetByAppId: { documents: ["azure/application"] },
  applications_ListFederatedIdentityCredentials: { documents: ["azure/federated-credential"] },
  applications_ListOwners: { documents: ["azure/owner"] },
  servicePrincipals_ListOwners: { documents: ["azure/owner"] },
  users_Get: { documents: ["azure/directory-membership"] },
  users_ListTransitiveMemberOf: { documents: ["azure/directory-membership"] },
  servicePrincipals_ListTransitiveMemberOf: { documents: ["azure/directory-membership"] },
  roleManagement_directory_ListRoleAssignments: { documents: ["azure/directory-role"] },
  roleManagement_directory_ListRoleEligibilityScheduleInstances: {
    documents: ["azure/directory-role-eligibility"],
  },
};

/** Reads of Azure that ask about one principal. */
const ofPrincipal: readonly DocumentKind[] = ["azure/assigned-to", "azure/role-eligibility"];

/** What a collection of these reads says of each permission, in their order. */
export function probesOf(reads: readonly Read[], snapshot: Snapshot): readonly Probe[] {
  return reads.map((read) => {
    const failed = snapshot.unread.filter((entry) => concerns(entry, read));
    const refused = failed.find(({ cause }) => cause === "denied");
    const worst = refused ?? failed[0];
    if (worst !== undefined) {
      const state = refused === undefined ? "unread" : "missing";
      return { permission: read.permission, state, titles: read.titles, detail: worst.detail };
    }
    const tried = read.calls.some((call) => wasCalled(call, read, snapshot));
    return { permission: read.permission, state: tried ? "there" : "untried", titles: read.titles };
  });
}

function concerns(entry: Unread, read: Read): boolean {
  if (entry.permission !== undefined) return covers(read.permission, entry.permission);
  // Nothing at all could be asked: the sign-in failed, or the account, the subscription is not there.
  if (!read.kinds.includes(entry.kind)) return false;
  const operation = /^\w+ (\w+)(?: |$)/.exec(entry.api)?.[1];
  const aws = (read.calls as readonly AwsCall[]).every(({ service }) => service !== undefined);
  return !aws || operation === undefined || read.calls.some((call) => call.operation === operation);
}

/** `get /apis/{group}/{version}` is what `get /apis/apps/v1` needs. */
function covers(permission: string, asked: string): boolean {
  const [known, found] = [permission.split("/"), asked.split("/")];
  return known.length === found.length && known.every((part, i) => part === found[i] || part.startsWith("{"));
}

/**
 * Whether what it asks for depends on an earlier answer: a server that tells at once what it serves is not asked for
 * each version, and no snapshot says which way it was.
 */
function isLater(call: NeededCall): boolean {
  const { resource, path } = call as Partial<KubernetesCall>;
  return "verb" in call && resource === undefined && path?.includes("{") === true;
}

function wasCalled(call: NeededCall, read: Read, snapshot: Snapshot): boolean {
  const holds = (kind: DocumentKind) => snapshot.documents.some((document) => document.kind === kind);
  const named = (snapshot.principals?.length ?? 0) > 0;
  const trace = traces[call.operation];
  if (trace !== undefined) {
    const failed = (kind: DocumentKind) =>
      snapshot.unread.some((entry) => entry.kind === kind && entry.id !== undefined);
    return (
      trace.documents.some(holds) ||
      trace.failures?.some(failed) === true ||
      (named && call.operation === "GetRole")
    );
  }
  if (isLater(call)) return false;
  const open = read.kinds.filter((kind) => !isUnread(kind, snapshot));
  const plain = open.filter((kind) => !ofPrincipal.includes(kind));
  return plain.length > 0 || (open.length > 0 && (named || holds("azure/assigned-to")));
}

/** Whether the kind as a whole was not read, so that its calls may not have been made. */
function isUnread(kind: DocumentKind, snapshot: Snapshot): boolean {
  return snapshot.unread.some((entry) => entry.kind === kind && entry.id === undefined);
}
