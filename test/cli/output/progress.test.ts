import { describe, expect, test } from "vitest";
import { consoleOn } from "../../../src/cli/output/progress.ts";

describe("progress", () => {
  const written = (tty: boolean, options: { progress: boolean; quiet: boolean }) => {
    let text = "";
    const sink = {
      write: async (more: string) => {
        text += more;
      },
      isTTY: tty,
      columns: tty ? 24 : undefined,
    };
    const console = consoleOn(sink, { ...options, debug: false }, (line) =>
      line.replaceAll("\u001b", "\\u{1b}"),
    );
    console.progress("reading role assignments, page 3");
    console.say("said \u001b[31m");
    console.debug("unseen");
    console.clear();
    return text;
  };

  test("on a terminal: one line, no wider than it, taken away before anything is said", () => {
    expect(written(true, { progress: true, quiet: false })).toBe(
      "\r\u001b[2Kreading role assignmen…\r\u001b[2Ksaid \\u{1b}[31m\n",
    );
  });

  test("not on a terminal, not with --no-progress, not with --quiet", () => {
    expect(written(false, { progress: true, quiet: false })).toBe("said \\u{1b}[31m\n");
    expect(written(true, { progress: false, quiet: false })).toBe("said \\u{1b}[31m\n");
    expect(written(true, { progress: true, quiet: true })).toBe("");
  });
});
