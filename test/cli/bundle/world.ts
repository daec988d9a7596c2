import type { Control } from "../../../src/baselines/baseline.ts";
import { loadBaseline } from "../../../src/baselines/bundled.ts";
import { checks } from "../../../src/checks/registry.ts";
import {
  type AzureState,
  type Body,
  type Permissions,
  resource,
  roleAssignment,
  roleDefinition,
  subscriptionId,
} from "../../servers/azure-state.ts";

export const principalId = "aaaaaaaa-0000-4000-8000-000000000001";
const roleId = "d0000000-0000-4000-8000-000000000001";

const { baseline } = loadBaseline("chalk-azure", checks);

/** The documented role, as the bundled baseline has it. */
export function documentedRole(): { readonly name: string; readonly permissions: readonly Permissions[] } {
  const control = baseline.controls.find(({ id }) => id === "platform-manager-role") as Control;
  const { role, permissions } = control.with as { role: string; permissions: readonly Permissions[] };
  return { name: role, permissions };
}

/** A subscription in which the vendor holds its documented role and nothing else; `changes` replaces whole lists. */
export function documentedState(changes: Partial<AzureState> = {}): Partial<AzureState> {
  const { name, permissions } = documentedRole();
  return {
    roleDefinitions: [roleDefinition({ id: roleId, name, permissions })],
    roleAssignments: [
      roleAssignment({ name: "e0000000-0000-4000-8000-000000000001", role: roleId, principal: principalId }),
    ],
    operations: [
      provider("Microsoft.Compute", ["virtualMachines/read", "virtualMachines/write", "galleries/write"]),
    ],
    resourceGroups: [group("rg-chalk")],
    ...changes,
  };
}

/** What else the baseline looks at, so that nothing is left to assess: a vault, a cluster, and these as resources. */
export const everythingElse: Partial<AzureState> = (() => {
  const vault = resource("Microsoft.KeyVault/vaults", "rg-chalk", "kv-1", {
    properties: { enableRbacAuthorization: true, accessPolicies: [] },
  });
  const cluster = resource("Microsoft.ContainerService/managedClusters", "rg-chalk", "aks-1", {
    properties: { enableRBAC: true },
  });
  return { vaults: [vault], managedClusters: [cluster], resources: [vault, cluster] };
})();

/** The same, with grants beside the document. */
export function widenedState(action: string, more: readonly string[] = []): Partial<AzureState> {
  const { name, permissions } = documentedRole();
  const [first, ...rest] = permissions;
  const wider = { ...first, actions: [...(first?.actions ?? []), action, ...more] };
  return documentedState({
    roleDefinitions: [roleDefinition({ id: roleId, name, permissions: [wider, ...rest] })],
  });
}

function provider(name: string, operations: readonly string[]): Body {
  return {
    id: `/providers/Microsoft.Authorization/providerOperations/${name}`,
    name,
    type: "Microsoft.Authorization/providerOperations",
    displayName: name,
    resourceTypes: [],
    operations: operations.map((operation) => ({ name: `${name}/${operation}`, isDataAction: false })),
  };
}

function group(name: string): Body {
  return {
    id: `/subscriptions/${subscriptionId}/resourceGroups/${name}`,
    name,
    type: "Microsoft.Resources/resourceGroups",
    location: "westeurope",
    properties: { provisioningState: "Succeeded" },
  };
}
