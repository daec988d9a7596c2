import { describe, expect, it } from "vitest";
import { effectiveAccess as check } from "../../../src/checks/aws/effective-access.ts";
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

const documents = {
  water: policy(allow(["firehose:Put*", "firehose:Describe*"], "arn:aws:firehose:*:*:deliverystream/*")),
  measure: policy(allow("cloudwatch:Get*")),
  spare: policy(allow("sns:Publish")),
};
const controls = Object.entries(documents).map(([id, document]) =>
  control(id, "aws/policy", { policy: document }, { optional: id === "spare" }),
);
const PARAMS = { required: ["water", "measure"], optional: ["spare"] };
const held = { water: documents.water, measure: documents.measure };

function look(
  state: Partial<RoleState>,
  unread: readonly Unread[] = [],
  params: object = {},
): readonly Observation[] {
  const facts = factsOf(snapshotOf(awsState({ roles: [role({ attached: [], ...state })], unread })));
  const own = control("all", check.id, { ...PARAMS, ...params });
  return run(check, facts, own, { principals: [{ id: ROLE, name: "chalk" }], others: controls });
}

const found = (observations: readonly Observation[]) =>
  observations.filter((o) => o.kind !== "assessed").map((o) => brief(o));
const only = (observations: readonly Observation[]) => observations.filter((o) => o.kind === "drift");

