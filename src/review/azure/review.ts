import type { Verdict } from "../../access/policy.ts";
import { comparePolicies, evaluator } from "../../access/provider.ts";
import type { ResolvedControl } from "../../baselines/baseline.ts";
import { dealOut, resolveControls } from "../../baselines/parameters.ts";
import type { Principal } from "../../report/report.ts";
import type { Facts } from "../../snapshot/facts.ts";
import { factsOf } from "../../snapshot/facts.ts";
import { list } from "../../snapshot/value.ts";
import { heldBy, isHeld } from "../../state/azure/assignment.ts";
import { findPrincipals } from "../../state/azure/audited.ts";
import { readCatalog } from "../../state/azure/catalog.ts";
import { type Deny, holdsFor, reaches, readDenies } from "../../state/azure/deny.ts";
import { allGroups } from "../../state/azure/directory.ts";
import { type Documented, documentedBy } from "../../state/azure/documented.ts";
import { type AssignmentGrant, assignmentGrantsOf } from "../../state/azure/holdings.ts";
import { readRoleDefinitions } from "../../state/azure/role.ts";
import { relation, scopeCovers } from "../../state/azure/scope.ts";
import type { Context } from "../../state/context.ts";
import { ReviewError, type ReviewInput } from "../aws/review.ts";
import { groupedRows, type ReviewRow, reviewOrder } from "../group.ts";
import {
  type CallVerdict,
  type Change,
  type GrantReach,
  type RehearsedCall,
  type Review,
  reviewedBaseline,
  type TargetDocument,
} from "../review.ts";
import { gapsOf, type Usage } from "../sight.ts";

/** The check whose control says which roles a principal is to hold. */
const EFFECTIVE = "azure/effective-access";

interface EffectiveWith {
  readonly principal?: string;
  readonly scope?: string;
  readonly required: readonly string[];
  readonly optional?: readonly string[];
}

interface AzureSubject {
  readonly facts: Facts;
  readonly principal: Principal;
  readonly controls: { readonly from: readonly ResolvedControl[]; readonly to: readonly ResolvedControl[] };
}

/**
 * Whom a review is about.
 * @throws ReviewError when nobody is found, or more than one
 */
export function azureSubject(input: ReviewInput): AzureSubject {
  const { baseline } = input.loaded;
  const facts = factsOf(input.snapshot);
  const given: Record<string, string> = { ...input.parameters };
  for (const [name, { flag, default: preset }] of Object.entries(baseline.parameters)) {
    if (flag === "subscription" && preset === undefined && given[name] === undefined)
      given[name] = facts.scope;
  }
  const resolve = (profile: string | undefined) => {
    const [dealt] = dealOut([baseline], given, profile);
    return resolveControls(baseline, dealt?.given ?? {}, dealt?.profile);
  };
  const to = resolve(input.to);
  const controls = { from: resolve(input.from).controls, to: to.controls };
  const parameter = Object.entries(baseline.parameters).find(([, { flag }]) => flag === "principal")?.[0];
  const named = parameter === undefined ? undefined : to.parameters[parameter];
  const audited = findPrincipals(
    facts,
    to.controls,
    named === undefined ? (input.snapshot.principals ?? []) : [named],
  );
  if (audited.unknown !== undefined) {
    const kinds = ["azure/role-assignment", "azure/role-definition"] as const;
    throw new ReviewError(
      audited.unknown,
      kinds.some((kind) => facts.unread(kind).length > 0),
    );
  }
  const [principal, second] = audited.principals;
  if (principal === undefined)
    throw new ReviewError(
      `nobody holds a documented role in ${facts.scope}; name the principal with --principal`,
    );
  if (second !== undefined) {
    const ids = audited.principals.map(({ id }) => id).join(", ");
    throw new ReviewError(`a review is of one principal; name it with --principal (found: ${ids})`);
  }
  return { facts, principal, controls };
}

/** What one column grants at a scope. */
interface Column {
  readonly documentsAt: (scope: string) => readonly unknown[];
  readonly deniesAt: (scope: string) => readonly unknown[];
  /** Everything, wherever it is held. */
  readonly all: readonly unknown[];
}

const NONE = (): readonly unknown[] => [];

function documentedColumn(documented: readonly Documented[]): Column {
  return {
    documentsAt: (scope) =>
      documented
        .filter(({ scopes }) => scopes.some((pattern) => scopeCovers(pattern, scope)))
        .map((d) => d.document),
    deniesAt: NONE,
    all: documented.map((d) => d.document),
  };
}

function heldColumn(grants: readonly AssignmentGrant[], denies: readonly Deny[]): Column {
  const above = (own: string, scope: string) => ["same", "below"].includes(relation(own, scope));
  return {
    documentsAt: (scope) => grants.filter((g) => above(g.assignment.scope, scope)).map((g) => g.document),
    deniesAt: (scope) => denies.filter((deny) => reaches(deny, scope)).map((deny) => deny.document),
    all: grants.map((g) => g.document),
  };
}

