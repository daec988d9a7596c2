import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openedWays, publishedWays } from "../../../src/access/provider.ts";
import { listBundled, loadBaseline } from "../../../src/baselines/bundled.ts";
import { parseBaseline } from "../../../src/baselines/parse.ts";
import { checks } from "../../../src/checks/registry.ts";
import { loadServiceData } from "../../../src/cli/job/service-data.ts";
import type { Block, Card, Item, Text } from "../../../src/review/card/blocks.ts";
import { cardOf } from "../../../src/review/card/card.ts";
import { cardHtml } from "../../../src/review/card/html.ts";
import { cardMarkdown } from "../../../src/review/card/markdown.ts";

const serviceData = await loadServiceData();
const card = (spec: string) => cardOf(loadBaseline(spec, checks), { serviceData });
const given = (lines: string) => cardOf(parseBaseline(lines, "acme.yaml", checks), { serviceData });

const plain = (text: Text) => text.map((span) => (typeof span === "string" ? span : span.code)).join("");
const ofItem = ({ text, items = [] }: Item): string[] => [plain(text), ...items.flatMap(ofItem)];

/** The lines below a heading, up to the next one of its level. */
function section({ blocks }: Card, name: string): readonly string[] {
  const at = blocks.findIndex((block) => block.kind === "heading" && block.text === name);
  if (at < 0) return [];
  const level = (blocks[at] as { level: number }).level;
  const rest = blocks.slice(at + 1);
  const end = rest.findIndex((block) => block.kind === "heading" && block.level <= level);
  return rest.slice(0, end < 0 ? undefined : end).flatMap((block: Block): string[] => {
    if (block.kind === "heading") return [block.text];
    if (block.kind === "text") return [plain(block.text)];
    return block.kind === "list" ? block.items.flatMap(ofItem) : [...block.lines];
  });
}

const specs = [
  ...listBundled().map(({ id, version }) => `${id}@${version}`),
  ...readdirSync("fixtures/baselines").map((file) => `fixtures/baselines/${file}`),
];

describe.each(specs)("%s", (spec) => {
  test("every control is told once as access or once as a set-up, every erratum and parameter too", () => {
    const { baseline } = loadBaseline(spec, checks);
    const page = cardMarkdown(card(spec));
    const profile = baseline.profiles?.default;
    const shown = [
      ...section(card(spec), "What it can do"),
      ...section(card(spec), "What else is documented and checked"),
    ];
    for (const { id, profile: only } of baseline.controls) {
      const told = shown.filter((line) => line.includes(`control ${id}.`) || line.endsWith(`(${id})`));
      if (only === undefined || only === profile) expect(told.length, id).toBeGreaterThan(0);
      else expect(told, id).toEqual([]);
    }
    expect(section(card(spec), "Where the page contradicts itself or the provider")).toHaveLength(
      baseline.errata.length,
    );
    const verifying = section(card(spec), "How to verify it").join("\n");
    for (const [name, { flag }] of Object.entries(baseline.parameters))
      expect(verifying).toContain(flag === undefined ? `--set ${name}=` : `--${flag}`);
    expect(page.split("\n").length).toBeLessThan(700);
  });

  test("both forms are the same every time", () => {
    expect(cardMarkdown(card(spec))).toBe(cardMarkdown(card(spec)));
    expect(cardHtml(card(spec))).toBe(cardHtml(card(spec)));
  });
});

describe("what is asked for", () => {
  const words = (spec: string) => section(card(spec), "What it can do").join("\n");

  test("Azure: every operation of the role, by provider and by what is done", () => {
    const { baseline } = loadBaseline("chalk-azure", checks);
    const role = baseline.controls.find(({ check }) => check === "azure/role-definition");
    const { permissions } = (role ?? { with: {} }).with as { permissions: { actions: string[] }[] };
    const text = words("chalk-azure");
    for (const action of permissions.flatMap(({ actions }) => actions)) {
      const [provider = "", ...rest] = action.split("/");
      expect(text).toContain(provider);
      expect(text).toContain(rest.slice(0, -1).join("/"));
    }
    expect(text).toContain("make and change roleAssignments");
  });

  test("AWS: whole services as such, single actions by name, on what and under which condition", () => {
    const text = words("chalk-aws");
    expect(text).toMatch(/on every resource of the account\ndo everything in acm, /);
    expect(text).toMatch(/\niam: .*PassRole/);
    expect(text).toMatch(
      /be entered by arn:aws:iam::\d+:role\/\S+ \(sts:AssumeRole\), only where StringEquals sts:ExternalId = \(--set externalId\)/,
    );
  });

  test("Kubernetes: verbs, resources and groups, with the page's purpose and what is optional", () => {
    const text = words("fixtures/baselines/acme-stream.yaml");
    expect(text).toMatch(/in the whole cluster\n/);
    expect(words("chalk-azure")).toContain(
      "create, get on pods/exec of the core group (for thread dumps and profiles of batch backfills, and some support cases); optional, so it can be left out",
    );
  });
});

