/** Whether the roles behind some workloads of the cluster may do what the document asks of them. */
import type { Residue } from "../../access/policy.ts";
import type { Facts } from "../../snapshot/facts.ts";
import { field, text } from "../../snapshot/value.ts";
import { showAttached } from "../../state/aws/command.ts";
import { type DocumentSides, policyDifferenceOf, policyReplayOf } from "../../state/aws/difference.ts";
import { onAnyResource } from "../../state/aws/document.ts";
import { roleHoldingsOf } from "../../state/aws/holdings.ts";
import { iamRoleResource, type Role } from "../../state/aws/roles.ts";
import type { Context } from "../../state/context.ts";
import { type Workload, workloadsWith } from "../../state/workloads.ts";
import type { Observation } from "../observation.ts";
import { accountSubjects } from "./account-subject.ts";
import {
  awsRequestInWords,
  inWords,
  observedPolicyResidue,
  ofDoubts,
  policyResidueProperty,
} from "./residue.ts";

/** What the role of one workload must be able to do. */
export interface WorkloadPolicy {
  readonly name: string;
  readonly labels: readonly Readonly<Record<string, string>>[];
  /** Actions for which the document names no resource: on any is enough. */
  readonly actions: readonly string[];
  /** Actions on the hosted zone. */
  readonly onZone: readonly string[];
  /** The condition under which they are enough, as a policy says it. */
  readonly zoneCondition?: object;
  /** Actions of which one is enough. */
  readonly oneOf: readonly string[];
}

interface Zone {
  /** ARNs that stand for the zone; undefined: which zone is not known. */
  readonly arn: string | undefined;
  readonly shown: string;
}

function policyOf(actions: readonly string[], resource: string, condition?: object): object {
  const own = condition === undefined ? {} : { Condition: condition };
  const statement = { Effect: "Allow", Action: actions, Resource: resource, ...own };
  return { Version: "2012-10-17", Statement: [statement] };
}

