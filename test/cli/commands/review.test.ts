import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Ajv } from "ajv";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { comparePolicies } from "../../../src/access/provider.ts";
import type { Review } from "../../../src/review/review.ts";
import { reviewSchema } from "../../../src/review/schema.ts";
import { formatSnapshot } from "../../../src/snapshot/write.ts";
import { record } from "../../usage/aws/trail.ts";
import { ACCOUNT, awsState, role, scoped, snapshotOf } from "../../worlds/aws-state.ts";
import { ran } from "../shell.ts";

const AWS = ["review", "--cloud", "aws", "--role", "chalk", "--from", "management", "--to", "scoped"];
const BUNDLED = ["--snapshot", "fixtures/review/aws.json", "--usage", "fixtures/review/cloudtrail"];
const KUBERNETES = [
  ...["review", "--cloud", "kubernetes", "--snapshot", "fixtures/review/kubernetes.json"],
  ...["--usage", "fixtures/review/kubernetes-audit"],
];
const validate = new Ajv({ strict: false }).compile(reviewSchema);

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "review-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string | Buffer): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const json = async (argv: readonly string[]) => {
  const { status, stdout, stderr } = await ran([...argv, "--format", "json"]);
  const review = JSON.parse(stdout) as Review & { readonly exitCode: number; readonly summary: unknown };
  expect(validate(review)).toBe(true);
  expect(review.exitCode).toBe(status);
  return { status, review, stderr };
};

describe("on the bundled data", () => {
  test("AWS: one command prints what would break", async () => {
    const { status, stdout, stderr } = await ran([
      ...AWS,
      ...BUNDLED,
      ...["--usage", "fixtures/review/service-last-accessed.json"],
    ]);
    expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
    await expect(stdout).toMatchFileSnapshot("goldens/review-aws.txt");
    expect(stdout.split("\n").filter((line) => line.length > 100)).toEqual([]);
  });

  test("AWS: the same as Markdown", async () => {
    const { stdout } = await ran([...AWS, ...BUNDLED, "--format", "markdown"]);
    await expect(stdout).toMatchFileSnapshot("goldens/review-aws.md");
  });

  test("AWS: the same as JSON, by its schema", async () => {
    const { status, review } = await json([...AWS, ...BUNDLED]);
    expect(status).toBe(1);
    expect(review.summary).toEqual({
      calls: { breaks: 7, depends: 1, unexplained: 0, allowed: 9, refusedThen: 1, unmapped: 0 },
      permissions: { goes: 1006, narrows: 1626, shifts: 0, stays: 201, appears: 60, unknown: 0 },
    });
    expect([...new Set(review.calls.filter((c) => c.target === "refused").map((c) => c.action))]).toEqual([
      "ec2:DeleteVolume",
      "eks:DescribeClusterVersions",
      "iam:AttachRolePolicy",
      "iam:CreateRole",
      "route53:ListHostedZones",
      "s3:GetBucketLocation",
      "sqs:SetQueueAttributes",
    ]);
  });

  test("Azure: the held role → the documented one", async () => {
    const { status, stdout, stderr } = await ran([
      ...["review", "--cloud", "azure", "--snapshot", "fixtures/snapshots/azure/demo.json"],
      ...["--usage", "fixtures/review/activity-log.json"],
    ]);
    expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
    await expect(stdout).toMatchFileSnapshot("goldens/review-azure.txt");
  });

  test("Kubernetes: what the accounts hold → what is documented for them", async () => {
    const { status, stdout, stderr } = await ran([...KUBERNETES, "--write", join(folder, "out")]);
    expect(status).toBe(1);
    await expect(stdout).toMatchFileSnapshot("goldens/review-kubernetes.txt");
    expect(readdirSync(join(folder, "out"))).toEqual([
      "argo-workflows-role.yaml",
      "cluster-management-role.yaml",
      "job-reader-role.yaml",
      "management-role.yaml",
    ]);
    expect(stderr.split("\n").filter((line) => line.includes("proven equal to the target"))).toHaveLength(4);
    const markdown = await ran([...KUBERNETES, "--format", "markdown"]);
    await expect(markdown.stdout).toMatchFileSnapshot("goldens/review-kubernetes.md");
  });

  test("Kubernetes: the same as JSON, by its schema", async () => {
    const { status, review } = await json(KUBERNETES);
    expect(status).toBe(1);
    expect(review.summary).toEqual({
      calls: { breaks: 5, depends: 0, unexplained: 0, allowed: 11, refusedThen: 1, unmapped: 0 },
      permissions: { goes: 1259, narrows: 0, shifts: 0, stays: 255, appears: 0, unknown: 0 },
    });
    expect(review.calls.map(({ event, who }) => [event, who])).toEqual([
      ["create customresourcedefinitions.apiextensions.k8s.io", ["pod platform-api-7c9d8-x2k4p"]],
      ["create namespaces", ["pod platform-api-7c9d8-x2k4p"]],
      ["get /metrics", ["pod platform-api-7c9d8-x2k4p"]],
      ["get secrets -n monitoring", ["pod platform-api-7c9d8-x2k4p"]],
      ["list ingressclasses.networking.k8s.io", ["pod platform-api-7c9d8-x2k4p"]],
    ]);
  });

  test("Kubernetes: 2 for an account that is not there, 2 for a log of another kind, 3 without usage", async () => {
    const bare = KUBERNETES.slice(0, 5);
    const nobody = await ran([...bare, "--set", "workloadServiceAccount=chalk/nobody"]);
    expect(nobody).toEqual({
      status: 2,
      stdout: "",
      stderr: "chalk-audit: there is no service account chalk/nobody in the cluster\n",
    });
    const other = await ran([...bare, "--usage", "fixtures/review/activity-log.json"]);
    expect(other.status).toBe(2);
    expect(other.stderr).toContain("expected an audit log of Kubernetes");
    expect((await ran(bare)).status).toBe(3);
  });

  test("the published schema is this one", () => {
    expect(JSON.parse(readFileSync("schemas/review.schema.json", "utf8"))).toEqual(reviewSchema);
  });
});

