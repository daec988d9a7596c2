import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { audit } from "../../src/audit/audit.ts";
import type { AuditInput } from "../../src/audit/input.ts";
import { loadBaseline } from "../../src/baselines/bundled.ts";
import { parseBaseline } from "../../src/baselines/parse.ts";
import type { Check } from "../../src/checks/define.ts";
import { checks } from "../../src/checks/registry.ts";
import type { Report } from "../../src/report/report.ts";
import { parseWaivers } from "../../src/report/waivers.ts";
import type { Snapshot } from "../../src/snapshot/snapshot.ts";
import type { Observation } from "../../src/wording/observation.ts";
import {
  denied,
  GROUP,
  group,
  type Recording,
  ROLE,
  STRANGER,
  SUBSCRIPTION,
  snapshotOf,
  VENDOR,
} from "../checks/world.ts";
import {
  type AzureState,
  azureState,
  builtIn,
  provider,
  resource,
  resourceGroup,
  roleAssignment,
  roleDefinition,
} from "../servers/azure-state.ts";

const ACME = "fixtures/baselines/acme-lake.yaml";
const acmeText = readFileSync(ACME, "utf8");
const acme = parseBaseline(acmeText, ACME, checks);
const lineOf = (text: string) => acmeText.split("\n").findIndex((line) => line.includes(text)) + 1;

const KEEPER = [
  {
    actions: ["Microsoft.Search/searchServices/*", "Microsoft.Relay/namespaces/read"],
    notActions: ["Microsoft.Search/searchServices/delete", "Microsoft.Search/searchServices/*/delete"],
  },
  {
    actions: ["Microsoft.SignalRService/*"],
    notActions: ["Microsoft.SignalRService/*/write"],
    dataActions: ["Microsoft.Search/searchServices/indexes/documents/*"],
    notDataActions: ["Microsoft.Search/searchServices/indexes/documents/delete"],
  },
];
const WET = [...KEEPER, { actions: ["Microsoft.Relay/namespaces/write"] }];
const WRITER = "8ebe5a00-799e-43f5-93ac-243d3dce84a7";
const SERVICE = `${group("rg-lake")}/providers/Microsoft.Search/searchServices/s1`;

/** The documented state of the invented vendor. */
const clean = {
  roleDefinitions: [
    ...azureState().roleDefinitions,
    roleDefinition({
      id: ROLE,
      name: "Acme Lake Keeper",
      permissions: WET,
      assignableScopes: [group("rg-lake")],
    }),
    roleDefinition({
      id: WRITER,
      name: "Search Index Data Contributor",
      type: "BuiltInRole",
      permissions: [{ dataActions: ["Microsoft.Search/searchServices/indexes/documents/*"] }],
    }),
  ],
  roleAssignments: [
    roleAssignment({ name: "a1", role: ROLE, principal: VENDOR }),
    roleAssignment({ name: "a2", role: WRITER, principal: VENDOR, scope: SERVICE }),
  ],
  operations: [
    provider("Microsoft.Search", [
      "Microsoft.Search/searchServices/write",
      "data:Microsoft.Search/searchServices/indexes/documents/read",
    ]),
  ],
  resourceGroups: [resourceGroup("rg-lake")],
  resources: [
    resource("Microsoft.Search/searchServices", "rg-lake", "s1"),
    resource("Microsoft.Relay/namespaces", "rg-lake", "r1"),
    resource("Microsoft.Relay/namespaces", "rg-lake", "r2"),
  ],
  managedClusters: [
    resource("Microsoft.ContainerService/managedClusters", "rg-lake", "aks", {
      properties: { apiServerAccessProfile: { enablePrivateCluster: true } },
    }),
  ],
  vaults: [
    resource("Microsoft.KeyVault/vaults", "rg-lake", "kv", { properties: { enableRbacAuthorization: true } }),
  ],
} satisfies Partial<AzureState>;

