import { describe, expect, it } from "vitest";
import { effectiveAccess as check } from "../../../src/checks/azure/effective-access.ts";
import type { Observation } from "../../../src/wording/observation.ts";
import { timesAsLong } from "../../growth.ts";
import {
  type AzureState,
  azureState,
  builtIn,
  denyAssignment,
  eligibility,
  roleAssignment,
  roleDefinition,
} from "../../servers/azure-state.ts";
import {
  briefs,
  control,
  denied,
  factsIn,
  GROUP,
  group,
  MANAGEMENT_GROUP,
  OTHER_GROUP,
  type Recording,
  ROLE,
  run,
  STRANGER,
  SUBSCRIPTION,
  VENDOR,
  vendorRole,
} from "../world.ts";

const DOCUMENTED = [{ actions: ["Microsoft.Search/*", "Microsoft.Relay/namespaces/write"] }];
const WRITER = "8ebe5a00-799e-43f5-93ac-243d3dce84a7";
const OPTIONAL = "44444444-0000-4000-8000-000000000004";

const keeper = control("keeper-role", "azure/role-definition", {
  role: "Pump Keeper",
  permissions: DOCUMENTED,
});
const gauge = control(
  "gauge-role",
  "azure/role-definition",
  { role: "Gauge", permissions: [{ actions: ["Microsoft.Kusto/clusters/read"] }] },
  { optional: true },
);
const roleDefinitions = [
  ...azureState().roleDefinitions,
  vendorRole(DOCUMENTED),
  vendorRole([{ actions: ["Microsoft.Kusto/clusters/read"] }], "Gauge", OPTIONAL),
  roleDefinition({
    id: WRITER,
    name: "Index Writer",
    type: "BuiltInRole",
    permissions: [{ dataActions: ["Microsoft.Search/*"] }],
  }),
];

const hold = (
  role: string,
  scope: string = SUBSCRIPTION,
  more: Partial<Parameters<typeof roleAssignment>[0]> = {},
) => roleAssignment({ name: `a-${role}-${scope}`, role, principal: VENDOR, scope, ...more });
const KEEPER = hold(ROLE);
const deny = (more: Partial<Parameters<typeof denyAssignment>[0]>) =>
  denyAssignment({
    name: "no",
    scope: SUBSCRIPTION,
    permissions: [{ actions: ["Microsoft.Search/delete"] }],
    ...more,
  });

function look(
  state: Partial<AzureState>,
  params: object = {},
  recording: Recording = {},
  more: Parameters<typeof run>[3] = {},
): readonly Observation[] {
  const facts = factsIn({ roleDefinitions, ...state }, { principals: [VENDOR], ...recording });
  const own = control("all-access", check.id, {
    scope: SUBSCRIPTION,
    required: ["keeper-role"],
    optional: ["gauge-role"],
    ...params,
  });
  return run(check, facts, own, { others: [keeper, gauge], ...more });
}

/** Pattern by pattern, without what is excepted. */
function terse(observations: readonly Observation[]): readonly string[] {
  return briefs(
    observations.filter((o) => o.kind !== "assessed").map((o) => ({ ...o, except: [] }) as Observation),
  );
}

/** What a role beyond the documented ones shows, given at a scope. */
const excess = (pattern: string, by: string) => `drift excess | ${pattern} | by ${by}`;

