import { describe, expect, it } from "vitest";
import { audit } from "../../src/audit/audit.ts";
import type { AuditedSnapshot } from "../../src/audit/input.ts";
import { loadBaseline } from "../../src/baselines/bundled.ts";
import type { Check } from "../../src/checks/define.ts";
import { checks } from "../../src/checks/registry.ts";
import { exitCode } from "../../src/report/exit-code.ts";
import type { Report } from "../../src/report/report.ts";
import { compareReports } from "../../src/report/since.ts";
import { renderIncompleteSarif, sarif } from "../../src/reporters/sarif.ts";
import type { Snapshot } from "../../src/snapshot/snapshot.ts";
import type { Observation } from "../../src/wording/observation.ts";

const CLUSTER = "0e1f2a3b-4c5d-4e6f-8a9b-0c1d2e3f4a5b";
const SUBSCRIPTION = "/subscriptions/6b1f4e5f-0000-4000-8000-000000000001";
const ACCOUNT = "123456789012/eu-west-1";

const recorded = (provider: Snapshot["provider"], scope: string, more: Partial<Snapshot> = {}): Snapshot => ({
  schema: 1,
  provider,
  scope,
  takenAt: "2026-11-21T09:00:00.000Z",
  documents: [],
  unread: [],
  ...more,
});
const azure: AuditedSnapshot = { snapshot: recorded("azure", SUBSCRIPTION) };
const aws: AuditedSnapshot = { snapshot: recorded("aws", ACCOUNT) };
const cluster = (more: Partial<Snapshot> = {}): AuditedSnapshot => ({
  snapshot: recorded("kubernetes", CLUSTER, {
    documents: [{ kind: "kubernetes/cluster", id: CLUSTER, body: { version: { gitVersion: "v1.35.4" } } }],
    ...more,
  }),
});

/** Every check, looking at nothing and finding that all is well; the one named finds drift. */
const fakes = (drifting = ""): readonly Check[] =>
  checks.map(
    (check): Check => ({
      ...check,
      needs: (params) => check.needs(params).filter((kind) => kind.endsWith("role-binding")),
      applicable: () => undefined,
      run: (facts): readonly Observation[] =>
        check.id === drifting
          ? [
              {
                kind: "drift",
                drift: "excess",
                resource: { type: "t", id: `${facts.scope}#r`, name: "r" },
                message: "more",
                property: "rules",
              },
            ]
          : [{ kind: "assessed", count: 1, what: "things" }],
    }),
  );

const judged = (
  baselines: readonly string[],
  clouds: readonly Snapshot["provider"][],
  snapshots: readonly AuditedSnapshot[],
  drifting?: string,
): Report =>
  audit({
    baselines: baselines.map((id) => loadBaseline(id, checks)),
    clouds,
    snapshots,
    checks: fakes(drifting),
    now: "2026-11-21T10:00:00.000Z",
    version: "1.2.3",
  });

/** Target → baseline/part → outcomes and how many controls have each. */
const dealt = (report: Report) => {
  const out: Record<string, Record<string, number>> = {};
  for (const { id, check, target, outcome } of report.controls) {
    const part = `${id.split("/")[0]} ${check.startsWith("kubernetes/") ? "cluster" : "cloud"} ${outcome}`;
    const of = out[target] ?? {};
    out[target] = { ...of, [part]: (of[part] ?? 0) + 1 };
  }
  return out;
};
const complete = (report: Report) =>
  Object.fromEntries(report.targets.map((target) => [target.name, target.complete]));
const once = (report: Report) =>
  expect(new Set(report.controls.map(({ id }) => id)).size).toBe(report.controls.length);
const AZ = `azure:${SUBSCRIPTION}`;
const AW = `aws:${ACCOUNT}`;
const K8 = `kubernetes:${CLUSTER}`;
const policy = { failOn: "low", allowIncomplete: false } as const;

