import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { junit } from "../../src/reporters/junit.ts";
import { control, finding, report, SUBSCRIPTION, target, worlds } from "../report/sample.ts";
import { fleet, large, options } from "./worlds.ts";
import { type Element, parseXml } from "./xml.ts";

const render = (built: Report, exitCode = 1) => parseXml(junit.render(built, options({ exitCode })) ?? "");

/** `name: pass`, `name: failure`, … of every case. */
const cases = (root: Element) =>
  root.children.flatMap((suite) =>
    suite.children
      .filter(({ name }) => name === "testcase")
      .map(({ attributes, children }) => `${attributes["name"]}: ${children[0]?.name ?? "pass"}`),
  );

/** What JUnit's schema (as Jenkins, Maven and GitLab read it) allows where, with its attributes. */
const SHAPE: Readonly<
  Record<string, { attributes: readonly string[]; children: readonly string[]; text?: true }>
> = {
  testsuites: {
    attributes: ["name", "tests", "failures", "errors", "skipped", "time"],
    children: ["testsuite"],
  },
  testsuite: {
    attributes: ["name", "tests", "failures", "errors", "skipped", "timestamp", "time"],
    children: ["properties", "testcase"],
  },
  properties: { attributes: [], children: ["property"] },
  property: { attributes: ["name", "value"], children: [] },
  testcase: { attributes: ["name", "classname", "time"], children: ["failure", "error", "skipped"] },
  failure: { attributes: ["message", "type"], children: [], text: true },
  error: { attributes: ["message", "type"], children: [], text: true },
  skipped: { attributes: ["message"], children: [] },
};

