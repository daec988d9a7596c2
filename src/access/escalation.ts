import { type Glob, literalGlob, starGlob } from "./glob.ts";

/**
 * Azure operations that let their holder grant itself or others more, control plane, lower case. The provider's
 * table, not a vendor's. Source: Microsoft Learn, "Azure permissions for Management and governance" and "for
 * Identity", and "Privileged Azure roles"; each entry says by what it grants.
 */
const AZURE: Readonly<Record<string, string>> = {
  "microsoft.authorization/roleassignments/write": "assigns any role",
  "microsoft.authorization/roledefinitions/write": "changes what a role grants",
  "microsoft.authorization/elevateaccess/action": "makes a global administrator user access administrator",
  "microsoft.authorization/roleassignmentschedulerequests/write": "assigns a role through PIM",
  "microsoft.authorization/roleeligibilityschedulerequests/write": "makes a principal eligible for a role",
  "microsoft.authorization/rolemanagementpolicies/write": "loosens what activating a role takes",
  "microsoft.authorization/rolemanagementpolicyassignments/write": "loosens what activating a role takes",
  "microsoft.authorization/classicadministrators/write": "makes a classic administrator",
  "microsoft.authorization/denyassignments/delete": "removes what denies",
  "microsoft.managedidentity/userassignedidentities/assign/action": "acts as a managed identity",
  "microsoft.managedidentity/userassignedidentities/*/assign/action": "acts as a managed identity",
  "microsoft.managedidentity/userassignedidentities/federatedidentitycredentials/write":
    "lets an outside identity act as a managed identity",
  "microsoft.managedservices/registrationassignments/write": "delegates the scope to another tenant",
  "microsoft.managedservices/registrationdefinitions/write": "defines what is delegated to another tenant",
  "microsoft.blueprint/blueprintassignments/write": "assigns roles through a blueprint",
};

/** The table as patterns; an entry with a star stands for itself and for what it matches. */
export const AZURE_ESCALATION: readonly Glob[] = Object.keys(AZURE).map((text) =>
  text.includes("*") ? starGlob(text) : literalGlob(text),
);
