// Writes docs/ways.md: the published paths to more rights, by provider, from the tables. Run by `npm run generate`.
import { writeFileSync } from "node:fs";
import { AWS_PATHS } from "../src/access/escalation/aws-paths.ts";
import { AZURE_PATHS } from "../src/access/escalation/azure-paths.ts";
import { KUBERNETES_PATHS } from "../src/access/escalation/kubernetes-paths.ts";

const tables = { AWS: AWS_PATHS, Azure: AZURE_PATHS, Kubernetes: KUBERNETES_PATHS };

const parts = Object.entries(tables).map(([name, paths]) => {
  const rows = paths.map(
    (path) =>
      `| ${path.name} | ${path.kind} | ${path.steps.map((each) => each.map((s) => `\`${s}\``).join(" or ")).join("<br>")} | ${path.source} |`,
  );
  return `## ${name}\n\n| with it one can | kind | what it takes, all of it | published by |\n|---|---|---|---|\n${rows.join("\n")}\n`;
});

writeFileSync(
  "docs/ways.md",
  `<!-- Written by \`npm run generate\` from src/access/escalation/. -->\n\n# Ways to more rights\n\nWhat is said of an excess that opens one: [semantics.md](semantics.md), E1 to E3. What each documented policy opens by itself: \`test/baselines/ways.ts\`.\n\n${parts.join("\n")}`,
);
console.log("wrote docs/ways.md");
