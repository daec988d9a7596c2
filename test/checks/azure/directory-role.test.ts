import { describe, expect, it } from "vitest";
import { directoryRole as check } from "../../../src/checks/azure/directory-role.ts";
import type { DocumentKind } from "../../../src/snapshot/kinds/kinds.ts";
import { contextOf, control, factsIn, GROUP, OTHER_GROUP, run, STRANGER, VENDOR } from "../world.ts";

const ADMIN = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3";
const TOP = "62e90394-69f5-4237-9190-012177145e10";
const held = (id: string, scope: string | null = "/", template: string | null = null) => ({
  roleDefinitionId: id,
  directoryScopeId: scope,
  roleDefinition: { displayName: id === TOP ? "Top" : "Deploy", templateId: template },
});
type Documents = readonly (readonly [DocumentKind, string, unknown])[];
const list = (kind: DocumentKind, id: string, ...value: unknown[]) => [kind, id, { value }] as const;
const nothing: Documents = [
  list("azure/directory-role", VENDOR),
  list("azure/directory-membership", VENDOR),
  list("azure/directory-role", STRANGER),
  list("azure/directory-membership", STRANGER),
  list("azure/directory-role-eligibility", STRANGER),
];

/** What is said when STRANGER deploys, VENDOR is the application, and the directory told this in place of nothing. */
function said(told: Documents, without: readonly string[] = []): readonly string[] {
  const key = ([kind, id]: Documents[number]) => `${kind} ${id}`;
  const all = new Map([...nothing, ...told].map((each) => [key(each), each]));
  const more = [...all.values()]
    .filter((each) => !without.includes(key(each)))
    .map(([kind, id, body]) => ({ kind, id, body }));
  const own = control("roles", check.id, {
    principal: VENDOR,
    deployer: STRANGER,
    role: { name: "Deploy", id: ADMIN },
    instead: [{ name: "Top", id: TOP }],
  });
  return run(check, factsIn({}, { principals: [VENDOR], more }), own, contextOf(own)).flatMap((o) =>
    o.kind === "assessed" ? [] : [`${o.kind === "drift" ? o.drift : o.kind}: ${o.message}`],
  );
}
const deployer = (...roles: unknown[]) => list("azure/directory-role", STRANGER, ...roles);

describe("azure/directory-role", () => {
  it.each<[string, Documents, readonly RegExp[]]>([
    ["held by its own id", [deployer(held(ADMIN))], []],
    ["held by the template's id, in capitals", [deployer(held("copy", "/", ADMIN.toUpperCase()))], []],
    [
      "held without a place, which Graph has of every role",
      [deployer(held(ADMIN, null))],
      [/^unknown: whether .* holds "Deploy" is not known: .* where it holds$/],
    ],
    [
      "an assignment that names no role",
      [deployer({ directoryScopeId: "/" })],
      [/^unknown: whether .* holds "Deploy" is not known: .* which role it is/],
    ],
    ["held, beside what cannot be understood", [deployer(held(ADMIN), {})], []],
    ["held beside the wider one", [deployer(held(TOP), held(ADMIN))], []],
    [
      "held over a part",
      [deployer(held(ADMIN, "/administrativeUnits/u"))],
      [/^missing: .* over .*u.* alone/],
    ],
    ["replaced by a wider one", [deployer(held(TOP))], [/^wider: .* holds "Top" in place of "Deploy"/]],
    [
      "replaced by a wider one over a part",
      [deployer(held(TOP, "/administrativeUnits/u"))],
      [/^absent: .* neither directly nor through a group$/],
    ],
    ["not held", [], [/^absent: .* neither directly nor through a group$/]],
    [
      "only eligible",
      [list("azure/directory-role-eligibility", STRANGER, held(ADMIN))],
      [/^absent: .* only eligible for it/],
    ],
    [
      "not held, in a tenant that cannot tell who is eligible",
      [["azure/directory-role-eligibility", STRANGER, { licence: false }]],
      [/^absent: .*; whether it is eligible is not known \(the tenant has no licence/],
    ],
    [
      "somebody whom the directory does not have",
      [["azure/directory-membership", STRANGER, { found: false }]],
      [/^absent: .* neither a user nor a service principal of this id$/],
    ],
    [
      "held by a group",
      [
        list("azure/directory-membership", STRANGER, {
          id: GROUP,
          displayName: "ops",
          isAssignableToRole: true,
        }),
        list("azure/directory-role", GROUP, held(ADMIN)),
      ],
      [],
    ],
    [
      "held by a group of which it is not told whether it may hold roles, and which was not asked",
      [list("azure/directory-membership", STRANGER, { id: OTHER_GROUP, displayName: "ops" })],
      [/^unknown: whether .* holds "Deploy" is not known/],
    ],
    [
      "a group that cannot hold roles is not asked about",
      [list("azure/directory-membership", STRANGER, { id: OTHER_GROUP, isAssignableToRole: false })],
      [/^absent: /],
    ],
    [
      "a group without an id",
      [list("azure/directory-membership", STRANGER, { displayName: "ops" })],
      [/^unknown: .* has no id$/],
    ],
    ["an answer without a list", [["azure/directory-role", STRANGER, {}]], [/^unknown: .* holds no list$/]],
  ])("who deploys: %s", (_name, told, expected) => {
    const lines = said(told);
    expect(lines).toEqual(expected.map((each) => expect.stringMatching(each)));
  });

  it("what was not asked about is unknown, of the one who deploys and of the application", () => {
    expect(said([deployer(held(ADMIN))], [`azure/directory-role ${VENDOR}`])).toEqual([
      expect.stringMatching(/^unknown: which directory roles the application .* was not looked for/),
    ]);
    expect(said([], [`azure/directory-membership ${STRANGER}`])).toEqual([
      expect.stringMatching(/^unknown: whether .* holds "Deploy" is not known/),
    ]);
  });

  it("a role that the application holds is found although its groups are unknown", () => {
    const told = [deployer(held(ADMIN)), list("azure/directory-role", VENDOR, held(TOP))];
    expect(said(told, [`azure/directory-membership ${VENDOR}`])).toEqual([
      expect.stringMatching(/^excess: the application .* holds the directory role "Top"/),
      expect.stringMatching(/^unknown: which directory roles/),
    ]);
  });

  it("any role of the application is excess, over a part of the directory too", () => {
    const told = [
      deployer(held(ADMIN)),
      list("azure/directory-role", VENDOR, held(TOP, "/administrativeUnits/u"), { roleDefinitionId: "r9" }),
    ];
    expect(said(told)).toEqual([
      expect.stringMatching(/^excess: .* "Top" over .*u.*, which the document does not give it/),
      expect.stringMatching(/^excess: .* "r9" over a place that is not told/),
      expect.stringMatching(/^unknown: which directory roles the application .* where it holds$/),
    ]);
    expect(said([deployer(held(ADMIN)), list("azure/directory-role", VENDOR, held("r9"))])).toEqual([
      expect.stringMatching(/^excess: .* "Deploy" over the whole directory/),
    ]);
  });
});
