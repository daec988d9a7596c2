// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a baseline refers to its parameters that way
import { describe, expect, test } from "vitest";
import { parseBaseline } from "../../src/baselines/parse.ts";
import { BaselineError } from "../../src/baselines/problem.ts";
import { framed, limits, shapes } from "./shapes.ts";

function messageOf(text: string): string {
  try {
    parseBaseline(text, "mine.yaml", shapes);
  } catch (error) {
    if (error instanceof BaselineError) return error.message;
    throw error;
  }
  return "accepted";
}

const control = (rest: string) => `controls:
  - id: a
    title: t
    why: w
    cite: { section: s }
${rest}`;

const role = (permissions: string) =>
  framed(
    control(`    check: azure/role-definition
    with:
      permissions:
${permissions}`),
  );

/** A complete baseline with parameters and profiles; `extra` is one more control. */
const complete = (extra: string, head = "") =>
  framed(`${head}parameters:
  principalId: { type: uuid, flag: principal, help: h }
  groups: { type: list, help: h }
controls:
  - id: admin-role
    title: t
    why: w
    check: azure/role-definition
    cite: { section: s }
    with: { permissions: [{ actions: [x] }] }
${extra}`);

const effective = (
  parts: string,
) => `  - { id: b, title: t, why: w, check: azure/effective-access, cite: { section: s },
      with: { ${parts} } }
`;

