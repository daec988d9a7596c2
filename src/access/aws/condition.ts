/** Condition blocks as atoms: one operator on one key (AW7). */
import { fold } from "../fold.ts";
import { type Glob, hasVariable, matches, resolveGlob, splitGlob, subject, variablesIn } from "../glob.ts";
import { mayBeRounded, type ScalarText, scalarText } from "../written.ts";
import { type AddressRange, holds, parseAddressRange } from "./address.ts";
import type { Atom, Test, Values } from "./atom.ts";
import { underOneName } from "./keys.ts";
import { parseDate, parseNumber } from "./measures.ts";
import { noOperator, type Operator, type OperatorRelation, operatorOf } from "./operators.ts";
import { equalGlob, likeGlob, literally, type PatternReading } from "./vocabulary.ts";

export type { Atom, Values } from "./atom.ts";

const ARN_PARTS = 6;

/** The atom for `operator: { key: values }`. What cannot be read becomes opaque, with the reason, never dropped. */
export function atomOf(operatorName: string, keyText: string, raw: unknown, reading: PatternReading): Atom {
  const list = Array.isArray(raw) ? (raw as readonly unknown[]) : [raw];
  const written = { operator: operatorName, key: keyText, values: reading.variables ? raw : unescaped(raw) };
  const texts = list.map(scalarText);
  const values = [...new Set(list.map((v, i) => shownText(v, texts[i])))].sort();
  const operator = operatorOf(operatorName);
  const key = fold(keyText);
  const shown = `${operator?.text ?? operatorName} ${keyText} = ${values.join(" | ")}`;
  const open = (clause: string, reason: string): Atom =>
    opaque(operator?.text ?? operatorName, key, written, values, shown, { clause, reason });
  if (operator === undefined) return open("AW7", noOperator(operatorName));
  if (texts.includes(undefined)) return open("AW7", `a value of ${keyText} is no text`);
  const unknown = texts.find((t) => t !== undefined && "unknown" in t);
  if (unknown !== undefined && "unknown" in unknown) {
    const atom = open("G7", `a value of ${keyText}: ${unknown.unknown}`);
    // what was rounded says the same of many numbers, so no two of them are alike
    const rounded = list.some((v) => typeof v === "number" && mayBeRounded(v));
    return rounded ? { ...atom, canon: `${atom.canon}\uE010${++roundedSoFar}` } : atom;
  }
  const read = testOf(operator, values, reading);
  if (read.kind === "opaque") return open(read.clause, read.reason);
  const { key: name, test } = underOneName(key, read, reading.service);
  if (test.kind === "opaque") return open(test.clause, test.reason);
  const canon = [
    name,
    operator.set ?? "",
    test.kind,
    operator.relation,
    operator.negated ? "not" : "",
    operator.ifExists ? "if" : "",
    canonicalTest(test),
  ].join("\uE010");
  return {
    key: name,
    keyText,
    operator: operator.text,
    negated: operator.negated,
    ifExists: operator.ifExists,
    ...(operator.set !== undefined && { set: operator.set }),
    test,
    canon,
    text: shown,
    written,
  };
}

let roundedSoFar = 0;

function shownText(value: unknown, text: ScalarText | undefined): string {
  return text !== undefined && "text" in text ? text.text : (JSON.stringify(value) ?? "undefined");
}

/**
 * What AWS may read otherwise than it is written: a statement with it holds or not, nobody knows (AW14).
 * @param id tells it from others of its kind: two that are alike hold together
 */
export function openAtom(clause: string, reason: string, id: readonly string[]): Atom {
  const written = { operator: "as AWS reads it", key: "", values: id };
  return opaque(written.operator, "", written, id, reason, { clause, reason });
}

