/** Who can come in: without credentials, as somebody else, or by not being named (K4, K15 to K17). */
import { describe, expect, it } from "vitest";
import {
  ARGO,
  all,
  beside,
  CLUSTER_ROLE,
  held,
  JOB_READER,
  joined,
  MANAGEMENT_ROLE,
  named,
  nameOf,
  rulesOf,
  without,
} from "./kubernetes-changes.ts";
import { type Change, kubernetesGround, notes, type Row, reportOn, seen } from "./kubernetes-ground.ts";
import {
  account,
  BUILDS,
  binding,
  CLUSTER,
  clusterBinding,
  clusterRole,
  documented,
  group,
  MANAGEMENT,
  type RuleBody,
  role,
  rule,
  user,
  WORKLOAD,
} from "./kubernetes-state.ts";
import { describeWorlds, withoutNotes } from "./world.ts";

/** A service account beside the vendor's, with a role of its own everywhere. */
function neighbour(id: string, ...rules: readonly RuleBody[]): Change {
  return all(
    (state) => ({ accounts: [...state.accounts, id] }),
    beside({
      clusterRoles: [clusterRole("strong", rules)],
      clusterRoleBindings: [clusterBinding("strong", "strong", account(id))],
    }),
  );
}
const NODES = rule("", "nodes", "patch");

