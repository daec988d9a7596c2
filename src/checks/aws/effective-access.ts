import type { OpenPath } from "../../access/escalation/open.ts";
import type { Residue } from "../../access/policy.ts";
import type { Cause } from "../../report/report.ts";
import type { Facts } from "../../snapshot/facts.ts";
import { deleteInline, detach, showAttached, showIamRole } from "../../state/aws/command.ts";
import {
  type DocumentSides,
  liveSide,
  policyDifferenceOf,
  policyReplayOf,
} from "../../state/aws/difference.ts";
import { onAnyResource, statementsOf } from "../../state/aws/document.ts";
import { type DocumentedPolicy, documentedPolicies, POLICY, type Whose } from "../../state/aws/documented.ts";
import { type Giver, giversIn, giversInWords } from "../../state/aws/givers.ts";
import {
  type HeldPolicy,
  policyInWords,
  type RoleGap,
  type RoleHoldings,
  roleHoldingsOf,
} from "../../state/aws/holdings.ts";
import { iamRoleResource, type Role } from "../../state/aws/roles.ts";
import { serviceAccountSchema } from "../../state/aws/schema.ts";
import { BOUND_BY } from "../../state/aws/service-account.ts";
import { mendMissing, originOf } from "../../state/aws/statement.ts";
import { trustedPrincipals } from "../../state/aws/trust.ts";
import { openedBeyond } from "../../state/aws/ways.ts";
import type { Context } from "../../state/context.ts";
import { loosened } from "../../wording/aws/loosened.ts";
import { reachBeside, wayTo } from "../../wording/aws/others.ts";
import {
  awsRequestInWords,
  inWords,
  observedPolicyResidue,
  ofDoubts,
  policyResidueProperty,
} from "../../wording/aws/residue.ts";
import { subjects } from "../../wording/aws/subject.ts";
import type { Observation } from "../../wording/observation.ts";
import { opensInWords, withUnclear } from "../../wording/ways.ts";
import { WHY_EXCESS } from "../../wording/words.ts";
import type { Check } from "../define.ts";

interface Params extends Whose {
  /** `any`: the documents name actions and no resource, so that one on any resource is enough. */
  readonly resources?: "any";
  readonly required: readonly string[];
  readonly optional?: readonly string[];
}

/** A documented policy and where the control names it. */
interface Reference extends DocumentedPolicy {
  readonly at: string;
}

interface Case {
  readonly context: Context;
  readonly role: Role;
  readonly holdings: RoleHoldings;
  readonly required: readonly Reference[];
  /** Required and optional ones. */
  readonly all: readonly Reference[];
  /** Which policies can go as a whole, as far as asked. */
  readonly superfluous: Map<HeldPolicy, boolean>;
  /** Of a role that the document does not know: by which way the vendor comes to it. */
  readonly way?: string;
  readonly givers: ReturnType<typeof giversIn>;
  /** The documents name actions alone. */
  readonly anyResource?: boolean;
}

function resourceOf(c: Case) {
  return iamRoleResource({ id: c.role.arn, name: c.role.name });
}

/**
 * Whether a policy can go as a whole: nothing that it grants of what is documented is granted by it alone, and it denies
 * nothing.
 */
function isSuperfluous(held: HeldPolicy, c: Case): boolean {
  const known = c.superfluous.get(held);
  if (known !== undefined) return known;
  // Of two that hold the same, one can go: what was told to go already holds nothing any more.
  const others = c.holdings.policies
    .filter((p) => p !== held && c.superfluous.get(p) !== true)
    .map((p) => p.document);
  const denies = statementsOf(held.document).some((s) => s["Effect"] !== "Allow");
  const sides = { documented: others, live: [held.document], boundary: c.all.map((d) => d.document) };
  const needed = policyDifferenceOf(sides, c.context);
  const answer = !denies && needed.excess.length + needed.undecided.length === 0;
  c.superfluous.set(held, answer);
  return answer;
}

function takeAway(held: HeldPolicy, c: Case): string {
  return held.arn === undefined ? deleteInline(c.role.name, held.name) : detach(c.role.name, held.arn);
}

function causeOf(held: HeldPolicy, c: Case): Cause {
  return {
    id: `${c.role.arn} ${held.arn ?? held.name}`,
    text: `${policyInWords(held)} of role ${c.role.name}`,
    ...(c.way === undefined && isSuperfluous(held, c) ? { commands: [takeAway(held, c)] } : {}),
  };
}

