import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closure, type Left } from "../../../src/access/aws/cells.ts";
import { Combination } from "../../../src/access/aws/combination.ts";
import { Foes } from "../../../src/access/aws/foes.ts";
import { awsStatements } from "../../../src/access/aws/statement.ts";
import { Vocabulary } from "../../../src/access/aws/vocabulary.ts";
import {
  intersect,
  intersectAtCost,
  matches,
  someOfBoth,
  starGlob,
  subject,
} from "../../../src/access/glob.ts";
import { comparePolicies } from "../../../src/access/provider.ts";
import { strings, universe } from "./arbitrary.ts";
import { checkExact, checkWitnesses } from "./laws.ts";
import type { OraclePolicy, OracleStatement } from "./oracle.ts";

const RUNS = Number(process.env["LAW_RUNS"] ?? 300);

const policy = (...Statement: OracleStatement[]): OraclePolicy => ({ Version: "2012-10-17", Statement });
const allow = (rest: Partial<OracleStatement>): OracleStatement => ({
  Effect: "Allow",
  Action: ["sagemaker:*"],
  ...rest,
});
const EVERYTHING = policy(allow({ Resource: ["*"] }));
const kinds = (list: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `arn:aws:sagemaker:*:*:kind-${list}-${i}/*`);
const outsideOf = (lists: readonly string[][]): OracleStatement[] =>
  lists.map((NotResource) => allow({ NotResource }));
const times = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** The cells that were looked at to answer what the first statement grants beyond the others. */
function cellsFor(first: OracleStatement, others: readonly OracleStatement[]) {
  const { statements } = awsStatements([policy(first, ...others)], new Vocabulary());
  const [must, ...bodies] = statements.map((s) => s.body);
  if (must === undefined) throw new Error("no statement");
  const foes = new Foes(bodies);
  let cells = 0;
  const count =
    <T>(of: (point: string) => T) =>
    (point: string): T => {
      cells++;
      return of(point);
    };
  foes.byResource = count(foes.byResource.bind(foes));
  const combination = new Combination([must], foes, 1);
  const mask = new Uint32Array([(1 << bodies.length) - 1]);
  return {
    answer: () => combination.solve(0, mask).kind,
    covered: () => combination.coveredBy(0),
    count: () => cells,
  };
}

