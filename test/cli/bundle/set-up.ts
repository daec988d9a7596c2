import { rmSync } from "node:fs";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { bundle, root } from "../../../scripts/bundle.mjs";

declare module "vitest" {
  interface ProvidedContext {
    /** Path of the bundled `main.js` that the tests start. */
    readonly main: string;
    /** Of each file of the bundle, by its path, the packages in it and its size in bytes. */
    readonly contents: Readonly<Record<string, Contents>>;
  }
}

export interface Contents {
  readonly packages: readonly string[];
  readonly bytes: number;
}

/** Bundles the sources as the package is, into a folder of this run, and takes it away at the end. */
export default async function setUp(project: TestProject): Promise<() => void> {
  // Inside the repository: the bundle finds the baselines by walking up from itself.
  const folder = join(root, ".cache", `bundle-${process.pid}`);
  const { outputs } = await bundle(join(folder, "dist"));
  project.provide("main", join(folder, "dist", "main.js"));
  project.provide(
    "contents",
    Object.fromEntries(
      Object.entries(outputs).map(([file, { inputs, bytes }]) => [
        join(root, file),
        { bytes, packages: [...new Set(Object.keys(inputs).flatMap(packageOf))].sort() },
      ]),
    ),
  );
  return () => rmSync(folder, { recursive: true, force: true });
}

/** `node_modules/@scope/name/lib/x.js` → `@scope/name`. */
function packageOf(input: string): readonly string[] {
  const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input) ?? [];
  return name === undefined ? [] : [name];
}
