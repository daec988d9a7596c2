import type { ErrorObject } from "ajv";
import { didYouMean } from "../text/nearest.ts";
import { pointerStep } from "../text/place.ts";
import { pointerSteps, type ReadDocument } from "./document.ts";
import { type BaselineProblem, found, pathText } from "./problem.ts";

/** The validator's errors as lines that say what was expected, what was found, and where. */
export function explainErrors(errors: readonly ErrorObject[], read: ReadDocument): BaselineProblem[] {
  return settleAlternatives(errors).map((error) => explain(error, read));
}

/** Keywords of which the parts, not the whole, are worth saying; every failed part has an error of its own. */
const WRAPPERS = new Set(["if", "allOf", "propertyNames"]);

/**
 * Of `anyOf` and `oneOf` the validator reports every branch. When the value has the right type for exactly one
 * branch, its errors are the ones meant; else only the choice itself is reported.
 */
function settleAlternatives(errors: readonly ErrorObject[]): ErrorObject[] {
  let kept = errors.filter(({ keyword }) => !WRAPPERS.has(keyword));
  for (const choice of errors) {
    if (choice.keyword !== "anyOf" && choice.keyword !== "oneOf") continue;
    const inside = kept.filter(
      (error) => error !== choice && error.schemaPath.startsWith(`${choice.schemaPath}/`),
    );
    const branches = new Map<string, ErrorObject[]>();
    for (const error of inside) {
      const branch = error.schemaPath.slice(choice.schemaPath.length + 1).split("/", 1)[0] ?? "";
      branches.set(branch, [...(branches.get(branch) ?? []), error]);
    }
    const fitting = [...branches.values()].filter(
      (branch) =>
        !branch.some((error) => error.keyword === "type" && error.instancePath === choice.instancePath),
    );
    const meant = fitting.length === 1 ? fitting[0] : undefined;
    const dropped = new Set(
      meant === undefined ? inside : [choice, ...inside.filter((e) => !meant.includes(e))],
    );
    kept = kept.filter((error) => !dropped.has(error));
  }
  return kept;
}

function explain(error: ErrorObject, read: ReadDocument): BaselineProblem {
  const path = pointerSteps(error.instancePath, read.data);
  const params = error.params as Record<string, unknown>;
  const here = (text: string): BaselineProblem => ({
    place: read.valuePlaceOf(error.instancePath),
    path: pathText(path),
    text,
  });
  const about = (key: string, text: string): BaselineProblem => ({
    place: read.placeOf(`${error.instancePath}/${pointerStep(key)}`),
    path: pathText([...path, key]),
    text,
  });
  if (error.propertyName !== undefined) {
    return about(error.propertyName, `expected ${described(error)}, found ${found(error.propertyName)}`);
  }
  switch (error.keyword) {
    case "additionalProperties": {
      const key = String(params.additionalProperty);
      return about(key, `unknown property${didYouMean(key, propertyNames(error))}`);
    }
    case "required":
      return {
        place: read.placeOf(error.instancePath),
        path: pathText(path),
        text: `lacks "${String(params.missingProperty)}"${purpose(error, String(params.missingProperty))}`,
      };
    case "dependentRequired":
    case "dependencies":
      return here(`"${String(params.property)}" needs "${String(params.missingProperty)}" beside it`);
    case "enum": {
      const allowed = params.allowedValues as readonly unknown[];
      const near = typeof error.data === "string" ? didYouMean(error.data, allowed.map(String)) : "";
      return here(`expected one of ${allowed.map(String).join(", ")}, found ${found(error.data)}${near}`);
    }
    case "const":
      return here(`expected ${found(params.allowedValue)}, found ${found(error.data)}`);
    case "type":
      return here(
        `expected ${typeNames(params.type)}, found ${found(error.data)}${quoteHint(params.type, error.data)}`,
      );
    case "anyOf":
    case "oneOf":
      return here(`expected ${choices(error)}, found ${found(error.data)}`);
    case "minLength":
    case "minItems":
    case "minProperties":
      return here(`expected ${atLeast(error.keyword, Number(params.limit))}, found ${amount(error.data)}`);
    case "maxLength":
    case "maxItems":
    case "maxProperties":
      return here(`expected at most ${Number(params.limit)}, found ${amount(error.data)}`);
    case "uniqueItems": {
      const again = Math.max(Number(params.i), Number(params.j));
      const item = (error.data as readonly unknown[])[again];
      return {
        ...here(`expected different items, found ${found(item)} twice`),
        place: read.placeOf(`${error.instancePath}/${again}`),
      };
    }
    case "minimum":
    case "maximum":
    case "exclusiveMinimum":
    case "exclusiveMaximum":
      return here(
        `expected a number ${COMPARISONS[String(params.comparison)]} ${String(params.limit)}, found ${found(error.data)}`,
      );
    case "false schema":
      return here("not allowed here");
    case "not":
      return here(`${found(error.data)} is not allowed here`);
    default:
      return here(`expected ${described(error)}, found ${found(error.data)}`);
  }
}

