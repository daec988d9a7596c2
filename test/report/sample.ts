import { buildReport, type ReportParts } from "../../src/report/build.ts";
import { fingerprint } from "../../src/report/fingerprint.ts";
import type { ControlResult, Drift, Finding, Report, Severity, Target } from "../../src/report/report.ts";

/** Hand-made reports. The vendor is invented; nothing here is a bundled baseline's. */

export const SUBSCRIPTION = "/subscriptions/6b1f0000-0000-4000-8000-000000004e5f";
export const OTHER = "/subscriptions/77770000-0000-4000-8000-000000002222";
export const FILE = "baselines/acme-azure/2026-11-20.yaml";
const ROLE_ID = `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/5d0f0000-0000-4000-8000-00000000aaaa`;
const PRINCIPAL_ID = "aaaaaaaa-0000-4000-8000-000000000001";
const PAGE = "https://docs.acme.example/azure";

export const ORDER = [
  "platform-role",
  "platform-assignment",
  "effective-access",
  "log-reader-role",
  "key-vault-access",
  "aks-rbac",
  "subscription-separation",
  "platform-services",
  "cluster-role",
  "namespace-role",
].map((id) => `acme-azure/${id}`);

export function target(scope: string = SUBSCRIPTION, more: Partial<Target> = {}): Target {
  return {
    name: `azure:${scope}`,
    cloud: "azure",
    scope,
    complete: true,
    unread: [],
    principals: [{ id: PRINCIPAL_ID, name: "acme-platform" }],
    notes: ["not considered: Azure Lighthouse delegations, classic administrators"],
    catalog: { date: "2026-11-21T08:00:00Z", operations: 1482 },
    ...more,
  };
}

const CHECKS: Readonly<Record<string, string>> = {
  "platform-role": "azure/role-definition",
  "platform-assignment": "azure/role-assignment",
  "effective-access": "azure/effective-access",
  "log-reader-role": "azure/role-definition",
  "key-vault-access": "azure/key-vault-access",
  "aks-rbac": "config/resource-state",
  "subscription-separation": "azure/subscription-separation",
  "platform-services": "inventory/resources",
  "aws-role": "aws/policy",
  "cluster-role": "kubernetes/role",
  "namespace-role": "kubernetes/role",
};

export function control(
  id: string,
  outcome: ControlResult["outcome"],
  more: Partial<ControlResult> = {},
): ControlResult {
  return {
    id: `acme-azure/${id}`,
    title: `The control ${id}`,
    check: CHECKS[id] ?? "azure/role-definition",
    target: `azure:${SUBSCRIPTION}`,
    outcome,
    ...more,
  };
}

export interface FindingInput extends Partial<Omit<Finding, "control" | "drift" | "severity">> {
  readonly control: string;
  readonly drift: Drift;
  readonly severity: Severity;
  readonly scope?: string;
  readonly property?: string;
}

export function finding({
  control: id,
  drift,
  severity,
  scope = SUBSCRIPTION,
  property,
  ...more
}: FindingInput): Finding {
  const effective = id === "effective-access";
  const resource = more.resource ?? {
    type: effective ? "principal" : "Microsoft.Authorization/roleDefinitions",
    id: effective ? PRINCIPAL_ID : ROLE_ID,
    name: effective ? "acme-platform" : "Acme Platform",
  };
  const rule = more.rule ?? `${CHECKS[id] ?? "azure/role-definition"}/${drift}`;
  return {
    fingerprint: fingerprint({
      cloud: "azure",
      rule,
      control: `acme-azure/${id}`,
      scope,
      resource: resource.id,
      property: property ?? more.pattern ?? "",
    }),
    rule,
    control: `acme-azure/${id}`,
    target: `azure:${scope}`,
    outcome: "fail",
    drift,
    severity,
    resource,
    message: `${drift} of ${more.pattern ?? id}`,
    location: { file: FILE, line: 34 },
    documentation: { title: "Acme on Azure", url: PAGE, section: "Core permissions" },
    ...more,
  };
}

