import { describe, expect, it } from "vitest";
import type { AwsRequest } from "../../../src/access/policy.ts";
import { allows, comparePolicies } from "../../../src/access/provider.ts";

const get = (more: object) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*", ...more }],
});

/** The proof of the only excess, replayed. */
function proof(documented: object, live: object): AwsRequest {
  const { excess, undecided } = comparePolicies("aws", [documented], [live]);
  expect([excess.length, undecided]).toEqual([1, []]);
  const witness = excess[0]?.witness as AwsRequest;
  expect([allows("aws", [documented], witness), allows("aws", [live], witness)]).toEqual([
    "denied",
    "allowed",
  ]);
  return witness;
}

describe("a proof that could be typed", () => {
  it("keeps the conditions that decide, on either side", () => {
    const live = get({
      Condition: { StringEquals: { "aws:PrincipalTag/b": "y", "aws:RequestedRegion": "z" } },
    });
    const documented = get({ Condition: { StringEquals: { "aws:PrincipalTag/a": "x" } } });
    expect(proof(documented, live).context).toEqual({
      "aws:PrincipalTag/b": "y",
      "aws:RequestedRegion": "z",
    });
    const denied = get({
      Condition: {
        StringNotEquals: { "aws:PrincipalTag/a": "x" },
        StringEquals: { "aws:PrincipalTag/b": "y" },
      },
    });
    expect(proof(denied, live).context).toEqual({
      "aws:PrincipalTag/a": "x",
      "aws:PrincipalTag/b": "y",
      "aws:RequestedRegion": "z",
    });
  });

  it("names no key that decides nothing: variables of statements that are not concerned", () => {
    const others = ["aws:username", "aws:userid", "aws:PrincipalTag/team"].map((key) => ({
      Effect: "Allow",
      Action: "sqs:SendMessage",
      Resource: `arn:aws:sqs:*:*:\${${key}}`,
    }));
    const documented = { Version: "2012-10-17", Statement: others };
    const live = { Version: "2012-10-17", Statement: [...others, ...get({}).Statement] };
    expect(proof(documented, live)).toEqual({ action: "s3:GetObject", resource: "<any>" });
  });

  it("says a word for an invented letter, where no pattern matches the word", () => {
    const own = { Resource: "arn:aws:s3:::home/${aws:username}" };
    expect(proof(get({ Resource: "arn:aws:s3:::other" }), get(own))).toEqual({
      action: "s3:GetObject",
      resource: "arn:aws:s3:::home/example",
      context: { "aws:username": "example" },
    });
    // the word itself is documented
    const taken = get({ Resource: "arn:aws:s3:::home/example" });
    const { resource } = proof(taken, get(own));
    expect(resource).toMatch(/^arn:aws:s3:::home\/./);
    expect(resource).not.toBe("arn:aws:s3:::home/example");
  });

  it("proves its own row still: what granted the one found grants the one that is shown", () => {
    const allow = (Action: string, Resource: string, Condition?: object) => ({
      Effect: "Allow",
      Action,
      Resource,
      ...(Condition && { Condition }),
    });
    const live = {
      Version: "2012-10-17",
      Statement: [
        allow("kendra:Query", "arn:aws:kendra:b?c"),
        allow("kendra:Quer*", "arn:aws:kendra:b*c", { StringNotEquals: { "aws:PrincipalTag/x": "y" } }),
        allow("sqs:SendMessage", "*", {
          StringEquals: { "aws:RequestedRegion": "r", "aws:PrincipalTag/a": "b" },
        }),
        allow("sqs:SendMessage", "*", { StringNotEqualsIfExists: { "aws:PrincipalTag/a": "b" } }),
      ],
    };
    const { excess } = comparePolicies("aws", [], [live]);
    expect(excess.length).toBeGreaterThan(2);
    for (const { witness, origin } of excess) {
      const at = Number(/^\/Statement\/(\d+)/.exec(origin.pointer)?.[1]);
      const own = { ...live, Statement: live.Statement.slice(at, at + 1) };
      expect([at, allows("aws", [own], witness)]).toEqual([at, "allowed"]);
    }
  });

  it("names a tag by the key that the action knows (AW14)", () => {
    const tagged = (Action: string, key: string) => ({
      Effect: "Allow",
      Action,
      Resource: "*",
      Condition: { StringEquals: { [`${key}:ResourceTag/Game`]: "on" } },
    });
    const live = {
      Version: "2012-10-17",
      Statement: [tagged("ec2:TerminateInstances", "ec2"), tagged("autoscaling:DetachInstances", "aws")],
    };
    const { excess, undecided } = comparePolicies("aws", [], [live]);
    const proofs = excess.flatMap(({ witness, witnesses = [] }) => [witness, ...witnesses]);
    expect([proofs.length, undecided]).toEqual([2, []]);
    for (const witness of proofs) expect(allows("aws", [live], witness)).toBe("allowed");
  });
});
