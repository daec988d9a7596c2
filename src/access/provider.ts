import type { AllowsOptions, CompareOptions, Comparison, Provider, Verdict, Witness } from "./policy.ts";

/** Stub while the engine is being written. */
export function comparePolicies(
  _provider: Provider,
  _documented: readonly unknown[],
  _live: readonly unknown[],
  _options: CompareOptions = {},
): Comparison {
  throw new Error("being written");
}

export function allows(
  _provider: Provider,
  _documents: readonly unknown[],
  _request: Witness,
  _options: AllowsOptions = {},
): Verdict {
  throw new Error("being written");
}
