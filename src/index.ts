/**
 * The public API of chalk-audit. Everything here is pure: no network, no clock, no environment. Live state comes
 * from `chalk-audit collect`, which writes the snapshots that `readSnapshot` reads.
 *
 * @example
 * import { comparePolicies } from "chalk-audit";
 * const { missing, excess, undecided } = comparePolicies(
 *   "azure",
 *   [{ permissions: [{ actions: ["Microsoft.Compute/virtualMachines/*"] }] }],
 *   [{ permissions: [{ actions: ["Microsoft.Compute/*"] }] }],
 * );
 */

import type { LoadedBaseline } from "./baselines/baseline.ts";
import { loadBaseline as load } from "./baselines/bundled.ts";
import { parseBaseline as parse } from "./baselines/parse.ts";
import type { Check } from "./checks/define.ts";
import { checks, ruleTexts } from "./checks/registry.ts";
import type { Report } from "./report/report.ts";
import { findReporter, reporters } from "./reporters/registry.ts";

export type { ServiceData } from "./access/aws/service-data.ts";
export type {
  AllowsOptions,
  AwsRequest,
  AzureRequest,
  CatalogEntry,
  CompareOptions,
  Comparison,
  Doubt,
  Impact,
  Known,
  KubernetesRequest,
  KubernetesRule,
  Origin,
  Provider,
  Residue,
  ServedResource,
  Verdict,
  VoidGrant,
  Witness,
} from "./access/policy.ts";
export { PolicyError } from "./access/policy.ts";
export { allows, COMPARED as comparedProviders, comparePolicies } from "./access/provider.ts";
export { audit } from "./audit/audit.ts";
export type { AuditInput } from "./audit/input.ts";
export type {
  Baseline,
  Cite,
  Control,
  Erratum,
  LoadedBaseline,
  Parameter,
  Source,
} from "./baselines/baseline.ts";
export { type BundledBaseline, defaultBaseline, type LoadOptions, listBundled } from "./baselines/bundled.ts";
export { ParameterError } from "./baselines/parameters.ts";
export { BaselineError } from "./baselines/problem.ts";
export type { Check, DriftText } from "./checks/define.ts";
export { checks } from "./checks/registry.ts";
export type { Plugin, PluginCollector } from "./plugins/define.ts";
export { type ExitPolicy, exitCode } from "./report/exit-code.ts";
export { ReportError, readReport } from "./report/read.ts";
export type {
  ControlResult,
  Drift,
  Finding,
  Outcome,
  Principal,
  Remediation,
  Report,
  Resource,
  Severity,
  Target,
} from "./report/report.ts";
export type { RuleText } from "./report/rule-text.ts";
export { compareReports } from "./report/since.ts";
export { parseWaivers, type Waiver, WaiverError, type WaiverFile } from "./report/waivers.ts";
export type { RenderOptions, Reporter } from "./reporters/define.ts";
export { renderIncompleteSarif } from "./reporters/sarif.ts";
export type { Facts } from "./snapshot/facts.ts";
export type { ExtraCall, ExtraDoor } from "./snapshot/kinds/extra.ts";
export type { DocumentKind } from "./snapshot/kinds/kinds.ts";
export { readSnapshot, SnapshotError } from "./snapshot/read.ts";
export type { Snapshot, SnapshotDocument, Unread, UnreadCause } from "./snapshot/snapshot.ts";
export { formatSnapshot } from "./snapshot/write.ts";
export type { Context } from "./state/context.ts";
export type { Observation } from "./wording/observation.ts";

/**
 * Reads a baseline from the text of a YAML or JSON file.
 * @param file how the file is called in messages and in findings' locations
 * @param known the checks that its controls may name; those of this package when absent
 * @throws BaselineError with one line per problem: `FILE:LINE:COL: controls[2].with.x: what is wrong`
 */
export function parseBaseline(text: string, file: string, known: readonly Check[] = checks): LoadedBaseline {
  return parse(text, file, known);
}

/**
 * Loads a bundled baseline, `ID` (its newest version) or `ID@VERSION`, or one from a file, which is anything with a
 * slash or an ending of .yaml, .yml or .json. This is the one function here that reads files.
 * @throws BaselineError when there is no such baseline or file, or when it is not valid
 */
export function loadBaseline(spec: string): LoadedBaseline {
  return load(spec, checks);
}

/** The formats that `render` knows. */
export const formats: readonly string[] = reporters.map(({ format }) => format);

/**
 * Renders a report: `table`, `json` or `sarif`, in the bytes that the command line writes.
 * @param options columns (100), colour (off), details (off), and the exit status to speak of (that of `exitCode`)
 * @returns `undefined` when there is nothing to write: SARIF of a report in which no target was read completely
 * @throws RangeError for an unknown format
 */
export function render(
  report: Report,
  format: string,
  options: {
    readonly width?: number;
    readonly color?: boolean;
    readonly verbose?: boolean;
    readonly exitCode: number;
  },
): string | undefined {
  const reporter = findReporter(format);
  if (reporter === undefined) {
    throw new RangeError(`expected one of the formats ${formats.join(", ")}, found "${format}"`);
  }
  return reporter.render(report, {
    width: 100,
    color: false,
    verbose: false,
    ...options,
    rules: ruleTexts(),
  });
}
