import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Report } from "../../../src/report/report.ts";
import { rootKeys } from "../aws/scan.ts";
import { externalId, makeWorld } from "../aws/world.ts";
import { chalkAudit, target } from "../azure/cli.ts";
import { auditor, clients, documentedWorld, group, tenantId } from "../azure/world.ts";
import { runCommand } from "../command.ts";
import { clusterRole, clusterRoleBinding, type Stage, stageOf } from "../kubernetes/objects.ts";
import { scanner, scannerAccount } from "../kubernetes/scanner.ts";
import { accounts, documented, type Edition, management } from "../kubernetes/world.ts";
import { sarifErrors } from "../sarif.ts";
import { type LiveAws, region, startAwsServers, whyNoServers as whyNoAws } from "../servers/aws/setup.ts";
import { skipped, whyNoServers as whyNoAzure } from "../servers/azure/requirements.ts";
import { type LiveAzure, startAzure } from "../servers/azure/setup.ts";
import { whyNoKubernetes } from "../servers/kubernetes/requirements.ts";
import { type LiveKubernetes, startKubernetes } from "../servers/kubernetes/setup.ts";

const skip = skipped("one report for a deployment", whyNoAws() ?? whyNoAzure() ?? whyNoKubernetes());

let cluster: LiveKubernetes;
let stage: Stage;
let aws: LiveAws;
let azure: LiveAzure;
let folder: string;
beforeAll(async () => {
  if (skip) return;
  folder = mkdtempSync(join(tmpdir(), "chalk-audit-live-"));
  cluster = await startKubernetes();
  stage = stageOf(cluster.admin);
  aws = await startAwsServers();
  azure = await startAzure(tenantId, clients);
});
afterAll(async () => {
  if (skip) return;
  rmSync(folder, { recursive: true, force: true });
  await Promise.all([cluster?.stop(), aws?.stop(), azure?.stop()]);
});

/** The documented cluster with what is added, and the flags to reach it by. */
async function shown(edition: Edition, ...more: Parameters<Stage["show"]>[0]): Promise<readonly string[]> {
  await stage.show([...scanner, ...documented(edition), ...more]);
  const token = await cluster.tokenOf(scannerAccount.namespace, scannerAccount.name);
  const kubeconfig = cluster.kubeconfig({ token }, { url: cluster.front.url });
  return ["--kubeconfig", kubeconfig, "--namespace", "chalk", ...accounts];
}

const secrets = [
  clusterRole("all-secrets", { apiGroups: [""], resources: ["secrets"], verbs: ["get", "list"] }),
  clusterRoleBinding("all-secrets", "all-secrets", management),
];

interface Sarif {
  readonly runs: readonly {
    readonly automationDetails: { readonly id: string };
    readonly results: readonly unknown[];
  }[];
}

const outcomesOf = (report: Report, cloud: string) => {
  const name = report.targets.find((each) => each.cloud === cloud)?.name;
  return Object.fromEntries(
    report.controls
      .filter((each) => each.target === name && each.outcome !== "skipped")
      .map(({ id, outcome }) => [id.slice(id.indexOf("/") + 1), outcome]),
  );
};
const categories = (file: string) =>
  (JSON.parse(readFileSync(file, "utf8")) as Sarif).runs.map(
    ({ automationDetails, results }) => [automationDetails.id.split("/")[1], results.length] as const,
  );
const kubernetesPass = {
  "cluster-management-role": "pass",
  "management-role": "pass",
  "job-reader-role": "pass",
  "argo-workflows-role": "pass",
  "role-bindings": "pass",
  "cluster-effective-access": "pass",
};
const awsPass = {
  "trust-policy": "pass",
  "management-policy": "pass",
  "log-reader-policy": "pass",
  "effective-access": "pass",
  "managed-by-tag": "pass",
  "vpc-cidr-plan": "pass",
  "eks-version-window": "pass",
};

