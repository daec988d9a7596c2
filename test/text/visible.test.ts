import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inertJson, inertLine, inertText, loggable, visible, wholly } from "../../src/text/visible.ts";

const c = String.fromCodePoint;

describe("untrusted text", () => {
  test.each([
    ["ESC and a colour", `a${c(0x1b)}[31mb`, "a\\u{1b}[31mb"],
    ["OSC 8 link, ended by BEL", `${c(0x1b)}]8;;http://x${c(7)}`, "\\u{1b}]8;;http://x\\u{7}"],
    ["C1 CSI", `a${c(0x9b)}2J`, "a\\u{9b}2J"],
    ["CR, LF, tab, NUL, DEL", `\r\n\t${c(0)}${c(0x7f)}`, "\\u{d}\\u{a}\\u{9}\\u{0}\\u{7f}"],
    ["bidi override and isolates", `${c(0x202e)}evil${c(0x2066)}`, "\\u{202e}evil\\u{2066}"],
    ["zero-width", `ad${c(0x200b)}min${c(0x2060)}${c(0xfeff)}`, "ad\\u{200b}min\\u{2060}\\u{feff}"],
    [
      "soft hyphen, tags, variation selector, filler",
      `${c(0xad)}${c(0xe0041)}${c(0xfe0f)}${c(0x3164)}`,
      "\\u{ad}\\u{e0041}\\u{fe0f}\\u{3164}",
    ],
    ["line separators", `${c(0x2028)}${c(0x2029)}`, "\\u{2028}\\u{2029}"],
    ["a lone surrogate", "\ud800x", "\\u{d800}x"],
    [
      "spaces that are none",
      `a${c(0xa0)}b${c(0x2003)}${c(0x3000)}${c(0x2800)}`,
      "a\\u{a0}b\\u{2003}\\u{3000}\\u{2800}",
    ],
    ["letters that print like ASCII", `${c(0x212a)}${c(0xff21)}${c(0xb2)}`, "\\u{212a}\\u{ff21}\\u{b2}"],
    [
      "letters of another script in a Latin word",
      `C${c(0x43e)}mpute ${c(0x391)}B`,
      "C\\u{43e}mpute \\u{391}B",
    ],
    ["an accent apart", `Caf${c(0x65)}${c(0x301)}`, "Cafe\\u{301}"],
    ["letters of every script stay", "Großhandel 数据 данные 🚀", "Großhandel 数据 данные 🚀"],
  ])("fault 26: %s", (_what, text, expected) => {
    expect(visible(text)).toBe(expected);
  });

  test("applying it twice changes nothing more, and nothing unsafe is left", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const once = visible(text);
        expect(visible(once)).toBe(once);
        expect(once).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
    );
  });

  test("fault 27: no line is a build log's command", () => {
    expect(inertLine("::stop-commands::x")).toBe("\\u{3a}:stop-commands::x");
    expect(inertLine("  ::add-mask::x")).toBe("  \\u{3a}:add-mask::x");
    expect(inertLine("\x1b[1m::error::x")).toBe("\x1b[1m\\u{3a}:error::x");
    expect(inertLine("a ##[group] b ##vso[task.setvariable x=y]")).toBe(
      "a #\\u{23}[group] b #\\u{23}vso[task.setvariable x=y]",
    );
    expect(inertLine(" arn:aws:iam::1:role/x")).toBe(" arn:aws:iam::1:role/x");
  });

  test.each([
    ["##vso[task.complete]", "#\\u{23}vso[task.complete]"],
    ["a ###[x]", "a ##\\u{23}[x]"],
    ["x ##VSO[a] ##teamcity[b]", "x #\\u{23}VSO[a] #\\u{23}teamcity[b]"],
    ["a section_start:17:x", "a section_start\\u{3a}17:x"],
    ["Section_End:1:x[collapsed=true]", "Section_End\\u{3a}1:x[collapsed=true]"],
    ["## [x] section_start: 1 a::b", "## [x] section_start: 1 a::b"],
  ])("T10: %s is no command of Azure Pipelines, GitLab or their kin; twice is once", (line, inert) => {
    expect(inertLine(line)).toBe(inert);
    expect(inertLine(inert)).toBe(inert);
    expect(JSON.parse(inertJson(JSON.stringify({ [line]: line })))).toEqual({ [line]: line });
    if (line !== inert) expect(inertJson(JSON.stringify(line))).not.toContain(line);
  });

  test("T10: each line of a text; one line of a log holds neither a break nor a command", () => {
    expect(inertText("a\n  ::b::\n\n##[c]\n")).toBe("a\n  \\u{3a}:b::\n\n#\\u{23}[c]\n");
    expect(loggable("::x\r\n::y##[z]\x1b[0Ksection_end:1:q")).toBe(
      "\\u{3a}:x\\u{d}\\u{a}::y#\\u{23}[z]\\u{1b}[0Ksection_end\\u{3a}1:q",
    );
  });

  test("JSON stays the same value and becomes plain", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" })), (values) => {
        const given = [...values, "##vso[x]", `${c(0x9b)}${c(0x202e)}`];
        const text = inertJson(JSON.stringify(given, null, 2));
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(given)));
        expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]|##(vso)?\[/u);
      }),
    );
  });
});

describe("a text that must be seen to its ends", () => {
  test.each([
    ["a space at the end", "s3:Get ", "s3:Get\\u{20}"],
    ["spaces at the start", "  s3:Get", "\\u{20}\\u{20}s3:Get"],
    ["nothing but a space", " ", "\\u{20}"],
    ["nothing at all", "", '""'],
    ["a space inside stays", "get pods", "get pods"],
  ])("%s", (_what, text, shown) => {
    expect(wholly(text)).toBe(shown);
    expect(wholly(shown)).toBe(shown);
  });
});
