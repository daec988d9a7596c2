import { describe, expect, it } from "vitest";
import type { Snapshot } from "../../../src/snapshot/snapshot.ts";
import { readCatalog } from "../../../src/state/azure/catalog.ts";
import { factsIn } from "../../checks/world.ts";
import { provider } from "../../servers/azure-state.ts";

const names = (more: Snapshot["documents"]) =>
  readCatalog(factsIn({}, { more }))?.map((o) => `${o.isDataAction ? "data:" : ""}${o.name}`);
const document = (body: unknown) => [{ kind: "azure/provider-operations" as const, id: "p", body }];

describe("AZ12: the catalogue is in both lists, and names repeat", () => {
  it("reads both, once each, planes apart", () => {
    const body = {
      name: "P",
      operations: [
        { name: "P/read", isDataAction: false },
        { name: "p/READ" },
        { name: "P/read", isDataAction: true },
      ],
      resourceTypes: [
        { name: "t", operations: [{ name: "P/t/write", isDataAction: null }] },
        { name: "u", operations: null },
      ],
    };
    expect(names(document(body))).toEqual(["P/read", "data:P/read", "P/t/write"]);
  });
  it("reads pages of providers and flat lists", () => {
    expect(
      names(document({ value: [provider("A", ["A/x/read"]), provider("B", ["data:B/y/read"])] })),
    ).toEqual(["A/x/read", "data:B/y/read"]);
    expect(names(document([{ name: "A/x/read", isDataAction: true }]))).toEqual(["data:A/x/read"]);
  });
  it.each([null, {}, [], { value: null }, { operations: [null, { name: 3 }] }])(
    "has nothing to say of %j",
    (body) => {
      expect(names(document(body))).toBeUndefined();
    },
  );
});
