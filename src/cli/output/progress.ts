import type { Sink } from "../line/shell.ts";

/** Lines for people on stderr, and above all others one line that says what is going on. */
export interface Console {
  /** A line that stays. */
  readonly say: (line: string) => void;
  /** A line that stays, with `--quiet` too: it changes what the report is of. */
  readonly warn: (line: string) => void;
  /** A line that stays, only with `--debug`. */
  readonly debug: (line: string) => void;
  /** Replaces the progress line; nothing is shown when the stream is not a terminal. */
  readonly progress: (line: string) => void;
  /** Takes the progress line away. */
  readonly clear: () => void;
}

const clearLine = "\r\u001b[2K";

/**
 * @param loggable makes a line safe for a terminal and a build log: names from the cloud and from files reach these lines
 */
export function consoleOn(
  err: Sink,
  options: { readonly progress: boolean; readonly quiet: boolean; readonly debug: boolean },
  loggable: (text: string) => string,
): Console {
  const live = err.isTTY && options.progress && !options.quiet;
  let shown = false;
  const write = (text: string): void => {
    // Nobody waits for these lines; a stream that nobody reads is not a reason to stop an audit.
    void err.write(text).catch(() => undefined);
  };
  const clear = (): void => {
    if (shown) write(clearLine);
    shown = false;
  };
  const stay = (line: string): void => {
    clear();
    write(`${loggable(line)}\n`);
  };
  return {
    say: (line) => {
      if (!options.quiet) stay(line);
    },
    warn: stay,
    debug: (line) => {
      if (options.debug) stay(`debug: ${line}`);
    },
    progress: (line) => {
      if (!live) return;
      const width = Math.max(20, (err.columns ?? 80) - 1);
      const text = loggable(line);
      write(`${clearLine}${text.length > width ? `${text.slice(0, width - 1)}…` : text}`);
      shown = true;
    },
    clear,
  };
}
