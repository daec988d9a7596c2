import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type Arm, startArm } from "../../servers/arm.ts";
import { startKubernetes } from "../../servers/kubernetes.ts";
import { command } from "./command.ts";
import { workingFolder } from "./folder.ts";
import { documentedCluster } from "./kubernetes-world.ts";
import { documentedState, everythingElse } from "./world.ts";

const folder = workingFolder();
const fixture = (name: string) =>
  fileURLToPath(new URL(`../../../fixtures/snapshots/${name}`, import.meta.url));

let arm: Arm;
beforeAll(async () => {
  arm = await startArm({ ...documentedState, ...everythingElse });
});
afterAll(() => arm.close());

/** What a command loads of the bundle: packages, and bytes in all. */
async function loaded(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
) {
  const list = folder.at(`${name}.loads`);
  const preload = fileURLToPath(new URL("./preload/loads.mjs", import.meta.url));
  const { status, stderr } = await command(args, {
    cwd: folder.path,
    env: { ...env, LOADS: list },
    node: ["--import", preload],
  });
  const contents = inject("contents");
  const files = [...new Set(readFileSync(list, "utf8").split("\n"))].flatMap((file) => contents[file] ?? []);
  return {
    run: [status, stderr],
    packages: [...new Set(files.flatMap(({ packages }) => packages))],
    bytes: files.reduce((sum, each) => sum + each.bytes, 0),
  };
}

const ofClouds = /^@(?:aws-sdk|aws-crypto|smithy|azure|azure-rest|kubernetes|typespec)\//;

test("the version is said by a few kilobytes", async () => {
  const { run, packages, bytes } = await loaded("version", ["--version"]);
  expect([run, packages]).toEqual([[0, ""], []]);
  expect(bytes).toBeLessThan(10_000);
});

test.each([
  ["azure", ["--snapshot", fixture("azure/clean.json")]],
  [
    "kubernetes",
    ["--snapshot", fixture("kubernetes/bare.json"), "--baseline", "chalk-azure", "--namespace", "chalk"],
  ],
  ["aws", ["--snapshot", fixture("helm/aws.json"), "--baseline", "chalk-helm"]],
])("recorded state of %s is judged without the SDK of any cloud", async (cloud, args) => {
  const { run, packages, bytes } = await loaded(`recorded-${cloud}`, ["scan", "--cloud", cloud, ...args]);
  expect([0, 1, 3]).toContain(run[0]);
  expect(packages).toContain("ajv");
  expect(packages.filter((name) => ofClouds.test(name))).toEqual([]);
  // what is loaded is parsed at each start: 1.61 MB, of AWS 1.76 with its catalogue of actions
  expect(bytes).toBeLessThan(cloud === "aws" ? 1_800_000 : 1_650_000);
});

test("a live scan of Azure loads nothing of AWS and nothing of Kubernetes", async () => {
  const { run, packages } = await loaded("live-azure", ["scan", "--cloud", "azure", ...arm.args], arm.env);
  expect([0, 1]).toContain(run[0]);
  expect(packages).toContain("@azure/identity");
  expect(packages.filter((name) => /^@(?:aws-sdk|aws-crypto|smithy|kubernetes)\//.test(name))).toEqual([]);
});

test("a live scan of a cluster loads nothing of AWS and no way to sign in to Azure", async () => {
  const cluster = await startKubernetes(documentedCluster("azure"));
  try {
    const args = [
      "scan",
      "--cloud",
      "kubernetes",
      "--namespace",
      "chalk",
      "--kubeconfig",
      cluster.kubeconfig,
    ];
    const { run, packages } = await loaded("live-kubernetes", args, cluster.env);
    expect([0, 1]).toContain(run[0]);
    expect(packages).toContain("@azure/core-rest-pipeline");
    expect(packages.filter((name) => /^@(?:aws-sdk|aws-crypto|smithy|azure\/identity)/.test(name))).toEqual(
      [],
    );
  } finally {
    await cluster.close();
  }
});
