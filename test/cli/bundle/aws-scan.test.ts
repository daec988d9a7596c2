import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import type { Report } from "../../../src/report/report.ts";
import { awsKinds } from "../../../src/snapshot/kinds/aws.ts";
import type { Snapshot } from "../../../src/snapshot/snapshot.ts";
import { type Aws, startAws } from "../../servers/aws.ts";
import { auditor } from "../../servers/aws-state.ts";
import { served } from "../../servers/aws-world.ts";
import {
  type AwsState,
  allow,
  awsState,
  EXTERNAL_ID,
  policy,
  ROLE,
  role,
  SCOPE,
  scopedRole,
  trust,
} from "../../worlds/aws-state.ts";
import { command } from "./command.ts";
import { workingFolder } from "./folder.ts";

/** A live report as that of its snapshot: all but where the state came from. */
const asRecorded = (live: string) => live.replaceAll('"source": "live"', '"source": "snapshot"');

const folder = workingFolder();
let aws: Aws;
afterEach(() => aws.close());

const start = async (world: Partial<AwsState> = {}, pageSize = 100) => {
  aws = await startAws(served(awsState(world)), { pageSize });
};
/** Under a clock at which the world's cluster version is current. */
const env = () => ({ ...aws.env, SOURCE_DATE_EPOCH: "1795248000" });
const run = (args: readonly string[], more: Readonly<Record<string, string | undefined>> = {}) =>
  command(args, { cwd: folder.path, env: { ...env(), ...more } });
const scan = (...args: string[]) => run(["--cloud", "aws", "--set", `externalId=${EXTERNAL_ID}`, ...args]);
const json = (text: string) => JSON.parse(text) as Report;
const outcomes = (report: Report) =>
  Object.fromEntries(
    report.controls
      .filter(({ outcome }) => outcome !== "skipped")
      .map(({ id, outcome }) => [id.replace("chalk-aws/", ""), outcome]),
  );
const drift = (report: Report) =>
  report.findings
    .filter(({ outcome }) => outcome === "fail")
    .map(({ control, drift, severity, pattern }) => [control.split("/").at(-1), drift, severity, pattern]);

const clean = {
  "trust-policy": "pass",
  "management-policy": "pass",
  "log-reader-policy": "pass",
  "effective-access": "pass",
  "managed-by-tag": "pass",
  "vpc-cidr-plan": "pass",
  "eks-version-window": "pass",
};

describe("the documented account", () => {
  test("every control of AWS passes, exit 0; Kubernetes is skipped; over pages of one", async () => {
    await start({}, 1);
    const done = await scan("--role", "chalk", "--format", "json");
    const report = json(done.stdout);
    expect(outcomes(report)).toEqual(clean);
    expect(drift(report)).toEqual([]);
    expect(done.status).toBe(0);
    expect(report.targets).toMatchObject([{ cloud: "aws", scope: SCOPE, complete: true, unread: [] }]);
    expect(done.stderr).toBe("");
  });

  test("the scoped policy with --profile-set scoped; the role by its ARN, or found by its trust", async () => {
    await start({ roles: [scopedRole()] });
    for (const args of [[], ["--role", ROLE], ["--role", "chalk"]]) {
      const done = await scan("--profile-set", "scoped", "--format", "json", ...args);
      const { "management-policy": _, ...rest } = { ...clean, "scoped-execution-policy": "pass" };
      expect(outcomes(json(done.stdout))).toEqual(rest);
      expect(done.status).toBe(0);
    }
  });

  test("every request is a read of the registry, signed, and needs what the registry says", async () => {
    await start();
    await scan();
    const published = Object.values(awsKinds).flatMap(({ calls }) => calls);
    const known = new Set(published.map((call) => `${call.service} ${call.operation}`));
    // As docs/calls.md says; without --role, so with ListRoles.
    expect(aws.requests.length).toBe(21);
    expect(aws.requests.filter(({ call }) => !known.has(call))).toEqual([]);
    const may = published.map(({ permission }) => permission);
    aws.state = { ...aws.state, keys: { [auditor.id]: { secret: auditor.secret, may } } };
    expect((await scan()).status).toBe(0);
  });

  test("collect, then scan --snapshot: the same report; the same state twice: the same bytes", async () => {
    await start();
    const live = await scan("--role", "chalk", "--format", "json");
    const collected = await run(["collect", "--cloud", "aws", "--role", "chalk", "-o", "aws.json"]);
    expect([collected.status, collected.stderr]).toEqual([0, "chalk-audit: wrote aws.json\n"]);
    const snapshot = JSON.parse(readFileSync(folder.at("aws.json"), "utf8")) as Snapshot;
    expect([snapshot.provider, snapshot.scope, snapshot.principals]).toEqual(["aws", SCOPE, ["chalk"]]);
    const recorded = await command(
      [
        "--snapshot",
        "aws.json",
        "--role",
        "chalk",
        "--set",
        `externalId=${EXTERNAL_ID}`,
        "--max-age",
        "0",
        "--format",
        "json",
      ],
      { cwd: folder.path, env: { SOURCE_DATE_EPOCH: env().SOURCE_DATE_EPOCH } },
    );
    expect(recorded.stdout).toBe(asRecorded(live.stdout));
    expect(recorded.status).toBe(0);
    expect((await scan("--role", "chalk", "--format", "json")).stdout).toBe(live.stdout);
  });
});

