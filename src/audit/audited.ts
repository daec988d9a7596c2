import type { Resolution } from "../baselines/parameters.ts";
import type { Audited } from "../state/audited.ts";
import type { Run } from "./run.ts";

/** Whom to audit: those that the user named, by the parameter that the cloud's flag sets, else as the cloud finds them. */
export function findAudited(run: Run, resolution: Resolution): Audited {
  const { provider, snapshot, facts } = run;
  const parameter = Object.entries(run.loaded.baseline.parameters).find(
    ([, { flag }]) => flag !== undefined && flag === provider.who?.flag,
  )?.[0];
  const value = parameter === undefined ? undefined : resolution.parameters[parameter];
  return provider.findAudited(facts, resolution.controls, provider.named(value, snapshot.principals ?? []));
}
