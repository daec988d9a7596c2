import { growthText } from "../../report/growth.ts";
import type { ControlResult, Door, Report } from "../../report/report.ts";
import { grouped, plural } from "../../text/count.ts";
import { visible } from "../../text/visible.ts";
import { targetNames } from "../sections.ts";
import { obstaclesOf } from "../unread.ts";
import { shortScopes } from "../words.ts";
import { type Naming, shortControl } from "./card.ts";
import { type Child, h, type PageElement } from "./element.ts";

/** Entries of a section that are seen without being opened. */
const MOST_OPEN = 30;

interface Entry {
  readonly name: string;
  readonly text: readonly Child[];
}

/** What could not be seen and what else must be known, a section each; a section with nothing to say is left out. */
export function notices(report: Report, naming: Naming): readonly PageElement[] {
  return [
    section("not-assessed", "Not assessed", notAssessed(report, naming)),
    section("not-read", "Not read", notRead(report)),
    section(
      "grown",
      "Grown without an edit",
      (report.grown ?? []).map((growth) => ({ name: "", text: [visible(growthText(growth))] })),
    ),
    section("skipped", "Skipped", skipped(report, naming)),
    doors(report),
    section(
      "notes",
      "Notes",
      [...new Set(report.targets.flatMap(({ notes = [] }) => notes))].map((note) => ({
        name: "",
        text: [visible(note)],
      })),
    ),
  ].filter((each) => each !== undefined);
}

function section(id: string, title: string, entries: readonly Entry[]): PageElement | undefined {
  if (entries.length === 0) return undefined;
  const list = (some: readonly Entry[]) =>
    h(
      "ul",
      { class: "entries" },
      some.map(({ name, text }) =>
        h("li", {}, [name === "" ? undefined : h("span", { class: "name" }, name), h("span", {}, text)]),
      ),
    );
  const rest = entries.slice(MOST_OPEN);
  return h("section", { "aria-labelledby": id, class: "notice" }, [
    h("h2", { id }, [title, " ", h("span", { class: "count" }, grouped(entries.length))]),
    list(entries.slice(0, MOST_OPEN)),
    rest.length === 0
      ? undefined
      : h("details", {}, [h("summary", {}, `${grouped(rest.length)} more`), list(rest)]),
  ]);
}

/** How a control is called: with its target where there are several. */
function controlName({ id, target }: ControlResult, report: Report, naming: Naming): string {
  const short = shortControl(id, naming);
  return visible(naming.oneTarget ? short : `${short} on ${targetNames(report)(target)}`);
}

/** Controls that are unknown, or in part, each with why. */
function notAssessed(report: Report, naming: Naming): readonly Entry[] {
  const open = new Map<string, string[]>();
  for (const { outcome, control, target, message } of report.findings) {
    if (outcome !== "unknown") continue;
    const key = JSON.stringify([control, target]);
    open.set(key, [...(open.get(key) ?? []), message]);
  }
  return report.controls.flatMap((control): readonly Entry[] => {
    const messages = open.get(JSON.stringify([control.id, control.target])) ?? [];
    if (control.outcome !== "unknown" && messages.length === 0) return [];
    const scope = report.targets.find(({ name }) => name === control.target)?.scope ?? "";
    const reasons = messages.length > 0 ? messages : [control.reason ?? "no reason was given"];
    const more = reasons.length - 3;
    const part = control.outcome === "unknown" ? "" : " (in part)";
    return [
      {
        name: `? ${controlName(control, report, naming)}${part}`,
        text: [
          ...reasons
            .slice(0, 3)
            .map((reason) => h("span", { class: "line" }, visible(shortScopes(reason, scope)))),
          ...(more > 0 ? [h("span", { class: "line" }, `and ${grouped(more)} more, in the list above`)] : []),
        ],
      },
    ];
  });
}

/** What was asked for and did not come, each answer once, with the permission that would have let it come. */
function notRead(report: Report): readonly Entry[] {
  const name = targetNames(report);
  return obstaclesOf(report, true).list.map(({ target, entry }) => ({
    name: report.targets.length > 1 ? visible(name(target.name)) : "",
    text: [
      h("code", {}, visible(shortScopes(entry.api, target.scope))),
      h("span", { class: "line" }, visible(entry.detail)),
      ...(entry.permission === undefined
        ? []
        : [h("span", { class: "line" }, ["needs ", h("code", {}, visible(entry.permission))])]),
    ],
  }));
}

/** Controls that were not asked for, by the reason. */
function skipped(report: Report, naming: Naming): readonly Entry[] {
  const reasons = new Map<string, string[]>();
  for (const control of report.controls) {
    if (control.outcome !== "skipped") continue;
    const reason = control.reason ?? "not asked for";
    reasons.set(reason, [...(reasons.get(reason) ?? []), controlName(control, report, naming)]);
  }
  return [...reasons].map(([reason, names]) => ({
    name: plural(names.length, "control"),
    text: [h("span", {}, visible(reason)), h("span", { class: "line" }, names.join(", "))],
  }));
}

const STATES = {
  read: ["✓", "read", "pass"],
  unread: ["?", "not read", "unknown"],
  "not-collected": ["–", "not looked at", "skipped"],
} as const satisfies Record<Door["state"], readonly [sign: string, word: string, look: string]>;

/** The ways to more than was compared, and whether anybody looked there; targets of which the same is to be said once. */
function doors(report: Report): PageElement | undefined {
  const same = new Map<string, { doors: readonly Door[]; targets: string[] }>();
  for (const { name, doors: own = [] } of report.targets) {
    if (own.length === 0) continue;
    const key = JSON.stringify(own);
    const known = same.get(key);
    if (known === undefined) same.set(key, { doors: own, targets: [name] });
    else known.targets.push(name);
  }
  if (same.size === 0) return undefined;
  return h("section", { "aria-labelledby": "doors", class: "notice" }, [
    h("h2", { id: "doors" }, "Doors"),
    ...[...same.values()].map(({ doors: own, targets }) =>
      h("table", { class: "doors" }, [
        h(
          "caption",
          {},
          `Ways in which more could be held than was compared${same.size === 1 ? "" : `, on ${targets.map(visible).join(", ")}`}`,
        ),
        h("thead", {}, [
          h(
            "tr",
            {},
            ["door", "looked at", "why not"].map((name) => h("th", { scope: "col" }, name)),
          ),
        ]),
        h(
          "tbody",
          {},
          own.map(({ title, state, why = "" }) => {
            const [sign, word, look] = STATES[state];
            return h("tr", {}, [
              h("th", { scope: "row" }, visible(title)),
              h("td", { class: look }, [
                h("span", { class: "sign", "aria-hidden": "true" }, sign),
                ` ${word}`,
              ]),
              h("td", {}, visible(why)),
            ]);
          }),
        ),
      ]),
    ),
  ]);
}
