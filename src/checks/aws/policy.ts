import type { Residue } from "../../access/policy.ts";
import type { Facts } from "../../snapshot/facts.ts";
import { textList } from "../../snapshot/value.ts";
import { showAttached } from "../../state/aws/command.ts";
import { type DocumentSides, policyDifferenceOf, policyReplayOf } from "../../state/aws/difference.ts";
import { onAnyResource, statementsOf, withoutConditions } from "../../state/aws/document.ts";
import {
  type DocumentedPolicy,
  documentedPolicies,
  policiesBeside,
  type Whose,
} from "../../state/aws/documented.ts";
import { policyInWords, type RoleGap, type RoleHoldings, roleHoldingsOf } from "../../state/aws/holdings.ts";
import { iamRoleResource, type Role } from "../../state/aws/roles.ts";
import { policySchema, serviceAccountSchema } from "../../state/aws/schema.ts";
import { BOUND_BY } from "../../state/aws/service-account.ts";
import { mendMissing, originOf, statementInWords } from "../../state/aws/statement.ts";
import type { Context } from "../../state/context.ts";
import { type Loosened, loosened } from "../../wording/aws/loosened.ts";
import {
  awsRequestInWords,
  grantInWords,
  inWords,
  observedPolicyResidue,
  ofDoubts,
  policyResidueProperty,
} from "../../wording/aws/residue.ts";
import { subjects } from "../../wording/aws/subject.ts";
import { type WorkloadPolicy, workloadPolicies } from "../../wording/aws/workload-policy.ts";
import type { Observation } from "../../wording/observation.ts";
import { WHY_EXCESS } from "../../wording/words.ts";
import type { Check } from "../define.ts";

interface Params extends Whose {
  readonly policy?: unknown;
  readonly workloads?: readonly WorkloadPolicy[];
  readonly hostedZone?: string;
  /** `any`: the document names actions and no resource, so an action on any resource at all is enough. */
  readonly resources?: "any";
}

/** One role, what it holds, and what is documented. */
interface Case {
  readonly context: Context;
  readonly role: Role;
  readonly holdings: RoleHoldings;
  /** The control's own policy. */
  readonly own: DocumentedPolicy;
  /** Every policy documented for the role, so that what another control grants is not called weakened. */
  readonly all: readonly DocumentedPolicy[];
  /** The document names actions alone. */
  readonly anyResource: boolean;
}

function resourceOf(c: Case) {
  return iamRoleResource({ id: c.role.arn, name: c.role.name });
}

/** Whether the role holds most entries of an optional policy: then it is there, and what lacks is missing. */
function isThere(c: Case, missing: readonly Residue[]): boolean {
  const lacking = new Set(
    missing.flatMap((r) => (r.dead === true ? [] : (r.actions ?? [r.pattern]))).map((a) => a.toLowerCase()),
  );
  const entries = statementsOf(c.own.document)
    .filter((s) => s["Effect"] === "Allow")
    .flatMap((s) => (s["Action"] === undefined ? ["NotAction"] : textList(s["Action"])));
  const held = entries.filter((action) => !lacking.has(action.toLowerCase()));
  return held.length * 2 > entries.length;
}

function missing(residue: Residue, c: Case, sides: DocumentSides): Observation {
  const { statement, more, commands } = mendMissing(residue, c.own, sides.documented, c.role.name);
  return {
    kind: "drift",
    drift: "missing",
    resource: resourceOf(c),
    property: policyResidueProperty("missing", residue),
    ...observedPolicyResidue(residue),
    expected: originOf(residue, sides.documented) ?? null,
    actual: null,
    at: `/policy${residue.origin.pointer}`,
    verify: showAttached(c.role.name),
    message: `no policy of role ${c.role.name} grants ${inWords(residue)}, which the document asks for: it may not ${awsRequestInWords(residue.witness)}; what relies on it will fail`,
    remediation: {
      text: `Add this statement to a policy of the role, and look for a Deny that takes it away: ${JSON.stringify(statement)}${more}`,
      commands,
    },
    replay: () => policyReplayOf(sides, residue.witness),
  };
}

