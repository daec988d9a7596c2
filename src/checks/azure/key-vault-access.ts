import type { Principal, Resource } from "../../report/report.ts";
import type { Facts } from "../../snapshot/facts.ts";
import { field, list, property, record, text, texts } from "../../snapshot/value.ts";
import { heldBy, isHeld, principalKindOf } from "../../state/azure/assignment.ts";
import { command } from "../../text/command.ts";
import { byText } from "../../text/order.ts";
import {
  audited,
  membersUnknown,
  nobodyKnown,
  PRINCIPAL_SCHEMA,
  principalInWords,
} from "../../wording/azure/principals.ts";
import type { Observation } from "../../wording/observation.ts";
import type { Check } from "../define.ts";

type Class = "secrets" | "keys" | "certificates" | "storage";

interface Params {
  readonly principal?: string;
  readonly role: string;
  readonly accessPolicies: Readonly<Partial<Record<Class, readonly string[]>>>;
}

/** Every permission of each class, as the vaults API lists them; an entry `all` stands for these. */
const PERMISSIONS = {
  secrets: ["backup", "delete", "get", "list", "purge", "recover", "restore", "set"],
  keys: [
    ...["backup", "create", "decrypt", "delete", "encrypt", "get", "getrotationpolicy", "import", "list"],
    ...["purge", "recover", "release", "restore", "rotate", "setrotationpolicy", "sign", "unwrapkey"],
    ...["update", "verify", "wrapkey"],
  ],
  certificates: [
    ...["backup", "create", "delete", "deleteissuers", "get", "getissuers", "import", "list", "listissuers"],
    ...["managecontacts", "manageissuers", "purge", "recover", "restore", "setissuers", "update"],
  ],
  storage: [
    ...["backup", "delete", "deletesas", "get", "getsas", "list", "listsas", "purge", "recover"],
    ...["regeneratekey", "restore", "set", "setsas", "update"],
  ],
} as const satisfies Record<Class, readonly string[]>;

const CLASSES = Object.keys(PERMISSIONS) as readonly Class[];

/** Flag of `az keyvault set-policy` for each class. */
const FLAGS = {
  secrets: "--secret-permissions",
  keys: "--key-permissions",
  certificates: "--certificate-permissions",
  storage: "--storage-permissions",
} as const satisfies Record<Class, string>;

/** The permissions of one class that a list names; `*` and `all` are every one of them. */
function expand(kind: Class, names: readonly string[]): ReadonlySet<string> {
  const lower = names.map((n) => n.toLowerCase());
  return new Set(lower.some((n) => n === "*" || n === "all") ? PERMISSIONS[kind] : lower);
}

type Granted = Readonly<Record<Class, ReadonlySet<string>>>;

function documentedPermissions(params: Params): Granted {
  return ofEach((kind) => expand(kind, params.accessPolicies[kind] ?? []));
}

interface Policies {
  readonly granted: Granted;
  /** Entries for somebody else. */
  readonly others: readonly Entry[];
}

interface Entry {
  readonly objectId: string;
  readonly granted: Granted;
}

/** What a vault's access policies grant to any of these ids. An entry with an application id needs a user beside it. */
function policiesFor(vault: unknown, ids: ReadonlySet<string>): Policies | undefined {
  const entries = property(vault, "accessPolicies") ?? [];
  const policies = list(entries);
  if (policies === undefined) return undefined;
  const granted: Granted[] = [];
  const others: Entry[] = [];
  for (const policy of policies) {
    if (text(field(policy, "applicationId")) !== undefined) continue;
    const objectId = text(field(policy, "objectId")) ?? "";
    const permissions = ofEach((kind) => expand(kind, texts(field(field(policy, "permissions"), kind))));
    if (ids.has(objectId.toLowerCase())) granted.push(permissions);
    else others.push({ objectId, granted: permissions });
  }
  return { granted: together(granted), others };
}

function ofEach(make: (kind: Class) => ReadonlySet<string>): Granted {
  return Object.fromEntries(CLASSES.map((kind) => [kind, make(kind)])) as unknown as Granted;
}

const NOTHING = ofEach(() => new Set());

function together(all: readonly Granted[]): Granted {
  return ofEach((kind) => new Set(all.flatMap((each) => [...each[kind]])));
}

function beyond(a: Granted, b: Granted): Partial<Record<Class, readonly string[]>> {
  const found: Partial<Record<Class, readonly string[]>> = {};
  for (const kind of CLASSES) {
    const more = [...a[kind]].filter((p) => !b[kind].has(p)).sort(byText);
    if (more.length > 0) found[kind] = more;
  }
  return found;
}

function inWords(permissions: Partial<Record<Class, readonly string[]>>): string {
  return Object.entries(permissions)
    .map(([kind, names]) => `${kind}: ${names.join(", ")}`)
    .join("; ");
}

