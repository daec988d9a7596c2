import type { ServiceData } from "../../access/aws/service-data.ts";
import { audit } from "../../audit/audit.ts";
import { derivedParameters } from "../../audit/derived.ts";
import type { LoadedBaseline, ResolvedControl } from "../../baselines/baseline.ts";
import { dealOut, resolveControls } from "../../baselines/parameters.ts";
import type { Facts } from "../../snapshot/facts.ts";
import { factsOf } from "../../snapshot/facts.ts";
import type { Snapshot } from "../../snapshot/snapshot.ts";
import { documentedPolicies, POLICY } from "../../state/aws/documented.ts";
import { roleHoldingsOf } from "../../state/aws/holdings.ts";
import { ownedIn } from "../../state/aws/owned.ts";
import { findAuditedRoles, findRole, type Role, readRoles, sameRole } from "../../state/aws/roles.ts";
import { groupedRows, reviewOrder } from "../group.ts";
import {
  type CutResource,
  type DeadGrant,
  type RehearsedCall,
  type Review,
  reviewedBaseline,
  type Unmapped,
} from "../review.ts";
import { gapsOf, type Usage } from "../sight.ts";
import { actionChanges } from "./changes.ts";
import { policyFiles } from "./documents.ts";
import { rehearse } from "./rehearse.ts";

/** Something that makes a review impossible, in words for a person. */
export class ReviewError extends Error {
  override readonly name = "ReviewError";
  /** It could not be read, which is no mistake of whoever asked. */
  readonly unread: boolean;

  constructor(message: string, unread = false) {
    super(message);
    this.unread = unread;
  }
}

export interface ReviewInput {
  readonly loaded: LoadedBaseline;
  readonly snapshot: Snapshot;
  /** Parameters of the baseline, as given. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Profiles; absent: the baseline's default. */
  readonly from?: string;
  readonly to?: string;
}

/** Who is reviewed. */
export interface AwsSubject {
  readonly facts: Facts;
  readonly role: Role;
}

interface Resolved {
  readonly from: readonly ResolvedControl[];
  readonly to: readonly ResolvedControl[];
}

/**
 * The role that a review is about.
 * @throws ReviewError when there is none, or more than one, or it could not be read
 */
export function awsSubject(input: ReviewInput): AwsSubject {
  const facts = factsOf(input.snapshot);
  const { to, wanted } = resolved(input, facts);
  const audited = findAuditedRoles(facts, to, wanted);
  if (audited.unknown !== undefined)
    throw new ReviewError(audited.unknown, facts.unread("aws/role").length > 0);
  const [first, second] = audited.principals;
  if (first === undefined)
    throw new ReviewError(`no role in ${facts.scope} trusts the vendor; name one with --role`);
  if (second !== undefined) {
    const names = audited.principals.map((p) => p.name ?? p.id).join(", ");
    throw new ReviewError(`a review is of one role; name it with --role (found: ${names})`);
  }
  const role = findRole(readRoles(facts), first.id);
  if (role === undefined) {
    const unread = facts.unread("aws/role")[0];
    throw new ReviewError(
      unread === undefined
        ? `there is no role ${first.id} in ${facts.scope}`
        : `role ${first.id} could not be read: ${unread.api}: ${unread.detail}`,
      unread !== undefined,
    );
  }
  return { facts, role };
}

function resolved(input: ReviewInput, facts: Facts): Resolved & { readonly wanted: readonly string[] } {
  const { baseline } = input.loaded;
  const given = { ...derivedParameters(baseline, input.snapshot, facts), ...input.parameters };
  const controls = (profile: string | undefined) => {
    const [dealt] = dealOut([baseline], given, profile);
    return resolveControls(baseline, dealt?.given ?? {}, dealt?.profile);
  };
  const to = controls(input.to);
  const role = Object.entries(baseline.parameters).find(([, { flag }]) => flag === "role")?.[0];
  const named = role === undefined ? undefined : to.parameters[role];
  return {
    from: controls(input.from).controls,
    to: to.controls,
    wanted: named === undefined ? (input.snapshot.principals ?? []) : [named],
  };
}

interface Policy {
  readonly control: string;
  readonly document: unknown;
}

/** A parameter that nothing filled: `{name}`. */
const OPEN = /\{([A-Za-z_][A-Za-z0-9_]*)\}/;

