// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a baseline refers to its parameters that way
import { describe, expect, it } from "vitest";
import { policy as check } from "../../../src/checks/aws/policy.ts";
import { factsOf } from "../../../src/snapshot/facts.ts";
import type { Unread } from "../../../src/snapshot/snapshot.ts";
import type { Observation } from "../../../src/wording/observation.ts";
import {
  ACCOUNT,
  allow,
  awsState,
  denied,
  managed,
  policy,
  ROLE,
  type RoleState,
  role,
  snapshotOf,
} from "../../worlds/aws-state.ts";
import { brief, control, run } from "../world.ts";

const TAG = { StringEquals: { "aws:ResourceTag/pond": "yes" } };
const documented = policy(
  {
    Sid: "Water",
    ...allow(["firehose:Put*", "firehose:StartDelivery"], `arn:aws:firehose:*:${ACCOUNT}:deliverystream/*`),
    Condition: TAG,
  },
  allow("s3:GetObject", "arn:aws:s3:::${basin}/*"),
);
const filled = JSON.parse(JSON.stringify(documented).replace("${basin}", "pond")) as typeof documented;
const water = filled.Statement[0] as object;

interface More {
  readonly params?: object;
  readonly optional?: boolean;
  readonly unread?: readonly Unread[];
  readonly others?: Parameters<typeof control>[];
}

function look(state: Partial<RoleState>, more: More = {}): readonly Observation[] {
  const facts = factsOf(
    snapshotOf(awsState({ roles: [role({ attached: [], ...state })], unread: more.unread ?? [] })),
  );
  const own = control(
    "water",
    check.id,
    { policy: documented, ...more.params },
    { optional: more.optional ?? false },
  );
  const others = (more.others ?? []).map((o) => control(...o));
  return run(check, facts, own, { principals: [{ id: ROLE, name: "chalk" }], others });
}

const TWO = "assessed 2 documented statements";
const inline = (...statements: readonly object[]) => ({ inline: { pond: policy(...statements) } });
const found = (o: readonly Observation[]) => o.map((one) => brief(one));

