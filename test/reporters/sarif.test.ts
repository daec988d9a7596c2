import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { contentNumber } from "../../src/report/grant.ts";
import type { Finding, Report } from "../../src/report/report.ts";
import { SEVERITIES } from "../../src/report/severity.ts";
import { renderIncompleteSarif, sarif } from "../../src/reporters/sarif.ts";
import { artifactUri, categoryOf, sarifText } from "../../src/reporters/sarif-text.ts";
import {
  control,
  driftFindings,
  FILE,
  finding,
  report,
  SUBSCRIPTION,
  target,
  worlds,
} from "../report/sample.ts";
import { fleet, large, options } from "./worlds.ts";

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly kind: string;
  readonly level: string;
  readonly message: { readonly text: string; readonly markdown?: string };
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string };
      readonly region: { readonly startLine: number };
    };
    readonly logicalLocations: readonly { readonly fullyQualifiedName: string; readonly kind: string }[];
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}
interface Rule {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
  readonly fullDescription: { readonly text: string };
  readonly help: { readonly text: string; readonly markdown: string };
  readonly helpUri: string;
  readonly defaultConfiguration: { readonly level: string };
  readonly properties: Readonly<Record<string, unknown>> & { readonly tags: readonly string[] };
}
interface Run {
  readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly Rule[] } };
  readonly automationDetails: { readonly id: string };
  readonly invocations: readonly {
    readonly executionSuccessful: boolean;
    readonly toolExecutionNotifications?: readonly {
      readonly level: string;
      readonly message: { readonly text: string };
    }[];
  }[];
  readonly results: readonly Result[];
}
interface Log {
  readonly $schema: string;
  readonly version: string;
  readonly runs: readonly Run[];
}

const parse = (text: string | undefined): Log => JSON.parse(text ?? "") as Log;
const render = (r: Report) => parse(sarif.render(r, options()));
const notes = (run: Run | undefined) =>
  (run?.invocations[0]?.toolExecutionNotifications ?? []).map((n) => n.message.text);
const one = (more: Partial<Finding>) =>
  report({
    controls: [control("platform-role", "fail")],
    findings: [
      finding({
        control: "platform-role",
        drift: "excess",
        severity: "high",
        pattern: "A/*",
        except: [],
        ...more,
      }),
    ],
  });