const COMPARISONS: Readonly<Partial<Record<string, string>>> = {
  ">=": "of at least",
  "<=": "of at most",
  ">": "above",
  "<": "below",
};

const TYPES: Readonly<Partial<Record<string, string>>> = {
  string: "text",
  object: "a mapping",
  array: "a list",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  null: "nothing",
};

function typeNames(type: unknown): string {
  const names = (Array.isArray(type) ? type : String(type).split(",")).map(
    (name) => TYPES[String(name)] ?? String(name),
  );
  return names.join(" or ");
}

/** A version such as `1.0` is a number until it stands in quotes. */
function quoteHint(type: unknown, data: unknown): string {
  const text = Array.isArray(type) ? type.includes("string") : String(type).split(",").includes("string");
  return text && (typeof data === "number" || typeof data === "boolean") ? "; put it in quotes" : "";
}

/** What the schema says about itself, in words where it has them. */
function described(error: ErrorObject): string {
  const description = (error.parentSchema as { description?: unknown } | undefined)?.description;
  if (typeof description === "string") return description;
  if (error.keyword === "pattern")
    return `text that matches ${String((error.params as { pattern?: unknown }).pattern)}`;
  return `a value that ${error.message ?? `passes "${error.keyword}"`}`;
}

function choices(error: ErrorObject): string {
  const branches = Array.isArray(error.schema) ? (error.schema as readonly Record<string, unknown>[]) : [];
  const words = branches.map((branch) => {
    if (typeof branch.description === "string") return branch.description;
    if (Array.isArray(branch.required))
      return `a mapping with ${branch.required.map((key) => `"${key}"`).join(", ")}`;
    return branch.type === undefined ? "another form" : typeNames(branch.type);
  });
  const different = [...new Set(words)];
  return different.length === 1 ? String(different[0]) : `one of: ${different.join("; ")}`;
}

function propertyNames(error: ErrorObject): string[] {
  const properties = (error.parentSchema as { properties?: Record<string, unknown> } | undefined)?.properties;
  return Object.keys(properties ?? {});
}

/** `: the description of what is missing`, where the schema has one. */
function purpose(error: ErrorObject, key: string): string {
  const properties = (
    error.parentSchema as { properties?: Record<string, { description?: unknown }> } | undefined
  )?.properties;
  const description = properties?.[key]?.description;
  return typeof description === "string" ? ` (${description})` : "";
}

function atLeast(keyword: string, limit: number): string {
  if (limit !== 1) return `at least ${limit}`;
  if (keyword === "minLength") return "some text";
  return keyword === "minItems" ? "at least one item" : "at least one entry";
}

function amount(data: unknown): string {
  if (typeof data === "string") return data === "" ? "empty text" : `${data.length} characters`;
  if (Array.isArray(data)) return data.length === 0 ? "an empty list" : `${data.length} items`;
  const size = Object.keys((data ?? {}) as object).length;
  return size === 0 ? "an empty mapping" : `${size} entries`;
}