describe("what could give it more", () => {
  test("is what the published ways say of the documents, and what it cannot is the rest of them", () => {
    const { baseline } = loadBaseline("chalk-azure", checks);
    const role = baseline.controls.find(({ id }) => id === "platform-manager-role");
    const open = openedWays("azure", [role?.with]).paths.map(({ path }) => path.name);
    const more = section(card("chalk-azure"), "What could give it more");
    for (const name of open) expect(more.some((line) => line.startsWith(`${name}: by `))).toBe(true);
    const all = [...new Set(publishedWays("azure").map(({ name }) => name))];
    expect(section(card("chalk-azure"), "What it cannot do")).toContain(
      `take ${all.length - new Set(open).size} of the ${all.length} published ways to more rights: all but ${[...new Set(open)].join("; ")}`,
    );
    const ways = section(card("chalk-azure"), "The published ways to more rights");
    expect(ways[0]).toBe(`Azure (${all.length}): ${all.join("; ")}.`);
    expect(ways[1]).toMatch(/^Kubernetes \(\d+\): /);
    expect(open).toContain("assign any role");
  });

  test("a ClusterRole holds everywhere: it may make a volume of a path of a node", () => {
    const more = section(card("chalk-azure"), "What could give it more").join("\n");
    expect(more).toContain("make a volume of a path of a node: by create persistentvolumes");
    expect(section(card("chalk-azure"), "In short")[1]).toContain("7 published ways are open");
  });

  test("with none that is open, that is said", () => {
    const built = given(`id: acme
version: "1"
title: Acme
cloud: aws
source: { url: https://acme.example, captured: 2026-11-20 }
controls:
  - id: reader
    title: Reads one bucket
    why: To read.
    check: aws/policy
    cite: { section: Reading }
    with:
      role: acme
      policy:
        Version: "2012-10-17"
        Statement: [{ Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::acme/*" }]
`);
    expect(section(built, "What could give it more")).toEqual([
      "No published way to more rights is open by what is asked for.",
    ]);
    expect(section(built, "In short")).toEqual([
      "an IAM role in your account acme has no published way to more rights by what is asked for.",
    ]);
  });
});

describe("what can be taken back", () => {
  test("is the exact difference of the profiles, with the ways that close and those that stay", () => {
    const text = section(card("chalk-aws"), "What can be taken back after the set-up").join("\n");
    expect(text).toContain("By the profile scoped: ");
    expect(text).toMatch(/no longer: .*iam:PutRolePolicy/);
    expect(text).toMatch(/in addition: elasticache:\*/);
    expect(text).toMatch(/ways to more rights that close: .*attach any policy to a role/);
    expect(text).toMatch(/ways to more rights that stay open: .*write the policy of a key/);
  });

  test("of a baseline that tells of no later state that is said, and what is optional is listed", () => {
    const text = section(card("chalk-azure"), "What can be taken back after the set-up").join("\n");
    expect(text).toContain("The documentation tells of no narrower state for later");
    expect(text).toContain("(log-reader-role)");
    expect(text).toContain("create, get on pods/exec");
  });
});

test("what is asked for by name alone is named, and nothing is said of it", () => {
  const text = section(card("metaflow-azure"), "What it cannot do").join("\n");
  expect(text).toContain("(of the built-in role Storage Blob Data Contributor at ");
  expect(section(card("metaflow-azure"), "In short")[1]).toMatch(
    /^the principal that is audited .* is to hold the built-in role .*, and the baseline does not say what that grants\.$/,
  );
});

