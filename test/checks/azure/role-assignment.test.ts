import { describe, expect, it } from "vitest";
import { roleAssignment as check } from "../../../src/checks/azure/role-assignment.ts";
import type { Observation } from "../../../src/wording/observation.ts";
import {
  type AzureState,
  azureState,
  denyAssignment,
  eligibility,
  roleAssignment,
} from "../../servers/azure-state.ts";
import {
  brief,
  briefs,
  control,
  denied,
  factsIn,
  GROUP,
  group,
  MANAGEMENT_GROUP,
  type Recording,
  ROLE,
  run,
  STRANGER,
  SUBSCRIPTION,
  VENDOR,
  vendorRole,
} from "../world.ts";

const BUILT_IN_ID = "8ebe5a00-799e-43f5-93ac-243d3dce84a7";
const roleDefinitions = [...azureState().roleDefinitions, vendorRole([{ actions: ["Microsoft.Search/*"] }])];
const ROLES = [{ name: "Pump Keeper" }];

type Assignments = AzureState["roleAssignments"];

const at = (scope: string, more: Partial<Parameters<typeof roleAssignment>[0]> = {}) =>
  roleAssignment({ name: `a-${scope}`, role: ROLE, principal: VENDOR, scope, ...more });

function look(
  roleAssignments: Assignments,
  params: object = {},
  recording: Recording = {},
  more: Parameters<typeof run>[3] = {},
  state: Partial<AzureState> = {},
): readonly Observation[] {
  const facts = factsIn(
    { roleDefinitions, roleAssignments, ...state },
    { principals: [VENDOR], ...recording },
  );
  return run(check, facts, control("keeper-assignment", check.id, { roles: ROLES, ...params }), more);
}

const PAIR = `(${VENDOR}:Pump Keeper)`;
const by = (scope: string, through = "") => `by Pump Keeper${through}, at ${scope}`;

