import { publicIssuers } from "../../../access/aws/public-issuers.ts";
import { matches, questionGlob, subject } from "../../../access/glob.ts";
import { isObject, type JsonObject } from "../../http/answer.ts";

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

/** A role, and the policies of it that could be read. */
export interface RoleWithPolicies {
  readonly arn: string;
  readonly documents: readonly unknown[];
}

/** Who assumes a role for pods, as trust policies name it: an EKS cluster's provider of identities, or Pod Identity. */
const OF_CLUSTER = /:oidc-provider\/oidc[.-]eks[.-]|^pods\.eks\.amazonaws\.com/;

/** Whether service accounts of some cluster may assume the role. */
export function trustsCluster(role: JsonObject): boolean {
  return trustedBy(role.AssumeRolePolicyDocument)?.some((name) => OF_CLUSTER.test(name)) === true;
}

/** Whether whoever has a token of a provider of identities that serves everybody could assume the role. */
export function trustsPublic(role: JsonObject): boolean {
  const named = trustedBy(role.AssumeRolePolicyDocument);
  return named?.some((name) => publicIssuers(name).length > 0) === true;
}

/**
 * The roles of the list that one of these may assume, as far as who is named tells: those that trust it, and those that
 * trust the account where a policy of one of these could let it assume any role at all.
 */
export function rolesReachedFrom(
  reached: readonly RoleWithPolicies[],
  roles: readonly JsonObject[],
): readonly JsonObject[] {
  const arns = new Set(reached.map(({ arn }) => arn));
  const sessions = reached.map(({ arn }) => `:assumed-role/${arn.slice(arn.lastIndexOf("/") + 1)}/`);
  const assuming = reached.some(({ documents }) => documents.some(mayAssume));
  return roles.filter((role) => {
    const own = typeof role.Arn === "string" ? accountOf(role.Arn) : undefined;
    return trustedBy(role.AssumeRolePolicyDocument)?.some(
      (name) =>
        arns.has(name) ||
        sessions.some((session) => name.includes(session)) ||
        (assuming && isAccount(name) && accountOf(name) === own),
    );
  });
}

/** Whether the audit needs the role's trust policy: somebody may come in who could be the vendor, or a role of it. */
export function concernsVendor(role: JsonObject, principals: readonly string[]): boolean {
  if (rolesTrusting([role], principals).length > 0 || trustsCluster(role) || trustsPublic(role)) {
    return true;
  }
  const own = typeof role.Arn === "string" ? accountOf(role.Arn) : undefined;
  return trustedBy(role.AssumeRolePolicyDocument)?.some((name) => accountOf(name) === own) === true;
}

function isAccount(principal: string): boolean {
  return /^\d{12}$/.test(principal) || principal.endsWith(":root");
}

/** Whether a policy says anything that could let its holder assume a role; one that cannot be read may. */
function mayAssume(document: unknown): boolean {
  const policy = policyOf(document);
  if (policy === undefined) return document !== undefined;
  const { Statement: written } = policy;
  const wanted = subject("sts:assumerole");
  return [written].flat().some((statement) => {
    if (!isObject(statement)) return true;
    const actions = [statement.Action].flat().filter((each): each is string => typeof each === "string");
    return (
      statement.Effect !== "Deny" &&
      (actions.length === 0 || actions.some((each) => matches(questionGlob(each.toLowerCase()), wanted)))
    );
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
    ("NotPrincipal" in value || isPrincipal(value.Principal))
  );
}

/** `*`, or lists of names by kind: anything else is for the audit to judge. */
function isPrincipal(value: unknown): boolean {
  if (value === "*") return true;
  if (!isObject(value)) return false;
  const names = Object.values(value).flat();
  return names.length > 0 && names.every((name) => typeof name === "string");
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
