import type { OpenPath } from "../../access/escalation/open.ts";
import type { KubernetesRequest, Residue } from "../../access/policy.ts";
import type { Cause } from "../../report/report.ts";
import type { Facts } from "../../snapshot/facts.ts";
import { bindingInWords } from "../../state/kubernetes/binding.ts";
import { askServer, bindCommand, edit, remove, show } from "../../state/kubernetes/command.ts";
import { giversIn, ruleIndex, ruleReplayOf, rulesOf } from "../../state/kubernetes/difference.ts";
import type { DocumentedRole } from "../../state/kubernetes/documented.ts";
import { FLOOR } from "../../state/kubernetes/floor.ts";
import {
  type AccountHoldings,
  type BindingGrant,
  bindingGrantInWords,
} from "../../state/kubernetes/holdings.ts";
import { narrowed } from "../../state/kubernetes/narrow.ts";
import type { AccessPlace, Wish } from "../../state/kubernetes/places.ts";
import { readLiveRoles, roleInWords } from "../../state/kubernetes/role.ts";
import { bare, type Rule } from "../../state/kubernetes/rules.ts";
import { type Account, ANONYMOUS, accountId, subjectCovers } from "../../state/kubernetes/subject.ts";
import { diffLines, ruleLines, rulesText } from "../../state/kubernetes/yaml.ts";
import type { Observation } from "../observation.ts";
import { opensInWords } from "../ways.ts";
import { today, WHY_EXCESS } from "../words.ts";
import { accountResource } from "./account-exists.ts";
import { observedRuleResidue, residueIn, ruleRequestInWords, ruleResidueProperty } from "./compare.ts";

/** One account, what it holds, and what is documented for it. */
export interface AccountCase {
  readonly facts: Facts;
  readonly account: Account;
  readonly roles: readonly DocumentedRole[];
  readonly holdings: AccountHoldings;
  readonly at: string;
}

export function who({ account }: AccountCase): string {
  return `service account ${accountId(account)}`;
}

/** Where something holds, for a sentence and for a fingerprint. */
export function where({ namespace }: AccessPlace): string {
  return namespace === undefined ? "everywhere in the cluster" : `in namespace ${namespace}`;
}

/** All that is documented for the account in a place; the floor is what every account stands on, not its own. */
export function documentedRules(place: AccessPlace): readonly Rule[] {
  return place.allowed.documented.flatMap((granted) => granted.rules).filter((rule) => !FLOOR.includes(rule));
}

/** The grants of a place that give a residue: those that write a part of it, and any other that allows its witness. */
function givers(residue: Residue, place: AccessPlace): readonly BindingGrant[] {
  const giving = giversIn(residue, place.allowed);
  return place.allowed.live.filter((_, i) => giving.has(i)).map(({ grant }) => grant);
}

/** Whether nothing of what a binding gives is documented; one that gives the floor must stay. */
function isSuperfluous({ role }: BindingGrant, place: AccessPlace): boolean {
  const needed = [...documentedRules(place), ...FLOOR];
  return !role.rules.some((rule) => narrowed(rule, needed).length > 0);
}

/** Whether a binding names the account and nobody else. */
function isAlone({ binding }: BindingGrant, c: AccountCase): boolean {
  return binding.subjects.every((s) => s.kind === "account" && subjectCovers(s, c.account) !== undefined);
}

function causeOf(grant: BindingGrant, place: AccessPlace, c: AccountCase): Cause {
  const goes = isSuperfluous(grant, place) && isAlone(grant, c);
  return {
    id: `${bindingInWords(grant.binding)} to ${accountId(c.account)}`,
    text: `${bindingGrantInWords(grant)}, to ${accountId(c.account)}`,
    ...(goes ? { commands: [remove(grant.binding)] } : {}),
  };
}

/** How to take an excess away: the binding, where nothing of its role is needed; else the rule of the role. */
function mendExcess(grant: BindingGrant, rules: readonly Rule[], place: AccessPlace, c: AccountCase) {
  const { binding, role } = grant;
  const documented = documentedRules(place);
  if (isSuperfluous(grant, place)) {
    return isAlone(grant, c)
      ? {
          text: `Delete ${bindingInWords(binding)}: nothing of what it gives is documented, and it names nobody else.`,
          commands: [remove(binding)],
        }
      : {
          text: `Take ${grant.as === "" ? who(c) : grant.as.slice("as ".length)} out of ${bindingInWords(binding)}, or bind something narrower to it: nothing of what it gives is documented for this account.`,
          commands: [show(binding)],
        };
  }
  const left = rules.flatMap((rule) => narrowed(rule, documented));
  const others = binding.subjects.length > 1 || grant.as.startsWith("as group");
  return {
    text: `${left.length === 0 ? "Take what is not documented out of the rules of" : "Narrow the rules to what is documented in"} ${roleInWords(role)}${others ? ", or give the account a role of its own, since others hold this one too" : ""}.`,
    commands: edit(role, diffLines("rules", rules.map(ruleLines), left.map(ruleLines))),
  };
}

