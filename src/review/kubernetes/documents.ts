import { parseAllDocuments, stringify } from "yaml";
import { comparePolicies } from "../../access/provider.ts";
import type { Facts } from "../../snapshot/facts.ts";
import { factsOf } from "../../snapshot/facts.ts";
import type { DocumentKind } from "../../snapshot/kinds/kinds.ts";
import type { SnapshotDocument } from "../../snapshot/snapshot.ts";
import { type Binding, bindingInWords, readBindings } from "../../state/kubernetes/binding.ts";
import { remove } from "../../state/kubernetes/command.ts";
import {
  type AccountHoldings,
  accountHoldingsOf,
  bindingGrantInWords,
} from "../../state/kubernetes/holdings.ts";
import { type Account, accountId, subjectCovers, subjectInWords } from "../../state/kubernetes/subject.ts";
import { byText } from "../../text/order.ts";
import type { TargetDocument } from "../review.ts";
import { documentsOfColumn, type HeldRules } from "./columns.ts";
import { type DocumentedTarget, type TargetRole, targetFor } from "./target.ts";

const RBAC = "rbac.authorization.k8s.io";
/** Source: etcd documentation, "System limits": 1.5 MiB for one request. */
const MOST_BYTES = 1_572_864;

export interface WrittenRoles {
  readonly documents: readonly TargetDocument[];
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

interface RbacObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/**
 * The target as manifests, a file for each documented role, with the bindings to its accounts. What comes out is read
 * again as a cluster's state is, and compared with the target for every account; unless each is proven to hold exactly
 * its part of the target, nothing comes out.
 */
export function roleManifests(
  facts: Facts,
  target: DocumentedTarget,
  accounts: readonly Account[],
): WrittenRoles {
  const notes: string[] = [];
  const files = new Map<string, string[]>();
  for (const role of target.roles) {
    const text = [roleObject(role), bindingObject(facts, role, notes)].map((object) => stringify(object));
    const file = `${role.control}.yaml`;
    files.set(file, [...(files.get(file) ?? []), ...text]);
  }
  const documents = [...files]
    .sort(([a], [b]) => byText(a, b))
    .map(([file, parts]): TargetDocument => {
      const text = parts.join("---\n");
      return {
        file,
        text,
        size: Buffer.byteLength(text),
        limit: `${MOST_BYTES} bytes, the most that etcd takes in one request`,
      };
    });
  const large = documents.find(({ size }) => size > MOST_BYTES);
  const why =
    large === undefined
      ? differs(documents, target, accounts)
      : `${large.file} is larger than what etcd takes in one request`;
  return why === undefined
    ? { documents, problems: [], notes }
    : { documents: [], problems: [`no document can be written: ${why}`], notes: [] };
}

function roleObject({ name, rules }: TargetRole): RbacObject {
  const { kind, namespace } = name;
  return {
    apiVersion: `${RBAC}/v1`,
    kind,
    metadata: { name: name.name, ...(namespace === undefined ? {} : { namespace }) },
    rules,
  } as RbacObject;
}

/**
 * The binding of a role. It has the name of one that gives this role there today, so that it is changed and no second
 * one is made; a name that another role's binding has is left to that one, since what a binding gives cannot be changed.
 */
function bindingObject(facts: Facts, { name, accounts }: TargetRole, notes: string[]): RbacObject {
  const kind = name.namespace === undefined ? "ClusterRoleBinding" : "RoleBinding";
  const there = readBindings(facts).filter((b) => b.kind === kind && b.namespace === name.namespace);
  const gives = (b: Binding) => b.role?.kind === name.kind && b.role.name === name.name;
  const own = (b: Binding) =>
    b.subjects.some((subject) => accounts.some((account) => subjectCovers(subject, account) === ""));
  const today = there.find((b) => gives(b) && own(b)) ?? there.find(gives);
  const others = (today?.subjects ?? []).filter((s) => !accounts.some((a) => subjectCovers(s, a) === ""));
  if (today !== undefined && others.length > 0)
    notes.push(
      `applying what is written takes ${others.map(subjectInWords).join(", ")} out of ${bindingInWords(today)}`,
    );
  return {
    apiVersion: `${RBAC}/v1`,
    kind,
    metadata: {
      name: today?.name ?? freeName(name.name, new Set(there.map((b) => b.name))),
      ...(name.namespace === undefined ? {} : { namespace: name.namespace }),
    },
    roleRef: { apiGroup: RBAC, kind: name.kind, name: name.name },
    subjects: accounts.map(({ name: account, namespace }) => ({
      kind: "ServiceAccount",
      name: account,
      namespace,
    })),
  } as RbacObject;
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? wanted : `${wanted}-${n}`;
    if (!taken.has(name)) return name;
  }
}

