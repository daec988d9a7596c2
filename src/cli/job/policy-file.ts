/**
 * Files with policies, JSON or YAML, read so that nothing of them vanishes: no key twice, no tag dropped, numbers with
 * their text, and the place of every value (G7).
 */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  parseDocument,
  type Scalar,
} from "yaml";
import { JsonFault, parseJson } from "../../access/json-text.ts";
import { Written } from "../../access/written.ts";
import { offsetOfError } from "../../snapshot/json-place.ts";
import { nearestOffset, placesIn, pointerStep, type TextPlace } from "../../text/place.ts";
import { NUMBERS, WORDS } from "../../text/yaml.ts";
import { UsageError } from "../line/errors.ts";

/** The value of a file and where its parts stand. */
export interface PolicyFile {
  readonly value: unknown;
  /** Where a JSON pointer stands, its key where it is a key's value; its nearest parent's place when it has none. */
  placeAt(pointer: string): TextPlace;
}

/** More values than this, aliases written out, and the file is a bomb and no policy. */
const MAX_NODES = 200_000;
const MAX_DEPTH = 200;
/** Aliases that are followed, those within what an alias stands for again each time: finding each takes a walk. */
const MAX_ALIASES = 1_000;

/**
 * Reads JSON, or YAML where it is not.
 * @param shown how messages call the file; a name that ends with `.json` is read as JSON alone
 * @param what names it in messages, e.g. `policy document`
 * @param several whether the file may hold several YAML documents; those are a list then
 * @throws UsageError with file, line and column
 */
export function readPolicyFile(text: string, shown: string, what: string, several = false): PolicyFile {
  if (text.trim() === "") throw new UsageError(`${shown}: the ${what} is empty`);
  const offsets = new Map<string, number>();
  try {
    const value = parseJson(text, (pointer, offset) => offsets.set(pointer, offset));
    return { value, placeAt: (pointer) => placesIn(text)(offsetIn(offsets, pointer)) };
  } catch (fault) {
    if (!(fault instanceof JsonFault)) throw fault;
    if (!fault.syntax) throw new UsageError(`${at(shown, placesIn(text)(fault.offset))}: ${fault.message}`);
    // What calls itself JSON and is not, the provider refuses: YAML would read a comma too many as nothing.
    if (/\.json$/i.test(shown)) {
      const place = at(shown, placesIn(text)(offsetOfError(text)));
      throw new UsageError(`${place}: not JSON, which its name says it is`);
    }
    // YAML's reader says where, and reads what JSON's does not.
  }
  return readYaml(text, shown, what, several);
}

function at(shown: string, { line, column }: TextPlace): string {
  return `${shown}:${line}:${column}`;
}

function offsetIn(offsets: ReadonlyMap<string, number>, pointer: string): number {
  return nearestOffset(pointer, [offsets]) ?? offsets.get("") ?? 0;
}

function readYaml(text: string, shown: string, what: string, several: boolean): PolicyFile {
  const lines = new LineCounter();
  const options = { uniqueKeys: true, prettyErrors: true, version: "1.2", lineCounter: lines } as const;
  // a file of Kubernetes often holds several documents; between two lines of dashes there may be none
  const parsed = several ? [...parseAllDocuments(text, options)] : [parseDocument(text, options)];
  for (const document of parsed) complain(document, shown);
  const kept = parsed.filter(({ contents }) => !isNothing(contents));
  if (several && kept.length === 0) throw new UsageError(`${shown}: the ${what} is empty`);
  const place = placesIn(text);
  const builder = new Builder(shown, place);
  const values =
    kept.length > 1
      ? kept.map((document, i) => builder.whole(document, `/${i}`))
      : [builder.whole(kept[0] ?? (parsed[0] as Document.Parsed), "")];
  return {
    value: kept.length > 1 ? values : values[0],
    placeAt: (pointer) => place(offsetIn(builder.offsets, pointer)),
  };
}

function isNothing(node: unknown): boolean {
  return node === null || (isScalar(node) && node.value === null);
}

function complain(document: Document.Parsed, shown: string): void {
  const tag = document.warnings.find(({ code }) => code === "TAG_RESOLVE_FAILED");
  const error = document.errors[0] ?? tag;
  if (error === undefined) return;
  const where = error.linePos?.[0];
  const place = where === undefined ? shown : `${shown}:${where.line}:${where.col}`;
  const reason = (error.message.split("\n")[0] ?? error.message).replace(/ at line \d+, column \d+:?$/, "");
  if (error === tag) throw new UsageError(`${place}: ${TAGGED} (${reason})`);
  if (error.code === "RESOURCE_EXHAUSTION") throw new UsageError(`${place}: nested too deeply to be read`);
  if (error.code === "MULTIPLE_DOCS")
    throw new UsageError(`${place}: a second document after ---; give each document a file of its own`);
  throw new UsageError(
    `${place}: not JSON or YAML: ${reason.replace(/^./, (letter) => letter.toLowerCase())}`,
  );
}

const TAGGED =
  "a tag such as !Ref or !Sub stands for something else than the text after it; write the value out";
const PLAIN_TAGS = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/;

/** Builds values from nodes. Holds the places. */
class Builder {
  readonly offsets = new Map<string, number>();
  private readonly shown: string;
  private readonly place: (offset: number) => TextPlace;
  private document: Document.Parsed | undefined;
  private nodes = 0;
  private aliases = 0;

