import { describe, expect, test } from "vitest";
import { awsPolicy } from "../../src/permissions/aws.ts";
import { readsOf } from "../../src/permissions/reads.ts";
import { awsKinds } from "../../src/snapshot/kinds/aws.ts";
import type { DocumentKind } from "../../src/snapshot/kinds/kinds.ts";

const kindsOf = (of: object) => new Set(Object.keys(of) as DocumentKind[]);

const found = { named: false };

describe("AWS: an identity policy", () => {
  test("of every kind: each permission of the registry once, but what AWS gives to everybody", () => {
    const policy = awsPolicy(readsOf("aws", kindsOf(awsKinds), found));
    const registry = new Set(
      Object.values(awsKinds).flatMap(({ calls }) => calls.map(({ permission }) => permission)),
    );
    registry.delete("sts:GetCallerIdentity");
    expect(policy.Statement.flatMap(({ Action }) => Action).sort()).toEqual([...registry].sort());
    expect(policy.Statement.map(({ Sid, Resource }) => [Sid, Resource])).toEqual([
      ["ReadEc2", "*"],
      ["ReadEks", "*"],
      ["ReadElasticloadbalancing", "*"],
      ["ReadIam", "*"],
      ["ReadKafka", "*"],
      ["ReadRds", "*"],
      ["ReadRoute53", "*"],
      ["ReadS3", "*"],
      ["ReadSqs", "*"],
      ["ReadTag", "*"],
    ]);
    // What AWS takes at most of a managed policy (IAM quotas: 6,144 characters without white space).
    expect(JSON.stringify(policy).length).toBeLessThan(6_144);
  });

  test("of one kind: what comes with it, and no more", () => {
    expect(awsPolicy(readsOf("aws", new Set(["aws/vpc"]), found)).Statement).toEqual([
      { Sid: "ReadEc2", Effect: "Allow", Action: ["ec2:DescribeVpcs"], Resource: "*" },
    ]);
    expect(awsPolicy(readsOf("aws", new Set(["aws/policy"]), found)).Statement).toEqual([
      {
        Sid: "ReadIam",
        Effect: "Allow",
        Action: [
          "iam:GetPolicy",
          "iam:GetPolicyVersion",
          "iam:GetRole",
          "iam:ListAttachedRolePolicies",
          "iam:ListRoles",
        ],
        Resource: "*",
      },
    ]);
  });

  test("with the role named by its ARN: nothing lists roles, and what asks about a role is for that one", () => {
    const kinds = new Set<DocumentKind>(["aws/role", "aws/role-policy", "aws/attached-policy", "aws/policy"]);
    const arn = "arn:aws:iam::123456789012:role/vendor";
    expect(awsPolicy(readsOf("aws", kinds, { named: true }), [arn])).toEqual({
      Version: "2012-10-17",
      Statement: [
        { Sid: "ReadIam", Effect: "Allow", Action: ["iam:GetPolicy", "iam:GetPolicyVersion"], Resource: "*" },
        {
          Sid: "ReadIamOfRole",
          Effect: "Allow",
          Action: [
            "iam:GetRole",
            "iam:GetRolePolicy",
            "iam:ListAttachedRolePolicies",
            "iam:ListRolePolicies",
          ],
          Resource: [arn],
        },
      ],
    });
  });
});
