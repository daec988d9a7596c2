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
  "iam:addroletoinstanceprofile": "gives an instance another role",
  "iam:addusertogroup": "gives a user what the group has",
  "iam:attachgrouppolicy": "attaches any policy",
  "iam:attachrolepolicy": "attaches any policy",
  "iam:attachuserpolicy": "attaches any policy",
  "iam:createaccesskey": "acts as another user",
  "iam:createloginprofile": "acts as another user",
  "iam:createopenidconnectprovider": "trusts an outside identity provider",
  "iam:createpolicy": "writes a policy to attach",
  "iam:createpolicyversion": "changes what an attached policy grants",
  "iam:createrole": "makes a role that it may trust itself with",
  "iam:createsamlprovider": "trusts an outside identity provider",
  "iam:createservicelinkedrole": "makes a role of a service",
  "iam:createservicespecificcredential": "acts as another user",
  "iam:createuser": "makes another identity",
  "iam:deactivatemfadevice": "loosens what signing in takes",
  "iam:deleterolepermissionsboundary": "removes what cuts a role",
  "iam:deleterolepolicy": "removes what may deny",
  "iam:deleteuserpermissionsboundary": "removes what cuts a user",
  "iam:detachrolepolicy": "removes what may deny",
  "iam:passrole": "hands a role to a service that acts with it",
  "iam:putgrouppolicy": "writes any policy",
  "iam:putrolepermissionsboundary": "changes what cuts a role",
  "iam:putrolepolicy": "writes any policy",
  "iam:putuserpermissionsboundary": "changes what cuts a user",
  "iam:putuserpolicy": "writes any policy",
  "iam:setdefaultpolicyversion": "brings back an older, wider version",
  "iam:updateaccesskey": "brings back another user's key",
  "iam:updateassumerolepolicy": "lets itself assume the role",
  "iam:updateloginprofile": "acts as another user",
  "iam:updateopenidconnectproviderthumbprint": "trusts another outside identity provider",
  "iam:updatesamlprovider": "trusts another outside identity provider",
  "iam:uploadsshpublickey": "acts as another user",
  "kms:creategrant": "grants the use of a key",
  "kms:putkeypolicy": "grants the use of a key",
  "lambda:addpermission": "lets others invoke a function",
  "lambda:createfunction": "runs code with a role",
  "lambda:updatefunctioncode": "runs code with the function's role",
  "lambda:updatefunctionconfiguration": "gives a function another role",
  "organizations:attachpolicy": "changes what cuts accounts",
  "organizations:detachpolicy": "removes what cuts accounts",
  "s3:putbucketpolicy": "grants access to a bucket",
  "secretsmanager:putresourcepolicy": "grants access to a secret",
  "sso:attachmanagedpolicytopermissionset": "attaches any policy",
  "sso:createaccountassignment": "gives a user or group access to an account",
  "sso:putinlinepolicytopermissionset": "writes any policy",
  "sts:assumerole": "acts as another role",
  "sts:assumerolewithsaml": "acts as another role",
  "sts:assumerolewithwebidentity": "acts as another role",
  "sts:assumeroot": "acts as a member account's root",
};

/** The table's actions, lower case. */
export const AWS_ESCALATION: readonly string[] = Object.keys(AWS);
