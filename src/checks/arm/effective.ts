import { covers, starGlob } from "../../access/glob.ts";
import type { CompareOptions, Comparison, Doubt, Residue } from "../../access/policy.ts";
import { comparePolicies, evaluator } from "../../access/provider.ts";
import type { Assignment } from "./assignment.ts";
import { type Deny, holdsFor, reaches } from "./deny.ts";
import type { Documented } from "./documented.ts";
import { residueKey } from "./observe.ts";
import type { RoleDefinition, Roles } from "./role.ts";
import { lineage, normalScope, placesAt, relation, widestFirst } from "./scope.ts";

/**
 * What one principal can do, scope by scope (AZ6). Excess adds up over assignments, so each scope's own assignments are
 * judged there, against what is documented at it; what is inherited was judged where it was assigned. Missing is judged
 * against all that holds at a documented scope, from above as well.
 */

/** An assignment with the definition of its role. */
export interface Grant {
  readonly assignment: Assignment;
  readonly role: RoleDefinition;
  /** Native document for the comparison: the role's permissions under the assignment's condition. */
  readonly document: unknown;
}

/** The denies at a scope: those that hold for sure, and those that hold if a group has the principal in it. */
export interface DeniesAt {
  readonly sure: readonly Deny[];
  readonly open: readonly { readonly deny: Deny; readonly groups: readonly string[] }[];
}

/** A residue at a scope, with both sides, so that its witness can be replayed. */
export interface Row {
  readonly residue: Residue;
  readonly scope: string;
  /** The grant that the residue comes from; only for excess. */
  readonly grant?: Grant;
  /** Every assignment of that role at that scope, with any condition; only for excess. */
  readonly assignments?: readonly Assignment[];
  /** The documented entry that it comes from; only for missing. */
  readonly documented?: Documented;
  /** Denies that take a documented permission away; only for missing. */
  readonly denies: readonly Deny[];
  /** Names of the groups that would have to be looked into: then the row is not certain. */
  readonly open: readonly string[];
  /** How many further scopes have the same row. */
  further: number;
  readonly replay: () => { readonly documented: string; readonly live: string };
}

export interface Doubtful {
  readonly doubt: Doubt;
  readonly scope: string;
}

/** What a comparison needs: who, what is documented, what is held, what is denied. */
export interface State {
  readonly principal: string;
  readonly groups: ReadonlySet<string>;
  readonly audited: string;
  readonly documented: readonly Documented[];
  readonly grants: readonly Grant[];
  readonly denies: readonly Deny[];
  readonly options: CompareOptions;
}

/** Pairs assignments with their roles. `unread`: those whose role's permissions are not known. */
export function grantsOf(
  assignments: readonly Assignment[],
  roles: Roles,
): { readonly grants: readonly Grant[]; readonly unread: readonly Assignment[] } {
  const grants: Grant[] = [];
  const unread: Assignment[] = [];
  for (const assignment of assignments) {
    const role = roles.byGuid(assignment.role);
    if (role?.permissions === undefined) {
      unread.push(assignment);
      continue;
    }
    const document = {
      roleName: role.name,
      permissions: role.permissions,
      ...(assignment.condition === undefined ? {} : { condition: assignment.condition }),
      ...(assignment.conditionVersion === undefined ? {} : { conditionVersion: assignment.conditionVersion }),
    };
    grants.push({ assignment, role, document });
  }
  return { grants, unread };
}

/** The denies that reach a scope and hold for the principal, or may. */
export function deniesAt(scope: string, state: State): DeniesAt {
  const sure: Deny[] = [];
  const open: { deny: Deny; groups: readonly string[] }[] = [];
  for (const deny of state.denies) {
    if (!reaches(deny, scope)) continue;
    const held = holdsFor(deny, state.principal, state.groups);
    if (held.match === "yes") sure.push(deny);
    else if (held.match === "undecided") open.push({ deny, groups: held.groups });
  }
  return { sure, open };
}

type Side = "missing" | "excess";

/** Compares, and remembers: two thousand assignments of a handful of roles are a handful of comparisons. */
export function comparer(state: State) {
  const numbers = new Map<unknown, number>();
  const known = new Map<string, Comparison>();
  const number = (thing: unknown): number => {
    const found = numbers.get(thing) ?? numbers.size;
    numbers.set(thing, found);
    return found;
  };
  return (
    documented: readonly Documented[],
    grants: readonly Grant[],
    denies: readonly Deny[],
  ): Comparison => {
    const key = JSON.stringify([
      documented.map((d) => number(d)),
      grants.map((g) => [g.role.guid, g.assignment.condition ?? "", g.assignment.conditionVersion ?? ""]),
      denies.map((d) => number(d)),
    ]);
    const before = known.get(key);
    if (before !== undefined) return before;
    const options =
      denies.length === 0 ? state.options : { ...state.options, denies: denies.map((d) => d.document) };
    const result = comparePolicies(
      "azure",
      documented.map((d) => d.document),
      grants.map((g) => g.document),
      options,
    );
    known.set(key, result);
    return result;
  };
}

