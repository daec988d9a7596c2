import type { ApiCall } from "../snapshot/kinds/calls.ts";
import { command } from "../text/command.ts";
import type { Read } from "./reads.ts";

/** A custom role as `az role definition create --role-definition @FILE` takes it. */
export interface AzureRole {
  readonly Name: string;
  readonly IsCustom: true;
  readonly Description: string;
  readonly Actions: readonly string[];
  readonly NotActions: readonly [];
  readonly DataActions: readonly [];
  readonly NotDataActions: readonly [];
  readonly AssignableScopes: readonly string[];
}

/** Whether a read is of the directory: what it takes is consented to in the tenant, and no role gives it. */
function isOfGraph({ calls }: Read): boolean {
  return (calls as readonly ApiCall[]).some(({ of }) => of === "graph");
}

/** Microsoft Graph, as an API that permissions are of. */
const GRAPH_ID = "00000003-0000-0000-c000-000000000000";

/** Ids of its application permissions, from the permissions reference; `az ad app permission add` takes no names. */
const PERMISSION_IDS: Readonly<Record<string, string>> = {
  "Application.Read.All": "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
  "GroupMember.Read.All": "98830695-27a2-44f7-8c18-0c3ebc9698f6",
  "RoleManagement.Read.Directory": "483bed4a-2ad3-4361-a73b-c83ccdbdc53c",
  "User.Read.All": "df021288-bdef-4463-88db-98f22de89214",
};

/** What an administrator of the tenant has to consent to beside the role, as lines for a person; none: nothing. */
export function graphConsent(reads: readonly Read[]): readonly string[] {
  const wanted = reads.filter(isOfGraph);
  if (wanted.length === 0) return [];
  const roles = wanted.map(({ permission }) => `${PERMISSION_IDS[permission] ?? permission}=Role`);
  const add = ["az", "ad", "app", "permission", "add", "--id", "APPLICATION-ID", "--api", GRAPH_ID];
  return [
    "beside the role, these application permissions of Microsoft Graph, which are consented to in the tenant and not assigned; without them the controls that need the directory are unknown:",
    ...wanted.map(({ permission, titles }) => `  ${permission}: ${titles.join(", ")}`),
    `  ${command(...add, "--api-permissions", ...roles)}`,
    `  ${command("az", "ad", "app", "permission", "admin-consent", "--id", "APPLICATION-ID")}`,
  ];
}

/**
 * The custom role of a scanner that reads this and nothing else. Every read is of the control plane.
 * @param scopes where it may be assigned: `/subscriptions/<id>`
 */
export function azureRole(reads: readonly Read[], scopes: readonly string[]): AzureRole {
  return {
    Name: "chalk-audit reader",
    IsCustom: true,
    Description: "Reads what chalk-audit compares with a vendor's documentation. Read-only; no data is read.",
    Actions: reads.filter((read) => !isOfGraph(read)).map(({ permission }) => permission),
    NotActions: [],
    DataActions: [],
    NotDataActions: [],
    AssignableScopes: scopes,
  };
}
