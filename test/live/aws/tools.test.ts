import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Snapshot } from "../../../src/snapshot/snapshot.ts";
import { allow, management, policy, trust } from "../../worlds/aws-state.ts";
import { runCommand } from "../command.ts";
import { type LiveAws, region, startAwsServers, whyNoServers } from "../servers/aws/setup.ts";
import { skipped } from "../servers/azure/requirements.ts";
import { missing } from "./command-line.ts";
import { rootKeys, scan } from "./scan.ts";

/** AWS's own command line; `AWS_CLI` names another than the one on the path. */
const cli = process.env["AWS_CLI"] ?? "aws";
const terraform = process.env["TERRAFORM"] ?? "terraform";
/** Where Terraform's provider lies, a folder `tf-plugins`; without one Terraform would have to fetch it. */
const plugins = process.env["TF_PLUGINS"] ?? mirrors()[0] ?? "";

/** Folders `tf-plugins` in a folder of the root, where images that carry a mirror have it. */
function mirrors(): readonly string[] {
  return readdirSync("/", { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join("/", entry.name, "tf-plugins"))
    .filter((folder) => existsSync(folder));
}

const skipCli = skipped("the comparison with AWS's own CLI", whyNoServers() ?? missing(cli, "--version"));
const skipTerraform = skipped(
  "the account that Terraform makes",
  whyNoServers() ??
    missing(terraform, "version") ??
    (existsSync(plugins) ? undefined : "no mirror of Terraform's providers was found (TF_PLUGINS names one)"),
);

let live: LiveAws;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "chalk-audit-live-"));
  if (!skipCli || !skipTerraform) live = await startAwsServers();
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await live?.stop();
});
beforeEach(async () => {
  await live?.reset();
});

const run = async (command: string, args: readonly string[]) => {
  const env = {
    PATH: process.env["PATH"],
    HOME: folder,
    AWS_REGION: region,
    AWS_PAGER: "",
    TF_IN_AUTOMATION: "1",
  };
  const { stdout } = await promisify(execFile)(command, args, {
    cwd: folder,
    env: { ...env, ...rootKeys, PYENV_ROOT: process.env["PYENV_ROOT"] },
    maxBuffer: 50_000_000,
  });
  return stdout;
};
const aws = async (...args: string[]) => {
  const text = await run(cli, [
    "--endpoint-url",
    live.front.url,
    "--region",
    region,
    "--output",
    "json",
    ...args,
  ]);
  return text.trim() === "" ? {} : JSON.parse(text);
};
const file = (name: string, content: unknown) => {
  writeFileSync(join(folder, name), JSON.stringify(content, undefined, 4));
  return `file://${join(folder, name)}`;
};

const permissions = { "trust-policy": "pass", "management-policy": "pass", "effective-access": "pass" };

describe.skipIf(skipCli)("AWS's own command line", () => {
  it("sees the documents that our collector sees, and what it made passes the audit", async () => {
    await aws(
      "iam",
      "create-role",
      "--role-name",
      "chalk",
      "--assume-role-policy-document",
      file("trust.json", trust),
    );
    const made = await aws(
      "iam",
      "create-policy",
      "--policy-name",
      "managed",
      "--policy-document",
      file("p.json", management),
    );
    const arn = String(made.Policy.Arn);
    await aws("iam", "attach-role-policy", "--role-name", "chalk", "--policy-arn", arn);
    const extra = policy(allow("logs:Get*"));
    await aws(
      "iam",
      "put-role-policy",
      "--role-name",
      "chalk",
      "--policy-name",
      "logs",
      "--policy-document",
      file("i.json", extra),
    );
    const { outcomes } = await scan(live.front, ["--role", "chalk"]);
    expect(outcomes).toMatchObject(permissions);

    const collected = await runCommand(["collect", "--cloud", "aws", "--role", "chalk"], {
      AWS_ENDPOINT_URL: live.front.url,
      AWS_REGION: region,
      ...rootKeys,
    });
    const { documents } = JSON.parse(collected.stdout) as Snapshot;
    const body = (kind: string) =>
      documents.find((document) => document.kind === kind)?.body as Record<string, Record<string, unknown>>;
    const read = (text: unknown) =>
      JSON.parse(/^\s*\{/.test(String(text)) ? String(text) : decodeURIComponent(String(text)));
    const role = (await aws("iam", "get-role", "--role-name", "chalk")).Role;
    expect(read(body("aws/role")["AssumeRolePolicyDocument"])).toEqual(role.AssumeRolePolicyDocument);
    expect(body("aws/role")["Arn"]).toBe(role.Arn);
    const inline = await aws("iam", "get-role-policy", "--role-name", "chalk", "--policy-name", "logs");
    expect(read(body("aws/role-policy")["PolicyDocument"])).toEqual(inline.PolicyDocument);
    const version = await aws("iam", "get-policy-version", "--policy-arn", arn, "--version-id", "v1");
    expect(read(body("aws/policy")["PolicyVersion"]?.["Document"])).toEqual(version.PolicyVersion.Document);
    const vpcs = (await aws("ec2", "describe-vpcs")).Vpcs as readonly { VpcId: string; CidrBlock: string }[];
    const ours = documents
      .filter(({ kind }) => kind === "aws/vpc")
      .map(({ body }) => body as (typeof vpcs)[number]);
    expect(ours.map(({ VpcId, CidrBlock }) => [VpcId, CidrBlock])).toEqual(
      vpcs.map(({ VpcId, CidrBlock }) => [VpcId, CidrBlock]),
    );
  });
});

describe.skipIf(skipTerraform)("Terraform", () => {
  it("the role that it makes passes; an inline policy that it adds is drift, and gone again when it is", async () => {
    copyFileSync(fileURLToPath(new URL("terraform/main.tf", import.meta.url)), join(folder, "main.tf"));
    await run(terraform, ["init", "-no-color", "-input=false", `-plugin-dir=${plugins}`]);
    const apply = (extra: string) =>
      run(terraform, [
        ...["apply", "-no-color", "-input=false", "-auto-approve", "-parallelism=1"],
        ...["-var", `endpoint=${live.front.url}`, "-var", `trust=${JSON.stringify(trust)}`],
        ...["-var", `policy=${JSON.stringify(management)}`, "-var", `extra=${extra}`],
      ]);
    await apply("");
    expect((await scan(live.front, ["--role", "chalk"])).outcomes).toMatchObject(permissions);
    await apply(JSON.stringify(policy(allow("iam:CreateUser"))));
    const wider = await scan(live.front);
    expect(wider.drift).toEqual(["effective-access excess critical"]);
    expect(wider.ran.code).toBe(1);
    await apply("");
    expect((await scan(live.front)).outcomes).toMatchObject(permissions);
  }, 240_000);
});