describe("as HTML", () => {
  const ALLOWED = "html head meta title style body h1 h2 h3 p ul li code pre".split(" ");

  /** Every tag, with what stands in it. */
  const tags = (html: string) =>
    [...html.matchAll(/<\/?([a-z0-9]+)([^>]*)>/g)].map(([, name = "", rest = ""]) => ({ name, rest }));

  test("one page that runs and fetches nothing: a policy with the style's own hash", () => {
    const html = cardHtml(card("chalk-azure"));
    const style = /<style>([^<]*)<\/style>/.exec(html)?.[1] ?? "";
    const hash = createHash("sha256").update(style).digest("base64");
    expect(html).toContain(
      `content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`,
    );
    expect(html).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|href=|src=|url\(|@import/i);
    expect([...new Set(tags(html.replace("<!doctype html>", "")).map(({ name }) => name))].sort()).toEqual(
      [...ALLOWED].sort(),
    );
    expect(html.match(/<li>/g)?.length).toBe(html.match(/<\/li>/g)?.length);
  });

  test("fault 28: of a hostile file nothing is markup, neither here nor in Markdown", () => {
    const evil = `</style><script>alert(1)</script>"'><img src=x onerror=y> [a](javascript:b) | \`c\` @all #1`;
    const text = JSON.stringify(evil);
    const built = given(`id: acme
version: "1"
title: ${text}
cloud: azure
source: { url: https://acme.example, captured: 2026-11-20, title: ${text} }
controls:
  - id: role
    title: ${text}
    why: ${text}
    check: azure/role-definition
    cite: { section: ${text} }
    with:
      role: ${text}
      permissions: [{ actions: [Microsoft.Foo/bars/read] }]
errata: [{ section: ${text}, text: ${text} }]
`);
    const html = cardHtml(built);
    expect(
      [...new Set(tags(html).map(({ name }) => name))].filter((name) => !ALLOWED.includes(name)),
    ).toEqual([]);
    expect(html.match(/<style>/g)).toHaveLength(1);
    const markdown = cardMarkdown(built)
      .replace(/<\/?code>/g, "")
      .replace(/`[^`\n]+`/g, "");
    expect(markdown.replace(/^#{1,3} |^ *- /gm, "")).not.toMatch(/[<>[\]`|@]|(?<!&)#\d(?!\d*;)/);
  });
});

test("as Markdown a name is code without a reference, and of words only what would be markup is one", () => {
  const page = (...text: Text) => cardMarkdown({ title: "A (b)", blocks: [{ kind: "text", text }] });
  expect(page("by ", { code: "--set role" }, " (or not): ", { code: "<a>|*_x_ $1 &amp; @b=…" })).toBe(
    "# A (b)\n\nby `--set role` (or not): `<a>|*_x_ $1 &amp; @b=…`\n",
  );
  expect(page("costs $", { code: "a` b" }, { code: " c " }, "$ a_b *c* [d](e) &lt; R&D")).toBe(
    "# A (b)\n\ncosts &#36;<code>a&#96; b</code><code> c </code>&#36; a&#95;b &#42;c&#42; &#91;d&#93;(e) &#38;lt; R&#38;D\n",
  );
  for (const [text, shown] of [
    ["1. no list", "1&#46; no list"],
    ["- neither", "&#45; neither"],
    ["=== no heading", "&#61;== no heading"],
  ])
    expect(page(text ?? "")).toContain(`\n${shown}\n`);
  expect(page({ code: "kms" }, ": ", { code: "Decrypt" })).toContain("\n`kms`: `Decrypt`\n");
});

describe("what a reader of the card does with it", () => {
  test.each(listBundled().map(({ id }) => id))(
    "%s: the scanner's permissions are asked for cloud by cloud",
    (id) => {
      const lines = section(card(id), "How to verify it").filter((line) =>
        line.startsWith("chalk-audit permissions "),
      );
      expect(lines.length).toBeGreaterThan(0);
      for (const line of lines) expect(line).toMatch(/ --cloud (azure|aws|kubernetes) --baseline /);
    },
  );

  test("chalk-aws: what stays after the scope-down is told of each service with its condition", () => {
    const lines = section(card("chalk-aws"), "What can be taken back after the set-up");
    const keys = lines.filter((line) => line.startsWith("no longer: ") && line.includes("kms:*"));
    expect(keys).toEqual([
      "no longer: kms:*, secretsmanager:*, but for on arn:aws:kms:*:*:*, arn:aws:secretsmanager:*:*:* where " +
        "StringEquals aws:ResourceTag/chalk.ai/managed-by = chalk",
    ]);
  });
});
