import { contentNumber } from "../report/grant.ts";
import type { Report, Severity } from "../report/report.ts";
import { plural } from "../text/count.ts";
import { visible } from "../text/visible.ts";
import { inPieces, type Reporter } from "./define.ts";
import { earlierLeftOut, gapsOf } from "./gaps.ts";
import { jsonPieces } from "./json-pieces.ts";
import { behindOf } from "./recorded.ts";
import { artifactUri, cut, shortMessage } from "./sarif-text.ts";
import { uuidOf } from "./uuid.ts";

const SEVERITY_WORDS = {
  critical: "blocker",
  high: "critical",
  medium: "major",
  low: "minor",
  info: "info",
} as const satisfies Record<Severity, string>;

/** Characters of what could not be assessed, which says what to grant. */
const MOST = 2_000;
/** What is not known ranks as drift that breaks the vendor would. */
const OPEN = "major";

/**
 * GitLab's Code Quality report: a list that a merge request shows against its target branch's. What is not known is an
 * entry too, so that a scan that could read less never looks like one that mended something. Waived findings and notes
 * are left out.
 */
export const gitlabCodequality: Reporter = {
  format: "gitlab-codequality",
  title: "GitLab Code Quality report for merge requests",
  extension: "json",
  ...inPieces((report) => jsonPieces(entries(report))),
  leftOut: (report) => {
    const waived = report.findings.filter(({ outcome }) => outcome === "waived").length;
    return [
      ...(waived === 0 ? [] : [`${plural(waived, "finding")} waived: GitLab has no word for it`]),
      ...earlierLeftOut(report),
    ];
  },
};

function* entries(report: Report): Iterable<object> {
  const behind = behindOf(report);
  // The widget shows the description and a line of the baseline: nothing else can say where it is, and what was open.
  const several = report.targets.length > 1;
  const notAssessed = (target: string, control: string | undefined, text: string): string => {
    const named = several || control === undefined ? [target, control] : [control];
    return `not assessed: ${[...named, text].filter((part) => part).join(": ")}${behind(target, control)}`;
  };
  for (const finding of report.findings) {
    const { target, control, outcome, rule, severity, fingerprint, location, message } = finding;
    if (outcome !== "fail" && outcome !== "unknown") continue;
    const open = outcome === "unknown";
    yield entry({
      description: open
        ? notAssessed(target, control, cut(message, MOST))
        : `${several ? `${target}: ` : ""}${shortMessage(finding, visible)}${behind(target, control)}`,
      check: rule,
      fingerprint: uuidOf("code quality", fingerprint, String(contentNumber(finding)), outcome),
      severity: open ? OPEN : SEVERITY_WORDS[severity],
      ...location,
    });
  }
  const file = report.baselines[0]?.file ?? "baselines";
  for (const { target, control, text } of gapsOf(report)) {
    yield entry({
      description: notAssessed(target, control, text),
      check: "chalk-audit/not-assessed",
      fingerprint: uuidOf("code quality gap", target, control ?? ""),
      severity: OPEN,
      file,
      line: 1,
    });
  }
}

interface Entry {
  readonly description: string;
  readonly check: string;
  readonly fingerprint: string;
  readonly severity: string;
  readonly file: string;
  readonly line: number;
}

function entry({ description, check, fingerprint, severity, file, line }: Entry): object {
  return {
    description: visible(description),
    check_name: visible(check),
    fingerprint,
    severity,
    location: { path: artifactUri(file), lines: { begin: Math.max(1, line) } },
  };
}
