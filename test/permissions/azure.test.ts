import { describe, expect, test } from "vitest";
import { azureRole } from "../../src/permissions/azure.ts";
import { readsOf } from "../../src/permissions/reads.ts";
import { azureKinds } from "../../src/snapshot/kinds/azure.ts";
import type { DocumentKind } from "../../src/snapshot/kinds/kinds.ts";

const kindsOf = (of: object) => new Set(Object.keys(of) as DocumentKind[]);

const found = { named: false };

describe("Azure: a custom role", () => {
  const scope = "/subscriptions/6b1f0000-0000-4000-8000-000000004e5f";

  test("of every kind: each permission of the registry once, reads only, no data", () => {
    const role = azureRole(readsOf("azure", kindsOf(azureKinds), found), [scope]);
    const registry = new Set(
      Object.values(azureKinds).flatMap(({ calls }) => calls.map(({ permission }) => permission)),
    );
    expect(role.Actions).toEqual([...registry].sort());
    expect(role.Actions.filter((action) => !action.endsWith("/read"))).toEqual([]);
    const { Actions: _, Description, ...rest } = role;
    expect(Description).not.toBe("");
    expect(rest).toEqual({
      Name: "chalk-audit reader",
      IsCustom: true,
      NotActions: [],
      DataActions: [],
      NotDataActions: [],
      AssignableScopes: [scope],
    });
  });

  test("of one principal's assignments: finding the principal takes the definitions; a named one does not", () => {
    const kinds = new Set<DocumentKind>(["azure/assigned-to"]);
    expect(azureRole(readsOf("azure", kinds, found), [scope]).Actions).toEqual([
      "Microsoft.Authorization/roleAssignments/read",
      "Microsoft.Authorization/roleDefinitions/read",
    ]);
    expect(azureRole(readsOf("azure", kinds, { named: true }), [scope]).Actions).toEqual([
      "Microsoft.Authorization/roleAssignments/read",
    ]);
  });
});