function opaque(
  operator: string,
  key: string,
  written: Atom["written"],
  values: readonly string[],
  text: string,
  why: { readonly clause: string; readonly reason: string },
): Atom {
  const canon = ["opaque", fold(operator), key, JSON.stringify(values)].join("\uE010");
  return {
    key,
    keyText: written.key,
    operator,
    negated: false,
    ifExists: false,
    test: { kind: "opaque", ...why },
    canon,
    text,
    written,
  };
}

/** A value of version 2008-10-17, where `${` is text, as the later version writes it (AW6). */
function unescaped(value: unknown): unknown {
  if (typeof value === "string") return literally(value);
  return Array.isArray(value) ? value.map(unescaped) : value;
}

function testOf(operator: Operator, values: readonly string[], reading: PatternReading): Test {
  const { family } = operator;
  if (family === "like") return { kind: "glob", globs: values.map((v) => likeGlob(v, reading)) };
  if (family === "equal") return { kind: "glob", globs: values.map((v) => equalGlob(v, reading)) };
  if (family === "binary")
    return { kind: "glob", globs: values.map((v) => equalGlob(v, noVariables(reading))) };
  if (family === "null") {
    const asked = values.map(fold);
    const wrong = asked.find((v) => v !== "true" && v !== "false");
    if (wrong !== undefined)
      return { kind: "opaque", clause: "AW7", reason: `Null takes true or false, not "${wrong}"` };
    return { kind: "null", absent: asked.includes("true"), present: asked.includes("false") };
  }
  if (family === "arn") {
    const arns = values.map((v) =>
      splitGlob(likeGlob(v === "*" ? "*:*:*:*:*:*" : v, reading), ":", ARN_PARTS),
    );
    const short = values.find((_, i) => arns[i]?.length !== ARN_PARTS);
    if (short !== undefined)
      return { kind: "opaque", clause: "AW7", reason: `"${short}" has fewer than six parts of an ARN` };
    return { kind: "arn", arns };
  }
  // the other families take no wildcards; a variable in them is a text that only the request can tell
  const variable = reading.variables ? values.find((v) => v.includes("${")) : undefined;
  if (variable !== undefined) {
    return {
      kind: "opaque",
      clause: "AW7",
      reason: `${operator.text} with the policy variable in "${variable}"`,
    };
  }
  if (family === "caseless") return { kind: "caseless", texts: values.map(fold) };
  return parsed(operator, values);
}

function noVariables(reading: PatternReading): PatternReading {
  return { ...reading, variables: false };
}

function parsed(operator: Operator, values: readonly string[]): Test {
  const bad = (value: string, what: string): Test => ({
    kind: "opaque",
    clause: "AW7",
    reason: `${operator.text} takes ${what}, not "${value}"`,
  });
  if (operator.family === "number" || operator.family === "date") {
    const read = operator.family === "number" ? parseNumber : parseDate;
    const numbers = values.map(read);
    const wrong = values.find((_, i) => numbers[i] === undefined);
    if (wrong !== undefined) return bad(wrong, operator.family === "number" ? "a number" : "a date");
    return { kind: operator.family, relation: operator.relation, values: numbers as number[] };
  }
  if (operator.family === "boolean") {
    const wrong = values.find((v) => !/^(true|false)$/i.test(v));
    if (wrong !== undefined) return bad(wrong, "true or false");
    return { kind: "boolean", values: values.map((v) => fold(v) === "true") };
  }
  const blocks = values.map(parseAddressRange);
  const wrong = values.find((_, i) => blocks[i] === undefined);
  return wrong === undefined
    ? { kind: "address", blocks: blocks as AddressRange[] }
    : bad(wrong, "an address or a CIDR block");
}

function canonicalTest(test: Exclude<Test, { kind: "opaque" }>): string {
  const list = (texts: readonly string[]): string => JSON.stringify([...new Set(texts)].sort());
  switch (test.kind) {
    case "glob":
      return list(test.globs.map((g) => g.key));
    case "arn":
      return list(test.arns.map((arn) => arn.map((g) => g.key).join(":")));
    case "caseless":
      return list(test.texts);
    case "null":
      return `${test.absent} ${test.present}`;
    case "address":
      return list(test.blocks.map((b) => `${b.family} ${b.first}-${b.last}`));
    default:
      return list(test.values.map(String));
  }
}

