/** The paths to more rights that are open at a scope beyond what is documented there (E1 to E3). */
import { beyond, type OpenPath, openedBy, type Ways } from "../../access/escalation/open.ts";
import { matches, starGlob } from "../../access/glob.ts";
import type { AzureRequest, Residue } from "../../access/policy.ts";
import { openedWays } from "../../access/provider.ts";
import type { Deny } from "./deny.ts";
import type { Documented } from "./documented.ts";
import type { AssignmentGrant, State } from "./holdings.ts";
import { normalScope } from "./scope.ts";

/** What is held at a scope, and what of it is known already: documented there, or held from above and so told there. */
export interface HeldAtScope {
  readonly scope: string;
  readonly grants: readonly AssignmentGrant[];
  readonly inherited: readonly AssignmentGrant[];
  readonly documented: readonly Documented[];
  readonly denies: readonly Deny[];
}

/** Asks, and remembers: two thousand scopes hold a handful of sets of roles. */
export function wayFinder(state: State) {
  const known = new Map<string, Ways>();
  const waysOf = (key: unknown, documents: readonly unknown[], denies: readonly Deny[]): Ways => {
    const text = JSON.stringify([key, denies.map((d) => state.denies.indexOf(d))]);
    const found =
      known.get(text) ?? openedWays("azure", documents, { denies: denies.map((d) => d.document) });
    known.set(text, found);
    return found;
  };
  const ofGrants = (grants: readonly AssignmentGrant[], denies: readonly Deny[]): Ways => {
    const keys = grants.map(({ role, assignment }) =>
      JSON.stringify([role.guid, assignment.condition ?? "", assignment.conditionVersion ?? ""]),
    );
    const byKey = new Map(grants.map((grant, i) => [keys[i] as string, grant.document]));
    const sorted = [...byKey].sort(([a], [b]) => (a < b ? -1 : 1));
    return waysOf(
      sorted.map(([key]) => key),
      sorted.map(([, document]) => document),
      denies,
    );
  };
  return ({ scope, grants, inherited, documented, denies }: HeldAtScope, residues: readonly Residue[]) => {
    const page = waysOf(
      documented.map((d) => d.at),
      documented.map((d) => d.document),
      [],
    );
    const above = new Set(
      inherited.length === 0 ? [] : beyond(ofGrants(inherited, denies), page).open.map(({ path }) => path),
    );
    const { open, unclear } = beyond(ofGrants(grants, denies), page);
    const parts = residues.map((part) => ({ part, escalates: part.impact === "escalation" }));
    const fresh = (each: OpenPath): boolean => !above.has(each.path) && canBeAt(scope, each);
    const { byPart, left } = openedBy(open.filter(fresh), parts, residueGives, page);
    return { byPart, unclear: [...left, ...unclear.filter(fresh)] };
  };
}

/** On a resource only operations of its own provider can be done, and those of authorization, which every resource has. */
function canBeAt(scope: string, { taken }: OpenPath): boolean {
  const provider = /\/providers\/([^/]+)\/(?!.*\/providers\/)/.exec(normalScope(scope))?.[1];
  if (provider === undefined || provider === "microsoft.management") return true;
  const own = [`${provider}/`, "microsoft.authorization/"];
  return taken.every(({ step }) =>
    own.some((prefix) =>
      step
        .replace(/^data /, "")
        .toLowerCase()
        .startsWith(prefix),
    ),
  );
}

/** Whether a residue holds the operation of a step. */
function residueGives(residue: Residue, step: string): boolean {
  const data = step.startsWith("data ");
  const action = (data ? step.slice("data ".length) : step).toLowerCase();
  const plane = (residue.witness as AzureRequest).plane;
  const holds = (pattern: string): boolean => matches(starGlob(pattern.toLowerCase()), action);
  return (
    (plane === "data") === data && holds(residue.pattern) && !residue.except.some((pattern) => holds(pattern))
  );
}