describe("a baseline that cannot be used says what, where and what to do, one line per problem", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["an empty file", "", "mine.yaml:1:1: expected a mapping, found nothing"],
    ["a list", "[]", "mine.yaml:1:1: expected a mapping, found an empty list"],
    ["a text", "hello", 'mine.yaml:1:1: expected a mapping, found "hello"'],
    [
      "an unclosed list",
      "a: [",
      "mine.yaml:1:5: flow sequence in block collection must be sufficiently indented and end with a ]",
    ],
    [
      "a nested compact mapping",
      "a: b: c",
      "mine.yaml:1:4: nested mappings are not allowed in compact mappings",
    ],
    ["a tab", "\ta: 1", "mine.yaml:1:1: indent with spaces, not with tabs"],
    [
      "a second document",
      "a: 1\n---\nb: 2\n",
      "mine.yaml:2:1: expected one document, found a second one after `---`",
    ],
    ["a key given twice", "a: 1\nb: 2\na: 3\n", "mine.yaml:3:1: a: given twice, first on line 1"],
    ["a tag", "a: !!js/function x", "mine.yaml:1:4: tags (`!name`) are not allowed; write plain values"],
    [
      "an older YAML",
      "%YAML 1.1\n---\na: yes\n",
      "mine.yaml:1:1: expected YAML 1.2, found a directive for another version",
    ],
    ["an undefined anchor", "a: *x", 'mine.yaml:1:4: a: the anchor "x" is not defined above'],
    ["a number that is none", "a: .nan", "mine.yaml:1:4: a: expected text or a finite number, found .nan"],
    ["a list as key", "? [a]\n: b\n", "mine.yaml:1:3: expected text as key"],
    [
      "an empty mapping",
      "{}",
      [
        'mine.yaml:1:1: lacks "cloud"',
        'mine.yaml:1:1: lacks "controls"',
        'mine.yaml:1:1: lacks "id" (name of the baseline: lower-case letters, digits and single hyphens)',
        'mine.yaml:1:1: lacks "source"',
        'mine.yaml:1:1: lacks "title" (what the baseline is, for a list)',
        'mine.yaml:1:1: lacks "version" (a version; of a captured page the date, such as 2026-11-20)',
      ].join("\n"),
    ],
    [
      "no controls",
      framed("controls: []\n"),
      "mine.yaml:6:11: controls: expected at least one item, found an empty list",
    ],
    [
      "a misspelt key at the top, in JSON",
      '{"id":"a","version":"1","title":"t","cloud":"azure","source":{"url":"https://x","captured":"2026-01-01"},\n  "contols": [],\n  "controls": [{"id":"a","title":"t","why":"w","check":"config/limits","cite":{"section":"s"},"with":{"low":1,"high":2}}]}',
      'mine.yaml:2:3: contols: unknown property; did you mean "controls"?',
    ],
    [
      "a misspelt key deep inside",
      role("        - actons: [x]\n"),
      'mine.yaml:14:11: controls[0].with.permissions[0].actons: unknown property; did you mean "actions"?',
    ],
    [
      "a key that resembles none",
      role("        - { actions: [x], zzzzzzzz: 1 }\n"),
      "mine.yaml:14:27: controls[0].with.permissions[0].zzzzzzzz: unknown property",
    ],
    [
      "an item given twice",
      role("        - actions:\n            - x\n            - y\n            - x\n"),
      'mine.yaml:17:15: controls[0].with.permissions[0].actions: expected different items, found "x" twice',
    ],
    [
      "a text where a list belongs",
      role("        - actions: x\n"),
      'mine.yaml:14:20: controls[0].with.permissions[0].actions: expected a list, found "x"',
    ],
    [
      "an unknown check",
      framed(control("    check: azure/role-definitions\n    with: {}\n")),
      'mine.yaml:11:12: controls[0].check: expected one of azure/effective-access, azure/role-definition, config/limits, kubernetes/effective-access, kubernetes/role, kubernetes/role-binding, found "azure/role-definitions"; did you mean "azure/role-definition"?',
    ],
    [
      "a control without anything",
      framed("controls:\n  - {}\n"),
      [
        'mine.yaml:7:5: controls[0]: lacks "check" (which check assesses the control)',
        'mine.yaml:7:5: controls[0]: lacks "cite"',
        'mine.yaml:7:5: controls[0]: lacks "id" (name of the control: lower-case letters, digits and single hyphens)',
        'mine.yaml:7:5: controls[0]: lacks "title" (what must hold, in one line)',
        'mine.yaml:7:5: controls[0]: lacks "why" (why it matters to whoever is paged, in one or two sentences)',
        'mine.yaml:7:5: controls[0]: lacks "with" (parameters of the check)',
      ].join("\n"),
    ],
    [
      "a version that YAML reads as a number, an unknown cloud, an http page, a wrong date",
      limits("{ high: 1 }")
        .replace("version: 2026-01-31", "version: 1.0")
        .replace("cloud: azure", "cloud: azur")
        .replace("https:", "http:")
        .replace("captured: 2026-01-31", "captured: 31.1.2026"),
      [
        "mine.yaml:2:10: version: expected text, found the number 1; put it in quotes",
        'mine.yaml:4:8: cloud: expected one of azure, aws, kubernetes, found "azur"; did you mean "azure"?',
        'mine.yaml:5:16: source.url: expected an https address, found "http://acme.example/docs"',
        'mine.yaml:5:52: source.captured: expected a date such as 2026-11-20, found "31.1.2026"',
      ].join("\n"),
    ],
    [
      "an id with capitals",
      limits("{ high: 1 }").replace("id: acme", "id: Acme"),
      'mine.yaml:1:5: id: expected name of the baseline: lower-case letters, digits and single hyphens, found "Acme"',
    ],
    [
      "an erratum without section",
      limits("{ high: 1 }").concat("errata:\n  - text: wrong\n"),
      'mine.yaml:10:5: errata[0]: lacks "section" (heading on the page)',
    ],
    [
      "a parameter's name with a hyphen",
      limits("{ high: 1 }").concat("parameters:\n  principal-id: { type: uuid, help: h }\n"),
      'mine.yaml:10:3: parameters.principal-id: expected a name of letters, digits and underscores, found "principal-id"',
    ],
    [
      "low without high",
      limits("{ low: 2 }"),
      'mine.yaml:8:13: controls[0].with: "low" needs "high" beside it',
    ],
    [
      "numbers out of range",
      limits("{ low: 0, high: 10 }"),
      [
        "mine.yaml:8:20: controls[0].with.low: expected a number of at least 1, found the number 0",
        "mine.yaml:8:29: controls[0].with.high: expected a number below 10, found the number 10",
      ].join("\n"),
    ],
    [
      "G7: a number that would lose its text",
      limits("{ low: 1.0, high: 03 }"),
      [
        "mine.yaml:8:20: controls[0].with.low: 1.0 is no plain number; put it in quotes",
        "mine.yaml:8:31: controls[0].with.high: 03 is no plain number; put it in quotes",
      ].join("\n"),
    ],
    [
      "a fraction",
      limits("{ low: 1.5, high: 2 }"),
      "mine.yaml:8:20: controls[0].with.low: expected a whole number, found the number 1.5",
    ],
    [
      "none of two forms",
      limits("{ names: 3 }"),
      "mine.yaml:8:22: controls[0].with.names: expected one of: text; a list, found the number 3",
    ],
    [
      "the second of two forms, wrong inside",
      limits("{ names: [1] }"),
      "mine.yaml:8:23: controls[0].with.names[0]: expected text, found the number 1; put it in quotes",
    ],
    [
      "too many items",
      limits("{ names: [a, b, c] }"),
      "mine.yaml:8:22: controls[0].with.names: expected at most 2, found 3 items",
    ],
    [
      "not the constant",
      limits("{ mode: lax }"),
      'mine.yaml:8:21: controls[0].with.mode: expected "strict", found "lax"',
    ],
    [
      "yes, which YAML 1.2 reads as text",
      limits("{ strict: yes }"),
      'mine.yaml:8:23: controls[0].with.strict: expected true or false, found "yes"',
    ],
    [
      "too long a text",
      limits("{ text: abcd }"),
      "mine.yaml:8:21: controls[0].with.text: expected at most 3, found 4 characters",
    ],
    [
      "what may not be there",
      limits("{ never: 1 }"),
      "mine.yaml:8:22: controls[0].with.never: not allowed here",
    ],
    [
      "a pattern without description",
      limits("{ code: ABC }"),
      'mine.yaml:8:21: controls[0].with.code: expected text that matches ^[a-z]{3}$, found "ABC"',
    ],
    [
      "a forbidden value",
      limits("{ group: system }"),
      'mine.yaml:8:22: controls[0].with.group: "system" is not allowed here',
    ],
    [
      "an empty mapping of parameters",
      limits("{}"),
      "mine.yaml:8:13: controls[0].with: expected at least one entry, found an empty mapping",
    ],
    [
      "a parameter of a declared check",
      framed(
        control(
          "    check: kubernetes/role\n    with: { kind: Rol, name: r, rules: [{ verb: [get], verbs: [get] }] }\n",
        ),
      ),
      [
        'mine.yaml:12:19: controls[0].with.kind: expected one of Role, ClusterRole, found "Rol"; did you mean "Role"?',
        'mine.yaml:12:43: controls[0].with.rules[0].verb: unknown property; did you mean "verbs"?',
      ].join("\n"),
    ],
    [
      "two controls of one name",
      complete(effective("required: [admin-role]").replace("id: b", "id: admin-role")),
      'mine.yaml:16:11: controls[1].id: two controls are called "admin-role"; the other is controls[0]',
    ],
    [
      "a reference to an undeclared parameter",
      complete(effective('principal: "${principalID}", required: [admin-role]')),
      'mine.yaml:17:26: controls[1].with.principal: ${principalID} is not declared under parameters; did you mean "principalId"?',
    ],
    [
      "a reference that is inherited from every object",
      complete(effective('principal: "${toString}", required: [admin-role]')),
      "mine.yaml:17:26: controls[1].with.principal: ${toString} is not declared under parameters",
    ],
    [
      "references that are none",
      complete(effective('principal: "${principal-id}", scope: "${principalId", required: [admin-role]')),
      [
        'mine.yaml:17:26: controls[1].with.principal: "${principal-id}" is no reference; expected a parameter\'s name between ${ and }',
        'mine.yaml:17:52: controls[1].with.scope: "${principalId" is no reference; expected a parameter\'s name between ${ and }',
      ].join("\n"),
    ],
    [
      "a list inside a text",
      complete(effective('scope: "/x/${groups}", required: [admin-role]')),
      "mine.yaml:17:22: controls[1].with.scope: ${groups} is a list and must be the whole value",
    ],
    [
      "a control that does not exist",
      complete(effective("required: [admin-rol], optional: [nothing-like-it]")),
      [
        'mine.yaml:17:26: controls[1].with.required[0]: no control is called "admin-rol"; did you mean "admin-role"?',
        'mine.yaml:17:49: controls[1].with.optional[0]: no control is called "nothing-like-it"',
      ].join("\n"),
    ],
    [
      "a control of the wrong kind",
      complete(effective("required: [admin-role, b]")),
      'mine.yaml:17:38: controls[1].with.required[1]: expected a control of azure/role-definition or azure/role-assignment, found "b" of azure/effective-access',
    ],
    [
      "a default profile that is not declared",
      complete("", "profiles: { default: opertae, names: { operate: o, lifecycle: l } }\n"),
      'mine.yaml:6:22: profiles.default: no profile "opertae" is declared under names; did you mean "operate"?',
    ],
    [
      "profiles of controls and parts that are not declared",
      complete(
        effective("required: [admin-role]")
          .replace("why: w", "why: w, profile: lifecycl")
          .concat(`  - { id: c, title: t, why: w, check: azure/role-definition, cite: { section: s },
      with: { permissions: [{ profile: other, actions: [x] }] } }
`),
        "profiles: { default: operate, names: { operate: o, lifecycle: l } }\n",
      ),
      [
        'mine.yaml:17:41: controls[1].profile: unknown profile "lifecycl"; declared are operate, lifecycle; did you mean "lifecycle"?',
        'mine.yaml:20:40: controls[2].with.permissions[0].profile: unknown profile "other"; declared are operate, lifecycle',
      ].join("\n"),
    ],
    [
      "a profile where there are none",
      complete(effective("required: [admin-role]").replace("why: w", "why: w, profile: operate")),
      'mine.yaml:16:41: controls[1].profile: unknown profile "operate"; the baseline declares no profiles',
    ],
    [
      "a flag for two parameters",
      complete("").replace("groups: { type: list", "groups: { type: list, flag: principal"),
      'mine.yaml:8:31: parameters.groups.flag: --principal already gives the parameter "principalId"',
    ],
    [
      "invisible characters in what is quoted",
      limits('{ mode: "a\\u202eb\\u001b[2J" }'),
      'mine.yaml:8:21: controls[0].with.mode: expected "strict", found "a\\u{202e}b\\u001b[2J"',
    ],
  ];
  test.each(cases)("%s", (_, text, message) => {
    expect(messageOf(text)).toBe(message);
  });

  test("problems past the fiftieth are counted", () => {
    const keys = Array.from({ length: 70 }, (_, i) => `k${i}: 1`).join("\n");
    const lines = messageOf(`${limits("{ high: 1 }")}${keys}\n`).split("\n");
    expect(lines).toHaveLength(51);
    expect(lines[0]).toBe("mine.yaml:9:1: k0: unknown property");
    expect(lines[50]).toBe("mine.yaml: and 20 more problems");
  });
});

