import type { Facts } from "../../snapshot/facts.ts";
import { field, list, text } from "../../snapshot/value.ts";
import { allowedPrincipals } from "../../state/aws/document.ts";
import type { NamedResource } from "../../state/aws/home.ts";
import { findRole, knownRoles, type Role, roleName, sameRole } from "../../state/aws/roles.ts";
import { rolesBehind, serviceAccountOf } from "../../state/aws/service-account.ts";
import { command } from "../../text/command.ts";
import { absentThing, chosenCluster, typeOf } from "../../wording/aws/chosen.ts";
import type { Observation } from "../../wording/observation.ts";
import type { Check } from "../define.ts";

interface Params {
  readonly cluster?: string;
  readonly role?: string;
  readonly trusts?: { readonly principals?: readonly string[]; readonly serviceAccount?: string };
  readonly policy: string;
}

interface Entry {
  readonly principal: string;
  readonly policies: readonly {
    readonly name: string;
    readonly scope: string;
    readonly namespaces: readonly string[];
  }[];
}

function entriesOf(facts: Facts, cluster: string): readonly Entry[] {
  return facts
    .all("aws/eks-access-entry")
    .filter(({ body }) => field(body, "clusterName") === cluster)
    .map(({ body }) => ({
      principal: text(field(body, "principalArn")) ?? "",
      policies: (list(field(body, "associatedAccessPolicies")) ?? []).map((each) => {
        const arn = text(field(each, "policyArn")) ?? "";
        const scope = field(each, "accessScope");
        return {
          name: arn.slice(arn.lastIndexOf("/") + 1),
          scope: text(field(scope, "type")) ?? "",
          namespaces: (list(field(scope, "namespaces")) ?? []).flatMap((n) => text(n) ?? []),
        };
      }),
    }));
}

/** The roles that could be the one meant: those that trust one of the documented principals, or a role behind the account. */
function candidates(facts: Facts, { trusts }: Params): readonly Role[] {
  const behind =
    trusts?.serviceAccount === undefined
      ? []
      : rolesBehind(facts, serviceAccountOf(trusts.serviceAccount)).map((each) => each.role);
  const wanted = [...(trusts?.principals ?? []), ...behind];
  return knownRoles(facts).filter((role) =>
    allowedPrincipals(role.trust).some((principal) => wanted.some((each) => each === principal)),
  );
}

function* judge(facts: Facts, cluster: NamedResource, role: string, policy: string): Iterable<Observation> {
  const entry = entriesOf(facts, cluster.name).find(({ principal }) => sameRole(principal, role));
  const resource = { type: typeOf("EKS cluster"), id: cluster.id, name: cluster.name };
  const named = ["--cluster-name", cluster.name, "--principal-arn", role];
  const associate = command(
    ...["aws", "eks", "associate-access-policy", ...named],
    ...["--policy-arn", `arn:aws:eks::aws:cluster-access-policy/${policy}`, "--access-scope", "type=cluster"],
  );
  const base = {
    resource,
    expected: { principal: role, policy, scope: "cluster" },
    at: "/policy",
    verify: command("aws", "eks", "list-associated-access-policies", ...named),
  } as const;
  if (entry === undefined) {
    yield {
      ...base,
      kind: "drift",
      drift: "absent",
      message: `role ${roleName(role)} has no access entry on cluster ${cluster.name}: the control plane cannot manage what is in it`,
      property: `entry:${roleName(role)}`,
      actual: null,
      remediation: {
        text: "Make the access entry, with the policy over the whole cluster.",
        commands: [command("aws", "eks", "create-access-entry", ...named), associate],
      },
    };
    return;
  }
  if (!entry.policies.some((each) => each.name === policy && each.scope === "cluster")) {
    const held = entry.policies.map((each) =>
      each.scope === "cluster" ? each.name : `${each.name} in ${each.namespaces.join(", ") || each.scope}`,
    );
    yield {
      ...base,
      kind: "drift",
      drift: "changed",
      message: `the access entry of role ${roleName(role)} on cluster ${cluster.name} does not have ${policy} over the whole cluster: it has ${held.join(", ") || "no access policy"}`,
      property: `policy:${roleName(role)}`,
      actual: held,
      remediation: {
        text: "Associate the policy with the entry, over the whole cluster.",
        commands: [associate],
      },
    };
  }
  yield { kind: "assessed", count: 1, what: "access entries", notes: [`access entry: of role ${role}`] };
}

function* look(facts: Facts, params: Params): Iterable<Observation> {
  const cluster = chosenCluster(facts, params.cluster);
  if (cluster.kind === "absent") {
    yield absentThing("EKS cluster", cluster.wanted, facts);
    return;
  }
  if (cluster.kind === "unclear") {
    yield cluster.observation;
    return;
  }
  const resource = { type: typeOf("EKS cluster"), id: cluster.one.id, name: cluster.one.name };
  if (params.role !== undefined) {
    const arn = findRole(knownRoles(facts), params.role)?.arn;
    yield* judge(facts, cluster.one, arn ?? params.role, params.policy);
    return;
  }
  // one is not the one that is meant for having the entry: then none could lack it
  const found = candidates(facts, params);
  const [only, second] = found;
  if (only === undefined || second !== undefined) {
    const names = found.map((role) => role.name).join(", ");
    yield {
      kind: "unknown",
      resource,
      message:
        only === undefined
          ? "which role the control plane comes by is not told: no role trusts it"
          : `which role the control plane comes by is not told: there are ${names}`,
      property: "role",
      decide: "name it with --role",
    };
    return;
  }
  yield* judge(facts, cluster.one, only.arn, params.policy);
}

/** A role has an access entry on a cluster, with a policy over the whole of it. */
export const eksAccessEntry: Check = {
  id: "aws/eks-access-entry",
  cloud: "aws",
  title: "The vendor's role manages the cluster by an access entry",
  help: `The role must have an access entry on the cluster, and the entry the named access policy over the whole cluster; the same policy in some namespaces alone is drift.

The role is the one that \`--role\` names, else the only one that trusts one of the named principals, or a role behind the named service account. A cluster that authenticates by its ConfigMap alone has no entries: that cannot be read by EKS, and is unknown.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["policy"],
    properties: {
      cluster: { type: "string", minLength: 1, description: "name or ARN; absent: the only cluster" },
      role: { type: "string", minLength: 1, description: "name or ARN of the role" },
      trusts: {
        type: "object",
        additionalProperties: false,
        description: "by whom the role is found where it is not named",
        properties: {
          principals: { type: "array", items: { type: "string", minLength: 1 } },
          serviceAccount: {
            type: "string",
            minLength: 1,
            description: "namespace/name of a service account",
          },
        },
      },
      policy: { type: "string", minLength: 1, description: "name of the access policy of EKS" },
    },
  },
  needs: () => [
    "aws/eks-cluster",
    "aws/eks-access-entry",
    "aws/role",
    "aws/listed-role",
    "kubernetes/service-account",
    "aws/eks-pod-identity",
  ],
  tolerates: ["aws/role", "aws/listed-role", "kubernetes/service-account", "aws/eks-pod-identity"],
  drifts: {
    absent: {
      short: "The role has no access entry on the cluster.",
      help: "Without it the role cannot do anything in the cluster, whatever IAM allows it. Make the entry.",
    },
    changed: {
      short: "The role's access entry is not for the whole cluster.",
      help: "The control plane manages resources in every namespace, which the entry does not let it. Associate the policy over the whole cluster.",
    },
  },
  run: (facts, params) => look(facts, params as Params),
};
