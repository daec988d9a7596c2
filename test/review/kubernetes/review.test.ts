import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { allows, comparePolicies } from "../../../src/access/provider.ts";
import { loadBaseline } from "../../../src/baselines/bundled.ts";
import { checks } from "../../../src/checks/registry.ts";
import {
  accountRows,
  columnOf,
  documentsOfColumn,
  type HeldRules,
} from "../../../src/review/kubernetes/columns.ts";
import { kubernetesSubject, reviewKubernetes } from "../../../src/review/kubernetes/review.ts";
import { type Review, reviewStatus } from "../../../src/review/review.ts";
import { KubernetesUsage } from "../../../src/usage/kubernetes/usage.ts";
import { type AuditLine, log } from "../../usage/kubernetes/audit-log.ts";
import {
  ARGO,
  all,
  beside,
  held,
  JOB_READER,
  MANAGEMENT_ROLE,
  ruleFor,
} from "../../worlds/kubernetes-changes.ts";
import { type Change, NAMED } from "../../worlds/kubernetes-ground.ts";
import {
  account,
  BUILDER,
  binding,
  type ClusterState,
  clusterBinding,
  denied,
  documented,
  group,
  MANAGEMENT,
  role,
  rule,
  snapshotOf,
  urls,
  WORKLOAD,
} from "../../worlds/kubernetes-state.ts";

const loaded = loadBaseline("chalk-azure", checks);
const HEARD: readonly AuditLine[] = [MANAGEMENT, WORKLOAD, BUILDER].map((who) => ({
  who,
  what: "get /version",
}));
const same: Change = () => ({});

function inputOf(change: Change, parameters: Readonly<Record<string, string>> = NAMED) {
  const state: ClusterState = { ...documented("azure"), ...change(documented("azure")) };
  return { loaded, snapshot: snapshotOf(state, "chalk"), parameters };
}

function reviewed(events: readonly AuditLine[], change: Change = same, parameters = NAMED): Review {
  const input = inputOf(change, parameters);
  const { users, names } = kubernetesSubject(input);
  const usage = new KubernetesUsage(users, names);
  usage.addFile("audit.log", "audit.log", log(...HEARD, ...events));
  return reviewKubernetes({ ...input, usage: usage.finish(), now: "2026-11-21T10:00:00.000Z" });
}

const calls = ({ calls: found }: Review) =>
  found.map(({ action, event, live, target }) => [action, event, live, target]);
const news = ({ groups }: Review) =>
  groups
    .filter(({ change, live, target }) => change !== "stays" || live === "dead" || target === "dead")
    .flatMap(({ actions, change, use, live, target }) =>
      actions.map((a) => [a, change, use, live, target].join(" | ")),
    )
    .sort();
const root = beside({ clusterRoleBindings: [clusterBinding("root", "cluster-admin", account(MANAGEMENT))] });

