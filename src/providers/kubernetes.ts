import { field, text } from "../snapshot/value.ts";
import type { ProviderRecord, Recorded } from "./define.ts";

export const kubernetes: ProviderRecord = {
  provider: "kubernetes",
  name: "Kubernetes",
  named: () => [],
  // the checks find them, by the bindings of each role
  findAudited: () => ({ principals: [], given: false }),
  told: ({ scope }, facts) => {
    // of a cluster that could not be identified the scope is the server's address, which may have a path
    const namespace = facts.all("kubernetes/cluster").length > 0 ? scope.split("/")[1] : undefined;
    return { from: {}, flag: namespace === undefined ? {} : { namespace } };
  },
  // rules name verbs and resources: what the server serves stands in their place
  operations: () => undefined,
  operationNotes: (recorded, judged, unreadText) => (judged ? discoveryNotes(recorded, unreadText) : []),
  wildcards: () => [],
  doors: [
    { id: "roles", title: "roles", kinds: ["kubernetes/role"] },
    { id: "cluster-roles", title: "cluster roles", kinds: ["kubernetes/cluster-role"] },
    { id: "role-bindings", title: "role bindings", kinds: ["kubernetes/role-binding"] },
    {
      id: "cluster-role-bindings",
      title: "cluster role bindings",
      kinds: ["kubernetes/cluster-role-binding"],
    },
    { id: "service-accounts", title: "service accounts", kinds: ["kubernetes/service-account"] },
    {
      id: "authorizers",
      title: "other authorizers",
      why: "EKS access entries, Azure RBAC for Kubernetes and webhooks can allow more, and no binding says so",
    },
    { id: "admission", title: "admission policies", why: "they can change a request that is allowed" },
    { id: "nodes", title: "the nodes", why: "whoever is on one needs no role" },
  ],
  notConsidered: () =>
    "not considered: what decides beside roles and bindings. Other authorizers (webhook, node, attribute-based, and the cloud's own, such as EKS access entries and Azure RBAC for Kubernetes) can allow more, or refuse; admission policies and webhooks can refuse or change a request that is allowed. A cluster's roles and bindings say nothing of them",
};

/** What the cluster serves, by its own discovery (K4). */
function discoveryNotes(
  { facts, snapshot }: Recorded,
  unreadText: Parameters<ProviderRecord["operationNotes"]>[2],
): readonly string[] {
  if (snapshot.documents.length === 0) return [];
  // where no role was read there is no rule to compare
  const read = snapshot.kinds ?? [];
  if (
    read.length > 0 &&
    !read.some((kind) => kind === "kubernetes/role" || kind === "kubernetes/cluster-role")
  )
    return [];
  const served = facts.all("kubernetes/api-resource").length;
  const unread = facts.unread("kubernetes/api-resource");
  const why = unread.find(({ id }) => id === undefined) ?? (served === 0 ? unread[0] : undefined);
  if (served === 0 || why !== undefined) {
    return [
      `what the cluster serves ${why === undefined ? "was not collected" : `could not be read (${unreadText(why)})`}: rules are compared as written, and what is void or not served is not told apart`,
    ];
  }
  const version = facts
    .all("kubernetes/cluster")
    .map(
      ({ body }) => text(field(body, "gitVersion")) ?? text(field(field(body, "version"), "gitVersion")),
    )[0];
  const partly = unread.length === 0 ? "" : `; not told for ${unread.map(({ id }) => id).join(", ")}`;
  return [
    `discovery: ${served} resources served${version === undefined ? "" : `, version ${version}`}${partly}`,
  ];
}
