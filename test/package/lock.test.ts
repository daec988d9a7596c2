import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>
  >;
}

describe("package-lock.json", () => {
  it("has an entry for every optional dependency, or npm ci refuses it (scripts/complete-lock.mjs)", () => {
    const text = readFileSync(join(import.meta.dirname, "..", "..", "package-lock.json"), "utf8");
    const { packages } = JSON.parse(text) as Lock;
    const wanted = Object.entries(packages).flatMap(([key, p]) =>
      Object.keys(p.optionalDependencies ?? {}).map((name) => ({ key, name })),
    );
    expect(wanted.length).toBeGreaterThan(20);
    const missing = wanted.filter(
      ({ key, name }) =>
        !(`${key}/node_modules/${name}` in packages) && !(`node_modules/${name}` in packages),
    );
    expect(missing).toEqual([]);
    expect(text).not.toMatch(/"resolved"/);
  });
});
