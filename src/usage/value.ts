import { visible } from "../text/visible.ts";

/** Longest text of a record that is kept. */
const MOST_CHARACTERS = 2_048;

export type Json = Readonly<Record<string, unknown>>;

/** An object of a record, or undefined. */
export function usageObjectOf(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

/** A property of what may be no object at all. Own properties only: keys come from outside. */
export function atPath(value: unknown, ...path: readonly string[]): unknown {
  let found: unknown = value;
  for (const key of path) {
    const object = usageObjectOf(found);
    if (object === undefined || !Object.hasOwn(object, key)) return undefined;
    found = object[key];
  }
  return found;
}

/** A text of a record, made visible and cut (fault 26); undefined for what is none, or empty. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = atPath(value, ...path);
  if (typeof found !== "string" || found === "") return undefined;
  const cut = found.length > MOST_CHARACTERS ? `${found.slice(0, MOST_CHARACTERS)}…` : found;
  return visible(cut);
}

/** A time as ISO 8601 in UTC, to the second where it has no fraction; undefined for what is no time. */
export function timeAt(value: unknown, ...path: readonly string[]): string | undefined {
  const text = textAt(value, ...path);
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}T/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
