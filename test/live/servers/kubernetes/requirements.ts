import { spawnSync } from "node:child_process";
import { go } from "../azure/requirements.ts";

/** Why Kubernetes cannot be built on this machine; undefined: it can. */
export function whyNoKubernetes(): string | undefined {
  const found = spawnSync(go, ["version"], { encoding: "utf8" });
  if (found.error !== undefined || found.status !== 0)
    return "Go was not found (set GO, or put go on the path): Kubernetes is built from its Go modules";
  return undefined;
}
