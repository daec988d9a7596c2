import { type Packed, type PackedFinding, type PackedGroup, type PackedRow, refAt } from "./packed.ts";
import { type FindingView, STATUSES } from "./view.ts";

/** By what a list is narrowed: of each facet the chosen values, none for all; and words that each must be found. */
export interface Choice {
  readonly facets: Readonly<Partial<Record<Facet, readonly string[]>>>;
  readonly search: string;
  readonly sort: Sort;
}

export const FACETS = ["severity", "status", "state", "cloud", "target", "control"] as const;
export type Facet = (typeof FACETS)[number];

export const SORTS = ["worst", "control", "target", "resource", "size"] as const;
export type Sort = (typeof SORTS)[number];

const SEVERITY_ORDER = ["critical", "high", "medium", "low", "info"];

/**
 * The groups that have something of the choice, each with those of its differences that do, in order. Works on what is
 * packed: a text that 30,000 findings share is looked at once.
 */
export function chosen(packed: Packed, choice: Choice): readonly PackedGroup[] {
  const rowFits = fitting(packed, choice);
  const groups = packed.groups.flatMap((group): PackedGroup[] => {
    const [what, commands, path, ...rows] = group;
    const kept = rows.filter(rowFits);
    if (kept.length === rows.length) return [group];
    return kept.length === 0 ? [] : [[what, commands, path, ...kept]];
  });
  return sorted(groups, packed.texts, choice.sort);
}

/** How many differences have each value of a facet, by value. */
export function counts(packed: Packed, facet: Facet): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [, , , ...rows] of packed.groups) {
    for (const row of rows) {
      for (const value of new Set(findingsOf(row).map((finding) => textOf(finding, facet, packed.texts))))
        if (value !== "") found.set(value, (found.get(value) ?? 0) + 1);
    }
  }
  return new Map([...found].sort(([a], [b]) => rankIn(facet, a) - rankIn(facet, b) || order(a, b)));
}

/** Differences of groups. */
export function rowsIn(groups: readonly PackedGroup[]): number {
  return groups.reduce((sum, group) => sum + group.length - 3, 0);
}

function findingsOf([, , , ...findings]: PackedRow): readonly PackedFinding[] {
  return findings;
}

function fitting({ texts }: Packed, { facets, search }: Choice): (row: PackedRow) => boolean {
  const places = new Map(texts.map((text, place) => [text, place]));
  const wanted = FACETS.flatMap((facet) => {
    const values = facets[facet] ?? [];
    return values.length === 0
      ? []
      : [{ facet, refs: new Set(values.map((value) => places.get(value) ?? -1)) }];
  });
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const lower = words.length === 0 ? [] : texts.map((text) => text.toLowerCase());
  const found = words.map((word) => lower.map((text) => text.includes(word)));
  const has = (finding: PackedFinding) =>
    wanted.every(({ facet, refs }) => {
      const ref = refAt(finding, facet);
      return typeof ref === "number" && refs.has(ref);
    });
  return (row) => {
    const [what, proof] = row;
    return findingsOf(row).some(
      (finding) =>
        has(finding) &&
        found.every(
          (inText) =>
            what.some((ref) => inText[ref]) ||
            proof.some((ref) => inText[ref]) ||
            finding.some((refs) =>
              typeof refs === "number" ? inText[refs] : refs.some((ref) => inText[ref]),
            ),
        ),
    );
  };
}

function sorted(
  groups: readonly PackedGroup[],
  texts: readonly string[],
  sort: Sort,
): readonly PackedGroup[] {
  if (sort === "worst") return groups;
  if (sort === "size") return [...groups].sort((a, b) => b.length - a.length);
  const key = (group: PackedGroup): string => {
    const finding = group[3]?.[3];
    if (finding === undefined) return "";
    return textOf(finding, sort === "resource" ? "name" : sort, texts);
  };
  return groups
    .map((group) => ({ group, by: key(group) }))
    .sort((a, b) => order(a.by, b.by))
    .map(({ group }) => group);
}

function textOf(finding: PackedFinding, key: keyof FindingView, texts: readonly string[]): string {
  const ref = refAt(finding, key);
  return typeof ref === "number" ? (texts[ref] ?? "") : "";
}

function rankIn(facet: Facet, value: string): number {
  if (facet === "severity") return SEVERITY_ORDER.indexOf(value);
  if (facet === "status") return (STATUSES as readonly string[]).indexOf(value);
  return 0;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
