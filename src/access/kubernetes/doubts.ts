/** What could not be decided, in words: what a side may grant besides what it grants for sure (G5, K4, K6, K10). */
import type { Doubt, Origin } from "../policy.ts";
import { type Cells, cellsOf } from "./cells.ts";
import { resourceRows, Side, urlRows } from "./difference.ts";
import { type Grant, UNNAMED_NAMESPACE } from "./grant.ts";
import { type Grants, hull } from "./grants.ts";
import { texts, urlTexts, type World } from "./residues.ts";

export interface ReadSide extends Grants {
  readonly cells: Cells;
  readonly side: Side;
}

/** Something that a side may grant. */
export interface Possible {
  readonly grant: Grant;
  readonly clause: string;
  readonly reason: string;
  readonly decide: string;
}

/** What `other` may grant besides what it grants for sure, as far as it matters to `own`. */
export function possibleGrants(own: ReadSide, other: ReadSide): readonly Possible[] {
  const possible: Possible[] = other.problems.map(({ hull: grant, clause, reason, decide }) => ({
    grant,
    clause,
    reason,
    decide,
  }));
  for (const grant of other.cells.beyond) possible.push({ grant: hull(grant, grant.origin), ...PAST_BOUND });
  const mine = namespacesOf(own);
  const theirs = [...other.grants, ...possible.map((p) => p.grant)];
  for (const grant of theirs) {
    if (grant.namespace === undefined) continue;
    // a role whose namespace is not said may stand in any that the other side says, and the other way round
    const elsewhere =
      grant.namespace === UNNAMED_NAMESPACE
        ? mine.filter((namespace) => namespace !== UNNAMED_NAMESPACE)
        : mine.filter((namespace) => namespace === UNNAMED_NAMESPACE);
    for (const namespace of elsewhere) possible.push({ grant: { ...grant, namespace }, ...NOT_SAID });
  }
  return possible;
}

const PAST_BOUND = {
  clause: "G5",
  reason: "the comparison passed its bound on the combinations of one rule",
  decide: "raise the bound, or write the rule as several shorter ones",
} as const;

const NOT_SAID = {
  clause: "K4",
  reason: "a role on one side does not say in which namespace it stands",
  decide: "name the namespace (options.namespace, on the command line --namespace)",
} as const;

function namespacesOf(side: ReadSide): readonly string[] {
  const grants = [...side.grants, ...side.problems.map((problem) => problem.hull)];
  return [...new Set(grants.flatMap((grant) => grant.namespace ?? []))];
}

/** No rule on any side names a namespace, and none is cluster-wide: there is one place only. */
export function onlyUnnamed(sides: readonly ReadSide[]): boolean {
  return sides.every((side) =>
    [...side.grants, ...side.problems.map((problem) => problem.hull)].every(
      (grant) => grant.namespace === UNNAMED_NAMESPACE,
    ),
  );
}

/**
 * The doubts of one direction: what of `own` is missing from what `other` grants for sure, and may be granted; and
 * what `own` may grant beyond `other`.
 * @param atMost all that `other` may grant
 */
export function doubtsOf(
  side: "missing" | "excess",
  own: ReadSide,
  other: ReadSide,
  atMost: Side,
  possible: readonly Possible[],
  world: World,
): readonly Doubt[] {
  const doubts: Doubt[] = [];
  const put = (pattern: string, blame: Omit<Possible, "grant">, origin: Origin): void => {
    const { clause, reason, decide } = blame;
    doubts.push({ side, pattern, clause, reason, decide, origin });
  };
  if (possible.length > 0) {
    const perhaps = possible.map((one) => ({ one, side: sideOf([one.grant], world) }));
    const sure = new Set(differences(own.side, atMost, world).map((d) => d.key));
    for (const { key, pattern, origin, reaches } of differences(own.side, other.side, world)) {
      if (sure.has(key)) continue;
      const blame = perhaps.find((p) => reaches(p.side))?.one;
      if (blame !== undefined) put(pattern, blame, origin);
    }
  }
  for (const problem of own.problems) {
    const unsure = sideOf([problem.hull], world);
    for (const { pattern, origin, heldBy } of differences(unsure, other.side, world)) {
      if (!heldBy(own.side)) put(pattern, problem, origin);
    }
  }
  for (const grant of own.cells.beyond) {
    const whole = sideOf([hull(grant, grant.origin)], world);
    for (const { pattern, origin, heldBy } of differences(whole, other.side, world)) {
      if (!heldBy(own.side)) put(pattern, PAST_BOUND, origin);
    }
  }
  const keyed = doubts.map((d): [string, Doubt] => [[d.clause, d.pattern, d.reason].join("\u0000"), d]);
  // of equal ones the first
  const unique = [...new Map(keyed.reverse())];
  return unique.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, doubt]) => doubt);
}

function sideOf(grants: readonly Grant[], { words, served }: World): Side {
  return new Side(cellsOf(grants, words, served));
}

interface Part {
  /** Equal for equal parts of the difference. */
  readonly key: string;
  readonly pattern: string;
  readonly origin: Origin;
  readonly reaches: (side: Side) => boolean;
  readonly heldBy: (side: Side) => boolean;
}

/** The parts of the difference, one by one. */
function differences(x: Side, y: Side, world: World): readonly Part[] {
  const { words } = world;
  const resources = resourceRows(x, y).map(({ cell, blockers }): Part => {
    const [pattern = ""] = texts([cell.at], world);
    return {
      key: JSON.stringify([pattern, texts(blockers, world)]),
      pattern,
      origin: originOf(cell.grants),
      reaches: (side) => side.resources.reaching(cell.at).length > 0,
      heldBy: (side) => side.resources.holds(cell.at),
    };
  });
  const urls = urlRows(x, y).map(({ cell, blockers }): Part => {
    const [pattern = ""] = urlTexts([cell], words);
    return {
      key: JSON.stringify([pattern, urlTexts(blockers, words)]),
      pattern,
      origin: originOf(cell.grants),
      reaches: (side) => side.urls.reaching(cell).length > 0,
      heldBy: (side) => side.urls.holds(cell),
    };
  });
  return [...resources, ...urls];
}

function originOf(grants: readonly Grant[]): Origin {
  const [first] = grants;
  if (first === undefined) throw new RangeError("a cell that no document wrote");
  return first.origin;
}
