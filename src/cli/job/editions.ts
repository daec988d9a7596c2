import { PROVIDERS, type Provider } from "../../access/policy.ts";
import { cloudsOf } from "../../audit/clouds.ts";
import type { LoadedBaseline } from "../../baselines/baseline.ts";
import { defaultBaseline, loadBaseline } from "../../baselines/bundled.ts";
import type { Check } from "../../checks/define.ts";
import { checks } from "../../checks/registry.ts";
import { providers } from "../../providers/registry.ts";
import { UsageError } from "../line/errors.ts";
import { listed } from "../line/flags.ts";

/** The clouds that a baseline has controls about. */
export function coveredBy(
  { baseline }: LoadedBaseline,
  profile: string | undefined,
  checks: readonly Check[],
): readonly Provider[] {
  return cloudsOf(baseline, new Map(checks.map((check) => [check.id, check])), profile);
}

/** The cloud's own bundled baseline. @throws UsageError when it has none */
export function bundledFor(cloud: Provider): LoadedBaseline {
  const id = defaultBaseline(cloud);
  if (id === undefined)
    throw new UsageError(`--cloud ${cloud}: no bundled baseline; name one with --baseline`);
  return loadBaseline(id, checks);
}

/** The bundled baselines that a cluster can be judged by, one for each cloud that it may run in. */
export function editions(): readonly LoadedBaseline[] {
  return PROVIDERS.filter((cloud) => defaultBaseline(cloud) !== undefined)
    .map(bundledFor)
    .filter((loaded) => coveredBy(loaded, undefined, checks).includes("kubernetes"));
}

/** A cluster that is to be audited. */
export interface AuditedCluster {
  /** How messages call it. */
  readonly label: string;
  /** The clouds that its nodes tell. */
  readonly edition: () => Promise<readonly Provider[]>;
}

/**
 * The baselines of the clouds that the clusters run in, when only clusters are audited and no baseline is named.
 * @throws UsageError for a cluster whose nodes tell none or several; the error of asking, when no cluster could be asked
 */
export async function editionsOfClusters(
  clusters: readonly AuditedCluster[],
): Promise<readonly LoadedBaseline[]> {
  const found = new Map<Provider, LoadedBaseline>();
  let failure: { readonly error: unknown } | undefined;
  for (const cluster of clusters) {
    let told: readonly Provider[];
    try {
      told = await cluster.edition();
    } catch (error) {
      // One cluster of several that cannot be asked is unknown in the report; it must not stop the others (fault 16).
      if (clusters.length === 1) throw error;
      failure ??= { error };
      continue;
    }
    const [cloud, ...more] = told;
    if (cloud === undefined || more.length > 0 || defaultBaseline(cloud) === undefined) {
      throw new UsageError(`${cluster.label}: ${untold(told)}`);
    }
    if (!found.has(cloud)) found.set(cloud, bundledFor(cloud));
  }
  if (found.size === 0 && failure !== undefined) throw failure.error;
  return [...found.values()];
}

function untold(told: readonly Provider[]): string {
  const nodes =
    told.length === 0
      ? "the cluster's nodes do not tell which cloud it runs in"
      : `the cluster's nodes are of ${told.map((cloud) => providers[cloud].name).join(" and ")}`;
  const names = editions().map(({ baseline }) => `--baseline ${baseline.id}`);
  return `${nodes}; name what it is to be judged by: ${listed(names)}`;
}
