import type { Impact } from "../access/policy.ts";
import type { Drift, Severity } from "./report.ts";

/** Every severity, the worst first. */
export const SEVERITIES = [
  "critical",
  "high",
  "medium",
  "low",
  "info",
] as const satisfies readonly Severity[];

/** 0 for critical, 4 for info: smaller is worse. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** Whether `severity` is as bad as `bound` or worse. */
export function atLeast(severity: Severity, bound: Severity): boolean {
  return severityRank(severity) <= severityRank(bound);
}

export interface SeverityInput {
  readonly drift: Drift;
  /** What the worst request in an excess can do. */
  readonly impact?: Impact | undefined;
  /** No operation that exists today lies in the difference. */
  readonly latent?: boolean | undefined;
  /** The observation is a note: worth saying, no drift. */
  readonly note?: boolean | undefined;
  /** What the check says itself, for a drift that the table does not tell apart. */
  readonly stated?: Severity | undefined;
  /** The control's own severity: replaces that of every drift of the control. */
  readonly override?: Severity | undefined;
}

const EXCESS = {
  // The holder can grant itself all the rest.
  escalation: "critical",
  write: "high",
  read: "medium",
} as const satisfies Record<Impact, Severity>;

/**
 * The severity of a drift, by what it means for the customer and the vendor. This table is the only place that
 * decides (the contract's "Severity").
 */
const BY_DRIFT = {
  // The vendor will break.
  missing: "medium",
  // Without a known impact an excess counts as one that writes.
  excess: "high",
  // A condition that was loosened or removed: the document's own limit no longer holds.
  weakened: "high",
  // An assignment above the documented scope.
  wider: "high",
  // A resource or setting departs from a requirement.
  changed: "medium",
  // Something that the document asks for is not there: the vendor will break.
  absent: "medium",
  // Documented access that takes effect nowhere: the vendor will break as if it were missing.
  dead: "medium",
  // A password, certificate or version past its date: it breaks, or it will.
  expired: "medium",
  // Something that the document does not know, where it says what belongs: nobody's access has grown by it alone.
  stray: "medium",
  // Only ever `unknown`; as bad as the worst that is commonly found there is not known, so the middle.
  unreadable: "medium",
} as const satisfies Record<Drift, Severity>;

/**
 * The severity of an observation. In this order: a note is `info`; a control's own severity replaces what follows; then
 * what the check states; then latent is `low`; then the table.
 */
export function severityOf(input: SeverityInput): Severity {
  if (input.note === true) return "info";
  if (input.override !== undefined) return input.override;
  if (input.stated !== undefined) return input.stated;
  if (input.latent === true) return "low";
  // a stranger weighs what it holds
  if ((input.drift === "excess" || input.drift === "stray") && input.impact !== undefined) {
    return EXCESS[input.impact];
  }
  return BY_DRIFT[input.drift];
}
