import type { Doubt, VoidGrant } from "../../access/policy.ts";
import type { Facts } from "../../snapshot/facts.ts";
import { texts } from "../../snapshot/value.ts";
import type { Context } from "../../state/context.ts";
import { accountsFound, findAccounts } from "../../state/kubernetes/accounts.ts";
import { bindingInWords, givenInWords } from "../../state/kubernetes/binding.ts";
import { show, showAll } from "../../state/kubernetes/command.ts";
import { ruleDifferenceOf } from "../../state/kubernetes/difference.ts";
import { type DocumentedRole, documentedRoles, placesOf } from "../../state/kubernetes/documented.ts";
import { FLOOR } from "../../state/kubernetes/floor.ts";
import {
  type AccountGap,
  accountHoldingsOf,
  type BindingGrant,
  bindingGrantInWords,
} from "../../state/kubernetes/holdings.ts";
import { type AccessPlace, type Located, locate, placesFor } from "../../state/kubernetes/places.ts";
import { roleInWords } from "../../state/kubernetes/role.ts";
import { servedResources } from "../../state/kubernetes/served.ts";
import { worstOf } from "../../state/kubernetes/stranger.ts";
import { accountId } from "../../state/kubernetes/subject.ts";
import { openedIn } from "../../state/kubernetes/ways.ts";
import { byText } from "../../text/order.ts";
import { type AccountCase, excess, missing, where, who } from "../../wording/kubernetes/account-drift.ts";
import { accountResource } from "../../wording/kubernetes/account-exists.ts";
import { observedRuleDoubt, voidInWords } from "../../wording/kubernetes/compare.ts";
import { nothingThere, unlistedNamespaces } from "../../wording/kubernetes/namespace.ts";
import { runningAs } from "../../wording/kubernetes/run-as.ts";
import type { Observation } from "../../wording/observation.ts";
import { withUnclear } from "../../wording/ways.ts";
import { WHY_EXCESS } from "../../wording/words.ts";
import type { Check } from "../define.ts";

interface Params {
  readonly accounts: readonly { readonly serviceAccount: string; readonly roles: readonly string[] }[];
}

function gapObservation(gap: AccountGap, c: AccountCase): Observation {
  return {
    kind: "unknown",
    resource: accountResource(c.account),
    message: `what ${gap.what} grants to ${who(c)} is not known: ${gap.why}`,
    property: JSON.stringify(["gap", gap.what]),
    clause: gap.clause,
    decide: gap.decide,
    at: c.at,
  };
}

/** Bindings that name a role which is not there: nothing today, everything that somebody writes into it tomorrow. */
function* dangling(c: AccountCase): Iterable<Observation> {
  for (const binding of c.holdings.dangling) {
    yield {
      kind: "note",
      drift: "dead",
      resource: accountResource(c.account),
      message: `${bindingInWords(binding)} gives ${who(c)} ${givenInWords(binding)}, which does not exist: it grants nothing until somebody makes that role`,
      property: JSON.stringify(["dangling", bindingInWords(binding)]),
      at: c.at,
      verify: show(binding),
    };
  }
}

/** What is granted and has no effect where it is (K4): one note for each grant. */
function* voidGrants(found: readonly VoidGrant[], place: AccessPlace, c: AccountCase): Iterable<Observation> {
  const live = found.filter((v) => v.side === "live");
  for (const document of new Set(live.map((v) => v.origin.document))) {
    const grant = place.allowed.live[document]?.grant;
    // of a documented role the role's own control says it
    if (grant === undefined || c.roles.some((r) => isSameRole(r, grant.role))) continue;
    const own = live.filter((v) => v.origin.document === document);
    yield {
      kind: "note",
      drift: "dead",
      resource: accountResource(c.account),
      message: `${bindingGrantInWords(grant)} lists what grants nothing ${where(place)}: ${voidInWords(own, place.namespace)}`,
      property: JSON.stringify(["void", bindingGrantInWords(grant)]),
      at: c.at,
    };
  }
}

