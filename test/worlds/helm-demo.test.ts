import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readSnapshot } from "../../src/snapshot/read.ts";
import { formatSnapshot } from "../../src/snapshot/write.ts";
import {
  API_ROLE,
  allow,
  aws,
  awsBeside,
  changed,
  cluster,
  DATABASE,
  edited,
  inline,
  type State,
  snapshotOf,
  VPC,
} from "./helm-state.ts";

const account = changed(aws, awsBeside);
const open = { IpProtocol: "tcp", FromPort: 5432, ToPort: 5432, IpRanges: [{ CidrIp: "0.0.0.0/0" }] };

/** The installation of the demo: five things are wrong with it. */
const DEMO: Readonly<Record<"aws" | "kubernetes", State>> = {
  aws: changed(account, {
    ...edited(account, "aws/db-instance", DATABASE, { BackupRetentionPeriod: 0 }),
    "aws/security-group": { "sg-database": { GroupId: "sg-database", VpcId: VPC, IpPermissions: [open] } },
    "aws/role-policy": {
      [`${API_ROLE}/own`]: inline(
        API_ROLE,
        allow("s3:*", "ecr:*", "sqs:*", "sts:AssumeRole", "iam:PassRole"),
      ),
    },
  }),
  kubernetes: changed(cluster, {
    "kubernetes/helm-release": { "platform/our-keda": undefined },
    ...edited(cluster, "kubernetes/secret", "chalk-metadata/metadata-plane-secrets", {
      keys: ["POSTGRES_DB", "POSTGRES_HOST", "POSTGRES_USER"],
    }),
  }),
};

test.each(["aws", "kubernetes"] as const)("fixtures/snapshots/helm/%s.json is this world", (provider) => {
  const text = readFileSync(`fixtures/snapshots/helm/${provider}.json`, "utf8");
  expect(readSnapshot(text, provider)).toEqual(
    readSnapshot(formatSnapshot(snapshotOf(provider, DEMO[provider])), provider),
  );
});
