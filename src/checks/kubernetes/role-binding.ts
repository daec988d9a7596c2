import type { Facts } from "../../snapshot/facts.ts";
import { texts } from "../../snapshot/value.ts";
import type { Context } from "../../state/context.ts";
import { accountsFound, type FoundAccount, findAccounts } from "../../state/kubernetes/accounts.ts";
import {
  type Binding,
  bindingInWords,
  bindingResource,
  readBindings,
} from "../../state/kubernetes/binding.ts";
import { bindCommand, edit, remove, show, showAll } from "../../state/kubernetes/command.ts";
import {
  bindingsOf,
  type DocumentedRole,
  documentedRoles,
  placesOf,
} from "../../state/kubernetes/documented.ts";
import { readLiveRoles, roleInWords } from "../../state/kubernetes/role.ts";
import { servedResources } from "../../state/kubernetes/served.ts";
import { worstOf } from "../../state/kubernetes/stranger.ts";
import {
  type Account,
  accountId,
  type BindingSubject,
  subjectCovers,
  subjectInWords,
} from "../../state/kubernetes/subject.ts";
import { diffLines, subjectLines } from "../../state/kubernetes/yaml.ts";
import { byText } from "../../text/order.ts";
import {
  accountExists,
  accountResource,
  missingAccount,
  unknownWhetherThere,
  unlistedAccounts,
} from "../../wording/kubernetes/account-exists.ts";
import { nothingThere, unlistedNamespaces } from "../../wording/kubernetes/namespace.ts";
import type { Observation } from "../../wording/observation.ts";
import { WHY_EXCESS } from "../../wording/words.ts";
import type { Check } from "../define.ts";

interface Params {
  readonly bindings: readonly { readonly role: string; readonly serviceAccounts: readonly string[] }[];
}

/** One documented role, its bindings, and the accounts that it is for. */
interface Case {
  readonly facts: Facts;
  readonly role: DocumentedRole;
  /** Index of the entry in the control. */
  readonly index: number;
  /** Every binding of the role. */
  readonly bindings: readonly Binding[];
  readonly accounts: readonly (Account & { readonly at: string; readonly given: boolean })[];
  /** Not all of its accounts are known by name. */
  readonly open: boolean;
}

/** Where a binding of the role is as documented: a ClusterRole everywhere, a Role in its own namespace. */
function holdsFor(binding: Binding, c: Case, account: Account): boolean {
  if (c.role.kind === "ClusterRole") return binding.kind === "ClusterRoleBinding";
  return placesOf(c.facts, c.role, account).includes(binding.namespace ?? "");
}

function roleAt(c: Case, account: Account) {
  const [namespace] = c.role.kind === "Role" ? placesOf(c.facts, c.role, account) : [];
  return { kind: c.role.kind, name: c.role.name, ...(namespace === undefined ? {} : { namespace }) };
}

function* judgeAccount(account: Case["accounts"][number], c: Case): Iterable<Observation> {
  const wanted = roleAt(c, account);
  const naming = c.bindings.filter((b) => b.subjects.some((s) => subjectCovers(s, account) !== undefined));
  const holding = naming.filter((b) => holdsFor(b, c, account));
  const live = readLiveRoles(c.facts).find(wanted);
  if (holding.length === 0) {
    const kind = c.role.kind === "ClusterRole" ? "ClusterRoleBinding" : "RoleBinding";
    const elsewhere = naming.map(bindingInWords).join(", ");
    const instead =
      elsewhere === ""
        ? elsewhereInWords(account, c)
        : `; it holds it by ${elsewhere} alone, which is not everywhere`;
    yield {
      kind: "drift",
      drift: "missing",
      resource: accountResource(account),
      at: account.at,
      property: JSON.stringify(["bound", c.role.kind, c.role.name]),
      expected: `${roleInWords(wanted)} is bound to service account ${accountId(account)}`,
      message: `${roleInWords(wanted)} is not bound to service account ${accountId(account)}, which the document asks for${instead}; what relies on it will fail`,
      actual: elsewhere === "" ? null : elsewhere,
      verify: showAll(kind),
      remediation: {
        text: `Bind ${roleInWords(wanted)} to the service account with a ${kind}.`,
        commands: [bindCommand(wanted, account, c.role.name)],
      },
    };
    return;
  }
  // whether the role is there is only known when the roles were read
  const kind = c.role.kind === "Role" ? "kubernetes/role" : "kubernetes/cluster-role";
  if (live !== undefined || c.facts.unread(kind).length > 0) return;
  const names = holding.map(bindingInWords).join(", ");
  yield {
    kind: "note",
    drift: "dead",
    resource: accountResource(account),
    at: account.at,
    property: JSON.stringify(["dangling", c.role.kind, c.role.name]),
    message: `${names} binds service account ${accountId(account)} to ${roleInWords(wanted)}, which does not exist: it grants nothing until that role is there`,
  };
}