function mendExcess(residue: Residue, givers: readonly Giver[], c: Case, sides: DocumentSides) {
  if (c.way !== undefined) {
    return {
      text: `Keep the vendor out of role ${c.role.name}: by its trust policy, or that of a role on the way.`,
      commands: [],
    };
  }
  const [first, ...others] = givers;
  if (first === undefined) return { text: "Take it out of the role's policies.", commands: [] };
  const { held } = first;
  const text = isSuperfluous(held, c)
    ? `Take ${policyInWords(held)} away from the role: nothing in it is needed for what is documented.`
    : `In ${policyInWords(held)}, narrow this statement to what is documented, or remove it: ${JSON.stringify(originOf(residue, sides.live) ?? null)}`;
  const same = others.length === 0 ? "" : ` It has to go from ${giversInWords(others)} too.`;
  return {
    text: `${text}${same}`,
    commands: givers.filter((g) => isSuperfluous(g.held, c)).map((g) => takeAway(g.held, c)),
  };
}

function excess(
  residue: Residue,
  c: Case,
  sides: DocumentSides,
  gap: RoleGap | undefined,
  opens: readonly OpenPath[] = [],
): Observation {
  const held = c.holdings.policies[residue.origin.document];
  const givers = c.givers(residue);
  const way = c.way === undefined ? "" : ` (the vendor comes by ${c.way})`;
  const by = `${giversInWords(givers)}${way}`;
  const texts = loosened(residue, sides, c.context);
  const drift = texts === undefined ? "excess" : "weakened";
  const now = texts?.live === "" ? "no condition" : texts?.live;
  const what =
    texts === undefined
      ? `role ${c.role.name} can do ${inWords(residue)} beyond all that is documented, by ${by}`
      : `role ${c.role.name} can do ${residue.pattern} under a weaker condition than documented, by ${by} (documented: ${texts.documented}; live: ${now})`;
  const base = {
    resource: resourceOf(c),
    property: policyResidueProperty(drift, residue),
    ...observedPolicyResidue(residue),
    by,
    causes: givers.map(({ held: policy }) => causeOf(policy, c)),
    expected: texts?.documented ?? c.all.map((d) => d.control),
    actual: now ?? originOf(residue, sides.live) ?? null,
    at: "/required",
    verify: held?.verify ?? showAttached(c.role.name),
  };
  if (gap !== undefined) {
    return {
      ...base,
      kind: "unknown",
      message: `${what}, unless what could not be read takes it away: ${gap.what}`,
      decide: gap.decide,
      clause: "AW1",
    };
  }
  const nothing = "by the catalogue it grants nothing that exists, so far";
  const impact = opens.length > 0 ? "escalation" : residue.impact;
  // a weakened condition weighs the same whatever it lets through, but for this
  const severity =
    residue.dead === true ? "low" : opens.length > 0 && residue.latent !== true ? "critical" : undefined;
  return {
    ...base,
    kind: "drift",
    drift,
    impact,
    ...(severity === undefined ? {} : { severity }),
    message: `${what}: it may ${awsRequestInWords(residue.witness)}; ${residue.dead === true ? nothing : WHY_EXCESS[residue.impact]}${opensInWords(opens)}`,
    remediation: mendExcess(residue, givers, c, sides),
    replay: () => policyReplayOf(sides, residue.witness),
  };
}

/** Why the role cannot do it: no policy grants it, a Deny takes it away, or the boundary does. */
function lackReason(residue: Residue, c: Case, sides: DocumentSides): string {
  const free = policyReplayOf({ documented: sides.documented, live: sides.live }, residue.witness).live;
  const { boundary } = c.holdings;
  if (free === "allowed" && boundary !== undefined)
    return `the boundary, ${policyInWords(boundary)}, takes it away`;
  const grants = sides.live.some(
    (d) => policyReplayOf({ documented: [], live: [d] }, residue.witness).live === "allowed",
  );
  return grants ? "a Deny of its policies takes it away" : "no policy of the role grants it";
}

function missing(residue: Residue, c: Case, sides: DocumentSides): Observation {
  const reference = c.required[residue.origin.document];
  const by = reference ?? {
    control: c.context.control.id,
    template: sides.documented[residue.origin.document],
  };
  const { statement, more, commands } = mendMissing(residue, by, sides.documented, c.role.name);
  const reason = lackReason(residue, c, sides);
  const granted = reason.startsWith("no policy");
  return {
    kind: "drift",
    drift: "missing",
    resource: resourceOf(c),
    property: policyResidueProperty("missing", residue),
    ...observedPolicyResidue(residue),
    expected: originOf(residue, sides.documented) ?? null,
    actual: null,
    at: reference?.at ?? "/required",
    verify: c.holdings.boundary === undefined ? showAttached(c.role.name) : showIamRole(c.role.name),
    message: `role ${c.role.name} cannot do ${inWords(residue)}, which ${reference?.control ?? "the document"} asks for: it may not ${awsRequestInWords(residue.witness)}; ${reason}`,
    ...(granted ? {} : { by: reason }),
    remediation: {
      text: `${granted ? "Add this statement to a policy of the role" : "Let this statement through"}: ${JSON.stringify(statement)}${more}`,
      commands: granted ? commands : [],
    },
    replay: () => policyReplayOf(sides, residue.witness),
  };
}

