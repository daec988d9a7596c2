/** What the terminal shows of a text: two columns for wide characters, none for colour. */
export function displayWidth(text: string): number {
  const bare = text.replace(/\x1b\[[0-9;]*m/g, "");
  if (/^[\x20-\x7e]*$/.test(bare)) return bare.length;
  let width = 0;
  for (const character of bare) width += characterWidth(character);
  return width;
}

/** East Asian wide and fullwidth blocks (Unicode, EastAsianWidth.txt), in order. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18cff],
  [0x1aff0, 0x1b2ff],
  [0x1f200, 0x1f2ff],
  [0x20000, 0x3fffd],
];

function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (/[\p{Mn}\p{Me}]/u.test(character)) return 0;
  if (code < 0x1100) return 1;
  if (WIDE.some(([from, to]) => code >= from && code <= to)) return 2;
  return /\p{Emoji_Presentation}/u.test(character) ? 2 : 1;
}

/**
 * A space at which no line breaks; `wrap` gives it out as a space. A character for private use, so that a no-break space
 * of somebody else's text stays one that can be told (R2).
 */
export const KEEP = "\ue0fe";

/** A text with our own spaces as spaces, for what does not wrap. To be done before the rest is made visible. */
export function released(text: string): string {
  return text.replaceAll(KEEP, " ");
}

/**
 * A text in lines of at most `width` columns. It breaks at spaces; a word that is longer breaks after `/`, `.`, `,`, `-`,
 * `:`, and only a piece that is longer still is broken anywhere. Nothing is left out. Continuation lines are indented
 * by `hang`.
 */
export function wrap(text: string, width: number, hang = 0): string[] {
  const lines: string[] = [];
  let line = "";
  let used = 0;
  const room = () => Math.max(1, width - (lines.length === 0 ? 0 : hang));
  const flush = () => {
    lines.push((lines.length === 0 ? "" : " ".repeat(hang)) + line.trimEnd());
    line = "";
    used = 0;
  };
  const put = (piece: string) => {
    line += piece;
    used += displayWidth(piece);
  };
  for (const word of text.match(/ +|[^ ]+/g) ?? []) {
    const wide = displayWidth(word);
    if (word.startsWith(" ")) {
      if (used > 0) put(word);
      continue;
    }
    if (used + wide <= room()) {
      put(word);
      continue;
    }
    // A long word starts on a line of its own, unless there is no other way.
    if (used > 0 && line.trim() !== "") flush();
    if (wide <= room()) {
      put(word);
      continue;
    }
    for (const piece of word.match(PIECES) ?? []) {
      if (used + displayWidth(piece) > room() && used > 0) flush();
      for (const character of piece) {
        if (used + characterWidth(character) > room()) flush();
        put(character);
      }
    }
  }
  if (line.trim() !== "" || lines.length === 0) flush();
  return lines.map((done) => released(done));
}

/** What `wrap` breaks only where there is no other way. */
const PIECES = /[^/.,:-]*[/.,:-]+|[^/.,:-]+/g;

/** Columns that a text takes at least where none of its pieces is to be broken. */
export function narrowest(text: string): number {
  return (text.match(/[^ ]+/g) ?? [])
    .flatMap((word) => word.match(PIECES) ?? [])
    .reduce((most, piece) => Math.max(most, displayWidth(piece)), 0);
}

/** A cell: its lines, none wider than its column. `span` joins it with the columns to its right. */
export interface Cell {
  readonly lines: readonly string[];
  readonly span?: number;
}

/**
 * Cells in columns of fixed widths, two spaces apart, one space in from the left; no borders, no trailing spaces.
 *
 * Drawn by hand and not by cli-table3: that one measures a cell's whole text again for each of its lines (3 s for one
 * cell of 47 lines), so that neither a long name nor 30,000 findings came out in bearable time.
 */
export function drawRows(widths: readonly number[], rows: readonly (readonly Cell[])[]): string[] {
  return rows.flatMap((row) => {
    const height = Math.max(...row.map((cell) => cell.lines.length));
    return Array.from({ length: height }, (_, at) => {
      let line = " ";
      let column = 0;
      for (const cell of row) {
        const span = cell.span ?? 1;
        const text = cell.lines[at] ?? "";
        const joined = widths.slice(column, column + span).reduce((sum, width) => sum + width + GAP, 0);
        line += text + " ".repeat(Math.max(0, joined - displayWidth(text)));
        column += span;
      }
      return line.trimEnd();
    });
  });
}

/** Spaces between two columns. */
const GAP = 2;
