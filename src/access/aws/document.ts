/** The forms in which policy documents come (AW11). */
import { fold, twice } from "../fold.ts";
import { JsonFault, parseJson } from "../json-text.ts";
import { didYouMean } from "../nearest.ts";
import { PolicyError } from "../policy.ts";
import { Written } from "../written.ts";

/** One policy document, unwrapped: what `Statement` and `Version` are read from. */
export interface PolicyDocument {
  readonly document: number;
  /** JSON pointer to it inside the document that was given. */
  readonly pointer: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** The policy's name, where the wrapping tells it. */
  readonly name?: string;
  /** What of it is not understood: then nothing of it is (AW13). */
  readonly fault?: string;
}

/** The elements of a policy, beside the names that some listings put there. */
const ELEMENTS: readonly string[] = ["Version", "Id", "Statement"];

/** An element that IAM does not have, or that is there in two spellings (AW13). */
export function faultOf(
  object: Readonly<Record<string, unknown>>,
  elements: readonly string[],
): string | undefined {
  const keys = Object.keys(object);
  const both = twice(keys);
  if (both !== undefined) return `${both.map((k) => `"${k}"`).join(" and ")} are one element, given twice`;
  const folded = elements.map(fold);
  const odd = keys.find((k) => !folded.includes(fold(k)));
  if (odd === undefined) return undefined;
  return `"${odd}" is no element that IAM knows here${didYouMean(odd, elements)}`;
}

/** Elements in which the API and the CLI wrap a document. */
const WRAPPERS = ["PolicyVersion", "PolicyDocument", "AssumeRolePolicyDocument", "Document", "Role"] as const;
const NAMES = ["PolicyName", "RoleName"] as const;

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Written);
}

/** An element by its name; the API writes some with a small first letter. */
export function field(
  object: Readonly<Record<string, unknown>>,
  name: string,
): { readonly key: string; readonly value: unknown } | undefined {
  if (Object.hasOwn(object, name)) return { key: name, value: object[name] };
  const key = Object.keys(object).find((k) => fold(k) === fold(name));
  return key === undefined ? undefined : { key, value: object[key] };
}

/** `field` for several names of one object. */
export function fieldsOf(
  object: Readonly<Record<string, unknown>>,
): (name: string) => { readonly key: string; readonly value: unknown } | undefined {
  const keys = Object.keys(object);
  const lower = keys.map(fold);
  return (name) => {
    if (Object.hasOwn(object, name)) return { key: name, value: object[name] };
    const key = keys[lower.indexOf(fold(name))];
    return key === undefined ? undefined : { key, value: object[key] };
  };
}

export function policyKindOf(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "nothing";
  if (value instanceof Written) return value.kind;
  return Array.isArray(value) ? "a list" : isObject(value) ? "an object" : `a ${typeof value}`;
}

/**
 * The policy documents in what was given: objects, JSON text, percent-encoded JSON text, wrapped as the API or the
 * CLI prints them, and lists of these.
 * @throws PolicyError when something is no policy document.
 */
export function policyDocuments(given: readonly unknown[]): readonly PolicyDocument[] {
  const out: PolicyDocument[] = [];
  given.forEach((value, document) => {
    unwrap(value, document, "", undefined, out);
  });
  return out;
}

function unwrap(
  value: unknown,
  document: number,
  pointer: string,
  name: string | undefined,
  out: PolicyDocument[],
): void {
  const at = `document ${document + 1}${pointer === "" ? "" : ` at ${pointer}`}`;
  if (typeof value === "string") {
    unwrap(decode(value, at), document, pointer, name, out);
    return;
  }
  if (Array.isArray(value)) {
    value.forEach((item: unknown, i) => {
      unwrap(item, document, `${pointer}/${i}`, name, out);
    });
    return;
  }
  if (!isObject(value))
    throw new PolicyError(`${at}: expected an AWS policy document, found ${policyKindOf(value)}`);
  const found = NAMES.map((n) => field(value, n)?.value).find((n) => typeof n === "string") ?? name;
  const label = typeof found === "string" ? found : undefined;
  if (field(value, "Statement") !== undefined) {
    const fault = faultOf(value, [...ELEMENTS, ...NAMES]);
    out.push({
      document,
      pointer,
      body: value,
      ...(label !== undefined && { name: label }),
      ...(fault !== undefined && { fault }),
    });
    return;
  }
  if (field(value, "Effect") !== undefined) {
    // a statement by itself; the version is then unknown, and the default one is the older
    out.push({ document, pointer, body: { Statement: value }, ...(label !== undefined && { name: label }) });
    return;
  }
  const inside = Object.keys(value).filter((k) => WRAPPERS.some((w) => fold(w) === fold(k)));
  const [wrapper, another] = inside;
  if (wrapper !== undefined && another !== undefined) {
    throw new PolicyError(
      `${at}: holds a policy at "${wrapper}" and one at "${another}"; give them one by one`,
    );
  }
  if (wrapper !== undefined) {
    unwrap(value[wrapper], document, `${pointer}/${wrapper}`, label, out);
    return;
  }
  throw new PolicyError(
    `${at}: no "Statement"${nearStatement(value)}: expected an AWS policy document, bare, as JSON text, percent-encoded, or wrapped as the ` +
      "API prints it (PolicyVersion.Document, PolicyDocument, AssumeRolePolicyDocument)",
  );
}

function decode(text: string, at: string): unknown {
  const trimmed = text.trim();
  let json = trimmed;
  if (!/^[[{"]/.test(trimmed)) {
    try {
      json = decodeURIComponent(trimmed);
    } catch {
      throw new PolicyError(`${at}: neither JSON nor percent-encoded JSON`);
    }
  }
  try {
    return parseJson(json);
  } catch (fault) {
    if (fault instanceof JsonFault && !fault.syntax) throw new PolicyError(`${at}: ${fault.message}`);
    throw new PolicyError(`${at}: not JSON: expected an AWS policy document`);
  }
}

/** A key that is nearly "Statement". */
function nearStatement(value: Readonly<Record<string, unknown>>): string {
  const odd = Object.keys(value).find((key) => didYouMean(key, ["Statement"]) !== "");
  return odd === undefined ? "" : `, and "${odd}"${didYouMean(odd, ["Statement"])}`;
}
