/** Which published paths to more rights each documented policy opens (E1, E2): drift of a page or of the table shows here. */
import { describe, expect, test } from "vitest";
import type { Provider } from "../../src/access/policy.ts";
import { openedWays } from "../../src/access/provider.ts";
import type { ResolvedControl } from "../../src/baselines/baseline.ts";
import { listBundled, loadBaseline } from "../../src/baselines/bundled.ts";
import { resolveControls } from "../../src/baselines/parameters.ts";
import { checks } from "../../src/checks/registry.ts";
import { documentedRole } from "../../src/state/kubernetes/documented.ts";
import { WAYS } from "./ways.ts";

const GIVEN: Readonly<Record<string, string>> = { AWS_ACCOUNT_ID: "123456789012", AWS_REGION: "us-east-1" };

/** The policies that a control documents, natively. */
function documentsOf(control: ResolvedControl): readonly [Provider, readonly unknown[]] | undefined {
  const { check } = control;
  const { policy, permissions } = control.with as Readonly<Record<string, unknown>>;
  if (check === "aws/policy") return policy === undefined ? undefined : ["aws", [policy]];
  if (check === "azure/role-definition") return ["azure", [{ permissions }]];
  if (check === "kubernetes/role") return ["kubernetes", [{ rules: documentedRole(control).rules }]];
  return undefined;
}

/** Of every bundled edition and profile, each documented policy with the paths that it opens. */
function found(): Record<string, readonly string[]> {
  const out: Record<string, readonly string[]> = {};
  for (const { id, version } of listBundled()) {
    const { baseline } = loadBaseline(`${id}@${version}`, checks);
    const known = Object.keys(baseline.parameters ?? {});
    const given = Object.fromEntries(Object.entries(GIVEN).filter(([name]) => known.includes(name)));
    for (const profile of Object.keys(baseline.profiles?.names ?? { "": "" })) {
      const { controls } = resolveControls(baseline, given, profile === "" ? undefined : profile);
      for (const control of controls) {
        const documented = documentsOf(control);
        if (documented === undefined) continue;
        out[`${id}@${version} ${control.id}`] = openedWays(...documented).paths.map(
          ({ path, verdict }) => `${verdict === "allowed" ? "" : "perhaps "}${path.name}`,
        );
      }
    }
  }
  return out;
}

describe("the documented policies", () => {
  const all = found();

  test("E1: these are the paths that each opens", () => {
    expect(all).toEqual(WAYS);
  });

  test("the table has every policy of every edition, and is not empty", () => {
    expect(Object.keys(WAYS).length).toBeGreaterThanOrEqual(12);
    expect(Object.values(WAYS).flat().length).toBeGreaterThan(20);
  });
});
