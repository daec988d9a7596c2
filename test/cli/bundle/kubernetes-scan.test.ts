import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { afterEach, describe, expect, test } from "vitest";
import type { Report } from "../../../src/report/report.ts";
import { reportSchema } from "../../../src/report/schema.ts";
import type { Snapshot } from "../../../src/snapshot/snapshot.ts";
import { type Kubernetes, startKubernetes } from "../../servers/kubernetes.ts";
import { type KubernetesState, token } from "../../servers/kubernetes-state.ts";
import {
  account,
  BUILDER,
  binding,
  CLUSTER,
  clusterBinding,
  clusterRole,
  documented,
  type Edition,
  MANAGEMENT,
  NAMESPACE,
  rule,
  user,
  WORKLOAD,
} from "../../worlds/kubernetes-state.ts";
import { command, ended, start as spawn } from "./command.ts";
import { workingFolder } from "./folder.ts";
import { documentedCluster, servedCluster } from "./kubernetes-world.ts";

/** A live report as that of its snapshot: all but where the state came from. */
const asRecorded = (live: string) => live.replaceAll('"source": "live"', '"source": "snapshot"');

const folder = workingFolder();
let cluster: Kubernetes;
afterEach(() => cluster.close());

const begin = async (state: Partial<KubernetesState> = documentedCluster("azure"), pageSize = 500) => {
  cluster = await startKubernetes(state, { pageSize });
};
const env = () => ({ ...cluster.env, SOURCE_DATE_EPOCH: "1795248000" });
const run = (args: readonly string[], more: Readonly<Record<string, string | undefined>> = {}) =>
  command(args, { cwd: folder.path, env: { ...env(), ...more } });
const named = [
  "--namespace",
  NAMESPACE,
  "--set",
  `managementServiceAccount=${MANAGEMENT}`,
  "--set",
  `workloadServiceAccount=${WORKLOAD}`,
  "--set",
  `builderServiceAccount=${BUILDER}`,
];
const scan = (...args: string[]) => run(["--cloud", "kubernetes", ...named, ...args]);
const validate = new Ajv({ allErrors: true, strict: false }).compile(reportSchema);
const json = (text: string): Report => {
  const report = JSON.parse(text) as Report;
  expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
  return report;
};
const outcomes = (report: Report) =>
  Object.fromEntries(
    report.controls
      .filter(({ outcome }) => outcome !== "skipped")
      .map(({ id, outcome }) => [id.split("/").at(-1), outcome]),
  );
const drift = (report: Report) =>
  report.findings
    .filter(({ outcome }) => outcome === "fail")
    .map(({ control, drift, severity, pattern }) => [control.split("/").at(-1), drift, severity, pattern]);

const clean = {
  "cluster-management-role": "pass",
  "management-role": "pass",
  "job-reader-role": "pass",
  "argo-workflows-role": "pass",
  "role-bindings": "pass",
  "cluster-effective-access": "pass",
};

