import { describe, expect, it } from "vitest";
import { crowdEntry } from "../../../src/state/aws/crowd.ts";
import { ACCOUNT, policy } from "../../worlds/aws-state.ts";

const GITHUB = "token.actions.githubusercontent.com";
const GITLAB = "gitlab.com";
const TERRAFORM = "app.terraform.io";
const GOOGLE = "accounts.google.com";
const COGNITO = "cognito-identity.amazonaws.com";
const SENTINEL = "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d/";
const oidc = (issuer: string) => `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer}`;

const ACTION = "sts:AssumeRoleWithWebIdentity";
const allow = (federated: unknown, condition?: object, more: object = {}) => ({
  Effect: "Allow",
  Principal: { Federated: federated },
  Action: ACTION,
  ...(condition === undefined ? {} : { Condition: condition }),
  ...more,
});
const github = (condition?: object) => allow(oidc(GITHUB), condition);
const sub = (operator: string, ...values: readonly string[]) => ({
  [operator]: { [`${GITHUB}:sub`]: values.length === 1 ? values[0] : values },
});
const AUD = { [`${GITHUB}:aud`]: "sts.amazonaws.com" };

/** `yes` with what it takes, `no`, `unknown` with the clause; `own` where no such provider is trusted. */
function told(...statements: readonly object[]): string {
  const found = crowdEntry(policy(...statements));
  if (found === undefined) return "own";
  const { entry } = found;
  if (entry.verdict === "no") return "no";
  if (entry.verdict === "unknown") return `unknown ${entry.clause}`;
  return ["yes", entry.brings, entry.asks === "" ? "" : `if ${entry.asks}`].filter((t) => t !== "").join(" ");
}

const MAIN = "repo:acme/app:ref:refs/heads/main";

