/**
 * Texts of findings that repeat, said once in a report's file: `texts` holds them, and where one stood is
 * `{ "$text": N }`, N from 0. In memory a report has none of it.
 */
import { canonicalText } from "./build.ts";
import type { Finding, Report } from "./report.ts";

/** Where a value of `texts` stood. */
export interface TextReference {
  readonly $text: number;
}

/** A report as its file has it. */
export type PublishedReport = Report & {
  /** Values that stand several times among the findings, by the number that names them. */
  readonly texts?: readonly unknown[];
};

/** What may be said once. What a finding is and where stays with it, for whoever looks for one. */
const FIELDS = [
  "message",
  "except",
  "witnesses",
  "known",
  "by",
  "causes",
  "group",
  "expected",
  "actual",
  "location",
  "why",
  "verify",
  "remediation",
  "documentation",
] as const satisfies readonly (keyof Finding)[];

const LISTS = ["findings", "gone", "unassessed"] as const satisfies readonly (keyof Report)[];

/** Findings from which on texts are said once: in a shorter report each finding is whole, for people and for scripts. */
const LONG = 1_000;
/** A shorter text is said again. */
const LEAST_LETTERS = 48;
/** A text that stands so often is said once. */
const LEAST_TIMES = 3;

/** A report's texts that repeat, and its findings with what stands for them. */
export interface SaidOnce {
  readonly texts: readonly unknown[];
  finding(finding: Finding): Readonly<Record<string, unknown>>;
}

/**
 * The texts to say once, numbered in the order in which they first stand.
 * @param long findings from which on it is done at all
 */
export function saidOnce(report: Report, long = LONG): SaidOnce {
  const seen = new Map<string, { times: number; number?: number }>();
  const texts: unknown[] = [];
  const count = (value: unknown): void => {
    const key = keyOf(value);
    if (key === undefined) return;
    const entry = seen.get(key);
    if (entry === undefined) {
      // what reads as a reference would be taken for one: it is always said in `texts`
      seen.set(key, { times: isReference(value) ? LEAST_TIMES : 1 });
    } else entry.times++;
  };
  const findings = LISTS.flatMap((list) => report[list] ?? []);
  if (findings.length < long) return { texts, finding: (each) => ({ ...each }) };
  for (const finding of findings) {
    for (const field of FIELDS) {
      const value = finding[field];
      if (value !== undefined) for (const each of [value, ...partsOf(field, value)]) count(each);
    }
  }
  const place = (value: unknown): TextReference | undefined => {
    const entry = seen.get(keyOf(value) ?? "");
    if (entry === undefined || entry.times < LEAST_TIMES) return undefined;
    if (entry.number === undefined) {
      entry.number = texts.length;
      texts.push(value);
    }
    return { $text: entry.number };
  };
  const finding = (each: Finding): Readonly<Record<string, unknown>> => {
    const out: Record<string, unknown> = { ...each };
    for (const field of FIELDS) {
      const value = each[field];
      if (value !== undefined) out[field] = place(value) ?? inPieces(field, value, place);
    }
    return out;
  };
  // the texts stand before the findings in the file
  for (const each of findings) finding(each);
  return { texts, finding };
}

/** What is repeated more often than the whole: each cause, and the words of a remediation. */
function partsOf(field: (typeof FIELDS)[number], value: unknown): readonly unknown[] {
  if (field === "causes") return value as readonly unknown[];
  return field === "remediation" ? Object.values(value as object) : [];
}

function inPieces(
  field: (typeof FIELDS)[number],
  value: unknown,
  place: (value: unknown) => TextReference | undefined,
): unknown {
  if (field === "causes") return (value as readonly unknown[]).map((each) => place(each) ?? each);
  if (field !== "remediation") return value;
  return Object.fromEntries(
    Object.entries(value as object).map(([name, part]) => [name, place(part) ?? part]),
  );
}

function keyOf(value: unknown): string | undefined {
  if (typeof value === "string") return value.length < LEAST_LETTERS ? undefined : `s${value}`;
  const text = canonicalText(value);
  return text.length < LEAST_LETTERS && !isReference(value) ? undefined : `o${text}`;
}

function isReference(value: unknown): value is TextReference {
  return typeof value === "object" && value !== null && Object.keys(value).join() === "$text";
}

/**
 * The report of a file with every text in its place; what is not as a file has it is left for the schema to refuse.
 * @throws RangeError for a reference to a text that is not there
 */
export function textsInPlace(data: unknown): unknown {
  if (typeof data !== "object" || data === null || !("texts" in data) || !Array.isArray(data.texts))
    return data;
  const { texts, ...report } = data as Readonly<Record<string, unknown>> & {
    readonly texts: readonly unknown[];
  };
  const said = (value: unknown): unknown => {
    if (!isReference(value)) return value;
    if (!Number.isInteger(value.$text) || !Object.hasOwn(texts, value.$text)) {
      throw new RangeError(
        `a finding names text ${JSON.stringify(value.$text)}, and there are ${texts.length}`,
      );
    }
    return texts[value.$text];
  };
  const whole = (finding: unknown): unknown => {
    if (typeof finding !== "object" || finding === null) return finding;
    const out = { ...(finding as Record<string, unknown>) };
    for (const field of FIELDS) {
      if (!Object.hasOwn(out, field)) continue;
      const value = out[field];
      if (isReference(value)) out[field] = said(value);
      else if (field === "causes" && Array.isArray(value)) out[field] = value.map(said);
      else if (field === "remediation" && typeof value === "object" && value !== null) {
        out[field] = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, said(part)]));
      }
    }
    return out;
  };
  for (const list of LISTS) {
    const found = report[list];
    if (Array.isArray(found)) (report as Record<string, unknown>)[list] = found.map(whole);
  }
  return report;
}
