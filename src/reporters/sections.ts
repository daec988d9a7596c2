import { anythingAssessed, WAIVER_CHECK } from "../report/exit-code.ts";
import { growthText } from "../report/growth.ts";
import type { ControlResult, Finding, Report } from "../report/report.ts";
import { grouped, plural } from "../text/count.ts";
import { displayWidth, wrap } from "../text/layout.ts";
import { visible, wholly } from "../text/visible.ts";
import type { Paint } from "./paint.ts";
import { doorTexts, recordedText, staleTexts } from "./recorded.ts";
import { markOf, type Obstacles, obstacleLines, obstaclesOf } from "./unread.ts";
import { judgedBy, shortIds, shortScopes } from "./words.ts";

/** Targets named in the head of a report; a fleet is counted. */
const MOST_TARGETS = 5;

/** What was audited against what: baselines, targets and principals. */
export function headerLines(report: Report, width: number, verbose: boolean): string[] {
  const baselines = report.baselines.map(judgedBy).join(", ") || "no baseline";
  if (report.targets.length === 0) return wrap(visible(`${baselines} against nothing`), width, 2);
  const id = verbose ? (text: string) => text : principalId;
  const targetName = targetNames(report);
  const lines = report.targets.slice(0, MOST_TARGETS).flatMap((target) => {
    const who = (target.principals ?? []).map((p) =>
      p.name === undefined || p.name === "" ? id(p.id) : `${p.name} (${id(p.id)})`,
    );
    const shown = who.slice(0, 3).join(", ") + (who.length > 3 ? ` and ${who.length - 3} more` : "");
    const recorded = recordedText(target);
    const when = recorded === undefined ? "" : ` (${recorded})`;
    const principals = who.length === 0 ? "" : `, ${who.length === 1 ? "principal" : "principals"} ${shown}`;
    return wrap(
      // The time keeps together by a space that `visible` must not see.
      `${visible(`${baselines} against ${verbose ? target.name : targetName(target.name)}`)}${when}${visible(principals)}`,
      width,
      2,
    );
  });
  const more = report.targets.length - MOST_TARGETS;
  return more > 0 ? [...lines, `and ${plural(more, "more target")}`] : lines;
}

/** Recorded state that is too old, said below the verdict. */
export function staleLines(report: Report, width: number, paint: Paint): string[] {
  return staleTexts(report).flatMap((text) => wrap(`${paint.warn("OLD STATE:")} ${visible(text)}`, width, 2));
}

/** Which ways to more were looked at, in every report and whole. */
function doorLines(report: Report, width: number, paint: Paint): string[] {
  const all = doorTexts(report);
  return all.flatMap(({ targets, text }) => {
    const where = all.length > 1 ? ` on ${targets.join(", ")}` : "";
    return wrap(`${paint.bold(visible(`Doors${where}:`))} ${visible(text)}`, width, 2);
  });
}

/** Targets with their ids cut, unless that makes two of them look the same. */
export function targetNames(report: Report): (name: string) => string {
  const short = new Set(report.targets.map((t) => shortIds(t.name)));
  return short.size === report.targets.length ? shortIds : (name) => name;
}

/** `aaaaaaaa-…-0001`: enough of an object id to know it again. */
function principalId(id: string): string {
  return id.replace(/^([0-9a-f]{8})-[0-9a-f-]{18,}([0-9a-f]{4})$/i, "$1-…-$2");
}

/** What changed since the earlier report, when there is one. */
export function sinceLines(report: Report, width: number): string[] {
  if (report.gone === undefined) return [];
  const drift = report.findings.filter((f) => f.outcome === "fail");
  const states = (["new", "updated", "unchanged"] as const).map(
    (state) => `${grouped(drift.filter((f) => f.state === state).length)} ${state}`,
  );
  const unassessed = report.unassessed?.length ?? 0;
  const parts = [
    ...states,
    `${grouped(report.gone.length)} gone`,
    ...(unassessed > 0 ? [`${grouped(unassessed)} could not be looked at again`] : []),
  ];
  return wrap(`Since the earlier report: ${parts.join(", ")}.`, width, 2);
}

