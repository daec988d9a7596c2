import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import type { Report } from "../../../src/report/report.ts";
import { awsKinds } from "../../../src/snapshot/kinds/aws.ts";
import { type Ran, runCommand } from "../command.ts";
import type { Front } from "../servers/aws/front.ts";
import { region, root } from "../servers/aws/setup.ts";
import { externalId } from "./world.ts";

export const rootKeys = {
  AWS_ACCESS_KEY_ID: root.accessKeyId,
  AWS_SECRET_ACCESS_KEY: root.secretAccessKey,
} as const;

/** Every call that the registry of document kinds names. */
export const published = Object.values(awsKinds).flatMap(({ calls }) => calls);

/** The SARIF of every scan so far. */
export const written: string[] = [];

export interface Scanned {
  readonly ran: Ran;
  /** SARIF of the complete target, else of the one that is not. */
  readonly sarif: string;
  readonly report: Report;
  readonly outcomes: Readonly<Record<string, string>>;
  /** `effective-access excess critical`. */
  readonly drift: readonly string[];
}

/** A scan of the built command, and with it the promise that it only read what the registry names. */
export async function scan(
  front: Front,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = rootKeys,
): Promise<Scanned> {
  const before = front.seen.length;
  const folder = mkdtempSync(join(tmpdir(), "chalk-audit-live-"));
  const file = join(folder, "report.sarif");
  const ran = await runCommand(
    [
      ...["--cloud", "aws", "--set", `externalId=${externalId}`],
      ...["--format", "json", "--format", `sarif=${file}`, ...args],
    ],
    { AWS_ENDPOINT_URL: front.url, AWS_REGION: region, AWS_EC2_METADATA_DISABLED: "true", ...env },
  );
  expect(
    ran.stderr.replace(/^chalk-audit: (sarif: no target could be read completely, |wrote ).*\n/gm, ""),
  ).toBe("");
  const incomplete = join(folder, "report.incomplete.sarif");
  const sarif = readFileSync(existsSync(file) ? file : incomplete, "utf8");
  written.push(sarif);
  // what is complete is uploaded, what is not never: one of the two files, as the report says
  expect([existsSync(file), existsSync(incomplete)]).toEqual(
    (JSON.parse(ran.stdout) as Report).targets.every(({ complete }) => complete)
      ? [true, false]
      : [false, true],
  );
  rmSync(folder, { recursive: true, force: true });
  const seen = front.seen.slice(before);
  expect(seen.filter((call) => !published.some((each) => isCall(call, each)))).toEqual([]);
  const secret = env["AWS_SECRET_ACCESS_KEY"] ?? "";
  // The emulators' own key is a word that stands elsewhere too.
  if (secret !== root.secretAccessKey) expect(ran.stdout).not.toContain(secret);
  const report = JSON.parse(ran.stdout) as Report;
  const bare = (id: string) => id.replace("chalk-aws/", "");
  return {
    ran,
    sarif,
    report,
    outcomes: Object.fromEntries(
      report.controls
        .filter(({ outcome }) => outcome !== "skipped")
        .map(({ id, outcome }) => [bare(id), outcome]),
    ),
    drift: [
      ...new Set(
        report.findings
          .filter(({ outcome }) => outcome === "fail")
          .map(({ control, drift, severity }) => `${bare(control)} ${drift} ${severity}`),
      ),
    ].sort(),
  };
}

function isCall(seen: string, call: (typeof published)[number]): boolean {
  if (call.path === undefined) return seen === `${call.service} ${call.operation}`;
  return new RegExp(`^eks GET ${call.path.replace(/\{\w+\}/g, "[^/]+")}$`).test(seen);
}