describe("azure/effective-access: the sum of what is held (AZ6)", () => {
  const rows: readonly (readonly [string, Partial<AzureState>, readonly string[]])[] = [
    ["the documented role", { roleAssignments: [KEEPER] }, []],
    ["and the optional one", { roleAssignments: [KEEPER, hold(OPTIONAL)] }, []],
    [
      "nothing",
      { roleAssignments: [hold(ROLE, SUBSCRIPTION, { principal: STRANGER })] },
      ["drift absent | (assignments)"],
    ],
    [
      "Reader beside it",
      { roleAssignments: [KEEPER, hold(builtIn.reader)] },
      [excess("*/read", `Reader, at ${SUBSCRIPTION}`)],
    ],
    [
      "Owner through a group",
      {
        roleAssignments: [
          KEEPER,
          hold(builtIn.owner, SUBSCRIPTION, { principal: GROUP, principalType: "Group" }),
        ],
        groups: { [GROUP]: [VENDOR] },
      },
      [excess("*", `Owner, to group ${GROUP}, at ${SUBSCRIPTION}`)],
    ],
    [
      "Owner on one resource group below",
      { roleAssignments: [KEEPER, hold(builtIn.owner, group("rg1"))] },
      [excess("*", `Owner, at ${group("rg1")}`)],
    ],
    [
      "Reader at a management group",
      { roleAssignments: [KEEPER, hold(builtIn.reader, MANAGEMENT_GROUP)] },
      [excess("*/read", `Reader, at ${MANAGEMENT_GROUP}`)],
    ],
    [
      "Reader at the root and below: once, at the widest",
      {
        roleAssignments: [
          KEEPER,
          hold(builtIn.reader, group("rg1")),
          hold(builtIn.reader, "/"),
          hold(builtIn.reader),
        ],
      },
      [excess("*/read", "Reader, at /")],
    ],
    [
      "AZ6: Reader at two management groups, whose order is not known: two findings",
      {
        roleAssignments: [
          KEEPER,
          hold(builtIn.reader, MANAGEMENT_GROUP),
          hold(builtIn.reader, `${MANAGEMENT_GROUP}-a`),
          hold(builtIn.reader),
        ],
      },
      [
        excess("*/read", `Reader, at ${MANAGEMENT_GROUP}`),
        excess("*/read", `Reader, at ${MANAGEMENT_GROUP}-a`),
      ],
    ],
    [
      "the documented role, but at a management group",
      { roleAssignments: [hold(ROLE, MANAGEMENT_GROUP)] },
      [`drift wider | (scope) | by Pump Keeper, at ${MANAGEMENT_GROUP}`],
    ],
    [
      "the documented role, below only",
      { roleAssignments: [hold(ROLE, group("rg1"))] },
      ["drift missing | Microsoft.Relay/namespaces/write", "drift missing | Microsoft.Search/*"],
    ],
    [
      "AZ4: notActions of one role do not take from another",
      {
        roleAssignments: [KEEPER, hold(OPTIONAL)],
        roleDefinitions: [
          ...azureState().roleDefinitions,
          vendorRole(DOCUMENTED),
          vendorRole(
            [{ actions: ["Microsoft.Kusto/clusters/read"], notActions: ["Microsoft.Search/*"] }],
            "Gauge",
            OPTIONAL,
          ),
        ],
      },
      [],
    ],
    [
      "only the optional role",
      { roleAssignments: [hold(OPTIONAL)] },
      ["drift missing | Microsoft.Relay/namespaces/write", "drift missing | Microsoft.Search/*"],
    ],
    [
      "the documented permissions by two other roles",
      {
        roleAssignments: [hold(ROLE), hold(OPTIONAL)],
        roleDefinitions: [
          ...azureState().roleDefinitions,
          vendorRole([{ actions: ["Microsoft.Search/*"] }], "One"),
          vendorRole([{ actions: ["Microsoft.Relay/namespaces/write"] }], "Two", OPTIONAL),
        ],
      },
      [],
    ],
  ];
  it.each(rows)("%s", (_, state, expected) => {
    expect(terse(look(state))).toEqual([...expected].sort());
  });

  it("a role that no document names, within the documented permissions, at a management group", () => {
    const twin = vendorRole(DOCUMENTED, "Twin", "55555555-0000-4000-8000-000000000005");
    const found = look({
      roleDefinitions: [...roleDefinitions, twin],
      roleAssignments: [KEEPER, hold("55555555-0000-4000-8000-000000000005", MANAGEMENT_GROUP)],
    });
    expect(terse(found)).toEqual([`drift wider | (scope) | by Twin, at ${MANAGEMENT_GROUP}`]);
  });

  it.each([
    ["a harmless extra", { actions: ["Microsoft.Foo/bars/read"] }, "Microsoft.Foo/bars/read", true],
    ["an extra that spans a part of it", { actions: ["*/write"] }, "*/write", true],
    ["one that spans all of it", { actions: ["*"] }, "*", false],
    ["one that spans all of it on the other plane", { dataActions: ["*"] }, "data:*", true],
  ] as const)("AZ6: %s hides no reach of the documented permissions", (_, extra, pattern, told) => {
    const id = "55555555-0000-4000-8000-000000000005";
    const foo = vendorRole([...DOCUMENTED, extra], "Foo", id);
    const found = look({
      roleDefinitions: [...roleDefinitions, foo],
      roleAssignments: [KEEPER, hold(id, MANAGEMENT_GROUP)],
    });
    expect(terse(found)).toEqual([
      excess(pattern, `Foo, at ${MANAGEMENT_GROUP}`),
      ...(told ? [`drift wider | (scope) | by Foo, at ${MANAGEMENT_GROUP}`] : []),
    ]);
  });

  it("E3: two assignments that open a path together, said where it opens and once", () => {
    const assigner = vendorRole(
      [{ actions: ["Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action"] }],
      "Assigner",
      "55555555-0000-4000-8000-000000000005",
    );
    const runner = vendorRole(
      [{ actions: ["Microsoft.Resources/deploymentScripts/*"] }],
      "Runner",
      "66666666-0000-4000-8000-000000000006",
    );
    const seen = (...roleAssignments: AzureState["roleAssignments"]) =>
      look({
        roleDefinitions: [...roleDefinitions, assigner, runner],
        roleAssignments: [KEEPER, ...roleAssignments],
      })
        .flatMap((o) => (o.kind === "drift" && o.drift === "excess" ? [o] : []))
        .map((o) => [o.by, o.impact, o.message.includes("run a deployment script as a managed identity")]);
    const [assign, script] = ["55555555-0000-4000-8000-000000000005", "66666666-0000-4000-8000-000000000006"];
    expect(seen(hold(script))).toEqual([[`Runner, at ${SUBSCRIPTION}`, "write", false]]);
    expect(seen(hold(assign), hold(script, group("a")))).toEqual([
      [`Assigner, at ${SUBSCRIPTION}`, "escalation", false],
      [`Runner, at ${group("a")}`, "escalation", true],
    ]);
    expect(seen(hold(assign), hold(script), hold(script, group("a")))).toEqual([
      [`Assigner, at ${SUBSCRIPTION}`, "escalation", true],
      [`Runner, at ${SUBSCRIPTION}`, "write", false],
    ]);
    // what is done in one group is not done with what is held in another
    expect(seen(hold(assign, group("b")), hold(script, group("a"))).map(([, , opens]) => opens)).toEqual([
      false,
      false,
    ]);
  });

  it("an optional control is never required, wherever it is listed", () => {
    const found = look(
      { roleAssignments: [KEEPER] },
      { required: ["keeper-role", "gauge-role"], optional: [] },
    );
    expect(terse(found)).toEqual([]);
  });

  it("puts the scope into the witness", () => {
    const [found] = look({ roleAssignments: [KEEPER, hold(builtIn.owner, group("rg1"))] });
    expect(found).toMatchObject({
      drift: "excess",
      witness: { plane: "control", scope: group("rg1") },
      impact: "escalation",
    });
  });

  it("says at how many more scopes the same difference is", () => {
    const [found] = look({
      roleAssignments: [
        KEEPER,
        hold(builtIn.reader),
        hold(builtIn.reader, group("a")),
        hold(builtIn.reader, group("b")),
      ],
    });
    expect(found).toMatchObject({
      message: expect.stringContaining(`at ${SUBSCRIPTION}, and at 2 more scopes beyond`),
    });
  });

  it("AZ6: one more assignment of the same role at the same scope is the same excess", () => {
    const own = (name: string) => hold(builtIn.owner, SUBSCRIPTION, { name });
    const through = hold(builtIn.owner, SUBSCRIPTION, {
      name: "a-0",
      principal: GROUP,
      principalType: "Group",
    });
    const of = (...more: AzureState["roleAssignments"]) =>
      look({ roleAssignments: [KEEPER, ...more], groups: { [GROUP]: [VENDOR] } });
    const [one, ...none] = of(own("m-1")).filter((o) => o.kind === "drift");
    expect(none).toEqual([]);
    expect(one?.resource.id).toBe(`${SUBSCRIPTION}#${VENDOR}:${builtIn.owner}`);
    for (const also of [own("a-0"), through]) {
      const [two, ...rest] = of(own("m-1"), also).filter((o) => o.kind === "drift");
      expect(rest).toEqual([]);
      expect([two?.resource, two?.property]).toEqual([one?.resource, one?.property]);
      expect(two).toMatchObject({
        actual: [expect.stringContaining("a-0"), expect.stringContaining("m-1")],
        remediation: { commands: [expect.stringContaining("a-0"), expect.stringContaining("m-1")] },
      });
    }
  });

  it("AZ9: a condition on an assignment leaves what it covers undecided", () => {
    const conditioned = hold(ROLE, SUBSCRIPTION, { condition: "@Resource[x] StringEquals 'y'" });
    const found = look({ roleAssignments: [conditioned] });
    expect(terse(found)).toEqual([
      "unknown | Microsoft.Relay/namespaces/write",
      "unknown | Microsoft.Search/*",
    ]);
    const extra = look({
      roleAssignments: [
        KEEPER,
        hold(builtIn.reader, SUBSCRIPTION, { condition: "@Resource[x] StringEquals 'y'" }),
      ],
    });
    expect(terse(extra)).toEqual(["unknown | */read"]);
  });
});

