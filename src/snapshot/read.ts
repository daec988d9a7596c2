import type { ErrorObject } from "ajv";
import { placesIn } from "../text/place.ts";
import { visible } from "../text/visible.ts";
import { offsetOfError, offsetOfPointer } from "./json-place.ts";
import { scrub } from "./scrub.ts";
import type { Snapshot } from "./snapshot.ts";
import { snapshotValidator } from "./validate.ts";

/** A snapshot file that cannot be used. One line: `FILE:LINE:COLUMN: what is wrong and what to do`. */
export class SnapshotError extends Error {
  override readonly name = "SnapshotError";
}

/**
 * Reads the text of a snapshot file. `file` is the name to show.
 *
 * The text may come from anybody, so its documents are scrubbed as if they had just been collected.
 * @throws SnapshotError when it is not JSON, is a file of another kind or version, or departs from the schema.
 */
export function readSnapshot(text: string, file: string): Snapshot {
  const fail = (offset: number, problem: string) => {
    const { line, column } = placesIn(text)(offset);
    return new SnapshotError(`${visible(file)}:${line}:${column}: ${problem}`);
  };
  let data: unknown;
  try {
    // Editors on Windows put a byte order mark in front.
    data = JSON.parse(text.replace(/^\uFEFF/, " "));
  } catch {
    throw fail(offsetOfError(text), `expected a snapshot as JSON, found ${otherText(text)}`);
  }
  const kind = otherKind(data);
  if (kind !== undefined)
    throw fail(0, `expected a snapshot (written by chalk-audit collect), found ${kind}`);
  const version = (data as { readonly schema?: unknown }).schema;
  if (version !== 1)
    throw fail(
      offsetOfPointer(text, "/schema"),
      `expected a snapshot of schema 1, found ${version === undefined ? "none" : visible(JSON.stringify(version))}; collect it again with this version of chalk-audit`,
    );
  const validator = snapshotValidator();
  if (!validator(data)) {
    const error = validator.errors?.[0];
    const pointer = error === undefined ? "" : pointerOf(error);
    throw fail(offsetOfPointer(text, pointer), problemOf(error, pointer));
  }
  const snapshot = data as Snapshot & { $schema?: string };
  const { $schema: _, ...rest } = snapshot;
  return {
    ...rest,
    scope: visible(rest.scope),
    ...(rest.principals === undefined ? {} : { principals: rest.principals.map(visible) }),
    ...(rest.names === undefined ? {} : { names: visibleNames(rest.names) }),
    documents: rest.documents.map(({ kind, id, body }) => ({ kind, id: visible(id), body: scrub(body) })),
    unread: rest.unread.map((entry) => ({
      ...entry,
      ...(entry.id === undefined ? {} : { id: visible(entry.id) }),
      api: visible(entry.api),
      ...(entry.permission === undefined ? {} : { permission: visible(entry.permission) }),
      detail: visible(entry.detail),
    })),
  };
}

function visibleNames(names: NonNullable<Snapshot["names"]>): NonNullable<Snapshot["names"]> {
  return Object.fromEntries(Object.entries(names).map(([kind, list = []]) => [kind, list.map(visible)]));
}

/** What a text is that is no JSON. */
function otherText(text: string): string {
  if (text.trim() === "") return "an empty file";
  if (/^\s*</.test(text)) return "a page or XML";
  if (/^\s*[{[]/.test(text)) return "JSON that is malformed here";
  return "something that is not JSON";
}

/** What a JSON value is that is no snapshot. */
function otherKind(data: unknown): string | undefined {
  if (Array.isArray(data)) return "a list";
  if (typeof data !== "object" || data === null) return "a single value";
  if ("documents" in data || "takenAt" in data) return undefined;
  if ("runs" in data && "version" in data) return "a SARIF file";
  if ("findings" in data || "schemaVersion" in data) return "a report";
  if ("waivers" in data) return "a waiver file";
  if ("controls" in data) return "a baseline";
  if ("properties" in data || "permissions" in data || "value" in data) return "a document of the provider";
  return "something else";
}

function pointerOf(error: ErrorObject): string {
  if (error.keyword !== "additionalProperties") return error.instancePath;
  const name = String(error.params.additionalProperty).replaceAll("~", "~0").replaceAll("/", "~1");
  return `${error.instancePath}/${name}`;
}

function problemOf(error: ErrorObject | undefined, pointer: string): string {
  if (error === undefined) return "not a whole snapshot";
  const path = visible(pointer.slice(1).replaceAll("/", ".")) || "snapshot";
  const { keyword, params, data, schema } = error;
  const found = visible((JSON.stringify(data) ?? "nothing").slice(0, 80));
  switch (keyword) {
    case "required":
      return `${path}: "${params.missingProperty}" is missing`;
    case "additionalProperties":
      return `${path}: unknown property`;
    case "enum":
      return `${path}: expected one of ${(schema as readonly unknown[]).join(", ")}, found ${found}`;
    case "type":
      return `${path}: expected ${String(params.type)}, found ${found}`;
    case "pattern":
      return `${path}: expected a time such as 2026-11-20T08:00:00Z, found ${found}`;
    default:
      return `${path}: ${error.message ?? "not as expected"}, found ${found}`;
  }
}