  constructor(shown: string, place: (offset: number) => TextPlace) {
    this.shown = shown;
    this.place = place;
  }

  whole(document: Document.Parsed, pointer: string): unknown {
    this.document = document;
    if (!this.offsets.has("")) this.offsets.set("", document.contents?.range?.[0] ?? 0);
    return this.build(document.contents, pointer, 0, document.contents?.range?.[0] ?? 0);
  }

  private fail(offset: number, text: string): never {
    throw new UsageError(`${at(this.shown, this.place(offset))}: ${text}`);
  }

  private build(node: Node | null, pointer: string, depth: number, parent: number): unknown {
    if (node === null) return null;
    const offset = node.range?.[0] ?? parent;
    if (!this.offsets.has(pointer)) this.offsets.set(pointer, offset);
    this.nodes++;
    if (this.nodes > MAX_NODES) this.fail(offset, `not readable: more than ${MAX_NODES} values`);
    if (depth > MAX_DEPTH) this.fail(offset, `not readable: nested more than ${MAX_DEPTH} levels deep`);
    if (isAlias(node)) {
      this.aliases++;
      if (this.aliases > MAX_ALIASES) this.fail(offset, `not readable: more than ${MAX_ALIASES} aliases`);
      return this.build(this.target(node, offset), pointer, depth + 1, offset);
    }
    const { tag } = node;
    if (tag !== undefined && tag !== "!" && !PLAIN_TAGS.test(tag)) this.fail(offset, TAGGED);
    if (isScalar(node)) return scalarOf(node);
    if (isSeq(node)) {
      return node.items.map((item, i) =>
        this.build(item as Node | null, `${pointer}/${i}`, depth + 1, offset),
      );
    }
    if (isMap(node)) return this.map(node.items as Pair<Node, Node | null>[], pointer, depth, offset);
    return this.fail(offset, "expected a text, a number, a list or a mapping");
  }

  private target(alias: Node, offset: number): Node {
    const target = isAlias(alias) ? alias.resolve(this.document as Document.Parsed) : undefined;
    if (target === undefined) this.fail(offset, "the anchor of this alias is not defined above it");
    return target;
  }

  private map(
    pairs: readonly Pair<Node, Node | null>[],
    pointer: string,
    depth: number,
    offset: number,
  ): Readonly<Record<string, unknown>> {
    const own = new Map<string, unknown>();
    const merged = new Map<string, unknown>();
    for (const { key, value } of pairs) {
      const where = key?.range?.[0] ?? offset;
      if (!isScalar(key)) this.fail(where, "expected a text as key");
      if (isMerge(key)) {
        this.merge(value, pointer, depth, where, merged);
        continue;
      }
      const name = keyText(key);
      if (own.has(name)) this.fail(where, `the key ${JSON.stringify(name)} stands twice in one mapping`);
      const inner = `${pointer}/${pointerStep(name)}`;
      this.offsets.set(inner, where);
      own.set(name, this.build(value, inner, depth + 1, where));
    }
    const out: Record<string, unknown> = {};
    // as kubectl reads them: what the mapping says itself goes before what it merges, wherever it stands
    for (const [name, value] of new Map([...merged, ...own])) {
      Object.defineProperty(out, name, { value, enumerable: true, writable: true, configurable: true });
    }
    return out;
  }

  /** `<<`: the keys of one mapping, or of several, of which an earlier one goes before a later. */
  private merge(
    value: Node | null,
    pointer: string,
    depth: number,
    offset: number,
    into: Map<string, unknown>,
  ): void {
    const node = isAlias(value) ? this.target(value, offset) : value;
    for (const each of isSeq(node) ? (node.items as Node[]) : [node]) {
      const source = isAlias(each) ? this.target(each, offset) : each;
      if (!isMap(source)) this.fail(offset, "expected a mapping, or a list of mappings, to merge at <<");
      const built = this.build(source, pointer, depth + 1, offset) as Readonly<Record<string, unknown>>;
      for (const [name, inner] of Object.entries(built)) if (!into.has(name)) into.set(name, inner);
    }
  }
}

function isMerge(key: Scalar): boolean {
  return key.type === "PLAIN" && key.tag === undefined && key.source === "<<";
}

function keyText(key: Scalar): string {
  return key.type === "PLAIN" && key.tag === undefined ? (key.source ?? "") : String(key.value ?? "");
}

/** The value of a scalar, where every edition of YAML reads the same; else its text, and that it is not known. */
function scalarOf(node: Scalar): unknown {
  const source = node.source ?? "";
  const asText = node.tag === "!" || node.tag?.endsWith(":str") === true;
  if (node.type !== "PLAIN" || asText) return typeof node.value === "string" ? node.value : source;
  if (node.value === null || typeof node.value === "boolean") return node.value;
  if (WORDS.test(source)) return new Written(source, "a word", unsure(source, "for true or false"));
  if (!NUMBERS.test(source)) return source;
  if (/^-?(?:0|[1-9][0-9]*)$/.test(source)) {
    return String(Number(source)) === source ? Number(source) : new Written(source, "a number");
  }
  if (typeof node.value === "number" && String(node.value) === source) return node.value;
  return new Written(source, "a number", unsure(source, "for another number"));
}

function unsure(source: string, taken: string): string {
  return `${JSON.stringify(source)} without quotes is taken ${taken} by some readers of YAML; put it in quotes`;
}
