import { createHash } from "node:crypto";
import type { Provider } from "../access/policy.ts";

export interface FingerprintInput {
  readonly cloud: Provider;
  /** Check id and drift id. */
  readonly rule: string;
  /** `<baseline id>/<control id>`. */
  readonly control: string;
  /** The target's scope. */
  readonly scope: string;
  /** The resource's id. */
  readonly resource: string;
  /** What of the resource it is about; never an observed value. */
  readonly property: string;
}

/**
 * A finding's identity over time: the first 32 hex digits of a SHA-256. Line, time, baseline version and observed values
 * have no part in it, so that an alert stays the same alert until what it is about is gone. Azure ids compare
 * case-insensitively (AZ1, AZ7) and are lower-cased.
 */
export function fingerprint(input: FingerprintInput): string {
  const fold = (text: string) => (input.cloud === "azure" ? text.toLowerCase() : text);
  return digest([input.rule, input.control, fold(input.scope), fold(input.resource), fold(input.property)]);
}

/** The identity of the `n`th finding (from 2) that shares a fingerprint with others. */
export function nthFingerprint(first: string, n: number): string {
  return digest([first, String(n)]);
}

/** A short name for a text that is too long to be one. */
export function fingerprintOfText(text: string): string {
  return digest([text]).slice(0, 12);
}

/** JSON keeps the parts apart whatever characters they hold. */
function digest(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}
