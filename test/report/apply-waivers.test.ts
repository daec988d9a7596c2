import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyWaivers } from "../../src/report/apply-waivers.ts";
import { exitCode } from "../../src/report/exit-code.ts";
import type { Finding, Report } from "../../src/report/report.ts";
import { parseWaivers, type Waiver } from "../../src/report/waivers.ts";
import { control, finding, OTHER, report, SUBSCRIPTION, target, VAULT_UNREAD } from "./sample.ts";

const NOW = "2026-11-21T08:00:00Z";
const WHO = { reason: "pilot", owner: "cloud-team", expires: "2027-01-31" };

type Entry = Partial<Waiver>;

function apply(
  entries: readonly Entry[],
  findings: readonly Finding[],
  targets = [target()],
  now = NOW,
): Report {
  const controls = [...new Set(findings.map((f) => JSON.stringify([f.control, f.target])))].map((key) => {
    const [id = "", at = ""] = JSON.parse(key) as string[];
    const mine = findings.filter((f) => f.control === id && f.target === at);
    const outcome = mine.some((f) => f.outcome === "fail")
      ? "fail"
      : mine.some((f) => f.outcome === "unknown")
        ? "unknown"
        : "pass";
    return control(id.replace("acme-azure/", ""), outcome, { target: at });
  });
  const file = parseWaivers(
    JSON.stringify({ waivers: entries.map((e) => ({ ...WHO, ...e })) }, null, 1),
    "ops/waivers.yaml",
  );
  return report({ targets, ...applyWaivers({ file, findings, controls, targets, now }) });
}

const excess = (more: Partial<Finding> = {}) =>
  finding({
    control: "platform-role",
    drift: "excess",
    severity: "high",
    pattern: "Microsoft.Compute/*",
    except: ["Microsoft.Compute/disks/*", "Microsoft.Compute/virtualMachines/read"],
    plane: "control",
    ...more,
  });
const wider = finding({
  control: "platform-assignment",
  drift: "wider",
  severity: "high",
  property: "scope",
  resource: { type: "roleAssignment", id: `${SUBSCRIPTION}/x/roleAssignments/RA1`, name: "RA1" },
});

const own = (r: Report) => r.findings.filter((f) => f.rule.startsWith("waiver/"));
const drift = (r: Report) => r.findings.filter((f) => !f.rule.startsWith("waiver/"));
const EXCEPT = excess().except ?? [];

