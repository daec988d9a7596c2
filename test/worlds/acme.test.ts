import {
  type AzureState,
  builtIn,
  type Permissions,
  resource,
  resourceGroup,
  roleAssignment,
  roleDefinition,
} from "../servers/azure-state.ts";
import { azureGround, type Row } from "./azure-ground.ts";
import { bystander, vendor as pump, SUB, stockRoles } from "./chalk.ts";
import { operations } from "./operations.ts";
import { describeWorlds } from "./world.ts";

const RG = `${SUB}/resourceGroups/rg-lake`;
const keeperRole = "d0000000-0000-4000-8000-0000000000b1";
const gaugeRole = "d0000000-0000-4000-8000-0000000000b2";
const searchData = "8ebe5a00-799e-43f5-93ac-243d3dce84a7";
const searchRole = roleDefinition({
  id: searchData,
  name: "Search Index Data Contributor",
  type: "BuiltInRole",
  permissions: [{ dataActions: ["Microsoft.Search/searchServices/indexes/documents/*"] }],
});
/** What the invented vendor's page prints: one object's notActions say nothing about another's. */
const keeper: readonly Permissions[] = [
  {
    actions: ["Microsoft.Search/searchServices/*", "Microsoft.Relay/namespaces/read"],
    notActions: ["Microsoft.Search/searchServices/delete", "Microsoft.Search/searchServices/*/delete"],
  },
  {
    actions: ["Microsoft.SignalRService/*"],
    notActions: ["Microsoft.SignalRService/*/write"],
    dataActions: ["Microsoft.Search/searchServices/indexes/documents/*"],
    notDataActions: ["Microsoft.Search/searchServices/indexes/documents/delete"],
  },
];
const wet = { actions: ["Microsoft.Relay/namespaces/write"] };
const keeperDefinition = (permissions: readonly Permissions[]) =>
  roleDefinition({ id: keeperRole, name: "Acme Lake Keeper", permissions, assignableScopes: [RG] });
const held = (name: string, role: string, scope = SUB) =>
  roleAssignment({ name, role, principal: pump, scope });
const clean = (changes: Partial<AzureState> = {}): Partial<AzureState> => ({
  roleDefinitions: [...stockRoles, searchRole, keeperDefinition([...keeper, wet])],
  roleAssignments: [held("a-keeper", keeperRole), held("a-search", searchData, RG), bystander],
  operations,
  resourceGroups: [resourceGroup("rg-lake"), resourceGroup("rg-weather-1")],
  resources: [
    resource("Microsoft.Search/searchServices", "rg-lake", "s"),
    resource("Microsoft.Relay/namespaces", "rg-lake", "r1"),
    resource("Microsoft.Relay/Namespaces", "rg-lake", "r2"),
  ],
  managedClusters: [
    resource("Microsoft.ContainerService/managedClusters", "rg-lake", "k", {
      properties: { apiServerAccessProfile: { enablePrivateCluster: true } },
    }),
  ],
  vaults: [
    resource("Microsoft.KeyVault/vaults", "rg-lake", "v", { properties: { enableRbacAuthorization: true } }),
  ],
  ...changes,
});
const role = (...permissions: Permissions[]) =>
  clean({ roleDefinitions: [...stockRoles, searchRole, keeperDefinition(permissions)] });
const also = (...more: ReturnType<typeof held>[]) =>
  clean({
    roleAssignments: [held("a-keeper", keeperRole), held("a-search", searchData, RG), bystander, ...more],
  });
const flags = {
  baseline: ["fixtures/baselines/acme-lake.yaml"],
  subscription: ["6b1f4e5f-0000-4000-8000-000000000001"],
  set: ["groups=rg-lake"],
};
const dry = { ...flags, "profile-set": ["dry"] };
const [first, secondObject] = keeper as [Permissions, Permissions];

