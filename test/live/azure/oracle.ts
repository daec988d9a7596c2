import type { Finding } from "../../../src/report/report.ts";
import { documentedRole } from "./world.ts";

/**
 * Does one of the page's patterns name this operation? Written without a line of the product: a star is any text, case
 * does not matter.
 */
export function pageAllows(plane: "control" | "data", action: string): boolean {
  const [permission] = documentedRole.permissions;
  const patterns = plane === "control" ? permission.actions : permission.dataActions;
  return patterns.some((pattern) => matches(pattern, action));
}

export function matches(pattern: string, action: string): boolean {
  const escaped = pattern.replaceAll(/[.+?^${}()|[\]\\/]/g, "\\$&").replaceAll("*", "[^]*");
  return new RegExp(`^${escaped}$`, "i").test(action);
}

/** Excess is outside the page and inside the pattern that is blamed; missing is inside both. */
export function provesItself(finding: Finding): boolean {
  const witness = finding.witness as
    | { readonly action: string; readonly plane: "control" | "data" }
    | undefined;
  if (witness === undefined || finding.pattern === undefined) return false;
  const documented = pageAllows(witness.plane, witness.action);
  const blamed =
    matches(finding.pattern, witness.action) && !finding.except?.some((one) => matches(one, witness.action));
  return blamed && documented === (finding.drift === "missing");
}
