import { matches, questionGlob, subject } from "../../access/glob.ts";
import type { AwsRequest, Residue } from "../../access/policy.ts";
import type { Facts } from "../../snapshot/facts.ts";
import { field, text } from "../../snapshot/value.ts";
import { issuerOf, rolesOfClusters } from "../../state/aws/cluster-roles.ts";
import { putTrust, showIamRole } from "../../state/aws/command.ts";
import { type DocumentSides, policyDifferenceOf, policyReplayOf } from "../../state/aws/difference.ts";
import {
  allowedPrincipals,
  policyDocument,
  statementsOf,
  withoutConditions,
} from "../../state/aws/document.ts";
import type { Whose } from "../../state/aws/documented.ts";
import { bind, bound, giveInWords, openParameters } from "../../state/aws/parameters.ts";
import { IAM_ROLE_TYPE, iamRoleResource, type Role } from "../../state/aws/roles.ts";
import { policySchema, serviceAccountSchema } from "../../state/aws/schema.ts";
import {
  BOUND_BY,
  type Bound,
  podIdentityTrust,
  type ServiceAccount,
  serviceAccountOf,
  webIdentityTrust,
} from "../../state/aws/service-account.ts";
import { originOf } from "../../state/aws/statement.ts";
import type { Context } from "../../state/context.ts";
import { type AccountSubject, accountSubjects } from "../../wording/aws/account-subject.ts";
import { chosenCluster } from "../../wording/aws/chosen.ts";
import { loosenedConditionText } from "../../wording/aws/loosened.ts";
import { otherRoles } from "../../wording/aws/others.ts";
import {
  inWords,
  observedPolicyResidue,
  ofDoubts,
  policyResidueProperty,
} from "../../wording/aws/residue.ts";
import { subjects } from "../../wording/aws/subject.ts";
import type { Observation } from "../../wording/observation.ts";
import type { Check } from "../define.ts";

interface Params extends Whose {
  readonly policy?: unknown;
  /** Of a service account: whom its tokens are for. */
  readonly audience?: string;
  /** Of a service account: name or ARN of the cluster. */
  readonly cluster?: string;
}

interface Case {
  readonly role: Role;
  readonly context: Context;
  readonly sides: DocumentSides;
  readonly documented: unknown;
  /** The documented policy as the baseline has it. */
  readonly template: unknown;
}

/** Whom the tokens of service accounts are for by default. */
const STS = "sts.amazonaws.com";

/** What the other roles are told by, and what they hold: without it that part alone is not known. */
const OF_OTHERS = ["aws/listed-role", "aws/role-policy", "aws/attached-policy", "aws/policy"] as const;

/** What is left of a principal that was deleted: its unique id, which nobody can present (AW10). */
const DANGLING = /^A(?:ROA|IDA|GPA|NPA)[A-Z0-9]{8,}$/;

function resourceOf(role: Role) {
  return iamRoleResource({ id: role.arn, name: role.name });
}

/** Who may do it, and with what, for a sentence. */
function who(witness: AwsRequest): string {
  const keys = Object.entries(witness.context ?? {}).map(
    ([key, value]) => `${key} ${typeof value === "string" ? value : value.join(", ")}`,
  );
  const principal = witness.principal ?? "anybody";
  return keys.length === 0 ? principal : `${principal} with ${keys.join(" and ")}`;
}

/** The command, unless it would write an external id that was only read off the live policy, or none at all. */
function mend(c: Case) {
  const text = "Replace the trust policy with the documented one: ";
  const open = openParameters(c.template);
  if (open.length === 0) {
    return { text: text + JSON.stringify(c.documented), commands: [putTrust(c.role.name, c.documented)] };
  }
  return { text: `${text}${JSON.stringify(c.template)} ${giveInWords(open)}`, commands: [] };
}

function base(drift: string, residue: Residue, c: Case) {
  const witness = residue.witness as AwsRequest;
  return {
    resource: resourceOf(c.role),
    property: `${policyResidueProperty(drift, residue)}:${witness.principal ?? "*"}`,
    ...observedPolicyResidue(residue),
    verify: showIamRole(c.role.name),
    remediation: mend(c),
    replay: () => policyReplayOf(c.sides, residue.witness),
  } as const;
}

