import { afterEach, describe, expect, it } from "vitest";
import { factsOf } from "../../../src/snapshot/facts.ts";
import { azureKinds } from "../../../src/snapshot/kinds/azure.ts";
import type { ApiCall } from "../../../src/snapshot/kinds/calls.ts";
import { readSnapshot } from "../../../src/snapshot/read.ts";
import { formatSnapshot } from "../../../src/snapshot/write.ts";
import { type Arm, startArm } from "../../servers/arm.ts";
import { builtIn, roleAssignment, subscriptionId } from "../../servers/azure-state.ts";
import { causes, collectFrom, everyKind, ids } from "../harness.ts";
import {
  closed,
  directoryReader,
  storageAccount,
  stranger,
  sub,
  team,
  vendor,
  vendorApp,
  vendorApplication,
  vendorRole,
  vendorWorld,
} from "../world.ts";

let arm: Arm;
afterEach(() => arm?.close());

/** What is kept of the vendor's directory: no mail, no hint, no key, no description. */
const directoryDocuments = [
  {
    kind: "azure/application",
    id: vendorApp,
    body: { id: vendorApplication, appId: vendorApp, displayName: "vendor", validity: [] },
  },
  {
    kind: "azure/directory-membership",
    id: vendor,
    body: {
      id: vendor,
      type: "servicePrincipal",
      value: [
        { id: team, displayName: "team", isAssignableToRole: true },
        { id: closed, displayName: "closed", isAssignableToRole: false },
      ],
    },
  },
  { kind: "azure/directory-role", id: vendor, body: { value: [] } },
  {
    kind: "azure/directory-role",
    id: team,
    body: {
      value: [
        {
          id: "ra1",
          principalId: team,
          roleDefinitionId: directoryReader,
          directoryScopeId: "/",
          roleDefinition: { templateId: directoryReader, displayName: "Directory Readers" },
        },
      ],
    },
  },
  { kind: "azure/directory-role-eligibility", id: vendor, body: { value: [] } },
  {
    kind: "azure/federated-credential",
    id: vendorApplication,
    body: {
      value: [
        {
          id: "f1",
          name: "ci",
          issuer: "https://issuer.example",
          subject: "repo:a/b:ref:refs/heads/main",
          audiences: ["a"],
        },
      ],
    },
  },
  {
    kind: "azure/owner",
    id: vendorApplication,
    body: { value: [{ type: "#microsoft.graph.user", id: stranger, displayName: "Stranger" }] },
  },
  { kind: "azure/owner", id: vendor, body: { value: [] } },
  {
    kind: "azure/service-principal",
    id: vendor,
    body: {
      id: vendor,
      appId: vendorApp,
      displayName: "vendor",
      accountEnabled: true,
      validity: [
        {
          sort: "password",
          keyId: "k1",
          startDateTime: "2026-01-01T00:00:00Z",
          endDateTime: "2027-01-01T00:00:00Z",
        },
        {
          sort: "certificate",
          keyId: "k2",
          startDateTime: "2026-01-01T00:00:00Z",
          endDateTime: "2027-01-01T00:00:00Z",
        },
      ],
    },
  },
];

