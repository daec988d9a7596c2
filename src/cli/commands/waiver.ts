import { existsSync } from "node:fs";
import { relative } from "node:path";
import { readReport } from "../../report/read.ts";
import type { Finding, Report } from "../../report/report.ts";
import { parseWaivers } from "../../report/waivers.ts";
import { entriesFor, waiverFileOf, withEntries } from "../../report/write-waivers.ts";
import { loggable } from "../../text/visible.ts";
import { UsageError } from "../line/errors.ts";
import type { GivenOptions } from "../line/options.ts";
import { pathOf } from "../line/settings.ts";
import type { Shell } from "../line/shell.ts";
import { readText } from "../output/files.ts";
import { checkPaths, writeFiles } from "../output/output.ts";

/** Enough of a fingerprint to tell findings apart; a slip of two or three letters names nothing. */
const SHORTEST = 8;

/**
 * `waiver FINGERPRINT… --report FILE`: the entries that accept these findings exactly as they stand, as a waiver file on
 * standard output, or added to the file of `-o`.
 * @throws UsageError, WaiverError; then nothing is written
 */
export async function waiver(
  operands: readonly string[],
  given: GivenOptions,
  shell: Shell,
): Promise<number> {
  const report = await reportOf(given, shell);
  const terms = {
    reason: needed(given, "reason", "why the drift is accepted"),
    owner: needed(given, "owner", "who answers for it: a person or a team"),
    expires: needed(given, "expires", "the last day on which it holds, as YYYY-MM-DD"),
  };
  const findings = [...new Set(operands.map((each) => findingOf(report, each)))];
  const targets = new Map(report.targets.map((target) => [target.name, target]));
  const entries = findings.flatMap((finding) => {
    const target = targets.get(finding.target);
    if (target === undefined) throw new UsageError(`${finding.fingerprint}: its target is not in the report`);
    return entriesFor(finding, target, terms);
  });
  const fresh = waiverFileOf(entries);
  // The reader is the judge of what was just written: a day that does not exist, an owner without a name.
  readable(fresh);
  if (terms.expires < shell.now().toISOString().slice(0, 10)) {
    throw new UsageError(`--expires: ${terms.expires} has passed; such a waiver covers nothing`);
  }
  const path = pathOf(given, "output", shell.cwd);
  if (path === undefined) {
    await shell.out.write(fresh);
    return 0;
  }
  const shown = relative(shell.cwd, path) || path;
  await checkPaths([path], shell.cwd, []);
  let text = fresh;
  if (existsSync(path)) {
    const before = await readText(path, "waiver file", shown);
    parseWaivers(before, shown);
    text = withEntries(before, entries);
    parseWaivers(text, shown);
  }
  await writeFiles([{ path, text }], shell.cwd);
  await shell.err.write(
    `${loggable(`chalk-audit: wrote ${shown}: ${entries.length} ${entries.length === 1 ? "waiver" : "waivers"} more`)}\n`,
  );
  return 0;
}

async function reportOf(given: GivenOptions, shell: Shell): Promise<Report> {
  const file = pathOf(given, "report", shell.cwd);
  if (file === undefined) throw new UsageError("--report: name the JSON report that has the findings");
  const shown = relative(shell.cwd, file) || file;
  return readReport(await readText(file, "report", shown), shown);
}

function needed(given: GivenOptions, name: string, what: string): string {
  const value = given.get(name)?.values.at(-1)?.trim() ?? "";
  if (value === "") throw new UsageError(`--${name}: give ${what}`);
  return value;
}

function findingOf(report: Report, fingerprint: string): Finding {
  const start = fingerprint.toLowerCase();
  if (!/^[0-9a-f]+$/.test(start) || start.length < SHORTEST) {
    throw new UsageError(
      `${fingerprint}: expected a finding's fingerprint, or its first ${SHORTEST} letters at least, as the JSON report has it`,
    );
  }
  const found = report.findings.filter((finding) => finding.fingerprint.startsWith(start));
  const [first] = found;
  if (first === undefined) throw new UsageError(`${fingerprint}: the report has no such finding`);
  if (found.length > 1)
    throw new UsageError(`${fingerprint}: ${found.length} findings begin so; give more of it`);
  return first;
}

function readable(text: string): void {
  try {
    parseWaivers(text, "waiver");
  } catch (error) {
    const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new UsageError(line.replace(/^waiver:\d+:\d+: waivers\[\d+\]\.?/, "--"));
  }
}
