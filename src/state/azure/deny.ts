import type { Facts } from "../../snapshot/facts.ts";
import { field, list, property, text } from "../../snapshot/value.ts";
import { byText } from "../../text/order.ts";
import { relation } from "./scope.ts";

/** A deny assignment. Denies are listed without a filter: one by principal leaves out those for everyone (AZ6). */
export interface Deny {
  readonly id: string;
  readonly name: string;
  readonly scope: string;
  readonly notBelow: boolean;
  readonly principals: readonly DenyPrincipal[];
  readonly excluded: readonly DenyPrincipal[];
  /** What the comparison reads: `permissions`, and the condition if there is one. */
  readonly document: unknown;
}

export interface DenyPrincipal {
  /** Lower case, no hyphens: recorded ones come with and without. */
  readonly id: string;
  /** As it came. */
  readonly written: string;
  readonly type: string;
}

/** Whether a deny holds for somebody. `undecided` names the groups whose membership would tell. */
export type Match =
  | { readonly match: "yes" | "no" }
  | { readonly match: "undecided"; readonly groups: readonly string[] };

const EVERYONE = "0".repeat(32);

function compact(id: string): string {
  return id.toLowerCase().replaceAll("-", "");
}

function people(value: unknown): readonly DenyPrincipal[] | undefined {
  if (value === undefined || value === null) return [];
  return list(value)?.map((p) => {
    const written = text(field(p, "id")) ?? "";
    return { id: compact(written), written, type: (text(field(p, "type")) ?? "").toLowerCase() };
  });
}

/** The deny assignments of a snapshot; `malformed` counts those that cannot be understood. */
export function readDenies(facts: Facts): {
  readonly denies: readonly Deny[];
  readonly malformed: readonly string[];
} {
  const denies: Deny[] = [];
  const malformed: string[] = [];
  for (const { id: documentId, body } of facts.all("azure/deny-assignment")) {
    const id = text(field(body, "id")) ?? documentId;
    const scope = text(property(body, "scope"));
    const principals = people(property(body, "principals"));
    const excluded = people(property(body, "excludePrincipals"));
    if (
      scope === undefined ||
      principals === undefined ||
      principals.length === 0 ||
      excluded === undefined ||
      list(property(body, "permissions")) === undefined
    ) {
      malformed.push(id);
      continue;
    }
    denies.push({
      id,
      name: text(property(body, "denyAssignmentName")) ?? id,
      scope,
      notBelow: property(body, "doNotApplyToChildScopes") === true,
      principals,
      excluded,
      document: field(body, "properties") ?? body,
    });
  }
  denies.sort((a, b) => byText(a.id.toLowerCase(), b.id.toLowerCase()));
  return { denies, malformed: malformed.sort(byText) };
}

/** Does the deny reach this scope? */
export function reaches(deny: Deny, scope: string): boolean {
  const where = relation(deny.scope, scope);
  return where === "same" || (where === "below" && !deny.notBelow);
}

function names(
  who: readonly DenyPrincipal[],
  principal: string,
  groups: ReadonlySet<string>,
  all: ReadonlySet<string> | undefined,
): Match {
  const wanted = compact(principal);
  const proven = new Set([...groups, ...(all ?? [])].map(compact));
  const open: string[] = [];
  for (const p of who) {
    if (p.id === EVERYONE || p.type === "everyone") return { match: "yes" };
    if (p.id === wanted || proven.has(p.id)) return { match: "yes" };
    // A user or another service principal is somebody else; anything else may be a group that we cannot look into. The
    // directory told every group that they are in: then a group is none of theirs, but a type that is not told stays open.
    if (all !== undefined && (p.type === "group" || p.type === "foreigngroup")) continue;
    if (p.type !== "user" && p.type !== "serviceprincipal") open.push(p.written);
  }
  return open.length === 0 ? { match: "no" } : { match: "undecided", groups: open.sort(byText) };
}

/**
 * Does the deny hold for a principal that is proven to be in these groups?
 * @param all every group that the principal is in, when the directory told them
 */
export function holdsFor(
  deny: Deny,
  principal: string,
  groups: ReadonlySet<string>,
  all: ReadonlySet<string> | undefined,
): Match {
  const named = names(deny.principals, principal, groups, all);
  if (named.match === "no") return named;
  const excluded = names(deny.excluded, principal, groups, all);
  if (excluded.match === "yes") return { match: "no" };
  if (named.match === "yes" && excluded.match === "no") return named;
  const open = [named, excluded].flatMap((m) => (m.match === "undecided" ? m.groups : []));
  return { match: "undecided", groups: [...new Set(open)].sort(byText) };
}
