import { type Glob, starGlob } from "../glob.ts";

/**
 * Azure operations of the control plane that let their holder grant itself or others more, each with how. The
 * provider's table, not a vendor's. Source: Microsoft Learn, "Azure permissions for Management and governance", "for
 * Identity", "Privileged Azure roles" and "Elevate access".
 */
const AZURE = {
  "Microsoft.Authorization/roleAssignments/write": "assigns any role",
  "Microsoft.Authorization/roleDefinitions/write": "changes what a role grants",
  "Microsoft.Authorization/elevateAccess/action": "makes a global administrator user access administrator",
  "Microsoft.Authorization/roleAssignmentScheduleRequests/write": "assigns a role through PIM",
  "Microsoft.Authorization/roleEligibilityScheduleRequests/write": "makes a principal eligible for a role",
  "Microsoft.Authorization/roleManagementPolicies/write": "loosens what activating a role takes",
  "Microsoft.Authorization/roleManagementPolicyAssignments/write": "loosens what activating a role takes",
  "Microsoft.Authorization/classicAdministrators/write": "makes a classic administrator",
  "Microsoft.Authorization/denyAssignments/delete": "removes what denies",
  "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action": "acts as a managed identity",
  // the spelling of built-in roles, in which the star stands for the identity
  "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action": "acts as a managed identity",
  "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write":
    "lets an outside identity act as a managed identity",
  "Microsoft.Blueprint/blueprintAssignments/write": "assigns roles through a blueprint",
} as const satisfies Record<string, string>;

/** The table with the operations as patterns are compared. */
export const AZURE_ESCALATION: readonly { readonly action: string; readonly glob: Glob }[] = Object.keys(
  AZURE,
).map((action) => ({ action, glob: starGlob(action.toLowerCase()) }));

/** Reads of the control plane that hand out keys, as patterns. What reads only these reads secrets. */
export const SECRET_READS: readonly Glob[] = [
  "*/sharedkeys/read",
  "*/listkeys/read",
  "*/readonlykeys/read",
  "*/agentregistrationinformation/read",
].map(starGlob);
