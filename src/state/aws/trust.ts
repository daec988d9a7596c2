import { ROLE_ASSUMING } from "../../access/escalation/aws.ts";
import { allows } from "../../access/provider.ts";
import type { ResolvedControl } from "../../baselines/baseline.ts";
import { field, list, record } from "../../snapshot/value.ts";
import { byText } from "../../text/order.ts";
import { allowedPrincipals, isObscure, policyDocument, type Statement, statementsOf } from "./document.ts";
import {
  type Comer,
  comerOfAccount,
  comerOfNoAccount,
  comerOfRole,
  entry,
  FREE,
  type TrustEntry,
} from "./entry.ts";

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
export function accountOf(principal: string): string | undefined {
  return /^\d{12}$/.test(principal) ? principal : IN_ACCOUNT.exec(principal)?.[1];
}

/** Whether a role lets one of the wanted principals, or its account, in. */
export type Trusts =
  /** By itself. */
  | "exactly"
  /** By its whole account, or another principal of that: none of the role's own account. */
  | "its account"
  /** As anybody (`*`, or NotPrincipal), and no condition on who it is keeps it out. */
  | "anybody"
  /** As one of a crowd, if it meets a condition of which nobody here knows whether it does (AW15). */
  | "a crowd"
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
  const obscure = isObscure(document);
  if (!obscure && !isCrowd(statements, named)) return "no";
  // Whom a statement that cannot be read lets in is not known, of the own account neither.
  const entries = (obscure ? wanted : strangers).map(
    (principal) => entry(document, comerOf(principal, role)).verdict,
  );
  if (entries.includes("yes")) return "a crowd";
  return entries.includes("unknown") ? "unknown" : "no";
}

/** Whether somebody is let in who is not named. */
function isCrowd(statements: readonly Statement[], named: readonly string[]): boolean {
  const open = (s: Statement) => field(s, "Effect") === "Allow" && field(s, "NotPrincipal") !== undefined;
  return named.includes("*") || statements.some(open);
}

/** Of whom the vendor's own principal says that they may come: of another account everybody in it. */
function comerOf(principal: string, role: string): Comer {
  const account = accountOf(principal);
  if (account === undefined) return comerOfNoAccount(principal);
  if (account === accountOf(role)) return comerOfRole(principal);
  return comerOfAccount(account, (principal.startsWith("arn:") ? principal : role).split(":")[1] ?? "aws");
}

/** How one of the wanted principals, or anybody of its account, can come in; by the least that it has to bring. */
export function entryOf(role: string, document: unknown, wanted: readonly string[]): TrustEntry {
  const entries = wanted.map((principal) => entry(document, comerOf(principal, role)));
  const open = entries.flatMap((e) => (e.verdict === "yes" ? [e] : []));
  const [least] = open.sort((a, b) => a.asks.length - b.asks.length);
  return least ?? entries.find((e) => e.verdict === "unknown") ?? { verdict: "no" };
}

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
