import { createHash } from "node:crypto";
import { escapeHtml } from "../../text/html.ts";
import type { Block, Card, Item, Text } from "./blocks.ts";

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
h1,h2,h3{line-height:1.25}h2{border-bottom:1px solid #ccc;padding-bottom:.2rem;margin-top:2rem}
code,pre{font:.9em ui-monospace,monospace;background:#f2f2f2;overflow-wrap:anywhere}pre{padding:.75rem;white-space:pre-wrap}
@media (prefers-color-scheme:dark){body{color:#e6e6e6;background:#16181c}code,pre{background:#26292f}h2{border-color:#444}}
@media print{body{max-width:none;margin:0}}`;

/** One page that fetches nothing and runs nothing: the policy lets in its own style alone, by its hash. */
export function cardHtml({ title, blocks }: Card): string {
  const hash = createHash("sha256").update(STYLE).digest("base64");
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return `${[
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${escapeHtml(title)}</title>`,
    `<style>${STYLE}</style>`,
    "</head>",
    "<body>",
    `<h1>${escapeHtml(title)}</h1>`,
    ...blocks.map(blockHtml),
    "</body>",
    "</html>",
  ].join("\n")}\n`;
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `<h${block.level}>${escapeHtml(block.text)}</h${block.level}>`;
    case "text":
      return `<p>${inline(block.text)}</p>`;
    case "list":
      return listHtml(block.items);
    case "commands":
      return `<pre><code>${block.lines.map(escapeHtml).join("\n")}</code></pre>`;
  }
}

function listHtml(items: readonly Item[]): string {
  const rows = items.map(
    ({ text, items: inner = [] }) => `<li>${inline(text)}${inner.length === 0 ? "" : listHtml(inner)}</li>`,
  );
  return `<ul>\n${rows.join("\n")}\n</ul>`;
}

function inline(text: Text): string {
  return text
    .map((span) => (typeof span === "string" ? escapeHtml(span) : `<code>${escapeHtml(span.code)}</code>`))
    .join("");
}
