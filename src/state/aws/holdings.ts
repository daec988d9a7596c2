import type { Facts } from "../../snapshot/facts.ts";
import type { Unread } from "../../snapshot/snapshot.ts";
import { field, text } from "../../snapshot/value.ts";
import { byText } from "../../text/order.ts";
import { showAttached, showIamRole, showInline, showManaged } from "./command.ts";
import { policyDocument } from "./document.ts";
import { type Role, sameRole } from "./roles.ts";

/** A policy that a role holds. */
export interface HeldPolicy {
  readonly kind: "inline" | "managed";
  readonly name: string;
  /** Of a managed policy. */
  readonly arn?: string;
  readonly document: unknown;
  /** Shows the document as it is now. */
  readonly verify: string;
}

/** All that a role's permissions come from. */
export interface RoleHoldings {
  readonly policies: readonly HeldPolicy[];
  readonly boundary?: HeldPolicy;
  /** What of its policies is not known, for people; empty when everything was read. */
  readonly unknown: readonly RoleGap[];
  /** Why its boundary is not known. */
  readonly boundaryUnknown?: RoleGap;
}

/** Something of a role that is not known. */
export interface RoleGap {
  readonly what: string;
  readonly why: string;
  readonly decide: string;
}

function gapOf(what: string, unread: Unread): RoleGap {
  return {
    what,
    why: `${unread.api}: ${unread.detail}`,
    decide: unread.permission === undefined ? `read ${what}` : `grant the scanner ${unread.permission}`,
  };
}

/** Whether an unread entry of a role's policies is about this role: by its ARN or its name, alone or in front. */
function isAbout(unread: Unread, role: Role): boolean {
  if (unread.id === undefined) return true;
  const id = unread.id;
  if (sameRole(id, role.arn)) return true;
  const lower = id.toLowerCase();
  return [role.arn, role.name].some((r) =>
    ["/", " "].some((separator) => lower.startsWith(r.toLowerCase() + separator)),
  );
}

/** Everything that a role holds by its own policies, and its boundary (AW1, AW11). */
export function roleHoldingsOf(facts: Facts, role: Role): RoleHoldings {
  const gaps: RoleGap[] = role.listed === true ? [notCollected(role)] : [];
  for (const kind of ["aws/role-policy", "aws/attached-policy"] as const) {
    for (const unread of facts.unread(kind).filter((u) => isAbout(u, role))) {
      const what =
        kind === "aws/attached-policy"
          ? `what is attached to role ${role.name}`
          : `inline policies of role ${role.name}`;
      gaps.push(gapOf(what, unread));
    }
  }
  const policies: HeldPolicy[] = [];
  for (const { id, body } of facts.all("aws/role-policy")) {
    const name = text(field(body, "PolicyName")) ?? id.slice(id.lastIndexOf("/") + 1);
    if (!isOf(id, "/", field(body, "RoleName"), role)) continue;
    const document = policyDocument(field(body, "PolicyDocument"));
    if (document === undefined) gaps.push(malformed(`inline policy ${name} of role ${role.name}`));
    else
      policies.push({
        kind: "inline",
        name,
        document: field(body, "PolicyDocument"),
        verify: showInline(role.name, name),
      });
  }
  for (const { id, body } of facts.all("aws/attached-policy")) {
    if (!isOf(id, " ", undefined, role)) continue;
    const arn = text(field(body, "PolicyArn")) ?? id.slice(id.indexOf(" ") + 1);
    const held = managed(facts, arn, role);
    if ("why" in held) gaps.push(held);
    else policies.push(held);
  }
  policies.sort((a, b) => byText(a.kind, b.kind) || byText(a.arn ?? a.name, b.arn ?? b.name));
  const boundary =
    role.boundary !== undefined
      ? managed(facts, role.boundary, role)
      : role.boundaryUnnamed === true
        ? unnamedBoundary(role)
        : undefined;
  return {
    policies,
    unknown: gaps,
    ...(boundary === undefined ? {} : "why" in boundary ? { boundaryUnknown: boundary } : { boundary }),
  };
}

/** Whether a document belongs to a role: by the role in its id, else by the name in its body. */
function isOf(id: string, separator: "/" | " ", name: unknown, role: Role): boolean {
  // The name of an inline policy has no slash: what has one more is of a role whose path is this role's name.
  if (id.startsWith(role.arn + separator))
    return separator === " " || !id.slice(role.arn.length + 1).includes("/");
  return !id.startsWith("arn:") && name === role.name;
}

function managed(facts: Facts, arn: string, role: Role): HeldPolicy | RoleGap {
  const what = `policy ${arn}`;
  const found = facts.all("aws/policy").find((d) => d.id === arn);
  const document = field(field(found?.body, "PolicyVersion"), "Document");
  if (found !== undefined && policyDocument(document) !== undefined) {
    const version =
      text(field(field(found.body, "PolicyVersion"), "VersionId")) ??
      text(field(field(found.body, "Policy"), "DefaultVersionId")) ??
      "v1";
    const name =
      text(field(field(found.body, "Policy"), "PolicyName")) ?? arn.slice(arn.lastIndexOf("/") + 1);
    return { kind: "managed", name, arn, document, verify: showManaged(arn, version) };
  }
  const unread = facts.unread("aws/policy", arn)[0];
  if (unread !== undefined) return gapOf(what, unread);
  if (found !== undefined) return malformed(what);
  return {
    what,
    why: "it is named, and its document was not collected",
    decide: `read it (${showAttached(role.name)})`,
  };
}

function notCollected(role: Role): RoleGap {
  return {
    what: `the policies of role ${role.name}`,
    why: "the role is in the account's list, and its policies were not collected",
    decide: `read them (${showAttached(role.name)})`,
  };
}

function unnamedBoundary(role: Role): RoleGap {
  return {
    what: `the permissions boundary of role ${role.name}`,
    why: "the role came with a boundary and without its ARN",
    decide: `read it (${showIamRole(role.name)})`,
  };
}

function malformed(what: string): RoleGap {
  return { what, why: "it came without a policy document that can be read", decide: `read ${what} again` };
}

/** A held policy for a sentence. */
export function policyInWords(policy: HeldPolicy): string {
  return policy.kind === "inline" ? `inline policy ${policy.name}` : `policy ${policy.arn ?? policy.name}`;
}
