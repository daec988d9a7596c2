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

/**
 * The custom role of a scanner that reads this and nothing else. Every read is of the control plane.
 * @param scopes where it may be assigned: `/subscriptions/<id>`
 */
export function azureRole(reads: readonly Read[], scopes: readonly string[]): AzureRole {
  return {
    Name: "chalk-audit reader",
    IsCustom: true,
    Description: "Reads what chalk-audit compares with a vendor's documentation. Read-only; no data is read.",
    Actions: reads.map(({ permission }) => permission),
    NotActions: [],
    DataActions: [],
    NotDataActions: [],
    AssignableScopes: scopes,
  };
}
