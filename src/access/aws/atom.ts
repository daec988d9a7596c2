/** An atom of a condition: one operator on one key, as it is read. */
import type { Glob } from "../glob.ts";
import type { AddressRange } from "./address.ts";
import type { OperatorRelation } from "./operators.ts";

/** What a value of the request is held against. */
export type Test =
  | { readonly kind: "glob"; readonly globs: readonly Glob[] }
  | { readonly kind: "caseless"; readonly texts: readonly string[] }
  | { readonly kind: "arn"; readonly arns: readonly (readonly Glob[])[] }
  | {
      readonly kind: "number" | "date";
      readonly relation: OperatorRelation;
      readonly values: readonly number[];
    }
  | { readonly kind: "boolean"; readonly values: readonly boolean[] }
  | { readonly kind: "address"; readonly blocks: readonly AddressRange[] }
  | { readonly kind: "null"; readonly absent: boolean; readonly present: boolean }
  | { readonly kind: "opaque"; readonly reason: string; readonly clause: string };

export interface Atom {
  /** Lower case: names of keys do not depend on case, tag keys in them neither. */
  readonly key: string;
  readonly keyText: string;
  readonly operator: string;
  readonly negated: boolean;
  readonly ifExists: boolean;
  readonly set?: "all" | "any";
  readonly test: Test;
  /** Equal atoms have equal canonical texts, whatever order and spelling they were written in. */
  readonly canon: string;
  /** For people. */
  readonly text: string;
  /** The operator, the key and the values as the statement has them, read as of version 2012-10-17. */
  readonly written: { readonly operator: string; readonly key: string; readonly values: unknown };
}

/** The values of a context key, internal form; undefined: the key is absent. */
export type Values = readonly string[] | undefined;
