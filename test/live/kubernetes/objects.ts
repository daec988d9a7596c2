import type { Answer, Api } from "../servers/kubernetes/api.ts";

/** A Kubernetes object as it is applied. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

export interface RbacRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

export interface Subject {
  readonly kind: "ServiceAccount" | "User" | "Group";
  readonly name: string;
  readonly namespace?: string;
}

export const rbacGroup = "rbac.authorization.k8s.io";
const rbac = `${rbacGroup}/v1`;

export const rule = (
  apiGroups: string | readonly string[],
  resources: string | readonly string[],
  verbs: string | readonly string[],
  resourceNames?: readonly string[],
): RbacRule => ({
  apiGroups: [apiGroups].flat(),
  resources: [resources].flat(),
  verbs: [verbs].flat(),
  ...(resourceNames === undefined ? {} : { resourceNames }),
});

export const urls = (nonResourceURLs: readonly string[], verbs: readonly string[]): RbacRule => ({
  nonResourceURLs,
  verbs,
});

export const namespace = (name: string): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name },
});

export const serviceAccount = (inNamespace: string, name: string): KubernetesObject => ({
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { name, namespace: inNamespace },
});

export const role = (inNamespace: string, name: string, ...rules: RbacRule[]): KubernetesObject => ({
  apiVersion: rbac,
  kind: "Role",
  metadata: { name, namespace: inNamespace },
  rules,
});

export const clusterRole = (name: string, ...rules: RbacRule[]): KubernetesObject => ({
  apiVersion: rbac,
  kind: "ClusterRole",
  metadata: { name },
  rules,
});

const bound = (subjects: readonly Subject[]) =>
  subjects.map((each) => (each.kind === "ServiceAccount" ? each : { ...each, apiGroup: rbacGroup }));

/** `of`: `Role/name` or `ClusterRole/name`. */
export const roleBinding = (
  inNamespace: string,
  name: string,
  of: `${"Role" | "ClusterRole"}/${string}`,
  ...subjects: Subject[]
): KubernetesObject => ({
  apiVersion: rbac,
  kind: "RoleBinding",
  metadata: { name, namespace: inNamespace },
  roleRef: referred(of),
  subjects: bound(subjects),
});

export const clusterRoleBinding = (name: string, of: string, ...subjects: Subject[]): KubernetesObject => ({
  apiVersion: rbac,
  kind: "ClusterRoleBinding",
  metadata: { name },
  roleRef: referred(`ClusterRole/${of}`),
  subjects: bound(subjects),
});

function referred(of: string) {
  const [kind, name] = [of.slice(0, of.indexOf("/")), of.slice(of.indexOf("/") + 1)];
  return { apiGroup: rbacGroup, kind, name };
}

export const account = (inNamespace: string, name: string): Subject => ({
  kind: "ServiceAccount",
  name,
  namespace: inNamespace,
});
export const user = (name: string): Subject => ({ kind: "User", name });
export const group = (name: string): Subject => ({ kind: "Group", name });

/** A definition of a resource that stores anything. */
export const definition = (
  inGroup: string,
  plural: string,
  kind: string,
  scope: "Cluster" | "Namespaced",
): KubernetesObject => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${plural}.${inGroup}` },
  spec: {
    group: inGroup,
    scope,
    names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
});

const plurals: Readonly<Record<string, string>> = {
  Namespace: "namespaces",
  EndpointSlice: "endpointslices",
  Node: "nodes",
  Secret: "secrets",
  Service: "services",
  ServiceAccount: "serviceaccounts",
  Role: "roles",
  ClusterRole: "clusterroles",
  RoleBinding: "rolebindings",
  ClusterRoleBinding: "clusterrolebindings",
  CustomResourceDefinition: "customresourcedefinitions",
};

/** The path under which objects of its kind are made. */
export function collectionOf({ apiVersion, kind, metadata }: KubernetesObject): string {
  const plural = plurals[kind];
  if (plural === undefined) throw new Error(`no plural is known for the kind ${kind}`);
  const base = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return metadata.namespace === undefined
    ? `${base}/${plural}`
    : `${base}/namespaces/${metadata.namespace}/${plural}`;
}

export const pathOf = (object: KubernetesObject): string =>
  `${collectionOf(object)}/${encodeURIComponent(object.metadata.name)}`;

/** Puts objects on the server and takes them away again. */
export interface Stage {
  /** Makes what is on the server exactly these objects, beside what it has itself. Namespaces stay. */
  show(objects: readonly KubernetesObject[]): Promise<void>;
}

export function stageOf(api: Api): Stage {
  let shown = new Map<string, KubernetesObject>();
  const must = (answer: Answer, path: string, ...also: number[]) => {
    if (answer.status >= 300 && !also.includes(answer.status))
      throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  };
  return {
    show: async (objects) => {
      const wanted = new Map(objects.map((each) => [pathOf(each), each]));
      if (wanted.size !== objects.length) throw new Error("an object stands twice in the world");
      const same = (path: string) => JSON.stringify(shown.get(path)) === JSON.stringify(wanted.get(path));
      const gone = [...shown].filter(([path, { kind }]) => kind !== "Namespace" && !same(path));
      await Promise.all(gone.map(async ([path]) => must(await api.send("DELETE", path), path, 404)));
      const fresh = [...wanted].filter(([path]) => !same(path));
      const make = async ([path, object]: [string, KubernetesObject]) =>
        must(
          await api.send("POST", collectionOf(object), object),
          path,
          object.kind === "Namespace" ? 409 : 0,
        );
      // a namespace must be there before what stands in it
      for (const first of fresh.filter(([, { kind }]) => kind === "Namespace")) await make(first);
      await Promise.all(fresh.filter(([, { kind }]) => kind !== "Namespace").map(make));
      shown = wanted;
    },
  };
}