function judge(
  changes: Partial<AzureState> = {},
  recording: Recording = {},
  more: Partial<AuditInput> = {},
): Report {
  const snapshot = snapshotOf({ ...clean, ...changes }, { roleNames: ["Acme Lake Keeper"], ...recording });
  return audit({
    baselines: [acme],
    snapshots: [{ snapshot }],
    clouds: ["azure"],
    parameters: { place: SUBSCRIPTION, groups: "rg-lake" },
    now: "2026-11-21T09:00:00.000Z",
    version: "1.2.3",
    ...more,
  });
}

/** Controls that do not pass, and what they say. */
const verdicts = (report: Report) =>
  Object.fromEntries(
    report.controls.filter((c) => c.outcome !== "pass").map((c) => [c.id.split("/")[1], c.outcome]),
  );
const findings = (report: Report) =>
  report.findings
    .map(
      (f) =>
        `${f.outcome} ${f.control.split("/")[1]} ${f.drift} ${f.severity} ${f.pattern ?? f.resource.name}`,
    )
    .sort();
const NOTE = "pass gauge-role absent info Acme Lake Gauge";

const widened = (extra: readonly string[]) => ({
  roleDefinitions: [
    ...clean.roleDefinitions.filter((r) => r.name !== ROLE),
    roleDefinition({
      id: ROLE,
      name: "Acme Lake Keeper",
      permissions: [...WET, { actions: extra }],
      assignableScopes: [group("rg-lake")],
    }),
  ],
});