describe("the documented cluster", () => {
  test.each([
    ["azure", 8, "Azure"],
    ["aws", 7, "AWS"],
  ] as const)(
    "edition %s, told by the nodes: every control of the cluster passes, exit 0; the cloud's are skipped",
    async (edition, own, name) => {
      await begin(documentedCluster(edition), 7);
      const done = await scan("--format", "json");
      const report = json(done.stdout);
      expect(report.baselines.map(({ id }) => id)).toEqual([`chalk-${edition}`]);
      expect(outcomes(report)).toEqual(clean);
      expect(drift(report)).toEqual([]);
      expect(report.summary.controls).toEqual({ pass: 6, fail: 0, unknown: 0, waived: 0, skipped: own });
      const skipped = report.controls.filter(({ outcome }) => outcome === "skipped");
      expect(new Set(skipped.map(({ reason }) => reason))).toEqual(
        new Set([`${name} was not asked for (--cloud)`]),
      );
      expect(report.targets).toMatchObject([
        {
          name: `kubernetes:${CLUSTER}/${NAMESPACE}`,
          cloud: "kubernetes",
          scope: `${CLUSTER}/${NAMESPACE}`,
          complete: true,
          unread: [],
          principals: [{ id: BUILDER }, { id: MANAGEMENT }, { id: WORKLOAD }],
        },
      ]);
      expect(report.targets[0]?.notes?.join("\n")).toMatch(
        /discovery: \d+ resources served, version v1\.35\.4/,
      );
      expect(done.stderr).toBe("");
      expect(done.status).toBe(0);
    },
  );

  test("no accounts named: those that the bindings name, and the report says which", async () => {
    await begin();
    const done = await run(["--cloud", "kubernetes", "--format", "json"]);
    const report = json(done.stdout);
    expect(outcomes(report)).toEqual(clean);
    expect(report.targets[0]?.principals?.map(({ id }) => id)).toEqual([BUILDER, MANAGEMENT, WORKLOAD]);
    const notes = report.targets[0]?.notes?.join("\n") ?? "";
    for (const words of [
      /managementServiceAccount not given.*chalk\/management/,
      /workloadServiceAccount not given.*chalk\/workload/,
      /builderServiceAccount not given.*builds\/builder/,
      /no namespace is given for Role/,
    ])
      expect(notes).toMatch(words);
    expect(notes).not.toContain("any value that fits is accepted");
    expect(done.status).toBe(0);
  });

  test("fault 35: every request is a GET; collect, then scan --snapshot: the same report, without a server", async () => {
    await begin();
    const live = await scan("--format", "json");
    expect(cluster.requests.length).toBeGreaterThan(8);
    expect(new Set(cluster.requests.map(({ method }) => method))).toEqual(new Set(["GET"]));
    const collected = await run([
      "collect",
      "--cloud",
      "kubernetes",
      "--namespace",
      NAMESPACE,
      "-o",
      "k.json",
    ]);
    expect([collected.status, collected.stderr]).toEqual([0, "chalk-audit: wrote k.json\n"]);
    const snapshot = JSON.parse(readFileSync(folder.at("k.json"), "utf8")) as Snapshot;
    expect([snapshot.provider, snapshot.scope, snapshot.edition]).toEqual([
      "kubernetes",
      `${CLUSTER}/${NAMESPACE}`,
      ["azure"],
    ]);
    const offline = { SOURCE_DATE_EPOCH: env().SOURCE_DATE_EPOCH };
    const again = (...args: string[]) =>
      command(["--snapshot", "k.json", "--max-age", "0", "--format", "json", ...args], {
        cwd: folder.path,
        env: offline,
      });
    expect((await again(...named)).stdout).toBe(asRecorded(live.stdout));
    // The namespace is the scope's.
    expect((await again(...named.slice(2))).stdout).toBe(asRecorded(live.stdout));
    expect((await scan("--format", "json")).stdout).toBe(live.stdout);
  });

  test("--kubeconfig, --context, the environment and the config file lead to the same cluster", async () => {
    await begin();
    const elsewhere = { KUBECONFIG: folder.at("none") };
    const status = async (args: readonly string[], more = {}) =>
      (await run(["--cloud", "kubernetes", ...named, ...args], { ...elsewhere, ...more })).status;
    expect(await status(["--kubeconfig", cluster.kubeconfig])).toBe(0);
    expect(
      await status(["--kubeconfig", cluster.kubeconfig, "--context", "test", "--exec-plugins", "deny"]),
    ).toBe(0);
    expect(await status([], { CHALK_AUDIT_KUBECONFIG: cluster.kubeconfig })).toBe(0);
    folder.put(
      "cluster.yaml",
      `cloud: kubernetes\nkubeconfig: ${cluster.kubeconfig}\ncontext: test\nexecPlugins: deny\nnamespace: ${NAMESPACE}\n`,
    );
    expect((await run(["--config", "cluster.yaml"], elsewhere)).status).toBe(0);
    expect(await status(["--kubeconfig", cluster.kubeconfig, "--context", "prod"])).toBe(2);
  });
});

