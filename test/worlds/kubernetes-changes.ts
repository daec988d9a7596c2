/** How worlds differ from a cluster that is as documented. */
import { type Change, NAMED, type Run } from "./kubernetes-ground.ts";
import {
  type Body,
  type ClusterState,
  clusterBinding,
  clusterRole,
  type RuleBody,
  rule,
  type SubjectBody,
} from "./kubernetes-state.ts";

export const AZURE: Run = {};
export const AWS: Run = { baseline: "aws" };
export const CLUSTER_ROLE = "chalk-cluster-management-role";
export const MANAGEMENT_ROLE = "chalk-management-role";
export const JOB_READER = "chalk-job-reader";
export const ARGO = "argo-workflows-role";

/** The parameters without some. */
export function without(...names: readonly string[]): Run {
  return { parameters: Object.fromEntries(Object.entries(NAMED).filter(([name]) => !names.includes(name))) };
}
export const given = (parameters: Readonly<Record<string, string>>): Run => ({
  parameters: { ...NAMED, ...parameters },
});

export const nameOf = (body: Body) => (body["metadata"] as { readonly name: string }).name;
export const rulesOf = (body: Body) => body["rules"] as readonly RuleBody[];
export const subjectsOf = (body: Body) => (body["subjects"] ?? []) as readonly SubjectBody[];
export const KINDS = ["roles", "clusterRoles", "roleBindings", "clusterRoleBindings"] as const;

/** One object of that name changed; `undefined` takes it out. */
export function changed(name: string, change: (body: Body) => Body | undefined): Change {
  return (state) => {
    const kind = KINDS.find((k) => state[k].some((body) => nameOf(body) === name));
    if (kind === undefined) throw new Error(`nothing is called ${name}`);
    const bodies = state[kind].flatMap((body) => (nameOf(body) === name ? (change(body) ?? []) : [body]));
    return { [kind]: bodies };
  };
}
export const gone = (name: string) => changed(name, () => undefined);
export const ruled = (name: string, change: (rules: readonly RuleBody[]) => readonly RuleBody[]) =>
  changed(name, (body) => ({ ...body, rules: change(rulesOf(body)) }));
export const added = (name: string, ...rules: readonly RuleBody[]) =>
  ruled(name, (own) => [...own, ...rules]);
export const named = (name: string, ...subjects: readonly SubjectBody[]) =>
  changed(name, (body) => ({ ...body, subjects }));
export const joined = (name: string, ...subjects: readonly SubjectBody[]) =>
  changed(name, (body) => ({ ...body, subjects: [...subjectsOf(body), ...subjects] }));

/** The rule about a resource changed; `undefined` takes it out. */
export function ruleFor(
  name: string,
  resource: string,
  change: (r: RuleBody) => RuleBody | undefined,
): Change {
  return ruled(name, (rules) => {
    const at = rules.findIndex((r) => r.resources?.includes(resource));
    if (at < 0) throw new Error(`${name} has no rule about ${resource}`);
    return rules.flatMap((r, i) => (i === at ? (change(r) ?? []) : [r]));
  });
}
export const lacking = (verb: string) => (r: RuleBody) => ({
  ...r,
  verbs: r.verbs.filter((v) => v !== verb),
});
export const leaving = (resource: string) => (r: RuleBody) => ({
  ...r,
  resources: (r.resources ?? []).filter((other) => other !== resource),
});

/** More objects beside those of the state. */
export function beside(more: Partial<Pick<ClusterState, (typeof KINDS)[number]>>): Change {
  return (state) =>
    Object.fromEntries(
      Object.entries(more).map(([kind, bodies]) => [kind, [...state[kind as "roles"], ...bodies]]),
    );
}

/** A ClusterRole of its own, bound everywhere. */
export function held(subject: SubjectBody, ...rules: readonly RuleBody[]): Change {
  return beside({
    clusterRoles: [clusterRole("extra", rules)],
    clusterRoleBindings: [clusterBinding("extra", "extra", subject)],
  });
}

export function all(...changes: readonly Change[]): Change {
  return (state) => {
    let now = state;
    for (const change of changes) now = { ...now, ...change(now) };
    return now;
  };
}

export const split = (rules: readonly RuleBody[]) =>
  rules.flatMap((r) =>
    (r.apiGroups ?? []).flatMap((g) =>
      (r.resources ?? []).flatMap((resource) => r.verbs.map((verb) => rule(g, resource, verb))),
    ),
  );
export const reversed = (rules: readonly RuleBody[]) =>
  [...rules].reverse().map((r) => ({
    ...r,
    verbs: [...r.verbs].reverse(),
    ...(r.resources === undefined ? {} : { resources: [...r.resources].reverse() }),
  }));
export const NOBODY: Change = () => ({});
export const GROUPS: Change = all(
  ...[CLUSTER_ROLE, MANAGEMENT_ROLE, JOB_READER, ARGO].map((name) => ruled(name, reversed)),
);