describe("audit: a second vendor, of whom the program knows nothing", () => {
  it("passes the documented state, and says what was compared", () => {
    const report = judge();
    expect(findings(report)).toEqual([NOTE]);
    expect(report.controls.map((c) => [c.id, c.outcome, c.reason])).toEqual([
      ["acme-lake/keeper-role", "pass", "5 documented permissions compared"],
      ["acme-lake/gauge-role", "pass", "optional, absent"],
      ["acme-lake/keeper-assignment", "pass", "2 assignments compared"],
      ["acme-lake/search-access", "pass", "2 assignments compared"],
      ["acme-lake/all-access", "pass", "2 assignments compared"],
      ["acme-lake/vault-access", "pass", "1 key vault compared"],
      ["acme-lake/local-accounts", "pass", "1 managed cluster compared"],
      ["acme-lake/private-cluster", "pass", "1 lake cluster compared"],
      ["acme-lake/own-subscription", "pass", "1 resource group compared"],
      ["acme-lake/parts", "pass", "2 resource kinds compared"],
    ]);
    expect(report.summary).toEqual({
      controls: { pass: 10, fail: 0, unknown: 0, waived: 0, skipped: 0 },
      findings: { critical: 0, high: 0, medium: 0, low: 0, info: 1 },
    });
    expect(report.targets).toMatchObject([
      {
        name: `azure:${SUBSCRIPTION}`,
        complete: true,
        unread: [],
        principals: [{ id: VENDOR }],
        catalog: { date: "2026-11-21", operations: 2 },
      },
    ]);
    expect(report).toMatchObject({
      startedAt: "2026-11-21T09:00:00.000Z",
      finishedAt: "2026-11-21T09:00:00.000Z",
      interrupted: false,
      tool: { version: "1.2.3" },
    });
  });

  it("finds drift in the role and in what it causes, at the line that declares it", () => {
    const report = judge(widened(["Microsoft.Search/searchServices/delete"]));
    expect(findings(report)).toEqual([
      "fail all-access excess low Microsoft.Search/searchServices/delete",
      "fail keeper-role excess low Microsoft.Search/searchServices/delete",
      NOTE,
    ]);
    expect(report.findings.find((f) => f.control === "acme-lake/keeper-role")).toMatchObject({
      rule: "azure/role-definition/excess",
      latent: true,
      known: { count: 0, examples: [], catalog: "2026-11-21" },
      location: { file: ACME, line: lineOf("actions: [Microsoft.Search/searchServices/*") },
      why: "The keeper opens the gates; more than that is not its business.",
      documentation: {
        title: "Acme Lake on Azure",
        url: "https://docs.acme-lake.example/azure",
        section: "The keeper",
      },
      witness: { plane: "control", action: "Microsoft.Search/searchServices/delete" },
    });
  });

  it("points at the right line where a profile leaves entries out", () => {
    const wet = judge({
      roleDefinitions: clean.roleDefinitions.map((r) =>
        r.name === ROLE ? roleDefinition({ id: ROLE, name: "Acme Lake Keeper", permissions: KEEPER }) : r,
      ),
    });
    const missing = wet.findings.find((f) => f.control === "acme-lake/keeper-role" && f.drift === "missing");
    expect(missing).toMatchObject({
      pattern: "Microsoft.Relay/namespaces/write",
      location: { line: lineOf("actions: [Microsoft.Relay/namespaces/write]") },
    });
  });

  it("points at the right line where entries before it are left out", () => {
    const first = "      permissions:\n";
    const text = acmeText.replace(
      first,
      `${first}        - profile: dry\n          actions: [Microsoft.Dry/things/read]\n`,
    );
    const shifted = parseBaseline(text, ACME, checks);
    const report = judge(widened(["Microsoft.SignalRService/x/write"]), {}, { baselines: [shifted] });
    const line = text.split("\n").findIndex((l) => l.includes("actions: [Microsoft.SignalRService/*]")) + 1;
    const required =
      text.split("\n").findIndex((l) => l.includes("required: [keeper-role, search-access]")) + 1;
    expect(
      report.findings
        .filter((f) => f.outcome === "fail")
        .map((f) => [f.control, f.location.line])
        .sort(),
    ).toEqual([
      ["acme-lake/all-access", required],
      ["acme-lake/keeper-role", line],
    ]);
  });

  it("runs the profile asked for", () => {
    const dry = judge({}, {}, { profile: "dry" });
    expect(verdicts(dry)).toEqual({ "keeper-role": "fail", "all-access": "fail" });
    expect(dry.controls.some((c) => c.id === "acme-lake/search-access")).toBe(false);
    expect(() => judge({}, {}, { profile: "damp" })).toThrow(/unknown profile "damp".*dry/);
    expect(() => judge({}, {}, { parameters: { plaice: "x" } })).toThrow(/did you mean "?place/);
  });

  it("gives a control's own severity to its drift", () => {
    const report = judge({
      resourceGroups: [resourceGroup("rg-lake"), resourceGroup("rg-x")],
      resources: [resource("Other/x", "rg-x", "y")],
    });
    expect(findings(report)).toEqual([
      "fail own-subscription stray info rg-x",
      "fail parts absent low relays",
      "fail parts absent low search",
      NOTE,
    ]);
  });
});

describe("audit: what is not known", () => {
  it("fault 1: a kind that a control needs is unread: unknown, with API and permission; the others stand", () => {
    const report = judge({}, { unread: [denied("azure/vault")], without: ["azure/vault"] });
    expect(verdicts(report)).toEqual({ "vault-access": "unknown" });
    expect(report.controls.find((c) => c.outcome === "unknown")?.reason).toBe(
      `GET ${SUBSCRIPTION}/azure/vault: 403 AuthorizationFailed; needs permission/for/azure/vault`,
    );
    expect(findings(report)).toEqual([NOTE, "unknown vault-access unreadable medium azure/vault"]);
    expect(report.targets[0]).toMatchObject({ complete: false, unread: [{ kind: "azure/vault" }] });
  });

  it("one thing of a kind unread: unknown where the whole kind is judged", () => {
    expect(verdicts(judge({}, { unread: [denied("azure/vault", "kv2")] }))).toEqual({
      "vault-access": "unknown",
    });
    expect(verdicts(judge({}, { unread: [denied("azure/role-definition", STRANGER)] }))).toEqual({
      "gauge-role": "unknown",
    });
  });

  it("fault 2: role assignments unread: nothing that needs them passes", () => {
    const report = judge(
      {},
      {
        unread: [denied("azure/role-assignment"), denied("azure/assigned-to")],
        without: ["azure/role-assignment", "azure/assigned-to"],
      },
    );
    expect(verdicts(report)).toEqual({
      "keeper-assignment": "unknown",
      "search-access": "unknown",
      "all-access": "unknown",
    });
  });

  it("the list of all assignments unread and nobody given: it is not known whom to audit", () => {
    const report = judge(
      {},
      { unread: [denied("azure/role-assignment")], without: ["azure/role-assignment"], principals: [] },
    );
    expect(verdicts(report)).toEqual({
      "keeper-assignment": "unknown",
      "search-access": "unknown",
      "all-access": "unknown",
    });
    expect(report.controls.find((c) => c.id === "acme-lake/all-access")?.reason).toContain(
      'who holds "Acme Lake Keeper" or "Acme Lake Gauge" could not be read',
    );
  });

  it("the catalogue unread leaves the verdicts alone, and is said", () => {
    const report = judge(widened(["Microsoft.Search/operations/read"]), {
      unread: [denied("azure/provider-operations")],
      without: ["azure/provider-operations"],
    });
    expect(findings(report)).toEqual([
      "fail all-access excess medium Microsoft.Search/operations/read",
      "fail keeper-role excess medium Microsoft.Search/operations/read",
      NOTE,
    ]);
    expect(report.targets[0]?.catalog).toBeUndefined();
    expect(report.targets[0]?.notes?.join("\n")).toContain("the catalogue of operations could not be read");
  });

  it("fault 40: an empty account is never a pass", () => {
    const nothing = {
      roleDefinitions: [],
      roleAssignments: [],
      operations: [],
      resourceGroups: [],
      resources: [],
      managedClusters: [],
      vaults: [],
    };
    const report = judge(nothing);
    expect(report.summary.controls).toEqual({ pass: 0, fail: 2, unknown: 8, waived: 0, skipped: 0 });
    expect(verdicts(report)).toMatchObject({
      "keeper-assignment": "fail",
      "all-access": "unknown",
      "search-access": "fail",
    });
  });

  it.each(["vaults", "managedClusters", "resources", "resourceGroups"] as const)(
    "fault 16: no %s to assess: the target is not complete, so no alert about the last one is closed",
    (kind) => {
      expect(judge({ [kind]: [] })).toMatchObject({
        targets: [{ complete: false }],
        // two controls are about clusters
        summary: { controls: { unknown: kind === "managedClusters" ? 2 : 1 } },
      });
    },
  );

  it("something undecided leaves the target incomplete", () => {
    const conditioned = [
      ...clean.roleAssignments,
      roleAssignment({ name: "a3", role: builtIn.reader, principal: VENDOR, condition: "x" }),
    ];
    const undecided = judge({ roleAssignments: conditioned });
    expect(undecided.targets[0]?.complete).toBe(false);
    expect(verdicts(undecided)).toEqual({ "all-access": "unknown" });
  });

  it("drift and unknown in one control: it fails, and the target is incomplete", () => {
    const both = [
      ...clean.roleAssignments,
      roleAssignment({ name: "a3", role: builtIn.reader, principal: VENDOR }),
      roleAssignment({ name: "a4", role: STRANGER, principal: VENDOR }),
    ];
    const report = judge({ roleAssignments: both });
    expect(verdicts(report)).toEqual({ "all-access": "fail" });
    expect(report.controls.find((c) => c.outcome === "fail")?.reason).toBe(
      "1 difference; 1 part could not be assessed",
    );
    expect(report.targets[0]?.complete).toBe(false);
  });

  it("fault 21: an interrupted collection is marked and not complete", () => {
    const snapshot: Snapshot = {
      ...snapshotOf(clean, { roleNames: ["Acme Lake Keeper"] }),
      interrupted: true,
    };
    expect(judge({}, {}, { snapshots: [{ snapshot }] })).toMatchObject({
      interrupted: true,
      targets: [{ complete: false }],
    });
  });
});

describe("audit: where", () => {
  const elsewhere = {
    roleAssignments: clean.roleAssignments.map((a) =>
      a.name === "a1" ? roleAssignment({ name: "a1", role: ROLE, principal: VENDOR, scope: SERVICE }) : a,
    ),
  };
  const place = (parameters: Record<string, string>) => judge(elsewhere, {}, { parameters });
  const shown = (report: Report) => [verdicts(report), findings(report), report.targets[0]?.notes];

  it("the subscription is the target's own when it is not named, and the verdict is the same", () => {
    const named = place({ place: SUBSCRIPTION, groups: "rg-lake" });
    expect(verdicts(named)).toMatchObject({ "keeper-assignment": "fail" });
    const found = place({ groups: "rg-lake" });
    expect(shown(found)).toEqual(shown(named));
    expect(found.targets[0]?.notes?.join("\n")).not.toContain("parameter place");
  });

  it("a scope that was given wins over the target's", () => {
    expect(verdicts(place({ place: SERVICE, groups: "rg-lake" }))).not.toHaveProperty("keeper-assignment");
  });

  it("a scope that is no subscription, as of a target that could not be reached, says nothing", () => {
    const snapshot = { ...snapshotOf(clean, { roleNames: [] }), scope: "/subscriptions/unknown" };
    const report = judge({}, {}, { snapshots: [{ snapshot }], parameters: { groups: "rg-lake" } });
    expect(report.targets[0]?.notes?.join("\n")).toContain("parameter place not given");
  });
});

describe("audit: who", () => {
  it("whoever holds the documented role, and says so", () => {
    const two = [
      ...clean.roleAssignments,
      roleAssignment({ name: "a3", role: ROLE, principal: STRANGER, scope: group("rg-lake") }),
    ];
    const report = judge({ roleAssignments: two });
    expect(report.targets[0]?.principals).toEqual([{ id: VENDOR }, { id: STRANGER }]);
    expect(report.targets[0]?.notes?.[0]).toBe(
      `parameter pumpId not given (keeper-assignment, search-access, all-access, vault-access): audited is whoever holds the documented role: ${VENDOR}, ${STRANGER}`,
    );
    expect(verdicts(report)).toEqual({
      "keeper-assignment": "fail",
      "search-access": "fail",
      "all-access": "fail",
    });
  });

  it("nobody: drift absent (fault 40)", () => {
    const report = judge({
      roleAssignments: [clean.roleAssignments[1] as (typeof clean.roleAssignments)[number]],
    });
    expect(findings(report)).toEqual([
      "fail all-access absent medium nobody",
      "fail keeper-assignment absent medium Acme Lake Keeper",
      "fail search-access absent medium Search Index Data Contributor",
      NOTE,
    ]);
  });

  it("nobody the directory no longer has (AZ11)", () => {
    const orphan = roleAssignment({ name: "o", role: ROLE, principal: STRANGER, principalType: "Unknown" });
    const report = judge({ roleAssignments: [...clean.roleAssignments, orphan] });
    expect(report.targets[0]?.principals).toEqual([{ id: VENDOR }]);
    expect(findings(report)).toEqual(["fail keeper-assignment stray medium Acme Lake Keeper", NOTE]);
  });

  it("the principal given, by parameter or when the state was recorded", () => {
    const given = { parameters: { place: SUBSCRIPTION, groups: "rg-lake", pumpId: VENDOR.toUpperCase() } };
    expect(verdicts(judge({}, { principals: [VENDOR] }, given))).toEqual({});
    expect(verdicts(judge({}, { principals: [VENDOR.toUpperCase()] }))).toEqual({});
    expect(judge({}, { principals: [VENDOR.toUpperCase()] }).targets[0]?.principals).toEqual([
      { id: VENDOR },
    ]);
  });

  it("a role that a baseline describes for somebody else does not tell who the vendor is", () => {
    const metaflow = loadBaseline("metaflow-azure", checks);
    const deployer = roleDefinition({ id: ROLE, name: "Metaflow admin", permissions: [{ actions: ["*"] }] });
    const snapshot = snapshotOf(
      {
        roleDefinitions: [...azureState().roleDefinitions, deployer],
        roleAssignments: [roleAssignment({ name: "d", role: ROLE, principal: STRANGER })],
      },
      { roleNames: ["Metaflow admin"] },
    );
    const report = judge({}, {}, { baselines: [metaflow], snapshots: [{ snapshot }], parameters: {} });
    expect(report.targets[0]?.principals).toEqual([]);
    expect(verdicts(report)).toEqual({
      "admin-role": "fail",
      "storage-access": "unknown",
      "aks-access": "unknown",
      "effective-access": "unknown",
      "resource-group": "fail",
      network: "fail",
      storage: "fail",
      cluster: "fail",
      database: "fail",
      application: "unknown",
      "directory-role": "unknown",
      "argo-services": "skipped",
      "metaflow-services": "skipped",
    });
  });
});

describe("audit: skipped, never silent", () => {
  it("controls of a cloud that was not asked for, and controls whose parameter was not given", () => {
    const chalk = loadBaseline("chalk-azure", checks);
    const report = judge({}, {}, { baselines: [chalk], parameters: {} });
    const skipped = report.controls.filter((c) => c.outcome === "skipped");
    expect(skipped.filter((c) => c.check.startsWith("kubernetes/")).map((c) => c.reason)).toEqual(
      Array(6).fill("Kubernetes was not asked for (--cloud)"),
    );
    expect(skipped.filter((c) => !c.check.startsWith("kubernetes/")).map((c) => [c.id, c.reason])).toEqual([
      ["chalk-azure/subscription-separation", expect.stringContaining("--set resourceGroups=")],
    ]);
    const asked = judge({}, {}, { baselines: [chalk], clouds: ["azure", "kubernetes"], parameters: {} });
    const nowhere = "kubernetes: nothing collected";
    expect(
      asked.controls
        .filter((c) => c.check.startsWith("kubernetes/"))
        .map(({ outcome, target }) => [outcome, target]),
    ).toEqual(Array(6).fill(["unknown", nowhere]));
    expect(asked.targets.map(({ name, complete }) => [name, complete])).toEqual([
      [`azure:${SUBSCRIPTION}`, true],
      [nowhere, false],
    ]);
  });

  it("a baseline without any state: unknown, on a target of its own", () => {
    const report = judge({}, {}, { snapshots: [] });
    expect(report.targets).toMatchObject([{ name: "azure: nothing collected", complete: false }]);
    expect(report.summary.controls).toMatchObject({ pass: 0, unknown: 10 });
  });

  it("no baseline: nothing, and no error", () => {
    expect(judge({}, {}, { baselines: [], parameters: {} })).toMatchObject({
      controls: [],
      findings: [],
      targets: [{ complete: true }],
    });
  });
});

describe("audit: witnesses, waivers, order", () => {
  const fake = (observations: readonly Observation[]): Check => ({
    ...(checks.find((c) => c.id === "inventory/resources") as Check),
    needs: () => [],
    run: () => observations,
  });
  const lying = (
    drift: "missing" | "excess",
    replay: (() => { documented: string; live: string }) | undefined,
  ): Observation => ({
    kind: "drift",
    drift,
    resource: { type: "t", id: "i", name: "n" },
    message: "m",
    property: "p",
    witness: { plane: "control", action: "a/b" },
    ...(replay === undefined ? {} : { replay }),
  });
  const withCheck = (check: Check) =>
    judge({}, {}, { checks: [...checks.filter((c) => c.id !== check.id), check] });

  it("a witness that does not replay fails the run, naming the control", () => {
    const both = { documented: "allowed", live: "allowed" };
    for (const drift of ["missing", "excess"] as const) {
      expect(() => withCheck(fake([lying(drift, () => both)]))).toThrow(
        /^control acme-lake\/parts \(inventory\/resources\): .*does not replay/,
      );
      expect(() => withCheck(fake([lying(drift, undefined)]))).toThrow(/cannot be replayed/);
    }
    expect(
      verdicts(withCheck(fake([lying("excess", () => ({ documented: "denied", live: "allowed" }))]))),
    ).toEqual({ parts: "fail" });
    expect(() =>
      withCheck(fake([lying("excess", () => ({ documented: "undecided", live: "allowed" }))])),
    ).toThrow(/does not replay/);
  });

  it("a check that throws fails the run; one that says nothing is unknown", () => {
    const thrower = {
      ...fake([]),
      run: () => {
        throw new Error("broken");
      },
    };
    expect(() => withCheck(thrower)).toThrow("control acme-lake/parts (inventory/resources): broken");
    const silent = withCheck(fake([]));
    expect(silent.controls.find((c) => c.id === "acme-lake/parts")).toMatchObject({
      outcome: "unknown",
      reason: "nothing was assessed",
    });
    expect(silent.targets[0]?.complete).toBe(false);
  });

  it("applies waivers", () => {
    const waivers = parseWaivers(
      [
        "waivers:",
        "  - control: acme-lake/all-access",
        "    pattern: microsoft.search/searchservices/delete",
        "    reason: agreed",
        "    owner: me",
        "    expires: 2027-01-01",
      ].join("\n"),
      "waivers.yaml",
    );
    const report = judge(widened(["Microsoft.Search/searchServices/delete"]), {}, { waivers });
    expect(verdicts(report)).toEqual({ "keeper-role": "fail", "all-access": "waived" });
  });

  it("fault 17: shuffled documents, lists in documents and upper-case ids of principals give the same bytes", () => {
    const drifted: Partial<AzureState> = {
      ...clean,
      ...widened(["Microsoft.Search/*", "Microsoft.Authorization/roleAssignments/write"]),
      roleAssignments: [
        ...clean.roleAssignments,
        roleAssignment({
          name: "a3",
          role: builtIn.owner,
          principal: GROUP,
          principalType: "Group",
          scope: group("rg-x"),
        }),
        roleAssignment({ name: "a4", role: builtIn.reader, principal: VENDOR }),
        roleAssignment({ name: "a5", role: ROLE, principal: STRANGER, principalType: "Unknown" }),
      ],
      groups: { [GROUP]: [VENDOR] },
      resourceGroups: [resourceGroup("rg-x"), resourceGroup("rg-lake"), resourceGroup("rg-a")],
    };
    const reversed = (state: Partial<AzureState>): Partial<AzureState> =>
      Object.fromEntries(Object.entries(state).map(([k, v]) => [k, Array.isArray(v) ? [...v].reverse() : v]));
    const first = judge(drifted);
    expect(first.findings.length).toBeGreaterThan(6);
    const snapshot = snapshotOf(reversed(drifted), { roleNames: ["Acme Lake Keeper"] });
    const shuffled: Snapshot = { ...snapshot, documents: [...snapshot.documents].reverse() };
    expect(JSON.stringify(judge({}, {}, { snapshots: [{ snapshot: shuffled }] }))).toBe(
      JSON.stringify(first),
    );
  });

  it("several targets: each its own, names made unique, parameters of its own", () => {
    const snapshot = snapshotOf(clean, { roleNames: ["Acme Lake Keeper"] });
    const report = judge(
      {},
      {},
      {
        snapshots: [
          { snapshot },
          { snapshot, parameters: { place: group("rg-lake"), groups: "rg-lake" } },
          { snapshot, name: "named" },
        ],
      },
    );
    expect(report.targets.map((t) => t.name)).toEqual([
      `azure:${SUBSCRIPTION}`,
      `azure:${SUBSCRIPTION} (2)`,
      "named",
    ]);
    const failed = report.controls.filter((c) => c.outcome === "fail").map((c) => [c.target, c.id]);
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.every(([target]) => target === `azure:${SUBSCRIPTION} (2)`)).toBe(true);
  });
});
