import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import type { Baseline, LoadedBaseline } from "./baseline.ts";

/** A bundled baseline that was parsed and validated when the package was built. */
export interface CompiledBaseline {
  readonly sha256: string;
  readonly baseline: Baseline;
  /** The line of every part of the document, in the order in which its parts stand. */
  readonly lines: readonly number[];
}

/** Every part of a document, as a JSON pointer: itself first, then what it holds. The same order for the same document. */
function* pointersOf(value: unknown, pointer = ""): Iterable<string> {
  yield pointer;
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value))
    yield* pointersOf(inner, `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`);
}

/** What the build writes beside the bundle, so that a scan parses and validates no file that cannot have changed. */
export function compileBaseline({ baseline, sha256, lineOf }: LoadedBaseline): CompiledBaseline {
  const lines = [...pointersOf(baseline)].map(lineOf);
  return { sha256, baseline, lines };
}

/**
 * The compiled form of a bundled baseline; undefined when there is none (the sources run) or when the file beside it
 * is another than the one it was made from.
 */
export function readCompiled(
  id: string,
  version: string,
  text: string,
  file: string,
): LoadedBaseline | undefined {
  const path = new URL(`../baselines/${id}/${version}.json`, import.meta.url);
  if (!existsSync(path)) return undefined;
  const compiled = JSON.parse(readFileSync(path, "utf8")) as CompiledBaseline;
  if (compiled.sha256 !== createHash("sha256").update(text).digest("hex")) return undefined;
  return loadedFrom(compiled, file);
}

/** A compiled baseline as the audit takes it. */
export function loadedFrom(compiled: CompiledBaseline, file: string): LoadedBaseline {
  const lines = new Map([...pointersOf(compiled.baseline)].map((pointer, i) => [pointer, compiled.lines[i]]));
  const lineOf = (pointer: string): number => {
    for (let at = pointer; ; at = at.slice(0, at.lastIndexOf("/"))) {
      const line = lines.get(at);
      if (line !== undefined) return line;
      if (!at.includes("/")) return 1;
    }
  };
  return { baseline: compiled.baseline, sha256: compiled.sha256, file, lineOf };
}