/** The review of an Azure principal: what it holds → what is documented. Pure. */
export function reviewAzure(input: ReviewInput & { readonly usage: Usage; readonly now: string }): Review {
  const { loaded, snapshot, usage } = input;
  const { facts, principal, controls } = azureSubject(input);
  const held = heldBy(facts, principal.id);
  if (!isHeld(held)) throw new ReviewError(held.reason, true);
  const { grants, unread } = assignmentGrantsOf(held.assignments, readRoleDefinitions(facts));
  const from = documentedFor(controls.from, principal, facts, grants);
  const to = documentedFor(controls.to, principal, facts, grants);
  const { denies, malformed } = readDenies(facts);
  const matched = denies.map((deny) => ({
    deny,
    held: holdsFor(deny, principal.id, held.groups, allGroups(facts, principal.id)),
  }));
  const live = heldColumn(
    grants,
    matched.filter(({ held: how }) => how.match === "yes").map(({ deny }) => deny),
  );
  const open = matched.filter(({ held: how }) => how.match === "undecided").map(({ deny }) => deny.name);
  const target = documentedColumn(to.documented);
  const catalogue = readCatalog(facts);
  const rows = rowsOf(catalogue ?? [], live, documentedColumn(from.documented), target, facts.scope);
  const recorded = usage.calls.filter((call) => !call.refused);
  const calls = recorded.flatMap((call) =>
    call.actions.map((action): RehearsedCall => {
      const scope = call.resources[0];
      const asked = ask(live, action, scope ?? facts.scope);
      // A held role that was not read may be what granted it.
      const now = asked === "refused" && unread.length + held.malformed > 0 ? "depends" : asked;
      const then = scope === undefined ? "depends" : ask(target, action, scope);
      return {
        action,
        event: call.event,
        resources: call.resources,
        who: call.who,
        count: call.count,
        first: call.first,
        last: call.last,
        live: now,
        target: then,
        why: whyOf(now, then, scope),
        ...(then === "refused" ? { needs: { Action: action, Scope: scope } } : {}),
      };
    }),
  );
  const unknownColumns = rows.filter((row) => row.change === "unknown").length;
  const written = roleFiles(to.documented, loaded.baseline.title, facts.scope);
  const unmapped = recorded
    .filter((call) => call.actions.length === 0)
    .map(({ event, who, count, last }) => ({ event, who, count, last }));
  const inPart = grants.filter((g) => relation(facts.scope, g.assignment.scope) === "below").length;
  return {
    cloud: "azure",
    scope: snapshot.scope,
    principal: { id: principal.id, name: principal.name ?? principal.id },
    baseline: reviewedBaseline(loaded),
    ...(input.from === undefined ? {} : { from: input.from }),
    ...(input.to === undefined ? {} : { to: input.to }),
    takenAt: snapshot.takenAt,
    sources: usage.sources,
    groups: groupedRows(rows, calls, usage.observes),
    calls: reviewOrder(calls.filter((call) => call.target !== "allowed")),
    allowedCalls: calls.filter((c) => c.target === "allowed").reduce((sum, c) => sum + c.count, 0),
    refusedThen: usage.calls.filter((call) => call.refused).reduce((sum, call) => sum + call.count, 0),
    unmapped,
    cut: [],
    dead: [],
    documents: written.documents,
    incomplete: [
      ...(snapshot.interrupted === true ? ["the recorded state is of an interrupted collection"] : []),
      ...[...new Set([...to.unknown, ...from.unknown])],
      ...unread.map((a) => `a role held at ${a.scope} was not read: ${a.roleDefinitionId}`),
      ...(held.malformed > 0 ? [`${held.malformed} assignments cannot be understood`] : []),
      ...(held.elsewhere.length > 0
        ? [
            `the answer for the principal lacks ${held.elsewhere.length} of its assignments, so it may lack more (AZ6)`,
          ]
        : []),
      ...facts
        .unread("azure/deny-assignment")
        .map((u) => `deny assignments could not be read: ${u.api}: ${u.detail}`),
      ...malformed.map((id) => `deny assignment ${id} cannot be understood`),
      ...open.map(
        (name) => `whether deny assignment ${name} holds for the principal is not known: it names a group`,
      ),
      ...(catalogue === undefined
        ? [
            "which operations exist was not read (Microsoft.Authorization/providerOperations/read), so no permission is listed",
          ]
        : []),
      ...gapsOf(usage),
      ...unmapped.map(({ event, count }) => `${event} (${count}×) is no operation that a role can name`),
      ...(unknownColumns > 0
        ? [`${unknownColumns} permissions depend on a condition, and are undecided`]
        : []),
      ...written.problems,
    ],
    notes: [
      ...to.left,
      ...(inPart === 0
        ? []
        : [`${inPart} assignments lie below ${facts.scope}: what they grant is "in part", there alone`]),
      "not considered: Azure Lighthouse delegations, and what the principal may activate and does not hold",
    ],
  };
}

