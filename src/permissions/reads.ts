import type { Provider } from "../access/policy.ts";
import type { ApiCall, AwsCall, KindSource, KubernetesCall } from "../snapshot/kinds/calls.ts";
import type { ExtraCall, ExtraKind } from "../snapshot/kinds/extra.ts";
import type { BundledKind, DocumentKind } from "../snapshot/kinds/kinds.ts";
import { documentKinds } from "../snapshot/kinds/kinds.ts";
import { nodesCall } from "../snapshot/kinds/kubernetes.ts";

export type NeededCall = ApiCall | AwsCall | KubernetesCall;

/** One permission that a scan needs: the calls that need it, and what they read. */
export interface Read<C extends NeededCall = NeededCall> {
  /** The provider's own name of it: `iam:GetRole`, `Microsoft.KeyVault/vaults/read`, `list roles.rbac…`. */
  readonly permission: string;
  readonly calls: readonly C[];
  readonly kinds: readonly DocumentKind[];
  /** What it is for: the titles of the kinds. */
  readonly titles: readonly string[];
  /** The same with the reason, a line for each title. */
  readonly reasons: readonly string[];
}

/**
 * What a scan of a cluster reads beside, to find out which vendor's baseline is meant: only where several could be
 * (`scan` without `--baseline`).
 */
export const editionRead: Read<KubernetesCall> = {
  permission: nodesCall.permission,
  calls: [nodesCall],
  kinds: [],
  titles: ["nodes"],
  reasons: ["nodes: in which cloud the cluster runs; not needed with --baseline"],
};

/** Kinds that come with others, as the collectors read them. Tests hold this against the calls that they make. */
const implied: Readonly<Record<Provider, (asked: ReadonlySet<DocumentKind>) => readonly DocumentKind[]>> = {
  azure: () => [],
  aws: (asked) => [
    // Of the listed roles, those that the vendor may come in by are read as the audited one is.
    ...(["aws/role", "aws/listed-role", "aws/role-policy", "aws/attached-policy", "aws/policy"].some((kind) =>
      asked.has(kind as DocumentKind),
    )
      ? (["aws/role"] as const)
      : []),
    // Which managed policies there are to read, the list of the attached ones says.
    ...(asked.has("aws/policy") ? (["aws/attached-policy"] as const) : []),
  ],
  kubernetes: () => ["kubernetes/cluster"],
};

/** What has to be read beside, to find out whom to audit. */
const finding: Readonly<Record<Provider, (asked: ReadonlySet<DocumentKind>) => readonly DocumentKind[]>> = {
  azure: (asked) =>
    asked.has("azure/assigned-to") || asked.has("azure/role-eligibility")
      ? ["azure/role-definition", "azure/role-assignment"]
      : [],
  aws: () => [],
  kubernetes: () => [],
};

/** AWS answers these to everybody, even against an explicit deny (STS API reference, GetCallerIdentity). */
const free = new Set(["GetCallerIdentity"]);

/** What is only called to find out whom to audit. */
const findingOnly = new Set(["aws/role ListRoles"]);

/**
 * Every permission that reading these kinds takes, by name; nothing that is not needed, and nothing that everybody has.
 * @param named whom to audit was named, so that nothing is read to find it out
 * @param extra kinds that plugins add, of which those asked for are read
 */
export function readsOf(
  cloud: Provider,
  kinds: ReadonlySet<DocumentKind>,
  { named, extra = [] }: { readonly named: boolean; readonly extra?: readonly ExtraKind[] },
): readonly Read[] {
  const asked = new Set([...kinds].filter((kind) => kind.startsWith(`${cloud}/`)));
  if (asked.size === 0) return [];
  const all = new Set([...asked, ...implied[cloud](asked), ...(named ? [] : finding[cloud](asked))]);
  const reads = new Map<
    string,
    { calls: NeededCall[]; kinds: DocumentKind[]; titles: string[]; reasons: string[] }
  >();
  for (const kind of [...all].sort()) {
    // A baseline of somebody's own may name a kind that nothing reads; its controls are unknown in a scan.
    const source = sourceOf(kind, extra);
    if (source === undefined) continue;
    for (const call of source.calls) {
      if (free.has(call.operation) || (named && findingOnly.has(`${kind} ${call.operation}`))) continue;
      const read = reads.get(call.permission) ?? { calls: [], kinds: [], titles: [], reasons: [] };
      if (!read.calls.some((each) => each.operation === call.operation)) read.calls.push(call);
      if (!read.kinds.includes(kind)) read.kinds.push(kind);
      if (!read.titles.includes(source.title)) {
        read.titles.push(source.title);
        read.reasons.push(`${source.title}: ${source.purpose}`);
      }
      reads.set(call.permission, read);
    }
  }
  return [...reads]
    .map(([permission, read]) => ({ permission, ...read }))
    .sort((a, b) => (a.permission < b.permission ? -1 : 1));
}

/** How a kind is read; undefined for one that nothing reads. */
function sourceOf(
  kind: DocumentKind,
  extra: readonly ExtraKind[],
): Pick<KindSource, "title" | "purpose" | "calls"> | undefined {
  if (Object.hasOwn(documentKinds, kind)) return documentKinds[kind as BundledKind];
  const own = extra.find((each) => each.kind === kind);
  if (own === undefined) return undefined;
  const call: (extra: ExtraCall) => NeededCall = own.kind.startsWith("kubernetes/")
    ? kubernetesCall
    : azureCall;
  const [first, ...more] = own.calls;
  return { title: own.title, purpose: own.purpose, calls: [call(first), ...more.map((each) => call(each))] };
}

function azureCall({ path, permission, apiVersion }: ExtraCall): ApiCall {
  const version = apiVersion === undefined ? {} : { apiVersion };
  return { operation: path, method: "GET", path, ...version, permission };
}

/** A path of the API server as the rule that allows it; one that is of no resource is a URL. */
function kubernetesCall({ path, permission }: ExtraCall): KubernetesCall {
  const [, core, group, inside] =
    /^\/(?:(api)\/v\d\w*|apis\/([^/]+)\/v\d\w*)\/(?:namespaces\/[^/]+\/)?([^/]+(?:\/[^/]+)?)$/.exec(path) ??
    [];
  if (inside === undefined) return { operation: `get ${path}`, path, verb: "get", permission };
  const [resource = "", name] = inside.split("/");
  const verb = name === undefined ? "list" : "get";
  return {
    operation: `${verb} ${resource}`,
    path,
    verb,
    group: core === undefined ? (group ?? "") : "",
    resource,
    permission,
  };
}