/** A name, what is said of it, and how many things it stands for (one). */
type Entry = readonly [name: string, text: string, count?: number];

/** As many controls with the same reason are told in one line. */
const MANY = 3;

/** Not assessed, waived, fine, skipped, gone, notes: each only when there is something to say. */
export function sectionLines(report: Report, width: number, verbose: boolean, paint: Paint): string[][] {
  const obstacles = obstaclesOf(report, verbose || !anythingAssessed(report));
  const names = controlNames(report);
  const by = (outcome: ControlResult["outcome"]) => report.controls.filter((c) => c.outcome === outcome);
  const list = (title: string, entries: readonly Entry[], brief = false): string[] => {
    if (entries.length === 0) return [];
    const lines = hanging(entries, width, brief);
    const count = grouped(entries.reduce((sum, [, , each = 1]) => sum + each, 0));
    const isCut = brief && lines.some((line) => line.endsWith("…"));
    return [paint.bold(`${title} (${count})${isCut ? ", whole by --verbose" : ""}`), ...lines];
  };

  const notes: readonly Entry[] = [
    ...alike(report.findings.filter((f) => f.outcome === "pass")).map(([first, ...others]): Entry => {
      const also =
        others.length === 0 ? "" : ` (likewise ${others.map(({ resource }) => resource.name).join(", ")})`;
      return [names.of(first.control, first.target), `${first.message}${also}`, 1 + others.length];
    }),
    ...[...new Set(report.targets.flatMap((t) => t.notes ?? []))].map((n): Entry => ["", n]),
  ];
  return [
    obstacleLines(
      obstacles,
      report,
      "Not read",
      verbose ? (name) => name : targetNames(report),
      width,
      paint,
    ),
    list("Not assessed", notAssessed(report, names, obstacles)),
    list(
      "Waived",
      report.findings
        .filter((f) => f.outcome === "waived")
        .map((f) => [
          names.of(f.control, f.target),
          `${f.severity} ${f.drift}: ${f.pattern === undefined ? f.message : wholly(f.pattern)} (${f.waiver?.reason ?? ""}; ${f.waiver?.owner ?? ""}, until ${f.waiver?.expires ?? ""})`,
        ]),
    ),
    list(
      "Gone",
      (report.gone ?? []).map((f) => [
        names.of(f.control, f.target),
        `${f.severity} ${f.drift}: ${f.pattern === undefined ? f.message : wholly(f.pattern)}`,
      ]),
    ),
    list(
      "Grown without an edit",
      (report.grown ?? []).map((growth) => ["", growthText(growth)]),
    ),
    [
      ...fineLines(ofBaselines(by("pass")), names, width, paint),
      ...skippedLines(by("skipped"), names, width, paint),
    ],
    doorLines(report, width, paint),
    list("Notes", notes, !verbose),
  ];
}

/** Findings that say the same but for the name of their resource, together. */
function alike(findings: readonly Finding[]): readonly (readonly [Finding, ...Finding[]])[] {
  const lists = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const { name } = finding.resource;
    const said = name === "" ? finding.message : finding.message.replaceAll(name, "…");
    const key = JSON.stringify([finding.control, finding.target, said]);
    const list = lists.get(key);
    if (list === undefined) lists.set(key, [finding]);
    else list.push(finding);
  }
  return [...lists.values()];
}