/** Where else a Role of that name is bound to the account: another namespace is another role. */
function elsewhereInWords(account: Account, c: Case): string {
  const others = readBindings(c.facts).filter(
    (b) =>
      b.role?.kind === c.role.kind &&
      b.role.name === c.role.name &&
      b.subjects.some((s) => subjectCovers(s, account) !== undefined),
  );
  return others.length === 0 ? "" : `; it is only by ${others.map(bindingInWords).join(", ")}`;
}

/** How a subject stands in a manifest. */
function manifestOf(subject: BindingSubject, binding: Binding): Readonly<Record<string, string>> {
  const group = "rbac.authorization.k8s.io";
  switch (subject.kind) {
    case "account":
      return subject.asUser
        ? {
            kind: "User",
            apiGroup: group,
            name: `system:serviceaccount:${subject.account.namespace}:${subject.account.name}`,
          }
        : { kind: "ServiceAccount", name: subject.account.name, namespace: subject.account.namespace };
    case "user":
      return { kind: "User", apiGroup: group, name: subject.name };
    case "group":
      return { kind: "Group", apiGroup: group, name: subject.name };
    default:
      return { kind: "ServiceAccount", name: binding.name };
  }
}

function stranger(subject: BindingSubject, binding: Binding, c: Case): Observation {
  const { facts, role } = c;
  const place = {
    kind: role.kind,
    name: role.name,
    ...(role.kind === "Role" && binding.namespace !== undefined ? { namespace: binding.namespace } : {}),
  };
  const live = readLiveRoles(facts).find(place);
  // what the role holds now; what it is meant to hold where that is not known
  const rules = live === undefined || live.problem !== undefined ? role.rules : live.rules;
  const impact = worstOf(rules, binding.namespace, servedResources(facts, rules));
  const others = binding.subjects.filter((s) => s !== subject && s.kind !== "nobody");
  const named = c.accounts.filter((a) => subjectCovers(subject, a) !== undefined);
  const more =
    subject.kind === "group" && named.length > 0 ? ", which holds more than its service account" : "";
  return {
    kind: "drift",
    drift: "stray",
    impact,
    resource: bindingResource(binding),
    property: JSON.stringify(["subject", subjectInWords(subject)]),
    message: `${bindingInWords(binding)} gives ${roleInWords(place)} to ${subjectInWords(subject)}${more}, which the document does not name; ${WHY_EXCESS[impact]}`,
    by: bindingInWords(binding),
    expected: c.accounts.map(accountId),
    actual: subjectInWords(subject),
    at: `/bindings/${c.index}/serviceAccounts`,
    verify: show(binding),
    remediation: {
      text:
        others.length === 0
          ? `Delete ${bindingInWords(binding)}: it names nobody else.`
          : `Take ${subjectInWords(subject)} out of the subjects of ${bindingInWords(binding)}.`,
      commands:
        others.length === 0
          ? [remove(binding)]
          : edit(binding, diffLines("subjects", [subjectLines(manifestOf(subject, binding))], [])),
    },
  };
}

/** Whom a binding names beside the role's own accounts. A group is always more than they are. */
function* judgeBinding(binding: Binding, c: Case): Iterable<Observation> {
  const own = new Set(c.accounts.map(accountId));
  for (const subject of binding.subjects) {
    if (subject.kind === "nobody") {
      yield {
        kind: "note",
        drift: "dead",
        resource: bindingResource(binding),
        message: `in ${bindingInWords(binding)} ${subject.why}: the server takes it for nobody`,
        property: JSON.stringify(["nobody", subject.why]),
        at: `/bindings/${c.index}`,
      };
    } else if (
      subject.kind !== "odd" &&
      !(subject.kind === "account" && own.has(accountId(subject.account)))
    ) {
      yield stranger(subject, binding, c);
    }
  }
}

function nobody(c: Case, wanted: readonly string[]): Observation {
  const base = {
    resource: {
      type: c.role.kind,
      id: c.role.namespace === undefined ? c.role.name : `${c.role.namespace}/${c.role.name}`,
      name: c.role.name,
    },
    property: "bound",
    at: `/bindings/${c.index}`,
  } as const;
  const message = `${roleInWords(c.role)} is bound to no service account`;
  if (c.role.optional) {
    return {
      ...base,
      kind: "note",
      drift: "absent",
      message: `${message}; the document calls it optional`,
    };
  }
  return {
    ...base,
    kind: "drift",
    drift: "missing",
    message: `${message}, which the document asks for; what relies on it will fail`,
    expected: wanted,
    actual: null,
    verify: showAll(c.role.kind === "ClusterRole" ? "ClusterRoleBinding" : "RoleBinding"),
    remediation: {
      text: `Bind ${roleInWords(c.role)} to the service account that the vendor's software runs as.`,
      commands: [],
    },
  };
}