export type Compare = ReturnType<typeof comparer>;

/** One grant for each role and condition; the first, so that the order of the assignments decides nothing else. */
function distinct(grants: readonly Grant[]): readonly Grant[] {
  const seen = new Map<string, Grant>();
  for (const grant of grants) {
    const key = JSON.stringify([
      grant.role.guid,
      grant.assignment.condition ?? "",
      grant.assignment.conditionVersion ?? "",
    ]);
    if (!seen.has(key)) seen.set(key, grant);
  }
  return [...seen.values()].sort((a, b) =>
    a.role.guid < b.role.guid ? -1 : a.role.guid > b.role.guid ? 1 : 0,
  );
}

function scopesOf(scopes: readonly string[]): readonly string[] {
  const byKey = new Map<string, string>();
  for (const scope of [...scopes].sort()) {
    if (!byKey.has(normalScope(scope))) byKey.set(normalScope(scope), scope);
  }
  return [...byKey.values()].sort(widestFirst);
}

/** Is something documented at this scope (or at a part of it)? */
function reach(entry: Documented, scope: string): "here" | "below" | "no" {
  const where = entry.scopes.map((pattern) => relation(pattern, scope));
  if (where.includes("same") || where.includes("below")) return "here";
  return where.includes("above") ? "below" : "no";
}

/** Rows of a comparison that are sure, and rows that hold only if the open denies turn out one way. */
function settle(
  side: Side,
  compare: (denies: readonly Deny[]) => Comparison,
  denies: DeniesAt,
): readonly {
  readonly residue: Residue;
  readonly denies: readonly Deny[];
  readonly open: readonly string[];
}[] {
  const without = compare(denies.sure)[side].map((residue) => ({ residue, denies: denies.sure, open: [] }));
  if (denies.open.length === 0) return without;
  const all = [...denies.sure, ...denies.open.map((o) => o.deny)];
  const groups = [...new Set(denies.open.flatMap((o) => o.groups))].sort();
  const withAll = compare(all)[side].map((residue) => ({
    residue,
    denies: all,
    open: [] as readonly string[],
  }));
  // A deny can only add to what is missing and only take from what is in excess.
  const [sure, most] = side === "missing" ? [without, withAll] : [withAll, without];
  const certain = new Set(sure.map((r) => residueKey(r.residue)));
  return [
    ...sure,
    ...most.filter((r) => !certain.has(residueKey(r.residue))).map((r) => ({ ...r, open: groups })),
  ];
}

/**
 * Keeps one row for each residue at the widest scope that has it, certain before uncertain. What differs at two scopes
 * of which none contains the other is two rows: who accepts one has not accepted the other.
 */
class Rows {
  private readonly sure = new Map<string, Map<string, Row>>();
  private readonly open = new Map<string, Map<string, Row>>();

  add(row: Row): void {
    const kind = row.open.length > 0 ? this.open : this.sure;
    const key = residueKey(row.residue);
    const rows = kind.get(key) ?? new Map<string, Row>();
    kind.set(key, rows);
    const before = covering(rows, row);
    if (before !== undefined) {
      before.further += 1;
      return;
    }
    for (const place of placesAt(placeOf(row))) if (!rows.has(place)) rows.set(place, row);
  }

  all(): readonly Row[] {
    const sure = [...this.sure.values()].flatMap((rows) => [...new Set(rows.values())]);
    const open = [...this.open].flatMap(([key, rows]) =>
      [...new Set(rows.values())].filter((row) => covering(this.sure.get(key), row) === undefined),
    );
    return [...sure, ...open];
  }
}

/** Where a row's residue is in excess by its assignment, or is missing. */
function placeOf(row: Row): string {
  return row.grant?.assignment.scope ?? row.scope;
}

/** The row of the same residue that tells this one: at its scope or above it. */
function covering(rows: ReadonlyMap<string, Row> | undefined, row: Row): Row | undefined {
  const place = lineage(placeOf(row)).find((at) => rows?.has(at) === true);
  return place === undefined ? undefined : rows?.get(place);
}