describe("the rehearsal", () => {
  test("as documented: everything recorded stays, nothing changes but what is void on both sides (K4), 0", () => {
    const review = reviewed([{ what: "get pods", ns: "chalk", name: "a" }, { what: "list nodes" }]);
    expect(calls(review)).toEqual([]);
    expect(review.allowedCalls).toBe(5);
    expect(review.incomplete).toEqual([]);
    expect(news(review).filter((line) => !line.includes("stays"))).toEqual([]);
    expect(new Set(news(review).map((line) => line.split(" ").slice(2, 3)[0]))).toEqual(
      new Set([
        "ingressclasses.extensions",
        "ingressclasses.networking.k8s.io",
        "ingresses.extensions",
        "ingresses.extensions/status",
      ]),
    );
    expect(reviewStatus(review)).toBe(0);
  });

  test("cluster-admin → documented: by namespace, resource, address and name; who, when and what it would take", () => {
    const review = reviewed(
      [
        { what: "get secrets", ns: "chalk", name: "a" },
        { what: "get secrets", ns: "monitoring", name: "b", at: "2026-11-11T00:00:00Z" },
        { what: "create namespaces", name: "c" },
        { what: "get /metrics" },
        { what: "list ingressclasses.networking.k8s.io" },
      ],
      root,
    );
    expect(calls(review)).toEqual([
      ["chalk/management: create namespaces", "create namespaces", "allowed", "refused"],
      ["chalk/management: get /metrics", "get /metrics", "allowed", "refused"],
      ["chalk/management: get secrets", "get secrets -n monitoring", "allowed", "refused"],
      [
        "chalk/management: list ingressclasses.networking.k8s.io",
        "list ingressclasses.networking.k8s.io",
        "allowed",
        "refused",
      ],
    ]);
    expect(review.calls[2]).toEqual({
      action: "chalk/management: get secrets",
      event: "get secrets -n monitoring",
      resources: ["monitoring/b"],
      who: ["pod platform-0"],
      count: 1,
      first: "2026-11-11T00:00:00.000Z",
      last: "2026-11-11T00:00:00.000Z",
      live: "allowed",
      target: "refused",
      why: "the target grants it in namespace chalk alone",
      needs: {
        serviceAccount: MANAGEMENT,
        namespace: "monitoring",
        apiGroups: [""],
        resources: ["secrets"],
        verbs: ["get"],
      },
    });
    expect(review.calls[3]?.promised).toBe(true);
    // K4: what has no namespace is asked for in none.
    const rows = new Set(review.groups.flatMap(({ actions }) => actions));
    expect([
      rows.has("chalk/management: delete nodes"),
      rows.has("chalk/management: delete nodes -n chalk"),
    ]).toEqual([true, false]);
    expect(review.dead.filter((grant) => grant.calls > 0)).toEqual([
      {
        actions: [
          "chalk/management: get,list,watch,create,update,delete ingressclasses.networking.k8s.io -n chalk",
        ],
        why: expect.stringMatching(/cluster-scoped|namespace/) as unknown,
        calls: 1,
      },
    ]);
    expect(review.notes.filter((note) => note.includes("holds more"))).toEqual([
      "chalk/management holds more than the target by ClusterRoleBinding root (ClusterRole cluster-admin), which applying the target does not take away: kubectl delete clusterrolebinding root",
    ]);
    expect(reviewStatus(review)).toBe(1);
  });

  test("K2: one secret by its name: that one breaks, and only that one was granted", () => {
    const change = held(account(WORKLOAD), rule("", "secrets", "get", ["tls"]));
    const review = reviewed(
      [
        { who: WORKLOAD, what: "get secrets", ns: "chalk", name: "tls" },
        { who: WORKLOAD, what: "get secrets", ns: "chalk", name: "other" },
      ],
      change,
    );
    expect(calls(review)).toEqual([
      ["chalk/workload: get secrets -n chalk", "get secrets tls -n chalk", "allowed", "refused"],
      ["chalk/workload: get secrets -n chalk", "get secrets -n chalk", "refused", "refused"],
    ]);
    expect(news(review).filter((line) => line.startsWith("chalk/workload"))).toEqual([
      "chalk/workload: get secrets -n chalk | goes | breaks | some | none",
      "chalk/workload: get secrets | goes | not-observed | some | none",
    ]);
  });

  test("a refused attempt shows no use; one that nothing held today explains is no break", () => {
    const review = reviewed([
      { what: "delete namespaces", name: "x", ns: "x", code: 403 },
      { what: "delete nodes", name: "n" },
    ]);
    expect(review.refusedThen).toBe(1);
    expect(calls(review)).toEqual([["chalk/management: delete nodes", "delete nodes", "refused", "refused"]]);
    expect(reviewStatus(review)).toBe(0);
  });

  test("K5: what a group gives is held, and goes; the binding names others too", () => {
    const review = reviewed(
      [{ who: WORKLOAD, what: "list endpoints", ns: "chalk" }],
      held(group("system:serviceaccounts:chalk"), rule("", "endpoints", "list")),
    );
    expect(calls(review)).toEqual([
      ["chalk/workload: list endpoints -n chalk", "list endpoints -n chalk", "allowed", "refused"],
    ]);
    const notes = review.notes.filter((note) => note.includes("holds more"));
    expect(notes.map((note) => note.split(" ")[0])).toEqual(["chalk/management", "chalk/workload"]);
    expect(notes.every((note) => note.endsWith("it names others too: take this account out of it"))).toBe(
      true,
    );
  });
});

describe("what is optional", () => {
  const withoutExec = ruleFor(MANAGEMENT_ROLE, "pods/exec", () => undefined);

  test("an optional rule that the role has today stays; one that it lacks is left out, and said when it was used", () => {
    const exec: AuditLine = { what: "create pods/exec", ns: "chalk", name: "p" };
    expect(calls(reviewed([exec]))).toEqual([]);
    const review = reviewed([exec], all(withoutExec, root));
    expect(review.calls.map(({ action, why }) => [action, why])).toEqual([
      [
        "chalk/management: create pods/exec -n chalk",
        "it is documented as optional, and left out of the target",
      ],
    ]);
    expect(review.notes).toContain(
      "management-role: create,get pods/exec (optional) is left out: chalk-management-role does not have it today",
    );
  });

  test("an optional role that an account does not hold is left out, and that is said", () => {
    const review = reviewed([], (state) => ({
      roleBindings: state.roleBindings.filter((b) => JSON.stringify(b).includes(ARGO) === false),
    }));
    expect(review.notes.filter((note) => note.includes("(optional)"))).toEqual([
      "argo-workflows-role (optional) is left out for builds/builder, which does not hold it",
      "argo-workflows-role (optional) is left out for chalk/management, which does not hold it",
    ]);
    expect(review.documents.map(({ file }) => file)).toEqual([
      "cluster-management-role.yaml",
      "job-reader-role.yaml",
      "management-role.yaml",
    ]);
  });
});

