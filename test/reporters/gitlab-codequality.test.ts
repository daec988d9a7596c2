import { Ajv } from "ajv";
import { expect, test } from "vitest";
import type { Report, Target } from "../../src/report/report.ts";
import { gitlabCodequality } from "../../src/reporters/gitlab-codequality.ts";
import { control, finding, OTHER, report, SUBSCRIPTION, target, worlds } from "../report/sample.ts";
import { codequalitySchema } from "./gitlab-schema.ts";
import { fleet, large, options } from "./worlds.ts";

interface Entry {
  readonly description: string;
  readonly check_name: string;
  readonly fingerprint: string;
  readonly severity: string;
}

const validate = new Ajv({ allErrors: true, strict: false }).compile(codequalitySchema);

function entries(built: Report): readonly Entry[] {
  const read: unknown = JSON.parse(gitlabCodequality.render(built, options()) ?? "null");
  expect([validate(read), validate.errors]).toEqual([true, null]);
  const list = read as readonly Entry[];
  expect(new Set(list.map(({ fingerprint }) => fingerprint)).size).toBe(list.length);
  return list;
}

test("an entry for each drift, by severity, and one for what is not known", () => {
  expect(entries(worlds.drift()).map(({ severity }) => severity)).toEqual([
    "blocker",
    "critical",
    "critical",
    "major",
    "minor",
    "info",
    "major",
  ]);
  expect(entries(worlds.drift()).at(-1)).toMatchObject({
    check_name: "chalk-audit/not-assessed",
    description: expect.stringMatching(/not assessed: .*acme-azure\/key-vault-access/),
  });
});

test("nothing seen is no empty list, and a clean report is one", () => {
  expect(entries(worlds.none())).toEqual([]);
  expect(entries(worlds.nothing())).toHaveLength(8);
  expect(entries(worlds.partial())).toHaveLength(2);
  expect(entries(report())).toHaveLength(1);
  expect(
    entries(fleet(4, 2)).filter(({ description }) => description.startsWith("not assessed")),
  ).toHaveLength(1);
});

test("what could not be assessed names its control, and its target where there are several", () => {
  const [whole, other] = [SUBSCRIPTION, OTHER].map((scope) => target(scope));
  const at = { target: `azure:${OTHER}` };
  const built = (targets: readonly Target[]) =>
    report({
      targets,
      controls: [
        control("platform-role", "unknown", at),
        control("aks-rbac", "unknown", { ...at, reason: "no cluster was listed" }),
      ],
      findings: [
        finding({
          control: "platform-role",
          drift: "unreadable",
          severity: "high",
          scope: OTHER,
          outcome: "unknown",
          message: "the role was refused",
        }),
      ],
    });
  const described = (targets: readonly (Target | undefined)[]) =>
    entries(built(targets.filter((each) => each !== undefined))).map(({ description }) => description);
  expect(described([other])).toEqual([
    "not assessed: acme-azure/platform-role: the role was refused",
    "not assessed: acme-azure/aks-rbac: no cluster was listed",
  ]);
  expect(described([whole, other])).toEqual([
    `not assessed: azure:${OTHER}: acme-azure/platform-role: the role was refused`,
    `not assessed: azure:${OTHER}: acme-azure/aks-rbac: no cluster was listed`,
  ]);
  // of a whole target there is nothing else that says which
  const [partly] = entries(report({ targets: [target(OTHER, { complete: false })] }));
  expect(partly?.description).toBe(`not assessed: azure:${OTHER}: the target was not read completely`);
});

test("drift is told in a line or two that end in the proof, with its target where there are several", () => {
  const built = (targets: readonly Target[]) =>
    report({
      targets,
      controls: [control("platform-role", "fail")],
      findings: [
        finding({
          control: "platform-role",
          drift: "excess",
          severity: "high",
          pattern: "Microsoft.Compute/*",
          message: `grants ${"Microsoft.Compute/things/read, ".repeat(100)}`,
          witness: { action: "Microsoft.Compute/galleries/write", plane: "control" },
          by: "Owner",
        }),
      ],
    });
  const one = entries(built([target()]))[0]?.description ?? "";
  expect(one.length).toBeLessThanOrEqual(400);
  expect(one).toMatch(
    /^Acme Platform: grants .*… Pattern: Microsoft\.Compute\/\*\. Proof: may Microsoft\.Compute\/galleries\/write, by Owner\.$/,
  );
  const [among] = entries(built([target(), target(OTHER)]));
  expect(among?.description).toBe(`azure:${SUBSCRIPTION}: ${one}`);
});

test("waived findings and notes are left out, and the former are counted", () => {
  expect(entries(worlds.waived())).toEqual([]);
  expect(gitlabCodequality.leftOut?.(worlds.waived(), options())).toEqual([
    "1 finding waived: GitLab has no word for it",
  ]);
});

test("the same finding has the same fingerprint at another time; one that is not known any more has another", () => {
  const [first] = worlds.drift().findings;
  const later = { ...worlds.drift(), finishedAt: "2027-01-01T00:00:00Z" };
  expect(entries(later)).toEqual(entries(worlds.drift()));
  const unknown = {
    ...later,
    findings: first === undefined ? [] : [{ ...first, outcome: "unknown" as const }],
  };
  expect(entries(unknown)[0]?.fingerprint).not.toBe(entries(later)[0]?.fingerprint);
});

test("recorded state is named with its time, and a baseline that is not bundled with its file", () => {
  const built = worlds.drift();
  const recorded: Report = {
    ...built,
    targets: built.targets.map((each) => ({
      ...each,
      source: "snapshot",
      recordedAt: "2026-11-20T06:00:00Z",
    })),
    baselines: built.baselines.map((each) => ({ ...each, own: true })),
  };
  for (const { description } of entries(recorded))
    expect(description).toMatch(
      / \(recorded 2026-11-20 06:00 UTC\) \(judged by acme-azure@2026-11-20 \(own file .*\)\)$/,
    );
});

test("fault 20: 30,000 findings are all there", () => {
  expect(entries(large(30_000))).toHaveLength(30_000);
});
