import { describe, expect, it } from "vitest";
import { file as check } from "../../../src/checks/config/file.ts";
import { factsOf } from "../../../src/snapshot/facts.ts";
import type { GivenFile } from "../../../src/state/context.ts";
import { control, run } from "../world.ts";

const facts = factsOf({
  schema: 1,
  provider: "aws",
  scope: "files",
  takenAt: "2026-11-28T06:00:00Z",
  kinds: [],
  documents: [],
  unread: [],
});

const DEMANDS = {
  what: "seed file",
  require: [{ path: "a.host", message: "it needs a host" }],
  matches: [{ path: "a.teams.*.id", pattern: "^[a-z0-9]{1,9}$", message: "short" }],
  references: [{ from: "a.projects.*.team", to: "a.teams.*.id", what: "team" }],
  some: [{ path: "a.invites.*.role", is: "owner", message: "nobody owns it" }],
};

function look(given: GivenFile | undefined): readonly string[] {
  const own = control("seed", check.id, { file: "seed.yaml", ...DEMANDS });
  const context = given === undefined ? {} : { files: { "seed.yaml": given } };
  return run(check, facts, own, context).map((o) =>
    o.kind === "assessed"
      ? `assessed ${o.count}`
      : `${o.kind === "drift" ? o.drift : o.kind} ${o.standsIn?.file}:${o.standsIn?.line} ${o.property}: ${o.message}`,
  );
}

const RIGHT = `a:
  host: https://x.example
  teams:
    - id: one
  projects:
    - team: one
  invites:
    - role: owner
`;

describe("config/file", () => {
  it("a file that says all passes, as JSON too", () => {
    expect(look({ text: RIGHT })).toEqual(["assessed 4"]);
    const json = {
      a: { host: "x", teams: [{ id: "one" }], projects: [{ team: "one" }], invites: [{ role: "owner" }] },
    };
    expect(look({ text: JSON.stringify(json) })).toEqual(["assessed 4"]);
  });

  it.each<[string, string, readonly string[]]>([
    [
      "a placeholder of the page is no value",
      RIGHT.replace("https://x.example", "<YOUR HOST, e.g. https://x>"),
      ['absent seed.yaml:2 a.host: seed.yaml:2:9: a.host is "<YOUR HOST, e.g. https://x>": it needs a host'],
    ],
    [
      "nor are blanks",
      RIGHT.replace("https://x.example", '"  "'),
      ['absent seed.yaml:2 a.host: seed.yaml:2:9: a.host is "  ": it needs a host'],
    ],
    [
      "what is not there stands at its nearest parent",
      RIGHT.replace("  host: https://x.example\n", ""),
      ["absent seed.yaml:2 a.host: seed.yaml:2:3: a.host is not there: it needs a host"],
    ],
    [
      "an id that is too long, and what refers to it as it was meant",
      RIGHT.replace("id: one", "id: onetwothree"),
      [
        'changed seed.yaml:4 a.teams.0.id: seed.yaml:4:11: a.teams.0.id is "onetwothree": short',
        'changed seed.yaml:6 a.projects.0.team: seed.yaml:6:13: a.projects.0.team is "one", and there is no team of that id',
      ],
    ],
    [
      "a number is no text, though it would match",
      RIGHT.replace("id: one", "id: 0123").replace("team: one", 'team: "123"'),
      [
        "changed seed.yaml:4 a.teams.0.id: seed.yaml:4:11: a.teams.0.id is 0123, which is no text without quotes: short",
      ],
    ],
    [
      "a placeholder inside a text",
      RIGHT.replace("https://x.example", "https://<YOUR HOST>/x"),
      ['absent seed.yaml:2 a.host: seed.yaml:2:9: a.host is "https://<YOUR HOST>/x": it needs a host'],
    ],
    ["an address in brackets is a value", RIGHT.replace("https://x.example", "Ops <ops@x.example>"), []],
    [
      "a team without an id, beside one with",
      RIGHT.replace("  projects:", "    - name: two\n    -\n  projects:"),
      [
        "absent seed.yaml:5 a.teams.1.id: seed.yaml:5:7: a.teams.1.id is not there: short",
        "absent seed.yaml:6 a.teams.2.id: seed.yaml:6:6: a.teams.2.id is not there: short",
      ],
    ],
    [
      "a project that names no team",
      RIGHT.replace("    - team: one", "    - name: two"),
      [
        "absent seed.yaml:6 a.projects.0.team: seed.yaml:6:7: a.projects.0.team is not there: it names no team",
      ],
    ],
    ...["no", "y", "On", "0b101"].map((word): [string, string, readonly string[]] => [
      `a word that Helm takes for something else: ${word}`,
      RIGHT.replace("id: one", `id: ${word}`).replace("team: one", `team: ${word}`),
      [
        `changed seed.yaml:4 a.teams.0.id: seed.yaml:4:11: a.teams.0.id is ${word}, which is no text without quotes: short`,
      ],
    ]),
    ["in quotes it is a text", RIGHT.replace("id: one", 'id: "no"').replace("team: one", "team: 'no'"), []],
    [
      "a word without quotes that refers to one with",
      RIGHT.replace("id: one", 'id: "no"').replace("team: one", "team: no"),
      [
        "changed seed.yaml:6 a.projects.0.team: seed.yaml:6:13: a.projects.0.team is no, which is no text without quotes, and there is no team of that id",
      ],
    ],
    [
      "nobody is owner",
      RIGHT.replace("role: owner", "role: Owner"),
      ["absent seed.yaml:8 a.invites: seed.yaml:2:3: nobody owns it".replace("seed.yaml:8", "seed.yaml:2")],
    ],
  ])("%s", (_, text, found) => {
    expect(look({ text })).toEqual([...found, "assessed 4"]);
  });

  it.each<[string, GivenFile | undefined, string]>([
    [
      "not there",
      { problem: "cannot read the file: no such file" },
      "seed.yaml: the seed file could not be read: cannot read the file: no such file",
    ],
    ["not given", undefined, "seed.yaml: the seed file could not be read: it was not given to the audit"],
    ["no YAML", { text: "a: [1,\nb: }" }, "seed.yaml:2:"],
    ["a key twice", { text: "a: 1\nb: 2\na: 3\n" }, 'seed.yaml:3:1: the seed file has the key "a" twice'],
    ["an alias", { text: "a: &x 1\nb: *x\n" }, "seed.yaml:2:4: the seed file has an alias"],
    ["a tag", { text: "a: !Ref x\n" }, "seed.yaml:1:"],
    ["two documents", { text: "a: 1\n---\nb: 2\n" }, "seed.yaml:"],
    ["nothing in it", { text: "\n" }, "seed.yaml:1:1: the seed file is empty"],
    ["as deep as a bomb", { text: "[".repeat(2000) }, "seed.yaml:1:"],
    [
      "a megabyte and more",
      { text: `a: ${"x".repeat(1_000_001)}` },
      "seed.yaml:1:1: the seed file is larger than a megabyte",
    ],
  ])("unknown: %s", (_, given, message) => {
    const found = look(given);
    expect(found).toHaveLength(1);
    expect(found[0]?.startsWith("unknown seed.yaml:")).toBe(true);
    expect(found[0]).toContain(message);
  });

  it("a control without its file does not apply", () => {
    expect(check.applicable?.(control("seed", check.id, DEMANDS))).toBe("no seed file was given");
    expect(check.applicable?.(control("seed", check.id, { ...DEMANDS, file: "x" }))).toBeUndefined();
  });
});
