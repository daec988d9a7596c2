import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readLog, usageFiles } from "../../../src/cli/job/usage-files.ts";

describe("log files", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "usage-"));
    writeFileSync(join(folder, "bomb.json.gz"), gzipSync(Buffer.alloc(4_000_000, "a")));
    writeFileSync(join(folder, "cut.json.gz"), gzipSync("hello").subarray(0, 12));
    writeFileSync(join(folder, "good.json"), "\uFEFF[]");
    writeFileSync(join(folder, "notes.txt"), "no log");
    symlinkSync("/etc/hostname", join(folder, "link.json"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("fault 33: a packed file that unfolds beyond the bound is not read, and says so", async () => {
    expect(await readLog(join(folder, "bomb.json.gz"), folder, 1024 * 1024)).toEqual({
      shown: "bomb.json.gz",
      problem: "is larger than 1 MiB unpacked, and was not read",
    });
    expect((await readLog(join(folder, "bomb.json.gz"), folder)).text).toHaveLength(4_000_000);
  });

  test("one that is cut, or gone, is a gap; a byte order mark is none", async () => {
    expect((await readLog(join(folder, "cut.json.gz"), folder)).problem).toMatch(/^cannot be read: /);
    expect((await readLog(join(folder, "gone.json"), folder)).problem).toBe(
      "cannot be read: no such file or directory",
    );
    expect((await readLog(join(folder, "good.json"), folder)).text).toBe("[]");
  });

  test("a folder's logs, links left out; a folder without one is a mistake", async () => {
    expect((await usageFiles(folder, folder)).map((path) => path.slice(folder.length + 1))).toEqual([
      "bomb.json.gz",
      "cut.json.gz",
      "good.json",
    ]);
    await expect(usageFiles(join(folder, "gone"), folder)).rejects.toThrow("gone: cannot read the logs");
    await expect(usageFiles(join(folder, "link.json"), folder)).rejects.toThrow(
      "expected a log file or a folder",
    );
  });
});
