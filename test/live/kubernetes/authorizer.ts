import type { KubernetesRequest } from "../../../src/access/policy.ts";
import type { Finding } from "../../../src/report/report.ts";
import type { LiveKubernetes } from "../servers/kubernetes/setup.ts";
import {
  clusterRole,
  clusterRoleBinding,
  type KubernetesObject,
  type RbacRule,
  role,
  roleBinding,
  rule,
  type Stage,
  type Subject,
  user,
} from "./objects.ts";

/** The server's own decision on a request of that user and of those groups (SubjectAccessReview). */
export async function reviewed(
  server: LiveKubernetes,
  who: { readonly user: string; readonly groups?: readonly string[] },
  request: KubernetesRequest,
): Promise<boolean> {
  const { status } = await server.admin.must<{ readonly status: { readonly allowed: boolean } }>(
    "POST",
    "/apis/authorization.k8s.io/v1/subjectaccessreviews",
    {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SubjectAccessReview",
      spec: {
        ...who,
        ...("url" in request
          ? { nonResourceAttributes: { path: request.url, verb: request.verb } }
          : { resourceAttributes: request }),
      },
    },
  );
  return status.allowed;
}

/** A service account as the authorizer sees it (K5). */
export const identityOf = ({ namespace, name }: { readonly namespace: string; readonly name: string }) => ({
  user: `system:serviceaccount:${namespace}:${name}`,
  groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
});

/** Who a request without credentials is of (K15). */
const anonymous = { user: "system:anonymous", groups: ["system:unauthenticated"] };

/** Whose requests a finding is about: the account's, anybody's (K15), and those of whom it can run as (K16). */
function identitiesOf({ resource, by = "" }: Finding) {
  const ids = [resource.id, ...[...by.matchAll(/can run as ([^\s,;]+)/g)].map(([, id = ""]) => id)];
  const accounts = ids.map((id) => {
    const [namespace = "", name = ""] = id.split("/");
    return identityOf({ namespace, name });
  });
  return /as (?:the unauthenticated user|group system:unauthenticated)/.test(by)
    ? [...accounts, anonymous]
    : accounts;
}

/**
 * Findings about what a service account may do whose proof the server does not confirm: what is in excess must be
 * allowed to one of those whom the finding names, what is missing denied.
 */
export async function unproven(
  server: LiveKubernetes,
  findings: readonly Finding[],
): Promise<readonly unknown[]> {
  const wrong: unknown[] = [];
  for (const finding of findings) {
    const { drift, resource, witness, witnesses = [], pattern } = finding;
    if (resource.type !== "ServiceAccount" || witness === undefined) continue;
    for (const each of [witness, ...witnesses]) {
      const answers = await Promise.all(
        identitiesOf(finding).map((who) => reviewed(server, who, each as KubernetesRequest)),
      );
      const allowed = answers.includes(true);
      if (allowed !== (drift === "excess"))
        wrong.push({ account: resource.id, drift, pattern, witness: each });
    }
  }
  return wrong;
}

/** What the server says that the holder of that token may do in the namespace (SelfSubjectRulesReview). */
export async function ownRules(
  server: LiveKubernetes,
  token: string,
  namespace: string,
): Promise<readonly RbacRule[]> {
  const { status } = await server.as(token).must<{
    readonly status: {
      readonly resourceRules: readonly RbacRule[];
      readonly nonResourceRules: readonly RbacRule[];
      readonly incomplete: boolean;
    };
  }>("POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectRulesReview",
    spec: { namespace },
  });
  if (status.incomplete) throw new Error(`the server's list of rules in ${namespace} is incomplete`);
  return [...status.resourceRules, ...status.nonResourceRules];
}

/**
 * Shows the objects and waits until the authorizer has them. It follows by a watch for each kind: when it knows the
 * last object made of each, it knows all. One namespace of the objects is used for that.
 */
export async function settled(
  server: LiveKubernetes,
  stage: Stage,
  objects: readonly KubernetesObject[],
): Promise<void> {
  const namespace = objects.find(({ kind }) => kind === "Namespace")?.metadata.name ?? "default";
  const last: Subject = user("last");
  await stage.show(objects);
  await stage.show([
    ...objects,
    role(namespace, "last", rule("", "pods", "get")),
    roleBinding(namespace, "last", "Role/last", last),
    clusterRole("last", rule("", "nodes", "get")),
    clusterRoleBinding("last", "last", last),
  ]);
  const known = async () =>
    (await reviewed(server, { user: "last" }, { verb: "get", group: "", resource: "nodes" })) &&
    (await reviewed(server, { user: "last" }, { verb: "get", group: "", resource: "pods", namespace }));
  for (let tries = 0; !(await known()); tries += 1) {
    if (tries === 100) throw new Error(`the authorizer did not learn of ${objects.length} objects in 10 s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
