import type { ErrorObject } from "ajv";
import { distance } from "fastest-levenshtein";
import { pointerStep } from "../text/place.ts";
import { visible } from "../text/visible.ts";

/** One thing that is wrong with a file: a JSON pointer to it, and what in words. */
export interface FileProblem {
  readonly pointer: string;
  readonly text: string;
  /** The place is that of the key, not of its value. */
  readonly atKey?: boolean;
}

/**
 * The errors of a JSON Schema in words for a person. Ajv must run with `allErrors` and `verbose`. An alternative
 * (`anyOf`) that fits nothing is worded by the `description` beside it.
 */
export function explain(errors: readonly ErrorObject[]): readonly FileProblem[] {
  return errors.filter((e) => !/\/(?:anyOf|oneOf)\/\d/.test(e.schemaPath)).map(one);
}

function one(error: ErrorObject): FileProblem {
  const pointer = error.instancePath;
  const params = error.params as Record<string, unknown>;
  const schema = (error.parentSchema ?? {}) as Record<string, unknown>;
  switch (error.keyword) {
    case "additionalProperties": {
      const name = String(params.additionalProperty);
      const known = Object.keys((schema.properties ?? {}) as object);
      return {
        pointer: `${pointer}/${pointerStep(name)}`,
        text: `unknown property${didYouMeanOf(name, known)}`,
        atKey: true,
      };
    }
    case "required":
      return { pointer, text: `${visible(String(params.missingProperty))} is not given` };
    case "enum":
      return {
        pointer,
        text: `expected one of ${(params.allowedValues as unknown[]).join(", ")}, found ${foundIn(error.data)}`,
      };
    case "const":
      return {
        pointer,
        text: `expected ${JSON.stringify(params.allowedValue)}, found ${foundIn(error.data)}`,
      };
    case "type":
      return { pointer, text: `expected ${typeText(params.type)}, found ${foundIn(error.data)}` };
    case "minLength":
    case "minItems":
    case "minProperties":
      return { pointer, text: `expected something, found ${foundIn(error.data)}` };
    case "pattern":
    case "anyOf":
    case "oneOf":
    case "dependentRequired":
      return {
        pointer,
        text: `${String(schema.description ?? error.message)}${error.keyword === "pattern" ? `, found ${foundIn(error.data)}` : ""}`,
      };
    default:
      return { pointer, text: `${error.message ?? "not as expected"}, found ${foundIn(error.data)}` };
  }
}

/** What was found: text in quotes and cut, else the kind of thing. */
export function foundIn(value: unknown): string {
  if (typeof value === "string") {
    return visible(JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value));
  }
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "a mapping";
  return typeof value === "number" ? `the number ${value}` : String(value);
}

/** `; did you mean "x"?` for the nearest known name, or nothing when none is near. */
export function didYouMeanOf(given: string, known: readonly string[]): string {
  const apart = (name: string) => distance(given.toLowerCase(), name.toLowerCase());
  const [best] = [...known].sort((a, b) => apart(a) - apart(b));
  if (best === undefined) return "";
  // Further apart than a third of the word, it is another word.
  return apart(best) <= Math.max(1, Math.floor(Math.max(given.length, best.length) / 3))
    ? `; did you mean "${best}"?`
    : "";
}

/** A JSON pointer as people write paths: `waivers[0].expires`. */
export function pointerText(pointer: string): string {
  let out = "";
  for (const raw of pointer.split("/").slice(1)) {
    const step = raw.replaceAll("~1", "/").replaceAll("~0", "~");
    if (/^\d+$/.test(step)) out += `[${step}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(step)) out += out === "" ? step : `.${step}`;
    else out += `[${visible(JSON.stringify(step))}]`;
  }
  return out;
}

function typeText(type: unknown): string {
  const names: Readonly<Record<string, string>> = {
    array: "a list",
    object: "a mapping",
    string: "text",
    number: "a number",
    integer: "a whole number",
    boolean: "true or false",
    null: "nothing",
  };
  return (Array.isArray(type) ? type : [type]).map((t) => names[String(t)] ?? String(t)).join(" or ");
}
