import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { awsGrantOf } from "../../src/access/aws/parts.ts";
import type { AwsGrant, AwsPart, Provider } from "../../src/access/policy.ts";
import { comparePolicies } from "../../src/access/provider.ts";
import { applyWaivers } from "../../src/report/apply-waivers.ts";
import { contentNumber } from "../../src/report/grant.ts";
import type { Finding } from "../../src/report/report.ts";
import { compareReports } from "../../src/report/since.ts";
import { parseWaivers } from "../../src/report/waivers.ts";
import { entriesFor, waiverFileOf } from "../../src/report/write-waivers.ts";
import { control, finding, report, SUBSCRIPTION, target } from "./sample.ts";

const TERMS = { reason: "as it was", owner: "cloud-team", expires: "2027-01-31" };
const now = "2026-11-21T08:00:00Z";
const places = {
  azure: target(),
  aws: target("123456789012", { cloud: "aws", name: "aws:123456789012" }),
  kubernetes: target("uid", { cloud: "kubernetes", name: "kubernetes:uid" }),
} as const;
const ids = { azure: "platform-role", aws: "aws-role", kubernetes: "cluster-role" } as const;

function findingOf(cloud: Provider, more: Partial<Finding>): Finding {
  const { scope, name } = places[cloud];
  const base = { control: ids[cloud], drift: "excess", severity: "high", target: name, scope } as const;
  return finding({ ...base, resource: { type: "t", id: "holder", name: "holder" }, ...more });
}

const ofAws = (grant: AwsGrant) =>
  findingOf("aws", { pattern: (grant.patterns ?? []).join(", "), grant: [grant] });

/** The outcome of `found` under the waiver that was written for `accepted`. */
function outcome(
  cloud: Provider,
  accepted: Finding,
  found: Finding,
): { state: string; notes: readonly string[] } {
  const file = parseWaivers(waiverFileOf(entriesFor(accepted, places[cloud], TERMS)), "w.yaml");
  const controls = [control(ids[cloud], "fail", { target: places[cloud].name })];
  const after = applyWaivers({ file, findings: [found], controls, targets: [places[cloud]], now });
  return {
    state: after.findings[0]?.outcome ?? "",
    notes: after.findings.slice(1).map((f) => f.message),
  };
}

const reportOf = (cloud: Provider, only: Finding) =>
  report({
    targets: [places[cloud]],
    controls: [control(ids[cloud], "fail", { target: places[cloud].name })],
    findings: [only],
  });

/** What must hold of every growth: the waiver lapses and says why, `--since` sees it, a dismissed alert comes back. */
function seen(cloud: Provider, small: Finding, large: Finding): void {
  expect(outcome(cloud, small, small)).toEqual({ state: "waived", notes: [] });
  const { state, notes } = outcome(cloud, small, large);
  expect(state).toBe("fail");
  expect(notes).toHaveLength(1);
  const states = compareReports(reportOf(cloud, small), reportOf(cloud, large)).findings.map((f) => f.state);
  expect(states).toEqual([small.fingerprint === large.fingerprint ? "updated" : "new"]);
  expect(`${large.fingerprint}:${contentNumber(large)}`).not.toBe(
    `${small.fingerprint}:${contentNumber(small)}`,
  );
}

const org = (...values: string[]) => ({ StringEquals: { "aws:PrincipalOrgID": values } });
const region = (...values: string[]) => ({ StringEquals: { "aws:RequestedRegion": values } });
const bucket = (name: string) => `arn:aws:s3:::${name}/*`;
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
/** Statements of an identity policy; each name occurs in one place alone, so that what is added is never there yet. */
const identity = fc.record({
  patterns: fc.subarray(["s3:Get*", "s3:PutObject", "sqs:*"], { minLength: 1 }),
  resources: fc.subarray(["a", "b", "c"].map(bucket), { minLength: 1 }),
  condition: fc.option(fc.constantFrom(org("o-1"), { StringLike: { "aws:PrincipalTag/team": "x-*" } })),
  except: fc.option(
    fc.constantFrom<AwsPart>({ patterns: ["s3:GetObject"] }, { resources: [bucket("a/deep")] }),
  ),
  within: fc.option(
    fc.constantFrom<AwsPart>({ resources: ["arn:aws:s3:::*"] }, { condition: region("eu-1") }),
  ),
});