describe("exit codes", () => {
  const snapshot = (state = awsState()) => file("state.json", formatSnapshot(snapshotOf(state)));
  const trail = (...events: Parameters<typeof record>[0][]) =>
    file("trail.json", JSON.stringify({ Records: events.map(record) }));

  test("0: what was used stays allowed", async () => {
    const logs = trail({ source: "eks", name: "DescribeCluster", parameters: { name: "chalk" } });
    const { status, review } = await json([...AWS, "--snapshot", snapshot(), "--usage", logs]);
    expect({ status, incomplete: review.incomplete }).toEqual({ status: 0, incomplete: [] });
  });

  test("3: without usage; with a log that cannot be read whole; with a call that depends", async () => {
    expect((await ran([...AWS, "--snapshot", snapshot()])).status).toBe(3);
    mkdirSync(join(folder, "logs"));
    writeFileSync(
      join(folder, "logs", "a.json"),
      JSON.stringify([record({ source: "eks", name: "DescribeCluster", parameters: { name: "chalk" } })]),
    );
    writeFileSync(join(folder, "logs", "b.json.gz"), gzipSync("x").subarray(0, 5));
    const { status, review } = await json([
      ...AWS,
      "--snapshot",
      snapshot(),
      "--usage",
      join(folder, "logs"),
    ]);
    expect(status).toBe(3);
    expect(review.incomplete).toEqual([expect.stringContaining("b.json.gz cannot be read")]);
    const logs = trail({ source: "ec2", name: "DeleteVolume", parameters: { volumeId: "vol-x" } });
    expect((await ran([...AWS, "--snapshot", snapshot(), "--usage", logs])).status).toBe(3);
  });

  test.each([
    [
      "--from",
      ["review", "--cloud", "aws", "--from", "broad", "--to", "scoped"],
      '--from: unknown profile "broad": chalk-aws has management, scoped',
    ],
    ["--to", ["review", "--cloud", "aws", "--to", "narrow"], 'unknown profile "narrow"'],
    [
      "a role that is not there",
      ["review", "--cloud", "aws", "--role", "nobody", "--to", "scoped"],
      "there is no role nobody",
    ],
    [
      "an unknown format",
      [...AWS, "--format", "sarif"],
      '--format: unknown format "sarif" (known: table, json, markdown)',
    ],
    ["no log", [...AWS, "--usage", "nowhere"], "nowhere: cannot read the logs: no such file or directory"],
    [
      "a log that is none",
      [...AWS, "--usage", "package.json"],
      "package.json: expected an export of CloudTrail or a report of service last accessed, found neither",
    ],
  ])("2: %s", async (_, argv, message) => {
    const { status, stdout, stderr } = await ran([...argv, "--snapshot", snapshot()]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("internal error");
  });
});

describe("--write", () => {
  const argv = () => [...AWS, ...BUNDLED, "--write", join(folder, "out")];

  test("the documents, equal to the target; again unchanged; another file is replaced, and that is said", async () => {
    const first = await ran(argv());
    const path = join(folder, "out", "scoped-execution-policy.json");
    const text = readFileSync(path, "utf8");
    expect(readdirSync(join(folder, "out"))).toEqual(["scoped-execution-policy.json"]);
    const proof = comparePolicies("aws", [scoped], [JSON.parse(text)]);
    expect(proof).toEqual({ missing: [], excess: [], undecided: [] });
    expect(first.stderr).toBe(
      `chalk-audit: wrote ${path} (2209 of managed policy, 6144 characters without white space); proven equal to the target, not applied\n`,
    );
    expect((await ran(argv())).stderr).toContain(`wrote again, unchanged, ${path}`);
    writeFileSync(path, "mine");
    expect((await ran(argv())).stderr).toContain(`replaced ${path}`);
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  test("fault 23: a link is not written through, and nothing else is written", async () => {
    mkdirSync(join(folder, "out"));
    writeFileSync(join(folder, "theirs"), "theirs");
    symlinkSync(join(folder, "theirs"), join(folder, "out", "scoped-execution-policy.json"));
    const { status, stderr } = await ran(argv());
    expect(status).toBe(2);
    expect(stderr).toContain("is a symbolic link");
    expect(readFileSync(join(folder, "theirs"), "utf8")).toBe("theirs");
  });

  test("folders above it are made; a place that takes none, and a file in its way, are said", async () => {
    const deep = join(folder, "a", "b", "c");
    expect((await ran([...AWS, ...BUNDLED, "--write", deep])).status).toBe(1);
    expect(readdirSync(deep)).toEqual(["scoped-execution-policy.json"]);
    writeFileSync(join(folder, "file"), "");
    const inFile = await ran([...AWS, ...BUNDLED, "--write", join(folder, "file", "x")]);
    expect(inFile.status).toBe(2);
    expect(inFile.stderr).toContain("--write: cannot make the folder");
    // a folder that is there and answers every new entry with "no such file"
    if (process.platform !== "linux") return;
    const nowhere = await ran([...AWS, ...BUNDLED, "--write", "/proc/none/here"]);
    expect(nowhere.status).toBe(2);
    expect(nowhere.stderr).toContain("--write: cannot make the folder");
  });
});

describe("hostile logs", () => {
  test("faults 26, 27 and 28: names from a log are inert in every format, and secrets of a request are kept nowhere", async () => {
    const hostile = "\u001b[2J\u202e\r::stop-commands::x|<script>](javascript:alert(1))`##vso[x]";
    const state = file("state.json", formatSnapshot(snapshotOf(awsState())));
    const logs = file(
      "trail.json",
      JSON.stringify({
        Records: [
          record({
            source: "s3",
            name: "DeleteObject",
            who: "x",
            parameters: { bucketName: "elsewhere", key: hostile, password: "canary-4711" },
            more: {
              userAgent: "canary-4711",
              errorMessage: "canary-4711",
              userIdentity: { arn: `arn:aws:sts::${ACCOUNT}:assumed-role/chalk/${hostile}` },
            },
          }),
          record({ source: "eks", name: `Odd${hostile}` }),
        ],
      }),
    );
    for (const format of ["table", "json", "markdown"]) {
      const { status, stdout, stderr } = await ran([
        ...AWS,
        "--snapshot",
        state,
        "--usage",
        logs,
        "--format",
        format,
      ]);
      expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
      expect(stdout).toContain("DeleteObject");
      expect(stdout).not.toContain("canary-4711");
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
      expect(stdout.split("\n").filter((line) => /^\s*::/.test(line) || line.includes("##vso["))).toEqual([]);
      if (format === "markdown") expect(stdout).not.toMatch(/<script|\]\(javascript/);
    }
  });

  test("the role itself unread: nothing is reviewed, 3", async () => {
    const unread = {
      kind: "aws/role" as const,
      id: "chalk",
      api: "iam GetRole chalk",
      cause: "denied" as const,
      permission: "iam:GetRole",
      detail: "answered 403 AccessDenied",
    };
    const path = file("state.json", formatSnapshot(snapshotOf(awsState({ roles: [], unread: [unread] }))));
    expect(await ran([...AWS, "--snapshot", path])).toEqual({
      status: 3,
      stdout: "",
      stderr:
        "chalk-audit: nothing is reviewed: role chalk could not be read: iam GetRole chalk: answered 403 AccessDenied\n",
    });
  });

  test("policies that nobody may read are no pass", async () => {
    const state = awsState({
      roles: [role()],
      unread: [
        {
          kind: "aws/attached-policy",
          api: "iam ListAttachedRolePolicies chalk",
          cause: "denied",
          permission: "iam:ListAttachedRolePolicies",
          detail: "answered 403 AccessDenied",
        },
      ],
    });
    const path = file("state.json", formatSnapshot(snapshotOf(state)));
    const logs = file("trail.json", JSON.stringify([record({ source: "eks", name: "ListClusters" })]));
    const { status, review } = await json([...AWS, "--snapshot", path, "--usage", logs]);
    expect(status).not.toBe(0);
    expect(review.incomplete.join("\n")).toContain("ListAttachedRolePolicies");
  });
});
