import { readFileSync } from "node:fs";
import { request } from "node:https";
import {
  type AuthorizationManagementClient,
  AuthorizationManagementClient as Client,
} from "@azure/arm-authorization";
import { createDefaultHttpClient } from "@azure/core-rest-pipeline";
import { ClientSecretCredential } from "@azure/identity";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { denyAssignment, eligibility } from "../../../servers/azure-state.ts";
import { operationCount } from "../../azure/catalogue.ts";
import {
  assigned,
  auditor,
  builtIn,
  clients,
  documentedRoleId,
  documentedWorld,
  groupScope,
  managementGroup,
  reader,
  stranger,
  subscription,
  subscriptionId,
  team,
  tenantId,
  vendor,
  worldWithAssignments,
} from "../../azure/world.ts";
import { skipped, whyNoServers } from "./requirements.ts";
import { type LiveAzure, startAzure } from "./setup.ts";

/**
 * The server itself, through Microsoft's SDK for JavaScript, which is not ours: what the audit is proved against has
 * to behave as the documentation of Resource Manager says.
 */
describe.skipIf(skipped("the Azure servers", whyNoServers()))(
  "the Resource Manager of the live tests",
  () => {
    let azure: LiveAzure;
    let sdk: AuthorizationManagementClient;
    beforeAll(async () => {
      azure = await startAzure(tenantId, clients);
      sdk = connect(azure, auditor.secret);
    });
    afterAll(() => azure?.stop());
    beforeEach(() => azure.load(documentedWorld()));

    it("lists assignments at, above and below the scope without a filter (AZ6)", async () => {
      const below = assigned(builtIn.owner, vendor, groupScope);
      const above = assigned(builtIn.reader, vendor, managementGroup);
      await azure.load(worldWithAssignments(below, above));
      const all = await names(sdk.roleAssignments.listForScope(subscription));
      const atScope = await names(sdk.roleAssignments.listForScope(subscription, { filter: "atScope()" }));
      expect(all).toEqual(
        [below.name, above.name, ...documentedWorld().roleAssignments.map((one) => one.name)].sort(),
      );
      expect(atScope).toEqual(all.filter((name) => name !== below.name));
    });

    it("assignedTo() returns what the principal's groups hold, at any depth; principalId eq does not (AZ6)", async () => {
      const throughTeam = assigned(builtIn.contributor, team, subscription, "Group");
      await azure.load(worldWithAssignments(throughTeam));
      const own = "eeeeeeee-0000-4000-8000-000000000001";
      const assignedTo = sdk.roleAssignments.listForScope(subscription, {
        filter: `assignedTo('${vendor}')`,
      });
      const direct = sdk.roleAssignments.listForScope(subscription, { filter: `principalId eq '${vendor}'` });
      expect(await names(assignedTo)).toEqual([own, throughTeam.name].sort());
      expect(await names(direct)).toEqual([own]);
    });

    it("compares scopes by segment and in any case (AZ7)", async () => {
      const ten = assigned(builtIn.reader, vendor, `${subscription}/resourceGroups/rg10`);
      const one = assigned(builtIn.reader, vendor, `${subscription}/RESOURCEGROUPS/RG1`);
      await azure.load(worldWithAssignments(ten, one));
      const found = sdk.roleAssignments.listForScope(`${subscription}/resourceGroups/rg1`, {
        filter: `assignedTo('${vendor}')`,
      });
      expect(await names(found)).toEqual(["eeeeeeee-0000-4000-8000-000000000001", one.name].sort());
    });

    it("lists the roles that can be assigned at the scope; atScopeAndBelow() adds those further below", async () => {
      const world = documentedWorld();
      const onGroup = {
        ...world.roleDefinitions.at(-1),
        name: "bbbbbbbb-0000-4000-8000-000000000002",
        id: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/bbbbbbbb-0000-4000-8000-000000000002`,
        properties: {
          roleName: "Narrow",
          type: "CustomRole",
          assignableScopes: [groupScope],
          permissions: [],
        },
      };
      await azure.load({ ...world, roleDefinitions: [...world.roleDefinitions, onGroup] });
      const everywhere = world.roleDefinitions.map((role) => role.name as string);
      expect(await names(sdk.roleDefinitions.list(subscription))).toEqual(everywhere.toSorted());
      expect(await names(sdk.roleDefinitions.list(subscription, { filter: "atScopeAndBelow()" }))).toEqual(
        [...everywhere, onGroup.name].sort(),
      );
      expect(await names(sdk.roleDefinitions.list(subscription, { filter: "type eq 'CustomRole'" }))).toEqual(
        [documentedRoleId],
      );
    });

    it("gives a role definition by id at any scope, the root included, and 404 for one that is not there (AZ11)", async () => {
      const asked = [`${subscription}/providers`, "/providers"].map((scope) =>
        sdk.roleDefinitions.getById(`${scope}/Microsoft.Authorization/roleDefinitions/${builtIn.owner}`),
      );
      expect((await Promise.all(asked)).map((role) => role.roleName)).toEqual(["Owner", "Owner"]);
      await expect(
        sdk.roleDefinitions.getById("/providers/Microsoft.Authorization/roleDefinitions/not-there"),
      ).rejects.toMatchObject({ statusCode: 404, code: "RoleDefinitionDoesNotExist" });
    });

    it("lists denies for everyone, which principalId eq leaves out (AZ6)", async () => {
      const everyone = denyAssignment({ name: "d1", scope: groupScope, permissions: [{ actions: ["*"] }] });
      await azure.load(documentedWorld({ denyAssignments: [everyone] }));
      const filter = `principalId eq '${vendor}'`;
      expect(await names(sdk.denyAssignments.listForScope(subscription))).toEqual(["d1"]);
      expect(await names(sdk.denyAssignments.listForScope(subscription, { filter }))).toEqual([]);
    });

    it("lists eligible assignments (AZ10)", async () => {
      const eligible = eligibility({ name: "e1", role: builtIn.owner, principal: vendor });
      const other = eligibility({ name: "e2", role: builtIn.owner, principal: stranger });
      await azure.load(documentedWorld({ roleEligibilityScheduleInstances: [eligible, other] }));
      const found = sdk.roleEligibilityScheduleInstances.listForScope(subscription, {
        filter: `assignedTo('${vendor}')`,
      });
      expect(await names(found)).toEqual(["e1"]);
    });

    it("gives the operations of resource types only when they are asked for (AZ12)", async () => {
      const count = async (expand: string) => {
        let operations = 0;
        for await (const one of sdk.providerOperationsMetadataOperations.list({ expand }))
          for (const type of one.resourceTypes ?? []) operations += type.operations?.length ?? 0;
        return operations;
      };
      expect(await count("none")).toBe(0);
      expect(await count("resourceTypes")).toBe(operationCount);
    });

    it("cuts lists into pages that put together are the list", async () => {
      const whole = await names(sdk.roleDefinitions.list(subscription));
      await azure.pageSize(2);
      await azure.forget();
      expect(await names(sdk.roleDefinitions.list(subscription))).toEqual(whole);
      expect((await azure.requests()).map((one) => one.query.includes("skiptoken"))).toEqual([
        false,
        true,
        true,
      ]);
    });

    it("refuses in Resource Manager's words: permission, subscription, filter, version, token", async () => {
      const low = connect(azure, reader.secret, reader.clientId);
      await expect(names(low.roleAssignments.listForScope(subscription))).rejects.toMatchObject({
        statusCode: 403,
        code: "AuthorizationFailed",
        message: expect.stringMatching(
          `object id '${reader.objectId}' does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/read' over scope '${subscription}'`,
        ),
      });
      const elsewhere = "/subscriptions/00000000-0000-4000-8000-00000000dead";
      await expect(names(sdk.roleDefinitions.list(elsewhere))).rejects.toMatchObject({
        statusCode: 404,
        code: "SubscriptionNotFound",
      });
      await expect(
        names(sdk.roleAssignments.listForScope(subscription, { filter: "startswith(name,'x')" })),
      ).rejects.toMatchObject({ statusCode: 400, code: "InvalidFilter" });
      expect(await raw(azure, `${subscription}/resourcegroups`, await token(azure))).toMatchObject({
        status: 400,
        text: expect.stringContaining("MissingApiVersionParameter"),
      });
      expect(
        await raw(azure, `${subscription}/resourcegroups?api-version=2021-04-01`, "x.y.z"),
      ).toMatchObject({
        status: 401,
        text: expect.stringContaining("AuthenticationFailed"),
      });
    });

    it("refuses a wrong secret in Entra's words", async () => {
      await expect(
        credential(azure, "not the secret").getToken("https://management.azure.com/.default"),
      ).rejects.toThrow(/AADSTS7000215/);
    });

    it("refuses a world with a field that Microsoft's models do not know", async () => {
      await expect(azure.load(documentedWorld({ vaults: [{ name: "v", propertys: {} }] }))).rejects.toThrow(
        ".vaults[0].propertys",
      );
    });

    it("knows the subscription by the id that the world gives it", async () => {
      expect(await raw(azure, "/subscriptions?api-version=2022-12-01", await token(azure))).toMatchObject({
        status: 200,
        text: expect.stringContaining(subscriptionId),
      });
    });
  },
);

