import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parseWaivers, WaiverError } from "../../src/report/waivers.ts";
import { waiversSchema } from "../../src/report/waivers-schema.ts";

const WHO = "    reason: pilot\n    owner: cloud-team\n    expires: 2027-01-31\n";

function errors(text: string): readonly string[] {
  try {
    parseWaivers(text, "w.yaml");
  } catch (error) {
    expect(error).toBeInstanceOf(WaiverError);
    return (error as WaiverError).message.split("\n");
  }
  return [];
}

describe("waiver file", () => {
  test("reads every property, with the line of each waiver", () => {
    const text =
      "# accepted drift\nwaivers:\n" +
      "  - control: acme-azure/platform-role\n    target: azure:*\n    patterns: [Microsoft.Compute/*]\n" +
      `    except: [Microsoft.Compute/disks/*]\n    plane: data\n    scope: /subscriptions/a\n${WHO}` +
      `  - rule: azure/role-definition/excess\n    pattern: "*/read"\n${WHO}` +
      `  - control: aks-rbac\n    resource: "*/managedClusters/dev-*"\n    drift: changed\n    accepted: { tier: [Free] }\n${WHO}`;
    const who = { reason: "pilot", owner: "cloud-team", expires: "2027-01-31" };
    expect(parseWaivers(text, "w.yaml")).toEqual({
      file: "w.yaml",
      waivers: [
        {
          control: "acme-azure/platform-role",
          target: "azure:*",
          patterns: ["Microsoft.Compute/*"],
          except: ["Microsoft.Compute/disks/*"],
          plane: "data",
          scope: "/subscriptions/a",
          line: 3,
          ...who,
        },
        {
          rule: "azure/role-definition/excess",
          patterns: ["*/read"],
          except: [],
          line: 12,
          ...who,
        },
        {
          control: "aks-rbac",
          resource: "*/managedClusters/dev-*",
          drift: "changed",
          accepted: { tier: ["Free"] },
          patterns: [],
          except: [],
          line: 17,
          ...who,
        },
      ],
    });
    const read = parseWaivers('{"waivers": []}', "w.json");
    expect(read).toEqual({ file: "w.json", waivers: [] });
  });

  test.each<[string, string, readonly string[]]>([
    [
      "an unknown property",
      `waivers:\n  - control: a\n    pattern: b\n    expirse: x\n${WHO}`,
      ['w.yaml:4:5: waivers[0].expirse: unknown property; did you mean "expires"?'],
    ],
    [
      "an unknown property at the top",
      `waivers: []\nwaiver: []\n`,
      ['w.yaml:2:1: waiver: unknown property; did you mean "waivers"?'],
    ],
    [
      "no reason, no owner, no end",
      "waivers:\n  - control: a\n    pattern: b\n",
      [
        "w.yaml:2:5: waivers[0]: expires is not given",
        "w.yaml:2:5: waivers[0]: owner is not given",
        "w.yaml:2:5: waivers[0]: reason is not given",
      ],
    ],
    [
      "neither control nor rule",
      `waivers:\n  - pattern: b\n${WHO}`,
      ["w.yaml:2:5: waivers[0]: names neither a control nor a rule; give one, as the finding prints it"],
    ],
    [
      "nothing in particular",
      `waivers:\n  - rule: a\n${WHO}`,
      [
        "w.yaml:2:5: waivers[0]: names nothing in particular; give the accepted patterns, or for a finding without a pattern the resource",
      ],
    ],
    [
      "a control and a resource, and no drift",
      `waivers:\n  - control: a\n    resource: b\n${WHO}`,
      [
        "w.yaml:2:5: waivers[0]: names no drift; a finding without a pattern is waived by `rule`, or by `control` and `drift`",
      ],
    ],
    [
      "a value beside a pattern",
      `waivers:\n  - control: a\n    pattern: b\n    accepted: 1\n${WHO}`,
      [
        "w.yaml:2:5: waivers[0]: `accepted` is the value of a finding without a pattern; leave it or the patterns out",
      ],
    ],
    [
      "an unknown drift",
      `waivers:\n  - control: a\n    resource: b\n    drift: more\n${WHO}`,
      [
        'w.yaml:4:12: waivers[0].drift: expected one of missing, excess, weakened, changed, wider, dead, absent, unreadable, expired, stray, found "more"',
      ],
    ],
    [
      "pattern and patterns",
      `waivers:\n  - control: a\n    pattern: b\n    patterns: [c]\n${WHO}`,
      ["w.yaml:2:5: waivers[0]: has both `pattern` and `patterns`; give one of them"],
    ],
    [
      "except without a pattern",
      `waivers:\n  - rule: a\n    resource: b\n    except: [c]\n${WHO}`,
      [
        "w.yaml:2:5: waivers[0]: `except`, `plane`, `scope`, `resources`, `notResources`, `principals`, `notPrincipals`, `condition`, `within` narrow patterns; give the accepted patterns too",
      ],
    ],
    [
      "a day in another form",
      "waivers:\n  - control: a\n    pattern: b\n    reason: r\n    owner: o\n    expires: 31.01.2027\n",
      [
        'w.yaml:6:14: waivers[0].expires: expected the last day on which it holds, as YYYY-MM-DD, found "31.01.2027"',
      ],
    ],
    [
      "a day that does not exist",
      "waivers:\n  - control: a\n    pattern: b\n    reason: r\n    owner: o\n    expires: 2027-02-30\n",
      ['w.yaml:6:14: waivers[0].expires: expected a day that exists, found "2027-02-30"'],
    ],
    [
      "wrong types",
      "waivers:\n  - control: [a]\n    patterns: b\n    reason: ''\n    owner: 7\n    expires: 2027-01-31\n",
      [
        "w.yaml:2:14: waivers[0].control: expected text, found a list",
        'w.yaml:3:15: waivers[0].patterns: expected a list, found "b"',
        'w.yaml:4:13: waivers[0].reason: expected something, found ""',
        "w.yaml:5:12: waivers[0].owner: expected text, found the number 7",
      ],
    ],
    [
      "an unknown plane",
      `waivers:\n  - control: a\n    pattern: b\n    plane: both\n${WHO}`,
      ['w.yaml:4:12: waivers[0].plane: expected one of control, data, found "both"'],
    ],
    ["not a list", "waivers: none\n", ['w.yaml:1:10: waivers: expected a list, found "none"']],
    ["an empty file", "", ["w.yaml:1:1: expected a mapping, found nothing"]],
    [
      "a baseline",
      "id: acme\ncontrols: []\n",
      ["w.yaml: expected a waiver file (a list under `waivers`), found a baseline"],
    ],
    [
      "a report",
      '{"schemaVersion":"1.0","controls":[],"findings":[]}',
      ["w.yaml: expected a waiver file (a list under `waivers`), found a report"],
    ],
    [
      "a snapshot",
      '{"schema":1,"takenAt":"x","documents":[]}',
      ["w.yaml: expected a waiver file (a list under `waivers`), found a snapshot"],
    ],
    [
      "a key given twice",
      "waivers: []\nwaivers: []\n",
      ['w.yaml:2:1: "waivers" is given twice, first on line 1'],
    ],
    [
      "an alias",
      "waivers:\n  - &a { control: x }\n  - *a\n",
      ["w.yaml:3:5: aliases are not allowed; write the value out"],
    ],
    ["deep nesting", `waivers: ${"[".repeat(400_000)}`, ["w.yaml:1:26: nested more than 16 levels deep"]],
    [
      "deep nesting without brackets",
      `waivers:\n${"- ".repeat(100_000)}a`,
      ["w.yaml:2:33: nested more than 16 levels deep"],
    ],
    [
      "a huge file",
      `# ${"x".repeat(1_000_001)}`,
      ["w.yaml:1:1: expected at most 1000000 bytes, found 1000003"],
    ],
  ])("says where and what: %s", (_what, text, expected) => {
    expect(errors(text)).toEqual(expected);
  });

  test("YAML syntax has line and column", () => {
    const [first] = errors("waivers:\n  - control: [a\n");
    expect(first).toMatch(/^w\.yaml:\d+:\d+: /);
  });

  test("fault 30: an alias bomb and __proto__ end at once, the prototype stays clean", () => {
    const bomb = `a0: &a0 [x]\n${Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}, *a${i}]\n`).join("")}`;
    expect(errors(bomb).length).toBeGreaterThan(0);
    expect(errors('{"waivers":[{"__proto__":{"polluted":1}}]}')).toContain(
      "w.yaml:1:14: waivers[0].__proto__: unknown property",
    );
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  test("hostile text in a file comes out visible", () => {
    const line = errors(
      '{"waivers":[{"\\u001b[31m":1,"control":"a","pattern":"b","reason":"r","owner":"o","expires":"2027-01-01"}]}',
    );
    expect(line).toEqual(['w.yaml:1:14: waivers[0]["\\u001b[31m"]: unknown property']);
  });

  test("the published schema agrees with the reader", () => {
    const validate = new Ajv({ strict: false }).compile(waiversSchema);
    const good = { control: "a", pattern: "b", reason: "r", owner: "o", expires: "2027-01-31" };
    const cases: readonly unknown[] = [
      good,
      { ...good, pattern: undefined },
      { ...good, control: undefined },
      { ...good, control: undefined, rule: "r" },
      { ...good, owner: "" },
      { ...good, plane: "x" },
      { ...good, patterns: ["c"] },
    ].map((w) => JSON.parse(JSON.stringify({ waivers: [w] })) as unknown);
    const verdicts = cases.map((c) => validate(c));
    expect(verdicts).toEqual(cases.map((c) => errors(JSON.stringify(c)).length === 0));
    expect(verdicts).toEqual([true, false, false, true, false, false, false]);
  });
});