describe("aws/policy", () => {
  it.each<[string, Partial<RoleState>]>([
    ["inline", { inline: { pond: filled } }],
    ["attached", { attached: [managed("pond", filled)] }],
    ["as an object", { inline: { pond: filled } }],
    [
      "wrapped and as text",
      { attached: [managed("pond", JSON.stringify({ PolicyVersion: { Document: filled } }))] },
    ],
    ["split", { ...inline(water), attached: [managed("b", policy(filled.Statement[1] as object))] }],
    [
      "more than documented: not this check's business",
      { inline: { pond: filled, all: policy(allow("iam:*")) } },
    ],
  ])("AW11: held %s", (_, state) => {
    expect(found(look(state))).toEqual([TWO]);
  });

  it("names the value that the role's policies have where the parameter is not given, and only one", () => {
    const two = inline(water, allow("s3:GetObject", ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]));
    expect(found(look(two))).toEqual([TWO]);
    const wide = inline(water, allow("s3:GetObject", "arn:aws:s3:::b*/*"));
    const [missing] = look(wide);
    expect(missing).toMatchObject({
      kind: "drift",
      drift: "missing",
      witness: { action: "s3:GetObject", resource: expect.stringMatching(/^arn:aws:s3:::\{basin\}\//) },
    });
  });

  it("missing: the line, the documented statement, and a statement to paste", () => {
    const [drift, ...rest] = look(
      inline({ ...water, Action: "firehose:Put*" }, filled.Statement[1] as object),
    );
    expect(drift).toMatchObject({
      drift: "missing",
      pattern: "firehose:StartDelivery",
      at: "/policy/Statement/0/Action/1",
      expected: water,
      resource: { type: "AWS::IAM::Role", id: ROLE, name: "chalk" },
      verify: "aws iam list-attached-role-policies --role-name chalk",
    });
    const { Sid: _, ...without } = water as { Sid: string };
    const statement = { ...without, Action: ["firehose:StartDelivery"] };
    const commands = (drift as { remediation?: { commands: readonly string[] } }).remediation?.commands ?? [];
    const pasted = /--policy-document '(.*)'$/.exec(commands[0] ?? "")?.[1] ?? "null";
    expect(JSON.parse(pasted)).toEqual(policy(statement));
    expect(found(rest)).toEqual([TWO]);
  });

  it.each<[string, object | undefined, string, string]>([
    ["the key removed", undefined, "no condition", "drift weakened"],
    [
      "a wildcard",
      { StringLike: { "aws:ResourceTag/pond": "y*" } },
      "StringLike aws:ResourceTag/pond = y*",
      "drift weakened",
    ],
    [
      "IfExists",
      { StringEqualsIfExists: { "aws:ResourceTag/pond": "yes" } },
      "StringEqualsIfExists aws:ResourceTag/pond = yes",
      "drift weakened",
    ],
    [
      "ForAllValues",
      { "ForAllValues:StringEquals": { "aws:ResourceTag/pond": "yes" } },
      "ForAllValues:StringEquals aws:ResourceTag/pond = yes",
      "drift weakened",
    ],
    [
      "a second value",
      { StringEquals: { "aws:ResourceTag/pond": ["no", "yes"] } },
      "StringEquals aws:ResourceTag/pond = no | yes",
      "drift weakened",
    ],
  ])("AW12: %s", (_, condition, live, kind) => {
    const changed = { ...water, Condition: condition };
    const [drift] = look(inline(changed, filled.Statement[1] as object)).filter((o) => o.kind === "drift");
    expect(drift === undefined ? "" : brief(drift)).toContain(kind);
    expect(drift).toMatchObject({
      expected: "StringEquals aws:ResourceTag/pond = yes",
      actual: live,
      by: "inline policy pond, statement Water",
      verify: "aws iam get-role-policy --role-name chalk --policy-name pond",
      at: "/policy",
    });
  });

  it("a condition that another control documents so is not loosened", () => {
    const free = { ...water, Condition: undefined };
    const others: Parameters<typeof control>[] = [["free", check.id, { policy: policy(free) }]];
    const held = { inline: { pond: policy(free, filled.Statement[1] as object) } };
    expect(found(look(held, { others }))).toEqual([TWO]);
    expect(found(look(held)).length).toBeGreaterThan(1);
  });

  it("a condition of another control's policy is that control's business", () => {
    const own = { ...allow("sqs:*"), Condition: TAG };
    const others: Parameters<typeof control>[] = [["queues", check.id, { policy: policy(own) }]];
    const loose = { ...own, Condition: undefined };
    const state = { inline: { pond: filled, queues: policy(loose) } };
    expect(found(look(state, { others }))).toEqual([TWO]);
    const asked = { policy: policy(own) };
    const [weakened] = look(state, { params: asked, others: [["water-2", check.id, { policy: filled }]] });
    expect(weakened).toMatchObject({ drift: "weakened", pattern: "sqs:*" });
  });

  it("a role whose name begins like the audited one is another role", () => {
    const facts = factsOf(
      snapshotOf(
        awsState({
          roles: [
            role({ attached: [], inline: { pond: filled } }),
            role({
              arn: `${ROLE}-2`,
              attached: [managed("no", policy({ Effect: "Deny", Action: "*", Resource: "*" }))],
              inline: { no: policy({ Effect: "Deny", Action: "*", Resource: "*" }) },
            }),
          ],
        }),
      ),
    );
    const own = control("water", check.id, { policy: documented });
    expect(found(run(check, facts, own, { principals: [{ id: ROLE, name: "chalk" }] }))).toEqual([TWO]);
  });

  it.each<[string, Partial<RoleState>, readonly string[]]>([
    ["none of it is held: absent", {}, ["note absent | (policy)"]],
    ["a third of it: absent", inline(filled.Statement[1] as object), ["note absent | (policy)"]],
    [
      "most of it: what lacks is missing",
      inline({ ...water, Action: "firehose:Put*" }, filled.Statement[1] as object),
      ["drift missing | firehose:StartDelivery", TWO],
    ],
    ["all of it", { inline: { pond: filled } }, [TWO]],
  ])("optional: %s", (_, state, expected) => {
    expect(found(look(state, { optional: true }))).toEqual(expected);
  });

  it.each<[string, Unread, boolean]>([
    [
      "its inline policies",
      denied("aws/role-policy", "ListRolePolicies", "iam:ListRolePolicies", ROLE),
      true,
    ],
    [
      "one of its inline policies",
      denied("aws/role-policy", "GetRolePolicy", "iam:GetRolePolicy", `${ROLE}/x`),
      true,
    ],
    [
      "the same by the role's name",
      denied("aws/role-policy", "GetRolePolicy", "iam:GetRolePolicy", "chalk/x"),
      true,
    ],
    [
      "what is attached",
      denied(
        "aws/attached-policy",
        "ListAttachedRolePolicies",
        "iam:ListAttachedRolePolicies",
        ROLE.toUpperCase(),
      ),
      true,
    ],
    [
      "an inline policy of another role",
      denied("aws/role-policy", "GetRolePolicy", "iam:GetRolePolicy", `${ROLE}-2/x`),
      false,
    ],
    [
      "a policy that is not attached",
      denied("aws/policy", "GetPolicyVersion", "iam:GetPolicyVersion", "arn:aws:iam::1:policy/x"),
      false,
    ],
  ])("not read: %s", (_, unread, matters) => {
    const whole = found(look({ inline: { pond: filled } }, { unread: [unread] }));
    expect(whole.some((line) => line.startsWith("unknown"))).toBe(matters);
    const half = found(look(inline(water), { unread: [unread] }));
    expect(half.some((line) => line.startsWith("drift missing"))).toBe(!matters);
  });

  it("a policy that could not be read names the permission that the scanner lacks", () => {
    const arn = `arn:aws:iam::${ACCOUNT}:policy/pond`;
    const unread = [denied("aws/policy", "GetPolicyVersion", "iam:GetPolicyVersion", arn)];
    const [gap] = look({ attached: [managed("pond", filled)] }, { unread });
    expect(gap).toMatchObject({
      kind: "unknown",
      message: `policy ${arn} could not be read (GetPolicyVersion: 403 AccessDenied): it may grant, deny or loosen what is documented`,
      decide: "grant the scanner iam:GetPolicyVersion",
    });
  });

  it("survives documents of no use", () => {
    const kinds = { inline: { a: null, b: 7, c: [], d: "%%%", e: "[]", f: '{"Statement":' } } as const;
    const gaps = found(look(kinds)).filter((line) => line.startsWith("unknown"));
    expect(gaps).toHaveLength(6);
  });
});
