import type { OpenPath } from "../../access/escalation/open.ts";
import type { Impact } from "../../access/policy.ts";
import type { ResolvedControl } from "../../baselines/baseline.ts";
import type { Severity } from "../../report/report.ts";
import type { Facts } from "../../snapshot/facts.ts";
import { field, text } from "../../snapshot/value.ts";
import { type ClusterRole, rolesOfClusters } from "../../state/aws/cluster-roles.ts";
import { showIamRole } from "../../state/aws/command.ts";
import { liveSide, policyDifferenceOf, policyReplayOf } from "../../state/aws/difference.ts";
import { allowedPrincipals, policyDocument } from "../../state/aws/document.ts";
import { documentedPolicies, policiesBeside } from "../../state/aws/documented.ts";
import { type RoleHoldings, roleHoldingsOf } from "../../state/aws/holdings.ts";
import { type ReachedRole, reachOf, type VendorReach } from "../../state/aws/reach.ts";
import { findRole, iamRoleResource, type Role, readRoles, sameRole } from "../../state/aws/roles.ts";
import { entryOf } from "../../state/aws/trust.ts";
import { awsWays } from "../../state/aws/ways.ts";
import type { Context } from "../../state/context.ts";
import { byText } from "../../text/order.ts";
import type { Observation } from "../observation.ts";
import { waysInWords } from "../ways.ts";
import { WHY_EXCESS } from "../words.ts";
import { chosenCluster } from "./chosen.ts";

const BY_IMPACT = { escalation: "critical", write: "high", read: "medium" } as const satisfies Record<
  Impact,
  Severity
>;

/** The roles that the vendor has, of those audited; absent: the control is about another role, or nobody was found. */
function vendorsRoles(
  facts: Facts,
  named: string | undefined,
  context: Context,
): readonly Role[] | undefined {
  if (context.principalsUnknown !== undefined) return undefined;
  if (named !== undefined && !context.principals.some(({ id }) => sameRole(id, named))) return undefined;
  const roles = readRoles(facts);
  const found = context.principals.flatMap(({ id }) => findRole(roles, id) ?? []);
  // Where what the user named is not there, the role that was meant would be called a stranger.
  return context.principalsGiven && found.length === 0 ? undefined : found;
}

/** The roles that a control of the baseline names: they are judged by that. */
function namedBy(controls: Iterable<ResolvedControl>): readonly string[] {
  return [...controls].flatMap((c) => text(field(c.with, "role")) ?? []);
}

/** Every role that the vendor can enter beside those that a control is about (AW15). */
export function reachBeside(
  facts: Facts,
  named: string | undefined,
  context: Context,
  wanted: readonly string[],
): VendorReach {
  const own = vendorsRoles(facts, named, context);
  if (own === undefined || wanted.length === 0) return { reached: [], unclear: [] };
  const judged = namedBy(context.controls.values());
  const other = ({ role }: { readonly role: Role }) =>
    !judged.some((each) => sameRole(each, role.arn)) && !own.some((each) => each.arn === role.arn);
  const { reached, unclear } = reachOf(facts, wanted, own);
  return { reached: reached.filter(other), unclear: unclear.filter(other) };
}

/** By which way the vendor comes to a role: `arn:… to chalk to admin`. */
export function wayTo({ role, by, witness }: ReachedRole): string {
  const first = by.length === 0 ? [witness.principal ?? "anybody"] : [];
  return [...first, ...by.map((r) => r.name), role.name].join(" to ");
}

/**
 * What there is to say of every other role that the vendor can enter: each is a stranger to the document, as bad as what
 * it holds; and of those that it may be able to enter.
 */
export function* otherRoles(
  facts: Facts,
  named: string | undefined,
  context: Context,
  policy: unknown,
): Iterable<Observation> {
  const own = vendorsRoles(facts, named, context);
  if (own === undefined) return;
  const wanted = [...new Set(allowedPrincipals(policy))].sort(byText);
  const { reached, unclear } = reachBeside(facts, named, context, wanted);
  for (const each of [...twins(facts, named, own, wanted, context), ...reached])
    yield stray(each, facts, context);
  for (const { role, clause, reason } of unclear) {
    yield {
      kind: "unknown",
      resource: iamRoleResource({ id: role.arn, name: role.name }),
      message: `whether role ${role.name} lets ${wanted.join(", ")} in is not known: ${reason}`,
      property: "trust",
      decide: `read its trust policy (${showIamRole(role.name)})`,
      clause,
    };
  }
  for (const each of clusterRoles(facts, context)) yield ofCluster(each, facts, context);
  yield* unlisted(facts, wanted);
}