describe("what a waiver covers", () => {
  const cases: readonly [string, Entry, Finding, boolean][] = [
    [
      "the pattern, whole",
      { control: "acme-azure/platform-role", patterns: ["Microsoft.Compute/*"] },
      excess(),
      true,
    ],
    [
      "the control's short name",
      { control: "platform-role", patterns: ["Microsoft.Compute/*"] },
      excess(),
      true,
    ],
    ["by rule", { rule: "azure/role-definition/excess", patterns: ["Microsoft.Compute/*"] }, excess(), true],
    [
      "another rule",
      { rule: "azure/role-definition/missing", patterns: ["Microsoft.Compute/*"] },
      excess(),
      false,
    ],
    [
      "control and rule must both fit",
      { control: "platform-role", rule: "azure/x/excess", patterns: ["Microsoft.Compute/*"] },
      excess(),
      false,
    ],
    ["another control", { control: "effective-access", patterns: ["Microsoft.Compute/*"] }, excess(), false],
    ["AZ1: any case", { control: "platform-role", patterns: ["MICROSOFT.compute/*"] }, excess(), true],
    [
      "one of several patterns",
      { control: "platform-role", patterns: ["a", "Microsoft.Compute/*"] },
      excess(),
      true,
    ],
    [
      "a pattern that is narrower",
      { control: "platform-role", patterns: ["Microsoft.Compute/disks/*"] },
      excess(),
      false,
    ],
    [
      "a pattern that is wider: what is found is contained in what was accepted",
      { control: "platform-role", patterns: ["*"] },
      excess(),
      true,
    ],
    [
      "the same exceptions",
      { control: "platform-role", patterns: ["Microsoft.Compute/*"], except: EXCEPT },
      excess(),
      true,
    ],
    [
      "the grant shrank: more is excepted",
      { control: "platform-role", patterns: ["Microsoft.Compute/*"], except: [EXCEPT[0] ?? ""] },
      excess(),
      true,
    ],
    [
      "the grant shrank: a wider exception holds the accepted ones",
      {
        control: "platform-role",
        patterns: ["Microsoft.Compute/*"],
        except: ["Microsoft.Compute/disks/READ", "Microsoft.Compute/disks/write"],
      },
      excess(),
      true,
    ],
    [
      "the grant grew: an exception is gone",
      { control: "platform-role", patterns: ["Microsoft.Compute/*"], except: EXCEPT },
      excess({ except: [EXCEPT[0] ?? ""] }),
      false,
    ],
    [
      "the grant grew: an exception shrank",
      {
        control: "platform-role",
        patterns: ["Microsoft.Compute/*"],
        except: ["Microsoft.Compute/virtualMachines/*"],
      },
      excess(),
      false,
    ],
    [
      "the grant grew: no exception left",
      { control: "platform-role", patterns: ["Microsoft.Compute/*"], except: EXCEPT },
      excess({ except: [] }),
      false,
    ],
    [
      "AZ3: the data plane is not named",
      { control: "platform-role", patterns: ["Microsoft.Compute/*"] },
      excess({ plane: "data" }),
      false,
    ],
    [
      "AZ3: the data plane is named",
      { control: "platform-role", patterns: ["Microsoft.Compute/*"], plane: "data" },
      excess({ plane: "data" }),
      true,
    ],
    [
      "AZ3: only the data plane is named",
      { control: "platform-role", patterns: ["Microsoft.Compute/*"], plane: "data" },
      excess(),
      false,
    ],
    [
      "target glob",
      { control: "platform-role", target: "azure:/subscriptions/6b1f*", patterns: ["Microsoft.Compute/*"] },
      excess(),
      true,
    ],
    [
      "another target",
      { control: "platform-role", target: "azure:/subscriptions/9*", patterns: ["Microsoft.Compute/*"] },
      excess(),
      false,
    ],
    [
      "resource glob",
      { control: "platform-role", resource: "*/roleDefinitions/*", patterns: ["Microsoft.Compute/*"] },
      excess(),
      true,
    ],
    [
      "another resource",
      { control: "platform-role", resource: "*/roleDefinitions/9*", patterns: ["Microsoft.Compute/*"] },
      excess(),
      false,
    ],
    [
      "a resource alone never covers a pattern",
      { control: "platform-role", drift: "excess", resource: "*" },
      excess(),
      false,
    ],
    [
      "a finding without a pattern, by its resource",
      { control: "platform-assignment", drift: "wider", resource: "*/roleassignments/ra1" },
      wider,
      true,
    ],
    [
      "another resource without a pattern",
      { control: "platform-assignment", drift: "wider", resource: "*/roleAssignments/RA2" },
      wider,
      false,
    ],
    [
      "a resource's name is not its id",
      { control: "platform-assignment", drift: "wider", resource: "RA1" },
      wider,
      false,
    ],
    [
      "a finding without a pattern, by its rule and resource",
      { rule: wider.rule, resource: "*/roleassignments/ra1" },
      wider,
      true,
    ],
    [
      "the drift turned round",
      { control: "platform-assignment", drift: "wider", resource: "*" },
      { ...wider, drift: "absent", rule: "azure/role-assignment/absent" },
      false,
    ],
    [
      "a drift narrows a pattern too",
      { control: "platform-role", drift: "missing", patterns: ["Microsoft.Compute/*"] },
      excess(),
      false,
    ],
    [
      "a pattern never covers a finding without one",
      { control: "platform-assignment", drift: "wider", patterns: ["*"], resource: "*" },
      wider,
      false,
    ],
    [
      "what is unknown",
      { control: "platform-role", patterns: ["Microsoft.Compute/*"] },
      excess({ outcome: "unknown" }),
      false,
    ],
  ];
  test.each(cases)("%s", (_what, entry, given, covered) => {
    const [after] = drift(apply([entry], [given]));
    expect(after).toEqual(covered ? { ...given, outcome: "waived", waiver: WHO } : given);
  });

  const at = (scope: string) =>
    excess({ witness: { action: "Microsoft.Compute/x/write", plane: "control", scope } });
  test.each<[string, string | undefined, string, boolean]>([
    ["no scope: the audited one", undefined, SUBSCRIPTION, true],
    [
      "no scope: below the audited one, which was not said",
      undefined,
      `${SUBSCRIPTION}/resourceGroups/rg`,
      false,
    ],
    [
      "no scope: above the audited one",
      undefined,
      "/providers/Microsoft.Management/managementGroups/mg",
      false,
    ],
    ["no scope: the root", undefined, "/", false],
    [
      "the scope named, in any case",
      `${SUBSCRIPTION}/resourceGroups/RG`,
      `${SUBSCRIPTION}/resourcegroups/rg/providers/x/y/z`,
      true,
    ],
    [
      "AZ7: rg is not rg10",
      `${SUBSCRIPTION}/resourceGroups/rg`,
      `${SUBSCRIPTION}/resourceGroups/rg10`,
      false,
    ],
    [
      "grown from a resource group to the subscription",
      `${SUBSCRIPTION}/resourceGroups/rg`,
      SUBSCRIPTION,
      false,
    ],
  ])("AZ6, AZ7: %s", (_what, scope, held, covered) => {
    const entry = {
      control: "platform-role",
      patterns: ["Microsoft.Compute/*"],
      ...(scope === undefined ? {} : { scope }),
    };
    expect(drift(apply([entry], [at(held)])).map((f) => f.outcome)).toEqual([covered ? "waived" : "fail"]);
  });

  test("K1: in Kubernetes `pods/*` is a literal, so excepting it excepts no `pods/log`", () => {
    const cluster = target("kube-system-uid", { cloud: "kubernetes", name: "kubernetes:kube-system-uid" });
    const grant = finding({
      control: "platform-role",
      drift: "excess",
      severity: "high",
      scope: cluster.scope,
      target: cluster.name,
      pattern: "get *",
      except: ["get pods/*"],
    });
    const outcome = (except: readonly string[]) =>
      drift(apply([{ control: "platform-role", patterns: ["get *"], except }], [grant], [cluster])).map(
        (f) => f.outcome,
      );
    expect(outcome(["get pods/*"])).toEqual(["waived"]);
    expect(outcome(["get pods/log"])).toEqual(["fail"]);
  });

  test("AW2: in AWS a wildcard is AWS's own, in any case", () => {
    const aws = target("123456789012", { cloud: "aws", name: "aws:123456789012" });
    const grant = finding({
      control: "aws-role",
      rule: "aws/policy/excess",
      drift: "excess",
      severity: "high",
      scope: "123456789012",
      target: aws.name,
      pattern: "s3:Get*",
      except: ["s3:Get?bject"],
      grant: [{ patterns: ["s3:Get*"], resources: ["*"], except: [{ patterns: ["s3:Get?bject"] }] }],
    });
    const outcome = (entry: Entry) =>
      drift(apply([{ control: "aws-role", resources: ["*"], ...entry }], [grant], [aws])).map(
        (f) => f.outcome,
      );
    expect(outcome({ patterns: ["s3:Get*"], except: ["s3:Get?bject"] })).toEqual(["waived"]);
    expect(outcome({ patterns: ["s3:get*"] })).toEqual(["waived"]);
    expect(outcome({ patterns: ["s3:Get*"], except: ["s3:GetObject"] })).toEqual(["waived"]);
    expect(outcome({ patterns: ["s3:Get*"], except: ["s3:GetB*"] })).toEqual(["fail"]);
    expect(outcome({ patterns: ["s3:GetO*"] })).toEqual(["fail"]);
  });
});

