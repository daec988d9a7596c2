import type { ResolvedControl } from "../../baselines/baseline.ts";
import type { Facts } from "../../snapshot/facts.ts";
import { texts } from "../../snapshot/value.ts";
import { byText } from "../../text/order.ts";
import type { Audited } from "../audited.ts";
import { knownAssignments, mayBeVendor, namesGroup } from "./assignment.ts";
import { ASSIGNMENT, DEFINITION } from "./documented.ts";
import { readRoleDefinitions } from "./role.ts";

interface With {
  readonly role?: string;
  readonly roles?: readonly { readonly name: string }[];
  readonly required?: unknown;
  readonly optional?: unknown;
}

/**
 * Names of the custom roles that tell who the vendor is: those that role-definition controls name and that the
 * vendor's own access is made of. A role that another control describes for somebody else (who deploys, say) is none.
 */
function tellingRoles(controls: readonly ResolvedControl[]): readonly string[] {
  const definitions = controls.filter((c) => c.check === DEFINITION && (c.with as With).role !== undefined);
  const referred = new Set<string>();
  let anybodyRefers = false;
  for (const control of controls) {
    const { roles, required, optional } = control.with as With;
    if (control.check === ASSIGNMENT) {
      anybodyRefers = true;
      for (const role of roles ?? []) referred.add(role.name.toLowerCase());
    } else if (Array.isArray(required)) {
      anybodyRefers = true;
      for (const id of [...texts(required), ...texts(optional)]) referred.add(`control:${id}`);
    }
  }
  return definitions
    .filter((c) => {
      const name = ((c.with as With).role ?? "").toLowerCase();
      return !anybodyRefers || referred.has(name) || referred.has(`control:${c.id}`);
    })
    .map((c) => (c.with as With).role ?? "");
}

/**
 * The principals to audit: those given; else each service principal or managed identity that holds, by any list of
 * assignments, a documented custom role (AZ15). A principal that the directory no longer has is nobody to audit (AZ11).
 */
export function findPrincipals(
  facts: Facts,
  controls: readonly ResolvedControl[],
  given: readonly string[],
): Audited {
  if (given.length > 0) return { principals: given.map((id) => ({ id })), given: true };
  const names = tellingRoles(controls);
  if (names.length === 0) {
    return {
      principals: [],
      given: false,
      unknown:
        "whom to audit is not known: no documented role is the vendor's alone; name the principal with --principal",
    };
  }
  const unread = [
    ...facts.unread("azure/role-assignment"),
    ...facts.unread("azure/role-definition").filter((u) => u.id === undefined),
  ][0];
  if (unread !== undefined) {
    return {
      principals: [],
      given: false,
      unknown: `who holds ${names.map((n) => `"${n}"`).join(" or ")} could not be read: ${unread.api}: ${unread.detail}`,
    };
  }
  const roles = readRoleDefinitions(facts);
  const guids = new Set(names.flatMap((name) => roles.named(name).map((r) => r.guid)));
  const holders = knownAssignments(facts).filter((a) => guids.has(a.role));
  const ids = new Set(holders.filter(mayBeVendor).map((a) => a.principal));
  const groups = new Set(holders.filter(namesGroup).map((a) => a.principal));
  if (ids.size === 0 && groups.size > 0) {
    return {
      principals: [],
      given: false,
      unknown: `who the vendor is, is not known: ${names.map((n) => `"${n}"`).join(" or ")} is held by ${groups.size === 1 ? "group" : "groups"} ${[...groups].sort(byText).join(", ")}, and by no service principal itself; who is in a group, no assignment says (AZ6)`,
    };
  }
  return { principals: [...ids].sort(byText).map((id) => ({ id })), given: false };
}
