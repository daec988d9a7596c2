import { WAIVER_CHECK } from "../../report/exit-code.ts";
import type { ControlResult, Outcome, Report } from "../../report/report.ts";
import { SEVERITIES, severityRank } from "../../report/severity.ts";
import { grouped } from "../../text/count.ts";
import { visible } from "../../text/visible.ts";
import { targetNames } from "../sections.ts";
import { shortScopes } from "../words.ts";
import { type Naming, shortControl } from "./card.ts";
import { type Child, h, type PageElement } from "./element.ts";

/** Targets that stand beside each other; more stand below each other, and the controls side by side. */
const MOST_COLUMNS = 8;

/** Targets below each other before the table scrolls in itself. */
const MOST_ROWS = 20;

const WORDS = {
  fail: ["✕", "drift"],
  unknown: ["?", "not assessed"],
  waived: ["◇", "waived"],
  pass: ["✓", "fine"],
  skipped: ["–", "skipped"],
} as const satisfies Record<Outcome, readonly [sign: string, word: string]>;

const LEGEND = Object.values(WORDS)
  .map(([sign, word]) => `${sign} ${word}`)
  .join(", ");

/** Every control on every target: a sign and a word each, and how much drift. */
export function controlMatrix(report: Report, naming: Naming): PageElement {
  const controls = report.controls.filter(
    ({ check, outcome }) => check !== WAIVER_CHECK || outcome !== "pass",
  );
  const drift = driftCounts(report);
  const byId = new Map<string, ControlResult[]>();
  for (const control of controls) byId.set(control.id, [...(byId.get(control.id) ?? []), control]);
  const single = [...byId.values()].every((list) => list.length === 1);
  const table = single
    ? controlList(controls, drift, naming, report)
    : report.targets.length <= MOST_COLUMNS
      ? byControl([...byId.values()], report, drift, naming)
      : byTarget([...byId.values()], report, drift, naming);
  return h("section", { "aria-labelledby": "controls" }, [
    h("h2", { id: "controls" }, "Controls"),
    controls.length === 0
      ? h("p", {}, "No control was in scope.")
      : h(
          "div",
          {
            class: report.targets.length > MOST_ROWS ? "scroll many" : "scroll",
            role: "group",
            "aria-labelledby": "controls",
            tabindex: "0",
          },
          [table],
        ),
  ]);
}

/** Findings of a control on a target that are drift, by severity. */
type DriftCounts = ReadonlyMap<string, ReadonlyMap<string, number>>;

function driftCounts(report: Report): DriftCounts {
  const found = new Map<string, Map<string, number>>();
  for (const { outcome, control, target, severity } of report.findings) {
    if (outcome !== "fail") continue;
    const key = JSON.stringify([control, target]);
    const counts = found.get(key) ?? new Map<string, number>();
    found.set(key, counts.set(severity, (counts.get(severity) ?? 0) + 1));
  }
  return found;
}

function countsOf({ id, target }: ControlResult, drift: DriftCounts): readonly (readonly [string, number])[] {
  const counts = drift.get(JSON.stringify([id, target])) ?? new Map<string, number>();
  return SEVERITIES.flatMap((severity) => {
    const count = counts.get(severity);
    return count === undefined ? [] : [[severity, count] as const];
  });
}

/** Sign and word of an outcome; where something can be looked at, a way to it. */
function outcomeCell(control: ControlResult, drift: DriftCounts, brief: boolean): PageElement {
  const [sign, word] = WORDS[control.outcome];
  const total = countsOf(control, drift).reduce((sum, [, count]) => sum + count, 0);
  const absent = control.absent === true ? `${word}, absent` : word;
  const text: readonly Child[] = [
    h("span", { class: "sign", "aria-hidden": "true" }, sign),
    " ",
    h("span", { class: brief ? "label word" : "label" }, absent),
    brief && total > 0 ? ` ${grouped(total)}` : "",
  ];
  const linked = control.outcome === "fail" || control.outcome === "unknown" || control.outcome === "waived";
  return h("td", { class: control.outcome }, [
    linked
      ? h(
          "a",
          {
            href: "#findings",
            "data-control": visible(control.id),
            "data-target": visible(control.target),
          },
          text,
        )
      : h("span", {}, text),
  ]);
}

function heading({ id, title, optional }: ControlResult, naming: Naming): PageElement {
  return h("th", { scope: "row" }, [
    h("span", { class: "name" }, visible(shortControl(id, naming))),
    optional === true ? " (optional)" : undefined,
    h("span", { class: "line" }, visible(title)),
  ]);
}

