/** A part of a text: words, or a name that is shown as code. Neither is markup, whatever it holds. */
export type Span = string | { readonly code: string };
export type Text = readonly Span[];

export interface Item {
  readonly text: Text;
  readonly items?: readonly Item[];
}

/** What a page is made of; how it looks is the renderers'. */
export type Block =
  | { readonly kind: "heading"; readonly level: 2 | 3; readonly text: string }
  | { readonly kind: "text"; readonly text: Text }
  | { readonly kind: "list"; readonly items: readonly Item[] }
  | { readonly kind: "commands"; readonly lines: readonly string[] };

/** A page with a title of its own. */
export interface Card {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export const heading = (level: 2 | 3, text: string): Block => ({ kind: "heading", level, text });
export const paragraph = (...text: Text): Block => ({ kind: "text", text });

/** A list, or nothing where it would be empty. */
export function listOf(items: readonly Item[]): readonly Block[] {
  return items.length === 0 ? [] : [{ kind: "list", items }];
}

/** Names as code, with commas. */
export function names(all: readonly string[]): Text {
  return all.flatMap((name, i): Text => (i === 0 ? [{ code: name }] : [", ", { code: name }]));
}
