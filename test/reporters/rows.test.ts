import { describe, expect, test } from "vitest";
import type { Finding } from "../../src/report/report.ts";
import { compressExcept, proofText, rowsOf, whatText } from "../../src/reporters/rows.ts";
import { shortScopes, witnessText } from "../../src/reporters/words.ts";
import { finding, SUBSCRIPTION, target } from "../report/sample.ts";

const excess = (control: string, more: Partial<Finding> = {}) =>
  finding({
    control,
    drift: "excess",
    severity: "high",
    pattern: "Microsoft.Compute/*",
    except: ["Microsoft.Compute/a", "Microsoft.Compute/b"],
    plane: "control",
    ...more,
  });
const shape = (findings: readonly Finding[]) =>
  rowsOf(findings, target()).map((row) =>
    row.findings.map((f) => [f.control.replace("acme-azure/", ""), f.severity]),
  );

describe("rows", () => {
  test("one residue under two controls is one row that names both, the worst first", () => {
    const other = { except: ["microsoft.compute/B", "Microsoft.Compute/a"], severity: "critical" } as const;
    expect(shape([excess("platform-role"), excess("effective-access", other)])).toEqual([
      [
        ["effective-access", "critical"],
        ["platform-role", "high"],
      ],
    ]);
  });

  test.each<[string, Partial<Finding>]>([
    ["other exceptions", { except: ["Microsoft.Compute/a"] }],
    ["another pattern", { pattern: "Microsoft.Sql/*" }],
    ["the other plane", { plane: "data" }],
    ["another drift", { drift: "missing" }],
  ])("two rows: %s", (_what, more) => {
    expect(rowsOf([excess("platform-role"), excess("effective-access", more)], target())).toHaveLength(2);
  });

  test("two findings of one control are never one row: two principals hold the same", () => {
    const of = (id: string) =>
      excess("effective-access", {
        resource: { type: "principal", id, name: id },
        fingerprint: id.repeat(32),
      });
    expect(shape([excess("platform-role"), of("1"), of("2")])).toEqual([
      [
        ["platform-role", "high"],
        ["effective-access", "high"],
      ],
      [["effective-access", "high"]],
    ]);
  });

  test("two controls about two principals are two rows, and what is about nobody joins the first", () => {
    const two = target(undefined, { principals: [{ id: "one" }, { id: "two" }] });
    const of = (control: string, id: string) =>
      excess(control, {
        resource: { type: "principal", id, name: id },
        fingerprint: `${control}${id}`.padEnd(32),
      });
    const who = (findings: readonly Finding[]) =>
      rowsOf(findings, two).map((row) =>
        row.findings.map((f) => `${f.control.replace("acme-azure/", "")} ${f.resource.id}`),
      );
    const some = [
      of("platform-assignment", "two"),
      of("effective-access", "one"),
      of("effective-access", "two"),
    ];
    expect(who(some)).toEqual([
      ["platform-assignment two", "effective-access two"],
      ["effective-access one"],
    ]);
    expect(
      who([excess("platform-role", { resource: { type: "role", id: "r", name: "r" } }), ...some]),
    ).toEqual([
      ["platform-role r", "platform-assignment two", "effective-access two"],
      ["effective-access one"],
    ]);
  });

  test("what is about nobody joins no row that has its control already", () => {
    const two = target(undefined, { principals: [{ id: "one" }, { id: "two" }] });
    const of = (id: string) =>
      excess("effective-access", { resource: { type: "x", id, name: id }, fingerprint: id.padEnd(32) });
    expect(rowsOf([of("one"), of("two"), of("an assignment")], two)).toHaveLength(3);
  });

  test("findings without a pattern are rows of their own", () => {
    const absent = (property: string) =>
      finding({ control: "platform-services", drift: "absent", severity: "info", property });
    expect(
      rowsOf(
        [absent("a"), absent("b"), { ...absent("a"), control: "acme-azure/x", fingerprint: "9".repeat(32) }],
        target(),
      ),
    ).toHaveLength(3);
  });

  test("the proof comes from the finding that knows who gives it", () => {
    const [row] = rowsOf(
      [
        excess("platform-role", { witness: { action: "Microsoft.Compute/x/write", plane: "control" } }),
        excess("effective-access", {
          witness: {
            action: "Microsoft.Compute/y/write",
            plane: "control",
            scope: `${SUBSCRIPTION}/resourceGroups/rg`,
          },
          by: `Owner, to group 1f2e3d4c-0000-4000-8000-00000000beef, at ${SUBSCRIPTION}/resourceGroups/RG`,
        }),
      ],
      target(),
    );
    expect(row === undefined ? [] : proofText(row, target())).toEqual([
      "may: Microsoft.Compute/y/write",
      "at: …/resourceGroups/rg",
      "by: Owner, to group 1f2e…beef",
    ]);
  });

  test("a weakened condition says what was weakened", () => {
    const [row] = rowsOf(
      [excess("platform-role", { drift: "weakened", except: [], message: "the condition is gone" })],
      target(),
    );
    expect(row === undefined ? [] : whatText(row)).toEqual(["Microsoft.Compute/*", "the condition is gone"]);
  });
});

