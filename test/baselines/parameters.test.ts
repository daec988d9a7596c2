// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a baseline refers to its parameters that way
import { describe, expect, test } from "vitest";
import type { Baseline, Control, Parameter } from "../../src/baselines/baseline.ts";
import { dealOut, ParameterError, resolveControls } from "../../src/baselines/parameters.ts";

const ID = "aaaaaaaa-0000-4000-8000-000000000001";

const parameters = {
  who: { type: "uuid", flag: "principal", help: "h" },
  place: { type: "scope", help: "h" },
  groups: { type: "list", help: "h" },
  name: { type: "string", help: "h" },
  region: { type: "string", help: "h", default: "north" },
} satisfies Record<string, Parameter>;

function control(id: string, value: unknown, more: Partial<Control> = {}): Control {
  return {
    id,
    title: "t",
    why: "w",
    check: "azure/effective-access",
    cite: { section: "s" },
    with: value,
    ...more,
  };
}

function baseline(controls: readonly Control[], more: Partial<Baseline> = {}): Baseline {
  return {
    id: "acme",
    version: "1",
    title: "t",
    cloud: "azure",
    source: { url: "https://acme.example", captured: "2026-01-01" },
    parameters,
    controls,
    errata: [],
    ...more,
  };
}

const profiles = { default: "wet", names: { wet: "w", dry: "d" } };

/** The resolved `with` of a baseline's single control. */
function resolved(value: unknown, given: Record<string, string> = {}): unknown {
  return resolveControls(baseline([control("a", value)]), given).controls[0]?.with;
}

function errorOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ParameterError) return error.message;
    throw error;
  }
  return "accepted";
}

describe("references", () => {
  test("given values replace whole values and parts", () => {
    expect(
      resolved(
        {
          principal: "${who}",
          at: "${place}/resourceGroups/${name}",
          r: "${region}",
          n: 3,
          b: true,
          z: null,
        },
        { who: ID, place: "/subscriptions/x", name: "rg" },
      ),
    ).toEqual({
      principal: ID,
      at: "/subscriptions/x/resourceGroups/rg",
      r: "north",
      n: 3,
      b: true,
      z: null,
    });
  });

  test("a whole value that is not given is left out, of a mapping and of a list", () => {
    expect(resolved({ principal: "${who}", list: ["a", "${name}", "b"], in: { deep: "${who}" } })).toEqual({
      list: ["a", "b"],
      in: {},
    });
  });

  test("a part that is not given becomes *, a scope keeps its segments", () => {
    expect(resolved({ at: "${place}/resourceGroups/${name}/x-${name}" })).toEqual({
      at: "/subscriptions/*/resourceGroups/*/x-*",
    });
  });

  test("a list fills the value, or is spliced into the list in which it stands", () => {
    const value = { only: "${groups}", among: ["first", "${groups}", "last"] };
    expect(resolved(value, { groups: " rg-a , rg-b,, " })).toEqual({
      only: ["rg-a", "rg-b"],
      among: ["first", "rg-a", "rg-b", "last"],
    });
    expect(resolved(value)).toEqual({ among: ["first", "last"] });
  });

  test("a provider's own variables stay as they are (AW6)", () => {
    expect(resolved({ a: "${aws:username}/${*}/${name}" }, { name: "x" })).toEqual({
      a: "${aws:username}/${*}/x",
    });
  });

  test("a value that looks like a reference is not resolved again", () => {
    expect(resolved({ a: "${name}", b: "x${name}" }, { name: "${region}" })).toEqual({
      a: "${region}",
      b: "x${region}",
    });
  });

  test("a parameter called like a method of every object is an ordinary one", () => {
    const odd = baseline([control("a", { whole: "${toString}", part: "x-${toString}" })], {
      parameters: { toString: { type: "string" as const, help: "h" } },
    });
    expect(resolveControls(odd, {}).controls[0]?.with).toEqual({ part: "x-*" });
    expect(resolveControls(odd, { toString: "v" }).controls[0]?.with).toEqual({ whole: "v", part: "x-v" });
  });

  test("who was not given is told, for each control and for all", () => {
    const {
      controls,
      unresolved,
      parameters: values,
      profile,
    } = resolveControls(
      baseline([
        control("a", { p: "${who}", q: "${place}/${name}", r: "${region}" }, { optional: true }),
        control("b", { p: "${name}" }),
        control("c", {}),
      ]),
      { who: ID.toUpperCase() },
    );
    expect(controls.map(({ id, optional, unresolved: own }) => ({ id, optional, own }))).toEqual([
      { id: "a", optional: true, own: ["name", "place"] },
      { id: "b", optional: false, own: ["name"] },
      { id: "c", optional: false, own: [] },
    ]);
    expect(unresolved).toEqual(["name", "place"]);
    expect(values).toEqual({ who: ID, region: "north" });
    expect(profile).toBeUndefined();
  });

  test("the baseline is not changed", () => {
    const given = baseline([control("a", { p: "${who}", list: ["${groups}"] })]);
    const before = structuredClone(given);
    resolveControls(given, { who: ID, groups: "a,b" });
    expect(given).toEqual(before);
  });
});

