import type { Child, PageElement } from "../element.ts";

const SVG = "http://www.w3.org/2000/svg";

/** An element of the page made of a description of it; texts become text nodes and nothing else. */
export function toDom(child: PageElement): HTMLElement;
export function toDom(child: Child): Node;
export function toDom(child: Child): Node {
  return made(child, false);
}

function made(child: Child, inSvg: boolean): Node {
  if (typeof child === "string") return document.createTextNode(child);
  const svg = inSvg || child.tag === "svg";
  const element = svg ? document.createElementNS(SVG, child.tag) : document.createElement(child.tag);
  for (const [name, value] of Object.entries(child.attributes))
    element.setAttribute(name, value === true ? "" : value);
  element.append(...child.children.map((each) => made(each, svg)));
  return element;
}

/** The element of the page with this id. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no element "${id}"`);
  return element;
}
