import { describe, expect, it, vi } from "vitest";
import { Combination } from "../../../src/access/aws/combination.ts";
import type { Comparison } from "../../../src/access/policy.ts";
import { comparePolicies } from "../../../src/access/provider.ts";
import { timesAsLong } from "../../growth.ts";

type Statement = Record<string, unknown>;
type Pair = readonly [documented: object, live: object];

const policy = (Statement: Statement[]) => ({ Version: "2012-10-17", Statement });
const times = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const get = (rest: Statement): Statement => ({
  Effect: "Allow",
  Action: "s3:GetObject",
  Resource: "*",
  ...rest,
});

let runs = 0;
/** What was read is kept: a name of its own for each run. */
const fresh = (): string => `run${++runs}`;

/** Statements of one resource and one condition each, other values on either side. */
function conditions(count: number): Pair {
  const run = fresh();
  const side = (shift: number) =>
    policy(
      times(count, (i) =>
        get({
          Resource: `arn:aws:s3:::${run}-${i}/*`,
          Condition: { StringEquals: { "aws:PrincipalTag/t": `v${i + shift}` } },
        }),
      ),
    );
  return [side(0), side(1)];
}

/** Statements of ten resources each, of which one is not live. */
function resources(count: number): Pair {
  const run = fresh();
  const side = (each: number) =>
    policy(times(count, (i) => get({ Resource: times(each, (j) => `arn:aws:s3:::${run}-${i}-${j}/*`) })));
  return [side(10), side(9)];
}

/** Denies with negated conditions on so many keys. */
function denies(count: number, keys: number, operator: string, value: (at: number) => string): object {
  const deny = (i: number): Statement => ({
    Effect: "Deny",
    Action: "s3:*",
    Resource: "*",
    Condition: {
      [operator]: Object.fromEntries(times(keys, (j) => [`aws:PrincipalTag/k${j}`, value(i)])),
    },
  });
  return policy([get({}), ...times(count, deny)]);
}

const compared = ([documented, live]: Pair): Comparison => comparePolicies("aws", [documented], [live]);

describe("growth: what statements cost by their number (G5)", () => {
  it.each([
    ["of a condition each", conditions],
    ["of ten resources each", resources],
  ])("statements %s are held against those alone that they meet", (_, pair) => {
    const asked = vi.spyOn(Combination.prototype, "coveredBy");
    const count = (statements: number): number => {
      asked.mockClear();
      const { missing, undecided } = compared(pair(statements));
      expect(missing).toHaveLength(statements);
      expect(undecided).toEqual([]);
      return asked.mock.calls.length;
    };
    const [small, large] = [count(20), count(160)];
    asked.mockRestore();
    expect(small).toBeGreaterThan(0);
    // eight times the statements
    expect(large).toBeLessThanOrEqual(8.5 * small);
  });

  it("eight times the statements of a condition each take not much more than eight times as long", () => {
    const ratio = timesAsLong(
      () => compared(conditions(50)),
      () => compared(conditions(400)),
      3,
    );
    // by pairs it would be sixty-four
    expect(ratio).toBeLessThan(24);
  });

  it("an exception is said of the statement that it meets, and of no other", () => {
    const side = (operator: string, star: string) =>
      policy(
        times(40, (i) =>
          get({
            Resource: `arn:aws:s3:::a${i}/*`,
            Condition: { [operator]: { "aws:PrincipalTag/t": `v${i}${star}` } },
          }),
        ),
      );
    const { excess } = compared([side("StringEquals", ""), side("StringLike", "*")]);
    expect(excess.map((r) => r.except.length)).toEqual(times(40, () => 1));
    expect(excess.every((r) => r.weakened !== undefined)).toBe(true);
  });

  it("a resource with a policy variable is near to every other", () => {
    const own = "arn:aws:s3:::${aws:username}/*";
    const bob = "arn:aws:s3:::bob/x*";
    const said = ({ missing, excess }: Comparison) =>
      [...missing, ...excess].map((r) => [r.resources, r.except]);
    const one = (Resource: string) => policy([get({ Resource })]);
    expect(said(compared([one(own), one(bob)]))).toEqual([
      [[own], [`on ${bob}`]],
      [[bob], [`on ${own}`]],
    ]);
  });

  it("sets of values of one key, told apart by two operators", () => {
    const letter = (at: number): string => String.fromCharCode(97 + at);
    const side = (shift: number, any: boolean) =>
      policy(
        times(4, (i) =>
          get({
            Condition: {
              "ForAllValues:StringLike": { "aws:TagKeys": [`${letter(i)}*`, `*${letter(i + shift)}`] },
              ...(any && { "ForAnyValue:StringNotLike": { "aws:TagKeys": [`*${i}*`] } }),
            },
          }),
        ),
      );
    const { missing, excess, undecided } = compared([side(1, true), side(2, false)]);
    expect([missing.length, excess.length, undecided.length]).toEqual([4, 4, 0]);
  });
});

describe("a statement that holds wherever those do that have to (G5)", () => {
  const equal = (at: number): string => `v${at}`;

  it.each([4, 7, 12, 40])("%d denies, each of them wider on the live side: no excess", (count) => {
    const pair: Pair = [
      denies(count, 8, "StringNotEquals", equal),
      denies(count, 7, "StringNotEquals", equal),
    ];
    const { excess, undecided } = compared(pair);
    expect(excess).toEqual([]);
    expect(undecided.filter((d) => d.side === "excess")).toEqual([]);
  });

  it("wider by its patterns", () => {
    const pair: Pair = [
      denies(6, 8, "StringNotLike", (i) => `v${i}*`),
      denies(6, 8, "StringNotEquals", (i) => `v${i}x`),
    ];
    const { excess, undecided } = compared(pair);
    expect(excess).toEqual([]);
    expect(undecided.filter((d) => d.side === "excess")).toEqual([]);
  });

  it("a shorter list of NotResource lies around a longer one", () => {
    const lists = (extra: readonly string[]) =>
      policy([
        get({}),
        ...times(6, (i) => ({
          Effect: "Deny",
          Action: "s3:*",
          NotResource: [...times(8, (j) => `arn:aws:s3:::*${i}*${j}*`), ...extra],
        })),
      ]);
    const { missing, excess, undecided } = compared([lists(["arn:aws:s3:::spared/*"]), lists([])]);
    expect(missing.map((r) => r.pattern)).toEqual(["s3:GetObject"]);
    expect(excess).toEqual([]);
    expect(undecided).toEqual([]);
  });
});
