import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Arm, startArm } from "../../servers/arm.ts";
import { command } from "./command.ts";
import { workingFolder } from "./folder.ts";
import { documentedState } from "./world.ts";

const snapshot = (changes: object) =>
  JSON.stringify({
    schema: 1,
    provider: "azure",
    scope: "/subscriptions/6b1f4e5f-0000-4000-8000-000000000001",
    takenAt: "2026-11-21T10:00:00.000Z",
    documents: [],
    unread: [],
    ...changes,
  });

/** `*a29` unfolds to a thousand million entries. */
const bomb = Array.from(
  { length: 30 },
  (_, i) => `a${i}: &a${i} [${i === 0 ? "x" : `*a${i - 1}, *a${i - 1}`}]`,
).join("\n");

const files = {
  "good.json": snapshot({}),
  "cut.json": snapshot({}).slice(0, 30),
  "schema2.json": snapshot({ schema: 2 }),
  "aws.json": snapshot({ provider: "aws", scope: "123456789012" }),
  "cluster.json": snapshot({
    provider: "kubernetes",
    scope: "0e1f2a3b-4c5d-4e6f-8a9b-0c1d2e3f4a5b/chalk",
  }),
  "package.json": '{ "name": "x" }',
  "list.json": "[]",
  "empty.json": "",
  "role.json": '{ "permissions": [{ "actions": ["Microsoft.Compute/*"] }] }',
  "not-a-role.json": '{ "kind": "Role" }',
  "malformed.json": '{ "permissions": [ }',
  "broken.yaml": "id: x\n  version: y\n",
  "bomb.yaml": bomb,
  "proto.yaml": "__proto__:\n  polluted: true\n",
  "waivers.yaml": "waivers:\n  - control: x\n    reson: y\n",
  "config.yaml": "cloud: azure\nfailOn: hihg\n",
  "config-broken.yaml": "cloud: [azure\n",
};
const folder = workingFolder(files);

/** Further lines, one for each further problem. */
const more = Symbol("more");

const lake = fileURLToPath(new URL("../../../fixtures/baselines/acme-lake.yaml", import.meta.url));

