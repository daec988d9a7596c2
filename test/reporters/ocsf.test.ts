import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Outcome, Report } from "../../src/report/report.ts";
import { ocsf } from "../../src/reporters/ocsf.ts";
import { control, finding, report, SUBSCRIPTION, target, worlds } from "../report/sample.ts";
import { fleet, large, options } from "./worlds.ts";

interface Event {
  readonly class_uid: number;
  readonly type_uid: number;
  readonly activity_id: number;
  readonly severity_id: number;
  readonly status_id?: number;
  readonly time: number;
  readonly metadata: { readonly uid: string; readonly version: string; readonly original_time?: string };
  readonly finding_info: { readonly uid: string; readonly title: string };
  readonly evidences?: readonly { readonly name: string }[];
  readonly compliance: { readonly control?: string; readonly status_id: number };
  readonly unmapped: Readonly<Record<string, unknown>>;
}

function events(built: Report): readonly Event[] {
  const text = ocsf.render(built, options()) ?? "";
  const lines = text.split("\n");
  expect(lines.pop()).toBe("");
  return lines.map((line) => JSON.parse(line) as Event);
}

const ofKind = (built: Report, kind: string) =>
  events(built).filter(({ unmapped }) => unmapped["kind"] === kind);
const status = ({ compliance, status_id }: Event) => [compliance.status_id, status_id];

