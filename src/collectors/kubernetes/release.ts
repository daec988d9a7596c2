import { gunzipSync } from "node:zlib";
import { isObject, type JsonObject } from "../http/answer.ts";
import { ReadFailure } from "../http/failure.ts";
import { objectIn } from "./content.ts";

/** Largest record of a release, unpacked. One of 1 MiB, the most that an object holds, can claim a thousand times as much. */
const largest = 32 * 1024 * 1024;

/** Longest text of a record that is kept. */
const longest = 300;

/** What is kept of a release: nothing of its values, nothing of what it rendered. */
export interface KeptRelease {
  readonly name: string;
  readonly revision: number;
  readonly status: string;
  readonly lastDeployed?: string;
  readonly chart: { readonly name: string; readonly version: string; readonly appVersion?: string };
}

/**
 * Helm's record of a release: base64 of JSON, gzipped since Helm 3.0 (before that it was not). A secret holds it in
 * base64 once more, as the API writes all its values.
 * @throws ReadFailure and nothing else, whatever is given
 */
export function releaseOf(record: unknown, storage: "secret" | "configmap"): KeptRelease {
  if (typeof record !== "string" || record === "") throw unlike("holds no record of a release");
  const once = Buffer.from(record, "base64");
  const packed = storage === "secret" ? Buffer.from(once.toString("latin1"), "base64") : once;
  const release = jsonOf(unpacked(packed));
  const chart = objectIn(objectIn(release, "chart"), "metadata");
  const info = objectIn(release, "info");
  const { version: revision } = release;
  if (typeof revision !== "number" || !Number.isSafeInteger(revision) || revision < 1)
    throw unlike("a release without a revision");
  const lastDeployed = textIn(info, "last_deployed");
  const appVersion = textIn(chart, "appVersion");
  return {
    name: required(release, "name", "a release without a name"),
    revision,
    status: required(info, "status", "a release without a status"),
    ...(lastDeployed === undefined ? {} : { lastDeployed }),
    chart: {
      name: required(chart, "name", "a release whose chart has no name"),
      version: required(chart, "version", "a release whose chart has no version"),
      ...(appVersion === undefined ? {} : { appVersion }),
    },
  };
}

function unlike(what: string): ReadFailure {
  return new ReadFailure("malformed", `Helm's record cannot be read: ${what}`);
}

function unpacked(packed: Buffer): string {
  const zipped = packed[0] === 0x1f && packed[1] === 0x8b && packed[2] === 0x08;
  try {
    return (zipped ? gunzipSync(packed, { maxOutputLength: largest }) : packed).toString("utf8");
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (code === "ERR_BUFFER_TOO_LARGE") throw unlike(`it unpacks to more than ${largest / 1024 ** 2} MiB`);
    throw unlike("it does not unpack");
  }
}

function jsonOf(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unlike("it is no JSON");
  }
  if (!isObject(value)) throw unlike("it is no object");
  return value;
}

function textIn(object: JsonObject, name: string): string | undefined {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return typeof value === "string" && value !== "" ? value.slice(0, longest) : undefined;
}

function required(object: JsonObject, name: string, problem: string): string {
  const value = textIn(object, name);
  if (value === undefined) throw unlike(problem);
  return value;
}