describe("bad input (issue 3): the lines on stderr, exit 2, nothing on stdout, nothing written", () => {
  const azure = ["--cloud", "azure", "--snapshot", "good.json"];
  const cases: readonly (readonly [
    args: readonly string[],
    lines: readonly (string | RegExp | typeof more)[],
  ])[] = [
    // commands and flags
    [["scna"], ['unknown command "scna"; did you mean "scan"?']],
    [["--cloud", "azure", "extra"], ['unknown command "extra"']],
    [["--fial-on", "high"], ['unknown flag "--fial-on"; did you mean "--fail-on"?']],
    [["scan", "--output", "x"], ['unknown flag "--output"; scan has no such flag']],
    [["--timeout"], ["--timeout: expected a value: --timeout <DURATION>"]],
    [["compare", "a"], ["compare: expected <new>; see --help"]],
    [["compare", "a", "b", "c"], ["compare: more was given than it takes; see --help"]],
    [["baseline"], ["baseline: expected a command: list, show"]],
    [["check", "lst"], ['check: unknown command "lst"; did you mean "list"? (known: list, explain)']],
    [
      ["check", "explain", "azure/role-definitoin"],
      [/^unknown check "azure\/role-definitoin"; did you mean "azure\/role-definition"\? \(known: /],
    ],
    [["completion", "zhs"], ['completion: expected bash, zsh or fish, found "zhs"; did you mean "zsh"?']],
    // clouds
    [[], ["expected --cloud CLOUD, what to audit (this version: azure, aws, kubernetes); see --help"]],
    [
      ["--cloud", "azrue"],
      ['--cloud: expected azure, aws or kubernetes, found "azrue"; did you mean "azure"?'],
    ],
    [
      ["--cloud", "kubernetes", "--baseline", lake],
      ["baseline acme-lake is about azure, and --cloud kubernetes was asked for"],
    ],
    [
      ["--cloud", "azure,kubernetes", "--baseline", lake],
      [
        "kubernetes was asked for, and no control of acme-lake is about it; add a --baseline that is, or leave it out of --cloud",
      ],
    ],
    [
      ["--cloud", "azure,aws", "--baseline", "chalk-azure"],
      [
        "aws was asked for, and no control of chalk-azure is about it; add a --baseline that is, or leave it out of --cloud",
      ],
    ],
    [
      ["--cloud", "kubernetes", "--exec-plugins", "alow"],
      ['--exec-plugins: expected allow or deny, found "alow"; did you mean "allow"?'],
    ],
    [["--cloud", "kubernetes", "--kubeconfig", ""], ["--kubeconfig: expected a file, found nothing"]],
    [
      ["--cloud", "kubernetes", "--context", ""],
      ["--context: expected the name of a context, found nothing"],
    ],
    [
      ["--cloud", "kubernetes", "--baseline", "chalk-azure", "--namespace", "My Space"],
      [
        'parameter namespace (--namespace): expected the name of a namespace (lower-case letters, digits and -), found "My Space"',
      ],
    ],
    [
      ["--cloud", "kubernetes", "--baseline", "chalk-azure", "--set", "managementServiceAccount=a/b/c"],
      [
        'parameter managementServiceAccount: expected a service account, NAME or NAMESPACE/NAME (lower-case letters, digits, - and .), found "a/b/c"',
      ],
    ],
    [
      ["--snapshot", "cluster.json"],
      [
        "the snapshot of 0e1f2a3b-4c5d-4e6f-8a9b-0c1d2e3f4a5b/chalk: the cluster's nodes do not tell which cloud it runs in; name what it is to be judged by: --baseline chalk-azure or --baseline chalk-aws",
      ],
    ],
    [
      ["--snapshot", "cluster.json", "--baseline", "chalk-azure", "--namespace", "other"],
      [
        "cluster.json: the snapshot is of namespace chalk, not of --namespace other; leave --namespace out, or collect that one",
      ],
    ],
    [["--cloud", ""], ["--cloud: expected azure, aws or kubernetes, found nothing"]],
    // values
    [
      [...azure, "--fail-on", "hihg"],
      ['--fail-on: expected critical, high, medium, low, info or never, found "hihg"; did you mean "high"?'],
    ],
    [[...azure, "--timeout", "5"], ['--timeout: expected a duration such as 30s or 5m, found "5"']],
    [[...azure, "--concurrency", "0"], ['--concurrency: expected a whole number from 1 to 64, found "0"']],
    [
      [...azure, "--azure-cloud", "publik"],
      ['--azure-cloud: expected public, usgovernment or china, found "publik"; did you mean "public"?'],
    ],
    [[...azure, "--set", "principalId"], ['--set: expected NAME=VALUE, found "principalId"']],
    [
      [...azure, "--set", "principalID=x"],
      [/^unknown parameter "principalID": .*did you mean "principalId"\?$/],
    ],
    [
      [...azure, "--principal", "me"],
      [
        'parameter principalId (--principal): expected an id such as 00000000-0000-0000-0000-000000000000, found "me"',
      ],
    ],
    [[...azure, "--profile-set", "operate"], [/profile/]],
    [[...azure, "--target", "prod"], ["--target: the config file names no targets"]],
    // formats and files to write
    [
      [...azure, "--format", "sarf"],
      [
        '--format: unknown format "sarf"; did you mean "sarif"? (known: table, json, sarif, junit, markdown, html)',
      ],
    ],
    [
      [...azure, "--format", "json,table"],
      ["--format: two formats go to standard output; give one a file, such as table=FILE"],
    ],
    [
      [...azure, "--format", "json=out.x", "--format", "sarif=./out.x"],
      ["out.x: two outputs go to this file; give each its own"],
    ],
    [
      [...azure, "--format", "sarif=a.sarif", "--format", "json=a.incomplete.sarif"],
      ["a.incomplete.sarif: two outputs go to this file; give each its own"],
    ],
    [
      [...azure, "--format", "json=no/such/out.json"],
      ["no/such/out.json: the folder no/such cannot be used: no such file or directory"],
    ],
    [[...azure, "--format", "json=good.json/x"], ["good.json/x: good.json is no folder"]],
    [[...azure, "--format", "json="], ['--format: expected a file after "json="']],
    [[...azure, "--format", "json=."], [/: is a folder; name a file in it$/]],
    [[...azure, "--format", "json=/dev/null"], ["/dev/null: is no regular file"]],
    // baselines
    [["--baseline", "chalk-azrue"], [/^unknown baseline "chalk-azrue": .*did you mean "chalk-azure"\?$/]],
    [["--baseline", "chalk-azure@2020-01-01"], [/^unknown version "2020-01-01" of baseline chalk-azure: /]],
    [["--baseline", "no.yaml"], ["no.yaml: no such file"]],
    [
      ["--baseline", "./broken.yaml"],
      ["./broken.yaml:1:5: nested mappings are not allowed in compact mappings"],
    ],
    [["--baseline", "bomb.yaml"], [/^bomb\.yaml:\d+:\d+: /]],
    [
      ["--baseline", "package.json"],
      [/^package\.json:1:\d+: /, more],
    ],
    // recorded state and earlier reports
    [["--snapshot", "no.json"], ["no.json: cannot read the snapshot: no such file or directory"]],
    [["--snapshot", "cut.json"], [/^cut\.json:1:\d+: expected a snapshot as JSON, found /]],
    [["--snapshot", "empty.json"], [/^empty\.json:1:1: expected a snapshot as JSON, found /]],
    [["--snapshot", "schema2.json"], [/^schema2\.json:1:\d+: expected a snapshot of schema 1, found 2; /]],
    [
      ["--snapshot", "package.json"],
      [/^package\.json:1:1: expected a snapshot \(written by chalk-audit collect\), found /],
    ],
    [
      ["--cloud", "azure", "--snapshot", "aws.json"],
      [/the snapshot of 123456789012 is of aws, and --cloud azure/],
    ],
    [
      [...azure, "--since", "good.json"],
      ["good.json: expected a JSON report (--format json), found a snapshot"],
    ],
    [
      [...azure, "--since", "no.json"],
      ["no.json: cannot read the earlier report: no such file or directory"],
    ],
    [["compare", "good.json", "package.json"], [/^package\.json: expected a JSON report/]],
    // waivers
    [
      [...azure, "--waivers", "waivers.yaml"],
      [
        "waivers.yaml:2:5: waivers[0]: expires is not given",
        /^waivers\.yaml:2:5: waivers\[0\]: names no drift; /,
        /^waivers\.yaml:2:5: waivers\[0\]: names nothing in particular; /,
        "waivers.yaml:2:5: waivers[0]: owner is not given",
        "waivers.yaml:2:5: waivers[0]: reason is not given",
        'waivers.yaml:3:5: waivers[0].reson: unknown property; did you mean "reason"?',
      ],
    ],
    [
      [...azure, "--waivers", "good.json"],
      ["good.json: expected a waiver file (a list under `waivers`), found a snapshot"],
    ],
    [
      [...azure, "--waivers", "bomb.yaml"],
      [/^bomb\.yaml:\d+:\d+: /, more],
    ],
    // the config file
    [["--config", "no.yaml"], ["no.yaml: cannot read the config file: no such file or directory"]],
    [
      ["--config", "config.yaml", "--snapshot", "good.json"],
      [
        'config.yaml:2:9: failOn: expected critical, high, medium, low, info or never, found "hihg"; did you mean "high"?',
      ],
    ],
    [["--config", "config-broken.yaml"], [/^config-broken\.yaml:\d+:\d+: /]],
    [
      ["--config", "bomb.yaml"],
      ["bomb.yaml:1:1: a0: unknown key", more],
    ],
    [["--config", "proto.yaml"], ["proto.yaml:1:1: __proto__: unknown key"]],
    [
      [...azure, "--subscription", "00000000-0000-0000-0000-000000000000"],
      [/^good\.json: the snapshot is of subscription [0-9a-f-]{36}, not of --subscription 00000000-/],
    ],
    // policy compare
    [
      ["policy", "compare", "role.json", "--live", "role.json", "--provider", "azure", "--format", "jsn"],
      [/^--format: expected table or json, found "jsn"/],
    ],
    [
      ["policy", "compare", "role.json", "--live", "role.json"],
      ["policy compare: expected --provider PROVIDER (azure, aws, kubernetes)"],
    ],
    [
      ["policy", "compare", "role.json", "--provider", "azure"],
      ["policy compare: expected --live FILE, what is granted"],
    ],
    [
      ["policy", "compare", "role.json", "--live", "role.json", "--provider", "azure", "--namespace", "x"],
      ["--namespace: only documents of Kubernetes stand in a namespace, found --provider azure"],
    ],
    [
      ["policy", "compare", "role.json", "--live", "no.json", "--provider", "azure"],
      ["no.json: cannot read the policy document: no such file or directory"],
    ],
    [
      ["policy", "compare", "empty.json", "--live", "role.json", "--provider", "azure"],
      ["empty.json: the policy document is empty"],
    ],
    [
      ["policy", "compare", "list.json", "--live", "role.json", "--provider", "azure"],
      ["list.json: expected at least one policy document, found an empty list"],
    ],
    [
      ["policy", "compare", "malformed.json", "--live", "role.json", "--provider", "azure"],
      [/^malformed\.json:1:\d+: not JSON, which its name says it is$/],
    ],
    [
      ["policy", "compare", "not-a-role.json", "--live", "role.json", "--provider", "azure"],
      [/^not-a-role\.json: no "permissions": /],
    ],
    [
      ["policy", "compare", "bomb.yaml", "--live", "role.json", "--provider", "azure"],
      [/^bomb\.yaml:\d+:\d+: /],
    ],
    [
      [
        "policy",
        "compare",
        "role.json",
        "--live",
        "role.json",
        "--provider",
        "azure",
        "--catalog",
        "package.json",
      ],
      ['package.json: expected operations such as Provider/type/read, found "x"'],
    ],
    // collect
    [
      ["collect", "--cloud", "azure", "-o", "no/x.json"],
      ["no/x.json: the folder no cannot be used: no such file or directory"],
    ],
    [
      ["collect", "--cloud", "azure", "--azure-endpoint", "http://localhost"],
      [/^--azure-endpoint: expected an https address, found "http:\/\/localhost"/],
    ],
  ];

  test.concurrent.each(cases)("%j", async (args, lines) => {
    const { status, stdout, stderr } = await command(args, { cwd: folder.path });
    const said = stderr.split("\n").slice(0, -1);
    expect({ status, stdout }, stderr).toEqual({ status: 2, stdout: "" });
    for (const line of said) expect(line.startsWith("chalk-audit: ")).toBe(true);
    const exact = lines.filter((line) => line !== more);
    if (exact.length === lines.length) expect(said).toHaveLength(lines.length);
    else expect(said.length).toBeGreaterThan(exact.length);
    exact.forEach((line, i) => {
      const found = said[i]?.slice("chalk-audit: ".length);
      if (typeof line === "string") expect(found).toBe(line);
      else expect(found).toMatch(line);
    });
  });

  afterAll(() => {
    expect(folder.list()).toEqual(Object.keys(files).sort());
  });
});

describe("bad input in the environment", () => {
  test.each([
    [
      { CHALK_AUDIT_FAIL_ONN: "high" },
      'CHALK_AUDIT_FAIL_ONN: no such variable; did you mean "CHALK_AUDIT_FAIL_ON"?',
    ],
    [
      { CHALK_AUDIT_TIMEOUT: "soon" },
      'CHALK_AUDIT_TIMEOUT: expected a duration such as 30s or 5m, found "soon"',
    ],
    [{ SOURCE_DATE_EPOCH: "today" }, 'SOURCE_DATE_EPOCH: expected seconds since 1970, found "today"'],
  ])("%o", async (env, line) => {
    const run = await command(["--cloud", "azure", "--snapshot", "good.json"], { cwd: folder.path, env });
    expect(run).toEqual({ status: 2, stdout: "", stderr: `chalk-audit: ${line}\n` });
  });
});

describe("bad input that only the cloud can tell", () => {
  let arm: Arm;
  beforeAll(async () => {
    arm = await startArm(documentedState());
  });
  afterAll(() => arm.close());
  const one = (stderr: string) => stderr.trimEnd().split("\n");

  test.each([
    [
      "no credentials",
      () => ({ AZURE_CLIENT_ID: undefined, AZURE_CLIENT_SECRET: undefined }),
      /sign|credential/i,
    ],
    ["wrong secret", () => ({ AZURE_CLIENT_SECRET: "wrong-canary" }), /secret/i],
    ["wrong tenant", () => ({ AZURE_TENANT_ID: "00000000-0000-4000-8000-00000000dead" }), /tenant/i],
    ["certificate not trusted", () => ({ NODE_EXTRA_CA_CERTS: undefined }), /NODE_EXTRA_CA_CERTS/],
  ])("%s: one line, exit 2", async (_, changes, expected) => {
    const run = await command(["--cloud", "azure", ...arm.args, "--format", "json=out.json"], {
      cwd: folder.path,
      env: { ...arm.env, ...changes() },
    });
    expect({ status: run.status, stdout: run.stdout, lines: one(run.stderr).length }, run.stderr).toEqual({
      status: 2,
      stdout: "",
      lines: 1,
    });
    expect(run.stderr).toMatch(/^chalk-audit: /);
    expect(run.stderr).toMatch(expected);
    expect(run.stderr).not.toContain("wrong-canary");
    expect(folder.list()).not.toContain("out.json");
  });

  test("unreachable endpoint: one line, exit 2", async () => {
    const run = await command(
      ["--cloud", "azure", "--azure-endpoint", "https://127.0.0.1:9", "--subscription", arm.subscription],
      {
        cwd: folder.path,
        env: arm.env,
      },
    );
    expect(run).toEqual({
      status: 2,
      stdout: "",
      stderr: expect.stringMatching(
        /^chalk-audit: https:\/\/127\.0\.0\.1:9 cannot be reached: .*\n$/,
      ) as string,
    });
  });

  test("fault 40: a subscription that is not there is not assessed, exit 3", async () => {
    const run = await command(
      [
        "--cloud",
        "azure",
        "--azure-endpoint",
        arm.url,
        "--subscription",
        "00000000-0000-4000-8000-00000000beef",
      ],
      { cwd: folder.path, env: arm.env },
    );
    expect(run.status, run.stderr).toBe(3);
    expect(run.stdout).toMatch(/NOT ASSESSED: nothing could be read\. Exit 3\./);
  });
});