/** What the principal holds at each scope beyond what is documented there, and the grants that reach too far. */
export function excessOf(
  state: State,
  compare: Compare,
): { readonly rows: readonly Row[]; readonly wider: readonly Grant[]; readonly doubts: readonly Doubtful[] } {
  const rows = new Rows();
  const wider: Grant[] = [];
  const doubts: Doubtful[] = [];
  const byScope = grantsByScope(state.grants);
  for (const scope of scopesOf(state.grants.map((g) => g.assignment.scope))) {
    const all = byScope.get(normalScope(scope)) ?? [];
    const own = distinct(all);
    const here = state.documented.filter((d) => reach(d, scope) === "here");
    const below = state.documented.filter((d) => reach(d, scope) === "below");
    const either = [...here, ...below];
    const exact = deniesAt(scope, state);
    const lasting = inherited(exact);
    const compared = once((d) => compare(either, own, d));
    const there = new Set(settle("excess", compared, exact).map((r) => residueKey(r.residue)));
    for (const found of settle("excess", compared, lasting)) {
      const grant = own[found.residue.origin.document];
      rows.add({
        residue: found.residue,
        scope: there.has(residueKey(found.residue)) ? scope : `${scope.replace(/\/$/, "")}/*`,
        ...(grant === undefined ? {} : { grant, assignments: sameRole(grant, all) }),
        denies: [],
        open: found.open,
        further: 0,
        replay: () => replay(found.residue, either, own, found.denies),
      });
    }
    doubts.push(...doubtsOf("excess", scope, compared, lasting));
    if (below.length > 0) {
      wider.push(...all.filter((grant) => reachesTooFar(grant, here, either, compare, lasting.sure)));
    }
  }
  return { rows: rows.all(), wider, doubts };
}

/**
 * Is what a grant gives documented for a part of its scope only? That is not in the excess above. A role that is no
 * documented one, and whose excess spans all of that (`*`), is told by its excess alone.
 */
function reachesTooFar(
  grant: Grant,
  here: readonly Documented[],
  either: readonly Documented[],
  compare: Compare,
  denies: readonly Deny[],
): boolean {
  const loose = beyond(compare(either, [grant], denies));
  const told = new Set(loose.map((l) => l.key));
  const untold = beyond(compare(here, [grant], denies)).filter((s) => !told.has(s.key));
  if (either.some((entry) => entry.roles.has(grant.role.guid))) return untold.length > 0;
  return untold.some((s) => !loose.some((l) => l.plane === s.plane && patternCovers(l.pattern, s.pattern)));
}

/** Does a pattern hold all that another one does? */
function patternCovers(wide: string, narrow: string): boolean {
  return covers(starGlob(wide.toLowerCase()), starGlob(narrow.toLowerCase()));
}

/** Assignments that give the same role: each of them would keep the excess alive. */
function sameRole(grant: Grant, all: readonly Grant[]): readonly Assignment[] {
  return all.filter((g) => g.role.guid === grant.role.guid).map((g) => g.assignment);
}

/** The denies that hold below the scope too: one that does not apply to child scopes leaves them open. */
function inherited(denies: DeniesAt): DeniesAt {
  if (![...denies.sure, ...denies.open.map((o) => o.deny)].some((d) => d.notBelow)) return denies;
  return {
    sure: denies.sure.filter((d) => !d.notBelow),
    open: denies.open.filter((o) => !o.deny.notBelow),
  };
}

function grantsByScope(grants: readonly Grant[]): ReadonlyMap<string, readonly Grant[]> {
  const byScope = new Map<string, Grant[]>();
  for (const grant of grants) {
    const at = normalScope(grant.assignment.scope);
    const before = byScope.get(at);
    if (before === undefined) byScope.set(at, [grant]);
    else before.push(grant);
  }
  return byScope;
}

/** What could not be decided, with the open denies and without. */
function doubtsOf(
  side: Side,
  scope: string,
  compare: (denies: readonly Deny[]) => Comparison,
  denies: DeniesAt,
): readonly Doubtful[] {
  const found = [...compare(denies.sure).undecided];
  if (denies.open.length > 0) {
    const known = new Set(found.map((d) => JSON.stringify(d)));
    const all = compare([...denies.sure, ...denies.open.map((o) => o.deny)]).undecided;
    found.push(...all.filter((d) => !known.has(JSON.stringify(d))));
  }
  return found.filter((doubt) => doubt.side === side).map((doubt) => ({ doubt, scope }));
}

interface Beyond {
  readonly key: string;
  readonly plane: string;
  readonly pattern: string;
}

/** What is in excess, or may be, told apart from other differences. */
function beyond(comparison: Comparison): readonly Beyond[] {
  const sure = comparison.excess.map((r) => ({
    key: residueKey(r),
    plane: r.plane ?? "control",
    pattern: r.pattern,
  }));
  const open = comparison.undecided
    .filter((d) => d.side === "excess")
    .map(({ plane = "control", pattern }) => ({ key: `${plane}:${pattern}`, plane, pattern }));
  return [...sure, ...open];
}

