import { describe, expect, it } from "vitest";
import { roleDefinition as check } from "../../../src/checks/azure/role-definition.ts";
import { readCatalog } from "../../../src/state/azure/catalog.ts";
import type { Observation } from "../../../src/wording/observation.ts";
import { type AzureState, azureState, builtIn, provider, roleAssignment } from "../../servers/azure-state.ts";
import {
  briefs,
  control,
  denied,
  factsIn,
  type Recording,
  ROLE,
  run,
  STRANGER,
  SUBSCRIPTION,
  VENDOR,
  vendorRole,
} from "../world.ts";

const DOCUMENTED = [
  {
    actions: ["Microsoft.Search/searchServices/*", "Microsoft.Relay/namespaces/read"],
    notActions: ["Microsoft.Search/searchServices/delete"],
    dataActions: ["Microsoft.Search/searchServices/indexes/documents/*"],
    notDataActions: [],
  },
];
const PARAMS = { role: "Pump Keeper", permissions: DOCUMENTED, assignableScopes: ["/subscriptions/*"] };
const BUILT_IN = azureState().roleDefinitions;

function look(
  roles: AzureState["roleDefinitions"],
  params: unknown = PARAMS,
  recording: Recording = {},
  more: Parameters<typeof run>[3] & { optional?: boolean } = {},
): readonly Observation[] {
  const { optional, ...context } = more;
  const facts = factsIn({ roleDefinitions: [...BUILT_IN, ...roles] }, { principals: [VENDOR], ...recording });
  return run(
    check,
    facts,
    control("keeper-role", check.id, params, { optional: optional ?? false }),
    context,
  );
}

const ASSESSED = "assessed 3 documented permissions";

