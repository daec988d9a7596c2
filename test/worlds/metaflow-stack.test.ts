import { expect } from "vitest";
import type { Report } from "../../src/report/report.ts";
import type { DocumentKind } from "../../src/snapshot/kinds/kinds.ts";
import type { AzureState, Body } from "../servers/azure-state.ts";
import { denyAssignment, resourceGroup } from "../servers/azure-state.ts";
import type { Fault } from "../servers/faults.ts";
import { everyConsent, type GraphState } from "../servers/graph-answers.ts";
import { outer, SUB, second, team } from "./chalk.ts";
import { having, service, slice, whole } from "./metaflow-cluster.ts";
import { type ClusterState, type StackRow, type StackWorld, stackGround } from "./metaflow-ground.ts";
import {
  ACCOUNT,
  ADMINISTRATOR,
  APPLICATION,
  account,
  app,
  cluster,
  container,
  DATA,
  database,
  deployer,
  directoryRole,
  GLOBAL,
  graph,
  home,
  network,
  others,
  POOLS,
  password,
  past,
  pool,
  pools,
  principal,
  RG,
  registration,
  stack,
  subnet,
} from "./metaflow-state.ts";
import { describeWorlds } from "./world.ts";

const set = ["resourceGroup=rg-flows", `deployerId=${deployer}`];
const flags = { subscription: ["6b1f4e5f-0000-4000-8000-000000000001"], principal: [app], set };
const world = (changes: Partial<AzureState> = {}, more: Partial<StackWorld> = {}): StackWorld => ({
  state: stack(changes),
  flags,
  cluster: whole,
  ...more,
});
const given = (...more: readonly string[]) => ({ flags: { ...flags, set: [...set, ...more] } });
const knows = (changes: Partial<GraphState>, more: Partial<StackWorld> = {}) =>
  world({ graph: graph(changes) }, more);
const runs = (state: ClusterState) => world({}, { cluster: state });
const fails = (...faults: readonly Fault[]) => world({}, { faults });

const apart = network("vnet-apart", [
  subnet(`${RG}/providers/Microsoft.Network/virtualNetworks/vnet-apart/subnets/aks`),
]);
const APART = `${RG}/providers/Microsoft.Network/virtualNetworks/vnet-apart/subnets/aks`;
const foreign = `${SUB}/resourceGroups/rg-other/providers/Microsoft.Network/virtualNetworks/vnet-other/subnets/aks`;
const group = { id: outer, displayName: "outer admins", isAssignableToRole: true };

const federated = (...entries: readonly Body[]) => ({ federated: { [APPLICATION]: entries } });
const credential = (
  name: string,
  subject: string | null,
  issuer = "https://token.actions.githubusercontent.com",
): Body => ({
  id: `f-${name}`,
  name,
  issuer,
  subject,
  audiences: ["api://AzureADTokenExchange"],
});
const credentials = (...passwordCredentials: readonly Body[]) => ({
  servicePrincipals: [principal({ passwordCredentials })],
});
const unread = (kind: DocumentKind): ClusterState => ({
  ...whole,
  unread: [{ kind, api: "GET /", cause: "denied", permission: "list services", detail: "answered 403" }],
});
const without = (...lacking: readonly string[]) => ({
  consent: everyConsent.filter((permission) => !lacking.includes(permission)),
});
const groupsDeny = (id: string) =>
  denyAssignment({
    name: "deny-blobs",
    scope: RG,
    permissions: [{ actions: ["Microsoft.ContainerService/managedClusters/write"] }],
    principals: [{ id, type: "Group" }],
  });
const notesOf = ({ targets }: Report) => targets.flatMap(({ notes = [] }) => notes).join("\n");
const row = (
  changed: StackWorld,
  code: number,
  findings: readonly string[],
  more: Partial<StackRow> = {},
): StackRow => ({
  ...changed,
  code,
  findings,
  ...more,
});

