import { describe, expect, test } from "vitest";
import { azureRole, graphConsent } from "../../src/permissions/azure.ts";
import { readsOf } from "../../src/permissions/reads.ts";
import { azureKinds } from "../../src/snapshot/kinds/azure.ts";
import type { ApiCall } from "../../src/snapshot/kinds/calls.ts";
import type { DocumentKind } from "../../src/snapshot/kinds/kinds.ts";

const kindsOf = (of: object) => new Set(Object.keys(of) as DocumentKind[]);

const found = { named: false };

describe("Azure: a custom role", () => {
  const scope = "/subscriptions/6b1f0000-0000-4000-8000-000000004e5f";

  test("of every kind: each permission of the registry once, reads only, no data", () => {
    const role = azureRole(readsOf("azure", kindsOf(azureKinds), found), [scope]);
    const registry = new Set(
      Object.values(azureKinds).flatMap(({ calls }) =>
        calls.flatMap(({ of, permission }: ApiCall) => (of === "graph" ? [] : [permission])),
      ),
    );
    expect(registry.size).toBeGreaterThan(10);
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

  test("what the directory takes is consented to, apart from the role, and only where a control reads it", () => {
    expect(graphConsent(readsOf("azure", new Set(["azure/vault", "azure/role-assignment"]), found))).toEqual(
      [],
    );
    const lines = graphConsent(readsOf("azure", kindsOf(azureKinds), found));
    const listed = lines.flatMap((line) => /^ {2}([A-Z]\w+(?:\.\w+)+): /.exec(line)?.[1] ?? []);
    expect(listed).toEqual([
      "Application.Read.All",
      "GroupMember.Read.All",
      "RoleManagement.Read.Directory",
      "User.Read.All",
    ]);
    // ids of Microsoft Graph and of these application permissions, from its permissions reference
    expect(lines.join("\n")).toContain(
      [
        "az ad app permission add --id APPLICATION-ID --api 00000003-0000-0000-c000-000000000000 --api-permissions",
        "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30=Role 98830695-27a2-44f7-8c18-0c3ebc9698f6=Role",
        "483bed4a-2ad3-4361-a73b-c83ccdbdc53c=Role df021288-bdef-4463-88db-98f22de89214=Role",
      ].join(" "),
    );
    expect(lines.join("\n")).toContain("az ad app permission admin-consent --id APPLICATION-ID");
    const some = graphConsent(readsOf("azure", new Set(["azure/directory-role"]), found));
    expect(some.join("\n")).not.toContain("Application.Read.All");
    expect(some.join("\n")).toContain("483bed4a-2ad3-4361-a73b-c83ccdbdc53c=Role");
  });
});
