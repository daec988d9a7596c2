/**
 * A messy account: broad policies attached by hand, of the shape of those that AWS manages (everything that reads, all but
 * some services, one service whole with what belongs to it), a boundary, and seven roles that trust the vendor.
 */
import { compactIamData } from "../../scripts/compact-iam-data.mjs";
import { reportOn } from "./aws-ground.ts";
import { ACCOUNT, allow, awsState, managed, management, policy, type RoleState, role } from "./aws-state.ts";

export const serviceData = await compactIamData();

/** The reading half of every service, a pattern a verb, as in the widest reading policy of AWS. */
const readsAll = policy(
  allow(
    Object.keys(serviceData.services)
      .filter((service) => service !== "organizations")
      .flatMap((service) => ["Get", "List", "Describe"].map((verb) => `${service}:${verb}*`)),
    "*",
  ),
);
const allBut = policy(
  { Effect: "Allow", NotAction: ["iam:*", "organizations:*", "account:*"], Resource: "*" },
  allow(["iam:CreateServiceLinkedRole", "iam:ListRoles", "organizations:DescribeOrganization"], "*"),
);
const oneService = policy(
  {
    Effect: "Allow",
    Action: "sagemaker:*",
    NotResource: ["domain", "user-profile", "app"].map((kind) => `arn:aws:sagemaker:*:*:${kind}/*`),
  },
  allow(["sagemaker:CreateApp", "sagemaker:DeleteApp"], "arn:aws:sagemaker:*:*:app/*", {
    Condition: { Null: { "sagemaker:OwnerUserProfileArn": "true" } },
  }),
  allow(["codebuild:StartBuild", "codecommit:GitPush", "lambda:InvokeFunction"], "arn:aws:*:*:*:*sagemaker*"),
);

const partner = (n: number, attached: RoleState["attached"]): RoleState => ({
  ...role({ attached }),
  arn: `arn:aws:iam::${ACCOUNT}:role/partner-${n}`,
});
const READS = managed("reads-all", readsAll);
const FENCE = managed("fence", policy(allow("s3:*", "*")));
export const roles: readonly RoleState[] = [
  role({
    attached: [
      managed("chalk-management", management),
      READS,
      managed("all-but", allBut),
      managed("one-service", oneService),
    ],
  }),
  ...[1, 2, 3].map((n) => partner(n, [READS])),
  ...[4, 5].map((n) => partner(n, [managed(`x${n}`, policy(allow(["dynamodb:*", "lambda:*"], "*")))])),
  { ...partner(6, [READS]), boundary: FENCE },
];
export const messy = reportOn(awsState({ roles }), { serviceData });

const FEW = managed(
  "reads-few",
  policy(
    allow(
      ["glue", "kms"].flatMap((service) => [`${service}:Get*`, `${service}:List*`]),
      "*",
    ),
  ),
);
/** An account of the same kinds that is small enough for the formats that tell each difference by itself. */
export const smaller = reportOn(
  awsState({
    roles: [
      role({ attached: [managed("chalk-management", management), FEW, managed("one-service", oneService)] }),
      partner(1, [FEW]),
      partner(2, [managed("x2", policy(allow(["dynamodb:*", "lambda:*"], "*")))]),
      { ...partner(3, [FEW]), boundary: FENCE },
    ],
  }),
  { serviceData },
);
