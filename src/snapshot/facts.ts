import type { Provider } from "../access/policy.ts";
import type { DocumentKind } from "./kinds/kinds.ts";
import type { Snapshot, SnapshotDocument, Unread } from "./snapshot.ts";
import { sortedDocuments, sortedUnread } from "./write.ts";

/** What a snapshot says, by kind. A check reads nothing else. */
export interface Facts {
  /** Azure: `/subscriptions/<id>`. AWS: `<account>/<region>`. */
  readonly scope: string;
  /** When the state was recorded, ISO 8601. The only clock that a check has. */
  readonly takenAt: string;
  /** Whom the state was recorded for, as the user named them; absent: whoever was found. */
  readonly asked?: readonly string[];
  all(kind: DocumentKind): readonly SnapshotDocument[];
  /** What of that kind (and of that id, if given) could not be read. */
  unread(kind: DocumentKind, id?: string): readonly Unread[];
  /** What a check that looks at all of a kind must hear where only what was named of it was read. */
  narrowed(kind: DocumentKind): readonly Unread[];
  /** Whether a state of that provider is among what is judged together. */
  has(provider: Provider): boolean;
}

/**
 * A snapshot as checks read it: by kind, in an order that does not depend on how it was written. An `unread` entry
 * without an id is about the whole kind, so it also stands for every single id of that kind. Ids compare in any case.
 */
export function factsOf(snapshot: Snapshot): Facts {
  const documents = new Map<DocumentKind, SnapshotDocument[]>();
  const twice: Unread[] = [];
  for (const document of sortedDocuments(snapshot.documents)) {
    const member = twiceNamed(document.body);
    if (member !== undefined) {
      const { kind, id } = document;
      // whose document it is may be what is said twice, so it stands for the whole kind
      const detail = `${id} says one thing in two spellings, ${member.join(" and ")}: which counts is not known`;
      twice.push({ kind, api: kind, cause: "malformed", detail });
    }
    const list = documents.get(document.kind);
    if (list === undefined) documents.set(document.kind, [document]);
    else list.push(document);
  }
  const unread = new Map<DocumentKind, Unread[]>();
  for (const entry of sortedUnread([...snapshot.unread, ...twice])) {
    const list = unread.get(entry.kind);
    if (list === undefined) unread.set(entry.kind, [entry]);
    else list.push(entry);
  }
  return {
    scope: snapshot.scope,
    takenAt: snapshot.takenAt,
    ...(snapshot.principals === undefined ? {} : { asked: snapshot.principals }),
    all: (kind) => documents.get(kind) ?? [],
    unread: (kind, id) => {
      const entries = unread.get(kind) ?? notAsked(snapshot, kind);
      if (id === undefined) return entries;
      const about = entries.filter(
        (entry) => entry.id === undefined || entry.id.toLowerCase() === id.toLowerCase(),
      );
      return about.length > 0 ? about : notNamed(snapshot, kind, id);
    },
    narrowed: (kind) => {
      if (snapshot.names?.[kind] === undefined) return [];
      const detail = "only some were looked at; collect it again with the baselines to be audited";
      return [{ kind, api: kind, cause: "incomplete", detail }];
    },
    has: (provider) => provider === snapshot.provider,
  };
}

/**
 * The facts of one state, and of kinds of another provider what the other states of the run say: a role is that of a
 * service account by what the cluster says, a chart is there as an add-on by what AWS says. Of a provider of which
 * nothing was recorded every kind is unread.
 * @param others states of other providers
 */
export function factsAmong(own: Facts, provider: Provider, others: readonly Facts[]): Facts {
  const of = (kind: DocumentKind): readonly Facts[] => {
    const wanted = kind.slice(0, kind.indexOf("/")) as Provider;
    return wanted === provider ? [own] : others.filter((facts) => facts.has(wanted));
  };
  return {
    ...own,
    all: (kind) => of(kind).flatMap((facts) => facts.all(kind)),
    unread: (kind, id) => {
      const from = of(kind);
      if (from.length > 0) return from.flatMap((facts) => facts.unread(kind, id));
      const detail = `nothing of ${kind.slice(0, kind.indexOf("/"))} was collected beside it`;
      return [{ kind, api: kind, cause: "incomplete", detail }];
    },
    narrowed: (kind) => of(kind).flatMap((facts) => facts.narrowed(kind)),
    has: (wanted) => own.has(wanted) || others.some((facts) => facts.has(wanted)),
  };
}

/** Members whose own members are names that somebody chose, so that two may differ by case alone. */
const CHOSEN: ReadonlySet<string> = new Set([
  "tags",
  "labels",
  "annotations",
  "matchlabels",
  "selector",
  "nodeselector",
  "condition",
  "data",
  "managedfields",
]);

/** Two members of one object, anywhere in a body, whose names differ by the case of ASCII letters alone (G7). */
function twiceNamed(value: unknown): readonly [string, string] | undefined {
  if (Array.isArray(value)) {
    for (const item of value) {
      const found = twiceNamed(item);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const names = new Map<string, string>();
  for (const [name, inner] of Object.entries(value)) {
    // ids and addresses as names are no members of ours
    if (!/^[A-Za-z]\w*$/.test(name)) continue;
    const folded = name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    const other = names.get(folded);
    if (other !== undefined) return [other, name];
    names.set(folded, name);
    const found = CHOSEN.has(folded) ? undefined : twiceNamed(inner);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The kinds of AWS and Kubernetes of which a snapshot may have been made that does not yet say what it was asked for. */
const FIRST: ReadonlySet<string> = new Set([
  ...["caller-identity", "role", "listed-role", "role-policy", "attached-policy", "policy"].map(
    (k) => `aws/${k}`,
  ),
  ...["tagged-resource", "vpc", "subnet", "nat-gateway", "internet-gateway", "route-table"].map(
    (k) => `aws/${k}`,
  ),
  ...["security-group", "instance", "volume", "eks-cluster", "eks-nodegroup", "eks-version"].map(
    (k) => `aws/${k}`,
  ),
  ...["cluster", "namespace", "service-account", "role", "cluster-role"].map((k) => `kubernetes/${k}`),
  ...["role-binding", "cluster-role-binding", "api-resource"].map((k) => `kubernetes/${k}`),
]);

/** Whether a snapshot was asked for a kind. One that does not say so knows nothing of kinds that came later. */
function wasAsked({ kinds, documents }: Snapshot, kind: DocumentKind): boolean {
  if (kinds !== undefined) return kinds.includes(kind);
  if (kind.startsWith("azure/") || kind.includes("/x-") || FIRST.has(kind)) return true;
  return documents.some((document) => document.kind === kind);
}

/** A snapshot that was collected for other controls says nothing of what it was not asked to read. */
function notAsked(snapshot: Snapshot, kind: DocumentKind): readonly Unread[] {
  if (wasAsked(snapshot, kind)) return [];
  const detail = "the snapshot was collected without it; collect it again with the baselines to be audited";
  return [{ kind, api: kind, cause: "incomplete", detail }];
}

/** Of a kind of which only what was named was read, another one says nothing. */
function notNamed(snapshot: Snapshot, kind: DocumentKind, id: string): readonly Unread[] {
  const names = snapshot.names?.[kind];
  const everywhere = `${id.slice(0, id.indexOf("/"))}/*`;
  if (names === undefined || names.includes(id) || names.includes(everywhere)) return [];
  const detail = `${id} was not looked for when the state was recorded; collect it again with the baselines to be audited`;
  return [{ kind, id, api: kind, cause: "incomplete", detail }];
}
