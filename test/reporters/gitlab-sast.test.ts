import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { gitlabSast } from "../../src/reporters/gitlab-sast.ts";
import { control, finding, report, SUBSCRIPTION, target, worlds } from "../report/sample.ts";
import { sastSchema } from "./gitlab-schema.ts";
import { fleet, large, options } from "./worlds.ts";

interface Sast {
  readonly scan: { readonly status: string; readonly messages?: readonly { level: string; value: string }[] };
  readonly vulnerabilities: readonly {
    readonly id: string;
    readonly name: string;
    readonly severity: string;
    readonly description: string;
    readonly solution?: string;
    readonly identifiers: readonly { readonly value: string }[];
    readonly location: { readonly file: string; readonly start_line: number };
  }[];
}

const validate = new Ajv({ allErrors: true, strict: false }).compile(sastSchema);

function parsed(text: string | undefined): Sast {
  const read: unknown = JSON.parse(text ?? "null");
  expect([validate(read), validate.errors]).toEqual([true, null]);
  return read as Sast;
}

const incomplete = (built: Report) => gitlabSast.beside?.[0]?.render(built, options());

describe("gitlab-sast", () => {
  test("drift of whole targets, each a vulnerability with an identifier of its own; unknown ones are messages", () => {
    const { scan, vulnerabilities } = parsed(gitlabSast.render(worlds.drift(), options()));
    expect(scan.status).toBe("success");
    expect(scan.messages?.map(({ level }) => level)).toEqual(["warn"]);
    expect(scan.messages?.[0]?.value).toContain("acme-azure/key-vault-access: not assessed: ");
    expect(vulnerabilities.map(({ severity }) => severity)).toEqual([
      "Critical",
      "High",
      "High",
      "Medium",
      "Low",
      "Info",
    ]);
    expect(new Set(vulnerabilities.map(({ identifiers: [first] }) => first?.value)).size).toBe(6);
    expect(new Set(vulnerabilities.map(({ id }) => id)).size).toBe(6);
    expect(vulnerabilities[0]?.location).toEqual({
      file: "baselines/acme-azure/2026-11-20.yaml",
      start_line: 34,
      end_line: 34,
    });
    expect(incomplete(worlds.drift())).toBeUndefined();
  });

  test("GitLab takes what is absent for resolved: with a target that is not whole there is no report to upload", () => {
    for (const built of [worlds.partial(), worlds.nothing(), fleet(4, 2)]) {
      expect(gitlabSast.render(built, options())).toBeUndefined();
      const beside = parsed(incomplete(built));
      expect(beside.scan.status).toBe("failure");
      expect(beside.scan.messages?.[0]).toMatchObject({ level: "fatal" });
      expect(beside.scan.messages?.[0]?.value).toMatch(/ was not read completely$/);
    }
    // what was found is shown all the same, to a person
    expect(parsed(incomplete(fleet(4, 2))).vulnerabilities).toHaveLength(2);
  });

  test("a list of vulnerabilities tells them apart by their names, and no description says a pattern twice", () => {
    const pattern = ["a:*", "b:*", "c:*", "d:*", "e:*", "f:*"].join(", ");
    const drift = (name: string, message: string) =>
      finding({
        control: "platform-role",
        drift: "excess",
        severity: "high",
        pattern,
        message,
        resource: { type: "role", id: `id/${name}`, name },
      });
    const built = report({
      controls: [control("platform-role", "fail")],
      findings: [drift("one", `role one can do ${pattern}`), drift("two", "role two can do more")],
    });
    const { vulnerabilities } = parsed(gitlabSast.render(built, options()));
    expect(vulnerabilities.map(({ name }) => name)).toEqual(
      ["one", "two"].map((name) => `The role grants more: ${name}, a:*, b:*, c:*, d:* and 2 more`),
    );
    for (const { description } of vulnerabilities) expect(description.split("f&#58;&#42;")).toHaveLength(2);
  });

  test("a pattern that the message has is said once more where it has exceptions, which no message has", () => {
    const built = report({
      controls: [control("platform-role", "fail")],
      findings: [
        finding({
          control: "platform-role",
          drift: "excess",
          severity: "high",
          pattern: "a:*",
          except: ["a:Get*", "a:List*"],
          message: "the role can do a:*",
        }),
      ],
    });
    const { vulnerabilities } = parsed(gitlabSast.render(built, options()));
    expect(vulnerabilities[0]?.description).toContain(
      "Pattern: <code>a&#58;&#42;</code> except <code>a&#58;Get&#42;</code>, <code>a&#58;List&#42;</code>",
    );
  });

  test("a solution holds whole commands, and names those for which there is no room", () => {
    const command = (n: number, letters: number) => `az role update ${n} --actions ${"x".repeat(letters)}`;
    const commands = [
      command(1, 3_000),
      command(2, 9_000),
      command(3, 10),
      ...Array(200).fill(command(4, 90)),
    ];
    const built = report({
      controls: [control("platform-role", "fail")],
      findings: [
        finding({
          control: "platform-role",
          drift: "changed",
          severity: "high",
          remediation: { text: "Narrow it.", commands },
        }),
      ],
    });
    const [vulnerability] = parsed(gitlabSast.render(built, options())).vulnerabilities;
    const [text, ...rest] = vulnerability?.solution?.split("\n") ?? [];
    expect(text).toBe("Narrow it.");
    expect(rest.slice(0, 3)).toEqual([
      commands[0],
      expect.stringMatching(/^# az role update 2 --actions x+… \(9,027 letters: /),
      commands[2],
    ]);
    for (const line of rest.slice(3)) expect([commands[3], "#"]).toContain(line.startsWith("#") ? "#" : line);
  });

  test("of several targets a message of what is not known says which", () => {
    const built = fleet(3, 2);
    const messages = parsed(incomplete(built)).scan.messages ?? [];
    expect(messages.map(({ value }) => value)).toContain(
      `${built.targets[2]?.name}: acme-azure/effective-access: not assessed: assignments could not be read`,
    );
  });

  test("an interrupted run, and one of no target, write nothing", () => {
    const interrupted = { ...worlds.drift(), interrupted: true };
    expect([gitlabSast.render(interrupted, options()), incomplete(interrupted)]).toEqual([
      undefined,
      undefined,
    ]);
    expect(gitlabSast.render(report({ targets: [] }), options())).toBeUndefined();
  });

  test("waived findings are left out, and that is said", () => {
    expect(parsed(gitlabSast.render(worlds.waived(), options())).vulnerabilities).toEqual([]);
    expect(gitlabSast.leftOut?.(worlds.waived(), options())).toEqual([
      "1 finding waived: GitLab has no word for it",
    ]);
  });

  test("what an earlier report has and nobody looked at again keeps its vulnerability", () => {
    const [first] = worlds.drift().findings;
    const built = { ...worlds.none(), unassessed: first === undefined ? [] : [first] };
    const { vulnerabilities } = parsed(gitlabSast.render(built, options()));
    const [before] = parsed(gitlabSast.render(worlds.drift(), options())).vulnerabilities;
    expect(vulnerabilities.map(({ id }) => id)).toEqual([before?.id]);
    expect(vulnerabilities[0]?.description).toContain("(not looked at again)");
  });

  test("the same finding has the same id at another time and line, and another where it grants more", () => {
    const ids = (built: Report) =>
      parsed(gitlabSast.render(built, options())).vulnerabilities.map(({ id }) => id);
    const later = {
      ...worlds.drift(),
      startedAt: "2027-01-01T00:00:00Z",
      finishedAt: "2027-01-01T00:00:01Z",
    };
    const moved = {
      ...later,
      findings: later.findings.map((f) => ({ ...f, location: { ...f.location, line: 99 } })),
    };
    expect(ids(moved)).toEqual(ids(worlds.drift()));
    const wider = { ...later, findings: later.findings.map((f, i) => (i === 0 ? { ...f, except: [] } : f)) };
    expect(ids(wider)[0]).not.toBe(ids(later)[0]);
    expect(ids(wider).slice(1)).toEqual(ids(later).slice(1));
  });

  test("recorded state is named, and markup is text", () => {
    const evil = "<script>alert(1)</script> [x](javascript:alert(1)) @everyone #1 ![](http://x)";
    const built = report({
      targets: [target(SUBSCRIPTION, { source: "snapshot", recordedAt: "2026-11-20T06:00:00Z" })],
      controls: [control("platform-role", "fail")],
      findings: [
        finding({
          control: "platform-role",
          drift: "changed",
          severity: "high",
          message: evil,
          why: evil,
          resource: { type: evil, id: evil, name: `n${evil}` },
        }),
      ],
    });
    const { scan, vulnerabilities } = parsed(gitlabSast.render(built, options()));
    expect(scan.messages?.[0]?.value).toContain("recorded 2026-11-20 06:00 UTC");
    expect(vulnerabilities[0]?.description.replace(/<\/?code>/g, "")).not.toMatch(/[<>[\]@`*]/);
  });

  test("fault 20: 30,000 findings are all there", () => {
    expect(parsed(gitlabSast.render(large(30_000), options())).vulnerabilities).toHaveLength(30_000);
  });
});