describe("drift", () => {
  test("an inline grant out of band: exit 1, with a request that proves it", async () => {
    await start({ roles: [role({ inline: { extra: policy(allow("iam:CreateAccessKey")) } })] });
    const done = await scan("--role", "chalk", "--format", "json");
    const report = json(done.stdout);
    expect(drift(report)).toEqual([["effective-access", "excess", "critical", "iam:CreateAccessKey"]]);
    expect(report.findings.find(({ drift }) => drift === "excess")?.witness).toMatchObject({
      action: "iam:CreateAccessKey",
    });
    expect(done.status).toBe(1);
    const table = (await scan("--role", "chalk")).stdout;
    expect(table).toContain("iam:CreateAccessKey");
    expect(table).toContain("Exit 1.");
  });

  test("a trust policy for everybody is found without --role, and is critical", async () => {
    const open = { ...trust, Statement: trust.Statement.map((each) => ({ ...each, Principal: "*" })) };
    await start({ roles: [role({ trust: open })] });
    const done = await scan("--format", "json");
    expect(drift(json(done.stdout)).map((each) => each.slice(0, 3))).toContainEqual([
      "trust-policy",
      "excess",
      "critical",
    ]);
    expect(done.status).toBe(1);
  });

  test("fault 40: a role that is not there is drift, exit 1; an account that is not the role's is 3", async () => {
    await start();
    const absent = await scan("--role", "nobody", "--format", "json");
    expect(drift(json(absent.stdout)).some(([, kind]) => kind === "absent")).toBe(true);
    expect(absent.status).toBe(1);
    const foreign = await scan("--role", "arn:aws:iam::222222222222:role/chalk");
    expect(foreign.status).toBe(3);
    expect(foreign.stdout).toContain("the role is of account 222222222222");
  });
});

describe("what cannot be read", () => {
  test("a caller without any permission: nothing passes, exit 3; --allow-incomplete makes it 0", async () => {
    await start();
    aws.state = {
      ...aws.state,
      keys: { [auditor.id]: { secret: auditor.secret, may: ["sts:GetCallerIdentity"] } },
    };
    const done = await scan("--role", "chalk", "--format", "json");
    const found = Object.values(outcomes(json(done.stdout)));
    expect(new Set(found)).toEqual(new Set(["unknown"]));
    expect(done.status).toBe(3);
    // nothing at all was assessed: that is allowed to nobody
    expect((await scan("--role", "chalk", "--allow-incomplete")).status).toBe(3);
  });

  test("GetPolicyVersion alone denied: what hangs on it is unknown, and says what is needed", async () => {
    await start();
    aws.faults.add({ match: "iam GetPolicyVersion", denied: "iam:GetPolicyVersion" });
    const done = await scan("--role", "chalk", "--format", "json");
    expect(outcomes(json(done.stdout))).toEqual({
      ...clean,
      "management-policy": "unknown",
      "effective-access": "unknown",
      "log-reader-policy": "unknown",
    });
    expect(done.status).toBe(3);
    expect((await scan("--role", "chalk")).stdout).toContain("iam:GetPolicyVersion");
  });

  test("the versions of clusters unsupported: the baseline's calendar serves, exit 0", async () => {
    await start();
    aws.state = { ...aws.state, clusterVersions: undefined };
    const done = await scan("--role", "chalk", "--format", "json");
    expect(outcomes(json(done.stdout))["eks-version-window"]).toBe("pass");
    expect(done.status).toBe(0);
  });

  test("fault 6: throttled twice, it waits and is complete", async () => {
    await start();
    aws.faults.add({ match: "ec2 DescribeVpcs", status: 503, code: "RequestLimitExceeded", times: 2 });
    expect((await scan("--role", "chalk")).status).toBe(0);
  });

  test("the account cannot be found out: nothing assessed, exit 3", async () => {
    await start();
    aws.faults.add({ match: "sts", denied: "sts:GetCallerIdentity" });
    const done = await scan("--role", "chalk");
    expect(done.status).toBe(3);
    expect(done.stdout).toMatch(/^[^\n]*\n\nNOT ASSESSED|^NOT ASSESSED/);
  });
});

