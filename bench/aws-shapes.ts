/**
 * Policies of the shapes that AWS's own have and random ones seldom do: long lists of NotResource whose patterns share
 * their prefix, negated conditions on one key, hundreds of statements, long lists of resources. The same on every run.
 */
import { numbers, type Policy } from "./aws-policies.ts";

type Statement = Policy["Statement"][number] & { NotResource?: string[] };

export interface Pair {
  readonly name: string;
  readonly documented: Policy;
  readonly live: Policy;
}

const KINDS = [
  "domain",
  "user-profile",
  "app",
  "space",
  "partner-app",
  "flow-definition",
  "training-plan",
  "reserved-capacity",
  "model",
  "endpoint",
  "pipeline",
  "notebook-instance",
];

const policy = (Statement: readonly object[]): Policy =>
  ({ Version: "2012-10-17", Statement }) as unknown as Policy;
const times = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

const EVERYTHING = policy([{ Effect: "Allow", Action: ["sagemaker:*", "s3:*"], Resource: "*" }]);

/** ARNs of one service with three stars each; `from` sets lists apart. */
function arns(count: number, from: number): string[] {
  return times(count, (i) => {
    const kind = KINDS[(from + i) % KINDS.length] ?? "app";
    return `arn:aws:sagemaker:*:*:${kind}${i + from < KINDS.length ? "" : `-${from + i}`}/*`;
  });
}

function outside(lists: number, patterns: number, apart: number): Statement[] {
  return times(lists, (list) => ({
    Effect: "Allow",
    Action: ["sagemaker:*"],
    NotResource: arns(patterns, list * apart),
  })) as unknown as Statement[];
}

function negated(operator: string, statements: number, patterns: number): Statement[] {
  return times(statements, (i) => ({
    Effect: "Allow" as const,
    Action: ["s3:*"],
    Resource: "*",
    Condition: { [operator]: { "s3:prefix": times(patterns, (j) => `*a${i}*b${patterns === 1 ? "" : j}*`) } },
  }));
}

/** @param shift of the names of the resources: by so many two policies differ */
function manyStatements(count: number, resources: number, shift: number): Policy {
  return policy(
    times(count, (i) => ({
      Effect: "Allow",
      Action: [`svc${i % 40}:Get${i}`, `svc${i % 40}:List*`],
      Resource: times(resources, (r) => `arn:aws:svc${i % 40}:*:*:thing-${i}-${r + shift}/*`),
    })),
  );
}

/** @param shift of the values of the one key that all have conditions on */
function conditioned(count: number, shift: number): Policy {
  return policy(
    times(count, (i) => ({
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: `arn:aws:s3:::bucket-${i}/*`,
      Condition: { StringEquals: { "aws:PrincipalTag/team": `v${i + shift}` } },
    })),
  );
}

function denying(count: number, keys: number): Policy {
  return policy([
    { Effect: "Allow", Action: "s3:GetObject", Resource: "*" },
    ...times(count, (i) => ({
      Effect: "Deny",
      Action: "s3:*",
      Resource: "*",
      Condition: {
        StringNotEquals: Object.fromEntries(times(keys, (j) => [`aws:PrincipalTag/k${j}`, `v${i}`])),
      },
    })),
  ]);
}

export function shapes(): readonly Pair[] {
  const out: Pair[] = [];
  const against = (name: string, live: Policy, documented = EVERYTHING): void => {
    out.push({ name, documented, live });
  };
  const one = (count: number): Statement =>
    ({ Effect: "Allow", Action: ["sagemaker:CreateApp"], Resource: arns(count, 2) }) as Statement;
  for (const patterns of [4, 8, 15, 30]) {
    against(
      `a NotResource of ${patterns}, and a statement inside`,
      policy([...outside(1, patterns, 0), one(1)]),
    );
    for (const lists of [2, 4, 8]) {
      against(`${lists} NotResource of ${patterns}, apart`, policy(outside(lists, patterns, 40)));
      against(`${lists} NotResource of ${patterns}, overlapping`, policy(outside(lists, patterns, 3)));
    }
  }
  for (const operator of ["StringNotLike", "StringNotLikeIfExists", "StringNotEquals"]) {
    for (const [statements, patterns] of [
      [8, 1],
      [8, 4],
      [20, 2],
    ] as const) {
      against(
        `${statements} ${operator} of ${patterns} on one key`,
        policy(negated(operator, statements, patterns)),
      );
    }
  }
  const next = numbers(20_261_128);
  for (let seed = 0; seed < 40; seed++) {
    // a few of everything, the documented side too
    const some = (): Statement[] => [
      ...outside(1 + Math.floor(next() * 3), 2 + Math.floor(next() * 29), Math.floor(next() * 12)),
      ...negated("StringNotLike", Math.floor(next() * 5), 1 + Math.floor(next() * 3)),
      one(1 + Math.floor(next() * 30)),
    ];
    const denied = some().map((s) => (next() < 0.3 ? { ...s, Effect: "Deny" as const } : s));
    against(`mixed ${seed}`, policy(denied), policy(some()));
  }
  for (const count of [100, 800]) {
    against(`${count} statements of one resource`, manyStatements(count, 1, 1), manyStatements(count, 1, 0));
  }
  against("100 statements of ten resources", manyStatements(100, 10, 1), manyStatements(100, 10, 0));
  against("800 statements of ten resources", manyStatements(800, 10, 1), manyStatements(800, 10, 0));
  against("400 statements of a condition each", conditioned(400, 1), conditioned(400, 0));
  against("7 denies of 7 keys, documented of 8", denying(7, 7), denying(7, 8));
  against("a statement of 400 resources", manyStatements(1, 400, 200), manyStatements(1, 400, 0));
  return out;
}