describe("a grown grant is never hidden", () => {
  /** Independent of the code under test: does a glob over a and b match a word? */
  const hit = (glob: string, word: string): boolean => {
    if (glob === "") return word === "";
    if (glob[0] === "*") return hit(glob.slice(1), word) || (word !== "" && hit(glob, word.slice(1)));
    return word !== "" && glob[0] === word[0] && hit(glob.slice(1), word.slice(1));
  };
  const words = ["", ..."abc"].flatMap((a) =>
    ["", ..."abc"].flatMap((b) => ["", ..."abc"].map((c) => a + b + c)),
  );
  const grants = (pattern: string, except: readonly string[]) =>
    words.filter((w) => hit(pattern, w) && !except.some((e) => hit(e, w)));
  const glob = fc.string({ unit: fc.constantFrom("a", "b", "*"), minLength: 1, maxLength: 3 });
  const grant = fc.record({ pattern: glob, except: fc.array(glob, { maxLength: 3 }) });

  test("whatever is waived grants nothing that the waiver does not accept", () => {
    let waived = 0;
    fc.assert(
      fc.property(grant, grant, fc.boolean(), (accepted, found, samePattern) => {
        const pattern = samePattern ? accepted.pattern : found.pattern;
        const entry: Entry = {
          control: "platform-role",
          patterns: [accepted.pattern],
          ...(accepted.except.length === 0 ? {} : { except: accepted.except }),
        };
        const [after] = drift(apply([entry], [excess({ pattern, except: found.except })]));
        if (after?.outcome !== "waived") return;
        waived += 1;
        const allowed = new Set(grants(accepted.pattern, accepted.except));
        expect(grants(pattern, found.except).filter((w) => !allowed.has(w))).toEqual([]);
      }),
      { numRuns: 1500, seed: 7 },
    );
    expect(waived).toBeGreaterThan(100);
  });

  test("a waiver written for the finding as it is holds, and lapses when the grant grows by a word", () => {
    let grew = 0;
    fc.assert(
      fc.property(grant, fc.nat(), ({ pattern, except }, drop) => {
        const entry: Entry = {
          control: "platform-role",
          patterns: [pattern],
          ...(except.length === 0 ? {} : { except }),
        };
        const outcome = (less: readonly string[]) =>
          drift(apply([entry], [excess({ pattern, except: less })]))[0]?.outcome;
        expect(outcome(except)).toBe("waived");
        const less = except.filter((_, i) => i !== drop % Math.max(1, except.length));
        if (grants(pattern, less).length <= grants(pattern, except).length) return;
        grew += 1;
        expect(outcome(less)).toBe("fail");
      }),
      { numRuns: 500, seed: 7 },
    );
    expect(grew).toBeGreaterThan(50);
  });
});

