/** One option of a command line, as programs of containers take them. */
export interface ProgramFlag {
  /** Without its dashes: `enable-x`, of `--enable-x`, `-enable-x` and `--enable-x=true`. */
  readonly name: string;
  /** Behind `=`. */
  readonly value?: string;
  /** Without `=`: the word behind it, which is its value or not, as the program has it. */
  readonly next?: string;
}

/**
 * The options among the words of a command. A word with spaces in it is a script for a shell, whose own words count,
 * and its comments do not; behind `--` nothing is an option any more.
 */
export function flagsIn(command: readonly string[]): readonly ProgramFlag[] {
  const words = command.flatMap((word) => (/\s/.test(word) ? wordsOf(word) : [word]));
  const end = words.indexOf("--");
  const own = end < 0 ? words : words.slice(0, end);
  return own.flatMap((word, at): readonly ProgramFlag[] => {
    const [, name, value] = /^--?([A-Za-z][\w.-]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === undefined) return [];
    if (value !== undefined) return [{ name, value }];
    const next = own[at + 1];
    return [next === undefined || next.startsWith("-") ? { name } : { name, next }];
  });
}

function wordsOf(script: string): readonly string[] {
  const said = script.replaceAll(/(^|\s)#[^\n]*/g, "$1");
  return said.split(/\s+/).flatMap((word) => {
    const bare = word.replaceAll(/["']/g, "").replace(/[;\\]+$/, "");
    return bare === "" ? [] : [bare];
  });
}
