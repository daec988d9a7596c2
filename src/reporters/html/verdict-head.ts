import type { Report, Target } from "../../report/report.ts";
import { SEVERITIES } from "../../report/severity.ts";
import { grouped, plural } from "../../text/count.ts";
import { released } from "../../text/layout.ts";
import { visible } from "../../text/visible.ts";
import type { RenderOptions } from "../define.ts";
import type { Paint } from "../paint.ts";
import { recordedText, staleTexts } from "../recorded.ts";
import { sinceLines } from "../sections.ts";
import { verdictLine } from "../verdict.ts";
import { judgedBy } from "../words.ts";
import { type Child, h, type PageElement } from "./element.ts";
import type { GroupView } from "./view.ts";

/** Targets and principals that are named before the others are folded. */
const MOST_TARGETS = 5;
const MOST_PRINCIPALS = 5;

/** Signs that stand around the words of a verdict that a terminal would colour; no text that is shown has them. */
const OPEN: Readonly<Record<"good" | "bad" | "warn", string>> = {
  good: "\u0001",
  bad: "\u0002",
  warn: "\u0003",
};
const CLOSE = "\u0004";

const plain = (text: string) => text;
const marking: Paint = {
  bold: plain,
  dim: plain,
  severity: (_, text) => text,
  good: (text) => `${OPEN.good}${text}${CLOSE}`,
  bad: (text) => `${OPEN.bad}${text}${CLOSE}`,
  warn: (text) => `${OPEN.warn}${text}${CLOSE}`,
};

const SIGNS = { good: "✓", bad: "✕", warn: "?" } as const;

/** The verdict, what was audited against what and when, and what must be known before anything else is believed. */
export function verdictHead(
  report: Report,
  groups: readonly GroupView[],
  options: RenderOptions,
): PageElement {
  const { tone, children } = verdict(report, options);
  const since = released(sinceLines(report, 10_000).join(" "));
  return h("header", { class: `head ${tone}` }, [
    h("p", { class: "brand" }, [
      "chalk-audit ",
      h("span", {}, [visible(report.tool.version), " · finished ", time(report.finishedAt)]),
    ]),
    h("h1", {}, [h("span", { class: "sign", "aria-hidden": "true" }, SIGNS[tone]), h("span", {}, children)]),
    ...staleTexts(report).map((text) =>
      h("p", { class: "warning" }, [h("strong", {}, "? Old state: "), visible(text)]),
    ),
    since === "" ? undefined : h("p", {}, visible(since)),
    severities(groups),
    against(report),
  ]);
}

function verdict(
  report: Report,
  options: RenderOptions,
): { tone: "good" | "bad" | "warn"; children: Child[] } {
  const line = released(verdictLine(report, options, marking));
  const parts = line.split(/(\u0001[^\u0004]*\u0004|\u0002[^\u0004]*\u0004|\u0003[^\u0004]*\u0004)/);
  let tone: "good" | "bad" | "warn" = "warn";
  const children = parts
    .filter((part) => part !== "")
    .map((part): Child => {
      const found = (["good", "bad", "warn"] as const).find((each) => part.startsWith(OPEN[each]));
      if (found === undefined) return visible(part);
      // the last word is the verdict; before it stands that the run was interrupted
      tone = found;
      return h("strong", {}, visible(part.slice(1, -1)));
    });
  return { tone, children };
}

/** Differences by severity, as in the table and in the list below; each number with its word. */
function severities(groups: readonly GroupView[]): PageElement | undefined {
  const rows = groups.flatMap((group) =>
    group.rows.flatMap(({ findings: [main] }) => (main?.status === "drift" ? [main.severity] : [])),
  );
  if (rows.length === 0) return undefined;
  return h("ul", { class: "tally", "aria-label": "Differences by severity" }, [
    ...SEVERITIES.map((severity) => {
      const count = rows.filter((each) => each === severity).length;
      return h("li", { class: count === 0 ? "none" : severity }, [
        h("strong", {}, grouped(count)),
        h("span", {}, ` ${severity}`),
      ]);
    }),
    // what two controls find alike is one difference here and two findings elsewhere
    h("li", {}, `${plural(rows.length, "difference")} in all`),
  ]);
}

function against(report: Report): PageElement {
  const baselines = report.baselines.map((each) =>
    h("li", {}, [
      h("code", {}, visible(judgedBy(each))),
      each.title === undefined ? undefined : ` ${visible(each.title)}`,
      h("span", { class: "line" }, `sha256 ${visible(each.sha256)}`),
    ]),
  );
  const targets = report.targets.map(targetItem);
  return h("dl", { class: "against" }, [
    h("dt", {}, plural(report.baselines.length, "baseline").replace(/^1 /, "")),
    h("dd", {}, [baselines.length === 0 ? "none" : h("ul", {}, baselines)]),
    h("dt", {}, plural(report.targets.length, "target").replace(/^1 /, "")),
    h("dd", {}, [
      targets.length === 0 ? "nothing" : h("ul", {}, targets.slice(0, MOST_TARGETS)),
      targets.length <= MOST_TARGETS
        ? undefined
        : h("details", {}, [
            h("summary", {}, plural(targets.length - MOST_TARGETS, "more target")),
            h("ul", {}, targets.slice(MOST_TARGETS)),
          ]),
    ]),
    h("dt", {}, "run"),
    h("dd", {}, [
      time(report.startedAt),
      " to ",
      time(report.finishedAt),
      report.interrupted
        ? h("strong", {}, " ? interrupted: what follows is what was read until then")
        : undefined,
    ]),
  ]);
}

function targetItem(target: Target): PageElement {
  const who = target.principals ?? [];
  const recorded = recordedText(target);
  const names = who
    .slice(0, MOST_PRINCIPALS)
    .map(({ id, name }) => visible(name === undefined || name === "" ? id : `${name} (${id})`));
  const more = who.length - names.length;
  return h("li", {}, [
    h("code", {}, visible(target.name)),
    target.complete ? undefined : h("strong", { class: "incomplete" }, " ? not read completely"),
    recorded === undefined ? undefined : h("span", { class: "line" }, visible(released(recorded))),
    names.length === 0
      ? undefined
      : h(
          "span",
          { class: "line" },
          `${who.length === 1 ? "principal" : "principals"} ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`,
        ),
  ]);
}

/** `2026-11-20 14:05 UTC`. */
function time(iso: string): PageElement {
  const shown = visible(iso);
  const written = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(iso)
    ? `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`
    : shown;
  return h("time", { datetime: shown }, written);
}