function controlList(
  controls: readonly ControlResult[],
  drift: DriftCounts,
  naming: Naming,
  report: Report,
): PageElement {
  const targetName = targetNames(report);
  const scopes = new Map(report.targets.map(({ name, scope }) => [name, scope]));
  const severityText = (control: ControlResult) =>
    countsOf(control, drift)
      .map(([severity, count]) => `${grouped(count)} ${severity}`)
      .join(", ");
  const skipped = controls.filter(({ outcome }) => outcome === "skipped");
  const ordered = controls
    .filter(({ outcome }) => outcome !== "skipped")
    .sort((a, b) => orderOf(a) - orderOf(b) || worst(a, drift) - worst(b, drift));
  return h("table", { class: "matrix list" }, [
    h("caption", {}, `Each control: ${LEGEND}`),
    headRow([
      "control",
      "result",
      ...(naming.oneTarget ? [] : ["target"]),
      "findings",
      "why, or what was compared",
    ]),
    h("tbody", {}, [
      ...ordered.map((control) =>
        h("tr", {}, [
          heading(control, naming),
          outcomeCell(control, drift, false),
          naming.oneTarget ? undefined : h("td", {}, visible(targetName(control.target))),
          h("td", { class: "amount" }, severityText(control)),
          h(
            "td",
            { class: "reason" },
            visible(shortScopes(control.reason ?? "", scopes.get(control.target) ?? "")),
          ),
        ]),
      ),
      ...skippedRow(skipped, naming),
    ]),
  ]);
}

/** What was not asked for, in one row; why stands in a section of its own. */
function skippedRow(controls: readonly ControlResult[], naming: Naming): readonly PageElement[] {
  if (controls.length === 0) return [];
  const [sign, word] = WORDS.skipped;
  return [
    h("tr", {}, [
      h(
        "th",
        { scope: "row", class: "skipped" },
        controls.map(({ id }) => visible(shortControl(id, naming))).join(", "),
      ),
      h("td", { class: "skipped" }, [h("span", { class: "sign", "aria-hidden": "true" }, sign), " ", word]),
      naming.oneTarget ? undefined : h("td"),
      h("td"),
      h("td", { class: "reason" }, [h("a", { href: "#skipped" }, [h("span", { class: "label" }, "why")])]),
    ]),
  ];
}

function orderOf({ outcome }: ControlResult): number {
  return Object.keys(WORDS).indexOf(outcome);
}

function worst(control: ControlResult, drift: DriftCounts): number {
  const [first] = countsOf(control, drift);
  return severityRank((first?.[0] ?? "info") as "info");
}

function headRow(names: readonly Child[]): PageElement {
  return h("thead", {}, [
    h(
      "tr",
      {},
      names.map((name) => h("th", { scope: "col" }, [name])),
    ),
  ]);
}

const NOT_HERE = h("td", { class: "nothing" }, [h("span", { class: "word" }, "not of this target")]);

function byControl(
  lists: readonly (readonly ControlResult[])[],
  report: Report,
  drift: DriftCounts,
  naming: Naming,
): PageElement {
  return h("table", { class: "matrix grid" }, [
    h("caption", {}, `Each control on each target: ${LEGEND}`),
    headRow(["control", ...report.targets.map(({ name }) => visible(targetNames(report)(name)))]),
    h(
      "tbody",
      {},
      lists.flatMap((list) => {
        const [first] = list;
        if (first === undefined) return [];
        const on = new Map(list.map((control) => [control.target, control]));
        return [
          h("tr", {}, [
            heading(first, naming),
            ...report.targets.map(({ name }) => {
              const control = on.get(name);
              return control === undefined ? NOT_HERE : outcomeCell(control, drift, true);
            }),
          ]),
        ];
      }),
    ),
  ]);
}

function byTarget(
  lists: readonly (readonly ControlResult[])[],
  report: Report,
  drift: DriftCounts,
  naming: Naming,
): PageElement {
  const columns = lists.map((list) => ({
    id: list[0]?.id ?? "",
    on: new Map(list.map((control) => [control.target, control])),
  }));
  return h("table", { class: "matrix grid tall" }, [
    h("caption", {}, `Each target under each control: ${LEGEND}`),
    headRow([
      "target",
      ...columns.map(({ id }) => h("span", { class: "turned" }, visible(shortControl(id, naming)))),
    ]),
    h(
      "tbody",
      {},
      report.targets.map(({ name }) =>
        h("tr", {}, [
          h("th", { scope: "row" }, visible(targetNames(report)(name))),
          ...columns.map(({ on }) => {
            const control = on.get(name);
            return control === undefined ? NOT_HERE : outcomeCell(control, drift, true);
          }),
        ]),
      ),
    ),
  ]);
}
