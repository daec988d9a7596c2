import { describe, expect, test } from "vitest";
import type { Cause, Finding } from "../../src/report/report.ts";
import {
  groupMending,
  groupProof,
  groupsOf,
  groupText,
  likewiseText,
  rowsIn,
  statesOf,
} from "../../src/reporters/groups.ts";
import { rowsOf } from "../../src/reporters/rows.ts";
import { finding, SUBSCRIPTION, target } from "../report/sample.ts";

const cause = (name: string, gone = true): Cause => ({
  id: name,
  text: `policy ${name} of role acme`,
  ...(gone ? { commands: [`aws detach ${name}`] } : {}),
});
const role = (name: string) => ({ type: "AWS::IAM::Role", id: `arn:role/${name}`, name });

const excess = (pattern: string, causes: readonly Cause[], more: Partial<Finding> = {}): Finding =>
  finding({
    control: "effective-access",
    drift: "excess",
    severity: "high",
    pattern,
    causes,
    witness: { action: pattern.replace("*", "x"), resource: "*" },
    by: "policy",
    known: { count: 10, examples: [] },
    resource: role("acme"),
    property: `${pattern} ${more.resource?.name ?? ""}`,
    ...more,
  });

const groups = (findings: readonly Finding[]) => groupsOf(rowsOf(findings, target()));
const shape = (findings: readonly Finding[]) =>
  groups(findings).map(({ rows, likewise }) => [
    rows.map(({ main }) => main.pattern ?? main.message),
    ...likewise.map((others) => others.map(({ main }) => main.resource.name)),
  ]);

describe("what one would change", () => {
  test("three differences by one cause are one group; two stay rows of their own", () => {
    const read = [cause("Read")];
    const three = [excess("a:*", read), excess("b:*", read), excess("c:*", read)];
    expect(shape(three)).toEqual([[["a:*", "b:*", "c:*"]]]);
    expect(shape(three.slice(1))).toEqual([[["b:*"]], [["c:*"]]]);
  });

  test("what one policy gives and what two give are different changes, in whatever order the two are named", () => {
    const [one, two] = [cause("One"), cause("Two")];
    const both = [excess("a:*", [one, two]), excess("b:*", [two, one]), excess("c:*", [one, two])];
    const single = [excess("d:*", [one]), excess("e:*", [one]), excess("f:*", [one])];
    expect(shape([...both, ...single])).toEqual([[["a:*", "b:*", "c:*"]], [["d:*", "e:*", "f:*"]]]);
  });

  test("what is missing is grouped by who lacks it, and never with what something takes away", () => {
    const lack = (pattern: string, more: Partial<Finding> = {}) => {
      const { causes: _, by: __, ...bare } = excess(pattern, []);
      return { ...bare, drift: "missing" as const, severity: "medium" as const, ...more };
    };
    const three = [lack("a:*"), lack("b:*"), lack("c:*")];
    expect(shape(three)).toEqual([[["a:*", "b:*", "c:*"]]]);
    expect(shape([...three, lack("d:*", { by: "the boundary takes it away" })])).toHaveLength(2);
    expect(shape([...three.slice(1), lack("d:*", { resource: role("other") })])).toHaveLength(3);
  });

  test("a group stands where its worst row does", () => {
    const [first, other] = [[cause("First")], [cause("Other")]];
    const mixed = [
      ...["a:*", "b:*", "c:*"].map((p) => excess(p, first)),
      ...["d:*", "e:*"].map((p) => excess(p, other)),
      excess("f:*", other, { severity: "critical" }),
    ];
    expect(shape(mixed).map(([rows]) => rows?.[0])).toEqual(["f:*", "a:*"]);
  });

  test("two of one cause stand each where its own severity does", () => {
    const [one, other] = [[cause("One")], [cause("Other")]];
    const mixed = [
      excess("a:*", one),
      excess("b:*", other, { severity: "medium" }),
      excess("c:*", one, { severity: "low" }),
    ];
    expect(shape(mixed)).toEqual([[["a:*"]], [["b:*"]], [["c:*"]]]);
  });

  test("findings without a cause are never one", () => {
    const absent = (name: string) =>
      finding({
        control: "platform-services",
        drift: "absent",
        severity: "info",
        property: name,
        message: name,
      });
    expect(shape(["x", "y", "z"].map(absent))).toHaveLength(3);
  });
});