const worlds: Readonly<Record<string, Row>> = {
  "K15: what anybody may do without credentials, as user": {
    state: held(user("system:anonymous"), rule("", "endpoints", "get")),
    code: 1,
    findings: [
      "cluster-effective-access excess medium get endpoints ! get endpoints, by ClusterRoleBinding extra (ClusterRole extra, as the unauthenticated user system:anonymous), to builds/builder",
      "cluster-effective-access excess medium get endpoints ! get endpoints, by ClusterRoleBinding extra (ClusterRole extra, as the unauthenticated user system:anonymous), to chalk/management",
      "cluster-effective-access excess medium get endpoints ! get endpoints, by ClusterRoleBinding extra (ClusterRole extra, as the unauthenticated user system:anonymous), to chalk/workload",
    ],
  },
  "K15: the same as group, in one namespace": {
    state: beside({
      clusterRoles: [clusterRole("open", [rule("", "endpoints", "get")])],
      roleBindings: [binding("open", "ClusterRole/open", [group("system:unauthenticated")], "default")],
    }),
    code: 1,
    findings: [
      "cluster-effective-access excess medium get endpoints -n default ! get endpoints in namespace default, by RoleBinding open in namespace default (ClusterRole open, as group system:unauthenticated), to builds/builder",
      "cluster-effective-access excess medium get endpoints -n default ! get endpoints in namespace default, by RoleBinding open in namespace default (ClusterRole open, as group system:unauthenticated), to chalk/management",
      "cluster-effective-access excess medium get endpoints -n default ! get endpoints in namespace default, by RoleBinding open in namespace default (ClusterRole open, as group system:unauthenticated), to chalk/workload",
    ],
  },
  "K16: an account beside the vendor's, where the vendor may create pods": {
    state: neighbour("chalk/operator", NODES),
    code: 1,
    findings: [
      "cluster-effective-access excess high patch nodes ! patch nodes, by pods of namespace chalk can run as chalk/operator, by ClusterRoleBinding strong (ClusterRole strong)",
    ],
  },
  "K16: the namespace's group holds it: of an account of the document in it, it is said": {
    state: held(group("system:serviceaccounts:builds"), NODES),
    code: 1,
    findings: [
      "cluster-effective-access excess high patch nodes ! patch nodes, by ClusterRoleBinding extra (ClusterRole extra, as group system:serviceaccounts:builds), to builds/builder",
    ],
  },
  "K16: the namespace's group holds it: every namespace has an account in it": {
    run: without("builderServiceAccount"),
    state: all(
      ({ roleBindings }) => ({
        roleBindings: roleBindings.map((b) =>
          nameOf(b) === "builds" ? { ...b, subjects: [account(MANAGEMENT)] } : b,
        ),
      }),
      held(group("system:serviceaccounts:builds"), NODES),
    ),
    code: 1,
    findings: [
      "cluster-effective-access excess high patch nodes ! patch nodes, by pods of namespace builds can run as builds/default, by ClusterRoleBinding extra (ClusterRole extra, as group system:serviceaccounts:builds)",
      "cluster-effective-access note absent info (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk#builderServiceAccount)",
    ],
  },
  "K16: an account of another namespace is not reached": {
    state: neighbour("default/operator", NODES),
    code: 0,
  },
  "K16: an account that is not there runs nothing": {
    state: beside({
      clusterRoles: [clusterRole("strong", [NODES])],
      clusterRoleBindings: [clusterBinding("strong", "strong", account("chalk/gone"))],
    }),
    code: 0,
  },
  "K16: over another account, step by step": {
    state: all(
      (state) => ({ accounts: [...state.accounts, "chalk/first", "far/second"] }),
      beside({
        clusterRoles: [clusterRole("strong", [NODES])],
        roles: [role("runner", [rule("batch", "jobs", "create")], "far")],
        roleBindings: [binding("runner", "Role/runner", [account("chalk/first")], "far")],
        clusterRoleBindings: [clusterBinding("strong", "strong", account("far/second"))],
      }),
    ),
    code: 1,
    findings: [
      "cluster-effective-access excess high create jobs.batch -n far ! create jobs.batch in namespace far, by pods of namespace chalk can run as chalk/first, by RoleBinding runner in namespace far (Role runner in namespace far)",
      "cluster-effective-access excess high patch nodes ! patch nodes, by pods of namespace chalk can run as chalk/first, and pods of namespace far can run as far/second, by ClusterRoleBinding strong (ClusterRole strong)",
    ],
  },
  "K16: a role that it can reach and that is not filled in": {
    state: all(
      (state) => ({ accounts: [...state.accounts, "chalk/operator"] }),
      beside({
        clusterRoles: [clusterRole("sum", null, { aggregationRule: { clusterRoleSelectors: [] } })],
        clusterRoleBindings: [clusterBinding("sum", "sum", account("chalk/operator"))],
      }),
    ),
    code: 3,
    findings: ["cluster-effective-access unknown medium (chalk/management)"],
  },
  "K17: nobody is named, and a user and a group hold the job reader beside the account": {
    run: without("workloadServiceAccount"),
    state: joined("workload", user("jane@example.com"), group("ops")),
    code: 1,
    findings: [
      "role-bindings stray medium (chalk/workload), by RoleBinding workload in namespace chalk",
      "role-bindings stray medium (chalk/workload), by RoleBinding workload in namespace chalk",
    ],
  },
  "K17: nobody is named, and an account of another namespace alone holds the job reader": {
    run: without("workloadServiceAccount"),
    state: named("workload", account("elsewhere/workload")),
    code: 1,
    findings: [
      `cluster-effective-access absent medium (${CLUSTER}/chalk#workloadServiceAccount)`,
      "role-bindings missing medium (chalk/chalk-job-reader)",
      "role-bindings stray medium (chalk/workload), by RoleBinding workload in namespace chalk",
    ],
  },
  "K17: nobody is named, and a second account of the namespace holds the job reader": {
    run: without("workloadServiceAccount"),
    state: joined("workload", account("chalk/other")),
    code: 1,
    findings: [
      `role-bindings stray medium (${CLUSTER}/chalk#workloadServiceAccount)`,
      "role-bindings note absent info (chalk/other)",
    ],
  },
  "K17: nothing is named, and the platform stands in two namespaces: the document knows one": {
    run: { parameters: {} },
    state: (state) => ({
      namespaces: [...state.namespaces, "second"],
      accounts: [...state.accounts, "second/management", "second/workload"],
      roles: [
        ...state.roles,
        ...state.roles.filter((r) => nameOf(r) !== ARGO).map((r) => role(nameOf(r), rulesOf(r), "second")),
      ],
      roleBindings: [
        ...state.roleBindings,
        binding("management", `Role/${MANAGEMENT_ROLE}`, [account("second/management")], "second"),
        binding("workload", `Role/${JOB_READER}`, [account("second/workload")], "second"),
        binding("builds", `Role/${ARGO}`, [account("second/management")], BUILDS),
      ],
      clusterRoleBindings: [
        ...state.clusterRoleBindings,
        clusterBinding("second", CLUSTER_ROLE, account("second/management")),
      ],
    }),
    code: 1,
    findings: [
      `role-bindings stray high (${CLUSTER}#managementServiceAccount)`,
      `role-bindings stray medium (${CLUSTER}#workloadServiceAccount)`,
      "cluster-effective-access note excess info every service account (7535179f-6cfc-48f9-85a7-28a35313f0b7)",
      "management-role note dead info (second/chalk-management-role)",
    ],
    gone: [
      "cluster-effective-access note excess info every service account (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk)",
    ],
  },
};