describe("several clouds: every control on the target of its own cloud, once", () => {
  it.each([
    ["chalk-azure", "azure", azure, AZ, 8],
    ["chalk-aws", "aws", aws, AW, 7],
  ] as const)("%s with its cluster: two targets, each with its own part", (id, cloud, other, name, own) => {
    const report = judged([id], [cloud, "kubernetes"], [other, cluster()]);
    expect(dealt(report)).toEqual({
      [name]: { [`${id} cloud pass`]: own },
      [K8]: { [`${id} cluster pass`]: 6 },
    });
    expect(complete(report)).toEqual({ [name]: true, [K8]: true });
    expect(exitCode(report, policy)).toBe(0);
    once(report);
  });

  it("a cluster alone: the controls of the cloud were not asked for, and change no exit code", () => {
    const report = judged(["chalk-azure"], ["kubernetes"], [cluster()]);
    expect(dealt(report)).toEqual({
      [K8]: { "chalk-azure cluster pass": 6, "chalk-azure cloud skipped": 8 },
    });
    expect(new Set(report.controls.map(({ reason }) => reason))).toEqual(
      new Set(["1 thing compared", "Azure was not asked for (--cloud)"]),
    );
    expect(exitCode(report, policy)).toBe(0);
  });

  it("what was not asked for is counted once, however many targets there are", () => {
    const other = { snapshot: recorded("azure", `${SUBSCRIPTION.slice(0, -1)}2`) };
    const report = judged(["chalk-azure"], ["azure"], [other, azure]);
    expect(report.summary.controls).toEqual({ pass: 16, fail: 0, unknown: 0, waived: 0, skipped: 6 });
    const skipped = report.controls.filter(({ outcome }) => outcome === "skipped");
    expect(new Set(skipped.map(({ target }) => target))).toEqual(new Set([AZ]));
    const turned = judged(["chalk-azure"], ["azure"], [azure, other]);
    expect(JSON.stringify(turned)).toBe(JSON.stringify(report));
  });

  it("asked for and nothing collected: unknown on a target of its own, the other stays complete, exit 3", () => {
    const report = judged(["chalk-azure"], ["azure", "kubernetes"], [azure], "");
    expect(complete(report)).toEqual({ [AZ]: true, "kubernetes: nothing collected": false });
    expect(exitCode(report, policy)).toBe(3);
    once(report);
  });

  it("fault 16: one target unread, the other is complete; its drift stands, its SARIF is uploaded alone", () => {
    const unread = {
      kind: "kubernetes/role-binding",
      api: "sign-in",
      cause: "unreachable",
      detail: "the connection was refused",
    } as const;
    const broken: AuditedSnapshot = {
      snapshot: recorded("kubernetes", "unknown", {
        unread: [unread, { ...unread, kind: "kubernetes/cluster-role-binding" }],
      }),
    };
    const report = judged(
      ["chalk-azure"],
      ["azure", "kubernetes"],
      [azure, broken],
      "azure/effective-access",
    );
    expect(complete(report)).toEqual({ [AZ]: true, "kubernetes:unknown": false });
    expect(exitCode(report, policy)).toBe(1);
    const options = { width: 100, color: false, verbose: false, exitCode: 1, rules: [] };
    const runs = (text: string | undefined) =>
      (JSON.parse(text ?? "{}") as { runs: { automationDetails: { id: string } }[] }).runs.map(
        ({ automationDetails }) => automationDetails.id,
      );
    expect(runs(sarif.render(report, options))).toEqual([`chalk-audit/azure${SUBSCRIPTION}/`]);
    expect(runs(renderIncompleteSarif(report))).toEqual(["chalk-audit/kubernetes/unknown/"]);

    // A target that is unread this time has neither new nor gone findings.
    const before = judged(
      ["chalk-azure"],
      ["azure", "kubernetes"],
      [azure, cluster()],
      "kubernetes/role-binding",
    );
    const since = compareReports(before, report);
    expect(since.gone).toEqual([]);
    expect(since.unassessed?.map(({ control, target }) => [control, target])).toEqual([
      ["chalk-azure/role-bindings", K8],
    ]);
  });

  it("SARIF: a run per target; the namespace is a part of the scope", () => {
    const report = judged(
      ["chalk-azure"],
      ["azure", "kubernetes"],
      [azure, cluster({ scope: `${CLUSTER}/chalk` })],
    );
    const text = sarif.render(report, { width: 100, color: false, verbose: false, exitCode: 0, rules: [] });
    const { runs } = JSON.parse(text ?? "") as { runs: { automationDetails: { id: string } }[] };
    expect(runs.map(({ automationDetails }) => automationDetails.id)).toEqual([
      `chalk-audit/azure${SUBSCRIPTION}/`,
      `chalk-audit/kubernetes/${CLUSTER}/chalk/`,
    ]);
  });
});