describe("ocsf", () => {
  test("every event is a Compliance Finding of 1.8.0 whose type follows from its activity", () => {
    for (const make of Object.values(worlds))
      for (const event of events(make())) {
        expect(event).toMatchObject({ class_uid: 2003, metadata: { version: "1.8.0" } });
        expect(event.type_uid).toBe(200_300 + event.activity_id);
        expect(event.time).toBe(Date.parse("2026-11-21T08:00:07Z"));
      }
  });

  test("a title says what is wrong, and the evidence whether the request is one that may be made", () => {
    const [first] = worlds.drift().baselines;
    const request = { action: "Acme/do", plane: "control" } as const;
    const at = { control: "platform-role", severity: "high", witness: request } as const;
    const built = report({
      baselines: first === undefined ? [] : [{ ...first, profile: "narrow" }],
      controls: [control("platform-role", "fail"), control("aks-rbac", "unknown")],
      findings: [
        finding({ ...at, drift: "excess", pattern: "Acme/*" }),
        finding({ ...at, drift: "excess", pattern: "Acme/x", outcome: "unknown" }),
        finding({ ...at, drift: "missing", pattern: "Acme/do" }),
      ],
    });
    const told = ofKind(built, "finding");
    expect(told.map(({ finding_info: { title }, evidences = [] }) => [title, evidences[0]?.name])).toEqual([
      ["The role grants more: Acme Platform, Acme/*", "may: Acme/do"],
      ["not assessed: The control platform-role", "Acme/do"],
      ["The role grants less: Acme Platform, Acme/do", "may not: Acme/do"],
    ]);
    for (const { unmapped } of events(built)) expect(unmapped["profile"]).toBe("narrow");
  });

  test("every control of a target and every finding is there exactly once, whatever their outcomes", () => {
    const outcomes = fc.constantFrom<Outcome>("pass", "fail", "unknown", "waived", "skipped");
    const ids = fc.uniqueArray(fc.constantFrom("platform-role", "effective-access", "aks-rbac"), {
      minLength: 1,
    });
    const check = (built: Report) => {
      const keys = (list: readonly { id: string; target: string }[]) =>
        list.map(({ id, target: of }) => `${id} ${of}`).sort();
      const told = ofKind(built, "control").map(({ compliance, unmapped }) => ({
        id: compliance.control ?? "",
        target: String(unmapped["target"]),
      }));
      expect(keys(told)).toEqual(keys(built.controls));
      expect(
        ofKind(built, "finding")
          .map(({ finding_info }) => finding_info.uid)
          .sort(),
      ).toEqual(built.findings.map(({ fingerprint }) => fingerprint).sort());
      const uids = events(built).map(({ metadata }) => metadata.uid);
      expect(new Set(uids).size).toBe(uids.length);
    };
    for (const make of [...Object.values(worlds), () => fleet(5, 2)]) check(make());
    fc.assert(
      fc.property(ids, fc.array(outcomes, { minLength: 3, maxLength: 3 }), (chosen, given) => {
        const controls = chosen.map((id, i) => control(id, given[i] ?? "pass"));
        const findings = chosen.flatMap((id, i) => {
          const outcome = given[i] ?? "pass";
          return outcome === "skipped"
            ? []
            : [finding({ control: id, drift: "changed", severity: "high", outcome })];
        });
        check(report({ controls, findings }));
      }),
    );
  });

  test("1 is pass, 2 no result, 3 fail; waived fails and is suppressed; skipped is none of them", () => {
    const outcomes = (built: Report) =>
      new Map(ofKind(built, "control").map((event) => [event.unmapped["outcome"], status(event)]));
    expect([...outcomes(worlds.drift())].sort()).toEqual([
      ["fail", [3, undefined]],
      ["pass", [1, undefined]],
      ["skipped", [99, undefined]],
      ["unknown", [2, undefined]],
    ]);
    expect(outcomes(worlds.waived()).get("waived")).toEqual([3, 3]);
    const [waived, note] = ofKind(worlds.waived(), "finding");
    expect([waived, note].map((event) => event && status(event))).toEqual([
      [3, 3],
      [1, undefined],
    ]);
    expect(waived?.unmapped["waiver"]).toEqual({
      reason: "pilot of the new image builder",
      owner: "cloud-team",
      expires: "2027-01-31",
    });
    for (const event of events(worlds.nothing())) expect(status(event)).toEqual([2, undefined]);
  });

  test("a failed control is as severe as the worst of its findings, an unknown one without any has none", () => {
    const of = (id: string) =>
      ofKind(worlds.drift(), "control").find(({ compliance }) => compliance.control === `acme-azure/${id}`);
    expect(
      [of("effective-access"), of("platform-role"), of("key-vault-access")].map((e) => e?.severity_id),
    ).toEqual([5, 4, 0]);
  });

  test("what no control tells is an event of its own", () => {
    const built = report({
      targets: [target(SUBSCRIPTION, { complete: false })],
      controls: [control("platform-role", "pass")],
    });
    expect(ofKind(built, "gap").map(status)).toEqual([[2, undefined]]);
    expect(ofKind({ ...worlds.none(), interrupted: true }, "gap")).toHaveLength(1);
    expect(ofKind(worlds.partial(), "gap")).toEqual([]);
  });

  test("recorded state has its time, and a finding that was there before is an update", () => {
    const built = worlds.drift();
    const recorded: Report = {
      ...built,
      targets: built.targets.map((each) => ({
        ...each,
        source: "snapshot",
        recordedAt: "2026-11-20T06:00:00Z",
      })),
      findings: built.findings.map((each, i) => ({ ...each, state: i === 0 ? "new" : "unchanged" })),
    };
    for (const event of events(recorded)) {
      expect(event.metadata.original_time).toBe("2026-11-20T06:00:00Z");
      expect(event.unmapped["recorded"]).toBe("recorded 2026-11-20 06:00 UTC");
    }
    expect(ofKind(recorded, "finding").map(({ activity_id }) => activity_id)).toEqual([1, 2, 2, 2, 2, 2]);
  });

  test("a finding keeps its uid from run to run, an event does not", () => {
    const later = { ...worlds.drift(), finishedAt: "2026-11-22T08:00:07Z" };
    const uids = (built: Report) => events(built).map(({ finding_info }) => finding_info.uid);
    expect(uids(later)).toEqual(uids(worlds.drift()));
    const own = new Set([...events(later), ...events(worlds.drift())].map(({ metadata }) => metadata.uid));
    expect(own.size).toBe(2 * events(later).length);
  });

  test("fault 20: 30,000 findings are 30,000 events, beside those of the controls", () => {
    expect(events(large(30_000))).toHaveLength(30_002);
  });
});