/**
 * Whether the atom holds for these values of its key. Undefined: not known (an opaque atom, or several values under
 * an operator that is not made for several).
 */
export function atomHolds(atom: Atom, values: Values): boolean | undefined {
  const { test } = atom;
  if (test.kind === "opaque") return undefined;
  const present = values !== undefined && values.length > 0;
  if (test.kind === "null") return present ? test.present : test.absent;
  if (!present) return atom.ifExists || (atom.set === undefined ? atom.negated : atom.set === "all");
  const one = (value: string): boolean => matchesTest(test, value) !== atom.negated;
  if (atom.set === "all") return values.every(one);
  if (atom.set === "any") return values.some(one);
  return values.length === 1 ? one(values[0] as string) : undefined;
}

function matchesTest(test: Exclude<Test, { kind: "opaque" | "null" }>, value: string): boolean {
  switch (test.kind) {
    case "glob":
      return test.globs.some((g) => matches(g, value));
    case "caseless": {
      const lower = fold(value);
      return test.texts.some((t) => subject(t) === lower);
    }
    case "arn": {
      const parts = value.split(":");
      if (parts.length < ARN_PARTS) return false;
      const arn = [...parts.slice(0, ARN_PARTS - 1), parts.slice(ARN_PARTS - 1).join(":")];
      return test.arns.some((globs) => globs.every((g, i) => matches(g, arn[i] as string)));
    }
    case "number":
    case "date": {
      const number = test.kind === "number" ? parseNumber(value) : parseDate(value);
      return number !== undefined && test.values.some((v) => related(number, test.relation, v));
    }
    case "boolean":
      return test.values.some((v) => fold(value) === String(v));
    case "address": {
      const address = parseAddressRange(value);
      return address !== undefined && test.blocks.some((b) => holds(b, address));
    }
  }
}

function related(left: number, relation: OperatorRelation, right: number): boolean {
  switch (relation) {
    case "eq":
      return left === right;
    case "lt":
      return left < right;
    case "le":
      return left <= right;
    case "gt":
      return left > right;
    case "ge":
      return left >= right;
  }
}

/**
 * Whether the atom holds for these values, with the policy variables as the request has them. A value of the policy
 * whose variable the request lacks matches nothing; under a negated operator that is left open.
 */
export function resolvedHolds(
  atom: Atom,
  values: Values,
  variable: (number: number) => string | undefined,
): boolean | undefined {
  const { test } = atom;
  if (test.kind !== "glob" && test.kind !== "arn") return atomHolds(atom, values);
  const rows = test.kind === "glob" ? test.globs.map((g) => [g]) : test.arns;
  if (!rows.some((row) => row.some(hasVariable))) return atomHolds(atom, values);
  const resolved = rows
    .map((row) => row.map((g) => resolveGlob(g, variable)))
    .filter((row): row is Glob[] => !row.includes(undefined));
  const filled: Test =
    test.kind === "glob"
      ? { kind: "glob", globs: resolved.map((row) => row[0] as Glob) }
      : { kind: "arn", arns: resolved };
  const verdict = atomHolds({ ...atom, test: filled }, values);
  return atom.negated && resolved.length < rows.length && verdict === true ? undefined : verdict;
}

/** The numbers of the policy variables that the atom reads. */
export function atomVariables(atom: Atom): readonly number[] {
  if (atom.test.kind === "glob") return atom.test.globs.flatMap((g) => variablesIn(g.key));
  if (atom.test.kind === "arn")
    return atom.test.arns.flatMap((arn) => arn.flatMap((g) => variablesIn(g.key)));
  return [];
}
