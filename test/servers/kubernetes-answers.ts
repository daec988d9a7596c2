import type { Body, KubernetesState, ServedVersion } from "./kubernetes-state.ts";

export type KubernetesAnswer =
  | { readonly status: 200; readonly body: Body; readonly contentType?: string }
  | { readonly status: 400 | 404 | 406 | 503; readonly reason: string; readonly message: string }
  /** Plain text, as for a path that nobody serves. */
  | { readonly status: 404; readonly text: string };

const kinds: Readonly<Record<string, { readonly kind: string; readonly apiVersion: string }>> = {
  "/api/v1/namespaces": { kind: "Namespace", apiVersion: "v1" },
  "/api/v1/nodes": { kind: "Node", apiVersion: "v1" },
  "/api/v1/serviceaccounts": { kind: "ServiceAccount", apiVersion: "v1" },
  "/api/v1/secrets": { kind: "Secret", apiVersion: "v1" },
  "/api/v1/configmaps": { kind: "ConfigMap", apiVersion: "v1" },
  "/api/v1/pods": { kind: "Pod", apiVersion: "v1" },
  "/api/v1/services": { kind: "Service", apiVersion: "v1" },
  "/apis/discovery.k8s.io/v1/endpointslices": { kind: "EndpointSlice", apiVersion: "discovery.k8s.io/v1" },
  "/apis/apps/v1/deployments": { kind: "Deployment", apiVersion: "apps/v1" },
  "/apis/apps/v1/statefulsets": { kind: "StatefulSet", apiVersion: "apps/v1" },
  "/apis/apps/v1/daemonsets": { kind: "DaemonSet", apiVersion: "apps/v1" },
  ...Object.fromEntries(
    ["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"].map((kind) => [
      `/apis/rbac.authorization.k8s.io/v1/${kind.toLowerCase()}s`,
      { kind, apiVersion: "rbac.authorization.k8s.io/v1" },
    ]),
  ),
};

/** Lists that are there only when somebody installed them: an object of the kind says so. */
const installable: Readonly<Record<string, { readonly kind: string; readonly apiVersion: string }>> = {
  "/apis/cert-manager.io/v1/clusterissuers": { kind: "ClusterIssuer", apiVersion: "cert-manager.io/v1" },
  "/apis/karpenter.k8s.aws/v1/ec2nodeclasses": {
    kind: "EC2NodeClass",
    apiVersion: "karpenter.k8s.aws/v1",
  },
};

const metadataOf = (item: Body): Body => (item["metadata"] ?? {}) as Body;

/** What the API server answers to a GET of somebody who may ask. */
export function answerKubernetes(
  state: KubernetesState,
  url: URL,
  accept: string,
  pageSize: number,
): KubernetesAnswer {
  const path = url.pathname;
  if (path === "/version") return { status: 200, body: state.version };
  if (path === "/api/v1/namespaces/kube-system")
    return partial(accept, "PartialObjectMetadata", () => metadataBody(kubeSystem(state)));
  const inside = /^(\/api\/v1|\/apis\/[^/]+\/v1)\/namespaces\/([^/]+)\/([^/]+)(?:\/([^/]+))?$/.exec(path);
  const namespaced = inside === null ? undefined : kinds[`${inside[1]}/${inside[3]}`];
  if (namespaced !== undefined && inside?.[4] !== undefined)
    return one(state, namespaced.kind, inside[2] ?? "", inside[4], url, accept);
  const own = installable[path];
  const installed = state.objects.some(({ kind }) => kind === own?.kind) ? own : undefined;
  const list = kinds[path] ?? namespaced ?? installed;
  if (list !== undefined) return page(state, list, url, accept, pageSize, inside?.[2]);
  return discovery(state, path, accept) ?? { status: 404, text: "404 page not found" };
}

/** One object by its name, in the form that is asked for. */
function one(
  state: KubernetesState,
  kind: string,
  namespace: string,
  name: string,
  url: URL,
  accept: string,
): KubernetesAnswer {
  const found = state.objects.find(
    (object) =>
      object["kind"] === kind &&
      metadataOf(object)["namespace"] === namespace &&
      metadataOf(object)["name"] === name,
  );
  if (found === undefined) {
    const message = `${kind.toLowerCase()}s "${name}" not found`;
    return { status: 404, reason: "NotFound", message };
  }
  if (accept === "application/json") return { status: 200, body: found };
  if (accept === "application/json;as=Table;g=meta.k8s.io;v=v1") {
    if (state.tables === false)
      return { status: 406, reason: "NotAcceptable", message: "no table is served here" };
    const count = Object.keys((found["data"] ?? {}) as Body).length;
    const columns = ["Name", "Type", "Data", "Age"].map((each) => ({ name: each, type: "string" }));
    const object = url.searchParams.get("includeObject") === "None" ? {} : { object: found };
    return {
      status: 200,
      body: {
        kind: "Table",
        apiVersion: "meta.k8s.io/v1",
        metadata: { resourceVersion: metadataOf(found)["resourceVersion"] },
        columnDefinitions: columns,
        rows: [{ cells: [name, found["type"], count, "5d"], ...object }],
      },
    };
  }
  return partial(accept, "PartialObjectMetadata", () => metadataBody(found));
}

/** Whether an object is chosen: `labelSelector` of equalities, `fieldSelector` of a top-level field. */
function isChosen(object: Body, url: URL): boolean {
  const pairs = (name: string) =>
    (url.searchParams.get(name) ?? "").split(",").flatMap((each) => (each === "" ? [] : [each.split("=")]));
  const labels = (metadataOf(object)["labels"] ?? {}) as Body;
  return (
    pairs("labelSelector").every(([name = "", value]) => labels[name] === value) &&
    pairs("fieldSelector").every(([name = "", value]) => object[name] === value)
  );
}

