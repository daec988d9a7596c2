import { expect, test } from "vitest";
import type { LoadedBaseline } from "../../src/baselines/baseline.ts";
import { listBundled, loadBaseline } from "../../src/baselines/bundled.ts";
import { type CompiledBaseline, compileBaseline, loadedFrom } from "../../src/baselines/compiled.ts";
import { checks } from "../../src/checks/registry.ts";

/** The line of every part, and of one that is not there, which has that of what would hold it. */
function linesOf({ lineOf }: LoadedBaseline, value: unknown, pointer = ""): ReadonlyMap<string, number> {
  const inner = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return new Map([
    [pointer, lineOf(pointer)],
    [`${pointer}/none`, lineOf(`${pointer}/none`)],
    ...inner.flatMap(([key, each]) => [
      ...linesOf(
        { lineOf } as LoadedBaseline,
        each,
        `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`,
      ),
    ]),
  ]);
}

test.each(listBundled().map(({ id }) => id))(
  "%s says the same lines when it comes from the package",
  (id) => {
    const loaded = loadBaseline(id, checks);
    const written = JSON.parse(JSON.stringify(compileBaseline(loaded))) as CompiledBaseline;
    const again = loadedFrom(written, loaded.file);
    const lines = linesOf(loaded, loaded.baseline);
    expect(lines.size).toBeGreaterThan(200);
    expect(new Set(lines.values()).size).toBeGreaterThan(100);
    expect(linesOf(again, again.baseline)).toEqual(lines);
  },
);
