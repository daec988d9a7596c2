import { createHash } from "node:crypto";

/** The namespace of all our names (a random UUID, for ever the same). */
const NAMESPACE = Buffer.from("5f0c7c1e6f0b4d0a9a3b0d7c2e61b8a4", "hex");

/** A UUID made of a name alone (RFC 9562, version 5): the same parts give the same UUID, in every run. */
export function uuidOf(...parts: readonly string[]): string {
  const digest = createHash("sha1").update(NAMESPACE).update(JSON.stringify(parts)).digest();
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x50;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  const hex = digest.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
}