/** The documented policies of one profile for the role; those with a parameter that nobody gave are left out by name. */
function policiesOf(
  controls: readonly ResolvedControl[],
  role: Role,
  live: readonly unknown[],
): {
  readonly policies: readonly Policy[];
  readonly open: readonly string[];
  readonly lost: readonly string[];
} {
  const own = controls.filter((control) => {
    const named = (control.with as { readonly role?: string }).role;
    return control.check === POLICY && (named === undefined || sameRole(named, role.arn));
  });
  const policies: Policy[] = [];
  const open: string[] = [];
  const lost: string[] = [];
  for (const { control, document, required } of documentedPolicies(own, live)) {
    const missing = OPEN.exec(JSON.stringify(document).replace(/\$\{[^}]*\}/g, ""))?.[1];
    if (missing === undefined) policies.push({ control, document });
    else if (required) lost.push(`${control} is left out: give ${missing} with --set ${missing}=VALUE`);
    else open.push(`${control} (optional) is left out: it needs --set ${missing}=VALUE`);
  }
  return { policies, open, lost };
}

/** The review of an AWS role before its policies are changed from one profile to another. Pure. */
export function reviewAws(
  input: ReviewInput & {
    readonly data: ServiceData;
    readonly usage: Usage;
    readonly now: string;
    readonly version: string;
  },
): Review {
  const { loaded, snapshot, data, usage } = input;
  const { facts, role } = awsSubject(input);
  const controls = resolved(input, facts);
  const holdings = roleHoldingsOf(facts, role);
  const live = holdings.policies.map((policy) => policy.document);
  const documented = policiesOf(controls.from, role, live);
  const target = policiesOf(controls.to, role, live);
  if (target.policies.length === 0) {
    throw new ReviewError(
      `${loaded.baseline.id} documents no policy for role ${role.name} under this profile${target.lost[0] === undefined ? "" : `: ${target.lost[0]}`}`,
    );
  }
  const side = {
    live: {
      documents: live,
      ...(holdings.boundary === undefined ? {} : { boundary: [holdings.boundary.document] }),
    },
    documented: { documents: documented.policies.map((p) => p.document) },
    target: {
      documents: target.policies.map((p) => p.document),
      ...(holdings.boundary === undefined ? {} : { boundary: [holdings.boundary.document] }),
    },
  };
  const changes = actionChanges(side, data);
  const owned = ownedIn(facts).filter((each) => each.made !== true);
  const recorded = usage.calls.filter((call) => !call.refused);
  const rehearsed = rehearse(
    recorded.filter((call) => call.actions.length > 0),
    {
      live: side.live,
      target: side.target,
      role: role.arn,
      tagged: new Map(owned.map((resource) => [resource.arn, resource])),
      changes: new Map(changes.map((change) => [change.action.toLowerCase(), change])),
      data,
    },
  );
  // A held policy that was not read may be what granted it.
  const calls = rehearsed.map((call) =>
    holdings.unknown.length > 0 && call.live === "refused" ? { ...call, live: "depends" as const } : call,
  );
  const written = policyFiles(target.policies);
  const coverage = tagCut(input, recorded, side.target.documents);
  const rows = changes.map((change) => ({ ...change, service: change.action.split(":")[0] ?? "" }));
  const groups = groupedRows(rows, calls, usage.observes);
  const gaps = [
    ...holdings.unknown,
    ...(holdings.boundaryUnknown === undefined ? [] : [holdings.boundaryUnknown]),
  ];
  const unmapped = unmappedOf(recorded);
  const undecided = groups.filter((group) => group.change === "unknown");
  return {
    cloud: "aws",
    scope: snapshot.scope,
    principal: { id: role.arn, name: role.name },
    baseline: reviewedBaseline(loaded),
    ...(input.from === undefined ? {} : { from: input.from }),
    ...(input.to === undefined ? {} : { to: input.to }),
    takenAt: snapshot.takenAt,
    sources: usage.sources,
    groups,
    calls: reviewOrder(calls.filter((call) => call.target !== "allowed")),
    allowedCalls: calls.filter((c) => c.target === "allowed").reduce((sum, c) => sum + c.count, 0),
    refusedThen: usage.calls.filter((call) => call.refused).reduce((sum, call) => sum + call.count, 0),
    unmapped,
    cut: coverage.cut,
    dead: deadGrants(changes, calls),
    documents: written.kind === "documents" ? written.documents : [],
    incomplete: [
      ...(snapshot.interrupted === true ? ["the recorded state is of an interrupted collection"] : []),
      ...gaps.map(({ what, why, decide }) => `${what} could not be read (${why}); ${decide}`),
      ...gapsOf(usage),
      ...target.lost,
      ...documented.lost.filter((line) => !target.lost.includes(line)),
      ...coverage.unknown,
      ...unmapped.map(({ event, count }) => `${event} (${count}×) is mapped to no permission`),
      ...undecided.map(({ actions }) => `what changes for ${actions.join(", ")} could not be decided`),
      ...(written.kind === "none" ? [`no document can be written: ${written.why}`] : []),
    ],
    notes: [
      ...new Set([...documented.open, ...target.open]),
      ...(written.kind === "documents" ? written.notes : []),
      ...(holdings.boundary === undefined
        ? []
        : [`the boundary ${holdings.boundary.arn ?? ""} is taken to stay as it is`]),
      "not considered: service and resource control policies of the organisation, policies of resources, session policies",
    ],
  };
}

