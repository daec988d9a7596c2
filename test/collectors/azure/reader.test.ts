import { readdirSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DocumentKind } from "../../../src/snapshot/kinds/kinds.ts";
import { type Arm, startArm } from "../../servers/arm.ts";
import { collectFrom } from "../harness.ts";

const folder = new URL("../../../fixtures/recorded/azure/", import.meta.url);
const recorded = (name: string) => readFileSync(new URL(name, folder), "utf8");

interface Item {
  readonly id: string;
}
const items = (name: string): readonly Item[] => JSON.parse(recorded(name)).value;

let arm: Arm;
beforeEach(async () => {
  arm = await startArm();
});
afterEach(() => arm.close());

/** Every recorded list, the kind that it is read for, and where our call goes. */
const lists: readonly (readonly [string, DocumentKind, string])[] = [
  ["role-definitions.json", "azure/role-definition", "/roleDefinitions"],
  ["resource-groups.json", "azure/resource-group", "/resourcegroups"],
  ["resources-vaults.json", "azure/resource", "/resources"],
  ["resources.json", "azure/resource", "/resources"],
  ["resources-empty.json", "azure/resource", "/resources"],
  ["vaults-page-2.json", "azure/vault", "/vaults"],
];

describe("real recorded answers go through the collector: none is refused, nothing is lost", () => {
  it.each(lists)("%s", async (name, kind, path) => {
    arm.faults.add({ match: path, raw: recorded(name) });
    const { snapshot } = await collectFrom(arm, { kinds: [kind] });
    expect(snapshot.unread).toEqual([]);
    const expected = items(name).map((body) => ({ kind, id: body.id, body }));
    expect(snapshot.documents).toEqual(expected.sort((a, b) => (a.id < b.id ? -1 : 1)));
    expect(snapshot.documents).toHaveLength(items(name).length);
  });

  it("fault 13: the recorded vaults end with an empty page", async () => {
    const first = recorded("vaults-page-1.json").replaceAll("https://management.azure.com", arm.url);
    arm.faults.add(
      { match: /^\/subscriptions\/6b1f.*\/vaults/, raw: first },
      { match: /^\/subscriptions\/0000.*\/vaults.*skiptoken/, raw: recorded("vaults-page-2.json") },
    );
    const { snapshot } = await collectFrom(arm, { kinds: ["azure/vault"] });
    const [vault] = items("vaults-page-1.json");
    expect(snapshot.unread).toEqual([]);
    expect(snapshot.documents).toEqual([{ kind: "azure/vault", id: vault?.id, body: vault }]);
  });

  it("recorded resource groups page by a link whose $ is encoded", async () => {
    const first = recorded("resource-groups-page-1.json").replaceAll("https://management.azure.com", arm.url);
    arm.faults.add(
      { match: /^\/subscriptions\/6b1f.*\/resourcegroups/, raw: first },
      { match: /^\/subscriptions\/0000.*\$skiptoken=recorded/, raw: recorded("resource-groups.json") },
    );
    const { snapshot } = await collectFrom(arm, { kinds: ["azure/resource-group"] });
    expect(snapshot.unread).toEqual([]);
    // The first page repeats two groups of the whole list; each is kept once.
    expect(snapshot.documents.map((document) => document.body)).toHaveLength(
      items("resource-groups.json").length,
    );
    expect(arm.requests.at(-1)?.query).toEqual({
      $top: "2",
      "api-version": "2019-10-01",
      $skiptoken: "recorded",
    });
  });

  it("a recorded assignment, with absent condition and a null author", async () => {
    const assignment = JSON.parse(recorded("role-assignment.json"));
    arm.faults.add({ match: "roleAssignments", raw: JSON.stringify({ value: [assignment] }) });
    const principal: string = assignment.properties.principalId;
    const { snapshot } = await collectFrom(arm, { kinds: ["azure/assigned-to"], principals: [principal] });
    expect(snapshot.documents).toEqual([
      { kind: "azure/assigned-to", id: principal, body: { value: [assignment] } },
    ]);
    expect("condition" in assignment.properties).toBe(false);
  });

  it("the recorded subscriptions name the only one", async () => {
    arm.faults.add({ match: "/subscriptions?", raw: recorded("subscriptions.json") });
    const { snapshot } = await collectFrom(arm, {
      kinds: ["azure/provider-operations"],
      settings: { subscription: undefined as never },
    });
    expect(snapshot.scope).toBe("/subscriptions/00000000-0000-0000-0000-000000000000");
  });

  it("every recording is JSON without anybody's e-mail address, and is used here", () => {
    const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
    for (const name of files) expect(recorded(name)).not.toMatch(/@(?!example\.com)[\w-]+\.\w+/);
    const used = [
      ...lists.map(([name]) => name),
      "resource-groups-page-1.json",
      "role-assignment.json",
      "subscriptions.json",
      "vaults-page-1.json",
    ];
    expect(files.sort()).toEqual(used.sort());
  });
});