describe("azure/role-assignment: where the role is held", () => {
  const sub = { scope: SUBSCRIPTION };
  const rg = { scope: group("rg1") };
  const rows: readonly (readonly [string, object, Assignments, readonly string[]])[] = [
    ["as declared", sub, [at(SUBSCRIPTION)], ["assessed 1 assignments"]],
    ["AZ7: in another case", sub, [at(SUBSCRIPTION.toUpperCase())], ["assessed 1 assignments"]],
    ["AZ7: with a slash at the end", sub, [at(`${SUBSCRIPTION}/`)], ["assessed 1 assignments"]],
    ["as declared and below as well", sub, [at(SUBSCRIPTION), at(group("rg1"))], ["assessed 2 assignments"]],
    ["nowhere", sub, [], ["assessed 0 assignments", `drift absent | ${PAIR}`]],
    [
      "by somebody else",
      sub,
      [at(SUBSCRIPTION, { principal: STRANGER })],
      ["assessed 0 assignments", `drift absent | ${PAIR}`, "drift stray | (principal)"],
    ],
    [
      "AZ6: at a management group",
      sub,
      [at(MANAGEMENT_GROUP)],
      ["assessed 1 assignments", `drift wider | (scope) | ${by(MANAGEMENT_GROUP)}`],
    ],
    ["AZ6: at the root", sub, [at("/")], ["assessed 1 assignments", `drift wider | (scope) | ${by("/")}`]],
    [
      "as declared and above",
      sub,
      [at(SUBSCRIPTION), at("/")],
      ["assessed 2 assignments", `drift wider | (scope) | ${by("/")}`],
    ],
    ["only below", sub, [at(group("rg1"))], ["assessed 1 assignments", `drift missing | ${PAIR}`]],
    ["on the declared group", rg, [at(group("RG1"))], ["assessed 1 assignments"]],
    [
      "AZ7: on a group whose name only starts so",
      rg,
      [at(group("rg10"))],
      ["assessed 1 assignments", `drift absent | ${PAIR}`, `drift wider | (scope) | ${by(group("rg10"))}`],
    ],
    [
      "above the declared group",
      rg,
      [at(SUBSCRIPTION)],
      ["assessed 1 assignments", `drift wider | (scope) | ${by(SUBSCRIPTION)}`],
    ],
    [
      "above, where that is accepted",
      { ...rg, scopeOrAbove: [SUBSCRIPTION] },
      [at(SUBSCRIPTION)],
      ["assessed 1 assignments"],
    ],
    [
      "at a pattern",
      { scope: `${SUBSCRIPTION}/resourceGroups/*` },
      [at(group("x"))],
      ["assessed 1 assignments"],
    ],
    ["without a declared scope: below", {}, [at(group("rg1"))], ["assessed 1 assignments"]],
    [
      "without a declared scope: above",
      {},
      [at(MANAGEMENT_GROUP)],
      ["assessed 1 assignments", `drift wider | (scope) | ${by(MANAGEMENT_GROUP)}`],
    ],
    [
      "AZ9: under a condition only",
      sub,
      [at(SUBSCRIPTION, { condition: "@Resource[x] StringEquals 'y'" })],
      ["assessed 1 assignments", `drift changed | (condition) | ${by(SUBSCRIPTION)}`],
    ],
    [
      "AZ9: with and without a condition",
      {},
      [at(SUBSCRIPTION, { condition: "@Resource[x] StringEquals 'y'" }), at(group("rg1"))],
      ["assessed 2 assignments"],
    ],
    [
      "AZ11: and by a deleted principal",
      sub,
      [at(SUBSCRIPTION), at(group("rg1"), { principal: STRANGER, principalType: "Unknown" })],
      ["assessed 1 assignments", "drift stray | (principal)"],
    ],
  ];
  it.each(rows)("%s", (_, params, assignments, expected) => {
    expect(briefs(look(assignments, params))).toEqual([...expected].sort());
  });

  it("AZ6: through a group, and through a group in it", () => {
    const groups = { [GROUP]: [VENDOR] };
    const through = at(SUBSCRIPTION, { principal: GROUP, principalType: "Group" });
    expect(briefs(look([through], { scope: SUBSCRIPTION }, {}, {}, { groups }))).toEqual([
      "assessed 1 assignments",
    ]);
    const wide = at("/", { principal: GROUP, principalType: "Group" });
    expect(briefs(look([wide], { scope: SUBSCRIPTION }, {}, {}, { groups }))).toEqual([
      "assessed 1 assignments",
      `drift wider | (scope) | ${by("/", `, to group ${GROUP}`)}`,
    ]);
  });

  it("AZ10: eligible is not active, and is said", () => {
    const eligibilities = [eligibility({ name: "e1", role: ROLE, principal: VENDOR })];
    const found = look([], { scope: SUBSCRIPTION }, {}, {}, { eligibilities });
    expect(briefs(found)).toEqual(["assessed 0 assignments", `drift absent | ${PAIR}`]);
    expect(found[0]).toMatchObject({
      message: expect.stringContaining("only eligible for it (Privileged Identity Management)"),
      actual: { eligible: [SUBSCRIPTION] },
    });
  });

  it("AZ11: matches a built-in role by its id, whatever it is called", () => {
    const params = { roles: [{ name: "Index Writer", id: BUILT_IN_ID.toUpperCase() }], scope: SUBSCRIPTION };
    expect(briefs(look([at(SUBSCRIPTION, { role: BUILT_IN_ID })], params))).toEqual([
      "assessed 1 assignments",
    ]);
    expect(briefs(look([at(SUBSCRIPTION)], params))).toEqual([
      "assessed 1 assignments",
      `drift absent | (${VENDOR}:Index Writer)`,
    ]);
  });

  it("AZ11: who else holds a built-in role is nobody's business", () => {
    const params = { roles: [{ name: "Index Writer", id: BUILT_IN_ID }], scope: SUBSCRIPTION };
    const both = [
      at(SUBSCRIPTION, { role: BUILT_IN_ID }),
      at(SUBSCRIPTION, { name: "b", role: BUILT_IN_ID, principal: STRANGER }),
    ];
    expect(briefs(look(both, params))).toEqual(["assessed 1 assignments"]);
  });

  it("judges every principal and every role", () => {
    const params = { roles: [...ROLES, { name: "Index Writer", id: BUILT_IN_ID }], scope: SUBSCRIPTION };
    const found = look(
      [at(SUBSCRIPTION), at(SUBSCRIPTION, { name: "b", role: BUILT_IN_ID, principal: STRANGER })],
      params,
      {
        principals: [VENDOR, STRANGER],
      },
      { principals: [{ id: VENDOR }, { id: STRANGER }] },
    );
    expect(briefs(found)).toEqual(
      [
        "assessed 1 assignments",
        "assessed 1 assignments",
        "assessed 1 assignments",
        "assessed 1 assignments",
        `drift absent | (${VENDOR}:Index Writer)`,
        `drift absent | (${STRANGER}:Pump Keeper)`,
      ].sort(),
    );
  });
});