describe("a cluster that baselines of two clouds describe is judged by the cloud that its nodes tell", () => {
  const both = ["chalk-azure", "chalk-aws"];
  const all = ["azure", "aws", "kubernetes"] as const;

  it.each([
    ["recorded", cluster({ edition: ["aws"] })],
    ["asked", { ...cluster(), edition: ["aws"] }],
  ] as const)("one cloud, %s: the others' controls are skipped once and say why", (_, of) => {
    const report = judged(both, all, [azure, aws, of]);
    expect(dealt(report)).toEqual({
      [AZ]: { "chalk-azure cloud pass": 8, "chalk-azure cluster skipped": 6 },
      [AW]: { "chalk-aws cloud pass": 7 },
      [K8]: { "chalk-aws cluster pass": 6 },
    });
    const skipped = report.controls.filter(({ outcome }) => outcome === "skipped");
    expect(new Set(skipped.map(({ reason }) => reason))).toEqual(
      new Set(["the cluster's nodes are of AWS, and these controls are for clusters in Azure"]),
    );
    expect(report.targets.find(({ name }) => name === K8)?.notes?.[0]).toBe(
      "the cluster's nodes are of AWS: it is judged by the Kubernetes controls of chalk-aws",
    );
    expect(exitCode(report, policy)).toBe(0);
    once(report);
  });

  it.each([
    [[], "do not tell in which it runs"],
    [["aws", "azure"], "are of AWS and Azure"],
  ] as const)("none or two (%j): unknown, incomplete, exit 3", (edition, words) => {
    const report = judged(both, all, [azure, aws, { ...cluster(), edition }]);
    expect(dealt(report)[K8]).toEqual({ "chalk-azure cluster unknown": 6, "chalk-aws cluster unknown": 6 });
    expect(complete(report)).toEqual({ [AZ]: true, [AW]: true, [K8]: false });
    const reasons = new Set(report.controls.filter((c) => c.target === K8).map(({ reason }) => reason));
    expect(reasons).toEqual(
      new Set([
        `the baselines describe a cluster in Azure and AWS, and the cluster's nodes ${words}; audit the cluster in a run of its own, with one --baseline`,
      ]),
    );
    expect(exitCode(report, policy)).toBe(3);
  });

  it("two clusters, one in each cloud: each by its own", () => {
    const second = { snapshot: recorded("kubernetes", "ffffffff", { edition: ["azure"] }) };
    const report = judged(both, ["kubernetes"], [cluster({ edition: ["aws"] }), second]);
    expect(dealt(report)).toEqual({
      [K8]: { "chalk-aws cluster pass": 6, "chalk-aws cloud skipped": 7 },
      "kubernetes:ffffffff": { "chalk-azure cluster pass": 6, "chalk-azure cloud skipped": 8 },
    });
  });

  it("a baseline that the user chose against the nodes is judged, and the report says so", () => {
    const report = judged(["chalk-azure"], ["kubernetes"], [cluster({ edition: ["aws"] })]);
    expect(dealt(report)[K8]).toMatchObject({ "chalk-azure cluster pass": 6 });
    expect(report.targets[0]?.notes?.[0]).toBe(
      "the cluster's nodes are of AWS, and chalk-azure is about clusters in Azure",
    );
  });
});

