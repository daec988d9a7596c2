// Writes deploy/kubernetes/scanner.yaml, what `permissions --cloud kubernetes` prints. Run by `npm run generate`.
import { writeFileSync } from "node:fs";
import { PROVIDERS } from "../src/access/policy.ts";
import { defaultBaseline, loadBaseline } from "../src/baselines/bundled.ts";
import { checks } from "../src/checks/registry.ts";
import { neededKinds } from "../src/cli/commands/permissions.ts";
import { kubernetesManifest } from "../src/permissions/kubernetes.ts";
import { editionRead, readsOf } from "../src/permissions/reads.ts";

const baselines = PROVIDERS.flatMap((cloud) => defaultBaseline(cloud) ?? []).map((id) =>
  loadBaseline(id, checks),
);
const kinds = neededKinds("kubernetes", baselines, new Map(), checks);
const reads = [...readsOf("kubernetes", kinds, { named: false }), editionRead];
const file = "deploy/kubernetes/scanner.yaml";
writeFileSync(file, kubernetesManifest(reads, { namespace: "chalk-audit", name: "chalk-audit" }));
console.log(`wrote ${file}`);
