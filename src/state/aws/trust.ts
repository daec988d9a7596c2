import { ROLE_ASSUMING } from "../../access/escalation.ts";
import { allows } from "../../access/provider.ts";
import type { ResolvedControl } from "../../baselines/baseline.ts";
import { field, list, record } from "../../snapshot/value.ts";
import { byText } from "../../text/order.ts";
import { allowedPrincipals, policyDocument, type Statement, statementsOf } from "./document.ts";

export const TRUST = "aws/trust-policy";

/** The principals that the documented trust policies of these controls admit: by them the vendor's roles are found. */
export function trustedPrincipals(controls: readonly ResolvedControl[]): readonly string[] {
  const found = controls
    .filter((c) => c.check === TRUST)
    .flatMap((c) => allowedPrincipals((c.with as { readonly policy?: unknown }).policy));
  return [...new Set(found)].sort(byText);
}

const IN_ACCOUNT = /^arn:[a-z-]+:(?:iam|sts)::(\d{12}):(?!oidc-provider\/|saml-provider\/)/;

/** The account that a principal belongs to, if its text tells it. */
function accountOf(principal: string): string | undefined {
  return /^\d{12}$/.test(principal) ? principal : IN_ACCOUNT.exec(principal)?.[1];
}

/** Whether a role lets one of the wanted principals, or its account, in. */
type Trusts =
  /** By itself. */
  | "exactly"
  /** By its whole account, or another principal of that: none of the role's own account. */
  | "its account"
  /** As anybody (`*`, or NotPrincipal), and no condition on who it is keeps it out. */
  | "anybody"
  | "no"
  /** The document cannot be read, or what it means is not known. */
  | "unknown";

/**
 * How a role's trust policy names the wanted principals.
 *
 * @param role ARN of the role: whoever trusts an account trusts it as a stranger only if it is another account
 */
export function trusts(role: string, document: unknown, wanted: readonly string[]): Trusts {
  const written = policyDocument(document)?.["Statement"];
  const statements = statementsOf(document);
  if (statements.length < (list(written) ?? [written]).length) return "unknown";
  const named = allowedPrincipals(document);
  if (named.some((p) => wanted.includes(p))) return "exactly";
  const own = /^arn:[^:]*:iam::(\d{12}):/.exec(role)?.[1];
  const accounts = new Set(wanted.map(accountOf).filter((a) => a !== undefined && a !== own));
  if (named.some((p) => accounts.has(accountOf(p)))) return "its account";
  const strangers = wanted.filter((p) => named.includes("*") || accountOf(p) !== own);
  const verdicts = strangers.map((principal) => admits(statements, principal));
  if (verdicts.includes("allowed")) return "anybody";
  return verdicts.includes("undecided") ? "unknown" : "no";
}

/** Keys of which whoever assumes a role, or the moment, decides: no condition on them says who it may be. */
const FREE =
  /^(?:sts:|aws:(?:RequestTag\/|(?:TagKeys|CurrentTime|EpochTime|TokenIssueTime|SecureTransport|UserAgent|Referer|RequestedRegion|MultiFactorAuthPresent|MultiFactorAuthAge)$))/i;

/** Whether a principal is let in, were it to present whatever it can choose. Its organisation and network are unknown. */
function admits(statements: readonly Statement[], principal: string): "allowed" | "denied" | "undecided" {
  const account = accountOf(principal);
  const context = {
    "aws:PrincipalArn": principal,
    ...(account === undefined ? {} : { "aws:PrincipalAccount": account }),
  };
  const policy = { Version: "2012-10-17", Statement: statements.flatMap(identityPart) };
  const verdicts = ROLE_ASSUMING.map((action) =>
    allows("aws", [policy], { principal, action, resource: "*", context }),
  );
  if (verdicts.includes("allowed")) return "allowed";
  return verdicts.includes("undecided") ? "undecided" : "denied";
}

/** A statement as far as it is about who somebody is; a Deny that something else can avoid is none. */
function identityPart(statement: Statement): readonly object[] {
  const { Condition: _, condition: __, ...rest } = statement;
  const blocks = Object.entries(record(field(statement, "Condition")) ?? {}).map(
    ([operator, keys]) => [operator, Object.entries(record(keys) ?? {})] as const,
  );
  const free = blocks.some(([, keys]) => keys.some(([key]) => FREE.test(key)));
  if (free && field(statement, "Effect") === "Deny") return [];
  const kept = blocks.map(([operator, keys]) => [operator, keys.filter(([key]) => !FREE.test(key))] as const);
  const left = kept.filter(([, keys]) => keys.length > 0);
  const condition = Object.fromEntries(left.map(([operator, keys]) => [operator, Object.fromEntries(keys)]));
  return [left.length === 0 ? rest : { ...rest, Condition: condition }];
}
