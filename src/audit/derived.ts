import type { Baseline } from "../baselines/baseline.ts";
import { providers } from "../providers/registry.ts";
import type { Facts } from "../snapshot/facts.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";

/**
 * Values of a baseline's parameters that the recorded state tells: AWS's account and region, and what a flag names that
 * is part of a scope (subscription, namespace), so that a scope which was named and the same one that was found or
 * recorded get the same verdict. What the user gives has precedence.
 */
export function derivedParameters(
  baseline: Baseline,
  snapshot: Snapshot,
  facts: Facts,
): Readonly<Record<string, string>> {
  const { from, flag } = providers[snapshot.provider].told(snapshot, facts);
  return Object.fromEntries(
    Object.entries(baseline.parameters).flatMap(([name, parameter]) => {
      const value =
        parameter.default === undefined && parameter.flag !== undefined && Object.hasOwn(flag, parameter.flag)
          ? flag[parameter.flag]
          : parameter.from === undefined
            ? undefined
            : from[parameter.from];
      return value === undefined || value === "" ? [] : [[name, value]];
    }),
  );
}
