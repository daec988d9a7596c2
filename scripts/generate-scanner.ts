// Writes deploy/kubernetes/scanner.yaml, what `permissions --cloud kubernetes` prints. Run by `npm run generate`.
import { writeFileSync } from "node:fs";
import { kubernetesSources } from "../src/collectors/sources-kubernetes.ts";
import { kubernetesManifest } from "../src/permissions/kubernetes.ts";
import { editionRead, readsOf } from "../src/permissions/reads.ts";
import type { DocumentKind } from "../src/snapshot/snapshot.ts";

const kinds = new Set(Object.keys(kubernetesSources) as DocumentKind[]);
const reads = [...readsOf("kubernetes", kinds, { named: false }), editionRead];
const file = "deploy/kubernetes/scanner.yaml";
writeFileSync(file, kubernetesManifest(reads, { namespace: "chalk-audit", name: "chalk-audit" }));
console.log(`wrote ${file}`);
