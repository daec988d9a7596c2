import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Report } from "../../../src/report/report.ts";
import { type Packed, unpackGroup } from "../../../src/reporters/html/packed.ts";
import { html } from "../../../src/reporters/html.ts";
import { control, finding, report, SUBSCRIPTION, target, worlds } from "../../report/sample.ts";
import { fleet, large, options } from "../worlds.ts";

const page = (built: Report, more: Parameters<typeof options>[0] = {}) =>
  html.render(built, options(more)) ?? "";
const dataIn = (text: string) =>
  JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/s.exec(text)?.[1] ?? "") as Packed;
const inner = (text: string, tag: string) => new RegExp(`<${tag}>(.*?)</${tag}>`, "s").exec(text)?.[1] ?? "";
const sha = (text: string) => createHash("sha256").update(text).digest("base64");
/** The page without what is shown by the script. */
const still = (text: string) => text.replace(/<script.*<\/script>/s, "").replace(/<style>.*<\/style>/s, "");

describe("one page that asks nobody", () => {
  const text = page(worlds.drift());

  test("its policy allows its own script and style by their hashes and nothing else", () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/
      .exec(text)?.[1]
      ?.replaceAll("&#39;", "'");
    expect(policy?.split("; ")).toEqual([
      "default-src 'none'",
      `script-src 'sha256-${sha(inner(text, "script"))}'`,
      `style-src 'sha256-${sha(inner(text, "style"))}'`,
      "img-src data:",
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    // the policy stands before all that it is about
    expect(text.indexOf("Content-Security-Policy")).toBeLessThan(text.indexOf("<style>"));
  });

  test("no style attribute, no handler, nothing that is loaded", () => {
    expect(still(text)).not.toMatch(/ style=| on\w+=|src=|@import|url\(/);
    expect(inner(text, "style")).not.toMatch(/url\(|@import/);
    expect(inner(text, "script")).not.toMatch(
      /innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|fetch\(|XMLHttp/,
    );
  });

  test("ids stand once, and what is named by one is there", () => {
    for (const built of [worlds.drift(), fleet(30, 3), worlds.nothing()]) {
      const html = still(page(built));
      const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const [, id] of html.matchAll(/(?:aria-labelledby|for|href)="#?([a-z-]+)"/g))
        expect(ids).toContain(id);
    }
  });

  test("the same report, the same bytes; and nothing of the place that it is written for", () => {
    expect(page(worlds.drift())).toBe(text);
    expect(page(worlds.drift(), { width: 60, color: true, verbose: true })).toBe(text);
  });
});

describe("what the page tells without its script", () => {
  test("what two controls find alike is counted once, and the number of differences says so", () => {
    const same = { drift: "excess", severity: "high", pattern: "Acme.Lake/*" } as const;
    const built = report({
      controls: [control("platform-role", "fail"), control("effective-access", "fail")],
      findings: [
        finding({ control: "platform-role", ...same }),
        finding({ control: "effective-access", ...same }),
        finding({ control: "platform-role", drift: "missing", severity: "medium", pattern: "Acme.Dock/*" }),
      ],
    });
    const tally = /<ul class="tally"[^>]*>(.*?)<\/ul>/s.exec(still(page(built)))?.[1] ?? "";
    expect(
      [...tally.matchAll(/<li[^>]*>(.*?)<\/li>/gs)].map(([, li]) => li?.replace(/<[^>]+>/g, "")),
    ).toEqual(["0 critical", "1 high", "1 medium", "0 low", "0 info", "2 differences in all"]);
  });

  test.each(Object.entries(worlds))("%s: the verdict, every control with a sign and a word", (_, world) => {
    const built = world();
    const text = still(page(built, { exitCode: 3 }));
    expect(text).toMatch(/<h1>.*Exit 3\..*<\/h1>/);
    for (const { id } of built.controls) expect(text).toContain(id.slice(id.indexOf("/") + 1));
    const cells = { pass: "✓", fail: "✕", unknown: "?", waived: "◇", skipped: "–" };
    for (const [outcome, sign] of Object.entries(cells)) {
      const found = [...text.matchAll(new RegExp(`<td class="${outcome}">(.*?)</td>`, "g"))];
      expect(found.length).toBeGreaterThanOrEqual(
        // what was skipped stands in one row
        Math.min(outcome === "skipped" ? 1 : 99, built.controls.filter((c) => c.outcome === outcome).length),
      );
      for (const [, cell = ""] of found) expect(cell).toContain(`>${sign}<`);
    }
  });

  test("unknown, not read, skipped, doors, notes, old state, own baselines, what grew", () => {
    const built = worlds.partial();
    const text = still(
      page({
        ...built,
        interrupted: true,
        baselines: built.baselines.map((b) => ({ ...b, own: true as const, file: "mine.yaml" })),
        controls: [...built.controls, control("cluster-role", "skipped", { reason: "not asked for here" })],
        targets: built.targets.map((t) => ({
          ...t,
          source: "snapshot" as const,
          recordedAt: "2026-11-20T06:00:00Z",
          namedBy: "chalk-audit.yaml:3",
          stale: "recorded 8 days ago",
          doors: [
            { id: "a", title: "deny assignments", state: "read" as const },
            {
              id: "b",
              title: "classic administrators",
              state: "not-collected" as const,
              why: "no list has them",
            },
            { id: "c", title: "eligible assignments", state: "unread" as const },
          ],
        })),
        grown: [
          {
            target: built.targets[0]?.name ?? "",
            holder: "x",
            name: "Manager",
            pattern: "Compute/*",
            from: { date: "2026-10-01", operations: 214 },
            to: { date: "2026-11-21", operations: 217 },
          },
        ],
      }),
    );
    for (const said of [
      "interrupted: what follows is what was read until then",
      "own file mine.yaml",
      "recorded 2026-11-20 06:00 UTC, a snapshot that chalk-audit.yaml:3 names",
      "Old state: ",
      "recorded 8 days ago",
      "not read completely",
      "? key-vault-access",
      "? effective-access",
      "Microsoft.KeyVault/vaults/read",
      "not asked for here",
      "no list has them",
      "?</span> not read",
      "grants 3 operations more than on 2026-10-01",
      "not considered: Azure Lighthouse",
    ])
      expect(text).toContain(said);
  });

  test("since an earlier report: the sentence, and what is gone in the list", () => {
    const built = worlds.drift();
    const gone = finding({
      control: "aks-rbac",
      drift: "changed",
      severity: "low",
      message: "was there once",
    });
    const findings = built.findings.map((f, i) => ({
      ...f,
      state: i === 0 ? ("new" as const) : ("unchanged" as const),
    }));
    const text = still(page({ ...built, findings, gone: [gone] }));
    expect(text).toContain("Since the earlier report: 1 new");
    expect(text).toContain('<span class="state">new</span>');
    expect(text).toContain("was there once");
  });

  test("an empty report", () => {
    const text = still(page(report({ targets: [], baselines: [] }), { exitCode: 3 }));
    expect(text).toContain("NOT ASSESSED:");
    expect(text).toContain("No control was in scope.");
    expect(text).toContain("There are none.");
    expect(text).not.toContain("undefined");
  });

  test("a fleet: a column for each target, a row for each where they are many", () => {
    const few = still(page(fleet(4)));
    expect(few.match(/<th scope="col">/g)).toHaveLength(5);
    const many = still(page(fleet(40, 3)));
    expect(many.match(/<tr>/g)).toHaveLength(41);
    expect(many).toContain("35 more targets");
  });

  test("those audited, under each control", () => {
    const principals = ["a", "b"].map((name) => ({ id: `${name}0000000-0000-4000-8000-000000000001`, name }));
    const built = report({
      targets: [target(SUBSCRIPTION, { principals })],
      controls: [control("effective-access", "fail"), control("aks-rbac", "pass")],
      findings: principals.map(({ id, name }) =>
        finding({
          control: "effective-access",
          drift: "excess",
          severity: "high",
          pattern: `${name}/*`,
          resource: { type: "principal", id, name },
        }),
      ),
    });
    expect(still(page(built))).toContain("Each of those audited, under each control");
    expect(still(page(worlds.drift()))).not.toContain("Each of those audited");
  });

  test("more groups than it shows: how many there are", () => {
    const text = still(page(large(1000)));
    expect(text).toContain("Without its script this page shows the worst 200 of 505 groups");
    expect(text.match(/<li class="group">/g)).toHaveLength(200);
    expect(text).toContain("1,000 findings in 505 groups");
  });
});

describe("hostile names", () => {
  /** A report in which everything that a cloud says is this text. */
  const hostile = (text: string): Report => {
    const base = {
      resource: { type: text, id: text, name: text },
      ...{
        message: text,
        pattern: text,
        except: [text],
        by: text,
        why: text,
        expected: text,
        actual: [text],
      },
      ...{ verify: text, remediation: { text, commands: [text] }, known: { count: 1, examples: [text] } },
      witness: { action: text, plane: "control", scope: text },
      causes: [{ id: text, text, commands: [text] }],
      documentation: { title: text, url: text, section: text },
      location: { file: text, line: 1 },
      waiver: { reason: text, owner: text, expires: text },
    } as const;
    const built = report({
      targets: [target(SUBSCRIPTION, { notes: [text], principals: [{ id: text, name: text }], stale: text })],
      controls: [control("platform-role", "fail", { reason: text, title: text })],
      findings: (["fail", "unknown", "waived", "pass"] as const).map((outcome) =>
        finding({
          control: "platform-role",
          drift: "excess",
          severity: "high",
          ...base,
          outcome,
          property: outcome,
        }),
      ),
    });
    return { ...built, baselines: [{ id: text, version: text, sha256: text, title: text }] };
  };
  const tags = (text: string) =>
    (text.match(/<[a-z/!][^>]*>/g) ?? []).map((tag) => tag.split(/[\s>]/)[0]).join("");

  test.each([
    `</script><script>alert(1)</script>`,
    `<img src=x onerror=alert(1)>`,
    `"><svg onload=alert(1)>`,
    `' onmouseover='alert(1)`,
    `<!--<script>`,
    `]]><![CDATA[`,
    `javascript:alert(1)`,
    "\u2028\u2029\u0000\u202e\ufeff",
    "{{constructor.constructor('x')()}} ${1}",
  ])("%s is text", (name) => {
    const text = page(hostile(name));
    const calm = page(hostile(name.replace(/[^\n]/gu, "x")));
    expect(tags(still(text))).toBe(tags(still(calm)));
    expect(text.match(/<\/?script/g)).toHaveLength(4);
    expect(text).not.toContain("<!--");
    const data = dataIn(text);
    const [view] = data.groups.map((group) => unpackGroup(group, data));
    expect(view?.rows[0]?.findings[0]?.why).toBe(
      name.replace(/[\u2028\u2029\0\u202e\ufeff]/g, (c) => `\\u{${c.charCodeAt(0).toString(16)}}`),
    );
  });

  test("whatever the name, the data are read again and the page has no element more", () => {
    const sign = fc.constantFrom(
      "<",
      ">",
      "&",
      '"',
      "'",
      "/",
      "script",
      "!--",
      "\\",
      "\u2028",
      "$",
      "x",
      "-1",
      " ",
    );
    const tagsOf = (name: string) => tags(still(page(hostile(name))));
    const usual = tagsOf("x x");
    fc.assert(
      fc.property(fc.array(sign, { minLength: 1, maxLength: 6 }), (signs) => {
        const name = `x ${signs.join("")}x`;
        const text = page(hostile(name));
        expect(tags(still(text))).toBe(usual);
        expect(dataIn(text).groups.length).toBeGreaterThan(0);
      }),
      { numRuns: 40 },
    );
  });
});

describe("many findings", () => {
  test("what repeats is said once", () => {
    const why = "because nobody agreed to it, as the page says in its section about access";
    const built = large(2000);
    const text = page({ ...built, findings: built.findings.map((f) => ({ ...f, why })) });
    expect(dataIn(text).texts.filter((each) => each === why)).toHaveLength(1);
    expect(text.split(why)).toHaveLength(2 + (still(text).split(why).length - 1));
  });

  test("the size grows with the findings and no faster: 30,000 take less than 20 MB", () => {
    const size = (n: number) => page(large(n)).length;
    const [small, double] = [size(4000), size(8000)];
    expect(double / small).toBeLessThan(2.1);
    expect((double / 8000) * 30_000).toBeLessThan(20_000_000 / 2);
  });
});
