import { resolveControls } from "../../baselines/parameters.ts";
import type { CollectPlan, ConfigFile } from "../../collectors/define.ts";
import { providers } from "../../providers/registry.ts";
import type { DocumentKind } from "../../snapshot/kinds/kinds.ts";
import { trustedPrincipals } from "../../state/aws/trust.ts";
import type { Job, LiveTarget } from "./job.ts";

/** What the collector of a target's cloud must read for the baselines of a job. */
export function planOf(job: Job, target: LiveTarget): CollectPlan {
  const kinds = new Set<DocumentKind>();
  const whole = new Set<DocumentKind>();
  const names = new Map<DocumentKind, Set<string>>();
  const configFiles: ConfigFile[] = [];
  const roleNames = new Set<string>();
  const principals = new Set<string>();
  const trusted = new Set<string>();
  const who = providers[target.cloud].who?.flag;
  let namespace: string | undefined;
  job.baselines.forEach(({ baseline }, i) => {
    const { controls, parameters } = resolveControls(
      baseline,
      target.dealt[i]?.given ?? {},
      target.dealt[i]?.profile,
    );
    for (const control of controls) {
      const check = job.extensions.checks.find((each) => each.id === control.check);
      if (check === undefined || !(check.cloud === "any" || job.clouds.includes(check.cloud))) continue;
      const narrowed = check.narrows?.(control.with) ?? {};
      for (const kind of check.needs(control.with)) {
        if (!kind.startsWith(`${target.cloud}/`)) continue;
        kinds.add(kind);
        const named = narrowed.names?.[kind];
        if (named === undefined) whole.add(kind);
        else names.set(kind, new Set([...(names.get(kind) ?? []), ...named]));
      }
      if (target.cloud === "kubernetes") configFiles.push(...(narrowed.configFiles ?? []));
      const role: unknown = (control.with as { role?: unknown } | null)?.role;
      if (control.check === "azure/role-definition" && typeof role === "string") roleNames.add(role);
    }
    for (const principal of trustedPrincipals(controls)) trusted.add(principal);
    for (const [name, parameter] of Object.entries(baseline.parameters)) {
      const value = parameters[name];
      if (value === undefined) continue;
      if (parameter.flag !== undefined && parameter.flag === who) principals.add(value);
      if (parameter.flag === "namespace" && target.cloud === "kubernetes") namespace ??= value;
    }
  });
  const extra = job.extensions.kinds.filter(({ kind }) => kinds.delete(kind));
  return {
    kinds,
    ...(extra.length === 0 ? {} : { extra }),
    roleNames: [...roleNames].sort(),
    principals: [...principals].sort(),
    trustedPrincipals: [...trusted].sort(),
    ...(namespace === undefined ? {} : { namespace }),
    ...narrowedPlan(names, whole, configFiles),
  };
}

/** A kind that one control looks at as a whole is read whole, unless it is one that is read by name alone. */
function narrowedPlan(
  names: ReadonlyMap<DocumentKind, ReadonlySet<string>>,
  whole: ReadonlySet<DocumentKind>,
  configFiles: readonly ConfigFile[],
): Pick<CollectPlan, "names" | "configFiles"> {
  const kept = [...names].filter(([kind]) => kind === "kubernetes/secret" || !whole.has(kind));
  return {
    ...(kept.length === 0 ? {} : { names: new Map(kept.map(([kind, own]) => [kind, [...own].sort()])) }),
    ...(configFiles.length === 0 ? {} : { configFiles }),
  };
}