function credential(azure: LiveAzure, secret: string, clientId = auditor.clientId): ClientSecretCredential {
  return new ClientSecretCredential(azure.tenant, clientId, secret, {
    authorityHost: azure.authorityHost,
    disableInstanceDiscovery: true,
    httpClient: trusting(azure),
    retryOptions: { maxRetries: 0 },
  });
}

function connect(
  azure: LiveAzure,
  secret: string,
  clientId = auditor.clientId,
): AuthorizationManagementClient {
  return new Client(credential(azure, secret, clientId), subscriptionId, {
    endpoint: azure.endpoint,
    credentialScopes: ["https://management.azure.com/.default"],
    httpClient: trusting(azure),
    retryOptions: { maxRetries: 0 },
  });
}

/** NODE_EXTRA_CA_CERTS is read when a process starts, so the SDK is told here. */
function trusting(azure: LiveAzure) {
  const ca = readFileSync(azure.ca, "utf8");
  const plain = createDefaultHttpClient();
  return {
    sendRequest: (message: Parameters<typeof plain.sendRequest>[0]) => {
      message.tlsSettings = { ca };
      return plain.sendRequest(message);
    },
  };
}

async function token(azure: LiveAzure): Promise<string> {
  return (await credential(azure, auditor.secret).getToken("https://management.azure.com/.default")).token;
}

function raw(azure: LiveAzure, path: string, bearer: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${bearer}` };
    const call = request(azure.endpoint + path, { ca: readFileSync(azure.ca), headers }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += String(chunk);
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    call.on("error", reject);
    call.end();
  });
}

async function names(
  list: AsyncIterable<{ readonly name?: string }>,
): Promise<readonly (string | undefined)[]> {
  const found: (string | undefined)[] = [];
  for await (const one of list) found.push(one.name);
  return found.sort();
}