function weakened(
  residue: Residue,
  { documented, live }: Loosened,
  c: Case,
  sides: DocumentSides,
): Observation {
  const held = c.holdings.policies[residue.origin.document];
  const from = held === undefined ? "its policies" : policyInWords(held);
  const statement = statementInWords(residue, sides.live);
  const now = live === "" ? "no condition" : live;
  const base = {
    resource: resourceOf(c),
    property: policyResidueProperty("weakened", residue),
    ...observedPolicyResidue(residue),
    by: `${from}, ${statement}`,
    expected: documented,
    actual: now,
    at: "/policy",
    verify: held?.verify ?? showAttached(c.role.name),
  };
  const what = `${from} of role ${c.role.name} loosens the condition on ${residue.pattern} (documented: ${documented}; live: ${now})`;
  const gap = c.holdings.unknown[0];
  if (gap !== undefined) {
    return {
      ...base,
      kind: "unknown",
      message: `${what}, unless a policy that could not be read denies it: ${gap.what}`,
      decide: gap.decide,
      clause: "AW12",
    };
  }
  return {
    ...base,
    kind: "drift",
    drift: "weakened",
    message: `${what}: it may ${awsRequestInWords(residue.witness)}; ${WHY_EXCESS[residue.impact]}`,
    remediation: {
      text: `In ${from}, ${statement}, put the condition back to what is documented: ${documented}. The statement as it is: ${JSON.stringify(originOf(residue, sides.live) ?? null)}`,
      commands: [],
    },
    replay: () => policyReplayOf(sides, residue.witness),
  };
}

/** Whether the policy of the control is the one whose condition was loosened: without conditions it allows the witness. */
function concerns(residue: Residue, c: Case): boolean {
  const bare: DocumentSides = { documented: [withoutConditions(c.own.document)], live: [] };
  return policyReplayOf(bare, residue.witness).documented === "allowed";
}

function* judge(c: Case): Iterable<Observation> {
  const live = c.holdings.policies.map((p) => p.document);
  const own: DocumentSides = {
    documented: [c.own.document],
    live: c.anyResource ? live.map(onAnyResource) : live,
  };
  const subject = `role ${c.role.name}`;
  const lacking = policyDifferenceOf(own, c.context);
  if (!c.own.required && c.holdings.unknown.length === 0 && !isThere(c, lacking.missing)) {
    yield {
      kind: "note",
      drift: "absent",
      absent: true,
      resource: resourceOf(c),
      message: `${subject} holds no such policy; the document calls it optional`,
      property: "policy",
      at: "/policy",
    };
    return;
  }
  for (const gap of c.holdings.unknown) yield gapObservation(gap, c);
  // What could not be read may grant what lacks, and may deny it: the gap says so.
  if (c.holdings.unknown.length === 0) {
    for (const residue of lacking.missing) if (residue.dead !== true) yield missing(residue, c, own);
    yield* dead(
      lacking.missing.filter((r) => r.dead === true),
      c,
    );
  }
  const every: DocumentSides = { documented: c.all.map((d) => d.document), live };
  const beyond = policyDifferenceOf(every, c.context);
  for (const residue of beyond.excess) {
    const texts = concerns(residue, c) ? loosened(residue, every, c.context) : undefined;
    if (texts !== undefined) yield weakened(residue, texts, c, every);
  }
  yield* ofDoubts(lacking.undecided, "missing", resourceOf(c), subject);
  yield { kind: "assessed", count: statementsOf(c.own.document).length, what: "documented statements" };
}

function gapObservation(gap: RoleGap, c: Case): Observation {
  return {
    kind: "unknown",
    resource: resourceOf(c),
    message: `${gap.what} could not be read (${gap.why}): it may grant, deny or loosen what is documented`,
    property: `unread:${gap.what}`,
    decide: gap.decide,
    clause: "AW11",
    at: "/policy",
  };
}

/** Dead grants that the page itself prescribes: nothing is lost without them. */
function* dead(residues: readonly Residue[], c: Case): Iterable<Observation> {
  const [first] = residues;
  if (first === undefined) return;
  const shown = residues.slice(0, 3).map(grantInWords).join("; ");
  const more = residues.length > 3 ? `; and ${residues.length - 3} more` : "";
  yield {
    kind: "note",
    drift: "dead",
    resource: resourceOf(c),
    message: `role ${c.role.name} lacks what as documented grants nothing anyway, by the catalogue of ${c.context.serviceData?.date ?? "today"}: ${shown}${more}`,
    property: "dead",
    at: `/policy${first.origin.pointer}`,
  };
}

function* run(facts: Facts, params: Params, context: Context): Iterable<Observation> {
  if (params.workloads !== undefined) {
    yield* workloadPolicies(facts, params.workloads, params.hostedZone, context);
    return;
  }
  const lost = "what the document asks for is not granted";
  for (const subject of subjects(facts, params, context, lost)) {
    if (subject.kind === "observation") {
      yield subject.observation;
      continue;
    }
    const { role } = subject;
    const holdings = roleHoldingsOf(facts, role);
    const all = documentedPolicies(
      policiesBeside(context, params),
      holdings.policies.map((p) => p.document),
    );
    const own = all.find((d) => d.control === context.control.id);
    if (own !== undefined)
      yield* judge({ context, role, holdings, own, all, anyResource: params.resources === "any" });
  }
}