describe("a changed value is never hidden", () => {
  const by = { control: "platform-assignment", drift: "wider", resource: "*/ra1" } as const;
  const seen = (accepted: readonly unknown[], ...actual: readonly unknown[]) =>
    apply(accepted.length === 0 ? [by] : [{ ...by, accepted: accepted[0] }], [
      actual.length === 0 ? wider : { ...wider, actual: actual[0] },
    ]);
  const outcome = (accepted: readonly unknown[], ...actual: readonly unknown[]) =>
    drift(seen(accepted, ...actual))[0]?.outcome;

  test.each<[string, readonly unknown[], readonly unknown[], string]>([
    ["no value on either side", [], [], "waived"],
    ["the finding's value is not accepted", [], [false], "fail"],
    ["null is a value", [], [null], "fail"],
    ["null is accepted", [null], [null], "waived"],
    ["the same text", ["Free"], ["Free"], "waived"],
    ["another case", ["free"], ["Free"], "fail"],
    ["the same object, keys in another order", [{ a: [1], b: 2 }], [{ b: 2, a: [1] }], "waived"],
    ["as JSON text", ['{"a":[1],"b":2}'], [{ b: 2, a: [1] }], "waived"],
    ["one more in a list", [{ a: [1] }], [{ a: [1, 2] }], "fail"],
    ["the value is gone", [false], [], "fail"],
  ])("%s", (_what, accepted, actual, expected) => {
    expect(outcome(accepted, ...actual)).toBe(expected);
  });

  test.each<[readonly unknown[], readonly unknown[], string]>([
    [[], [{ a: 1 }], 'it accepts no value, and the finding\'s is {"a":1}'],
    [[1], [2], "the value is now 2, accepted was 1"],
    [[1], [], "the finding has no value any more"],
  ])("the note says why: %j, %j", (accepted, actual, why) => {
    expect(own(seen(accepted, ...actual)).map((f) => f.message)).toEqual([
      `the waiver for platform-assignment (*/ra1) covers nothing: ${why}`,
    ]);
  });

  test("whatever is waived has the value that was accepted", () => {
    let waived = 0;
    // Few different values, so that equal ones come together often; minus zero is written as zero.
    const value = fc.oneof(
      fc.constantFrom<unknown>(null, false, 0, "", "a", "null", "0", [], ["a"], { a: 1 }, { a: "1" }),
      fc.jsonValue({ maxDepth: 2 }),
    );
    fc.assert(
      fc.property(value, value, fc.boolean(), (accepted, found, same) => {
        const actual = JSON.parse(JSON.stringify(same ? accepted : found)) as unknown;
        if (outcome([accepted], actual) !== "waived") {
          expect(same).toBe(false);
          return;
        }
        waived += 1;
        const [stated, text] = [JSON.parse(JSON.stringify(accepted)) as unknown, JSON.stringify(actual)];
        if (stated !== text) expect(stated).toEqual(actual);
      }),
      { numRuns: 800, seed: 7 },
    );
    expect(waived).toBeGreaterThan(200);
  });
});

