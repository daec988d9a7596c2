// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a baseline refers to its parameters that way
import { expect, test } from "vitest";
import { loadBaseline } from "../../src/baselines/bundled.ts";
import { resolveControls } from "../../src/baselines/parameters.ts";
import { checks } from "../../src/checks/registry.ts";

const acme = loadBaseline("fixtures/baselines/acme-lake.yaml", checks);

const dock = loadBaseline("fixtures/baselines/acme-dock.yaml", checks);

test("another vendor's baselines load, and have a control of every check of this version for Azure", () => {
  expect(acme.baseline.id).toBe("acme-lake");
  expect(acme.file).toBe("fixtures/baselines/acme-lake.yaml");
  const used = new Set([acme, dock].flatMap(({ baseline }) => baseline.controls.map(({ check }) => check)));
  const needed = checks
    .filter(({ cloud, ofFiles }) => cloud === "azure" || (cloud === "any" && ofFiles !== true))
    .map(({ id }) => id);
  expect(needed.length).toBeGreaterThan(0);
  expect([...used].sort()).toEqual([...needed].sort());
});

test("its parameters have other names, and fill other places", () => {
  const id = "bbbbbbbb-0000-4000-8000-000000000002";
  const { controls, unresolved, parameters } = resolveControls(acme.baseline, { pumpId: id, place: id });
  expect(unresolved).toEqual(["groups"]);
  expect(parameters).toEqual({ pumpId: id, place: `/subscriptions/${id}`, basin: "rg-lake" });
  const basin = `/subscriptions/${id}/resourceGroups/rg-lake`;
  expect(controls.find((control) => control.id === "search-access")?.with).toEqual({
    principal: id,
    roles: [{ name: "Search Index Data Contributor", id: "8ebe5a00-799e-43f5-93ac-243d3dce84a7" }],
    scope: `${basin}/providers/Microsoft.Search/searchServices/*`,
    scopeOrAbove: [basin],
  });
});

test("the dry profile has no search access, and what it is not compared with", () => {
  const { controls } = resolveControls(acme.baseline, {}, "dry");
  expect(controls.map((control) => control.id)).not.toContain("search-access");
  expect(controls.find((control) => control.id === "all-access")?.with).toEqual({
    required: ["keeper-role"],
    optional: ["gauge-role"],
  });
  const keeper = controls.find((control) => control.id === "keeper-role")?.with as { permissions: unknown[] };
  expect(keeper.permissions).toHaveLength(2);
});

const mill = loadBaseline("fixtures/baselines/acme-mill.yaml", checks);
const pond = loadBaseline("fixtures/baselines/acme-pond.yaml", checks);

test("another vendor in AWS has a control of every check of this version for AWS, under other names", () => {
  const own = checks.filter(({ cloud, ofFiles }) => cloud === "aws" || ofFiles === true);
  const used = new Set([pond, mill].flatMap(({ baseline }) => baseline.controls.map(({ check }) => check)));
  expect(own.length).toBeGreaterThan(0);
  expect(own.map(({ id }) => id).filter((id) => !used.has(id))).toEqual([]);
  const { controls, unresolved } = resolveControls(pond.baseline, { number: "111122223333" });
  expect(unresolved).toEqual(["basin", "keeper", "place", "secret"]);
  const { policy } = controls.find((c) => c.id === "wet-policy")!.with as {
    policy: { Statement: object[] };
  };
  expect(policy.Statement).toEqual([
    {
      Sid: "Water",
      Effect: "Allow",
      Action: ["firehose:*", "s3:GetObject", "s3:PutObject"],
      Resource: ["arn:aws:firehose:${place}:111122223333:deliverystream/pond-*", "arn:aws:s3:::${basin}/*"],
    },
  ]);
});