/** The zone by its id or name; not named, the only public one. */
function zoneOf(facts: Facts, wanted: string | undefined): Zone {
  const zones = facts.all("aws/hosted-zone").map(({ id, body }) => ({
    id: id.slice(id.lastIndexOf("/") + 1),
    name: (text(field(body, "Name")) ?? "").replace(/\.$/, "").toLowerCase(),
    open: field(field(body, "Config"), "PrivateZone") !== true,
  }));
  const key = wanted
    ?.replace(/^\/hostedzone\//, "")
    .replace(/\.$/, "")
    .toLowerCase();
  const found = zones.filter(
    ({ id, name, open }) => open && (key === undefined || id.toLowerCase() === key || name === key),
  );
  const [only, second] = found;
  const [, partition = "aws"] = /^arn:([^:]+):/.exec(facts.all("aws/role")[0]?.id ?? "") ?? [];
  return only === undefined || second !== undefined
    ? { arn: undefined, shown: wanted ?? "the hosted zone" }
    : { arn: `arn:${partition}:route53:::hostedzone/${only.id}`, shown: only.name || only.id };
}

function missing(
  residue: Residue,
  workload: Workload,
  role: Role,
  sides: DocumentSides,
  at: string,
): Observation {
  return {
    kind: "drift",
    drift: "missing",
    resource: iamRoleResource({ id: role.arn, name: role.name }),
    // one role may be behind several workloads
    property: `${policyResidueProperty("missing", residue)}:${workload.namespace}/${workload.name}`,
    ...observedPolicyResidue(residue),
    expected: inWords(residue),
    actual: null,
    at,
    verify: showAttached(role.name),
    message: `role ${role.name} of ${workload.namespace}/${workload.name} cannot do ${inWords(residue)}: it may not ${awsRequestInWords(residue.witness)}`,
    remediation: {
      text: `Add this statement to a policy of the role: ${JSON.stringify({ Effect: "Allow", Action: residue.actions ?? [residue.pattern], Resource: residue.resources ?? "*" })}`,
      commands: [],
    },
    replay: () => policyReplayOf(sides, residue.witness),
  };
}

function* ofRole(
  facts: Facts,
  role: Role,
  workload: Workload,
  wanted: WorkloadPolicy,
  zone: Zone,
  context: Context,
  at: string,
): Iterable<Observation> {
  const holdings = roleHoldingsOf(facts, role);
  const resource = iamRoleResource({ id: role.arn, name: role.name });
  for (const gap of holdings.unknown) {
    yield {
      kind: "unknown",
      resource,
      message: `${gap.what} could not be read (${gap.why}): it may grant or deny what is documented`,
      property: `unread:${gap.what}`,
      decide: gap.decide,
      at,
    };
  }
  if (holdings.unknown.length > 0) return;
  const live = holdings.policies.map((p) => p.document);
  const onZone = zone.arn === undefined ? [] : wanted.onZone;
  const each: readonly DocumentSides[] = [
    { documented: [policyOf(wanted.actions, "*")], live: live.map(onAnyResource) },
    { documented: [policyOf(onZone, zone.arn ?? "*", wanted.zoneCondition)], live },
  ].filter((_, at) => (at === 0 ? wanted.actions : onZone).length > 0);
  for (const sides of each) {
    const lacking = policyDifferenceOf(sides, context);
    for (const residue of lacking.missing) yield missing(residue, workload, role, sides, at);
    yield* ofDoubts(lacking.undecided, "missing", resource, `role ${role.name}`);
  }
  const alternatives = wanted.oneOf.map((action) => ({ documented: [policyOf([action], "*")], live }));
  const enough = alternatives.some((each) => {
    const { missing: lacks, undecided } = policyDifferenceOf(each, context);
    return lacks.length + undecided.length === 0;
  });
  const [first] = alternatives;
  if (first !== undefined && !enough) {
    for (const residue of policyDifferenceOf(first, context).missing)
      yield {
        ...missing(residue, workload, role, first, at),
        message: `role ${role.name} of ${workload.namespace}/${workload.name} can do none of ${wanted.oneOf.join(", ")}, of which one is enough`,
      } as Observation;
  }
}

/** @param hostedZone name or id, as it was given */
export function* workloadPolicies(
  facts: Facts,
  workloads: readonly WorkloadPolicy[],
  hostedZone: string | undefined,
  context: Context,
): Iterable<Observation> {
  const zone = zoneOf(facts, hostedZone);
  if (zone.arn === undefined) {
    yield {
      kind: "unknown",
      resource: { type: "AWS::Route53::HostedZone", id: hostedZone ?? facts.scope, name: zone.shown },
      message: `which hosted zone the roles must write to is not told: ${hostedZone === undefined ? "there is none, or several" : `there is no public one called ${hostedZone}`}`,
      property: "zone",
      decide: "name it with --set hostedZone=NAME",
    };
  }
  for (const [index, wanted] of workloads.entries()) {
    const at = `/workloads/${index}`;
    const found = workloadsWith(facts, wanted.labels);
    if (found.length === 0) {
      yield {
        kind: "drift",
        drift: "absent",
        resource: { type: "Workload", id: `${facts.scope}#${wanted.name}`, name: wanted.name },
        message: `there is no workload of ${wanted.name} in the cluster: whether its role may do what is documented has nobody to be asked of`,
        property: "workload",
        expected: wanted.name,
        actual: null,
        at,
        remediation: { text: `Install ${wanted.name}.`, commands: [] },
      };
    }
    for (const workload of found) {
      const account = `${workload.namespace}/${workload.serviceAccount}`;
      for (const subject of accountSubjects(
        facts,
        account,
        context,
        `${wanted.name} cannot write DNS records`,
      )) {
        if (subject.kind === "observation") yield subject.observation;
        else yield* ofRole(facts, subject.role, workload, wanted, zone, context, at);
      }
    }
  }
  yield { kind: "assessed", count: workloads.length, what: "workloads" };
}
