import type { AzureState, Body } from "../servers/azure-state.ts";
import { azureGround, type Row, type World } from "./azure-ground.ts";
import {
  ADMINISTRATOR,
  app,
  DATA,
  deployer,
  directoryRole,
  graph,
  network,
  others,
  POOLS,
  password,
  principal,
  stack,
  subnet,
  valid,
} from "./metaflow-state.ts";
import { describeWorlds } from "./world.ts";

/** What another vendor asks of the directory and of networks: other days, another role, another delegation. */
const READERS = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b";
const harbour = (passwords: readonly Body[], role = READERS) =>
  graph({
    servicePrincipals: [principal({ passwordCredentials: passwords })],
    roleDefinitions: [
      { id: READERS, templateId: READERS, displayName: "Directory Readers" },
      { id: ADMINISTRATOR, templateId: ADMINISTRATOR, displayName: "Application Administrator" },
    ],
    roleAssignments: [directoryRole(deployer, role)],
  });
const lasting = password("2026-01-01T00:00:00Z", "2029-01-01T00:00:00Z");
const basin = (delegation: string) =>
  others({ networks: [network("vnet-flows", [subnet(DATA, delegation), subnet(POOLS)])] });

const world = (changes: Partial<AzureState> = {}): World => ({
  state: stack({ graph: harbour([lasting]), others: basin("Microsoft.Web/serverFarms"), ...changes }),
  flags: {
    baseline: ["fixtures/baselines/acme-dock.yaml"],
    subscription: ["6b1f4e5f-0000-4000-8000-000000000001"],
    principal: [app],
    set: [`harbourMaster=${deployer}`],
  },
});

const rows: Readonly<Record<string, Row>> = {
  "a password that ends within its days": {
    ...world({ graph: harbour([valid]) }),
    code: 1,
    findings: ["crane-identity expired low sp-metaflow (aaaaaaaa-0000-4000-8000-000000000001)"],
  },
  "another role of the directory than the one named": {
    ...world({ graph: harbour([lasting], ADMINISTRATOR) }),
    code: 1,
    findings: ["harbour-office absent low (cccccccc-0000-4000-8000-000000000001)"],
  },
  "a subnet delegated to another service than the one named": {
    ...world({ others: basin("Microsoft.DBforPostgreSQL/flexibleServers") }),
    code: 1,
    findings: ["basin changed medium (SUB/rg-flows/providers/Microsoft.Network/virtualNetworks/vnet-flows)"],
  },
};

describeWorlds("an invented vendor's dock", azureGround(world(), []), rows);
