import { describe, expect, test } from "vitest";
import { allows } from "../../../src/access/provider.ts";
import { POLICIES_A_ROLE, POLICY_LIMIT, policyFiles } from "../../../src/review/aws/documents.ts";
import { allow, logReader, management, policy, scoped } from "../../worlds/aws-state.ts";

const names = [...Array(120).keys()].map((n) => `Operation${n}WithALongNameThatTakesRoom`);
const arns = [...Array(150).keys()].map((n) => `arn:aws:sqs:eu-west-1:123456789012:queue-number-${n}-*`);
const documents = (document: unknown, limit?: number) => {
  const written = policyFiles([{ control: "target", document }], limit);
  if (written.kind === "none") throw new Error(written.why);
  return written.documents.map(({ file, text, size }) => ({
    file,
    size,
    document: JSON.parse(text) as unknown,
  }));
};

describe("the documents to apply", () => {
  test("what fits is written as it is", () => {
    expect(documents(scoped)).toEqual([
      { file: "target.json", size: JSON.stringify(scoped).length, document: scoped },
    ]);
    expect(documents(logReader)[0]?.document).toEqual(logReader);
    expect(POLICY_LIMIT).toBe(6_144);
  });

  test.each([
    [
      "between statements",
      policy(allow(names.map((n) => `sqs:${n}`)), allow(names.map((n) => `ec2:${n}`))),
      6_144,
    ],
    ["between actions", policy(allow(names.map((n) => `sqs:${n}`))), 2_000],
    ["between resources", policy(allow("sqs:*", arns)), 2_000],
    [
      "a Deny too",
      policy(allow("sqs:*"), {
        Effect: "Deny",
        Action: names.slice(0, 12).map((n) => `sqs:${n}`),
        Resource: arns.slice(0, 12),
      }),
      700,
    ],
    ["the page's broad policy", management, 1_500],
  ])("split %s, under the limit, and equal by brute force", (_, document, limit) => {
    const parts = documents(document, limit);
    expect(parts.length).toBeGreaterThan(1);
    expect(Math.max(...parts.map(({ size }) => size))).toBeLessThanOrEqual(limit);
    for (const part of parts) expect(JSON.stringify(part.document).length).toBe(part.size);
    const written = parts.map((part) => part.document);
    const actions = [
      ...names.slice(0, 40).flatMap((n) => [`sqs:${n}`, `ec2:${n}`]),
      "sqs:Send",
      "iam:CreateRole",
      "iam:X",
    ];
    const resources = [
      "*",
      "arn:aws:sqs:eu-west-1:123456789012:queue-number-7-a",
      "arn:aws:sqs:eu-west-1:1:other",
    ];
    for (const action of actions)
      for (const resource of resources)
        expect([action, resource, allows("aws", written, { action, resource })]).toEqual([
          action,
          resource,
          allows("aws", [document], { action, resource }),
        ]);
  });

  test("names of statements stand once", () => {
    const document = policy(
      allow(
        names.map((n) => `sqs:${n}`),
        "*",
        { Sid: "A" },
      ),
      allow("ec2:Run", "*", { Sid: "A1" }),
    );
    for (const part of documents(document, 3_500)) {
      const { Statement } = part.document as { Statement: { Sid?: string }[] };
      const sids = Statement.flatMap(({ Sid }) => Sid ?? []);
      expect(new Set(sids).size).toBe(sids.length);
    }
  });

  test("a complement cannot be split: nothing is written, and the limit is named", () => {
    const document = policy({ Effect: "Allow", NotAction: names.map((n) => `sqs:${n}`), Resource: "*" });
    expect(policyFiles([{ control: "target", document }], 2_000)).toEqual({
      kind: "none",
      why: "target: a statement cannot be split under 2000 characters",
    });
  });

  test("more than a role takes is said", () => {
    const written = policyFiles(
      [{ control: "target", document: policy(allow(names.map((n) => `sqs:${n}`))) }],
      500,
    );
    expect(written.kind).toBe("documents");
    if (written.kind !== "documents") return;
    expect(written.documents.length).toBeGreaterThan(POLICIES_A_ROLE);
    expect(written.notes).toEqual([
      `${written.documents.length} managed policies; a role takes 10 unless the quota is raised (20 at the most)`,
    ]);
  });

  test("what cannot be proven equal is not written", () => {
    const document = policy({ Effect: "Perhaps", Action: "sqs:*", Resource: "*" });
    expect(policyFiles([{ control: "target", document }])).toMatchObject({ kind: "none" });
  });
});
