import { describe, expect, it } from "vitest";
import type { Comparison } from "../../../src/access/policy.ts";
import { allows, comparePolicies } from "../../../src/access/provider.ts";

const role = (actions: string[], more: object = {}) => ({ permissions: [{ actions, ...more }] });
const brief = (c: Comparison) => ({
  missing: c.missing.map(
    (r) => `${r.plane} ${r.pattern}${r.except.length > 0 ? ` except ${r.except.join(", ")}` : ""}`,
  ),
  excess: c.excess.map(
    (r) => `${r.plane} ${r.pattern}${r.except.length > 0 ? ` except ${r.except.join(", ")}` : ""}`,
  ),
  undecided: c.undecided.map((d) => `${d.side} ${d.clause} ${d.pattern}`),
});
const compare = (documented: unknown[], live: unknown[], options = {}) =>
  brief(comparePolicies("azure", documented, live, options));
const NOTHING = { missing: [], excess: [], undecided: [] };

describe("comparePolicies for Azure: whole results, clause by clause", () => {
  const cases: [string, unknown[], unknown[], object, object][] = [
    ["AZ1 case does not matter", [role(["A.B/c/*"])], [role(["a.b/C/*"])], {}, NOTHING],
    ["AZ1 a star crosses the slash", [role(["A.B/*"])], [role(["A.B/*", "A.B/c/d/read"])], {}, NOTHING],
    [
      "AZ1 ? is a literal",
      [role(["A.B/c?/read"])],
      [role(["A.B/cd/read"])],
      {},
      { missing: ["control A.B/c?/read"], excess: ["control A.B/cd/read"], undecided: [] },
    ],
    [
      "AZ1 */read covers every provider",
      [role(["*/read"])],
      [role(["A.B/c/read"])],
      {},
      { missing: ["control */read except A.B/c/read"], excess: [], undecided: [] },
    ],
    [
      "AZ2 notActions subtract per object: the second object gives back what the first takes",
      [role(["A.B/*"])],
      [{ permissions: [{ actions: ["A.B/*"], notActions: ["A.B/c/*"] }, { actions: ["A.B/c/*"] }] }],
      {},
      NOTHING,
    ],
    [
      "AZ2 and the same within one object does not",
      [role(["A.B/*"])],
      [role(["A.B/*", "A.B/c/*"], { notActions: ["A.B/c/*"] })],
      {},
      { missing: ["control A.B/c/*"], excess: [], undecided: [] },
    ],
    [
      "AZ2 a harmless exclusion changes nothing",
      [role(["A.B/*"])],
      [role(["A.B/*"], { notActions: ["X.Y/*"] })],
      {},
      NOTHING,
    ],
    [
      "AZ2 an exclusion that only the document has is excess",
      [role(["A.B/*"], { notActions: ["A.B/c/*"] })],
      [role(["A.B/*"])],
      {},
      { missing: [], excess: ["control A.B/c/*"], undecided: [] },
    ],
    [
      "AZ3 the planes are apart",
      [{ permissions: [{ dataActions: ["A.B/c/*"] }] }],
      [role(["*"])],
      {},
      { missing: ["data A.B/c/*"], excess: ["control *"], undecided: [] },
    ],
    [
      "AZ3 planes swapped",
      [{ permissions: [{ actions: ["A.B/r"], dataActions: ["A.B/d"] }] }],
      [{ permissions: [{ actions: ["A.B/d"], dataActions: ["A.B/r"] }] }],
      {},
      { missing: ["control A.B/r", "data A.B/d"], excess: ["control A.B/d", "data A.B/r"], undecided: [] },
    ],
    [
      "AZ4 another role restores what notActions took",
      [role(["A.B/*"])],
      [role(["A.B/*"], { notActions: ["A.B/c"] }), role(["A.B/c"])],
      {},
      NOTHING,
    ],
    [
      "AZ5 a condition inside a permission object is not dropped",
      [role(["A.B/c"])],
      [{ permissions: [{ actions: ["A.B/c"], condition: "X" }] }],
      {},
      { missing: [], excess: [], undecided: ["missing AZ9 A.B/c"] },
    ],
    [
      "AZ6 a deny takes away",
      [role(["A.B/*"])],
      [role(["A.B/*"])],
      { denies: [role(["A.B/c/*"])] },
      { missing: ["control A.B/c/*"], excess: [], undecided: [] },
    ],
    [
      "AZ6 a deny's notActions stay allowed",
      [role(["A.B/*"])],
      [role(["A.B/*"])],
      { denies: [role(["A.B/c/*"], { notActions: ["A.B/c/read"] })] },
      { missing: ["control A.B/c/* except A.B/c/read"], excess: [], undecided: [] },
    ],
    [
      "AZ6 a deny hides excess",
      [role(["A.B/c"])],
      [role(["A.B/c", "A.B/d"])],
      { denies: [role(["*/d"])] },
      NOTHING,
    ],
    [
      "AZ9 equal conditions but for white space",
      [{ ...role(["A/b"]), condition: "( @Resource[x] StringEquals 'a  b' )" }],
      [{ ...role(["A/b"]), condition: "(@Resource[x]\n StringEquals 'a  b')" }],
      {},
      NOTHING,
    ],
    [
      "AZ9 white space inside quotes counts",
      [{ ...role(["A/b"]), condition: "x 'a  b'" }],
      [{ ...role(["A/b"]), condition: "x 'a b'" }],
      {},
      { missing: [], excess: [], undecided: ["missing AZ9 A/b", "excess AZ9 A/b"] },
    ],
    [
      "AZ9 live narrower by a condition than an unconditioned document is no excess",
      [role(["A/*"])],
      [{ ...role(["A/b"]), condition: "X" }],
      {},
      { missing: ["control A/* except A/b"], excess: [], undecided: ["missing AZ9 A/b"] },
    ],
    [
      "AZ9 what is granted beside the condition too is decided",
      [role(["A/b"])],
      [{ ...role(["A/b"]), condition: "X" }, role(["A/b"])],
      {},
      NOTHING,
    ],
    [
      "AZ9 a conditioned excess is undecided, never equal",
      [role(["A/b"])],
      [role(["A/b"]), { ...role(["C/d"]), condition: "X" }],
      {},
      { missing: [], excess: [], undecided: ["excess AZ9 C/d"] },
    ],
    [
      "AZ9 another condition version is another condition",
      [{ ...role(["A/b"]), condition: "X", conditionVersion: "2.0" }],
      [{ ...role(["A/b"]), condition: "X", conditionVersion: "1.0" }],
      {},
      { missing: [], excess: [], undecided: ["missing AZ9 A/b", "excess AZ9 A/b"] },
    ],
    [
      "AZ13 several stars in one action",
      [role(["A/*/b/*"])],
      [role(["A/*/b/*"]), role(["A/x/b/y/read"])],
      {},
      NOTHING,
    ],
    [
      "R1 the pattern as written, except the other side's",
      [role(["A.B/c/*", "A.B/d/*", "*/read"])],
      [role(["A.B/*"])],
      {},
      {
        missing: ["control */read except A.B/*"],
        excess: ["control A.B/* except */read, A.B/c/*, A.B/d/*"],
        undecided: [],
      },
    ],
    [
      "R3 a subsumed row is dropped",
      [],
      [role(["A.B/*", "A.B/c/*", "A.B/d"])],
      {},
      { missing: [], excess: ["control A.B/*"], undecided: [] },
    ],
    [
      "null and absent lists are alike",
      [{ permissions: [{ actions: ["A/b"], notActions: null, dataActions: null }] }],
      [role(["A/b"])],
      {},
      NOTHING,
    ],
    [
      "an entry that is no string is a doubt, not nothing",
      [role(["A/b"])],
      [{ permissions: [{ actions: ["A/b", 7] }, null] }],
      {},
      { missing: [], excess: [], undecided: ["excess AZ2 *", "excess AZ2 *"] },
    ],
  ];
  it.each(cases)("%s", (_, documented, live, options, expected) => {
    expect(compare(documented, live, options)).toEqual(expected);
  });

  it("takes every form of a role: ARM, portal, CLI, az role definition create, bare, lists, a page of a list", () => {
    const permissions = [
      { actions: ["A.B/c/*"], notActions: [], dataActions: ["A.B/d/read"], notDataActions: [] },
    ];
    const forms: unknown[] = [
      {
        id: "/x",
        name: "guid",
        type: "t",
        properties: { roleName: "R", type: "CustomRole", permissions, assignableScopes: ["/"] },
      },
      { id: "", properties: { roleName: "R", description: "", assignableScopes: [], permissions } },
      { roleName: "R", roleType: "CustomRole", permissions, assignableScopes: [] },
      {
        Name: "R",
        IsCustom: true,
        Actions: ["A.B/c/*"],
        NotActions: [],
        DataActions: ["A.B/d/read"],
        AssignableScopes: [],
      },
      { permissions },
      [{ permissions }],
      { value: [{ properties: { permissions } }] },
    ];
    for (const form of forms) expect(compare([{ permissions }], [form])).toEqual(NOTHING);
  });

  it("AZ2, fault 41: what is malformed makes the differences that it touches undecided, and nothing else", () => {
    const odd = { permissions: [{ actions: ["A/b", 7] }] };
    expect(compare([role(["C/d"])], [odd])).toEqual({
      missing: [],
      excess: ["control A/b"],
      undecided: ["missing AZ2 C/d", "excess AZ2 *"],
    });
    expect(compare([odd], [role(["C/d"])])).toEqual({
      missing: ["control A/b"],
      excess: [],
      undecided: ["missing AZ2 *", "excess AZ2 C/d"],
    });
    expect(compare([], [role(["A/b"])], { denies: [odd] })).toEqual({
      missing: [],
      excess: [],
      undecided: ["missing AZ2 *"],
    });
    expect(compare([], [role(["C/d"])], { denies: [odd] }).undecided).toEqual([
      "missing AZ2 *",
      "excess AZ2 C/d",
    ]);
  });

  it.each([
    ["a list", { permissions: [{ Actions: ["C/*"], actions: ["*"] }] }],
    ["an exclusion", { permissions: [{ actions: ["*"], notActions: ["C/*"], NotActions: [] }] }],
    ["the condition", { permissions: [{ actions: ["C/*"], condition: null, Condition: "x" }] }],
    ["the permissions", { permissions: [{ actions: ["C/*"] }], Permissions: [{ actions: ["*"] }] }],
    ["the properties", { properties: { permissions: [{ actions: ["C/*"] }] }, Properties: {} }],
    ["of the form that is created", { Name: "r", Actions: ["C/*"], actions: ["*"] }],
    ["two places", { permissions: [{ actions: ["C/*"] }], Actions: ["*"] }],
    ["outside and inside", { properties: { permissions: [{ actions: ["C/*"] }] }, permissions: [] }],
    ["a near name", { permissions: [{ actions: ["C/*"], notAction: "C/d" }] }],
    ["a condition that is no string", { permissions: [{ actions: ["C/*"], condition: { a: 1 } }] }],
  ])("AZ2: %s given twice, or not understood, is a doubt", (_, live) => {
    const documented = [{ permissions: [{ actions: ["C/*"] }] }];
    for (const [left, right] of [
      [documented, [live]],
      [[live], documented],
    ] as const) {
      const found = comparePolicies("azure", left, right);
      expect([found.missing, found.excess]).toEqual([[], []]);
      expect(found.undecided.map((d) => d.clause)).toContain("AZ2");
    }
  });

  it("AZ1: case folds in ASCII only", () => {
    const role = (action: string) => [{ permissions: [{ actions: [action] }] }];
    expect(comparePolicies("azure", role("C/K"), role("c/k"))).toEqual({
      missing: [],
      excess: [],
      undecided: [],
    });
    const { missing, excess } = comparePolicies("azure", role("C/\u212A"), role("C/k"));
    expect([missing.length, excess.length]).toEqual([1, 1]);
    expect(allows("azure", role("C/\u212A"), { action: "C/k", plane: "control" })).toBe("denied");
  });

  it("AZ2: a misspelt list, or none, is a doubt and not an empty role", () => {
    const odd = [
      [{ action: ["*"] }, ["*"]],
      [{}, ["*"]],
      // what the misspelt exclusion may take away is no certain excess either
      [{ actions: ["A/b"], NotAction: ["A/*"] }, ["*", "A/b"]],
      [{ actions: [], dataActons: ["*"] }, ["*"]],
    ] as const;
    for (const [permission, patterns] of odd) {
      const { excess, undecided } = comparePolicies("azure", [], [{ permissions: [permission] }]);
      expect(excess).toEqual([]);
      expect(undecided.map((d) => [d.side, d.clause, d.pattern])).toEqual(
        patterns.map((pattern) => ["excess", "AZ2", pattern]),
      );
    }
  });

  it("names the place of each pattern", () => {
    const arm = {
      properties: { roleName: "Ops", permissions: [{ actions: ["A/b"] }, { dataActions: ["C/d", "E/f"] }] },
    };
    const origins = comparePolicies("azure", [], [arm]).excess.map((r) => r.origin);
    expect(origins).toEqual([
      { document: 0, pointer: "/properties/permissions/0/actions/0", label: "Ops" },
      { document: 0, pointer: "/properties/permissions/1/dataActions/0", label: "Ops" },
      { document: 0, pointer: "/properties/permissions/1/dataActions/1", label: "Ops" },
    ]);
  });

  it.each([
    [7, "document 1: expected an Azure role as JSON, found a number"],
    [
      { Version: "2012-10-17" },
      'document 1: no "permissions": expected an Azure role (portal, CLI or ARM JSON, or { "permissions": [...] })',
    ],
    [{ permissions: "x" }, 'document 1: "permissions" is a string, expected a list of objects'],
    [{ roleName: "x", permissions: null }, 'document 1: no "permissions"'],
    [{ properties: { roleName: "x" } }, 'document 1: no "permissions"'],
    [{ roleName: "x", permission: [{ actions: ["*"] }] }, 'document 1: no "permissions"'],
    [[{ permissions: [] }, 3], "document 1 at /1: expected an Azure role as JSON, found a number"],
  ])("refuses %j", (document, message) => {
    expect(() => comparePolicies("azure", [], [document])).toThrow(message);
  });

  it("says which providers it compares", () => {
    expect(() => comparePolicies("gcp" as "azure", [], [])).toThrow(
      "policies of gcp are not compared by this version; it knows azure, aws, kubernetes",
    );
  });
});

