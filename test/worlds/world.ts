import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ExitPolicy, exitCode } from "../../src/report/exit-code.ts";
import type { ControlResult, Finding, Report } from "../../src/report/report.ts";
import { compareReports } from "../../src/report/since.ts";
import { bare, line } from "./line.ts";

/** What an audit of a world came to, short enough to be written in a table. */
export interface Seen {
  readonly code: number;
  /** Every control of the audited cloud whose outcome is not pass. */
  readonly controls: Readonly<Record<string, string>>;
  /** Every finding, one line each, sorted. */
  readonly findings: readonly string[];
  readonly report: Report;
}

/** All that an audit of a world must say. What is not listed must not be there. */
export interface Claim<L extends Seen> {
  readonly code: number;
  /** Every control whose outcome is not pass; absent: what the findings tell of their controls. */
  readonly controls?: Readonly<Record<string, string>>;
  /** Every finding that the clean world does not have. */
  readonly findings?: readonly string[];
  /** In place of `findings`, where they are many: the file in `goldens` that has them, one a line. */
  readonly golden?: string;
  /** Findings (notes) of the clean world that this one lacks. */
  readonly gone?: readonly string[];
  /** More to be said about a world: parts of messages, what was read. */
  readonly also?: (looked: L) => void;
}

export interface CleanWorld<W> {
  readonly world: W;
  /** Nothing else may be found in it. */
  readonly notes: readonly string[];
}

/** Where the worlds of one cloud are built: what is a world there, and the one that it departs from. */
export interface Ground<W, L extends Seen> {
  readonly open: () => Promise<{
    readonly audit: (world: W) => Promise<L>;
    readonly close: () => Promise<void>;
  }>;
  /** The world as documented, asked for by somebody who names everything rightly; the same object for the same world. */
  readonly clean: (world: W) => CleanWorld<W>;
  /** Whether the reports of it and of its clean world are about the same; absent: all are. */
  readonly undoes?: (world: W) => boolean;
  /** What must hold of the proofs of every world. */
  readonly prove?: (looked: L) => void;
}

/**
 * Audits every world of a table. The clean ones are audited before and after all of them, and each changed one differs
 * from its own by exactly the findings listed, so that undoing the change removes exactly those.
 */
export function describeWorlds<W, L extends Seen>(
  title: string,
  ground: Ground<W, L>,
  rows: Readonly<Record<string, W & Claim<L>>>,
): void {
  const cleanWorlds = [...new Set(Object.values(rows).map((row) => ground.clean(row)))];
  describe(title, () => {
    let lab: Awaited<ReturnType<typeof ground.open>>;
    const before = new Map<CleanWorld<W>, L>();
    beforeAll(async () => {
      lab = await ground.open();
      for (const clean of cleanWorlds) before.set(clean, await lab.audit(clean.world));
    }, 60_000);
    afterAll(async () => {
      const after = new Map<CleanWorld<W>, L>();
      for (const clean of cleanWorlds) after.set(clean, await lab.audit(clean.world));
      await lab.close();
      for (const [clean, { report }] of after) expect(report).toEqual(before.get(clean)?.report);
    }, 60_000);

    it("the clean world has no drift and nothing unknown, exit 0", () => {
      for (const [{ notes }, { code, controls, findings }] of before)
        expect({ code, controls, findings }).toEqual({ code: 0, controls: {}, findings: notes });
    });

    it.each(Object.entries(rows))("%s", async (_name, row) => {
      const clean = before.get(ground.clean(row)) as L;
      const looked = await lab.audit(row);
      const findings = row.golden === undefined ? [...(row.findings ?? [])].sort() : golden(row.golden);
      expect({
        code: looked.code,
        controls: looked.controls,
        findings: more(clean.findings, looked.findings),
        gone: more(looked.findings, clean.findings),
      }).toEqual({
        code: row.code,
        controls: row.controls ?? toldBy(findings),
        findings,
        gone: row.gone ?? [],
      });
      if (ground.undoes?.(row) !== false) expectUndone(looked.report, clean.report);
      expect(looked.report.findings.filter((f) => f.outcome === "fail" && !usable(f))).toEqual([]);
      ground.prove?.(looked);
      row.also?.(looked);
    });
  });
}

export function seenIn(
  report: Report,
  isOurs: (control: ControlResult) => boolean,
  policy: Partial<ExitPolicy> = {},
): Seen {
  const ours = report.controls.filter((c) => isOurs(c) && c.outcome !== "pass");
  return {
    code: exitCode(report, { failOn: "low", allowIncomplete: false, ...policy }),
    controls: Object.fromEntries(ours.map((c) => [bare(c.id), c.outcome])),
    findings: report.findings.map(line).sort(),
    report,
  };
}

/** What one list of lines has more than another: a changed world against the clean one. */
export function more(than: readonly string[], has: readonly string[]): readonly string[] {
  const left = [...than];
  return has.filter((text) => {
    const at = left.indexOf(text);
    if (at < 0) return true;
    left.splice(at, 1);
    return false;
  });
}

/** What is not as documented, and what is not known. */
export function withoutNotes(findings: readonly string[]): readonly string[] {
  return findings.filter((text) => text.split(" ")[1] !== "note");
}

/** The worst that the lines say of each control; a note says nothing of it. */
function toldBy(findings: readonly string[]): Readonly<Record<string, string>> {
  const worst = ["note", "waived", "unknown", "fail"];
  const told: Record<string, string> = {};
  for (const [control = "", kind = ""] of findings.map((text) => text.split(" "))) {
    const outcome = worst.includes(kind) ? kind : "fail";
    if (outcome === "note") continue;
    if (worst.indexOf(outcome) > worst.indexOf(told[control] ?? "note")) told[control] = outcome;
  }
  return told;
}

/** The lines of a golden file. */
function golden(name: string): readonly string[] {
  return readFileSync(new URL(`goldens/${name}.txt`, import.meta.url), "utf8")
    .trimEnd()
    .split("\n");
}

/** The clean world after the changed one: what failed is gone, each finding under its own fingerprint, nothing is new. */
function expectUndone(changed: Report, clean: Report): void {
  const undone = compareReports(changed, clean);
  const failing = (findings: readonly Finding[]) =>
    findings.filter((f) => f.outcome === "fail").map((f) => f.fingerprint);
  expect(failing(undone.findings)).toEqual([]);
  expect(failing(undone.gone ?? []).sort()).toEqual(failing(changed.findings).sort());
  const prints = changed.findings.map((f) => f.fingerprint);
  expect(prints).toEqual([...new Set(prints)]);
}

function usable(f: Finding): boolean {
  return f.message !== "" && f.location.line > 0 && f.documentation.url !== "";
}