describe("azure/role-definition compares what a role grants, not how it is written", () => {
  const same: readonly (readonly [string, Parameters<typeof vendorRole>[0]])[] = [
    ["as documented", DOCUMENTED],
    [
      "AZ1: in capitals, in another order, twice",
      [
        {
          actions: [
            "MICROSOFT.RELAY/NAMESPACES/READ",
            "MICROSOFT.SEARCH/SEARCHSERVICES/*",
            "microsoft.relay/namespaces/read",
          ],
          notActions: ["MICROSOFT.SEARCH/SEARCHSERVICES/DELETE"],
          dataActions: ["microsoft.search/searchservices/indexes/DOCUMENTS/*"],
        },
      ],
    ],
    [
      "AZ2: split over objects, with notActions that touch nothing of their object",
      [
        { actions: ["Microsoft.Relay/namespaces/read"], notActions: ["Microsoft.Search/*"] },
        {
          actions: ["Microsoft.Search/searchServices/*"],
          notActions: ["Microsoft.Search/searchServices/delete"],
        },
        { dataActions: ["Microsoft.Search/searchServices/indexes/documents/*"] },
      ],
    ],
    [
      "with entries that others cover",
      [
        {
          ...DOCUMENTED[0],
          actions: [...(DOCUMENTED[0]?.actions ?? []), "Microsoft.Search/searchServices/indexes/read"],
        },
      ],
    ],
  ];
  it.each(same)("passes a role that is %s", (_, permissions) => {
    expect(briefs(look([vendorRole(permissions)]))).toEqual([ASSESSED]);
  });

  const different: readonly (readonly [string, Parameters<typeof vendorRole>[0], readonly string[]])[] = [
    [
      "AZ1: widened to its provider",
      [{ ...DOCUMENTED[0], actions: ["Microsoft.Search/*", "Microsoft.Relay/namespaces/read"] }],
      ["drift excess | Microsoft.Search/* | except Microsoft.Search/searchServices/*"],
    ],
    [
      "narrowed",
      [{ ...DOCUMENTED[0], actions: ["Microsoft.Search/searchServices/*"] }],
      ["drift missing | Microsoft.Relay/namespaces/read"],
    ],
    [
      "AZ2: notActions of another object restore nothing, and take nothing",
      [
        { ...DOCUMENTED[0], notActions: [] },
        { actions: [], notActions: ["Microsoft.Search/searchServices/delete"] },
      ],
      ["drift excess | Microsoft.Search/searchServices/delete"],
    ],
    [
      "AZ3: with the planes swapped",
      [
        {
          actions: ["Microsoft.Search/searchServices/indexes/documents/*"],
          dataActions: ["Microsoft.Search/searchServices/*", "Microsoft.Relay/namespaces/read"],
        },
      ],
      [
        "drift excess | data:Microsoft.Relay/namespaces/read",
        "drift excess | data:Microsoft.Search/searchServices/* | except Microsoft.Search/searchServices/indexes/documents/*",
        "drift missing | Microsoft.Relay/namespaces/read",
        "drift missing | Microsoft.Search/searchServices/* | except Microsoft.Search/searchServices/delete Microsoft.Search/searchServices/indexes/documents/*",
      ],
    ],
    [
      "AZ3: every data action",
      [{ ...DOCUMENTED[0], dataActions: ["*"] }],
      ["drift excess | data:* | except Microsoft.Search/searchServices/indexes/documents/*"],
    ],
    [
      "empty",
      [],
      [
        "drift missing | Microsoft.Relay/namespaces/read",
        "drift missing | Microsoft.Search/searchServices/* | except Microsoft.Search/searchServices/delete",
        "drift missing | data:Microsoft.Search/searchServices/indexes/documents/*",
      ],
    ],
  ];
  it.each(different)("reports a role that is %s", (_, permissions, expected) => {
    expect(briefs(look([vendorRole(permissions)]))).toEqual([ASSESSED, ...expected].sort());
  });

  it("AZ5: leaves a condition inside the role undecided, never equal", () => {
    const found = look([vendorRole([{ ...DOCUMENTED[0], condition: "@Resource[x] StringEquals 'y'" }])]);
    expect(found.filter((o) => o.kind === "drift")).toEqual([]);
    const unknown = found.filter((o) => o.kind === "unknown");
    expect(unknown.map((o) => o.pattern).sort()).toEqual([
      "Microsoft.Relay/namespaces/read",
      "Microsoft.Search/searchServices/*",
      "Microsoft.Search/searchServices/indexes/documents/*",
    ]);
    for (const o of unknown) {
      expect(o.clause).toMatch(/^AZ[59]/);
      expect(o.decide).toMatch(/\S/);
    }
  });

  it("anchors a missing pattern to its own line and an excess to the nearest", () => {
    const [missing] = look([vendorRole([{ ...DOCUMENTED[0], dataActions: [] }])]).filter(
      (o) => o.kind === "drift",
    );
    expect(missing?.at).toBe("/permissions/0/dataActions/0");
    const at = (action: string) =>
      look([vendorRole([...DOCUMENTED, { actions: [action] }])]).flatMap((o) =>
        o.kind === "drift" ? [o.at] : [],
      );
    expect(at("Microsoft.Relay/namespaces/write")).toEqual(["/permissions/0/actions/1"]);
    expect(at("Microsoft.Search/searchServices/d*")).toEqual(["/permissions/0/actions/0"]);
    expect(at("Microsoft.Kusto/clusters/read")).toEqual(["/permissions"]);
  });

  it("G6: counts today's operations and calls a difference without any latent", () => {
    const operations = [
      provider("Microsoft.Search", [
        "Microsoft.Search/searchServices/read",
        "Microsoft.Search/operations/read",
      ]),
    ];
    const entries = readCatalog(factsIn({ operations })) ?? [];
    const drift = look(
      [vendorRole([...DOCUMENTED, { actions: ["Microsoft.Search/*", "Microsoft.Kusto/*"] }])],
      PARAMS,
      {},
      { catalog: { entries, date: "2026-11-21" } },
    ).filter((o) => o.kind === "drift");
    expect(drift.map((o) => [o.pattern, o.known, o.latent])).toEqual([
      ["Microsoft.Kusto/*", { count: 0, examples: [] }, true],
      ["Microsoft.Search/*", { count: 1, examples: ["Microsoft.Search/operations/read"] }, false],
      ["Microsoft.Search/searchServices/delete", { count: 0, examples: [] }, true],
    ]);
  });

  it("says who can grant itself more (impact), and what to type", () => {
    const [o] = look([
      vendorRole([...DOCUMENTED, { actions: ["Microsoft.Authorization/roleAssignments/write"] }]),
    ]);
    expect(o).toMatchObject({
      kind: "drift",
      drift: "excess",
      impact: "escalation",
      verify: `az role definition list --name 'Pump Keeper' --scope ${SUBSCRIPTION} --output json`,
      witness: { plane: "control", action: "Microsoft.Authorization/roleAssignments/write" },
    });
  });
});

