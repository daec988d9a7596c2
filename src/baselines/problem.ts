import type { TextPlace } from "../text/place.ts";
import { visible } from "../text/visible.ts";

/** One thing that is wrong with a baseline file, where it stands and what to do. */
export interface BaselineProblem {
  readonly place: TextPlace;
  /** Path inside the document as people write it (`controls[2].with`), empty for the document itself. */
  readonly path: string;
  readonly text: string;
}

/** A baseline that cannot be used. The message has one line per problem, each `FILE:LINE:COL: PATH: TEXT`. */
export class BaselineError extends Error {
  override readonly name = "BaselineError";
}

const SHOWN = 50;

/** The error for a file's problems, in the order in which they stand in the file. */
export function problemsOf(file: string, problems: readonly BaselineProblem[]): BaselineError {
  const sorted = [...problems].sort(
    (a, b) => a.place.line - b.place.line || a.place.column - b.place.column || (a.text < b.text ? -1 : 1),
  );
  const lines = new Set(
    sorted.map(({ place, path, text }) =>
      visible(`${file}:${place.line}:${place.column}: ${path === "" ? "" : `${path}: `}${text}`),
    ),
  );
  const shown = [...lines].slice(0, SHOWN);
  if (lines.size > SHOWN) shown.push(`${visible(file)}: and ${lines.size - SHOWN} more problems`);
  return new BaselineError(shown.join("\n"));
}

/** `["controls", 2, "with"]` as `controls[2].with`; keys that are no names are quoted. */
export function pathText(steps: readonly (string | number)[]): string {
  let text = "";
  for (const step of steps) {
    if (typeof step === "number") text += `[${step}]`;
    else if (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(step)) text += text === "" ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

/** What was found, for a person: text in quotes and cut, else the kind of thing. */
export function found(value: unknown): string {
  if (typeof value === "string") {
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  }
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "a mapping";
  return typeof value === "number" ? `the number ${value}` : String(value);
}
