import type { Provider } from "../access/policy.ts";
import type { Resolution } from "../baselines/parameters.ts";
import type { Audited } from "../state/audited.ts";
import { findAuditedRoles } from "../state/aws/roles.ts";
import { findPrincipals } from "../state/azure/audited.ts";
import type { Run } from "./run.ts";

/** The flag that names whom to audit, and who is audited without it. */
export const WHO = {
  azure: { flag: "principal", found: "holds the documented role", nobody: "who holds the documented role" },
  aws: { flag: "role", found: "trusts a documented principal", nobody: "that trusts a documented principal" },
  kubernetes: undefined,
} as const satisfies Record<Provider, unknown>;

/** Whom to audit, as the snapshot's cloud finds them. In a cluster the checks find them, by the bindings of each role. */
export function findAudited(run: Run, resolution: Resolution): Audited {
  if (run.snapshot.provider === "kubernetes") return { principals: [], given: false };
  const given = principalsGiven(run, resolution);
  return run.snapshot.provider === "aws"
    ? findAuditedRoles(run.facts, resolution.controls, given)
    : findPrincipals(run.facts, resolution.controls, given);
}

/**
 * The principals that the user named: by the parameter that the cloud's flag sets, else when the state was recorded.
 * A list of Azure's object ids; of AWS one role, whose name may have commas.
 */
function principalsGiven(run: Run, resolution: Resolution): readonly string[] {
  const { provider, principals = [] } = run.snapshot;
  const flag = WHO[provider]?.flag;
  const parameter = Object.entries(run.loaded.baseline.parameters).find(
    ([, p]) => flag !== undefined && p.flag === flag,
  )?.[0];
  const value = parameter === undefined ? undefined : resolution.parameters[parameter];
  if (provider === "aws") return value === undefined ? principals : [value];
  if (value !== undefined) return value.split(",").map((id) => id.trim());
  return [...new Set(principals.map((id) => id.toLowerCase()))].sort();
}