function isSameRole(documented: DocumentedRole, live: BindingGrant["role"]): boolean {
  return documented.kind === live.kind && documented.name === live.name;
}

function* judge(c: AccountCase): Iterable<Observation> {
  for (const gap of c.holdings.gaps) yield gapObservation(gap, c);
  let compared = 0;
  for (const place of placesFor(c.facts, c.account, c.roles, c.holdings)) {
    const lacking = ruleDifferenceOf(place.required);
    // What is not known may grant what lacks: the gap says so.
    if (c.holdings.gaps.length === 0) for (const residue of lacking.missing) yield missing(residue, place, c);
    const beyond = ruleDifferenceOf(place.allowed);
    const opened = openedIn(place, beyond.excess);
    for (const residue of beyond.excess) yield excess(residue, place, c, opened.byPart.get(residue));
    const resource = accountResource(c.account);
    const subject = `${who(c)} ${where(place)}`;
    const doubtsOf = (undecided: readonly Doubt[], side: Doubt["side"]) =>
      undecided
        .filter((d) => d.side === side)
        .map((doubt) => observedRuleDoubt(doubt, resource, subject, place.namespace));
    yield* doubtsOf(lacking.undecided, "missing");
    yield* withUnclear(
      doubtsOf(beyond.undecided, "excess"),
      opened.unclear,
      resource,
      subject,
      `:${place.namespace ?? ""}`,
      `${c.at}/roles`,
    );
    yield* voidGrants(beyond.void ?? [], place, c);
    compared += place.allowed.live.reduce((n, granted) => n + granted.rules.length, 0);
  }
  yield* spread(c);
  yield* dangling(c);
  yield { kind: "assessed", count: compared, what: "rules held", audited: [{ id: accountId(c.account) }] };
}

/** A documented Role that is bound to the account in several namespaces, of which none is known to be the one meant. */
function* spread(c: AccountCase): Iterable<Observation> {
  for (const role of c.roles) {
    const places = role.kind === "Role" ? placesOf(c.facts, role, c.account) : [];
    const grants = c.holdings.grants.filter(
      ({ role: live, namespace }) => isSameRole(role, live) && places.includes(namespace ?? ""),
    );
    if (new Set(grants.map(({ namespace }) => namespace)).size < 2) continue;
    const impacts = grants.map(({ role: live, namespace }) =>
      worstOf(live.rules, namespace, servedResources(c.facts, live.rules)),
    );
    const impact = (["escalation", "write"] as const).find((each) => impacts.includes(each)) ?? "read";
    const where = places.join(", ");
    yield {
      kind: "drift",
      drift: "excess",
      impact,
      resource: accountResource(c.account),
      property: JSON.stringify(["places", role.kind, role.name]),
      message: `${who(c)} holds ${role.kind} ${role.name} in several namespaces (${where}), by ${grants.map(bindingGrantInWords).join("; ")}; the document means one; ${WHY_EXCESS[impact]}`,
      by: grants.map(bindingGrantInWords).join("; "),
      expected: "one namespace",
      actual: where,
      at: `${c.at}/roles/${c.roles.indexOf(role)}`,
      verify: showAll("RoleBinding"),
      remediation: {
        text: `Delete the bindings of ${role.kind} ${role.name} in the namespaces that the vendor's software does not need it in.`,
        commands: [],
      },
    };
  }
}

/** The bindings that give every service account the floor, for the report to say once (K9). */
function floorNote(cases: readonly AccountCase[]): Observation | undefined {
  const [first] = cases;
  if (first === undefined) return undefined;
  const floor = first.holdings.grants.filter(
    ({ as, role, namespace }) =>
      as.startsWith("as group") &&
      namespace === undefined &&
      role.rules.length > 0 &&
      ruleDifferenceOf({ documented: [{ rules: FLOOR }], live: [{ rules: role.rules }] }).excess.length === 0,
  );
  if (floor.length === 0) return undefined;
  return {
    kind: "note",
    drift: "excess",
    resource: { type: "cluster", id: first.facts.scope, name: "every service account" },
    message: `every service account also holds what the server gives to all of them, by ${floor.map(({ binding }) => bindingInWords(binding)).join(", ")}: that is not counted as excess (K9)`,
    property: "floor",
    at: "/accounts",
  };
}