describe("profiles", () => {
  const two = baseline(
    [
      control("wet-only", { x: 1 }, { profile: "wet" }),
      control("dry-only", { x: 1 }, { profile: "dry" }),
      control("both", {
        permissions: [
          { profile: "dry", actions: ["d"] },
          { profile: "wet", actions: ["w", "${groups}"] },
          { actions: ["always"] },
        ],
        part: { profile: "dry", value: 1 },
        required: ["wet-only", "dry-only"],
      }),
    ],
    { profiles },
  );

  test("the default: controls, mappings and names of another profile are left out, the key itself too", () => {
    const { controls, profile } = resolveControls(two, { groups: "g,h" });
    expect(profile).toBe("wet");
    expect(controls.map(({ id, with: value }) => [id, value])).toEqual([
      ["wet-only", { x: 1 }],
      [
        "both",
        { permissions: [{ actions: ["w", "g", "h"] }, { actions: ["always"] }], required: ["wet-only"] },
      ],
    ]);
  });

  test("the one that is chosen", () => {
    const { controls, profile } = resolveControls(two, {}, "dry");
    expect(profile).toBe("dry");
    expect(controls.map(({ id, with: value }) => [id, value])).toEqual([
      ["dry-only", { x: 1 }],
      [
        "both",
        {
          permissions: [{ actions: ["d"] }, { actions: ["always"] }],
          part: { value: 1 },
          required: ["dry-only"],
        },
      ],
    ]);
  });

  test("a pointer into what is left leads to its place in the document", () => {
    const { sourceOf } = resolveControls(two, { groups: "g,h" });
    const places = (pointers: readonly string[]) => pointers.map((pointer) => sourceOf("both", pointer));
    expect(
      places([
        "",
        "/permissions",
        "/permissions/0",
        "/permissions/0/actions/0",
        "/permissions/0/actions/2",
        "/permissions/1/actions/0",
        "/permissions/1/actions/7",
        "/nothing/at/all",
      ]),
    ).toEqual([
      "/controls/2/with",
      "/controls/2/with/permissions",
      "/controls/2/with/permissions/1",
      "/controls/2/with/permissions/1/actions/0",
      "/controls/2/with/permissions/1/actions/1",
      "/controls/2/with/permissions/2/actions/0",
      "/controls/2/with/permissions/2/actions",
      "/controls/2/with",
    ]);
    expect(sourceOf("wet-only", "/x")).toBe("/controls/0/with/x");
    expect(sourceOf("nobody", "/x")).toBe("");
  });

  test("a schema that describes a property called profile is not taken for one", () => {
    const value = { schema: { properties: { profile: { const: "x" } } } };
    expect(resolved(value)).toEqual(value);
  });
});

