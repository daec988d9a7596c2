/** What differs, each difference told once, at the widest scope that has it. */
import type { OpenPath } from "../../access/escalation/open.ts";
import type { Residue } from "../../access/policy.ts";
import type { Deny } from "./deny.ts";
import type { Documented } from "./documented.ts";
import type { AssignmentGrant } from "./holdings.ts";
import { residueKey } from "./permissions.ts";
import { lineage, placesAt } from "./scope.ts";

/** A residue at a scope, with both sides, so that its witness can be replayed. */
export interface ScopedResidue {
  readonly residue: Residue;
  readonly scope: string;
  /** The grant that the residue comes from; only for excess. */
  readonly grant?: AssignmentGrant;
  /** Every assignment at that scope that gives the witness, of that role first; only for excess. */
  readonly givers?: readonly AssignmentGrant[];
  /** The documented entry that it comes from; only for missing. */
  readonly documented?: Documented;
  /** Denies that take a documented permission away; only for missing. */
  readonly denies: readonly Deny[];
  /** Names of the groups that would have to be looked into: then the row is not certain. */
  readonly open: readonly string[];
  /** The paths to more rights that it opens, there or at a further scope; only for excess. */
  opens?: readonly OpenPath[];
  /** How many further scopes have the same row. */
  further: number;
  readonly replay: () => { readonly documented: string; readonly live: string };
}

/**
 * Keeps one row for each residue at the widest scope that has it, certain before uncertain. What differs at two scopes
 * of which none contains the other is two rows: who accepts one has not accepted the other.
 */
export class Rows {
  private readonly sure = new Map<string, Map<string, ScopedResidue>>();
  private readonly open = new Map<string, Map<string, ScopedResidue>>();

  add(row: ScopedResidue): void {
    const kind = row.open.length > 0 ? this.open : this.sure;
    const key = residueKey(row.residue);
    const rows = kind.get(key) ?? new Map<string, ScopedResidue>();
    kind.set(key, rows);
    const before = covering(rows, row);
    if (before !== undefined) {
      before.further += 1;
      if (row.opens !== undefined) before.opens = [...new Set([...(before.opens ?? []), ...row.opens])];
      return;
    }
    for (const place of placesAt(placeOf(row))) if (!rows.has(place)) rows.set(place, row);
  }

  all(): readonly ScopedResidue[] {
    const sure = [...this.sure.values()].flatMap((rows) => [...new Set(rows.values())]);
    const open = [...this.open].flatMap(([key, rows]) =>
      [...new Set(rows.values())].filter((row) => covering(this.sure.get(key), row) === undefined),
    );
    return [...sure, ...open];
  }
}

/** Where a row's residue is in excess by its assignment, or is missing. */
function placeOf(row: ScopedResidue): string {
  return row.grant?.assignment.scope ?? row.scope;
}

/** The row of the same residue that tells this one: at its scope or above it. */
function covering(
  rows: ReadonlyMap<string, ScopedResidue> | undefined,
  row: ScopedResidue,
): ScopedResidue | undefined {
  const place = lineage(placeOf(row)).find((at) => rows?.has(at) === true);
  return place === undefined ? undefined : rows?.get(place);
}
