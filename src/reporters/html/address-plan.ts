import type { Report } from "../../report/report.ts";
import { plural } from "../../text/count.ts";
import { visible } from "../../text/visible.ts";
import { type AddressBlock, type AddressPlan, addressPlanOf } from "./address-blocks.ts";
import { h, type PageElement } from "./element.ts";
import { boxLines, LINE, n } from "./text-boxes.ts";

/** The check whose findings tell of an address plan. */
const CHECK = "network/cidr-plan";

const COLUMN = 300;
const BETWEEN = 24;
const HEAD = 22;
const ROW = 26;
const FREE = 8;
const INDENT = 10;

/** Blocks beyond which a drawing would say less than the list of findings. */
const MOST_BLOCKS = 200;

/** A picture of the address plan of each target that has findings of it; nothing where none has. */
export function addressPlans(report: Report): PageElement | undefined {
  const figures = report.targets.flatMap((target) => {
    const findings = report.findings.filter(
      ({ rule, target: of, outcome }) =>
        of === target.name && outcome !== "pass" && rule.startsWith(`${CHECK}/`),
    );
    const plan = addressPlanOf(findings);
    if (plan.planned.length + plan.live.length === 0) return [];
    return [figure(plan, report.targets.length > 1 ? ` on ${visible(target.name)}` : "")];
  });
  if (figures.length === 0) return undefined;
  return h("section", { "aria-labelledby": "address-plan" }, [
    h("h2", { id: "address-plan" }, "Address plan"),
    ...figures,
  ]);
}

function figure(plan: AddressPlan, where: string): PageElement {
  const count = plan.planned.length + plan.live.length;
  return h("figure", { class: "plan" }, [
    h(
      "figcaption",
      {},
      `Blocks${where} that findings name, in the order of their addresses (not to scale): planned on the left, what is there on the right. ✕ departs; what is planned without ✕ is in no finding of its own.`,
    ),
    count > MOST_BLOCKS
      ? h("p", {}, `${plural(count, "block")}: too many to draw; the findings name each.`)
      : drawing(plan),
    h("ul", { class: "apart" }, [
      ...plan.planned.map((block) => h("li", {}, `planned ${label(block)}`)),
      ...plan.live.map((block) => h("li", {}, `there ${label(block)}`)),
    ]),
  ]);
}

function label({ text, name, wrong }: AddressBlock): string {
  return `${wrong ? "✕ " : ""}${text}${name === "" ? "" : ` ${name}`}`;
}

function contains(outer: AddressBlock, inner: AddressBlock): boolean {
  return outer !== inner && outer.from <= inner.from && inner.to <= outer.to && outer.text !== inner.text;
}

/** Where each address that begins or ends a block stands, from the top. */
interface Scale {
  readonly top: (block: AddressBlock) => number;
  readonly bottom: (block: AddressBlock) => number;
  /** The line on which its name stands. */
  readonly line: (block: AddressBlock) => number;
  readonly height: number;
}

/** Depth of a block among those of its side. */
function depth(block: AddressBlock, side: readonly AddressBlock[]): number {
  return side.filter((other) => contains(other, block)).length;
}

function scaleOf({ planned, live }: AddressPlan): Scale {
  const all = [...planned, ...live];
  const isLeaf = (block: AddressBlock) => !all.some((other) => contains(block, other));
  const leaves = all.filter(isLeaf);
  const points = [...new Set(all.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
  const before = new Map<number, number>();
  const at = new Map<number, number>();
  let y = HEAD;
  points.forEach((point, i) => {
    before.set(point, y);
    // what holds other blocks has its name above the first of them
    const outer = [planned, live].map((side) => side.filter((b) => b.from === point && !isLeaf(b)).length);
    y += Math.max(...outer) * LINE;
    at.set(point, y);
    const next = points[i + 1];
    if (next === undefined) return;
    y += leaves.some(({ from, to }) => from < next && point < to) ? ROW : FREE;
  });
  const top = (block: AddressBlock) => (isLeaf(block) ? at : before).get(block.from) ?? y;
  const bottom = (block: AddressBlock) => before.get(block.to) ?? y;
  return {
    top,
    bottom,
    line: (block) => (isLeaf(block) ? (top(block) + bottom(block)) / 2 + 4 : top(block) + 13),
    height: y + 4,
  };
}

function drawing(plan: AddressPlan): PageElement {
  const scale = scaleOf(plan);
  const width = 2 * COLUMN + BETWEEN;
  const sides = [
    { title: "planned", blocks: plan.planned, x: 1, look: "planned" },
    { title: "there", blocks: plan.live, x: COLUMN + BETWEEN, look: "live" },
  ];
  return h(
    "svg",
    {
      viewBox: `0 0 ${n(width + 2)} ${n(scale.height)}`,
      width: n(width + 2),
      height: n(scale.height),
      role: "img",
      "aria-label": `Address plan: ${plural(plan.planned.length, "planned block")}, ${plural(plan.live.length, "block")} that are there, listed below`,
    },
    sides.flatMap(({ title, blocks, x, look }) => [
      h("text", { x: n(x), y: "14", class: "head" }, title),
      ...[...blocks]
        .sort((a, b) => depth(a, blocks) - depth(b, blocks))
        .flatMap((block) =>
          drawn(block, x + INDENT * depth(block, blocks), look, scale, depth(block, blocks)),
        ),
    ]),
  );
}

function drawn(
  block: AddressBlock,
  x: number,
  look: string,
  scale: Scale,
  level: number,
): readonly PageElement[] {
  const top = scale.top(block);
  const width = COLUMN - 2 * INDENT * level - 2;
  const [line = ""] = boxLines(label(block), width, 1);
  return [
    h("rect", {
      x: n(x),
      y: n(top + 1),
      width: n(width),
      height: n(Math.max(6, scale.bottom(block) - top - 2)),
      rx: "3",
      class: `box ${look}${block.wrong ? " wrong" : ""}`,
    }),
    h("text", { x: n(x + 6), y: n(scale.line(block)) }, line),
  ];
}
