import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listBundled, loadBaseline } from "../../../src/baselines/bundled.ts";
import { checks } from "../../../src/checks/registry.ts";
import { baselineNamed, type LiveTarget, sayChosen } from "../../../src/cli/job/job.ts";
import { contextOf } from "../../../src/cli/line/context.ts";
import { UsageError } from "../../../src/cli/line/errors.ts";
import { flags } from "../../../src/cli/line/flags.ts";
import { fromEnvironment, type Given, type GivenOptions } from "../../../src/cli/line/options.ts";
import type { Shell } from "../../../src/cli/line/shell.ts";
import { reporters } from "../../../src/reporters/registry.ts";
import { ran } from "../shell.ts";

/** A folder `repo` with a `.git`, and beside it what is none of its business. */
let root = "";
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "chalk-audit-trust-")));
  mkdirSync(join(root, "repo/.git"), { recursive: true });
  mkdirSync(join(root, "repo/docs"));
  put("secret", "canary");
  put("repo/.git/config", "");
  put("repo/docs/state.json", "{}");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(file: string, text: string): void {
  writeFileSync(join(root, file), text);
}

function shell(env: NodeJS.ProcessEnv = {}): Shell {
  const sink = { write: async () => undefined, isTTY: false, columns: undefined };
  const { signal } = new AbortController();
  return { env, cwd: join(root, "repo"), out: sink, err: sink, signal, now: () => new Date(0) };
}

/** What a command gets to know with this config file; or the lines of its refusal. */
async function opened(
  yaml: string,
  given: GivenOptions = new Map(),
  env: NodeJS.ProcessEnv = {},
): Promise<GivenOptions | readonly string[]> {
  put("repo/chalk-audit.yaml", yaml);
  try {
    return (await contextOf(given, shell(env))).options;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return error.message.split("\n");
  }
}

const flag = (name: string, value: string): GivenOptions =>
  new Map<string, Given>([[name, { values: [value], from: `--${name}` }]]);
const hint = (name: string) =>
  `; a config file that was found, not named, may not: give --${name} or CHALK_AUDIT_${name.toUpperCase().replaceAll("-", "_")}, or name the file with --config`;

