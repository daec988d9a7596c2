/** Clusters that cannot be read, or not wholly (faults 1, 2 and 40): never a pass. */
import { all, given, JOB_READER, lacking, NOBODY, ruleFor, without } from "./kubernetes-changes.ts";
import { kubernetesGround, type Row } from "./kubernetes-ground.ts";
import { denied } from "./kubernetes-state.ts";
import { describeWorlds } from "./world.ts";

const worlds: Readonly<Record<string, Row>> = {
  "fault 2: role bindings": {
    state: () => ({ without: ["kubernetes/role-binding"], unread: [denied("kubernetes/role-binding")] }),
    code: 3,
    findings: [
      "cluster-effective-access unknown medium (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk#kubernetes/role-binding)",
      "role-bindings unknown medium (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk#kubernetes/role-binding)",
    ],
    gone: [
      "cluster-effective-access note excess info every service account (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk)",
    ],
  },
  "fault 2: cluster role bindings, and a role departs": {
    state: all(ruleFor(JOB_READER, "jobs", lacking("watch")), () => ({
      without: ["kubernetes/cluster-role-binding"],
      unread: [denied("kubernetes/cluster-role-binding")],
    })),
    code: 1,
    findings: [
      "cluster-effective-access unknown medium (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk#kubernetes/cluster-role-binding)",
      "job-reader-role missing medium watch jobs.batch -n chalk ! watch jobs.batch in namespace chalk",
      "role-bindings unknown medium (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk#kubernetes/cluster-role-binding)",
    ],
    gone: [
      "cluster-effective-access note excess info every service account (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk)",
    ],
  },
  "fault 1: roles": {
    state: () => ({ without: ["kubernetes/role"], unread: [denied("kubernetes/role")] }),
    code: 3,
    findings: [
      "argo-workflows-role unknown medium (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk#kubernetes/role)",
      "cluster-effective-access unknown medium (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk#kubernetes/role)",
      "job-reader-role unknown medium (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk#kubernetes/role)",
      "management-role unknown medium (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk#kubernetes/role)",
    ],
    gone: [
      "cluster-effective-access note excess info every service account (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk)",
      "management-role note dead info (chalk/chalk-management-role)",
    ],
  },
  "fault 1: cluster roles": {
    state: () => ({ without: ["kubernetes/cluster-role"], unread: [denied("kubernetes/cluster-role")] }),
    code: 3,
    findings: [
      "cluster-effective-access unknown medium (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk#kubernetes/cluster-role)",
      "cluster-management-role unknown medium (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk#kubernetes/cluster-role)",
    ],
    gone: [
      "cluster-effective-access note excess info every service account (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk)",
    ],
  },
  "fault 1: service accounts, where they are named: whether they exist is not known": {
    state: () => ({
      without: ["kubernetes/service-account"],
      unread: [denied("kubernetes/service-account")],
    }),
    code: 3,
    findings: [
      "role-bindings unknown medium (builds/builder)",
      "role-bindings unknown medium (chalk/management)",
      "role-bindings unknown medium (chalk/workload)",
    ],
  },
  "fault 1: service accounts, and one of them is named": {
    run: without("managementServiceAccount", "builderServiceAccount"),
    state: () => ({
      without: ["kubernetes/service-account"],
      unread: [denied("kubernetes/service-account")],
    }),
    code: 3,
    findings: ["role-bindings unknown medium (chalk/workload)"],
  },
  "the cluster itself": {
    state: () => ({ without: ["kubernetes/cluster"], unread: [denied("kubernetes/cluster")] }),
    code: 3,
    findings: [
      "argo-workflows-role unknown medium (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk#kubernetes/cluster)",
      "cluster-effective-access unknown medium (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk#kubernetes/cluster)",
      "cluster-management-role unknown medium (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk#kubernetes/cluster)",
      "job-reader-role unknown medium (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk#kubernetes/cluster)",
      "management-role unknown medium (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk#kubernetes/cluster)",
      "role-bindings unknown medium (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk#kubernetes/cluster)",
    ],
    gone: [
      "cluster-effective-access note excess info every service account (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk)",
      "management-role note dead info (chalk/chalk-management-role)",
    ],
  },
  "fault 40: the audited namespace does not exist": {
    run: given({ namespace: "chalk-typo" }),
    state: NOBODY,
    code: 3,
    findings: [
      "argo-workflows-role unknown medium (chalk-typo)",
      "cluster-effective-access unknown medium (chalk-typo)",
      "cluster-management-role unknown medium (chalk-typo)",
      "job-reader-role unknown medium (chalk-typo)",
      "management-role unknown medium (chalk-typo)",
      "role-bindings unknown medium (chalk-typo)",
    ],
    gone: [
      "cluster-effective-access note excess info every service account (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk)",
      "management-role note dead info (chalk/chalk-management-role)",
    ],
  },
  "fault 40: namespaces cannot be listed, and nothing is found in it": {
    run: given({ namespace: "chalk-typo" }),
    state: () => ({ without: ["kubernetes/namespace"], unread: [denied("kubernetes/namespace")] }),
    code: 3,
    findings: [
      "argo-workflows-role unknown medium (chalk-typo)",
      "cluster-effective-access unknown medium (chalk-typo)",
      "cluster-management-role unknown medium (chalk-typo)",
      "job-reader-role unknown medium (chalk-typo)",
      "management-role unknown medium (chalk-typo)",
      "role-bindings unknown medium (chalk-typo)",
    ],
    gone: [
      "cluster-effective-access note excess info every service account (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk)",
      "management-role note dead info (chalk/chalk-management-role)",
    ],
  },
  "fault 40: a cluster without any cluster role": {
    state: () => ({ without: ["kubernetes/cluster-role"] }),
    code: 3,
    findings: [
      "argo-workflows-role unknown medium the cluster (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk)",
      "cluster-effective-access unknown medium the cluster (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk)",
      "cluster-management-role unknown medium the cluster (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk)",
      "job-reader-role unknown medium the cluster (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk)",
      "management-role unknown medium the cluster (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk)",
      "role-bindings unknown medium the cluster (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk)",
    ],
    gone: [
      "cluster-effective-access note excess info every service account (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk)",
      "management-role note dead info (chalk/chalk-management-role)",
    ],
  },
  "fault 40: nothing of the vendor is there": {
    state: () => ({ roles: [], clusterRoles: [], roleBindings: [], clusterRoleBindings: [] }),
    code: 1,
    findings: [
      "cluster-effective-access missing low latent get,list,create,update,patch,delete nodepools.cluster-autoscaler.kubernetes.io ! create nodepools.cluster-autoscaler.kubernetes.io, by chalk/management: ClusterRole chalk-cluster-management-role does not exist",
      "cluster-effective-access missing medium get,list storageclasses.storage.k8s.io ! get storageclasses.storage.k8s.io, by chalk/management: ClusterRole chalk-cluster-management-role does not exist",
      "cluster-effective-access missing medium get,list,create,update,patch,delete daemonsets.apps -n chalk ! create daemonsets.apps in namespace chalk, by chalk/management: Role chalk-management-role in namespace chalk does not exist",
      "cluster-effective-access missing medium get,list,create,update,patch,delete deployments.apps -n chalk ! create deployments.apps in namespace chalk, by chalk/management: Role chalk-management-role in namespace chalk does not exist",
      "cluster-effective-access missing medium get,list,create,update,patch,delete replicasets.apps -n chalk ! create replicasets.apps in namespace chalk, by chalk/management: Role chalk-management-role in namespace chalk does not exist",
      "cluster-effective-access missing medium get,list,create,update,patch,delete statefulsets.apps -n chalk ! create statefulsets.apps in namespace chalk, by chalk/management: Role chalk-management-role in namespace chalk does not exist",
      "cluster-effective-access missing medium get,list,watch events -n chalk ! get events in namespace chalk, by chalk/management: Role chalk-management-role in namespace chalk does not exist",
      "cluster-effective-access missing medium get,list,watch jobs.batch -n chalk ! get jobs.batch in namespace chalk, by chalk/workload: Role chalk-job-reader in namespace chalk does not exist",
      "cluster-effective-access missing medium get,list,watch nodes ! get nodes, by chalk/management: ClusterRole chalk-cluster-management-role does not exist",
      "cluster-effective-access missing medium get,list,watch pods/log -n chalk ! get pods/log in namespace chalk, by chalk/management: Role chalk-management-role in namespace chalk does not exist",
      "cluster-effective-access missing medium get,list,watch,create,update,delete ingresses.networking.k8s.io -n chalk ! create ingresses.networking.k8s.io in namespace chalk, by chalk/management: Role chalk-management-role in namespace chalk does not exist",
      "cluster-effective-access missing medium get,list,watch,create,update,delete ingresses.networking.k8s.io/status -n chalk ! update ingresses/status.networking.k8s.io in namespace chalk, by chalk/management: Role chalk-management-role in namespace chalk does not exist",
      "cluster-effective-access missing medium get,list,watch,create,update,patch configmaps -n chalk ! create configmaps in namespace chalk, by chalk/management: Role chalk-management-role in namespace chalk does not exist",
      "cluster-effective-access missing medium get,list,watch,create,update,patch poddisruptionbudgets.policy -n chalk ! create poddisruptionbudgets.policy in namespace chalk, by chalk/management: Role chalk-management-role in namespace chalk does not exist",
      "cluster-effective-access missing medium get,list,watch,create,update,patch pods -n chalk ! create pods in namespace chalk, by chalk/management: Role chalk-management-role in namespace chalk does not exist",
      "cluster-effective-access missing medium get,list,watch,create,update,patch services -n chalk ! create services in namespace chalk, by chalk/management: Role chalk-management-role in namespace chalk does not exist",
      "cluster-effective-access missing medium get,list,watch,create,update,patch,delete cronjobs.batch -n chalk ! create cronjobs.batch in namespace chalk, by chalk/management: Role chalk-management-role in namespace chalk does not exist",
      "cluster-effective-access missing medium get,list,watch,create,update,patch,delete jobs.batch -n chalk ! create jobs.batch in namespace chalk, by chalk/management: Role chalk-management-role in namespace chalk does not exist",
      "cluster-effective-access missing medium get,list,watch,create,update,patch,delete persistentvolumeclaims -n chalk ! create persistentvolumeclaims in namespace chalk, by chalk/management: Role chalk-management-role in namespace chalk does not exist",
      "cluster-effective-access missing medium get,list,watch,create,update,patch,delete persistentvolumes ! create persistentvolumes, by chalk/management: ClusterRole chalk-cluster-management-role does not exist",
      "cluster-effective-access missing medium get,list,watch,create,update,patch,delete scaledjobs.keda.sh -n chalk ! create scaledjobs.keda.sh in namespace chalk, by chalk/management: Role chalk-management-role in namespace chalk does not exist",
      "cluster-effective-access missing medium get,list,watch,create,update,patch,delete scaledobjects.keda.sh -n chalk ! create scaledobjects.keda.sh in namespace chalk, by chalk/management: Role chalk-management-role in namespace chalk does not exist",
      "cluster-effective-access missing medium get,list,watch,create,update,patch,delete secrets -n chalk ! create secrets in namespace chalk, by chalk/management: Role chalk-management-role in namespace chalk does not exist",
      "cluster-management-role absent medium (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk#chalk-cluster-management-role)",
      "job-reader-role absent medium (chalk/chalk-job-reader)",
      "management-role absent medium (chalk/chalk-management-role)",
      "role-bindings missing medium (chalk/management)",
      "role-bindings missing medium (chalk/management)",
      "role-bindings missing medium (chalk/workload)",
      "argo-workflows-role note absent info (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk#argo-workflows-role)",
    ],
    gone: ["management-role note dead info (chalk/chalk-management-role)"],
  },
  "fault 40: nothing of the vendor is there, and nothing is named": {
    run: { parameters: {} },
    state: () => ({ roles: [], clusterRoles: [], roleBindings: [], clusterRoleBindings: [] }),
    code: 1,
    findings: [
      "cluster-effective-access absent medium (7535179f-6cfc-48f9-85a7-28a35313f0b7#managementServiceAccount)",
      "cluster-effective-access absent medium (7535179f-6cfc-48f9-85a7-28a35313f0b7#workloadServiceAccount)",
      "cluster-management-role absent medium (7535179f-6cfc-48f9-85a7-28a35313f0b7#chalk-cluster-management-role)",
      "job-reader-role absent medium (7535179f-6cfc-48f9-85a7-28a35313f0b7#chalk-job-reader)",
      "management-role absent medium (7535179f-6cfc-48f9-85a7-28a35313f0b7#chalk-management-role)",
      "role-bindings missing medium (chalk-cluster-management-role)",
      "role-bindings missing medium (chalk-job-reader)",
      "role-bindings missing medium (chalk-management-role)",
      "argo-workflows-role note absent info (7535179f-6cfc-48f9-85a7-28a35313f0b7#argo-workflows-role)",
      "cluster-effective-access note absent info (7535179f-6cfc-48f9-85a7-28a35313f0b7#builderServiceAccount)",
    ],
    gone: [
      "cluster-effective-access note excess info every service account (7535179f-6cfc-48f9-85a7-28a35313f0b7/chalk)",
      "management-role note dead info (chalk/chalk-management-role)",
    ],
  },
};

describeWorlds("what cannot be read", kubernetesGround, worlds);