describe("AW15: whom a trust in a provider of identities that serves everybody lets in", () => {
  it.each<[string, object, string]>([
    ["no condition", github(), "yes"],
    [
      "the audience, which whoever asks for a token chooses",
      github({ StringEquals: AUD }),
      `yes ${GITHUB}:aud sts.amazonaws.com`,
    ],
    ["one repository and branch", github(sub("StringEquals", MAIN)), "no"],
    ["and its audience", github({ StringEquals: { [`${GITHUB}:sub`]: MAIN, ...AUD } }), "no"],
    ["every branch of one repository", github(sub("StringLike", "repo:acme/app:*")), "no"],
    ["every repository of one owner", github(sub("StringLike", "repo:acme/*")), "no"],
    ["an owner with its number", github(sub("StringLike", "repo:acme@1234/*")), "no"],
    ["no case", github(sub("StringEqualsIgnoreCase", "REPO:Acme/app:ref:refs/heads/main")), "yes"],
    [
      "an owner in another case",
      github(sub("StringEqualsIgnoreCase", "repo:Acme/app:ref:refs/heads/main")),
      "no",
    ],
    ["every repository", github(sub("StringLike", "repo:*")), `yes ${GITHUB}:sub repo:<any>`],
    ["every owner", github(sub("StringLike", "repo:*/app:*")), `yes ${GITHUB}:sub repo:<any>/app:<any>`],
    ["owners that begin alike", github(sub("StringLike", "repo:acme*")), `yes ${GITHUB}:sub repo:acme<any>`],
    ["owners but for a letter", github(sub("StringLike", "repo:acm?/*")), "yes"],
    ["one owner and others", github(sub("StringLike", "repo:acme/*", "repo:acme-*")), "yes"],
    ["a star that is a character", github(sub("StringEquals", "repo:*")), "no"],
    ["where the key is, alone", github({ Null: { [`${GITHUB}:sub`]: "false" } }), "yes"],
    ["where the key is not: every token has it", github({ Null: { [`${GITHUB}:sub`]: "true" } }), "no"],
    ["or where it is there", github(sub("StringEqualsIfExists", MAIN)), "no"],
    [
      "a claim that a token may lack, where it is there",
      github({ StringEqualsIfExists: { [`${GITHUB}:repository_owner`]: "acme" } }),
      "yes",
    ],
    ["everybody but one", github(sub("StringNotEquals", MAIN)), "yes"],
    ["of all values one: there is one", github(sub("ForAllValues:StringLike", "repo:acme/*")), "no"],
    ["of any value", github(sub("ForAnyValue:StringLike", "repo:acme/*")), "no"],
    ["of any value, and any owner", github(sub("ForAnyValue:StringLike", "repo:*")), "yes"],
    [
      "an environment, which everybody can have",
      github(sub("StringEquals", "environment:production")),
      `yes ${GITHUB}:sub environment:production`,
    ],
    [
      "an environment and its owner",
      github(sub("StringLike", "environment:production:repository_owner:acme:*")),
      "no",
    ],
    ["the owner by its claim", github({ StringEquals: { [`${GITHUB}:repository_owner`]: "acme" } }), "no"],
    ["the repository by its number", github({ StringEquals: { [`${GITHUB}:repository_id`]: 4711 } }), "no"],
    ["a key in another case", github({ stringequals: { [`${GITHUB.toUpperCase()}:SUB`]: MAIN } }), "no"],
    [
      "a workflow that everybody may call",
      github({ StringLike: { [`${GITHUB}:job_workflow_ref`]: "acme/flows/*" } }),
      `yes if ${GITHUB}:job_workflow_ref acme/flows/<any>`,
    ],
    ["a branch", github({ StringEquals: { [`${GITHUB}:ref`]: "refs/heads/main" } }), "yes"],
    [
      "an address",
      github({ IpAddress: { "aws:SourceIp": "203.0.113.0/24" } }),
      "yes if aws:SourceIp 203.0.113.0",
    ],
    [
      "a name of the session, which whoever comes chooses",
      github({ StringEquals: { "sts:RoleSessionName": "x" } }),
      "yes sts:RoleSessionName x",
    ],
    [
      "a claim of another provider: no token of this one has it",
      github({ StringEquals: { "SAML:aud": "https://signin.aws.amazon.com/saml" } }),
      "no",
    ],
    ["an operator that is none", github({ StringSounds: { [`${GITHUB}:sub`]: MAIN } }), "unknown AW7"],
    ["an action that is not for tokens", allow(oidc(GITHUB), undefined, { Action: "sts:AssumeRole" }), "no"],
    ["every action", allow(oidc(GITHUB), undefined, { Action: "sts:*" }), "yes"],
  ])("GitHub: %s", (_, statement, expected) => {
    // "yes" alone says nothing of what it takes
    expect(expected === "yes" ? told(statement).split(" ")[0] : told(statement)).toBe(expected);
  });

  it.each<[string, object, string]>([
    [
      "GitLab: a group",
      allow(oidc(GITLAB), { StringLike: { [`${GITLAB}:sub`]: "project_path:acme/*" } }),
      "no",
    ],
    [
      "GitLab: any group",
      allow(oidc(GITLAB), { StringLike: { [`${GITLAB}:sub`]: "project_path:*" } }),
      "yes",
    ],
    [
      "GitLab: a group that begins so",
      allow(oidc(GITLAB), { StringLike: { [`${GITLAB}:sub`]: "project_path:acme*" } }),
      "yes",
    ],
    ["GitLab of one's own", allow(oidc("gitlab.acme.test")), "own"],
    [
      "HCP Terraform: an organisation",
      allow(oidc(TERRAFORM), {
        StringLike: { [`${TERRAFORM}:sub`]: "organization:acme:project:*:workspace:*:run_phase:*" },
      }),
      "no",
    ],
    [
      "HCP Terraform: any organisation",
      allow(oidc(TERRAFORM), { StringLike: { [`${TERRAFORM}:sub`]: "organization:*:workspace:prod:*" } }),
      "yes",
    ],
    [
      "HCP Terraform: an audience",
      allow(oidc(TERRAFORM), { StringEquals: { [`${TERRAFORM}:aud`]: "aws.workload.identity" } }),
      "yes",
    ],
    ["Google: no condition", allow(GOOGLE), "yes"],
    [
      "Google: an application",
      allow(GOOGLE, { StringEquals: { [`${GOOGLE}:aud`]: "66677788899900pro0.apps.googleusercontent.com" } }),
      "no",
    ],
    [
      "Google: an audience that whoever has a service account chooses",
      allow(GOOGLE, { StringEquals: { [`${GOOGLE}:oaud`]: "acme" } }),
      "yes",
    ],
    ["Google: as a provider of the account", allow(oidc(GOOGLE)), "yes"],
    ["Cognito: no condition", allow(COGNITO), "yes"],
    [
      "Cognito: signed in, of whatever pool",
      allow(COGNITO, { "ForAnyValue:StringLike": { [`${COGNITO}:amr`]: "authenticated" } }),
      "yes",
    ],
    [
      "Cognito: a pool",
      allow(COGNITO, {
        StringEquals: { [`${COGNITO}:aud`]: "eu-west-1:12345678-dead-beef-cafe-123456790ab" },
        "ForAnyValue:StringLike": { [`${COGNITO}:amr`]: "unauthenticated" },
      }),
      "no",
    ],
    [
      "Cognito: the pools of a region",
      allow(COGNITO, { StringLike: { [`${COGNITO}:aud`]: "eu-west-1:*" } }),
      "yes",
    ],
    ["Facebook: no condition", allow("graph.facebook.com"), "yes"],
    [
      "Facebook: an application",
      allow("graph.facebook.com", { StringEquals: { "graph.facebook.com:app_id": "4711" } }),
      "no",
    ],
    ["Amazon: no condition", allow("www.amazon.com"), "yes"],
    [
      "Amazon: an application",
      allow("www.amazon.com", {
        StringEquals: { "www.amazon.com:app_id": "amzn1.application-oa2-client.1" },
      }),
      "no",
    ],
    ["Sentinel: no condition", allow(oidc(SENTINEL)), "yes"],
    [
      "Sentinel: a workspace",
      allow(oidc(SENTINEL), {
        StringEquals: { "sts:RoleSessionName": "MicrosoftSentinel_0f0c2e6e-2f2e-4a8b-9a57-9f3a2f6c7f10" },
      }),
      "no",
    ],
    ["an EKS cluster", allow(oidc("oidc.eks.eu-west-1.amazonaws.com/id/C0FFEE")), "own"],
    ["an organisation of CircleCI", allow(oidc("oidc.circleci.com/org/0f0c2e6e")), "own"],
    ["an enterprise of GitHub with an issuer of its own", allow(oidc(`${GITHUB}/acme`)), "own"],
    [
      "a SAML provider",
      allow(`arn:aws:iam::${ACCOUNT}:saml-provider/acme`, undefined, { Action: "sts:AssumeRoleWithSAML" }),
      "own",
    ],
    ["any provider", allow("*"), "yes"],
    ["any provider, of one repository", allow("*", sub("StringEquals", MAIN)), "no"],
    [
      "any provider, where it is of one repository or has none",
      allow("*", sub("StringEqualsIfExists", MAIN)),
      "yes",
    ],
    [
      "any provider, of one cluster",
      allow("*", { StringLike: { "oidc.eks.eu-west-1.amazonaws.com/id/C0FFEE:sub": "*" } }),
      "no",
    ],
    [
      "a service",
      { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
      "own",
    ],
  ])("%s", (_, statement, expected) => {
    expect(told(statement).split(" ")[0]).toBe(expected);
  });

  it("a Deny counts: of everybody but one owner, and of somebody else", () => {
    const deny = (condition: object) => ({ ...github(condition), Effect: "Deny" });
    expect(told(github(), deny(sub("StringNotLike", "repo:acme/*")))).toBe("no");
    expect(told(github(), deny(sub("StringLike", "repo:mallory/*")))).toMatch(/^yes/);
    expect(told(github(), { ...deny({}), Principal: "*", Condition: undefined })).not.toMatch(/^yes/);
  });

  it("of several statements and providers the one that asks for least", () => {
    const google = allow(GOOGLE);
    const found = crowdEntry(policy(github(sub("StringLike", "repo:acme/*")), google));
    expect(found?.who).toBe("whoever has a Google account (accounts.google.com)");
    expect(found?.entry.verdict).toBe("yes");
    expect(told(allow([oidc(GITHUB), GOOGLE], sub("StringLike", "repo:acme/*")))).toBe("no");
  });
});