export function report(parts: Partial<ReportParts> = {}): Report {
  return buildReport({
    version: "0.1.0",
    startedAt: "2026-11-21T08:00:00Z",
    finishedAt: "2026-11-21T08:00:07Z",
    baselines: [
      {
        id: "acme-azure",
        version: "2026-11-20",
        sha256: "a".repeat(64),
        title: "Acme on Azure",
        url: PAGE,
        file: FILE,
      },
    ],
    targets: [target()],
    controls: [],
    findings: [],
    order: ORDER,
    ...parts,
  });
}

export const SKIPPED = [
  control("cluster-role", "skipped", { reason: "Kubernetes controls; not in this version" }),
  control("namespace-role", "skipped", { reason: "Kubernetes controls; not in this version" }),
];

const FINE = [
  control("platform-assignment", "pass", { reason: "1 assignment compared" }),
  control("log-reader-role", "pass", { optional: true, absent: true }),
  control("aks-rbac", "pass"),
  control("subscription-separation", "pass"),
];

const COMPUTE = {
  drift: "excess",
  severity: "high",
  pattern: "Microsoft.Compute/*",
  except: [
    "Microsoft.Compute/virtualMachines/*",
    "Microsoft.Compute/disks/read",
    "Microsoft.Compute/disks/write",
    "Microsoft.Compute/disks/delete",
    "Microsoft.Compute/snapshots/read",
    "Microsoft.Compute/images/read",
    "Microsoft.Compute/locations/*/read",
  ],
  plane: "control",
  witness: { action: "Microsoft.Compute/capacityReservationGroups/write", plane: "control" },
  known: {
    count: 214,
    examples: ["Microsoft.Compute/capacityReservationGroups/write", "Microsoft.Compute/galleries/write"],
    catalog: "2026-11-21",
  },
} as const;

/** The world of the drawing board: an assignment of Owner through a group, a widened role, one action gone. */
export function driftFindings(): Finding[] {
  return [
    finding({
      control: "effective-access",
      drift: "excess",
      severity: "critical",
      pattern: "Microsoft.Authorization/*",
      except: [
        "Microsoft.Authorization/roleAssignments/read",
        "Microsoft.Authorization/roleAssignments/write",
        "Microsoft.Authorization/roleAssignments/delete",
        "Microsoft.Authorization/roleDefinitions/read",
      ],
      plane: "control",
      witness: {
        action: "Microsoft.Authorization/roleDefinitions/write",
        plane: "control",
        scope: `${SUBSCRIPTION}/resourceGroups/rg-acme`,
      },
      witnesses: [
        {
          action: "Microsoft.Authorization/policyAssignments/write",
          plane: "control",
          scope: `${SUBSCRIPTION}/resourceGroups/rg-acme`,
        },
        {
          action: "Microsoft.Authorization/elevateAccess/action",
          plane: "control",
          scope: `${SUBSCRIPTION}/resourceGroups/rg-acme`,
        },
      ],
      known: {
        count: 23,
        examples: ["Microsoft.Authorization/roleDefinitions/write"],
        catalog: "2026-11-21",
      },
      by: "Owner, to group platform-team",
      why: "Whoever may write role definitions can grant itself everything else.",
      expected: [
        "Microsoft.Authorization/roleAssignments/read",
        "Microsoft.Authorization/roleDefinitions/read",
      ],
      actual: ["Microsoft.Authorization/*"],
      verify: `az role assignment list --assignee ${PRINCIPAL_ID} --all --include-groups`,
      remediation: {
        text: "Take the group out of the role Owner, or the principal out of the group.",
        commands: [
          "az role assignment delete --ids /subscriptions/6b1f0000-0000-4000-8000-000000004e5f/resourceGroups/rg-acme/providers/Microsoft.Authorization/roleAssignments/0001",
        ],
      },
    }),
    finding({ control: "platform-role", ...COMPUTE }),
    finding({
      control: "effective-access",
      ...COMPUTE,
      witness: { ...COMPUTE.witness, scope: SUBSCRIPTION },
      by: "Acme Platform",
    }),
    finding({
      control: "platform-role",
      drift: "missing",
      severity: "medium",
      pattern: "Microsoft.Sql/servers/*",
      except: [],
      plane: "control",
      witness: { action: "Microsoft.Sql/servers/write", plane: "control" },
      known: { count: 41, examples: ["Microsoft.Sql/servers/write"], catalog: "2026-11-21" },
    }),
    finding({
      control: "platform-role",
      drift: "excess",
      severity: "low",
      pattern: "Microsoft.Future/things/*",
      except: [],
      plane: "data",
      witness: { action: "Microsoft.Future/things/<any>", plane: "data" },
      known: { count: 0, examples: [], catalog: "2026-11-21" },
      latent: true,
    }),
    finding({
      control: "platform-services",
      drift: "absent",
      severity: "info",
      property: "Redis",
      resource: { type: "subscription", id: SUBSCRIPTION, name: "6b1f" },
      message: "no resource of type Microsoft.Cache/redis is in the subscription; the page lists Redis",
    }),
  ];
}

