import { rmSync } from "node:fs";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { bundle, root } from "../../../scripts/bundle.mjs";

declare module "vitest" {
  interface ProvidedContext {
    /** Path of the bundled `main.js` that the tests start. */
    readonly main: string;
  }
}

/** Bundles the sources as the package is, into a folder of this run, and takes it away at the end. */
export default async function setUp(project: TestProject): Promise<() => void> {
  // Inside the repository: the bundle finds the baselines by walking up from itself.
  const folder = join(root, ".cache", `bundle-${process.pid}`);
  await bundle(join(folder, "dist"));
  project.provide("main", join(folder, "dist", "main.js"));
  return () => rmSync(folder, { recursive: true, force: true });
}
