import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Finding } from "../../src/report/report.ts";
import { type Audited, type Lab, more, openLab, type World } from "./lab.ts";

/** A world and all that an audit of it must say. What is not listed must not be there. */
export interface Row extends World {
  readonly code: number;
  /** Every control whose outcome is not pass. */
  readonly controls?: Readonly<Record<string, string>>;
  /** Every finding that the clean world does not have. */
  readonly findings?: readonly string[];
  /** In place of `findings`, where they are many: the file in `goldens` that has them, one a line. */
  readonly golden?: string;
  /** Findings (notes) of the clean world that this one lacks. */
  readonly gone?: readonly string[];
  /** More to be said about a world: parts of messages, what was read. */
  readonly also?: (audited: Audited) => void;
}

interface CleanWorld extends World {
  /** Notes of the clean world: nothing else may be found in it. */
  readonly notes: readonly string[];
}

/**
 * Audits every world of a table. The clean one is audited before and after all of them, and each changed one differs
 * from it by exactly the findings listed, so that undoing the change removes exactly those.
 */
export function describeWorlds(
  title: string,
  cleanWorld: CleanWorld,
  rows: Readonly<Record<string, Row>>,
): void {
  describe(title, () => {
    let lab: Lab;
    let before: Audited;
    beforeAll(async () => {
      lab = await openLab();
      before = await lab.audit(cleanWorld);
    }, 60_000);
    afterAll(async () => {
      const after = await lab.audit(cleanWorld);
      await lab.close();
      expect(after.report).toEqual(before.report);
    }, 60_000);

    it("the clean world has no drift and nothing unknown, exit 0", () => {
      const { code, controls, findings } = before;
      expect({ code, controls, findings }).toEqual({ code: 0, controls: {}, findings: cleanWorld.notes });
    });

    it.each(Object.entries(rows))("%s", async (_name, row) => {
      const audited = await lab.audit(row);
      const found = more(before.findings, audited.findings);
      const expected = row.golden === undefined ? [...(row.findings ?? [])].sort() : golden(row.golden);
      expect({
        code: audited.code,
        controls: audited.controls,
        findings: found,
        gone: more(audited.findings, before.findings),
      }).toEqual({
        code: row.code,
        controls: row.controls ?? {},
        findings: expected,
        gone: row.gone ?? [],
      });
      expectProofs(audited);
      row.also?.(audited);
    });
  });
}

/** The lines of a golden file. */
function golden(name: string): readonly string[] {
  return readFileSync(new URL(`goldens/${name}.txt`, import.meta.url), "utf8")
    .trimEnd()
    .split("\n");
}

/** A pattern of Azure as an expression of JavaScript's, which shares no code with the comparison. */
function expression(pattern: string): RegExp {
  const parts = pattern.toLowerCase().split("*");
  return new RegExp(`^${parts.map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")).join("[^]*")}$`);
}

/** Every proof lies in its pattern and in none of what is left out of it; every drift has a place and a way out. */
function expectProofs({ report }: Audited): void {
  const broken = report.findings.filter((f) => {
    const witness = f.witness as { readonly action: string } | undefined;
    if (f.pattern === undefined || witness === undefined) return false;
    const action = witness.action.toLowerCase();
    const hits = (pattern: string) => expression(pattern).test(action);
    return !hits(f.pattern) || (f.except ?? []).some(hits);
  });
  expect(broken.map((f) => [f.pattern, f.except, f.witness])).toEqual([]);
  expect(report.findings.filter((f) => f.outcome === "fail" && !usable(f))).toEqual([]);
  const prints = report.findings.map((f) => f.fingerprint);
  expect(prints).toEqual([...new Set(prints)]);
}

function usable(f: Finding): boolean {
  return f.message !== "" && f.location.line > 0 && f.documentation.url !== "";
}
