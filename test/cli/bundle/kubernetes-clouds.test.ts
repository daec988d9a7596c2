import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import type { Report } from "../../../src/report/report.ts";
import type { Snapshot } from "../../../src/snapshot/snapshot.ts";
import { type Arm, startArm } from "../../servers/arm.ts";
import { type Aws, startAws } from "../../servers/aws.ts";
import { served } from "../../servers/aws-world.ts";
import { subscriptionId } from "../../servers/azure-state.ts";
import { type Kubernetes, startKubernetes } from "../../servers/kubernetes.ts";
import { awsState, EXTERNAL_ID, SCOPE } from "../../worlds/aws-state.ts";
import {
  account,
  CLUSTER,
  clusterBinding,
  documented,
  type Edition,
  NAMESPACE,
  WORKLOAD,
} from "../../worlds/kubernetes-state.ts";
import { command } from "./command.ts";
import { workingFolder } from "./folder.ts";
import { documentedCluster } from "./kubernetes-world.ts";
import { documentedState, everythingElse, principalId } from "./world.ts";

/** A live report as that of its snapshot: all but where the state came from. */
const asRecorded = (live: string) => live.replaceAll('"source": "live"', '"source": "snapshot"');

const folder = workingFolder();
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

let arm: Arm;
let aws: Aws;
let cluster: Kubernetes;
const withArm = async () => {
  arm = await startArm(documentedState(everythingElse));
  open.push(arm);
};
const withAws = async () => {
  aws = await startAws(served(awsState()));
  open.push(aws);
};
const withCluster = async (edition: Edition) => {
  cluster = await startKubernetes(documentedCluster(edition));
  open.push(cluster);
};

const SUBSCRIPTION = `/subscriptions/${subscriptionId}`;
const AZ = `azure:${SUBSCRIPTION}`;
const AW = `aws:${SCOPE}`;
const K8 = `kubernetes:${CLUSTER}/${NAMESPACE}`;
const epoch = { SOURCE_DATE_EPOCH: "1795248000" };
const azureCluster = (args: readonly string[], env = {}) =>
  command(
    [
      "--cloud",
      "azure,kubernetes",
      ...arm.args,
      "--principal",
      principalId,
      "--namespace",
      NAMESPACE,
      "--fail-on",
      "medium",
      ...args,
    ],
    { cwd: folder.path, env: { ...arm.env, ...cluster.env, ...epoch, ...env } },
  );
const json = (text: string) => JSON.parse(text) as Report;
const complete = (report: Report) =>
  Object.fromEntries(report.targets.map((target) => [target.name, target.complete]));
/** Target → outcome → controls, of each part. */
const outcomes = (report: Report) => {
  const out: Record<string, string[]> = {};
  for (const { id, target, check, outcome } of report.controls) {
    const part = check.startsWith("kubernetes/") ? "cluster" : "cloud";
    const key = `${target} ${id.split("/")[0]} ${part} ${outcome}`;
    out[key] = [...(out[key] ?? []), id.split("/")[1] ?? ""];
  }
  return Object.fromEntries(Object.entries(out).map(([key, ids]) => [key, ids.length]));
};
const runs = (file: string) =>
  (
    JSON.parse(readFileSync(folder.at(file), "utf8")) as {
      runs: { automationDetails: { id: string }; results: unknown[] }[];
    }
  ).runs.map(({ automationDetails, results }) => [automationDetails.id, results.length]);
const AZURE_RUN = `chalk-audit/azure${SUBSCRIPTION}/`;
const CLUSTER_RUN = `chalk-audit/kubernetes/${CLUSTER}/${NAMESPACE}/`;

