import type { Facts } from "../../snapshot/facts.ts";
import { field, record, text, textList } from "../../snapshot/value.ts";
import { statementsOf } from "./document.ts";
import { knownRoles, type Role } from "./roles.ts";

/** A role that service accounts of a cluster may assume, by the cluster's provider of identities (IRSA). */
export interface ClusterRole {
  readonly role: Role;
  readonly cluster: string;
  /** `namespace/name`, as the trust policy writes them, wildcards too; empty: any of the cluster. */
  readonly accounts: readonly string[];
}

/** The issuer of a cluster's tokens without its scheme, as trust policies name it. */
export function issuerOf(cluster: unknown): string | undefined {
  const url = text(field(field(field(cluster, "identity"), "oidc"), "issuer"));
  return url?.replace(/^https:\/\//, "").replace(/\/$/, "");
}

/** The roles that trust the provider of identities of one of these clusters, and whom of it they admit (AW10). */
export function rolesOfClusters(
  facts: Facts,
  clusters: readonly { readonly name: string; readonly body: unknown }[],
): readonly ClusterRole[] {
  const issuers = clusters.flatMap(({ name, body }) => {
    const issuer = issuerOf(body);
    return issuer === undefined ? [] : [{ name, issuer }];
  });
  return knownRoles(facts).flatMap((role) =>
    issuers.flatMap(({ name, issuer }) => {
      const admitting = statementsOf(role.trust).filter((s) => admits(s, issuer));
      if (admitting.length === 0) return [];
      const each = admitting.map((s) => accountsOf(s, issuer));
      const accounts = each.some((a) => a.length === 0) ? [] : [...new Set(each.flat())].sort();
      return [{ role, cluster: name, accounts }];
    }),
  );
}

function admits(statement: unknown, issuer: string): boolean {
  if (field(statement, "Effect") !== "Allow") return false;
  const federated = textList(field(field(statement, "Principal"), "Federated"));
  return federated.some((arn) => arn.endsWith(`:oidc-provider/${issuer}`));
}

/** The service accounts that the condition on the token's subject names; none where it does not hold them back. */
function accountsOf(statement: unknown, issuer: string): readonly string[] {
  const key = `${issuer}:sub`.toLowerCase();
  return Object.entries(record(field(statement, "Condition")) ?? {})
    .filter(([operator]) => /^(?:foranyvalue:)?string(?:equals|like)$/i.test(operator))
    .flatMap(([, keys]) => Object.entries(record(keys) ?? {}))
    .filter(([name]) => name.toLowerCase() === key)
    .flatMap(([, value]) => textList(value))
    .map((sub) => sub.replace(/^system:serviceaccount:/, "").replace(":", "/"));
}
