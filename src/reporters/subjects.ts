import type { Finding, Outcome, Principal, Report, Target } from "../report/report.ts";
import { displayWidth, wrap } from "../text/layout.ts";
import { visible } from "../text/visible.ts";
import type { Paint } from "./paint.ts";
import { shortIds } from "./words.ts";

/** Whom a finding is about, of those audited; undefined where it is about something else. */
export function subjectOf({ resource }: Finding, target: Target): Principal | undefined {
  const id = resource.id.toLowerCase();
  return target.principals?.find((p) => {
    const own = p.id.toLowerCase();
    // what a principal holds at a scope names it behind the scope
    return id === own || id.includes(`#${own}:`);
  });
}

export function subjectName({ id, name }: Principal): string {
  return visible(shortIds(name === undefined || name === "" ? id : name));
}

/** Rows of a matrix, at most; the rest is counted. */
const MOST_SUBJECTS = 20;

const MOST_NAME = 40;

/** A long name by its two ends. */
function short(name: string): string {
  return displayWidth(name) <= MOST_NAME
    ? name
    : `${name.slice(0, MOST_NAME / 2)}…${name.slice(-MOST_NAME / 2 + 1)}`;
}

const LETTERS = { fail: "D", unknown: "?", waived: "w", nobody: "-", pass: "." } as const satisfies Record<
  Standing,
  string
>;

/** How a control stands for one of those audited; `nobody`: what it found is about nobody alone. */
export type Standing = "fail" | "unknown" | "waived" | "nobody" | "pass";

/** Whom each control found wrong. */
export interface SubjectMatrix {
  readonly controls: readonly string[];
  readonly rows: readonly { readonly subject: Principal; readonly standings: readonly Standing[] }[];
}

/** Those audited under each control, where two or more of them have something to be said of; else undefined. */
export function subjectMatrix(report: Report, target: Target): SubjectMatrix | undefined {
  const told = report.findings.filter((f) => f.target === target.name && f.outcome !== "pass");
  const about = told.flatMap((finding) => {
    const subject = subjectOf(finding, target);
    return subject === undefined ? [] : [{ finding, subject }];
  });
  const unplaced = told.filter((finding) => subjectOf(finding, target) === undefined);
  const subjects = (target.principals ?? []).filter((p) => about.some(({ subject }) => subject === p));
  if (subjects.length < 2) return undefined;
  const controls = report.controls.filter(
    ({ id, target: of }) => of === target.name && about.some(({ finding }) => finding.control === id),
  );
  const standing = (subject: Principal, control: string, whole: Outcome): Standing => {
    const own = about.filter((a) => a.subject === subject && a.finding.control === control);
    const worst = (["fail", "unknown", "waived"] as const).find((outcome) =>
      own.some(({ finding }) => finding.outcome === outcome),
    );
    if (worst !== undefined) return worst;
    // of what is about nobody alone nobody is fine
    const others = unplaced.filter((finding) => finding.control === control);
    if (whole === "unknown" || others.some(({ outcome }) => outcome === "unknown")) return "unknown";
    return others.length > 0 ? "nobody" : "pass";
  };
  return {
    controls: controls.map(({ id }) => id),
    rows: subjects.map((subject) => ({
      subject,
      standings: controls.map(({ id, outcome }) => standing(subject, id, outcome)),
    })),
  };
}

/**
 * Whom each control found wrong, a letter each: where two or more of those audited have something to be said of, before
 * the differences themselves.
 */
export function matrixLines(
  report: Report,
  target: Target,
  shortName: (control: string) => string,
  width: number,
  paint: Paint,
): string[] {
  const matrix = subjectMatrix(report, target);
  if (matrix === undefined) return [];
  const { controls } = matrix;
  const rows = matrix.rows.slice(0, MOST_SUBJECTS).map(({ subject, standings }) => ({
    name: short(subjectName(subject)),
    letters: standings.map((each) => LETTERS[each]),
  }));
  const column = Math.max(3, ...rows.map(({ name }) => displayWidth(name)));
  if (column + 2 * controls.length + 3 > width) return [];
  const pad = (text: string) => text + " ".repeat(Math.max(0, column - displayWidth(text)));
  const heads = controls.map((_, i) => String((i + 1) % 10));
  const more = matrix.rows.length - rows.length;
  const legend = controls.map((id, i) => `${i + 1} ${visible(shortName(id))}`).join(", ");
  return [
    paint.bold(` ${pad("WHO")}  ${heads.join(" ")}`),
    ...rows.map(({ name, letters }) => ` ${pad(name)}  ${letters.join(" ")}`),
    ...(more > 0 ? [` and ${more} more`] : []),
    ...wrap(
      `${legend}; D drift, ? not assessed, w waived, - drift of nobody alone, . fine`,
      width - 1,
      2,
    ).map((line) => ` ${line}`),
  ];
}
