import type { Report } from "../report/report.ts";
import type { RuleText } from "../report/rule-text.ts";

/** What a reporter may know of the place that it writes to. */
export interface RenderOptions {
  /** Columns of the terminal, or 100. */
  readonly width: number;
  readonly color: boolean;
  readonly verbose: boolean;
  /** The exit code that the run will have; said in the verdict, never decided here. */
  readonly exitCode: number;
  /** Texts of every rule that a finding can have. */
  readonly rules: readonly RuleText[];
}

export interface Reporter {
  readonly format: string;
  /** One line for `--help`. */
  readonly title: string;
  /** Extension of files it writes, without the dot. */
  readonly extension: string;
  /** Pure: never prints, never decides an exit code. `undefined`: nothing to write (an incomplete SARIF). */
  readonly render: (report: Report, options: RenderOptions) => string | undefined;
  /** What the format takes no room for, in words, for a person who looks at no file; absent: it leaves out nothing. */
  readonly leftOut?: (report: Report, options: RenderOptions) => readonly string[];
}