describe("azure/role-assignment: what is not known is not pass", () => {
  it("fault 1: the assignments could not be read", () => {
    const recording = {
      without: ["azure/assigned-to"],
      unread: [denied("azure/assigned-to", VENDOR)],
    } as const;
    expect(briefs(look([at(SUBSCRIPTION)], {}, recording))).toEqual([`unknown | ${PAIR}`]);
  });

  it("the assignments were not collected, or hold no list", () => {
    expect(briefs(look([at(SUBSCRIPTION)], {}, { without: ["azure/assigned-to"] }))).toEqual([
      `unknown | ${PAIR}`,
    ]);
    const more = [{ kind: "azure/assigned-to", id: VENDOR, body: { value: null } }] as const;
    const found = look([], {}, { principals: [], more });
    expect(briefs(found)).toEqual([`unknown | ${PAIR}`]);
  });

  it("the role may be one whose definition was not read", () => {
    const other = at(SUBSCRIPTION, { role: "99999999-0000-4000-8000-000000000009" });
    const state = { roleDefinitions: azureState().roleDefinitions };
    expect(briefs(look([other], {}, {}, {}, state))).toEqual(["assessed 1 assignments", `unknown | ${PAIR}`]);
    // Names are unique: where the role itself was read, another one that was not cannot be it.
    expect(briefs(look([other], {}))).toEqual(["assessed 1 assignments", `drift absent | ${PAIR}`]);
  });

  it("an entry names no role", () => {
    const broken = {
      id: "x",
      properties: { principalId: VENDOR, scope: SUBSCRIPTION, roleDefinitionId: null },
    };
    const more = [{ kind: "azure/assigned-to", id: VENDOR, body: { value: [broken, null] } }] as const;
    expect(briefs(look([], {}, { principals: [], more }))).toEqual([
      "assessed 0 assignments",
      `unknown | ${PAIR}`,
    ]);
  });

  /** The answer for the principal; the list of all has the same, of which the others are told apart elsewhere. */
  const answer = (...bodies: readonly unknown[]) =>
    look(
      [],
      { scope: SUBSCRIPTION },
      {
        principals: [],
        more: [
          { kind: "azure/assigned-to", id: VENDOR, body: { value: bodies } },
          ...bodies.map((body) => ({ kind: "azure/role-assignment" as const, id: "listed", body })),
        ],
      },
    ).filter((o) => o.kind === "assessed" || !o.property.startsWith("others:malformed"));
  const right = at(SUBSCRIPTION, { name: "a" });
  const odd = `unknown | ${PAIR}`;

  it("AZ9: a condition that is no text is not no condition", () => {
    const bent = (condition: unknown) => {
      const body = at(SUBSCRIPTION) as { properties: object };
      return { ...body, properties: { ...body.properties, condition } };
    };
    for (const condition of [{ text: "x" }, ["x"], 1, false]) {
      expect(briefs(answer(bent(condition)))).toEqual(["assessed 0 assignments", odd]);
    }
    for (const condition of [undefined, null]) {
      expect(briefs(answer(bent(condition)))).toEqual(["assessed 1 assignments"]);
    }
  });

  it("AZ6: of two assignments with one id neither is believed, in either order; a repetition is one", () => {
    const conditioned = at(SUBSCRIPTION, { name: "a", condition: "@Resource[x] StringEquals 'y'" });
    for (const both of [
      [right, conditioned],
      [conditioned, right],
    ]) {
      expect(briefs(answer(...both))).toEqual(["assessed 2 assignments", odd]);
    }
    const owner = at(SUBSCRIPTION, { name: "a", role: BUILT_IN_ID });
    expect(briefs(answer(right, owner))).toEqual(briefs(answer(owner, right)));
    expect(briefs(answer(right, owner))).toContain(odd);
    expect(briefs(answer(right, right))).toEqual(["assessed 1 assignments"]);
    const list = look([right, owner], { scope: SUBSCRIPTION });
    expect(briefs(list)).toContain("unknown | (others:malformed:Pump Keeper)");
  });

  it("AZ6: an answer with somebody else's own assignment is not about the principal", () => {
    const through = (principalType: string) =>
      briefs(answer(right, at(SUBSCRIPTION, { name: "b", principal: STRANGER, principalType })));
    // By whichever list it is seen, somebody else has the vendor's role.
    for (const type of ["User", "user", "ServicePrincipal"])
      expect(through(type)).toEqual(["drift stray | (principal)", odd]);
    for (const type of ["Group", "ForeignGroup", "FOREIGNGROUP", ""]) {
      expect(through(type)).toEqual(["assessed 2 assignments"]);
    }
  });

  it("AZ6: what one list alone has counts, and that they disagree is unknown", () => {
    const only = (bodies: readonly Assignments[number][], listed: readonly Assignments[number][]) =>
      briefs(
        look(
          [],
          { scope: SUBSCRIPTION },
          {
            principals: [],
            more: [
              { kind: "azure/assigned-to", id: VENDOR, body: { value: bodies } },
              ...listed.map((body) => ({ kind: "azure/role-assignment" as const, id: "listed", body })),
            ],
          },
        ),
      );
    const wide = at("/", { name: "w" });
    const lists = "unknown | (assignments:lists)";
    expect(only([right], [right])).toEqual(["assessed 1 assignments"]);
    expect(only([right], [right, wide])).toEqual([
      "assessed 2 assignments",
      `drift wider | (scope) | ${by("/")}`,
      lists,
    ]);
    // Its absence is not certain, nor that it is held below alone.
    expect(only([], [right])).toEqual(["assessed 1 assignments", lists]);
    expect(only([], [at(group("rg1"))])).toEqual(["assessed 1 assignments", lists]);
    // The list of all is not whole, so somebody else may be missing from it.
    expect(only([right], [])).toEqual(["assessed 1 assignments", "unknown | (others:lists:Pump Keeper)"]);
    // In another list an entry without a role is the principal's too.
    const broken = { id: "x", properties: { principalId: VENDOR, scope: SUBSCRIPTION } };
    expect(only([], [broken as unknown as Assignments[number]])).toEqual([
      "assessed 0 assignments",
      odd,
      "unknown | (others:malformed:Pump Keeper)",
    ]);
    // Under one id the lists say two things: neither is believed.
    expect(
      only([right], [at(SUBSCRIPTION, { name: "a", condition: "@Resource[x] StringEquals 'y'" })]),
    ).toEqual(["assessed 2 assignments", odd]);
  });

  it("AZ6: what another list proves counts where the principal's own could not be read", () => {
    const recording = {
      without: ["azure/assigned-to"],
      unread: [denied("azure/assigned-to", VENDOR)],
    } as const;
    expect(briefs(look([at("/")], { scope: SUBSCRIPTION }, recording))).toEqual([
      `drift wider | (scope) | ${by("/")}`,
      odd,
    ]);
  });

  it("AZ6: a group that is named: what it holds counts, what it lacks is unknown, as its members are", () => {
    const named = { principals: [{ id: GROUP }] };
    const held = (...roleAssignments: Assignments) =>
      briefs(look(roleAssignments, { scope: SUBSCRIPTION }, { principals: [GROUP] }, named));
    const own = { principal: GROUP, principalType: "Group" };
    expect(held(at(SUBSCRIPTION, own))).toEqual(["assessed 1 assignments", "unknown | (members)"]);
    expect(held(at(group("rg1"), own))).toEqual(["assessed 1 assignments", "unknown | (members)"]);
    expect(held(at("/", own))).toEqual([
      "assessed 1 assignments",
      `drift wider | (scope) | ${by("/")}`,
      "unknown | (members)",
    ]);
  });

  it("AZ6: that it is a group, another list may tell: of eligible ones, of denies", () => {
    const named = { principals: [{ id: GROUP }] };
    const eligibilities = [
      eligibility({ name: "e1", role: BUILT_IN_ID, principal: GROUP, principalType: "Group" }),
    ];
    expect(
      briefs(look([], { scope: SUBSCRIPTION }, { principals: [GROUP] }, named, { eligibilities })),
    ).toEqual(["assessed 0 assignments", "unknown | (members)"]);
    const denies = [
      denyAssignment({
        name: "d",
        scope: SUBSCRIPTION,
        principals: [{ id: GROUP, type: "Group" }],
        permissions: [],
      }),
    ];
    expect(
      briefs(look([], { scope: SUBSCRIPTION }, { principals: [GROUP] }, named, { denyAssignments: denies })),
    ).toEqual(["assessed 0 assignments", "unknown | (members)"]);
  });

  it("AZ15: where it is not known who the vendor is, a user or a group surely is not", () => {
    const nobody = { principals: [], principalsGiven: false, principalsUnknown: "held by a group" };
    const all = (["ServicePrincipal", "MSI", "", "User", "Group", "ForeignGroup", "Unknown"] as const).map(
      (principalType, i) => at(group(`rg${i}`), { principal: STRANGER, principalType }),
    );
    const found = look(all, {}, {}, nobody);
    expect(
      found.flatMap((o) => (o.kind === "drift" ? [o.message.replace(/^.*\((\w+)\) at .*$/, "$1")] : [])),
    ).toEqual(["User", "Group", "ForeignGroup", expect.stringContaining("orphan")]);
    expect(found.filter((o) => o.kind === "unknown").map(brief)).toEqual(["unknown | (principal)"]);
  });

  it("who else holds the role could not be listed", () => {
    const unread = [denied("azure/role-assignment")];
    expect(briefs(look([at(SUBSCRIPTION)], {}, { unread }))).toEqual([
      "assessed 1 assignments",
      "unknown | (others:Pump Keeper)",
    ]);
  });

  it("nobody to audit: drift where the list was read, unknown where it is not known whom", () => {
    const nobody = { principals: [], principalsGiven: false };
    expect(briefs(look([], {}, {}, nobody))).toEqual(["drift absent | (nobody:Pump Keeper)"]);
    expect(briefs(look([], {}, {}, { ...nobody, principalsUnknown: "no list" }))).toEqual([
      "unknown | (principal)",
    ]);
  });

  it("an orphan is seen where nobody else holds the role", () => {
    const orphan = at(SUBSCRIPTION, { principal: STRANGER, principalType: "Unknown" });
    expect(briefs(look([orphan], {}, {}, { principals: [], principalsGiven: false }))).toEqual([
      "drift absent | (nobody:Pump Keeper)",
      "drift stray | (principal)",
    ]);
  });
});

it("quotes what it tells people to type", () => {
  const evil = "x'; rm -rf /; '";
  const definitions = [...roleDefinitions, vendorRole([], evil, "33333333-0000-4000-8000-000000000003")];
  const [found] = look(
    [],
    { roles: [{ name: evil }], scope: SUBSCRIPTION },
    {},
    {},
    { roleDefinitions: definitions },
  );
  expect(found).toMatchObject({
    kind: "drift",
    remediation: {
      commands: [
        `az role assignment create --assignee-object-id ${VENDOR} --assignee-principal-type ServicePrincipal --role 'x'\\''; rm -rf /; '\\''' --scope ${SUBSCRIPTION}`,
      ],
    },
  });
});
