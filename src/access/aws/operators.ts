/**
 * Condition operators. Source: AWS IAM User Guide, "IAM JSON policy elements: Condition operators" and "Set
 * operators for multi-valued context keys".
 */
import { fold } from "../fold.ts";
import { didYouMean } from "../nearest.ts";

/** How a value of the policy is compared with a value of the request. */
export type OperatorFamily =
  | "like"
  | "equal"
  | "caseless"
  | "arn"
  | "number"
  | "date"
  | "boolean"
  | "address"
  | "binary"
  | "null";

export type OperatorRelation = "eq" | "lt" | "le" | "gt" | "ge";

export interface Operator {
  /** The canonical spelling, prefix and suffix included. */
  readonly text: string;
  readonly family: OperatorFamily;
  readonly relation: OperatorRelation;
  readonly negated: boolean;
  readonly ifExists: boolean;
  /** ForAllValues, ForAnyValue. */
  readonly set?: "all" | "any";
}

type Row = readonly [text: string, family: OperatorFamily, negated: boolean, relation: OperatorRelation];

const ROWS: readonly Row[] = [
  ["StringEquals", "equal", false, "eq"],
  ["StringNotEquals", "equal", true, "eq"],
  ["StringEqualsIgnoreCase", "caseless", false, "eq"],
  ["StringNotEqualsIgnoreCase", "caseless", true, "eq"],
  ["StringLike", "like", false, "eq"],
  ["StringNotLike", "like", true, "eq"],
  ["NumericEquals", "number", false, "eq"],
  ["NumericNotEquals", "number", true, "eq"],
  ["NumericLessThan", "number", false, "lt"],
  ["NumericLessThanEquals", "number", false, "le"],
  ["NumericGreaterThan", "number", false, "gt"],
  ["NumericGreaterThanEquals", "number", false, "ge"],
  ["DateEquals", "date", false, "eq"],
  ["DateNotEquals", "date", true, "eq"],
  ["DateLessThan", "date", false, "lt"],
  ["DateLessThanEquals", "date", false, "le"],
  ["DateGreaterThan", "date", false, "gt"],
  ["DateGreaterThanEquals", "date", false, "ge"],
  ["Bool", "boolean", false, "eq"],
  ["BinaryEquals", "binary", false, "eq"],
  ["IpAddress", "address", false, "eq"],
  ["NotIpAddress", "address", true, "eq"],
  ["ArnEquals", "arn", false, "eq"],
  ["ArnLike", "arn", false, "eq"],
  ["ArnNotEquals", "arn", true, "eq"],
  ["ArnNotLike", "arn", true, "eq"],
  ["Null", "null", false, "eq"],
];

const TABLE = new Map(ROWS.map((row) => [row[0].toLowerCase(), row]));
const SETS = { "forallvalues:": ["all", "ForAllValues:"], "foranyvalue:": ["any", "ForAnyValue:"] } as const;

/** Why a name is no operator, with the nearest that is one. */
export function noOperator(name: string): string {
  const [, set = "", rest = name] = /^(ForAllValues:|ForAnyValue:)?(.*)$/is.exec(name) ?? [];
  const near = didYouMean(
    rest,
    ROWS.flatMap(([text]) => (text === "Null" ? [text] : [text, `${text}IfExists`])),
  );
  return `unknown operator ${name}${near.replace('"', `"${set}`)}`;
}

/** The operator of this name; undefined when AWS has none. */
export function operatorOf(name: string): Operator | undefined {
  let rest = fold(name);
  let set: readonly ["all" | "any", string] | undefined;
  for (const [prefix, value] of Object.entries(SETS)) {
    if (!rest.startsWith(prefix)) continue;
    rest = rest.slice(prefix.length);
    set = value;
  }
  const ifExists = rest.endsWith("ifexists");
  const row = TABLE.get(ifExists ? rest.slice(0, -"ifexists".length) : rest);
  if (row === undefined) return undefined;
  const [text, family, negated, relation] = row;
  // Null asks for presence itself: AWS knows no NullIfExists and no set of it
  if (family === "null" && (ifExists || set !== undefined)) return undefined;
  return {
    text: `${set?.[1] ?? ""}${text}${ifExists ? "IfExists" : ""}`,
    family,
    relation,
    negated,
    ifExists,
    ...(set !== undefined && { set: set[0] }),
  };
}
