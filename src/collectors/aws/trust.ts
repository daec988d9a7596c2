import { isObject, type JsonObject } from "../http/answer.ts";

/**
 * The roles to look at when none is named: those whose trust policy allows one of the principals, that principal's whole
 * account or any other principal of it, or everybody. A role that was opened wide is still the vendor's. A trust policy
 * that cannot be read is taken too: whom it admits is for the audit to say, which will not know either.
 * @param principals ARNs or account ids, as a trust policy names them
 */
export function rolesTrusting(
  roles: readonly JsonObject[],
  principals: readonly string[],
): readonly JsonObject[] {
  const wanted = new Set(["*", ...principals]);
  const accounts = new Set(principals.map(accountOf));
  return roles.filter((role) => {
    const named = trustedBy(role.AssumeRolePolicyDocument);
    if (named === undefined) return true;
    const own = typeof role.Arn === "string" ? accountOf(role.Arn) : undefined;
    return named.some((name) => {
      if (wanted.has(name)) return true;
      const account = accountOf(name);
      // Everything in an account trusts that account in some way: it says something of strangers only.
      return account !== undefined && account !== own && accounts.has(account);
    });
  });
}

/** The account that a principal is of, or stands for; none of an identity provider, which is nobody by itself. */
function accountOf(principal: string): string | undefined {
  if (/^\d{12}$/.test(principal)) return principal;
  return /^arn:[^:]+:(?:iam|sts)::(\d{12}):(?!oidc-provider\/|saml-provider\/)/.exec(principal)?.[1];
}

/** Every principal that a statement names or, with NotPrincipal, does not exclude; `undefined` when it is no policy. */
function trustedBy(document: unknown): readonly string[] | undefined {
  const policy = policyOf(document);
  const { Statement: written } = policy ?? {};
  const statements = Array.isArray(written) ? written : [written];
  if (!statements.every(isStatement)) return undefined;
  return statements
    .filter((statement) => statement.Effect === "Allow")
    .flatMap((statement) => ("NotPrincipal" in statement ? ["*"] : principalsOf(statement.Principal)));
}

/** Whether it says what it allows to whom; elements in another case are for the audit to read. */
function isStatement(value: unknown): value is JsonObject {
  return (
    isObject(value) &&
    (value.Effect === "Allow" || value.Effect === "Deny") &&
    ("Principal" in value || "NotPrincipal" in value)
  );
}

function policyOf(document: unknown): JsonObject | undefined {
  if (isObject(document)) return document;
  if (typeof document !== "string") return undefined;
  try {
    const text = /^\s*\{/.test(document) ? document : decodeURIComponent(document);
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function principalsOf(principal: unknown): readonly string[] {
  if (typeof principal === "string") return [principal];
  if (!isObject(principal)) return [];
  return Object.values(principal)
    .flat()
    .filter((name): name is string => typeof name === "string");
}
