import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, parseDocument } from "yaml";
import { nearestOffset, placesIn, pointerStep, type TextPlace } from "../text/place.ts";
import { complaintsOf, syntaxText, tooDeep, UNTRUSTED } from "../text/yaml.ts";
import { type BaselineProblem, pathText, problemsOf } from "./problem.ts";

/** A YAML or JSON text as plain data, and where each part of it stands. */
export interface ReadDocument {
  readonly data: unknown;
  /** Numbers that are not written as a program writes them, so that their text is lost: a fault in a baseline (G7). */
  readonly lossy: readonly BaselineProblem[];
  /** Where a JSON pointer stands: its key, or the item itself in a list; of the nearest parent when it has none. */
  readonly placeOf: (pointer: string) => TextPlace;
  /** Where the value of a JSON pointer begins. */
  readonly valuePlaceOf: (pointer: string) => TextPlace;
}

const MAX_BYTES = 1_000_000;
const MAX_DEPTH = 64;
const TOO_DEEP = `nested more than ${MAX_DEPTH} levels deep`;
/** Uses of anchors, each counted again wherever a use repeats it: ten aliases of ten aliases are a hundred. */
const MAX_ALIASES = 100;
const MAX_NODES = 50_000;

/** Keys that reach into the prototype of the object that holds them. */
const FORBIDDEN = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Reads one YAML 1.2 document (JSON is YAML) without trusting it: size, depth and aliases are bounded, tags are
 * refused, keys are unique. Dates stay text.
 * @throws BaselineError with every problem of the text, each with line and column.
 */
export function readDocument(text: string, file: string): ReadDocument {
  const at = placesIn(text);
  const fail = (problems: readonly BaselineProblem[]): never => {
    throw problemsOf(file, problems);
  };
  const start: TextPlace = { line: 1, column: 1 };
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_BYTES) {
    fail([{ place: start, path: "", text: `expected at most ${MAX_BYTES} bytes, found ${bytes}` }]);
  }
  const deep = tooDeep(text, MAX_DEPTH);
  if (deep !== undefined) fail([{ place: at(deep), path: "", text: TOO_DEEP }]);

  const document = parseDocument(text, UNTRUSTED);
  const exhausted = document.errors.find(({ code }) => code === "RESOURCE_EXHAUSTION");
  const complaints = exhausted === undefined ? complaintsOf(document) : [exhausted];
  const problems: BaselineProblem[] = complaints.map((error) => ({
    place: at(error.pos[0]),
    path: "",
    text: SYNTAX[error.code] ?? syntaxText(error.message),
  }));
  if (document.directives?.yaml.version !== "1.2") {
    problems.push({
      place: start,
      path: "",
      text: "expected YAML 1.2, found a directive for another version",
    });
  }
  if (problems.length > 0) fail(problems);

  const keys = new Map<string, number>();
  const values = new Map<string, number>();
  const lossy: BaselineProblem[] = [];
  let nodes = 0;
  let aliases = 0;

  const build = (node: Node | null, steps: readonly (string | number)[], pointer: string): unknown => {
    if (node === null) return null;
    const offset = node.range?.[0] ?? 0;
    const problem = (text: string, where = offset) =>
      problems.push({ place: at(where), path: pathText(steps), text });
    const stop = (text: string) => fail([{ place: at(offset), path: pathText(steps), text }]);
    if (!values.has(pointer)) values.set(pointer, offset);
    nodes += 1;
    if (nodes > MAX_NODES) stop(`more than ${MAX_NODES} values`);
    if (steps.length > MAX_DEPTH) fail([{ place: at(offset), path: "", text: TOO_DEEP }]);

    if (isAlias(node)) {
      aliases += 1;
      if (aliases > MAX_ALIASES) stop(`more than ${MAX_ALIASES} uses of aliases; write the values out`);
      const target = node.resolve(document);
      if (target === undefined) {
        problem(`the anchor "${node.source}" is not defined above`);
        return null;
      }
      return build(target, steps, pointer);
    }
    if (isScalar(node)) {
      const { value } = node;
      if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
      if (typeof value === "number" && Number.isFinite(value)) {
        // `0815`, `1.30` and a number of twenty digits would lose what they are written with
        if (String(value) !== node.source) {
          const text = `${node.source} is no plain number; put it in quotes`;
          lossy.push({ place: at(offset), path: pathText(steps), text });
        }
        return value;
      }
      problem(`expected text or a finite number, found ${node.source ?? "something else"}`);
      return null;
    }
    if (isSeq(node)) {
      return node.items.map((item, index) => {
        const inner = `${pointer}/${index}`;
        const child = item as Node | null;
        keys.set(inner, child?.range?.[0] ?? offset);
        return build(child, [...steps, index], inner);
      });
    }
    if (isMap(node)) {
      const seen = new Map<string, number>();
      const object: Record<string, unknown> = {};
      for (const pair of node.items as Pair<Node, Node | null>[]) {
        const where = pair.key.range?.[0] ?? offset;
        const key = keyText(pair.key);
        const path = [...steps, key];
        const first = seen.get(key);
        if (FORBIDDEN.has(key)) {
          problems.push({ place: at(where), path: pathText(path), text: "this key is not allowed" });
          continue;
        }
        if (first !== undefined) {
          problems.push({
            place: at(where),
            path: pathText(path),
            text: `given twice, first on line ${at(first).line}`,
          });
          continue;
        }
        seen.set(key, where);
        const inner = `${pointer}/${pointerStep(key)}`;
        keys.set(inner, where);
        object[key] = build(pair.value, path, inner);
      }
      return object;
    }
    problem("expected text, a number, a list or a mapping");
    return null;
  };

  const data = build(document.contents, [], "");
  if (problems.length > 0) fail(problems);
  const first = document.contents?.range?.[0] ?? 0;
  const locate = (pointer: string, tables: readonly Map<string, number>[]): TextPlace =>
    at(nearestOffset(pointer, tables) ?? first);
  return {
    data,
    lossy,
    placeOf: (pointer) => locate(pointer, [keys]),
    valuePlaceOf: (pointer) => locate(pointer, [values, keys]),
  };
}

/** The steps of a JSON pointer into `data`, unescaped; those into a list are numbers. */
export function pointerSteps(pointer: string, data: unknown): (string | number)[] {
  if (pointer === "") return [];
  let value = data;
  return pointer
    .slice(1)
    .split("/")
    .map((escaped) => {
      const step = escaped.replaceAll("~1", "/").replaceAll("~0", "~");
      const list = Array.isArray(value);
      value = (value as Record<string, unknown> | null | undefined)?.[step];
      return list ? Number(step) : step;
    });
}

function keyText(key: Node): string {
  return isScalar(key) ? String(key.value ?? "") : "";
}

const SYNTAX: Readonly<Partial<Record<string, string>>> = {
  MULTIPLE_DOCS: "expected one document, found a second one after `---`",
  TAB_AS_INDENT: "indent with spaces, not with tabs",
  NON_STRING_KEY: "expected text as key",
  RESOURCE_EXHAUSTION: TOO_DEEP,
  TAG_RESOLVE_FAILED: "tags (`!name`) are not allowed; write plain values",
  BAD_COLLECTION_TYPE: "tags (`!name`) are not allowed; write plain values",
};