describe("the documents", () => {
  type Doc = {
    kind: string;
    metadata: { name: string; namespace?: string };
    rules?: unknown;
    subjects?: unknown;
  };
  const objects = (review: Review) =>
    review.documents.flatMap(({ text }) => parseAllDocuments(text).map((d) => d.toJS() as Doc));
  const named = (review: Review) =>
    objects(review).map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`);

  test("equal to the page's roles, each bound by the binding that is there", () => {
    const review = reviewed([]);
    expect(named(review)).toEqual([
      "Role builds/argo-workflows-role",
      "RoleBinding builds/builds",
      "ClusterRole /chalk-cluster-management-role",
      "ClusterRoleBinding /management-cluster",
      "Role chalk/chalk-job-reader",
      "RoleBinding chalk/workload",
      "Role chalk/chalk-management-role",
      "RoleBinding chalk/management",
    ]);
    const page = documented("azure");
    for (const one of [...page.roles, ...page.clusterRoles] as unknown as readonly Doc[]) {
      const written = objects(review).find(
        ({ kind, metadata }) => kind === one.kind && metadata.name === one.metadata.name,
      );
      expect(
        comparePolicies("kubernetes", [{ rules: one.rules }], [{ rules: written?.rules }]),
      ).toMatchObject({
        missing: [],
        excess: [],
        undecided: [],
      });
    }
  });

  test("a name that another role's binding has is left to it; a stranger is taken out, and that is said", () => {
    const review = reviewed([], (state) => ({
      roleBindings: [
        ...state.roleBindings.filter((b) => !JSON.stringify(b).includes(JOB_READER)),
        binding(JOB_READER, "Role/other", [account("x/y")]),
      ],
      roles: [...state.roles, role("other", [rule("", "pods", "get")])],
      clusterRoleBindings: [
        clusterBinding(
          "management-cluster",
          "chalk-cluster-management-role",
          account(MANAGEMENT),
          account("x/y"),
        ),
      ],
    }));
    expect(named(review)).toContain("RoleBinding chalk/chalk-job-reader-2");
    expect(review.notes).toContain(
      "applying what is written takes service account x/y out of ClusterRoleBinding management-cluster",
    );
    expect(news(review).filter((line) => line.startsWith("chalk/workload"))).toEqual([
      "chalk/workload: get jobs.batch -n chalk | appears | not-observable | none | all",
      "chalk/workload: list jobs.batch -n chalk | appears | not-observable | none | all",
      "chalk/workload: watch jobs.batch -n chalk | appears | not-observable | none | all",
    ]);
  });
});

describe("what is not known", () => {
  test("faults 1 and 2: roles or bindings unread is no review", () => {
    for (const kind of ["kubernetes/role", "kubernetes/cluster-role-binding"] as const)
      expect(() => reviewed([], () => ({ unread: [denied(kind)] }))).toThrow(
        "what is held could not be read",
      );
  });

  test("K6: rules that nobody filled in may have granted it: never unexplained, and 3", () => {
    const change = beside({
      clusterRoles: [
        {
          ...(documented("azure").clusterRoles[0] ?? {}),
          metadata: { name: "agg" },
          rules: null,
          aggregationRule: { clusterRoleSelectors: [] },
        },
      ],
      clusterRoleBindings: [clusterBinding("agg", "agg", account(MANAGEMENT))],
    });
    const review = reviewed([{ what: "delete nodes", name: "n" }], change);
    expect(calls(review)).toEqual([["chalk/management: delete nodes", "delete nodes", "depends", "refused"]]);
    expect(review.incomplete).toEqual([expect.stringContaining("aggregated") as unknown]);
    expect(reviewStatus(reviewed([], change))).toBe(3);
  });

  test("an account of which the logs have nothing, and no log at all, are 3", () => {
    const input = inputOf(same);
    const usage = new KubernetesUsage(kubernetesSubject(input).users);
    const none = reviewKubernetes({ ...input, usage: usage.finish(), now: "2026-11-21T10:00:00.000Z" });
    expect(none.incomplete).toEqual(["usage was not read: give logs with --usage, or read the live account"]);
    usage.addFile("a", "a", log({ what: "get /version" }));
    const some = reviewKubernetes({ ...input, usage: usage.finish(), now: "2026-11-21T10:00:00.000Z" });
    expect(some.incomplete.map((text) => text.split(":")[0])).toEqual([
      "the logs have no request of builds/builder",
      "the logs have no request of chalk/workload",
    ]);
    expect(reviewStatus(some)).toBe(3);
  });

  test("accounts: not there, not found, found by their bindings", () => {
    expect(() => reviewed([], same, { ...NAMED, workloadServiceAccount: "chalk/nobody" })).toThrow(
      "there is no service account chalk/nobody",
    );
    const found = reviewed([], same, { namespace: "chalk" });
    expect(found.principal.id).toBe("builds/builder,chalk/management,chalk/workload");
    const lost = reviewed(
      [],
      (state) => ({
        roleBindings: state.roleBindings.filter((b) => !JSON.stringify(b).includes(JOB_READER)),
      }),
      { namespace: "chalk" },
    );
    expect(lost.incomplete).toEqual([
      "workloadServiceAccount: no binding of its roles (chalk-job-reader) names a service account; name it with --set workloadServiceAccount=NAMESPACE/NAME",
    ]);
  });
});

describe("the rows are the difference (K7, G6)", () => {
  const word = (...words: string[]) => fc.subarray(words, { minLength: 1 });
  const someRule = fc.oneof(
    fc.record({
      apiGroups: word("", "apps", "*"),
      resources: word("pods", "pods/log", "*", "*/scale", "services"),
      verbs: word("get", "create", "list", "*"),
      resourceNames: fc.subarray(["a", "b"]),
    }),
    fc.record({ nonResourceURLs: word("/a", "/a*", "/b/*", "*"), verbs: word("get", "*") }),
  );
  const someHeld = fc.array(
    fc.record({
      namespace: fc.constantFrom(undefined, "x", "y"),
      rules: fc.array(someRule, { maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 3 },
  );
  const bareHeld = (
    list: readonly { namespace: string | undefined; rules: readonly object[] }[],
  ): HeldRules[] =>
    list.map(({ namespace, rules }) => ({
      ...(namespace === undefined ? {} : { namespace }),
      rules: (rules as HeldRules["rules"]).map((r) => {
        const { resourceNames = [], ...rest } = r;
        if (resourceNames.length === 0) return rest;
        // Without discovery the comparison takes a name with `create` as written; no request has one (K2).
        return { ...r, verbs: r.verbs.map((verb) => (verb === "create" ? "update" : verb)) };
      }),
    }));

  test("something goes exactly when the comparison finds an excess, something appears exactly when it finds a lack", () => {
    fc.assert(
      fc.property(someHeld, someHeld, (a, b) => {
        const [live, target] = [bareHeld(a), bareHeld(b)];
        const columns = {
          live: columnOf(live, undefined),
          documented: columnOf([], undefined),
          target: columnOf(target, undefined),
        };
        const { rows } = accountRows("n/a", columns, [], undefined);
        const changes = new Set(rows.map(({ change }) => change));
        const { missing, excess } = comparePolicies(
          "kubernetes",
          documentsOfColumn(target),
          documentsOfColumn(live),
        );
        const less = changes.has("goes") || changes.has("narrows") || changes.has("shifts");
        const more = changes.has("appears") || changes.has("shifts");
        expect([less, more]).toEqual([excess.length > 0, missing.length > 0]);
      }),
      { numRuns: 400 },
    );
  });

  test("every request of a small world is said as the evaluator says it", () => {
    const target: HeldRules[] = [
      { namespace: "x", rules: [rule("", "pods", ["get", "list"])] },
      { rules: [urls(["/a*"])] },
    ];
    const column = columnOf(target, undefined);
    for (const verb of ["get", "list", "delete"])
      for (const namespace of [undefined, "x", "y"]) {
        const request = {
          verb,
          group: "",
          resource: "pods",
          ...(namespace === undefined ? {} : { namespace }),
        };
        const says =
          allows("kubernetes", documentsOfColumn(target), request) === "allowed" ? "allowed" : "refused";
        expect([request, column.ask(request)]).toEqual([request, says]);
      }
    expect(column.ask({ verb: "get", url: "/ab" })).toBe("allowed");
  });
});