describe("the control", () => {
  const entry = { control: "platform-role", patterns: ["Microsoft.Compute/*"] };
  const outcomes = (r: Report) => r.controls.map((c) => [c.id, c.outcome, c.reason]);

  test("is waived when all its drift is, and the exit code is 0", () => {
    const built = apply([entry], [excess()]);
    expect(outcomes(built)).toEqual([
      ["acme-azure/platform-role", "waived", "one difference accepted until 2027-01-31"],
    ]);
    expect(exitCode(built, { failOn: "info", allowIncomplete: false })).toBe(0);
    expect(built.summary.findings).toEqual({ critical: 0, high: 0, medium: 0, low: 0, info: 0 });
  });

  test("still fails while one drift is left", () => {
    const built = apply(
      [entry],
      [excess(), excess({ pattern: "Microsoft.Sql/*", property: "sql" } as Partial<Finding>)],
    );
    expect(outcomes(built)).toEqual([["acme-azure/platform-role", "fail", undefined]]);
    expect(exitCode(built, { failOn: "low", allowIncomplete: false })).toBe(1);
  });

  test("is unknown, not waived, when a part of it is unknown", () => {
    const open = finding({
      control: "platform-role",
      drift: "unreadable",
      severity: "medium",
      outcome: "unknown",
      message: "a condition",
    });
    const built = apply([entry], [excess(), open]);
    expect(outcomes(built)).toEqual([["acme-azure/platform-role", "unknown", "a condition"]]);
    expect(exitCode(built, { failOn: "low", allowIncomplete: false })).toBe(3);
  });
});

