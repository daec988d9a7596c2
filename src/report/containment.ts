import { notationMayMeet, type PlacedRule, readNotation } from "../access/kubernetes/read-notation.ts";
import type { AwsPart, Comparison, Provider } from "../access/policy.ts";
import { comparePolicies } from "../access/provider.ts";
import { canonicalText } from "./build.ts";
import type { Granted } from "./grant.ts";

/**
 * Whether what a finding grants lies in what was accepted: decided by the comparison of two small documents, never by
 * text. What the comparison cannot decide is not contained.
 *
 * @throws PolicyError when what was accepted is no pattern of that provider
 */
export function isContained(cloud: Provider, found: Granted, accepted: Granted): boolean {
  // the comparison does not decide a condition that it cannot read, not even against itself
  if (canonicalText(found) === canonicalText(accepted)) return true;
  if ((found.plane ?? "control") !== (accepted.plane ?? "control")) return false;
  if (!isWithin(accepted.scope, found.scope)) return false;
  switch (cloud) {
    case "azure":
      return nothingBeyond(comparePolicies("azure", [azureRole(accepted)], [azureRole(found)]));
    case "aws":
      return awsContained(found, accepted);
    case "kubernetes":
      return kubernetesContained(found, accepted);
  }
}

function nothingBeyond({ excess, undecided }: Comparison): boolean {
  return excess.length === 0 && !undecided.some(({ side }) => side === "excess");
}

/** Whether a scope is another one or lies below it, by whole segments and in any case (AZ7). */
export function isWithin(limit: string | undefined, scope: string | undefined): boolean {
  if (limit === undefined || scope === undefined) return limit === scope;
  const segments = (text: string) =>
    text
      .toLowerCase()
      .split("/")
      .filter((s) => s !== "");
  const inner = segments(scope);
  return segments(limit).every((segment, i) => inner[i] === segment);
}

function azureRole({ patterns = [], except = [], plane }: Granted): unknown {
  const left = except.filter((e) => typeof e === "string");
  const lists = plane === "data" ? ["dataActions", "notDataActions"] : ["actions", "notActions"];
  return { permissions: [{ [lists[0] as string]: patterns, [lists[1] as string]: left }] };
}

/**
 * Every limit of what was accepted must hold by what was found: its own statement and what it lies within. What was found
 * lies in its own statement and in each of what it lies within; of the latter the comparison takes one at a time.
 */
function awsContained(found: Granted, accepted: Granted): boolean {
  const { within: limits = [], ...main } = accepted;
  const cuts = [undefined, ...(isTrust(found) ? [] : (found.within ?? []))];
  const live = [awsPolicy(found, isTrust(found))];
  const isIn = (limit: Granted): boolean =>
    cuts.some((cut) =>
      nothingBeyond(
        comparePolicies(
          "aws",
          [awsPolicy(limit, isTrust(found))],
          live,
          cut === undefined ? {} : { boundary: [awsPolicy(cut, false)] },
        ),
      ),
    );
  if (isTrust(found) !== isTrust(accepted)) return false;
  return isIn(main) && limits.every((limit) => limits.length > 0 && isIn(limit));
}

function isTrust({ principals, notPrincipals }: AwsPart): boolean {
  return principals !== undefined || notPrincipals !== undefined;
}

function awsPolicy(granted: Granted, trust: boolean): unknown {
  const parts = (granted.except ?? []).map((e): AwsPart => (typeof e === "string" ? { patterns: [e] } : e));
  return {
    Version: "2012-10-17",
    Statement: [statement("Allow", granted, trust), ...parts.map((part) => statement("Deny", part, trust))],
  };
}

function statement(effect: "Allow" | "Deny", part: AwsPart, trust: boolean): unknown {
  const { patterns, notPatterns, resources, notResources, principals, notPrincipals, condition } = part;
  const who = principals === undefined && notPrincipals === undefined && trust ? ["*"] : principals;
  return {
    Effect: effect,
    ...(notPatterns === undefined ? { Action: patterns ?? ["*"] } : { NotAction: notPatterns }),
    ...(notResources !== undefined
      ? { NotResource: notResources }
      : resources !== undefined || !trust
        ? { Resource: resources ?? ["*"] }
        : {}),
    ...(notPrincipals !== undefined
      ? { NotPrincipal: principalElement(notPrincipals) }
      : who === undefined
        ? {}
        : { Principal: principalElement(who) }),
    ...(condition === undefined || Object.keys(condition).length === 0 ? {} : { Condition: condition }),
  };
}

const WEB_IDENTITY =
  /^(cognito-identity\.amazonaws\.com|www\.amazon\.com|graph\.facebook\.com|accounts\.google\.com)$/;

/** Principals as a request writes them, by their kinds (AW10). */
function principalElement(principals: readonly string[]): unknown {
  const element: Record<string, string[]> = {};
  for (const text of principals) {
    const typed = /^(AWS|Service|Federated|CanonicalUser):(.*)$/s.exec(text);
    const kind =
      typed?.[1] ??
      (WEB_IDENTITY.test(text) || /^arn:[^:]*:iam::\d{12}:(oidc|saml)-provider\//.test(text)
        ? "Federated"
        : /\.amazonaws\.com(\.cn)?$/.test(text)
          ? "Service"
          : "AWS");
    element[kind] = [...(element[kind] ?? []), typed?.[2] ?? text];
  }
  return element;
}

/** RBAC takes nothing away, so what was not accepted must be left out of what was found, or lie beside it. */
function kubernetesContained(found: Granted, accepted: Granted): boolean {
  const [own, left, wide, kept] = [found.patterns, found.except, accepted.patterns, accepted.except].map(
    (texts) => (texts ?? []).map((text) => (typeof text === "string" ? readNotation(text) : undefined)),
  ) as unknown as readonly [Rules, Rules, Rules, Rules];
  if (![own, left, wide, kept].every(allRead)) return false;
  const isIn = (inner: readonly PlacedRule[], outer: readonly PlacedRule[]) =>
    inner.length === 0 ||
    nothingBeyond(comparePolicies("kubernetes", outer.map(rbacRole), inner.map(rbacRole)));
  return (
    isIn(own as PlacedRule[], [...(wide as PlacedRule[]), ...(left as PlacedRule[])]) &&
    (kept as PlacedRule[]).every(
      (rule) =>
        !(own as PlacedRule[]).some((mine) => notationMayMeet(rule, mine)) ||
        isIn([rule], left as PlacedRule[]),
    )
  );
}

type Rules = readonly (PlacedRule | undefined)[];

function allRead(rules: Rules): rules is readonly PlacedRule[] {
  return !rules.includes(undefined);
}

function rbacRole({ rule, namespace }: PlacedRule): unknown {
  const base = { apiVersion: "rbac.authorization.k8s.io/v1", rules: [rule] };
  return namespace === undefined
    ? { ...base, kind: "ClusterRole", metadata: { name: "everywhere" } }
    : { ...base, kind: "Role", metadata: { name: "here", namespace } };
}
