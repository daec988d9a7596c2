// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a baseline refers to its parameters that way
import { describe, expect, it } from "vitest";
import { trustPolicy as check } from "../../../src/checks/aws/trust-policy.ts";
import { factsOf } from "../../../src/snapshot/facts.ts";
import type { Observation } from "../../../src/wording/observation.ts";
import { type AwsState, awsState, denied, policy, ROLE, role, snapshotOf } from "../../worlds/aws-state.ts";
import { brief, control, run } from "../world.ts";

const KEEPER = "arn:aws:iam::210987654321:role/keeper";
const statement = {
  Effect: "Allow",
  Principal: { AWS: KEEPER },
  Action: "sts:AssumeRole",
  Condition: { StringEquals: { "sts:ExternalId": "water" } },
};
const documented = policy(statement);

function look(
  trust: unknown,
  more: { params?: object; state?: Partial<AwsState> } = {},
): readonly Observation[] {
  const facts = factsOf(snapshotOf(awsState({ roles: [role({ trust })], ...more.state })));
  const own = control("gate", check.id, { policy: documented, ...more.params });
  return run(check, facts, own, { principals: [{ id: ROLE, name: "chalk" }] });
}

const short = (o: Observation) =>
  o.kind === "drift" ? `${o.drift} ${o.severity ?? "by table"} ${o.property} ${o.at}` : brief(o);
const ONE = "assessed 1 statements of the trust policy";

describe("aws/trust-policy", () => {
  it.each<[string, unknown]>([
    ["an object", documented],
    ["JSON", JSON.stringify(documented)],
    ["percent-encoded JSON", encodeURIComponent(JSON.stringify(documented))],
    ["one statement, not in a list", { Version: "2012-10-17", Statement: statement }],
    ["lists of one", policy({ ...statement, Principal: { AWS: [KEEPER] }, Action: ["sts:assumerole"] })],
    [
      "the key in another case",
      policy({ ...statement, Condition: { StringEquals: { "STS:externalid": ["water"] } } }),
    ],
  ])("AW11: the same document as %s", (_, trust) => {
    expect(look(trust).map(short)).toEqual([ONE]);
  });

  it.each<[string, object, readonly string[]]>([
    [
      "AW10: no condition",
      { Condition: undefined },
      [`weakened critical weakened:sts:AssumeRole:${KEEPER} /policy/Statement/0/Condition`],
    ],
    [
      "a further action of the documented principal is not a stranger",
      { Action: ["sts:AssumeRole", "sts:TagSession"] },
      [`excess by table excess:sts:TagSession:${KEEPER} /policy/Statement/0/Action`],
    ],
    [
      "a stranger",
      { Principal: { AWS: [KEEPER, "arn:aws:iam::210987654321:user/other"] } },
      [
        "excess critical excess:sts:AssumeRole:arn:aws:iam::210987654321:user/other /policy/Statement/0/Principal",
      ],
    ],
    [
      "AW10: what is left of a deleted principal, beside the right one",
      { Principal: { AWS: [KEEPER, "AIDAQ3EGLIBEXAMPLE00"] } },
      ["dead by table dead:AIDAQ3EGLIBEXAMPLE00 /policy/Statement/0/Principal"],
    ],
  ])("%s", (_, change, expected) => {
    expect(look(policy({ ...statement, ...change })).map(short)).toEqual([...expected, ONE]);
  });

  it("says both conditions side by side, and what mends it", () => {
    const [drift] = look(policy({ ...statement, Condition: { StringLike: { "sts:ExternalId": "*" } } }));
    expect(drift).toMatchObject({
      expected: "StringEquals sts:ExternalId = water",
      actual: "StringLike sts:ExternalId = *",
      verify: "aws iam get-role --role-name chalk",
      remediation: {
        commands: [
          `aws iam update-assume-role-policy --role-name chalk --policy-document '${JSON.stringify(documented)}'`,
        ],
      },
    });
    expect((drift as { message: string }).message).toMatch(
      /^role chalk can be assumed by arn:aws:iam::210987654321:role\/keeper with sts:ExternalId .+: the documented condition does not hold it back \(documented: StringEquals sts:ExternalId = water; live: StringLike sts:ExternalId = \*\)$/,
    );
  });

  const open = {
    policy: policy({ ...statement, Condition: { StringEquals: { "sts:ExternalId": "${secret}" } } }),
  };
  it.each<[string, object | undefined, readonly string[]]>([
    ["any fixed one", { StringEquals: { "sts:ExternalId": "rain" } }, []],
    ["a fixed one by another operator", { StringLike: { "sts:ExternalId": "rain" } }, []],
    ["a wildcard", { StringLike: { "sts:ExternalId": "r*" } }, ["missing", "weakened"]],
    ["none", undefined, ["weakened"]],
    ["two", { StringEquals: { "sts:ExternalId": ["rain", "snow"] } }, ["weakened"]],
    ["a text under another key", { StringEquals: { "aws:PrincipalTag/x": "rain" } }, ["missing", "weakened"]],
  ])("without the parameter: %s", (_, condition, expected) => {
    const found = look(policy({ ...statement, Condition: condition }), { params: open });
    expect(found.flatMap((o) => (o.kind === "drift" ? [o.drift] : [])).sort()).toEqual(expected);
  });

  it.each<[string, Partial<AwsState>, object, readonly string[]]>([
    ["the role is not there", { asked: ["chalk"], roles: [] }, {}, ["absent by table role "]],
    ["a role named in the control is not there", {}, { role: "other" }, ["absent by table role /role"]],
    ["the role is named by its name, in another case", {}, { role: "CHALK" }, [ONE]],
    [
      "the role is denied",
      { roles: [], unread: [denied("aws/role", "GetRole", "iam:GetRole", ROLE)] },
      {},
      ["unknown | (role)"],
    ],
    [
      "the role is denied by the name that was given",
      { roles: [], unread: [denied("aws/role", "GetRole", "iam:GetRole", "chalk")] },
      {},
      ["unknown | (role)"],
    ],
    [
      "another role is denied",
      { asked: [ROLE], roles: [], unread: [denied("aws/role", "GetRole", "iam:GetRole", "chalk-2")] },
      {},
      ["absent by table role "],
    ],
    ["no trust policy", { roles: [role({ trust: undefined })] }, {}, ["unknown | (trust)"]],
    ["garbage", { roles: [role({ trust: "{}" })] }, {}, ["unknown | (trust)"]],
  ])("%s", (_, state, params, expected) => {
    expect(
      look(documented, { params, state: { roles: [role({ trust: documented })], ...state } }).map(short),
    ).toEqual(expected);
  });

  it("nobody to audit: absent when that is known, else unknown", () => {
    const facts = factsOf(snapshotOf(awsState({ roles: [] })));
    const own = control("gate", check.id, { policy: documented });
    expect(run(check, facts, own, { principals: [] }).map(short)).toEqual(["absent by table role "]);
    const unknown = run(check, facts, own, { principals: [], principalsUnknown: "ListRoles was denied" });
    expect(unknown).toMatchObject([
      { kind: "unknown", message: "ListRoles was denied", decide: "name the role with --role" },
    ]);
  });
});
