import type { Provider } from "../access/policy.ts";
import type { Baseline, Control } from "../baselines/baseline.ts";
import type { Check } from "../checks/define.ts";
import { providers } from "../providers/registry.ts";

function isProvider(text: unknown): text is Provider {
  return typeof text === "string" && Object.hasOwn(providers, text);
}

/** The cloud whose state a control is about: its check's; else by the kind of document that it reads; else the baseline's. */
export function cloudOf(
  control: Pick<Control, "check" | "with">,
  baseline: Pick<Baseline, "cloud">,
  checks: ReadonlyMap<string, Pick<Check, "cloud">>,
): Provider {
  const check = checks.get(control.check);
  if (check !== undefined && check.cloud !== "any") return check.cloud;
  const kind = (control.with as { readonly kind?: unknown } | null | undefined)?.kind;
  const named = typeof kind === "string" && check !== undefined ? kind : control.check;
  const [first] = named.split("/");
  return isProvider(first) ? first : baseline.cloud;
}

/** The profile by which a baseline is judged: the one asked for, where it has it, else its own; absent: it has none. */
export function profileInForce(baseline: Baseline, asked?: string): string | undefined {
  return asked !== undefined && Object.hasOwn(baseline.profiles?.names ?? {}, asked)
    ? asked
    : baseline.profiles?.default;
}

/** The clouds that a baseline has controls about under a profile, in the order of the controls. */
export function cloudsOf(
  baseline: Baseline,
  checks: ReadonlyMap<string, Pick<Check, "cloud" | "ofFiles">>,
  profile?: string,
): readonly Provider[] {
  const chosen = profileInForce(baseline, profile);
  const controls = baseline.controls.filter(
    (c) => (c.profile === undefined || c.profile === chosen) && checks.get(c.check)?.ofFiles !== true,
  );
  return [...new Set(controls.map((control) => cloudOf(control, baseline, checks)))];
}
