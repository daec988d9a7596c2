import type { CallGroup, UsageSource } from "../usage/usage.ts";

/** What was observed of the use of permissions, whatever the provider. */
export interface Usage {
  readonly sources: readonly UsageSource[];
  readonly calls: readonly CallGroup[];
  /** Whether at least one of the sources would have seen a use of the action. */
  readonly observes: (action: string) => boolean;
}

/** Why the usage is not complete, a line each; empty when every source was read whole and every call found room. */
export function gapsOf(usage: Usage): readonly string[] {
  if (usage.sources.length === 0)
    return ["usage was not read: give logs with --usage, or read the live account"];
  return usage.sources.flatMap(({ name, problems }) => problems.map((problem) => `${name}: ${problem}`));
}