describe("azure/effective-access: the declared scope", () => {
  it("a resource group: the role there, and nothing above it", () => {
    const scope = group("rg1");
    expect(terse(look({ roleAssignments: [hold(ROLE, scope)] }, { scope }))).toEqual([]);
    expect(terse(look({ roleAssignments: [KEEPER] }, { scope }))).toEqual([
      `drift wider | (scope) | by Pump Keeper, at ${SUBSCRIPTION}`,
    ]);
    expect(
      terse(look({ roleAssignments: [hold(ROLE, scope), hold(ROLE, group("rg10"))] }, { scope })),
    ).toEqual([
      excess("Microsoft.Relay/namespaces/write", `Pump Keeper, at ${group("rg10")}`),
      excess("Microsoft.Search/*", `Pump Keeper, at ${group("rg10")}`),
    ]);
  });

  it("none: wherever in the subscription the role is", () => {
    const anywhere = (roleAssignments: AzureState["roleAssignments"]) =>
      terse(look({ roleAssignments }, { scope: undefined }));
    expect(anywhere([hold(ROLE, group("rg1"))])).toEqual([]);
    expect(anywhere([KEEPER])).toEqual([]);
    expect(anywhere([hold(ROLE, "/")])).toEqual(["drift wider | (scope) | by Pump Keeper, at /"]);
    expect(anywhere([hold(OPTIONAL)])).toEqual([
      "drift missing | Microsoft.Relay/namespaces/write",
      "drift missing | Microsoft.Search/*",
    ]);
  });

  const account = `${group("rg1")}/providers/Microsoft.Search/searchServices/s1`;
  const access = (more: object = {}) =>
    control("index-access", "azure/role-assignment", {
      roles: [{ name: "Index Writer", id: WRITER }],
      scope: `${SUBSCRIPTION}/resourceGroups/rg1/providers/Microsoft.Search/searchServices/*`,
      ...more,
    });
  const withAccess = (roleAssignments: AzureState["roleAssignments"], more: object = {}) =>
    terse(
      look(
        { roleAssignments },
        { required: ["keeper-role", "index-access"] },
        {},
        { others: [keeper, gauge, access(more)] },
      ),
    );

  it("of an assignment control: its own, by pattern", () => {
    expect(withAccess([KEEPER, hold(WRITER, account)])).toEqual([]);
    expect(withAccess([KEEPER])).toEqual(["drift missing | data:Microsoft.Search/*"]);
    expect(withAccess([KEEPER, hold(WRITER, group("rg2"))])).toEqual([
      `drift excess | data:Microsoft.Search/* | by Index Writer, at ${group("rg2")}`,
      "drift missing | data:Microsoft.Search/*",
    ]);
    expect(withAccess([KEEPER, hold(WRITER, group("rg1"))])).toEqual([
      `drift wider | (scope) | by Index Writer, at ${group("rg1")}`,
    ]);
    expect(withAccess([KEEPER, hold(WRITER, group("rg1"))], { scopeOrAbove: [group("rg1")] })).toEqual([]);
  });

  it("a custom role never documents itself", () => {
    const self = control("self", "azure/role-assignment", { roles: [{ name: "Pump Keeper" }] });
    const widened = vendorRole([{ actions: ["*"] }]);
    const state = { roleAssignments: [KEEPER], roleDefinitions: [...azureState().roleDefinitions, widened] };
    const alone = look(state, { required: ["self"], optional: [] }, {}, { others: [self] });
    expect(terse(alone)).toEqual(["unknown | (control:self)"]);
    const described = look(state, { required: ["self"], optional: [] }, {}, { others: [self, keeper] });
    expect(terse(described)).toEqual([excess("*", `Pump Keeper, at ${SUBSCRIPTION}`)]);
  });

  it("a documented built-in role that was not read leaves it unknown", () => {
    const gone = access({ roles: [{ name: "Gone", id: "99999999-0000-4000-8000-000000000009" }] });
    const found = look(
      { roleAssignments: [KEEPER] },
      { required: ["index-access"] },
      {},
      { others: [keeper, gauge, gone] },
    );
    expect(terse(found)).toEqual(["unknown | (control:index-access)"]);
  });
});