/** Where the part of the documented policy stands that a finding is about: of the statement that comes nearest. */
function anchor(c: Case, witness: AwsRequest, part: "Condition" | "Principal" | "Action"): string {
  const statements = statementsOf(c.documented);
  const near = statements.findIndex((s) => {
    const alone = { documented: [withoutConditions({ Statement: [s] })], live: [] };
    return policyReplayOf(alone, witness).documented === "allowed";
  });
  return `/policy/Statement/${Math.max(near, 0)}/${part}`;
}

function excess(residue: Residue, c: Case): Observation {
  const witness = residue.witness as AwsRequest;
  const documented = allowedPrincipals(c.documented);
  const wide = policyReplayOf(
    { documented: [withoutConditions(c.documented)], live: [] },
    witness,
  ).documented;
  const live = originOf(residue, c.sides.live);
  const seen = base(wide === "allowed" ? "weakened" : "excess", residue, c);
  if (wide === "allowed") {
    const texts = residue.weakened ?? { documented: conditionsOf(c.documented), live: conditionsOf(live) };
    const now = texts.live === "" ? "no condition" : texts.live;
    return {
      ...seen,
      kind: "drift",
      drift: "weakened",
      severity: "critical",
      expected: texts.documented,
      actual: now,
      at: anchor(c, witness, "Condition"),
      message: `role ${c.role.name} can be assumed by ${who(witness)}: the documented condition does not hold it back (documented: ${texts.documented}; live: ${now})`,
    };
  }
  const stranger = witness.principal === undefined || !documented.includes(witness.principal);
  const common = {
    ...seen,
    expected: documented,
    actual: live ?? null,
    at: anchor(c, witness, stranger ? "Principal" : "Action"),
  } as const;
  if (witness.principal !== undefined && DANGLING.test(witness.principal)) {
    const { replay: _, witness: __, ...rest } = common;
    return {
      ...rest,
      kind: "drift",
      drift: "dead",
      property: `dead:${witness.principal}`,
      message: `role ${c.role.name} trusts ${witness.principal}, which is what is left of a principal that was deleted: nobody can use it, and a principal made anew under the old name is not it`,
    };
  }
  return {
    ...common,
    kind: "drift",
    drift: "excess",
    ...(stranger ? { severity: "critical" as const } : {}),
    message: stranger
      ? `role ${c.role.name} admits a stranger: ${who(witness)} may ${witness.action}, and the document knows ${documented.join(", ")} alone`
      : `role ${c.role.name} lets ${who(witness)} ${inWords(residue)} beyond the document: it may ${witness.action}`,
  };
}

/** The conditions of a document or of one statement, as text. */
function conditionsOf(value: unknown): string {
  const statements = policyDocument(value) === undefined ? [value] : statementsOf(value);
  return statements
    .map(loosenedConditionText)
    .filter((t) => t !== "")
    .join(" or ");
}

function missing(residue: Residue, c: Case): Observation {
  const witness = residue.witness as AwsRequest;
  return {
    ...base("missing", residue, c),
    kind: "drift",
    drift: "missing",
    expected: originOf(residue, c.sides.documented) ?? null,
    actual: policyDocument(c.role.trust) ?? null,
    at: `/policy${residue.origin.pointer}`,
    message: `the vendor cannot assume role ${c.role.name} as documented: ${who(witness)} may not ${witness.action}`,
  };
}

function* judge(c: Case): Iterable<Observation> {
  const difference = policyDifferenceOf(c.sides, c.context);
  for (const residue of difference.missing) yield missing(residue, c);
  for (const residue of difference.excess) yield excess(residue, c);
  yield* ofDoubts(difference.undecided, "both", resourceOf(c.role), `trust policy of role ${c.role.name}`);
  yield {
    kind: "assessed",
    count: statementsOf(c.role.trust).length,
    what: "statements of the trust policy",
  };
}

const NO_ENTRY = "its pods have no access to AWS";

/**
 * The roles behind a service account let that account in and nobody else; and no other role does. The documented trust
 * policy is AWS's own for it: by the cluster's provider of identities, or by Pod Identity.
 */
