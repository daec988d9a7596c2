/**
 * Reading documents that came from a cloud: any part may be null, absent, of another type,
 * or spelled in another case.
 */

/** The value as an object; `undefined` when it is none. */
export function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

/** A property by name: exact first, then in any case. */
export function field(value: unknown, name: string): unknown {
  const object = record(value);
  if (object === undefined) return undefined;
  if (Object.hasOwn(object, name)) return object[name];
  const wanted = name.toLowerCase();
  const key = Object.keys(object).find((k) => k.toLowerCase() === wanted);
  return key === undefined ? undefined : object[key];
}

/** A property of `properties`, or of the document itself where a tool has flattened it. */
export function property(body: unknown, name: string): unknown {
  const inner = field(field(body, "properties"), name);
  return inner === undefined ? field(body, name) : inner;
}

/** A string that is not empty; `undefined` otherwise. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** An array as it is; `undefined` when it is none. */
export function list(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** The strings of an array; empty when it is none. */
export function texts(value: unknown): readonly string[] {
  return (list(value) ?? []).filter((v): v is string => typeof v === "string" && v !== "");
}

/** The value at a dotted path (`properties.enableRBAC`); `undefined` when some part is absent. */
export function valueAt(body: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (value, part) => (Array.isArray(value) ? value[Number(part)] : field(value, part)),
      body,
    );
}

/** A value that may be one text or a list of them, as a list. */
export function textList(value: unknown): readonly string[] {
  return (list(value) ?? [value]).filter((v): v is string => typeof v === "string" && v !== "");
}
