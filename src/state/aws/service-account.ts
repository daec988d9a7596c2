import type { Facts } from "../../snapshot/facts.ts";
import { field, record, text } from "../../snapshot/value.ts";
import { byText } from "../../text/order.ts";
import { policyDocument } from "./document.ts";
import { knownRoles, type Role } from "./roles.ts";

/** Whose pods a role is for: one service account, or with `*` any of the namespace. */
export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
}

/** `namespace/name`, as baselines and people write it. */
export function serviceAccountOf(written: string): ServiceAccount {
  const at = written.indexOf("/");
  return { namespace: written.slice(0, at), name: written.slice(at + 1) };
}

/** The kinds that tell which roles are a service account's; a state without them may still tell by trust policies. */
export const BOUND_BY = ["kubernetes/service-account", "aws/eks-pod-identity", "aws/listed-role"] as const;

/** By which rule a role is a service account's. */
export type AccountRule = "annotation" | "pod identity" | "trust policy";

/** A role that a service account is bound to. */
export interface Bound {
  readonly account: ServiceAccount;
  /** ARN of the role. */
  readonly role: string;
  readonly by: AccountRule;
}

/** EKS's own annotation. */
const ANNOTATION = "eks.amazonaws.com/role-arn";
/** Who assumes a role for a pod by Pod Identity. */
const PODS = "pods.eks.amazonaws.com";

/** The accounts that a name stands for, as far as the cluster was read. */
export function accountsOf(facts: Facts, wanted: ServiceAccount): readonly ServiceAccount[] {
  return facts
    .all("kubernetes/service-account")
    .map(({ body }) => field(body, "metadata"))
    .flatMap((metadata): readonly ServiceAccount[] => {
      const [namespace, name] = [text(field(metadata, "namespace")), text(field(metadata, "name"))];
      return namespace === wanted.namespace &&
        name !== undefined &&
        (wanted.name === "*" || name === wanted.name)
        ? [{ namespace, name }]
        : [];
    });
}

/**
 * The roles behind a service account: those that its annotation names; else those of its Pod Identity associations; else,
 * where the cluster was not read, those whose trust policy names its `sub`.
 */
export function rolesBehind(facts: Facts, wanted: ServiceAccount): readonly Bound[] {
  const matching = (namespace: string | undefined, name: string | undefined) =>
    namespace === wanted.namespace && name !== undefined && (wanted.name === "*" || name === wanted.name);
  const annotated = facts
    .all("kubernetes/service-account")
    .map(({ body }) => field(body, "metadata"))
    .flatMap((metadata): readonly Bound[] => {
      const [namespace, name] = [text(field(metadata, "namespace")), text(field(metadata, "name"))];
      const role = text(record(field(metadata, "annotations"))?.[ANNOTATION]);
      if (role === undefined || namespace === undefined || name === undefined) return [];
      return matching(namespace, name) ? [{ account: { namespace, name }, role, by: "annotation" }] : [];
    });
  if (annotated.length > 0) return sorted(annotated);
  const associated = facts.all("aws/eks-pod-identity").flatMap(({ body }): readonly Bound[] => {
    const [namespace, name] = [text(field(body, "namespace")), text(field(body, "serviceAccount"))];
    const role = text(field(body, "roleArn"));
    if (role === undefined || namespace === undefined || name === undefined) return [];
    return matching(namespace, name) ? [{ account: { namespace, name }, role, by: "pod identity" }] : [];
  });
  if (associated.length > 0) return sorted(associated);
  if (facts.has("kubernetes")) return [];
  return sorted(
    knownRoles(facts).flatMap((role) =>
      subjectsOf(role)
        .filter((account) => matching(account.namespace, account.name))
        .map((account): Bound => ({ account, role: role.arn, by: "trust policy" })),
    ),
  );
}

function sorted(found: readonly Bound[]): readonly Bound[] {
  const unique = new Map(found.map((each) => [JSON.stringify([each.role, each.account]), each]));
  return [...unique.values()].sort((a, b) => byText(a.role, b.role));
}

const SUB = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** The service accounts that a trust policy names by their `sub`. */
export function subjectsOf({ trust }: Role): readonly ServiceAccount[] {
  const found: ServiceAccount[] = [];
  const look = (value: unknown): void => {
    if (typeof value === "string") {
      const [, namespace, name] = SUB.exec(value) ?? [];
      if (namespace !== undefined && name !== undefined) found.push({ namespace, name });
    } else if (Array.isArray(value)) value.forEach(look);
    else for (const inner of Object.values(record(value) ?? {})) look(inner);
  };
  look(policyDocument(trust));
  return found;
}

/** The trust policy by which a service account of a cluster comes to a role (IRSA), as AWS documents it. */
export function webIdentityTrust(
  { namespace, name }: ServiceAccount,
  {
    issuer,
    account,
    partition,
    audience,
  }: Readonly<Record<"issuer" | "account" | "partition" | "audience", string>>,
): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: `arn:${partition}:iam::${account}:oidc-provider/${issuer}` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            [`${issuer}:aud`]: audience,
            [`${issuer}:sub`]: `system:serviceaccount:${namespace}:${name}`,
          },
        },
      },
    ],
  };
}

/** The trust policy of a role that pods get by Pod Identity, as AWS documents it. */
export const podIdentityTrust = {
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Service: PODS }, Action: ["sts:AssumeRole", "sts:TagSession"] },
  ],
} as const;