function plain(granted: Granted): Record<string, readonly string[]> {
  return Object.fromEntries(CLASSES.map((kind) => [kind, [...granted[kind]].sort(byText)]));
}

function setPolicy(vault: string, principal: string, params: Params): string {
  const wanted = documentedPermissions(params);
  const flags = CLASSES.filter((kind) => wanted[kind].size > 0).flatMap((kind) => [
    FLAGS[kind],
    ...wanted[kind],
  ]);
  return command("az", "keyvault", "set-policy", "--name", vault, "--object-id", principal, ...flags);
}

function* judgePolicies(
  vault: Resource,
  body: unknown,
  principal: Principal,
  named: boolean,
  facts: Facts,
  params: Params,
): Iterable<Observation> {
  const held = heldBy(facts, principal.id);
  const groups = isHeld(held) ? [...held.groups] : [];
  const policies = policiesFor(body, new Set([principal.id.toLowerCase(), ...groups]));
  const verify = command(
    "az",
    "keyvault",
    "show",
    "--name",
    vault.name,
    "--query",
    "properties.accessPolicies",
  );
  if (policies === undefined) {
    yield {
      kind: "unknown",
      resource: vault,
      message: `vault ${vault.name} does not authorise through Azure RBAC, and its access policies are no list`,
      property: `accessPolicies:${principal.id}`,
      decide: "read the vault again",
      verify,
    };
    return;
  }
  const wanted = documentedPermissions(params);
  const more = beyond(policies.granted, wanted);
  const base = {
    resource: vault,
    expected: plain(wanted),
    actual: plain(policies.granted),
    at: "/accessPolicies",
    verify,
  };
  // An entry for somebody else may be a group's that the principal is in, and give what is lacking, or more.
  const open = policies.others.filter((entry) => principalKindOf(facts, entry.objectId) !== "other");
  const most = together([policies.granted, ...open.map((entry) => entry.granted)]);
  const surely = beyond(wanted, most);
  const lackingKnown = isEmpty(beyond(wanted, policies.granted)) || !isEmpty(surely);
  const moreKnown = isEmpty(beyond(beside(most, policies.granted), wanted));
  const members = membersUnknown(principal, facts, named);
  if (members !== undefined) {
    yield { ...members, resource: vault, property: `members:${principal.id}`, at: base.at, verify };
  } else {
    if (!isEmpty(surely)) yield dead(base, vault, principal, { lacking: surely, policies }, params);
    if (!lackingKnown || !moreKnown) {
      const matter = open.filter((entry) => {
        const gives = beside(entry.granted, policies.granted);
        // What is lacking for sure is told; then only what an entry gives beyond the document is left open.
        return !isEmpty(lackingKnown ? beyond(gives, wanted) : beyond(gives, NOTHING));
      });
      yield groupsUnknown(base, vault, principal, matter);
    }
  }
  // One finding for each permission: a waiver of one covers no other.
  for (const pattern of patternsOf(more)) {
    yield {
      kind: "drift",
      drift: "excess",
      resource: vault,
      at: base.at,
      verify,
      impact: "write",
      pattern,
      property: `accessPolicies:${principal.id}:excess:${pattern}`,
      message: `the access policies of vault ${vault.name} grant ${principalInWords(principal)} ${pattern}, which is not documented`,
      remediation: {
        text: "Reduce the access policy to what is documented, or turn Azure RBAC authorisation on.",
        commands: [setPolicy(vault.name, principal.id, params)],
      },
    };
  }
}

/** `secrets:delete` for each permission. */
function patternsOf(permissions: Partial<Record<Class, readonly string[]>>): readonly string[] {
  return Object.entries(permissions).flatMap(([kind, names]) => names.map((name) => `${kind}:${name}`));
}

interface Base {
  readonly resource: Resource;
  readonly expected: unknown;
  readonly actual: unknown;
  readonly at: string;
  readonly verify: string;
}

/** What one list has beyond another, as such a list. */
function beside(a: Granted, b: Granted): Granted {
  const more = beyond(a, b);
  return ofEach((kind) => new Set(more[kind] ?? []));
}

function isEmpty(permissions: Partial<Record<Class, readonly string[]>>): boolean {
  return Object.keys(permissions).length === 0;
}

function groupsUnknown(
  base: Base,
  vault: Resource,
  principal: Principal,
  entries: readonly Entry[],
): Observation {
  const ids = [...new Set(entries.map((entry) => entry.objectId || "an entry without an object id"))];
  const who = principalInWords(principal);
  return {
    ...base,
    kind: "unknown",
    property: `accessPolicies:${principal.id}`,
    message: `vault ${vault.name} authorises by access policies, and what they grant ${who} is not known: ${ids.join(", ")} may be ${ids.length === 1 ? "a group" : "groups"} that ${who} is in, which no assignment proves`,
    decide: `find out whether ${ids.join(", ")} ${ids.length === 1 ? "is" : "are"} somebody else's, or the principal is a member`,
    clause: "AZ6",
  };
}

