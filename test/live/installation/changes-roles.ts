import {
  CreateRoleCommand,
  DeleteRoleCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { account } from "../servers/aws/setup.ts";
import { issuer, role } from "./account.ts";
import { type Change, change } from "./changes.ts";
import type { World } from "./world.ts";

const allow = (Action: readonly string[], Resource = "*") => ({ Effect: "Allow", Action, Resource });
const policy =
  (RoleName: string, ...Statement: object[]) =>
  ({ clients }: World) =>
    clients.iam.send(
      new PutRolePolicyCommand({
        RoleName,
        PolicyName: "own",
        PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }),
      }),
    );
const irsa = (namespace: string, name: string, like = false): object => ({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${issuer}` },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: {
          [`${issuer}:aud`]: "sts.amazonaws.com",
          ...(like ? {} : { [`${issuer}:sub`]: `system:serviceaccount:${namespace}:${name}` }),
        },
        ...(like ? { StringLike: { [`${issuer}:sub`]: `system:serviceaccount:${namespace}:${name}` } } : {}),
      },
    },
  ],
});
export const trust =
  (RoleName: string, document: object) =>
  ({ clients }: World) =>
    clients.iam.send(
      new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: JSON.stringify(document) }),
    );

const API = ["s3:*", "ecr:*", "sqs:*", "sts:AssumeRole"];
const PERSISTENCE = [
  ...["s3:*", "dynamodb:*", "secretsmanager:*", "ecr:BatchGetImage", "ecr:GetAuthorizationToken"],
  ...["ecr:GetDownloadUrlForLayer", "kms:GenerateDataKey", "glue:*"],
];
const RECORDS = ["route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets"];
const ZONES = "arn:aws:route53:::hostedzone/*";

export const API_TRUST = irsa("chalk-metadata", "chalk-metadata-plane");
const api = policy("chalk-api-server", allow(API));
const persistence = policy("background-persistence", allow(PERSISTENCE));
const dns = policy(
  "chalk-dns",
  allow(RECORDS, ZONES),
  allow(["route53:GetChange", "route53:ListHostedZonesByName"]),
);
const provider = `iam:oidc-provider/${issuer}`;
const exact = `${issuer}:sub = system:serviceaccount:chalk-metadata:chalk-metadata-plane`;

export const ROLES: readonly Change[] = [
  change("the API server's role lacks an action", policy("chalk-api-server", allow(API.slice(0, 3))), api, [
    "api-server-effective-access missing medium sts:AssumeRole ! sts:AssumeRole <any>",
    "api-server-policy missing medium sts:AssumeRole ! sts:AssumeRole <any>",
    "exit 1",
  ]),
  change("the API server's role has more", policy("chalk-api-server", allow([...API, "iam:PassRole"])), api, [
    "api-server-effective-access excess critical iam:PassRole ! iam:PassRole <any>, by inline policy own, statement 1",
    "exit 1",
  ]),
  change(
    "the API server's role trusts any account of its namespace",
    trust("chalk-api-server", irsa("chalk-metadata", "*", true)),
    trust("chalk-api-server", API_TRUST),
    [
      `api-server-trust weakened critical sts:AssumeRoleWithWebIdentity except for ${provider} where StringEquals ${issuer}:aud = sts.amazonaws.com and StringEquals ${exact} ! ${provider} sts:AssumeRoleWithWebIdentity <any> {"${issuer}:aud":"sts.amazonaws.com","${issuer}:sub":"system:serviceaccount:chalk-metadata:<any>"}`,
      "exit 1",
    ],
  ),
  change(
    "another role lets the API server's account in",
    ({ clients }) =>
      clients.iam.send(
        new CreateRoleCommand({ RoleName: "another", AssumeRolePolicyDocument: JSON.stringify(API_TRUST) }),
      ),
    ({ clients }) => clients.iam.send(new DeleteRoleCommand({ RoleName: "another" })),
    ["api-server-trust stray medium (iam:role/another)", "exit 1"],
  ),
  change(
    "the control plane's role trusts nobody of the page",
    trust("chalk-data-plane", {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { AWS: role("somebody") }, Action: "sts:AssumeRole" }],
    }),
    trust("chalk-data-plane", {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Principal: { AWS: role("chalk-api-server") }, Action: "sts:AssumeRole" },
      ],
    }),
    ["cluster-admin-entry unknown medium (eks:cluster/chalk)", "exit 3"],
  ),
  change(
    "background persistence lacks an action",
    policy("background-persistence", allow(PERSISTENCE.slice(0, -1))),
    persistence,
    [
      "background-persistence-effective-access missing medium glue:* ! glue:GetQuery *",
      "background-persistence-policy missing medium glue:* ! glue:GetQuery *",
      "exit 1",
    ],
  ),
  change(
    "the DNS role writes another zone",
    policy(
      "chalk-dns",
      allow(RECORDS, "arn:aws:route53:::hostedzone/Z99"),
      allow(["route53:GetChange", "route53:ListHostedZonesByName"]),
    ),
    dns,
    [
      ...RECORDS.flatMap((action) => {
        const missing = `dns-permissions missing medium ${action} ! ${action} arn:aws:route53:::hostedzone/ZONE`;
        return [missing, missing];
      }),
      "exit 1",
    ],
  ),
];
