import type { Body, KubernetesState, ServedVersion } from "./kubernetes-state.ts";

export type KubernetesAnswer =
  | { readonly status: 200; readonly body: Body; readonly contentType?: string }
  | { readonly status: 400 | 406 | 503; readonly reason: string; readonly message: string }
  /** Plain text, as for a path that nobody serves. */
  | { readonly status: 404; readonly text: string };

const kinds: Readonly<Record<string, { readonly kind: string; readonly apiVersion: string }>> = {
  "/api/v1/namespaces": { kind: "Namespace", apiVersion: "v1" },
  "/api/v1/nodes": { kind: "Node", apiVersion: "v1" },
  "/api/v1/serviceaccounts": { kind: "ServiceAccount", apiVersion: "v1" },
  ...Object.fromEntries(
    ["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"].map((kind) => [
      `/apis/rbac.authorization.k8s.io/v1/${kind.toLowerCase()}s`,
      { kind, apiVersion: "rbac.authorization.k8s.io/v1" },
    ]),
  ),
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
  const list = kinds[path];
  if (list !== undefined) return page(state, list, url, accept, pageSize);
  return discovery(state, path, accept) ?? { status: 404, text: "404 page not found" };
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
): KubernetesAnswer {
  const own = kind === "Namespace" ? [{ kind, apiVersion, ...kubeSystem(state) }] : [];
  const key = (item: Body) =>
    `${String(metadataOf(item)["namespace"] ?? "")}/${String(metadataOf(item)["name"])}`;
  const objects = [...own, ...state.objects.filter((object) => object["kind"] === kind)];
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
