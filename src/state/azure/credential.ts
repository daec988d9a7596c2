import { field, list, text } from "../../snapshot/value.ts";

/** The credentials of one sort that a principal and its application have together. */
export interface Credentials {
  /** Ends of those that hold now, ISO 8601, the last one last. */
  readonly valid: readonly string[];
  /** Ends of those that do no more, and beginnings of those that do not yet. */
  readonly past: readonly string[];
  readonly coming: readonly string[];
  /** What cannot be understood: no list, an entry without dates. */
  readonly malformed: number;
}

/** Credentials of one sort, of these objects, at a time, ISO 8601. */
export function credentialsOf(
  objects: readonly unknown[],
  sort: "password" | "certificate",
  at: string,
): Credentials {
  const now = Date.parse(at);
  const valid: string[] = [];
  const past: string[] = [];
  const coming: string[] = [];
  let malformed = 0;
  for (const object of objects) {
    const entries = list(field(object, "validity"));
    if (entries === undefined) malformed += 1;
    for (const entry of entries ?? []) {
      if (field(entry, "sort") !== sort) continue;
      const end = text(field(entry, "endDateTime")) ?? "";
      const start = text(field(entry, "startDateTime"));
      const [from, to] = [
        start === undefined ? Number.NEGATIVE_INFINITY : Date.parse(start),
        Date.parse(end),
      ];
      if (Number.isNaN(from) || Number.isNaN(to)) malformed += 1;
      else if (to <= now) past.push(end);
      else if (from > now) coming.push(start ?? "");
      else valid.push(end);
    }
  }
  const byTime = (a: string, b: string) => Date.parse(a) - Date.parse(b);
  return { valid: valid.sort(byTime), past: past.sort(byTime), coming: coming.sort(byTime), malformed };
}

/**
 * Why a federated subject lets in more than one workload of one place; undefined when it does not. Subjects are compared
 * as a whole and exactly, so a wildcard stands only where a provider of identities matches patterns, and a repository
 * without a branch, tag or environment is what some issue for each of its branches.
 */
export function tooOpen(subject: string): string | undefined {
  if (subject.includes("*")) return "it holds a wildcard";
  if (/^repo:[^:]+(?::pull_request)?$/i.test(subject)) return "it is any branch of the repository";
  if (/^repo:[^:]+:ref:refs\/(?:heads|tags)\/?$/i.test(subject)) return "it is any branch of the repository";
  if (/^project_path:[^:]+(?::ref_type:(?:branch|tag))?$/i.test(subject))
    return "it is any branch of the repository";
  return undefined;
}