describe("--cloud azure,kubernetes: the whole deployment in one report", () => {
  test("both as documented: one baseline, two targets, each control once, SARIF with a run per target", async () => {
    await withArm();
    await withCluster("azure");
    const done = await azureCluster(["--format", "json", "--format", "sarif=both.sarif"]);
    const report = json(done.stdout);
    expect(report.baselines.map(({ id }) => id)).toEqual(["chalk-azure"]);
    expect(complete(report)).toEqual({ [AZ]: true, [K8]: true });
    expect(outcomes(report)).toMatchObject({ [`${K8} chalk-azure cluster pass`]: 6 });
    expect(Object.keys(outcomes(report)).filter((key) => key.includes("unknown"))).toEqual([]);
    expect(new Set(report.controls.map(({ id }) => id)).size).toBe(14);
    expect(report.controls).toHaveLength(14);
    expect(runs("both.sarif").map(([id]) => id)).toEqual([AZURE_RUN, CLUSTER_RUN]);
    expect(existsSync(folder.at("both.incomplete.sarif"))).toBe(false);
    expect(done.status).toBe(0);
    // One edition was asked for, so the nodes are not.
    expect(cluster.requests.some(({ path }) => path.endsWith("/nodes"))).toBe(false);
  });

  test("drift in the cluster alone: exit 1, and the table names the target", async () => {
    await withArm();
    await withCluster("azure");
    const more = clusterBinding("second", "cluster-admin", account(WORKLOAD));
    const state = documented("azure");
    cluster.state = {
      ...cluster.state,
      ...documentedCluster("azure", { clusterRoleBindings: [...state.clusterRoleBindings, more] }),
    };
    const done = await azureCluster(["--format", "json=drift.json", "--format", "table"]);
    const report = json(readFileSync(folder.at("drift.json"), "utf8"));
    const failing = report.controls.filter(({ outcome, target }) => outcome === "fail" && target === K8);
    expect(failing.map(({ id }) => id)).toEqual(["chalk-azure/cluster-effective-access"]);
    expect(report.findings.find(({ target, outcome }) => target === K8 && outcome === "fail")).toMatchObject({
      severity: "critical",
      by: expect.stringContaining("second"),
    });
    expect(done.stdout).toContain(`\n${K8}: 2 differences\n`);
    expect(done.status).toBe(1);
  });

  test("fault 16: the cluster is not there: Azure is complete, x.sarif has its run alone, exit 3; then all is read again", async () => {
    await withArm();
    await withCluster("azure");
    await azureCluster(["--format", "json=earlier.json", "--quiet"]);
    const gone = cluster.write({ name: "gone", cluster: { server: "https://127.0.0.1:1" } });
    const done = await azureCluster([
      "--kubeconfig",
      gone,
      "--since",
      "earlier.json",
      "--format",
      "json",
      "--format",
      "sarif=x.sarif",
    ]);
    const report = json(done.stdout);
    expect(complete(report)).toEqual({ [AZ]: true, [`kubernetes:unknown/${NAMESPACE}`]: false });
    expect(outcomes(report)).toMatchObject({
      [`kubernetes:unknown/${NAMESPACE} chalk-azure cluster unknown`]: 6,
    });
    expect(report.gone).toEqual([]);
    expect(done.stderr).toContain(
      "chalk-audit: kubernetes: https://127.0.0.1:1 cannot be reached: the connection was refused (ECONNREFUSED)",
    );
    expect(runs("x.sarif").map(([id]) => id)).toEqual([AZURE_RUN]);
    expect(runs("x.incomplete.sarif")).toEqual([[`chalk-audit/kubernetes/unknown/${NAMESPACE}/`, 0]]);
    expect(done.status).toBe(3);

    const table = (await azureCluster(["--kubeconfig", gone])).stdout;
    expect(table.match(/the connection was refused/g)).toHaveLength(1);
    expect(table).toMatch(/6 controls +not read: \[1\]/);

    const again = await azureCluster(["--format", "sarif=x.sarif"]);
    expect(runs("x.sarif").map(([id]) => id)).toEqual([AZURE_RUN, CLUSTER_RUN]);
    expect(again.stderr).toContain(
      "chalk-audit: sarif: x.incomplete.sarif is of an earlier run; every target was read now",
    );
  });

  test("Azure cannot sign in: the cluster is complete; with neither there, an older x.sarif is named", async () => {
    await withArm();
    await withCluster("azure");
    const nobody = { AZURE_CLIENT_SECRET: "canary-wrong" };
    const done = await azureCluster(["--format", "json"], nobody);
    expect(complete(json(done.stdout))[K8]).toBe(true);
    expect(outcomes(json(done.stdout))).toMatchObject({ [`${K8} chalk-azure cluster pass`]: 6 });
    expect(done.stderr).not.toContain("canary-wrong");
    expect(done.status).toBe(3);

    writeFileSync(folder.at("old.sarif"), "{}\n");
    const gone = cluster.write({ name: "gone", cluster: { server: "https://127.0.0.1:1" } });
    const neither = await azureCluster(["--kubeconfig", gone, "--format", "sarif=old.sarif"], nobody);
    expect(neither.stderr).toContain(
      "chalk-audit: sarif: no target could be read completely, so old.sarif is not written; the one that is there is of an earlier run: do not upload it\n",
    );
    expect(readFileSync(folder.at("old.sarif"), "utf8")).toBe("{}\n");
    expect(neither.status).toBe(3);
  });

  test("recorded one by one: what a control about both clouds asks for is in either file", async () => {
    await withAws();
    await withCluster("aws");
    const env = { ...aws.env, ...cluster.env, ...epoch };
    const run = (...args: string[]) =>
      command(["--baseline", "chalk-helm", ...args], { cwd: folder.path, env });
    const live = json((await run("--cloud", "aws,kubernetes", "--format", "json")).stdout);
    for (const cloud of ["aws", "kubernetes"])
      await command(["collect", "--baseline", "chalk-helm", "--cloud", cloud, "-o", `${cloud}.json`], {
        cwd: folder.path,
        env,
      });
    const files = ["--snapshot", "aws.json", "--snapshot", "kubernetes.json", "--max-age", "0"];
    const recorded = json((await run("--cloud", "aws,kubernetes", ...files, "--format", "json")).stdout);
    const said = ({ controls }: Report) => controls.map(({ id, outcome, reason }) => [id, outcome, reason]);
    expect(said(recorded)).toEqual(said(live));
  });

  test("recorded: both snapshots in one run give the live report; one alone leaves the other unknown when it was asked for", async () => {
    await withArm();
    await withCluster("azure");
    const live = await azureCluster(["--format", "json"]);
    const collect = (cloud: string, args: readonly string[], file: string) =>
      command(["collect", "--cloud", cloud, ...args, "-o", file], {
        cwd: folder.path,
        env: { ...arm.env, ...cluster.env, ...epoch },
      });
    const azure = await collect("azure", [...arm.args, "--principal", principalId], "az.json");
    expect(azure.status).toBe(0);
    expect((await collect("kubernetes", ["--namespace", NAMESPACE], "k8.json")).status).toBe(0);
    expect((JSON.parse(readFileSync(folder.at("k8.json"), "utf8")) as Snapshot).edition).toEqual(["azure"]);
    const recorded = (...args: string[]) =>
      command(["--fail-on", "medium", "--max-age", "0", "--format", "json", ...args], {
        cwd: folder.path,
        env: epoch,
      });
    const both = await recorded("--snapshot", "k8.json", "--snapshot", "az.json", "--principal", principalId);
    expect(both.stdout).toBe(asRecorded(live.stdout));
    expect(both.status).toBe(0);
    const one = await recorded("--cloud", "azure,kubernetes", "--snapshot", "az.json");
    expect(complete(json(one.stdout))).toEqual({ [AZ]: true, "kubernetes: nothing collected": false });
    expect(one.status).toBe(3);
    // The cluster alone: its edition is recorded with it.
    const alone = await recorded("--snapshot", "k8.json");
    expect(json(alone.stdout).baselines.map(({ id }) => id)).toEqual(["chalk-azure"]);
    expect(outcomes(json(alone.stdout))).toEqual({
      [`${K8} chalk-azure cluster pass`]: 6,
      [`${K8} chalk-azure cloud skipped`]: 8,
    });
    expect(alone.status).toBe(0);
  });

  test("targets of the config file: a subscription, its cluster, and a cluster that is not there", async () => {
    await withArm();
    await withCluster("azure");
    const gone = cluster.write({ name: "gone", cluster: { server: "https://127.0.0.1:1" } });
    folder.put(
      "targets.yaml",
      [
        "baseline: chalk-azure",
        "failOn: medium",
        "targets:",
        `  account: { cloud: azure, subscription: ${subscriptionId}, principal: ${principalId} }`,
        `  prod: { cloud: kubernetes, kubeconfig: ${cluster.kubeconfig}, context: test, namespace: ${NAMESPACE} }`,
        `  test: { cloud: kubernetes, kubeconfig: ${gone} }`,
      ].join("\n"),
    );
    const done = await command(["--config", "targets.yaml", ...arm.args, "--format", "json"], {
      cwd: folder.path,
      env: { ...arm.env, ...cluster.env, ...epoch },
    });
    expect(done.stderr).toContain("chalk-audit: test: https://127.0.0.1:1 cannot be reached");
    expect(complete(json(done.stdout))).toEqual({ account: true, prod: true, test: false });
    expect(outcomes(json(done.stdout))).toMatchObject({
      "prod chalk-azure cluster pass": 6,
      "test chalk-azure cluster unknown": 6,
    });
    expect(done.status).toBe(3);
  });
});

