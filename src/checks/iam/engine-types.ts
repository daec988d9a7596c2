/** What the comparison for AWS adds to the types; gone as soon as that is merged. */
export {};

declare module "../../access/policy.ts" {
  interface Residue {
    readonly actions?: readonly string[];
    readonly principals?: readonly string[];
    readonly resources?: readonly string[];
    readonly conditions?: string;
    readonly dead?: boolean;
    readonly weakened?: { readonly documented: string; readonly live: string };
  }
  interface CompareOptions {
    readonly serviceData?: {
      readonly date: string;
      readonly services: Readonly<Record<string, readonly unknown[]>>;
    };
    readonly boundary?: readonly unknown[];
  }
}