const KINDS: Readonly<Record<string, DocumentKind>> = {
  Role: "kubernetes/role",
  ClusterRole: "kubernetes/cluster-role",
  RoleBinding: "kubernetes/role-binding",
  ClusterRoleBinding: "kubernetes/cluster-role-binding",
};

/** Why what was written is not the target; undefined: it is. */
function differs(
  documents: readonly TargetDocument[],
  target: DocumentedTarget,
  accounts: readonly Account[],
): string | undefined {
  const objects = documents.flatMap(({ text }) =>
    parseAllDocuments(text).map((document) => document.toJS() as RbacObject),
  );
  const written = factsOf({
    schema: 1,
    provider: "kubernetes",
    scope: "written",
    takenAt: "1970-01-01T00:00:00.000Z",
    documents: objects.flatMap((body): SnapshotDocument[] => {
      const kind = KINDS[body.kind];
      const { name, namespace } = body.metadata;
      return kind === undefined
        ? []
        : [{ kind, id: namespace === undefined ? name : `${namespace}/${name}`, body }];
    }),
    unread: [],
  });
  for (const account of accounts) {
    const wanted = targetFor(target, account);
    const holdings = accountHoldingsOf(written, account);
    const gap = holdings.gaps[0]?.what ?? holdings.dangling[0]?.name;
    if (gap !== undefined) return `${gap} cannot be read back`;
    const odd = firstDifference(wanted, heldOf(holdings));
    if (odd !== undefined) return `it is not proven to equal the target for ${accountId(account)}: ${odd}`;
  }
  return undefined;
}

function firstDifference(a: readonly HeldRules[], b: readonly HeldRules[]): string | undefined {
  if (a.length === 0 && b.length === 0) return undefined;
  const { missing, excess, undecided } = comparePolicies(
    "kubernetes",
    documentsOfColumn(a),
    documentsOfColumn(b),
  );
  return [...missing, ...excess, ...undecided][0]?.pattern;
}

/** What an account holds, as a column has it. */
export function heldOf({ grants }: AccountHoldings): readonly HeldRules[] {
  return grants.map(({ role, namespace }) => ({
    ...(namespace === undefined ? {} : { namespace }),
    rules: role.rules,
  }));
}

/**
 * Bindings that give an account more than the target: applying the target takes nothing of it away, since grants add up.
 * Roles that are written again are narrowed by that.
 */
export function bindingsToGo(
  holdings: AccountHoldings,
  target: readonly HeldRules[],
  written: readonly TargetRole[],
  account: Account,
): readonly string[] {
  const replaced = (kind: string, name: string, namespace: string | undefined) =>
    written.some((w) => w.name.kind === kind && w.name.name === name && w.name.namespace === namespace);
  return holdings.grants
    .filter(({ role, binding, namespace }) => {
      const kept =
        replaced(role.kind, role.name, role.namespace) &&
        (role.kind === "Role" || binding.kind === "ClusterRoleBinding");
      if (kept) return false;
      const live = [{ ...(namespace === undefined ? {} : { namespace }), rules: role.rules }];
      const { excess, undecided } = comparePolicies(
        "kubernetes",
        target.length === 0 ? [{ rules: [] }] : documentsOfColumn(target),
        documentsOfColumn(live),
      );
      return excess.length + undecided.length > 0;
    })
    .map((grant) => {
      const alone =
        grant.as === "" && grant.binding.subjects.every((subject) => subjectCovers(subject, account) === "");
      const how = alone ? remove(grant.binding) : "it names others too: take this account out of it";
      return `${accountId(account)} holds more than the target by ${bindingGrantInWords(grant)}, which applying the target does not take away: ${how}`;
    })
    .sort(byText);
}
