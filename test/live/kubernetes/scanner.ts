import { fileURLToPath } from "node:url";
import { PROVIDERS } from "../../../src/access/policy.ts";
import { defaultBaseline, loadBaseline } from "../../../src/baselines/bundled.ts";
import { checks } from "../../../src/checks/registry.ts";
import { neededKinds } from "../../../src/cli/commands/permissions.ts";
import type { KubernetesCall } from "../../../src/snapshot/kinds/calls.ts";
import { kubernetesKinds } from "../../../src/snapshot/kinds/kubernetes.ts";
import type { KubernetesObject } from "./objects.ts";
import { objectsIn } from "./world.ts";

/** The scanner's own objects, as they are published for users. */
export const scanner: readonly KubernetesObject[] = objectsIn(
  fileURLToPath(new URL("../../../deploy/kubernetes/scanner.yaml", import.meta.url)),
);

export const scannerAccount = { namespace: "chalk-audit", name: "chalk-audit" } as const;

/** The calls of the kinds that these baselines ask for; of those that a cloud takes when none is named, without any. */
export function callsOf(baselines?: readonly string[]): readonly KubernetesCall[] {
  const ids = baselines ?? PROVIDERS.flatMap((cloud) => defaultBaseline(cloud) ?? []);
  const loaded = ids.map((id) => loadBaseline(id, checks));
  const kinds = new Set(["kubernetes/cluster", ...neededKinds("kubernetes", loaded, new Map(), checks)]);
  return Object.entries(kubernetesKinds).flatMap(([kind, { calls }]) => (kinds.has(kind) ? calls : []));
}
