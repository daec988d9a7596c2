/** What an account can do by running as others (K16), as observations. */
import type { Impact, KubernetesRequest, Residue } from "../../access/policy.ts";
import { bindingInWords } from "../../state/kubernetes/binding.ts";
import { askServer, show } from "../../state/kubernetes/command.ts";
import { giversIn, ruleDifferenceOf, ruleReplayOf, rulesOf } from "../../state/kubernetes/difference.ts";
import {
  accountHoldingsOf,
  type BindingGrant,
  bindingGrantInWords,
} from "../../state/kubernetes/holdings.ts";
import { narrowed } from "../../state/kubernetes/narrow.ts";
import { type Located, locate, type ReachedPlace, reachedPlaces } from "../../state/kubernetes/places.ts";
import { type ReachedAccount, reachedBy, wayInWords } from "../../state/kubernetes/run-as.ts";
import { accountId } from "../../state/kubernetes/subject.ts";
import { rulesText } from "../../state/kubernetes/yaml.ts";
import { byText } from "../../text/order.ts";
import type { Observation } from "../observation.ts";
import { today, WHY_EXCESS } from "../words.ts";
import { type AccountCase, who } from "./account-drift.ts";
import { accountResource } from "./account-exists.ts";
import {
  observedRuleDoubt,
  observedRuleResidue,
  residueIn,
  ruleRequestInWords,
  ruleResidueProperty,
} from "./compare.ts";

/** Names that a sentence lists. */
const SHOWN = 4;
const WORST: readonly Impact[] = ["escalation", "write", "read"];

/** A grant of somebody whom the account can run as. */
interface Reach {
  readonly grant: BindingGrant;
  readonly by: ReachedAccount;
}

/**
 * What an account can do by running as others, beyond all that is documented. Where the document itself lets it run as
 * them, what is documented for anybody is documented for it; where it does not, that it can is drift by itself.
 * @param all all that is documented, for anybody
 * @param audited the accounts of the document, by their ids
 */
export function* runningAs(
  c: AccountCase,
  all: readonly Located[],
  audited: ReadonlySet<string>,
): Iterable<Observation> {
  const own = locate(c.facts, c.account, c.roles);
  const reached = reachedBy(c.facts, c.account, own, all);
  if (reached.length === 0) return;
  const documentsOwn = reached.filter(({ account }) => audited.has(accountId(account)));
  // what an account of the document holds beyond its own part is said of that account, whoever else holds it with it
  const said = new Set([...c.holdings.grants, ...grantsOf(documentsOwn, c)].map(grantKey));
  const others = reached.flatMap((by) =>
    grantsOf([by], c).flatMap((grant): readonly Reach[] =>
      said.has(grantKey(grant)) ? [] : [{ grant, by }],
    ),
  );
  const told = new Set<BindingGrant>();
  for (const place of reachedPlaces(
    c.facts,
    all,
    c.holdings,
    others.filter(({ grant }) => !isServers(grant)).map(({ grant }) => grant),
  )) {
    const difference = ruleDifferenceOf(place.sides);
    for (const residue of difference.excess) {
      const givers = giversOf(residue, place);
      for (const grant of givers) told.add(grant);
      yield excess(
        residue,
        place,
        others.filter(({ grant }) => givers.includes(grant)),
        c,
      );
    }
    for (const doubt of difference.undecided.filter((d) => d.side === "excess")) {
      yield observedRuleDoubt(
        doubt,
        accountResource(c.account),
        `what ${who(c)} can do by running as others`,
        place.namespace,
      );
    }
  }
  yield* gaps(reached, documentsOwn, c);
  // as an account of the document that it may run as, it may do what that one may
  const lent = grantsOf(
    documentsOwn.filter(({ documented }) => documented),
    c,
  );
  yield* undocumented(reached, [...told, ...lent], own, c);
  yield* serversOwn(
    others.filter(({ grant, by }) => by.documented && isServers(grant)),
    c,
  );
}

/** All that some of those that it can run as are granted. */
function grantsOf(
  some: readonly Pick<ReachedAccount, "account">[],
  { facts }: AccountCase,
): readonly BindingGrant[] {
  return some.flatMap(({ account }) => accountHoldingsOf(facts, account).grants);
}

/** A grant of the server to its own parts, which every cluster has. */
function isServers({ binding, role }: BindingGrant): boolean {
  return binding.bootstrap && role.bootstrap;
}

function grantKey({ binding, role }: BindingGrant): string {
  return JSON.stringify([binding.kind, binding.namespace, binding.name, role.kind, role.name]);
}

function giversOf(residue: Residue, { sides }: ReachedPlace): readonly BindingGrant[] {
  const giving = giversIn(residue, sides);
  return sides.live.filter((_, i) => giving.has(i)).map(({ grant }) => grant);
}

function where(namespace: string | undefined): string {
  return namespace === undefined ? "everywhere in the cluster" : `in namespace ${namespace}`;
}

function waysOf(some: readonly Pick<Reach, "by">[]): string {
  const ways = [...new Set(some.map(({ by }) => wayInWords(by)))];
  const more = ways.length > SHOWN ? ` and ${ways.length - SHOWN} more` : "";
  return `${ways.slice(0, SHOWN).join("; ")}${more}`;
}

