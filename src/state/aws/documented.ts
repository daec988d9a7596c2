import type { ResolvedControl } from "../../baselines/baseline.ts";
import type { Context } from "../context.ts";
import { policyDocument } from "./document.ts";
import { bind, bound } from "./parameters.ts";

export const POLICY = "aws/policy";

/** The policy that one control documents. */
export interface DocumentedPolicy {
  readonly control: string;
  readonly required: boolean;
  /** Parameters put in; those not given by what the live policies have at their place. */
  readonly document: unknown;
  /** The document as the baseline has it. */
  readonly template: unknown;
}

/** Whose policies a control is about: a role by name or ARN, or the one behind a service account. */
export interface Whose {
  readonly role?: string;
  readonly serviceAccount?: string;
}

interface PolicyWith extends Whose {
  readonly policy?: unknown;
}

/** Every documented policy of these controls, with the open parameters bound to the live documents, all together. */
export function documentedPolicies(
  controls: readonly ResolvedControl[],
  live: readonly unknown[],
): readonly DocumentedPolicy[] {
  const own = controls.filter((c) => c.check === POLICY && (c.with as PolicyWith).policy !== undefined);
  const templates = own.map((c) => (c.with as PolicyWith).policy);
  const values = bind(
    templates,
    live.map((d) => policyDocument(d)),
  );
  return own.map((c, i) => ({
    control: c.id,
    required: !c.optional,
    document: bound(templates[i], values),
    template: templates[i],
  }));
}

/** The policies documented for the role that a control is about: those of controls that name no other role. */
export function policiesBeside(
  context: Context,
  { role, serviceAccount }: Whose,
): readonly ResolvedControl[] {
  return [...context.controls.values()].filter((c) => {
    const whose = c.with as PolicyWith;
    return c.check === POLICY && whose.role === role && whose.serviceAccount === serviceAccount;
  });
}