describe("azure/effective-access: deny assignments (AZ6)", () => {
  const taken = "drift missing | Microsoft.Search/delete | by deny assignment no";
  const rows: readonly (readonly [
    string,
    Partial<Parameters<typeof denyAssignment>[0]>,
    readonly string[],
  ])[] = [
    ["for everyone, id without hyphens", {}, [taken]],
    [
      "for everyone, id with hyphens",
      { principals: [{ id: "00000000-0000-0000-0000-000000000000", type: "SystemDefined" }] },
      [taken],
    ],
    [
      "for us by id, in capitals",
      { principals: [{ id: VENDOR.toUpperCase(), type: "ServicePrincipal" }] },
      [taken],
    ],
    ["for somebody else", { principals: [{ id: STRANGER, type: "User" }] }, []],
    [
      "for everyone but us",
      { excludePrincipals: [{ id: VENDOR.replaceAll("-", ""), type: "ServicePrincipal" }] },
      [],
    ],
    [
      "for everyone but somebody else",
      { excludePrincipals: [{ id: STRANGER, type: "ServicePrincipal" }] },
      [taken],
    ],
    ["for everyone, below", { scope: group("rg1") }, [taken]],
    ["for everyone, above", { scope: MANAGEMENT_GROUP }, [taken]],
    ["above, and not for child scopes", { scope: MANAGEMENT_GROUP, doNotApplyToChildScopes: true }, []],
    ["here, and not for child scopes", { doNotApplyToChildScopes: true }, [taken]],
    ["of what is not documented", { permissions: [{ actions: ["Microsoft.Kusto/*"] }] }, []],
    [
      "of nothing, by its notActions",
      { permissions: [{ actions: ["Microsoft.Search/*"], notActions: ["*"] }] },
      [],
    ],
  ];
  it.each(rows)("%s", (_, more, expected) => {
    expect(terse(look({ roleAssignments: [KEEPER], denyAssignments: [deny(more)] }))).toEqual(expected);
  });

  it("AZ6: on two resource groups: two findings; on one and a part of it: one", () => {
    const lost = (...scopes: readonly string[]) =>
      look({
        roleAssignments: [KEEPER],
        denyAssignments: scopes.map((scope, i) => deny({ name: `no-${i}`, scope })),
      }).filter((o) => o.kind === "drift");
    const two = lost(group("rg1"), group("rg2"));
    expect(two.map((o) => (o.witness as { scope?: string } | undefined)?.scope)).toEqual([
      group("rg1"),
      group("rg2"),
    ]);
    expect(new Set(two.map((o) => o.property)).size).toBe(2);
    expect(lost(group("rg1"), `${group("rg1")}/providers/Microsoft.Search/searchServices/s`)).toHaveLength(1);
    expect(lost(SUBSCRIPTION, group("rg1"))).toHaveLength(1);
  });

  const throughGroup = { principals: [{ id: GROUP, type: "Group" }] };

  it("for a group: held when an assignment proves it, unknown when none does", () => {
    const proof = hold(OPTIONAL, SUBSCRIPTION, { principal: GROUP, principalType: "Group" });
    const proven = look({
      roleAssignments: [KEEPER, proof],
      groups: { [GROUP]: [VENDOR] },
      denyAssignments: [deny(throughGroup)],
    });
    expect(terse(proven)).toEqual([taken]);
    const open = look({ roleAssignments: [KEEPER], denyAssignments: [deny(throughGroup)] });
    expect(terse(open)).toEqual(["unknown | Microsoft.Search/delete"]);
    expect(open[0]).toMatchObject({
      clause: "AZ6",
      decide: `find out whether ${VENDOR} is a member of ${GROUP}`,
    });
  });

  it("that leaves a group out: unknown, unless a second deny takes it anyway", () => {
    const but = deny({ excludePrincipals: [{ id: OTHER_GROUP, type: "Group" }] });
    expect(terse(look({ roleAssignments: [KEEPER], denyAssignments: [but] }))).toEqual([
      "unknown | Microsoft.Search/delete",
    ]);
    const both = [but, deny({ name: "sure" })];
    expect(terse(look({ roleAssignments: [KEEPER], denyAssignments: both }))).toEqual([
      "drift missing | Microsoft.Search/delete | by deny assignment sure",
    ]);
  });

  it("for an unknown group that would change nothing says nothing", () => {
    const idle = deny({ ...throughGroup, permissions: [{ actions: ["Microsoft.Kusto/clusters/delete"] }] });
    expect(terse(look({ roleAssignments: [KEEPER], denyAssignments: [idle] }))).toEqual([]);
  });

  it("takes excess away, at its scope and below", () => {
    const all = {
      permissions: [{ actions: ["*"], notActions: ["Microsoft.Search/*", "Microsoft.Relay/*"] }],
    };
    const roleAssignments = [KEEPER, hold(builtIn.contributor)];
    expect(terse(look({ roleAssignments }))).toEqual([excess("*", `Contributor, at ${SUBSCRIPTION}`)]);
    expect(terse(look({ roleAssignments, denyAssignments: [deny(all)] }))).toEqual([
      excess("Microsoft.Relay/*", `Contributor, at ${SUBSCRIPTION}`),
    ]);
    const [rest] = look({ roleAssignments, denyAssignments: [deny(all)] });
    expect(rest).toMatchObject({ witness: { action: expect.stringMatching(/^microsoft\.relay\//i) } });
    const most = {
      permissions: [
        { actions: ["*"], notActions: ["Microsoft.Search/*", "Microsoft.Relay/namespaces/write"] },
      ],
    };
    expect(terse(look({ roleAssignments, denyAssignments: [deny(most)] }))).toEqual([]);
    // One that does not reach child scopes leaves the excess there.
    const here = look({
      roleAssignments,
      denyAssignments: [deny({ ...most, doNotApplyToChildScopes: true })],
    });
    expect(terse(here)).toEqual([excess("*", `Contributor, at ${SUBSCRIPTION}`)]);
    expect(here[0]).toMatchObject({ witness: { scope: `${SUBSCRIPTION}/*` } });
    // One for a group that nothing proves: not known.
    expect(terse(look({ roleAssignments, denyAssignments: [deny({ ...most, ...throughGroup })] }))).toEqual([
      `unknown | * | by Contributor, at ${SUBSCRIPTION}`,
    ]);
  });

  it("that cannot be understood is unknown", () => {
    const whole = deny({});
    const broken = { ...whole, properties: { ...(whole.properties as object), scope: null } };
    expect(terse(look({ roleAssignments: [KEEPER], denyAssignments: [broken] }))).toEqual([
      "unknown | (deny)",
    ]);
  });
});

describe("azure/effective-access: eligible assignments (AZ10)", () => {
  const eligible = (role: string, more = {}) => [
    eligibility({ name: "e1", role, principal: VENDOR, ...more }),
  ];
  it("within the document is a note", () => {
    expect(terse(look({ roleAssignments: [KEEPER], eligibilities: eligible(OPTIONAL) }))).toEqual([
      `note stray | (eligible) | by Gauge, at ${SUBSCRIPTION}`,
    ]);
  });
  it("beyond it is drift, low, with an operation that proves it", () => {
    const found = look({ roleAssignments: [KEEPER], eligibilities: eligible(builtIn.owner) });
    expect(terse(found)).toEqual([`drift stray | (eligible) | by Owner, at ${SUBSCRIPTION}`]);
    expect(found[0]).toMatchObject({ severity: "low", witness: { plane: "control", scope: SUBSCRIPTION } });
  });
  it("through a group counts; of somebody else does not; at a management group is beyond", () => {
    const groups = { [GROUP]: [VENDOR] };
    const proof = hold(OPTIONAL, SUBSCRIPTION, { principal: GROUP, principalType: "Group" });
    const viaGroup = eligible(builtIn.owner, { principal: GROUP, principalType: "Group" });
    expect(terse(look({ roleAssignments: [KEEPER, proof], groups, eligibilities: viaGroup }))).toEqual([
      `drift stray | (eligible) | by Owner, to group ${GROUP}, at ${SUBSCRIPTION}`,
    ]);
    const others = eligible(builtIn.owner, { principal: STRANGER });
    expect(terse(look({ roleAssignments: [KEEPER], eligibilities: others }))).toEqual([]);
    const above = eligible(ROLE, { scope: MANAGEMENT_GROUP });
    expect(terse(look({ roleAssignments: [KEEPER], eligibilities: above }))).toEqual([
      `drift stray | (eligible) | by Pump Keeper, at ${MANAGEMENT_GROUP}`,
    ]);
  });
  it("without the licence nobody is eligible: a fact", () => {
    const more = [{ kind: "azure/role-eligibility", id: "none", body: { licence: false } }] as const;
    expect(terse(look({ roleAssignments: [KEEPER] }, {}, { more }))).toEqual([]);
  });
  it("unreadable is unknown, and the drift beside it is still told", () => {
    const unread = [denied("azure/role-eligibility", VENDOR)];
    expect(terse(look({ roleAssignments: [KEEPER, hold(builtIn.reader)] }, {}, { unread }))).toEqual([
      excess("*/read", `Reader, at ${SUBSCRIPTION}`),
      "unknown | (eligible)",
    ]);
  });
  it("whose role was not read, or that names none, is unknown", () => {
    const unknownRole = eligible("99999999-0000-4000-8000-000000000009");
    expect(terse(look({ roleAssignments: [KEEPER], eligibilities: unknownRole }))).toEqual([
      "unknown | (roleDefinition)",
    ]);
    const more = [
      { kind: "azure/role-eligibility", id: "e2", body: { id: "e2", properties: { principalId: VENDOR } } },
    ] as const;
    expect(terse(look({ roleAssignments: [KEEPER] }, {}, { more }))).toEqual([
      "unknown | (eligible:malformed)",
    ]);
  });
});

describe("azure/effective-access: what is not known is not pass", () => {
  const STRANGE = "99999999-0000-4000-8000-000000000009";
  it("the definition of a role that is held was not read", () => {
    expect(terse(look({ roleAssignments: [KEEPER, hold(STRANGE)] }))).toEqual(["unknown | (roleDefinition)"]);
    // It might grant what is missing, so that is not certain either.
    expect(terse(look({ roleAssignments: [hold(STRANGE)] }))).toEqual([
      "unknown | (roleDefinition)",
      "unknown | Microsoft.Relay/namespaces/write",
      "unknown | Microsoft.Search/*",
    ]);
  });
  it("a role that is held came without permissions", () => {
    const role = vendorRole([], "Strange", STRANGE);
    const body = { ...role, properties: { ...(role.properties as object), permissions: null } };
    const state = { roleDefinitions: [...roleDefinitions, body], roleAssignments: [KEEPER, hold(STRANGE)] };
    expect(terse(look(state))).toEqual(["unknown | (roleDefinition)"]);
  });
  it("fault 2: the assignments could not be read", () => {
    const recording = {
      without: ["azure/assigned-to"],
      unread: [denied("azure/assigned-to", VENDOR)],
    } as const;
    expect(terse(look({ roleAssignments: [KEEPER] }, {}, recording))).toEqual(["unknown | (assignments)"]);
  });
  it("AZ6: the assignments could not be read, and another list proves an excess", () => {
    const recording = {
      without: ["azure/assigned-to"],
      unread: [denied("azure/assigned-to", VENDOR)],
    } as const;
    expect(terse(look({ roleAssignments: [KEEPER, hold(builtIn.owner)] }, {}, recording))).toEqual([
      excess("*", `Owner, at ${SUBSCRIPTION}`),
      "unknown | (assignments)",
    ]);
  });
  it("AZ6: a group that is named lacks nothing for sure, and holds what it holds", () => {
    const named = { principals: [{ id: GROUP }] };
    const own = { principal: GROUP, principalType: "Group" };
    const of = (...roleAssignments: AzureState["roleAssignments"]) =>
      terse(look({ roleAssignments }, {}, { principals: [GROUP] }, named));
    expect(of(hold(ROLE, SUBSCRIPTION, own))).toEqual(["unknown | (members)"]);
    expect(of(hold(OPTIONAL, SUBSCRIPTION, own))).toEqual(["unknown | (members)"]);
    expect(of(hold(builtIn.owner, SUBSCRIPTION, own))).toEqual([
      excess("*", `Owner, at ${SUBSCRIPTION}`),
      "unknown | (members)",
    ]);
  });
  it("AZ6: who was found by the role is a group, a foreign one, or may be one: its members are unknown", () => {
    const found = (principalType: string) =>
      terse(
        look(
          { roleAssignments: [hold(ROLE, SUBSCRIPTION, { principalType })] },
          {},
          {},
          { principalsGiven: false, others: [keeper, gauge] },
        ),
      );
    for (const type of ["Group", "GROUP", "ForeignGroup", "foreigngroup", ""]) {
      expect(found(type)).toEqual(["unknown | (members)"]);
    }
    for (const type of ["ServicePrincipal", "User"]) expect(found(type)).toEqual([]);
  });
  it("whom to audit", () => {
    const nobody = { principals: [], principalsGiven: false };
    expect(terse(look({}, {}, {}, { ...nobody, others: [keeper, gauge] }))).toEqual([
      "drift absent | (assignments)",
    ]);
    expect(
      terse(look({}, {}, {}, { ...nobody, principalsUnknown: "no list", others: [keeper, gauge] })),
    ).toEqual(["unknown | (principal)"]);
  });
});

it("fault 42: two thousand assignments take about as many comparisons as there are roles", () => {
  const some = (length: number) =>
    Array.from({ length }, (_, i) =>
      hold(i % 2 === 0 ? builtIn.reader : ROLE, group(`rg${i}`), { name: `a${i}` }),
    );
  const [few, many] = [some(500), some(2000)];
  const found = look({ roleAssignments: [KEEPER, ...many] });
  const apart = Array.from({ length: 1000 }, (_, i) => excess("*/read", `Reader, at ${group(`rg${2 * i}`)}`));
  expect(terse(found)).toEqual(apart.sort());
  // four times as many: far from sixteen times as long
  expect(
    timesAsLong(
      () => look({ roleAssignments: [KEEPER, ...few] }),
      () => look({ roleAssignments: [KEEPER, ...many] }),
      3,
    ),
  ).toBeLessThan(9);
});

describe("what gives an excess, and what of it can go", () => {
  const ALL = "99999999-0000-4000-8000-000000000009";
  const all = vendorRole([{ actions: ["Microsoft.Search/*", "Microsoft.Relay/*"] }], "All of it", ALL);
  const causesOf = (...roleAssignments: readonly ReturnType<typeof hold>[]) =>
    look({ roleDefinitions: [...roleDefinitions, all], roleAssignments }).flatMap((o) =>
      o.kind === "drift" && o.drift === "excess"
        ? [
            (o.causes ?? []).map(({ text, commands }) => [
              text.replace(/, at .*/s, ""),
              commands !== undefined,
            ]),
          ]
        : [],
    );

  it("a role that the document does not know goes where the documented one stays", () => {
    const found = causesOf(KEEPER, hold(ALL));
    expect(found.length).toBeGreaterThan(0);
    for (const causes of found) expect(causes).toContainEqual(["assignment of All of it", true]);
  });

  it("and stays where what is documented rests on it", () => {
    const found = causesOf(hold(ALL));
    expect(found.length).toBeGreaterThan(0);
    for (const causes of found) expect(causes).toEqual([["assignment of All of it", false]]);
    const [drift] = look({ roleDefinitions: [...roleDefinitions, all], roleAssignments: [hold(ALL)] }).filter(
      (o) => o.kind === "drift" && o.drift === "excess",
    );
    expect(drift).toMatchObject({
      remediation: { text: expect.stringContaining("rests on it too: assign the documented role first") },
    });
  });

  it("and stays where a part of what is documented rests on it, though more is missing anyway", () => {
    const SOME = "77777777-0000-4000-8000-000000000007";
    const some = vendorRole(
      [{ actions: ["Microsoft.Search/searchServices/read", "Microsoft.Web/*"] }],
      "Some",
      SOME,
    );
    const found = look({ roleDefinitions: [...roleDefinitions, some], roleAssignments: [hold(SOME)] });
    const causes = found.flatMap((o) => (o.kind === "drift" && o.drift === "excess" ? (o.causes ?? []) : []));
    expect(causes.map(({ commands }) => commands)).toEqual([undefined]);
  });

  it("two roles that give the same are both named, and one of two that could replace each other goes", () => {
    const SAME = "88888888-0000-4000-8000-000000000008";
    const same = vendorRole([{ actions: ["Microsoft.Search/*", "Microsoft.Relay/*"] }], "The same", SAME);
    const found = look({
      roleDefinitions: [...roleDefinitions, all, same],
      roleAssignments: [hold(ALL), hold(SAME)],
    }).flatMap((o) => (o.kind === "drift" && o.drift === "excess" ? [o.causes ?? []] : []));
    expect(found.length).toBeGreaterThan(0);
    for (const causes of found) {
      expect(causes.map(({ text }) => text.replace(/, at .*/s, "")).sort()).toEqual([
        "assignment of All of it",
        "assignment of The same",
      ]);
      expect(causes.filter(({ commands }) => commands !== undefined)).toHaveLength(1);
    }
  });
});