describe("a config file that was found is data of its repository", () => {
  test("T1: it says what is audited, by what, and what is written there", async () => {
    const options = await opened(
      [
        "cloud: azure",
        "baseline: [chalk-azure, docs/own.yaml]",
        "format: [table, json=docs/report.json]",
        "snapshot: docs/state.json",
        "waivers: ./waivers.yaml",
        "since: docs/../old.json",
        "profile: audit",
        "failOn: high",
        "targets: { prod: { subscription: a, tenant: b, region: c } }",
      ].join("\n"),
    );
    expect(options).toBeInstanceOf(Map);
    expect((options as GivenOptions).get("waivers")).toEqual({
      values: ["./waivers.yaml"],
      from: "chalk-audit.yaml:5:10: waivers",
      base: join(root, "repo"),
      repository: join(root, "repo"),
    });
  });

  test.each([
    ["snapshot: ../secret", "snapshot", "reads ../secret, outside the repository"],
    ["waivers: /etc/passwd", "waivers", "reads /etc/passwd, outside the repository"],
    ["since: docs/../../secret", "since", "reads docs/../../secret, outside the repository"],
    ["usage: [docs, ..]", "usage", "reads .., outside the repository"],
    ["kubeconfig: ../secret", "kubeconfig", "reads ../secret, outside the repository"],
    ["baseline: ../own.yaml", "baseline", "reads ../own.yaml, outside the repository"],
    ["format: [table, json=../precious]", "format", "writes ../precious, outside the repository"],
    ["format: json=/tmp/x", "format", "writes /tmp/x, outside the repository"],
    ["format: json=.git/config", "format", "writes .git/config, inside .git"],
    ["waivers: docs/../.GIT/config", "waivers", "reads docs/../.GIT/config, inside .git"],
    ["format: json=.git./config.json", "format", "writes .git./config.json, inside .git"],
    ["format: json=GIT~1/config.json", "format", "writes GIT~1/config.json, inside .git"],
    ["waivers: .git::$INDEX_ALLOCATION/x", "waivers", "reads .git::$INDEX_ALLOCATION/x, inside .git"],
    ["waivers: .g\u200cit/x", "waivers", "reads .g\u200cit/x, inside .git"],
    [
      "format: json=.github/workflows/ci.yml",
      "format",
      "writes .github/workflows/ci.yml, whose name is not that of a json report (.json)",
    ],
    [
      "format: [table, markdown=.venv/bin/activate]",
      "format",
      "writes .venv/bin/activate, whose name is not that of a markdown report (.md, .markdown)",
    ],
    ["format: table=x.sh", "format", "writes x.sh, whose name is not that of a table report (.txt, .log)"],
    ["azureEndpoint: https://evil.example", "azure-endpoint", "sends an access token to that address"],
    ["graphEndpoint: https://evil.example", "graph-endpoint", "sends an access token to that address"],
  ])("T2, T3: %s", async (yaml, name, problem) => {
    const lines = (await opened(yaml)) as readonly string[];
    const key = yaml.slice(0, yaml.indexOf(":"));
    expect(lines).toEqual([`chalk-audit.yaml:1:${key.length + 3}: ${key}: ${problem}${hint(name)}`]);
  });

  test("T3: every format may be written under its own extension, and no other", async () => {
    for (const { format, extension } of reporters) {
      expect(await opened(`format: ${format}=docs/x.${extension}`), format).toBeInstanceOf(Map);
      expect(await opened(`format: ${format}=docs/x.sh`), format).toHaveLength(1);
    }
  });

  test("T3: links are followed, of a file, of a folder, of the config file itself", async () => {
    symlinkSync("../secret", join(root, "repo/link"));
    symlinkSync("..", join(root, "repo/up"));
    symlinkSync("docs", join(root, "repo/inside"));
    expect(await opened("waivers: link")).toEqual([
      `chalk-audit.yaml:1:10: waivers: reads link, a link to what is outside the repository${hint("waivers")}`,
    ]);
    expect(await opened("format: json=up/precious")).toEqual([
      `chalk-audit.yaml:1:9: format: writes up/precious, a link to what is outside the repository${hint("format")}`,
    ]);
    expect(await opened("waivers: inside/state.json")).toBeInstanceOf(Map);
    rmSync(join(root, "repo/chalk-audit.yaml"));
    put("other.yaml", "canary: 1");
    symlinkSync("../other.yaml", join(root, "repo/chalk-audit.yaml"));
    await expect(contextOf(new Map(), shell())).rejects.toThrow(
      /^chalk-audit\.yaml:1:1: the config file is a link to what is outside the repository; name it with --config/,
    );
  });

  test.each(["waivers", "since", "snapshot"])(
    "T3: what is judged by its letters is what is opened: %s through a link and back",
    async (key) => {
      mkdirSync(join(root, "away/deep"), { recursive: true });
      put("away/told.yaml", "told: 1");
      symlinkSync(join(root, "away/deep"), join(root, "repo/link"));
      put("repo/chalk-audit.yaml", `cloud: azure\n${key}: ${join(root, "repo/link")}/../told.yaml\n`);
      const { status, stderr } = await runs([]);
      expect([status, stderr]).toEqual([
        2,
        expect.stringMatching(/^chalk-audit: told\.yaml: cannot read the .*: no such/),
      ]);
    },
  );

  test("T1: every target is looked at, and every problem is said", async () => {
    const lines = await opened(
      "format: json=../a\ntargets:\n  a: { azureEndpoint: 'https://x' }\n  b: { snapshot: ../secret }\n",
    );
    expect((lines as readonly string[]).map((line) => line.slice(0, line.indexOf(";")))).toEqual([
      "chalk-audit.yaml:1:9: format: writes ../a, outside the repository",
      "chalk-audit.yaml:3:23: targets.a.azureEndpoint: sends an access token to that address",
      "chalk-audit.yaml:4:18: targets.b.snapshot: reads ../secret, outside the repository",
    ]);
  });

  test("T1: a flag or the environment gives what the file may not, and a file that is named by hand may", async () => {
    const yaml = "azureEndpoint: https://x\nwaivers: ../secret\ntargets: { a: { snapshot: ../secret } }\n";
    const both = new Map([
      ...flag("azure-endpoint", "https://mine"),
      ...flag("waivers", "../secret"),
      ...flag("snapshot", "../secret"),
    ]);
    expect(await opened(yaml, both)).toBeInstanceOf(Map);
    const env = { CHALK_AUDIT_CONFIG: "chalk-audit.yaml" };
    expect(await opened(yaml, flag("config", "chalk-audit.yaml"))).toBeInstanceOf(Map);
    expect(await opened(yaml, fromEnvironment(env, "scan"), env)).toBeInstanceOf(Map);
    expect(await opened(yaml)).toHaveLength(3);
  });

  test.each(["waivers", "since", "snapshot", "kubeconfig", "baseline", "usage"])(
    "T3: %s that is a pipe is not waited for",
    async (key) => {
      execFileSync("mkfifo", [join(root, "repo/pipe.yaml")]);
      expect(await opened(`${key}: pipe.yaml`)).toEqual([
        `chalk-audit.yaml:1:${key.length + 3}: ${key}: reads pipe.yaml, which is no regular file${hint(key)}`,
      ]);
    },
  );

  test("T3: nor is the config file", async () => {
    execFileSync("mkfifo", [join(root, "repo/chalk-audit.yaml")]);
    await expect(contextOf(new Map(), shell())).rejects.toThrow(
      "chalk-audit.yaml:1:1: the config file is no regular file; name it with --config if it is yours",
    );
  });

  test("outside a repository its own folder is all that it has", async () => {
    rmSync(join(root, "repo/.git"), { recursive: true });
    expect(await opened("waivers: docs/state.json")).toBeInstanceOf(Map);
    expect(await opened("waivers: ../secret")).toHaveLength(1);
  });
});

