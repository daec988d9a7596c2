import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Outcome, Report } from "../../src/report/report.ts";
import { oscal } from "../../src/reporters/oscal.ts";
import { control, finding, report, SUBSCRIPTION, target, worlds } from "../report/sample.ts";
import { fleet, large, options } from "./worlds.ts";

interface Property {
  readonly name: string;
  readonly value: string;
}
interface Observation {
  readonly uuid: string;
  readonly title: string;
  readonly props: readonly Property[];
  readonly collected: string;
  readonly "relevant-evidence"?: readonly { readonly description: string }[];
  readonly subjects: readonly { readonly "subject-uuid": string }[];
}
interface Verdict {
  readonly props: readonly Property[];
  readonly target: {
    readonly "target-id": string;
    readonly status: { readonly state: string; readonly reason: string };
  };
  readonly "related-observations": readonly { readonly "observation-uuid": string }[];
  readonly "related-risks"?: readonly { readonly "risk-uuid": string }[];
}
interface Risk {
  readonly uuid: string;
  readonly status: string;
  readonly deadline?: string;
  readonly "mitigating-factors"?: readonly { readonly description: string }[];
  readonly "related-observations": readonly { readonly "observation-uuid": string }[];
}
interface Result {
  readonly title: string;
  readonly description: string;
  readonly props: readonly Property[];
  readonly "local-definitions": { readonly "inventory-items": readonly { readonly uuid: string }[] };
  readonly "reviewed-controls": {
    readonly "control-selections": readonly {
      readonly "include-controls": readonly { "control-id": string }[];
    }[];
  };
  readonly observations?: readonly Observation[];
  readonly risks?: readonly Risk[];
  readonly findings?: readonly Verdict[];
}

function resultsOf(built: Report): readonly Result[] {
  const read = JSON.parse(oscal.render(built, options()) ?? "") as {
    "assessment-results": { metadata: { "oscal-version": string }; results: readonly Result[] };
  };
  expect(read["assessment-results"].metadata["oscal-version"]).toBe("1.2.0");
  return read["assessment-results"].results;
}

const value = (props: readonly Property[], name: string) => props.find((each) => each.name === name)?.value;
const observations = (built: Report) => resultsOf(built).flatMap((each) => each.observations ?? []);
const verdicts = (built: Report) => resultsOf(built).flatMap((each) => each.findings ?? []);
const risks = (built: Report) => resultsOf(built).flatMap((each) => each.risks ?? []);
const states = (built: Report) =>
  verdicts(built).map(({ props, target: { status } }) => [
    value(props, "control"),
    status.state,
    status.reason,
  ]);

/** What holds of every document: all is told once, and what is referred to is there. */
function check(built: Report): void {
  const all = observations(built);
  const told = all.filter(({ props }) => value(props, "fingerprint") !== undefined);
  expect(told.map(({ props }) => value(props, "fingerprint")).sort()).toEqual(
    built.findings.map(({ fingerprint }) => fingerprint).sort(),
  );
  const controls = all.filter(({ props }) => value(props, "check") !== undefined);
  expect(
    controls.map(({ props }) => [value(props, "control"), value(props, "outcome")].join()).sort(),
  ).toEqual(built.controls.map(({ id, outcome }) => [id, outcome].join()).sort());
  expect(
    verdicts(built)
      .map(({ props }) => value(props, "control"))
      .sort(),
  ).toEqual(
    built.controls
      .filter(({ outcome }) => outcome !== "unknown" && outcome !== "skipped")
      .map(({ id }) => id)
      .sort(),
  );
  expect(risks(built)).toHaveLength(
    built.findings.filter(({ outcome }) => /fail|waived/.test(outcome)).length,
  );
  const uuids = [...all, ...risks(built)].map(({ uuid }) => uuid);
  expect(new Set(uuids).size).toBe(uuids.length);
  for (const result of resultsOf(built)) {
    const known = new Set((result.observations ?? []).map(({ uuid }) => uuid));
    const named = [...(result.findings ?? []), ...(result.risks ?? [])].flatMap((each) =>
      each["related-observations"].map((related) => related["observation-uuid"]),
    );
    for (const uuid of named) expect(known).toContain(uuid);
    const items = result["local-definitions"]["inventory-items"].map(({ uuid }) => uuid);
    expect(new Set(items).size).toBe(items.length);
    for (const { subjects } of result.observations ?? [])
      for (const subject of subjects) expect(items).toContain(subject["subject-uuid"]);
    const riskUuids = new Set((result.risks ?? []).map(({ uuid }) => uuid));
    const related = (result.findings ?? []).flatMap((each) => each["related-risks"] ?? []);
    expect(related.every((each) => riskUuids.has(each["risk-uuid"]))).toBe(true);
    expect(related).toHaveLength(riskUuids.size);
  }
}

