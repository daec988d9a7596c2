/**
 * Commands for a person to paste. Everything that comes from a cloud or a baseline is quoted for a POSIX shell.
 */

const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** One word for a shell, whatever it holds. */
export function quoted(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command line from words. */
export function command(...words: readonly string[]): string {
  return words.map(quoted).join(" ");
}