/**
 * Where nobody named the vendor's role and several trust it alike: those that are not the one which comes nearest to the
 * document.
 */
function twins(
  facts: Facts,
  named: string | undefined,
  own: readonly Role[],
  wanted: readonly string[],
  context: Context,
): readonly ReachedRole[] {
  if (context.principalsGiven || own.length < 2) return [];
  const ranked = own.map((role) => {
    const side = liveSide(roleHoldingsOf(facts, role));
    const all = documentedPolicies(
      policiesBeside(context, named === undefined ? {} : { role: named }),
      side.live,
    );
    const required = all.filter((d) => d.required).map((d) => d.document);
    const lacks = policyDifferenceOf({ documented: required, ...side }, context).missing.length;
    const beyond = policyDifferenceOf({ documented: all.map((d) => d.document), ...side }, context).excess
      .length;
    return { role, lacks, beyond };
  });
  ranked.sort((a, b) => a.lacks - b.lacks || a.beyond - b.beyond || byText(a.role.arn, b.role.arn));
  return ranked.slice(1).flatMap(({ role }): readonly ReachedRole[] => {
    const found = entryOf(role.arn, role.trust, wanted);
    if (found.verdict !== "yes") return [];
    return [{ role, by: [], witness: found.witness, brings: found.brings, asks: found.asks }];
  });
}

/** The worst that a role's own policies let it do; absent: nothing. */
function worstOf(holdings: RoleHoldings, context: Context): Impact | undefined {
  const side = liveSide(holdings);
  const { excess, undecided } = policyDifferenceOf({ documented: [], ...side }, context);
  const impacts = excess.map((residue) => residue.impact);
  if (openOf(holdings, context).length > 0) impacts.push("escalation");
  const found = (["escalation", "write", "read"] as const).find((impact) => impacts.includes(impact));
  return found ?? (undecided.length > 0 ? "write" : undefined);
}

/** The paths to more rights that a role's own policies open. */
function openOf(holdings: RoleHoldings, context: Context): readonly OpenPath[] {
  return awsWays(liveSide(holdings), context).paths.filter(({ verdict }) => verdict === "allowed");
}

function holdsInWords(holdings: RoleHoldings, impact: Impact | undefined, context: Context): string {
  const gap = holdings.unknown[0] ?? holdings.boundaryUnknown;
  const unread = gap === undefined ? "" : `; ${gap.what} could not be read`;
  if (impact === undefined)
    return gap === undefined ? "it holds nothing" : `what it holds is not known${unread}`;
  const ways = openOf(holdings, context);
  return `${WHY_EXCESS[impact]}${ways.length === 0 ? "" : `: it can ${waysInWords(ways)}`}${unread}`;
}

function stray(reached: ReachedRole, facts: Facts, context: Context): Observation {
  const { role, by, witness, brings, asks, crowd } = reached;
  const holdings = roleHoldingsOf(facts, role);
  const impact = worstOf(holdings, context);
  const gap = holdings.unknown.length > 0;
  // What could not be read counts as an excess without a known impact.
  const severity =
    impact === "escalation" ? "critical" : gap ? "high" : impact === undefined ? "low" : BY_IMPACT[impact];
  const last = by.at(-1);
  const who =
    crowd ??
    (last === undefined
      ? (witness.principal ?? "anybody")
      : `role ${last.name}, which the vendor can act as,`);
  const whom = crowd === undefined ? "the vendor in as well" : "a crowd in of which the vendor can be one";
  const bringing = brings === "" ? "" : ` with ${brings}`;
  const provided =
    asks === "" ? "" : `, provided that it has ${asks}: what the vendor has there is not known`;
  return {
    kind: "drift",
    drift: "stray",
    severity,
    resource: iamRoleResource({ id: role.arn, name: role.name }),
    message: `role ${role.name} lets ${whom}, and no control of the document is about it: ${who} may assume it${bringing}${provided}; ${holdsInWords(holdings, impact, context)}`,
    property: "stray",
    witness,
    by: wayTo(reached),
    expected: null,
    actual: policyDocument(role.trust) ?? null,
    at: "/policy",
    verify: showIamRole(role.name),
    remediation: {
      text:
        crowd === undefined
          ? `Take the vendor out of the trust policy of ${role.name}, or delete the role; if it is the vendor's own, audit it with --role ${role.name}.`
          : `Have the trust policy of ${role.name} ask for what only yours have (the subject of your repository or organisation, the id of your application), or delete the role.`,
      commands: [],
    },
    replay: () => policyReplayOf({ documented: [], live: [role.trust] }, witness),
  };
}