/** Unknown controls with their reason (one entry for many with the same), and the parts of failed ones that are unknown. */
function notAssessed(report: Report, names: Names, obstacles: Obstacles): readonly Entry[] {
  const entries = report.controls.flatMap((control): Entry[] => {
    const open = report.findings.filter(
      (f) => f.outcome === "unknown" && f.control === control.id && f.target === control.target,
    );
    const name = names.of(control.id, control.target);
    const scope = report.targets.find((t) => t.name === control.target)?.scope ?? "";
    const places = [...new Set(open.flatMap((f) => obstacles.of(f) ?? []))].sort((a, b) => a - b);
    const others = open.filter((f) => obstacles.of(f) === undefined);
    const shown = [
      ...(places.length === 0 ? [] : [`not read: ${places.map(markOf).join(" ")}`]),
      ...others.slice(0, 3).map((f) => shortScopes(f.message, scope)),
    ];
    const more = others.length > 3 ? [`and ${others.length - 3} more`] : [];
    if (control.outcome === "unknown") {
      // The reason sums up the findings, so it is said only where there are none.
      const reasons =
        open.length > 0 ? [...shown, ...more] : [shortScopes(control.reason ?? "no reason was given", scope)];
      return [[name, reasons.join("; ")]];
    }
    return open.length === 0 ? [] : [[`${name} (in part)`, [...shown, ...more].join("; ")]];
  });
  const byText = new Map<string, string[]>();
  for (const [name, text] of entries) byText.set(text, [...(byText.get(text) ?? []), name]);
  return [...byText].flatMap(([text, who]): Entry[] =>
    who.length < MANY
      ? who.map((name) => [name, text])
      : [[plural(who.length, "control"), `${text}: ${who.join(", ")}`, who.length]],
  );
}

/** A waiver file is judged beside the baselines; what is to be said of it stands in the notes. */
function ofBaselines(controls: readonly ControlResult[]): readonly ControlResult[] {
  return controls.filter(({ check }) => check !== WAIVER_CHECK);
}

/** More fine controls than this are a list in which nobody finds anything: they stand by section of the page. */
const MOST_FINE_IN_A_ROW = 12;

function fineLines(controls: readonly ControlResult[], names: Names, width: number, paint: Paint): string[] {
  if (controls.length === 0) return [];
  const entries = names.gathered(controls).map(({ name, first }) => {
    const marks = [...(first.optional ? ["optional"] : []), ...(first.absent ? ["absent"] : [])];
    return { text: marks.length === 0 ? name : `${name} (${marks.join(", ")})`, section: first.section };
  });
  const title = `Fine (${grouped(controls.length)})`;
  if (entries.length <= MOST_FINE_IN_A_ROW || entries.some(({ section }) => section === undefined)) {
    const row = entries.map(({ text }) => text).join(", ");
    return wrap(`${paint.bold(`${title}:`)} ${visible(row)}`, width, 2);
  }
  const sections = new Map<string, string[]>();
  for (const { text, section = "" } of entries)
    sections.set(section, [...(sections.get(section) ?? []), text]);
  return [
    paint.bold(`${title}, by section of the page`),
    ...[...sections].flatMap(([section, all]) =>
      wrap(visible(`${section}: ${all.join(", ")}`), width - 1, 2).map((line) => ` ${line}`),
    ),
  ];
}

function skippedLines(
  controls: readonly ControlResult[],
  names: Names,
  width: number,
  paint: Paint,
): string[] {
  if (controls.length === 0) return [];
  const reasons = new Map<string, ControlResult[]>();
  for (const control of controls) {
    const reason = control.reason ?? "not asked for";
    reasons.set(reason, [...(reasons.get(reason) ?? []), control]);
  }
  return [...reasons].flatMap(([reason, list]) => {
    const which = names.gathered(list).map(({ name }) => name);
    return wrap(
      `${paint.bold(`Skipped (${grouped(list.length)}):`)} ${visible(`${reason}: ${which.join(", ")}`)}`,
      width,
      2,
    );
  });
}

/**
 * Entries with their names in a column, the texts wrapped beside it; a very long name stands above its text.
 * @param brief a line of each text
 */