describe("drift, with the binding that gives it and a request that proves it", () => {
  test("secrets cluster-wide through a second binding: the roles pass, effective access fails, exit 1", async () => {
    const state = documented("azure");
    await begin(
      documentedCluster("azure", {
        clusterRoles: [
          ...state.clusterRoles,
          clusterRole("reader-of-secrets", [rule("", "secrets", ["get", "list"])]),
        ],
        clusterRoleBindings: [
          ...state.clusterRoleBindings,
          clusterBinding("second", "reader-of-secrets", account(MANAGEMENT)),
        ],
      }),
    );
    const done = await scan("--format", "json");
    const report = json(done.stdout);
    expect(outcomes(report)).toEqual({ ...clean, "cluster-effective-access": "fail" });
    const [found, ...more] = report.findings.filter(({ outcome }) => outcome === "fail");
    expect(more).toEqual([]);
    expect(found).toMatchObject({
      drift: "excess",
      severity: "critical",
      by: expect.stringContaining("second"),
    });
    expect(found?.witness).toMatchObject({ resource: "secrets", group: "" });
    expect(done.status).toBe(1);
    const table = (await scan()).stdout;
    expect(table).toContain("secrets");
    expect(table).toContain("second");
    expect(table).toContain("Exit 1.");
  });

  test("a verb removed is missing; a stranger bound is excess; the job reader's binding gone fails", async () => {
    const state = documented("azure");
    await begin(
      documentedCluster("azure", {
        clusterRoles: state.clusterRoles.map((body) => ({
          ...body,
          rules: (body["rules"] as { verbs: string[] }[]).map((each) => ({
            ...each,
            verbs: each.verbs.filter((verb) => verb !== "watch"),
          })),
        })),
      }),
    );
    const removed = await scan("--format", "json");
    expect(outcomes(json(removed.stdout))).toMatchObject({
      "cluster-management-role": "fail",
      "cluster-effective-access": "fail",
      "role-bindings": "pass",
    });
    expect(new Set(drift(json(removed.stdout)).map(([, kind]) => kind))).toEqual(new Set(["missing"]));
    expect(removed.status).toBe(1);

    const [first, ...rest] = state.roleBindings;
    const stranger = binding("management", "Role/chalk-management-role", [account(MANAGEMENT), user("jane")]);
    expect(first).toBeDefined();
    cluster.state = {
      ...cluster.state,
      ...documentedCluster("azure", { roleBindings: [stranger, ...rest] }),
    };
    const bound = await scan("--format", "json");
    expect(outcomes(json(bound.stdout))).toEqual({ ...clean, "role-bindings": "fail" });
    expect(bound.stdout).toContain("jane");
    expect(bound.status).toBe(1);

    const without = state.roleBindings.filter(
      (body) => JSON.stringify(body).includes("job-reader") === false,
    );
    cluster.state = { ...cluster.state, ...documentedCluster("azure", { roleBindings: without }) };
    const gone = await scan("--format", "json");
    expect(outcomes(json(gone.stdout))).toMatchObject({ "job-reader-role": "pass", "role-bindings": "fail" });
    expect(gone.status).toBe(1);
  });

  test("compare and --since: what came is new, what went is gone; a cluster that was not read closes nothing", async () => {
    await begin();
    await scan("--format", "json=before.json");
    await run(["collect", "--cloud", "kubernetes", "--namespace", NAMESPACE, "-o", "before.k.json"]);
    const state = documented("azure");
    const second = clusterBinding("second", "cluster-admin", account(WORKLOAD));
    cluster.state = {
      ...cluster.state,
      ...documentedCluster("azure", { clusterRoleBindings: [...state.clusterRoleBindings, second] }),
    };
    await scan("--format", "json=after.json");
    await run(["collect", "--cloud", "kubernetes", "--namespace", NAMESPACE, "-o", "after.k.json"]);
    const came = await run(["compare", "before.json", "after.json"]);
    expect(came.stdout).toMatch(/^NEW DRIFT: \d+ new, 0 changed, 0 gone/);
    expect(came.status).toBe(1);
    const went = await run(["compare", "after.json", "before.json"]);
    expect(went.stdout).toMatch(/^NO NEW DRIFT: 0 new, 0 changed, [1-9]\d* gone/);
    expect(went.status).toBe(0);
    const snapshots = await run(["compare", "before.k.json", "after.k.json", ...named]);
    expect([snapshots.status, snapshots.stdout.split("\n")[0]]).toEqual([1, came.stdout.split("\n")[0]]);
    cluster.faults.add({ match: "/clusterrolebindings", denied: "clusterrolebindings" });
    const since = await scan("--since", "after.json", "--format", "json");
    expect(json(since.stdout).gone).toEqual([]);
    expect(json(since.stdout).unassessed?.length).toBeGreaterThan(0);
    expect(since.status).toBe(3);
  });
});

