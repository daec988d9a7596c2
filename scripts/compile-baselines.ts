/** Bundled and run by the build: writes the parsed and validated form of every bundled baseline into the folder named. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { listBundled, loadBaseline } from "../src/baselines/bundled.ts";
import { compileBaseline } from "../src/baselines/compiled.ts";
import { checks } from "../src/checks/registry.ts";

const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: compile-baselines FOLDER");
for (const { id, version } of listBundled()) {
  const file = join(folder, id, `${version}.json`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(compileBaseline(loadBaseline(`${id}@${version}`, checks))));
}
