import { anythingAssessed, isIncomplete } from "../report/exit-code.ts";
import type { Report } from "../report/report.ts";
import { atLeast } from "../report/severity.ts";
import { grouped, plural } from "../text/count.ts";
import { KEEP } from "../text/layout.ts";
import type { RenderOptions } from "./define.ts";
import type { Paint } from "./paint.ts";

/**
 * The verdict in one sentence, with the exit code that the run will have. Skipped controls are not counted: they were not
 * asked for.
 */
export function verdictLine(
  report: Report,
  { exitCode, failOn }: Pick<RenderOptions, "exitCode" | "failOn">,
  paint: Paint,
): string {
  const { pass, fail, unknown, waived } = report.summary.controls;
  const asked = pass + fail + unknown + waived;
  const of = `${grouped(asked)} ${asked === 1 ? "control" : "controls"}`;
  const exit = `Exit${KEEP}${exitCode}.`;
  const interrupted = report.interrupted
    ? `${paint.warn("INTERRUPTED:")} what follows is what was read until then. `
    : "";
  const extra = [
    ...(unknown > 0 ? [`${grouped(unknown)} could not be assessed`] : []),
    ...(unknown === 0 && isIncomplete(report) ? ["a part could not be read"] : []),
    ...(waived > 0 ? [`${grouped(waived)} waived`] : []),
  ];
  const expired = report.findings.filter((f) => f.outcome === "fail" && f.resource.type === "waiver").length;
  const drift = report.findings.some((f) => f.outcome === "fail");

  if (drift) {
    const where = targetsText(report);
    const bound = exitCode === 0 || exitCode === 3 ? harmless(report, failOn) : belowText(report, failOn);
    return (
      `${interrupted}${paint.bad("DRIFT:")} ` +
      `${[`${grouped(fail)} of ${of} ${fail === 1 ? "fails" : "fail"}${where}`, ...extra, ...(expired > 0 ? [`${plural(expired, "waiver")} expired`] : [])].join(", ")}.${bound} ${exit}`
    );
  }
  if (!anythingAssessed(report)) {
    const read = report.targets.some((t) => t.unread.length > 0);
    const why =
      asked === 0 ? "no control was in scope" : read ? "nothing could be read" : "nothing could be assessed";
    return `${interrupted}${paint.warn("NOT ASSESSED:")} ${why}. ${exit}`;
  }
  if (isIncomplete(report)) {
    const most =
      unknown > 0 ? `${grouped(unknown)} of ${of} could not be assessed` : "a part could not be read";
    const rest = [
      `${grouped(pass)} ${pass === 1 ? "passes" : "pass"}`,
      ...(waived > 0 ? [`${grouped(waived)} waived`] : []),
    ];
    return `${interrupted}${paint.warn("INCOMPLETE:")} ${[most, ...rest].join(", ")}; no drift in what was read. ${exit}`;
  }
  const passed = [`${grouped(pass)} of ${of} ${asked === 1 ? "passes" : "pass"}`, ...extra].join(", ");
  return `${interrupted}${paint.good("NO DRIFT:")} ${passed}${comparedText(report)}. ${exit}`;
}

/** How much of the drift cannot fail the run by its severity; nothing where all of it can. */
function belowText(report: Report, failOn: RenderOptions["failOn"]): string {
  if (failOn === undefined) return "";
  const drift = report.findings.filter((f) => f.outcome === "fail");
  if (failOn === "never") return " By --fail-on never none of it fails the run.";
  const below = drift.filter((f) => !atLeast(f.severity, failOn)).length;
  if (below === 0) return "";
  const of =
    below === drift.length
      ? plural(below, "finding")
      : `${grouped(below)} of ${plural(drift.length, "finding")}`;
  return ` ${of} ${below === 1 && drift.length === 1 ? "is" : "are"} below --fail-on ${failOn}.`;
}

/** Why drift does not fail the run. */
function harmless(report: Report, failOn: RenderOptions["failOn"]): string {
  if (report.gone === undefined) return belowText(report, failOn) || " The drift is below --fail-on.";
  const fresh = report.findings.some((f) => f.outcome === "fail" && f.state !== "unchanged");
  return fresh ? " What is new or has changed is below --fail-on." : " None of it is new.";
}

function targetsText(report: Report): string {
  if (report.targets.length <= 1) return "";
  const drifting = new Set(report.findings.filter((f) => f.outcome === "fail").map((f) => f.target));
  return ` on ${grouped(drifting.size)} of ${plural(report.targets.length, "target")}`;
}

/** ` (1,482 operations compared, catalogue of 2026-11-21)`, when one catalogue served all targets. */
function comparedText(report: Report): string {
  const catalogs = report.targets.flatMap((t) => t.catalog ?? []);
  const [first] = catalogs;
  if (first === undefined || catalogs.some((c) => c.date !== first.date || c.operations !== first.operations))
    return "";
  return ` (${plural(first.operations, "operation")} compared, catalogue of ${first.date.slice(0, 10)})`;
}
