/** Roles of the documented names in more namespaces than one, and accounts in more parts than one (K5, K6). */
import { expect, it } from "vitest";
import { ARGO, AZURE, all, joined, MANAGEMENT_ROLE, nameOf, rulesOf, without } from "./kubernetes-changes.ts";
import { type Change, kubernetesGround, type Row, reportOn } from "./kubernetes-ground.ts";
import {
  account,
  type Body,
  BUILDER,
  binding,
  CLUSTER,
  type ClusterState,
  denied,
  documented,
  group,
  MANAGEMENT,
  role,
  rule,
  WORKLOAD,
} from "./kubernetes-state.ts";
import { describeWorlds } from "./world.ts";

const SYSTEM = "kube-system";

/** The documented role once more in another namespace, bound there to an account. */
function again(name: string, namespace: string, who: string): Change {
  return (state: ClusterState) => {
    const like = state.roles.find((r) => nameOf(r) === name) ?? {};
    return {
      roles: [...state.roles, role(name, rulesOf(like), namespace)],
      roleBindings: [...state.roleBindings, binding("again", `Role/${name}`, [account(who)], namespace)],
    };
  };
}

const NOBODY_NAMED = without("managementServiceAccount", "workloadServiceAccount", "builderServiceAccount");

const worlds: Readonly<Record<string, Row>> = {
  "K6: the role for building images once more, in the system's namespace": {
    state: again(ARGO, SYSTEM, MANAGEMENT),
    code: 1,
    findings: [
      "cluster-effective-access excess critical get,list,watch,create,update,patch,delete pods -n kube-system ! create pods in namespace kube-system, by RoleBinding again in namespace kube-system (Role argo-workflows-role in namespace kube-system), to chalk/management",
      "cluster-effective-access excess high get,list,watch,create,update,patch,delete workflows.argoproj.io -n kube-system ! create workflows.argoproj.io in namespace kube-system, by RoleBinding again in namespace kube-system (Role argo-workflows-role in namespace kube-system), to chalk/management",
    ],
  },
  "K6: the role for building images once more, where its builder is not": {
    state: again(ARGO, "elsewhere", MANAGEMENT),
    code: 1,
    findings: [
      "cluster-effective-access excess critical get,list,watch,create,update,patch,delete pods -n elsewhere ! create pods in namespace elsewhere, by RoleBinding again in namespace elsewhere (Role argo-workflows-role in namespace elsewhere), to chalk/management",
      "cluster-effective-access excess high get,list,watch,create,update,patch,delete workflows.argoproj.io -n elsewhere ! create workflows.argoproj.io in namespace elsewhere, by RoleBinding again in namespace elsewhere (Role argo-workflows-role in namespace elsewhere), to chalk/management",
    ],
  },
  "K6: the role for building images stands in the system's namespace alone": {
    state: (state) => {
      const moved = (body: Body): Body => ({
        ...body,
        metadata: { ...(body["metadata"] as object), namespace: SYSTEM },
      });
      const isIt = (body: Body) => [ARGO, "builds"].includes(nameOf(body));
      return {
        roles: state.roles.map((body) => (isIt(body) ? moved(body) : body)),
        roleBindings: state.roleBindings.map((body) => (isIt(body) ? moved(body) : body)),
      };
    },
    code: 1,
    findings: [
      "cluster-effective-access excess critical get,list,watch,create,update,patch,delete pods -n kube-system ! create pods in namespace kube-system, by RoleBinding builds in namespace kube-system (Role argo-workflows-role in namespace kube-system), to builds/builder",
      "cluster-effective-access excess critical get,list,watch,create,update,patch,delete pods -n kube-system ! create pods in namespace kube-system, by RoleBinding builds in namespace kube-system (Role argo-workflows-role in namespace kube-system), to chalk/management",
      "cluster-effective-access excess high get,list,watch,create,update,patch,delete workflows.argoproj.io -n kube-system ! create workflows.argoproj.io in namespace kube-system, by RoleBinding builds in namespace kube-system (Role argo-workflows-role in namespace kube-system), to builds/builder",
      "cluster-effective-access excess high get,list,watch,create,update,patch,delete workflows.argoproj.io -n kube-system ! create workflows.argoproj.io in namespace kube-system, by RoleBinding builds in namespace kube-system (Role argo-workflows-role in namespace kube-system), to chalk/management",
      "role-bindings missing medium (builds/builder)",
      "role-bindings missing medium (chalk/management)",
    ],
  },
  "K6: the role for building images in the account's own namespace, and in the builder's": {
    state: again(ARGO, "chalk", MANAGEMENT),
    code: 1,
    findings: [
      "cluster-effective-access excess critical get,list,watch,create,update,patch,delete pods -n builds ! create pods in namespace builds, by RoleBinding builds in namespace builds (Role argo-workflows-role in namespace builds), to chalk/management",
      "cluster-effective-access excess high get,list,watch,create,update,patch,delete workflows.argoproj.io -n builds ! create workflows.argoproj.io in namespace builds, by RoleBinding builds in namespace builds (Role argo-workflows-role in namespace builds), to chalk/management",
    ],
  },
  "K6: nothing tells which of two namespaces is the one for building images": {
    run: { parameters: { ...AZURE.parameters, ...without("builderServiceAccount").parameters } },
    state: all(
      (state) => ({
        roleBindings: state.roleBindings.map((b) =>
          nameOf(b) === "builds" ? { ...b, subjects: [account(MANAGEMENT)] } : b,
        ),
      }),
      again(ARGO, "elsewhere", MANAGEMENT),
    ),
    code: 1,
    findings: [
      "cluster-effective-access excess high (chalk/management), by RoleBinding builds in namespace builds (Role argo-workflows-role in namespace builds); RoleBinding again in namespace elsewhere (Role argo-workflows-role in namespace elsewhere)",
      "cluster-effective-access note absent info (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk#builderServiceAccount)",
    ],
  },
  "the workload's account in the role for building images is nobody's builder": {
    run: NOBODY_NAMED,
    state: joined("builds", account(WORKLOAD)),
    code: 1,
    findings: [
      "cluster-effective-access excess critical get,list,watch,create,update,patch,delete pods -n builds ! create pods in namespace builds, by RoleBinding builds in namespace builds (Role argo-workflows-role in namespace builds), to chalk/workload",
      "cluster-effective-access excess high get,list,watch,create,update,patch,delete workflows.argoproj.io -n builds ! create workflows.argoproj.io in namespace builds, by RoleBinding builds in namespace builds (Role argo-workflows-role in namespace builds), to chalk/workload",
      "role-bindings stray high (builds/builds), by RoleBinding builds in namespace builds",
    ],
  },
  "K17: two builders beside each other, each in the namespace of its own, and the document knows one": {
    run: NOBODY_NAMED,
    state: again(ARGO, "second-builds", "second-builds/builder"),
    code: 1,
    findings: [
      `role-bindings stray high (${CLUSTER}/chalk#builderServiceAccount)`,
      "role-bindings note absent info (second-builds/builder)",
    ],
  },
  "K18: a group in the role for building images means no place": {
    state: (state) => ({
      roles: [...state.roles, role(ARGO, [rule("argoproj.io", "workflows", ["get", "list"])], "elsewhere")],
      roleBindings: [
        ...state.roleBindings.filter((b) => nameOf(b) !== "builds"),
        binding("everybody", `Role/${ARGO}`, [group("system:authenticated")], "elsewhere"),
      ],
    }),
    code: 1,
    findings: [
      "argo-workflows-role missing medium get,list,watch,create,update,patch,delete pods -n elsewhere ! create pods in namespace elsewhere",
      "argo-workflows-role missing medium watch,create,update,patch,delete workflows.argoproj.io -n elsewhere ! create workflows.argoproj.io in namespace elsewhere",
      "cluster-effective-access excess medium get,list workflows.argoproj.io -n elsewhere ! get workflows.argoproj.io in namespace elsewhere, by RoleBinding everybody in namespace elsewhere (Role argo-workflows-role in namespace elsewhere, as group system:authenticated), to builds/builder",
      "cluster-effective-access excess medium get,list workflows.argoproj.io -n elsewhere ! get workflows.argoproj.io in namespace elsewhere, by RoleBinding everybody in namespace elsewhere (Role argo-workflows-role in namespace elsewhere, as group system:authenticated), to chalk/management",
      "cluster-effective-access excess medium get,list workflows.argoproj.io -n elsewhere ! get workflows.argoproj.io in namespace elsewhere, by RoleBinding everybody in namespace elsewhere (Role argo-workflows-role in namespace elsewhere, as group system:authenticated), to chalk/workload",
      "role-bindings missing medium (builds/builder)",
      "role-bindings missing medium (chalk/management)",
      "role-bindings stray medium (elsewhere/everybody), by RoleBinding everybody in namespace elsewhere",
    ],
  },
};

