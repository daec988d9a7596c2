import type { Residue } from "../access/policy.ts";

/** How many operations of today a residue holds, as words for a message. */
export function today(residue: Residue): string {
  if (residue.known === undefined) return "";
  if (residue.known.count === 0) return "; no operation that exists today";
  return `; ${residue.known.count} operation${residue.known.count === 1 ? "" : "s"} of today`;
}

/** What the holder of an excess can do, as the reason why it matters. */
export const WHY_EXCESS = {
  escalation: "with it the holder can grant itself any permission",
  write: "with it the holder can change things, or read data and secrets, that the document leaves alone",
  read: "with it the holder can read what the document leaves alone",
} as const satisfies Record<Residue["impact"], string>;

/** ` except a, b and 4 more`, for a message; empty when nothing is excepted. */
export function exceptInWords(except: readonly string[]): string {
  if (except.length === 0) return "";
  const shown = except.slice(0, 3).join(", ");
  return except.length <= 3 ? ` except ${shown}` : ` except ${shown} and ${except.length - 3} more`;
}