function* judge(c: Case, wanted: readonly string[]): Iterable<Observation> {
  for (const binding of c.bindings) yield* judgeBinding(binding, c);
  const inUse = c.bindings.some((b) => b.subjects.some((s) => s.kind !== "nobody"));
  // an optional role that nobody holds is a part that is not installed
  if (c.role.optional && !inUse && readLiveRoles(c.facts).named(c.role.kind, c.role.name).length === 0)
    return;
  if ((c.role.optional && !inUse) || (c.open && c.accounts.length === 0)) {
    yield nobody(c, wanted);
    return;
  }
  for (const account of c.accounts) yield* judgeAccount(account, c);
}

function unknownAccount(
  found: FoundAccount & { readonly kind: "unknown" },
  text: string,
  at: string,
): Observation {
  return {
    kind: "unknown",
    resource: { type: "ServiceAccount", id: text, name: text },
    message: found.why,
    property: JSON.stringify(["account", text]),
    decide: found.decide,
    at,
  };
}

function* malformed(facts: Facts): Iterable<Observation> {
  for (const binding of readBindings(facts)) {
    if (binding.problem === undefined) continue;
    yield {
      kind: "unknown",
      resource: bindingResource(binding),
      message: `whom ${bindingInWords(binding)} gives what is not known: ${binding.problem}`,
      property: "binding",
      clause: "K5",
      decide: `read it again (${show(binding)})`,
    };
  }
}

/** Where a parameter was not given and several accounts could be the one that the document knows, none is believed (K17). */
function* severalFor(facts: Facts, params: Params, context: Context): Iterable<Observation> {
  const roles = documentedRoles(context.controls);
  for (const { parameter, accounts } of accountsFound(facts, [...context.controls.values()])) {
    if (accounts.length < 2) continue;
    const own = params.bindings
      .map((entry, index) => ({ entry, index, role: roles.get(entry.role) }))
      .filter(({ entry }) => texts(entry.serviceAccounts).includes(`\${${parameter}}`));
    const [first] = own;
    if (first === undefined) continue;
    const given = own.flatMap(({ role }) => role ?? []);
    const impacts = given.map((role) =>
      worstOf(role.rules, role.namespace, servedResources(facts, role.rules)),
    );
    const impact = (["escalation", "write"] as const).find((each) => impacts.includes(each)) ?? "read";
    yield {
      kind: "drift",
      drift: "stray",
      impact,
      resource: { type: "ServiceAccount", id: `${facts.scope}#${parameter}`, name: parameter },
      property: "several",
      message: `${accounts.length} service accounts hold ${given.map(roleInWords).join(", ")}: ${accounts.join(", ")}; the document knows one, and nobody said which: the others are strangers; ${WHY_EXCESS[impact]}`,
      expected: "one service account",
      actual: accounts,
      at: `/bindings/${first.index}/serviceAccounts`,
      verify: showAll("RoleBinding"),
      remediation: {
        text: `Name the vendor's own with --set ${parameter}=NAMESPACE/NAME, and take the others out of the bindings.`,
        commands: [],
      },
    };
  }
}

/** What the report must say of parameters that were not given. */
function notes(facts: Facts, context: Context): readonly string[] {
  return accountsFound(facts, [...context.controls.values()]).map(
    ({ parameter, accounts }) =>
      `parameter ${parameter} not given: audited is ${accounts.length === 0 ? "nobody, since the bindings of the documented roles name nobody" : `whom the bindings of the documented roles name: ${accounts.join(", ")}`}`,
  );
}