describe("azure/role-definition finds the role", () => {
  it("AZ11: by name in any case, or by id", () => {
    const role = vendorRole(DOCUMENTED);
    for (const name of ["pump KEEPER", ROLE.toUpperCase(), String(role.id)]) {
      expect(briefs(look([role], { ...PARAMS, role: name }))).toEqual([ASSESSED]);
    }
  });

  it("compares each of several with that name", () => {
    const other = vendorRole(
      [{ actions: ["Microsoft.Kusto/*"] }, ...DOCUMENTED],
      "Pump Keeper",
      "22222222-0000-4000-8000-000000000002",
    );
    expect(briefs(look([vendorRole(DOCUMENTED), other]))).toEqual([
      ASSESSED,
      ASSESSED,
      "drift excess | Microsoft.Kusto/*",
    ]);
  });

  it("fault 40: absent in an account that can be read is drift; optional, it is a note", () => {
    expect(briefs(look([]))).toEqual(["drift absent | (role)"]);
    const optional = look([], PARAMS, {}, { optional: true });
    expect(briefs(optional)).toEqual(["note absent | (role)"]);
    expect(optional).toMatchObject([{ absent: true }]);
  });

  it("fault 40: a list without even built-in roles is unknown, not absent", () => {
    const found = run(check, factsIn({ roleDefinitions: [] }), control("keeper-role", check.id, PARAMS));
    expect(briefs(found)).toEqual(["unknown | (role)"]);
  });

  it("is unknown when the role may be one that could not be read", () => {
    expect(briefs(look([], PARAMS, { unread: [denied("azure/role-definition", "some-id")] }))).toEqual([
      "unknown | (role)",
    ]);
  });

  it.each([null, undefined, "none"])("is unknown when the role came with permissions %j", (permissions) => {
    const role = vendorRole(DOCUMENTED);
    const body = { ...role, properties: { ...(role.properties as object), permissions } };
    expect(briefs(look([body]))).toEqual(["unknown | (permissions)"]);
  });

  it("is unknown when the role came twice with different permissions; twice the same is once", () => {
    const role = vendorRole(DOCUMENTED);
    const other = { ...vendorRole([{ actions: ["*"] }]), id: String(role.id).toUpperCase() };
    expect(briefs(look([role, other]))).toEqual(["unknown | (permissions)"]);
    expect(briefs(look([role, { ...role, id: String(role.id).toUpperCase() }]))).toEqual([ASSESSED]);
  });

  it("reads null, absent and oddly spelled properties alike", () => {
    const body = {
      id: `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${ROLE.toUpperCase()}`,
      properties: {
        RoleName: "Pump Keeper",
        type: "CustomRole",
        permissions: [{ ...DOCUMENTED[0], notDataActions: null }, { actions: null }],
        assignableScopes: null,
      },
    };
    expect(briefs(look([body]))).toEqual([ASSESSED]);
  });
});

describe("AZ8: assignableScopes grant nothing", () => {
  const scoped = (scopes: readonly string[]) => {
    const role = vendorRole(DOCUMENTED);
    return { ...role, properties: { ...(role.properties as object), assignableScopes: scopes } };
  };
  it("accepts a scope at or below a documented one, in any case", () => {
    expect(briefs(look([scoped([SUBSCRIPTION.toUpperCase(), `${SUBSCRIPTION}/resourceGroups/rg`])]))).toEqual(
      [ASSESSED],
    );
  });
  it("reports a wider one, low", () => {
    const found = look([scoped([SUBSCRIPTION, "/providers/Microsoft.Management/managementGroups/root-mg"])]);
    expect(briefs(found)).toEqual([
      ASSESSED,
      "drift wider | (assignableScopes:/providers/Microsoft.Management/managementGroups/root-mg)",
    ]);
    expect(found.find((o) => o.kind === "drift")).toMatchObject({ severity: "low", at: "/assignableScopes" });
  });
});

describe("azure/role-definition without a name takes the held role that comes nearest", () => {
  const unnamed = { permissions: DOCUMENTED };
  const named = control("other-role", check.id, {
    role: "Named Elsewhere",
    permissions: [{ actions: ["a/b"] }],
  });
  const own = vendorRole(DOCUMENTED, "Whatever They Call It");
  const held = (role: string, principal = VENDOR) =>
    roleAssignment({ name: `a-${role}-${principal}`, role, principal });
  const observe = (
    roles: AzureState["roleDefinitions"],
    roleAssignments: AzureState["roleAssignments"],
    recording: Recording = {},
    optional = true,
  ) => {
    const facts = factsIn(
      { roleDefinitions: [...BUILT_IN, ...roles], roleAssignments },
      { principals: [VENDOR], ...recording },
    );
    return run(check, facts, control("log-role", check.id, unnamed, { optional }), { others: [named] });
  };

  it("compares it when it is held", () => {
    expect(briefs(observe([own], [held(ROLE)]))).toEqual([ASSESSED]);
    const narrowed = vendorRole(
      [{ actions: ["Microsoft.Search/searchServices/*"], dataActions: DOCUMENTED[0]?.dataActions ?? [] }],
      "Narrowed",
    );
    expect(briefs(observe([narrowed], [held(ROLE)]))).toEqual([
      ASSESSED,
      "drift excess | Microsoft.Search/searchServices/delete",
      "drift missing | Microsoft.Relay/namespaces/read",
    ]);
  });

  it.each([
    ["nobody holds it", [own], []],
    ["somebody else holds it", [own], [held(ROLE, STRANGER)]],
    [
      "it allows half or less of the entries",
      [vendorRole([{ actions: ["Microsoft.Relay/namespaces/read"] }])],
      [held(ROLE)],
    ],
    ["another control names it", [vendorRole(DOCUMENTED, "Named Elsewhere")], [held(ROLE)]],
    ["only a built-in role allows it", [], [held(builtIn.owner)]],
  ] as const)("is absent when %s", (_, roles, assignments) => {
    expect(briefs(observe(roles, assignments))).toEqual(["note absent | (role)"]);
    expect(briefs(observe(roles, assignments, {}, false))).toEqual(["drift absent | (role)"]);
  });

  it("is unknown when what the principal holds could not be read", () => {
    const recording = {
      without: ["azure/assigned-to"],
      unread: [denied("azure/assigned-to", VENDOR)],
    } as const;
    expect(briefs(observe([own], [held(ROLE)], recording))).toEqual(["unknown | (role)"]);
  });
});