describe("witness, catalogue and impact (R2, G6)", () => {
  const catalog = [
    { name: "A.B/c/read", isDataAction: false },
    { name: "A.B/c/write", isDataAction: false },
    { name: "A.B/c/keys/action", isDataAction: false },
    { name: "A.B/d/delete", isDataAction: false },
    { name: "A.B/e/read", isDataAction: true },
  ];

  it("prefers an operation of today, the most telling first, and counts them", () => {
    const [row] = comparePolicies("azure", [role(["A.B/d/*"])], [role(["A.B/*"])], { catalog }).excess;
    expect(row).toMatchObject({
      witness: { action: "A.B/c/write", plane: "control" },
      witnesses: [
        { action: "A.B/c/keys/action", plane: "control" },
        { action: "A.B/c/read", plane: "control" },
      ],
      known: { count: 3, examples: ["A.B/c/write", "A.B/c/keys/action", "A.B/c/read"] },
      latent: false,
      impact: "write",
    });
  });

  it("G6: nothing of today in it is latent; without a catalogue nothing is said", () => {
    const live = [role(["X.Y/*"])];
    expect(comparePolicies("azure", [], live, { catalog }).excess[0]).toMatchObject({
      witness: { action: "X.Y/<any>" },
      known: { count: 0, examples: [] },
      latent: true,
    });
    const [row] = comparePolicies("azure", [], live).excess;
    expect(row).not.toHaveProperty("known");
    expect(row).not.toHaveProperty("latent");
  });

  it("a bare name counts for both planes, an entry without the flag for the control plane", () => {
    const live = [{ permissions: [{ actions: ["A/*"], dataActions: ["A/*"] }] }];
    const counts = (list: string[] | { name: string }[]) =>
      comparePolicies("azure", [], live, { catalog: list }).excess.map((r) => [r.plane, r.known?.count]);
    expect(counts(["A/b"])).toEqual([
      ["control", 1],
      ["data", 1],
    ]);
    expect(counts([{ name: "A/b" }])).toEqual([
      ["control", 1],
      ["data", 0],
    ]);
  });

  it.each([
    ["Microsoft.Authorization/*", [], "escalation"],
    ["*", [], "escalation"],
    [
      "*",
      [
        "Microsoft.Authorization/*",
        "Microsoft.ManagedIdentity/*",
        "Microsoft.ManagedServices/*",
        "Microsoft.Blueprint/*",
      ],
      "write",
    ],
    ["microsoft.authorization/ROLEASSIGNMENTS/write", [], "escalation"],
    ["*/read", [], "read"],
    ["A.B/c/read", [], "read"],
    ["A.B/c/*", [], "write"],
    ["Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action", [], "escalation"],
    ["A.B/listKeys/action", [], "write"],
    ["A.B/sharedKeys/read", [], "write"],
    ["A.B/*/ReadOnlyKeys/read", [], "write"],
  ])("impact of %s without %j is %s", (pattern, notActions, impact) => {
    expect(comparePolicies("azure", [], [role([pattern], { notActions })]).excess[0]?.impact).toBe(impact);
  });

  it("a grave finding is proven by the operation that makes it grave, and is not latent for want of a catalogue entry", () => {
    const live = [role(["Microsoft.Authorization/*"])];
    const [row] = comparePolicies("azure", [], live, {
      catalog: ["Microsoft.Authorization/locks/write"],
    }).excess;
    expect(row).toMatchObject({
      impact: "escalation",
      latent: false,
      witness: { action: "Microsoft.Authorization/roleAssignments/write", plane: "control" },
      witnesses: [{ action: "Microsoft.Authorization/locks/write", plane: "control" }],
      known: { count: 1, examples: ["Microsoft.Authorization/locks/write"] },
    });
    expect(comparePolicies("azure", [], live, { catalog: ["A/b"] }).excess[0]).toMatchObject({
      latent: false,
    });
  });

  it("R1: the part of two patterns that nobody wrote is spelled as they spell their segments", () => {
    const denies = [role(["*/Delete"])];
    const rows = comparePolicies("azure", [role(["A.B/someThings/*"])], [role(["A.B/someThings/*"])], {
      denies,
    }).missing;
    expect(rows.map((r) => r.pattern)).toEqual(["A.B/someThings/*/Delete", "A.B/someThings/Delete"]);
  });

  it("a data action is never only reading", () => {
    expect(
      comparePolicies("azure", [], [{ permissions: [{ dataActions: ["A/b/read"] }] }]).excess[0]?.impact,
    ).toBe("write");
  });

  it("G3: the invented letter is one that no pattern can match", () => {
    const documented = [role(["A/*any*", "A/*~*"])];
    const [row] = comparePolicies("azure", documented, [role(["A/*"])]).excess;
    expect(row?.witness).toEqual({ action: "A/\u007f", plane: "control" });
    expect(allows("azure", documented, { action: "A/\u007f", plane: "control" })).toBe("denied");
  });
});

