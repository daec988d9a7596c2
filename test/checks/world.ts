/** A state of the tests' Resource Manager as the snapshot that a collection of it would give, without the network. */

import type { ResolvedControl } from "../../src/baselines/baseline.ts";
import type { Check } from "../../src/checks/define.ts";
import type { Facts } from "../../src/snapshot/facts.ts";
import { factsOf } from "../../src/snapshot/facts.ts";
import type { DocumentKind } from "../../src/snapshot/kinds/kinds.ts";
import type { Snapshot, Unread } from "../../src/snapshot/snapshot.ts";
import type { Context } from "../../src/state/context.ts";
import type { Observation } from "../../src/wording/observation.ts";
import {
  type AzureState,
  azureState,
  type Body,
  property,
  roleDefinition,
  subscriptionId,
  withGroups,
} from "../servers/azure-state.ts";

export const SUBSCRIPTION = `/subscriptions/${subscriptionId}`;
export const MANAGEMENT_GROUP = "/providers/Microsoft.Management/managementGroups/root-mg";
export const VENDOR = "aaaaaaaa-0000-4000-8000-000000000001";
export const STRANGER = "bbbbbbbb-0000-4000-8000-000000000002";
export const GROUP = "cccccccc-0000-4000-8000-000000000003";
export const OTHER_GROUP = "dddddddd-0000-4000-8000-000000000004";
export const ROLE = "11111111-0000-4000-8000-000000000001";

export function group(name: string): string {
  return `${SUBSCRIPTION}/resourceGroups/${name}`;
}

export interface Recording {
  /** Object ids asked for; absent: whoever holds one of `roleNames`. */
  readonly principals?: readonly string[];
  readonly roleNames?: readonly string[];
  readonly unread?: readonly Unread[];
  /** Kinds of which no document is kept. */
  readonly without?: readonly DocumentKind[];
  /** Documents beside those of the state. */
  readonly more?: Snapshot["documents"];
}

function lower(body: Body, name: string): string {
  return property(body, name).toLowerCase();
}

function holders(state: AzureState, names: readonly string[]): readonly string[] {
  const wanted = names.map((n) => n.toLowerCase());
  const roles = state.roleDefinitions
    .filter((r) => wanted.includes(lower(r, "roleName")))
    .map((r) => String(r.name).toLowerCase());
  const ids = state.roleAssignments
    .filter((a) => roles.some((r) => lower(a, "roleDefinitionId").endsWith(r)))
    .map((a) => property(a, "principalId"));
  return [...new Set(ids)];
}

/** What a collection of this state records. */
export function snapshotOf(changes: Partial<AzureState>, recording: Recording = {}): Snapshot {
  const state = azureState(changes);
  const principals = recording.principals ?? holders(state, recording.roleNames ?? []);
  const of = (kind: DocumentKind, bodies: readonly Body[]) =>
    bodies.map((body) => ({ kind, id: String(body.id), body }));
  const assigned = principals.map((id) => {
    const all = withGroups(state, id);
    return {
      kind: "azure/assigned-to" as const,
      id,
      body: { value: state.roleAssignments.filter((a) => all.has(lower(a, "principalId"))) },
    };
  });
  const eligible = state.eligibilities.filter((e) =>
    principals.some((id) => withGroups(state, id).has(lower(e, "principalId"))),
  );
  const documents = [
    ...of("azure/role-definition", state.roleDefinitions),
    ...of("azure/role-assignment", state.roleAssignments),
    ...of("azure/deny-assignment", state.denyAssignments),
    ...of("azure/role-eligibility", eligible),
    ...of("azure/provider-operations", state.operations),
    ...of("azure/resource-group", state.resourceGroups),
    ...of("azure/resource", state.resources),
    ...of("azure/managed-cluster", state.managedClusters),
    ...of("azure/vault", state.vaults),
    ...assigned,
    ...(recording.more ?? []),
  ];
  return {
    schema: 1,
    provider: "azure",
    scope: SUBSCRIPTION,
    takenAt: "2026-11-21T08:00:00.000Z",
    ...(recording.principals === undefined ? {} : { principals: recording.principals }),
    documents: documents.filter((d) => !(recording.without ?? []).includes(d.kind)),
    unread: recording.unread ?? [],
  };
}

export function factsIn(changes: Partial<AzureState>, recording: Recording = {}): Facts {
  return factsOf(snapshotOf(changes, recording));
}

export function control(
  id: string,
  check: string,
  params: unknown,
  more: Partial<ResolvedControl> = {},
): ResolvedControl {
  return { id, check, optional: false, with: params, unresolved: [], ...more };
}

export function contextOf(
  own: ResolvedControl,
  more: Partial<Context> & { others?: readonly ResolvedControl[] } = {},
): Context {
  const { others, ...rest } = more;
  return {
    control: own,
    controls: new Map([own, ...(others ?? [])].map((c) => [c.id, c])),
    principals: [{ id: VENDOR }],
    principalsGiven: true,
    ...rest,
  };
}

/** Runs a check, and replays every witness as the runner does. */
export function run(
  check: Check,
  facts: Facts,
  own: ResolvedControl,
  more: Parameters<typeof contextOf>[1] = {},
) {
  const observations = [...check.run(facts, own.with, contextOf(own, more))];
  for (const o of observations) {
    if (o.kind !== "drift" || o.replay === undefined) continue;
    const expected = o.drift === "missing" ? ["allowed", "denied"] : ["denied", "allowed"];
    const { documented, live } = o.replay();
    if (documented !== expected[0] || live !== expected[1]) {
      throw new Error(
        `does not replay: ${o.drift} ${o.pattern} ${JSON.stringify(o.witness)}: ${documented}, ${live}`,
      );
    }
  }
  return observations;
}

/** An observation in one line: what the tables of the tests compare, as whole sets. */
export function brief(o: Observation): string {
  if (o.kind === "assessed") return `assessed ${o.count} ${o.what}`;
  const drift = o.kind === "unknown" ? "" : ` ${o.drift}`;
  const parts = [
    `${o.kind}${drift}`,
    o.plane === "data" ? `data:${o.pattern}` : (o.pattern ?? `(${o.property})`),
    ...((o.except ?? []).length === 0 ? [] : [`except ${[...(o.except ?? [])].sort().join(" ")}`]),
    ...(o.by === undefined ? [] : [`by ${o.by}`]),
  ];
  return parts.join(" | ");
}

export function briefs(observations: Iterable<Observation>): readonly string[] {
  return [...observations].map(brief).sort();
}

/** A custom role under the usual id. */
export function vendorRole(
  permissions: Parameters<typeof roleDefinition>[0]["permissions"],
  name = "Pump Keeper",
  id = ROLE,
): Body {
  return roleDefinition({ id, name, permissions });
}

export function denied(kind: DocumentKind, id?: string): Unread {
  return {
    kind,
    ...(id === undefined ? {} : { id }),
    api: `GET ${SUBSCRIPTION}/${kind}`,
    cause: "denied",
    permission: `permission/for/${kind}`,
    detail: "403 AuthorizationFailed",
  };
}