const rows: Readonly<Record<string, Row>> = {
  "its notActions written into the other object (AZ2)": {
    state: role(
      { ...first, notActions: [] },
      { ...secondObject, notActions: [...(secondObject.notActions ?? []), ...(first.notActions ?? [])] },
      wet,
    ),
    flags,
    code: 1,
    controls: { "keeper-role": "fail", "all-access": "fail" },
    findings: [
      "all-access excess low latent control Microsoft.Search/searchServices/*/delete ! Microsoft.Search/searchServices/<any>/delete @ SUB, by Acme Lake Keeper, at SUB",
      "all-access excess low latent control Microsoft.Search/searchServices/delete ! Microsoft.Search/searchServices/delete @ SUB, by Acme Lake Keeper, at SUB",
      "keeper-role excess low latent control Microsoft.Search/searchServices/*/delete ! Microsoft.Search/searchServices/<any>/delete",
      "keeper-role excess low latent control Microsoft.Search/searchServices/delete ! Microsoft.Search/searchServices/delete",
    ],
  },
  "its notActions without one (AZ2)": {
    state: role({ ...first, notActions: ["Microsoft.Search/searchServices/delete"] }, secondObject, wet),
    flags,
    code: 1,
    controls: { "keeper-role": "fail", "all-access": "fail" },
    findings: [
      "all-access excess low latent control Microsoft.Search/searchServices/*/delete ! Microsoft.Search/searchServices/<any>/delete @ SUB, by Acme Lake Keeper, at SUB",
      "keeper-role excess low latent control Microsoft.Search/searchServices/*/delete ! Microsoft.Search/searchServices/<any>/delete",
    ],
  },
  "profile dry, with what is only for wet": {
    state: clean(),
    flags: dry,
    code: 1,
    controls: { "keeper-role": "fail", "all-access": "fail" },
    findings: [
      "all-access excess low latent control Microsoft.Relay/namespaces/write ! Microsoft.Relay/namespaces/write @ SUB, by Acme Lake Keeper, at SUB",
      "all-access excess low latent data Microsoft.Search/searchServices/indexes/documents/delete ! Microsoft.Search/searchServices/indexes/documents/delete @ SUB/rg-lake, by Search Index Data Contributor, at SUB/rg-lake",
      "keeper-role excess low latent control Microsoft.Relay/namespaces/write ! Microsoft.Relay/namespaces/write",
    ],
  },
  "profile dry, as documented": {
    state: { ...role(...keeper), roleAssignments: [held("a-keeper", keeperRole)] },
    flags: dry,
    code: 0,
  },
  "the built-in role at the subscription": {
    state: clean({ roleAssignments: [held("a-keeper", keeperRole), held("a-search", searchData)] }),
    flags,
    code: 1,
    controls: { "search-access": "fail", "all-access": "fail" },
    findings: [
      "all-access wider high Search Index Data Contributor (SUB roleAssignments/a-search), by Search Index Data Contributor, at SUB",
      "search-access wider high Search Index Data Contributor (SUB roleAssignments/a-search), by Search Index Data Contributor, at SUB",
    ],
  },
  "Owner besides": {
    state: also(held("a-own", builtIn.owner, RG)),
    flags,
    code: 1,
    controls: { "all-access": "fail" },
    findings: [
      "all-access excess critical control * except Microsoft.Relay/namespaces/read; Microsoft.Relay/namespaces/write; Microsoft.Search/searchServices/*; Microsoft.SignalRService/* ! Microsoft.Authorization/roleAssignments/write @ SUB/rg-lake, by Owner, at SUB/rg-lake",
      "all-access excess low latent control Microsoft.Search/searchServices/*/delete ! Microsoft.Search/searchServices/<any>/delete @ SUB/rg-lake, by Owner, at SUB/rg-lake",
      "all-access excess low latent control Microsoft.Search/searchServices/delete ! Microsoft.Search/searchServices/delete @ SUB/rg-lake, by Owner, at SUB/rg-lake",
      "all-access excess low latent control Microsoft.SignalRService/*/write ! Microsoft.SignalRService/<any>/write @ SUB/rg-lake, by Owner, at SUB/rg-lake",
    ],
  },
  "the optional role, exact": {
    state: {
      ...also(held("a-gauge", gaugeRole)),
      roleDefinitions: [
        ...stockRoles,
        searchRole,
        keeperDefinition([...keeper, wet]),
        roleDefinition({
          id: gaugeRole,
          name: "Acme Lake Gauge",
          permissions: [
            {
              actions: ["Microsoft.Search/searchServices/read"],
              dataActions: ["Microsoft.KeyVault/vaults/keys/read"],
            },
          ],
        }),
      ],
    },
    flags,
    code: 0,
    gone: ["gauge-role note absent info (SUB#Acme Lake Gauge)"],
  },
  "the optional role, widened": {
    state: {
      ...also(held("a-gauge", gaugeRole)),
      roleDefinitions: [
        ...stockRoles,
        searchRole,
        keeperDefinition([...keeper, wet]),
        roleDefinition({
          id: gaugeRole,
          name: "Acme Lake Gauge",
          permissions: [
            {
              actions: ["Microsoft.Search/searchServices/read"],
              dataActions: ["Microsoft.KeyVault/vaults/keys/*"],
            },
          ],
        }),
      ],
    },
    flags,
    code: 1,
    controls: { "gauge-role": "fail", "all-access": "fail" },
    findings: [
      "all-access excess high data Microsoft.KeyVault/vaults/keys/* except Microsoft.KeyVault/vaults/keys/read ! Microsoft.KeyVault/vaults/keys/delete @ SUB, by Acme Lake Gauge, at SUB",
      "gauge-role excess high data Microsoft.KeyVault/vaults/keys/* except Microsoft.KeyVault/vaults/keys/read ! Microsoft.KeyVault/vaults/keys/delete",
    ],
    gone: ["gauge-role note absent info (SUB#Acme Lake Gauge)"],
  },
  "a public endpoint": {
    state: clean({
      managedClusters: [
        resource("Microsoft.ContainerService/managedClusters", "rg-lake", "k", {
          properties: { apiServerAccessProfile: null },
        }),
      ],
    }),
    flags,
    code: 1,
    controls: { "private-cluster": "fail" },
    findings: [
      "private-cluster changed medium (SUB/rg-lake/providers/Microsoft.ContainerService/managedClusters/k)",
    ],
  },
  "one relay of two": {
    state: clean({
      resources: [
        resource("Microsoft.Search/searchServices", "rg-lake", "s"),
        resource("Microsoft.Relay/namespaces", "rg-lake", "r1"),
      ],
    }),
    flags,
    code: 1,
    controls: { parts: "fail" },
    findings: ["parts absent low (SUB#relays)"],
  },
  "a vault on access policies that grant less": {
    state: clean({
      vaults: [
        resource("Microsoft.KeyVault/vaults", "rg-lake", "v", {
          properties: { accessPolicies: [{ objectId: pump, permissions: { keys: ["get"] } }] },
        }),
      ],
    }),
    flags,
    code: 1,
    controls: { "vault-access": "fail" },
    findings: ["vault-access dead medium (SUB/rg-lake/providers/Microsoft.KeyVault/vaults/v)"],
  },
  "a neighbour": {
    state: clean({ resourceGroups: [resourceGroup("rg-lake"), resourceGroup("rg-sea")] }),
    flags,
    code: 0,
    controls: { "own-subscription": "fail" },
    findings: ["own-subscription stray info (SUB/rg-sea)"],
  },
};
describeWorlds(
  "acme-lake, a vendor that does not exist",
  azureGround({ state: clean(), flags }, ["gauge-role note absent info (SUB#Acme Lake Gauge)"]),
  rows,
);