/** The rules of one grant that a residue comes from. */
function rulesOfGrant(residue: Residue, grant: BindingGrant, place: AccessPlace): readonly Rule[] {
  const document = place.allowed.live.findIndex((granted) => granted.grant === grant);
  return rulesOf(residue, place.allowed.live, document);
}

export function excess(
  residue: Residue,
  place: AccessPlace,
  c: AccountCase,
  opens: readonly OpenPath[] | undefined,
): Observation {
  const found = givers(residue, place);
  const [first] = found;
  const rules = rulesOf(residue, place.allowed.live);
  const by = `${found.map(bindingGrantInWords).join("; ")}, to ${accountId(c.account)}`;
  return {
    kind: "drift",
    drift: "excess",
    resource: accountResource(c.account),
    property: ruleResidueProperty("excess", residue, place.namespace),
    ...observedRuleResidue(residue),
    ...(opens === undefined ? {} : { impact: "escalation" as const }),
    by,
    causes: found.map((grant) => causeOf(grant, place, c)),
    message: `${who(c)} can do ${residueIn(residue, place.namespace)} ${where(place)} beyond all that is documented for it, by ${found.map(bindingGrantInWords).join("; ")}: it may ${ruleRequestInWords(residue.witness)}${today(residue)}; ${WHY_EXCESS[residue.impact]}${opensInWords(opens)}`,
    expected: rulesText(rules.flatMap((rule) => narrowed(rule, documentedRules(place)))),
    actual: rulesText(rules),
    at: `${c.at}/roles`,
    verify: askServer(
      residue.witness as KubernetesRequest,
      found.length > 0 && found.every(({ as }) => as.endsWith(ANONYMOUS.user) || as.endsWith(ANONYMOUS.group))
        ? "anonymous"
        : c.account,
      place.namespace,
    ),
    ...(first === undefined
      ? {}
      : { remediation: mendExcess(first, rulesOfGrant(residue, first, place), place, c) }),
    replay: () => ruleReplayOf(place.allowed, residue.witness),
  };
}

/** Why an account cannot do what a role documents, and what mends it. */
function lack(role: DocumentedRole, rule: Rule, place: AccessPlace, c: AccountCase) {
  const wanted = {
    kind: role.kind,
    name: role.name,
    ...(role.kind === "Role" && place.namespace !== undefined ? { namespace: place.namespace } : {}),
  };
  const live = readLiveRoles(c.facts).find(wanted);
  if (live === undefined) {
    return {
      why: `${roleInWords(wanted)} does not exist`,
      mend: { text: `Create ${roleInWords(wanted)} with the documented rules, and bind it.`, commands: [] },
    };
  }
  const same = c.holdings.grants.filter(
    ({ role: r }) => r.kind === wanted.kind && r.name === wanted.name && r.namespace === wanted.namespace,
  );
  if (same.some(({ namespace }) => namespace === place.namespace)) {
    return {
      why: `${roleInWords(wanted)}, which it holds, does not grant it`,
      mend: {
        text: `Add what is missing to the rules of ${roleInWords(wanted)}, and apply it with kubectl, or put it into the manifest or chart that it comes from.`,
        commands: edit(live, diffLines("rules", [], [ruleLines(rule)])),
      },
    };
  }
  const elsewhere = same.map(({ binding }) => bindingInWords(binding)).join(", ");
  return {
    why:
      elsewhere === ""
        ? `${roleInWords(wanted)} is not bound to it`
        : `${roleInWords(wanted)} is bound to it by ${elsewhere} alone, which is not everywhere`,
    mend: {
      text: `Bind ${roleInWords(wanted)} to the service account.`,
      commands: [bindCommand(wanted, c.account, role.name)],
    },
  };
}

export function missing(residue: Residue, place: AccessPlace, c: AccountCase): Observation {
  const wish: Wish | undefined = place.required.documented[residue.origin.document];
  const rule = bare(residue.rule ?? rulesOf(residue, place.required.documented)[0] ?? { verbs: [] });
  const gap = wish === undefined ? undefined : lack(wish.role, rule, place, c);
  const index = wish?.role.required[ruleIndex(residue)];
  return {
    kind: "drift",
    drift: "missing",
    resource: accountResource(c.account),
    property: ruleResidueProperty("missing", residue, place.namespace),
    ...observedRuleResidue(residue),
    message: `${who(c)} cannot do ${residueIn(residue, place.namespace)} ${where(place)}, which ${wish?.role.control ?? "the document"} asks for: it may not ${ruleRequestInWords(residue.witness)}${today(residue)}; ${gap?.why ?? "nothing grants it"}`,
    by: `${accountId(c.account)}: ${gap?.why ?? "nothing grants it"}`,
    expected: rulesText([rule]),
    actual: null,
    at: `${c.at}/roles${wish === undefined || index === undefined ? "" : `/${c.roles.indexOf(wish.role)}`}`,
    verify: askServer(residue.witness as KubernetesRequest, c.account, place.namespace),
    ...(gap === undefined ? {} : { remediation: gap.mend }),
    replay: () => ruleReplayOf(place.required, residue.witness),
  };
}