/** Without what is not there: an absent part is not a null one. */
function stated(given: Readonly<Record<string, unknown>>): AwsGrant {
  const out = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
  for (const name of ["except", "within"]) if (out[name] !== undefined) out[name] = [out[name]];
  return out as AwsGrant;
}

describe("growth is always seen: AWS", () => {
  const grown: Readonly<Record<string, (g: AwsGrant) => AwsGrant | undefined>> = {
    "an action more": (g) => ({ ...g, patterns: [...(g.patterns ?? []), "iam:PassRole"] }),
    "a resource more": (g) => ({ ...g, resources: [...(g.resources ?? []), bucket("other")] }),
    "every resource": (g) => ({ ...g, resources: ["*"] }),
    "the condition falls away": ({ condition, ...g }) => (condition === undefined ? undefined : g),
    "the condition takes a value more": (g) =>
      g.condition?.["StringEquals"] === undefined ? undefined : { ...g, condition: org("o-1", "o-2") },
    "the condition takes a wildcard": (g) =>
      g.condition?.["StringEquals"] === undefined
        ? undefined
        : { ...g, condition: { StringLike: { "aws:PrincipalOrgID": "o-*" } } },
    "the condition holds where the key is absent": (g) =>
      g.condition?.["StringEquals"] === undefined
        ? undefined
        : { ...g, condition: { StringEqualsIfExists: { "aws:PrincipalOrgID": ["o-1"] } } },
    "the boundary falls away": ({ within, ...g }) => (within === undefined ? undefined : g),
    "the boundary is wider": (g) =>
      g.within?.[0]?.condition === undefined
        ? undefined
        : { ...g, within: [{ condition: region("eu-1", "eu-2") }] },
  };
  test.each(Object.entries(grown))("%s", (_what, grow) => {
    let tried = 0;
    fc.assert(
      fc.property(identity, (given) => {
        const small = stated(given);
        const large = grow(small);
        // a boundary that admits all that the statement grants takes nothing away
        if (large === undefined || (small.within?.[0]?.resources !== undefined && large.within === undefined))
          return;
        tried += 1;
        seen("aws", ofAws(small), ofAws(large));
      }),
      { numRuns: 25, seed: 11 },
    );
    expect(tried).toBeGreaterThan(2);
  });

  const trust = { patterns: ["sts:AssumeRole"], principals: [role("breakglass")] };
  const external = { StringEquals: { "sts:ExternalId": "ext-1" } };
  test.each<[string, AwsGrant, AwsGrant]>([
    ["the world", trust, { ...trust, principals: ["*"] }],
    ["the account of the role", trust, { ...trust, principals: ["arn:aws:iam::123456789012:root"] }],
    ["one more", trust, { ...trust, principals: [role("breakglass"), role("other")] }],
    ["everybody but one", trust, { patterns: trust.patterns, notPrincipals: [role("other")] }],
    ["the external id falls away", { ...trust, condition: external }, trust],
    [
      "an exception falls away",
      { ...trust, principals: ["*"], except: [{ principals: [role("vendor")], condition: external }] },
      { ...trust, principals: ["*"] },
    ],
    [
      "an exception asks for more",
      { ...trust, principals: ["*"], except: [{ principals: [role("vendor")] }] },
      { ...trust, principals: ["*"], except: [{ principals: [role("vendor")], condition: external }] },
    ],
  ])("a trust policy: %s (AW10)", (_what, small, large) => seen("aws", ofAws(small), ofAws(large)));

  test("the note says what grew", () => {
    const { notes } = outcome("aws", ofAws(trust), ofAws({ ...trust, principals: ["*"] }));
    expect(notes).toEqual([
      `the waiver for acme-azure/aws-role (sts:AssumeRole) covers nothing: the grant of sts:AssumeRole grew: principals: now *, accepted was ${role("breakglass")}`,
    ]);
  });

  test("what shrank is still accepted: fewer principals, a condition more", () => {
    const small = ofAws({ ...trust, condition: external });
    expect(outcome("aws", ofAws({ ...trust, principals: ["*"] }), small)).toEqual({
      state: "waived",
      notes: [],
    });
  });
});