function documentedFor(
  controls: readonly ResolvedControl[],
  principal: Principal,
  facts: Facts,
  grants: readonly AssignmentGrant[],
): {
  readonly documented: readonly Documented[];
  readonly unknown: readonly string[];
  readonly left: readonly string[];
} {
  const wanted = principal.id.toLowerCase();
  const control = controls.find((c) => {
    const named = (c.with as EffectiveWith).principal;
    return c.check === EFFECTIVE && (named === undefined || named.toLowerCase() === wanted);
  });
  if (control === undefined)
    throw new ReviewError(`the baseline does not say what ${principal.id} is to hold`);
  const params = control.with as EffectiveWith;
  const context: Context = {
    control,
    controls: new Map(controls.map((c) => [c.id, c])),
    principals: [principal],
    principalsGiven: true,
  };
  const found = documentedBy(params, params.scope, facts.scope, readRoleDefinitions(facts), context);
  // An optional role that is not held stays out: nobody asked to grant it.
  const asked = (d: Documented) => d.required || grants.some((g) => d.roles.has(g.assignment.role));
  return {
    documented: found.documented.filter(asked),
    unknown: found.unknown.map((u) => u.message),
    left: found.documented
      .filter((d) => !asked(d))
      .map((d) => `${d.control} (optional) is left out: the principal does not hold it`),
  };
}

function ask(column: Column, action: string, scope: string): CallVerdict {
  const verdict = evaluator("azure", column.documentsAt(scope), { denies: column.deniesAt(scope) })({
    action,
    plane: "control",
    scope,
  });
  return verdict === "allowed" ? "allowed" : verdict === "denied" ? "refused" : "depends";
}

function whyOf(now: CallVerdict, then: CallVerdict, scope: string | undefined): string {
  if (then === "allowed") return "";
  if (scope === undefined) return "on the scope, which the record does not name";
  if (then === "depends") return "on a condition that the record does not decide (AZ9)";
  return now === "refused"
    ? "what is held today does not grant it either: it was granted otherwise, or the assignments were changed since"
    : "no documented role grants it there";
}

/** Every operation of today that a column names. */
function rowsOf(
  catalogue: readonly { readonly name: string; readonly isDataAction: boolean }[],
  live: Column,
  documented: Column,
  target: Column,
  scope: string,
): readonly ReviewRow[] {
  const reachIn = (column: Column) => {
    const here = evaluator("azure", column.documentsAt(scope), { denies: column.deniesAt(scope) });
    const anywhere = evaluator("azure", column.all);
    return (name: string, data: boolean): GrantReach => {
      const request = { action: name, plane: data ? ("data" as const) : ("control" as const), scope };
      const verdict = here(request);
      if (verdict === "allowed") return "all";
      if (verdict === "undecided") return "unknown";
      const elsewhere: Verdict = anywhere(request);
      return elsewhere === "allowed" ? "some" : elsewhere === "undecided" ? "unknown" : "none";
    };
  };
  const reach = { live: reachIn(live), documented: reachIn(documented), target: reachIn(target) };
  return catalogue.flatMap(({ name, isDataAction }): ReviewRow[] => {
    const columns = {
      live: reach.live(name, isDataAction),
      documented: reach.documented(name, isDataAction),
      target: reach.target(name, isDataAction),
    };
    if (columns.live === "none" && columns.documented === "none" && columns.target === "none") return [];
    const action = isDataAction ? `${name} (data)` : name;
    return [
      {
        action,
        service: name.split("/")[0] ?? "",
        ...columns,
        change: changeOf(columns.live, columns.target),
      },
    ];
  });
}

function changeOf(live: GrantReach, target: GrantReach): Change {
  if (live === "unknown" || target === "unknown") return "unknown";
  if (live === target) return live === "some" ? "unknown" : "stays";
  if (live === "none") return "appears";
  if (target === "none") return "goes";
  return live === "all" ? "narrows" : "appears";
}

/**
 * The documented roles as `az role definition create` takes them, each compared with what it was made from.
 * Source of the shape: Azure CLI, `az role definition create`.
 */
function roleFiles(
  documented: readonly Documented[],
  title: string,
  scope: string,
): { readonly documents: readonly TargetDocument[]; readonly problems: readonly string[] } {
  const documents: TargetDocument[] = [];
  const problems: string[] = [];
  for (const { control, document } of documented) {
    const name = document.roleName;
    const [only, second] = document.permissions;
    if (name === undefined || only === undefined || second !== undefined) {
      problems.push(
        `no document can be written for ${control}: a role file holds one name and one permission object`,
      );
      continue;
    }
    const own = only as Readonly<Record<string, unknown>>;
    const part = (key: string) => list(own[key]) ?? [];
    const role = {
      Name: name,
      IsCustom: true,
      Description: title,
      Actions: part("actions"),
      NotActions: part("notActions"),
      DataActions: part("dataActions"),
      NotDataActions: part("notDataActions"),
      AssignableScopes: [scope],
    };
    const text = `${JSON.stringify(role, null, 2)}\n`;
    const proof = comparePolicies("azure", [document], [JSON.parse(text)]);
    if (proof.missing.length + proof.excess.length + proof.undecided.length > 0) {
      problems.push(`no document can be written for ${control}: it is not proven to equal the target`);
      continue;
    }
    documents.push({
      file: `${control}.json`,
      text,
      size: text.length,
      limit: "role definition",
    });
  }
  return { documents, problems };
}
