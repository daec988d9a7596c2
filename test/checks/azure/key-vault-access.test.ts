import { describe, expect, it } from "vitest";
import { keyVaultAccess as check } from "../../../src/checks/azure/key-vault-access.ts";
import type { Observation } from "../../../src/wording/observation.ts";
import { builtIn, resource, roleAssignment } from "../../servers/azure-state.ts";
import {
  briefs,
  control,
  denied,
  factsIn,
  GROUP,
  OTHER_GROUP,
  type Recording,
  run,
  STRANGER,
  VENDOR,
} from "../world.ts";

const TYPE = "Microsoft.KeyVault/vaults";
const WANTED = { secrets: ["*"], certificates: ["get", "list"] };
const ALL_SECRETS = ["get", "list", "set", "delete", "backup", "restore", "recover", "purge"];

const vault = (properties: unknown, name = "kv1") => resource(TYPE, "rg1", name, { properties });
const policy = (objectId: string | null, permissions: unknown, more: object = {}) => ({
  tenantId: "t",
  objectId,
  permissions,
  ...more,
});
const policies = (...accessPolicies: readonly unknown[]) =>
  vault({ enableRbacAuthorization: false, accessPolicies });
const enough = { secrets: ALL_SECRETS, certificates: ["get", "list"] };

function look(
  vaults: readonly ReturnType<typeof vault>[],
  recording: Recording = {},
  more: Parameters<typeof run>[3] = {},
): readonly Observation[] {
  const reader = (name: string, principal: string, principalType: string) =>
    roleAssignment({ name, role: builtIn.reader, principal, principalType });
  const proof = reader("g", GROUP, "Group");
  const others = [reader("s", STRANGER, "User"), reader("o", OTHER_GROUP, "Group")];
  const facts = factsIn(
    { vaults, roleAssignments: [proof, ...others], groups: { [GROUP]: [VENDOR] } },
    { principals: [VENDOR], ...recording },
  );
  return run(
    check,
    facts,
    control("vault-access", check.id, { role: "keeper-role", accessPolicies: WANTED }),
    more,
  );
}

const UNTOLD = "99999999-0000-4000-8000-000000000009";
const OPEN = `unknown | (accessPolicies:${VENDOR})`;
const ONE = "assessed 1 key vaults";
const DEAD = `drift dead | (accessPolicies:${VENDOR})`;
const excess = (...patterns: readonly string[]) => patterns.map((p) => `drift excess | ${p}`);
const CERTIFICATES = [
  ...["backup", "create", "delete", "deleteissuers", "getissuers", "import", "listissuers"],
  ...["managecontacts", "manageissuers", "purge", "recover", "restore", "setissuers", "update"],
].map((p) => `certificates:${p}`);
const STORAGE = [
  ...["backup", "delete", "deletesas", "get", "getsas", "list", "listsas", "purge", "recover"],
  ...["regeneratekey", "restore", "set", "setsas", "update"],
].map((p) => `storage:${p}`);

describe("AZ14: data actions take effect on vaults with Azure RBAC only", () => {
  const rows: readonly (readonly [string, ReturnType<typeof vault>, readonly string[]])[] = [
    ["Azure RBAC", vault({ enableRbacAuthorization: true, accessPolicies: [] }), [ONE]],
    [
      "Azure RBAC, with policies left over",
      vault({ enableRbacAuthorization: true, accessPolicies: [policy(VENDOR, { keys: ["all"] })] }),
      [ONE],
    ],
    ["no word of it and no policies", vault({}), [ONE, DEAD]],
    ["null", vault({ enableRbacAuthorization: null, accessPolicies: null }), [ONE, DEAD]],
    ["a text that is not true", vault({ enableRbacAuthorization: "true" }), [ONE, DEAD]],
    ["policies that grant the same", policies(policy(VENDOR, enough)), [ONE]],
    [
      "in capitals",
      policies(policy(VENDOR.toUpperCase(), { Secrets: ["ALL"], certificates: ["GET", "List"] })),
      [ONE],
    ],
    [
      "over two entries, one of a group",
      policies(policy(GROUP, { secrets: ["all"] }), policy(VENDOR, { certificates: ["get", "list"] })),
      [ONE],
    ],
    [
      "one permission short",
      policies(policy(VENDOR, { ...enough, secrets: ALL_SECRETS.slice(1) })),
      [ONE, DEAD],
    ],
    [
      "more than documented",
      policies(policy(VENDOR, { ...enough, keys: ["sign"] })),
      [ONE, ...excess("keys:sign")],
    ],
    [
      "more here and less there",
      policies(policy(VENDOR, { certificates: ["all"] })),
      [ONE, DEAD, ...excess(...CERTIFICATES)],
    ],
    [
      "storage beyond the document",
      policies(policy(VENDOR, { ...enough, storage: ["all"] })),
      [ONE, ...excess(...STORAGE)],
    ],
    ["to a user", policies(policy(STRANGER, enough)), [ONE, DEAD]],
    ["AZ6: to somebody who may be a group", policies(policy(UNTOLD, enough)), [ONE, OPEN]],
    ["AZ6: to a group that nothing proves", policies(policy(OTHER_GROUP, enough)), [ONE, OPEN]],
    [
      "AZ6: to us what is documented, to somebody who may be a group more",
      policies(policy(VENDOR, enough), policy(UNTOLD, { keys: ["purge"] })),
      [ONE, OPEN],
    ],
    [
      "AZ6: to somebody who may be a group no more than is documented",
      policies(policy(VENDOR, enough), policy(UNTOLD, { secrets: ["all"] })),
      [ONE],
    ],
    [
      "to a user more than is documented",
      policies(policy(VENDOR, enough), policy(STRANGER, { keys: ["all"] })),
      [ONE],
    ],
    [
      "AZ6: a part would be lacking whoever is in the group",
      policies(policy(UNTOLD, { secrets: ["all"] })),
      [ONE, DEAD],
    ],
    [
      "to an application acting for us",
      policies(policy(VENDOR, enough, { applicationId: STRANGER })),
      [ONE, DEAD],
    ],
    [
      "odd entries",
      policies(null, "x", policy(null, null), policy(VENDOR, { ...enough, secrets: [null, ...ALL_SECRETS] })),
      [ONE],
    ],
    ["no properties at all", vault(null), [ONE, "unknown | (properties)"]],
    [
      "policies that are no list",
      vault({ accessPolicies: "none" }),
      [ONE, `unknown | (accessPolicies:${VENDOR})`],
    ],
  ];
  it.each(rows)("%s", (_, one, expected) => {
    expect(briefs(look([one]))).toEqual([...expected].sort());
  });

  it("judges every vault", () => {
    expect(
      briefs(look([vault({ enableRbacAuthorization: true }), vault({}, "kv2"), vault({}, "kv3")])),
    ).toEqual(["assessed 3 key vaults", DEAD, DEAD]);
  });

  it("names what is missing, and what to type", () => {
    expect(look([policies(policy(VENDOR, { secrets: ["all"] }), policy(STRANGER, {}))])[0]).toMatchObject({
      resource: { type: TYPE, name: "kv1" },
      message: expect.stringContaining(
        "certificates: get, list missing (1 entry is for others, and would not give that either)",
      ),
      remediation: {
        // the other way would cut off whoever has an access policy, so it is no command to paste
        text: expect.stringContaining("az keyvault update --name kv1 --enable-rbac-authorization true"),
        commands: [expect.stringContaining(`az keyvault set-policy --name kv1 --object-id ${VENDOR}`)],
      },
    });
  });
});

