import { expect } from "vitest";
import type { Finding, Report } from "../../../src/report/report.ts";
import type { KubernetesCall } from "../../../src/snapshot/kinds/calls.ts";
import { kubernetesKinds } from "../../../src/snapshot/kinds/kubernetes.ts";
import { type Ran, runCommand } from "../command.ts";
import type { Seen } from "../servers/kubernetes/front.ts";
import type { LiveKubernetes, SignIn } from "../servers/kubernetes/setup.ts";

/** What a scan of one world came to. */
export interface Scanned {
  readonly code: number | null;
  readonly ran: Ran;
  readonly report: Report;
  /** Control → outcome, of the controls that concern Kubernetes. */
  readonly outcomes: Readonly<Record<string, string>>;
  /** Findings that are drift, one line each. */
  readonly drift: readonly string[];
  /** Notes: findings that change no outcome. */
  readonly notes: readonly string[];
  readonly findings: readonly Finding[];
  readonly seen: readonly Seen[];
}

export interface Scan {
  /** Of the service account that scans. */
  readonly token: string;
  readonly baseline?: string;
  /** The audited namespace; absent: none is named. */
  readonly namespace?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A scan of whatever the server shows, with what holds for every scan: it only reads, and no token gets out. */
export async function scan(live: LiveKubernetes, { token, ...what }: Scan): Promise<Scanned> {
  const before = live.front.seen.length;
  const ran = await rawScan(live, { token }, what);
  const seen = live.front.seen.slice(before);
  expect(notPublished(seen)).toEqual([]);
  expect(`${ran.stdout}${ran.stderr}`.includes(token)).toBe(false);
  return { ...summarised(ran), seen };
}

export function rawScan(
  live: LiveKubernetes,
  signIn: SignIn,
  { baseline, namespace, args = [], env = {} }: Omit<Scan, "token">,
): Promise<Ran> {
  const kubeconfig = live.kubeconfig(signIn, { url: live.front.url });
  return runCommand(
    [
      ...["scan", "--cloud", "kubernetes", "--kubeconfig", kubeconfig, "--format", "json"],
      ...(baseline === undefined ? [] : ["--baseline", baseline]),
      ...(namespace === undefined ? [] : ["--namespace", namespace]),
      ...args,
    ],
    env,
  );
}

export function summarised(ran: Ran): Omit<Scanned, "seen"> {
  let report: Report;
  try {
    report = JSON.parse(ran.stdout) as Report;
  } catch {
    throw new Error(`the scan printed no report (exit ${ran.code}): ${ran.stderr || ran.stdout}`);
  }
  const ours = report.controls.filter(({ check }) => check.startsWith("kubernetes/"));
  const lines = (drift: boolean) =>
    report.findings
      .filter((each) => (each.outcome === "fail") === drift)
      .map(line)
      .sort();
  return {
    code: ran.code,
    ran,
    report,
    outcomes: Object.fromEntries(ours.map(({ id, outcome }) => [bare(id), outcome])),
    drift: lines(true),
    notes: lines(false),
    findings: report.findings,
  };
}

const bare = (id: string) => id.slice(id.indexOf("/") + 1);

function line(finding: Finding): string {
  const latent = finding.latent === true ? " latent" : "";
  const what = finding.pattern ?? finding.resource.name;
  // of the words only which binding gives it, and by which group
  const named = (finding.by ?? "").match(
    /(?:Cluster)?RoleBinding [^\s,()]+(?: in namespace [^\s,()]+)?|as group [^\s,()]+/g,
  );
  const by = named === null || finding.drift === "missing" ? "" : ` by ${named.join(", ")}`;
  return `${bare(finding.control)}: ${finding.drift} ${finding.severity}${latent} ${what}${by}`;
}

/** Every call that the registry of document kinds names. */
export const published: readonly KubernetesCall[] = Object.values(kubernetesKinds).flatMap(
  ({ calls }) => calls,
);

/** Requests that are no plain reads, or that the registry does not name. */
export function notPublished(seen: readonly Seen[], more: readonly string[] = []): readonly Seen[] {
  const paths = [...published.map(({ path }) => path), ...more].map(
    (path) => new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`),
  );
  return seen.filter(({ method, path }) => {
    const url = new URL(path, "https://localhost");
    return (
      method !== "GET" ||
      url.searchParams.has("watch") ||
      url.pathname.startsWith("/api/v1/watch") ||
      !paths.some((each) => each.test(url.pathname))
    );
  });
}