function gapObservation(gap: RoleGap, c: Case): Observation {
  return {
    kind: "unknown",
    resource: resourceOf(c),
    message: `${gap.what} could not be read (${gap.why}): it may grant or take away what is compared`,
    property: `unread:${gap.what}`,
    decide: gap.decide,
    at: "/required",
  };
}

function* judge(c: Case): Iterable<Observation> {
  const { holdings } = c;
  const side = liveSide(holdings);
  for (const gap of holdings.unknown) yield gapObservation(gap, c);
  if (holdings.boundaryUnknown !== undefined) yield gapObservation(holdings.boundaryUnknown, c);
  const least = c.anyResource === true ? { ...side, live: side.live.map(onAnyResource) } : side;
  const wanted: DocumentSides = { documented: c.required.map((d) => d.document), ...least };
  const lacking = policyDifferenceOf(wanted, c.context);
  for (const residue of lacking.missing) {
    // What could not be read may grant it, and may deny it: the gap says so. A boundary only takes away.
    if (holdings.unknown.length === 0 && residue.dead !== true) yield missing(residue, c, wanted);
  }
  const known: DocumentSides = { documented: c.all.map((d) => d.document), ...side };
  const beyond = policyDifferenceOf(known, c.context);
  const gap = holdings.unknown[0] ?? holdings.boundaryUnknown;
  const opened = openedBeyond(known, beyond.excess, c.context);
  for (const residue of beyond.excess) yield excess(residue, c, known, gap, opened.byPart.get(residue));
  const subject = `role ${c.role.name}`;
  yield* ofDoubts(lacking.undecided, "missing", resourceOf(c), subject);
  const doubts = ofDoubts(beyond.undecided, "excess", resourceOf(c), subject);
  yield* withUnclear(doubts, opened.unclear, resourceOf(c), subject);
  const statements = holdings.policies.flatMap((p) => statementsOf(p.document));
  const notes = betterProfiles(c, lacking.missing.length + beyond.excess.length);
  yield { kind: "assessed", count: statements.length, what: "statements of its policies", notes };
}

/** So many differences are a hint that another profile is meant, where it has so many times fewer. */
const MANY_DIFFERENCES = 4;

/** Profiles that fit what the role holds much better than the one in force, as notes. */
function betterProfiles(c: Case, differences: number): readonly string[] {
  const { context, holdings, role } = c;
  const unread = holdings.unknown.length > 0 || holdings.boundaryUnknown !== undefined;
  if (differences < MANY_DIFFERENCES || unread || c.anyResource === true) return [];
  const side = liveSide(holdings);
  const ofAll = c.all.filter((d) => context.controls.get(d.control)?.profile === undefined);
  const others = [...(context.elsewhere?.values() ?? [])].filter(({ check }) => check === POLICY);
  const profiles = new Set(others.flatMap(({ profile }) => profile ?? []));
  return [...profiles].flatMap((profile) => {
    const own = documentedPolicies(
      others.filter((control) => control.profile === profile),
      side.live,
    );
    const documented = [...ofAll, ...own];
    const asked = documented.filter((d) => d.required).map((d) => d.document);
    const { missing } = policyDifferenceOf({ documented: asked, ...side }, context);
    const known = documented.map((d) => d.document);
    const { excess, undecided } = policyDifferenceOf({ documented: known, ...side }, context);
    const left = missing.length + excess.length + undecided.length;
    if (left * MANY_DIFFERENCES > differences) return [];
    return [
      `role ${role.name} fits the profile ${profile} better (${left} differences, ${differences} by the profile in force): --profile-set ${profile}`,
    ];
  });
}

/** Of a role that the document does not know: what it adds to what the vendor can do (AW15). */
function* judgeOther(c: Case): Iterable<Observation> {
  const { holdings } = c;
  const gaps = holdings.boundaryUnknown === undefined ? [] : [holdings.boundaryUnknown];
  for (const gap of [...holdings.unknown, ...gaps]) yield gapObservation(gap, c);
  const known: DocumentSides = { documented: c.all.map((d) => d.document), ...liveSide(holdings) };
  const beyond = policyDifferenceOf(known, c.context);
  const gap = holdings.unknown[0] ?? holdings.boundaryUnknown;
  const opened = openedBeyond(known, beyond.excess, c.context);
  for (const residue of beyond.excess) yield excess(residue, c, known, gap, opened.byPart.get(residue));
  const subject = `role ${c.role.name}`;
  const doubts = ofDoubts(beyond.undecided, "excess", resourceOf(c), subject);
  yield* withUnclear(doubts, opened.unclear, resourceOf(c), subject);
}