describe("what cannot be read is unknown", () => {
  test("fault 2: role bindings denied: the roles pass, nothing that needs bindings does, exit 3", async () => {
    await begin();
    cluster.faults.add({ match: "/rolebindings", denied: "rolebindings" });
    const done = await scan("--format", "json");
    expect(outcomes(json(done.stdout))).toEqual({
      ...clean,
      "role-bindings": "unknown",
      "cluster-effective-access": "unknown",
    });
    expect(json(done.stdout).targets[0]?.unread).toMatchObject([
      {
        kind: "kubernetes/role-binding",
        cause: "denied",
        permission: "list rolebindings.rbac.authorization.k8s.io",
      },
    ]);
    expect(done.status).toBe(3);
    const table = (await scan()).stdout;
    expect(table.match(/answered 403/g)).toHaveLength(1);
    expect(table).toContain("needs list rolebindings.rbac.authorization.k8s.io");
    expect(table).toMatch(/role-bindings +not read: \[1\]/);
  });

  test("everything denied: nothing passes, exit 3; --allow-incomplete does not help where nothing at all was assessed", async () => {
    await begin();
    cluster.faults.add({ match: /^\/api(s|$)|\/(namespaces|serviceaccounts)\??/, denied: "things" });
    const done = await scan("--baseline", "chalk-azure", "--format", "json");
    expect(new Set(Object.values(outcomes(json(done.stdout))))).toEqual(new Set(["unknown"]));
    expect(done.status).toBe(3);
    expect((await scan("--baseline", "chalk-azure", "--allow-incomplete")).status).toBe(3);
  });

  test("fault 40: a namespace that does not exist: nothing assessed in it, never a pass, exit 3", async () => {
    await begin();
    const done = await run(["--cloud", "kubernetes", "--namespace", "chlak", "--format", "json"]);
    const found = outcomes(json(done.stdout));
    expect(found).toMatchObject({ "management-role": "unknown", "job-reader-role": "unknown" });
    expect(done.status).toBe(3);
  });

  test("fault 40: a namespace without the documented roles, accounts or bindings is drift, exit 1", async () => {
    await begin(servedCluster({ ...documented("azure"), roles: [], roleBindings: [] }, "azure"));
    const done = await scan("--format", "json");
    expect(outcomes(json(done.stdout))["management-role"]).toBe("fail");
    expect(done.status).toBe(1);
  });

  test.each([
    ["/roles", ["--baseline", "chalk-azure"]],
    ["/nodes", []],
  ] as const)("fault 21: SIGINT while %s is read leaves 130 and no table", async (path, more) => {
    await begin();
    cluster.faults.add({ match: path, hang: "head" });
    const child = spawn(["--cloud", "kubernetes", ...more], {
      cwd: folder.path,
      env: env(),
    });
    const end = ended(child);
    while (!cluster.requests.some((request) => request.path.endsWith(path)))
      await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGINT");
    expect(await end).toMatchObject({ status: 130, stdout: "" });
  });

  test("fault 9: a server that never answers ends with the time that the scan may take, exit 3", async () => {
    await begin();
    cluster.faults.add({ match: "/roles", hang: "head" });
    const done = await scan("--timeout", "3s", "--baseline", "chalk-azure", "--format", "json");
    expect(outcomes(json(done.stdout))).toMatchObject({ "management-role": "unknown" });
    expect(done.status).toBe(3);
  });
});

