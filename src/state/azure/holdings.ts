/** What a principal holds and is denied, how that is compared, and what hangs on denies that may hold. */
import type { CompareOptions, Comparison, Doubt, Residue } from "../../access/policy.ts";
import { comparePolicies, evaluator } from "../../access/provider.ts";
import type { Assignment } from "./assignment.ts";
import { type Deny, holdsFor, reaches } from "./deny.ts";
import type { Documented } from "./documented.ts";
import { residueKey } from "./permissions.ts";
import type { RoleDefinition, RoleDefinitions } from "./role.ts";

/** An assignment with the definition of its role. */
export interface AssignmentGrant {
  readonly assignment: Assignment;
  readonly role: RoleDefinition;
  /** Native document for the comparison: the role's permissions under the assignment's condition. */
  readonly document: unknown;
}

/** The denies at a scope: those that hold for sure, and those that hold if a group has the principal in it. */
export interface DeniesAt {
  readonly sure: readonly Deny[];
  readonly open: readonly { readonly deny: Deny; readonly groups: readonly string[] }[];
}

export interface Doubtful {
  readonly doubt: Doubt;
  readonly scope: string;
}

/** What a comparison needs: who, what is documented, what is held, what is denied. */
export interface State {
  readonly principal: string;
  readonly groups: ReadonlySet<string>;
  /** Every group that the principal is in, when the directory told them; absent: only those proven are known. */
  readonly allGroups?: ReadonlySet<string>;
  readonly audited: string;
  readonly documented: readonly Documented[];
  readonly grants: readonly AssignmentGrant[];
  readonly denies: readonly Deny[];
  readonly options: CompareOptions;
}

/** Pairs assignments with their roles. `unread`: those whose role's permissions are not known. */
export function assignmentGrantsOf(
  assignments: readonly Assignment[],
  roles: RoleDefinitions,
): { readonly grants: readonly AssignmentGrant[]; readonly unread: readonly Assignment[] } {
  const grants: AssignmentGrant[] = [];
  const unread: Assignment[] = [];
  for (const assignment of assignments) {
    const role = roles.byGuid(assignment.role);
    if (role?.permissions === undefined) {
      unread.push(assignment);
      continue;
    }
    const document = {
      roleName: role.name,
      permissions: role.permissions,
      ...(assignment.condition === undefined ? {} : { condition: assignment.condition }),
      ...(assignment.conditionVersion === undefined ? {} : { conditionVersion: assignment.conditionVersion }),
    };
    grants.push({ assignment, role, document });
  }
  return { grants, unread };
}

/** The denies that reach a scope and hold for the principal, or may. */
export function deniesAt(scope: string, state: State): DeniesAt {
  const sure: Deny[] = [];
  const open: { deny: Deny; groups: readonly string[] }[] = [];
  for (const deny of state.denies) {
    if (!reaches(deny, scope)) continue;
    const held = holdsFor(deny, state.principal, state.groups, state.allGroups);
    if (held.match === "yes") sure.push(deny);
    else if (held.match === "undecided") open.push({ deny, groups: held.groups });
  }
  return { sure, open };
}

export type AccessSide = "missing" | "excess";

/** Compares, and remembers: two thousand assignments of a handful of roles are a handful of comparisons. */
export function comparer(state: State) {
  const numbers = new Map<unknown, number>();
  const known = new Map<string, Comparison>();
  const number = (thing: unknown): number => {
    const found = numbers.get(thing) ?? numbers.size;
    numbers.set(thing, found);
    return found;
  };
  return (
    documented: readonly Documented[],
    grants: readonly AssignmentGrant[],
    denies: readonly Deny[],
  ): Comparison => {
    const key = JSON.stringify([
      documented.map((d) => number(d)),
      grants.map((g) => [g.role.guid, g.assignment.condition ?? "", g.assignment.conditionVersion ?? ""]),
      denies.map((d) => number(d)),
    ]);
    const before = known.get(key);
    if (before !== undefined) return before;
    const options =
      denies.length === 0 ? state.options : { ...state.options, denies: denies.map((d) => d.document) };
    const result = comparePolicies(
      "azure",
      documented.map((d) => d.document),
      grants.map((g) => g.document),
      options,
    );
    known.set(key, result);
    return result;
  };
}

export type Compare = ReturnType<typeof comparer>;

/** Rows of a comparison that are sure, and rows that hold only if the open denies turn out one way. */
export function settle(
  side: AccessSide,
  compare: (denies: readonly Deny[]) => Comparison,
  denies: DeniesAt,
): readonly {
  readonly residue: Residue;
  readonly denies: readonly Deny[];
  readonly open: readonly string[];
}[] {
  const without = compare(denies.sure)[side].map((residue) => ({ residue, denies: denies.sure, open: [] }));
  if (denies.open.length === 0) return without;
  const all = [...denies.sure, ...denies.open.map((o) => o.deny)];
  const groups = [...new Set(denies.open.flatMap((o) => o.groups))].sort();
  const withAll = compare(all)[side].map((residue) => ({
    residue,
    denies: all,
    open: [] as readonly string[],
  }));
  // A deny can only add to what is missing and only take from what is in excess.
  const [sure, most] = side === "missing" ? [without, withAll] : [withAll, without];
  const certain = new Set(sure.map((r) => residueKey(r.residue)));
  return [
    ...sure,
    ...most.filter((r) => !certain.has(residueKey(r.residue))).map((r) => ({ ...r, open: groups })),
  ];
}

/** What could not be decided, with the open denies and without. */
export function holdingDoubts(
  side: AccessSide,
  scope: string,
  compare: (denies: readonly Deny[]) => Comparison,
  denies: DeniesAt,
): readonly Doubtful[] {
  const found = [...compare(denies.sure).undecided];
  if (denies.open.length > 0) {
    const known = new Set(found.map((d) => JSON.stringify(d)));
    const all = compare([...denies.sure, ...denies.open.map((o) => o.deny)]).undecided;
    found.push(...all.filter((d) => !known.has(JSON.stringify(d))));
  }
  return found.filter((doubt) => doubt.side === side).map((doubt) => ({ doubt, scope }));
}

export function replay(
  residue: Residue,
  documented: readonly Documented[],
  live: readonly AssignmentGrant[],
  denies: readonly Deny[],
) {
  return {
    documented: judgeHoldings(documented, NO_DENIES)(residue.witness),
    live: judgeHoldings(live, denies)(residue.witness),
  };
}

type Judge = ReturnType<typeof evaluator>;

export const NO_DENIES: readonly Deny[] = [];
const judges = new WeakMap<readonly object[], WeakMap<readonly Deny[], Judge>>();

/** The evaluator of one side at one scope: thousands of residues are replayed against the same documents. */
export function judgeHoldings(
  side: readonly { readonly document: unknown }[],
  denies: readonly Deny[],
): Judge {
  const known = judges.get(side) ?? new WeakMap<readonly Deny[], Judge>();
  judges.set(side, known);
  const before = known.get(denies);
  if (before !== undefined) return before;
  const made = evaluator(
    "azure",
    side.map((s) => s.document),
    { denies: denies.map((d) => d.document) },
  );
  known.set(denies, made);
  return made;
}

/** A comparison against denies, made once for each list of them. */
export function once(
  compare: (denies: readonly Deny[]) => Comparison,
): (denies: readonly Deny[]) => Comparison {
  const known = new WeakMap<readonly Deny[], Comparison>();
  return (denies) => {
    const made = known.get(denies) ?? compare(denies);
    known.set(denies, made);
    return made;
  };
}
