import { createHash } from "node:crypto";
import type { Report } from "../../report/report.ts";
import { plural } from "../../text/count.ts";
import { released } from "../../text/layout.ts";
import { inertJson, visible } from "../../text/visible.ts";
import type { RenderOptions } from "../define.ts";
import { painter } from "../paint.ts";
import { verdictLine } from "../verdict.ts";
import { addressPlans } from "./address-plan.ts";
import { pageAssets } from "./assets.ts";
import { groupViews } from "./build-view.ts";
import type { Naming } from "./card.ts";
import { h, type PageElement, toHtml } from "./element.ts";
import { staticList } from "./list.ts";
import { controlMatrix } from "./matrix.ts";
import { notices } from "./notices.ts";
import { pack } from "./packed.ts";
import type { PageData } from "./page-data.ts";
import { subjectMatrices } from "./subject-matrix.ts";
import { verdictHead } from "./verdict-head.ts";
import type { GroupView } from "./view.ts";

/** The report as one page that asks nobody for anything; the same bytes for the same report. */
export function htmlDocument(report: Report, options: RenderOptions): string {
  const naming: Naming = {
    oneBaseline: report.baselines.length <= 1,
    oneTarget: report.targets.length <= 1,
  };
  const groups = groupViews(report);
  const { script, style } = pageAssets();
  const title = visible(released(verdictLine(report, options, painter(false))));
  const body = h("body", {}, [
    h("a", { class: "skip", href: "#findings" }, "Skip to the findings"),
    verdictHead(report, groups, options),
    h("main", {}, [
      controlMatrix(report, naming),
      subjectMatrices(report, naming),
      findings(groups, naming),
      addressPlans(report),
      ...notices(report, naming),
    ]),
    h("footer", {}, [
      h("p", {}, `Written by chalk-audit ${visible(report.tool.version)}. This page loads nothing.`),
    ]),
    h("div", { id: "live", class: "apart", role: "status", "aria-live": "polite" }),
  ]);
  const data: PageData = { naming, ...pack(groups) };
  const head = [
    h("meta", { charset: "utf-8" }),
    h("meta", { "http-equiv": "Content-Security-Policy", content: policy(script, style) }),
    h("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    h("meta", { name: "referrer", content: "no-referrer" }),
    h("meta", { name: "color-scheme", content: "light dark" }),
    h("meta", { name: "robots", content: "noindex" }),
    h("link", { rel: "icon", href: "data:," }),
    h("title", {}, `chalk-audit: ${title}`),
  ].map(toHtml);
  return [
    "<!doctype html>",
    '<html lang="en">',
    `<head>${head.join("\n")}\n<style>${style}</style></head>`,
    toHtml(body).replace(/<\/body>$/, ""),
    `<script type="application/json" id="data">${jsonForHtml(data)}</script>`,
    `<script>${script}</script>`,
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

/** No script but the page's own, no style but its own, nothing from anywhere; the icon is an empty text. */
function policy(script: string, style: string): string {
  return [
    "default-src 'none'",
    `script-src 'sha256-${hash(script)}'`,
    `style-src 'sha256-${hash(style)}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}

/** JSON that ends no element and begins no comment, wherever in a page it stands. */
function jsonForHtml(data: PageData): string {
  return inertJson(JSON.stringify(data)).replace(
    /[<>&]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function findings(groups: readonly GroupView[], naming: Naming): PageElement {
  const rows = groups.reduce((sum, group) => sum + group.rows.length, 0);
  const title = h("h2", { id: "findings" }, "Findings, by cause");
  if (groups.length === 0)
    return h("section", { "aria-labelledby": "findings" }, [title, h("p", {}, "There are none.")]);
  return h("section", { "aria-labelledby": "findings" }, [
    title,
    h("form", { id: "tools", role: "search", "aria-label": "Filter the findings", hidden: true }),
    h("p", { id: "keys", class: "keys", hidden: true }, [
      ...keyText("/", "search"),
      ...keyText("j", "next"),
      ...keyText("k", "previous"),
      ...keyText("Enter", "open"),
      ...keyText("Esc", "clear the filters"),
    ]),
    h(
      "p",
      { id: "count", role: "status" },
      `${plural(rows, "finding")} in ${plural(groups.length, "group")}`,
    ),
    h("ol", { id: "groups", class: "groups" }),
    h("noscript", {}, [staticList(groups, naming)]),
  ]);
}

function keyText(key: string, does: string) {
  return [h("kbd", {}, key), ` ${does} `];
}
