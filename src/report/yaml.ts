import { isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, type Node, parseDocument } from "yaml";
import { visible } from "../text/visible.ts";
import { escapeStep } from "./problems.ts";

/** A 1-based place in a text. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface YamlText {
  readonly data: unknown;
  /** Where the value of a JSON pointer stands, or its key; the nearest parent's place when it has none. */
  readonly valueAt: (pointer: string) => Place;
  readonly keyAt: (pointer: string) => Place;
}

/** What stops a text from being read, with its place. */
export interface YamlFault {
  readonly place: Place;
  readonly text: string;
}

const MAX_BYTES = 1_000_000;
/** A waiver file is three levels deep. */
const MAX_DEPTH = 16;
const START: Place = { line: 1, column: 1 };

/**
 * Reads a small YAML 1.2 text (JSON is YAML) that nobody vouches for. Aliases and tags are refused, so nothing can
 * grow while it is read; size and depth are bounded (fault 30). Dates stay text.
 */
export function readYaml(text: string): YamlText | { readonly faults: readonly YamlFault[] } {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_BYTES) return fault(START, `expected at most ${MAX_BYTES} bytes, found ${bytes}`);
  const counter = new LineCounter();
  counter.addNewLine(0);
  for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) counter.addNewLine(i + 1);
  const at = (offset: number): Place => {
    const { line, col } = counter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const deep = tooDeep(text);
  if (deep !== undefined) return fault(at(deep), `nested more than ${MAX_DEPTH} levels deep`);
  const document = parseDocument(text, {
    prettyErrors: false,
    stringKeys: true,
    // The library compares each key with every other one; the map below does it in one pass.
    uniqueKeys: false,
    resolveKnownTags: false,
    merge: false,
    logLevel: "error",
  });
  const faults: YamlFault[] = [...document.errors, ...document.warnings].map((e) => ({
    place: at(e.pos[0]),
    text: `${e.message.charAt(0).toLowerCase()}${e.message.slice(1)}`.replace(/\s+/g, " "),
  }));
  if (faults.length > 0) return { faults };

  const values = new Map<string, number>();
  const keys = new Map<string, number>();
  const build = (node: Node | null, pointer: string): unknown => {
    if (node === null) return null;
    const offset = node.range?.[0] ?? 0;
    values.set(pointer, offset);
    if (isAlias(node)) {
      faults.push({ place: at(offset), text: "aliases are not allowed; write the value out" });
      return null;
    }
    if (isScalar(node)) return node.value;
    if (isSeq(node)) return node.items.map((item, i) => build(item as Node | null, `${pointer}/${i}`));
    // No prototype: a key `__proto__` is a key like any other, and then an unknown property.
    const out = Object.create(null) as Record<string, unknown>;
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        const name = isScalar(key) ? String(key.value) : "";
        const inner = `${pointer}/${escapeStep(name)}`;
        const where = isScalar(key) ? (key.range?.[0] ?? offset) : offset;
        const first = keys.get(inner);
        if (first !== undefined) {
          faults.push({
            place: at(where),
            text: `"${visible(name)}" is given twice, first on line ${at(first).line}`,
          });
        }
        keys.set(inner, where);
        out[name] = build(value as Node | null, inner);
      }
    }
    return out;
  };
  const data = build(document.contents, "");
  if (faults.length > 0) return { faults };
  const locate = (pointer: string, tables: readonly ReadonlyMap<string, number>[]): Place => {
    for (let rest = pointer; rest !== ""; rest = rest.slice(0, rest.lastIndexOf("/"))) {
      for (const table of tables) {
        const offset = table.get(rest);
        if (offset !== undefined) return at(offset);
      }
    }
    return at(values.get("") ?? 0);
  };
  return {
    data,
    valueAt: (pointer) => locate(pointer, [values, keys]),
    keyAt: (pointer) => locate(pointer, [keys, values]),
  };
}

function fault(place: Place, text: string): { readonly faults: readonly YamlFault[] } {
  return { faults: [{ place, text }] };
}

/** The offset at which a text nests too deeply, by its tokens alone: the parser itself recurses. */
function tooDeep(text: string): number | undefined {
  let flow = 0;
  let compact = 0;
  let offset = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === "[" || token === "{") flow += 1;
    else if (token === "]" || token === "}") flow -= 1;
    // Inside brackets a colon nests nothing: JSON on one line has as many as it has keys.
    else if (flow === 0 && (token === "-" || token === "?" || token === ":")) compact += 1;
    if (token.includes("\n")) compact = 0;
    if (flow > MAX_DEPTH || (flow === 0 && compact > MAX_DEPTH)) return offset;
    // Those are the lexer's own marks and take no room in the text.
    if (!/^[\u0002\u0018\u001f\ufeff]$/.test(token)) offset += token.length;
  }
  return undefined;
}
