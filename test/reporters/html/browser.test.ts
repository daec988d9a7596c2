import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Finding, Report } from "../../../src/report/report.ts";
import { html } from "../../../src/reporters/html.ts";
import { control, finding, report, SUBSCRIPTION, target, worlds } from "../../report/sample.ts";
import { fleet, large, options } from "../worlds.ts";
import { findBrowser } from "./browser.ts";

const executablePath = findBrowser();
if (executablePath === undefined)
  console.log(
    "skipped: no browser. Install chromium, or give its path by CHROME_PATH, to try the page in one.",
  );

let browser: Browser;
let folder = "";
beforeAll(async () => {
  if (executablePath === undefined) return;
  folder = mkdtempSync(join(tmpdir(), "chalk-audit-html-"));
  const root = process.getuid?.() === 0;
  browser = await chromium.launch({ executablePath, args: root ? ["--no-sandbox"] : [] });
});
afterAll(async () => {
  await browser?.close();
  if (folder !== "") rmSync(folder, { recursive: true, force: true });
});

interface Opened {
  readonly page: Page;
  /** What the console said, what was thrown, which dialogs came, what was asked for beside the page. */
  readonly trouble: string[];
}

let pages = 0;
async function open(built: Report, context: BrowserContextOptions = {}): Promise<Opened> {
  const file = join(folder, `${pages++}.html`);
  writeFileSync(file, html.render(built, options()) ?? "");
  const address = pathToFileURL(file).href;
  const opened = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...context });
  const page = await opened.newPage();
  const trouble: string[] = [];
  page.on("console", (message) => trouble.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => trouble.push(`thrown: ${error.message}`));
  page.on("request", (request) => {
    if (request.url() !== address) trouble.push(`asked for ${request.url()}`);
  });
  page.on("dialog", (dialog) => {
    trouble.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(address);
  return { page, trouble };
}

const count = (page: Page) => page.locator("#count").textContent();
const groups = (page: Page) => page.locator("#groups > li");

/** Every part open, as somebody would who reads all. */
async function openAll(page: Page): Promise<void> {
  for (const selector of ["#groups > li > details > summary", ".rows > li > details > summary"])
    for (const summary of await page.locator(selector).all()) await summary.click();
}

/** A group of three, one of several principals, a waived one, one with a picture of addresses, something unknown. */
function mixed(): Report {
  const causes = [{ id: "x", text: "assignment of Owner, to group ops", commands: ["az x --ids '1 2'"] }];
  const base = { control: "effective-access", drift: "excess", severity: "high", causes } as const;
  const built = report({
    targets: [target(SUBSCRIPTION, { complete: false, unread: [] })],
    controls: [
      control("platform-role", "waived"),
      control("effective-access", "fail"),
      control("platform-services", "fail"),
      control("key-vault-access", "unknown", { reason: "vaults could not be listed" }),
      control("aks-rbac", "pass", { reason: "1 cluster compared" }),
      control("cluster-role", "skipped", { reason: "not asked for" }),
    ],
    findings: [
      ...["A/*", "B/*", "C/*"].map((pattern) =>
        finding({
          ...base,
          pattern,
          by: "Owner",
          witness: {
            action: `${pattern[0]}/write`,
            plane: "control",
            scope: `${SUBSCRIPTION}/resourceGroups/rg`,
          },
          expected: ["A/read", "B/read"],
          actual: ["A/read", pattern],
          verify: "az role assignment list",
        }),
      ),
      ...worlds.drift().findings.slice(0, 1),
      finding({
        control: "platform-services",
        rule: "network/cidr-plan/changed",
        drift: "changed",
        severity: "medium",
        property: "block",
        expected: "10.0.0.0/20",
        actual: "10.0.16.0/20",
        resource: { type: "AWS::EC2::Subnet", id: "subnet-1", name: "private-a" },
      }),
      ...worlds.waived().findings.filter(({ outcome }) => outcome === "waived"),
      finding({ control: "key-vault-access", drift: "unreadable", severity: "medium", outcome: "unknown" }),
    ],
  });
  return built;
}

describe.skipIf(executablePath === undefined)("the page in a browser", () => {
  test("opens without a word on the console, and asks for nothing, also when everything is opened", async () => {
    const { page, trouble } = await open(mixed());
    expect(await count(page)).toBe("7 findings in 5 groups");
    await openAll(page);
    await expect.poll(() => page.locator("#groups .finding").count()).toBe(7);
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  test("the source is what the parser makes of it: no element moved, closed or added", async () => {
    for (const built of [mixed(), worlds.drift(), fleet(12, 3), worlds.nothing()]) {
      const { page } = await open(built, { javaScriptEnabled: false });
      const file = (html.render(built, options()) ?? "")
        .replace(/<script.*<\/script>/s, "")
        .replace(/<style>.*<\/style>/s, "");
      const written = [...file.matchAll(/<([a-z][a-z0-9]*)[\s>]/g)].map(([, tag = ""]) => tag);
      for (const tag of new Set(written)) {
        const parsed = await page.locator(`css=${tag}`).count();
        expect(`${tag} ${parsed}`).toBe(`${tag} ${written.filter((each) => each === tag).length}`);
      }
      await page.context().close();
    }
  });

  test("without scripts the worst findings are there, and open", async () => {
    const { page, trouble } = await open(mixed(), { javaScriptEnabled: false });
    expect(await page.locator("noscript .group").count()).toBe(5);
    await page.locator("noscript .group > details > summary").first().click();
    expect(await page.locator("noscript dd").nth(1).isVisible()).toBe(true);
    expect(await page.locator("#tools").isVisible()).toBe(false);
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  test("filters: severity, how it stands, control, search; together, and cleared", async () => {
    const { page } = await open(mixed());
    await page.getByRole("button", { name: "high" }).click();
    expect(await count(page)).toBe("4 of 7 findings in 2 groups");
    await page.getByRole("button", { name: "waived" }).click();
    expect(await count(page)).toBe("1 of 7 findings in 1 group");
    expect(await groups(page).textContent()).toContain("waived");
    await page.getByRole("button", { name: "Clear filters" }).click();
    await page.getByLabel("Control", { exact: true }).selectOption("acme-azure/effective-access");
    expect(await count(page)).toBe("4 of 7 findings in 2 groups");
    await page.getByLabel("Search").fill("B/*");
    expect(await count(page)).toBe("1 of 7 findings in 1 group");
    await groups(page).locator("summary").first().click();
    await expect.poll(() => page.locator("#groups .finding").count()).toBe(1);
    await page.getByLabel("Search").fill("no such thing");
    expect(await count(page)).toBe("0 of 7 findings in 0 groups");
    await page.keyboard.press("Escape");
    expect(await count(page)).toBe("7 findings in 5 groups");
    await page.getByLabel("Sort").selectOption("size");
    expect(await groups(page).first().textContent()).toContain("3 differences");
    await page.context().close();
  });

  test("new, updated and unchanged, and clouds, where there are any", async () => {
    const built = fleet(6);
    const states = ["new", "updated", "unchanged"] as const;
    const findings = built.findings.map((f, i): Finding => ({ ...f, state: states[i % 3] ?? "new" }));
    const { page } = await open({ ...built, findings, gone: [] });
    await page.getByRole("button", { name: "new" }).click();
    expect(await count(page)).toBe("1 of 3 findings in 1 group");
    await page.getByLabel("Target", { exact: true }).selectOption({ index: 2 });
    expect(await count(page)).toBe("0 of 3 findings in 0 groups");
    await page.context().close();
  });

  test("a cell of the matrix leads to what was found there", async () => {
    const { page } = await open(fleet(4));
    await page.locator("table.grid a").nth(1).click();
    expect(await count(page)).toBe("1 of 2 findings in 1 group");
    expect(await groups(page).textContent()).toContain("00000002-0000-4000-8000-000000000000");
    await page.context().close();
  });

  test("by keyboard alone: to the search, along the groups, open, back", async () => {
    const { page } = await open(mixed());
    const focused = () =>
      page.evaluate("document.activeElement.closest('li')?.innerText ?? document.activeElement.id");
    await page.keyboard.press("/");
    expect(await focused()).toBe("search");
    await page.keyboard.type("jk/");
    expect(await page.getByLabel("Search").inputValue()).toBe("jk/");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.keyboard.press("j");
    expect(await focused()).toContain("critical");
    await page.keyboard.press("j");
    expect(await focused()).toContain("3 differences");
    await page.keyboard.press("Enter");
    expect(await groups(page).nth(1).locator("details").first().getAttribute("open")).toBe("");
    await page.keyboard.press("k");
    expect(await focused()).toContain("critical");
    await page.context().close();
  });

  test("a command is copied as it stands; where that is refused, it is selected", async () => {
    const { page, trouble } = await open(mixed());
    await page.evaluate(
      "Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (t) => { window.copied = t; } } })",
    );
    await groups(page).nth(1).locator("summary").first().click();
    const button = page.getByRole("button", { name: "Copy this command" }).first();
    await button.click();
    expect(await page.evaluate("window.copied")).toBe("az x --ids '1 2'");
    expect(await page.locator("#live").textContent()).toContain("Copied");
    await page.evaluate("navigator.clipboard.writeText = async () => { throw new Error('refused'); }");
    await button.click();
    expect(await page.evaluate("getSelection().toString()")).toBe("az x --ids '1 2'");
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  test("on paper stands everything that is filtered in, opened, and no tool", async () => {
    const { page } = await open(mixed());
    await page.getByRole("button", { name: "high" }).click();
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    await page.emulateMedia({ media: "print" });
    expect(await page.locator("#groups .finding").count()).toBe(4);
    expect(await page.locator("#groups").getByText("az role assignment list").first().isVisible()).toBe(true);
    expect(await page.locator("#tools").isVisible()).toBe(false);
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    expect(await page.locator("#groups details[open]").count()).toBe(0);
    expect((await page.pdf()).length).toBeGreaterThan(10_000);
    await page.context().close();
  });

  const looks = [
    ["light", {}],
    ["dark", { colorScheme: "dark" }],
    ["narrow", { viewport: { width: 400, height: 800 } }],
  ] as const satisfies readonly (readonly [string, BrowserContextOptions])[];
  test.each(looks)("axe finds nothing: %s", async (_, look) => {
    for (const built of [
      mixed(),
      worlds.drift(),
      worlds.none(),
      worlds.nothing(),
      fleet(12, 3),
      fleet(3, 1),
    ]) {
      const { page } = await open(built, look);
      await openAll(page);
      await page.evaluate(axe.source);
      const found = await page.evaluate(
        "axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html }) => html).join(' ')))",
      );
      expect(found).toEqual([]);
      await page.context().close();
    }
  });

  test("on a narrow screen nothing but a table is wider than the screen", async () => {
    for (const built of [mixed(), worlds.nothing()]) {
      const { page } = await open(built, { viewport: { width: 400, height: 800 } });
      await openAll(page);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(400);
      await page.context().close();
    }
  });

  test("hostile names do nothing and are shown", async () => {
    const names = [
      "</script><script>alert(1)</script>",
      "<img src=x onerror=alert(1)>",
      `"><svg onload=alert(1)>`,
      "<!--<script>",
    ];
    for (const name of names) {
      const built = mixed();
      const evil = built.findings.map((f) => ({
        ...f,
        message: name,
        why: name,
        by: name,
        pattern: name,
        expected: name,
        actual: [name],
        verify: name,
        remediation: { text: name, commands: [name] },
        resource: { type: name, id: name, name },
        documentation: { title: name, url: name, section: name },
      }));
      const { page, trouble } = await open({
        ...built,
        findings: evil,
        controls: built.controls.map((c) => ({ ...c, title: name, reason: name })),
        targets: built.targets.map((t) => ({ ...t, notes: [name], principals: [{ id: name, name }] })),
      });
      await openAll(page);
      expect(trouble).toEqual([]);
      expect(await page.locator("img, iframe, object, script:not(#data, body > script)").count()).toBe(0);
      expect(await page.locator("#groups").textContent()).toContain(name);
      await page.context().close();
    }
  });

  test("30,000 findings: open in under 3 s, searched at once, reached by keyboard past the first hundred", async () => {
    const built = large(30_000);
    const times: number[] = [];
    // the machine is shared: the best of three tells what the page takes
    for (let i = 0; i < 3; i++) {
      const { page, trouble } = await open(built);
      const loaded = await page.evaluate<number>(
        "performance.getEntriesByType('navigation')[0].loadEventEnd",
      );
      times.push(loaded);
      if (loaded < 3000 || i === 2) {
        expect(Math.min(...times)).toBeLessThan(3000);
        expect(await count(page)).toBe("30,000 findings in 15,005 groups");
        expect(await groups(page).count()).toBe(100);
        await groups(page).nth(99).locator("summary").focus();
        await page.keyboard.press("j");
        expect(await groups(page).count()).toBe(200);
        await page.getByLabel("Search").fill("Provider29999/");
        expect(await count(page)).toBe("1 of 30,000 findings in 1 group");
        expect(trouble).toEqual([]);
        await page.context().close();
        break;
      }
      await page.context().close();
    }
  });
});
