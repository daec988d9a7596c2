/**
 * Texts by number, each once. Texts that differ in names alone (`rg-0001`, an id, a version) are told by one pattern and
 * the names: of 30,000 messages that say the same of different things, one sentence is left.
 */
export interface TextTable {
  /** Patterns, in which a sign stands for each name; and names. */
  readonly words: readonly string[];
  /** A text; or the place of its pattern among the words, and of each name in it. */
  readonly texts: readonly (string | readonly number[])[];
}

/** Stands for a name in a pattern; no text that is safe to show has it. */
const SLOT = "\u0001";

const WORD = /[\w.-]+/g;
/** What makes a word a name, most likely: a digit, a hyphen or an underscore in it. */
const OF_NAME = /[\d_-]/;

/** In what a longer text differs would take more room than the text. */
const LONGEST = 2_000;

export interface TextWriter {
  /** The number of a text; 0 is the empty one. */
  readonly number: (text: string) => number;
  readonly table: () => TextTable;
}

export function createTextWriter(): TextWriter {
  const numbers = new Map<string, number>([["", 0]]);
  return {
    number: (text) => {
      const known = numbers.get(text);
      if (known !== undefined) return known;
      numbers.set(text, numbers.size);
      return numbers.size - 1;
    },
    table: () => tableOf([...numbers.keys()]),
  };
}

function tableOf(all: readonly string[]): TextTable {
  const parted = all.map(partedText);
  const uses = new Map<string, number>();
  for (const { pattern } of parted) uses.set(pattern, (uses.get(pattern) ?? 0) + 1);
  const places = new Map<string, number>();
  const place = (word: string) => {
    const known = places.get(word);
    if (known !== undefined) return known;
    places.set(word, places.size);
    return places.size - 1;
  };
  const texts = parted.map(({ text, pattern, names }) =>
    // a pattern that is nothing but a name, and one that stands for one text alone, save nothing
    names.length === 0 || pattern === SLOT || (uses.get(pattern) ?? 0) < 2
      ? text
      : [place(pattern), ...names.map(place)],
  );
  return { words: [...places.keys()], texts };
}

function partedText(text: string) {
  const names: string[] = [];
  if (text.length > LONGEST) return { text, pattern: text, names };
  const pattern = text.replace(WORD, (word) => {
    if (!OF_NAME.test(word)) return word;
    names.push(word);
    return SLOT;
  });
  return { text, pattern, names };
}

/** The text of a number. */
export function textOf({ words, texts }: TextTable, number: number): string {
  const entry = texts[number] ?? "";
  if (typeof entry === "string") return entry;
  const [pattern = 0, ...names] = entry;
  let at = 0;
  return (words[pattern] ?? "").replaceAll(SLOT, () => words[names[at++] ?? -1] ?? "");
}