describe("--cloud aws,kubernetes, and all three", () => {
  const env = () => ({ ...aws.env, ...cluster.env, ...epoch });
  const scan = (...args: string[]) =>
    command(
      [
        "--set",
        `externalId=${EXTERNAL_ID}`,
        "--role",
        "chalk",
        "--namespace",
        NAMESPACE,
        "--format",
        "json",
        ...args,
      ],
      { cwd: folder.path, env: env() },
    );

  test("the EKS edition: every control of both passes, exit 0", async () => {
    await withAws();
    await withCluster("aws");
    const done = await scan("--cloud", "aws,kubernetes");
    const report = json(done.stdout);
    expect(outcomes(report)).toEqual({
      [`${AW} chalk-aws cloud pass`]: 7,
      [`${K8} chalk-aws cluster pass`]: 6,
    });
    expect(complete(report)).toEqual({ [AW]: true, [K8]: true });
    expect(done.status).toBe(0);
  });

  test("all three: the cluster by its own edition, which the report names; its nodes unread: unknown", async () => {
    await withAws();
    await withArm();
    await withCluster("aws");
    const all = (...args: string[]) =>
      command(
        [
          "--cloud",
          "azure,aws,kubernetes",
          ...arm.args,
          "--principal",
          principalId,
          "--set",
          `externalId=${EXTERNAL_ID}`,
          "--role",
          "chalk",
          "--namespace",
          NAMESPACE,
          "--fail-on",
          "medium",
          "--format",
          "json",
          ...args,
        ],
        {
          cwd: folder.path,
          env: { ...arm.env, ...env(), NODE_EXTRA_CA_CERTS: arm.env["NODE_EXTRA_CA_CERTS"] },
        },
      );
    const done = await all();
    const report = json(done.stdout);
    expect(complete(report)).toEqual({ [AZ]: true, [AW]: true, [K8]: true });
    expect(outcomes(report)).toMatchObject({
      [`${AW} chalk-aws cloud pass`]: 7,
      [`${K8} chalk-aws cluster pass`]: 6,
      [`${AZ} chalk-azure cluster skipped`]: 6,
    });
    expect(report.targets.find(({ name }) => name === K8)?.notes?.[0]).toBe(
      "the cluster's nodes are of AWS: it is judged by the Kubernetes controls of chalk-aws",
    );
    expect(done.status).toBe(0);
    cluster.faults.add({ match: "/nodes", denied: "nodes" });
    const untold = await all();
    expect(complete(json(untold.stdout))).toEqual({ [AZ]: true, [AW]: true, [K8]: false });
    expect(untold.status).toBe(3);
  });
});
