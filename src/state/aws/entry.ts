import { isPublicIssuer } from "../../access/aws/public-issuers.ts";
import { ASSUME_ROLE, ROLE_ASSUMING } from "../../access/escalation/aws.ts";
import { matches, questionGlob, subject } from "../../access/glob.ts";
import { type AwsRequest, type Comparison, PolicyError } from "../../access/policy.ts";
import { allows, comparePolicies } from "../../access/provider.ts";
import { field, textList } from "../../snapshot/value.ts";
import { policyDocument, statementsOf } from "./document.ts";

/** Somebody who asks to assume a role, and all that is known of the request. */
export interface Comer {
  /** As a trust policy names it. */
  readonly principal: Readonly<Record<string, string>>;
  /** Conditions that hold of every request of it; a key that they do not name may have any value. */
  readonly known: KnownOfAsker;
  /** By which actions it comes; absent: by any. */
  readonly by?: readonly string[];
  /** Keys of the request, in small letters, that it chooses by what it signs in with. */
  readonly chooses?: ReadonlySet<string>;
}

export type KnownOfAsker = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** What a trust policy says to somebody. */
export type TrustEntry =
  | {
      readonly verdict: "yes";
      readonly witness: AwsRequest;
      /** What the request must bring, as text: what the comer chooses itself, and what is not known of it. */
      readonly brings: string;
      readonly asks: string;
    }
  | { readonly verdict: "no" }
  /** By which clause it could not be decided, and why. */
  | { readonly verdict: "unknown"; readonly clause: string; readonly reason: string };

/** Keys of which whoever assumes a role, or the moment, decides: no condition on them says who it may be. */
export const FREE =
  /^(?:sts:|aws:(?:RequestTag\/|(?:TagKeys|CurrentTime|EpochTime|TokenIssueTime|SecureTransport|UserAgent|Referer|RequestedRegion|MultiFactorAuthPresent|MultiFactorAuthAge)$))/i;

const NO_SERVICE = { "aws:PrincipalIsAWSService": "false" };

/** Anybody of an account. */
export function comerOfAccount(account: string, partition: string): Comer {
  return {
    principal: { AWS: `arn:${partition}:iam::${account}:root` },
    known: {
      StringEquals: { "aws:PrincipalAccount": account },
      ArnLike: { "aws:PrincipalArn": `arn:${partition}:iam::${account}:*` },
      Bool: NO_SERVICE,
    },
  };
}

/** A role, and every session of it. */
export function comerOfRole(arn: string): Comer {
  return {
    principal: { AWS: arn },
    known: {
      StringEquals: {
        "aws:PrincipalAccount": arn.split(":")[4] ?? "",
        "aws:PrincipalArn": arn,
        "aws:PrincipalType": "AssumedRole",
      },
      Bool: NO_SERVICE,
    },
  };
}

/** A principal of no account: a service, a provider of identities. */
export function comerOfNoAccount(principal: string): Comer {
  const service = /\.amazonaws\.com(?:\.cn)?$/.test(principal) && !isPublicIssuer(principal);
  const kind = service ? "Service" : "Federated";
  return { principal: { [kind]: principal }, known: {} };
}

/**
 * Whether somebody can meet a trust policy, with whatever value of each key that is not known of the request: an
 * organisation, an address, a tag, a name of the session (AW15).
 */
export function entry(document: unknown, comer: Comer): TrustEntry {
  const fence = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: comer.principal,
        Action: comer.by ?? ROLE_ASSUMING,
        Condition: comer.known,
      },
    ],
  };
  const compared = tried(() => comparePolicies("aws", [], [document], { boundary: [fence] }));
  if ("verdict" in compared) return compared;
  const { excess, undecided } = compared;
  const found = excess.map((residue) => ({
    witness: residue.witness as AwsRequest,
    keys: asked(residue.witness as AwsRequest, comer),
  }));
  const free = (key: string) => FREE.test(key) || comer.chooses?.has(key.toLowerCase()) === true;
  const unknown = (keys: Keys) => keys.filter(([key]) => !free(key));
  found.sort((a, b) => unknown(a.keys).length - unknown(b.keys).length || a.keys.length - b.keys.length);
  const [least] = found;
  if (least !== undefined) {
    return {
      verdict: "yes",
      witness: bare(least.witness, document),
      brings: keysInWords(least.keys.filter(([key]) => free(key))),
      asks: keysInWords(unknown(least.keys)),
    };
  }
  const [doubt] = undecided;
  return doubt === undefined
    ? { verdict: "no" }
    : { verdict: "unknown", clause: doubt.clause, reason: doubt.reason };
}

/** A document that is no policy after all is one that cannot be read (AW11). */
function tried(compare: () => Comparison): Comparison | (TrustEntry & { readonly verdict: "unknown" }) {
  try {
    return compare();
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return { verdict: "unknown", clause: "AW11", reason: error.message };
  }
}

type Keys = readonly (readonly [key: string, value: string | readonly string[]])[];

function keysInWords(keys: Keys): string {
  return keys.map(([key, value]) => `${key} ${[value].flat().join(", ")}`).join(" and ");
}

/** A request without the keys on which nothing turns. */
function bare(request: AwsRequest, document: unknown): AwsRequest {
  let left = request;
  for (const key of Object.keys(request.context ?? {})) {
    const { [key]: _, ...context } = left.context ?? {};
    const less = { ...left, context };
    if (allows("aws", [document], less) === "allowed") left = less;
  }
  return left;
}

/** The keys of a request that are not known of the comer. */
function asked(request: AwsRequest, { known, chooses }: Comer): Keys {
  const keys = new Set(
    Object.values(known).flatMap((block) => Object.keys(block).map((k) => k.toLowerCase())),
  );
  return Object.entries(request.context ?? {}).filter(
    ([key]) => !keys.has(key.toLowerCase()) || chooses?.has(key.toLowerCase()) === true,
  );
}

/** Everything but to assume this one role. */
function everythingBut(role: string) {
  return {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", NotAction: ASSUME_ROLE, Resource: "*" },
      { Effect: "Allow", Action: ASSUME_ROLE, NotResource: role },
    ],
  };
}

/**
 * Whether somebody's own policies let it assume a role.
 *
 * @param named the role trusts it by its name, or everybody: then no policy of its own need grant it, and none may deny it
 */
export function mayAssume(
  side: { readonly live: readonly unknown[]; readonly boundary?: readonly unknown[] },
  role: string,
  named: boolean,
): boolean {
  const grant = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: ASSUME_ROLE, Resource: role }],
  };
  const about = side.live.map(assuming);
  if (!named && about.every((document) => document.Statement.length === 0)) return false;
  const live = named ? [...about, grant] : about;
  const { excess } = comparePolicies("aws", [everythingBut(role)], live, {
    holder: "role",
    ...(side.boundary === undefined ? {} : { boundary: side.boundary }),
  });
  return excess.length > 0;
}

/** The part of a policy that says anything of assuming roles: in most there is none. */
function assuming(document: unknown) {
  const wanted = subject(ASSUME_ROLE.toLowerCase());
  const Statement = statementsOf(document).filter((statement) => {
    const actions = textList(field(statement, "Action"));
    return actions.length === 0 || actions.some((a) => matches(questionGlob(a.toLowerCase()), wanted));
  });
  return { ...policyDocument(document), Statement };
}
