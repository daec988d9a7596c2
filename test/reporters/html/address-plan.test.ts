import { describe, expect, test } from "vitest";
import { addressPlanOf } from "../../../src/reporters/html/address-blocks.ts";
import { addressPlans } from "../../../src/reporters/html/address-plan.ts";
import { type Child, type PageElement, toHtml } from "../../../src/reporters/html/element.ts";
import { control, finding, report } from "../../report/sample.ts";

const subnet = (name: string) => ({ type: "AWS::EC2::Subnet", id: `subnet-${name}`, name });
const base = { control: "platform-services", severity: "medium", rule: "network/cidr-plan/changed" } as const;
const changed = finding({
  ...base,
  drift: "changed",
  property: "a",
  resource: subnet("private-a"),
  expected: "10.0.0.0/20",
  actual: "10.0.48.0/20",
});
const absent = finding({
  ...base,
  drift: "absent",
  property: "b",
  resource: subnet("public-b"),
  expected: "10.0.16.0/20",
  actual: null,
});
const stray = finding({
  ...base,
  drift: "stray",
  property: "c",
  resource: subnet("other"),
  expected: ["10.0.0.0/20", "10.0.16.0/20", "10.0.32.0/20"],
  actual: "192.168.0.0/24",
});
const vpc = finding({
  ...base,
  drift: "stray",
  property: "d",
  resource: { type: "AWS::EC2::VPC", id: "vpc-1", name: "main" },
  expected: "10.0.0.0/16",
  actual: "10.0.0.0/16",
});

describe("blocks that findings name", () => {
  test("each once, by place, with what departs", () => {
    const plan = addressPlanOf([stray, absent, changed, vpc]);
    expect(plan.planned.map(({ text, wrong }) => [text, wrong])).toEqual([
      ["10.0.0.0/16", false],
      ["10.0.0.0/20", true],
      ["10.0.16.0/20", true],
      ["10.0.32.0/20", false],
    ]);
    expect(plan.live.map(({ text, name, wrong }) => [text, name, wrong])).toEqual([
      ["10.0.0.0/16", "main", false],
      ["10.0.48.0/20", "private-a", true],
      ["192.168.0.0/24", "other", true],
    ]);
  });

  test("what is no block of IPv4 is left to the findings' own words", () => {
    const words = {
      ...changed,
      expected: "blocks that do not overlap",
      actual: ["10.0.0.0/33", "300.0.0.0/8", "fd00::/8"],
    };
    expect(addressPlanOf([words])).toEqual({ planned: [], live: [] });
  });
});

describe("the picture", () => {
  const findings = [changed, absent, stray, vpc];
  const section = addressPlans(report({ controls: [control("platform-services", "fail")], findings }));
  const all = (child: Child): readonly PageElement[] =>
    typeof child === "string" ? [] : [child, ...child.children.flatMap(all)];
  const elements = section === undefined ? [] : all(section);

  test("has a box for each block inside the drawing, in the order of the addresses, and a text for each", () => {
    const [svg] = elements.filter(({ tag }) => tag === "svg");
    const [, , , height = 0] = String(svg?.attributes["viewBox"]).split(" ").map(Number);
    const boxes = elements.filter(({ tag }) => tag === "rect");
    expect(boxes).toHaveLength(7);
    for (const { attributes: a } of boxes)
      expect(Number(a["y"]) + Number(a["height"])).toBeLessThanOrEqual(height);
    const planned = boxes.filter(({ attributes }) => String(attributes["class"]).includes("planned"));
    const tops = planned.slice(1).map(({ attributes }) => Number(attributes["y"]));
    expect(tops).toEqual([...tops].sort((a, b) => a - b));
    expect(elements.filter(({ tag }) => tag === "li").map((li) => li.children.join(""))).toContain(
      "there ✕ 192.168.0.0/24 other",
    );
  });

  test("a block stands inside the one that holds it", () => {
    const [outer, inner] = elements
      .filter(({ tag, attributes }) => tag === "rect" && String(attributes["class"]).includes("planned"))
      .map(({ attributes: a }) => [Number(a["y"]), Number(a["y"]) + Number(a["height"]), Number(a["x"])]);
    expect(outer?.[0]).toBeLessThan(inner?.[0] ?? 0);
    expect(outer?.[1]).toBeGreaterThan(inner?.[1] ?? 0);
    expect(outer?.[2]).toBeLessThan(inner?.[2] ?? 0);
  });

  test("no finding of a plan: no picture; too many blocks: a sentence", () => {
    expect(addressPlans(report())).toBeUndefined();
    const many = Array.from({ length: 201 }, (_, i) => `10.${i}.0.0/16`);
    const full = addressPlans(
      report({
        controls: [control("platform-services", "fail")],
        findings: [{ ...stray, expected: many }],
      }),
    );
    expect(toHtml(full ?? "")).toContain("too many to draw");
    expect(toHtml(full ?? "")).not.toContain("<svg");
  });
});
