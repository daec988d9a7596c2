import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { allow, logReader, policy, scoped, trust } from "../../worlds/aws-state.ts";
import { runCommand } from "../command.ts";
import { sarifErrors, whyNoMultitool } from "../sarif.ts";
import { type LiveAws, post, region, startAwsServers, whyNoServers } from "../servers/aws/setup.ts";
import { skipped } from "../servers/azure/requirements.ts";
import { published, rootKeys, scan, written } from "./scan.ts";
import { type LiveWorld, makeRole, makeUser, makeWorld } from "./world.ts";

const skip = skipped("the live tests of AWS", whyNoServers());

let live: LiveAws;
beforeAll(async () => {
  if (!skip) live = await startAwsServers();
});
afterAll(async () => {
  if (!skip) await live.stop();
});
beforeEach(async () => {
  if (!skip) await live.reset();
});

const allPass = {
  "trust-policy": "pass",
  "management-policy": "pass",
  "log-reader-policy": "pass",
  "effective-access": "pass",
  "managed-by-tag": "pass",
  "vpc-cidr-plan": "pass",
  "eks-version-window": "pass",
};

describe.skipIf(skip)("the documented account in moto, its cluster in MiniStack", () => {
  it("passes every control of AWS, exit 0, twice with the same bytes", async () => {
    await makeWorld(live.front.url, live.strict.url);
    const first = await scan(live.front, ["--role", "chalk"]);
    expect(first.drift).toEqual([]);
    expect(first.outcomes).toEqual(allPass);
    expect(first.ran.code).toBe(0);
    expect((await scan(live.front, ["--role", "chalk"])).ran.stdout).toBe(first.ran.stdout);
    // Found by its trust in the vendor, it is the same role.
    expect((await scan(live.front)).outcomes).toEqual(allPass);
  });

  it("passes after the scope-down, with an older default version and a boundary that cuts nothing", async () => {
    await makeWorld(live.front.url, live.strict.url, {
      managed: scoped,
      laterVersions: [policy(allow("*"))],
      boundary: policy(allow("*")),
    });
    const { outcomes, ran } = await scan(live.front, ["--role", "chalk", "--profile-set", "scoped"]);
    const { "management-policy": _, ...rest } = allPass;
    expect(outcomes).toEqual({ ...rest, "scoped-execution-policy": "pass" });
    expect(ran.code).toBe(0);
  });
});

