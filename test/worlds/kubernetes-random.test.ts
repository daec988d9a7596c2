/**
 * Random states of a cluster against a plain evaluator that shares no code with the product: an account is told to be
 * in excess, or to lack something, in a place exactly when some request says so (K1 to K6, K9).
 */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import type { KubernetesRequest } from "../../src/access/policy.ts";
import { dice } from "../live/kubernetes/random-rbac.ts";
import { nameOf } from "./kubernetes-changes.ts";
import { reportOn } from "./kubernetes-ground.ts";
import {
  account,
  type Body,
  BUILDER,
  binding,
  type ClusterState,
  clusterBinding,
  clusterRole,
  documented,
  group,
  MANAGEMENT,
  type RuleBody,
  role,
  rule,
  type SubjectBody,
  urls,
  user,
  WORKLOAD,
} from "./kubernetes-state.ts";

type ResourceRequest = Extract<KubernetesRequest, { readonly group: string }>;
type Dice = ReturnType<typeof dice>;

const SPACES = ["chalk", "builds", "kube-system"] as const;
const ACCOUNTS = [MANAGEMENT, WORKLOAD, BUILDER] as const;
const CLUSTER_SCOPED = ["nodes", "namespaces", "clusterroles", "users", "persistentvolumes"];
const VERBS = [
  ...["get", "list", "create", "patch", "delete", "deletecollection"],
  ...["impersonate", "bind", "zz"],
];
const KINDS: readonly (readonly [group: string, resource: string, sub?: string])[] = [
  ["", "pods"],
  ["", "pods", "exec"],
  ["", "pods", "log"],
  ["", "secrets"],
  ["", "nodes"],
  ["", "namespaces"],
  ["", "users"],
  ["", "persistentvolumes"],
  ["batch", "jobs"],
  ["apps", "deployments"],
  ["apps", "deployments", "scale"],
  ["rbac.authorization.k8s.io", "clusterroles"],
  ["rbac.authorization.k8s.io", "roles"],
  ["argoproj.io", "workflows"],
  ["extensions", "ingresses"],
  ["zz", "zz"],
];
const PATHS = ["/metrics", "/healthz", "/apis", "/apis/apps", "/zz"];

/** What anybody may ask that can come at all: nothing by name of a collection, nothing cluster-scoped in a namespace. */
const UNIVERSE: readonly KubernetesRequest[] = [
  ...KINDS.flatMap(([g, resource, sub]) =>
    VERBS.flatMap((verb) =>
      [undefined, "one", "zz"].flatMap((name) =>
        [undefined, ...SPACES].map(
          (namespace): ResourceRequest => ({
            verb,
            group: g,
            resource,
            ...(sub === undefined ? {} : { subresource: sub }),
            ...(name === undefined ? {} : { name }),
            ...(namespace === undefined ? {} : { namespace }),
          }),
        ),
      ),
    ),
  ).filter((q) => canCome(q)),
  ...PATHS.flatMap((url) => ["get", "post"].map((verb) => ({ verb, url }))),
];

function canCome({ verb, group: g, resource, name, namespace }: ResourceRequest): boolean {
  if (g === "extensions" || (verb === "deletecollection" && name !== undefined)) return false;
  if (namespace === undefined || !CLUSTER_SCOPED.includes(resource)) return true;
  if (resource === "clusterroles") return verb === "bind";
  return resource === "namespaces" && ["get", "patch", "delete"].includes(verb);
}

/** As the server matches a rule: pkg/apis/rbac/v1/evaluation_helpers.go, written down once more. */
function ruleAllows(r: RuleBody, q: KubernetesRequest): boolean {
  if (!r.verbs.some((v) => v === "*" || v === q.verb)) return false;
  if ("url" in q)
    return (r.nonResourceURLs ?? []).some((u) =>
      u.endsWith("*") ? q.url.startsWith(u.slice(0, -1)) : u === q.url,
    );
  const whole = q.subresource === undefined ? q.resource : `${q.resource}/${q.subresource}`;
  const fits = (w: string) =>
    w === "*" || w === whole || (q.subresource !== undefined && w === `*/${q.subresource}`);
  const names = r.resourceNames ?? [];
  return (
    (r.apiGroups ?? []).some((g) => g === "*" || g === q.group) &&
    (r.resources ?? []).some(fits) &&
    (names.length === 0 || names.includes(q.name ?? ""))
  );
}