describe.skipIf(skip)("--cloud aws,kubernetes: one report for a deployment", () => {
  const scan = async (flags: readonly string[], keys: Readonly<Record<string, string>> = rootKeys) => {
    const file = join(folder, "aws.sarif");
    for (const each of [file, join(folder, "aws.incomplete.sarif")]) rmSync(each, { force: true });
    const ran = await runCommand(
      [
        ...["--cloud", "aws,kubernetes", "--role", "chalk", "--set", `externalId=${externalId}`],
        ...["--format", "json", "--format", `sarif=${file}`, ...flags],
      ],
      { AWS_ENDPOINT_URL: aws.front.url, AWS_REGION: region, AWS_EC2_METADATA_DISABLED: "true", ...keys },
    );
    return { ...ran, report: JSON.parse(ran.stdout) as Report, file };
  };

  it("as documented: a target each, every control once, exit 0, a run each", async () => {
    await aws.reset();
    await makeWorld(aws.front.url, aws.strict.url);
    const { code, report, file } = await scan(await shown("aws"));
    expect(report.targets.map(({ cloud, complete }) => [cloud, complete])).toEqual([
      ["aws", true],
      ["kubernetes", true],
    ]);
    expect([outcomesOf(report, "aws"), outcomesOf(report, "kubernetes")]).toEqual([awsPass, kubernetesPass]);
    expect(new Set(report.controls.map(({ id }) => id)).size).toBe(report.controls.length);
    expect(code).toBe(0);
    expect(categories(file)).toEqual([
      ["aws", 0],
      ["kubernetes", 0],
    ]);
    expect(sarifErrors([readFileSync(file, "utf8")])).toEqual([]);
  });

  it("drift in the cluster alone decides the verdict of both: exit 1, the binding named", async () => {
    const { code, report, file } = await scan(await shown("aws", ...secrets));
    expect(outcomesOf(report, "aws")).toEqual(awsPass);
    expect(outcomesOf(report, "kubernetes")).toEqual({
      ...kubernetesPass,
      "cluster-effective-access": "fail",
    });
    const [drift, ...more] = report.findings.filter(({ outcome }) => outcome === "fail");
    expect([drift?.pattern, more]).toEqual(["get,list secrets", []]);
    expect(drift?.by).toContain("ClusterRoleBinding all-secrets");
    expect(code).toBe(1);
    expect(categories(file)).toEqual([
      ["aws", 0],
      ["kubernetes", 1],
    ]);
  });

  it("fault 16: keys that AWS refuses leave the cluster complete, and close no alert of AWS", async () => {
    aws.front.fault({
      match: /^sts GetCallerIdentity$/,
      times: 100,
      status: 403,
      body: "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>no</Message></Error></ErrorResponse>",
    });
    const { code, report, file } = await scan(await shown("aws"));
    expect(new Set(Object.values(outcomesOf(report, "aws")))).toEqual(new Set(["unknown"]));
    expect(outcomesOf(report, "kubernetes")).toEqual(kubernetesPass);
    expect(report.targets.map(({ cloud, complete }) => [cloud, complete])).toEqual([
      ["aws", false],
      ["kubernetes", true],
    ]);
    expect(code).toBe(3);
    expect(categories(file)).toEqual([["kubernetes", 0]]);
    expect(categories(join(folder, "aws.incomplete.sarif")).map(([cloud]) => cloud)).toEqual(["aws"]);
    aws.front.forget();
  });
});

describe.skipIf(skip)("--cloud azure,kubernetes: one report for a deployment", () => {
  const scan = async (flags: readonly string[]) => {
    const file = join(folder, "azure.sarif");
    for (const each of [file, join(folder, "azure.incomplete.sarif")]) rmSync(each, { force: true });
    const groups = `resourceGroups=${group},MC_${group}_aks-chalk_westeurope`;
    const own = target(azure).filter((each, i, all) => each !== "--cloud" && all[i - 1] !== "--cloud");
    const ran = await chalkAudit(azure, auditor, [
      ...["scan", "--cloud", "azure,kubernetes", ...own, "--set", groups],
      ...["--format", "json", "--format", `sarif=${file}`, ...flags],
    ]);
    return { ...ran, report: JSON.parse(ran.stdout) as Report, file };
  };

  it("as documented: exit 0; a cluster that cannot be reached leaves the subscription complete, exit 3", async () => {
    await azure.load(documentedWorld());
    const flags = await shown("azure");
    const whole = await scan(flags);
    expect(outcomesOf(whole.report, "kubernetes")).toEqual(kubernetesPass);
    expect(new Set(Object.values(outcomesOf(whole.report, "azure")))).toEqual(new Set(["pass"]));
    expect(whole.code).toBe(0);
    expect(categories(whole.file).map(([cloud]) => cloud)).toEqual(["azure", "kubernetes"]);

    const dead = cluster.kubeconfig({ token: "x" }, { url: "https://127.0.0.1:9" });
    const half = await scan(flags.map((each) => (each === flags[1] ? dead : each)));
    expect(half.report.targets.map(({ cloud, complete }) => [cloud, complete])).toEqual([
      ["azure", true],
      ["kubernetes", false],
    ]);
    expect(outcomesOf(half.report, "azure")).toEqual(outcomesOf(whole.report, "azure"));
    expect(new Set(Object.values(outcomesOf(half.report, "kubernetes")))).toEqual(new Set(["unknown"]));
    expect(half.code).toBe(3);
    expect(categories(half.file).map(([cloud]) => cloud)).toEqual(["azure"]);
    expect(existsSync(join(folder, "azure.incomplete.sarif"))).toBe(true);
  });
});
