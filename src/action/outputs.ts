import { randomUUID } from "node:crypto";
import { isIncomplete } from "../report/exit-code.ts";
import type { Report } from "../report/report.ts";

/** What the step gives to later ones; every value is text. */
export type Outputs = Readonly<Record<string, string>>;

/**
 * What a run found, in one word. The exit status says what fails the job, and a policy may let everything through
 * (`fail-on: never`, `fail-on-new`, `allow-incomplete`); the word says what is so: drift that fails no job is drift.
 */
function outcomeOf(status: number, drift: boolean, complete: boolean): string {
  if (status !== 0 && status !== 1 && status !== 3) return "error";
  if (drift || status === 1) return "drift";
  return complete && status === 0 ? "clean" : "incomplete";
}

/**
 * Outcome and counts of a run.
 * @param report the JSON report of the command beside this, parsed; undefined when none was written or it cannot be read
 */
export function outputsOf(status: number, report: unknown): Outputs {
  const at = (...path: readonly string[]): unknown =>
    path.reduce<unknown>(
      (value, key) =>
        typeof value === "object" && value !== null && Object.hasOwn(value, key)
          ? (value as Readonly<Record<string, unknown>>)[key]
          : undefined,
      report,
    );
  const count = (value: unknown) => (typeof value === "number" ? String(value) : "");
  const findings = at("findings");
  const states = Array.isArray(findings)
    ? findings.map((each: unknown) => (each as { readonly state?: unknown } | null)?.state)
    : [];
  const compared = Array.isArray(at("gone"));
  const drift =
    Array.isArray(findings) &&
    findings.some((each: unknown) => (each as { readonly outcome?: unknown } | null)?.outcome === "fail");
  const ended = status === 0 || status === 1 || status === 3;
  // Without a report nothing says that everything was assessed.
  const complete = ended && isWhole(report) && !isIncomplete(report);
  return {
    outcome: outcomeOf(status, drift, complete),
    drift: ended && Array.isArray(findings) ? String(drift) : "",
    complete: ended ? String(complete) : "",
    "exit-code": String(status),
    ...Object.fromEntries(
      ["pass", "fail", "unknown", "waived", "skipped"].map((name) => [
        name,
        count(at("summary", "controls", name)),
      ]),
    ),
    ...Object.fromEntries(
      ["critical", "high", "medium", "low", "info"].map((name) => [
        name,
        count(at("summary", "findings", name)),
      ]),
    ),
    new: compared ? String(states.filter((state) => state === "new").length) : "",
    updated: compared ? String(states.filter((state) => state === "updated").length) : "",
    gone: compared ? String((at("gone") as readonly unknown[]).length) : "",
  };
}

/** Whether it has what completeness is told by: the file is the command's own, but a disk may be full. */
function isWhole(report: unknown): report is Report {
  const value = report as Partial<Record<keyof Report, unknown>> | null | undefined;
  return (
    typeof value === "object" &&
    value !== null &&
    typeof value.interrupted === "boolean" &&
    Array.isArray(value.targets) &&
    Array.isArray(value.controls) &&
    Array.isArray(value.findings)
  );
}

/** The outputs as the runner reads them from GITHUB_OUTPUT: each between delimiters that nobody can guess. */
export function outputFile(outputs: Outputs, delimiter = `chalk_audit_${randomUUID()}`): string {
  return Object.entries(outputs)
    .map(([name, value]) => {
      if (value.includes(delimiter)) throw new Error(`output ${name} holds the delimiter`);
      return `${name}<<${delimiter}\n${value}\n${delimiter}\n`;
    })
    .join("");
}

/** A workflow command with its message escaped, so that it stays one line and one command. */
export function workflowCommand(name: "error" | "warning" | "notice", message: string): string {
  const data = message.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  return `::${name} title=chalk-audit::${data}`;
}

/** What is said at the end of the log, in numbers alone; undefined: nothing. */
export function annotation(outputs: Outputs): string | undefined {
  const { outcome, fail, unknown, complete } = outputs;
  const fails = outputs["exit-code"] === "1" || outputs["exit-code"] === "3";
  const unfailing = fails ? "" : "; by its settings this fails no job";
  const news =
    outputs["new"] === ""
      ? ""
      : `; since the earlier report ${outputs["new"]} new, ${outputs["updated"]} changed`;
  switch (outcome) {
    case "drift":
      return workflowCommand(
        outputs["exit-code"] === "1" ? "error" : "warning",
        `drift: ${fail} controls fail, ${unknown} could not be assessed${complete === "true" || unknown !== "0" ? "" : ", a part could not be read"}${news}${unfailing}`,
      );
    case "incomplete":
      return workflowCommand(
        "warning",
        `incomplete: ${unknown} controls could not be assessed${news}${unfailing}`,
      );
    case "error":
      return workflowCommand("error", "the audit could not be made; the log says why");
    default:
      return undefined;
  }
}