interface Held {
  readonly rules: readonly RuleBody[];
  readonly namespace?: string | undefined;
}

function heldAllows(held: readonly Held[], q: KubernetesRequest): boolean {
  const space = "url" in q ? undefined : q.namespace;
  return held.some(
    ({ rules, namespace }) =>
      (namespace === undefined || namespace === space) && rules.some((r) => ruleAllows(r, q)),
  );
}

function isHim(s: SubjectBody, who: string, home: string | undefined): boolean {
  const [space = "", name = ""] = who.split("/");
  // K15: whoever leaves out its token is the last of them
  if (s.kind === "Group")
    return [
      "system:serviceaccounts",
      `system:serviceaccounts:${space}`,
      "system:authenticated",
      "system:unauthenticated",
    ].includes(s.name);
  if (s.kind === "User")
    return [`system:serviceaccount:${space}:${name}`, "system:anonymous"].includes(s.name);
  return s.name === name && (s.namespace ?? home) === space;
}

type Named = { readonly name: string; readonly namespace?: string };
const metadataOf = (body: Body) => body["metadata"] as Named;

/** All that the state gives an account, beside what every account has. */
function holdings(state: ClusterState, who: string): readonly Held[] {
  return [...state.clusterRoleBindings, ...state.roleBindings].flatMap((b): readonly Held[] => {
    const { namespace } = metadataOf(b);
    if (!(b["subjects"] as readonly SubjectBody[]).some((s) => isHim(s, who, namespace))) return [];
    const ref = b["roleRef"] as { readonly kind: string; readonly name: string };
    const found =
      ref.kind === "ClusterRole"
        ? state.clusterRoles.find((r) => nameOf(r) === ref.name)
        : state.roles.find((r) => nameOf(r) === ref.name && metadataOf(r).namespace === namespace);
    return found === undefined ? [] : [{ rules: found["rules"] as readonly RuleBody[], namespace }];
  });
}

const page = parseAllDocuments(readFileSync("test/live/kubernetes/documented/azure.yaml", "utf8")).map(
  (d) => d.toJS() as Body,
);
const pageRules = (name: string) =>
  page.filter((b) => nameOf(b) === name).flatMap((b) => b["rules"] as readonly RuleBody[]);
const isOptional = (r: RuleBody) =>
  r.resources?.includes("pods/exec") === true || r.resources?.includes("rolebindings") === true;
const FLOOR: Held = {
  rules: [
    rule("authorization.k8s.io", ["selfsubjectaccessreviews", "selfsubjectrulesreviews"], "create"),
    urls(["/healthz", "/livez", "/readyz", "/version", "/api", "/api/*", "/apis", "/apis/*"]),
  ],
};
const DOCUMENTED: Readonly<Record<string, readonly (Held & { readonly optional?: true })[]>> = {
  [MANAGEMENT]: [
    { rules: pageRules("chalk-cluster-management-role") },
    { rules: pageRules("chalk-management-role"), namespace: "chalk" },
    { rules: pageRules("argo-workflows-role"), namespace: "builds", optional: true },
  ],
  [WORKLOAD]: [{ rules: pageRules("chalk-job-reader"), namespace: "chalk" }],
  [BUILDER]: [{ rules: pageRules("argo-workflows-role"), namespace: "builds", optional: true }],
};

/** `account drift place`, for every place where a request differs. */
function truth(state: ClusterState): readonly string[] {
  const found = new Set<string>();
  for (const who of ACCOUNTS) {
    const live = [...holdings(state, who), FLOOR];
    const may = [...(DOCUMENTED[who] ?? []), FLOOR];
    const must = (DOCUMENTED[who] ?? [])
      .filter(({ optional }) => optional !== true)
      .map((held) => ({ ...held, rules: held.rules.filter((r) => !isOptional(r)) }));
    const everywhere = (held: readonly Held[]) => held.filter(({ namespace }) => namespace === undefined);
    for (const q of UNIVERSE) {
      const space = "url" in q ? undefined : q.namespace;
      // what holds everywhere is told there, and not again in each namespace
      if (space !== undefined && heldAllows(everywhere(live), q) !== heldAllows(everywhere(may), q)) continue;
      const [has, mayHave, mustHave] = [heldAllows(live, q), heldAllows(may, q), heldAllows(must, q)];
      const place = space ?? "everywhere";
      if (has && !mayHave) found.add(`${who} excess ${place}`);
      if (mustHave && !has) found.add(`${who} missing ${place}`);
    }
  }
  return [...found].sort();
}