function* run(facts: Facts, params: Params, context: Context): Iterable<Observation> {
  const nothing = [...nothingThere(facts, context)];
  if (nothing.length > 0) {
    yield* nothing;
    return;
  }
  yield* malformed(facts);
  const controls = [...context.controls.values()];
  const roles = documentedRoles(context.controls);
  const seen = new Map<string, Account & { readonly at: string; readonly given: boolean }>();
  let bindings = 0;
  for (const [index, entry] of params.bindings.entries()) {
    const role = roles.get(entry.role);
    if (role === undefined) continue;
    const found = texts(entry.serviceAccounts).map((text, i) => ({
      text,
      at: `/bindings/${index}/serviceAccounts/${i}`,
      who: findAccounts(facts, text, controls),
    }));
    const accounts = found.flatMap(({ who, at }) =>
      who.kind === "unknown" ? [] : who.accounts.map((a) => ({ ...a, at, given: who.kind === "given" })),
    );
    const c: Case = {
      facts,
      role,
      index,
      bindings: bindingsOf(facts, role),
      accounts: [...new Map(accounts.map((a) => [accountId(a), a])).values()],
      open: found.some(({ who }) => who.kind === "found"),
    };
    bindings += c.bindings.length;
    for (const a of c.accounts) if (!seen.has(accountId(a))) seen.set(accountId(a), a);
    const unknown = found.flatMap(({ who, text, at }) =>
      who.kind === "unknown" ? [unknownAccount(who, text, at)] : [],
    );
    yield* unknown;
    // who is a stranger is not known while some account is not
    if (unknown.length === 0) yield* judge(c, entry.serviceAccounts);
  }
  yield* severalFor(facts, params, context);
  const there = [...seen.values()].map((account) => ({ account, exists: accountExists(facts, account) }));
  for (const { account, exists } of there) {
    if (exists === false) yield missingAccount(facts, account, account.given, account.at);
    // who was found by the bindings is not said to be there
    if (exists === undefined && account.given) yield unknownWhetherThere(account, facts, account.at);
  }
  const untold = there.some(({ account, exists }) => exists === undefined && !account.given);
  yield {
    kind: "assessed",
    count: bindings,
    what: "bindings",
    audited: [...seen.keys()].sort(byText).map((id) => ({ id })),
    notes: [
      ...notes(facts, context),
      ...(untold ? [unlistedAccounts(facts)] : []),
      ...unlistedNamespaces(facts, context),
    ],
  };
}

/** Each documented role is bound to its service accounts, where it is documented, and to nobody else (K4, K5). */
export const roleBinding: Check = {
  id: "kubernetes/role-binding",
  cloud: "kubernetes",
  title: "Each documented role is bound to its service accounts and to nobody else",
  help: `Looks at every RoleBinding and ClusterRoleBinding that gives a documented role: a Role in its namespace, a ClusterRole anywhere.

Each service account that the role is for must hold it: a Role by a RoleBinding in its namespace, a ClusterRole by a ClusterRoleBinding, since a RoleBinding gives it in one namespace only. A subject that names the account as the user \`system:serviceaccount:NAMESPACE:NAME\` is that account; a group is always more than the account.

An account is given as NAME, in the audited namespace, or as NAMESPACE/NAME. One that is not given is whom the bindings name: the account that holds all the roles which are for it alone, in the deployment's own namespaces. The report says who. Where several could be it, that is drift (K17): the document knows one.

Unknown, never pass: role bindings or cluster role bindings could not be listed, the audited namespace does not exist, a binding cannot be understood, service accounts could not be listed and one is named.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["bindings"],
    properties: {
      bindings: {
        type: "array",
        minItems: 1,
        items: {
          type: "object",
          additionalProperties: false,
          required: ["role", "serviceAccounts"],
          properties: {
            role: { type: "string", minLength: 1, description: "id of a control of this baseline" },
            serviceAccounts: {
              type: "array",
              minItems: 1,
              items: {
                type: "string",
                minLength: 1,
                description: "a service account: name, namespace/name, or a reference to a parameter",
              },
            },
          },
        },
      },
    },
  },
  needs: () => [
    "kubernetes/cluster",
    "kubernetes/namespace",
    "kubernetes/service-account",
    "kubernetes/role",
    "kubernetes/cluster-role",
    "kubernetes/role-binding",
    "kubernetes/cluster-role-binding",
    "kubernetes/api-resource",
  ],
  tolerates: [
    "kubernetes/namespace",
    "kubernetes/service-account",
    "kubernetes/role",
    "kubernetes/cluster-role",
    "kubernetes/api-resource",
  ],
  drifts: {
    stray: {
      short: "A documented role is bound to somebody whom the document does not know.",
      help: "A binding gives the vendor's role to another service account, a user or a group: it can do all that the role allows, and it weighs what the role does. A group of service accounts holds every account in it, so it is too much even where the vendor's own is among them. Where the account was not named, only a service account of the deployment's own namespaces is taken for the vendor's, and where several could be the one that the document knows, none is believed: name it by its parameter. Take the others out, or delete the binding.",
    },
    missing: {
      short: "A documented role is not bound to its service account.",
      help: "No binding gives the role to the account where it is documented, so what relies on it will fail. A RoleBinding to a ClusterRole gives it in one namespace only, and a Role of the same name in another namespace is another role. Bind it with the command of the remediation, in the manifest or chart that the installation comes from.",
    },
    absent: {
      short: "A service account does not exist.",
      help: "The account that was named, or that a binding names, is not there. Nobody holds its rights now; whoever may create service accounts in that namespace can take them. A role that is optional and bound to nobody is a note.",
    },
    dead: {
      short: "A binding grants nothing.",
      help: "It names a role that does not exist, or a subject that the server takes for nobody. It is a note: that the role is not there is drift of the control that documents it.",
    },
  },
  run: (facts, params, context) => run(facts, params as Params, context),
};
