import type { AwsRequest } from "../../access/policy.ts";
import type { Facts } from "../../snapshot/facts.ts";
import { field, record, textList } from "../../snapshot/value.ts";
import { crowdEntry } from "./crowd.ts";
import { liveSide } from "./difference.ts";
import { allowedPrincipals, isObscure, policyDocument, statementsOf } from "./document.ts";
import { comerOfRole, entry, mayAssume, type TrustEntry } from "./entry.ts";
import { roleHoldingsOf } from "./holdings.ts";
import { knownRoles, type Role } from "./roles.ts";
import { accountOf, entryOf, trusts } from "./trust.ts";

/** A role that the vendor can come in by, beside those audited. */
export interface ReachedRole {
  readonly role: Role;
  /** The roles by way of which it comes, the first of them first; empty: it comes by itself. */
  readonly by: readonly Role[];
  /** Whom the trust policy lets in, and with what. */
  readonly witness: AwsRequest;
  /** What the request brings as it likes; empty: nothing. */
  readonly brings: string;
  /** What it has to have of which nobody here knows whether it does; empty: nothing. */
  readonly asks: string;
  /** Who may come in, where it is whoever a provider of identities serves. */
  readonly crowd?: string;
}

/** A role of which it could not be decided whether the vendor can come in. */
export interface Unclear {
  readonly role: Role;
  readonly clause: string;
  readonly reason: string;
}

export interface VendorReach {
  readonly reached: readonly ReachedRole[];
  readonly unclear: readonly Unclear[];
}

/** Made once for a state, whoever asks: two checks do. */
const made = new WeakMap<Facts, Map<string, VendorReach>>();

/**
 * Every role that the vendor can enter beside those that it starts from: by its own principals, or from role to role, as
 * far as that leads (AW15).
 *
 * @param wanted the documented principals
 * @param from the roles that it has
 */
export function reachOf(facts: Facts, wanted: readonly string[], from: readonly Role[]): VendorReach {
  const mine = made.get(facts) ?? new Map<string, VendorReach>();
  made.set(facts, mine);
  const key = JSON.stringify([wanted, from.map((r) => r.arn)]);
  const known = mine.get(key) ?? search(facts, wanted, from);
  mine.set(key, known);
  return known;
}

function search(facts: Facts, wanted: readonly string[], from: readonly Role[]): VendorReach {
  const start = new Set(from.map((r) => r.arn));
  const left = new Map(knownRoles(facts).flatMap((r) => (start.has(r.arn) ? [] : [[r.arn, r]])));
  const reached: ReachedRole[] = [];
  const unclear = new Map<string, Unclear>();
  const take = (role: Role, by: readonly Role[], found: TrustEntry, crowd?: string): void => {
    if (found.verdict === "no") return;
    if (found.verdict === "unknown") {
      unclear.set(role.arn, { role, clause: found.clause, reason: found.reason });
      return;
    }
    left.delete(role.arn);
    unclear.delete(role.arn);
    const { witness, brings, asks } = found;
    reached.push({ role, by, witness, brings, asks, ...(crowd === undefined ? {} : { crowd }) });
  };
  for (const role of [...left.values()]) {
    const own = direct(role, wanted);
    take(role, [], own);
    const crowd = own.verdict === "yes" ? undefined : crowdEntry(role.trust);
    if (crowd !== undefined) take(role, [], crowd.entry, crowd.who);
  }
  const chains: (readonly Role[])[] = [...from.map((r) => [r]), ...reached.map(({ role }) => [role])];
  for (let chain = chains.shift(); chain !== undefined; chain = chains.shift()) {
    for (const role of [...left.values()]) {
      take(role, chain, step(chain, role, facts));
      if (!left.has(role.arn)) chains.push([...chain, role]);
    }
  }
  return { reached, unclear: [...unclear.values()] };
}

function direct(role: Role, wanted: readonly string[]): TrustEntry {
  if (policyDocument(role.trust) === undefined) {
    return { verdict: "unknown", clause: "AW11", reason: "its trust policy cannot be read" };
  }
  const how = trusts(role.arn, role.trust, wanted);
  if (how === "no") return { verdict: "no" };
  return entryOf(role.arn, role.trust, wanted);
}

/** Whether the last role of a chain can assume another one. */
function step(chain: readonly Role[], to: Role, facts: Facts): TrustEntry {
  const from = chain.at(-1);
  if (from === undefined || !mayName(from, to)) return { verdict: "no" };
  const comer = comerOfRole(from.arn);
  const byName = entry(withoutOwnAccount(to), comer);
  const found = byName.verdict === "yes" ? byName : entry(to.trust, comer);
  if (found.verdict !== "yes") return found;
  // Who trusts its account leaves to the account's own policies who of it may come.
  const side = liveSide(roleHoldingsOf(facts, from));
  return mayAssume(side, to.arn, byName.verdict === "yes") ? found : { verdict: "no" };
}

/** Whether a trust policy names a role, its account, a crowd, or nobody knows whom: most name services. */
function mayName(from: Role, to: Role): boolean {
  const account = accountOf(from.arn);
  const session = `:assumed-role/${from.name}/`;
  return (
    isObscure(to.trust) ||
    statementsOf(to.trust).some((s) => field(s, "NotPrincipal") !== undefined) ||
    allowedPrincipals(to.trust).some(
      (p) => p === "*" || p === from.arn || p.includes(session) || (accountOf(p) === account && isAccount(p)),
    )
  );
}

function isAccount(principal: string): boolean {
  return /^\d{12}$/.test(principal) || principal.endsWith(":root");
}

/** The trust policy of a role without its own account, of which each principal needs a policy of its own. */
function withoutOwnAccount(role: Role): object {
  const own = accountOf(role.arn);
  const statements = statementsOf(role.trust).flatMap((statement) => {
    const principal = record(field(statement, "Principal"));
    if (field(statement, "Effect") !== "Allow" || principal === undefined) return [statement];
    const left = Object.entries(principal).flatMap(([kind, value]) => {
      const others = textList(value).filter((p) => !(isAccount(p) && accountOf(p) === own));
      return others.length === 0 ? [] : [[kind, others] as const];
    });
    const { Principal: _, principal: __, ...rest } = statement;
    return left.length === 0 ? [] : [{ ...rest, Principal: Object.fromEntries(left) }];
  });
  return { ...policyDocument(role.trust), Statement: statements };
}
