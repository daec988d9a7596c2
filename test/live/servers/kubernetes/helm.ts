import { execFile } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { go } from "../azure/requirements.ts";

const cache = fileURLToPath(new URL("../../../../.cache/servers/kubernetes/", import.meta.url));
const run = promisify(execFile);

/** The version of `helm.sh/helm/v4`. */
export const helmVersion = "v4.2.4";

/** Runs helm against one cluster and gives what it printed. Throws with its own words when it fails. */
export type Helm = (...args: readonly string[]) => Promise<string>;

/**
 * Builds helm from the Go module proxy into `.cache/servers/kubernetes` (two minutes the first time, on two cores; then
 * nothing), for the cluster of that kubeconfig, beside which its own files lie; `more` are variables of its own.
 */
export async function helmOf(kubeconfig: string, more: Readonly<Record<string, string>> = {}): Promise<Helm> {
  const folder = join(cache, `helm-${helmVersion}`);
  const binary = join(folder, "helm");
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    const args = ["install", "-ldflags", "-s -w", `helm.sh/helm/v4/cmd/helm@${helmVersion}`];
    const env = {
      ...process.env,
      GOBIN: folder,
      CGO_ENABLED: "0",
      GOFLAGS: "-buildvcs=false -trimpath",
      GOWORK: "off",
    };
    await run(go, args, { env, maxBuffer: 64 * 1024 * 1024 });
  }
  const home = join(dirname(kubeconfig), "helm");
  const env = {
    ...more,
    PATH: process.env["PATH"],
    HOME: home,
    KUBECONFIG: kubeconfig,
    HELM_CACHE_HOME: home,
    HELM_CONFIG_HOME: home,
    HELM_DATA_HOME: home,
  };
  return async (...args) => (await run(binary, [...args], { env, maxBuffer: 16 * 1024 * 1024 })).stdout;
}