describe("T3: a link of a checkout that leads out, whoever names it", () => {
  const demo = join(process.cwd(), "fixtures/snapshots/azure/demo.json");

  test.each([
    ["waivers", ["--snapshot", demo, "--waivers", "link"]],
    ["since", ["--snapshot", demo, "--since", "link"]],
    ["snapshot", ["--snapshot", "link"]],
    ["baseline", ["--snapshot", demo, "--baseline", "./link"]],
    ["config", ["--snapshot", demo, "--config", "link"]],
    ["waivers behind a folder", ["--snapshot", demo, "--waivers", "up/secret"]],
    ["compare", ["compare", demo, "link"]],
    ["policy", ["policy", "compare", "--provider", "aws", "--live", "link", "link"]],
    ["report", ["waiver", "aaaaaaaa", "--report", "link"]],
  ])("%s is not read", async (_, argv) => {
    symlinkSync("../secret", join(root, "repo/link"));
    symlinkSync("..", join(root, "repo/up"));
    const { status, stdout, stderr } = await runs(argv);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/ is a link to what is outside the repository; name the file itself\n$/);
    expect(stderr).not.toContain("canary");
  });

  test("a folder that is one is not written in; another repository behind it makes no difference", async () => {
    mkdirSync(join(root, "away/.git"), { recursive: true });
    symlinkSync("../away", join(root, "repo/results"));
    const before = readdirSync(join(root, "away"));
    const { status, stderr } = await runs(["--snapshot", demo, "--format", "json=results/report.json"]);
    expect([status, stderr]).toEqual([
      2,
      "chalk-audit: results/report.json: is a link to what is outside the repository; name the place itself\n",
    ]);
    expect(readdirSync(join(root, "away"))).toEqual(before);
    // by its own name it is the caller's to write
    const { status: own } = await runs(["--snapshot", demo, "--format", "json=../away/report.json"]);
    expect([own, readdirSync(join(root, "away"))]).toEqual([1, [...before, "report.json"]]);
  });

  test("one that stays inside, and one that is in no repository, are followed", async () => {
    symlinkSync("docs", join(root, "repo/inside"));
    put("repo/docs/waivers.yaml", "waivers: []\n");
    symlinkSync(join(root, "repo/docs/waivers.yaml"), join(root, "loose.yaml"));
    for (const file of ["inside/waivers.yaml", "../loose.yaml"])
      expect((await runs(["--snapshot", demo, "--waivers", file])).status, file).toBe(1);
  });
});