describe("growth is always seen: from the documents of AWS to their grants (AW14)", () => {
  const everybody = { AWS: "*" };
  const breakglass = role("breakglass");
  const trusting = (condition?: object, Principal: object = everybody) => ({
    Effect: "Allow",
    Principal,
    Action: "sts:AssumeRole",
    ...(condition === undefined ? {} : { Condition: condition }),
  });
  const acting = (condition?: object) => ({
    Effect: "Allow",
    Action: "iam:CreateAccessKey",
    Resource: "*",
    ...(condition === undefined ? {} : { Condition: condition }),
  });
  /** What the difference from nothing grants, as a finding says it. */
  function granted(statement: object): Finding {
    const { excess, undecided } = comparePolicies(
      "aws",
      [],
      [{ Version: "2012-10-17", Statement: [statement] }],
    );
    expect([excess.length, undecided]).toEqual([1, []]);
    const [residue] = excess;
    const grant = residue === undefined ? undefined : awsGrantOf(residue);
    expect(grant).toBeDefined();
    return findingOf("aws", { pattern: residue?.pattern ?? "", grant: grant ?? [] });
  }
  const arn = (...values: string[]) => ({ ArnLike: { "aws:PrincipalArn": values } });
  const account = (...values: string[]) => ({ StringEquals: { "aws:PrincipalAccount": values } });
  const user = (...values: string[]) => ({ StringLike: { "aws:userid": values } });
  test.each<[string, object, object]>([
    ["who has the ARN: a value more", trusting(arn(breakglass)), trusting(arn(breakglass, role("other")))],
    ["who has the ARN: a wildcard", trusting(arn(breakglass)), trusting(arn(`${breakglass}*`))],
    ["who has the ARN: falls away", trusting(arn(breakglass)), trusting()],
    [
      "the account of who asks: a value more",
      trusting(account("123456789012")),
      trusting(account("123456789012", "210987654321")),
    ],
    ["the account of who asks: falls away", trusting(account("123456789012")), trusting()],
    [
      "an account, of which one may come in: falls away",
      trusting(arn(breakglass), { AWS: "arn:aws:iam::123456789012:root" }),
      trusting(undefined, { AWS: "arn:aws:iam::123456789012:root" }),
    ],
    ["the user id: a value more", trusting(user("AROAX:*")), trusting(user("AROAX:*", "AROAY:*"))],
    ["the user id: anybody", trusting(user("AROAX:bob")), trusting(user("*"))],
    [
      "the type of who asks: a value more",
      trusting({ StringEquals: { "aws:PrincipalType": "User" } }),
      trusting({ StringEquals: { "aws:PrincipalType": ["User", "AssumedRole"] } }),
    ],
    ["a policy for one principal: falls away", acting(arn(breakglass)), acting()],
    [
      "a policy for one principal: a value more",
      acting(arn(breakglass)),
      acting(arn(breakglass, role("other"))),
    ],
    [
      "all accounts but two: but one",
      trusting({ StringNotEquals: { "aws:PrincipalAccount": ["210987654321", "345678901234"] } }),
      trusting({ StringNotEquals: { "aws:PrincipalAccount": ["210987654321"] } }),
    ],
  ])("%s", (_what, small, large) => seen("aws", granted(small), granted(large)));
});

describe("growth is always seen: Azure", () => {
  const at = (scope: string) => ({ action: "a/b/write", plane: "control", scope }) as const;
  const held = {
    pattern: "A/*",
    except: ["A/x/*"],
    plane: "control",
    witness: at(`${SUBSCRIPTION}/rg/a`),
  } as const;
  test.each<[string, Partial<Finding>]>([
    ["an exception falls away (AZ2)", { except: [] }],
    ["an exception shrinks (AZ2)", { except: ["A/x/read"] }],
    ["the pattern widens (AZ1)", { pattern: "*" }],
    ["the other plane (AZ3)", { plane: "data" }],
    ["a sibling scope (AZ7)", { witness: at(`${SUBSCRIPTION}/rg/a2`) }],
    ["the scope above (AZ7)", { witness: at(SUBSCRIPTION) }],
  ])("%s", (_what, more) =>
    seen("azure", findingOf("azure", held), findingOf("azure", { ...held, ...more })),
  );
});