function requireShape(element: Element): void {
  const shape = SHAPE[element.name];
  if (shape === undefined) throw new Error(`${element.name} is no element of JUnit`);
  expect(Object.keys(element.attributes).filter((key) => !shape.attributes.includes(key))).toEqual([]);
  expect(element.children.filter(({ name }) => !shape.children.includes(name))).toEqual([]);
  if (shape.text !== true) expect(element.text.trim()).toBe("");
  if (element.name === "testcase") expect(element.children.length).toBeLessThanOrEqual(1);
  if (element.name === "testsuite") {
    // Properties come first, and the counts are those of the cases.
    const order = element.children.map(({ name }) => name);
    expect(order.lastIndexOf("properties")).toBeLessThanOrEqual(0);
    const all = element.children.filter(({ name }) => name === "testcase");
    const of = (name: string) => String(all.filter(({ children }) => children[0]?.name === name).length);
    expect(element.attributes).toMatchObject({
      tests: String(all.length),
      failures: of("failure"),
      errors: of("error"),
      skipped: of("skipped"),
    });
    if (element.attributes["timestamp"] !== undefined)
      expect(element.attributes["timestamp"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
  }
  if (element.name === "testsuites") {
    for (const key of ["tests", "failures", "errors", "skipped"]) {
      const sum = element.children.reduce((total, each) => total + Number(each.attributes[key]), 0);
      expect(element.attributes[key]).toBe(String(sum));
    }
  }
  element.children.forEach(requireShape);
}

describe("JUnit (report-and-cli.md: suite per target, case per control)", () => {
  test.each([...Object.entries(worlds), ["fleet", () => fleet(7, 2)], ["large", () => large(300)]] as const)(
    "%s: valid, with counts that add up",
    (_, make) => requireShape(render(make())),
  );

  test("drift is a failure, unknown an error, waived and skipped are skipped", () => {
    const built = report({
      controls: [
        control("platform-role", "fail"),
        control("effective-access", "unknown", { reason: "assignments could not be read" }),
        control("aks-rbac", "waived"),
        control("cluster-role", "skipped", { reason: "Kubernetes was not asked for" }),
        control("log-reader-role", "pass"),
      ],
      findings: [
        finding({ control: "platform-role", drift: "excess", severity: "high", pattern: "Acme/*" }),
        finding({ control: "platform-role", drift: "missing", severity: "medium", pattern: "Acme/x" }),
        finding({
          control: "aks-rbac",
          drift: "changed",
          severity: "medium",
          outcome: "waived",
          waiver: { reason: "pilot", owner: "ops", expires: "2027-01-31" },
        }),
      ],
    });
    const root = render(built);
    expect(cases(root)).toEqual([
      "acme-azure/platform-role: failure",
      "acme-azure/effective-access: error",
      "acme-azure/log-reader-role: pass",
      "acme-azure/aks-rbac: skipped",
      "acme-azure/cluster-role: skipped",
    ]);
    const results = root.children[0]?.children.flatMap(({ children }) => children);
    expect(results?.filter(({ name }) => name !== "property").map(({ attributes }) => attributes)).toEqual([
      { message: "high excess: Acme/* and 1 more", type: "azure/role-definition/excess" },
      { message: "assignments could not be read", type: "unknown" },
      { message: "waived: pilot (ops, until 2027-01-31)" },
      { message: "Kubernetes was not asked for" },
    ]);
    expect(root.children.map(({ attributes }) => attributes["name"])).toEqual([`azure:${SUBSCRIPTION}`]);
  });

  test("what is not known never reads as a file of cases that passed", () => {
    const incomplete = target(SUBSCRIPTION, { complete: false });
    const passing = [control("platform-role", "pass")];
    expect(cases(render(report({ targets: [incomplete], controls: passing }), 3))).toEqual([
      "acme-azure/platform-role: pass",
      "the target was read completely: error",
    ]);
    expect(cases(render(report(), 3))).toEqual(["everything was assessed: error"]);
    expect(cases(render(report({ targets: [] }), 3))).toEqual(["everything was assessed: error"]);
    expect(cases(render({ ...report({ controls: passing }), interrupted: true }, 3))).toEqual([
      "acme-azure/platform-role: pass",
      "everything was assessed: error",
    ]);
    // A part that is unknown is an error of its control, though the control says nothing.
    const open = finding({
      control: "platform-role",
      drift: "unreadable",
      severity: "low",
      outcome: "unknown",
    });
    expect(cases(render({ ...report({ controls: passing }), findings: [open] }, 3))).toEqual([
      "acme-azure/platform-role: error",
    ]);
    // A finding whose control nobody lists has a case all the same.
    const lone = finding({ control: "aks-rbac", drift: "changed", severity: "high" });
    expect(cases(render({ ...report(), findings: [lone] }))).toContain("acme-azure/aks-rbac: failure");
  });

  test("faults 26, 28: whatever the text, the file is well-formed and holds the text", () => {
    const hostile = fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.constantFrom(
        "]]>",
        "<!-- -->",
        "<![CDATA[x]]>",
        "\ufffe\uffff",
        "\ud800",
        '"/><testcase x="',
        "&#1;",
      ),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        const built = report({
          targets: [target(SUBSCRIPTION, { name: text, principals: [{ id: text, name: text }] })],
          controls: [
            control("platform-role", "fail", { target: text, reason: text }),
            control("aks-rbac", "unknown", { target: text, reason: text }),
            control("cluster-role", "skipped", { target: text, reason: text }),
          ],
          findings: [
            {
              ...finding({ control: "platform-role", drift: "changed", severity: "high", message: text }),
              target: text,
            },
          ],
        });
        const root = render(built);
        requireShape(root);
        if (/^[ -~]*$/.test(text)) expect(root.children[0]?.attributes["name"]).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  test("a message names the first patterns of a long list, and the text all of them", () => {
    const pattern = ["a:*", "b:*", "c:*", "d:*", "e:*", "f:*"].join(", ");
    const root = render(
      report({
        controls: [control("platform-role", "fail")],
        findings: [
          finding({
            control: "platform-role",
            drift: "excess",
            severity: "high",
            pattern,
            except: ["a:get"],
            known: { count: 7, examples: [] },
          }),
        ],
      }),
    );
    const [failure] =
      root.children[0]?.children.find(({ children }) => children[0]?.name === "failure")?.children ?? [];
    expect(failure?.attributes["message"]).toBe(
      "high excess: a:*, b:*, c:*, d:* and 2 more except a:get  (7 operations today)",
    );
    expect(failure?.text).toContain(`high excess: ${pattern} except a:get  (7 operations today)\n`);
  });
});