describe("exceptions as a person writes them", () => {
  test.each<[string, readonly string[], string]>([
    ["Microsoft.A/*", ["Microsoft.A/b/read", "microsoft.a/b/write"], "b/{read,write}"],
    ["Microsoft.A/*", ["Microsoft.A/b/*"], "b/*"],
    ["*", ["Microsoft.A/b/read", "*/read"], "Microsoft.A/b/read, */read"],
    ["*/read", ["Microsoft.A/b/read"], "Microsoft.A/b/read"],
    ["Microsoft.A/b/read", ["Microsoft.A/b/read"], "Microsoft.A/b/read"],
    [
      "Microsoft.A/*",
      ["b/1", "b/2", "b/3", "b/4", "b/5", "c/1", "d/1", "e/1", "f/1"].map((x) => `Microsoft.A/${x}`),
      "b/{1,2,3,4}, c/1, d/1 and 3 more",
    ],
  ])("%s except %j", (pattern, except, text) => {
    expect(compressExcept(pattern, except)).toBe(text);
  });
});

test("what lies below the audited scope is written as seen from there", () => {
  const text = (t: string, scope = SUBSCRIPTION) => shortScopes(t, scope);
  expect([
    text(`GET ${SUBSCRIPTION}/providers/Microsoft.A/b: 403; ${SUBSCRIPTION.toUpperCase()}/resourceGroups/rg`),
    text(`${SUBSCRIPTION}0/x and ${SUBSCRIPTION}`),
    text("/a/b", "/"),
    text("\u0130 /s/x", "/s"),
  ]).toEqual([
    "GET …/Microsoft.A/b: 403; …/resourceGroups/rg",
    `${SUBSCRIPTION}0/x and /subscriptions/6b1f…4e5f`,
    "/a/b",
    "\u0130 /s/x",
  ]);
});

test("a request in words, for each provider", () => {
  expect(
    [
      { action: "A/read", plane: "control" } as const,
      { action: "A/read", plane: "data", scope: "/x" } as const,
      { action: "s3:GetObject", resource: "arn:aws:s3:::b/k" },
      {
        principal: "p",
        action: "s3:GetObject",
        resource: "*",
        context: { "aws:TagKeys": ["a", "b"], k: "v" },
      },
      { verb: "get", group: "", resource: "pods", subresource: "log", name: "n", namespace: "ns" },
      { verb: "list", group: "apps", resource: "deployments" },
      { verb: "get", url: "/metrics" },
    ].map(witnessText),
  ).toEqual([
    "A/read",
    "A/read (data plane)",
    "s3:GetObject on arn:aws:s3:::b/k",
    "s3:GetObject on * with aws:TagKeys=a,b, k=v as p",
    "get pods/log named n in namespace ns",
    "list deployments.apps",
    "get /metrics",
  ]);
});
