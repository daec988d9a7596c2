/** JSON as it is written: no key twice, numbers with their text, and where each value stands (G7). */
import { Written } from "./written.ts";

/** What makes a text no JSON that can be trusted, and where: an offset into the text. */
export class JsonFault extends Error {
  override readonly name = "JsonFault";
  readonly offset: number;
  /** False: it is JSON, and says one thing twice. */
  readonly syntax: boolean;

  constructor(offset: number, message: string, syntax = true) {
    super(message);
    this.offset = offset;
    this.syntax = syntax;
  }
}

/** Deeper than any policy; a text that nests further would end the program. */
const MAX_DEPTH = 200;

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORDS: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };
const WORD = /true|false|null/y;

/**
 * Reads a JSON text. A number is a JavaScript number only where that writes the same text again, else `Written`.
 * @param placed told the JSON pointer of every value and where it begins, a key's value at its key
 * @throws JsonFault for what is no JSON, and for a key that one object has twice
 */
export function parseJson(text: string, placed?: (pointer: string, offset: number) => void): unknown {
  const reader = new Reader(text, placed);
  return reader.whole();
}

class Reader {
  private at = 0;
  private readonly text: string;
  private readonly placed: ((pointer: string, offset: number) => void) | undefined;

  constructor(text: string, placed: ((pointer: string, offset: number) => void) | undefined) {
    this.text = text;
    this.placed = placed;
  }

  whole(): unknown {
    this.space();
    this.placed?.("", this.at);
    const value = this.value("", 0);
    this.space();
    if (this.at < this.text.length) throw new JsonFault(this.at, "not JSON: something stands after its end");
    return value;
  }

  private space(): void {
    this.take(SPACE);
  }

  private take(token: RegExp): string | undefined {
    token.lastIndex = this.at;
    const found = token.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private value(pointer: string, depth: number): unknown {
    const start = this.at;
    if (depth > MAX_DEPTH) {
      throw new JsonFault(start, `nested more than ${MAX_DEPTH} levels deep`, false);
    }
    const letter = this.text[start];
    if (letter === "{") return this.object(pointer, depth);
    if (letter === "[") return this.list(pointer, depth);
    const string = this.take(STRING);
    if (string !== undefined) return JSON.parse(string) as string;
    const number = this.take(NUMBER);
    if (number !== undefined) {
      if (/[\d.eE+-]/.test(this.text[this.at] ?? "")) throw new JsonFault(start, "not JSON: no such number");
      return String(Number(number)) === number ? Number(number) : new Written(number, "a number");
    }
    const word = this.take(WORD);
    if (word === undefined) throw new JsonFault(start, "not JSON");
    return WORDS[word];
  }

  private list(pointer: string, depth: number): readonly unknown[] {
    const out: unknown[] = [];
    this.at++;
    this.space();
    if (this.ends("]")) return out;
    for (;;) {
      const inner = this.placed === undefined ? "" : `${pointer}/${out.length}`;
      this.placed?.(inner, this.at);
      out.push(this.value(inner, depth + 1));
      if (this.next("]")) return out;
    }
  }

  private object(pointer: string, depth: number): Readonly<Record<string, unknown>> {
    const out: Record<string, unknown> = {};
    this.at++;
    this.space();
    if (this.ends("}")) return out;
    for (;;) {
      const start = this.at;
      const written = this.take(STRING);
      if (written === undefined) throw new JsonFault(start, "not JSON: expected a key in quotes");
      const key = JSON.parse(written) as string;
      if (Object.hasOwn(out, key)) {
        throw new JsonFault(start, `the key ${JSON.stringify(key)} stands twice in one object`, false);
      }
      this.space();
      if (!this.ends(":")) throw new JsonFault(this.at, "not JSON: expected a colon");
      this.space();
      const inner = this.placed === undefined ? "" : `${pointer}/${pointerStep(key)}`;
      this.placed?.(inner, start);
      const value = this.value(inner, depth + 1);
      // a key `__proto__` is a key like any other
      Object.defineProperty(out, key, { value, enumerable: true, writable: true, configurable: true });
      if (this.next("}")) return out;
    }
  }

  private ends(letter: string): boolean {
    if (this.text[this.at] !== letter) return false;
    this.at++;
    return true;
  }

  /** Whether the brackets close here; else a comma leads to the next. */
  private next(close: string): boolean {
    this.space();
    if (this.ends(close)) return true;
    if (!this.ends(",")) throw new JsonFault(this.at, "not JSON");
    this.space();
    return false;
  }
}

/** A key as a step of a JSON pointer; this layer imports nothing, `text/place.ts` has the one of all others. */
function pointerStep(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
