import { describe, expect, it } from "vitest";
import { resources as check } from "../../../src/checks/inventory/resources.ts";
import { resource } from "../../servers/azure-state.ts";
import { brief, control, factsIn, run } from "../world.ts";

const ITEMS = [
  { name: "search", types: ["Microsoft.Search/searchServices"] },
  {
    name: "relays",
    types: ["Microsoft.Relay/namespaces", "microsoft.relay/NAMESPACES", "Microsoft.Relay/others"],
    min: 2,
  },
];
const look = (...types: readonly string[]) =>
  run(
    check,
    factsIn({ resources: types.map((type, i) => resource(type, "rg1", `r${i}`)) }),
    control("parts", check.id, { kind: "azure/resource", items: ITEMS }),
  ).map((o) => (o.kind === "drift" ? [o.resource.name, o.actual, o.at] : brief(o)));

describe("inventory/resources", () => {
  it.each([
    [
      "all there, in any case",
      ["MICROSOFT.SEARCH/searchservices", "Microsoft.Relay/namespaces", "Microsoft.Relay/others"],
      [],
    ],
    [
      "one too few",
      ["Microsoft.Search/searchServices", "Microsoft.Relay/namespaces"],
      [["relays", 1, "/items/1"]],
    ],
    [
      "none",
      ["Other/things"],
      [
        ["search", 0, "/items/0"],
        ["relays", 0, "/items/1"],
      ],
    ],
    [
      "a type that only starts so",
      ["Microsoft.Search/searchServices2", "Microsoft.Relay/others", "Microsoft.Relay/others"],
      [["search", 0, "/items/0"]],
    ],
  ] as const)("%s", (_, types, expected) => {
    expect(look(...types)).toEqual([...expected, "assessed 2 resource kinds"]);
  });

  it("fault 40: an empty list is unknown, not drift", () => {
    expect(look()).toEqual(["unknown | (resources)"]);
    const params = control("parts", check.id, { kind: "azure/resource", items: ITEMS });
    expect(run(check, factsIn({ resources: [] }), params)[0]).not.toHaveProperty("empty");
  });

  it("survives documents without a type", () => {
    const more = [{ kind: "azure/resource", id: "x", body: null }] as const;
    const found = run(
      check,
      factsIn({}, { more }),
      control("parts", check.id, { kind: "azure/resource", items: ITEMS }),
    );
    expect(found.map(brief)).toEqual([
      "drift absent | (search)",
      "drift absent | (relays)",
      "assessed 2 resource kinds",
    ]);
  });
});
