import { randomUUID } from "node:crypto";

/** Exit statuses of a scan, in words. */
const outcomes: Readonly<Record<number, string>> = { 0: "clean", 1: "drift", 3: "incomplete" };

/** What the step gives to later ones; every value is text. */
export type Outputs = Readonly<Record<string, string>>;

/**
 * Outcome and counts of a run.
 * @param report the JSON report, parsed; undefined when none was written
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
  return {
    outcome: outcomes[status] ?? "error",
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
export function command(name: "error" | "warning" | "notice", message: string): string {
  const data = message.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  return `::${name} title=chalk-audit::${data}`;
}

/** What is said at the end of the log, in numbers alone; undefined: nothing. */
export function annotation(outputs: Outputs): string | undefined {
  const { outcome, fail, unknown } = outputs;
  const news =
    outputs["new"] === ""
      ? ""
      : `; since the earlier report ${outputs["new"]} new, ${outputs["updated"]} changed`;
  switch (outcome) {
    case "drift":
      return command("error", `drift: ${fail} controls fail, ${unknown} could not be assessed${news}`);
    case "incomplete":
      return command("warning", `incomplete: ${unknown} controls could not be assessed${news}`);
    case "error":
      return command("error", "the audit could not be made; the log says why");
    default:
      return undefined;
  }
}