describe("the same of several", () => {
  const of = (name: string, more: Partial<Finding> = {}) =>
    ["a:*", "b:*", "c:*"].map((pattern) =>
      excess(pattern, [{ id: name, text: `policy Read of role ${name}` }], { resource: role(name), ...more }),
    );

  test("is told of the first, and the others are named", () => {
    const all = [...of("one"), ...of("two"), ...of("three")];
    const [group, ...others] = groups(all);
    expect(others).toEqual([]);
    if (group === undefined) throw new Error("no group");
    expect(rowsIn(group)).toBe(9);
    expect(likewiseText(group, target(), "below")).toEqual([
      "likewise: policy Read of role two; policy Read of role three",
    ]);
  });

  test("of two is no crowd; another severity, exception or state is not the same", () => {
    expect(shape([...of("one"), ...of("two")])).toHaveLength(2);
    const ways: Partial<Finding>[] = [{ severity: "low" }, { except: ["a:b"] }, { state: "new" }];
    for (const way of ways) expect(shape([...of("one"), ...of("two"), ...of("three", way)])).toHaveLength(3);
  });

  test("what they hold, and whether it can go, is part of the same", () => {
    const grant = (resource: string) =>
      [{ patterns: ["a:*"], resources: [resource] }] as unknown as Finding["grant"];
    const on = (name: string, resource: string) => of(name, { grant: grant(resource) } as Partial<Finding>);
    expect(shape([...on("one", "*"), ...on("two", "*"), ...on("three", "*")])).toHaveLength(1);
    expect(shape([...on("one", "x"), ...on("two", "*"), ...on("three", "*")])).toHaveLength(3);
    const goes = (name: string) =>
      ["a:*", "b:*", "c:*"].map((p) => excess(p, [{ ...cause(name) }], { resource: role(name) }));
    expect(shape([...goes("one"), ...of("two"), ...of("three")])).toHaveLength(3);
    expect(
      shape([...of("one"), ...of("two"), ...of("three", { known: { count: 11, examples: [] } })]),
    ).toHaveLength(3);
  });

  test("a message that differs by the name alone is the same", () => {
    const stray = (name: string, what = "") =>
      finding({
        control: "platform-assignment",
        drift: "stray",
        severity: "high",
        message: `role ${name} lets the vendor in as well${what}`,
        resource: role(name),
      });
    expect(shape(["one", "two", "three"].map((name) => stray(name)))).toEqual([
      [["role one lets the vendor in as well"], ["two"], ["three"]],
    ]);
    expect(shape([stray("one"), stray("two"), stray("three", ", and to all else")])).toHaveLength(3);
  });
});

describe("the words of a group", () => {
  const only = (findings: readonly Finding[]) => {
    const [group] = groups(findings);
    if (group === undefined) throw new Error("no group");
    return group;
  };
  const text = (findings: readonly Finding[]) => {
    const group = only(findings);
    return [...groupText(group, target()), ...groupProof(group, target()), ...statesOf(group)];
  };

  test("cause, amount, the worst, the proof, and the command", () => {
    const read = [cause("Read")];
    const some = [
      excess("a:*, a:1, a:2, a:3", read, { severity: "critical" }),
      ...["b:*", "c:*", "d:*"].map((p) => excess(p, read)),
    ];
    expect(text(some)).toEqual([
      "policy Read of role acme: 4 differences (1 critical, 3 high), up to 40 operations today",
      "worst: a:* and 3 more; b:*; c:*; and 1 more",
      "may: a:x, a:1, a:2, a:3 on *",
    ]);
    expect(groupMending(only(some))).toEqual({ commands: ["aws detach Read"], more: 0 });
  });

  test("an operation that two rows of one pattern hold is counted once; a plane is another one", () => {
    const read = [cause("Read")];
    const twice = [1, 2, 3].map((n) =>
      excess("a:*", read, { except: [`a:${n}`], known: { count: n, examples: [] } }),
    );
    expect(text(twice)[0]).toContain("3 differences (all high), 3 operations today");
    expect(text([...twice, excess("a:*", read, { plane: "data", except: ["a:9"] })])[0]).toContain(
      "13 operations",
    );
  });

  test("several causes: all of them have to go, and a part that is needed is not told to go", () => {
    const both = [cause("Read"), cause("Write")];
    const all = (causes: readonly Cause[]) => ["a:*", "b:*", "c:*"].map((p) => excess(p, causes));
    expect(text(all(both))[0]).toContain(
      "given by 2, policy Read of role acme; policy Write of role acme: 3 ",
    );
    expect(groupMending(only(all(both)))).toEqual({
      commands: ["aws detach Read", "aws detach Write"],
      more: 0,
    });
    expect(groupMending(only(all([cause("Read"), cause("Write", false)])))).toEqual({
      words: "narrow it, since part of it is documented",
      each: true,
    });
    expect(groupMending(only(all([cause("1"), cause("2"), cause("3"), cause("4")])))).toEqual({
      commands: ["aws detach 1", "aws detach 2"],
      more: 2,
    });
  });

  test("an example says what it leaves out, and its plane", () => {
    const read = [cause("Read")];
    const some = [
      excess("a:*", read, { except: ["a:b"] }),
      excess("b:*", read, { plane: "data" }),
      excess("c:*", read, { plane: "data", except: ["c:d"] }),
    ];
    expect(text(some)[1]).toBe("worst: a:* (in part); b:* (data plane); c:* (in part, data plane)");
  });

  test("new ones among old ones are counted", () => {
    const read = [cause("Read")];
    const some = ["a:*", "b:*"].map((p) => excess(p, read, { state: "unchanged" }));
    const fresh = excess("c:*", read, { state: "new" });
    expect(text([...some, fresh])[0]).toContain("(all high), 1 of them new or updated, up to 30 operations");
    expect(text([...some, fresh]).at(-1)).toBe("new");
  });

  test("scopes are short and names cannot draw", () => {
    const odd: Cause = { id: "x", text: `assignment of Own\u0007er, at ${SUBSCRIPTION}/resourceGroups/rg` };
    const [line] = text(["a:*", "b:*", "c:*"].map((p) => excess(p, [odd])));
    expect(line).toContain("assignment of Own\\u{7}er, at …/resourceGroups/rg: 3 differences");
  });
});