describe("waivers that are wrong themselves", () => {
  const entry: Entry = { control: "platform-role", patterns: ["Microsoft.Compute/*"] };
  const short = (r: Report) =>
    own(r).map((f) => [f.rule, f.outcome, f.drift, f.severity, f.location, f.message]);

  test("expired: drift of its own (low), and covers nothing; its last day still counts", () => {
    const on = (now: string) => apply([{ ...entry, expires: "2026-11-20" }], [excess()], [target()], now);
    expect(own(on("2026-11-20T23:59:59Z"))).toEqual([]);
    const built = on("2026-11-21T00:00:00Z");
    expect(drift(built).map((f) => f.outcome)).toEqual(["fail"]);
    expect(short(built)).toEqual([
      [
        "waiver/expired",
        "fail",
        "expired",
        "low",
        { file: "ops/waivers.yaml", line: 3 },
        "the waiver for platform-role (Microsoft.Compute/*) expired on 2026-11-20 and covers nothing; put the drift right, or let cloud-team renew it",
      ],
    ]);
    expect(built.controls.map((c) => [c.id, c.outcome])).toEqual([
      ["acme-azure/platform-role", "fail"],
      ["waivers/waivers.yaml", "fail"],
    ]);
  });

  test.each<[string, Entry, readonly Finding[], string]>([
    ["the drift is gone", entry, [{ ...excess(), outcome: "pass" }], "there is no such drift any more"],
    [
      "the pattern grew",
      { ...entry, patterns: ["Microsoft.Compute/disks/*"] },
      [excess()],
      "the grant grew from Microsoft.Compute/disks/* to Microsoft.Compute/*",
    ],
    [
      "an exception is gone",
      { ...entry, except: ["Microsoft.Compute/virtualMachines/*"] },
      [excess()],
      "the grant of Microsoft.Compute/* grew: it now holds Microsoft.Compute/virtualMachines/*",
    ],
    [
      "the plane",
      entry,
      [excess({ plane: "data" })],
      "the finding for Microsoft.Compute/* is on the data plane",
    ],
    [
      "the scope",
      { ...entry, scope: `${SUBSCRIPTION}/resourceGroups/rg` },
      [excess({ witness: { action: "Microsoft.Compute/x/write", plane: "control", scope: SUBSCRIPTION } })],
      `Microsoft.Compute/* is now held at ${SUBSCRIPTION}, which is not within ${SUBSCRIPTION}/resourceGroups/rg`,
    ],
    [
      "a control that is not there",
      { ...entry, control: "acme-azure/platfrom-role" },
      [excess()],
      'no control acme-azure/platfrom-role was audited; did you mean "acme-azure/platform-role"?',
    ],
  ])("unused is a note that says why: %s", (_what, given, findings, why) => {
    const what = (given.patterns ?? []).join(", ");
    expect(short(apply([given], findings))).toEqual([
      [
        "waiver/unused",
        "pass",
        "stray",
        "info",
        { file: "ops/waivers.yaml", line: 3 },
        `the waiver for ${given.control} (${what}) covers nothing: ${why}`,
      ],
    ]);
  });

  test("unused: no word while a target that it may be about was not read, except that a grant grew", () => {
    const unread = [target(SUBSCRIPTION, { complete: false, unread: [VAULT_UNREAD] })];
    expect(own(apply([entry], [], unread))).toEqual([]);
    expect(
      own(apply([{ ...entry, target: "azure:/subscriptions/7777*" }], [], [...unread, target(OTHER)])).map(
        (f) => f.target,
      ),
    ).toEqual([`azure:${OTHER}`]);
    expect(
      own(apply([{ ...entry, except: ["Microsoft.Compute/*/write"] }], [excess()], unread)),
    ).toHaveLength(1);
  });

  test("of two waivers that cover one finding both are used, the first is named", () => {
    const built = apply(
      [
        { ...entry, reason: "first" },
        { ...entry, reason: "second" },
      ],
      [excess()],
    );
    expect(own(built)).toEqual([]);
    expect(drift(built).map((f) => f.waiver?.reason)).toEqual(["first"]);
  });

  test("its fingerprint depends on what it is for, not on its line, day or words", () => {
    const print = (entries: readonly Entry[]) => own(apply(entries, [excess()])).map((f) => f.fingerprint);
    const gone = { ...entry, patterns: ["Microsoft.Old/*"], expires: "2026-01-01" };
    const [alone] = print([gone]);
    expect(print([entry, { ...gone, expires: "2026-02-02", reason: "x", owner: "y" }])).toEqual([alone]);
    expect(print([{ ...gone, patterns: ["Microsoft.Older/*"] }])).not.toEqual([alone]);
  });

  test("a short control name that two baselines have is refused", () => {
    const other = { ...excess(), control: "zeta-azure/platform-role" };
    const controls = [
      control("platform-role", "fail"),
      { ...control("platform-role", "fail"), id: "zeta-azure/platform-role" },
    ];
    const file = parseWaivers(JSON.stringify({ waivers: [{ ...WHO, ...entry }] }), "w.yaml");
    expect(() =>
      applyWaivers({ file, findings: [excess(), other], controls, targets: [target()], now: NOW }),
    ).toThrow(
      "w.yaml:1: control platform-role is in several baselines; write acme-azure/platform-role or zeta-azure/platform-role",
    );
  });
});