function hanging(entries: readonly Entry[], width: number, brief = false): string[] {
  const lined = (text: string, columns: number, hang = 0): string[] => {
    const lines = wrap(visible(text), columns, hang);
    if (!brief || lines.length < 2) return lines;
    const [first = ""] = wrap(visible(text), columns - 1, hang);
    return [`${first.replace(/[,;:]?$/, "")}…`];
  };
  const column = Math.min(30, Math.max(0, ...entries.map(([name]) => displayWidth(visible(name)))));
  return entries.flatMap(([name, text]) => {
    if (name === "") return lined(text, width - 1, 2).map((line) => ` ${line}`);
    const shown = visible(name);
    const fits = displayWidth(shown) <= column;
    const indent = fits ? column + 4 : 4;
    const lines = lined(text, width - indent);
    const head = fits ? ` ${shown}${" ".repeat(indent - 1 - displayWidth(shown))}` : " ".repeat(indent);
    return [
      ...(fits ? [] : wrap(shown, width - 1, 2).map((line) => ` ${line}`)),
      ...lines.map((line, i) => (i === 0 ? head : " ".repeat(indent)) + line),
    ];
  });
}

/** Where to read why, and the page that the baseline encodes. */
export function closingLines(report: Report, drift: readonly Finding[], width: number): string[] {
  const concerned = drift.length > 0 ? drift : report.findings.filter((f) => f.outcome === "unknown");
  const checks = [...new Set(concerned.map((f) => f.rule.slice(0, f.rule.lastIndexOf("/"))))].filter(
    (id) => id !== "waiver",
  );
  const [first, ...others] = checks;
  const lines: string[] = [];
  if (first !== undefined) {
    const also = others.length === 0 ? "" : ` (likewise ${others.slice(0, 4).join(", ")})`;
    const title = drift.length > 0 ? "Why and how to put it right" : "What this means";
    lines.push(...wrap(visible(`${title}: chalk-audit check explain ${first}${also}`), width, 2));
  }
  const pages = [...new Set(concerned.map((f) => `${f.documentation.url}, "${f.documentation.section}"`))];
  for (const page of pages.slice(0, 3)) lines.push(...wrap(visible(`The page: ${page}`), width, 2));
  if (pages.length > 3) lines.push(`and ${plural(pages.length - 3, "more section")}, in the JSON report`);
  return lines;
}

/** How controls are called in a report: short where one baseline is used, with the target where there are several. */
interface Names {
  readonly of: (control: string, target: string) => string;
  /** One entry per control, with the number of targets where there are several. */
  readonly gathered: (
    controls: readonly ControlResult[],
  ) => readonly { readonly name: string; readonly first: ControlResult }[];
}

function controlNames(report: Report): Names {
  const short = (id: string) => (report.baselines.length <= 1 ? id.slice(id.indexOf("/") + 1) : id);
  const places = new Map<string, Set<string>>();
  for (const { id, target } of report.controls)
    places.set(id, (places.get(id) ?? new Set<string>()).add(target));
  // in one report for a deployment a control has one target, that of its cloud, and need not say which
  const isSeveral = (id: string) => (places.get(id)?.size ?? report.targets.length) > 1;
  const targetName = targetNames(report);
  return {
    of: (control, target) =>
      isSeveral(control) ? `${short(control)} on ${targetName(target)}` : short(control),
    gathered: (controls) => {
      const groups = new Map<string, ControlResult[]>();
      for (const control of controls) {
        // An optional part that is there on one target and not on another is two entries.
        const key = JSON.stringify([control.id, control.absent === true]);
        groups.set(key, [...(groups.get(key) ?? []), control]);
      }
      return [...groups.values()].flatMap((list) => {
        const [first] = list;
        if (first === undefined) return [];
        return [
          {
            name: isSeveral(first.id)
              ? `${short(first.id)} on ${plural(list.length, "target")}`
              : short(first.id),
            first,
          },
        ];
      });
    },
  };
}
