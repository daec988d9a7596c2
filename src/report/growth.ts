import type { Growth, Report, Target, Wildcard } from "./report.ts";

/**
 * Silent growth: wildcards that stand as they stood in the earlier report, in the same role or policy, and that grant
 * more operations now, because the provider has more of them. Nobody edited anything, so no drift tells of it.
 */
export function growthBetween(old: Report, current: Report): readonly Growth[] {
  return current.targets.flatMap((target) => {
    const before = old.targets.find(({ name }) => name === target.name);
    if (before?.wildcards === undefined) return [];
    const then = new Map(before.wildcards.map((each) => [key(each), each.operations]));
    return (target.wildcards ?? []).flatMap((now): Growth[] => {
      const operations = then.get(key(now));
      if (operations === undefined || now.operations <= operations) return [];
      const { operations: _, ...wildcard } = now;
      return [
        {
          target: target.name,
          ...wildcard,
          from: { date: dateOf(before, old), operations },
          to: { date: dateOf(target, current), operations: now.operations },
        },
      ];
    });
  });
}

/** `Compute/* of Manager grants 3 operations more than on 2026-10-01 (214, now 217); nobody edited it`. */
export function growthText({ name, pattern, from, to }: Growth): string {
  const more = to.operations - from.operations;
  const operations = more === 1 ? "1 operation" : `${more} operations`;
  return `${pattern} of ${name} grants ${operations} more than on ${from.date} (${from.operations}, now ${to.operations}); nobody edited it`;
}

function key({ holder, plane, pattern, except = [] }: Wildcard): string {
  return JSON.stringify([holder.toLowerCase(), plane ?? "", pattern, except]);
}

function dateOf(target: Target, report: Report): string {
  return (target.catalog?.date ?? report.startedAt).slice(0, 10);
}
