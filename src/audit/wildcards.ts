import type { ProviderRecord, Recorded } from "../providers/define.ts";
import type { Wildcard } from "../report/report.ts";

/**
 * Every wildcard that the audited principals hold and how many of today's operations it grants, each once, so that a
 * later report can tell what grew although nobody edited it. A target whose catalogue was not read has none.
 */
export function wildcardsOf(provider: ProviderRecord, recorded: Recorded): readonly Wildcard[] {
  const found = new Map(provider.wildcards(recorded).map((each) => [wildcardKey(each), each]));
  return [...found].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, wildcard]) => wildcard);
}

function wildcardKey({ holder, plane, pattern, except = [] }: Wildcard): string {
  return JSON.stringify([holder, plane ?? "", pattern, except]);
}