describe.skipIf(skip)("drifted accounts", () => {
  const principal = (value: unknown) => ({
    ...trust,
    Statement: trust.Statement.map((each) => ({ ...each, Principal: value })),
  });
  const unconditional = {
    ...trust,
    Statement: trust.Statement.map(({ Condition: _, ...rest }: object & { Condition?: unknown }) => rest),
  };
  const worlds: readonly (readonly [string, LiveWorld, readonly string[]])[] = [
    [
      "an inline grant out of band",
      { inline: { extra: policy(allow("iam:CreateAccessKey")) } },
      ["effective-access excess critical"],
    ],
    [
      "a boundary that cuts",
      { boundary: policy(allow(["s3:*", "ec2:*"])) },
      ["effective-access missing medium"],
    ],
    ["no external id", { trust: unconditional }, ["trust-policy weakened critical"]],
    ["everybody may assume it", { trust: principal("*") }, ["trust-policy excess critical"]],
    [
      "a second principal",
      {
        trust: principal({
          AWS: ["arn:aws:iam::754784422779:role/chalk-api-server", "arn:aws:iam::111111111111:root"],
        }),
      },
      ["trust-policy excess critical"],
    ],
    [
      "a policy that lacks a statement",
      { managed: policy(allow("s3:*")) },
      ["effective-access missing medium", "management-policy missing medium"],
    ],
    [
      "a subnet that nobody planned",
      { moreSubnets: [["a", "10.130.96.0/20"]] },
      ["vpc-cidr-plan stray medium"],
    ],
    ["a subnet without the tag", { untagged: ["private-b"] }, ["managed-by-tag absent medium"]],
    ["a cluster of long ago", { clusterVersion: "1.30" }, ["eks-version-window expired medium"]],
  ];
  it.each(worlds)("%s", async (_name, world, drift) => {
    await makeWorld(live.front.url, live.strict.url, world);
    const found = await scan(live.front, ["--role", "chalk"]);
    expect(found.drift).toEqual(drift);
    expect(found.ran.code).toBe(1);
    for (const finding of found.report.findings)
      if (finding.outcome === "fail" && /access|trust/.test(finding.control))
        expect(finding.witness).toBeDefined();
  });

  const first = scoped.Statement[0];
  if (first === undefined) throw new Error("the page's scoped policy has statements");
  const conditioned = (Condition: object | undefined) =>
    policy({ ...first, Condition }, ...scoped.Statement.slice(1));
  const key = "aws:ResourceTag/chalk.ai/managed-by";
  const loosened = ["effective-access weakened high", "scoped-execution-policy weakened high"];
  const scopedWorlds: readonly (readonly [string, LiveWorld, readonly string[]])[] = [
    ["the tag condition is gone", { managed: conditioned(undefined) }, loosened],
    [
      "the tag condition became StringLike *",
      { managed: conditioned({ StringLike: { [key]: "*" } }) },
      loosened,
    ],
    [
      "the tag condition became …IfExists",
      { managed: conditioned({ StringEqualsIfExists: { [key]: "chalk" } }) },
      loosened,
    ],
    [
      "the tag has a second value",
      { managed: conditioned({ StringEquals: { [key]: ["chalk", "other"] } }) },
      loosened,
    ],
    [
      "the tag has another value",
      { managed: conditioned({ StringEquals: { [key]: "other" } }) },
      [
        "effective-access excess critical",
        "effective-access excess high",
        "effective-access excess medium",
        "effective-access missing medium",
        "scoped-execution-policy missing medium",
      ],
    ],
    [
      "a statement is gone",
      { managed: policy(...scoped.Statement.slice(1)) },
      ["effective-access missing medium", "scoped-execution-policy missing medium"],
    ],
  ];
  it.each(scopedWorlds)("after the scope-down: %s", async (_name, world, drift) => {
    await makeRole(live.front.url, { managed: scoped, ...world });
    const found = await scan(live.front, ["--role", "chalk", "--profile-set", "scoped"]);
    expect(found.drift).toEqual(drift);
    expect(found.ran.code).toBe(1);
    for (const { outcome, witness } of found.report.findings)
      if (outcome === "fail") expect(witness).toBeDefined();
  });

  it("the log reader lacks an action", async () => {
    const [statement] = logReader.Statement;
    if (statement === undefined) throw new Error("the page's log reader has a statement");
    const fewer = { ...statement, Action: [statement.Action].flat().filter((each) => each !== "logs:Get*") };
    await makeRole(live.front.url, {
      managed: scoped,
      inline: { logs: policy(fewer, ...logReader.Statement.slice(1)) },
    });
    const found = await scan(live.front, ["--role", "chalk", "--profile-set", "scoped"]);
    expect(found.drift).toEqual(["log-reader-policy missing medium"]);
    expect(found.ran.code).toBe(1);
  });

  it("no such role", async () => {
    await makeWorld(live.front.url, live.strict.url, {
      roleName: "other",
      trust: principal({ AWS: "arn:aws:iam::111111111111:root" }),
    });
    const found = await scan(live.front, ["--role", "chalk"]);
    expect(found.drift.filter((each) => each.includes("absent")).length).toBeGreaterThan(0);
    expect(found.ran.code).toBe(1);
  });
});

