import fc from "fast-check";
import type { OraclePolicy, OracleRequest, OracleStatement } from "./oracle.ts";

/** Policies over tiny alphabets, so that every request that matters can be tried. */
const text = (letters: readonly string[], max: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: max }).map((l) => l.join(""));

const STARS = ["a", "b", "*"];
const ALL = ["a", "b", "*", "?"];

export interface Shape {
  /** `?` in patterns. */
  readonly ones?: boolean;
  readonly deny?: boolean;
  readonly negated?: boolean;
  readonly conditions?: fc.Arbitrary<Record<string, Record<string, string[]>>>;
}

const lists = (letters: readonly string[]): fc.Arbitrary<string[]> =>
  fc.array(text(letters, 3), { minLength: 1, maxLength: 2 });

export const statement = (shape: Shape): fc.Arbitrary<OracleStatement> => {
  const letters = shape.ones === true ? ALL : STARS;
  return fc
    .record({
      deny: shape.deny === true ? fc.integer({ min: 0, max: 3 }).map((n) => n === 0) : fc.constant(false),
      notAction:
        shape.negated === true ? fc.integer({ min: 0, max: 4 }).map((n) => n === 0) : fc.constant(false),
      notResource:
        shape.negated === true ? fc.integer({ min: 0, max: 3 }).map((n) => n === 0) : fc.constant(false),
      actions: lists(letters),
      resources: lists(letters),
      conditions: shape.conditions ?? fc.constant({}),
    })
    .map(
      (s): OracleStatement => ({
        Effect: s.deny ? "Deny" : "Allow",
        ...(s.notAction ? { NotAction: s.actions } : { Action: s.actions }),
        ...(s.notResource ? { NotResource: s.resources } : { Resource: s.resources }),
        ...(Object.keys(s.conditions).length > 0 && { Condition: s.conditions }),
      }),
    );
};

export const policy = (shape: Shape): fc.Arbitrary<OraclePolicy> =>
  fc
    .array(statement(shape), { minLength: 1, maxLength: 3 })
    .map((Statement) => ({ Version: "2012-10-17", Statement }));

const block = (
  operators: readonly string[],
  key: string,
  values: fc.Arbitrary<string[]>,
): fc.Arbitrary<Record<string, Record<string, string[]>>> =>
  fc
    .tuple(fc.constantFrom(...operators), values)
    .map(([operator, list]) => ({ [operator]: { [key]: list } }));

const some = (values: fc.Arbitrary<string>): fc.Arbitrary<string[]> =>
  fc.array(values, { minLength: 1, maxLength: 2 });

const IF = (names: readonly string[]): string[] => names.flatMap((n) => [n, `${n}IfExists`]);

/** One family of operators each, with the requests' values among which every case occurs. */
export const FAMILIES: Record<
  string,
  { blocks: fc.Arbitrary<Record<string, Record<string, string[]>>>; values: (string[] | undefined)[] }
