import { PROVIDERS } from "../../access/policy.ts";
import type { Cause, Finding, Report, Target } from "../../report/report.ts";
import { severityRank } from "../../report/severity.ts";
import { released } from "../../text/layout.ts";
import { visible, wholly } from "../../text/visible.ts";
import { type Group, groupsOf, groupText } from "../groups.ts";
import { type FindingRow, proofText, rowsOf, whatText } from "../rows.ts";
import { proofVerb, witnessScope, witnessText } from "../words.ts";
import { pathOf } from "./access-path.ts";
import { type FindingView, type GroupView, type RowView, STATUSES, type Status } from "./view.ts";

/** Operations that are named as examples, and proofs beside the first. */
const MOST_EXAMPLES = 12;
const MOST_PROOFS = 5;

/** Everything that the report says of findings, by cause: drift before all else, the worst first. */
export function groupViews(report: Report): readonly GroupView[] {
  const titles = new Map(report.controls.map(({ id, title }) => [id, title]));
  const found = STATUSES.flatMap((status, rank) =>
    [...byTarget(findingsOf(report, status))].flatMap(([name, findings]) => {
      const target = report.targets.find((each) => each.name === name) ?? unknownTarget(name);
      return groupsOf(rowsOf(findings, target)).map((group) => ({
        rank,
        severity: severityRank(group.rows[0]?.main.severity ?? "info"),
        view: groupView(group, { target, status, titles }),
      }));
    }),
  );
  return found.sort((a, b) => a.rank - b.rank || a.severity - b.severity).map(({ view }) => view);
}

const OUTCOMES = { fail: "drift", unknown: "not assessed", waived: "waived", pass: "note" } as const;

function findingsOf(report: Report, status: Status): readonly Finding[] {
  if (status === "gone") return report.gone ?? [];
  if (status === "not looked at again") return report.unassessed ?? [];
  return report.findings.filter(({ outcome }) => OUTCOMES[outcome] === status);
}

function byTarget(findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> {
  const lists = new Map<string, Finding[]>();
  for (const finding of findings) {
    const list = lists.get(finding.target);
    if (list === undefined) lists.set(finding.target, [finding]);
    else list.push(finding);
  }
  return lists;
}

/** A target of the earlier report alone. */
function unknownTarget(name: string): Target {
  const cloud = PROVIDERS.find((each) => name.startsWith(`${each}:`)) ?? "azure";
  return { name, cloud, scope: "", complete: false, unread: [] };
}

interface Context {
  readonly target: Target;
  readonly status: Status;
  readonly titles: ReadonlyMap<string, string>;
}

function groupView(group: Group, context: Context): GroupView {
  const { target } = context;
  const rows = [
    ...group.rows.map((row) => rowView(row, false, context)),
    ...group.likewise.flat().map((row) => rowView(row, true, context)),
  ];
  return {
    what: group.rows.length > 1 ? groupText(group, target).map(released) : [],
    commands: group.rows.length > 1 ? sharedCommands(group) : [],
    path: pathOf(group.rows, target),
    rows,
  };
}

/** What mends all of a group: known where each of its causes can go as a whole. */
function sharedCommands({ rows }: Group): readonly string[] {
  const causes: readonly Cause[] = rows[0]?.findings.find((f) => f.causes !== undefined)?.causes ?? [];
  if (causes.some(({ commands }) => commands === undefined)) return [];
  return causes.flatMap(({ commands = [] }) => commands.map(shown));
}

function rowView(row: FindingRow, likewise: boolean, context: Context): RowView {
  return {
    what: whatText(row).map(released),
    proof: proofText(row, context.target).map(released),
    likewise,
    findings: row.findings.map((finding) => findingView(finding, context)),
  };
}

function findingView(finding: Finding, { target, status, titles }: Context): FindingView {
  const { resource, location, documentation, waiver, remediation } = finding;
  const more = (finding.known?.count ?? 0) - (finding.known?.examples.length ?? 0);
  const examples = finding.known?.examples.slice(0, MOST_EXAMPLES).map(shown).join(", ") ?? "";
  return {
    name: shown(resource.name),
    id: shown(resource.id),
    type: shown(resource.type),
    status,
    state: finding.state ?? "",
    severity: finding.severity,
    drift: finding.drift,
    cloud: target.cloud,
    target: shown(finding.target),
    control: shown(finding.control),
    title: shown(titles.get(finding.control) ?? ""),
    message: shown(finding.message),
    why: shown(finding.why ?? ""),
    except: (finding.except ?? []).map(wholly).join(", "),
    examples: examples === "" || more <= 0 ? examples : `${examples}, …`,
    proofs: proofsOf(finding),
    by: shown(finding.by ?? ""),
    ...sides(finding),
    verify: shown(finding.verify ?? ""),
    mend: shown(remediation?.text ?? ""),
    commands: (remediation?.commands ?? []).map(shown),
    waiver: waiver === undefined ? "" : shown(`${waiver.reason} (${waiver.owner}, until ${waiver.expires})`),
    place: shown(`${location.file}:${location.line}`),
    page: shown(documentation.title),
    url: shown(documentation.url),
    section: shown(documentation.section),
    fingerprint: shown(finding.fingerprint),
  };
}

function proofsOf(finding: Finding): readonly string[] {
  const proofs = [...(finding.witness === undefined ? [] : [finding.witness]), ...(finding.witnesses ?? [])];
  return proofs.slice(0, MOST_PROOFS).map((witness) => {
    const scope = witnessScope(witness);
    return shown(
      `${proofVerb(finding)}: ${witnessText(witness)}${scope === undefined ? "" : ` at ${scope}`}`,
    );
  });
}

function sides({ expected, actual }: Finding): Pick<FindingView, "expected" | "actual"> {
  if (expected === undefined && actual === undefined) return { expected: "", actual: "" };
  return { expected: valueText(expected), actual: valueText(actual) };
}

/** A value as lines: text as it is, a list of texts one a line, all else as JSON. */
function valueText(value: unknown): string {
  if (value === undefined || value === null) return "(nothing)";
  if (typeof value === "string") return value === "" ? "(nothing)" : shown(value);
  if (Array.isArray(value) && value.every((item) => typeof item === "string"))
    return value.length === 0 ? "(none)" : value.map((item) => visible(item)).join("\n");
  return shown(JSON.stringify(value, null, 2));
}

/** A text of several lines in which everything can be seen. */
export function shown(text: string): string {
  return released(text).split("\n").map(visible).join("\n");
}