/** A change, and all that is found of it. */
const rows: Readonly<Record<string, StackRow>> = {
  "the group is not there": row(world({ resourceGroups: [resourceGroup("rg-other")] }), 1, [
    "resource-group absent medium (rg-flows)",
  ]),
  "several groups, none named": row(
    world(
      { resourceGroups: [resourceGroup("rg-flows"), resourceGroup("rg-other")] },
      { flags: { ...flags, set: [`deployerId=${deployer}`] } },
    ),
    3,
    ["resource-group unknown medium resource group (SUB)"],
  ),
  "the only group, none named": row(
    world({}, { flags: { ...flags, set: [`deployerId=${deployer}`] } }),
    0,
    [],
  ),
  "the account named lies in another group": row(
    world(
      { others: others({ accounts: [account("stflows", {}, "rg-other")] }) },
      given("storageAccount=stflows"),
    ),
    1,
    [
      "resource-group stray medium (SUB/rg-other/providers/Microsoft.Storage/storageAccounts/stflows)",
      "storage absent medium (stflows)",
    ],
  ),
  "a cluster of the name in another group too": row(
    world(
      { managedClusters: [cluster(pools), cluster(pools, "aks-flows", "rg-other")] },
      given("cluster=aks-flows"),
    ),
    1,
    [
      "resource-group stray medium (SUB/rg-other/providers/Microsoft.ContainerService/managedClusters/aks-flows)",
    ],
  ),
  "a cluster and a database of other names in other groups are none of ours": row(
    world(
      {
        managedClusters: [cluster(pools), cluster([], "aks-other", "rg-other")],
        others: others({ databases: [database({}), database({ state: "Stopped" }, "pg-other", "rg-other")] }),
      },
      given("cluster=aks-flows"),
    ),
    0,
    [],
  ),
  "no virtual network": row(world({ others: others({ networks: [] }) }), 1, [
    "network absent medium virtual network (SUB/rg-flows)",
  ]),
  "one subnet for both": row(
    world({
      managedClusters: [
        cluster([pool("default", "System", false, DATA), pool("taskworkers", "User", true, DATA)]),
      ],
    }),
    1,
    ["network changed medium (SUB/rg-flows/providers/Microsoft.Network/virtualNetworks/vnet-flows)"],
  ),
  "cluster and database in two networks": row(
    world({
      managedClusters: [
        cluster([pool("default", "System", false, APART), pool("taskworkers", "User", true, APART)]),
      ],
      others: others({ networks: [home, apart] }),
    }),
    1,
    ["network changed medium (SUB/rg-flows/providers/Microsoft.Network/virtualNetworks/vnet-flows)"],
  ),
  "one pool in a network of another group": row(
    world({ managedClusters: [cluster([pools[0] as Body, pool("taskworkers", "User", true, foreign)])] }),
    1,
    ["network changed medium (SUB/rg-flows/providers/Microsoft.ContainerService/managedClusters/aks-flows)"],
  ),
  "pools in a network of AKS's own": row(
    world({
      managedClusters: [cluster([pool("default", "System", false), pool("taskworkers", "User", true)])],
    }),
    1,
    [
      "network changed medium (SUB/rg-flows/providers/Microsoft.ContainerService/managedClusters/aks-flows)",
      "network changed medium (SUB/rg-flows/providers/Microsoft.ContainerService/managedClusters/aks-flows)",
    ],
  ),
  "the database's subnet is not delegated": row(
    world({ others: others({ networks: [network("vnet-flows", [subnet(DATA), subnet(POOLS)])] }) }),
    1,
    ["network changed medium (SUB/rg-flows/providers/Microsoft.Network/virtualNetworks/vnet-flows)"],
  ),
  "the database's subnet is another service's": row(
    world({
      others: others({
        networks: [network("vnet-flows", [subnet(DATA, "Microsoft.Web/serverFarms"), subnet(POOLS)])],
      }),
    }),
    1,
    ["network changed medium (SUB/rg-flows/providers/Microsoft.Network/virtualNetworks/vnet-flows)"],
  ),
  "a subnet that the network does not list": row(
    world({
      others: others({
        networks: [network("vnet-flows", [subnet(DATA, "Microsoft.DBforPostgreSQL/flexibleServers")])],
      }),
    }),
    3,
    [
      "network unknown medium (SUB/rg-flows/providers/Microsoft.ContainerService/managedClusters/aks-flows)",
      "network unknown medium (SUB/rg-flows/providers/Microsoft.ContainerService/managedClusters/aks-flows)",
    ],
  ),
  "no storage account": row(world({ others: others({ accounts: [] }) }), 1, [
    "storage absent medium storage account (SUB)",
  ]),
  "two storage accounts": row(
    world({ others: others({ accounts: [account("stflows"), account("stsecond")] }) }),
    3,
    ["storage unknown medium storage account (SUB)"],
  ),
  "two storage accounts, one named": row(
    world(
      {
        others: others({ accounts: [account("stflows"), account("stsecond")] }),
        containers: { [ACCOUNT]: [container("artifacts")] },
      },
      given("storageAccount=stflows"),
    ),
    0,
    [],
  ),
  "no container": row(world({ containers: { [ACCOUNT]: [] } }), 1, [
    "storage absent medium container (SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows)",
  ]),
  "another container than the one named": row(
    world({ containers: { [ACCOUNT]: [container("artifact")] } }, given("container=artifacts")),
    1,
    ["storage absent medium (SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows#artifacts)"],
  ),
  "two containers": row(
    world({ containers: { [ACCOUNT]: [container("artifacts"), container("logs")] } }),
    3,
    ["storage unknown medium container (SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows)"],
  ),
  "a public container": row(world({ containers: { [ACCOUNT]: [container("artifacts", "Container")] } }), 1, [
    "storage wider high (SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts)",
  ]),
  "public blobs": row(world({ containers: { [ACCOUNT]: [container("artifacts", "Blob")] } }), 1, [
    "storage wider high (SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts)",
  ]),
  "a public container of an account that forbids it": row(
    world({
      containers: { [ACCOUNT]: [container("artifacts", "Container")] },
      others: others({ accounts: [account("stflows", { allowBlobPublicAccess: false })] }),
    }),
    0,
    [
      "storage note wider info (SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows/blobServices/default/containers/artifacts)",
    ],
  ),
  "no cluster": row(world({ managedClusters: [] }), 1, [
    "cluster absent medium AKS cluster (SUB)",
    "network absent medium cluster (SUB/rg-flows)",
  ]),
  "two clusters": row(world({ managedClusters: [cluster(pools), cluster(pools, "aks-second")] }), 3, [
    "cluster unknown medium AKS cluster (SUB)",
    "network unknown medium cluster (SUB/rg-flows)",
  ]),
  "only system pools": row(
    world({ managedClusters: [cluster([pools[0] as Body, pool("more", "System", true, POOLS)])] }),
    1,
    ["cluster changed medium (SUB/rg-flows/providers/Microsoft.ContainerService/managedClusters/aks-flows)"],
  ),
  "autoscaling off": row(
    world({ managedClusters: [cluster([pools[0] as Body, pool("taskworkers", "User", false, POOLS)])] }),
    1,
    ["cluster changed medium (SUB/rg-flows/providers/Microsoft.ContainerService/managedClusters/aks-flows)"],
  ),
  "a pool without autoscaling beside the other": row(
    world({ managedClusters: [cluster([...pools, pool("fixed", "User", false, POOLS)])] }),
    0,
    [],
  ),
  "no database": row(world({ others: others({ databases: [] }) }), 1, [
    "database absent medium PostgreSQL flexible server (SUB)",
    "network absent medium database (SUB/rg-flows)",
  ]),
  "the database stopped": row(world({ others: others({ databases: [database({ state: "Stopped" })] }) }), 1, [
    "database changed medium (SUB/rg-flows/providers/Microsoft.DBforPostgreSQL/flexibleServers/pg-flows)",
  ]),
  "the database public": row(
    world({ others: others({ databases: [database({ network: { publicNetworkAccess: "Enabled" } })] }) }),
    1,
    [
      "database changed medium (SUB/rg-flows/providers/Microsoft.DBforPostgreSQL/flexibleServers/pg-flows)",
      "network changed medium (SUB/rg-flows/providers/Microsoft.DBforPostgreSQL/flexibleServers/pg-flows)",
    ],
  ),
  "two databases, one in the network": row(
    world({
      others: others({
        databases: [
          database({}),
          database(
            { network: { publicNetworkAccess: "Disabled", delegatedSubnetResourceId: APART } },
            "pg-apart",
          ),
        ],
      }),
    }),
    0,
    [],
  ),
  "two databases in the network": row(
    world({ others: others({ databases: [database({}), database({}, "pg-second")] }) }),
    3,
    [
      "database unknown medium PostgreSQL flexible server (SUB)",
      "network unknown medium database (SUB/rg-flows)",
    ],
  ),
  "two databases in the network, one named": row(
    world(
      { others: others({ databases: [database({}), database({ state: "Stopped" }, "pg-second")] }) },
      given("databaseServer=pg-flows"),
    ),
    0,
    [],
  ),
  "every password has ended": row(knows(credentials(past)), 1, [
    "application expired medium sp-metaflow (aaaaaaaa-0000-4000-8000-000000000001)",
  ]),
  "the only password begins later": row(
    knows(credentials(password("2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z"))),
    1,
    ["application expired medium sp-metaflow (aaaaaaaa-0000-4000-8000-000000000001)"],
  ),
  "no credential at all": row(knows(credentials()), 1, [
    "application absent medium sp-metaflow (aaaaaaaa-0000-4000-8000-000000000001)",
  ]),
  "the password stands on the application": row(
    knows({
      ...credentials(),
      applications: [
        registration({ passwordCredentials: [password("2026-01-01T00:00:00Z", "2027-11-01T00:00:00Z")] }),
      ],
    }),
    0,
    [],
  ),
  "the last password ends within 30 days": row(
    knows(credentials(password("2026-01-01T00:00:00Z", "2026-12-01T00:00:00Z"))),
    1,
    ["application expired low sp-metaflow (aaaaaaaa-0000-4000-8000-000000000001)"],
  ),
  "a password without an end": row(
    knows(credentials({ keyId: "x", startDateTime: null, endDateTime: null })),
    3,
    ["application unknown medium sp-metaflow (aaaaaaaa-0000-4000-8000-000000000001)"],
  ),
  "a certificate instead of a password": row(
    knows({
      servicePrincipals: [
        principal({
          passwordCredentials: [],
          keyCredentials: [password("2026-01-01T00:00:00Z", "2027-11-01T00:00:00Z")],
        }),
      ],
    }),
    0,
    ["application note changed info sp-metaflow (aaaaaaaa-0000-4000-8000-000000000001)"],
  ),
  "a federated credential instead of a password": row(
    knows({ ...credentials(), ...federated(credential("main", "repo:acme/flows:ref:refs/heads/main")) }),
    0,
    [
      "application note changed info sp-metaflow (aaaaaaaa-0000-4000-8000-000000000001)",
      "application note stray info sp-metaflow (aaaaaaaa-0000-4000-8000-000000000001)",
    ],
  ),
  "a federated credential beside the password": row(
    knows(federated(credential("production", "repo:acme/flows:environment:production"))),
    0,
    ["application note stray info sp-metaflow (aaaaaaaa-0000-4000-8000-000000000001)"],
  ),
  "a federated credential of every branch": row(
    knows(federated(credential("any", "repo:acme/flows:ref:refs/heads/*"))),
    1,
    ["application wider high sp-metaflow (aaaaaaaa-0000-4000-8000-000000000001)"],
  ),
  "a federated credential of any pull request": row(
    knows(federated(credential("pulls", "repo:acme/flows:pull_request"))),
    1,
    ["application wider high sp-metaflow (aaaaaaaa-0000-4000-8000-000000000001)"],
  ),
  "a federated credential by an expression": row(knows(federated(credential("flexible", null))), 3, [
    "application unknown medium sp-metaflow (aaaaaaaa-0000-4000-8000-000000000001)",
  ]),
  "a user beside the deployer owns the application": row(
    knows({
      users: [{ id: deployer }, { id: second, displayName: "Eve" }],
      owners: { [APPLICATION]: [deployer, second] },
    }),
    1,
    ["application stray medium sp-metaflow (aaaaaaaa-0000-4000-8000-000000000001)"],
  ),
  "a user beside the deployer owns the principal": row(
    knows({ users: [{ id: deployer }, { id: second, displayName: "Eve" }], owners: { [app]: [second] } }),
    1,
    ["application stray medium sp-metaflow (aaaaaaaa-0000-4000-8000-000000000001)"],
  ),
  "a service principal owns the application": row(
    knows({
      servicePrincipals: [principal(), { id: second, appId: "x", displayName: "terraform" }],
      owners: { [APPLICATION]: [second] },
    }),
    0,
    ["application note stray info sp-metaflow (aaaaaaaa-0000-4000-8000-000000000001)"],
  ),
  "owners, and nobody named who deploys": row(
    knows({}, { flags: { ...flags, set: ["resourceGroup=rg-flows"] } }),
    0,
    ["application note stray info sp-metaflow (aaaaaaaa-0000-4000-8000-000000000001)"],
  ),
  "the principal disabled": row(knows({ servicePrincipals: [principal({ accountEnabled: false })] }), 1, [
    "application changed medium sp-metaflow (aaaaaaaa-0000-4000-8000-000000000001)",
  ]),
  "the principal deleted": row(knows({ servicePrincipals: [] }), 1, [
    "application absent medium (aaaaaaaa-0000-4000-8000-000000000001)",
  ]),
  "the application of another tenant": row(knows({ applications: [] }), 0, [
    "application note absent info sp-metaflow (aaaaaaaa-0000-4000-8000-000000000001)",
  ]),
  "the application of another tenant, and no password here": row(
    knows({ applications: [], ...credentials() }),
    3,
    [
      "application note absent info sp-metaflow (aaaaaaaa-0000-4000-8000-000000000001)",
      "application unknown medium sp-metaflow (aaaaaaaa-0000-4000-8000-000000000001)",
    ],
  ),
  "a managed identity": row(
    knows({
      applications: [],
      servicePrincipals: [principal({ servicePrincipalType: "ManagedIdentity", passwordCredentials: [] })],
    }),
    0,
    ["application note absent info sp-metaflow (aaaaaaaa-0000-4000-8000-000000000001)"],
  ),
  "the deployer only eligible": row(
    knows({ roleAssignments: [], roleEligibilities: [directoryRole(deployer, ADMINISTRATOR)] }),
    1,
    ["directory-role absent low (cccccccc-0000-4000-8000-000000000001)"],
  ),
  "the deployer without the role": row(knows({ roleAssignments: [] }), 1, [
    "directory-role absent low (cccccccc-0000-4000-8000-000000000001)",
  ]),
  "the deployer without the role, and no licence to list eligible ones": row(
    knows({ roleAssignments: [], p2: false }),
    1,
    ["directory-role absent low (cccccccc-0000-4000-8000-000000000001)"],
  ),
  "no licence to list eligible roles": row(knows({ p2: false }), 0, []),
  "the deployer by a group, through another": row(
    knows({
      groups: [{ id: team, displayName: "platform admins", isAssignableToRole: null }, group],
      memberOf: { [deployer]: [team], [team]: [outer] },
      roleAssignments: [directoryRole(outer, ADMINISTRATOR)],
    }),
    0,
    [],
  ),
  "the deployer over one unit alone": row(
    knows({ roleAssignments: [directoryRole(deployer, ADMINISTRATOR, "/administrativeUnits/u1")] }),
    1,
    ["directory-role missing low (cccccccc-0000-4000-8000-000000000001)"],
  ),
  "the deployer is Global Administrator instead": row(
    knows({ roleAssignments: [directoryRole(deployer, GLOBAL)] }),
    1,
    ["directory-role wider low (cccccccc-0000-4000-8000-000000000001)"],
  ),
  "the application in a directory role": row(
    knows({ roleAssignments: [directoryRole(deployer, ADMINISTRATOR), directoryRole(app, ADMINISTRATOR)] }),
    1,
    ["directory-role excess high (aaaaaaaa-0000-4000-8000-000000000001), by Application Administrator"],
  ),
  "the application in a directory role by a group": row(
    knows({
      groups: [group],
      memberOf: { [app]: [outer] },
      roleAssignments: [directoryRole(deployer, ADMINISTRATOR), directoryRole(outer, GLOBAL)],
    }),
    1,
    [
      "directory-role excess high (aaaaaaaa-0000-4000-8000-000000000001), by Global Administrator through group outer admins",
    ],
  ),
  "no consent at all": row(
    knows({ consent: [] }),
    3,
    [
      "application unknown medium (aaaaaaaa-0000-4000-8000-000000000001)",
      "directory-role unknown medium (aaaaaaaa-0000-4000-8000-000000000001)",
      "directory-role unknown medium (cccccccc-0000-4000-8000-000000000001)",
    ],
    {
      also: ({ report }) => {
        expect(notesOf(report)).not.toContain("The directory (Microsoft Graph) was read");
        const messages = report.findings.map(({ message }) => message).join("\n");
        expect(messages).toContain("needs Application.Read.All of Microsoft Graph");
        expect(messages).toContain("needs RoleManagement.Read.Directory of Microsoft Graph");
      },
    },
  ),
  "no consent to applications": row(knows(without("Application.Read.All")), 3, [
    "application unknown medium (aaaaaaaa-0000-4000-8000-000000000001)",
    "directory-role unknown medium (aaaaaaaa-0000-4000-8000-000000000001)",
  ]),
  "no consent to roles of the directory": row(knows(without("RoleManagement.Read.Directory")), 3, [
    "directory-role unknown medium (aaaaaaaa-0000-4000-8000-000000000001)",
    "directory-role unknown medium (cccccccc-0000-4000-8000-000000000001)",
  ]),
  "no consent to users, the role held directly": row(knows(without("User.Read.All")), 0, []),
  "no consent to memberships, the role held by a group": row(
    knows({
      ...without("GroupMember.Read.All"),
      groups: [group],
      memberOf: { [deployer]: [outer] },
      roleAssignments: [directoryRole(outer, ADMINISTRATOR)],
    }),
    3,
    ["directory-role unknown medium (cccccccc-0000-4000-8000-000000000001)"],
  ),
  "the directory does not answer": row(fails({ match: "/v1.0/", status: 500 }), 3, [
    "application unknown medium (aaaaaaaa-0000-4000-8000-000000000001)",
    "directory-role unknown medium (aaaaaaaa-0000-4000-8000-000000000001)",
    "directory-role unknown medium (cccccccc-0000-4000-8000-000000000001)",
  ]),
  "the directory answers with a page for browsers": row(fails({ match: "/v1.0/", html: true }), 3, [
    "application unknown medium (aaaaaaaa-0000-4000-8000-000000000001)",
    "directory-role unknown medium (aaaaaaaa-0000-4000-8000-000000000001)",
    "directory-role unknown medium (cccccccc-0000-4000-8000-000000000001)",
  ]),
  "a deny that names a group the principal is not in": row(
    world({ denyAssignments: [groupsDeny(outer)] }),
    0,
    [],
    { also: ({ report }) => expect(notesOf(report)).toContain("The directory (Microsoft Graph) was read") },
  ),
  "a deny that names a group the principal is in": row(
    world({
      denyAssignments: [groupsDeny(outer)],
      graph: graph({ groups: [{ ...group, isAssignableToRole: false }], memberOf: { [app]: [outer] } }),
    }),
    1,
    [
      "effective-access missing medium control Microsoft.ContainerService/managedClusters/write ! Microsoft.ContainerService/managedClusters/write @ SUB/rg-flows/providers/Microsoft.ContainerService/managedClusters/aks-flows, by deny assignment deny-blobs",
    ],
  ),
  "a deny that names a group, and memberships unknown": row(
    world({ denyAssignments: [groupsDeny(outer)], graph: graph(without("Application.Read.All")) }),
    3,
    [
      "application unknown medium (aaaaaaaa-0000-4000-8000-000000000001)",
      "directory-role unknown medium (aaaaaaaa-0000-4000-8000-000000000001)",
      "effective-access unknown medium control Microsoft.ContainerService/managedClusters/write ! Microsoft.ContainerService/managedClusters/write @ SUB/rg-flows/providers/Microsoft.ContainerService/managedClusters/aks-flows",
    ],
  ),
  "argo-server not there": row(runs(having("argo-server")), 1, [
    "argo-services absent medium (uid-1#argo/argo-server)",
  ]),
  "minio not there": row(runs(having("minio")), 1, ["argo-services absent low (uid-1#argo/minio)"]),
  "argo-server in another namespace": row(
    runs(having("argo-server", service("other", "argo-server", [2746]))),
    1,
    ["argo-services absent medium (uid-1#argo/argo-server)"],
  ),
  "argo in a namespace of another name": row(world({}, { ...given("argoNamespace=flows") }), 1, [
    "argo-services absent low (uid-1#flows/httpbin)",
    "argo-services absent low (uid-1#flows/minio)",
    "argo-services absent low (uid-1#flows/postgres)",
    "argo-services absent medium (uid-1#flows/argo-server)",
    "argo-services absent medium (uid-1#flows/workflow-controller-metrics)",
  ]),
  "minio without its second port": row(runs(having("minio", service("argo", "minio", [9000]))), 1, [
    "argo-services missing medium (argo/minio)",
  ]),
  "argo-server on another port": row(runs(having("argo-server", service("argo", "argo-server", [443]))), 1, [
    "argo-services missing medium (argo/argo-server)",
  ]),
  "argo-server over UDP": row(
    runs(
      having("argo-server", service("argo", "argo-server", [], { ports: [{ port: 2746, protocol: "UDP" }] })),
    ),
    1,
    ["argo-services missing medium (argo/argo-server)"],
  ),
  "a LoadBalancer that has no address yet": row(
    runs(having("argo-server", service("argo", "argo-server", [2746], { type: "LoadBalancer" }))),
    1,
    ["argo-services wider high (argo/argo-server)"],
  ),
  "a NodePort": row(runs(having("postgres", service("argo", "postgres", [5432], { type: "NodePort" }))), 1, [
    "argo-services wider high (argo/postgres)",
  ]),
  "an external address": row(
    runs(having("minio", service("argo", "minio", [9000, 9001], { externalIPs: ["192.0.2.7"] }))),
    1,
    ["argo-services wider high (argo/minio)"],
  ),
  "a service that is another host's name": row(
    runs(
      having(
        "postgres",
        service("argo", "postgres", [5432], { type: "ExternalName", externalName: "db.example.com" }),
      ),
    ),
    1,
    ["argo-services changed medium (argo/postgres)"],
  ),
  "no ready endpoint": row(
    runs({
      ...whole,
      slices: whole.slices.map((each) =>
        JSON.stringify(each).includes("httpbin") ? slice("argo", "httpbin", false) : each,
      ),
    }),
    1,
    ["argo-services changed low (argo/httpbin)"],
  ),
  "no endpoint slice": row(
    runs({
      ...whole,
      slices: whole.slices.filter((each) => !JSON.stringify(each).includes("metadata-service")),
    }),
    1,
    ["metaflow-services changed low (default/metadata-service)"],
  ),
  "the metadata service not there": row(runs(having("metadata-service")), 1, [
    "metaflow-services absent medium (uid-1#*/metadata-service)",
  ]),
  "the metadata service of another name, which is given": row(
    world(
      {},
      {
        cluster: {
          services: [...having("metadata-service").services, service("default", "meta", [8080])],
          slices: [...whole.slices, slice("default", "meta")],
        },
        ...given("metadataService=meta"),
      },
    ),
    0,
    [],
  ),
  "a metadata service that can be reached from outside": row(
    runs(
      having("metadata-service", service("default", "metadata-service", [8080], { type: "LoadBalancer" })),
    ),
    0,
    ["metaflow-services note wider info (default/metadata-service)"],
  ),
  "resource groups refused": row(
    fails({ match: "resourcegroups", status: 403, code: "AuthorizationFailed" }),
    3,
    [
      "resource-group unknown medium (SUB#azure/resource-group)",
      "storage unknown medium container (SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows)",
    ],
  ),
  "virtual networks refused": row(
    fails({ match: "virtualNetworks", status: 403, code: "AuthorizationFailed" }),
    3,
    ["network unknown medium (SUB#azure/virtual-network)"],
  ),
  "storage accounts refused": row(
    fails({ match: "Microsoft.Storage/storageAccounts?", status: 403, code: "AuthorizationFailed" }),
    3,
    [
      "storage unknown medium (SUB#azure/blob-container)",
      "storage unknown medium (SUB#azure/storage-account)",
    ],
  ),
  "containers refused": row(
    fails({ match: "/blobServices/default/containers", status: 403, code: "AuthorizationFailed" }),
    3,
    ["storage unknown medium container (SUB/rg-flows/providers/Microsoft.Storage/storageAccounts/stflows)"],
  ),
  "clusters refused": row(fails({ match: "managedClusters", status: 403, code: "AuthorizationFailed" }), 3, [
    "cluster unknown medium (SUB#azure/managed-cluster)",
    "database unknown medium (SUB#azure/managed-cluster)",
    "network unknown medium (SUB#azure/managed-cluster)",
  ]),
  "databases refused": row(fails({ match: "flexibleServers", status: 403, code: "AuthorizationFailed" }), 3, [
    "database unknown medium (SUB#azure/postgresql-server)",
    "network unknown medium (SUB#azure/postgresql-server)",
  ]),
  "service principals refused": row(
    fails({ match: "/v1.0/servicePrincipals/", status: 403, code: "AuthorizationFailed" }),
    3,
    [
      "application unknown medium (aaaaaaaa-0000-4000-8000-000000000001)",
      "directory-role unknown medium (aaaaaaaa-0000-4000-8000-000000000001)",
    ],
  ),
  "applications refused": row(
    fails({ match: "/v1.0/applications(", status: 403, code: "AuthorizationFailed" }),
    3,
    ["application unknown medium sp-metaflow (aaaaaaaa-0000-4000-8000-000000000001)"],
  ),
  "federated credentials refused": row(
    fails({ match: "federatedIdentityCredentials", status: 403, code: "AuthorizationFailed" }),
    3,
    ["application unknown medium sp-metaflow (aaaaaaaa-0000-4000-8000-000000000001)"],
  ),
  "owners refused": row(fails({ match: "/owners", status: 403, code: "AuthorizationFailed" }), 3, [
    "application unknown medium sp-metaflow (aaaaaaaa-0000-4000-8000-000000000001)",
    "application unknown medium sp-metaflow (aaaaaaaa-0000-4000-8000-000000000001)",
  ]),
  "memberships refused": row(
    fails({ match: "transitiveMemberOf", status: 403, code: "AuthorizationFailed" }),
    3,
    ["directory-role unknown medium (aaaaaaaa-0000-4000-8000-000000000001)"],
  ),
  "directory roles refused": row(
    fails({ match: "roleManagement/directory/roleAssignments", status: 403, code: "AuthorizationFailed" }),
    3,
    [
      "directory-role unknown medium (aaaaaaaa-0000-4000-8000-000000000001)",
      "directory-role unknown medium (cccccccc-0000-4000-8000-000000000001)",
    ],
  ),
  "eligible directory roles refused": row(
    fails({
      match: "roleEligibilityScheduleInstances?$filter=principalId",
      status: 403,
      code: "AuthorizationFailed",
    }),
    0,
    [],
  ),
  "services refused": row(runs(unread("kubernetes/service")), 3, [
    "argo-services unknown medium (uid-1#kubernetes/service)",
    "metaflow-services unknown medium (uid-1#kubernetes/service)",
  ]),
  "endpoint slices refused": row(runs(unread("kubernetes/endpoint-slice")), 3, [
    "argo-services unknown medium (uid-1#kubernetes/endpoint-slice)",
    "metaflow-services unknown medium (uid-1#kubernetes/endpoint-slice)",
  ]),
};

