/**
 * AWS actions that let their holder grant itself or others more, or act as somebody who may. The provider's table, not
 * a vendor's. Sources: AWS Service Authorization Reference, access level "Permissions management" of IAM, STS, Lambda,
 * KMS, S3 and Organizations; AWS Prescriptive Guidance on privilege escalation through PassRole; each entry says by
 * what it grants.
 */
const AWS: Readonly<Record<string, string>> = {
  "iam:AddRoleToInstanceProfile": "gives an instance another role",
  "iam:AddUserToGroup": "gives a user what the group has",
  "iam:AttachGroupPolicy": "attaches any policy",
  "iam:AttachRolePolicy": "attaches any policy",
  "iam:AttachUserPolicy": "attaches any policy",
  "iam:CreateAccessKey": "acts as another user",
  "iam:CreateLoginProfile": "acts as another user",
  "iam:CreateOpenIDConnectProvider": "trusts an outside identity provider",
  "iam:CreatePolicy": "writes a policy to attach",
  "iam:CreatePolicyVersion": "changes what an attached policy grants",
  "iam:CreateRole": "makes a role that it may trust itself with",
  "iam:CreateSAMLProvider": "trusts an outside identity provider",
  "iam:CreateServiceLinkedRole": "makes a role of a service",
  "iam:CreateServiceSpecificCredential": "acts as another user",
  "iam:CreateUser": "makes another identity",
  "iam:DeactivateMFADevice": "loosens what signing in takes",
  "iam:DeleteRolePermissionsBoundary": "removes what cuts a role",
  "iam:DeleteRolePolicy": "removes what may deny",
  "iam:DeleteUserPermissionsBoundary": "removes what cuts a user",
  "iam:DetachRolePolicy": "removes what may deny",
  "iam:PassRole": "hands a role to a service that acts with it",
  "iam:PutGroupPolicy": "writes any policy",
  "iam:PutRolePermissionsBoundary": "changes what cuts a role",
  "iam:PutRolePolicy": "writes any policy",
  "iam:PutUserPermissionsBoundary": "changes what cuts a user",
  "iam:PutUserPolicy": "writes any policy",
  "iam:SetDefaultPolicyVersion": "brings back an older, wider version",
  "iam:UpdateAccessKey": "brings back another user's key",
  "iam:UpdateAssumeRolePolicy": "lets itself assume the role",
  "iam:UpdateLoginProfile": "acts as another user",
  "iam:UpdateOpenIDConnectProviderThumbprint": "trusts another outside identity provider",
  "iam:UpdateSAMLProvider": "trusts another outside identity provider",
  "iam:UploadSSHPublicKey": "acts as another user",
  "kms:CreateGrant": "grants the use of a key",
  "kms:PutKeyPolicy": "grants the use of a key",
  "lambda:AddPermission": "lets others invoke a function",
  "lambda:CreateFunction": "runs code with a role",
  "lambda:UpdateFunctionCode": "runs code with the function's role",
  "lambda:UpdateFunctionConfiguration": "gives a function another role",
  "organizations:AttachPolicy": "changes what cuts accounts",
  "organizations:DetachPolicy": "removes what cuts accounts",
  "s3:PutBucketPolicy": "grants access to a bucket",
  "secretsmanager:PutResourcePolicy": "grants access to a secret",
  "sso:AttachManagedPolicyToPermissionSet": "attaches any policy",
  "sso:CreateAccountAssignment": "gives a user or group access to an account",
  "sso:PutInlinePolicyToPermissionSet": "writes any policy",
  "sts:AssumeRole": "acts as another role",
  "sts:AssumeRoleWithSAML": "acts as another role",
  "sts:AssumeRoleWithWebIdentity": "acts as another role",
  "sts:AssumeRoot": "acts as a member account's root",
};

/** The table's actions, as AWS writes them. */
export const AWS_ESCALATION: readonly string[] = Object.keys(AWS);

/**
 * Reads of AWS that hand out data or secrets, which weigh as much as a change. The provider's table, not a vendor's. Source: AWS Service Authorization Reference; these have
 * the level "Read" or "List" there, as have those that read a configuration only.
 */
export const AWS_DATA_READS = [
  "athena:GetQueryResults",
  "athena:GetQueryResultsStream",
  "cloudwatch:GetMetricData",
  "codecommit:GetBlob",
  "codecommit:GitPull",
  "dax:BatchGetItem",
  "dax:GetItem",
  "dax:Query",
  "dax:Scan",
  "dynamodb:BatchGetItem",
  "dynamodb:GetItem",
  "dynamodb:GetRecords",
  "dynamodb:PartiQLSelect",
  "dynamodb:Query",
  "dynamodb:Scan",
  "ebs:GetSnapshotBlock",
  "ec2:GetConsoleOutput",
  "ec2:GetConsoleScreenshot",
  "ec2:GetPasswordData",
  "ecr:BatchGetImage",
  "ecr:GetAuthorizationToken",
  "ecr:GetDownloadUrlForLayer",
  "kafka-cluster:ReadData",
  "kinesis:GetRecords",
  "kms:Decrypt",
  "lambda:GetFunction",
  "logs:FilterLogEvents",
  "logs:GetLogEvents",
  "logs:GetLogRecord",
  "logs:GetQueryResults",
  "logs:StartLiveTail",
  "redshift-data:GetStatementResult",
  "redshift:GetClusterCredentials",
  "redshift:GetClusterCredentialsWithIAM",
  "redshift-serverless:GetCredentials",
  "rds:DownloadDBLogFilePortion",
  "rds:DownloadCompleteDBLogFile",
  "s3:GetObject",
  "s3:GetObjectAttributes",
  "s3:GetObjectTorrent",
  "s3:GetObjectVersion",
  "s3:GetObjectVersionTorrent",
  "secretsmanager:BatchGetSecretValue",
  "secretsmanager:GetSecretValue",
  "sqs:ReceiveMessage",
  "ssm:GetParameter",
  "ssm:GetParameterHistory",
  "ssm:GetParameters",
  "ssm:GetParametersByPath",
  "sts:GetFederationToken",
  "sts:GetSessionToken",
] as const;

/** AWS's action by which a principal of an account comes to act as a role. */
export const ASSUME_ROLE = "sts:AssumeRole";

/** AWS's action by which whoever has a token of a provider of identities comes to act as a role. */
export const ASSUME_BY_TOKEN = "sts:AssumeRoleWithWebIdentity";

/** AWS's actions by which somebody comes to act as a role. */
export const ROLE_ASSUMING: readonly string[] = Object.entries(AWS).flatMap(([action, why]) =>
  why === "acts as another role" ? [action] : [],
);