/** The same, as the report says it; of a residue only what a request of the universe may show. */
function told(state: ClusterState): {
  readonly places: readonly string[];
  readonly unproven: readonly unknown[];
} {
  const { findings } = reportOn(state);
  const own = findings.filter(
    (f) => f.outcome === "fail" && f.control.endsWith("cluster-effective-access") && f.witness !== undefined,
  );
  // K16: what is held by running as others is proven by what those hold
  const ranAs = ({ by = "" }: (typeof own)[number]) =>
    [...by.matchAll(/can run as ([^\s,;]+)/g)].map(([, id = ""]) => id);
  const unproven = own.filter((finding) => {
    const { drift, witness } = finding;
    const { id } = finding.resource;
    const q = witness as KubernetesRequest;
    const live = [id, ...ranAs(finding)].some((who) => heldAllows([...holdings(state, who), FLOOR], q));
    const known = heldAllows([...(DOCUMENTED[id] ?? []), FLOOR], q);
    return drift === "excess" ? !live || known : live || !known;
  });
  const itself = own.filter((finding) => ranAs(finding).length === 0);
  const places = itself.map(({ drift, resource, witness }) => {
    const q = witness as KubernetesRequest;
    return `${resource.id} ${drift} ${("url" in q ? undefined : q.namespace) ?? "everywhere"}`;
  });
  return { places: [...new Set(places)].sort(), unproven };
}

function randomRule(d: Dice): RuleBody {
  if (d.chance(12)) return urls(d.some(["/metrics", "/apis*", "/health*", "*", "/zz"], 2), ["get"]);
  const [g, resource, sub] = d.pick(KINDS.filter(([each]) => each !== "zz"));
  const whole = sub === undefined ? resource : `${resource}/${sub}`;
  const resources = d.pick([[whole], [whole], ["*"], [`*/${sub ?? "exec"}`], [whole, "secrets"], ["pods/*"]]);
  const names = d.chance(25) ? d.pick([["one"], [""], ["one", "two"]]) : undefined;
  const verbs = d.chance(15) ? ["*"] : d.some([...VERBS.slice(0, 8), "GET"], 3);
  return rule(d.chance(10) ? "*" : g, resources, verbs, names);
}

function randomSubject(d: Dice): SubjectBody {
  const who = d.pick(ACCOUNTS);
  return d.pick<SubjectBody>([
    account(who),
    account(who),
    user(`system:serviceaccount:${who.replace("/", ":")}`),
    user(`system:serviceaccount:${who}`),
    user(who),
    group("system:serviceaccounts"),
    group("system:serviceaccounts:chalk"),
    group("system:serviceaccounts:chal"),
    group("system:authenticated"),
    group("system:unauthenticated"),
    user("system:anonymous"),
    { kind: "ServiceAccount", name: who.split("/")[1] ?? "" },
    account(`kube-system/${who.split("/")[1]}`),
  ]);
}

/** One step away from the page. */
function step(d: Dice, state: ClusterState, n: number): ClusterState {
  const here = d.pick(SPACES);
  const name = `extra-${n}`;
  const ruleOfSome = (
    bodies: readonly Body[],
    change: (rules: readonly RuleBody[]) => readonly RuleBody[],
  ) => {
    const at = d.roll(bodies.length);
    return bodies.map((b, i) => (i === at ? { ...b, rules: change(b["rules"] as readonly RuleBody[]) } : b));
  };
  const added = (rules: readonly RuleBody[]) => [...rules, randomRule(d)];
  const thinned = (rules: readonly RuleBody[]) => {
    const at = d.roll(rules.length);
    return rules.flatMap((r, i) =>
      i !== at ? [r] : d.chance(30) ? [] : [{ ...r, verbs: r.verbs.filter(() => d.chance(60)) }],
    );
  };
  const usable = (rules: readonly RuleBody[]) => rules.filter((r) => r.verbs.length > 0);
  const withRole = (): ClusterState => ({
    ...state,
    clusterRoles: [
      ...state.clusterRoles,
      clusterRole(
        name,
        Array.from({ length: 1 + d.roll(2) }, () => randomRule(d)),
      ),
    ],
  });
  switch (d.roll(8)) {
    case 0:
      return { ...state, clusterRoles: ruleOfSome(state.clusterRoles, added) };
    case 1:
      return { ...state, roles: ruleOfSome(state.roles, added) };
    case 2:
      return { ...state, roles: ruleOfSome(state.roles, (rules) => usable(thinned(rules))) };
    case 3:
      return { ...state, clusterRoles: ruleOfSome(state.clusterRoles, (rules) => usable(thinned(rules))) };
    case 4: {
      const more = withRole();
      return {
        ...more,
        clusterRoleBindings: [...state.clusterRoleBindings, clusterBinding(name, name, randomSubject(d))],
      };
    }
    case 5: {
      const more = withRole();
      const given = d.chance(85) ? `ClusterRole/${name}` : "ClusterRole/nobody-made-it";
      return {
        ...more,
        roleBindings: [...state.roleBindings, binding(name, given, [randomSubject(d)], here)],
      };
    }
    case 6: {
      const like = d.pick(["chalk-management-role", "chalk-job-reader"]);
      if (here === "chalk") return state;
      return {
        ...state,
        roles: [...state.roles, role(like, [randomRule(d)], here)],
        roleBindings: [...state.roleBindings, binding(name, `Role/${like}`, [randomSubject(d)], here)],
      };
    }
    default: {
      const kept = state.roleBindings.filter((b) => nameOf(b) === "builds" || d.chance(70));
      return { ...state, roleBindings: kept };
    }
  }
}

