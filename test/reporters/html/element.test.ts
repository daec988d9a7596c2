import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escapeText, h, toHtml } from "../../../src/reporters/html/element.ts";

/** What a browser makes of the references that `escapeText` writes. */
const read = (html: string) =>
  html
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .replaceAll("&amp;", "&");

describe("elements as HTML", () => {
  test("attributes and children that are not there leave nothing behind", () => {
    const element = h("p", { id: "a", hidden: true, title: undefined, lang: false }, ["x", undefined]);
    expect(toHtml(element)).toBe('<p id="a" hidden>x</p>');
    expect(toHtml(h("br"))).toBe("<br>");
    expect(toHtml(h("div", {}, "text"))).toBe("<div>text</div>");
  });

  test("a text is no markup, in an element and in an attribute", () => {
    const evil = `</p><script>alert("1")</script><img src=x onerror='y'>&amp;`;
    const html = toHtml(h("p", { title: evil }, evil));
    expect(html.match(/<[^>]*>/g)).toHaveLength(2);
    expect(html).not.toContain("<script");
    expect(read(html.replace(/^<p title="[^"]*">|<\/p>$/g, ""))).toBe(evil);
  });

  test("whatever the text, a reader gets it back and nothing of it is a sign of markup", () => {
    const letters = fc.string({
      unit: fc.constantFrom("<", ">", "&", '"', "'", "#", ":", "[", "a", " ", "\n", ";"),
    });
    fc.assert(
      fc.property(letters, (text) => {
        const html = escapeText(text);
        expect(html).not.toMatch(/[<>"']/);
        expect(read(html)).toBe(text);
      }),
    );
  });

  test("faults 26, 27: no line of it is a build log's command, and the reader sees it as it was", () => {
    const text = "::error::x\n  ::stop-commands::y\n##vso[task] ##[group] section_start:1:z";
    const html = escapeText(text);
    for (const line of html.split("\n")) expect(line.trim().startsWith("::")).toBe(false);
    expect(html).not.toMatch(/##[a-z]*\[|section_start:\d/);
    expect(read(html)).toBe(text);
  });
});
