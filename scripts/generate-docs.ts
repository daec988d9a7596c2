// Writes docs/checks/<id>.md, one page for each check, from the check itself. Run by `npm run generate`.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkPage } from "../src/checks/page.ts";
import { checks } from "../src/checks/registry.ts";

for (const check of checks) {
  const file = join("docs", "checks", `${check.id}.md`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, checkPage(check));
  console.log(`wrote ${file}`);
}