/** Nobody stands behind an account of the control. */
function nobody(text: string, at: string, roles: readonly DocumentedRole[], facts: Facts): Observation {
  const parameter = text.slice(2, -1);
  const base = {
    resource: { type: "ServiceAccount", id: `${facts.scope}#${parameter}`, name: parameter },
    property: "account",
    drift: "absent",
    at,
  } as const;
  const names = roles.map(roleInWords).join(", ");
  const message = `no service account was found: no binding of ${names} names one`;
  // a part that may be absent
  if (roles.every((role) => role.optional)) {
    return {
      ...base,
      kind: "note",
      message: `${message}; the document calls ${roles.length === 1 ? "it" : "them"} optional`,
    };
  }
  return {
    ...base,
    kind: "drift",
    message: `${message}, so nobody can do what is documented`,
    expected: roles.map((role) => role.control),
    actual: null,
    verify: showAll("RoleBinding"),
    remediation: {
      text: `Bind the documented roles to the service account, or name it with --set ${parameter}=NAMESPACE/NAME.`,
      commands: [],
    },
  };
}

function* run(facts: Facts, params: Params, context: Context): Iterable<Observation> {
  const nothing = [...nothingThere(facts, context)];
  if (nothing.length > 0) {
    yield* nothing;
    return;
  }
  const untold = unlistedNamespaces(facts, context);
  if (untold.length > 0) yield { kind: "assessed", count: 0, what: "rules held", notes: untold };
  const controls = [...context.controls.values()];
  const documented = documentedRoles(context.controls);
  const cases = new Map<string, AccountCase>();
  for (const [index, entry] of params.accounts.entries()) {
    const at = `/accounts/${index}`;
    const roles = texts(entry.roles).flatMap((id) => documented.get(id) ?? []);
    const found = findAccounts(facts, entry.serviceAccount, controls);
    if (found.kind === "unknown") {
      yield {
        kind: "unknown",
        resource: { type: "ServiceAccount", id: entry.serviceAccount, name: entry.serviceAccount },
        message: found.why,
        property: JSON.stringify(["account", entry.serviceAccount]),
        decide: found.decide,
        at: `${at}/serviceAccount`,
      };
      continue;
    }
    if (found.accounts.length === 0) yield nobody(entry.serviceAccount, `${at}/serviceAccount`, roles, facts);
    for (const account of found.accounts) {
      // one account in several parts may do what each of them documents
      const known = cases.get(accountId(account));
      cases.set(accountId(account), {
        facts,
        account,
        roles: [...new Set([...(known?.roles ?? []), ...roles])],
        holdings: known?.holdings ?? accountHoldingsOf(facts, account),
        at: known?.at ?? at,
      });
    }
  }
  const sorted = [...cases].sort(([a], [b]) => byText(a, b)).map(([, c]) => c);
  // what is documented for anybody: for the accounts of the control where their roles are meant, else where a role says
  const all: readonly Located[] = [
    ...sorted.flatMap((c) => locate(facts, c.account, c.roles)),
    ...[...documented.values()].flatMap((role): readonly Located[] =>
      role.kind === "ClusterRole" || role.namespace !== undefined
        ? [{ role, namespace: role.namespace }]
        : [],
    ),
  ];
  for (const c of sorted) {
    yield* judge(c);
    yield* runningAs(c, all, new Set(cases.keys()));
  }
  const floor = floorNote(sorted);
  if (floor !== undefined) yield floor;
  const open = accountsFound(facts, controls).filter(({ accounts }) => accounts.length === 0);
  if (cases.size === 0 && open.length > 0)
    yield { kind: "assessed", count: 0, what: "rules held", audited: [] };
}

