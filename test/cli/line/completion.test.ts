import { describe, expect, test } from "vitest";
import { checks } from "../../../src/checks/registry.ts";
import { commandNames, flagsOf } from "../../../src/cli/line/flags.ts";
import { ran } from "../shell.ts";

describe("completion", () => {
  test.each(["bash", "zsh", "fish"])("%s knows every command and every flag", async (shell) => {
    const { status, stdout } = await ran(["completion", shell]);
    expect(status).toBe(0);
    for (const name of commandNames) {
      for (const word of name.split(" ")) expect(stdout).toContain(word);
      for (const flag of flagsOf(name))
        expect(stdout).toContain(shell === "fish" ? `-l ${flag.name}` : `--${flag.name}`);
    }
    for (const { id } of checks) expect(stdout).toContain(id);
  });
});