describe.skipIf(skip)("callers without permission, in MiniStack, which enforces IAM", () => {
  const reads = published.map(({ permission }) => permission);

  it("nothing allowed: everything is unknown, exit 3", async () => {
    await makeRole(live.strict.url);
    const env = await makeUser(live.strict.url, "nobody", ["sts:GetCallerIdentity"]);
    const { outcomes, ran, report } = await scan(live.strict, ["--role", "chalk"], env);
    expect(new Set(Object.values(outcomes))).toEqual(new Set(["unknown"]));
    expect(ran.code).toBe(3);
    expect(new Set(report.targets[0]?.unread.map(({ cause }) => cause))).toEqual(new Set(["denied"]));
  });

  it("GetPolicyVersion alone denied: only what hangs on it is unknown, naming the permission", async () => {
    await makeRole(live.strict.url);
    const env = await makeUser(
      live.strict.url,
      "almost",
      reads.filter((each) => each !== "iam:GetPolicyVersion"),
    );
    const { outcomes, ran, report } = await scan(live.strict, ["--role", "chalk"], env);
    expect(outcomes).toMatchObject({
      "trust-policy": "pass",
      "management-policy": "unknown",
      "effective-access": "unknown",
    });
    expect(ran.code).toBe(3);
    expect(
      report.targets[0]?.unread.filter(({ cause }) => cause === "denied").map(({ permission }) => permission),
    ).toEqual(["iam:GetPolicyVersion"]);
  });

  it("the registry's permissions suffice, and --assume-role takes the right external id only", async () => {
    await makeRole(live.strict.url);
    const env = await makeUser(live.strict.url, "reader", reads);
    const { outcomes } = await scan(live.strict, ["--role", "chalk"], env);
    expect(outcomes).toMatchObject({
      "trust-policy": "pass",
      "management-policy": "pass",
      "effective-access": "pass",
    });
    const denied = await runCommand(
      ["--cloud", "aws", "--assume-role", "arn:aws:iam::123456789012:role/chalk", "--external-id", "wrong"],
      { AWS_ENDPOINT_URL: live.strict.url, AWS_REGION: region, ...env },
    );
    expect([denied.code, denied.stdout]).toEqual([2, ""]);
    expect(denied.stderr).toMatch(
      /^chalk-audit: assuming arn:aws:iam::123456789012:role\/chalk was refused: .*--external-id\n$/,
    );
  });
});

describe.skipIf(skip)("refusals and faults of moto", () => {
  it("moto refuses in XML whatever the service: denied all the same", async () => {
    await makeWorld(live.front.url, live.strict.url);
    const env = await makeUser(live.front.url, "low", ["iam:GetRole", "iam:ListRoles"]);
    await post(`${live.moto}/moto-api/reset-auth`, "0");
    const { outcomes, ran, report } = await scan(live.front, ["--role", "chalk"], env);
    expect(outcomes["trust-policy"]).toBe("pass");
    expect(Object.values(outcomes).filter((each) => each === "pass")).toHaveLength(1);
    expect(ran.code).toBe(3);
    const causes = report.targets[0]?.unread
      .filter(({ kind }) => !kind.startsWith("aws/eks"))
      .map(({ cause }) => cause);
    expect(new Set(causes)).toEqual(new Set(["denied"]));
  });

  it("fault 6: throttled as AWS throttles, it waits and is complete", async () => {
    await makeWorld(live.front.url, live.strict.url);
    const body =
      "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>";
    live.front.fault({ match: /^iam GetRole$/, times: 4, status: 400, body });
    const { outcomes, ran } = await scan(live.front, ["--role", "chalk"]);
    expect(outcomes).toEqual(allPass);
    expect(ran.code).toBe(0);
    expect(ran.took).toBeGreaterThan(3_000);
  });

  it("an operation that moto does not have is unsupported, not an empty list", async () => {
    await makeRole(live.front.url);
    const { report } = await scan(live.front, ["--role", "chalk"], {
      ...rootKeys,
      AWS_ENDPOINT_URL_EKS: live.moto,
    });
    const unread = report.targets[0]?.unread ?? [];
    expect(unread.map(({ kind, cause }) => [kind, cause])).toEqual([["aws/eks-version", "unsupported"]]);
  });
});

describe.skipIf(skip || skipped("the SARIF Multitool", whyNoMultitool))(
  "the SARIF of all scans above",
  () => {
    it("has no validator error, whatever was found", () => {
      expect(new Set(written).size).toBeGreaterThan(10);
      expect(sarifErrors(written)).toEqual([]);
    }, 300_000);
  },
);