/** All that a service account can do, over every binding, is what is documented for it (K4 to K6, K8, K9). */
export const effectiveAccess: Check = {
  id: "kubernetes/effective-access",
  cloud: "kubernetes",
  title: "A service account can do exactly what is documented for it, by all its bindings together",
  help: `The union of all that an account holds: over every ClusterRoleBinding and the RoleBindings of every namespace, those to its groups (\`system:serviceaccounts\`, \`system:serviceaccounts:NAMESPACE\`, \`system:authenticated\`), those that name it as a user, and those to \`system:anonymous\` and \`system:unauthenticated\`, which anybody is. It is compared everywhere in the cluster, and in each namespace where something is documented or granted, with the rules documented for this account: a ClusterRole everywhere, a Role in its namespace. For a Role whose control names no namespace that is the one in which it is bound to the account; of several the account's own, else the one where the Role is also bound to an account of that namespace, and more than one is excess; one that Kubernetes reserves for itself (\`kube-…\`) is never meant.

It is an interval: something is missing only if a required rule asks for it, and in excess only if neither a required nor an optional one does. What every service account holds by the rules that Kubernetes publishes for its bootstrap roles is not excess; a rule added to one of these roles is. \`by\` names each binding and role that gives what is in excess, and the group by which it reaches the account.

Whoever may create pods, or what makes pods, in a namespace, get into them, or ask for tokens there, may run as its service accounts, and so on from there: what those hold beyond all that is documented, for anybody, is excess too, with the way as \`by\`. Accounts that it can run as though the document lets it run nothing there are one finding a namespace. What the server's own bindings give its own parts is a note where the document itself opens that way.

A ClusterRole through a RoleBinding grants what has a namespace, in that namespace. A binding to a role that does not exist grants nothing, and is a note. An account that is not given is whom the bindings of the documented roles name; the report says who.

Unknown, never pass: bindings or roles could not be listed, the audited namespace does not exist, an aggregated role that the account holds was not filled in.

Not considered: other authorizers of the server, and admission.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["accounts"],
    properties: {
      accounts: {
        type: "array",
        minItems: 1,
        items: {
          type: "object",
          additionalProperties: false,
          required: ["serviceAccount", "roles"],
          properties: {
            serviceAccount: {
              type: "string",
              minLength: 1,
              description: "a service account: name, namespace/name, or a reference to a parameter",
            },
            roles: {
              type: "array",
              minItems: 1,
              items: { type: "string", minLength: 1 },
              description: "ids of the controls whose roles it holds",
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
  tolerates: ["kubernetes/namespace", "kubernetes/service-account", "kubernetes/api-resource"],
  drifts: {
    excess: {
      short: "The account can do more than is documented for it.",
      help: "Some binding gives the account, or a group that it is in, what none of its documented roles allows there; or a Role that is documented for one namespace is bound to it in several. `by` names the binding and the role, the proof is one request. Where nothing of the role is documented the remediation deletes the binding; else it narrows the rule. It is critical when the account could give itself more with it: escalate, bind, impersonate. What every service account holds by Kubernetes' own bootstrap roles is a note.",
    },
    missing: {
      short: "The account cannot do all that is documented for it.",
      help: "The documented role does not exist, does not grant it, is not bound to the account, or only in one namespace: the message says which. The vendor's software will fail where it needs it.",
    },
    absent: {
      short: "There is no service account to audit.",
      help: "No binding of the documented roles names a service account, so nobody can do what is documented. Bind the roles, or name the account by its parameter. For roles that are all optional it is a note.",
    },
    dead: {
      short: "Something that the account is given grants nothing.",
      help: "A binding names a role that does not exist, or a role lists what cannot be granted through a RoleBinding. It is a note: nothing today.",
    },
  },
  run: (facts, params, context) => run(facts, params as Params, context),
};