function unmappedOf(calls: Usage["calls"]): readonly Unmapped[] {
  const found = new Map<string, Unmapped>();
  for (const { event, who, count, last } of calls.filter((call) => call.actions.length === 0)) {
    const known = found.get(event);
    found.set(event, {
      event,
      who: [...new Set([...(known?.who ?? []), ...who])].sort().slice(0, 5),
      count: (known?.count ?? 0) + count,
      last: known !== undefined && known.last > last ? known.last : last,
    });
  }
  return [...found.values()].sort((a, b) => (a.event < b.event ? -1 : 1));
}

function deadGrants(
  changes: ReturnType<typeof actionChanges>,
  calls: readonly RehearsedCall[],
): readonly DeadGrant[] {
  const byService = new Map<string, string[]>();
  for (const { action, target } of changes) {
    if (target !== "dead") continue;
    const service = action.split(":")[0] ?? "";
    byService.set(service, [...(byService.get(service) ?? []), action]);
  }
  return [...byService.values()].map((actions) => ({
    actions,
    why: "named by the target, and granted on nothing: by the catalogue the action has no such resource, or carries no such condition key",
    calls: calls
      .filter((call) => call.promised === true && actions.includes(call.action))
      .reduce((sum, call) => sum + call.count, 0),
  }));
}

/** The check that knows which resources are the vendor's. */
const COVERAGE = "aws/tag-coverage";

/**
 * The vendor's resources that lack the tag, from the check that a scan makes; used ones first. None where the target
 * has no condition on the tag: nothing is then cut.
 */
function tagCut(
  input: ReviewInput & { readonly data: ServiceData; readonly now: string; readonly version: string },
  calls: Usage["calls"],
  target: readonly unknown[],
): { readonly cut: readonly CutResource[]; readonly unknown: readonly string[] } {
  const { baseline } = input.loaded;
  const written = JSON.stringify(target).toLowerCase();
  const controls = baseline.controls.filter(({ check, with: params }) => {
    const { tag } = params as { readonly tag?: { readonly key: string } };
    return check === COVERAGE && tag !== undefined && written.includes(`/${tag.key.toLowerCase()}"`);
  });
  if (controls.length === 0) return { cut: [], unknown: [] };
  const report = audit({
    baselines: [{ ...input.loaded, baseline: { ...baseline, controls } }],
    snapshots: [{ snapshot: input.snapshot, parameters: input.parameters }],
    clouds: ["aws"],
    ...(input.to === undefined ? {} : { profile: input.to }),
    serviceData: input.data,
    now: input.now,
    version: input.version,
  });
  const mine = report.findings.filter((finding) => finding.rule.startsWith(`${COVERAGE}/`));
  const cut = mine
    .filter((f) => f.outcome === "fail" && (f.drift === "absent" || f.drift === "changed"))
    .map(({ resource, message }): CutResource => {
      const on = calls.filter((call) => call.resources.includes(resource.id));
      const last = on
        .map((call) => call.last)
        .sort()
        .at(-1);
      return {
        id: resource.id,
        name: resource.name,
        why: message,
        calls: on.reduce((sum, call) => sum + call.count, 0),
        ...(last === undefined ? {} : { last }),
      };
    })
    .sort((a, b) => b.calls - a.calls || (a.id < b.id ? -1 : 1));
  const unknown = [
    ...mine.filter((f) => f.outcome === "unknown").map((f) => f.message),
    ...report.controls
      .filter((c) => c.check === COVERAGE && c.outcome === "unknown" && c.reason !== undefined)
      .map((c) => `${c.id}: ${c.reason}`),
  ];
  return { cut, unknown: [...new Set(unknown)] };
}
