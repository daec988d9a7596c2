import type { Report, Snapshot, SnapshotDocument } from "../src/index.ts";
import { audit, loadBaseline } from "../src/index.ts";

const SUBSCRIPTION = "/subscriptions/6b1f2a30-9c4d-4e1b-8a77-0d2c9f114e5f";
const PRINCIPAL = "aaaaaaaa-5b1e-4c55-9d0e-3f7f52aa0001";
const NOW = "2026-11-21T06:00:00.000Z";

/** A small generator of its own, so that every run compares the same roles. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

const PROVIDERS = [
  "Compute",
  "Network",
  "Storage",
  "KeyVault",
  "Sql",
  "Web",
  "Insights",
  "Authorization",
  "Cache",
  "EventHub",
];
const TYPES = [
  "virtualMachines",
  "disks",
  "virtualNetworks",
  "storageAccounts",
  "vaults",
  "servers",
  "sites",
  "components",
];
const VERBS = ["read", "write", "delete", "*", "start/action", "listKeys/action"];

/** Roles of the shape of Azure's own: a few to some hundred actions, some broad with exclusions, some with data actions. */
export function realisticRoles(count: number): { permissions: Record<string, string[]>[] }[] {
  const next = random(42);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const action = () => {
    const shape = next();
    if (shape < 0.05) return "*/read";
    if (shape < 0.15) return `Microsoft.${pick(PROVIDERS)}/*`;
    return `Microsoft.${pick(PROVIDERS)}/${pick(TYPES)}/${pick(VERBS)}`;
  };
  return Array.from({ length: count }, () => {
    const size = 1 + Math.floor(next() ** 4 * 200);
    const broad = next() < 0.05;
    return {
      permissions: [
        {
          actions: broad ? ["*"] : Array.from({ length: size }, action),
          notActions: broad || next() < 0.1 ? Array.from({ length: 6 }, action) : [],
          dataActions: next() < 0.2 ? Array.from({ length: 3 }, action) : [],
        },
      ],
    };
  });
}

const definition = (n: number, name: string, permissions: unknown): SnapshotDocument => {
  const id = `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
  return {
    kind: "azure/role-definition",
    id,
    body: {
      id,
      name: id.slice(-36),
      properties: { roleName: name, type: "CustomRole", permissions, assignableScopes: [SUBSCRIPTION] },
    },
  };
};

const assignment = (n: number, role: number, scope: string) => ({
  id: `${scope}/providers/Microsoft.Authorization/roleAssignments/a${n}`,
  name: `a${n}`,
  properties: {
    scope,
    principalId: PRINCIPAL,
    principalType: "ServicePrincipal",
    roleDefinitionId: `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/00000000-0000-4000-8000-${String(role).padStart(12, "0")}`,
  },
});

/** An account with that many role definitions, and a principal with that many assignments over many resource groups. */
export function growthSnapshot(size: { assignments: number; roles: number }): Snapshot {
  const documented = loadBaseline("chalk-azure").baseline.controls.find(
    (c) => c.check === "azure/role-definition",
  )?.with as {
    role: string;
    permissions: unknown;
  };
  const roles = realisticRoles(size.roles).map((r, i) => definition(i + 1, `Role ${i + 1}`, r.permissions));
  const value = [
    assignment(0, 0, SUBSCRIPTION),
    ...Array.from({ length: size.assignments }, (_, i) =>
      assignment(i + 1, (i % size.roles) + 1, `${SUBSCRIPTION}/resourceGroups/rg${i}`),
    ),
  ];
  return {
    schema: 1,
    provider: "azure",
    scope: SUBSCRIPTION,
    takenAt: NOW,
    principals: [PRINCIPAL],
    documents: [
      definition(0, documented.role, documented.permissions),
      ...roles,
      { kind: "azure/assigned-to", id: PRINCIPAL, body: { value } },
    ],
    unread: [],
  };
}

/** A report with that many findings, from real ones of an audit. */
export function manyFindings(count: number): Report {
  const report = audit({
    baselines: [loadBaseline("chalk-azure")],
    snapshots: [{ snapshot: growthSnapshot({ assignments: 50, roles: 50 }) }],
    clouds: ["azure"],
    now: NOW,
    version: "bench",
  });
  const failing = report.findings.filter((f) => f.outcome === "fail");
  const findings = Array.from({ length: count }, (_, i) => {
    const finding = failing[i % failing.length] as Report["findings"][number];
    return {
      ...finding,
      fingerprint: i.toString(16).padStart(32, "0"),
      resource: { ...finding.resource, id: `${finding.resource.id}/${i}` },
    };
  });
  return { ...report, targets: report.targets.map((t) => ({ ...t, complete: true })), findings };
}