describe("T6: a kubeconfig of the repository", () => {
  const kubeconfig = (user: string, cluster = "server: https://h") =>
    `clusters: [{name: c, cluster: {${cluster}}}]\nusers: [{name: u, user: {${user}}}]\n`;

  test.each([
    ["exec: {command: ./run.sh}", undefined, 'user "u": exec: runs a program'],
    ["tokenFile: token", undefined, 'user "u": tokenFile: sends the token of a file'],
    ["tokenFile: ../../secret, token: t", undefined, 'user "u": tokenFile: sends the token of a file'],
    [
      "client-certificate: c.pem, client-key: ../../secret",
      undefined,
      'user "u": client-key: reads a file, outside the repository',
    ],
    [
      "client-certificate: link, client-certificate-data: aa",
      undefined,
      'user "u": client-certificate: reads a file, a link to what is outside the repository',
    ],
    [
      "token: t",
      "certificate-authority: /etc/ssl/cert.pem",
      'cluster "c": certificate-authority: reads a file, outside the repository',
    ],
  ])("%s %s", async (user, cluster, problem) => {
    symlinkSync("../../secret", join(root, "repo/docs/link"));
    put("repo/docs/cluster.yaml", kubeconfig(user, cluster));
    expect(await opened("cloud: kubernetes\nkubeconfig: docs/cluster.yaml\n")).toEqual([
      `chalk-audit.yaml:2:13: kubeconfig: docs/cluster.yaml: ${problem}${hint("kubeconfig")}`,
    ]);
    expect(await opened("kubeconfig: docs/cluster.yaml\n", flag("kubeconfig", "x"))).toBeInstanceOf(Map);
  });

  test("a path in it is opened as it is judged", async () => {
    const { besideFile } = await import("../../../src/collectors/kubernetes/kubeconfig.ts");
    expect(besideFile("/repo/docs/cluster.yaml", "/repo/link/../ca.pem")).toBe("/repo/ca.pem");
    expect(besideFile("/repo/docs/cluster.yaml", "link/../ca.pem")).toBe("/repo/docs/ca.pem");
  });

  test("one that holds what it signs in with is taken; one that is none is for its reader to refuse", async () => {
    put("repo/docs/cluster.yaml", kubeconfig("token: t", "certificate-authority: ca.pem"));
    expect(await opened("kubeconfig: docs/cluster.yaml")).toBeInstanceOf(Map);
    put("repo/docs/cluster.yaml", "- nothing");
    expect(await opened("kubeconfig: docs/cluster.yaml")).toBeInstanceOf(Map);
  });
});