describe("a whole scan of one subscription", () => {
  it("AZ6: keeps every list as it came, and per principal what assignedTo returned", async () => {
    const state = vendorWorld();
    arm = await startArm(state, { pageSize: 2 });
    const { snapshot } = await collectFrom(arm, { principals: [vendor] });
    const under = (kind: string, name: string, scope = sub) =>
      `${scope}/providers/Microsoft.Authorization/${kind}/${name}`;
    const bodies = (list: readonly { readonly id?: unknown }[] = [], kind: string) =>
      [...list]
        .map((body) => ({ kind, id: body.id, body }))
        .sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1));
    expect(snapshot).toEqual({
      schema: 1,
      kinds: [...everyKind].sort(),
      provider: "azure",
      scope: sub,
      takenAt: "2026-11-21T08:00:00.000Z",
      principals: [vendor],
      documents: [
        ...directoryDocuments,
        {
          kind: "azure/assigned-to",
          id: vendor,
          body: { value: state.roleAssignments?.slice(0, 2) },
        },
        {
          kind: "azure/blob-container",
          id: storageAccount,
          body: {
            value: [
              {
                id: `${storageAccount}/blobServices/default/containers/c1`,
                name: "c1",
                properties: { publicAccess: "None" },
              },
            ],
          },
        },
        ...Object.entries({
          "azure/postgresql-server": "Microsoft.DBforPostgreSQL/flexibleServers",
          "azure/storage-account": "Microsoft.Storage/storageAccounts",
          "azure/virtual-network": "Microsoft.Network/virtualNetworks",
        }).flatMap(([kind, type]) => bodies(state.others?.[type], kind)),
        ...bodies(state.denyAssignments, "azure/deny-assignment"),
        ...bodies(state.managedClusters, "azure/managed-cluster"),
        {
          kind: "azure/provider-operations",
          id: "/providers/Microsoft.Authorization/providerOperations/Microsoft.Compute",
          body: {
            name: "Microsoft.Compute",
            operations: [],
            resourceTypes: [
              {
                name: "disks",
                operations: [
                  { name: "Microsoft.Compute/disks/read", isDataAction: false },
                  { name: "Microsoft.Compute/disks/delete", isDataAction: false },
                ],
              },
            ],
          },
        },
        {
          kind: "azure/provider-operations",
          id: "/providers/Microsoft.Authorization/providerOperations/Microsoft.KeyVault",
          body: {
            name: "Microsoft.KeyVault",
            operations: [],
            resourceTypes: [
              {
                name: "vaults/secrets/getSecret",
                operations: [
                  { name: "Microsoft.KeyVault/vaults/secrets/getSecret/action", isDataAction: true },
                ],
              },
            ],
          },
        },
        ...bodies(state.resources, "azure/resource"),
        ...bodies(state.resourceGroups, "azure/resource-group"),
        ...bodies(state.roleAssignments, "azure/role-assignment"),
        ...bodies(state.roleDefinitions, "azure/role-definition"),
        { kind: "azure/role-eligibility", id: vendor, body: { value: state.eligibilities } },
        ...bodies(state.vaults, "azure/vault"),
      ].sort((a, b) => (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : String(a.id) < String(b.id) ? -1 : 1)),
      unread: [],
    });
    expect(under("roleAssignments", "a1")).toBe(state.roleAssignments?.[0]?.id);
  });

  it("fault 36: the calls of a full scan are exactly those of the registry, and all are GET", async () => {
    arm = await startArm({
      ...vendorWorld(),
      // A role that the list does not return, so that it is asked for by its id.
      roleAssignments: [
        roleAssignment({ name: "a1", role: vendorRole, principal: vendor }),
        roleAssignment({
          name: "a9",
          role: `${sub}/providers/Microsoft.Authorization/roleDefinitions/55555555-aaaa-4aaa-8aaa-0000000000ff`,
          principal: vendor,
        }),
      ],
    });
    await collectFrom(arm, {
      roleNames: ["vendor MANAGER"],
      names: new Map([["azure/directory-role", [stranger]]]),
    });
    const somebody = new RegExp([vendor, stranger, team].join("|"));
    const seen = arm.requests
      .filter((request) => request.to === "arm")
      .map(({ method, path, query }) => {
        const template = path
          .replace(/^.*\/roleDefinitions\/55555555-aaaa-4aaa-8aaa-0000000000ff$/, "{roleDefinition}")
          .replace(storageAccount, "{storageAccount}")
          .replace(subscriptionId, "{subscription}")
          .replace(somebody, "{principal}")
          .replace(new RegExp(`${vendorApp}|${vendorApplication}`), "{application}");
        const filter = Object.entries(query).map(
          ([name, value]) => `${name}=${value.replace(somebody, "{principal}")}`,
        );
        return `${method} ${template}?${filter.sort().join("&")}`;
      });
    const published = Object.values(azureKinds).flatMap((source) =>
      source.calls.map((call: ApiCall) => {
        const { apiVersion } = call;
        const query = { ...(apiVersion === undefined ? {} : { "api-version": apiVersion }), ...call.query };
        const pairs = Object.entries(query).map(([name, value]) => `${name}=${value}`);
        return `${call.method} ${call.path}?${pairs.sort().join("&")}`;
      }),
    );
    expect([...new Set(seen)].sort()).toEqual([...new Set(published)].sort());
    expect(seen.every((call) => call.startsWith("GET "))).toBe(true);
    expect(published.length).toBeGreaterThan(10);
  });

  it("reads only the kinds of the plan", async () => {
    arm = await startArm(vendorWorld());
    const { snapshot } = await collectFrom(arm, { kinds: ["azure/vault"] });
    expect(new Set(snapshot.documents.map((document) => document.kind))).toEqual(new Set(["azure/vault"]));
    expect(arm.requests.map((request) => request.path)).toEqual([
      `${sub}/providers/Microsoft.KeyVault/vaults`,
    ]);
  });

  it("without principals audits whoever holds a role of the given name, in any case", async () => {
    arm = await startArm(vendorWorld());
    const { snapshot } = await collectFrom(arm, { roleNames: ["VENDOR manager"] });
    expect(snapshot.principals).toBeUndefined();
    expect(ids(snapshot, "azure/assigned-to")).toEqual([vendor]);
    expect(snapshot.unread).toEqual([]);
  });

  it("nobody holds the role: an empty fact, nothing unread", async () => {
    arm = await startArm({ ...vendorWorld(), roleAssignments: [] });
    const { snapshot } = await collectFrom(arm, { roleNames: ["Vendor Manager"] });
    expect(ids(snapshot, "azure/assigned-to")).toEqual([]);
    expect(snapshot.unread).toEqual([]);
  });

  it("whom to audit cannot be found out: what each holds is unread as a whole", async () => {
    arm = await startArm(vendorWorld());
    arm.faults.add({ match: "roleAssignments", denied: "Microsoft.Authorization/roleAssignments/read" });
    const { snapshot } = await collectFrom(arm, { roleNames: ["Vendor Manager"] });
    expect(causes(snapshot.unread)).toEqual([
      "azure/assigned-to denied Microsoft.Authorization/roleAssignments/read",
      "azure/role-assignment denied Microsoft.Authorization/roleAssignments/read",
      "azure/role-eligibility denied Microsoft.Authorization/roleAssignments/read",
    ]);
  });

  it("AZ11: a role that the list does not return is read by its id; one that is gone is unread by its id", async () => {
    const hidden = "55555555-aaaa-4aaa-8aaa-0000000000aa";
    const gone = `${sub}/providers/Microsoft.Authorization/roleDefinitions/55555555-aaaa-4aaa-8aaa-0000000000bb`;
    const state = vendorWorld();
    const listed = state.roleDefinitions ?? [];
    const [first] = listed;
    const properties = { ...(first?.properties as object), assignableScopes: ["/subscriptions/another"] };
    const id = `${sub}/providers/Microsoft.Authorization/roleDefinitions/${hidden}`;
    arm = await startArm({
      ...state,
      roleDefinitions: [...listed, { ...first, properties, name: hidden, id }],
      roleAssignments: [
        roleAssignment({ name: "a1", role: hidden, principal: vendor }),
        roleAssignment({ name: "a2", role: gone, principal: vendor }),
        // The same role at another scope and in capitals is one role.
        roleAssignment({
          name: "a3",
          role: `/providers/Microsoft.Authorization/roleDefinitions/${builtIn.reader.toUpperCase()}`,
          principal: vendor,
        }),
      ],
    });
    const { snapshot } = await collectFrom(arm, { principals: [vendor] });
    expect(ids(snapshot, "azure/role-definition")).toEqual([...listed.map((role) => role.id), id].sort());
    const byId = arm.requests.filter((request) => /roleDefinitions\/./i.test(request.path));
    expect(byId.map((request) => request.path).sort()).toEqual([id, gone].sort());
    expect(snapshot.unread).toEqual([
      {
        kind: "azure/role-definition",
        id: gone,
        api: `GET ${gone}`,
        cause: "not-found",
        detail:
          "answered 404 RoleDefinitionDoesNotExist: The specified role definition with ID '55555555-aaaa-4aaa-8aaa-0000000000bb' does not exist.",
      },
    ]);
  });

  it("a role id that is no role definition's path is never requested", async () => {
    const odd = "/subscriptions/x/../../providers/Microsoft.Authorization/roleDefinitions/../../secrets?x=1";
    arm = await startArm({
      ...vendorWorld(),
      roleAssignments: [roleAssignment({ name: "a1", role: odd, principal: vendor })],
    });
    const { snapshot } = await collectFrom(arm, { principals: [vendor] });
    expect(causes(snapshot.unread)).toEqual([`azure/role-definition ${odd} malformed`]);
    expect(arm.requests.filter((request) => request.path.includes("secrets"))).toEqual([]);
  });

  it("a principal's id from the cloud that is no GUID never reaches a filter", async () => {
    const odd = "x') or principalId eq 'y";
    arm = await startArm({
      ...vendorWorld(),
      roleAssignments: [roleAssignment({ name: "a1", role: vendorRole, principal: odd })],
    });
    const { snapshot } = await collectFrom(arm, { roleNames: ["Vendor Manager"] });
    expect(causes(snapshot.unread)).toEqual([
      `azure/assigned-to ${odd} malformed`,
      `azure/role-eligibility ${odd} malformed`,
      `azure/service-principal ${odd} malformed`,
    ]);
    expect(arm.requests.filter((request) => (request.query.$filter ?? "").includes("or"))).toEqual([]);
  });

  it("AZ10: a tenant without the licence has no eligible roles: a fact, not unread", async () => {
    arm = await startArm({ ...vendorWorld(), eligibilityLicence: false });
    const { snapshot } = await collectFrom(arm, { principals: [vendor, stranger] });
    expect(snapshot.documents.filter((document) => document.kind === "azure/role-eligibility")).toEqual([
      {
        kind: "azure/role-eligibility",
        id: "none",
        body: { licence: false, code: "AadPremiumLicenseRequired" },
      },
    ]);
    expect(snapshot.unread).toEqual([]);
  });

  it("a provider that the subscription is not registered for has no resources: a fact, not unread", async () => {
    arm = await startArm({ ...vendorWorld(), unregistered: ["Microsoft.KeyVault"] });
    const { snapshot } = await collectFrom(arm, { kinds: ["azure/vault", "azure/managed-cluster"] });
    expect(ids(snapshot, "azure/vault")).toEqual([]);
    expect(ids(snapshot, "azure/managed-cluster")).toHaveLength(1);
    expect(snapshot.unread).toEqual([]);
  });

  it("a provider that this cloud does not know is unsupported, not empty", async () => {
    arm = await startArm(vendorWorld());
    arm.faults.add({
      match: "Microsoft.KeyVault/vaults",
      status: 404,
      code: "InvalidResourceType",
      message: "no such type",
    });
    const { snapshot } = await collectFrom(arm, { kinds: ["azure/vault"] });
    expect(snapshot.unread).toEqual([
      {
        kind: "azure/vault",
        api: `GET ${sub}/providers/Microsoft.KeyVault/vaults`,
        cause: "unsupported",
        detail: "answered 404 InvalidResourceType: no such type",
      },
    ]);
  });

  it("fault 40: a subscription that does not exist leaves every kind unread and keeps nothing", async () => {
    arm = await startArm(vendorWorld());
    const { snapshot } = await collectFrom(arm, {
      principals: [vendor],
      settings: { subscription: "6b1f4e5f-0000-4000-8000-00000000dead" },
    });
    expect(snapshot.documents).toEqual([]);
    expect(causes(snapshot.unread)).toEqual([...everyKind].sort().map((kind) => `${kind} not-found`));
  });

  it("survives real data: odd GUIDs, mixed case, nulls, scope / and absent properties", async () => {
    const assignments = [
      {
        id: "/providers/Microsoft.Authorization/roleAssignments/r0",
        properties: {
          roleDefinitionId: `/PROVIDERS/microsoft.authorization/ROLEdefinitions/${builtIn.owner.toUpperCase()}`,
          principalId: vendor.toUpperCase(),
          scope: "/",
          condition: null,
        },
      },
      {
        id: `${sub}/resourcegroups/RG1/providers/Microsoft.Authorization/roleAssignments/r1`,
        type: "microsoft.authorization/ROLEASSIGNMENTS",
        properties: {
          roleDefinitionId: builtIn.reader,
          principalId: vendor,
          scope: `${sub.toUpperCase()}/resourcegroups/RG1`,
          extra: { kept: [1, null, true] },
        },
      },
    ];
    const denies = [
      {
        id: `${sub}/providers/Microsoft.Authorization/denyAssignments/d0`,
        properties: {
          scope: sub,
          principals: [{ id: "00000000000000000000000000000000", type: "Everyone" }],
          excludePrincipals: null,
          permissions: null,
        },
      },
    ];
    arm = await startArm(
      { ...vendorWorld(), roleAssignments: assignments, denyAssignments: denies },
      { pageSize: 1 },
    );
    const { snapshot } = await collectFrom(arm, {
      kinds: ["azure/assigned-to", "azure/deny-assignment"],
      principals: [vendor],
    });
    expect(snapshot.documents).toEqual([
      { kind: "azure/assigned-to", id: vendor, body: { value: assignments } },
      { kind: "azure/deny-assignment", id: denies[0]?.id, body: denies[0] },
    ]);
  });

  it("an item twice over two pages is kept once; two bodies under one id are both kept", async () => {
    const [one, two] = vendorWorld().resourceGroups ?? [];
    arm = await startArm(
      { resourceGroups: [one!, two!, one!, { ...two, location: "northeurope" }] },
      { pageSize: 2 },
    );
    const { snapshot } = await collectFrom(arm, { kinds: ["azure/resource-group"] });
    expect(ids(snapshot, "azure/resource-group")).toEqual([two?.id, two?.id, one?.id]);
  });

  it("fault 17: the same state in another order gives the same bytes, and the file reads back equal", async () => {
    const state = vendorWorld();
    const texts: string[] = [];
    for (const turn of [
      state,
      {
        ...state,
        roleDefinitions: [...(state.roleDefinitions ?? [])].reverse(),
        resources: [...(state.resources ?? [])].reverse(),
      },
    ]) {
      const server = await startArm(turn, { pageSize: 3 });
      const { snapshot } = await collectFrom(server, { roleNames: ["Vendor Manager"] });
      texts.push(formatSnapshot(snapshot));
      await server.close();
      expect(readSnapshot(formatSnapshot(snapshot), "x.json")).toEqual(snapshot);
      expect(factsOf(snapshot).all("azure/assigned-to")).toHaveLength(1);
    }
    expect(texts[1]).toBe(texts[0]);
    arm = await startArm();
  });

  it("the group that a role is assigned to is the principal, when nobody is named", async () => {
    arm = await startArm({
      ...vendorWorld(),
      roleAssignments: [
        roleAssignment({ name: "a1", role: vendorRole, principal: team, principalType: "Group" }),
      ],
    });
    const { snapshot } = await collectFrom(arm, { roleNames: ["Vendor Manager"] });
    expect(ids(snapshot, "azure/assigned-to")).toEqual([team]);
  });
});
