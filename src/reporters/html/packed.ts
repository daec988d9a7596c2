import { FINDING_KEYS, type FindingView, type GroupView, type PathView, type RowView } from "./view.ts";

/**
 * Groups as lists of numbers, each the place of a text in one list of all texts, so that what repeats is said once. In a
 * text that names its finding's resource, signs stand for the name and the id: of 30,000 findings that say the same of
 * different things, one sentence is left.
 */
export interface Packed {
  readonly texts: readonly string[];
  readonly groups: readonly PackedGroup[];
}

type Ref = number;
type Refs = readonly Ref[];
/** By the places of `FINDING_KEYS`; what is empty at the end is left out. */
export type PackedFinding = readonly (Ref | Refs)[];
export type PackedRow = readonly [what: Refs, proof: Refs, likewise: 0 | 1, ...findings: PackedFinding[]];
export type PackedGroup = readonly [what: Refs, commands: Refs, path: PackedPath, ...rows: PackedRow[]];
type PackedPath = readonly [subjects: Refs, givers: Refs, scopes: Refs, operations: Refs, lacks: 0 | 1] | 0;

/** No text that is safe to show has these. */
const ID = "\u0001";
const NAME = "\u0002";
/** A shorter name says too little to be looked for in other texts. */
const SHORTEST = 4;

/** The names by which the texts of a finding are told. */
type Named = Pick<FindingView, "id" | "name">;

export function pack(groups: readonly GroupView[]): Packed {
  const places = new Map<string, number>([["", 0]]);
  const refer = (text: string, { id, name }: Named): Ref => {
    const whole = id.length < SHORTEST ? text : text.replaceAll(id, ID);
    const told = name.length < SHORTEST ? whole : whole.replaceAll(name, NAME);
    const known = places.get(told);
    if (known !== undefined) return known;
    places.set(told, places.size);
    return places.size - 1;
  };
  const all = (texts: readonly string[], of: Named): Refs => texts.map((text) => refer(text, of));
  const finding = (view: FindingView): PackedFinding => {
    const refs = FINDING_KEYS.map((key): Ref | Refs => {
      const value = view[key];
      if (typeof value !== "string") return value.length === 0 ? 0 : all(value, view);
      if (key === "name") return refer(value, { id: "", name: "" });
      return refer(value, key === "id" ? { id: "", name: view.name } : view);
    });
    return refs.slice(0, refs.findLastIndex((ref) => ref !== 0) + 1);
  };
  const row = (view: RowView): PackedRow => {
    const of = namesOf(view);
    return [all(view.what, of), all(view.proof, of), view.likewise ? 1 : 0, ...view.findings.map(finding)];
  };
  const path = ({ subjects, givers, scopes, operations, lacks }: PathView, of: Named): PackedPath =>
    operations.length === 0
      ? 0
      : [all(subjects, of), all(givers, of), all(scopes, of), all(operations, of), lacks ? 1 : 0];
  const packed = groups.map((group): PackedGroup => {
    const of = namesOf(group.rows[0]);
    return [all(group.what, of), all(group.commands, of), path(group.path, of), ...group.rows.map(row)];
  });
  return { texts: [...places.keys()], groups: packed };
}

function namesOf(row: RowView | undefined): Named {
  return row?.findings[0] ?? { id: "", name: "" };
}

const PLACES = new Map(FINDING_KEYS.map((key, place) => [key, place]));

/** What stands at a key of a packed finding; the place of the empty text where nothing does. */
export function refAt(finding: PackedFinding, key: keyof FindingView): Ref | Refs {
  return finding[PLACES.get(key) ?? -1] ?? 0;
}

export function unpackGroup(
  [what, commands, path, ...rows]: PackedGroup,
  texts: readonly string[],
): GroupView {
  const views = rows.map((row) => unpackRow(row, texts));
  const of = namesOf(views[0]);
  const all = (refs: Refs) => refs.map((ref) => textAt(ref, texts, of));
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
    rows: views,
  };
}

function unpackRow([what, proof, likewise, ...findings]: PackedRow, texts: readonly string[]): RowView {
  const views = findings.map((each) => unpackFinding(each, texts));
  const of = views[0] ?? { id: "", name: "" };
  const all = (refs: Refs) => refs.map((ref) => textAt(ref, texts, of));
  return { what: all(what), proof: all(proof), likewise: likewise === 1, findings: views };
}

function unpackFinding(packed: PackedFinding, texts: readonly string[]): FindingView {
  const name = textAt(first(refAt(packed, "name")), texts, { id: "", name: "" });
  const id = textAt(first(refAt(packed, "id")), texts, { id: "", name });
  const of = { id, name };
  const entries = FINDING_KEYS.map((key): readonly [string, string | readonly string[]] => {
    const refs = refAt(packed, key);
    if (LISTS.has(key))
      return [key, typeof refs === "number" ? [] : refs.map((ref) => textAt(ref, texts, of))];
    return [key, textAt(first(refs), texts, of)];
  });
  return Object.fromEntries(entries) as unknown as FindingView;
}

const LISTS = new Set<keyof FindingView>(["proofs", "commands"]);

function first(refs: Ref | Refs): Ref {
  return typeof refs === "number" ? refs : (refs[0] ?? 0);
}

/** A text with the names that its signs stand for; the id may stand in a name's place, never a name in an id's. */
function textAt(ref: Ref, texts: readonly string[], { id, name }: Named): string {
  return (texts[ref] ?? "").replaceAll(NAME, () => name).replaceAll(ID, () => id);
}
