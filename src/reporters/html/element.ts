/**
 * Elements of a page as values: one description that is written as HTML here and made of the browser's own nodes there.
 * Texts are texts in both; markup can come from nowhere else.
 */

export interface PageElement {
  readonly tag: string;
  /** `true`: an attribute without a value. */
  readonly attributes: Readonly<Record<string, string | true>>;
  readonly children: readonly Child[];
}

export type Child = PageElement | string;

type Attributes = Readonly<Record<string, string | boolean | undefined>>;

/** An element; attributes that are undefined or false are left out, and so are children that are undefined. */
export function h(
  tag: string,
  attributes: Attributes = {},
  children: readonly (Child | undefined)[] | string = [],
): PageElement {
  const kept = Object.entries(attributes).flatMap(([name, value]) =>
    value === undefined || value === false ? [] : [[name, value] as const],
  );
  return {
    tag,
    attributes: Object.fromEntries(kept),
    children: typeof children === "string" ? [children] : children.filter((child) => child !== undefined),
  };
}

/** Elements that have no content and no end tag. */
const VOID = new Set(["meta", "link", "input", "br", "hr"]);

/** As HTML, on as few lines as its texts have. */
export function toHtml(child: Child): string {
  if (typeof child === "string") return escapeText(child);
  const attributes = Object.entries(child.attributes).map(([name, value]) =>
    value === true ? ` ${name}` : ` ${name}="${escapeText(value)}"`,
  );
  const open = `<${child.tag}${attributes.join("")}>`;
  return VOID.has(child.tag) ? open : `${open}${child.children.map(toHtml).join("")}</${child.tag}>`;
}

const NAMED: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * A text as HTML's source, between tags and in an attribute. Should somebody print the page into a build log, no line
 * of it is a command there; whoever reads the page sees the text as it is.
 */
export function escapeText(text: string): string {
  return text
    .replace(/[&<>"']/g, (sign) => NAMED[sign] ?? sign)
    .replace(/^(\s*):(?=:)/gm, "$1&#58;")
    .replace(/##(?=[a-z]*\[)/gi, "#&#35;")
    .replace(/(section_(?:start|end)):(?=\d)/gi, "$1&#58;");
}
