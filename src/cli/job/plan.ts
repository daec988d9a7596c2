import { resolveControls } from "../../baselines/parameters.ts";
import type { CollectPlan } from "../../collectors/define.ts";
import { providers } from "../../providers/registry.ts";
import type { DocumentKind } from "../../snapshot/kinds/kinds.ts";
import { trustedPrincipals } from "../../state/aws/trust.ts";
import type { Job, LiveTarget } from "./job.ts";

/** What the collector of a target's cloud must read for the baselines of a job. */
export function planOf(job: Job, target: LiveTarget): CollectPlan {
  const kinds = new Set<DocumentKind>();
  const roleNames = new Set<string>();
  const principals = new Set<string>();
  const trusted = new Set<string>();
  const who = providers[target.cloud].who?.flag;
  let namespace: string | undefined;
  /** `undefined` of a kind: a control wants all of it. */
  const names = new Map<DocumentKind, ReadonlySet<string> | undefined>();
  job.baselines.forEach(({ baseline }, i) => {
    const { controls, parameters } = resolveControls(
      baseline,
      target.dealt[i]?.given ?? {},
      target.dealt[i]?.profile,
    );
    for (const control of controls) {
      const check = job.extensions.checks.find((each) => each.id === control.check);
      if (check === undefined || !(check.cloud === "any" || job.clouds.includes(check.cloud))) continue;
      const named = check.names?.(control.with) ?? {};
      for (const kind of check.needs(control.with)) {
        if (!kind.startsWith(`${target.cloud}/`)) continue;
        names.set(kind, together(named[kind], names.has(kind) ? names.get(kind) : new Set()));
        kinds.add(kind);
      }
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
  const wanted = [...names].flatMap(([kind, some]) =>
    some === undefined ? [] : [[kind, [...some].sort()] as const],
  );
  return {
    kinds,
    ...(extra.length === 0 ? {} : { extra }),
    roleNames: [...roleNames].sort(),
    principals: [...principals].sort(),
    trustedPrincipals: [...trusted].sort(),
    ...(namespace === undefined ? {} : { namespace }),
    ...(wanted.length === 0 ? {} : { names: new Map(wanted) }),
  };
}

/** What two controls want of a kind: if one wants all, all. */
function together(
  some: readonly string[] | undefined,
  others: ReadonlySet<string> | undefined,
): ReadonlySet<string> | undefined {
  return some === undefined || others === undefined ? undefined : new Set([...others, ...some]);
}