describeWorlds("places", kubernetesGround, worlds);

it("K6: no namespace is named, and the management role stands in the system's namespace too", () => {
  const state = documented("azure");
  const more = { ...state, ...again(MANAGEMENT_ROLE, SYSTEM, MANAGEMENT)(state) };
  const found = reportOn(more, without("namespace")).findings.filter((f) => f.outcome === "fail");
  expect(new Set(found.map((f) => `${f.control} ${f.drift} ${f.resource.id}`))).toEqual(
    new Set([`chalk-azure/cluster-effective-access excess ${MANAGEMENT}`]),
  );
  expect(found.map((f) => /^\S+ (\S+) -n kube-system$/.exec(f.pattern ?? "")?.[1]).sort()).toEqual([
    "configmaps",
    "cronjobs.batch",
    "daemonsets.apps",
    "deployments.apps",
    "events",
    "ingresses.networking.k8s.io",
    "ingresses.networking.k8s.io/status",
    "jobs.batch",
    "persistentvolumeclaims",
    "poddisruptionbudgets.policy",
    "pods",
    "pods/exec",
    "pods/log",
    "replicasets.apps",
    "rolebindings",
    "rolebindings.rbac.authorization.k8s.io",
    "roles",
    "roles.rbac.authorization.k8s.io",
    "scaledjobs.keda.sh",
    "scaledobjects.keda.sh",
    "secrets",
    "serviceaccounts",
    "serviceaccounts.rbac.authorization.k8s.io",
    "services",
    "statefulsets.apps",
  ]);
});

it("what was not listed and changes no verdict is said (fault 1)", () => {
  const state = {
    ...documented("azure"),
    without: ["kubernetes/namespace", "kubernetes/service-account"],
    unread: [denied("kubernetes/namespace"), denied("kubernetes/service-account")],
  } as const;
  const [target] = reportOn(state, NOBODY_NAMED).targets;
  expect(target?.complete).toBe(true);
  expect(target?.principals?.map(({ id }) => id)).toEqual([BUILDER, MANAGEMENT, WORKLOAD]);
  expect(target?.notes?.filter((note) => note.includes("could not be listed"))).toEqual([
    "namespaces could not be listed (GET /apis/kubernetes/namespace: 403 Forbidden): that namespace chalk exists is told by what was found there, and no verdict hangs on the list",
    "service accounts could not be listed (GET /apis/kubernetes/service-account: 403 Forbidden): whether those that the bindings name exist is not told, and no verdict hangs on it",
  ]);
});
