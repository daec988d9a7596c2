import type { ResolvedControl } from "../../baselines/baseline.ts";
import type { Facts } from "../../snapshot/facts.ts";
import { findAccounts } from "../../state/kubernetes/accounts.ts";
import { ruleDifferenceOf } from "../../state/kubernetes/difference.ts";
import { type DocumentedRole, documentedRoles, placesOf } from "../../state/kubernetes/documented.ts";
import { accountHoldingsOf } from "../../state/kubernetes/holdings.ts";
import { type RoleName, readLiveRoles } from "../../state/kubernetes/role.ts";
import type { Rule } from "../../state/kubernetes/rules.ts";
import { type Account, accountId } from "../../state/kubernetes/subject.ts";
import { byText } from "../../text/order.ts";
import { accountExists } from "../../wording/kubernetes/account-exists.ts";
import type { HeldRules } from "./columns.ts";

const EFFECTIVE = "kubernetes/effective-access";

interface EffectiveWith {
  readonly accounts: readonly { readonly serviceAccount: string; readonly roles: readonly string[] }[];
}

/** An account that a baseline documents, and its roles. */
export interface DocumentedAccount {
  readonly account: Account;
  readonly roles: readonly DocumentedRole[];
}

export interface DocumentedAccounts {
  readonly accounts: readonly DocumentedAccount[];
  /** Accounts that are documented and could not be found: a line each, and whether they may be absent. */
  readonly lost: readonly { readonly line: string; readonly optional: boolean }[];
  /** Accounts that were named and are not there, `namespace/name`. */
  readonly absent: readonly string[];
}

/** Whom the baseline gives roles of Kubernetes, and which; an account that several entries name has the roles of all. */
export function documentedAccounts(facts: Facts, controls: readonly ResolvedControl[]): DocumentedAccounts {
  const roles = documentedRoles(new Map(controls.map((control) => [control.id, control])));
  const found = new Map<string, { account: Account; roles: Set<DocumentedRole> }>();
  const lost: { line: string; optional: boolean }[] = [];
  const absent: string[] = [];
  for (const control of controls.filter(({ check }) => check === EFFECTIVE)) {
    for (const entry of (control.with as EffectiveWith).accounts) {
      const own = entry.roles.flatMap((id) => roles.get(id) ?? []);
      const optional = own.every((role) => role.optional);
      const who = findAccounts(facts, entry.serviceAccount, controls);
      if (who.kind === "unknown") {
        lost.push({ line: `${who.why}; ${who.decide}`, optional: false });
        continue;
      }
      if (who.accounts.length === 0) {
        const name = who.kind === "found" ? who.parameter : entry.serviceAccount;
        lost.push({
          line: `${name}: no binding of its roles (${own.map((role) => role.name).join(", ")}) names a service account; name it with --set ${name}=NAMESPACE/NAME`,
          optional,
        });
      }
      for (const account of who.accounts) {
        const id = accountId(account);
        if (who.kind === "given" && !accountExists(facts, account)) absent.push(id);
        const known = found.get(id) ?? { account, roles: new Set<DocumentedRole>() };
        for (const role of own) known.roles.add(role);
        found.set(id, known);
      }
    }
  }
  const accounts = [...found]
    .sort(([a], [b]) => byText(a, b))
    .map(([, each]) => ({ account: each.account, roles: [...each.roles] }));
  return { accounts, lost, absent: [...new Set(absent)].sort(byText) };
}

/** A role of the target: what is to be there, for whom. */
export interface TargetRole {
  readonly control: string;
  readonly name: RoleName;
  readonly rules: readonly Rule[];
  /** `namespace/name` of those that are to hold it. */
  readonly accounts: readonly Account[];
}

export interface DocumentedTarget {
  readonly roles: readonly TargetRole[];
  /** What is documented as optional and left out, since nobody holds it; a line each. */
  readonly left: readonly string[];
}

/**
 * What is to be held: every documented role in its place. What is documented as optional, a role or a rule, is part of
 * it only where the role of that name has it today: nobody asked to grant it.
 */
export function targetOf(facts: Facts, documented: readonly DocumentedAccount[]): DocumentedTarget {
  const roles = new Map<string, { readonly role: TargetRole; readonly accounts: Account[] }>();
  const left = new Set<string>();
  for (const { account, roles: own } of documented) {
    const holdings = accountHoldingsOf(facts, account);
    for (const role of own) {
      const held = holdings.grants.some(
        (grant) => grant.role.kind === role.kind && grant.role.name === role.name,
      );
      if (role.optional && !held) {
        left.add(`${role.control} (optional) is left out for ${accountId(account)}, which does not hold it`);
        continue;
      }
      for (const name of namesOfRole(facts, role, account)) {
        const key = JSON.stringify([name.kind, name.namespace ?? "", name.name]);
        const { rules, open } = rulesToday(facts, role, name);
        for (const rule of open)
          left.add(
            `${role.control}: ${words(rule)} (optional) is left out: ${role.name} does not have it today`,
          );
        const known = roles.get(key) ?? {
          role: { control: role.control, name, rules, accounts: [] },
          accounts: [],
        };
        known.accounts.push(account);
        roles.set(key, known);
      }
    }
  }
  return {
    roles: [...roles]
      .sort(([a], [b]) => byText(a, b))
      .map(([, { role, accounts }]) => ({ ...role, accounts })),
    left: [...left].sort(byText),
  };
}

function namesOfRole(facts: Facts, role: DocumentedRole, account: Account): readonly RoleName[] {
  const { kind, name } = role;
  if (kind === "ClusterRole") return [{ kind, name }];
  return placesOf(facts, role, account).map((namespace) => ({ kind, name, namespace }));
}

/** The rules that must be there, and of the optional ones those that the role of that name has today. */
function rulesToday(
  facts: Facts,
  role: DocumentedRole,
  name: RoleName,
): { readonly rules: readonly Rule[]; readonly open: readonly Rule[] } {
  const live = readLiveRoles(facts).find(name);
  const place = name.namespace === undefined ? {} : { namespace: name.namespace };
  const has = (rule: Rule) => {
    if (live === undefined) return false;
    const { missing, undecided } = ruleDifferenceOf({
      documented: [{ rules: [rule] }],
      live: [live],
      ...place,
    });
    return missing.length === 0 && undecided.length === 0;
  };
  const kept = role.rules.map((rule, i) => role.required.includes(i) || has(rule));
  return {
    rules: role.rules.filter((_, i) => kept[i]),
    open: role.rules.filter((_, i) => !kept[i]),
  };
}

function words(rule: Rule): string {
  return `${rule.verbs.join(",")} ${(rule.resources ?? rule.nonResourceURLs ?? []).join(",")}`;
}

/** What the target gives to one account, place by place. */
export function targetFor(target: DocumentedTarget, account: Account): readonly HeldRules[] {
  return target.roles
    .filter((role) => role.accounts.some((each) => accountId(each) === accountId(account)))
    .map(({ name, rules }) => ({
      ...(name.namespace === undefined ? {} : { namespace: name.namespace }),
      rules,
    }));
}

/** All that is documented for one account, what is optional too. */
export function documentedFor(facts: Facts, { account, roles }: DocumentedAccount): readonly HeldRules[] {
  return roles.flatMap((role) =>
    namesOfRole(facts, role, account).map(({ namespace }) => ({
      ...(namespace === undefined ? {} : { namespace }),
      rules: role.rules,
    })),
  );
}