function references(params: Params, context: Context, live: readonly unknown[]): readonly Reference[] {
  const named = [
    ...params.required.map((id, i) => ({ id, at: `/required/${i}`, required: true })),
    ...(params.optional ?? []).map((id, i) => ({ id, at: `/optional/${i}`, required: false })),
  ];
  const controls = named.flatMap(({ id }) => {
    const control = context.controls.get(id);
    return control?.check === POLICY ? [control] : [];
  });
  const documents = documentedPolicies(controls, live);
  return named.flatMap(({ id, at, required }) => {
    const document = documents.find((d) => d.control === id);
    return document === undefined ? [] : [{ ...document, at, required: required && document.required }];
  });
}

function caseOf(role: Role, facts: Facts, params: Params, context: Context): Case {
  const holdings = roleHoldingsOf(facts, role);
  const all = references(
    params,
    context,
    holdings.policies.map((p) => p.document),
  );
  return {
    context,
    role,
    holdings,
    all,
    required: all.filter((d) => d.required),
    superfluous: new Map(),
    givers: giversIn(holdings.policies),
  };
}

function* run(facts: Facts, params: Params, context: Context): Iterable<Observation> {
  for (const subject of subjects(facts, params, context, "the vendor has no access here")) {
    if (subject.kind === "observation") {
      yield subject.observation;
      continue;
    }
    yield* judge({
      ...caseOf(subject.role, facts, params, context),
      anyResource: params.resources === "any",
    });
  }
  if (params.serviceAccount !== undefined) return;
  const wanted = trustedPrincipals([...context.controls.values()]);
  for (const reached of reachBeside(facts, params.role, context, wanted).reached) {
    yield* judgeOther({ ...caseOf(reached.role, facts, params, context), required: [], way: wayTo(reached) });
  }
}

/** All that a role can do, by every policy of its own and within its boundary, is what is documented (AW1). */
export const effectiveAccess: Check = {
  id: "aws/effective-access",
  cloud: "aws",
  title: "A role can do exactly what is documented, by all its policies together",
  help: `The union of the role's inline and attached policies, minus their Deny statements, cut by its permission boundary, against the union of the documented policies of the chosen profile.

It is an interval: something is missing only if a required control asks for it, and in excess only if neither a required nor an optional one does. \`by\` says which policy and statement gives what is in excess, and what takes away what is missing: a Deny, or the boundary.

An excess that exists only because a documented condition was loosened is called weakened. One that by the provider's own catalogue grants nothing that exists is of low severity: the catalogue lags.

A policy that could not be read may hold what seems to be missing, and may deny what seems to be in excess: both are then unknown.

What the vendor can do by way of any other role that it can enter (\`aws/trust-policy\` names them) is compared too, and \`by\` says the way: only what is in excess, since the document asks nothing of such a role.

Not considered: service control policies and resource control policies of the organisation, policies of resources, and session policies.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["required"],
    properties: {
      role: { type: "string", minLength: 1, description: "name or ARN; absent: the roles audited" },
      serviceAccount: serviceAccountSchema,
      resources: {
        enum: ["any"],
        description: "the documents name actions and no resource: an action on any resource is enough",
      },
      required: {
        type: "array",
        minItems: 1,
        items: { type: "string", minLength: 1 },
        description: "ids of the controls whose policies the role must hold",
      },
      optional: {
        type: "array",
        items: { type: "string", minLength: 1 },
        description: "ids of the controls whose policies it may hold",
      },
    },
  },
  needs: (params) => [
    ...(["aws/role", "aws/role-policy", "aws/attached-policy", "aws/policy", "aws/listed-role"] as const),
    ...((params as Params).serviceAccount === undefined ? [] : BOUND_BY),
  ],
  tolerates: ["aws/listed-role", ...BOUND_BY],
  drifts: {
    excess: {
      short: "The role can do more than is documented.",
      help: "Some policy of the role, attached or inline, lets it do what no documented policy lists. `by` says which one, and which statement. Where nothing of the policy is needed the remediation detaches or deletes it; else it shows the statement to narrow.",
    },
    missing: {
      short: "The role cannot do all that is documented.",
      help: "No policy grants it, or a Deny or the permission boundary takes it away (`by` says which). The vendor's software will fail where it needs it. Add the statement of the remediation, or let it through.",
    },
    weakened: {
      short: "The role can do more because a documented condition was loosened.",
      help: "The grant is documented, but under a condition that holds less often. Both conditions stand side by side in the finding. Put the documented one back.",
    },
    absent: {
      short: "There is no role to audit.",
      help: "The role named by --role does not exist in an account that could be read, or no role trusts the vendor. Create the role with the documented trust policy, or name the one that the vendor uses.",
    },
  },
  run: (facts, params, context) => run(facts, params as Params, context),
};
