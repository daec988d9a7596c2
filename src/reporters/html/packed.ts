import { createTextWriter, type TextTable, textOf } from "./text-table.ts";
import { FINDING_KEYS, type FindingView, type GroupView, type PathView, type RowView } from "./view.ts";

/** Groups as lists of numbers, each that of a text, so that what repeats is said once. */
export interface Packed extends TextTable {
  readonly groups: readonly PackedGroup[];
}

type Numbers = readonly number[];
/** By the places of `FINDING_KEYS`; what is empty at the end is left out. */
export type PackedFinding = readonly (number | Numbers)[];
export type PackedRow = readonly [
  what: Numbers,
  proof: Numbers,
  likewise: 0 | 1,
  ...findings: PackedFinding[],
];
export type PackedGroup = readonly [what: Numbers, commands: Numbers, path: PackedPath, ...rows: PackedRow[]];
type PackedPath =
  | readonly [subjects: Numbers, givers: Numbers, scopes: Numbers, operations: Numbers, lacks: 0 | 1]
  | 0;

export function pack(groups: readonly GroupView[]): Packed {
  const writer = createTextWriter();
  const all = (texts: readonly string[]): Numbers => texts.map(writer.number);
  const finding = (view: FindingView): PackedFinding => {
    const numbers = FINDING_KEYS.map((key): number | Numbers => {
      const value = view[key];
      if (typeof value === "string") return writer.number(value);
      return value.length === 0 ? 0 : all(value);
    });
    return numbers.slice(0, numbers.findLastIndex((number) => number !== 0) + 1);
  };
  const path = ({ subjects, givers, scopes, operations, lacks }: PathView): PackedPath =>
    operations.length === 0 ? 0 : [all(subjects), all(givers), all(scopes), all(operations), lacks ? 1 : 0];
  const packed = groups.map(
    (group): PackedGroup => [
      all(group.what),
      all(group.commands),
      path(group.path),
      ...group.rows.map(
        (row): PackedRow => [
          all(row.what),
          all(row.proof),
          row.likewise ? 1 : 0,
          ...row.findings.map(finding),
        ],
      ),
    ],
  );
  return { ...writer.table(), groups: packed };
}

const PLACES = new Map<keyof FindingView, number>(FINDING_KEYS.map((key, place) => [key, place]));

/** What stands at a key of a packed finding: the number of a text, 0 where there is none, or those of several. */
export function numberAt(finding: PackedFinding, key: keyof FindingView): number | Numbers {
  return finding[PLACES.get(key) ?? -1] ?? 0;
}

export function unpackGroup([what, commands, path, ...rows]: PackedGroup, table: TextTable): GroupView {
  const all = (numbers: Numbers) => numbers.map((number) => textOf(table, number));
  const [subjects = [], givers = [], scopes = [], operations = [], lacks = 0] = path === 0 ? [] : path;
  return {
    what: all(what),
    commands: all(commands),
    path: {
      subjects: all(subjects),
      givers: all(givers),
      scopes: all(scopes),
      operations: all(operations),
      lacks: lacks === 1,
    },
    rows: rows.map(
      ([said, proof, likewise, ...findings]): RowView => ({
        what: all(said),
        proof: all(proof),
        likewise: likewise === 1,
        findings: findings.map((finding) => unpackFinding(finding, table)),
      }),
    ),
  };
}

const LISTS = new Set<keyof FindingView>(["proofs", "commands"]);

function unpackFinding(packed: PackedFinding, table: TextTable): FindingView {
  const entries = FINDING_KEYS.map((key) => {
    const numbers = numberAt(packed, key);
    const texts = (typeof numbers === "number" ? (numbers === 0 ? [] : [numbers]) : numbers).map((number) =>
      textOf(table, number),
    );
    return [key, LISTS.has(key) ? texts : (texts[0] ?? "")] as const;
  });
  // one entry for each key of the view, each of the key's own kind
  return Object.fromEntries(entries) as unknown as FindingView;
}
