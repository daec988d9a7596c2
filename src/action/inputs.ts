/** The switches of a scan: as inputs they are `true` or `false`. */
export const switches: readonly string[] = [
  "fail-on-new",
  "fail-on-stale",
  "allow-incomplete",
  "sarif-suppressions",
  "quiet",
  "verbose",
  "debug",
];

/** Inputs of the action itself; every other input is a flag of `scan`. */
export const ownInputs = ["output-directory", "summary"] as const;

/** Files that the action has written beside what was asked for, by the format. */
export const files = {
  json: "report.json",
  sarif: "report.sarif",
  junit: "report.junit.xml",
  markdown: "summary.md",
} as const;

export interface Inputs {
  /** Arguments of the command, one `--flag=value` each, so that no value can be taken for a flag. */
  readonly args: readonly string[];
  /** Where the files go, from the working directory. */
  readonly directory: string;
  /** Whether the job summary is written. */
  readonly summary: boolean;
  /** The earlier report, where one was named. */
  readonly since?: string;
}

/**
 * The inputs as GitHub gives them: `INPUT_<NAME>`, in capitals, hyphens kept; an input that was not given is empty. One
 * of several lines is the flag, once for each line.
 * @throws Error for a switch that is neither true nor false, and for a folder that the command could not be told
 */
export function actionInputsOf(env: Readonly<Record<string, string | undefined>>): Inputs {
  const given = new Map<string, string>();
  for (const [variable, value] of Object.entries(env)) {
    const text = value?.trim() ?? "";
    if (variable.startsWith("INPUT_") && text !== "") {
      given.set(variable.slice("INPUT_".length).toLowerCase().replaceAll(" ", "_"), text);
    }
  }
  const truth = (name: string, fallback: boolean): boolean => {
    const text = given.get(name)?.toLowerCase() ?? String(fallback);
    if (text !== "true" && text !== "false") {
      throw new Error(`input ${name}: expected true or false, found "${given.get(name)}"`);
    }
    return text === "true";
  };
  const args: string[] = [];
  for (const [name, text] of [...given].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if ((ownInputs as readonly string[]).includes(name) || name === "since") continue;
    if (switches.includes(name)) {
      if (truth(name, false)) args.push(`--${name}`);
      continue;
    }
    for (const line of text.split(/\r?\n/).map((each) => each.trim())) {
      if (line !== "") args.push(`--${name}=${line}`);
    }
  }
  const since = given.get("since");
  const directory = given.get("output-directory") ?? "chalk-audit-results";
  if (/[,\r\n]/.test(directory)) {
    throw new Error(`input output-directory: expected a folder without a comma, found "${directory}"`);
  }
  return {
    args,
    directory,
    summary: truth("summary", true),
    ...(since === undefined ? {} : { since }),
  };
}

/** Whether a format among the arguments goes to standard output; else the table does, for the log. */
export function printsReport(args: readonly string[]): boolean {
  return args
    .filter((arg) => arg.startsWith("--format="))
    .flatMap((arg) => arg.slice("--format=".length).split(","))
    .some((format) => !format.includes("="));
}