describe("T5: a baseline of the repository", () => {
  const bundled = () => listBundled()[0] ?? { id: "", file: "" };
  const given = (repository?: string): GivenOptions =>
    new Map<string, Given>([
      [
        "baseline",
        {
          values: ["own.yaml"],
          from: "chalk-audit.yaml:1:11: baseline",
          base: join(root, "repo"),
          ...(repository === undefined ? {} : { repository }),
        },
      ],
    ]);
  const own = async (change: (text: string) => string) => {
    const { readFileSync } = await import("node:fs");
    put("repo/own.yaml", change(readFileSync(bundled().file, "utf8")));
  };

  test("takes no bundled id, unless it is the same bytes or a person named the file", async () => {
    const named = (repository?: string) =>
      baselineNamed("own.yaml", given(repository), join(root, "repo"), checks);
    await own((text) => `${text}\n# changed\n`);
    const cwd = process.cwd();
    process.chdir(join(root, "repo"));
    try {
      expect(() => named(join(root, "repo"))).toThrow(
        `chalk-audit.yaml:1:11: baseline: own.yaml calls itself ${bundled().id}, which comes with chalk-audit, and is another${hint("baseline")}`,
      );
      expect(named().bundled).toBeUndefined();
      process.chdir(cwd);
      await own((text) => text.replace(/^id: .*$/m, "id: my-own"));
      process.chdir(join(root, "repo"));
      expect(named(join(root, "repo"))).toMatchObject({ file: "own.yaml", baseline: { id: "my-own" } });
      process.chdir(cwd);
      await own((text) => text);
      process.chdir(join(root, "repo"));
      expect(named(join(root, "repo")).bundled).toBeUndefined();
    } finally {
      process.chdir(cwd);
    }
    expect(loadBaseline(bundled().id, checks).bundled).toBe(true);
  });
});

/** Runs a command in the repository: files are looked for from there. */
async function runs(argv: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const cwd = process.cwd();
  process.chdir(join(root, "repo"));
  try {
    return await ran(argv, { cwd: join(root, "repo"), env });
  } finally {
    process.chdir(cwd);
  }
}

/** A baseline of anybody's that quotes a file which a parameter names. */
const quoting = [
  "id: my-own",
  'version: "1"',
  "title: Own",
  "cloud: aws",
  "source: { title: T, url: https://own.example/, captured: 2026-09-01 }",
  "parameters: { values: { type: file, help: h }, colour: { type: string, help: h } }",
  "controls:",
  "  - id: f",
  "    title: f",
  "    why: f",
  "    check: config/file",
  "    cite: { section: S }",
  "    with: { file: '${values}', what: file, matches: [{ path: canary, pattern: ^never$, message: no }] }",
].join("\n");

describe("parameters are given in layers, each with its own trust", () => {
  test.each([
    ["a flag", ["--set", "colour=red"], {}],
    ["the environment", [], { CHALK_AUDIT_SET: "colour=red" }],
    ["both", ["--set", "colour=red"], { CHALK_AUDIT_SET: "colour=blue" }],
  ])("T3: %s that sets one lends its trust to no other of the file", async (_, argv, env) => {
    put("repo/own.yaml", quoting);
    put("secret", "canary: told\n");
    put("repo/chalk-audit.yaml", "baseline: own.yaml\nset: { values: ../secret }\n");
    const { status, stdout, stderr } = await runs(argv, env);
    expect(stdout + stderr).not.toContain("told");
    expect([status, stderr]).toEqual([
      2,
      `chalk-audit: chalk-audit.yaml:2:6: set: values reads ../secret, outside the repository${hint("set")}\n`,
    ]);
    expect((await runs([...argv, "--set", "values=../secret"], env)).stdout).toContain("told");
  });

  test("a file that the config file names lies beside it, whatever else is set", async () => {
    put("repo/docs/own.yaml", quoting);
    put("repo/docs/values.yaml", "canary: told\n");
    put("repo/docs/chalk-audit.yaml", "baseline: own.yaml\nset: { values: values.yaml }\n");
    const { stdout } = await runs(["--config", "docs/chalk-audit.yaml", "--set", "colour=red"]);
    expect(stdout).toContain("docs/values.yaml:1:9: canary is");
  });

  test("T1: a parameter in the file goes not before the flag that stands for it", async () => {
    const demo = join(process.cwd(), "fixtures/snapshots/azure/demo.json");
    const mine = "aaaaaaaa-5b1e-4c55-9d0e-3f7f52aa0001";
    const other = "99999999-9999-4999-8999-999999999999";
    put("repo/chalk-audit.yaml", `set: { principalId: ${other} }\n`);
    const principals = async (...argv: readonly string[]) =>
      JSON.parse(
        (await runs(["--snapshot", demo, "--format", "json", ...argv])).stdout,
      ).targets[0].principals.map(({ id }: { readonly id: string }) => id);
    expect(await principals("--principal", mine)).toEqual([mine]);
    expect(await principals("--principal", other, "--set", `principalId=${mine}`)).toEqual([mine]);
    expect(await principals()).toEqual([other]);
  });
});

