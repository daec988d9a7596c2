import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compactIamData } from "../../../scripts/compact-iam-data.mjs";
import type { AwsRequest } from "../../../src/access/policy.ts";
import { allows, comparePolicies } from "../../../src/access/provider.ts";
import { timesAsLong } from "../../growth.ts";
import { hardPolicy } from "./hard.ts";

interface Statement {
  Sid?: string;
  Effect: string;
  Action: string | string[];
  Resource?: string | string[];
  Condition?: Record<string, Record<string, unknown>>;
}
interface Policy {
  Version: string;
  Statement: Statement[];
}

const read = (name: string): Policy =>
  JSON.parse(readFileSync(new URL(`policies/${name}.json`, import.meta.url), "utf8")) as Policy;
const NAMES = ["management", "scoped", "log-reader", "trust"] as const;
const NOTHING = { missing: [], excess: [], undecided: [] };
const list = (value: string | string[]): string[] => (typeof value === "string" ? [value] : value);

/** Made from the package at test time: 0.8 MB that nobody has to commit. */
const serviceData = await compactIamData();

function replay(documented: unknown, live: unknown): { drift: number; undecided: number } {
  const c = comparePolicies("aws", [documented], [live]);
  for (const side of ["missing", "excess"] as const) {
    for (const { witness, pattern } of c[side]) {
      const found = [
        allows("aws", [documented], witness as AwsRequest),
        allows("aws", [live], witness as AwsRequest),
      ];
      expect([side, pattern, ...found]).toEqual([
        side,
        pattern,
        ...(side === "missing" ? ["allowed", "denied"] : ["denied", "allowed"]),
      ]);
    }
  }
  return { drift: c.missing.length + c.excess.length, undecided: c.undecided.length };
}

describe("the documented policies", () => {
  it.each(NAMES)("%s equals itself, reordered, recased, split and merged", (name) => {
    const policy = read(name);
    expect(comparePolicies("aws", [policy], [policy])).toEqual(NOTHING);
    const reordered = {
      ...policy,
      Statement: [...policy.Statement]
        .reverse()
        .map((s) => ({ ...s, Action: [...list(s.Action), ...list(s.Action)].reverse() })),
    };
    expect(comparePolicies("aws", [policy], [reordered])).toEqual(NOTHING);
    const recased = {
      ...policy,
      Statement: policy.Statement.map((s) => ({ ...s, Action: list(s.Action).map((a) => a.toUpperCase()) })),
    };
    expect(comparePolicies("aws", [policy], [recased])).toEqual(NOTHING);
    const split = policy.Statement.flatMap((s) =>
      list(s.Action).map((Action) => ({ Version: policy.Version, Statement: { ...s, Action } })),
    );
    expect(comparePolicies("aws", [policy], split)).toEqual(NOTHING);
    const byResource = policy.Statement.flatMap((s) =>
      s.Resource === undefined ? [s] : list(s.Resource).map((Resource) => ({ ...s, Resource })),
    );
    expect(comparePolicies("aws", [policy], [{ ...policy, Statement: byResource }])).toEqual(NOTHING);
  });

  it("a condition that was loosened is weakened, and is told for its actions at once", () => {
    const policy = read("scoped");
    const with_ = (Condition: Statement["Condition"] | undefined): Policy => ({
      ...policy,
      Statement: policy.Statement.map((s): Statement => {
        if (s.Sid !== "ChalkManagedResources") return s;
        const { Condition: _, ...rest } = s;
        return Condition === undefined ? rest : { ...rest, Condition };
      }),
    });
    const key = "aws:ResourceTag/chalk.ai/managed-by";
    for (const condition of [
      undefined,
      { StringLike: { [key]: "*" } },
      { StringEqualsIfExists: { [key]: "chalk" } },
      { StringEquals: { [key]: ["chalk", "x"] } },
    ]) {
      const live = with_(condition);
      const c = comparePolicies("aws", [policy], [live], { serviceData });
      expect(c.missing).toEqual([]);
      expect(c.undecided).toEqual([]);
      expect(c.excess.length).toBeGreaterThan(0);
      expect(c.excess.length).toBeLessThan(12);
      for (const r of c.excess) expect(r.weakened?.documented).toBe(`StringEquals ${key} = chalk`);
      expect(replay(policy, live).undecided).toBe(0);
    }
    const other = comparePolicies("aws", [policy], [with_({ StringEquals: { [key]: "x" } })]);
    expect(other.excess.every((r) => r.weakened === undefined)).toBe(true);
    expect(other.missing.length).toBeGreaterThan(0);
  });

  it("every single action taken away or added is found, in each policy", () => {
    for (const name of ["scoped", "log-reader"] as const) {
      const policy = read(name);
      policy.Statement.forEach((statement, i) => {
        list(statement.Action).forEach((action, j) => {
          const less = {
            ...policy,
            Statement: policy.Statement.map((s, k) =>
              k === i ? { ...s, Action: list(s.Action).filter((_, l) => l !== j) } : s,
            ),
          };
          const c = comparePolicies("aws", [policy], [less]);
          expect(c.excess).toEqual([]);
          // what a wider statement grants as well is not missing
          expect([action, c.missing.length + c.undecided.length]).toEqual([action, c.missing.length]);
          const back = comparePolicies("aws", [less], [policy]);
          expect(back.excess.length).toBe(c.missing.length);
        });
      });
    }
  });

  it("nothing is undecided against generated policies, and every witness replays", () => {
    for (const name of ["management", "scoped"] as const) {
      for (let seed = 1; seed <= 30; seed++) {
        const live = hardPolicy({
          statements: 1 + (seed % 7),
          actions: 20 + 10 * (seed % 11),
          denies: seed % 2 === 0,
          seed,
        });
        expect(replay(read(name), live).undecided).toBe(0);
      }
    }
  });
});