> = {
  text: {
    blocks: fc.oneof(
      block(IF(["StringLike", "StringNotLike"]), "k", some(text(ALL, 3))),
      block(IF(["StringEquals", "StringNotEquals"]), "k", some(text(["a", "b", "*"], 2))),
      block(["Null"], "K", fc.constantFrom(["true"], ["false"])),
    ),
    values: [undefined, ...strings(["a", "b", "z", "*"], 3).map((v) => [v])],
  },
  caseless: {
    blocks: fc.oneof(
      block(IF(["StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"]), "k", some(text(["a", "B"], 2))),
      block(IF(["StringEquals", "StringNotEquals"]), "k", some(text(["a", "A", "b"], 2))),
      block(["StringLike", "StringNotLike"], "k", some(text(["a", "A", "*"], 2))),
    ),
    values: [undefined, ...strings(["a", "A", "b", "B", "z"], 2).map((v) => [v])],
  },
  number: {
    blocks: block(
      IF([
        "NumericEquals",
        "NumericNotEquals",
        "NumericLessThan",
        "NumericLessThanEquals",
        "NumericGreaterThan",
        "NumericGreaterThanEquals",
      ]),
      "k",
      some(fc.constantFrom("1", "2", "5", "5.0")),
    ),
    values: [undefined, ...["0", "1", "1.5", "2", "3", "5", "6"].map((v) => [v])],
  },
  date: {
    blocks: block(
      IF(["DateLessThan", "DateGreaterThanEquals"]),
      "k",
      some(fc.constantFrom("2026-01-01T00:00:00Z", "2026-06-01", "2027-01-01T00:00:00Z")),
    ),
    values: [
      undefined,
      ...["2025-01-01", "2026-01-01", "2026-03-01", "2026-06-01", "2026-09-01", "2028-01-01"].map((v) => [
        `${v}T00:00:00Z`,
      ]),
    ],
  },
  address: {
    blocks: block(
      IF(["IpAddress", "NotIpAddress"]),
      "k",
      some(fc.constantFrom("10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "10.1.2.3", "0.0.0.0/0")),
    ),
    values: [undefined, ...["10.0.0.1", "10.1.2.3", "10.200.0.1", "11.0.0.1"].map((v) => [v])],
  },
  boolean: {
    blocks: fc.oneof(
      block(IF(["Bool"]), "k", some(fc.constantFrom("true", "false"))),
      block(["Null"], "k", fc.constantFrom(["true"], ["false"])),
    ),
    values: [undefined, ["true"], ["false"]],
  },
  set: {
    blocks: fc.oneof(
      block(
        [
          "ForAllValues:StringLike",
          "ForAnyValue:StringLike",
          "ForAllValues:StringNotLike",
          "ForAnyValue:StringNotLike",
        ],
        "k",
        some(text(STARS, 2)),
      ),
      block(
        ["ForAllValues:StringEquals", "ForAnyValue:StringEqualsIfExists"],
        "k",
        some(text(["a", "b"], 1)),
      ),
      block(["Null"], "k", fc.constantFrom(["true"], ["false"])),
    ),
    values: [
      undefined,
      ...strings(["a", "b", "z"], 2).map((v) => [v]),
      ...pairs(strings(["a", "b", "z"], 2)),
      ["a", "b", "z"],
      ["a", "ab", "z"],
    ],
  },
  arn: {
    blocks: fc.oneof(
      block(["ArnLike", "ArnNotLike", "ArnEquals", "ArnLikeIfExists"], "k", some(arnPattern())),
      block(
        ["StringLike", "StringNotLike", "StringEquals"],
        "k",
        some(fc.oneof(arnPattern(), fc.constantFrom("arn:*", "*:a", "*", "a:*:b"))),
      ),
    ),
    values: [undefined, ["a"], ...arnValues()],
  },
};

function arnPattern(): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.constantFrom("a", "*", "b"),
      fc.constantFrom("a", "*", "a*"),
      fc.constantFrom("a", "*", "a:b", "a:*", "*b"),
    )
    .map(([x, y, z]) => `arn:${x}:s::${y}:${z}`);
}

function arnValues(): string[][] {
  const out: string[][] = [];
  for (const x of ["a", "b", "z"])
    for (const y of ["a", "ab", "z", ""])
      for (const z of ["a", "b", "a:b", "a:z", "z", "zb"]) out.push([`arn:${x}:s::${y}:${z}`]);
  return out;
}

export function strings(letters: readonly string[], max: number): string[] {
  const all = [""];
  for (let i = 0; i < all.length; i++) {
    const here = all[i] ?? "";
    if (here.length < max) all.push(...letters.map((l) => here + l));
  }
  return all;
}

function pairs(values: readonly string[]): string[][] {
  return values.flatMap((a, i) => values.slice(i + 1).map((b) => [a, b]));
}

/** Requests: every action and resource of a few letters, with each value of the key. */
export function universe(
  values: readonly (readonly string[] | undefined)[],
  length: number,
): OracleRequest[] {
  const texts = strings(["a", "b", "z"], length);
  return texts.flatMap((action) =>
    texts.flatMap((resource) =>
      values.map((v): OracleRequest => ({ action, resource, ...(v !== undefined && { context: { k: v } }) })),
    ),
  );
}
