import type { Report, Severity } from "../report/report.ts";
import type { RuleText } from "../report/rule-text.ts";

/** What a reporter may know of the place that it writes to. */
export interface RenderOptions {
  /** Columns of the terminal, or 100. */
  readonly width: number;
  readonly color: boolean;
  readonly verbose: boolean;
  /** The exit code that the run will have; said in the verdict, never decided here. */
  readonly exitCode: number;
  /** From which severity drift fails the run (`--fail-on`); absent: from the lowest. */
  readonly failOn?: Severity | "never";
  /** What is particular to SARIF. */
  readonly sarif?: SarifOptions;
  /** Texts of every rule that a finding can have. */
  readonly rules: readonly RuleText[];
}

export interface SarifOptions {
  /** Whether waived findings are results too, marked as suppressed (`--sarif-suppressions`). */
  readonly suppressions?: boolean;
  /**
   * The place of a file that the user's repository does not have, such as a baseline of this package: code scanning
   * shows a preview of what is there alone. Absent: files are named as they are.
   */
  readonly anchorOf?: (file: string) => string | undefined;
}

/** How a report becomes a text. Pure: never prints, never decides an exit code. */
export interface Rendering {
  /** `undefined`: nothing to write. */
  readonly render: (report: Report, options: RenderOptions) => string | undefined;
  /** What `render` gives, piece by piece: for a report so long that its text would take much memory. */
  readonly pieces?: (report: Report, options: RenderOptions) => Iterable<string> | undefined;
}

/** A text that is made piece by piece, and is whole for who asks for that. */
export function inPieces(pieces: NonNullable<Rendering["pieces"]>): Rendering {
  return {
    pieces,
    render: (report, options) => {
      const all = pieces(report, options);
      return all === undefined ? undefined : [...all].join("");
    },
  };
}

/** A second file of a format, beside the one that was asked for: `x.incomplete.sarif` beside `x.sarif`. */
export interface FileBeside extends Rendering {
  /** What stands between the name and the extension. */
  readonly name: string;
  /** What it holds, in words, such as "targets that could not be read completely". */
  readonly holds: string;
  /** Why there is none, in words, such as "every target was read now". */
  readonly none: string;
}

export interface Reporter extends Rendering {
  readonly format: string;
  /** One line for `--help`. */
  readonly title: string;
  /** Extension of files it writes, without the dot. */
  readonly extension: string;
  /** When nothing is written, in words, such as "no target could be read completely". */
  readonly nothing?: string;
  readonly beside?: readonly FileBeside[];
  /** What the format takes no room for, in words, for a person who looks at no file; absent: it leaves out nothing. */
  readonly leftOut?: (report: Report, options: RenderOptions) => readonly string[];
}