describe("mistakes of the caller are one line and exit 2", () => {
  test.each([
    [
      ["--cloud", "aws", "--external-id", "x"],
      {},
      /^chalk-audit: --external-id: expected --assume-role with it/,
    ],
    [
      ["--cloud", "aws", "--role", "a b"],
      {},
      /^chalk-audit: --role: expected the name of a role, or its ARN/,
    ],
    [["--cloud", "aws", "--region", "Mars!"], {}, /^chalk-audit: .*region/],
    [
      ["--cloud", "aws"],
      { AWS_ACCESS_KEY_ID: "AKIANOBODY" },
      /^chalk-audit: signing in to AWS was refused: AWS does not know the access key/,
    ],
    [
      ["--cloud", "aws"],
      { AWS_SECRET_ACCESS_KEY: "wrong" },
      /^chalk-audit: signing in to AWS was refused: the secret key does not belong/,
    ],
    [
      ["--cloud", "aws"],
      { AWS_ENDPOINT_URL: "https://127.0.0.1:1" },
      /^chalk-audit: AWS cannot be reached: the connection was refused/,
    ],
    [["--cloud", "aws"], { AWS_REGION: "" }, /^chalk-audit: no region for AWS: name one with --region/],
    [
      ["--cloud", "aws"],
      { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" },
      /^chalk-audit: no credentials for AWS: /,
    ],
    [["--cloud", "aws", "--profile", "prod"], {}, /^chalk-audit: no credentials for AWS: profile "prod"/],
    [
      ["collect", "--cloud", "azure,aws"],
      {},
      /^chalk-audit: collect writes one target; ask for one cloud with --cloud$/m,
    ],
  ])("%j %j", async (args, more, words) => {
    await start();
    const nowhere = { AWS_CONFIG_FILE: folder.at("none"), AWS_SHARED_CREDENTIALS_FILE: folder.at("none") };
    const done = await run(args, { ...nowhere, ...more });
    expect(done.stderr).toMatch(words);
    expect(done.stderr.trimEnd().split("\n")).toHaveLength(1);
    expect([done.status, done.stdout]).toEqual([2, ""]);
  });
});

describe("several clouds, secrets, streams", () => {
  test("--cloud azure,aws: two targets; the one that cannot sign in is unknown, the other is complete", async () => {
    await start();
    const azure = {
      AZURE_TENANT_ID: "7a000000-0000-4000-8000-000000000001",
      AZURE_TOKEN_CREDENTIALS: "prod",
    };
    const done = await run(
      [
        "--cloud",
        "azure,aws",
        "--subscription",
        "6b1f4e5f-0000-4000-8000-000000000001",
        "--set",
        `externalId=${EXTERNAL_ID}`,
        "--role",
        "chalk",
        "--format",
        "json",
        "--timeout",
        "20s",
      ],
      {
        ...azure,
        AZURE_AUTHORITY_HOST: "https://127.0.0.1:1",
        AZURE_CLIENT_ID: "c1000000-0000-4000-8000-000000000001",
        AZURE_CLIENT_SECRET: "canary-azure",
      },
    );
    const report = json(done.stdout);
    expect(report.targets.map(({ cloud, complete }) => [cloud, complete])).toEqual([
      ["aws", true],
      ["azure", false],
    ]);
    const found = report.controls.filter(
      ({ id, outcome }) => id.startsWith("chalk-aws/") && outcome !== "skipped",
    );
    expect(new Set(found.map(({ outcome }) => outcome))).toEqual(new Set(["pass"]));
    expect(done.status).toBe(3);
    expect(done.stderr).not.toContain("canary");
  });

  test("targets of the config file, each of its cloud", async () => {
    await start();
    folder.put(
      "targets.yaml",
      `targets:\n  prod:\n    cloud: aws\n    role: chalk\n    region: eu-west-1\n  gone:\n    cloud: aws\n    role: nobody\n`,
    );
    const done = await run([
      "--config",
      "targets.yaml",
      "--set",
      `externalId=${EXTERNAL_ID}`,
      "--format",
      "json",
    ]);
    const report = json(done.stdout);
    expect(report.targets.map(({ name }) => name).sort()).toEqual(["gone", "prod"]);
    expect(done.status).toBe(1);
    const failed = report.controls.filter(({ outcome }) => outcome === "fail");
    expect(new Set(failed.map(({ target }) => target))).toEqual(new Set(["gone"]));
  });

  test("fault 29: keys are in no output, --debug included; it prints each request once", async () => {
    await start();
    const done = await scan("--role", "chalk", "--debug", "--format", "json");
    expect(done.stdout + done.stderr).not.toContain(auditor.secret);
    expect(done.stderr).toMatch(/iam GetRole 200 \d+ ms, attempt 1/);
    expect(done.stderr).not.toContain("NodeVersionSupportWarning");
    expect(done.status).toBe(0);
  });

  test("fault 21: SIGINT in the middle leaves 130 and no table", async () => {
    await start();
    aws.faults.add({ match: "iam GetRole", hang: "head" });
    const { start: spawn, ended } = await import("./command.ts");
    const child = spawn(["--cloud", "aws", "--role", "chalk"], { cwd: folder.path, env: env() });
    const end = ended(child);
    while (!aws.requests.some(({ call }) => call === "iam GetRole"))
      await new Promise((r) => setTimeout(r, 20));
    child.kill("SIGINT");
    expect(await end).toMatchObject({ status: 130, stdout: "" });
  });
});

describe("policy compare --provider aws", () => {
  test("equal, different, dead by the catalogue: with witnesses, and the catalogue's counts", async () => {
    await start();
    folder.put("a.json", JSON.stringify(policy(allow(["s3:Get*", "SQS:SendMessage"]))));
    folder.put(
      "b.yaml",
      "Version: 2012-10-17\nStatement:\n  - {Effect: Allow, Action: [sqs:sendmessage], Resource: '*'}\n  - {Effect: Allow, Action: 's3:get*', Resource: ['*']}\n",
    );
    folder.put("c.json", JSON.stringify(policy(allow(["s3:*", "sqs:SendMessage"]))));
    const compare = (...args: string[]) => run(["policy", "compare", "--provider", "aws", ...args]);
    expect((await compare("a.json", "--live", "b.yaml")).status).toBe(0);
    const done = await compare("a.json", "--live", "c.json", "--format", "json");
    const { excess, missing } = JSON.parse(done.stdout);
    expect([done.status, missing, excess.length]).toEqual([1, [], 1]);
    expect(excess[0]).toMatchObject({ pattern: "s3:*", witness: { action: expect.stringMatching(/^s3:/) } });
    expect(excess[0].known.count).toBeGreaterThan(20);
    expect((await compare("a.json", "--live", "c.json")).stdout).toMatch(/DIFFERENT: 1 in excess/);
    folder.put("names.json", '["s3:GetObject","s3:PutObject"]');
    const few = await compare("a.json", "--live", "c.json", "--catalog", "names.json", "--format", "json");
    expect(JSON.parse(few.stdout).excess[0].known.count).toBe(1);
    folder.put("azure.json", '["Microsoft.Compute/virtualMachines/read"]');
    const wrong = await compare("a.json", "--live", "c.json", "--catalog", "azure.json");
    expect([wrong.status, wrong.stderr]).toEqual([
      2,
      'chalk-audit: azure.json: expected operations such as service:Action, found "Microsoft.Compute/virtualMachines/read"\n',
    ]);
  });
});
