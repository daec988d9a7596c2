// Writes deploy/kubernetes/scanner.yaml, what `permissions --cloud kubernetes` prints. Run by `npm run generate`.
import { writeFileSync } from "node:fs";
import { kubernetesManifest } from "../src/permissions/kubernetes.ts";
import { editionRead, readsOf } from "../src/permissions/reads.ts";
import type { DocumentKind } from "../src/snapshot/kinds/kinds.ts";
import { kubernetesKinds } from "../src/snapshot/kinds/kubernetes.ts";

const kinds = new Set(Object.keys(kubernetesKinds) as DocumentKind[]);
const reads = [...readsOf("kubernetes", kinds, { named: false }), editionRead];
const file = "deploy/kubernetes/scanner.yaml";
writeFileSync(file, kubernetesManifest(reads, { namespace: "chalk-audit", name: "chalk-audit" }));
console.log(`wrote ${file}`);
