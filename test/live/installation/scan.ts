import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { Finding, Report } from "../../../src/report/report.ts";
import { bare, line } from "../../worlds/line.ts";
import { published as publishedOfAws, rootKeys } from "../aws/scan.ts";
import { type Ran, runCommand } from "../command.ts";
import { notPublished } from "../kubernetes/scan.ts";
import { region } from "../servers/aws/setup.ts";
import type { World } from "./world.ts";

export interface Look {
  readonly report: Report;
  readonly ran: Ran;
  /** Findings that are no notes, one line each, ids by the names of the tests; and the exit status. */
  readonly seen: readonly string[];
}

/** What somebody gives who knows the installation. */
const GIVEN = [
  ...["--set", "controlPlaneCidrs=203.0.113.0/24"],
  ...["--set", "apiHost=api.acme.example", "--set", "frontendHost=chalk.acme.example"],
];

/** Arguments and environment of a command about these clouds. */
export async function reach(
  world: World,
  clouds: readonly ("aws" | "kubernetes")[] = ["aws", "kubernetes"],
): Promise<{
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What the scanner signs in to the cluster by. */
  readonly token: string;
}> {
  const { live, aws, files } = world;
  const token = await live.tokenOf("chalk-audit", "chalk-audit");
  const kubeconfig = live.kubeconfig({ token }, { url: live.front.url });
  return {
    args: [
      ...["--baseline", "chalk-helm", "--cloud", clouds.join(","), ...GIVEN],
      ...(clouds.includes("kubernetes") ? ["--kubeconfig", kubeconfig] : []),
      ...["--set", `values=${files.values}`, "--set", `seed=${files.seed}`],
    ],
    env: {
      AWS_ENDPOINT_URL: aws.front.url,
      AWS_REGION: region,
      AWS_EC2_METADATA_DISABLED: "true",
      ...rootKeys,
    },
    token,
  };
}

/** A scan of both clouds by the built command; it only read what is published, and no canary got out. */
export async function look(
  world: World,
  more: readonly string[] = [],
  as: Readonly<Record<string, string>> = {},
): Promise<Look> {
  const { live, aws } = world;
  const [before, beside] = [aws.front.seen.length, live.front.seen.length];
  const { args, env } = await reach(world);
  const ran = await runCommand([...args, "--format", "json", ...more], { ...env, ...as });
  expect(notPublished(live.front.seen.slice(beside))).toEqual([]);
  expect(aws.front.seen.slice(before).filter((call) => !isPublished(call))).toEqual([]);
  expect(ran.stdout + ran.stderr).not.toContain(world.canary);
  let report: Report;
  try {
    report = JSON.parse(ran.stdout) as Report;
  } catch {
    throw new Error(`the scan printed no report (exit ${ran.code}): ${ran.stderr}`);
  }
  for (const finding of report.findings) if (finding.outcome === "fail") expectHelp(finding);
  return { report, ran, seen: [...linesOf(world, report), `exit ${ran.code}`] };
}

const BASELINE = "baselines/chalk-helm/2026-11-20.yaml";
const lines = readFileSync(BASELINE, "utf8").split("\n");

/** The control whose lines of the baseline a line is one of. */
function controlAt(line: number): string | undefined {
  for (let at = line - 1; at >= 0; at--) {
    const id = /^ {2}- id: (\S+)$/.exec(lines[at] ?? "")?.[1];
    if (id !== undefined) return id;
  }
  return undefined;
}

/**
 * A difference points at a line of its own control, or of the file that it is in, and says how to see it and how to mend
 * it.
 */
function expectHelp({ control, message, location, verify, remediation }: Finding): void {
  const { file = "", line: at = 0 } = location ?? {};
  const inFile = /\/(values|seed)\.yaml$/.exec(file)?.[1];
  expect([message, inFile === undefined ? controlAt(at) : `${inFile}-file`]).toEqual([
    message,
    bare(control),
  ]);
  expect(inFile === undefined ? file : BASELINE).toBe(BASELINE);
  expect(at).toBeGreaterThan(0);
  expect([message, remediation?.text]).toEqual([message, expect.any(String)]);
  // a line of a file needs no command to be seen
  if (inFile === undefined) expect([message, verify]).toEqual([message, expect.any(String)]);
}

export function linesOf(world: World, report: Report): readonly string[] {
  return report.findings
    .filter(({ outcome }) => outcome !== "pass")
    .map((finding) => named(world, line(finding)))
    .sort();
}

/** Ids that the servers gave, by the names that the tests give. */
function named({ made, uid }: World, text: string): string {
  const names: readonly (readonly [string, string])[] = [
    [uid(), "CLUSTER"],
    [made.vpc, "VPC"],
    [made.msk, "KAFKA"],
    [made.zone, "ZONE"],
    [made.service, "SERVICE"],
    ...Object.entries(made.subnets).map(([name, id]) => [id, name] as const),
  ];
  return names
    .filter(([id]) => id !== "")
    .reduce((so, [id, name]) => so.replaceAll(id, name), text)
    .replaceAll("arn:aws:rds:eu-west-1:123456789012:db:", "db:")
    .replaceAll("arn:aws:eks:eu-west-1:123456789012:", "eks:")
    .replace(/(nodegroup\/chalk\/controllers)\/\w+/, "$1")
    .replaceAll(/\((?:\.\.\/|[\w./-])*\/(values|seed)\.yaml\)/g, "($1.yaml)")
    .replaceAll("123456789012/eu-west-1", "ACCOUNT")
    .replaceAll("arn:aws:iam::123456789012:", "iam:");
}

/** What a service names by its address, the front wrote down as method and path. */
function isPublished(seen: string): boolean {
  return publishedOfAws.some((call) => {
    if (call.path === undefined) return seen === `${call.service} ${call.operation}`;
    const path = call.path.replace(/\{\w+\}/g, "[^/]+").replace(/\/$/, "/?");
    return new RegExp(`^${call.service} GET ${path}$`).test(seen);
  });
}

/** Records one cloud. */
export async function collect(
  world: World,
  cloud: "aws" | "kubernetes",
  file: string,
  more: readonly string[] = [],
): Promise<Ran> {
  const { args, env } = await reach(world, [cloud]);
  return runCommand(["collect", ...args, ...more, "-o", file], env);
}
