import { Ajv } from "ajv";
import { visible } from "../text/visible.ts";
import { explain, pointerText } from "./problems.ts";
import type { Report } from "./report.ts";
import { reportSchema } from "./schema.ts";
import { textsInPlace } from "./texts.ts";

/** An earlier report that cannot be used; one line for a person. */
export class ReportError extends Error {
  override readonly name = "ReportError";
}

let validator: ReturnType<Ajv["compile"]> | undefined;

/**
 * Reads an earlier JSON report (`--since`, `compare`).
 * @throws ReportError when it is not JSON, is a file of another kind or version, or departs from the schema.
 */
export function readReport(text: string, file: string): Report {
  const at = visible(file);
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new ReportError(
      `${at}${place(text, error)}: expected a JSON report (--format json), ${whatElse(text)}`,
    );
  }
  const kind = otherKind(data);
  if (kind !== undefined)
    throw new ReportError(`${at}: expected a JSON report (--format json), found ${kind}`);
  const version = (data as { readonly schemaVersion?: unknown }).schemaVersion;
  if (version !== "1.0" && version !== "1.1") {
    throw new ReportError(
      `${at}: expected a report of schema version 1.0 or 1.1, found ${visible(JSON.stringify(version) ?? "none")}; ` +
        "write it again with this version of chalk-audit",
    );
  }
  try {
    data = textsInPlace(data);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ReportError(`${at}: not a whole report: ${error.message}`);
  }
  validator ??= new Ajv({ allErrors: true, verbose: true, strict: false }).compile(reportSchema);
  if (!validator(data)) {
    const [first, ...rest] = explain(validator.errors ?? []);
    const path = pointerText(first?.pointer ?? "");
    const more = rest.length === 0 ? "" : ` (and ${rest.length} more problems)`;
    throw new ReportError(
      `${at}: not a whole report: ${path === "" ? "" : `${path}: `}${first?.text ?? "not as expected"}${more}`,
    );
  }
  return data as Report;
}

/** What a JSON value is that is no report. */
function otherKind(data: unknown): string | undefined {
  if (Array.isArray(data)) return "a list";
  if (typeof data !== "object" || data === null) return "a single value";
  if ("runs" in data && "version" in data) return "a SARIF file";
  if ("documents" in data && "takenAt" in data) return "a snapshot";
  if ("waivers" in data) return "a waiver file";
  if ("findings" in data || "schemaVersion" in data) return undefined;
  if ("controls" in data) return "a baseline";
  return "something else";
}

function whatElse(text: string): string {
  if (text.trim() === "") return "found an empty file";
  if (/^waivers:/m.test(text)) return "found a waiver file";
  if (/^controls:/m.test(text)) return "found a baseline";
  return "found text that is not JSON, or is cut off";
}

/** `:line:column` of a JSON syntax error, where the engine tells the position. */
function place(text: string, error: unknown): string {
  const message = error instanceof Error ? error.message : "";
  const position = /at position (\d+)/.exec(message)?.[1];
  const offset =
    position === undefined ? (/Unexpected end/.test(message) ? text.length : undefined) : Number(position);
  if (offset === undefined) return "";
  const before = text.slice(0, offset);
  return `:${before.split("\n").length}:${before.length - before.lastIndexOf("\n")}`;
}