function replay(
  residue: Residue,
  documented: readonly Documented[],
  live: readonly Grant[],
  denies: readonly Deny[],
) {
  return {
    documented: judge(documented, NO_DENIES)(residue.witness),
    live: judge(live, denies)(residue.witness),
  };
}

type Judge = ReturnType<typeof evaluator>;

const NO_DENIES: readonly Deny[] = [];
const judges = new WeakMap<readonly object[], WeakMap<readonly Deny[], Judge>>();

/** The evaluator of one side at one scope: thousands of residues are replayed against the same documents. */
function judge(side: readonly { readonly document: unknown }[], denies: readonly Deny[]): Judge {
  const known = judges.get(side) ?? new WeakMap<readonly Deny[], Judge>();
  judges.set(side, known);
  const before = known.get(denies);
  if (before !== undefined) return before;
  const made = evaluator(
    "azure",
    side.map((s) => s.document),
    { denies: denies.map((d) => d.document) },
  );
  known.set(denies, made);
  return made;
}

/** A comparison against denies, made once for each list of them. */
function once(compare: (denies: readonly Deny[]) => Comparison): (denies: readonly Deny[]) => Comparison {
  const known = new WeakMap<readonly Deny[], Comparison>();
  return (denies) => {
    const made = known.get(denies) ?? compare(denies);
    known.set(denies, made);
    return made;
  };
}

/** The scopes at which a documented entry must be held. */
function dueAt(entry: Documented, state: State): readonly string[] {
  const own = state.grants.filter((g) => entry.roles.has(g.role.guid)).map((g) => g.assignment.scope);
  if (entry.anywhere) {
    // Nothing was declared: where the role sits, unless it sits at or above the subscription.
    const reached = own.some((s) => ["same", "above"].includes(relation(state.audited, s)));
    return own.length === 0 || reached ? [state.audited] : scopesOf(own);
  }
  const concrete = entry.scopes[0];
  if (concrete !== undefined && !concrete.includes("*")) return [concrete];
  const matching = own.filter((s) =>
    entry.scopes.some((pattern) => ["same", "above"].includes(relation(pattern, s))),
  );
  return matching.length === 0 ? [state.audited] : scopesOf(matching);
}

/** Everything that holds at a scope: assigned there or above. */
function holdsAt(scope: string, state: State): readonly Grant[] {
  return distinct(
    state.grants.filter((g) => ["same", "above"].includes(relation(scope, g.assignment.scope))),
  );
}

/** What is documented as required and not held, at the documented scopes and wherever a deny sits in them. */
export function missingOf(
  state: State,
  compare: Compare,
): { readonly rows: readonly Row[]; readonly doubts: readonly Doubtful[] } {
  const due = new Map<string, { readonly scope: string; readonly entries: Documented[] }>();
  const require = (scope: string, entry: Documented) => {
    const at = due.get(normalScope(scope)) ?? { scope, entries: [] };
    if (!at.entries.includes(entry)) at.entries.push(entry);
    due.set(normalScope(scope), at);
  };
  for (const entry of state.documented.filter((d) => d.required)) {
    for (const scope of dueAt(entry, state)) {
      require(scope, entry);
      for (const deny of state.denies) {
        if (relation(scope, deny.scope) !== "below") continue;
        if (holdsFor(deny, state.principal, state.groups).match !== "no") require(deny.scope, entry);
      }
    }
  }
  const rows = new Rows();
  const doubts: Doubtful[] = [];
  for (const { scope, entries } of [...due.values()].sort((a, b) => widestFirst(a.scope, b.scope))) {
    const held = holdsAt(scope, state);
    const denies = deniesAt(scope, state);
    const compared = once((d) => compare(entries, held, d));
    for (const { residue, denies: denied, open } of settle("missing", compared, denies)) {
      const entry = entries[residue.origin.document];
      const granted = judge(held, NO_DENIES)(residue.witness) === "allowed";
      rows.add({
        residue,
        scope,
        ...(entry === undefined ? {} : { documented: entry }),
        denies: granted ? takers(residue, held, denied) : [],
        open,
        further: 0,
        replay: () => replay(residue, entries, held, denied),
      });
    }
    doubts.push(...doubtsOf("missing", scope, compared, denies));
  }
  return { rows: rows.all(), doubts };
}

/** The denies that take the witness away, each by itself. */
function takers(residue: Residue, held: readonly Grant[], denies: readonly Deny[]): readonly Deny[] {
  return denies.filter((d) => judge(held, [d])(residue.witness) === "denied");
}