describe("values by type", () => {
  const value = (name: keyof typeof parameters, text: string) =>
    resolveControls(baseline([control("a", {})]), { [name]: text }).parameters[name];

  test.each([
    ["who", ` ${ID.toUpperCase()} `, ID],
    ["place", "/", "/"],
    ["place", "/subscriptions/X/resourceGroups/Rg/", "/subscriptions/X/resourceGroups/Rg"],
    ["place", ID.toUpperCase(), `/subscriptions/${ID}`],
    ["groups", "a, b ,c", "a,b,c"],
    ["name", "  anything at all ", "anything at all"],
    ["region", "south", "south"],
  ] as const)("%s %j", (name, text, expected) => {
    expect(value(name, text)).toBe(expected);
  });

  test.each([
    [
      "who",
      "me",
      'parameter who (--principal): expected an id such as 00000000-0000-0000-0000-000000000000, found "me"',
    ],
    ["who", "", 'parameter who (--principal): expected a value, found ""'],
    [
      "place",
      "subscriptions/x",
      'parameter place: expected a scope that starts with / or a subscription\'s id, found "subscriptions/x"',
    ],
    [
      "place",
      "/subscriptions//x",
      'parameter place: expected a scope that starts with / or a subscription\'s id, found "/subscriptions//x"',
    ],
    [
      "place",
      "/a b",
      'parameter place: expected a scope that starts with / or a subscription\'s id, found "/a b"',
    ],
    ["groups", " , ", 'parameter groups: expected values separated by commas, found " , "'],
    ["name", "a\u001b[2J", 'parameter name: expected text without control characters, found "a\\u001b[2J"'],
    ["name", "   ", 'parameter name: expected a value, found "   "'],
  ] as const)("%s %j is refused", (name, text, message) => {
    expect(errorOf(() => value(name, text))).toBe(message);
  });

  test("a default is checked like a given value", () => {
    const wrong = baseline([control("a", {})], {
      parameters: { who: { type: "uuid", help: "h", default: "nobody" } },
    });
    expect(errorOf(() => resolveControls(wrong, {}))).toBe(
      'parameter who: expected an id such as 00000000-0000-0000-0000-000000000000, found "nobody"',
    );
  });
});

describe("unknown names", () => {
  const one = baseline([control("a", {})], { profiles });
  const none = baseline([control("a", {})], { id: "bare", parameters: {} });

  test("a parameter", () => {
    expect(errorOf(() => resolveControls(one, { plase: "/" }))).toBe(
      'unknown parameter "plase": acme@1 has who, place, groups, name, region; did you mean "place"?',
    );
    expect(errorOf(() => resolveControls(none, { x: "1" }))).toBe(
      'unknown parameter "x": bare@1 has no parameters',
    );
    expect(errorOf(() => resolveControls(none, { constructor: "1" }))).toBe(
      'unknown parameter "constructor": bare@1 has no parameters',
    );
  });

  test("a profile", () => {
    expect(errorOf(() => resolveControls(one, {}, "wett"))).toBe(
      'unknown profile "wett": acme@1 has wet, dry; did you mean "wet"?',
    );
    expect(errorOf(() => resolveControls(none, {}, "wet"))).toBe(
      'unknown profile "wet": bare@1 has no profiles',
    );
  });

  test("with several baselines each gets what it knows, and somebody must know it", () => {
    expect(dealOut([one, none], { who: ID, name: "n" }, "dry")).toEqual([
      { given: { who: ID, name: "n" }, profile: "dry" },
      { given: {} },
    ]);
    expect(dealOut([none], {})).toEqual([{ given: {} }]);
    expect(errorOf(() => dealOut([one, none], { nam: "n" }))).toBe(
      'unknown parameter "nam": acme@1, bare@1 has who, place, groups, name, region; did you mean "name"?',
    );
    expect(errorOf(() => dealOut([one, none], {}, "damp"))).toBe(
      'unknown profile "damp": acme@1, bare@1 has wet, dry',
    );
  });
});