describe("allows for Azure", () => {
  const roles = [
    { permissions: [{ actions: ["A.B/*"], notActions: ["A.B/c/*"], dataActions: ["A.B/blob/*"] }] },
    { permissions: [{ actions: ["X/y"] }], condition: "C" },
  ];
  it.each([
    ["A.B/d/read", "control", {}, "allowed"],
    ["a.b/D/READ", "control", {}, "allowed"],
    ["A.B/c/read", "control", {}, "denied"],
    ["A.B/blob/read", "data", {}, "allowed"],
    ["A.B/d/read", "data", {}, "denied"],
    ["X/y", "control", {}, "undecided"],
    ["A.B/d/read", "control", { denies: [role(["*/read"])] }, "denied"],
    ["A.B/d/read", "control", { denies: [{ ...role(["*/read"]), condition: "D" }] }, "undecided"],
    ["X/y", "control", { denies: [{ ...role(["X/*"]), condition: "C" }] }, "denied"],
    ["A.B/d/read", "control", { denies: [{ permissions: [{ actions: [null] }] }] }, "undecided"],
    ["Q/q", "control", {}, "denied"],
  ] as const)("%s on the %s plane with %j: %s", (action, plane, options, verdict) => {
    expect(allows("azure", roles, { action, plane }, options)).toBe(verdict);
  });

  it("a malformed entry may allow anything", () => {
    expect(allows("azure", [{ permissions: [{ actions: [{}] }] }], { action: "A/b", plane: "control" })).toBe(
      "undecided",
    );
  });

  it("refuses a request of another shape", () => {
    expect(() => allows("azure", [], { verb: "get", url: "/" })).toThrow(
      'an Azure request is { "action": string, "plane": "control" or "data" }',
    );
  });
});
