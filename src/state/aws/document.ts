import { principalKind } from "../../access/aws/principals.ts";
import { ELEMENTS } from "../../access/aws/statement.ts";
import { parseJson } from "../../access/json-text.ts";
import { field, list, record, textList } from "../../snapshot/value.ts";

/** Names under which a policy document is wrapped by one tool or another (AW11). */
const WRAPPERS = ["PolicyVersion", "PolicyDocument", "AssumeRolePolicyDocument", "Document", "document"];

/** Longest document that is decoded: ten times what IAM accepts. */
const MOST_CHARACTERS = 200_000;

/**
 * A policy document in whatever form it came: an object, JSON text, percent-encoded JSON text, or wrapped (AW11).
 * `undefined` when it is none.
 */
export function policyDocument(value: unknown, depth = 0): Readonly<Record<string, unknown>> | undefined {
  if (depth > 4) return undefined;
  if (typeof value === "string") {
    const parsed = parsedText(value);
    return parsed === undefined ? undefined : policyDocument(parsed, depth + 1);
  }
  const object = record(value);
  if (object === undefined) return undefined;
  if (Object.hasOwn(object, "Statement")) return object;
  for (const name of WRAPPERS) {
    if (Object.hasOwn(object, name)) return policyDocument(object[name], depth + 1);
  }
  return undefined;
}

function parsedText(text: string): unknown {
  if (text.length > MOST_CHARACTERS) return undefined;
  for (const candidate of [text, decoded(text)]) {
    if (candidate === undefined) continue;
    try {
      const value: unknown = parseJson(candidate);
      if (typeof value === "object" && value !== null) return value;
    } catch {
      // Not this form, or one key twice: then nobody knows which of the two counts (G7).
    }
  }
  return undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

export type Statement = Readonly<Record<string, unknown>>;

/** The statements of a document; one that is alone need not be in a list (AW11). */
export function statementsOf(document: unknown): readonly Statement[] {
  const statements = policyDocument(document)?.["Statement"];
  return (list(statements) ?? [statements]).flatMap((s) => {
    const statement = record(s);
    return statement === undefined ? [] : [statement];
  });
}

/** The same policy without any condition: where it would reach if nothing held it back. */
export function withoutConditions(document: unknown): Readonly<Record<string, unknown>> {
  return {
    ...policyDocument(document),
    Statement: statementsOf(document).map(({ Condition: _, ...rest }) => rest),
  };
}

/**
 * A policy as far as it is about actions: what it allows on some resource it allows, and only what it denies on every
 * resource it denies.
 */
export function onAnyResource(document: unknown): Readonly<Record<string, unknown>> {
  const statements = statementsOf(document).flatMap((statement) => {
    const { Resource: resource, NotResource: _, ...rest } = statement;
    if (statement["Effect"] === "Allow") return [{ ...rest, Resource: "*" }];
    return textList(resource).includes("*") ? [statement] : [];
  });
  return { ...policyDocument(document), Statement: statements };
}

/** The principals that Allow statements of a trust policy name, as `arn:…`, an account's number, `*`, or a service. */
export function allowedPrincipals(document: unknown): readonly string[] {
  return statementsOf(document).flatMap((statement) => {
    if (field(statement, "Effect") !== "Allow") return [];
    const principal = field(statement, "Principal");
    if (principal === "*") return ["*"];
    return Object.values(record(principal) ?? {}).flatMap(textList);
  });
}

/** Whether some statement of a trust policy does not plainly say whom it is about: it may be anybody (AW15). */
export function isObscure(document: unknown): boolean {
  return statementsOf(document).some((statement) => {
    const { Effect: effect, Principal: principal } = statement;
    if (!Object.keys(statement).every((key) => ELEMENTS.includes(key))) return true;
    if (effect !== "Allow" && effect !== "Deny") return true;
    if (Object.hasOwn(statement, "NotPrincipal")) return false;
    return principal !== "*" && !areNamed(principal);
  });
}

function areNamed(principal: unknown): boolean {
  const kinds = Object.entries(record(principal) ?? {});
  const named = (value: unknown) =>
    [value].flat().length > 0 && [value].flat().every((name) => typeof name === "string" && name !== "");
  return kinds.length > 0 && kinds.every(([kind, value]) => principalKind(kind) === kind && named(value));
}
