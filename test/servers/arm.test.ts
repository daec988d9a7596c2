import { AuthorizationManagementClient } from "@azure/arm-authorization";
import { ClientSecretCredential } from "@azure/identity";
import { afterEach, describe, expect, it } from "vitest";
import { type Arm, ca, startArm } from "./arm.ts";
import {
  builtIn,
  denyAssignment,
  eligibility,
  provider,
  roleAssignment,
  subscriptionId,
} from "./azure-state.ts";

const alice = "33333333-aaaa-4aaa-8aaa-000000000001";
const team = "44444444-aaaa-4aaa-8aaa-000000000001";
const outer = "44444444-aaaa-4aaa-8aaa-000000000002";
const stranger = "33333333-aaaa-4aaa-8aaa-000000000009";
const sub = `/subscriptions/${subscriptionId}`;

let arm: Arm;
afterEach(() => arm.close());

async function world() {
  arm = await startArm(
    {
      groups: { [team]: [alice.toUpperCase()], [outer]: [team] },
      roleAssignments: [
        roleAssignment({ name: "a1", role: builtIn.reader, principal: alice }),
        roleAssignment({
          name: "a2",
          role: builtIn.contributor,
          principal: team,
          scope: `${sub}/resourceGroups/rg1`,
        }),
        roleAssignment({
          name: "a3",
          role: builtIn.reader,
          principal: outer,
          scope: "/providers/Microsoft.Management/managementGroups/ROOT-mg",
        }),
        roleAssignment({ name: "a4", role: builtIn.owner, principal: stranger, scope: "/" }),
      ],
      denyAssignments: [
        denyAssignment({ name: "d1", scope: `${sub}/resourceGroups/rg1`, permissions: [{ actions: ["*"] }] }),
      ],
      eligibilities: [
        eligibility({ name: "e1", role: builtIn.owner, principal: team, principalType: "Group" }),
      ],
      operations: [provider("Microsoft.X", ["Microsoft.X/a/read", "data:Microsoft.X/a/b/read"])],
    },
    { pageSize: 2 },
  );
  const credential = new ClientSecretCredential(
    arm.authority.tenant,
    arm.authority.clientId,
    arm.authority.clientSecret,
    {
      authorityHost: arm.url,
      disableInstanceDiscovery: true,
      tlsOptions: { ca },
    },
  );
  return new AuthorizationManagementClient(credential, subscriptionId, {
    endpoint: arm.url,
    tlsOptions: { ca },
  });
}

async function names(list: AsyncIterable<{ name?: string }>): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const item of list) found.push(item.name ?? "");
  return found;
}

/** The server is judged by Microsoft's own client, so that our collector is not tested against our own mistakes. */
describe("the tests' Resource Manager, seen by the real SDK", () => {
  it("AZ6: lists assignments at, above and below; atScope() leaves out those below", async () => {
    const client = await world();
    const list = (filter?: string) =>
      names(client.roleAssignments.listForScope(sub.slice(1), filter === undefined ? {} : { filter }));
    expect(await list()).toEqual(["a1", "a2", "a3", "a4"]);
    expect(await list("atScope()")).toEqual(["a1", "a3", "a4"]);
    expect(await list(`assignedTo('${alice}')`)).toEqual(["a1", "a2", "a3"]);
    expect(await list(`principalId eq '${alice}'`)).toEqual(["a1"]);
    expect(await list(`assignedTo('${stranger}')`)).toEqual(["a4"]);
  });

  it("AZ6: a deny for everyone is left out by a filter on a principal", async () => {
    const client = await world();
    expect(await names(client.denyAssignments.listForScope(sub.slice(1)))).toEqual(["d1"]);
    expect(
      await names(client.denyAssignments.listForScope(sub.slice(1), { filter: `principalId eq '${alice}'` })),
    ).toEqual([]);
  });

  it("serves definitions, eligibilities and operations", async () => {
    const client = await world();
    const roles: string[] = [];
    for await (const role of client.roleDefinitions.list(sub.slice(1))) roles.push(role.roleName ?? "");
    expect(roles).toEqual(["Owner", "Contributor", "Reader", "User Access Administrator"]);
    expect(
      await names(
        client.roleEligibilityScheduleInstances.listForScope(sub.slice(1), {
          filter: `assignedTo('${alice}')`,
        }),
      ),
    ).toEqual(["e1"]);
    const operations: unknown[] = [];
    for await (const item of client.providerOperationsMetadataOperations.list({ expand: "resourceTypes" }))
      for (const type of item.resourceTypes ?? [])
        for (const operation of type.operations ?? [])
          operations.push([operation.name, operation.isDataAction]);
    expect(operations).toEqual([
      ["Microsoft.X/a/read", false],
      ["Microsoft.X/a/b/read", true],
    ]);
  });

  it("refuses a wrong secret, a wrong tenant and an unknown subscription as the provider does", async () => {
    const client = await world();
    const sign = (tenant: string, secret: string) =>
      new ClientSecretCredential(tenant, arm.authority.clientId, secret, {
        authorityHost: arm.url,
        disableInstanceDiscovery: true,
        tlsOptions: { ca },
      }).getToken(`${arm.url}/.default`);
    await expect(sign(arm.authority.tenant, "wrong")).rejects.toThrow("AADSTS7000215");
    await expect(sign("7a000000-0000-4000-8000-00000000dead", arm.authority.clientSecret)).rejects.toThrow();
    await expect(
      names(client.roleAssignments.listForScope("subscriptions/6b1f4e5f-0000-4000-8000-00000000dead")),
    ).rejects.toMatchObject({ statusCode: 404, code: "SubscriptionNotFound" });
  });
});
