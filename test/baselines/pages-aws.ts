// biome-ignore-all lint/suspicious/noTemplateCurlyInString: as the page prints it
// The policies of the AWS page, captured 2026-11-20, as printed there: two commas of the first one put right, nothing else.

export interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface Document {
  readonly Version: string;
  readonly Statement: readonly Statement[];
}

export const trustPage: Document = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: {
        AWS: "arn:aws:iam::754784422779:role/chalk-api-server",
      },
      Action: "sts:AssumeRole",
      Condition: {
        StringEquals: {
          "sts:ExternalId": "<your-chalk-external-id>",
        },
      },
    },
  ],
};

export const managementPage: Document = {
  Statement: [
    {
      Resource: "*",
      Action: [
        "sqs:*",
        "sns:*",
        "acm:*",
        "secretsmanager:*",
        "s3:*",
        "redshift:*",
        "redshift-data:*",
        "redshift-serverless:*",
        "rds:*",
        "logs:*",
        "kms:*",
        "kafkaconnect:*",
        "kafka:*",
        "kafka-cluster:*",
        "iam:CreateServiceLinkedRole",
        "iam:UploadServerCertificate",
        "iam:UploadSSHPublicKey",
        "iam:UpdateServerCertificate",
        "iam:UpdateRoleDescription",
        "iam:UpdateRole",
        "iam:UpdateOpenIDConnectProviderThumbprint",
        "iam:UpdateAssumeRolePolicy",
        "iam:RemoveRoleFromInstanceProfile",
        "iam:RemoveClientIDFromOpenIDConnectProvider",
        "iam:PutRolePolicy",
        "iam:PassRole",
        "iam:ListSSHPublicKeys",
        "iam:ListRoles",
        "iam:ListRolePolicies",
        "iam:ListRoleTags",
        "iam:ListPolicyVersions",
        "iam:ListPolicyTags",
        "iam:ListPolicies",
        "iam:ListOpenIDConnectProviders",
        "iam:ListOpenIDConnectProviderTags",
        "iam:ListAttachedRolePolicies",
        "iam:GetServerCertificate",
        "iam:GetSSHPublicKey",
        "iam:GetRolePolicy",
        "iam:GetRole",
        "iam:GetPolicyVersion",
        "iam:GetPolicy",
        "iam:GetOpenIDConnectProvider",
        "iam:GetInstanceProfile",
        "iam:DetachRolePolicy",
        "iam:DeleteServiceLinkedRole",
        "iam:DeleteServerCertificate",
        "iam:DeleteRolePolicy",
        "iam:DeleteRole",
        "iam:DeleteOpenIDConnectProvider",
        "iam:DeleteInstanceProfile",
        "iam:CreateServiceLinkedRole",
        "iam:CreateRole",
        "iam:CreatePolicyVersion",
        "iam:CreatePolicy",
        "iam:CreateOpenIDConnectProvider",
        "iam:CreateInstanceProfile",
        "iam:AttachRolePolicy",
        "iam:TagPolicy",
        "iam:TagRole",
        "iam:TagOpenIDConnectProvider",
        "iam:AddRoleToInstanceProfile",
        "iam:AddClientIDToOpenIDConnectProvider",
        "iam:ListInstanceProfilesForRole",
        "iam:DeletePolicy",
        "iam:UntagPolicy",
        "iam:UntagRole",
        "iam:UntagOpenIDConnectProvider",
        "elasticloadbalancing:*",
        "eks:*",
        "ecr:*",
        "ec2:*",
        "cloudwatch:*",
        "autoscaling:*",
        "dynamodb:*",
        "dax:*",
        "application-autoscaling:*",
        "elasticache:CreateCacheSubnetGroup",
        "elasticache:DeleteCacheSubnetGroup",
        "elasticache:DescribeCacheSubnetGroups",
        "elasticache:ModifyCacheSubnetGroup",
        "elasticache:CreateReplicationGroup",
        "elasticache:DeleteReplicationGroup",
        "elasticache:DescribeReplicationGroups",
        "elasticache:ModifyReplicationGroup",
        "elasticache:DescribeCacheClusters",
        "elasticache:AddTagsToResource",
        "elasticache:RemoveTagsFromResource",
        "elasticache:ListTagsForResource",
        "glue:*",
        "route53:*",
      ],
      Effect: "Allow",
    },
  ],
  Version: "2012-10-17",
};

