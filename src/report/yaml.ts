import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from "yaml";
import { nearestOffset, placesIn, pointerStep, type TextPlace } from "../text/place.ts";
import { visible } from "../text/visible.ts";
import { complaintsOf, syntaxText, tooDeep, UNTRUSTED } from "../text/yaml.ts";

export interface YamlText {
  readonly data: unknown;
  /** Where the value of a JSON pointer stands, or its key; the nearest parent's place when it has none. */
  readonly valueAt: (pointer: string) => TextPlace;
  readonly keyAt: (pointer: string) => TextPlace;
}

/** What stops a text from being read, with its place. */
export interface YamlFault {
  readonly place: TextPlace;
  readonly text: string;
}

const MAX_BYTES = 1_000_000;
/** A waiver file is three levels deep. */
const MAX_DEPTH = 16;
const START: TextPlace = { line: 1, column: 1 };

/**
 * Reads a small YAML 1.2 text (JSON is YAML) that nobody vouches for. Aliases and tags are refused, so nothing can
 * grow while it is read; size and depth are bounded (fault 30). Dates stay text.
 */
export function readYaml(text: string): YamlText | { readonly faults: readonly YamlFault[] } {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_BYTES) return fault(START, `expected at most ${MAX_BYTES} bytes, found ${bytes}`);
  const at = placesIn(text);
  const deep = tooDeep(text, MAX_DEPTH);
  if (deep !== undefined) return fault(at(deep), `nested more than ${MAX_DEPTH} levels deep`);
  const document = parseDocument(text, UNTRUSTED);
  const faults: YamlFault[] = complaintsOf(document).map((e) => ({
    place: at(e.pos[0]),
    text: syntaxText(e.message),
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
        const inner = `${pointer}/${pointerStep(name)}`;
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
  const locate = (pointer: string, tables: readonly ReadonlyMap<string, number>[]): TextPlace =>
    at(nearestOffset(pointer, tables) ?? values.get("") ?? 0);
  return {
    data,
    valueAt: (pointer) => locate(pointer, [values, keys]),
    keyAt: (pointer) => locate(pointer, [keys, values]),
  };
}

function fault(place: TextPlace, text: string): { readonly faults: readonly YamlFault[] } {
  return { faults: [{ place, text }] };
}
