/**
 * Text that came from a cloud, made safe for a terminal or a log (faults 26 and 27).
 *
 * The snapshot does this at ingest too; sinks do it again because a report can also come from a file.
 */

/**
 * Characters that move the cursor, hide, reorder or forge text: controls (ESC, C1, CR, LF, tab), format characters
 * (bidi, zero-width, tags), line and paragraph separators, lone surrogates, private use and every other character
 * that fonts are told to draw as nothing.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Quick test for the common case: printable ASCII alone. */
const PLAIN = /^[\x20-\x7e]*$/;

/** The text with every unsafe character written as `\u{1b}`; applying it twice changes nothing more. */
export function visible(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/**
 * A line of output that no build log takes for a command: GitHub trims a line and obeys `::name::`, and it and Azure
 * Pipelines obey `##[name]` and `##vso[name]` anywhere in a line. One character of each is written as an escape.
 */
export function inertLine(line: string): string {
  return line
    .replace(/^((?:\s|\x1b\[[0-9;]*m)*):(?=:)/, "$1\\u{3a}")
    .replace(/##(?=(?:vso)?\[)/gi, "#\\u{23}");
}

/**
 * JSON text whose strings hold no unsafe character and no build log command: written as JSON's own escapes, so a
 * reader gets back exactly the same values.
 */
export function inertJson(json: string): string {
  return json
    .replace(UNSAFE, (character) => (character === "\n" ? character : escapeUnits(character)))
    .replace(/##(?=(?:vso)?\[)/gi, "#\\u0023");
}

function escapeUnits(character: string): string {
  let out = "";
  for (let i = 0; i < character.length; i++) {
    out += `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`;
  }
  return out;
}