describe("statements that hold everywhere but in some patterns (G5)", () => {
  it("patterns of one list are never held against each other: as many cells as patterns, and one", () => {
    for (const count of [8, 30, 200]) {
      const {
        covered,
        answer,
        count: cells,
      } = cellsFor(allow({ Resource: ["*"] }), outsideOf([kinds(0, count)]));
      expect(answer()).toBe("found");
      // the whole, and the first pattern
      expect(cells()).toBe(2);
      expect(covered()[0]).toBe(0xfffffffe);
      expect(cells()).toBeLessThanOrEqual(count + 1);
    }
  });

  it("lists that must fail together are entered one after the other, not in every order", () => {
    for (const [lists, patterns] of [
      [4, 8],
      [8, 8],
      [8, 30],
    ] as const) {
      const { answer, count } = cellsFor(
        allow({ Resource: ["*"] }),
        outsideOf(times(lists, (list) => kinds(list, patterns))),
      );
      expect(answer()).toBe("found");
      // a list costs the parts of one pattern, not those of each
      expect(count()).toBeLessThan(64 * lists);
    }
  });

  it("lists that share nothing are found to share nothing at the second", () => {
    const apart = times(6, (list) => times(30, (i) => `arn:aws:sagemaker:r${list}-${i}:*`));
    const { answer, count } = cellsFor(allow({ Resource: ["*"] }), outsideOf(apart));
    expect(answer()).toBe("none");
    expect(count()).toBeLessThanOrEqual(31);
  });

  it("a list within the statement's own is never entered, nor any other for it", () => {
    const own = allow({ NotResource: kinds(0, 8) });
    const { answer, count } = cellsFor(own, outsideOf([kinds(1, 8), kinds(2, 8), kinds(0, 4)]));
    expect(answer()).toBe("none");
    expect(count()).toBe(1);
  });

  it("a list with a pattern of another is entered once for both", () => {
    const [one, other] = [times(8, (i) => `arn:aws:sagemaker:*:*:a${i}/*`), ["arn:aws:sagemaker:*:*:a0/*"]];
    const { answer, count } = cellsFor(allow({ Resource: ["*"] }), outsideOf([one, other, one]));
    expect(answer()).toBe("found");
    expect(count()).toBeLessThanOrEqual(9);
  });

  it("what was tried for one statement and does not do for the next is taken back", () => {
    // the first fails at x or where k is 1, the second at y or z alone
    const live = policy(
      allow({ NotResource: ["arn:x"], Condition: { StringNotEquals: { k: ["1"] } } }),
      allow({ NotResource: ["arn:y", "arn:z"] }),
    );
    for (const statements of [live.Statement, live.Statement.toReversed()]) {
      const comparison = comparePolicies("aws", [EVERYTHING], [{ ...live, Statement: statements }]);
      expect(comparison.undecided).toEqual([]);
      expect(comparison.missing.map((r) => r.pattern)).toEqual(["sagemaker:*"]);
      expect(comparison.missing[0]?.witness).toMatchObject({ context: { k: "1" } });
      checkWitnesses([EVERYTHING], [live], comparison);
    }
  });

  it.each([
    ["four lists of eight", outsideOf(times(4, (list) => kinds(list, 8)))],
    ["eight lists of thirty", outsideOf(times(8, (list) => kinds(list, 30)))],
    [
      "eight negated conditions on one key",
      times(8, (i) => allow({ Resource: ["*"], Condition: { StringNotLike: { k: [`*a${i}*b*`] } } })),
    ],
    [
      "eight negated conditions of ARNs on one key",
      times(8, (i) =>
        allow({
          Resource: ["*"],
          Condition: { ArnNotLike: { k: [`arn:aws:*:*:*:*a${i}*b*`, "arn:x:y:z:w:v"] } },
        }),
      ),
    ],
  ])("%s: a person finds the difference, and so does the comparison", (_, statements) => {
    const live = policy(...statements);
    const comparison = comparePolicies("aws", [EVERYTHING], [live]);
    expect(comparison.undecided).toEqual([]);
    expect(comparison.excess).toEqual([]);
    expect(comparison.missing.map((r) => r.pattern)).toEqual(["sagemaker:*"]);
    checkWitnesses([EVERYTHING], [live], comparison);
    // and one more that covers what they leave out
    const whole = policy(
      ...statements,
      allow({ Resource: ["*"], Condition: { StringLike: { k: ["*b*"] } } }),
      {
        ...allow({ Resource: ["arn:aws:sagemaker:*"] }),
      },
    );
    const closed = comparePolicies("aws", [EVERYTHING], [whole]);
    expect(closed.undecided).toEqual([]);
    expect(closed.missing.length).toBeLessThanOrEqual(1);
    checkWitnesses([EVERYTHING], [whole], closed);
  });

  it("AmazonSageMakerFullAccess cut down: eight patterns of one NotResource beside a statement on one of them", () => {
    const names = [
      "domain",
      "user-profile",
      "app",
      "space",
      "partner-app",
      "flow-definition",
      "training-plan",
      "x",
    ];
    const live = policy(
      allow({ NotResource: names.map((n) => `arn:aws:sagemaker:*:*:${n}/*`) }),
      allow({ Action: ["sagemaker:CreateApp"], Resource: ["arn:aws:sagemaker:*:*:app/*"] }),
    );
    const documented = policy(allow({ Action: ["s3:*"], Resource: ["*"] }));
    const comparison = comparePolicies("aws", [documented], [live]);
    expect(comparison.undecided).toEqual([]);
    expect(comparison.excess.map((r) => r.pattern)).toEqual(["sagemaker:*", "sagemaker:CreateApp"]);
    checkWitnesses([documented], [live], comparison);
  });
});

describe("what is tried is bounded as well as what is kept (G5)", () => {
  it("one intersection", () => {
    const { globs, cost } = intersectAtCost(starGlob("*a*b*c*d*e*f*g*h*"), starGlob("*i*j*k*l*m*n*o*p*"));
    expect(globs).toBeUndefined();
    expect(cost).toBeLessThan(300_000);
  });

  it("the cells of one list", () => {
    let tried = 0;
    const lists = times(12, (i): Left => {
      const rows = times(8, (j) => [starGlob(`*a${i}*b${j}*`)]);
      return {
        near: () => {
          tried += rows.length;
          return rows;
        },
        has: (point) => rows.some(([glob]) => glob !== undefined && matches(glob, point)),
      };
    });
    const { rows, lack } = closure([[starGlob("*")]], lists, undefined, 1);
    expect(lack).toBe("bound");
    expect(rows.length).toBeGreaterThan(1);
    expect(tried).toBeLessThan(2100);
  });

  it("one search: it says that it gave up, and is never wrong", () => {
    const lists = [...times(4, (i) => times(30, (j) => `*x${i}-${j}*`)), ["*v*"], ["*w*"]];
    const closed = allow({ Resource: ["*v*w*", "*w*v*"] });
    const { answer, count } = cellsFor(allow({ Resource: ["*"] }), [...outsideOf(lists), closed]);
    expect(answer()).toBe("open");
    expect(count()).toBeLessThan(4000);
  });
});