test("what cannot be used grows as well: its alert comes back", () => {
  const dead = (actual: object) => findingOf("azure", { drift: "dead", actual });
  expect(contentNumber(dead({ keys: ["get"] }))).not.toBe(contentNumber(dead({ keys: ["get", "purge"] })));
});

describe("growth is always seen: Kubernetes", () => {
  const held = { pattern: 'get,list secrets "a","b" -n team', except: ['get secrets "a" -n team'] };
  test.each<[string, Partial<Finding>]>([
    ["an exception falls away", { except: [] }],
    ["a verb more", { pattern: 'get,list,delete secrets "a","b" -n team' }],
    ["a name more", { pattern: 'get,list secrets "a","b","c" -n team' }],
    ["every name", { pattern: "get,list secrets -n team" }],
    ["another namespace", { pattern: 'get,list secrets "a","b" -n prod' }],
    ["everywhere", { pattern: 'get,list secrets "a","b"' }],
  ])("%s (K1 to K4)", (_what, more) =>
    seen("kubernetes", findingOf("kubernetes", held), findingOf("kubernetes", { ...held, ...more })),
  );
});

describe("what is left out accepts nothing of its kind", () => {
  const refused = (cloud: Provider, found: Finding, entry: object): string => {
    const file = parseWaivers(
      JSON.stringify({ waivers: [{ control: ids[cloud], ...TERMS, ...entry }] }),
      "w.yaml",
    );
    const controls = [control(ids[cloud], "fail", { target: places[cloud].name })];
    try {
      const after = applyWaivers({ file, findings: [found], controls, targets: [places[cloud]], now });
      return after.findings.map((f) => f.outcome).join();
    } catch (error) {
      return String((error as Error).message);
    }
  };
  const aws = ofAws({ patterns: ["s3:Get*"], resources: [bucket("a")], condition: org("o-1") });
  const whole = { patterns: ["s3:Get*"], resources: [bucket("a")], condition: org("o-1") };
  test.each<[string, object, string]>([
    ["all of it", whole, "waived"],
    ["no resources", { ...whole, resources: undefined }, "fail,pass"],
    ["no condition", { ...whole, condition: undefined }, "fail,pass"],
    ["a condition that is said to be none", { ...whole, condition: {} }, "waived"],
    [
      "principals",
      { ...whole, principals: ["*"] },
      "w.yaml:1: principals: does not apply: the finding names no principals; leave it out",
    ],
    [
      "a plane",
      { ...whole, plane: "data" },
      "w.yaml:1: plane: does not apply to a finding of AWS; leave it out",
    ],
    [
      "an exception in words",
      { ...whole, except: ["on x where y"] },
      'w.yaml:1: except: expected an action pattern or a mapping, found "on x where y"',
    ],
  ])("AWS: %s", (_what, entry, expected) => expect(refused("aws", aws, entry)).toBe(expected));

  test("Azure and Kubernetes refuse what is AWS's, and a scope that nothing is held at", () => {
    const azure = findingOf("azure", { pattern: "A/*" });
    expect(refused("azure", azure, { patterns: ["A/*"], resources: ["*"] })).toMatch(
      /^w.yaml:1: resources: does not/,
    );
    expect(refused("azure", azure, { patterns: ["A/*"], scope: "/" })).toMatch(
      /^w.yaml:1: scope: does not apply/,
    );
    const rbac = findingOf("kubernetes", { pattern: "get pods" });
    expect(refused("kubernetes", rbac, { patterns: ["get pods"], plane: "control" })).toMatch(
      /plane: does not/,
    );
    expect(refused("kubernetes", rbac, { patterns: ["get"] })).toMatch(
      /patterns: expected patterns as the finding/,
    );
  });
});
