import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Finding } from "../../src/report/report.ts";
import { csv } from "../../src/reporters/csv.ts";
import { visible } from "../../src/text/visible.ts";
import { control, finding, report, SUBSCRIPTION, target, worlds } from "../report/sample.ts";
import { large, options } from "./worlds.ts";

const HEADER =
  "target,control,rule,drift,severity,outcome,state,resource,pattern,witness,by,message,fingerprint,command";

/** Reads RFC 4180 strictly: every record ends with CRLF, a quote stands only in quoted fields, and doubled. */
function parse(text: string): string[][] {
  const records: string[][] = [];
  let [record, field]: [string[], string] = [[], ""];
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (quoted) {
      if (c !== '"') field += c;
      else if (text.charAt(i + 1) === '"') field += text.charAt(i++);
      else {
        quoted = false;
        if (!/[,\r]/.test(text.charAt(i + 1))) throw new Error(`text behind a quoted field at ${i}`);
      }
    } else if (c === '"') {
      if (field !== "") throw new Error(`a quote within a field at ${i}`);
      quoted = true;
    } else if (c === ",") {
      record.push(field);
      field = "";
    } else if (c === "\r" && text.charAt(i + 1) === "\n") {
      i++;
      records.push([...record, field]);
      [record, field] = [[], ""];
    } else if (/[\r\n]/.test(c)) throw new Error(`a bare line break at ${i}`);
    else field += c;
  }
  if (quoted || field !== "" || record.length > 0) throw new Error("the last record has no end");
  return records;
}

/** The lines below the header, by column. */
function lines(text: string | undefined): Record<string, string>[] {
  const [head = [], ...records] = parse(text ?? "");
  expect(head.join(",")).toBe(HEADER);
  return records.map((record) => {
    expect(record).toHaveLength(head.length);
    return Object.fromEntries(head.map((name, i) => [name, record[i] ?? ""]));
  });
}

const withFinding = (more: Partial<Finding>) =>
  report({
    controls: [control("platform-role", "fail")],
    findings: [finding({ control: "platform-role", drift: "excess", severity: "high", ...more })],
  });

