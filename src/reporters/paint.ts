import type { Severity } from "../report/report.ts";

/** Colours a text, or leaves it as it is. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly severity: (severity: Severity, text: string) => string;
}

const SEVERITY_CODES = {
  critical: "1;31",
  high: "31",
  medium: "33",
  low: "36",
  info: "2",
} as const satisfies Record<Severity, string>;

export function painter(color: boolean): Paint {
  const with_ = (codes: string) => (text: string) =>
    color && text !== "" ? `\x1b[${codes}m${text}\x1b[0m` : text;
  return {
    bold: with_("1"),
    dim: with_("2"),
    good: with_("1;32"),
    bad: with_("1;31"),
    warn: with_("1;33"),
    severity: (severity, text) => with_(SEVERITY_CODES[severity])(text),
  };
}