describe("service data (AW5, AW9)", () => {
  const key = "aws:ResourceTag/by";
  const policy = (Action: string[], Resource: string, Condition?: object) => ({
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Action, Resource, ...(Condition !== undefined && { Condition }) },
  });
  const excess = (live: unknown, documented: unknown = policy([], "*")) =>
    comparePolicies("aws", [documented], [live], { serviceData }).excess.map((r) => [
      r.pattern,
      r.dead === true,
      r.latent,
      r.known?.count,
    ]);

  it("AW5 an action without resource types matches only the resource *", () => {
    expect(excess(policy(["ecr:GetAuthorizationToken"], "arn:aws:ecr:*"))).toEqual([
      ["ecr:GetAuthorizationToken", true, false, 0],
    ]);
    expect(excess(policy(["ecr:GetAuthorizationToken"], "*"))).toEqual([
      ["ecr:GetAuthorizationToken", false, false, 1],
    ]);
  });

  it("AW9 a key that the action does not support is absent; a global key never is", () => {
    const tagged = { StringEquals: { [key]: "x" } };
    expect(excess(policy(["ec2:DescribeInstances"], "*", tagged))).toEqual([
      ["ec2:DescribeInstances", true, false, 0],
    ]);
    expect(excess(policy(["eks:DescribeCluster"], "*", tagged))).toEqual([
      ["eks:DescribeCluster", false, false, 1],
    ]);
    const ifExists = { StringEqualsIfExists: { [key]: "x" } };
    expect(excess(policy(["ec2:DescribeInstances"], "*", ifExists))).toEqual([
      ["ec2:DescribeInstances", false, false, 1],
    ]);
    const secure = { Bool: { "aws:SecureTransport": "true" } };
    expect(excess(policy(["ec2:DescribeInstances"], "*", secure))).toEqual([
      ["ec2:DescribeInstances", false, false, 1],
    ]);
  });

  it("G6 a pattern that no action of today has is latent; a wildcard counts those it has", () => {
    expect(excess(policy(["s3:FlyToTheMoon"], "*"))).toEqual([["s3:FlyToTheMoon", false, true, 0]]);
    expect(excess(policy(["sqs:*"], "*"), policy(["sqs:Get*", "sqs:List*"], "*"))[0]?.slice(0, 3)).toEqual([
      "sqs:*",
      false,
      false,
    ]);
  });

  it("a witness is an action of today, with the name that AWS writes", () => {
    const c = comparePolicies("aws", [policy(["s3:Get*"], "*")], [policy(["s3:*"], "*")], { serviceData });
    expect(c.excess.map((r) => [r.witness, r.impact, r.known?.examples.length])).toEqual([
      [{ action: expect.stringMatching(/^s3:[A-Z]/) as string, resource: "<any>" }, "escalation", 3],
    ]);
  });

  it("without service data policies are compared as written", () => {
    const live = policy(["ecr:GetAuthorizationToken"], "arn:aws:ecr:*");
    const [residue] = comparePolicies("aws", [policy([], "*")], [live]).excess;
    expect([residue?.dead, residue?.known, residue?.latent]).toEqual([undefined, undefined, undefined]);
  });
});

describe("hard cases", () => {
  it.each([400, 800])(
    "80 statements and %i actions, ARNs that overlap, six condition keys: decided",
    (actions) => {
      const pair = [1, 101].map((seed) => hardPolicy({ statements: 80, actions, denies: true, seed }));
      const c = comparePolicies("aws", [pair[0]], [pair[1]]);
      expect(c.undecided).toEqual([]);
      for (const residue of c.excess.slice(0, 40)) {
        expect(allows("aws", [pair[0]], residue.witness)).toBe("denied");
        expect(allows("aws", [pair[1]], residue.witness)).toBe("allowed");
      }
    },
  );

  it("fault 31: stars by the hundred, names of 10,000 letters", () => {
    const stars = `arn:aws:s3:::${"*a".repeat(500)}`;
    const long = (letters: number) => `arn:aws:s3:::${"b".repeat(letters)}`;
    const p = (Resource: string) => ({
      Version: "2012-10-17",
      Statement: { Effect: "Allow", Action: "s3:*", Resource },
    });
    const asked = (letters: number) => allows("aws", [p(stars)], { action: "s3:x", resource: long(letters) });
    const compared = (letters: number) => comparePolicies("aws", [p(`${long(letters)}*`)], [p("*")]).excess;
    expect(asked(10_000)).toBe("denied");
    expect(compared(10_000)).toHaveLength(1);
    expect(
      timesAsLong(
        () => asked(10_000),
        () => asked(40_000),
      ),
    ).toBeLessThan(10);
    expect(
      timesAsLong(
        () => compared(10_000),
        () => compared(40_000),
      ),
    ).toBeLessThan(10);
  });
});
