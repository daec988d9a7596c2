import { describe, expect, test } from "vitest";
import { anythingAssessed } from "../../src/report/exit-code.ts";
import type { Finding, Report, Target } from "../../src/report/report.ts";
import { table } from "../../src/reporters/table.ts";
import { control, finding, report, SUBSCRIPTION, target } from "../report/sample.ts";
import { options } from "./worlds.ts";

const entry = (kind: string, more: Partial<Target["unread"][number]> = {}): Target["unread"][number] => ({
  kind: `azure/${kind}` as Target["unread"][number]["kind"],
  api: `GET ${SUBSCRIPTION}/providers/Microsoft.Authorization/${kind}s`,
  cause: "denied",
  detail: "answered 403 AuthorizationFailed",
  permission: `Microsoft.Authorization/${kind}s/read`,
  ...more,
});
const textOf = (u: Target["unread"][number]) =>
  `${u.api}: ${u.detail}${u.permission === undefined ? "" : `; needs ${u.permission}`}`;
const unread = (id: string, u: Target["unread"][number]): Finding =>
  finding({
    control: id,
    outcome: "unknown",
    severity: "medium",
    drift: "unreadable",
    property: `unread:${u.kind}`,
    message: `${textOf(u)}; to decide: grant the scanner ${u.permission}`,
  });
const shown = (made: Report, verbose = false) => {
  const text = table.render(made, options({ exitCode: 3, width: 120, verbose })) ?? "";
  const from = text.search(/^(Not read|Not assessed)/m);
  return text.slice(from, text.search(/^Fine/m)).trimEnd().split("\n");
};
const roles = entry("roleAssignment");
const vaults = entry("vault");

describe("what was not read is told once, and controls refer to it", () => {
  const made = (assessed = "pass" as const) =>
    report({
      targets: [target(SUBSCRIPTION, { complete: false, unread: [roles, vaults] })],
      controls: [
        control("platform-role", assessed),
        control("effective-access", "unknown", { reason: textOf(roles) }),
        control("platform-assignment", "unknown", { reason: textOf(roles) }),
        control("key-vault-access", "unknown", { reason: textOf(roles) }),
      ],
      findings: [
        unread("effective-access", roles),
        unread("platform-assignment", roles),
        unread("key-vault-access", roles),
        unread("key-vault-access", vaults),
      ],
    });

  test("several controls on one obstacle: a block of its own; what concerns one control stands there", () => {
    const [, short] = /(GET …\/Microsoft\.Authorization\/vaults: .*)/.exec(shown(made()).join("\n")) ?? [
      undefined,
      "",
    ];
    expect(short).not.toBe("");
    expect(shown(made()).slice(0, 7)).toEqual([
      "Not read (1)",
      " [1]  GET …/Microsoft.Authorization/roleAssignments: answered 403 AuthorizationFailed",
      "      needs Microsoft.Authorization/roleAssignments/read",
      "",
      "Not assessed (3)",
      " platform-assignment   not read: [1]",
      " effective-access      not read: [1]",
    ]);
    expect(shown(made())[7]).toMatch(
      /^ key-vault-access +not read: \[1\]; GET …\/Microsoft\.Authorization\/vaults/,
    );
    expect(
      shown(made())
        .join("\n")
        .match(/roleAssignments: answered 403/g),
    ).toHaveLength(1);
  });

  test("--verbose: everything that was not read", () => {
    expect(shown(made(), true).slice(0, 10)).toEqual([
      "Not read (2)",
      " [1]  GET …/Microsoft.Authorization/roleAssignments: answered 403 AuthorizationFailed",
      "      needs Microsoft.Authorization/roleAssignments/read",
      " [2]  GET …/Microsoft.Authorization/vaults: answered 403 AuthorizationFailed",
      "      needs Microsoft.Authorization/vaults/read",
      "",
      "Not assessed (3)",
      " platform-assignment   not read: [1]",
      " effective-access      not read: [1]",
      " key-vault-access      not read: [1] [2]",
    ]);
  });

  test("a sign-in that failed for many kinds is one obstacle, of its own target", () => {
    const { permission: _, ...rest } = entry("vault", { api: "sign-in", detail: "no credentials" });
    const failed = [rest, { ...rest, kind: "azure/role-assignment" as const }];
    const text =
      table.render(
        report({
          targets: [
            target(SUBSCRIPTION, { unread: failed.slice(0, 1) }),
            target("/subscriptions/other", { complete: false, unread: failed, name: "azure:other" }),
          ],
          controls: [
            control("platform-role", "pass"),
            ...["a", "b", "c"].map((id) => control(id, "unknown", { target: "azure:other" })),
          ],
          findings: ["a", "b", "c"].flatMap((id) =>
            failed.map((u) => ({
              ...unread(id, u),
              target: "azure:other",
              message: "sign-in: no credentials; to decide: read it again",
              fingerprint: `${id}${u.kind}`,
            })),
          ),
        }),
        options({ exitCode: 3 }),
      ) ?? "";
    expect(text).toContain("Not read (1)\n azure:other\n [1]  sign-in: no credentials\n");
    expect(text).toContain("3 controls   not read: [1]: a, b, c\n");
    expect(text.match(/no credentials/g)).toHaveLength(1);
  });
});

test("what is wrong with a waiver file changes no count of controls", () => {
  const plain = report({ controls: [control("platform-role", "pass")], findings: [] });
  const waiver = { ...control("x", "pass"), id: "waivers/w.yaml", check: "waiver" };
  const judged = report({ controls: [control("platform-role", "pass"), waiver], findings: [] });
  expect(judged.summary).toEqual(plain.summary);
  const text = table.render(judged, options({ exitCode: 0 })) ?? "";
  expect(text).toContain("NO DRIFT: 1 of 1 control passes");
  expect(text).toContain("Fine (1): platform-role\n");
  expect(anythingAssessed(judged)).toBe(true);
  // A waiver file is nothing that was asked about: with it alone nothing was assessed.
  expect(anythingAssessed(report({ controls: [waiver], findings: [] }))).toBe(false);
});
