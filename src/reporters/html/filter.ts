import { numberAt, type Packed, type PackedFinding, type PackedGroup, type PackedRow } from "./packed.ts";
import { type TextTable, textOf } from "./text-table.ts";
import { STATUSES } from "./view.ts";

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

export interface Filter {
  /**
   * The groups that have something of the choice, each with those of its differences that do, in order. Works on what is
   * packed: a text that 30,000 findings share is looked at once.
   */
  readonly chosen: (choice: Choice) => readonly PackedGroup[];
  /** How many differences have each value of a facet, by value. */
  readonly counts: (facet: Facet) => ReadonlyMap<string, number>;
}

export function createFilter(packed: Packed): Filter {
  const values = new Map(FACETS.map((facet) => [facet, valuesOf(packed, facet)]));
  let lower: readonly string[] | undefined;
  const lowerTexts = () => {
    lower ??= packed.texts.map((_, number) => textOf(packed, number).toLowerCase());
    return lower;
  };
  return {
    chosen: (choice) => {
      const fits = fitting(choice, values, lowerTexts);
      const groups = packed.groups.flatMap((group): PackedGroup[] => {
        const [what, commands, path, ...rows] = group;
        const kept = rows.filter(fits);
        if (kept.length === rows.length) return [group];
        return kept.length === 0 ? [] : [[what, commands, path, ...kept]];
      });
      return sorted(groups, packed, choice.sort);
    },
    counts: (facet) =>
      new Map([...(values.get(facet) ?? [])].map(([value, { count }]) => [value, count] as const)),
  };
}

/** Findings of groups, those that are the same under several controls once. */
export function rowsIn(groups: readonly PackedGroup[]): number {
  return groups.reduce((sum, [, , , ...rows]) => sum + rows.length, 0);
}

/** The number of each value's text, and how many differences have it. */
type Values = ReadonlyMap<string, { readonly number: number; readonly count: number }>;

function valuesOf(packed: Packed, facet: Facet): Values {
  const found = new Map<number, number>();
  for (const [, , , ...rows] of packed.groups) {
    for (const [, , , ...findings] of rows) {
      for (const number of new Set(findings.map((finding) => numberAt(finding, facet))))
        if (typeof number === "number" && number !== 0) found.set(number, (found.get(number) ?? 0) + 1);
    }
  }
  const values = [...found].map(([number, count]) => [textOf(packed, number), { number, count }] as const);
  return new Map(values.sort(([a], [b]) => rankIn(facet, a) - rankIn(facet, b) || order(a, b)));
}

function fitting(
  { facets, search }: Choice,
  values: ReadonlyMap<Facet, Values>,
  lowerTexts: () => readonly string[],
): (row: PackedRow) => boolean {
  const wanted = FACETS.flatMap((facet) => {
    const chosen = facets[facet] ?? [];
    const numbers = new Set(chosen.map((value) => values.get(facet)?.get(value)?.number ?? -1));
    return chosen.length === 0 ? [] : [{ facet, numbers }];
  });
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  // of each word, the texts that have it
  const found = words.map((word) => lowerTexts().map((text) => text.includes(word)));
  const has = (finding: PackedFinding) =>
    wanted.every(({ facet, numbers }) => {
      const number = numberAt(finding, facet);
      return typeof number === "number" && numbers.has(number);
    });
  return ([what, proof, , ...findings]) =>
    findings.some(
      (finding) =>
        has(finding) &&
        found.every((inText) =>
          [what, proof, ...finding].some((numbers) =>
            typeof numbers === "number" ? inText[numbers] : numbers.some((number) => inText[number]),
          ),
        ),
    );
}

function sorted(groups: readonly PackedGroup[], table: TextTable, sort: Sort): readonly PackedGroup[] {
  if (sort === "worst") return groups;
  if (sort === "size") return [...groups].sort((a, b) => b.length - a.length);
  const key = ([, , , row]: PackedGroup): string => {
    const finding = row?.[3];
    const number = finding === undefined ? 0 : numberAt(finding, sort === "resource" ? "name" : sort);
    return typeof number === "number" ? textOf(table, number) : "";
  };
  return groups
    .map((group) => ({ group, by: key(group) }))
    .sort((a, b) => order(a.by, b.by))
    .map(({ group }) => group);
}

function rankIn(facet: Facet, value: string): number {
  if (facet === "severity") return SEVERITY_ORDER.indexOf(value);
  if (facet === "status") return (STATUSES as readonly string[]).indexOf(value);
  return 0;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
