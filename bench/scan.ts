/** The scans of the bench: how many calls, and the time beside the same reads done bare. */
import { spawnSync } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { record } from "./figures.ts";

const CERTIFICATES = join("test", "servers", "certs");

interface Pair {
  readonly scanCalls: number;
  readonly bareCalls: number;
  readonly scan: number;
  readonly bare: number;
  readonly ratio: number;
}

interface Scans {
  readonly role: Pair;
  readonly installation: Pair;
  readonly cluster: {
    readonly calls: number;
    readonly least: number;
    readonly took: number;
    readonly documents: number;
  };
}

/** @param roles of the cluster; it has two bindings for each */
export function benchScans(roles: number): void {
  console.log("\nScans of the servers of the tests, 20 ms away");
  // the servers look for their certificates beside themselves, and they are bundled into this folder
  cpSync(CERTIFICATES, join(".cache", "scripts", "certs"), { recursive: true });
  const run = spawnSync(
    process.execPath,
    [join("scripts", "run-ts.mjs"), join("bench", "scans.ts"), String(roles)],
    { encoding: "utf8", env: { ...process.env, NODE_EXTRA_CA_CERTS: join(CERTIFICATES, "ca.pem") } },
  );
  if (run.status !== 0) throw new Error(run.stderr);
  const { role, installation, cluster } = JSON.parse(run.stdout) as Scans;
  record("AWS: calls of a scan of a role", role.scanCalls, "", `<= ${role.bareCalls}`);
  record("AWS: a scan of a role", role.scan, "ms");
  record("AWS: the same reads with the SDK alone", role.bare, "ms");
  record("AWS: scan, times the reads alone", role.ratio, "x", "aim <= 1.5");
  record(
    "AWS: calls of a scan of an installation",
    installation.scanCalls,
    "",
    `<= ${installation.bareCalls}`,
  );
  record("AWS: a scan of an installation", installation.scan, "ms");
  record("AWS: the same reads with the SDK alone", installation.bare, "ms");
  record("AWS: scan of it, times the reads alone", installation.ratio, "x", "aim <= 1.25");
  record(`Kubernetes: calls of a scan of ${roles} roles`, cluster.calls, "", `<= ${cluster.least}`);
  record(`Kubernetes: a scan of ${cluster.documents} objects`, cluster.took, "ms");
}