describe("oscal", () => {
  test("every control and finding is an observation exactly once, and nothing refers to what is not there", () => {
    for (const make of [...Object.values(worlds), () => fleet(5, 2)]) check(make());
    const outcomes = fc.constantFrom<Outcome>("pass", "fail", "unknown", "waived", "skipped");
    fc.assert(
      fc.property(fc.array(outcomes, { minLength: 3, maxLength: 3 }), (given) => {
        const ids = ["platform-role", "effective-access", "aks-rbac"];
        check(
          report({
            controls: ids.map((id, i) => control(id, given[i] ?? "pass")),
            findings: ids.flatMap((id, i) => {
              const outcome = given[i] ?? "pass";
              return outcome === "skipped"
                ? []
                : [finding({ control: id, drift: "changed", severity: "high", outcome })];
            }),
          }),
        );
      }),
    );
  });

  test("unknown is an observation without a finding", () => {
    expect(states(worlds.nothing())).toEqual([]);
    expect(observations(worlds.nothing()).map(({ title }) => title)).toHaveLength(8);
    for (const { title } of observations(worlds.nothing())) expect(title).toContain("not assessed");
    expect(states(worlds.drift()).map(([id]) => id)).not.toContain("acme-azure/key-vault-access");
  });

  test("pass is satisfied, fail is not; what is waived is not either, and its risk is accepted until a day", () => {
    expect(states(worlds.drift()).filter(([, state]) => state === "not-satisfied")).toEqual(
      ["platform-role", "effective-access", "platform-services"].map((id) => [
        `acme-azure/${id}`,
        "not-satisfied",
        "fail",
      ]),
    );
    expect(states(worlds.none()).every(([, state]) => state === "satisfied")).toBe(true);
    expect(states(worlds.waived())[0]).toEqual(["acme-azure/platform-role", "not-satisfied", "other"]);
    const [risk] = risks(worlds.waived());
    expect(risk).toMatchObject({ status: "deviation-approved", deadline: "2027-01-31T23:59:59Z" });
    expect(risk?.["mitigating-factors"]?.[0]?.description).toContain("accepted by cloud-team");
    expect(risks(worlds.drift()).map(({ status }) => status)).toEqual(Array(6).fill("open"));
  });

  test("a target that was not read completely says so, and recorded state has its time", () => {
    const [partial] = resultsOf(worlds.partial());
    expect(value(partial?.props ?? [], "complete")).toBe("false");
    expect(partial?.description).toContain("not everything of it could be read");
    const built = report({
      targets: [
        target(SUBSCRIPTION, { source: "snapshot", recordedAt: "2026-11-20T06:00:00Z", complete: false }),
      ],
      controls: [control("platform-role", "pass")],
    });
    const [result] = resultsOf(built);
    expect(value(result?.props ?? [], "recorded")).toBe("2026-11-20T06:00:00Z");
    expect(result?.observations?.map(({ collected }) => collected)).toEqual(
      Array(2).fill("2026-11-20T06:00:00Z"),
    );
    expect(result?.observations?.[1]?.title).toBe("Not assessed");
  });

  test("the evidence says whether the request is one that may be made, and the profile is named", () => {
    const [first] = worlds.drift().baselines;
    const witness = { action: "Acme/do", plane: "control" } as const;
    const at = { control: "platform-role", severity: "high", witness } as const;
    const built = report({
      baselines: first === undefined ? [] : [{ ...first, profile: "narrow" }],
      controls: [control("platform-role", "fail")],
      findings: [
        finding({ ...at, drift: "excess", pattern: "Acme/*" }),
        finding({ ...at, drift: "missing", pattern: "Acme/do" }),
      ],
    });
    expect(
      observations(built)
        .flatMap((each) => each["relevant-evidence"] ?? [])
        .map(({ description }) => description),
    ).toEqual(["may: Acme/do", "may not: Acme/do"]);
    expect(oscal.render(built, options())).toContain('"value": "acme-azure: narrow"');
  });

  test("a skipped control is not among the reviewed ones, and an empty report has a result that says so", () => {
    const [result] = resultsOf(worlds.drift());
    const [selection] = result?.["reviewed-controls"]["control-selections"] ?? [];
    expect(selection?.["include-controls"].map((each) => each["control-id"])).not.toContain(
      "acme-azure_cluster-role",
    );
    expect(selection?.["include-controls"]).toHaveLength(8);
    expect(observations(report({ targets: [] })).map(({ title }) => title)).toEqual(["Not assessed"]);
  });

  test("what is the same in two runs keeps its UUID, what is observed anew does not", () => {
    const later = { ...worlds.drift(), finishedAt: "2026-11-22T08:00:07Z" };
    const uuids = (list: readonly { uuid: string }[]) => list.map(({ uuid }) => uuid);
    expect(uuids(risks(later))).toEqual(uuids(risks(worlds.drift())));
    const seen = new Set([...uuids(observations(later)), ...uuids(observations(worlds.drift()))]);
    expect(seen.size).toBe(2 * observations(later).length);
    expect(oscal.render(worlds.drift(), options())).toBe(oscal.render(worlds.drift(), options()));
  });

  test("fault 20: 30,000 findings are all there", () => {
    expect(observations(large(30_000))).toHaveLength(30_002);
  });
});