interface Lack {
  readonly lacking: Partial<Record<Class, readonly string[]>>;
  readonly policies: Policies;
}

function dead(
  base: Base,
  vault: Resource,
  principal: Principal,
  { lacking, policies }: Lack,
  params: Params,
): Observation {
  const who = principalInWords(principal);
  const others =
    policies.others.length === 0
      ? ""
      : ` (${policies.others.length} ${policies.others.length === 1 ? "entry is" : "entries are"} for others, and would not give that either)`;
  return {
    ...base,
    kind: "drift",
    drift: "dead",
    property: `accessPolicies:${principal.id}`,
    message: `vault ${vault.name} does not authorise through Azure RBAC, so the role's data actions are dead there, and its access policies do not grant ${who} the same: ${inWords(lacking)} missing${others}; what needs these there fails`,
    remediation: {
      // only one of the two is a command: the other one cuts off who has an access policy and no role
      text: `Give the principal an access policy. Or, once every other user of the vault has a role, turn Azure RBAC authorisation on instead: ${command("az", "keyvault", "update", "--name", vault.name, "--enable-rbac-authorization", "true")}`,
      commands: [setPolicy(vault.name, principal.id, params)],
    },
  };
}

/** Vaults authorise through Azure RBAC, else the role's data actions are dead there; or their access policies grant the same (AZ14). */
export const keyVaultAccess: Check = {
  id: "azure/key-vault-access",
  cloud: "azure",
  title: "The documented data actions take effect on every key vault",
  help: `Azure RBAC data actions on secrets, keys and certificates take effect only on vaults with Azure RBAC authorisation (\`properties.enableRbacAuthorization\`). On a vault with access policies they are dead (AZ14), unless its policies grant the principal, or a group that an assignment proves it to be in, the same.

An entry with an application id is for that application acting for a user, so it does not count. Each permission beyond the document is a finding of its own, with a pattern such as \`certificates:delete\`. An entry for somebody else who may be a group (no list of assignments says that it is a user or a service principal) is unknown where it would give the principal what it lacks, or more than is documented (AZ6). A principal that is a group itself is unknown. No vault in scope is unknown, never pass: there is nothing to assess.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["role", "accessPolicies"],
    properties: {
      principal: PRINCIPAL_SCHEMA,
      role: {
        type: "string",
        minLength: 1,
        description: "id of the control whose data actions need the vaults",
      },
      accessPolicies: {
        type: "object",
        additionalProperties: false,
        description:
          "what an access policy must grant in place of Azure RBAC; `*` is every permission of the class",
        properties: Object.fromEntries(
          CLASSES.map((kind) => [kind, { type: "array", items: { type: "string", minLength: 1 } }]),
        ),
      },
    },
  },
  needs: () => ["azure/vault", "azure/assigned-to"],
  tolerates: ["azure/assigned-to"],
  drifts: {
    dead: {
      short: "The documented data actions have no effect on a vault.",
      help: "The vault authorises by access policies, and they do not grant the principal what the role's data actions would. Turn Azure RBAC authorisation on, or add an access policy.",
    },
    excess: {
      short: "A vault's access policies grant more than is documented.",
      help: "The vault authorises by access policies, and they give the principal permissions that the document does not list. Reduce them.",
    },
  },
  run: function* (facts, rawParams, context) {
    const params = rawParams as Params;
    const vaults = facts.all("azure/vault");
    if (vaults.length === 0) {
      yield {
        kind: "unknown",
        resource: { type: "azure/vault", id: facts.scope, name: "key vaults" },
        message: `no key vault in ${facts.scope}: nothing to assess`,
        property: "vaults",
      };
      return;
    }
    const principals = audited(params.principal, context);
    for (const { id, body } of vaults) {
      const resource = {
        type: text(field(body, "type")) ?? "azure/vault",
        id: text(field(body, "id")) ?? id,
        name: text(field(body, "name")) ?? id,
      };
      if (record(field(body, "properties")) === undefined) {
        yield {
          kind: "unknown",
          resource,
          message: `vault ${resource.name} came without properties, so how it authorises is not known`,
          property: "properties",
          decide: "read the vault again",
        };
        continue;
      }
      if (property(body, "enableRbacAuthorization") === true) continue;
      if (principals.length === 0) {
        const reason = context.principalsUnknown ?? "nobody holds the documented role";
        yield {
          ...nobodyKnown(reason, facts.scope),
          resource,
          message: `vault ${resource.name} authorises by access policies, and whose to look for is not known: ${reason}`,
        };
      }
      const named = context.principalsGiven || params.principal !== undefined;
      for (const principal of principals)
        yield* judgePolicies(resource, body, principal, named, facts, params);
    }
    yield { kind: "assessed", count: vaults.length, what: "key vaults" };
  },
};
