import { afterEach, describe, expect, test } from "vitest";
import type { Probe } from "../../../src/permissions/probe.ts";
import { startArm } from "../../servers/arm.ts";
import { startAws } from "../../servers/aws.ts";
import { auditor } from "../../servers/aws-state.ts";
import { served } from "../../servers/aws-world.ts";
import { awsState } from "../../worlds/aws-state.ts";
import { command } from "./command.ts";
import { workingFolder } from "./folder.ts";
import { documentedState, everythingElse } from "./world.ts";

const folder = workingFolder();
let close: () => Promise<void>;
afterEach(() => close());

interface Preflight {
  readonly ready: boolean;
  readonly targets: readonly { readonly target: string; readonly probes: readonly Probe[] }[];
}
const notThere = (text: string) =>
  (JSON.parse(text) as Preflight).targets.flatMap(({ probes }) =>
    probes.filter(({ state }) => state !== "there").map(({ permission, state }) => `${state} ${permission}`),
  );

const startCloud = async () => {
  const aws = await startAws(served(awsState()));
  close = aws.close;
  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    command(args, { cwd: folder.path, env: { ...aws.env, ...env } });
  return { aws, run };
};

describe("preflight", () => {
  test("AWS: the printed policy is enough, in the words of the verdict; one action less is named, exit 3", async () => {
    const { aws, run } = await startCloud();
    const printed = await run(["permissions", "--cloud", "aws"]);
    const { Statement } = JSON.parse(printed.stdout) as { Statement: { Action: string[] }[] };
    const actions = Statement.flatMap(({ Action }) => Action);
    const may = (allowed: readonly string[]) => {
      const key = { secret: auditor.secret, may: [...allowed, "sts:GetCallerIdentity"] };
      aws.state = { ...aws.state, keys: { [auditor.id]: key } };
    };
    may(actions);
    const json = await run(["preflight", "--cloud", "aws", "--format", "json"]);
    // The world's role has no inline policy.
    expect([json.status, json.stderr]).toEqual([0, ""]);
    expect((JSON.parse(json.stdout) as Preflight).ready).toBe(true);
    expect(notThere(json.stdout)).toEqual(["untried iam:GetRolePolicy"]);
    const table = await run(["preflight", "--cloud", "aws"]);
    expect(table.stdout.split("\n")[0]).toBe(
      "READY: 20 permissions are there, 1 could not be tried: there was nothing to read with it. Exit 0.",
    );

    may(actions.filter((action) => action !== "iam:GetPolicyVersion"));
    const less = await run(["preflight", "--cloud", "aws"]);
    expect(less.status).toBe(3);
    expect(less.stdout).toContain(
      "NOT READY: of 21 permissions, 1 missing, 0 could not be read, 1 not tried. Exit 3.",
    );
    expect(less.stdout).toContain("\n MISSING    iam:GetPolicyVersion (managed policies)\n");
    expect(less.stdout).toContain("chalk-audit permissions --cloud aws");
    // Only reads of the registry were sent.
    expect(
      aws.requests.every(({ call }) => /^(?:sts|iam|ec2|eks|tagging) (?:Get|List|Describe)/.test(call)),
    ).toBe(true);
  });

  test("Azure: everything there; one permission refused; no subscription of that id", async () => {
    const arm = await startArm(documentedState(everythingElse));
    close = arm.close;
    const run = (args: readonly string[] = []) =>
      command(["preflight", "--cloud", "azure", "--format", "json", ...arm.args, ...args], {
        cwd: folder.path,
        env: arm.env,
      });
    const whole = await run();
    expect([whole.status, whole.stderr, notThere(whole.stdout)]).toEqual([0, "", []]);
    arm.faults.add({ match: "/vaults", denied: "Microsoft.KeyVault/vaults/read" });
    const less = await run();
    expect([less.status, notThere(less.stdout)]).toEqual([3, ["missing Microsoft.KeyVault/vaults/read"]]);
    expect(arm.requests.filter(({ to, method }) => to === "arm" && method !== "GET")).toEqual([]);
  });

  test("no credentials, recorded state, an unknown flag: exit 2, nothing on stdout", async () => {
    const { run } = await startCloud();
    folder.put("state.json", "{}");
    const none = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", AWS_EC2_METADATA_DISABLED: "true" };
    const unsigned = await run(["preflight", "--cloud", "aws"], none);
    expect([unsigned.status, unsigned.stdout]).toEqual([2, ""]);
    expect(unsigned.stderr).toContain("no credentials");
    const recorded = await run(["preflight", "--cloud", "aws", "--snapshot", "state.json"]);
    expect([recorded.status, recorded.stdout, recorded.stderr]).toEqual([
      2,
      "",
      'chalk-audit: unknown flag "--snapshot"; preflight has no such flag\n',
    ]);
  });
});