/** The roles that the vendor's cluster can assume: of the one that a control names, else of all that are known. */
function clusterRoles(facts: Facts, context: Context): readonly ClusterRole[] {
  const wanted = [...context.controls.values()].flatMap((c) => text(field(c.with, "cluster")) ?? [])[0];
  const chosen = chosenCluster(facts, wanted);
  const all = facts
    .all("aws/eks-cluster")
    .map(({ id, body }) => ({ name: text(field(body, "name")) ?? id, body }));
  const clusters = chosen.kind === "one" ? [chosen.one] : chosen.kind === "unclear" ? all : [];
  return rolesOfClusters(facts, clusters);
}

/**
 * A role for service accounts of the vendor's cluster. Every deployment has some, so it is named; where it can grant
 * itself anything at all that is no part of running a cluster, and a way in like any other.
 */
function ofCluster({ role, cluster, accounts }: ClusterRole, facts: Facts, context: Context): Observation {
  const holdings = roleHoldingsOf(facts, role);
  const { excess } = policyDifferenceOf({ documented: [], ...liveSide(holdings) }, context);
  const unbound = excess.find(
    (r) => r.impact === "escalation" && r.conditions === undefined && (r.resources ?? ["*"]).includes("*"),
  );
  const who =
    accounts.length === 0
      ? `any service account of cluster ${cluster}`
      : `service account${accounts.length === 1 ? "" : "s"} ${accounts.join(", ")} of cluster ${cluster}`;
  const base = {
    drift: "stray",
    resource: iamRoleResource({ id: role.arn, name: role.name }),
    property: `cluster:${cluster}`,
    by: who,
    at: "/policy",
    verify: showIamRole(role.name),
  } as const;
  const what = `role ${role.name} can be assumed by ${who}, where the vendor runs what it likes`;
  if (unbound === undefined) {
    return {
      ...base,
      kind: "note",
      message: `${what}; ${holdsInWords(holdings, worstOf(holdings, context), context)}`,
    };
  }
  return {
    ...base,
    kind: "drift",
    severity: "critical",
    message: `${what}: it may ${unbound.pattern} on any resource; ${WHY_EXCESS.escalation}`,
    expected: null,
    actual: policyDocument(role.trust) ?? null,
    remediation: {
      text: `Narrow what ${role.name} holds, or the service accounts that its trust policy admits.`,
      commands: [],
    },
  };
}

/** Where the account's roles were not listed, that there is no other one is not known. */
function* unlisted(facts: Facts, wanted: readonly string[]): Iterable<Observation> {
  const [unread] = facts.unread("aws/listed-role");
  const alone = facts.asked !== undefined && facts.all("aws/listed-role").length === 0;
  if (unread === undefined && !alone) return;
  const why =
    unread === undefined
      ? `the state was recorded for ${facts.asked?.join(", ")} alone`
      : `${unread.api}: ${unread.detail}`;
  yield {
    kind: "unknown",
    resource: iamRoleResource({ id: `${facts.scope}#roles`, name: "other roles" }),
    message: `which other roles let ${wanted.join(", ")} in is not known: ${why}`,
    property: "other-roles",
    decide:
      unread?.permission === undefined ? "collect the state again" : `grant the scanner ${unread.permission}`,
    clause: "AW15",
  };
}
