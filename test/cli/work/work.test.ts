import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { atOnce } from "../../../src/audit/course.ts";
import { loadBaseline } from "../../../src/baselines/bundled.ts";
import { checks } from "../../../src/checks/registry.ts";
import { UsageError } from "../../../src/cli/line/errors.ts";
import type { Shell } from "../../../src/cli/line/shell.ts";
import { type AuditErrand, auditWork } from "../../../src/cli/work/audit.ts";
import { carryOut } from "../../../src/cli/work/carry-out.ts";
import { wasCut, withinSlice } from "../../../src/cli/work/slice.ts";
import { packError, type Steps, unpackError, type Work } from "../../../src/cli/work/work.ts";
import { readSnapshot } from "../../../src/snapshot/read.ts";

const console = { progress: () => undefined, clear: () => undefined, debug: () => undefined };
const sink = { write: async () => undefined, isTTY: false, columns: undefined };

function shell(signal: AbortSignal): Shell {
  return { env: {}, cwd: ".", out: sink, err: sink, signal, now: () => new Date(0) };
}

/** Work of so many steps, each of which does this. */
const counting = (step: (n: number) => void): Work<number, never, string> => ({
  name: "since",
  ready: async (count) =>
    (function* (): Steps<string> {
      for (let n = 1; n <= count; n += 1) {
        step(n);
        yield;
      }
      return `${count} steps`;
    })(),
  pack: (count) => count,
  unpack: async (packed) => packed as number,
});

const busy = (ms: number): void => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};

describe("work in the first thread", () => {
  test("comes to its end, or throws what it throws", async () => {
    const waiting = { shell: shell(new AbortController().signal), console, timeoutMs: 5_000, line: () => "" };
    const quiet = counting(() => undefined);
    expect(await carryOut(quiet, 3, waiting)).toEqual({ kind: "done", out: "3 steps" });
    const faulty = counting(() => {
      throw new UsageError("a.json: odd");
    });
    await expect(carryOut(faulty, 3, waiting)).rejects.toThrow(new UsageError("a.json: odd"));
  });

  test("S1: hears a signal between two steps", async () => {
    const stop = new AbortController();
    const done: number[] = [];
    const work = counting((n) => {
      done.push(n);
      if (n === 2) setTimeout(() => stop.abort(), 0);
      busy(20);
    });
    const waiting = { shell: shell(stop.signal), console, timeoutMs: 5_000, line: () => "" };
    expect(await carryOut(work, 100, waiting)).toEqual({ kind: "interrupted" });
    expect(done.length).toBeLessThan(10);
  });

  test("S2: is late when its time is up", async () => {
    const waiting = { shell: shell(new AbortController().signal), console, timeoutMs: 60, line: () => "" };
    expect(
      await carryOut(
        counting(() => busy(20)),
        100,
        waiting,
      ),
    ).toEqual({ kind: "late" });
  });

  test("S4: has a quarter of a second when the signal has come already", async () => {
    const waiting = { shell: shell(AbortSignal.abort()), console, timeoutMs: 60_000, line: () => "" };
    expect(
      await carryOut(
        counting(() => undefined),
        3,
        waiting,
      ),
    ).toEqual({ kind: "done", out: "3 steps" });
    const from = performance.now();
    expect(
      await carryOut(
        counting(() => busy(20)),
        1_000,
        waiting,
      ),
    ).toEqual({ kind: "interrupted" });
    expect(performance.now() - from).toBeLessThan(2_000);
  });

  test("is cut off where a step does not end, and what it throws comes through", () => {
    expect(withinSlice(() => 7, 1_000)).toEqual({ out: 7 });
    expect(() =>
      withinSlice(() => {
        throw new UsageError("odd");
      }, 1_000),
    ).toThrow(new UsageError("odd"));
    expect(wasCut()).toBe(false);
    expect(
      withinSlice(() => {
        for (;;);
      }, 50),
    ).toBeUndefined();
    expect(wasCut()).toBe(true);
  });
});

test("an error is the same in the other thread, but for its class", () => {
  const error = Object.assign(new UsageError("a.json:1:2: odd", { cause: new Error("why") }), { code: "E" });
  const there = unpackError(structuredClone(packError(error)));
  expect(there).toBeInstanceOf(Error);
  expect(there).toMatchObject({ name: "UsageError", message: "a.json:1:2: odd", code: "E" });
  expect((there.cause as Error).message).toBe("why");
});

describe("S5: an audit as data is the same audit", () => {
  test.each([
    ["chalk-azure", "azure", "fixtures/snapshots/azure/demo.json"],
    ["chalk-azure", "azure", "fixtures/snapshots/azure/clean.json"],
    ["chalk-aws", "aws", "fixtures/review/aws.json"],
    ["chalk-azure", "kubernetes", "fixtures/snapshots/kubernetes/bare.json"],
  ] as const)("%s, %s: %s", async (id, cloud, file) => {
    const errand: AuditErrand = {
      order: {
        baselines: [loadBaseline(id, checks)],
        snapshots: [{ snapshot: readSnapshot(readFileSync(file, "utf8"), file) }],
        clouds: [cloud],
        now: "2026-11-21T10:00:00.000Z",
        version: "0.0.0",
      },
      checks,
      plugins: [],
      interrupted: false,
    };
    const report = async (of: AuditErrand) =>
      JSON.stringify(atOnce(await auditWork.ready(of, () => undefined)));
    const packed = structuredClone(auditWork.pack(errand));
    expect(await report(await auditWork.unpack(packed))).toBe(await report(errand));
  });
});
