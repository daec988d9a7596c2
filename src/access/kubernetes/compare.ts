/** The comparison for Kubernetes, as src/access/provider.ts offers it. */
import type { CompareOptions, Comparison, VoidGrant } from "../policy.ts";
import { cellsOf, type GrantCells } from "./cells.ts";
import { interchangeable } from "./classes.ts";
import { CellSide } from "./difference.ts";
import { doubtsOf, onlyUnnamed, possibleGrants, type ReadSide } from "./doubts.ts";
import { type Grants, kubernetesGrants } from "./grants.ts";
import { linesOf, lineText, urlLinesOf, urlLineText } from "./notation.ts";
import { residuesOf } from "./residues.ts";
import type { RuleGrant } from "./rule.ts";
import { servedOf } from "./served.ts";
import { Words } from "./words.ts";

/**
 * The exact difference of two sets of Kubernetes documents; each side is the union of its documents.
 * @throws PolicyError when something given is no policy (K10)
 */
export function compareKubernetes(
  documented: readonly unknown[],
  live: readonly unknown[],
  options: CompareOptions,
): Comparison {
  const words = new Words();
  const served = servedOf(options.resources);
  const given = {
    documented: kubernetesGrants(documented, options.namespace),
    live: kubernetesGrants(live, options.namespace),
  };
  // what cannot be read stands for words in its own way: then every word is looked at
  const known = [given.documented, given.live].every(({ problems }) => problems.length === 0);
  const classes = known
    ? interchangeable([...given.documented.grants, ...given.live.grants], words, served !== undefined)
    : undefined;
  const spread = (grants: readonly RuleGrant[]) => cellsOf(grants, words, served, options.bound, classes);
  const read = (grants: Grants): ReadSide => {
    const cells = spread(grants.grants);
    return { ...grants, cells, side: new CellSide(cells) };
  };
  const sides = { documented: read(given.documented), live: read(given.live) };
  const world = { words, served, classes, plainNamespace: onlyUnnamed([sides.documented, sides.live]) };
  const run = (side: "missing" | "excess") => {
    const [own, other] = side === "missing" ? [sides.documented, sides.live] : [sides.live, sides.documented];
    const possible = possibleGrants(own, other);
    const atMost =
      possible.length === 0
        ? other.side
        : new CellSide(spread([...other.grants, ...possible.map((p) => p.grant)]));
    return {
      residues: residuesOf(own.side, atMost, world),
      doubts: doubtsOf(side, own, other, atMost, possible, world),
    };
  };
  const missing = run("missing");
  const excess = run("excess");
  const voids = [
    ...voidsOf("documented", [...sides.documented.cells.voids, ...unheldOf(sides.documented, words)], words),
    ...voidsOf("live", [...sides.live.cells.voids, ...unheldOf(sides.live, words)], words),
  ];
  const passedOver = { documented: sides.documented.passedOver, live: sides.live.passedOver };
  return {
    missing: missing.residues,
    excess: excess.residues,
    undecided: [...missing.doubts, ...excess.doubts],
    ...(voids.length === 0 ? {} : { void: voids }),
    ...(passedOver.documented + passedOver.live === 0 ? {} : { passedOver }),
  };
}

/** What bindings without subjects would grant (K12). */
function unheldOf({ unheld }: ReadSide, words: Words): GrantCells["voids"] {
  const cells = cellsOf(unheld, words, undefined);
  const why = "the binding that grants it names nobody";
  const dead = (grants: readonly RuleGrant[]) => {
    const [first] = grants;
    if (first === undefined) throw new RangeError("a cell that no document wrote");
    const { namespace, origin } = first;
    return { clause: "K12", why, origin, ...(namespace === undefined ? {} : { namespace }) };
  };
  return [
    ...cells.resources.map(({ at, grants }) => ({ at, ...dead(grants) })),
    ...cells.urls.map((url) => ({ url, ...dead(url.grants) })),
  ];
}

/** What of a side can never take effect, verbs over one resource on one line. */
function voidsOf(side: VoidGrant["side"], found: GrantCells["voids"], words: Words): readonly VoidGrant[] {
  const byReason = new Map<string, GrantCells["voids"]>();
  for (const dead of found) {
    const key = JSON.stringify([dead.clause, dead.why, dead.namespace]);
    byReason.set(key, [...(byReason.get(key) ?? []), dead]);
  }
  return [...byReason.values()]
    .flatMap((group) => {
      const cellsIn = group.filter((dead) => dead.at !== undefined);
      const urlsIn = group.filter((dead) => dead.url !== undefined);
      const lines = linesOf(
        cellsIn.flatMap((dead) => (dead.at === undefined ? [] : [dead.at])),
        words,
      );
      const urls = urlLinesOf(urlsIn.flatMap((dead) => (dead.url === undefined ? [] : [dead.url])));
      return [
        ...lines.map((line) => ({
          text: lineText(line, words, false),
          first: cellsIn[line.members[0] ?? 0],
        })),
        ...urls.map((line) => ({ text: urlLineText(line, words), first: urlsIn[line.members[0] ?? 0] })),
      ];
    })
    .flatMap(({ text, first }): readonly VoidGrant[] =>
      first === undefined
        ? []
        : [
            {
              side,
              pattern: text,
              ...(first.namespace === undefined ? {} : { namespace: first.namespace }),
              clause: first.clause,
              why: first.why,
              origin: first.origin,
            },
          ],
    )
    .sort((a, b) => (a.pattern < b.pattern ? -1 : a.pattern > b.pattern ? 1 : 0));
}
