// Writes docs/calls.md: every call that a scan makes, from the registry of document kinds. Run by `npm run generate`.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { awsKinds } from "../src/snapshot/kinds/aws.ts";
import { azureKinds } from "../src/snapshot/kinds/azure.ts";
import type { ApiCall, AwsCall, KindSource, KubernetesCall } from "../src/snapshot/kinds/calls.ts";
import { kubernetesKinds, nodesCall } from "../src/snapshot/kinds/kubernetes.ts";

const azureCall = (call: ApiCall) => `\`${call.method} ${call.path}\``;
const awsCall = (call: AwsCall) => `\`${call.service} ${call.operation}\``;
const kubernetesCall = (call: KubernetesCall) =>
  `\`GET ${call.path}${queryOf(call)}\`${call.metadataOnly === true ? " (metadata)" : call.tableOnly === true ? " (table)" : ""}`;
const queryOf = ({ query }: KubernetesCall) =>
  query === undefined
    ? ""
    : `?${Object.entries(query)
        .map(([name, value]) => `${name}=${value}`)
        .join("&")}`;

function table<Call extends ApiCall | AwsCall | KubernetesCall>(
  sources: Readonly<Record<string, KindSource<Call>>>,
  shown: (call: Call) => string,
): string {
  const rows = Object.entries(sources).map(([kind, source]) => {
    const permissions = [...new Set(source.calls.map((call) => `\`${call.permission}\``))];
    return `| \`${kind}\` | ${source.purpose} | ${source.calls.map(shown).join("<br>")} | ${permissions.join("<br>")} |`;
  });
  return ["| documents | for | calls | permissions |", "|---|---|---|---|", ...rows].join("\n");
}

const text = `<!-- Written by \`npm run generate\` from src/snapshot/kinds/. -->

# The calls of a scan

A scan reads only the documents that the chosen controls need, and every call of it stands here; whatever else tried to leave is stopped before the socket. A list is read over all its pages or counts as not read.

## AWS

All are reads. AWS says neither by method nor by address whether a request reads, so the guard looks at the service that a request is signed for and at the operation that it names, and lets these pass and no others. Signing in (\`AssumeRole\`, single sign-on) has a door of its own.

${table(awsKinds, awsCall)}

How many calls, where no list needs a second page: one for who is signed in; for the audited role \`GetRole\`, \`ListRolePolicies\` and \`ListAttachedRolePolicies\`, one \`GetRolePolicy\` for each inline policy, and \`GetPolicy\` with \`GetPolicyVersion\` for each attached policy and the boundary; \`ListRoles\`, a page for a thousand roles, with \`--role\` too, because it alone tells by which other roles the vendor can come in; and the calls above for each role that the vendor may assume, itself or by way of a role that it has, and for each that trusts the provider of identities of a cluster or EKS Pod Identity. Other roles, users and groups are not read. Then one for the tagged resources (a page for a hundred), one for each of the eight lists of EC2, one for the versions of Kubernetes, and for each cluster \`DescribeCluster\`, \`ListNodegroups\` and one \`DescribeNodegroup\` a node group. The documented account of the tests takes 21 calls.

\`sts:GetCallerIdentity\` needs no permission; AWS lets everybody ask.

A call is repeated when it was throttled or the service failed: six attempts with growing pauses, more where the service says how long to wait, never past \`--timeout\`. Keys that end in the middle are renewed once.

Not considered, since an account cannot always read them: policies of the organisation (service control, resource control), policies of resources, and session policies.

## Azure

All are GET requests to the Resource Manager.

${table(azureKinds, azureCall)}

## Kubernetes

All are GET requests to the API server that the kubeconfig names. A request passes the guard only if its path is one of these and its query holds what stands here and nothing else but what pages a list (\`limit\`, \`continue\`): no watch, no log, no proxy, no other object. Where "metadata" or "table" stands, a request for more does not pass either, so no list of secrets can ever bring their values. Nothing is posted, so the server is not asked for access reviews either. Exec plugins of the kubeconfig sign in by themselves; \`--exec-plugins deny\` starts none.

${table(kubernetesKinds, kubernetesCall)}

Where "metadata" stands, the server is asked for names, uids and labels alone (\`PartialObjectMetadata\`); where "table" stands, for what \`kubectl get\` prints. Annotations are dropped before anything is kept, but for the role of AWS that a service account is bound to and for the release that a workload belongs to.

Secrets, config maps, pods and workloads are asked for only when a control is about them, and then by name or namespace where it names one:

- **A secret**: the table tells type and number of keys, the metadata which field was written by whom, and so the names of the keys. Where the two agree, no value has left the server (but \`kubectl apply\` keeps a copy of what it applied in an annotation, which comes with the metadata and is dropped). Where they do not (the record was taken away, or the secret was applied as \`stringData\`), the secret comes whole; the names are kept and nothing else.
- **A Helm release**: the labels tell the newest revision, which alone is fetched. Status and chart are kept; values and rendered objects, which may hold passwords, are dropped while it is unpacked.
- **A pod or a workload**: how it fares, images, commands and arguments (scrubbed), never a variable.

How many calls, where no list needs a second page of 500: for the controls about roles ten. One for the cluster and one for its version, one for each of the six lists, and two for what the server serves (a server before 1.26 is asked for each version of each group instead). Two or three for each secret, two for the releases and one for each release, three for the workloads and one for each configuration file, one for each other list. A list whose state the server has forgotten in the middle (410) is read again from its start, twice at most.

Without \`--baseline\` one more: ${kubernetesCall(nodesCall)} (\`${nodesCall.permission}\`), a page of 50, to find out by \`spec.providerID\` in which cloud the cluster runs.
`;

const file = join("docs", "calls.md");
writeFileSync(file, text);
console.log(`wrote ${file}`);