/** A role's own policies grant what the document prints (AW1 to AW9, AW11), under conditions no weaker (AW12). */
export const policy: Check = {
  id: "aws/policy",
  cloud: "aws",
  title: "A role's policies grant the documented policy, under its conditions",
  help: `The union of the role's inline and attached policies (of an attached one the default version) against the documented policy, as sets of requests: actions, resources and conditions, with Deny, NotAction, NotResource and wildcards. Order, case of actions, Sids, and how the statements are split over policies make no difference.

Two things are reported here. What the document grants and the role's policies do not is missing. A grant whose condition was loosened, or removed, while the rest of it is as documented is weakened, with both conditions side by side. Everything else that the role can do beyond the document belongs to \`aws/effective-access\`, and what a permission boundary takes away too.

Instead of a role, workloads of the cluster can be named by their labels: then the role behind the service account that each runs as must be able to do what is listed for it, on the hosted zone or wider, and on any resource where none is listed.

A parameter that was not given stands for the one value that the role's own policies have at its place; where they have none, for a value that nothing is called.

Not considered: policies of the organisation, of resources and of sessions, which the account cannot always read.`,
  params: {
    type: "object",
    additionalProperties: false,
    oneOf: ["policy", "workloads"].map((name) => ({ required: [name], properties: { [name]: true } })),
    properties: {
      role: { type: "string", minLength: 1, description: "name or ARN; absent: the roles audited" },
      serviceAccount: serviceAccountSchema,
      policy: policySchema("policy document, as the page prints it"),
      workloads: {
        type: "array",
        minItems: 1,
        description:
          "instead of a role: the roles behind these workloads of the cluster, for what they lack alone",
        items: {
          type: "object",
          additionalProperties: false,
          required: ["name", "labels", "actions", "onZone", "oneOf"],
          properties: {
            name: { type: "string", minLength: 1, description: "what the document calls it" },
            labels: {
              type: "array",
              minItems: 1,
              items: { type: "object", additionalProperties: { type: "string" } },
              description: "sets of labels of which it carries one",
            },
            actions: {
              type: "array",
              items: { type: "string" },
              description: "for which the document names no resource: on any is enough",
            },
            onZone: { type: "array", items: { type: "string" }, description: "on the hosted zone, or wider" },
            zoneCondition: {
              type: "object",
              description: "condition of a policy under which these are enough",
            },
            oneOf: { type: "array", items: { type: "string" }, description: "of which one is enough" },
          },
        },
      },
      hostedZone: { type: "string", minLength: 1, description: "name or id; absent: the only public zone" },
      resources: {
        enum: ["any"],
        description: "the document names actions and no resource: an action on any resource is enough",
      },
    },
  },
  needs: (params) => [
    ...(["aws/role", "aws/role-policy", "aws/attached-policy", "aws/policy"] as const),
    ...((params as Params).serviceAccount === undefined && (params as Params).workloads === undefined
      ? []
      : BOUND_BY),
    ...((params as Params).workloads === undefined
      ? []
      : (["kubernetes/workload", "aws/hosted-zone"] as const)),
  ],
  tolerates: BOUND_BY,
  drifts: {
    missing: {
      short: "The role lacks a documented permission.",
      help: "No policy of the role grants it, or a Deny takes it away, so a part of the product will fail where it is used. The proof is one request that the document allows and the role's policies do not. Add the statement of the remediation, which is the documented one with the missing actions alone.",
    },
    weakened: {
      short: "A documented condition was loosened or removed.",
      help: "The statement grants the documented actions on the documented resources, but its condition holds more often than documented: a key was removed, an operator was made looser (StringLike with a wildcard, IfExists, ForAllValues), or a value was added. The proof is one request that the live condition lets through and the documented one does not. Put the condition back.",
    },
    absent: {
      short: "The audited role does not exist.",
      help: "No role of that name or ARN was found in an account that could be read, or no role trusts the vendor. An optional policy that the role does not hold is a note.",
    },
    dead: {
      short: "A documented grant has no effect.",
      help: "The document grants an action on a resource, or under a condition, that the action does not know: it grants nothing, held or not. This is a note about the document.",
    },
  },
  run: (facts, params, context) => run(facts, params as Params, context),
};
