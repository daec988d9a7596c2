import type { OpenPath } from "../../access/escalation/open.ts";
import type { CompareOptions, Provider } from "../../access/policy.ts";
import type { Control, ResolvedControl } from "../../baselines/baseline.ts";
import type { Item, Text } from "./blocks.ts";

/** What one control asks for. */
export interface Asked {
  /** `<control id>`. */
  readonly control: string;
  readonly grants: readonly Item[];
}

/** Somebody who is to hold permissions, with all that is asked for. */
export interface Holder {
  readonly provider: Provider;
  /** The same in every profile. */
  readonly key: string;
  readonly who: Text;
  readonly asked: readonly Asked[];
  /** Native documents of the provider, for the comparison: all that is asked for and is printed in the baseline. */
  readonly documents: readonly unknown[];
  readonly options: CompareOptions;
  /** What is asked for by a name alone: what it grants is not in the baseline. */
  readonly byName: readonly Text[];
  /** What follows of the documents' form, after "It cannot". */
  readonly cannot: readonly Text[];
}

/** A holder in one profile, and the published ways to more rights that are open to it. */
export interface Held {
  readonly holder: Holder;
  readonly open: readonly OpenPath[];
}

/** A control with its parameters put in, beside the one of the file. */
export interface Both {
  readonly control: Control;
  readonly resolved: ResolvedControl;
}

/** The parameter of a text that is nothing but a reference: `role` of `${role}`. */
export function parameterOf(text: unknown): string | undefined {
  return typeof text === "string" ? /^\$\{(\w+)\}$/.exec(text)?.[1] : undefined;
}

/** Behind a word: a value, or the parameter by which it is given. */
export function valueOr(text: string): Text {
  const parameter = parameterOf(text);
  return parameter === undefined ? [" ", { code: text }] : [" (", { code: `--set ${parameter}` }, ")"];
}