describe("SARIF for code scanning, point by point", () => {
  test("what is required of a file; a clean target still has an empty run, which closes its alerts", () => {
    expect(render(worlds.none())).toEqual({
      $schema: "https://json.schemastore.org/sarif-2.1.0.json",
      version: "2.1.0",
      runs: [
        {
          tool: {
            driver: {
              name: "chalk-audit",
              version: "0.1.0",
              semanticVersion: "0.1.0",
              informationUri: "https://github.com/chalk-audit/chalk-audit",
              rules: [],
            },
          },
          automationDetails: { id: "chalk-audit/azure/subscriptions/6b1f0000-0000-4000-8000-000000004e5f/" },
          invocations: [{ executionSuccessful: true }],
          columnKind: "utf16CodeUnits",
          results: [],
        },
      ],
    });
  });

  test("severity is per rule: each severity of a drift is a rule of its own, with its score", () => {
    const log = render(
      report({
        controls: [control("platform-role", "fail")],
        findings: SEVERITIES.map((severity) =>
          finding({
            control: "platform-role",
            drift: "excess",
            severity,
            pattern: `${severity}/*`,
            except: [],
          }),
        ),
      }),
    );
    const rules = log.runs[0]?.tool.driver.rules ?? [];
    expect(
      rules.map((r) => [
        r.id,
        r.properties["security-severity"],
        r.properties["problem.severity"],
        r.properties["precision"],
        r.defaultConfiguration.level,
      ]),
    ).toEqual([
      ["azure/role-definition/excess/critical", "9.5", "error", "very-high", "error"],
      ["azure/role-definition/excess/high", "8.0", "error", "very-high", "error"],
      ["azure/role-definition/excess/info", "2.0", "recommendation", "very-high", "note"],
      ["azure/role-definition/excess/low", "2.0", "recommendation", "very-high", "note"],
      ["azure/role-definition/excess/medium", "5.5", "warning", "very-high", "warning"],
    ]);
    for (const result of log.runs[0]?.results ?? []) {
      expect(rules[result.ruleIndex]?.id).toBe(result.ruleId);
      expect(rules[result.ruleIndex]?.defaultConfiguration.level).toBe(result.level);
    }
    for (const rule of rules) {
      for (const text of [
        rule.shortDescription.text,
        rule.fullDescription.text,
        rule.help.text,
        rule.help.markdown,
      ]) {
        expect(text.length).toBeGreaterThan(0);
      }
      expect(rule.helpUri).toMatch(/^https:\/\//);
      expect(rule.properties.tags.length).toBeLessThanOrEqual(10);
      expect(new Set(rule.properties.tags).size).toBe(rule.properties.tags.length);
    }
  });

  test("a result is anchored to the baseline's line; the resource is the logical location and heads the message", () => {
    const [result] = render(worlds.drift()).runs[0]?.results ?? [];
    const [first] = worlds.drift().findings;
    expect(result).toEqual({
      ruleId: "azure/effective-access/excess/critical",
      ruleIndex: 0,
      kind: "fail",
      level: "error",
      message: {
        text:
          "acme-platform: excess of Microsoft.Authorization/*. " +
          "Proof: may Microsoft.Authorization/roleDefinitions/write at " +
          `${SUBSCRIPTION}/resourceGroups/rg-acme, by Owner, to group platform-team.`,
        markdown:
          "excess of Microsoft.Authorization/&#42;\n\n" +
          "Take the group out of the role Owner, or the principal out of the group.\n\n" +
          `\`\`\`sh\naz role assignment delete --ids ${SUBSCRIPTION}/resourceGroups/rg-acme/providers/Microsoft.Authorization/roleAssignments/0001\n\`\`\``,
      },
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: FILE }, region: { startLine: 34 } },
          logicalLocations: [
            { fullyQualifiedName: "aaaaaaaa-0000-4000-8000-000000000001", kind: "resource" },
          ],
        },
      ],
      partialFingerprints: {
        primaryLocationLineHash: `${first?.fingerprint}:${first === undefined ? 0 : contentNumber(first)}`,
      },
      properties: { control: "acme-azure/effective-access", drift: "excess" },
    });
  });

  test("a message has at most 400 letters, and keeps resource, difference and proof", () => {
    const long = (letter: string) => letter.repeat(900);
    const texts = [long("x"), `${long("y ")}{{`, "\u202e".repeat(300), "{".repeat(500), "short"];
    for (const [i, text] of texts.entries()) {
      const other = texts[(i + 1) % texts.length] ?? "";
      const [result] =
        render(
          one({
            message: text,
            pattern: other,
            except: [long("e")],
            by: text,
            latent: true,
            resource: { type: "t", id: other, name: text },
            witness: { action: other, plane: "control", scope: long("/s") },
          }),
        ).runs[0]?.results ?? [];
      const shown = result?.message.text ?? "";
      expect(shown.length).toBeLessThanOrEqual(400);
      expect(shown).toMatch(/: .*Pattern: .*Proof: may /s);
      // a brace is doubled or not there
      expect(shown.replaceAll("{{", "").replaceAll("}}", "")).not.toMatch(/[{}]/);
    }
  });

  test("the help of a rule ends in the commands that mend its worst findings", () => {
    const commands = (i: number) => [`az one ${i}`, "az {two}", "az three", "az four"];
    const made = report({
      controls: [control("platform-role", "fail")],
      findings: Array.from({ length: 7 }, (_, i) =>
        finding({
          control: "platform-role",
          drift: "excess",
          severity: "high",
          pattern: `P${i}/*`,
          except: [],
          resource: { type: "t", id: `id-${i}`, name: `name-${i}` },
          remediation: { text: "Narrow it.", commands: commands(i) },
        }),
      ),
    });
    const [rule] = render(made).runs[0]?.tool.driver.rules ?? [];
    const block = (i: number) =>
      `<code>name-${i}</code>\n\n\`\`\`sh\naz one ${i}\naz {{two}}\naz three\n# and 1 more\n\`\`\``;
    expect(rule?.help.markdown.split("### Put it right\n\n")[1]).toBe(
      [
        ...[0, 1, 2, 3, 4].map(block),
        "And 2 more findings of this kind: each result and the JSON report have theirs.",
      ].join("\n\n"),
    );
    expect(rule?.help.text).toContain("name-4:\n  az one 4\n  az {{two}}\n  az three\n  # and 1 more");
  });

  test("the help tells a command that mends several findings once, and none that is cut", () => {
    const mends = (n: number, command: string) =>
      finding({
        control: "platform-role",
        drift: "excess",
        severity: "high",
        pattern: `P${n}/*`,
        except: [],
        remediation: { text: "Narrow it.", commands: [command] },
      });
    const long = `az role update --actions ${"Microsoft.Compute/x ".repeat(30)}'`;
    const made = report({
      controls: [control("platform-role", "fail")],
      findings: [mends(1, "az detach"), mends(2, "az detach"), mends(3, long)],
    });
    const [run] = render(made).runs;
    const name = "<code>Acme Platform</code>\n\n```sh\n";
    const comment = `# az role update --actions Microsoft.Compute/x Microsoft.Compu… (${long.length} letters: the JSON report has all of it)`;
    const [rule] = run?.tool.driver.rules ?? [];
    expect(rule?.help.markdown.split("### Put it right\n\n")[1]).toBe(
      `${name}az detach\n\`\`\`\n\n${name}${comment}\n\`\`\``,
    );
    expect(rule?.help.text).toMatch(
      /Acme Platform:\n {2}az detach\n\nAcme Platform:\n {2}# az role update .*\)$/,
    );
    expect(run?.results[2]?.message.markdown).toContain(`\n${comment}\n`);
  });

  test("--sarif-suppressions: what was waived is a result that says so, after all that stands", () => {
    const base = { control: "platform-role", drift: "excess", except: [] } as const;
    const made = report({
      controls: [control("platform-role", "fail")],
      findings: [
        finding({
          ...base,
          severity: "critical",
          pattern: "A/*",
          outcome: "waived",
          waiver: { reason: "pilot", owner: "cloud-team", expires: "2027-01-31" },
        }),
        finding({ ...base, severity: "low", pattern: "B/*" }),
      ],
    });
    expect(render(made).runs[0]?.results).toHaveLength(1);
    expect(sarif.leftOut?.(made, options())).toEqual(["1 waived finding (--sarif-suppressions has them)"]);
    expect(sarif.leftOut?.(made, options({ sarif: { suppressions: true } }))).toEqual([]);
    const all = parse(sarif.render(made, options({ sarif: { suppressions: true } }))).runs[0]?.results ?? [];
    expect(all.map((r) => [r.ruleId, (r as { suppressions?: unknown }).suppressions])).toEqual([
      ["azure/role-definition/excess/low", undefined],
      [
        "azure/role-definition/excess/critical",
        [
          {
            kind: "external",
            status: "accepted",
            justification: "pilot (cloud-team, until 2027-01-31)",
          },
        ],
      ],
    ]);
  });

  test("a file that the repository does not have is stood for by one that it has", () => {
    const anchorOf = (file: string) => (file === FILE ? "chalk-audit.yaml" : undefined);
    const [result] =
      parse(sarif.render(worlds.drift(), options({ sarif: { anchorOf } }))).runs[0]?.results ?? [];
    expect(result?.locations[0]?.physicalLocation).toEqual({
      artifactLocation: { uri: "chalk-audit.yaml" },
      region: { startLine: 1 },
    });
    expect((result as { properties?: object } | undefined)?.properties).toMatchObject({
      declaredAt: `${FILE}:34`,
    });
    // the fingerprint stays: an alert that was dismissed does not come back
    const [before] = render(worlds.drift()).runs[0]?.results ?? [];
    expect(result?.partialFingerprints).toEqual(before?.partialFingerprints);
  });

  test("only drift that stands is a result: waived, unknown and notes are left out", () => {
    const base = { control: "platform-role", drift: "excess", severity: "high", except: [] } as const;
    const log = render(
      report({
        controls: [control("platform-role", "fail")],
        findings: [
          finding({ ...base, pattern: "stands/*" }),
          finding({ ...base, pattern: "waived/*", outcome: "waived" }),
          finding({ ...base, pattern: "unknown/*", outcome: "unknown" }),
          finding({ ...base, pattern: "note/*", outcome: "pass" }),
        ],
      }),
    );
    expect(log.runs[0]?.results.map((r) => r.message.text.includes("stands/*"))).toEqual([true]);
    expect(JSON.stringify(log)).not.toMatch(/suppressions|waived\/|unknown\/|note\//);
  });

  test.each([
    ["baselines/acme/2026-11-20.yaml", "baselines/acme/2026-11-20.yaml"],
    ["./my baseline #1.yaml", "my%20baseline%20%231.yaml"],
    ["arn:aws:iam::1:role/x", "arn%3Aaws%3Aiam%3A%3A1%3Arole/x"],
    ["https://example.org/b.yaml", "https%3A/example.org/b.yaml"],
    ["/home/me/b.yaml", "home/me/b.yaml"],
    ["C:\\work\\b.yaml", "work/b.yaml"],
    ["../../b.yaml", "b.yaml"],
    ["a/../../b(1).yaml", "b%281%29.yaml"],
    ["ünïcode.yaml", "%C3%BCn%C3%AFcode.yaml"],
    ["\ud800", "%5Cu%7Bd800%7D"],
    ["", "baselines"],
  ])("artifactLocation.uri is relative, encoded, without scheme: %s", (file, uri) => {
    expect(artifactUri(file)).toBe(uri);
    const [result] = render(one({ location: { file, line: 3 } })).runs[0]?.results ?? [];
    expect(result?.locations[0]?.physicalLocation.artifactLocation.uri).toBe(uri);
  });

  test("fault 19: 200 resources on one line are 200 alerts; fault 18: a moved line changes none of them", () => {
    const at = (line: number) =>
      render(
        report({
          controls: [control("subscription-separation", "fail")],
          findings: Array.from({ length: 200 }, (_, i) =>
            finding({
              control: "subscription-separation",
              drift: "stray",
              severity: "low",
              resource: { type: "rg", id: `${SUBSCRIPTION}/resourceGroups/rg-${i}`, name: `rg-${i}` },
              location: { file: FILE, line },
            }),
          ),
        }),
      ).runs[0]?.results.map((r) => r.partialFingerprints["primaryLocationLineHash"]);
    expect(new Set(at(5)).size).toBe(200);
    expect(at(900)).toEqual(at(5));
  });

  test("automationDetails.id: cloud and scope, trailing slash, stable whatever the case; one run per scope", () => {
    expect(categoryOf(target("/subscriptions/AbC/resourceGroups/RG/"))).toBe(
      "chalk-audit/azure/subscriptions/abc/resourcegroups/rg/",
    );
    expect(categoryOf(target("123456789012", { cloud: "aws" }))).toBe("chalk-audit/aws/123456789012/");
    const twice = render(report({ targets: [target(), target(SUBSCRIPTION, { name: "second" })] }));
    const ids = twice.runs.map((r) => r.automationDetails.id);
    expect(new Set(ids).size).toBe(2);
    expect(ids.every((id) => id.endsWith("/"))).toBe(true);
  });

  test("fault 16: one of 20 targets fails: 19 runs, and the failed one closes no alert", () => {
    const built = fleet(20, 3);
    const failed = built.targets[3];
    const log = render(built);
    expect(log.runs).toHaveLength(19);
    expect(log.runs.every((r) => r.invocations[0]?.executionSuccessful === true)).toBe(true);
    expect(JSON.stringify(log)).not.toContain(failed?.scope);
    const incomplete = parse(renderIncompleteSarif(built));
    expect(
      incomplete.runs.map((r) => [r.automationDetails.id, r.invocations[0]?.executionSuccessful, r.results]),
    ).toEqual([[`chalk-audit/azure${failed?.scope}/`, false, []]]);
    expect(notes(incomplete.runs[0])).toEqual([
      `GET ${failed?.scope}/providers/Microsoft.Authorization/roleAssignments: answered 403 AuthorizationFailed; needs Microsoft.Authorization/roleAssignments/read`,
      "acme-azure/effective-access: assignments could not be read",
      `${failed?.name} was not read, or not judged, completely; no result is given, so that no alert is closed`,
    ]);
  });

  test.each([
    ["complete", true],
    ["incomplete", false],
  ])("recorded state is named as recorded, with its time: %s", (_what, complete) => {
    const one = (more: object) => report({ targets: [target(SUBSCRIPTION, { complete, ...more })] });
    const written = (more: object) => {
      const built = one(more);
      return notes(parse(complete ? sarif.render(built, options()) : renderIncompleteSarif(built)).runs[0]);
    };
    const recorded = { source: "snapshot", recordedAt: "2026-11-20T06:00:00.000Z" };
    const { name } = target(SUBSCRIPTION);
    expect(written(recorded)).toContain(`${name}: recorded 2026-11-20 06:00 UTC`);
    expect(written({ ...recorded, stale: "recorded 8 days ago" })).toContain("recorded 8 days ago");
    expect(written({ ...recorded, source: "live" }).filter((text) => text.includes("recorded"))).toEqual([]);
  });

  test("an incomplete target with drift gives no results at all", () => {
    const built = report({
      targets: [target(SUBSCRIPTION, { complete: false })],
      controls: [
        control("platform-role", "fail"),
        control("effective-access", "fail"),
        control("platform-services", "fail"),
      ],
      findings: driftFindings(),
    });
    expect(sarif.render(built, options())).toBeUndefined();
    expect(parse(renderIncompleteSarif(built)).runs[0]?.results).toEqual([]);
  });

  test("nothing complete: nothing is written; everything complete: no second file; interrupted: neither (fault 21)", () => {
    expect(sarif.render(worlds.nothing(), options())).toBeUndefined();
    expect(renderIncompleteSarif(worlds.drift())).toBeUndefined();
    const cut = { ...worlds.drift(), interrupted: true };
    expect([sarif.render(cut, options()), renderIncompleteSarif(cut)]).toEqual([undefined, undefined]);
    expect(sarif.render(report({ targets: [] }), options())).toBeUndefined();
  });

  test("an undecided control of a target that was read is told in a notification", () => {
    expect(notes(render(worlds.drift()).runs[0])).toEqual([
      "acme-azure/key-vault-access: listing vaults was refused: needs Microsoft.KeyVault/vaults/read at the subscription",
    ]);
  });

  test("fault 17: two runs are the same bytes, at any time", () => {
    const at = (finishedAt: string) =>
      sarif.render(report({ ...worlds.drift(), version: "0.1.0", order: [], finishedAt }), options());
    expect(at("2026-11-21T08:00:00Z")).toBe(at("2031-01-01T00:00:00Z"));
    expect(at("2026-11-21T08:00:00Z")).not.toMatch(/TimeUtc|2026-11-21T/);
  });

  test("messages: braces doubled, no embedded link, long names cut", () => {
    expect(sarifText("{0} [x](javascript:1) \u202e")).toBe("{{0}} [x] (javascript:1) \\u{{202e}}");
    const name = `${"n".repeat(10_000)}](javascript:alert(1))`;
    const [result] = render(one({ resource: { type: "t", id: `/x/${name}`, name } })).runs[0]?.results ?? [];
    expect(result?.message.text.length).toBeLessThan(2_000);
    expect(result?.message.text.startsWith("nnn")).toBe(true);
    expect(JSON.stringify(result)).not.toContain("](");
  });

  test("a rule that nobody describes still has every text", () => {
    const [rule] =
      parse(sarif.render(one({ rule: "acme/own-check/excess" }), options())).runs[0]?.tool.driver.rules ?? [];
    expect(rule).toMatchObject({
      id: "acme/own-check/excess/high",
      shortDescription: { text: "acme/own-check: excess." },
      fullDescription: { text: 'The check acme/own-check found the drift "excess".' },
    });
    expect(rule?.help.text).not.toBe("");
  });
});

