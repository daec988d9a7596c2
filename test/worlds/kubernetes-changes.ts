/** How worlds differ from a cluster that is as documented, and what is asked of every one of them. */
import { describe, expect, it } from "vitest";
import { compareReports } from "../../src/report/since.ts";
import { codeOf, lines, NAMED, type Run, reportOn } from "./kubernetes-look.ts";
import {
  type Body,
  type ClusterState,
  clusterBinding,
  clusterRole,
  documented,
  type RuleBody,
  rule,
  type SubjectBody,
} from "./kubernetes-state.ts";

export type Change = (state: ClusterState) => Partial<ClusterState>;
export type World = [name: string, run: Run, change: Change, findings: readonly string[], code: number];

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

function stateOf(run: Run): ClusterState {
  return documented(run.baseline === "aws" ? "aws" : "azure");
}

/**
 * Every world: the whole set of what is found, and the exit code; undoing the change takes exactly the drift away, under
 * the parameters of a user who named everything rightly.
 */
export function proves(title: string, worlds: readonly World[]): void {
  describe(title, () => {
    it.each(worlds)("%s", (_name, run, change, findings, code) => {
      const state = stateOf(run);
      const report = reportOn({ ...state, ...change(state) }, run);
      expect(lines(report)).toEqual(findings);
      expect(codeOf(report)).toBe(code);
    });
  });
  const drifted = worlds.filter(
    ([, run, , findings, code]) => code === 1 && findings.length > 0 && run.parameters === undefined,
  );
  if (drifted.length === 0) return;
  describe(`${title}: undone`, () => {
    it.each(drifted)("%s", (_name, run, change) => {
      const state = stateOf(run);
      const before = reportOn({ ...state, ...change(state) }, run);
      const after = compareReports(before, reportOn(state, run));
      const failing = (findings: typeof before.findings) =>
        findings.filter((f) => f.outcome === "fail").map((f) => f.fingerprint);
      expect(failing(after.findings)).toEqual([]);
      expect(failing(after.gone ?? []).sort()).toEqual(failing(before.findings).sort());
      expect(new Set(failing(before.findings)).size).toBe(failing(before.findings).length);
    });
  });
}
