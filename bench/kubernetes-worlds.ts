/** Roles and bindings of the shape that clusters have: the same on every run. */
import type { Snapshot } from "../src/index.ts";
import {
  account,
  type Body,
  binding,
  clusterBinding,
  clusterRole,
  documented,
  MANAGEMENT,
  type RuleBody,
  role,
  rule,
  snapshotOf,
  urls,
} from "../test/worlds/kubernetes-state.ts";
import { numbers } from "./aws-policies.ts";

const KINDS: readonly (readonly [group: string, resources: readonly string[]])[] = [
  [
    "",
    ["pods", "pods/log", "pods/exec", "services", "endpoints", "configmaps", "secrets", "events", "nodes"],
  ],
  ["", ["serviceaccounts", "serviceaccounts/token", "persistentvolumeclaims", "namespaces", "pods/eviction"]],
  ["apps", ["deployments", "deployments/scale", "statefulsets", "replicasets", "daemonsets"]],
  ["batch", ["jobs", "jobs/status", "cronjobs"]],
  ["networking.k8s.io", ["ingresses", "ingresses/status", "networkpolicies", "ingressclasses"]],
  ["rbac.authorization.k8s.io", ["roles", "rolebindings", "clusterroles", "clusterrolebindings"]],
  ["autoscaling", ["horizontalpodautoscalers"]],
  ["policy", ["poddisruptionbudgets"]],
  ["coordination.k8s.io", ["leases"]],
  ["apiextensions.k8s.io", ["customresourcedefinitions", "customresourcedefinitions/status"]],
  ["admissionregistration.k8s.io", ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"]],
  ["keda.sh", ["scaledobjects", "scaledjobs", "triggerauthentications", "*"]],
  ["cert-manager.io", ["certificates", "issuers", "certificaterequests/status"]],
];
const VERBS: readonly (readonly string[])[] = [
  ["get", "list", "watch"],
  ["get"],
  ["get", "list", "watch", "create", "update", "patch", "delete"],
  ["create", "patch"],
  ["get", "list", "watch", "create", "delete", "deletecollection", "patch", "update"],
  ["*"],
];
/** Roles for one namespace. */
const ROLES_EACH = 20;
/** Of so many bindings one names the audited account. */
const OWN = 200;

type Next = () => number;

function pick<T>(next: Next, list: readonly T[]): T {
  return list[Math.floor(next() * list.length)] as T;
}

function some<T>(next: Next, list: readonly T[], most: number): readonly T[] {
  const count = 1 + Math.floor(next() * Math.min(most, list.length));
  return [...new Set(Array.from({ length: count }, () => pick(next, list)))];
}

function ruleOf(next: Next, i: number, cluster: boolean): RuleBody {
  const shape = next();
  if (shape < 0.01) return rule("*", "*", "*");
  if (cluster && shape < 0.05) return urls(some(next, ["/metrics", "/healthz", "/logs/*", "/api/*"], 2));
  const [group, resources] = pick(next, KINDS);
  const own = shape < 0.15 ? [`of-${i}`] : undefined;
  return rule(group, shape > 0.95 ? "*" : some(next, resources, 5), pick(next, VERBS), own);
}

/** The rules of one role: most have a few, some have dozens, as operators' roles do. */
export function realisticRules(next: Next, i: number, cluster = false): readonly RuleBody[] {
  const size = 1 + Math.floor(next() ** 4 * 40);
  return Array.from({ length: size }, () => ruleOf(next, i, cluster));
}

/** So many documents with rules, as a comparison takes them. */
export function realisticKubernetesRoles(count: number): readonly Body[] {
  const next = numbers(11);
  return Array.from({ length: count }, (_, i) => clusterRole(`role-${i}`, realisticRules(next, i, true)));
}

/** So many roles, a fifth of them ClusterRoles, with two bindings each, beside the documented ones. */
export function cluster(roles: number): Snapshot {
  const next = numbers(12);
  const spaces = Array.from({ length: Math.ceil(roles / ROLES_EACH) }, (_, i) => `team-${i}`);
  const state = documented("azure");
  const made = {
    roles: [...state.roles],
    clusterRoles: [...state.clusterRoles],
    roleBindings: [...state.roleBindings],
    clusterRoleBindings: [...state.clusterRoleBindings],
    accounts: [...state.accounts],
  };
  for (let i = 0; i < roles; i++) {
    const wide = i % 5 === 0;
    const space = spaces[Math.floor(i / ROLES_EACH)] as string;
    if (wide) made.clusterRoles.push(clusterRole(`wide-${i}`, realisticRules(next, i, true)));
    else made.roles.push(role(`role-${i}`, realisticRules(next, i), space));
    made.accounts.push(`${space}/worker-${i}`);
    for (let b = 0; b < 2; b++) {
      const number = 2 * i + b;
      const subject = account(number % OWN === 1 ? MANAGEMENT : `${space}/worker-${i}`);
      // one in ten is cluster-wide
      if (wide && b === 0) made.clusterRoleBindings.push(clusterBinding(`wide-${i}`, `wide-${i}`, subject));
      else {
        const given = wide ? `ClusterRole/wide-${i}` : `Role/role-${i}`;
        made.roleBindings.push(binding(`given-${number}`, given, [subject], space));
      }
    }
  }
  const namespaces = [...state.namespaces, ...spaces];
  return snapshotOf({ ...state, ...made, namespaces }, "chalk");
}
