import type { OpenPath } from "../../access/escalation/open.ts";
import { covers, starGlob } from "../../access/glob.ts";
import type { Comparison, Residue, Witness } from "../../access/policy.ts";
import { grantors } from "../../access/provider.ts";
import { type Deny, holdsFor } from "./deny.ts";
import type { Documented } from "./documented.ts";
import {
  type AssignmentGrant,
  type Compare,
  type DeniesAt,
  type Doubtful,
  deniesAt,
  holdingDoubts,
  judgeHoldings,
  NO_DENIES,
  once,
  replay,
  type State,
  settle,
} from "./holdings.ts";
import { residueKey } from "./permissions.ts";
import { Rows, type ScopedResidue } from "./rows.ts";
import { lineage, normalScope, placesAt, relation, widestFirst } from "./scope.ts";
import { wayFinder } from "./ways.ts";

/**
 * What one principal can do, scope by scope (AZ6). Excess adds up over assignments, so each scope's own assignments are
 * judged there, against what is documented at it; what is inherited was judged where it was assigned. Missing is judged
 * against all that holds at a documented scope, from above as well.
 */

/** One grant for each role and condition; the first, so that the order of the assignments decides nothing else. */
function distinct(grants: readonly AssignmentGrant[]): readonly AssignmentGrant[] {
  const seen = new Map<string, AssignmentGrant>();
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

/** What the principal holds at each scope beyond what is documented there, and the grants that reach too far. */
export function excessOf(
  state: State,
  compare: Compare,
): {
  readonly rows: readonly ScopedResidue[];
  readonly wider: readonly AssignmentGrant[];
  readonly doubts: readonly Doubtful[];
  /** Paths of which it is not known whether they are open there. */
  readonly unclear: readonly { readonly scope: string; readonly paths: readonly OpenPath[] }[];
} {
  const rows = new Rows();
  const wider: AssignmentGrant[] = [];
  const doubts: Doubtful[] = [];
  const unclear: { scope: string; paths: readonly OpenPath[] }[] = [];
  const byScope = grantsByScope(state.grants);
  const byPlace = grantsByPlace(state.grants);
  const openedAt = wayFinder(state);
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
    const settled = settle("excess", compared, lasting);
    const above = heldAbove(scope, byPlace);
    const sure = settled.filter(({ open }) => open.length === 0).map(({ residue }) => residue);
    const hazy = holdingDoubts("excess", scope, compared, lasting);
    const opened =
      sure.length + hazy.length === 0
        ? undefined
        : openedAt(
            {
              scope,
              grants: [...above, ...own],
              inherited: above,
              documented: either,
              denies: [...lasting.sure, ...lasting.open.map(({ deny }) => deny)],
            },
            sure,
          );
    let read: ReturnType<typeof grantors> | undefined;
    const granting = (witness: Witness) => {
      read ??= grantors(
        "azure",
        all.map(({ document }) => document),
      );
      return read(witness);
    };
    if (opened !== undefined && opened.unclear.length > 0) unclear.push({ scope, paths: opened.unclear });
    for (const found of settled) {
      const grant = own[found.residue.origin.document];
      const opens = opened?.byPart.get(found.residue);
      rows.add({
        residue: found.residue,
        scope: there.has(residueKey(found.residue)) ? scope : `${scope.replace(/\/$/, "")}/*`,
        ...(grant === undefined ? {} : { grant, givers: giversOf(found.residue, grant, all, granting) }),
        denies: [],
        open: found.open,
        ...(opens === undefined ? {} : { opens }),
        further: 0,
        replay: () => replay(found.residue, either, own, found.denies),
      });
    }
    doubts.push(...hazy);
    if (below.length > 0) {
      wider.push(...all.filter((grant) => reachesTooFar(grant, here, either, compare, lasting.sure)));
    }
  }
  return { rows: rows.all(), wider, doubts, unclear };
}

/**
 * Is what a grant gives documented for a part of its scope only? That is not in the excess above. A role that is no
 * documented one, and whose excess spans all of that (`*`), is told by its excess alone.
 */
function reachesTooFar(
  grant: AssignmentGrant,
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

/** Assignments that give the same: each of them would keep the excess alive. Those of the role that it is told of first. */
function giversOf(
  { witness }: Residue,
  { role }: AssignmentGrant,
  all: readonly AssignmentGrant[],
  granting: ReturnType<typeof grantors>,
): readonly AssignmentGrant[] {
  const giving = new Set(granting(witness).map(({ document }) => document));
  const isSame = (g: AssignmentGrant) => g.role.guid === role.guid;
  return [...all.filter(isSame), ...all.filter((g, i) => !isSame(g) && giving.has(i))];
}

/** The denies that hold below the scope too: one that does not apply to child scopes leaves them open. */
function inherited(denies: DeniesAt): DeniesAt {
  if (![...denies.sure, ...denies.open.map((o) => o.deny)].some((d) => d.notBelow)) return denies;
  return {
    sure: denies.sure.filter((d) => !d.notBelow),
    open: denies.open.filter((o) => !o.deny.notBelow),
  };
}

function grantsByScope(grants: readonly AssignmentGrant[]): ReadonlyMap<string, readonly AssignmentGrant[]> {
  const byScope = new Map<string, AssignmentGrant[]>();
  for (const grant of grants) {
    const at = normalScope(grant.assignment.scope);
    const before = byScope.get(at);
    if (before === undefined) byScope.set(at, [grant]);
    else before.push(grant);
  }
  return byScope;
}

/** By the keys that lineages have. */
function grantsByPlace(grants: readonly AssignmentGrant[]): ReadonlyMap<string, readonly AssignmentGrant[]> {
  const byPlace = new Map<string, AssignmentGrant[]>();
  for (const grant of grants) {
    for (const place of placesAt(grant.assignment.scope)) {
      const before = byPlace.get(place);
      if (before === undefined) byPlace.set(place, [grant]);
      else before.push(grant);
    }
  }
  return byPlace;
}

/** What is held at a scope by assignments above it. */
function heldAbove(
  scope: string,
  byPlace: ReadonlyMap<string, readonly AssignmentGrant[]>,
): readonly AssignmentGrant[] {
  return lineage(scope)
    .slice(0, -1)
    .flatMap((place) => byPlace.get(place) ?? []);
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
function holdsAt(scope: string, state: State): readonly AssignmentGrant[] {
  return distinct(
    state.grants.filter((g) => ["same", "above"].includes(relation(scope, g.assignment.scope))),
  );
}

/** What is documented as required and not held, at the documented scopes and wherever a deny sits in them. */
export function missingOf(
  state: State,
  compare: Compare,
): { readonly rows: readonly ScopedResidue[]; readonly doubts: readonly Doubtful[] } {
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
        if (holdsFor(deny, state.principal, state.groups, state.allGroups).match !== "no")
          require(deny.scope, entry);
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
      const granted = judgeHoldings(held, NO_DENIES)(residue.witness) === "allowed";
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
    doubts.push(...holdingDoubts("missing", scope, compared, denies));
  }
  return { rows: rows.all(), doubts };
}

/** The denies that take the witness away, each by itself. */
function takers(
  residue: Residue,
  held: readonly AssignmentGrant[],
  denies: readonly Deny[],
): readonly Deny[] {
  return denies.filter((d) => judgeHoldings(held, [d])(residue.witness) === "denied");
}