function* ofAccount(facts: Facts, written: string, params: Params, context: Context): Iterable<Observation> {
  const found = accountSubjects(facts, written, context, NO_ENTRY);
  for (const subject of found) {
    if (subject.kind === "observation") {
      yield subject.observation;
      continue;
    }
    const { role, bound: how } = subject;
    const live = policyDocument(role.trust);
    const documented = documentedFor(facts, how, role, params);
    if (live === undefined || documented === undefined) {
      yield {
        kind: "unknown",
        resource: resourceOf(role),
        message:
          live === undefined
            ? `role ${role.name} came without a trust policy that can be read`
            : `which cluster's provider of identities role ${role.name} must trust is not known`,
        property: "trust",
        decide: live === undefined ? "read the role again" : "name the cluster with --set cluster=NAME",
      };
      continue;
    }
    const sides = { documented: [documented], live: [live] };
    yield* judge({ role, context, documented, template: documented, sides });
  }
  yield* alsoOpen(facts, found, serviceAccountOf(written));
}

/** The trust policy that AWS documents for a role of a service account; undefined where the cluster is not told. */
function documentedFor(facts: Facts, { account, by }: Bound, role: Role, params: Params): unknown {
  if (by === "pod identity") return podIdentityTrust;
  const chosen = chosenCluster(facts, params.cluster);
  const all = facts.all("aws/eks-cluster").map(({ id, body }) => ({ name: id, body }));
  const clusters = chosen.kind === "one" ? [chosen.one] : all;
  // of several clusters that which the role trusts: in which the account lives, the baseline does not say
  const trusted = rolesOfClusters(facts, clusters).find((each) => each.role.arn === role.arn)?.cluster;
  const own =
    clusters.find(({ name }) => name === trusted) ?? (clusters.length === 1 ? clusters[0] : undefined);
  const issuer = own === undefined ? undefined : issuerOf(own.body);
  if (issuer === undefined) return undefined;
  const [, partition = "aws", number = ""] = /^arn:([^:]+):iam::(\d{12}):/.exec(role.arn) ?? [];
  return webIdentityTrust(account, { issuer, account: number, partition, audience: params.audience ?? STS });
}

/** Every other role that the service account may assume: the document knows one. */
function* alsoOpen(
  facts: Facts,
  found: readonly AccountSubject[],
  account: ServiceAccount,
): Iterable<Observation> {
  const own = found.flatMap((subject) => (subject.kind === "role" ? [subject.role.arn] : []));
  if (own.length === 0) return;
  const unlisted = facts.unread("aws/listed-role")[0];
  if (unlisted !== undefined) {
    yield {
      kind: "unknown",
      resource: { type: IAM_ROLE_TYPE, id: facts.scope, name: "other roles" },
      message: `which other roles let service account ${account.namespace}/${account.name} in is not known: ${unlisted.api}: ${unlisted.detail}`,
      property: "others",
      decide:
        unlisted.permission === undefined
          ? "read the list of roles"
          : `grant the scanner ${unlisted.permission}`,
      at: "/serviceAccount",
    };
  }
  const clusters = facts
    .all("aws/eks-cluster")
    .map(({ id, body }) => ({ name: text(field(body, "name")) ?? id, body }));
  for (const { role, accounts, cluster } of rolesOfClusters(facts, clusters)) {
    const named = accounts.length === 0 || accounts.some((each) => admitsAccount(each, account));
    if (!named || own.includes(role.arn)) continue;
    yield {
      kind: "drift",
      drift: "stray",
      severity: "medium",
      resource: resourceOf(role),
      message: `role ${role.name} lets service account ${account.namespace}/${account.name} of cluster ${cluster} in as well${accounts.length === 0 ? ", as any of that cluster" : ""}: what it holds counts for the account`,
      property: `account:${account.namespace}/${account.name}`,
      expected: own,
      actual: role.arn,
      at: "/serviceAccount",
      verify: showIamRole(role.name),
      remediation: { text: "Take the account out of the role's trust policy.", commands: [] },
    };
  }
}

function admitsAccount(pattern: string, { namespace, name }: ServiceAccount): boolean {
  const wanted = name === "*" ? `${namespace}/any` : `${namespace}/${name}`;
  return name === "*"
    ? matches(questionGlob(pattern), subject(wanted)) || pattern.startsWith(`${namespace}/`)
    : matches(questionGlob(pattern), subject(wanted));
}

