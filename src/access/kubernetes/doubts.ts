/** What could not be decided, in words: what a side may grant besides what it grants for sure (G5, K4, K6, K10). */
import type { Doubt, Origin } from "../policy.ts";
import { type At, cellsOf, DEFAULT_CELLS, type GrantCells, type UrlCell } from "./cells.ts";
import { CellSide, resourceRows, urlRows } from "./difference.ts";
import { type Grants, hull } from "./grants.ts";
import { linesOf, lineText, urlLinesOf, urlLineText } from "./notation.ts";
import { residueTexts, urlTexts, type World } from "./residues.ts";
import { type RuleGrant, UNNAMED_NAMESPACE } from "./rule.ts";

export interface ReadSide extends Grants {
  readonly cells: GrantCells;
  readonly side: CellSide;
}

/** Something that a side may grant. */
export interface Possible {
  readonly grant: RuleGrant;
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
  atMost: CellSide,
  possible: readonly Possible[],
  world: World,
): readonly Doubt[] {
  const blamed: { readonly part: Part; readonly blame: Omit<Possible, "grant"> }[] = [];
  if (possible.length > 0) {
    const perhaps = possible.map((one) => ({ one, side: sideOf([one.grant], world) }));
    const sure = new Set(differences(own.side, atMost, world).map((part) => part.key));
    for (const part of differences(own.side, other.side, world)) {
      const blame = sure.has(part.key) ? undefined : perhaps.find((p) => part.reaches(p.side))?.one;
      if (blame !== undefined) blamed.push({ part, blame });
    }
  }
  const unsure = [
    ...own.problems.map((problem) => ({ blame: problem, grant: problem.hull })),
    ...own.cells.beyond.map((grant) => ({ blame: PAST_BOUND, grant: hull(grant, grant.origin) })),
  ];
  for (const { blame, grant } of unsure) {
    for (const part of differences(sideOf([grant], world), other.side, world)) {
      if (!part.heldBy(own.side)) blamed.push({ part, blame });
    }
  }
  const byReason = new Map<string, { readonly parts: Part[]; readonly blame: Omit<Possible, "grant"> }>();
  for (const { part, blame } of blamed) {
    const key = [blame.clause, blame.reason, blame.decide].join("\u0000");
    const before = byReason.get(key);
    if (before === undefined) byReason.set(key, { parts: [part], blame });
    else before.parts.push(part);
  }
  return [...byReason.keys()].sort().flatMap((key) => {
    const { parts, blame } = byReason.get(key) ?? { parts: [], blame: PAST_BOUND };
    const { clause, reason, decide } = blame;
    return linesIn(parts, world).map(
      ({ pattern, origin }): Doubt => ({ side, pattern, clause, reason, decide, origin }),
    );
  });
}

/** Parts in words, joined as residues are (R3). */
function linesIn(
  parts: readonly Part[],
  { words, plainNamespace }: World,
): readonly { readonly pattern: string; readonly origin: Origin }[] {
  const resources = parts.flatMap((part) =>
    part.at === undefined ? [] : [{ at: part.at, origin: part.origin }],
  );
  const urls = parts.flatMap((part) =>
    part.url === undefined ? [] : [{ url: part.url, origin: part.origin }],
  );
  const lines = [
    ...linesOf(
      resources.map(({ at }) => at),
      words,
    ).map((line) => ({
      pattern: lineText(line, words, plainNamespace),
      from: resources[line.members[0] ?? 0],
    })),
    ...urlLinesOf(urls.map(({ url }) => url)).map((line) => ({
      pattern: urlLineText(line, words),
      from: urls[line.members[0] ?? 0],
    })),
  ];
  return lines
    .flatMap(({ pattern, from }) => (from === undefined ? [] : [{ pattern, origin: from.origin }]))
    .sort((a, b) => (a.pattern < b.pattern ? -1 : a.pattern > b.pattern ? 1 : 0));
}

function sideOf(grants: readonly RuleGrant[], { words, served, classes }: World): CellSide {
  return new CellSide(cellsOf(grants, words, served, DEFAULT_CELLS, classes));
}

interface Part {
  /** Equal for equal parts of the difference. */
  readonly key: string;
  readonly at?: At;
  readonly url?: UrlCell;
  readonly origin: Origin;
  readonly reaches: (side: CellSide) => boolean;
  readonly heldBy: (side: CellSide) => boolean;
}

/** The parts of the difference, one by one. */
function differences(x: CellSide, y: CellSide, world: World): readonly Part[] {
  const resources = resourceRows(x, y).map(
    ({ cell: { at, grants }, blockers }): Part => ({
      key: JSON.stringify([at, residueTexts(blockers, world)]),
      at,
      origin: originOf(grants),
      reaches: (side) => side.resources.reaching(at).length > 0,
      heldBy: (side) => side.resources.holds(at),
    }),
  );
  const urls = urlRows(x, y).map(
    ({ cell, blockers }): Part => ({
      key: JSON.stringify([cell.verb, cell.url, cell.prefix, urlTexts(blockers, world.words)]),
      url: cell,
      origin: originOf(cell.grants),
      reaches: (side) => side.urls.reaching(cell).length > 0,
      heldBy: (side) => side.urls.holds(cell),
    }),
  );
  return [...resources, ...urls];
}

function originOf(grants: readonly RuleGrant[]): Origin {
  const [first] = grants;
  if (first === undefined) throw new RangeError("a cell that no document wrote");
  return first.origin;
}
