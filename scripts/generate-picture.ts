/** Draws what `npm run demo` prints as docs/demo.svg, for the README. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { audit, exitCode, loadBaseline, readSnapshot, render } from "../src/index.ts";

const root = join(import.meta.dirname, "..");
const file = "fixtures/snapshots/azure/demo.json";
const WIDTH = 120;
const LINES = 34;
const COLORS: Readonly<Record<string, string>> = {
  "31": "#ff7b72",
  "32": "#7ee787",
  "33": "#e3b341",
  "34": "#79c0ff",
  "35": "#d2a8ff",
  "36": "#76e3ea",
  "90": "#8b949e",
};

const report = audit({
  baselines: [loadBaseline("chalk-azure")],
  snapshots: [{ snapshot: readSnapshot(readFileSync(join(root, file), "utf8"), file) }],
  clouds: ["azure"],
  now: "2026-11-21T06:00:00.000Z",
  version: "0.1.0",
});
const code = exitCode(report, { failOn: "low", allowIncomplete: false });
const text = render(report, "table", { width: WIDTH, color: true, exitCode: code }) ?? "";
const lines = text.split("\n").slice(0, LINES);

const escaped = (s: string) => s.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const ESC = "\u001b";

function spans(line: string): string {
  let style = "";
  return line
    .split(new RegExp(`(${ESC}\\[[0-9;]*m)`))
    .map((part) => {
      if (!part.startsWith(ESC)) return part === "" ? "" : `<tspan${style}>${escaped(part)}</tspan>`;
      const codes = part.slice(2, -1).split(";");
      const color = codes.map((c) => COLORS[c]).find((c) => c !== undefined);
      const bold = codes.includes("1") ? ' font-weight="bold"' : "";
      style =
        color === undefined && bold === "" ? "" : `${color === undefined ? "" : ` fill="${color}"`}${bold}`;
      return "";
    })
    .join("");
}

const height = 24 + lines.length * 17;
const rows = lines.map(
  (line, i) => `<text x="16" y="${30 + i * 17}" xml:space="preserve">${spans(line)}</text>`,
);
const width = 32 + Math.ceil(WIDTH * 7.83);
writeFileSync(
  join(root, "docs", "demo.svg"),
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="What chalk-audit prints for a subscription with drift">
<rect width="100%" height="100%" rx="6" fill="#0d1117"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13" fill="#e6edf3">
${rows.join("\n")}
</g>
</svg>
`,
);
console.log("docs/demo.svg");
