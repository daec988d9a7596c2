import type { Facts } from "../../snapshot/facts.ts";
import { type Binding, bindingInWords, givenInWords, readBindings } from "./binding.ts";
import { type LiveRole, readLiveRoles, roleInWords } from "./role.ts";
import { type Account, accountId, subjectCovers } from "./subject.ts";

/** A role that an account holds by one binding. */
export interface BindingGrant {
  readonly binding: Binding;
  readonly role: LiveRole;
  /** Where it holds; absent: in every namespace, and beyond them. */
  readonly namespace?: string;
  /** How the binding names the account, when not by itself: `as group x`. */
  readonly as: string;
}

/** Something that the account may hold and that is not known. */
export interface AccountGap {
  readonly what: string;
  readonly why: string;
  readonly decide: string;
  readonly clause: string;
}

/** All that an account holds, over every binding of the cluster (K5, K6). */
export interface AccountHoldings {
  readonly grants: readonly BindingGrant[];
  /** Bindings that name the account and a role that is not there: they grant nothing until somebody makes it. */
  readonly dangling: readonly Binding[];
  readonly gaps: readonly AccountGap[];
}

const read = new WeakMap<Facts, Map<string, AccountHoldings>>();

/** All that an account holds; found once for each. */
export function accountHoldingsOf(facts: Facts, account: Account): AccountHoldings {
  const known = read.get(facts) ?? new Map<string, AccountHoldings>();
  read.set(facts, known);
  const before = known.get(accountId(account));
  if (before !== undefined) return before;
  const holdings = readHoldings(facts, account);
  known.set(accountId(account), holdings);
  return holdings;
}

function readHoldings(facts: Facts, account: Account): AccountHoldings {
  const roles = readLiveRoles(facts);
  const grants: BindingGrant[] = [];
  const dangling: Binding[] = [];
  const gaps: AccountGap[] = [];
  for (const binding of readBindings(facts)) {
    if (binding.problem !== undefined) {
      gaps.push({
        what: bindingInWords(binding),
        why: binding.problem,
        decide: `read ${bindingInWords(binding)} again`,
        clause: "K5",
      });
    }
    // by itself first, so that a binding that names account and group is told by the account
    const as = binding.subjects
      .flatMap((s) => subjectCovers(s, account) ?? [])
      .sort((a, b) => a.length - b.length)[0];
    if (as === undefined || binding.role === undefined) continue;
    const role = roles.find(binding.role);
    if (role === undefined) {
      dangling.push(binding);
      continue;
    }
    const place = binding.namespace === undefined ? {} : { namespace: binding.namespace };
    grants.push({ binding, role, ...place, as });
    if (role.problem !== undefined) {
      gaps.push({
        what: `${roleInWords(role)}, given by ${bindingInWords(binding)},`,
        why: role.problem,
        decide: `read ${roleInWords(role)} again`,
        clause: "K6",
      });
    }
  }
  return { grants, dangling, gaps };
}

/** A grant for `by`: the binding, the role, and the group or user by which it reaches the account. */
export function bindingGrantInWords({ binding, as }: BindingGrant): string {
  return `${bindingInWords(binding)} (${givenInWords(binding)}${as === "" ? "" : `, ${as}`})`;
}