function excess(residue: Residue, place: ReachedPlace, by: readonly Reach[], c: AccountCase): Observation {
  const { sides, namespace } = place;
  const rules = rulesOf(residue, sides.live);
  const documented = sides.documented.flatMap((granted) => granted.rules);
  const given = [...new Set(by.map(({ grant }) => bindingGrantInWords(grant)))].join("; ");
  const [first] = by;
  const as = first?.by.account ?? c.account;
  return {
    kind: "drift",
    drift: "excess",
    resource: accountResource(c.account),
    property: ruleResidueProperty("run as", residue, namespace),
    ...observedRuleResidue(residue),
    by: `${waysOf(by)}, by ${given}`,
    causes: by.map((way) => ({
      id: `${bindingInWords(way.grant.binding)} by ${accountId(way.by.account)} to ${accountId(c.account)}`,
      text: `${bindingGrantInWords(way.grant)}, to ${accountId(way.by.account)}: ${wayInWords(way.by)}`,
    })),
    message: `${who(c)} can do ${residueIn(residue, namespace)} ${where(namespace)} beyond all that is documented, since ${waysOf(by)}, which holds it by ${given}: it may ${ruleRequestInWords(residue.witness)}${today(residue)}; ${WHY_EXCESS[residue.impact]}`,
    expected: rulesText(rules.flatMap((rule) => narrowed(rule, documented))),
    actual: rulesText(rules),
    at: `${c.at}/roles`,
    verify: askServer(residue.witness as KubernetesRequest, as, namespace),
    ...(first === undefined
      ? {}
      : {
          remediation: {
            text: `Move what runs as service account ${accountId(as)} to a namespace in which the vendor may run nothing, or take from that account what is not documented.`,
            commands: [show(first.grant.binding)],
          },
        }),
    replay: () => ruleReplayOf(sides, residue.witness),
  };
}

/**
 * What those whom it can run as hold and that is not known (K6); a binding that is not understood is said of the account,
 * and what an account of the document holds is said of that one.
 */
function* gaps(
  reached: readonly ReachedAccount[],
  documentsOwn: readonly ReachedAccount[],
  c: AccountCase,
): Iterable<Observation> {
  const theirs = documentsOwn.flatMap(({ account }) => accountHoldingsOf(c.facts, account).gaps);
  const own = new Set([...c.holdings.gaps, ...theirs].map(({ what }) => what));
  for (const by of reached) {
    for (const gap of accountHoldingsOf(c.facts, by.account).gaps) {
      if (own.has(gap.what)) continue;
      own.add(gap.what);
      yield {
        kind: "unknown",
        resource: accountResource(c.account),
        message: `what ${gap.what} grants to ${who(c)} is not known, since ${wayInWords(by)}: ${gap.why}`,
        property: JSON.stringify(["run as", "gap", gap.what]),
        clause: gap.clause,
        decide: gap.decide,
        at: c.at,
      };
    }
  }
}

/**
 * Accounts that it can run as though the document does not let it, and that hold more than is documented for it, than is
 * known of it, and than those hold on the way to them, of whom it is said already.
 */
function* undocumented(
  reached: readonly ReachedAccount[],
  known: readonly BindingGrant[],
  own: readonly Located[],
  c: AccountCase,
): Iterable<Observation> {
  const byNamespace = new Map<string, { readonly by: ReachedAccount; readonly impact: Impact }[]>();
  for (const by of reached.filter(({ documented }) => !documented)) {
    const onTheWay = grantsOf(
      by.way.slice(0, -1).map((account) => ({ account })),
      c,
    );
    const holdings = { ...c.holdings, grants: [...c.holdings.grants, ...known, ...onTheWay] };
    const impacts = reachedPlaces(c.facts, own, holdings, grantsOf([by], c)).flatMap(({ sides }) =>
      ruleDifferenceOf(sides).excess.map(({ impact }) => impact),
    );
    const impact = WORST.find((each) => impacts.includes(each));
    if (impact === undefined) continue;
    const { namespace } = by.account;
    byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), { by, impact }]);
  }
  for (const [namespace, found] of [...byNamespace].sort(([a], [b]) => byText(a, b))) {
    const impact = WORST.find((each) => found.some((f) => f.impact === each)) ?? "read";
    const names = found.map(({ by }) => accountId(by.account)).sort(byText);
    const shown = `${names.slice(0, SHOWN).join(", ")}${names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ""}`;
    const ways = waysOf(found);
    yield {
      kind: "drift",
      drift: "excess",
      impact,
      resource: accountResource(c.account),
      property: JSON.stringify(["run as", namespace]),
      message: `${who(c)} can run as ${shown}, which hold more than is documented for it: ${ways}, and the document lets it run nothing there; ${WHY_EXCESS[impact]}`,
      by: ways,
      expected: [],
      actual: names,
      at: `${c.at}/roles`,
      remediation: {
        text: `Take from ${who(c)} what lets it run pods in namespace ${namespace}.`,
        commands: [],
      },
    };
  }
}

/** Where the document itself lets the account run as parts of the server, it gives what these hold in every cluster. */
function* serversOwn(some: readonly Reach[], c: AccountCase): Iterable<Observation> {
  if (some.length === 0) return;
  const names = [...new Set(some.map(({ by }) => accountId(by.account)))].sort(byText);
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "";
  yield {
    kind: "note",
    drift: "excess",
    resource: accountResource(c.account),
    property: JSON.stringify(["run as", "server"]),
    message: `by the document itself ${who(c)} can run as parts of the server, ${names.slice(0, SHOWN).join(", ")}${more}: what the server's own bindings give them is not counted as excess (K16)`,
    at: `${c.at}/roles`,
  };
}