function* run(facts: Facts, params: Params, context: Context): Iterable<Observation> {
  if (params.serviceAccount !== undefined) {
    yield* ofAccount(facts, params.serviceAccount, params, context);
    return;
  }
  for (const subject of subjects(facts, params, context, "the vendor cannot come in at all")) {
    if (subject.kind === "observation") {
      yield subject.observation;
      continue;
    }
    const { role } = subject;
    const live = policyDocument(role.trust);
    if (live === undefined) {
      yield {
        kind: "unknown",
        resource: resourceOf(role),
        message: `role ${role.name} came without a trust policy that can be read`,
        property: "trust",
        decide: "read the role again",
        clause: "AW11",
      };
      continue;
    }
    const documented = bound(params.policy, bind([params.policy], [live]));
    yield* judge({
      role,
      context,
      documented,
      template: params.policy,
      sides: { documented: [documented], live: [live] },
    });
  }
  yield* otherRoles(facts, params.role, context, params.policy);
}

/** Nobody but the documented principal may assume the role, and only as documented (AW10, AW12). */
export const trustPolicy: Check = {
  id: "aws/trust-policy",
  cloud: "aws",
  title: "Only the documented principal may assume the role, and only under the documented condition",
  help: `The role's trust policy against the documented one, as sets of requests: who, by which action, with which external id. Another principal, a whole account, \`*\`, a further action, and a condition that is missing, looser or of another value each come with a request that proves it.

The external id is a parameter. Without it, the one fixed value that the trust policy asks for is accepted; a wildcard, or no condition at all, is not.

Every other role of the account that the vendor can enter is named (AW15): one that trusts it as well, one that is open to a crowd of which it may be (everybody whom GitHub Actions, Google or another shared provider of identities gives a token, where no condition names an owner), and one that a role of the vendor may assume, however long the chain.

A principal that was deleted and made anew leaves its unique id (\`AROA…\`) in the trust policy: nobody can use that, and the vendor cannot come in.`,
  params: {
    type: "object",
    additionalProperties: false,
    oneOf: ["policy", "serviceAccount"].map((name) => ({
      required: [name],
      properties: { [name]: true },
    })),
    properties: {
      role: { type: "string", minLength: 1, description: "name or ARN; absent: the roles audited" },
      policy: policySchema("trust policy, as the page prints it"),
      serviceAccount: serviceAccountSchema,
      audience: {
        type: "string",
        minLength: 1,
        description: `of a service account: whom its tokens are for; \`${STS}\` when not given`,
      },
      cluster: {
        type: "string",
        minLength: 1,
        description:
          "of a service account: name or ARN of its cluster; absent: the only one, else that which the role trusts",
      },
    },
  },
  needs: (params) => [
    "aws/role",
    ...OF_OTHERS,
    ...((params as Params).serviceAccount === undefined ? [] : ([...BOUND_BY, "aws/eks-cluster"] as const)),
  ],
  tolerates: [...OF_OTHERS, ...BOUND_BY],
  drifts: {
    excess: {
      short: "The trust policy admits somebody, or something, that is not documented.",
      help: "Somebody other than the documented principal may assume the role and has all that it can do; or the documented one may do more than assume it. Replace the trust policy by the documented one.",
    },
    weakened: {
      short: "The documented condition on assuming the role was loosened or removed.",
      help: "The external id keeps the vendor from being made to act in your account for another of its customers. A condition that is missing, has a wildcard, holds where the key is absent, or accepts a second value does not.",
    },
    missing: {
      short: "The vendor cannot assume the role as documented.",
      help: "The trust policy does not name the documented principal, asks for something that the vendor does not send, or denies it. Replace it by the documented one.",
    },
    dead: {
      short: "The trust policy names a principal that no longer exists.",
      help: "The vendor's principal was deleted and perhaps made anew; AWS has put its unique id in place of its name. Write the principal's ARN again.",
    },
    stray: {
      short: "Another role lets the vendor in.",
      help: "The document knows one role. This one admits the vendor as well: by the same principal, by its account, as one of a crowd of whom nobody here knows that the vendor is not of it (an organisation, an address, a tag), or by way of a role that the vendor has. It is as bad as what the role holds; `aws/effective-access` says what of that is not documented. Take the vendor out of its trust policy; if it is the vendor's own, audit it with `--role`. A role for service accounts of the vendor's cluster is named in a note, and is drift where it can grant itself anything.",
    },
    absent: {
      short: "There is no role that the vendor could assume.",
      help: "The role named by --role does not exist in an account that could be read, or no role trusts the vendor.",
    },
  },
  run: (facts, params, context) => run(facts, params as Params, context),
};