describe("csv", () => {
  test("no cell is longer than a spreadsheet takes, and one that is cut says so", () => {
    const long = "Microsoft.Compute/things/read, ".repeat(2_000);
    const built = withFinding({ pattern: long, message: long });
    const waiver = { reason: "pilot", owner: "cloud-team", expires: "2027-01-31" };
    const [line] = lines(
      csv.render({ ...built, findings: built.findings.map((each) => ({ ...each, waiver })) }, options()),
    );
    for (const name of ["pattern", "message"] as const) {
      expect(line?.[name]?.length).toBeLessThan(32_768);
      expect(line?.[name]).toMatch(/… \(32,00\d more characters, in the JSON report\)/);
    }
    expect(line?.message).toMatch(/; waived: pilot \(cloud-team, until 2027-01-31\)$/);
  });

  test("the header, CRLF, no mark of the byte order, and a line for each finding with its fingerprint", () => {
    for (const make of Object.values(worlds)) {
      const built = make();
      const text = csv.render(built, options()) ?? "";
      expect(text.startsWith(`${HEADER}\r\n`)).toBe(true);
      const found = lines(text).filter(({ fingerprint }) => fingerprint !== "");
      expect(found.map(({ fingerprint }) => fingerprint)).toEqual(built.findings.map((f) => f.fingerprint));
      expect(found.map(({ outcome }) => outcome)).toEqual(built.findings.map((f) => f.outcome));
    }
  });

  test("a clean report is a header alone; nothing seen never is", () => {
    expect(lines(csv.render(worlds.none(), options()))).toEqual([]);
    const nothing = lines(csv.render(worlds.nothing(), options()));
    expect(nothing).toHaveLength(8);
    for (const line of nothing) expect([line["outcome"], line["fingerprint"]]).toEqual(["unknown", ""]);
    const unread = report({
      targets: [target(SUBSCRIPTION, { complete: false })],
      controls: [control("platform-role", "pass")],
    });
    expect(lines(csv.render(unread, options()))).toMatchObject([
      { outcome: "unknown", control: "", message: "not assessed: the target was not read completely" },
    ]);
    const interrupted = { ...worlds.none(), interrupted: true };
    expect(lines(csv.render(interrupted, options()))).toMatchObject([
      { outcome: "unknown", target: "", message: expect.stringContaining("interrupted") },
    ]);
    expect(lines(csv.render(report(), options()))).toMatchObject([
      { outcome: "unknown", message: "not assessed: nothing was assessed" },
    ]);
  });

  test("a control that is unknown by a finding has that line and no other", () => {
    const partial = lines(csv.render(worlds.partial(), options()));
    expect(partial.map(({ control: id }) => id).sort()).toEqual([
      "acme-azure/effective-access",
      "acme-azure/key-vault-access",
    ]);
  });

  test("what is waived says so, by whom and until when", () => {
    const [first] = lines(csv.render(worlds.waived(), options()));
    expect(first).toMatchObject({ outcome: "waived", severity: "high" });
    expect(first?.["message"]).toContain(
      "waived: pilot of the new image builder (cloud-team, until 2027-01-31)",
    );
  });

  test("recorded state is named with its time", () => {
    const built = report({
      targets: [target(SUBSCRIPTION, { source: "snapshot", recordedAt: "2026-11-20T06:00:00Z" })],
      controls: [control("platform-role", "fail")],
      findings: [finding({ control: "platform-role", drift: "changed", severity: "high" })],
    });
    expect(lines(csv.render(built, options()))[0]?.["message"]).toMatch(/\(recorded 2026-11-20 06:00 UTC\)$/);
  });

  test("fault 28: no cell begins with what a spreadsheet takes for a formula, in any locale", () => {
    for (const evil of ["=HYPERLINK(1)", "+1", "-2+3", "@SUM(A1)", "  =1", "x;=1+1", "\t=1", "\r=1", "＝1"]) {
      const text =
        csv.render(
          withFinding({ message: evil, by: evil, resource: { type: evil, id: evil, name: evil } }),
          options(),
        ) ?? "";
      for (const line of lines(text))
        for (const value of Object.values(line)) {
          expect(value).not.toMatch(/(^|[;\t])\s*[=+\-@]/);
        }
    }
  });

  test("round trip: what is no formula and visible comes back as it was", () => {
    const texts = fc
      .string({ unit: fc.constantFrom(..."ab,;\"' \n\r=-:#é".split("")), maxLength: 12 })
      .filter((text) => !/(^|;)\s*[=+\-@]/.test(text) && !/^\s*::|##/.test(text));
    fc.assert(
      fc.property(texts, texts, (id, message) => {
        const [line] = lines(
          csv.render(withFinding({ message, resource: { type: "t", id, name: "n" } }), options()),
        );
        expect([line?.["resource"], line?.["message"]]).toEqual([visible(id), visible(message)]);
      }),
      { numRuns: 400 },
    );
  });

  test("the pattern is given whole, and the witness with its scope", () => {
    const [first] = lines(csv.render(worlds.drift(), options()));
    expect(first).toMatchObject({
      pattern:
        "Microsoft.Authorization/* except Microsoft.Authorization/roleAssignments/read, " +
        "Microsoft.Authorization/roleAssignments/write, Microsoft.Authorization/roleAssignments/delete, " +
        "Microsoft.Authorization/roleDefinitions/read",
      witness: `Microsoft.Authorization/roleDefinitions/write at ${SUBSCRIPTION}/resourceGroups/rg-acme`,
      by: "Owner, to group platform-team",
      state: "",
    });
    expect(first?.["command"]).toMatch(/^az role assignment list /);
  });

  test("fault 20: 30,000 findings are 30,000 lines", () => {
    expect(lines(csv.render(large(30_000), options()))).toHaveLength(30_000);
  });

  test("what an earlier report has beside is named", () => {
    const built = { ...worlds.drift(), gone: worlds.drift().findings.slice(0, 1) };
    expect(csv.leftOut?.(built, options())).toEqual(["1 finding of the earlier report, gone since"]);
    expect(csv.leftOut?.(worlds.drift(), options())).toEqual([]);
  });
});