export const scopedPage: Document = {
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "ChalkManagedResources",
      Effect: "Allow",
      Action: [
        "eks:*",
        "ecr:*",
        "cloudwatch:*",
        "iam:GetPolicy",
        "iam:GetPolicyVersion",
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListRolePolicies",
        "iam:ListAttachedRolePolicies",
        "iam:ListPolicyVersions",
        "iam:GetOpenIDConnectProvider",
        "iam:ListInstanceProfilesForRole",
        "ec2:*",
        "secretsmanager:*",
        "dynamodb:*",
        "kms:*",
        "logs:*",
        "kafka:*",
        "elasticloadbalancing:*",
        "sqs:*",
        "rds:*",
        "elasticache:*",
        "acm:*",
        "application-autoscaling:*",
        "glue:*",
      ],
      Resource: [
        "arn:aws:eks:${AWS_REGION}:${AWS_ACCOUNT_ID}:*",
        "arn:aws:ecr:*",
        "arn:aws:iam::${AWS_ACCOUNT_ID}:policy/*",
        "arn:aws:iam::aws:policy/*",
        "arn:aws:iam::${AWS_ACCOUNT_ID}:role/*",
        "arn:aws:iam::${AWS_ACCOUNT_ID}:oidc-provider/*",
        "arn:aws:cloudwatch:${AWS_REGION}:${AWS_ACCOUNT_ID}:chalk*",
        "arn:aws:ec2:${AWS_REGION}:${AWS_ACCOUNT_ID}:*",
        "arn:aws:secretsmanager:${AWS_REGION}:${AWS_ACCOUNT_ID}:*",
        "arn:aws:dynamodb:${AWS_REGION}:${AWS_ACCOUNT_ID}:table/chalk*",
        "arn:aws:kms:${AWS_REGION}:${AWS_ACCOUNT_ID}:*",
        "arn:aws:logs:${AWS_REGION}:${AWS_ACCOUNT_ID}:log-group:*",
        "arn:aws:kafka:${AWS_REGION}:${AWS_ACCOUNT_ID}:cluster/chalk*",
        "arn:aws:elasticloadbalancing:${AWS_REGION}:${AWS_ACCOUNT_ID}:k8s-*",
        "arn:aws:rds:${AWS_REGION}:${AWS_ACCOUNT_ID}:*:chalk*",
        "arn:aws:sqs:${AWS_REGION}:${AWS_ACCOUNT_ID}:chalk*",
        "arn:aws:elasticache:${AWS_REGION}:${AWS_ACCOUNT_ID}:*:chalk*",
        "arn:aws:acm:${AWS_REGION}:${AWS_ACCOUNT_ID}:*",
        "arn:aws:application-autoscaling:${AWS_REGION}:${AWS_ACCOUNT_ID}:*",
        "arn:aws:glue:${AWS_REGION}:${AWS_ACCOUNT_ID}:*",
      ],
      Condition: {
        StringEquals: {
          "aws:ResourceTag/chalk.ai/managed-by": "chalk",
        },
      },
    },
    {
      Sid: "ChalkUntaggedResources",
      Effect: "Allow",
      Action: [
        "iam:GetPolicy",
        "iam:GetPolicyVersion",
        "kafka:DescribeConfiguration",
        "kafka:DescribeConfigurationRevision",
        "s3:*",
      ],
      Resource: [
        "arn:aws:iam::aws:policy/*",
        "arn:aws:kafka:${AWS_REGION}:${AWS_ACCOUNT_ID}:configuration/chalk*",
        "arn:aws:s3:::chalk-*",
      ],
    },
    {
      Sid: "ChalkDescribeResources",
      Effect: "Allow",
      Action: [
        "eks:Describe*",
        "dynamodb:Describe*",
        "dynamodb:ListTables*",
        "elasticache:Describe*",
        "acm:Describe*",
        "route53:List*",
        "route53:Get*",
      ],
      Resource: "*",
      Condition: {
        StringEquals: {
          "aws:ResourceTag/chalk.ai/managed-by": "chalk",
        },
      },
    },
    {
      Sid: "ChalkGlobalDescribe",
      Effect: "Allow",
      Action: ["ecr:GetAuthorizationToken", "ec2:Describe*", "logs:DescribeLogGroups"],
      Resource: "*",
    },
  ],
};

export const logReaderPage: Document = {
  Statement: [
    {
      Action: [
        "logs:TestMetricFilter",
        "logs:StartQuery",
        "logs:StartLiveTail",
        "logs:List*",
        "logs:Get*",
        "logs:FilterLogEvents",
        "logs:Describe*",
      ],
      Effect: "Allow",
      Resource: "arn:aws:logs:us-east-1:<your account id>:log-group:<the log group path>:*",
      Sid: "readlogs",
    },
    {
      Action: ["logs:StopQuery", "logs:StopLiveTail"],
      Effect: "Allow",
      Resource: "*",
      Sid: "stopActions",
    },
  ],
  Version: "2012-10-17",
};
