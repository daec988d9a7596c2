import type { Provider } from "../access/policy.ts";
import { plural } from "../text/count.ts";
import { breaks, type Change, type GrantReach, type RehearsedCall, type Review, type Use } from "./review.ts";

export const CHANGE_WORDS = {
  goes: "goes away",
  narrows: "partly goes away",
  shifts: "partly goes, partly new",
  stays: "stays",
  appears: "appears",
  unknown: "undecided",
} as const satisfies Record<Change, string>;

export const USE_WORDS = {
  breaks: "used: breaks",
  "may-break": "used: may break",
  used: "used: still allowed",
  "not-observed": "not observed",
  "not-observable": "not observable",
} as const satisfies Record<Use, string>;

export const REACH_WORDS = {
  all: "yes",
  some: "in part",
  dead: "in name only",
  none: "no",
  unknown: "undecided",
} as const satisfies Record<GrantReach, string>;

/** `2026-11-20 14:05`: a time as people compare it, UTC. */
export function minute(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}

/** `3×, last 2026-11-20 14:05, by deploy, worker`. */
export function useInWords(call: RehearsedCall): string {
  // Of what it tracks IAM tells the last time alone.
  if (call.event.startsWith("service last accessed ")) return `last tried ${minute(call.last)}`;
  return `${call.count}×, last ${minute(call.last)}, by ${call.who.join(", ")}`;
}

/** How many recorded calls a list of them stands for. */
export function callCount(calls: readonly RehearsedCall[]): number {
  return calls.reduce((sum, call) => sum + call.count, 0);
}

/** Calls by what becomes of them. */
export function sorted(review: Review): {
  readonly broken: readonly RehearsedCall[];
  readonly open: readonly RehearsedCall[];
  readonly unexplained: readonly RehearsedCall[];
} {
  return {
    broken: review.calls.filter(breaks),
    open: review.calls.filter((call) => call.target === "depends"),
    unexplained: review.calls.filter((call) => call.target === "refused" && !breaks(call)),
  };
}

/** The verdict, in words. */
export function verdict(review: Review, status: number): string {
  const { broken, open } = sorted(review);
  const parts: string[] = [];
  if (broken.length > 0) {
    const actions = new Set(broken.map((call) => call.action)).size;
    parts.push(
      `BREAKS: ${plural(callCount(broken), "recorded call")} of ${plural(actions, "permission")} would be refused`,
    );
  } else if (review.sources.length === 0) parts.push("NOT REHEARSED: no usage was read");
  else if (status === 0)
    parts.push(
      `NOTHING THAT WAS SEEN BREAKS: ${plural(review.allowedCalls, "recorded call")} ${review.allowedCalls === 1 ? "stays" : "stay"} allowed`,
    );
  else parts.push("NOTHING KNOWN BREAKS, and something is open");
  if (open.length > 0) {
    const more = callCount(open);
    parts.push(`${more} more ${more === 1 ? "depends" : "depend"} on what the logs do not tell`);
  }
  if (review.allowedCalls > 0 && status !== 0)
    parts.push(`${review.allowedCalls} ${review.allowedCalls === 1 ? "stays" : "stay"} allowed`);
  return `${parts.join("; ")}. Exit ${status}.`;
}

const PRINCIPAL_WORDS = {
  aws: "role",
  azure: "principal",
  kubernetes: "service accounts",
} as const satisfies Record<Provider, string>;

/** What is reviewed, in one line. */
export function title(review: Review): string {
  const profiles =
    review.from === undefined || review.to === undefined ? "" : `, ${review.from} → ${review.to}`;
  const what = PRINCIPAL_WORDS[review.cloud];
  const { id, version, file } = review.baseline;
  const own = file === undefined ? "" : ` (own file ${file})`;
  return `${id}@${version}${own}: ${what} ${review.principal.name} in ${review.scope}${profiles}`;
}

/** `2026-08-23 to 2026-11-21`; what tells no window says so. */
export function windowOf({ from, to }: { readonly from?: string; readonly to?: string }): string {
  if (from !== undefined && to !== undefined) return `${minute(from)} to ${minute(to)}`;
  return to === undefined ? "no window told" : `until ${minute(to)}`;
}

/**
 * What would have to be granted in addition to the target for these calls, with as few statements as there are
 * resources: for AWS statements, for Azure an entry for each list of a role, for Kubernetes rules.
 */
export function neededStatements(calls: readonly RehearsedCall[]): readonly object[] {
  const byPlace = new Map<string, { readonly rest: object; readonly actions: Set<string> }>();
  for (const { needs } of calls) {
    if (typeof needs !== "object" || needs === null) continue;
    const { Action, verbs, ...rest } = needs as { readonly Action?: unknown; readonly verbs?: unknown };
    const actions = [Action, verbs].flat().filter((each) => typeof each === "string");
    if (actions.length === 0) continue;
    const key = JSON.stringify(rest);
    const known = byPlace.get(key) ?? { rest, actions: new Set<string>() };
    for (const action of actions) known.actions.add(action);
    byPlace.set(key, known);
  }
  return [...byPlace.values()].map(({ rest, actions }) => {
    const all = [...actions].sort();
    // A rule of Kubernetes has its verbs last, a statement its actions after its effect.
    if ("serviceAccount" in rest) return { ...rest, verbs: all };
    const { Effect, ...place } = rest as { readonly Effect?: unknown };
    return {
      ...(Effect === undefined ? {} : { Effect }),
      Action: all.length === 1 ? all[0] : all,
      ...place,
    };
  });
}
