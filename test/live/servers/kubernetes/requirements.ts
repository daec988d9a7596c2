import { spawnSync } from "node:child_process";
import { go } from "../azure/requirements.ts";

/** Why Kubernetes cannot be built on this machine; undefined: it can. */
export function whyNoKubernetes(): string | undefined {
  const found = spawnSync(go, ["version"], { encoding: "utf8" });
  if (found.error !== undefined || found.status !== 0)
    return "Go was not found (set GO, or put go on the path): Kubernetes is built from its Go modules";
  return undefined;
}

/** The kubectl command: `KUBECTL`, else what the path has. */
export const kubectl = process.env["KUBECTL"] ?? "kubectl";

/** Why kubectl cannot be used; undefined: it can. */
export function whyNoKubectl(): string | undefined {
  const found = spawnSync(kubectl, ["version", "--client"], { encoding: "utf8" });
  return found.error !== undefined || found.status !== 0
    ? "kubectl was not found (set KUBECTL, or put it on the path)"
    : undefined;
}