const VAULT_REFUSED = "listing vaults was refused: needs Microsoft.KeyVault/vaults/read at the subscription";

export const VAULT_UNREAD = {
  kind: "azure/vault",
  api: "GET /subscriptions/6b1f0000-0000-4000-8000-000000004e5f/providers/Microsoft.KeyVault/vaults",
  cause: "denied",
  permission: "Microsoft.KeyVault/vaults/read",
  detail: "answered 403 AuthorizationFailed",
} as const;

export function driftControls(): ControlResult[] {
  return [
    control("platform-role", "fail"),
    control("effective-access", "fail"),
    control("platform-services", "fail"),
    control("key-vault-access", "unknown", { reason: VAULT_REFUSED }),
    ...FINE,
    ...SKIPPED,
  ];
}

export const worlds = {
  drift: () => report({ targets: [target()], controls: driftControls(), findings: driftFindings() }),
  none: () =>
    report({
      controls: [
        ...FINE,
        control("platform-role", "pass"),
        control("effective-access", "pass"),
        control("key-vault-access", "pass"),
        control("platform-services", "pass"),
      ],
    }),
  nothing: () =>
    report({
      targets: [
        target(SUBSCRIPTION, {
          complete: false,
          principals: [],
          notes: [],
          unread: [
            {
              kind: "azure/role-definition",
              api: `GET ${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions`,
              cause: "denied",
              permission: "Microsoft.Authorization/roleDefinitions/read",
              detail: "answered 403 AuthorizationFailed",
            },
            {
              kind: "azure/role-assignment",
              api: `GET ${SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments`,
              cause: "throttled",
              detail: "answered 429 five times; gave up after 60 s",
            },
          ],
        }),
      ],
      controls: ORDER.slice(0, 8).map((id) =>
        control(id.slice(id.indexOf("/") + 1), "unknown", { reason: "role definitions could not be read" }),
      ),
    }),
  partial: () =>
    report({
      targets: [target(SUBSCRIPTION, { complete: false, unread: [VAULT_UNREAD] })],
      controls: [
        ...FINE,
        control("platform-role", "pass"),
        control("effective-access", "unknown", { reason: "a part could not be decided" }),
        control("key-vault-access", "unknown", { reason: VAULT_REFUSED }),
      ],
      findings: [
        finding({
          control: "effective-access",
          drift: "unreadable",
          severity: "medium",
          outcome: "unknown",
          property: "deny",
          message:
            "a deny assignment names the group 1f2e3d4c-0000-4000-8000-00000000beef, and whether acme-platform is a member cannot be read (AZ6)",
        }),
      ],
    }),
  waived: () =>
    report({
      controls: [
        ...FINE,
        control("platform-role", "waived", { reason: "one difference accepted until 2027-01-31" }),
        control("effective-access", "pass"),
      ],
      findings: [
        finding({
          control: "platform-role",
          ...COMPUTE,
          outcome: "waived",
          waiver: { reason: "pilot of the new image builder", owner: "cloud-team", expires: "2027-01-31" },
        }),
        finding({
          control: "log-reader-role",
          drift: "absent",
          severity: "info",
          outcome: "pass",
          property: "role",
          message: "the optional log reader role is not there; logs are not shown in the vendor's console",
        }),
      ],
    }),
} satisfies Record<string, () => Report>;