describe("aws/effective-access", () => {
  it.each<[string, Partial<RoleState>, readonly string[]]>([
    ["what is required", { inline: held }, []],
    ["what is optional as well", { inline: { ...held, spare: documents.spare } }, []],
    [
      "one required policy is not held",
      { inline: { water: documents.water } },
      ["drift missing | cloudwatch:Get*"],
    ],
    [
      "more than documented, by name",
      { inline: { ...held, extra: policy({ Sid: "Oops", ...allow("sqs:SendMessage") }) } },
      ["drift excess | sqs:SendMessage | by inline policy extra, statement Oops"],
    ],
    [
      "AW1: a Deny takes away, the documented and the undocumented",
      {
        inline: {
          ...held,
          extra: policy(allow("sqs:*")),
          no: policy({ Effect: "Deny", Action: ["sqs:*", "cloudwatch:GetDashboard"], Resource: "*" }),
        },
      },
      ["drift missing | cloudwatch:GetDashboard | by a Deny of its policies takes it away"],
    ],
    [
      "AW1: a boundary takes away",
      {
        inline: { ...held, extra: policy(allow("sqs:*")) },
        boundary: managed("wall", policy(allow("firehose:*"))),
      },
      [
        `drift missing | cloudwatch:Get* | by the boundary, policy arn:aws:iam::${ACCOUNT}:policy/wall, takes it away`,
      ],
    ],
    [
      "a boundary that grants more grants nothing",
      { inline: held, boundary: managed("wall", policy(allow("*"))) },
      [],
    ],
    [
      "nothing is held",
      {},
      [
        "drift missing | cloudwatch:Get*",
        "drift missing | firehose:Put*",
        "drift missing | firehose:Describe*",
      ],
    ],
  ])("%s", (_, state, expected) => {
    expect(found(look(state)).sort()).toEqual([...expected].sort());
  });

  it("an excess: which policy, what shows it, and whether the whole policy can go", () => {
    const extra = policy(allow("sqs:SendMessage"));
    const [inline] = only(look({ inline: { ...held, extra } }));
    expect(inline).toMatchObject({
      verify: "aws iam get-role-policy --role-name chalk --policy-name extra",
      remediation: { commands: ["aws iam delete-role-policy --role-name chalk --policy-name extra"] },
      expected: ["water", "measure", "spare"],
      actual: extra.Statement[0],
      at: "/required",
    });
    const attached = { ...managed("extra", extra), version: "v3" };
    const [managedOne] = only(look({ inline: held, attached: [attached] }));
    expect(managedOne).toMatchObject({
      verify: `aws iam get-policy-version --policy-arn ${attached.arn} --version-id v3`,
      remediation: {
        commands: [`aws iam detach-role-policy --role-name chalk --policy-arn ${attached.arn}`],
      },
    });
    const mixed = policy(...documents.measure.Statement, allow("sqs:SendMessage"));
    const [needed] = only(look({ inline: { water: documents.water, mixed } }));
    expect(needed).toMatchObject({
      by: "inline policy mixed, statement 2",
      remediation: {
        text: `In inline policy mixed, narrow this statement to what is documented, or remove it: ${JSON.stringify(allow("sqs:SendMessage"))}`,
        commands: [],
      },
    });
  });

  it("a policy that denies something is not to be deleted for its excess", () => {
    const extra = policy(allow("sqs:SendMessage"), { Effect: "Deny", Action: "sns:*", Resource: "*" });
    const [drift] = only(look({ inline: { ...held, extra } }));
    expect(drift).toMatchObject({ pattern: "sqs:SendMessage", remediation: { commands: [] } });
  });

  it("missing: which control asks for it, and a statement to paste only where it is not held", () => {
    const [missing] = only(look({ inline: { water: documents.water } }));
    expect(missing).toMatchObject({
      at: "/required/1",
      message: expect.stringMatching(
        /^role chalk cannot do cloudwatch:Get\*, which measure asks for: it may not cloudwatch:Get.+; no policy of the role grants it$/,
      ),
    });
    const walled = look({ inline: held, boundary: managed("wall", policy(allow("firehose:*"))) });
    expect(only(walled)).toMatchObject([
      { remediation: { commands: [] }, verify: "aws iam get-role --role-name chalk" },
    ]);
  });

  it("an excess that escalates is said as such (severity by impact)", () => {
    const [drift] = only(look({ inline: { ...held, extra: policy(allow("iam:PutRolePolicy")) } }));
    expect(drift).toMatchObject({ impact: "escalation" });
    const [read] = only(look({ inline: { ...held, extra: policy(allow("sqs:ListQueues")) } }));
    expect(read).toMatchObject({ impact: "read" });
  });

  it("E3: an excess that opens a path to more rights is as bad as escalation, and names it, once", () => {
    const extra = (...actions: readonly string[]) =>
      only(
        look({
          inline: {
            ...held,
            ...Object.fromEntries(actions.map((a) => [a.replace(":", "-"), policy(allow(a))])),
          },
        }),
      );
    const said = "; with all that is held it can ";
    const seen = (actions: readonly string[]) =>
      extra(...actions).map(({ pattern, impact, message }) => [
        pattern,
        impact,
        message.includes(said) ? message.slice(message.indexOf(said) + said.length) : "",
      ]);
    expect(seen(["ec2:RunInstances"])).toEqual([["ec2:RunInstances", "write", ""]]);
    expect(seen(["ssm:SendCommand"])).toEqual([
      [
        "ssm:SendCommand",
        "escalation",
        "run commands on an instance (ssm:SendCommand), which by itself the document does not let it",
      ],
    ]);
    expect(seen(["ec2:RunInstances", "iam:PassRole"])).toEqual([
      ["ec2:RunInstances", "write", ""],
      [
        "iam:PassRole",
        "escalation",
        "pass a role to a new instance (iam:PassRole, ec2:RunInstances), which by itself the document does not let it",
      ],
    ]);
    const [all] = seen(["*"]);
    expect(all?.[2]).toMatch(
      /^write a new version of an attached policy \(iam:CreatePolicyVersion\), bring back [^,]+, and \d\d more ways, which by itself the document does not let it$/,
    );
  });

  it("E3: with the half that is documented; nothing where a Deny takes that; unknown where that is not known", () => {
    const passes = control("passes", "aws/policy", { policy: policy(allow("iam:PassRole")) });
    const judged = (...statements: readonly object[]) => {
      const inline = {
        passes: policy(allow("iam:PassRole")),
        extra: policy(allow("ec2:RunInstances"), ...statements),
      };
      const facts = factsOf(snapshotOf(awsState({ roles: [role({ attached: [], inline })] })));
      return run(check, facts, control("all", check.id, { required: ["passes"] }), {
        principals: [{ id: ROLE, name: "chalk" }],
        others: [passes],
      }).flatMap((o) => ((o.kind === "drift" && o.drift === "excess") || o.kind === "unknown" ? [o] : []));
    };
    expect(judged()).toMatchObject([
      {
        kind: "drift",
        impact: "escalation",
        severity: "critical",
        message: expect.stringContaining("pass a role to a new instance"),
      },
    ]);
    expect(judged({ Effect: "Deny", Action: "iam:*", Resource: "*" })).toMatchObject([
      { kind: "drift", impact: "write", message: expect.not.stringContaining("pass a role") },
    ]);
    const hazy = judged({
      Effect: "Deny",
      Action: "iam:PassRole",
      Resource: "*",
      Condition: { StringLikes: { "aws:x": "y" } },
    });
    expect(
      hazy.some((o) => o.kind === "unknown" && o.message.includes("pass a role to a new instance")),
    ).toBe(true);
  });

  const inlineDenied = denied("aws/role-policy", "GetRolePolicy", "iam:GetRolePolicy", `${ROLE}/hidden`);
  const wall = managed("wall", policy(allow("firehose:*")));
  const wallDenied = denied("aws/policy", "GetPolicyVersion", "iam:GetPolicyVersion", wall.arn);
  it.each<[string, Partial<RoleState>, Unread, readonly string[]]>([
    [
      "a policy: nothing is certain",
      { inline: { water: documents.water, extra: policy(allow("sqs:*")) } },
      inlineDenied,
      [
        "unknown | (unread:inline policies of role chalk)",
        "unknown | sqs:* | by inline policy extra, statement 1",
      ],
    ],
    [
      "the boundary: what lacks is missing for certain",
      { inline: { water: documents.water, extra: policy(allow("sqs:*")) }, boundary: wall },
      wallDenied,
      [
        `unknown | (unread:policy ${wall.arn})`,
        "drift missing | cloudwatch:Get*",
        "unknown | sqs:* | by inline policy extra, statement 1",
      ],
    ],
    [
      "a policy, and nothing else to say",
      { inline: held },
      inlineDenied,
      ["unknown | (unread:inline policies of role chalk)"],
    ],
  ])("not read: %s", (_, state, unread, expected) => {
    expect(found(look(state, [unread]))).toEqual(expected);
  });

  it("a control that the profile leaves out documents nothing", () => {
    const params = { required: ["measure"], optional: [] };
    expect(found(look({ inline: held }, [], params)).sort()).toEqual([
      "drift excess | firehose:Describe* | by inline policy water, statement 1",
      "drift excess | firehose:Put* | by inline policy water, statement 1",
    ]);
  });
});
