import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { command } from "./command.ts";
import { workingFolder } from "./folder.ts";

const VALUES = `chalk:
  metadata:
    api_host: https://api.acme.example
    frontend_host: <YOUR FRONTEND HOST, e.g. https://chalk.ai>
    frontend:
      image: registry.example/frontend:1
`;

const folder = workingFolder({
  "values.yaml": VALUES,
  "right.yaml": VALUES.replace(/<.*>/, "https://chalk.acme.example"),
  "broken.yaml": "chalk: [1,\n",
  "repo/.git/HEAD": "ref: refs/heads/main\n",
  "repo/chalk-audit.yaml": "baseline: chalk-helm\nset:\n  values: ../values.yaml\n",
  "own/.git/HEAD": "ref: refs/heads/main\n",
  "own/chalk-audit.yaml": "baseline: chalk-helm\nset:\n  values: conf/values.yaml\n",
  "own/conf/values.yaml": VALUES,
});

const scan = (...args: readonly string[]) =>
  command(["--baseline", "chalk-helm", ...args], { cwd: folder.path });

interface Json {
  readonly findings: readonly { readonly rule: string; readonly location: { file: string; line: number } }[];
  readonly controls: readonly { readonly id: string; readonly outcome: string }[];
}

describe("files of the user's, without a cloud and without a snapshot", () => {
  test("what is wrong stands at its line of the file, in SARIF too; nothing of a cloud is assessed", async () => {
    const { status: code, stdout } = await scan(
      "--set",
      "values=values.yaml",
      "--format",
      "json",
      "--format",
      "sarif=x.sarif",
    );
    const report = JSON.parse(stdout) as Json;
    expect(code).toBe(1);
    expect(report.findings.map(({ rule, location }) => [rule, location])).toEqual([
      ["config/file/absent", { file: "values.yaml", line: 4 }],
    ]);
    const judged = report.controls.filter(({ outcome }) => outcome !== "skipped").map(({ id }) => id);
    expect(judged).toEqual(["chalk-helm/values-file"]);
    const sarif = JSON.parse(readFileSync(folder.at("x.sarif"), "utf8")) as {
      readonly runs: readonly { readonly results: readonly { readonly locations: readonly object[] }[] }[];
    };
    expect(sarif.runs[0]?.results[0]?.locations[0]).toMatchObject({
      physicalLocation: { artifactLocation: { uri: "values.yaml" }, region: { startLine: 4 } },
    });
  });

  test.each<[string, number, string]>([
    ["right.yaml", 0, "1 control"],
    ["broken.yaml", 3, "broken.yaml:2:1: the values file"],
    [".", 3, "is no file of up to a megabyte"],
    ["/dev/zero", 3, "is no file of up to a megabyte"],
    ["nowhere.yaml", 3, "nowhere.yaml: the values file could not be read"],
  ])("%s ends with %i", async (file, status, text) => {
    const { status: code, stdout } = await scan("--set", `values=${file}`);
    expect([code, stdout.includes(text) ? text : stdout]).toEqual([status, text]);
  });

  test("T3: a config file that was found names a file of its repository, beside itself, and no other", async () => {
    const outside = await command([], { cwd: folder.at("repo") });
    expect(outside.status).toBe(2);
    expect(outside.stderr).toContain("values reads ../values.yaml");
    const inside = await command([], { cwd: folder.at("own") });
    expect(inside.status).toBe(1);
    expect(inside.stdout).toContain("conf/values.yaml:4:20");
  });
});