describe("a baseline that loads", () => {
  test("the example of the design, line by line", () => {
    const text = `# yaml-language-server: $schema=../baseline.schema.json
id: acme
version: 2026-01-31
title: Acme
cloud: azure
source: { url: https://acme.example/docs, captured: 2026-01-31 }
parameters:
  principalId: { type: uuid, flag: principal, help: object id }
controls:
  - id: admin-role
    title: t
    why: w
    check: azure/role-definition
    cite: { section: Permissions }
    with:
      role: Acme
      permissions:
        - actions:
            - Acme.Lake/lakes/*        # SARIF points at this line
            - Acme.Lake/ponds/read
`;
    const loaded = parseBaseline(text, "acme.yaml", shapes);
    expect(loaded.baseline).toEqual({
      id: "acme",
      version: "2026-01-31",
      title: "Acme",
      cloud: "azure",
      source: { url: "https://acme.example/docs", captured: "2026-01-31" },
      parameters: { principalId: { type: "uuid", flag: "principal", help: "object id" } },
      controls: [
        {
          id: "admin-role",
          title: "t",
          why: "w",
          check: "azure/role-definition",
          cite: { section: "Permissions" },
          with: { role: "Acme", permissions: [{ actions: ["Acme.Lake/lakes/*", "Acme.Lake/ponds/read"] }] },
        },
      ],
      errata: [],
    });
    expect(loaded.file).toBe("acme.yaml");
    const lines = Object.fromEntries(
      [
        "",
        "/id",
        "/parameters/principalId/help",
        "/controls/0",
        "/controls/0/with",
        "/controls/0/with/permissions/0/actions/0",
        "/controls/0/with/permissions/0/actions/1",
        "/controls/0/with/permissions/0/actions/9",
        "/controls/0/with/permissions/7/dataActions/1",
        "/nothing/0",
      ].map((pointer) => [pointer, loaded.lineOf(pointer)]),
    );
    expect(lines).toEqual({
      "": 2,
      "/id": 2,
      "/parameters/principalId/help": 8,
      "/controls/0": 10,
      "/controls/0/with": 15,
      "/controls/0/with/permissions/0/actions/0": 19,
      "/controls/0/with/permissions/0/actions/1": 20,
      "/controls/0/with/permissions/0/actions/9": 18,
      "/controls/0/with/permissions/7/dataActions/1": 17,
      "/nothing/0": 2,
    });
  });

  test("dates are text, quoted or not, and JSON with tabs reads like YAML", () => {
    const yaml = parseBaseline(limits("{ high: 1 }"), "x", shapes).baseline;
    const quoted = parseBaseline(
      limits("{ high: 1 }").replaceAll("2026-01-31", '"2026-01-31"'),
      "x",
      shapes,
    ).baseline;
    const json = parseBaseline(JSON.stringify(yaml, null, "\t"), "x", shapes).baseline;
    expect(yaml.version).toBe("2026-01-31");
    expect(quoted).toEqual(yaml);
    expect(json).toEqual(yaml);
  });

  test("the hash is that of the bytes, a byte order mark included", () => {
    const text = `\ufeff${limits("{ high: 1 }")}`;
    const loaded = parseBaseline(text, "x", shapes);
    expect(loaded.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(loaded.sha256).not.toBe(parseBaseline(text.slice(1), "x", shapes).sha256);
    expect(loaded.baseline.id).toBe("acme");
  });

  test("an anchor used a few times is a convenience, and its lines are the anchor's", () => {
    const text = role("        - actions: &shared [x, y]\n        - actions: *shared\n");
    const loaded = parseBaseline(text, "x", shapes);
    expect(loaded.baseline.controls[0]?.with).toEqual({
      permissions: [{ actions: ["x", "y"] }, { actions: ["x", "y"] }],
    });
    expect(loaded.lineOf("/controls/0/with/permissions/1/actions/1")).toBe(14);
    expect(loaded.lineOf("/controls/0/with/permissions/1/actions")).toBe(15);
  });

  test("an AWS policy variable is not a reference (AW6)", () => {
    const text = complete(effective('scope: "a/${aws:username}/${*}/${?}/${$}", required: [admin-role]'));
    expect(messageOf(text)).toBe("accepted");
  });

  test("what was loaded cannot be changed by accident", () => {
    const { baseline } = parseBaseline(limits("{ names: [a] }"), "x", shapes);
    const { names } = baseline.controls[0]!.with as { names: string[] };
    expect(() => names.push("b")).toThrow(TypeError);
  });
});
