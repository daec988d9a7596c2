import { describe, expect, test } from "vitest";
import { groupViews } from "../../../src/reporters/html/build-view.ts";
import { groupHead, groupSummary, rowBody, rowSummary } from "../../../src/reporters/html/card.ts";
import { toHtml } from "../../../src/reporters/html/element.ts";
import { sideBySide } from "../../../src/reporters/html/side-by-side.ts";
import { control, finding, report, worlds } from "../../report/sample.ts";

const naming = { oneBaseline: true, oneTarget: true };
const views = groupViews(worlds.drift());
const body = (at: number) =>
  (views[at]?.rows ?? [])
    .flatMap((row) => rowBody(row, naming))
    .map(toHtml)
    .join("");
const summary = (at: number, names = naming) => {
  const view = views[at];
  return view === undefined ? "" : toHtml(groupSummary(view, names));
};

describe("a finding on the page", () => {
  test("what is seen before it is opened: severity, drift, the pattern as code, the proof, the controls", () => {
    expect(summary(0)).toContain('<span class="severity critical">critical</span>');
    expect(summary(0)).toContain("<h3><code>Microsoft.Authorization/*</code>");
    expect(summary(0)).toContain("<code>Microsoft.Authorization/roleDefinitions/write</code>");
    expect(summary(1)).toContain("platform-role, effective-access");
    expect(summary(1, { oneBaseline: false, oneTarget: false })).toMatch(
      /acme-azure\/platform-role, .* on azure:\/subscriptions/,
    );
  });

  test("what is opened: why, proofs, both texts, commands, the mending, the page's section", () => {
    const html = body(0);
    for (const text of [
      "Whoever may write role definitions",
      "Microsoft.Authorization/elevateAccess/action",
      "<h5>Documented</h5>",
      "<h5>Live</h5>",
      "az role assignment list --assignee",
      "Take the group out of the role Owner",
      "az role assignment delete --ids",
      '<a href="https://docs.acme.example/azure" rel="noreferrer noopener">Acme on Azure</a>, &quot;Core permissions&quot;',
      "baselines/acme-azure/2026-11-20.yaml:34",
    ])
      expect(html).toContain(text);
  });

  test("under a second control only what differs is said again", () => {
    const html = body(1);
    expect(html.match(/<h4>/g)).toHaveLength(2);
    expect(html).toContain("Also under");
    expect(html.match(/2026-11-20.yaml:34/g)).toHaveLength(1);
    expect(html.match(/<dt>fingerprint/g)).toHaveLength(2);
  });

  test("an address that leads to no page is no link", () => {
    const at = (url: string) => {
      const documentation = { title: "t", url, section: "s" };
      const [view] = groupViews(
        report({
          controls: [control("platform-role", "fail")],
          findings: [finding({ control: "platform-role", drift: "changed", severity: "low", documentation })],
        }),
      );
      return (view?.rows ?? [])
        .flatMap((row) => rowBody(row, naming))
        .map(toHtml)
        .join("");
    };
    expect(at("https://a.example/b")).toContain("<a href");
    for (const url of [
      "javascript:alert(1)",
      "data:text/html,x",
      "http://a.example",
      'https://a" onclick="x',
      "",
    ])
      expect(at(url)).not.toContain("<a ");
  });

  test("unknown is a sign and a word of its own, and so is waived", () => {
    const first = (world: () => ReturnType<(typeof worlds)["partial"]>) => {
      const [view] = groupViews(world());
      return view === undefined ? "" : toHtml(groupSummary(view, naming));
    };
    expect(first(worlds.partial)).toContain("? not assessed");
    expect(first(worlds.waived)).toContain("◇ waived");
    expect(first(worlds.drift)).not.toMatch(/not assessed|waived/);
  });

  test("several of one cause: what they share at the head, each folded", () => {
    const causes = [{ id: "x", text: "assignment of Owner", commands: ["az x"] }];
    const [view] = groupViews(
      report({
        controls: [control("effective-access", "fail")],
        findings: ["A/*", "B/*", "C/*"].map((pattern) =>
          finding({ control: "effective-access", drift: "excess", severity: "high", pattern, causes }),
        ),
      }),
    );
    const head = view === undefined ? "" : groupHead(view).map(toHtml).join("");
    expect(head).toContain("<svg");
    expect(head).toContain("Mends all of it");
    expect(head).toContain("<code>az x</code>");
    expect((view?.rows ?? []).map((row) => toHtml(rowSummary(row))).join("")).toContain(
      "<h4><code>B/*</code>",
    );
  });
});

describe("both texts side by side", () => {
  const html = (expected: string, actual: string) => sideBySide(expected, actual).map(toHtml).join("");

  test("lines that the other side has not are marked, where anything is alike", () => {
    expect(html("a\nb", "a\nc").match(/<mark>[bc]<\/mark>/g)).toHaveLength(2);
    expect(html("a", "b")).not.toContain("<mark>");
    expect(html("", "")).toBe("");
  });

  test("a long side is folded, and nothing is lost", () => {
    const lines = Array.from({ length: 100 }, (_, i) => `line ${i}`);
    const long = html(lines.join("\n"), "x");
    expect(long).toContain("60 more lines");
    for (const line of lines) expect(long).toContain(`>${line}<`);
  });
});