describe("limits of code scanning", () => {
  test("fault 20: 30,000 findings: the 5,000 most severe, said so, under 10 MB gzipped", () => {
    const built = large(30_000);
    const text = sarif.render(built, options()) ?? "";
    const [run] = parse(text).runs;
    // 6,000 are critical.
    expect(run?.results).toHaveLength(5_000);
    expect(new Set(run?.results.map((r) => r.ruleId.slice(r.ruleId.lastIndexOf("/") + 1)))).toEqual(
      new Set(["critical"]),
    );
    expect(notes(run)).toEqual([
      "25,000 results of 30,000 results are left out, the least severe ones: code scanning takes no more. The JSON report has all.",
    ]);
    expect(gzipSync(text).length).toBeLessThan(10_000_000);
  });

  test("more than 20 targets: those with the worst drift stay, and the others are named", () => {
    const log = render(fleet(25));
    expect(log.runs).toHaveLength(20);
    const withDrift = log.runs.filter((r) => r.results.length > 0);
    expect(withDrift).toHaveLength(13);
    expect(notes(log.runs[0])).toHaveLength(1);
    expect(notes(log.runs[0])[0]).toMatch(/^5 targets .*00000015-.*00000023-/);
  });

  test("a file that would be too big gives up the least severe results until it fits", {
    timeout: 120_000,
  }, () => {
    // Random text hardly shrinks: 5,000 results of about 4 kB each are more than 10 MB gzipped.
    let block = 0;
    const noise = (n: number) => {
      let text = "";
      while (text.length < n) text += createHash("sha512").update(String(block++)).digest("base64");
      return text.slice(0, n);
    };
    const built = report({
      controls: [control("platform-role", "fail")],
      findings: Array.from({ length: 5_000 }, (_, i) =>
        finding({
          control: "platform-role",
          drift: "changed",
          severity: i < 100 ? "high" : "low",
          property: String(i),
          resource: { type: "t", id: noise(1_900), name: noise(280) },
          message: noise(900),
          remediation: { text: noise(900), commands: [noise(390), noise(390)] },
        }),
      ),
    });
    const text = sarif.render(built, options()) ?? "";
    expect(gzipSync(text).length).toBeLessThan(10_000_000);
    const [run] = parse(text).runs;
    expect(run?.results.filter((r) => r.ruleId.endsWith("/high"))).toHaveLength(100);
    expect(run?.results.length).toBeLessThan(5_000);
    expect(notes(run)).toHaveLength(1);
  });
});
