import type { Principal } from "../report/report.ts";

/** Who is audited; or why that is not known. */
export interface Audited {
  readonly principals: readonly Principal[];
  /** They were named by the user. */
  readonly given: boolean;
  readonly unknown?: string;
}
