import type { Facts } from "../../snapshot/facts.ts";
import type { DocumentKind } from "../../snapshot/kinds/kinds.ts";
import { field, list, text } from "../../snapshot/value.ts";

/** Why something of the directory is not known, and what would tell. */
export interface NotTold {
  readonly why: string;
  readonly decide: string;
}

/** What the directory said: an object or a list, that it has none (`gone`), or why nothing is known. */
export type Told<T> =
  | { readonly is: "told"; readonly value: T }
  | { readonly is: "gone" }
  | ({ readonly is: "untold" } & NotTold);

/** The document under an id, as the directory (Microsoft Graph) answered. A 404 of its own is `gone`, never unread. */
export function directoryObject(facts: Facts, kind: DocumentKind, id: string): Told<unknown> {
  const unread = facts.unread(kind, id)[0];
  if (unread !== undefined) {
    const needs = unread.permission === undefined ? "" : `; needs ${unread.permission} of Microsoft Graph`;
    return {
      is: "untold",
      why: `${unread.api}: ${unread.detail}${needs}`,
      decide:
        unread.permission === undefined
          ? "read the directory again"
          : `consent to ${unread.permission} (Microsoft Graph, application permission) for the scanner`,
    };
  }
  const found = facts.all(kind).filter((each) => each.id.toLowerCase() === id.toLowerCase());
  const [first] = found;
  if (first === undefined || found.length > 1)
    return {
      is: "untold",
      why:
        found.length > 1
          ? `the directory gave two answers about ${id}`
          : `${id} was not looked for in the directory`,
      decide: "collect the state again with the baselines to be audited",
    };
  return field(first.body, "found") === false ? { is: "gone" } : { is: "told", value: first.body };
}

/** The entries of a list under an id. */
export function directoryList(facts: Facts, kind: DocumentKind, id: string): Told<readonly unknown[]> {
  const told = directoryObject(facts, kind, id);
  if (told.is !== "told") return told;
  const value = list(field(told.value, "value"));
  return value === undefined
    ? { is: "untold", why: `the answer about ${id} holds no list`, decide: "read the directory again" }
    : { is: "told", value };
}

/** An active or eligible role of the directory. */
export interface DirectoryRole {
  /** Ids of the role, lower case: its own, and the template's of a built-in one. */
  readonly ids: readonly string[];
  readonly name: string;
  /** `/` for the whole directory; absent: the entry does not say where. */
  readonly scope?: string;
  /** The group that gives it; absent: it is held directly. */
  readonly group?: string;
}

function rolesIn(entries: readonly unknown[], group?: string): readonly DirectoryRole[] {
  return entries.map((entry) => {
    const id = text(field(entry, "roleDefinitionId"));
    const definition = field(entry, "roleDefinition");
    const template = text(field(definition, "templateId"));
    const ids = [id, template].flatMap((each) => (each === undefined ? [] : [each.toLowerCase()]));
    return {
      ids,
      name: text(field(definition, "displayName")) ?? id ?? "a role that is not told",
      ...scopeIn(entry),
      ...(group === undefined ? {} : { group }),
    };
  });
}

function scopeIn(entry: unknown): Pick<DirectoryRole, "scope"> {
  const scope = text(field(entry, "directoryScopeId")) ?? text(field(entry, "appScopeId"));
  return scope === undefined ? {} : { scope };
}

/** The roles of the directory that somebody holds, as far as they are known, and what is not. */
export interface HeldRoles {
  readonly roles: readonly DirectoryRole[];
  readonly untold: readonly NotTold[];
  /** The directory has no user and no service principal of this id. */
  readonly gone: boolean;
}

/** The roles that somebody holds directly and through groups, however many lie between. */
export function directoryRoles(facts: Facts, id: string): HeldRoles {
  const roles: DirectoryRole[] = [];
  const untold: NotTold[] = [];
  const add = (holder: string, group?: string) => {
    const told = directoryList(facts, "azure/directory-role", holder);
    if (told.is === "told") {
      const found = rolesIn(told.value, group);
      roles.push(...found);
      if (found.some(({ ids, scope }) => ids.length === 0 || scope === undefined))
        untold.push({
          why: `an assignment of a role to ${holder} does not say which role it is, or where it holds`,
          decide: "read the directory again",
        });
    } else if (told.is === "untold") untold.push(told);
  };
  add(id);
  const membership = directoryList(facts, "azure/directory-membership", id);
  if (membership.is === "untold") untold.push(membership);
  const groups = membership.is === "told" ? membership.value : [];
  for (const group of groups) {
    const own = text(field(group, "id"));
    if (own === undefined)
      untold.push({ why: `a group of ${id} has no id`, decide: "read the directory again" });
    else if (field(group, "isAssignableToRole") !== false) add(own, text(field(group, "displayName")) ?? own);
  }
  return { roles, untold, gone: membership.is === "gone" };
}

/** The roles that somebody could activate; without the licence that they need there are none to be told. */
export function eligibleRoles(facts: Facts, id: string): Told<readonly DirectoryRole[]> {
  const told = directoryObject(facts, "azure/directory-role-eligibility", id);
  if (told.is !== "told") return told;
  if (field(told.value, "licence") === false)
    return {
      is: "untold",
      why: "the tenant has no licence by which eligible roles are listed (Microsoft Entra ID P2)",
      decide: "look at the tenant's eligible roles by hand",
    };
  const value = list(field(told.value, "value"));
  return value === undefined
    ? { is: "untold", why: `the answer about ${id} holds no list`, decide: "read the directory again" }
    : { is: "told", value: rolesIn(value) };
}

/**
 * The groups that somebody is in, through any number of groups, when the directory told them all; then any other group
 * is one that they are not in. Lower case.
 */
export function allGroups(facts: Facts, id: string): ReadonlySet<string> | undefined {
  const documents = facts
    .all("azure/directory-membership")
    .filter((each) => each.id.toLowerCase() === id.toLowerCase());
  const [first] = documents;
  if (first === undefined || documents.length > 1) return undefined;
  const entries = list(field(first.body, "value"));
  const ids = entries?.map((entry) => text(field(entry, "id"))?.toLowerCase());
  return ids === undefined || ids.includes(undefined) ? undefined : new Set(ids as readonly string[]);
}

/** Whether the directory was asked for somebody and has nobody of the id. */
export function goneFromDirectory(facts: Facts, id: string): boolean {
  return facts
    .all("azure/service-principal")
    .some((each) => each.id.toLowerCase() === id.toLowerCase() && field(each.body, "found") === false);
}
