/**
 * Text that came from a cloud, a file or a repository, made safe for a terminal or a log (faults 26 and 27).
 *
 * The snapshot does this at ingest too; sinks do it again because a report can also come from a file.
 */

/**
 * Characters that move the cursor, hide, reorder or forge text: controls (ESC, C1, CR, LF, tab), format characters
 * (bidi, zero-width, tags), line and paragraph separators, lone surrogates, private use and every other character
 * that fonts are told to draw as nothing.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Spaces that are none of the keyboard's: no-break, narrow, ideographic, the blank of Braille. */
const SPACES = /(?! )[\p{Zs}\u2800]/gu;
/** Letters of scripts whose letters look like Latin ones, beside a Latin one: an `а` of Cyrillic in a Latin word. */
const FOREIGN =
  /(?<=[A-Za-z])[\u0370-\u03ff\u0400-\u052f\u0531-\u058f\u13a0-\u13ff]+|[\u0370-\u03ff\u0400-\u052f\u0531-\u058f\u13a0-\u13ff]+(?=[A-Za-z])/gu;

/** Quick test for the common case: printable ASCII alone. */
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * The text with every unsafe character written as `\u{1b}`, and every one that prints like another: two texts that are
 * not the same do not print the same. Applying it twice changes nothing more.
 */
export function visible(text: string): string {
  if (PLAIN.test(text)) return text;
  const shown = text.replace(UNSAFE, escaped).replace(SPACES, escaped).replace(FOREIGN, escaped);
  // a letter with its accent apart prints like the one that has it
  const joined = shown === shown.normalize("NFC") ? shown : shown.replace(/\p{M}/gu, escaped);
  return joined.replace(/[^\x00-\x7f]/gu, (letter) => (printsAsAscii(letter) ? escaped(letter) : letter));
}

/**
 * A text that must be seen to its ends, such as a pattern: a space at either end as an escape, none at all as `""`.
 * Applying it twice changes nothing more.
 */
export function wholly(text: string): string {
  return text === "" ? '""' : visible(text).replace(/^ +| +$/g, escaped);
}

/** A full-width `Ａ`, a Kelvin sign: another character that prints like a letter, a digit or a sign of ASCII. */
function printsAsAscii(letter: string): boolean {
  const plain = letter.normalize("NFKC");
  return plain !== letter && /^[\x21-\x7e]$/.test(plain);
}

function escaped(characters: string): string {
  return [...characters].map((c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`).join("");
}

/**
 * What a build log obeys wherever in a line it stands: `##[name]` and `##vso[name]` of GitHub and Azure Pipelines (the
 * word in between is whatever an agent of its kind knows), and the section markers of GitLab.
 */
const LOG_COMMAND = /##(?=[a-z]*\[)/gi;
const LOG_SECTION = /(section_(?:start|end)):(?=\d)/gi;

/**
 * A line of output that no build log takes for a command: GitHub trims a line and obeys `::name::`, the others obey what
 * is listed above. One character of each is written as an escape; applying it twice changes nothing more.
 */
export function inertLine(line: string): string {
  return line
    .replace(/^((?:\s|\x1b\[[0-9;]*m)*):(?=:)/, "$1\\u{3a}")
    .replace(LOG_COMMAND, "#\\u{23}")
    .replace(LOG_SECTION, "$1\\u{3a}");
}

/** As `inertLine`, for each line of a text; its line ends stay. Anything that moves the cursor is the caller's to take out. */
export function inertText(text: string): string {
  return text.split("\n").map(inertLine).join("\n");
}

/** Untrusted text as a line of a log: it can neither move the cursor nor give a command. */
export function loggable(text: string): string {
  return inertLine(visible(text));
}

/**
 * JSON text whose strings hold no unsafe character and no build log command: written as JSON's own escapes, so a
 * reader gets back exactly the same values.
 */
export function inertJson(json: string): string {
  return json
    .split("\n")
    .map((line) => visibleInJson(line).replace(LOG_COMMAND, "#\\u0023").replace(LOG_SECTION, "$1\\u003a"))
    .join("\n");
}

/** JSON text with every unsafe character as JSON's own escape; line breaks between its parts must be gone already. */
export function visibleInJson(json: string): string {
  return PLAIN.test(json) ? json : json.replace(UNSAFE, escapeUnits);
}

function escapeUnits(character: string): string {
  let out = "";
  for (let i = 0; i < character.length; i++) {
    out += `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`;
  }
  return out;
}
