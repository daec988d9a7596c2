import { describe, expect, test } from "vitest";
import { beyond, openedBy } from "../../../src/access/escalation/open.ts";
import type { CompareOptions, Provider } from "../../../src/access/policy.ts";
import { allows, openedWays } from "../../../src/access/provider.ts";

const policy = (...Statement: readonly object[]): unknown => ({ Version: "2012-10-17", Statement });
const allow = (Action: string | readonly string[], more: object = {}): object => ({
  Effect: "Allow",
  Action,
  Resource: "*",
  ...more,
});

/** The names of what is open, and with "perhaps" of what may be. */
function names(
  provider: Provider,
  documents: readonly unknown[],
  options: CompareOptions = {},
): readonly string[] {
  return openedWays(provider, documents, options).paths.map(
    ({ path, verdict }) => `${verdict === "allowed" ? "" : "perhaps "}${path.name}`,
  );
}

const INSTANCE = "pass a role to a new instance";

describe("AWS", () => {
  const run = allow("ec2:RunInstances");

  test.each<[string, readonly unknown[], CompareOptions, readonly string[]]>([
    ["one half alone opens nothing", [policy(allow("iam:PassRole"))], {}, []],
    ["the other half alone opens nothing", [policy(run)], {}, []],
    ["both halves, of two policies", [policy(allow("iam:PassRole")), policy(run)], {}, [INSTANCE]],
    [
      "a role that can be passed to another service only",
      [
        policy(
          allow("iam:PassRole", {
            Condition: { StringEquals: { "iam:PassedToService": "lambda.amazonaws.com" } },
          }),
          run,
        ),
      ],
      {},
      [],
    ],
    [
      "one role, to that service",
      [
        policy(
          allow("iam:PassRole", {
            Resource: "arn:aws:iam::123456789012:role/x",
            Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
          }),
          run,
        ),
      ],
      {},
      [INSTANCE],
    ],
    [
      "a Deny of one half closes it",
      [policy(allow("iam:PassRole"), run, { Effect: "Deny", Action: "ec2:Run*", Resource: "*" })],
      {},
      [],
    ],
    [
      "a Deny on some resources leaves it open",
      [
        policy(allow("iam:PassRole"), run, {
          Effect: "Deny",
          Action: "iam:PassRole",
          Resource: "arn:aws:iam::123456789012:role/admin",
        }),
      ],
      {},
      [INSTANCE],
    ],
    [
      "a boundary without one half closes it",
      [policy(allow("iam:PassRole"), run)],
      { boundary: [policy(allow("ec2:*"))] },
      [],
    ],
    [
      "what cannot be read may give the other half (E3)",
      [policy(allow("iam:PassRole"), { ...run, Condition: { StringLikes: { "aws:x": "y" } } })],
      {},
      [`perhaps ${INSTANCE}`],
    ],
  ])("E2: %s", (_, documents, options, wanted) => {
    expect(names("aws", documents, options)).toEqual(wanted);
  });

  test("E2: every step has a request that the policies allow", () => {
    const held = [
      policy(allow("*", { Condition: { StringEquals: { "aws:ResourceTag/team": "a" } } }), {
        Effect: "Deny",
        NotAction: ["iam:*", "ec2:*"],
        Resource: "*",
      }),
    ];
    const { paths } = openedWays("aws", held);
    expect(paths.length).toBeGreaterThan(10);
    for (const { path, taken } of paths) {
      for (const { step, witness } of taken) {
        expect([path.name, step, witness === undefined ? "none" : allows("aws", held, witness)]).toEqual([
          path.name,
          step,
          "allowed",
        ]);
      }
    }
  });

  test("E1: whoever may do everything can go every way, and the rights come first", () => {
    const { paths } = openedWays("aws", [policy(allow("*"))]);
    expect(paths.length).toBeGreaterThan(80);
    expect(paths.map(({ path }) => path.kind)).toEqual(
      [...paths.map(({ path }) => path.kind)].sort(
        (a, b) =>
          ["rights", "takeover", "combination"].indexOf(a) - ["rights", "takeover", "combination"].indexOf(b),
      ),
    );
    expect(new Set(paths.map(({ path }) => path.name)).size).toBe(paths.length);
  });
});

describe("Azure and Kubernetes", () => {
  const assign = "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action";
  const identity = "run a deployment script as a managed identity";

  test("E2: both operations, of two roles", () => {
    const role = (...actions: readonly string[]): unknown => ({ permissions: [{ actions }] });
    const script = role("Microsoft.Resources/deploymentScripts/*");
    expect(names("azure", [role(assign)])).toEqual([]);
    expect(names("azure", [role(assign), script])).toEqual([identity]);
    expect(names("azure", [role(assign), script], { denies: [role("*/assign/action")] })).toEqual([]);
  });

  test("E2: in a namespace, by a name, and what no namespace has", () => {
    const rule = (resource: string, verb: string, resourceNames?: readonly string[]): unknown => ({
      rules: [
        {
          apiGroups: ["", "apps"],
          resources: [resource],
          verbs: [verb],
          ...(resourceNames && { resourceNames }),
        },
      ],
    });
    const here = { namespace: "a" };
    expect(names("kubernetes", [rule("deployments", "patch", ["x"])], here)).toEqual([
      "run workloads as any service account of the namespace",
    ]);
    expect(names("kubernetes", [rule("nodes/proxy", "get")], here)).toEqual([]);
    expect(names("kubernetes", [rule("nodes/proxy", "get")])).toEqual([
      "run commands in every pod of a node by its kubelet",
    ]);
    expect(names("kubernetes", [rule("secrets", "get", ["x"])], here)).toEqual([]);
    expect(names("kubernetes", [rule("secrets", "get")], here)).toEqual([
      "read secrets, tokens of service accounts among them",
    ]);
  });
});

test("E3: a path is said once, at what escalates by itself; one that the document opens is not said", () => {
  const documented = openedWays("aws", [policy(allow(["ec2:RunInstances", "ssm:SendCommand"]))]);
  const live = openedWays("aws", [policy(allow(["ec2:*", "iam:PassRole", "ssm:*"]))]);
  const { open, unclear } = beyond(live, documented);
  expect(unclear).toEqual([]);
  expect(open.map(({ path }) => path.name)).not.toContain("run commands on an instance");
  const { byPart, left } = openedBy(
    open,
    [
      { part: "ec2:", escalates: false },
      { part: "iam:", escalates: true },
      { part: "ssm:", escalates: false },
    ],
    (part, step) => step.startsWith(part),
    documented,
  );
  expect(left).toEqual([]);
  expect(byPart.get("iam:")?.map(({ path }) => path.name)).toContain(INSTANCE);
  const said = [...byPart.values()].flat();
  expect(said.length).toBe(open.length);
  expect(byPart.get("ssm:")?.map(({ path }) => path.name)).toEqual(["go into an instance by a session"]);
});
