import { byText } from "../arm/value.ts";
import type { ResolvedControl } from "../define.ts";
import { allowedPrincipals } from "./document.ts";

export const TRUST = "aws/trust-policy";

/** The principals that the documented trust policies of these controls admit: by them the vendor's roles are found. */
export function trustedPrincipals(controls: readonly ResolvedControl[]): readonly string[] {
  const found = controls
    .filter((c) => c.check === TRUST)
    .flatMap((c) => allowedPrincipals((c.with as { readonly policy?: unknown }).policy));
  return [...new Set(found)].sort(byText);
}

const ACCOUNT = /^arn:[a-z-]+:(?:iam|sts)::(\d{12}):/;

/** The account that a principal belongs to, if its text tells it. */
export function accountOf(principal: string): string | undefined {
  return /^\d{12}$/.test(principal) ? principal : ACCOUNT.exec(principal)?.[1];
}

/** Whether a principal of a trust policy stands for a whole account, `123456789012` or its root (AW10). */
function wholeAccount(principal: string): string | undefined {
  if (/^\d{12}$/.test(principal)) return principal;
  return principal.endsWith(":root") ? accountOf(principal) : undefined;
}

/** How a live trust policy names one of the wanted principals: by itself, by its whole account or as anybody. */
export function trusts(
  document: unknown,
  wanted: readonly string[],
): "exactly" | "by its account" | undefined {
  const named = allowedPrincipals(document);
  if (named.some((p) => wanted.includes(p))) return "exactly";
  const accounts = new Set(wanted.map(accountOf));
  const wide = named.some((p) => {
    const account = wholeAccount(p);
    return p === "*" || (account !== undefined && accounts.has(account));
  });
  return wide ? "by its account" : undefined;
}