function kubeSystem(state: KubernetesState): Body {
  const annotations = { "kubectl.kubernetes.io/last-applied-configuration": "{}" };
  return { metadata: { name: "kube-system", uid: state.uid, annotations } };
}

function metadataBody(item: Body): Body {
  return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: metadataOf(item) };
}

/** Only metadata, when that is asked for; what the server cannot give in the form asked for is 406. */
function partial(accept: string, form: string, body: () => Body): KubernetesAnswer {
  if (accept === `application/json;as=${form};g=meta.k8s.io;v=v1`) return { status: 200, body: body() };
  return { status: 406, reason: "NotAcceptable", message: `the server of the tests gives only ${form} here` };
}

/** A page of a list, in the server's order: by namespace and name. */
function page(
  state: KubernetesState,
  { kind, apiVersion }: { readonly kind: string; readonly apiVersion: string },
  url: URL,
  accept: string,
  most: number,
  namespace?: string,
): KubernetesAnswer {
  const own = kind === "Namespace" ? [{ kind, apiVersion, ...kubeSystem(state) }] : [];
  const key = (item: Body) =>
    `${String(metadataOf(item)["namespace"] ?? "")}/${String(metadataOf(item)["name"])}`;
  const there = state.objects.filter(
    (object) =>
      object["kind"] === kind &&
      (namespace === undefined || metadataOf(object)["namespace"] === namespace) &&
      isChosen(object, url),
  );
  const objects = [...own, ...there];
  objects.sort((one, other) => (key(one) < key(other) ? -1 : 1));
  const token = url.searchParams.get("continue") ?? "";
  if (token !== "" && !/^at-\d+$/.test(token))
    return { status: 400, reason: "BadRequest", message: `continue key is not valid: ${token}` };
  const from = token === "" ? 0 : Number(token.slice(3));
  const limit = Math.min(most, Number(url.searchParams.get("limit") ?? most));
  const items = objects.slice(from, from + limit);
  const left = objects.length - from - items.length;
  const metadata = {
    resourceVersion: "1",
    ...(left > 0 ? { continue: `at-${from + items.length}`, remainingItemCount: left } : {}),
  };
  // The entries of a list do not say what they are; an empty list is Go's nil.
  const plain = items.map(({ kind: _, apiVersion: __, ...item }) => item);
  if (accept === "application/json")
    return {
      status: 200,
      body: { kind: `${kind}List`, apiVersion, metadata, items: plain.length === 0 ? null : plain },
    };
  return partial(accept, "PartialObjectMetadataList", () => ({
    kind: "PartialObjectMetadataList",
    apiVersion: "meta.k8s.io/v1",
    metadata,
    items: items.map(metadataBody),
  }));
}

function discovery(state: KubernetesState, path: string, accept: string): KubernetesAnswer | undefined {
  const core = state.served.filter(({ group }) => group === "");
  const named = state.served.filter(({ group }) => group !== "");
  const groups = [...new Set(named.map(({ group }) => group))];
  const wanted = /;v=(v2(?:beta1)?);as=APIGroupDiscoveryList/.exec(accept)?.[1];
  if (path === "/api" || path === "/apis") {
    if (state.discovery === "aggregated" && wanted !== undefined)
      return {
        status: 200,
        contentType: `application/json;g=apidiscovery.k8s.io;v=${wanted};as=APIGroupDiscoveryList`,
        body: {
          kind: "APIGroupDiscoveryList",
          apiVersion: `apidiscovery.k8s.io/${wanted}`,
          items: (path === "/api" ? [""] : groups).map((group) => ({
            metadata: group === "" ? {} : { name: group },
            versions: state.served.filter((version) => version.group === group).map(aggregatedVersion),
          })),
        },
      };
    return {
      status: 200,
      body:
        path === "/api"
          ? { kind: "APIVersions", versions: core.map(({ version }) => version) }
          : {
              kind: "APIGroupList",
              apiVersion: "v1",
              groups: groups.map((name) => ({
                name,
                versions: named
                  .filter(({ group }) => group === name)
                  .map(({ version }) => ({ groupVersion: `${name}/${version}`, version })),
              })),
            },
    };
  }
  const version = state.served.find(
    (each) => path === (each.group === "" ? `/api/${each.version}` : `/apis/${each.group}/${each.version}`),
  );
  if (version === undefined) return undefined;
  if (version.stale)
    return {
      status: 503,
      reason: "ServiceUnavailable",
      message: "the server is currently unable to handle the request",
    };
  return {
    status: 200,
    body: {
      kind: "APIResourceList",
      groupVersion: version.group === "" ? version.version : `${version.group}/${version.version}`,
      resources: version.resources,
    },
  };
}

function aggregatedVersion({ version, resources, stale }: ServedVersion): Body {
  const whole = resources.filter(({ name }) => !name.includes("/"));
  return {
    version,
    freshness: stale ? "Stale" : "Current",
    resources: whole.map(({ name, kind, namespaced, verbs }) => {
      const below = resources.filter((each) => each.name.startsWith(`${name}/`));
      return {
        resource: name,
        responseKind: { group: "", version: "", kind },
        scope: namespaced ? "Namespaced" : "Cluster",
        singularResource: kind.toLowerCase(),
        verbs,
        ...(below.length === 0
          ? {}
          : {
              subresources: below.map((each) => ({
                subresource: each.name.slice(name.length + 1),
                responseKind: { group: "", version: "", kind: each.kind },
                verbs: each.verbs,
              })),
            }),
      };
    }),
  };
}