function randomState(seed: number): ClusterState {
  const d = dice(seed);
  let state = documented("azure");
  for (let n = 0; n < 1 + d.roll(4); n++) {
    const next = step(d, state, n);
    const twice = next.roles.map((r) => `${nameOf(r)} ${metadataOf(r).namespace}`);
    if (new Set(twice).size === twice.length) state = next;
  }
  return state;
}

/** Milliseconds that a busy machine may take. */
const BUSY = 240_000;

it(
  "an account departs from its document in a place exactly when a request does",
  () => {
    const wrong: unknown[] = [];
    const met = new Map<string, number>();
    for (let seed = 1; seed <= 150; seed++) {
      const state = randomState(seed);
      const { places, unproven } = told(state);
      const asked = truth(state);
      for (const each of asked) met.set(each, (met.get(each) ?? 0) + 1);
      const silent = asked.filter((each) => !places.includes(each));
      if (silent.length > 0 || unproven.length > 0) wrong.push({ seed, silent, unproven });
    }
    expect(wrong).toEqual([]);
    // every account has been met in excess everywhere and in each namespace, and all that must hold something lacking it
    const places = ["everywhere", ...SPACES];
    expect([...met.keys()].sort()).toEqual(
      [
        ...ACCOUNTS.flatMap((who) => places.map((place) => `${who} excess ${place}`)),
        ...[`${MANAGEMENT} missing chalk`, `${MANAGEMENT} missing everywhere`, `${WORKLOAD} missing chalk`],
      ].sort(),
    );
  },
  BUSY,
);

it(
  "fault 17: names of bindings, order and repetition change no fingerprint of what an account or a role has",
  () => {
    const fingerprints = (state: ClusterState) =>
      reportOn(state)
        .findings.filter((f) => f.outcome === "fail" && !f.control.endsWith("role-bindings"))
        .map((f) => f.fingerprint)
        .sort();
    const renamed = (body: Body): Body => ({
      ...body,
      metadata: { ...metadataOf(body), name: `z-${nameOf(body)}` },
    });
    const turned = (body: Body): Body => ({
      ...body,
      rules: [...(body["rules"] as readonly RuleBody[])].reverse().flatMap((r) => [
        {
          ...r,
          verbs: [...r.verbs].reverse(),
          ...(r.resources && { resources: [...r.resources].reverse() }),
        },
        r,
      ]),
    });
    let compared = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const state = randomState(seed);
      const before = fingerprints(state);
      compared += before.length;
      const after = fingerprints({
        ...state,
        accounts: [...state.accounts].reverse(),
        roles: state.roles.map(turned).reverse(),
        clusterRoles: state.clusterRoles.map(turned).reverse(),
        roleBindings: state.roleBindings.map(renamed).reverse(),
        clusterRoleBindings: state.clusterRoleBindings.map(renamed).reverse(),
      });
      expect({ seed, after }).toEqual({ seed, after: before });
      expect(new Set(before).size).toBe(before.length);
    }
    expect(compared).toBeGreaterThan(100);
  },
  BUSY,
);
