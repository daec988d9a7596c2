import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { markdown } from "../../src/reporters/markdown.ts";
import { control, finding, report, SUBSCRIPTION, target, worlds } from "../report/sample.ts";
import { fleet, large, options } from "./worlds.ts";

const render = (built: Report, exitCode = 1) => markdown.render(built, options({ exitCode })) ?? "";

const OUR_TAGS = /<\/?(?:code|details|summary|br)>/g;

/**
 * What a reader of Markdown could still take for markup, outside our own headings, lists, tables, folds and fences.
 * The blocks of code are taken out first, by the rule of CommonMark: a fence ends at one as long.
 */
function markupIn(text: string): readonly string[] {
  const found: string[] = [];
  let fence: string | undefined;
  for (const line of text.split("\n")) {
    const ticks = /^(`{3,})(?:sh)?$/.exec(line)?.[1];
    if (fence !== undefined) {
      if (line === fence) fence = undefined;
      else if (line.startsWith(fence)) found.push(`fence ${line}`);
      continue;
    }
    if (ticks !== undefined) {
      fence = ticks;
      continue;
    }
    const cells = line.startsWith("| ") || line.startsWith("|-");
    if (cells && (line.match(/\|/g) ?? []).length !== 6) found.push(`table ${line}`);
    // Ours: the head of a line, bold, the italics of the last sentence.
    const rest = line
      .replace(OUR_TAGS, " ")
      .replace(/^(?:#{2,3} |- | +)/, "")
      .replace(/\*\*([^*]*)\*\*/g, "$1")
      .replace(/^_(This page .*)_$/, "$1")
      .replace(/^\|-.*$/, "")
      .replaceAll(cells ? "|" : "\0", "")
      .replace(/&#\d+;/g, "")
      .replace(/^(?:-|check it:|mend it with:)/, "");
    const odd = /[<>`*_[\]|\\~@$&]|\]\(|:\/\/|:\w+:|www\./i.exec(rest);
    if (odd !== null) found.push(line);
  }
  if (fence !== undefined) found.push("a fence that is not closed");
  for (const tag of ["code", "details", "summary"]) {
    const outside = text.replace(/^(`{3,})(?:sh)?\n[\s\S]*?\n\1$/gm, "");
    const count = (pattern: string) => outside.split(pattern).length;
    if (count(`<${tag}>`) !== count(`</${tag}>`)) found.push(`${tag} is not closed`);
  }
  return found;
}

function hostile(text: string): Report {
  const findings = (["fail", "unknown", "waived", "pass"] as const).map((outcome) =>
    finding({
      control: "platform-role",
      drift: "excess",
      severity: "high",
      property: outcome,
      outcome,
      resource: { type: text, id: text, name: text },
      message: text,
      pattern: text,
      except: [text],
      by: text,
      why: text,
      verify: text,
      remediation: { text, commands: [text, `a\n${text}`] },
      witness: { action: text, plane: "control", scope: text },
      documentation: { title: text, url: text, section: text },
      location: { file: text, line: 1 },
      waiver: { reason: text, owner: text, expires: text },
    }),
  );
  const built = report({
    targets: [
      target(SUBSCRIPTION, {
        name: text,
        notes: [text],
        principals: [{ id: text, name: text }],
        unread: [{ kind: "azure/vault", api: text, cause: "denied", permission: text, detail: text }],
      }),
      target(`${SUBSCRIPTION}2`, { name: `2${text}` }),
    ],
    baselines: [{ id: text, version: text, sha256: "a".repeat(64) }],
    controls: [
      control("platform-role", "fail", { target: text }),
      control("aks-rbac", "unknown", { target: text, reason: text }),
      control("cluster-role", "skipped", { target: text, reason: text }),
      control("log-reader-role", "pass", { target: text }),
    ],
    findings: findings.map((f) => ({ ...f, target: text })),
  });
  return { ...built, gone: built.findings.slice(0, 1), unassessed: built.findings.slice(0, 1) };
}

describe("Markdown for a job summary", () => {
  test.each([
    '=HYPERLINK("http://x")<script>alert(1)</script>|](javascript:alert(1))',
    "[click](javascript:alert(1)) ![img](http://x/y.png) <img src=x onerror=alert(1)>",
    "\r::stop-commands::x\n## heading\n- item\n> quote\n```\nfence",
    "</code></summary></details><h1>x</h1> @org/team #1 GH-2 a@b.example deadbeef0123",
    "a \\| b \\\\| c | d ``` `x` ~~y~~ $z$ **b** _i_ :smile: www.evil.example",
    "-->\n<!-- &lt;script&gt; &#60;script&#62;",
    "````\n```` ~~~",
  ])("fault 28: %j is text wherever it stands", (text) => {
    expect(markupIn(render(hostile(text)))).toEqual([]);
  });

  test("faults 26 to 28: whatever the text, nothing of it is markup, and no line is a command", () => {
    const any = fc.string({
      unit: fc.constantFrom(..."<>`*_[]()|\\~#!@:${}^=&;'\"/.-+ \n\r\u001b\u202eawx1"),
      maxLength: 24,
    });
    fc.assert(
      fc.property(any, (text) => {
        const page = render(hostile(text));
        expect(markupIn(page)).toEqual([]);
        for (const line of page.split("\n")) {
          expect(line.trim().startsWith("::")).toBe(false);
          expect(line).not.toMatch(/##(?:vso)?\[/i);
        }
        expect(page.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }),
      { numRuns: 150 },
    );
  });

  test.each([...Object.entries(worlds), ["fleet", () => fleet(7, 2)]] as const)(
    "%s: the verdict first, and every difference in a row of its own target",
    (_, make) => {
      const built = make();
      const page = render(built);
      expect(markupIn(page)).toEqual([]);
      expect(page).toMatch(/^## chalk-audit\n\n\*\*(?:DRIFT|NO DRIFT|NOT ASSESSED|INCOMPLETE)/);
      for (const f of built.findings.filter((each) => each.outcome === "fail" && each.pattern !== undefined))
        expect(page).toContain(`<code>${f.pattern?.replaceAll("*", "&#42;")}</code>`);
      expect(page).not.toContain("This page is cut");
    },
  );

  test("fault 20: 30,000 differences: under 900 KB, the worst are there, and a sentence says what is not", () => {
    const built = large(30_000);
    const page = render(built);
    expect(Buffer.byteLength(page)).toBeLessThan(900_000);
    expect(markupIn(page)).toEqual([]);
    const shown = page.match(/^\| (?:critical|high|medium|low|info) \|/gm) ?? [];
    expect(shown.length).toBeGreaterThan(500);
    expect(new Set(shown)).toEqual(new Set(["| critical |"]));
    const left = 30_000 - shown.length;
    const words = String(left).replace(/\B(?=(\d{3})+$)/g, ",");
    expect(page).toContain(
      `not shown are ${words} of 30,000 differences, the details of 29,900 of 30,000 differences`,
    );
    expect(page.trimEnd().endsWith("The JSON report has all._")).toBe(true);
  });

  test("many long names: what is cut is said, whatever list it is of", () => {
    const long = (n: number) => `${"\u{4e00}&".repeat(2_000)}${n}`;
    const built = report({
      controls: Array.from({ length: 800 }, (_, i) =>
        i < 400 ? control(`c${i}`, "fail") : control(`c${i}`, "unknown", { reason: long(i) }),
      ),
      findings: Array.from({ length: 400 }, (_, i) =>
        finding({
          control: `c${i}`,
          drift: "changed",
          severity: "low",
          message: long(i),
          property: String(i),
        }),
      ),
    });
    const page = render(built);
    expect(Buffer.byteLength(page)).toBeLessThan(900_000);
    expect(markupIn(page)).toEqual([]);
    expect(page).toMatch(/not shown are \d+ of 400 differences, \d+ of 400 under "Not assessed"/);
  });

  test("a page points to nothing that it is not: commands one by one, no option of the command line, the profile", () => {
    const cause = (name: string, gone: boolean) => ({
      id: name,
      text: `policy ${name}`,
      ...(gone ? { commands: [`detach ${name}`] } : {}),
    });
    const three = (names: readonly string[], gone: boolean) =>
      ["a", "b", "c"].map((action) =>
        finding({
          control: "platform-role",
          drift: "excess",
          severity: "high",
          pattern: `${names.join("")}${action}:*, 1, 2, 3, 4, 5`,
          message: "grants more",
          causes: names.map((name) => cause(name, gone)),
          by: names.join(", "),
        }),
      );
    const [baseline] = worlds.drift().baselines;
    const page = render(
      report({
        baselines: baseline === undefined ? [] : [{ ...baseline, profile: "narrow" }],
        controls: [control("platform-role", "fail")],
        findings: [...three(["X", "Y"], true), ...three(["Z"], false)],
      }),
    );
    expect(page).toContain("mend: <code>detach X</code>; <code>detach Y</code> |");
    expect(page).toContain(
      "mend: narrow it, since part of it is documented; each difference is told below |",
    );
    expect(page).not.toContain("--verbose");
    expect(page).toContain("<code>acme-azure&#64;2026-11-20 (profile narrow)</code> against");
    // the list is cut in the title of a difference, and whole below it
    expect(page).toContain("<summary>high excess <code>Za&#58;&#42;, 1, 2, 3 and 2 more</code>");
    expect(page).toContain("- pattern: <code>Za&#58;&#42;, 1, 2, 3, 4, 5</code>\n");
  });

  test("what is new since the earlier report is marked", () => {
    const built = report({
      controls: [control("platform-role", "fail")],
      findings: [
        {
          ...finding({ control: "platform-role", drift: "excess", severity: "high", pattern: "Acme/*" }),
          state: "new",
        },
      ],
    });
    expect(render({ ...built, gone: [] })).toContain(
      "| high | <code>platform-role</code> | excess<br>**new** |",
    );
  });
});
