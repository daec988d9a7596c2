/** The forms in which policy documents come (AW11). */
import { PolicyError } from "../policy.ts";

/** One policy document, unwrapped: what `Statement` and `Version` are read from. */
export interface PolicyDocument {
  readonly document: number;
  /** JSON pointer to it inside the document that was given. */
  readonly pointer: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** The policy's name, where the wrapping tells it. */
  readonly name?: string;
}

/** Elements in which the API and the CLI wrap a document. */
const WRAPPERS = ["PolicyVersion", "PolicyDocument", "AssumeRolePolicyDocument", "Document", "Role"] as const;
const NAMES = ["PolicyName", "RoleName"] as const;

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An element by its name; the API writes some with a small first letter. */
export function field(
  object: Readonly<Record<string, unknown>>,
  name: string,
): { readonly key: string; readonly value: unknown } | undefined {
  if (Object.hasOwn(object, name)) return { key: name, value: object[name] };
  const key = Object.keys(object).find((k) => k.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : { key, value: object[key] };
}

/** `field` for several names of one object. */
export function fieldsOf(
  object: Readonly<Record<string, unknown>>,
): (name: string) => { readonly key: string; readonly value: unknown } | undefined {
  const keys = Object.keys(object);
  const lower = keys.map((k) => k.toLowerCase());
  return (name) => {
    if (Object.hasOwn(object, name)) return { key: name, value: object[name] };
    const key = keys[lower.indexOf(name.toLowerCase())];
    return key === undefined ? undefined : { key, value: object[key] };
  };
}

export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "nothing";
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
    throw new PolicyError(`${at}: expected an AWS policy document, found ${kindOf(value)}`);
  const found = NAMES.map((n) => field(value, n)?.value).find((n) => typeof n === "string") ?? name;
  const label = typeof found === "string" ? found : undefined;
  if (field(value, "Statement") !== undefined) {
    out.push({ document, pointer, body: value, ...(label !== undefined && { name: label }) });
    return;
  }
  if (field(value, "Effect") !== undefined) {
    // a statement by itself; the version is then unknown, and the default one is the older
    out.push({ document, pointer, body: { Statement: value }, ...(label !== undefined && { name: label }) });
    return;
  }
  for (const wrapper of WRAPPERS) {
    const inner = field(value, wrapper);
    if (inner === undefined) continue;
    unwrap(inner.value, document, `${pointer}/${inner.key}`, label, out);
    return;
  }
  throw new PolicyError(
    `${at}: no "Statement": expected an AWS policy document, bare, as JSON text, percent-encoded, or wrapped as the ` +
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
    return JSON.parse(json) as unknown;
  } catch {
    throw new PolicyError(`${at}: not JSON: expected an AWS policy document`);
  }
}
