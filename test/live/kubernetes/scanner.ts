import { fileURLToPath } from "node:url";
import type { KubernetesObject } from "./objects.ts";
import { objectsIn } from "./world.ts";

/** The scanner's own objects, as they are published for users. */
export const scanner: readonly KubernetesObject[] = objectsIn(
  fileURLToPath(new URL("../../../deploy/kubernetes/scanner.yaml", import.meta.url)),
);

export const scannerAccount = { namespace: "chalk-audit", name: "chalk-audit" } as const;
