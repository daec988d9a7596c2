// Writes baselines/baseline.schema.json from the frame and the checks; a test asserts that it is up to date.
import { writeFileSync } from "node:fs";
import { baselineSchema } from "../src/baselines/schema.ts";
import { checks } from "../src/checks/registry.ts";

const file = "baselines/baseline.schema.json";
writeFileSync(file, `${JSON.stringify(baselineSchema(checks), null, 1)}\n`);
console.log(`wrote ${file} (${checks.length} checks)`);