test("T4: recorded state in place of a cloud is said, with its scope and time, and with --quiet", () => {
  const said: string[] = [];
  const snapshot = {
    schema: 1,
    provider: "azure",
    scope: "/subscriptions/x",
    takenAt: "2019-01-01T00:00:00.000Z",
    documents: [],
    unread: [],
  } as const;
  const target = { kind: "recorded", parameters: {}, dealt: [], snapshots: [snapshot] } as const;
  sayChosen(
    {
      targets: [{ ...target, recordedBy: "chalk-audit.yaml:2:11: snapshot" }, target],
    },
    { warn: (line) => said.push(line) },
  );
  expect(said).toEqual([
    "chalk-audit: chalk-audit.yaml:2:11: snapshot: recorded state, and no cloud is asked: /subscriptions/x, taken 2019-01-01T00:00:00.000Z",
  ]);
});

test("T4: a cluster that the repository chooses is said; one that a person names is not", () => {
  const said: string[] = [];
  const target = (reach: object) =>
    ({
      kind: "live",
      cloud: "kubernetes",
      parameters: {},
      dealt: [],
      kubernetes: reach,
    }) as unknown as LiveTarget;
  const reach = { execPlugins: "never", kubeconfig: "/repo/kc.yaml" };
  sayChosen(
    { targets: [target({ ...reach, kubeconfigBy: "chalk-audit.yaml:3:13: kubeconfig" }), target(reach)] },
    { warn: (line) => said.push(line) },
  );
  expect(said).toEqual([
    "chalk-audit: chalk-audit.yaml:3:13: kubeconfig: the cluster that is asked is the one of the repository's own kubeconfig /repo/kc.yaml",
  ]);
});

test("T1: every option of the config file is known for what it can do", () => {
  const readable = [
    ...new Map(
      flags
        .filter((each) => each.flagOnly !== true && each.notFromConfig !== true)
        .map((each) => [each.name, each]),
    ).values(),
  ];
  const of = (test: (each: (typeof readable)[number]) => boolean) =>
    readable
      .filter(test)
      .map(({ name }) => name)
      .sort();
  expect(of(({ byHand }) => byHand !== undefined)).toEqual(["azure-endpoint", "graph-endpoint"]);
  expect(of(({ path }) => path === true)).toEqual(
    ["config", "kubeconfig", "sarif-anchor", "since", "snapshot", "usage", "waivers"].sort(),
  );
  // A new option stands here only after somebody has asked what a stranger could do with it.
  expect(of(({ byHand, path }) => byHand === undefined && path !== true)).toEqual(
    [
      ...[
        "allow-incomplete",
        "assume-role",
        "azure-cloud",
        "baseline",
        "cloud",
        "color",
        "concurrency",
        "context",
      ],
      ...[
        "debug",
        "exec-plugins",
        "external-id",
        "fail-on",
        "fail-on-new",
        "fail-on-stale",
        "format",
        "max-age",
        "namespace",
        "no-color",
      ],
      ...[
        "no-progress",
        "principal",
        "profile",
        "profile-set",
        "quiet",
        "region",
        "role",
        "sarif-suppressions",
        "set",
        "subscription",
      ],
      ...["target", "tenant", "timeout", "verbose"],
    ].sort(),
  );
});
