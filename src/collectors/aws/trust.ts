import { isObject, type JsonObject } from "../answer.ts";

/**
 * The roles to audit when none is named: those whose trust policy allows one of the principals, that principal's whole
 * account, or everybody. A role that was opened wide is still the vendor's. A trust policy that cannot be read is
 * taken too: whom it admits is for the audit to say, which will not know either.
 * @param principals ARNs or account ids, as a trust policy names them
 */
export function rolesTrusting(
  roles: readonly JsonObject[],
  principals: readonly string[],
): readonly JsonObject[] {
  const wanted = new Set(["*", ...principals.flatMap(namesOf)]);
  return roles.filter((role) => {
    const named = trustedBy(role.AssumeRolePolicyDocument);
    return named === undefined || named.some((name) => wanted.has(name));
  });
}

/** The ways in which a policy can name a principal, or the account that it is in. */
function namesOf(principal: string): readonly string[] {
  const arn = /^(arn:[^:]+:)[^:]*::(\d{12}):/.exec(principal);
  const account = arn?.[2] ?? (/^\d{12}$/.test(principal) ? principal : undefined);
  if (account === undefined) return [principal];
  return [principal, account, `${arn?.[1] ?? "arn:aws:"}iam::${account}:root`];
}

/** Every principal that a statement names or, with NotPrincipal, does not exclude; `undefined` when it is no policy. */
function trustedBy(document: unknown): readonly string[] | undefined {
  const policy = policyOf(document);
  const { Statement: written } = policy ?? {};
  const statements = Array.isArray(written) ? written : [written];
  if (!statements.every(isObject)) return undefined;
  return statements
    .filter((statement) => statement.Effect === "Allow")
    .flatMap((statement) => ("NotPrincipal" in statement ? ["*"] : principalsOf(statement.Principal)));
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