describe("which edition", () => {
  test("nodes of both clouds, of none, or not to be listed: exit 2 naming both baselines", async () => {
    await begin(servedCluster(documented("azure"), "azure", "aws"));
    const both = "name what it is to be judged by: --baseline chalk-azure or --baseline chalk-aws\n";
    const mixed = await scan();
    expect(mixed).toEqual({
      status: 2,
      stdout: "",
      stderr: `chalk-audit: --cloud kubernetes: the cluster's nodes are of AWS and Azure; ${both}`,
    });
    const untold = `chalk-audit: --cloud kubernetes: the cluster's nodes do not tell which cloud it runs in; ${both}`;
    cluster.state = { ...cluster.state, ...servedCluster(documented("azure")) };
    expect(await scan()).toEqual({ status: 2, stdout: "", stderr: untold });
    cluster.state = { ...cluster.state, ...documentedCluster("azure") };
    cluster.faults.add({ match: "/nodes", denied: "nodes" });
    expect(await scan()).toEqual({ status: 2, stdout: "", stderr: untold });
    // The baseline that is named is judged, whatever the nodes tell.
    expect((await scan("--baseline", "chalk-azure")).status).toBe(0);
    // A collection does not depend on it.
    const collected = await run(["collect", "--cloud", "kubernetes", "-o", "untold.json"]);
    expect(collected.status).toBe(0);
    const recorded = await run(["--snapshot", "untold.json"]);
    expect([recorded.status, recorded.stderr]).toEqual([
      2,
      `chalk-audit: the snapshot of ${CLUSTER}: the cluster's nodes do not tell which cloud it runs in; ${both}`,
    ]);
    expect((await run(["--snapshot", "untold.json", "--baseline", "chalk-azure"])).status).toBe(0);
  });

  test.each<[Edition, Edition]>([
    ["azure", "aws"],
    ["aws", "azure"],
  ])("the page of the other cloud (%s nodes, %s rules) is drift", async (nodes, rules) => {
    await begin(servedCluster(documented(rules), nodes));
    const done = await scan("--format", "json");
    expect(json(done.stdout).baselines.map(({ id }) => id)).toEqual([`chalk-${nodes}`]);
    expect(outcomes(json(done.stdout))["cluster-management-role"]).toBe("fail");
    expect(done.status).toBe(1);
  });
});

describe("mistakes of the caller are one line and exit 2", () => {
  test.each([
    [["--cloud", "kubernetes", "--kubeconfig", "none"], /none/],
    [["--cloud", "kubernetes", "--context", "prod"], /prod/],
    [["--cloud", "kubernetes", "--namespace", "A"], /namespace.*expected the name of a namespace.*"A"/],
    [["--cloud", "kubernetes", "--exec-plugins", "no"], /--exec-plugins: expected allow or deny, found "no"/],
    [
      ["collect", "--cloud", "azure,kubernetes"],
      /^chalk-audit: collect writes one target; ask for one cloud with --cloud$/,
    ],
    [["compare", "--kubeconfig", "x", "a", "b"], /unknown flag "--kubeconfig"; compare has no such flag/],
  ])("%j", async (args, words) => {
    await begin();
    const done = await run(args);
    expect(done.stderr.trimEnd()).toMatch(words);
    expect(done.stderr.trimEnd().split("\n")).toHaveLength(1);
    expect([done.status, done.stdout]).toEqual([2, ""]);
  });

  test("a wrong token is said, a server that is not there too; fault 29: the token is in no output", async () => {
    await begin();
    cluster.write({ name: "wrong", user: { token: "canary-wrong" } });
    const refused = await scan("--kubeconfig", `${cluster.folder}/wrong`, "--debug");
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain("the API server refused the credentials");
    cluster.write({ name: "gone", cluster: { server: "https://127.0.0.1:1" } });
    const gone = await scan("--kubeconfig", `${cluster.folder}/gone`);
    expect([gone.status, gone.stderr]).toEqual([
      2,
      "chalk-audit: https://127.0.0.1:1 cannot be reached: the connection was refused (ECONNREFUSED) (3 attempts)\n",
    ]);
    const debug = await scan("--debug", "--format", "json");
    expect(debug.status).toBe(0);
    for (const text of [refused, gone, debug])
      expect(text.stdout + text.stderr).not.toMatch(new RegExp(`${token}|canary-wrong`));
  });
});
