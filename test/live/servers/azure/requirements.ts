import { spawnSync } from "node:child_process";

/** The Go command: `GO`, else what the path has. */
export const go = process.env.GO ?? "go";

/** Why the servers cannot be had on this machine; undefined: they can. */
export function whyNoServers(): string | undefined {
  const found = spawnSync(go, ["version"], { encoding: "utf8" });
  if (found.error !== undefined || found.status !== 0)
    return "Go was not found (set GO, or put go on the path): Microsoft's fake servers are Go and have to be built";
  return undefined;
}

/**
 * Says what is skipped and why. With REQUIRE_LIVE set (as in .ci/run on a machine that has Go) a skip is a failure,
 * so that a proof cannot go missing without a word.
 */
export function skipped(what: string, reason: string | undefined): boolean {
  if (reason === undefined) return false;
  if (process.env.REQUIRE_LIVE !== undefined && process.env.REQUIRE_LIVE !== "")
    throw new Error(`REQUIRE_LIVE is set, and ${what} cannot run: ${reason}`);
  process.stderr.write(`skipped: ${what}: ${reason}\n`);
  return true;
}