describe("brute force over several complements", () => {
  const text = (letters: readonly string[]) =>
    fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 3 }).map((l) => l.join(""));
  const lists = (letters: readonly string[]) => fc.array(text(letters), { minLength: 1, maxLength: 4 });
  const STARS = ["a", "b", "*"];
  const anyOf = (statement: fc.Arbitrary<OracleStatement>) =>
    fc.array(statement, { minLength: 2, maxLength: 4 }).map((s) => policy(...s));
  const effect = fc.constantFrom<"Allow" | "Deny">("Allow", "Allow", "Allow", "Deny");

  it.each([
    ["NotResource", STARS],
    ["NotResource with `?`", [...STARS, "?"]],
  ])("%s beside Resource, allowed and denied", (_, letters) => {
    const requests = universe([undefined], 4).filter((r) => r.action === "a");
    const statement = fc
      .record({ Effect: effect, outside: fc.boolean(), list: lists(letters) })
      .map(({ Effect, outside, list }): OracleStatement => {
        return { Effect, Action: ["*"], ...(outside ? { NotResource: list } : { Resource: list }) };
      });
    fc.assert(
      fc.property(anyOf(statement), anyOf(statement), (a, b) => {
        expect(checkExact([a], [b], requests).undecided).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it("negated conditions on one key, and on it other ones", () => {
    const values = [undefined, ...strings(["a", "b", "z"], 4).map((v) => [v])];
    const requests = universe(values, 0).filter((r) => r.resource === "");
    const statement = fc
      .record({
        Effect: effect,
        operator: fc.constantFrom(
          "StringNotLike",
          "StringNotLike",
          "StringLike",
          "StringNotLikeIfExists",
          "StringNotEquals",
        ),
        list: lists([...STARS, "?"]),
      })
      .map(({ Effect, operator, list }): OracleStatement => {
        const said = operator === "StringNotEquals" ? list.map((v) => v.replace(/[*?]/g, "b")) : list;
        return { Effect, Action: ["*"], Resource: ["*"], Condition: { [operator]: { k: said } } };
      });
    fc.assert(
      fc.property(anyOf(statement), anyOf(statement), (a, b) => {
        expect(checkExact([a], [b], requests).undecided).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it("some of an intersection lies in both, and is there where the intersection is", () => {
    const points = strings(["a", "b"], 5);
    fc.assert(
      fc.property(text(STARS), text(STARS), (left, right) => {
        const [a, b] = [starGlob(left), starGlob(right)];
        const some = someOfBoth(a, b, 4);
        expect(some.length > 0).toBe((intersect(a, b) ?? []).length > 0);
        expect(some.length).toBeLessThanOrEqual(4);
        for (const glob of some) {
          for (const point of points.map(subject)) {
            if (matches(glob, point)) expect([matches(a, point), matches(b, point)]).toEqual([true, true]);
          }
        }
      }),
      { numRuns: RUNS },
    );
  });
});

describe("policy variables and the keys that they read (AW6)", () => {
  const variable = (tag: string): string => `\${aws:PrincipalTag/${tag}}`;
  const decided = (documented: unknown, live: unknown) => {
    const { missing, excess, undecided } = comparePolicies("aws", [documented], [live]);
    return [missing.map((r) => r.pattern), excess.map((r) => r.pattern), undecided];
  };

  it("the key is there in the witness where a resource reads it, though its condition holds without", () => {
    const live = policy({
      Effect: "Allow",
      Action: ["s3:GetObject"],
      Resource: [`arn:aws:s3:::${variable("bucket")}/*`],
      Condition: { StringNotEquals: { "aws:PrincipalTag/bucket": [""] } },
    });
    const documented = policy({ Effect: "Allow", Action: ["ec2:Run"], Resource: ["*"] });
    expect(decided(documented, live)).toEqual([["ec2:Run"], ["s3:GetObject"], []]);
  });

  it("any value of the key is another text than any value of a key that is held against it", () => {
    const documented = policy({ Effect: "Allow", Action: ["ecr:Get"], Resource: ["*"] });
    const live = policy({
      Effect: "Allow",
      Action: ["ecr:Get"],
      Resource: ["*"],
      Condition: {
        StringEquals: { "aws:ResourceTag/p": [variable("p")] },
        StringNotEquals: { "aws:PrincipalTag/p": [""] },
      },
    });
    expect(decided(documented, live)).toEqual([["ecr:Get"], [], []]);
  });
});
