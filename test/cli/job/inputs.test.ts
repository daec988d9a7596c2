import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ran } from "../shell.ts";

const folder = mkdtempSync(join(tmpdir(), "chalk-audit-inputs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const inFolder = (name: string) => join(folder, name);
copyFileSync("fixtures/snapshots/azure/clean.json", inFolder("state.json"));
copyFileSync("fixtures/baselines/acme-lake.yaml", inFolder("acme.yaml"));
writeFileSync(inFolder("waivers.yaml"), "waivers: []\n");
writeFileSync(inFolder("conf.yaml"), "failOn: high\n");
writeFileSync(inFolder("targets.yaml"), "cloud: azure\ntargets:\n  a: { snapshot: state.json }\n");
mkdirSync(inFolder("sub"));
symlinkSync(folder, inFolder("link"), "dir");
const azure = ["--cloud", "azure", "--snapshot", "state.json"];

describe("an output never replaces what the run reads", () => {
  test.each<[string, readonly string[], string]>([
    ["the snapshot", [...azure, "--format", "json=state.json"], "state.json: is the snapshot"],
    [
      "the second snapshot",
      [...azure, "--snapshot", "b.json", "--format", "json=b.json"],
      "b.json: is the snapshot",
    ],
    [
      "the snapshot through another way",
      [...azure, "--format", "json=link/sub/../state.json"],
      "link/state.json: is the snapshot",
    ],
    [
      "the snapshot, read through a link",
      ["--cloud", "azure", "--snapshot", "link/state.json", "--format", "sarif=state.json"],
      "state.json: is the snapshot",
    ],
    [
      "the waivers",
      [...azure, "--waivers", "waivers.yaml", "--format", "table=waivers.yaml"],
      "waivers.yaml: is the waiver file",
    ],
    [
      "a baseline file",
      [...azure, "--baseline", "acme.yaml", "--format", "json=acme.yaml"],
      "acme.yaml: is the baseline",
    ],
    [
      "the config file",
      [...azure, "--config", "conf.yaml", "--format", "json=conf.yaml"],
      "conf.yaml: is the config file",
    ],
    [
      "a snapshot that the config file names",
      ["--config", "targets.yaml", "--format", "json=state.json"],
      "state.json: is the snapshot",
    ],
    [
      "what is compared",
      ["compare", "state.json", "state.json", "--format", "json=state.json"],
      "state.json: is the input",
    ],
    [
      "collect: the config file",
      ["collect", "--cloud", "azure", "--config", "conf.yaml", "-o", "conf.yaml"],
      "conf.yaml: is the config file",
    ],
    [
      "collect: a baseline file",
      ["collect", "--cloud", "azure", "--baseline", "acme.yaml", "-o", "acme.yaml"],
      "acme.yaml: is the baseline",
    ],
  ])("%s", async (_what, argv, line) => {
    const before = ["state.json", "acme.yaml", "waivers.yaml", "conf.yaml"].map((f) =>
      readFileSync(inFolder(f), "utf8"),
    );
    expect(await ran(argv, { cwd: folder })).toEqual({
      status: 2,
      stdout: "",
      stderr: `chalk-audit: ${line} of this run; write to another file\n`,
    });
    const after = ["state.json", "acme.yaml", "waivers.yaml", "conf.yaml"].map((f) =>
      readFileSync(inFolder(f), "utf8"),
    );
    expect(after).toEqual(before);
  });

  test("the report of --since may be replaced by the next one", async () => {
    const roll = [...azure, "--format", "json=report.json"];
    const first = await ran(roll, { cwd: folder });
    expect(first).toMatchObject({ stderr: "chalk-audit: wrote report.json\n" });
    const next = await ran([...roll, "--since", "report.json"], { cwd: folder });
    expect(next).toEqual(first);
    expect(JSON.parse(readFileSync(inFolder("report.json"), "utf8"))).toHaveProperty("gone", []);
  });
});

test("a baseline that is named twice, in whatever way, counts once", async () => {
  const acme = resolve("fixtures/baselines/acme-lake.yaml");
  const once = await ran([...azure, "--baseline", "chalk-azure", "--baseline", acme, "--format", "json"], {
    cwd: folder,
  });
  const names = ["chalk-azure", acme, "chalk-azure@2026-11-20", acme];
  const twice = await ran([...azure, ...names.flatMap((name) => ["--baseline", name]), "--format", "json"], {
    cwd: folder,
  });
  expect(twice).toEqual(once);
  const { baselines, controls } = JSON.parse(once.stdout) as {
    baselines: { id: string }[];
    controls: { id: string }[];
  };
  expect(baselines.map((b) => b.id)).toEqual(["acme-lake", "chalk-azure"]);
  expect(new Set(controls.map((c) => c.id)).size).toBe(controls.length);
});
