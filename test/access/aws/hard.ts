/** Generated pairs that are hard on purpose: many statements, many actions, ARNs that overlap, six condition keys. */

/** A small generator of numbers, so that the pairs are the same on every machine. */
function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

export interface HardShape {
  readonly statements: number;
  /** Action patterns per policy, dealt over its statements. */
  readonly actions: number;
  /** Whether every statement lists all of them. */
  readonly each?: boolean;
  readonly denies?: boolean;
  readonly seed: number;
}

const SERVICES = ["s3", "ec2", "iam", "eks", "rds", "sqs", "kms", "logs"];
const VERBS = ["Get", "List", "Describe", "Put", "Create", "Delete", "Update", "Tag"];
const KEYS = [
  "aws:ResourceTag/team",
  "aws:RequestTag/team",
  "aws:PrincipalOrgID",
  "aws:SourceIp",
  "aws:MultiFactorAuthAge",
  "aws:SourceArn",
];

export function hardPolicy(shape: HardShape): { Version: string; Statement: object[] } {
  const next = numbers(shape.seed);
  const pick = <T>(list: readonly T[]): T => list[next(list.length)] as T;
  const action = (i: number): string => {
    const name = `${SERVICES[i % 8]}:${VERBS[(i >> 3) % 8]}Thing${i >> 6}`;
    return next(8) === 0 ? `${name.slice(0, -1)}*` : name;
  };
  const arn = (): string => {
    const service = pick(SERVICES);
    const tail = pick([
      "*",
      `team-${next(6)}-*`,
      `*-${next(6)}`,
      `team-*/env-${next(4)}/*`,
      `*/env-*/x${next(5)}`,
    ]);
    return `arn:aws:${service}:${pick(["*", "us-east-1", "us-*"])}:${pick(["*", "111122223333"])}:${tail}`;
  };
  const condition = (): object => {
    const out: Record<string, Record<string, string[]>> = {};
    const add = (operator: string, key: string, values: string[]): void => {
      out[operator] = { ...out[operator], [key]: values };
    };
    for (const key of KEYS) {
      if (next(3) !== 0) continue;
      if (key === "aws:SourceIp")
        add(pick(["IpAddress", "NotIpAddress"]), key, [`10.${next(4)}.0.0/${pick([8, 14, 16])}`]);
      else if (key === "aws:MultiFactorAuthAge")
        add(pick(["NumericLessThan", "NumericGreaterThanEquals"]), key, [String(60 * next(9))]);
      else if (key === "aws:SourceArn")
        add("ArnLike", key, [`arn:aws:sns:*:${pick(["*", "1", "2"])}:t${next(4)}*`]);
      else
        add(
          pick(["StringEquals", "StringLike", "StringNotEquals", "StringEqualsIfExists", "StringNotLike"]),
          key,
          [`v${next(5)}`, pick(["v*", "w*", `v${next(5)}`])],
        );
    }
    return out;
  };
  const per = Math.max(1, Math.round(shape.actions / shape.statements));
  return {
    Version: "2012-10-17",
    Statement: Array.from({ length: shape.statements }, (_, s) => ({
      Effect: shape.denies === true && next(10) === 0 ? "Deny" : "Allow",
      Action: Array.from({ length: shape.each === true ? shape.actions : per }, (_, i) =>
        action(shape.each === true ? i : s * per + i + next(20)),
      ),
      Resource: Array.from({ length: 1 + next(5) }, arn),
      ...(next(3) !== 0 && { Condition: condition() }),
    })),
  };
}