describe("what a report says of a cluster", () => {
  const served = (n: number) =>
    Array.from({ length: n }, (_, i) => ({
      kind: "kubernetes/api-resource" as const,
      id: `g/v1/r${i}`,
      body: {},
    }));
  const notes = (more: Partial<Snapshot>) =>
    judged(["chalk-azure"], ["kubernetes"], [cluster(more)]).targets[0]?.notes ?? [];
  const [body] = cluster().snapshot.documents;

  it("discovery and version; what of it was not read; what is not considered", () => {
    const documents = [...(body === undefined ? [] : [body]), ...served(3)];
    expect(notes({ documents })).toEqual([
      "discovery: 3 resources served, version v1.35.4",
      expect.stringMatching(/^not considered: what decides beside roles and bindings\. .*admission policies/),
    ]);
    const stale = {
      kind: "kubernetes/api-resource",
      id: "metrics.k8s.io",
      api: "GET /apis/metrics.k8s.io/v1beta1",
      cause: "server-error",
      detail: "answered 503",
    } as const;
    expect(notes({ documents, unread: [stale] })[0]).toBe(
      "discovery: 3 resources served, version v1.35.4; not told for metrics.k8s.io",
    );
    const { id: _, ...whole } = stale;
    expect(notes({ unread: [whole] })[0]).toBe(
      "what the cluster serves could not be read (GET /apis/metrics.k8s.io/v1beta1: answered 503): rules are compared as written, and what is void or not served is not told apart",
    );
  });

  it("one API group that did not answer is the check's matter; discovery that did not answer at all is unknown", () => {
    const needing = checks.map(
      (check): Check => ({
        ...check,
        needs: () => ["kubernetes/api-resource"],
        tolerates: [],
        run: () => [{ kind: "assessed", count: 1, what: "things" }],
      }),
    );
    const found = (id: string | undefined) => {
      const unread = {
        kind: "kubernetes/api-resource",
        ...(id === undefined ? {} : { id }),
        api: "GET /apis",
        cause: "server-error",
        detail: "answered 503",
      } as const;
      const report = audit({
        baselines: [loadBaseline("chalk-azure", checks)],
        clouds: ["kubernetes"],
        snapshots: [cluster({ unread: [unread] })],
        checks: needing,
        now: "2026-11-21T10:00:00.000Z",
        version: "1.2.3",
      });
      return [report.summary.controls.pass, report.summary.controls.unknown];
    };
    expect(found("metrics.k8s.io")).toEqual([6, 0]);
    expect(found(undefined)).toEqual([0, 6]);
  });

  it("the namespace is the scope's when it is not given, and only of a cluster that was identified", () => {
    const seen: unknown[] = [];
    const looking = checks.map(
      (check): Check => ({
        ...check,
        needs: () => [],
        run: (_facts, params) => {
          if (check.id === "kubernetes/role") seen.push((params as { namespace?: string }).namespace);
          return [{ kind: "assessed", count: 1, what: "things" }];
        },
      }),
    );
    const look = (scope: string, documents: Snapshot["documents"], parameters = {}) => {
      seen.length = 0;
      audit({
        baselines: [loadBaseline("chalk-azure", checks)],
        clouds: ["kubernetes"],
        snapshots: [{ snapshot: recorded("kubernetes", scope, { documents }) }],
        parameters,
        checks: looking,
        now: "2026-11-21T10:00:00.000Z",
        version: "1.2.3",
      });
      return [...new Set(seen)];
    };
    const known = cluster().snapshot.documents;
    expect(look(`${CLUSTER}/chalk`, known)).toEqual([undefined, "chalk"]);
    expect(look(`${CLUSTER}/chalk`, known, { namespace: "other" })).toEqual([undefined, "other"]);
    expect(look(CLUSTER, known)).toEqual([undefined]);
    expect(look("host.example/path", [])).toEqual([undefined]);
  });

  it("whom the checks found, and what they say, once", () => {
    const telling = checks.map(
      (check): Check => ({
        ...check,
        needs: () => [],
        run: () => [
          {
            kind: "assessed",
            count: 1,
            what: "things",
            ...(check.id.startsWith("kubernetes/")
              ? { audited: [{ id: "chalk/manager" }], notes: ["the manager is chalk/manager"] }
              : {}),
          },
        ],
      }),
    );
    const report = audit({
      baselines: [loadBaseline("chalk-azure", checks)],
      clouds: ["kubernetes"],
      snapshots: [cluster()],
      checks: telling,
      now: "2026-11-21T10:00:00.000Z",
      version: "1.2.3",
    });
    expect(report.targets[0]?.principals).toEqual([{ id: "chalk/manager" }]);
    expect(report.targets[0]?.notes?.filter((note) => note.includes("manager"))).toEqual([
      "the manager is chalk/manager",
    ]);
  });
});
