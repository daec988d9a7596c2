import { describe, expect, test } from "vitest";
import { type Child, type PageElement, toHtml } from "../../../src/reporters/html/element.ts";
import { pathPicture, pathText } from "../../../src/reporters/html/path-picture.ts";
import { boxLines } from "../../../src/reporters/html/text-boxes.ts";

const path = {
  subjects: ["acme-platform"],
  givers: ["Owner", "Contributor"],
  scopes: ["…/resourceGroups/rg-acme"],
  operations: ["Microsoft.Authorization/*", "Microsoft.Compute/*"],
  lacks: false,
};

const all = (child: Child): readonly PageElement[] =>
  typeof child === "string" ? [] : [child, ...child.children.flatMap(all)];

describe("the picture of a path", () => {
  const picture = pathPicture(path);
  const elements = picture === undefined ? [] : all(picture);

  test("is drawn wide and narrow, each with the sentence that stands for it", () => {
    const drawings = elements.filter(({ tag }) => tag === "svg");
    expect(drawings.map(({ attributes }) => attributes["class"])).toEqual(["wide", "narrow"]);
    for (const { attributes } of drawings) {
      expect(attributes["role"]).toBe("img");
      expect(attributes["aria-label"]).toBe(
        "acme-platform, by Owner; Contributor, at …/resourceGroups/rg-acme, may: Microsoft.Authorization/*; Microsoft.Compute/*.",
      );
    }
  });

  test("has a box for each text, none outside the drawing, none over another", () => {
    for (const drawing of elements.filter(({ tag }) => tag === "svg")) {
      const [, , width = 0, height = 0] = String(drawing.attributes["viewBox"]).split(" ").map(Number);
      const boxes = all(drawing)
        .filter(({ tag }) => tag === "rect")
        .map(({ attributes: a }) => ({
          x: Number(a["x"]),
          y: Number(a["y"]),
          right: Number(a["x"]) + Number(a["width"]),
          bottom: Number(a["y"]) + Number(a["height"]),
        }));
      expect(boxes).toHaveLength(6);
      for (const [i, box] of boxes.entries()) {
        expect(box.right).toBeLessThanOrEqual(width);
        expect(box.bottom).toBeLessThanOrEqual(height);
        for (const other of boxes.slice(i + 1))
          expect(
            box.right <= other.x || other.right <= box.x || box.bottom <= other.y || other.bottom <= box.y,
          ).toBe(true);
      }
    }
  });

  test("what lacks is dashed and says so", () => {
    const lacking = { ...path, lacks: true, givers: ["no role or binding"] };
    expect(toHtml(pathPicture(lacking) ?? "")).toContain('class="box operation lacks"');
    expect(pathText(lacking)).toBe(
      "acme-platform lacks Microsoft.Authorization/*; Microsoft.Compute/* at …/resourceGroups/rg-acme; looked at: no role or binding.",
    );
  });

  test("nothing to draw: no picture", () => {
    expect(pathPicture({ ...path, operations: [] })).toBeUndefined();
  });
});

test("lines of a box: broken where names are, cut at their number, nothing lost before", () => {
  const text = "assignment of User Access Administrator, to group bbbbbbbb-5b1e-4c55-9d0e-3f7f52aa0002";
  const lines = boxLines(text, 198, 9);
  expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(28);
  expect(boxLines(text, 198, 2)).toHaveLength(2);
  expect(boxLines(text, 198, 2)[1]).toMatch(/…$/);
  expect(boxLines("x".repeat(100), 198, 9).join("")).toBe("x".repeat(100));
});