describeWorlds("the stack of metaflow-azure", stackGround(world(), []), rows);

/** Every list of more than one entry goes on on another page. */
const crowd = world({
  containers: {
    [ACCOUNT]: [container("artifacts"), { ...container("gone"), properties: { deleted: true } }],
  },
  graph: graph({
    groups: [{ id: team, displayName: "platform admins", isAssignableToRole: true }, group],
    memberOf: { [deployer]: [team, outer] },
    roleAssignments: [
      directoryRole(deployer, GLOBAL, "/administrativeUnits/u1"),
      directoryRole(outer, ADMINISTRATOR),
    ],
  }),
});
describeWorlds("the stack of metaflow-azure, by pages of one", stackGround(crowd, [], 1), {
  "the principal's role on the last page": row(
    {
      ...crowd,
      state: {
        ...crowd.state,
        graph: graph({
          groups: [{ id: team, displayName: "platform admins", isAssignableToRole: true }, group],
          memberOf: { [deployer]: [team, outer], [app]: [team, outer] },
          roleAssignments: [directoryRole(outer, ADMINISTRATOR)],
        }),
      },
    },
    1,
    [
      "directory-role excess high (aaaaaaaa-0000-4000-8000-000000000001), by Application Administrator through group outer admins",
    ],
  ),
  "a page of the directory that links to itself": row(
    { ...crowd, faults: [{ match: "/owners", loop: "same" }] },
    3,
    [
      "application unknown medium sp-metaflow (aaaaaaaa-0000-4000-8000-000000000001)",
      "application unknown medium sp-metaflow (aaaaaaaa-0000-4000-8000-000000000001)",
    ],
  ),
  "a page of the directory that leads elsewhere": row(
    {
      ...crowd,
      faults: [
        { match: "roleManagement/directory/roleAssignments", nextLink: "https://evil.example/v1.0/x" },
      ],
    },
    3,
    [
      "directory-role unknown medium (aaaaaaaa-0000-4000-8000-000000000001)",
      "directory-role unknown medium (cccccccc-0000-4000-8000-000000000001)",
    ],
  ),
});