it("a permission beyond the document is a finding of its own, so that a waiver of one covers no other", () => {
  const found = look([policies(policy(VENDOR, { ...enough, keys: ["sign", "get"] }))]);
  expect(found.flatMap((o) => (o.kind === "drift" ? [[o.pattern, o.property, o.message]] : []))).toEqual(
    ["keys:get", "keys:sign"].map((p) => [
      p,
      `accessPolicies:${VENDOR}:excess:${p}`,
      expect.stringContaining(`${VENDOR} ${p}, which is not documented`),
    ]),
  );
});

describe("azure/key-vault-access: what is not known is not pass", () => {
  it("no vault: unknown, and the target is not complete", () => {
    const found = look([]);
    expect(found).toMatchObject([{ kind: "unknown", property: "vaults" }]);
    expect(found[0]).not.toHaveProperty("empty");
  });
  it("AZ6: groups of the principal could not be read: unknown wherever an entry may be a group's", () => {
    const recording = {
      without: ["azure/assigned-to"],
      unread: [denied("azure/assigned-to", VENDOR)],
    } as const;
    expect(briefs(look([policies(policy(GROUP, enough))], recording))).toEqual([
      ONE,
      `unknown | (accessPolicies:${VENDOR})`,
    ]);
    const unknown = `unknown | (accessPolicies:${VENDOR})`;
    const group = policy(GROUP, { storage: ["all"] });
    expect(briefs(look([policies(policy(VENDOR, enough), group)], recording))).toEqual([ONE, unknown]);
    const beyond = policy(VENDOR, { ...enough, keys: ["sign"] });
    expect(briefs(look([policies(beyond, group)], recording))).toEqual([
      ONE,
      ...excess("keys:sign"),
      unknown,
    ]);
    // No entry is a group's: what the vault grants is known.
    expect(briefs(look([policies(policy(VENDOR, enough))], recording))).toEqual([ONE]);
    expect(briefs(look([policies()], recording))).toEqual([ONE, DEAD]);
  });
  it("AZ6: names who may be a group, and none that would change nothing", () => {
    const [found] = look([
      policies(
        policy(VENDOR, enough),
        policy(UNTOLD, { keys: ["purge"] }),
        policy(OTHER_GROUP, { secrets: ["get"] }),
        policy(STRANGER, { keys: ["purge"] }),
      ),
    ]);
    expect(found).toMatchObject({
      kind: "unknown",
      clause: "AZ6",
      message: expect.stringContaining(`not known: ${UNTOLD} may be a group`),
    });
  });
  it("AZ6: a group that is named is judged by what it has, and its members are unknown", () => {
    const more = { principals: [{ id: GROUP }] };
    const members = `unknown | (members:${GROUP})`;
    expect(briefs(look([policies()], { principals: [GROUP] }, more))).toEqual([ONE, members]);
    expect(
      briefs(look([policies(policy(GROUP, { ...enough, keys: ["sign"] }))], { principals: [GROUP] }, more)),
    ).toEqual([ONE, ...excess("keys:sign"), members]);
    expect(briefs(look([vault({ enableRbacAuthorization: true })], { principals: [GROUP] }, more))).toEqual([
      ONE,
    ]);
  });
  it("nobody to look for: a vault with Azure RBAC passes, another is unknown", () => {
    const nobody = { principals: [], principalsGiven: false };
    expect(briefs(look([vault({ enableRbacAuthorization: true })], {}, nobody))).toEqual([ONE]);
    expect(briefs(look([vault({})], {}, nobody))).toEqual([ONE, "unknown | (principal)"]);
  });
});
