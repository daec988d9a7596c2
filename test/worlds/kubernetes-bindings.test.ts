/** Bindings of a cluster that depart from the bundled baselines (K4, K5). */
import {
  all,
  beside,
  CLUSTER_ROLE,
  given,
  gone,
  joined,
  NOBODY,
  named,
  without,
} from "./kubernetes-changes.ts";
import { kubernetesGround, type Row } from "./kubernetes-ground.ts";
import {
  account,
  BUILDER,
  binding,
  clusterBinding,
  group,
  MANAGEMENT,
  user,
  WORKLOAD,
} from "./kubernetes-state.ts";
import { describeWorlds } from "./world.ts";

const worlds: Readonly<Record<string, Row>> = {
  "a user is bound to the management role": {
    state: joined("management", user("jane@example.com")),
    code: 1,
    findings: ["role-bindings stray high (chalk/management), by RoleBinding management in namespace chalk"],
  },
  "a group is bound to the cluster role": {
    state: beside({ clusterRoleBindings: [clusterBinding("ops", CLUSTER_ROLE, group("contractors"))] }),
    code: 1,
    findings: ["role-bindings stray high (ops), by ClusterRoleBinding ops"],
  },
  "another account is bound to the job reader": {
    state: joined("workload", account("chalk/other")),
    code: 1,
    findings: ["role-bindings stray medium (chalk/workload), by RoleBinding workload in namespace chalk"],
  },
  "K5: another account, named as a user": {
    state: joined("workload", user("system:serviceaccount:builds:other")),
    code: 1,
    findings: ["role-bindings stray medium (chalk/workload), by RoleBinding workload in namespace chalk"],
  },
  "K5: all accounts of the namespace are bound to the management role": {
    state: joined("management", group("system:serviceaccounts:chalk")),
    code: 1,
    findings: [
      // K16: as the management account; what that one may run as in its turn is said of it
      "cluster-effective-access excess critical get,create pods/exec -n chalk ! create pods/exec in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk, as group system:serviceaccounts:chalk), to chalk/workload",
      "cluster-effective-access excess critical get,list,create,update,patch,delete deployments.apps -n chalk ! create deployments.apps in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk, as group system:serviceaccounts:chalk), to chalk/workload",
      "cluster-effective-access excess critical get,list,watch,create,update,patch pods -n chalk ! create pods in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk, as group system:serviceaccounts:chalk), to chalk/workload",
      "cluster-effective-access excess critical get,list,watch,create,update,patch,delete secrets -n chalk ! create secrets in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk, as group system:serviceaccounts:chalk), to chalk/workload",
      "cluster-effective-access excess high (chalk/workload), by pods of namespace chalk can run as chalk/management",
      "cluster-effective-access excess high create,update,patch,delete jobs.batch -n chalk ! create jobs.batch in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk, as group system:serviceaccounts:chalk), to chalk/workload",
      "cluster-effective-access excess high get,list,create,update,patch,delete daemonsets.apps -n chalk ! create daemonsets.apps in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk, as group system:serviceaccounts:chalk), to chalk/workload",
      "cluster-effective-access excess high get,list,create,update,patch,delete replicasets.apps -n chalk ! create replicasets.apps in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk, as group system:serviceaccounts:chalk), to chalk/workload",
      "cluster-effective-access excess high get,list,create,update,patch,delete statefulsets.apps -n chalk ! create statefulsets.apps in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk, as group system:serviceaccounts:chalk), to chalk/workload",
      "cluster-effective-access excess high get,list,watch,create,update,delete ingresses.networking.k8s.io -n chalk ! create ingresses.networking.k8s.io in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk, as group system:serviceaccounts:chalk), to chalk/workload",
      "cluster-effective-access excess high get,list,watch,create,update,delete ingresses.networking.k8s.io/status -n chalk ! update ingresses/status.networking.k8s.io in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk, as group system:serviceaccounts:chalk), to chalk/workload",
      "cluster-effective-access excess high get,list,watch,create,update,patch configmaps -n chalk ! create configmaps in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk, as group system:serviceaccounts:chalk), to chalk/workload",
      "cluster-effective-access excess high get,list,watch,create,update,patch poddisruptionbudgets.policy -n chalk ! create poddisruptionbudgets.policy in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk, as group system:serviceaccounts:chalk), to chalk/workload",
      "cluster-effective-access excess high get,list,watch,create,update,patch services -n chalk ! create services in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk, as group system:serviceaccounts:chalk), to chalk/workload",
      "cluster-effective-access excess high get,list,watch,create,update,patch,delete cronjobs.batch -n chalk ! create cronjobs.batch in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk, as group system:serviceaccounts:chalk), to chalk/workload",
      "cluster-effective-access excess high get,list,watch,create,update,patch,delete persistentvolumeclaims -n chalk ! create persistentvolumeclaims in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk, as group system:serviceaccounts:chalk), to chalk/workload",
      "cluster-effective-access excess high get,list,watch,create,update,patch,delete scaledjobs.keda.sh -n chalk ! create scaledjobs.keda.sh in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk, as group system:serviceaccounts:chalk), to chalk/workload",
      "cluster-effective-access excess high get,list,watch,create,update,patch,delete scaledobjects.keda.sh -n chalk ! create scaledobjects.keda.sh in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk, as group system:serviceaccounts:chalk), to chalk/workload",
      "cluster-effective-access excess low latent get,list rolebindings -n chalk ! get rolebindings in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk, as group system:serviceaccounts:chalk), to chalk/workload",
      "cluster-effective-access excess low latent get,list roles -n chalk ! get roles in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk, as group system:serviceaccounts:chalk), to chalk/workload",
      "cluster-effective-access excess low latent get,list serviceaccounts.rbac.authorization.k8s.io -n chalk ! get serviceaccounts.rbac.authorization.k8s.io in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk, as group system:serviceaccounts:chalk), to chalk/workload",
      "cluster-effective-access excess medium get,list rolebindings.rbac.authorization.k8s.io -n chalk ! get rolebindings.rbac.authorization.k8s.io in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk, as group system:serviceaccounts:chalk), to chalk/workload",
      "cluster-effective-access excess medium get,list roles.rbac.authorization.k8s.io -n chalk ! get roles.rbac.authorization.k8s.io in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk, as group system:serviceaccounts:chalk), to chalk/workload",
      "cluster-effective-access excess medium get,list serviceaccounts -n chalk ! get serviceaccounts in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk, as group system:serviceaccounts:chalk), to chalk/workload",
      "cluster-effective-access excess medium get,list,watch events -n chalk ! get events in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk, as group system:serviceaccounts:chalk), to chalk/workload",
      "cluster-effective-access excess medium get,list,watch pods/log -n chalk ! get pods/log in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk, as group system:serviceaccounts:chalk), to chalk/workload",
      "role-bindings stray high (chalk/management), by RoleBinding management in namespace chalk",
      "cluster-effective-access note dead info (chalk/workload)",
    ],
  },
  "the workload's account is bound to the management role": {
    state: joined("management", account(WORKLOAD)),
    code: 1,
    findings: [
      // K16: as the management account; what that one may run as in its turn is said of it
      "cluster-effective-access excess critical get,create pods/exec -n chalk ! create pods/exec in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/workload",
      "cluster-effective-access excess critical get,list,create,update,patch,delete deployments.apps -n chalk ! create deployments.apps in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/workload",
      "cluster-effective-access excess critical get,list,watch,create,update,patch pods -n chalk ! create pods in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/workload",
      "cluster-effective-access excess critical get,list,watch,create,update,patch,delete secrets -n chalk ! create secrets in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/workload",
      "cluster-effective-access excess high (chalk/workload), by pods of namespace chalk can run as chalk/management",
      "cluster-effective-access excess high create,update,patch,delete jobs.batch -n chalk ! create jobs.batch in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/workload",
      "cluster-effective-access excess high get,list,create,update,patch,delete daemonsets.apps -n chalk ! create daemonsets.apps in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/workload",
      "cluster-effective-access excess high get,list,create,update,patch,delete replicasets.apps -n chalk ! create replicasets.apps in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/workload",
      "cluster-effective-access excess high get,list,create,update,patch,delete statefulsets.apps -n chalk ! create statefulsets.apps in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/workload",
      "cluster-effective-access excess high get,list,watch,create,update,delete ingresses.networking.k8s.io -n chalk ! create ingresses.networking.k8s.io in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/workload",
      "cluster-effective-access excess high get,list,watch,create,update,delete ingresses.networking.k8s.io/status -n chalk ! update ingresses/status.networking.k8s.io in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/workload",
      "cluster-effective-access excess high get,list,watch,create,update,patch configmaps -n chalk ! create configmaps in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/workload",
      "cluster-effective-access excess high get,list,watch,create,update,patch poddisruptionbudgets.policy -n chalk ! create poddisruptionbudgets.policy in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/workload",
      "cluster-effective-access excess high get,list,watch,create,update,patch services -n chalk ! create services in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/workload",
      "cluster-effective-access excess high get,list,watch,create,update,patch,delete cronjobs.batch -n chalk ! create cronjobs.batch in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/workload",
      "cluster-effective-access excess high get,list,watch,create,update,patch,delete persistentvolumeclaims -n chalk ! create persistentvolumeclaims in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/workload",
      "cluster-effective-access excess high get,list,watch,create,update,patch,delete scaledjobs.keda.sh -n chalk ! create scaledjobs.keda.sh in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/workload",
      "cluster-effective-access excess high get,list,watch,create,update,patch,delete scaledobjects.keda.sh -n chalk ! create scaledobjects.keda.sh in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/workload",
      "cluster-effective-access excess low latent get,list rolebindings -n chalk ! get rolebindings in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/workload",
      "cluster-effective-access excess low latent get,list roles -n chalk ! get roles in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/workload",
      "cluster-effective-access excess low latent get,list serviceaccounts.rbac.authorization.k8s.io -n chalk ! get serviceaccounts.rbac.authorization.k8s.io in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/workload",
      "cluster-effective-access excess medium get,list rolebindings.rbac.authorization.k8s.io -n chalk ! get rolebindings.rbac.authorization.k8s.io in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/workload",
      "cluster-effective-access excess medium get,list roles.rbac.authorization.k8s.io -n chalk ! get roles.rbac.authorization.k8s.io in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/workload",
      "cluster-effective-access excess medium get,list serviceaccounts -n chalk ! get serviceaccounts in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/workload",
      "cluster-effective-access excess medium get,list,watch events -n chalk ! get events in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/workload",
      "cluster-effective-access excess medium get,list,watch pods/log -n chalk ! get pods/log in namespace chalk, by RoleBinding management in namespace chalk (Role chalk-management-role in namespace chalk), to chalk/workload",
      "role-bindings stray high (chalk/management), by RoleBinding management in namespace chalk",
      "cluster-effective-access note dead info (chalk/workload)",
    ],
  },
  "the job reader's binding is gone": {
    state: gone("workload"),
    code: 1,
    findings: [
      "cluster-effective-access missing medium get,list,watch jobs.batch -n chalk ! get jobs.batch in namespace chalk, by chalk/workload: Role chalk-job-reader in namespace chalk is not bound to it",
      "role-bindings missing medium (chalk/workload)",
    ],
  },
  "K4: the ClusterRole is bound in one namespace only": {
    state: all(
      gone("management-cluster"),
      beside({ roleBindings: [binding("cluster", `ClusterRole/${CLUSTER_ROLE}`, [account(MANAGEMENT)])] }),
    ),
    code: 1,
    findings: [
      "cluster-effective-access missing low latent get,list,create,update,patch,delete nodepools.cluster-autoscaler.kubernetes.io ! create nodepools.cluster-autoscaler.kubernetes.io, by chalk/management: ClusterRole chalk-cluster-management-role is bound to it by RoleBinding cluster in namespace chalk alone, which is not everywhere",
      "cluster-effective-access missing medium get,list storageclasses.storage.k8s.io ! get storageclasses.storage.k8s.io, by chalk/management: ClusterRole chalk-cluster-management-role is bound to it by RoleBinding cluster in namespace chalk alone, which is not everywhere",
      "cluster-effective-access missing medium get,list,watch nodes ! get nodes, by chalk/management: ClusterRole chalk-cluster-management-role is bound to it by RoleBinding cluster in namespace chalk alone, which is not everywhere",
      "cluster-effective-access missing medium get,list,watch,create,update,patch,delete persistentvolumes ! create persistentvolumes, by chalk/management: ClusterRole chalk-cluster-management-role is bound to it by RoleBinding cluster in namespace chalk alone, which is not everywhere",
      "role-bindings missing medium (chalk/management)",
    ],
  },
  "the management account is not bound to the role for building images": {
    state: named("builds", account(BUILDER)),
    code: 1,
    findings: ["role-bindings missing medium (chalk/management)"],
  },
  "the account's binding names another namespace": {
    state: named("workload", account("builds/workload")),
    code: 1,
    findings: [
      "cluster-effective-access missing medium get,list,watch jobs.batch -n chalk ! get jobs.batch in namespace chalk, by chalk/workload: Role chalk-job-reader in namespace chalk is not bound to it",
      "role-bindings missing medium (chalk/workload)",
      "role-bindings stray medium (chalk/workload), by RoleBinding workload in namespace chalk",
    ],
  },
  "K5: a ClusterRoleBinding names an account without a namespace: nobody": {
    state: (state) => ({
      clusterRoleBindings: state.clusterRoleBindings.map((b) => ({
        ...b,
        subjects: [{ kind: "ServiceAccount", name: "management" }],
      })),
    }),
    code: 1,
    findings: [
      "cluster-effective-access missing low latent get,list,create,update,patch,delete nodepools.cluster-autoscaler.kubernetes.io ! create nodepools.cluster-autoscaler.kubernetes.io, by chalk/management: ClusterRole chalk-cluster-management-role is not bound to it",
      "cluster-effective-access missing medium get,list storageclasses.storage.k8s.io ! get storageclasses.storage.k8s.io, by chalk/management: ClusterRole chalk-cluster-management-role is not bound to it",
      "cluster-effective-access missing medium get,list,watch nodes ! get nodes, by chalk/management: ClusterRole chalk-cluster-management-role is not bound to it",
      "cluster-effective-access missing medium get,list,watch,create,update,patch,delete persistentvolumes ! create persistentvolumes, by chalk/management: ClusterRole chalk-cluster-management-role is not bound to it",
      "role-bindings missing medium (chalk/management)",
      "role-bindings note dead info (management-cluster)",
    ],
  },
  "the account does not exist": {
    run: given({ workloadServiceAccount: "chalk/worker" }),
    state: NOBODY,
    code: 1,
    findings: [
      "cluster-effective-access missing medium get,list,watch jobs.batch -n chalk ! get jobs.batch in namespace chalk, by chalk/worker: Role chalk-job-reader in namespace chalk is not bound to it",
      "role-bindings absent critical (chalk/worker)",
      "role-bindings missing medium (chalk/worker)",
      "role-bindings stray medium (chalk/workload), by RoleBinding workload in namespace chalk",
    ],
  },
  "no account is named, and one of two is not bound to both roles": {
    run: without("managementServiceAccount"),
    state: joined("management", account("chalk/other")),
    code: 1,
    findings: ["role-bindings stray high (chalk/management), by RoleBinding management in namespace chalk"],
  },
  "no account is named, and an account of the system's own is bound to the job reader": {
    run: without("workloadServiceAccount"),
    state: joined("workload", account("kube-system/default")),
    code: 1,
    findings: ["role-bindings stray medium (chalk/workload), by RoleBinding workload in namespace chalk"],
  },
  "no account is named, and one of another namespace may build images too": {
    run: without("builderServiceAccount"),
    state: joined("builds", account("elsewhere/builder")),
    code: 1,
    findings: ["role-bindings stray high (builds/builds), by RoleBinding builds in namespace builds"],
  },
  "no account is named, and a binding is gone": {
    run: without("workloadServiceAccount"),
    state: gone("workload"),
    code: 1,
    findings: [
      "cluster-effective-access absent medium (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk#workloadServiceAccount)",
      "role-bindings missing medium (chalk/chalk-job-reader)",
    ],
  },
  "a subject of another kind": {
    state: joined("workload", { kind: "Robot", name: "x" }),
    code: 3,
    findings: [
      "cluster-effective-access unknown medium (builds/builder)",
      "cluster-effective-access unknown medium (chalk/management)",
      "cluster-effective-access unknown medium (chalk/workload)",
      "role-bindings unknown medium (chalk/workload)",
    ],
  },
  "a subject whose namespace is no text": {
    state: joined("workload", { kind: "ServiceAccount", name: "x", namespace: 5 as unknown as string }),
    code: 3,
    findings: [
      "cluster-effective-access unknown medium (builds/builder)",
      "cluster-effective-access unknown medium (chalk/management)",
      "cluster-effective-access unknown medium (chalk/workload)",
      "role-bindings unknown medium (chalk/workload)",
    ],
  },
  "a subject of another API group": {
    state: joined("workload", { kind: "Group", name: "x", apiGroup: "example.com" }),
    code: 3,
    findings: [
      "cluster-effective-access unknown medium (builds/builder)",
      "cluster-effective-access unknown medium (chalk/management)",
      "cluster-effective-access unknown medium (chalk/workload)",
      "role-bindings unknown medium (chalk/workload)",
    ],
  },
  "a binding whose role is of another kind": {
    state: beside({ roleBindings: [binding("odd", "Robot/x", [account(WORKLOAD)])] }),
    code: 3,
    findings: [
      "cluster-effective-access unknown medium (builds/builder)",
      "cluster-effective-access unknown medium (chalk/management)",
      "cluster-effective-access unknown medium (chalk/workload)",
      "role-bindings unknown medium (chalk/odd)",
    ],
  },
  "a name alone, in one of two namespaces": {
    run: { parameters: { ...without("namespace").parameters, workloadServiceAccount: "twin" } },
    state: all(named("workload", account("chalk/twin"), account("builds/twin")), () => ({})),
    code: 3,
    findings: [
      "cluster-effective-access unknown medium (twin)",
      "role-bindings unknown medium (twin)",
      "cluster-effective-access note excess info every service account (7535179f-6cfc-48f9-85a7-28a35313f0b7)",
    ],
    gone: [
      "cluster-effective-access note excess info every service account (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk)",
    ],
  },
};

describeWorlds("the bindings", kubernetesGround, worlds);