describeWorlds("who can come in", kubernetesGround, worlds);

describe("K16: what lets its holder run as an account of the namespace", () => {
  it.each<[string, RuleBody, boolean]>([
    ["pods", rule("", "pods", "create"), true],
    ["a pod's image", rule("", "pods", "patch"), true],
    ["getting into a pod", rule("", "pods/exec", "get"), true],
    ["any subresource of that name", rule("", "*/exec", "create"), true],
    ["a container beside", rule("", "pods/ephemeralcontainers", "update"), true],
    ["deployments, of one name", rule("apps", "deployments", "patch", ["engine"]), true],
    ["stateful sets", rule("apps", "statefulsets", "create"), true],
    ["daemon sets", rule("apps", "daemonsets", "update"), true],
    ["replica sets", rule("*", "replicasets", "*"), true],
    ["replication controllers", rule("", "replicationcontrollers", "create"), true],
    ["jobs", rule("batch", "jobs", "create"), true],
    ["cron jobs", rule("batch", "cronjobs", "patch"), true],
    ["a token", rule("", "serviceaccounts/token", "create"), true],
    ["a token of that name", rule("", "serviceaccounts/token", "create", ["strong"]), true],
    ["a token of another name", rule("", "serviceaccounts/token", "create", ["weak"]), false],
    ["reading pods", rule("", "pods", ["get", "list", "watch", "delete"]), false],
    ["pods of another group", rule("example.org", "pods", "create"), false],
    ["their status", rule("", "pods/status", "update"), false],
  ])("%s", (_, given, reaches) => {
    const state = documented("azure");
    const change = all(
      neighbour("far/strong", NODES),
      beside({
        roles: [role("runner", [given], "far")],
        roleBindings: [binding("runner", "Role/runner", [account(WORKLOAD)], "far")],
      }),
    );
    const found = reportOn({ ...state, ...change(state) }).findings.filter(
      (f) => f.pattern === "patch nodes" && f.resource.id === WORKLOAD,
    );
    expect(found.map((f) => f.by)).toEqual(
      reaches
        ? ["pods of namespace far can run as far/strong, by ClusterRoleBinding strong (ClusterRole strong)"]
        : [],
    );
  });
});

it("K16: an account that the document does not let it run as is one finding, with the parts of the server", () => {
  const state = documented("azure");
  const change = all(
    (s) => ({ accounts: [...s.accounts, "kube-system/clusterrole-aggregation-controller"] }),
    beside({
      roles: [role("runner", [rule("", "pods", "create")], "kube-system")],
      roleBindings: [binding("runner", "Role/runner", [account(WORKLOAD)], "kube-system")],
    }),
  );
  const report = reportOn({ ...state, ...change(state) });
  expect(withoutNotes(seen(report).findings)).toEqual([
    "cluster-effective-access excess critical (chalk/management), by pods of namespace chalk can run as chalk/workload, and pods of namespace kube-system can run as kube-system/clusterrole-aggregation-controller",
    "cluster-effective-access excess critical (chalk/workload), by pods of namespace kube-system can run as kube-system/clusterrole-aggregation-controller",
    "cluster-effective-access excess critical create pods -n kube-system ! create pods in namespace kube-system, by RoleBinding runner in namespace kube-system (Role runner in namespace kube-system), to chalk/workload",
  ]);
  expect(notes(report).filter((note) => note.includes("parts of the server"))).toEqual([]);
});

it("K4: use of what OpenShift asks in a namespace is excess there", () => {
  const state = documented("azure");
  const change = all(
    beside({
      clusterRoles: [
        clusterRole("scc", [
          rule("security.openshift.io", "securitycontextconstraints", "use", ["privileged"]),
        ]),
      ],
      roleBindings: [binding("scc", "ClusterRole/scc", [account(MANAGEMENT)])],
    }),
    (s) => ({ served: [...s.served, "!security.openshift.io/v1/securitycontextconstraints"] }),
  );
  expect(withoutNotes(seen(reportOn({ ...state, ...change(state) })).findings)).toEqual([
    'cluster-effective-access excess high use securitycontextconstraints.security.openshift.io "privileged" -n chalk ! use securitycontextconstraints.security.openshift.io named privileged in namespace chalk, by RoleBinding scc in namespace chalk (ClusterRole scc), to chalk/management',
  ]);
});
