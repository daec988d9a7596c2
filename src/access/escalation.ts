import { type Glob, literalGlob, starGlob } from "./glob.ts";

/**
 * Azure operations that let their holder grant itself or others more, control plane, lower case. The provider's
 * table, not a vendor's. Source: Microsoft Learn, "Azure permissions for Management and governance" and "for
 * Identity", and "Privileged Azure roles"; each entry says by what it grants.
 */
const AZURE: Readonly<Record<string, string>> = {
  "microsoft.authorization/roleassignments/write": "assigns any role",
  "microsoft.authorization/roledefinitions/write": "changes what a role grants",
  "microsoft.authorization/elevateaccess/action": "makes a global administrator user access administrator",
  "microsoft.authorization/roleassignmentschedulerequests/write": "assigns a role through PIM",
  "microsoft.authorization/roleeligibilityschedulerequests/write": "makes a principal eligible for a role",
  "microsoft.authorization/rolemanagementpolicies/write": "loosens what activating a role takes",
  "microsoft.authorization/rolemanagementpolicyassignments/write": "loosens what activating a role takes",
  "microsoft.authorization/classicadministrators/write": "makes a classic administrator",
  "microsoft.authorization/denyassignments/delete": "removes what denies",
  "microsoft.managedidentity/userassignedidentities/assign/action": "acts as a managed identity",
  "microsoft.managedidentity/userassignedidentities/*/assign/action": "acts as a managed identity",
  "microsoft.managedidentity/userassignedidentities/federatedidentitycredentials/write":
    "lets an outside identity act as a managed identity",
  "microsoft.managedservices/registrationassignments/write": "delegates the scope to another tenant",
  "microsoft.managedservices/registrationdefinitions/write": "defines what is delegated to another tenant",
  "microsoft.blueprint/blueprintassignments/write": "assigns roles through a blueprint",
};

/** The table as patterns; an entry with a star stands for itself and for what it matches. */
export const AZURE_ESCALATION: readonly Glob[] = Object.keys(AZURE).map((text) =>
  text.includes("*") ? starGlob(text) : literalGlob(text),
);

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
