import { released } from "./layout.ts";
import { visible } from "./visible.ts";

const REFERENCES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** The text for an element's content or a quoted attribute of HTML: no markup, and every character is seen. */
export function escapeHtml(text: string): string {
  return visible(released(text)).replace(/[&<>"']/g, (character) => REFERENCES[character] ?? character);
}
