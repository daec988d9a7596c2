import type { CompareOptions } from "../access/policy.ts";
import type { ResolvedControl } from "../baselines/baseline.ts";
import type { Principal } from "../report/report.ts";

/** A file of the user's that a parameter names: its text, or why it could not be read. */
export type GivenFile = { readonly text: string } | { readonly problem: string };

export interface Context {
  readonly control: ResolvedControl;
  /** The other controls of the baseline under the chosen profile, by id. */
  readonly controls: ReadonlyMap<string, ResolvedControl>;
  /** Those controls of the baseline that only another profile has. */
  readonly elsewhere?: ReadonlyMap<string, ResolvedControl>;
  /**
   * The principals audited. Azure: given by `--principal`, else those that hold the documented role. AWS: the role
   * given by `--role`, else those that trust a documented principal.
   */
  readonly principals: readonly Principal[];
  /** The principals were named by the user. */
  readonly principalsGiven: boolean;
  /** Why nobody could be found to audit, when that is not known. Absent with no principals: nobody holds the role. */
  readonly principalsUnknown?: string;
  /** Today's operations and their date, when the snapshot has them. */
  readonly catalog?: {
    readonly entries: readonly { name: string; isDataAction: boolean }[];
    readonly date: string;
  };
  /** Files that parameters name, by the path as it was given. */
  readonly files?: Readonly<Record<string, GivenFile>>;
  /** AWS: resource types and condition keys of each action, when whoever runs the audit has them. */
  readonly serviceData?: NonNullable<CompareOptions["serviceData"]>;
}
