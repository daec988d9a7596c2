import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KubernetesRequest, ServedResource } from "../../../src/access/policy.ts";
import { allows } from "../../../src/access/provider.ts";
import { collect } from "../../../src/collectors/kubernetes/collect.ts";
import { skipped } from "../servers/azure/requirements.ts";
import type { Answer } from "../servers/kubernetes/api.ts";
import { whyNoKubernetes } from "../servers/kubernetes/requirements.ts";
import { type LiveKubernetes, startKubernetes } from "../servers/kubernetes/setup.ts";
import { settled } from "./authorizer.ts";
import {
  account,
  clusterRole,
  clusterRoleBinding,
  type KubernetesObject,
  namespace,
  type RbacRule,
  role,
  roleBinding,
  rule,
  serviceAccount,
  stageOf,
  urls,
} from "./objects.ts";

const skip = skipped("the live tests of Kubernetes", whyNoKubernetes());

/** What an account holds, and what the server answers when it really asks. */
interface Holder {
  readonly name: string;
  /** `role`: in the namespace lab. `through`: a ClusterRole through a RoleBinding there. `everywhere`: cluster-wide. */
  readonly by: "role" | "through" | "everywhere";
  readonly rules: readonly RbacRule[];
  /** Method and path, the request that this is, and whether it takes effect. */
  readonly asks: readonly (readonly [string, KubernetesRequest, boolean])[];
}

const lab = "lab";
const core = `/api/v1/namespaces/${lab}`;
const apps = `/apis/apps/v1/namespaces/${lab}`;
const leases = `/apis/coordination.k8s.io/v1/namespaces/${lab}/leases`;
const on = (verb: string, group: string, resource: string, more: object = {}): KubernetesRequest => ({
  verb,
  group,
  ...(resource.includes("/")
    ? { resource: resource.split("/")[0] ?? "", subresource: resource.split("/")[1] ?? "" }
    : { resource }),
  ...more,
});
const here = { namespace: lab };

const holders: readonly Holder[] = [
  {
    name: "void-in-a-role",
    by: "role",
    rules: [
      rule("", "nodes", ["get", "list"]),
      rule("networking.k8s.io", "ingressclasses", ["get", "list"]),
      rule("extensions", "ingresses", ["get", "list"]),
      rule("", ["pods/*", "*/*"], ["get", "list"]),
      rule("", "configmaps", ["Get", "LIST"]),
    ],
    asks: [
      ["GET /api/v1/nodes", on("list", "", "nodes"), false],
      [
        "GET /apis/networking.k8s.io/v1/ingressclasses",
        on("list", "networking.k8s.io", "ingressclasses"),
        false,
      ],
      [
        `GET /apis/extensions/v1beta1/namespaces/${lab}/ingresses`,
        on("list", "extensions", "ingresses", here),
        false,
      ],
      [`GET ${core}/pods/one/log`, on("get", "", "pods/log", { ...here, name: "one" }), false],
      [`GET ${core}/configmaps`, on("list", "", "configmaps", here), false],
    ],
  },
  {
    name: "own-namespace",
    by: "role",
    rules: [rule("", "namespaces", ["get", "list", "watch"])],
    asks: [
      [`GET ${core}`, on("get", "", "namespaces", { ...here, name: lab }), true],
      [
        "GET /api/v1/namespaces/default",
        on("get", "", "namespaces", { namespace: "default", name: "default" }),
        false,
      ],
      ["GET /api/v1/namespaces", on("list", "", "namespaces"), false],
      [
        `GET /api/v1/watch/namespaces/${lab}?timeoutSeconds=1`,
        on("watch", "", "namespaces", { ...here, name: lab }),
        true,
      ],
    ],
  },
  {
    name: "names",
    by: "role",
    rules: [
      rule("", "secrets", ["get", "list", "create", "patch", "delete", "deletecollection"], ["one"]),
      rule("", "configmaps", ["get", "list"], [""]),
      // a PUT of a lease that is not there makes it: the server asks for create as well, by that name
      rule("coordination.k8s.io", "leases", ["create", "update"], ["made"]),
      rule("coordination.k8s.io", "leases", "update", ["kept"]),
    ],
    asks: [
      [`GET ${core}/secrets/one`, on("get", "", "secrets", { ...here, name: "one" }), true],
      [`GET ${core}/secrets/two`, on("get", "", "secrets", { ...here, name: "two" }), false],
      [`GET ${core}/secrets`, on("list", "", "secrets", here), false],
      [
        `GET ${core}/secrets?fieldSelector=metadata.name%3Done`,
        on("list", "", "secrets", { ...here, name: "one" }),
        true,
      ],
      [`POST ${core}/secrets?dryRun=All`, on("create", "", "secrets", here), false],
      [`PATCH ${core}/secrets/one?dryRun=All`, on("patch", "", "secrets", { ...here, name: "one" }), true],
      [`DELETE ${core}/secrets/one?dryRun=All`, on("delete", "", "secrets", { ...here, name: "one" }), true],
      [`DELETE ${core}/secrets?dryRun=All`, on("deletecollection", "", "secrets", here), false],
      [`GET ${core}/configmaps`, on("list", "", "configmaps", here), true],
      [`GET ${core}/configmaps/one`, on("get", "", "configmaps", { ...here, name: "one" }), false],
      [`PUT ${leases}/made`, on("create", "coordination.k8s.io", "leases", { ...here, name: "made" }), true],
      [`PUT ${leases}/kept`, on("create", "coordination.k8s.io", "leases", { ...here, name: "kept" }), false],
      [`POST ${leases}`, on("create", "coordination.k8s.io", "leases", here), false],
    ],
  },
  {
    name: "subresources",
    by: "role",
    rules: [rule("apps", "deployments", "get"), rule("apps", "*/scale", "get"), rule("", "pods/log", "get")],
    asks: [
      [`GET ${apps}/deployments/one`, on("get", "apps", "deployments", { ...here, name: "one" }), true],
      [
        `GET ${apps}/deployments/one/scale`,
        on("get", "apps", "deployments/scale", { ...here, name: "one" }),
        true,
      ],
      [
        `GET ${apps}/deployments/one/status`,
        on("get", "apps", "deployments/status", { ...here, name: "one" }),
        false,
      ],
      [`GET ${apps}/statefulsets/one`, on("get", "apps", "statefulsets", { ...here, name: "one" }), false],
      [
        `GET ${apps}/statefulsets/one/scale`,
        on("get", "apps", "statefulsets/scale", { ...here, name: "one" }),
        true,
      ],
      [`GET ${core}/pods/one`, on("get", "", "pods", { ...here, name: "one" }), false],
      [`GET ${core}/pods/one/log`, on("get", "", "pods/log", { ...here, name: "one" }), true],
    ],
  },
  {
    name: "everything-through",
    by: "through",
    rules: [rule("*", "*", "*"), urls(["*"], ["*"])],
    asks: [
      [`GET ${core}/secrets`, on("list", "", "secrets", here), true],
      [
        `GET ${apps}/deployments/one/scale`,
        on("get", "apps", "deployments/scale", { ...here, name: "one" }),
        true,
      ],
      ["GET /api/v1/namespaces/default/secrets", on("list", "", "secrets", { namespace: "default" }), false],
      ["GET /api/v1/secrets", on("list", "", "secrets"), false],
      ["GET /api/v1/nodes", on("list", "", "nodes"), false],
      ["GET /metrics", { verb: "get", url: "/metrics" }, false],
    ],
  },
  {
    name: "everywhere",
    by: "everywhere",
    rules: [
      rule("", ["nodes", "secrets"], "list"),
      rule("extensions", "ingresses", "list"),
      urls(["/metrics", "/logs/*"], ["get"]),
    ],
    asks: [
      ["GET /api/v1/nodes", on("list", "", "nodes"), true],
      ["GET /api/v1/secrets", on("list", "", "secrets"), true],
      [`GET ${core}/secrets`, on("list", "", "secrets", here), true],
      [
        `GET /apis/extensions/v1beta1/namespaces/${lab}/ingresses`,
        on("list", "extensions", "ingresses", here),
        false,
      ],
      ["GET /metrics", { verb: "get", url: "/metrics" }, true],
      ["GET /metrics/slis", { verb: "get", url: "/metrics/slis" }, false],
      ["GET /logs", { verb: "get", url: "/logs" }, false],
      ["POST /metrics", { verb: "post", url: "/metrics" }, false],
    ],
  },
];

function objectsOf({ name, by, rules }: Holder): readonly KubernetesObject[] {
  const who = account(lab, name);
  if (by === "role") return [role(lab, name, ...rules), roleBinding(lab, name, `Role/${name}`, who)];
  const granted = clusterRole(name, ...rules);
  return by === "through"
    ? [granted, roleBinding(lab, name, `ClusterRole/${name}`, who)]
    : [granted, clusterRoleBinding(name, name, who)];
}

let live: LiveKubernetes;
let resources: readonly ServedResource[];
beforeAll(async () => {
  if (skip) return;
  live = await startKubernetes();
  await settled(live, stageOf(live.admin), [
    namespace(lab),
    ...holders.flatMap((each) => [serviceAccount(lab, each.name), ...objectsOf(each)]),
  ]);
  resources = await served();
});
afterAll(async () => {
  if (!skip) await live.stop();
});

/** Discovery, as the collector reads it. */
async function served(): Promise<readonly ServedResource[]> {
  const { documents, unread } = await collect(
    { kinds: new Set(["kubernetes/api-resource"]), roleNames: [], principals: [], trustedPrincipals: [] },
    { kubeconfig: live.adminConfig, env: {} },
    {
      signal: new AbortController().signal,
      timeoutMs: 60_000,
      concurrency: 8,
      progress: () => undefined,
      debug: () => undefined,
      now: () => new Date(0),
    },
  );
  expect(unread).toEqual([]);
  return documents
    .filter(({ kind }) => kind === "kubernetes/api-resource")
    .map(({ body }) => body as ServedResource);
}

/** An object of the kind that the path is of. */
const bodyOf = (path: string) =>
  path.startsWith(leases)
    ? {
        apiVersion: "coordination.k8s.io/v1",
        kind: "Lease",
        metadata: { name: path.slice(leases.length + 1) || "made", namespace: lab },
      }
    : { apiVersion: "v1", kind: "Secret", metadata: { name: "one" } };

/** Not refused, and there is something that answers: the server authorises before it looks what it serves. */
const tookEffect = ({ status, body }: Answer) =>
  status !== 403 && !(status === 404 && typeof body === "string");

describe.skipIf(skip)("what a rule really lets somebody do", () => {
  it.each(holders)("$name", async ({ name, asks, ...rest }) => {
    const api = live.as(await live.tokenOf(lab, name));
    const documents = objectsOf({ name, asks, ...rest });
    const found: unknown[] = [];
    for (const [call, request] of asks) {
      const [method = "", path = ""] = call.split(" ");
      const answer = await api.send(method, path, method === "GET" ? undefined : bodyOf(path));
      const ours = allows("kubernetes", documents, request, { resources });
      found.push({ call, status: answer.status, server: tookEffect(answer), ours: ours === "allowed" });
    }
    expect(found).toEqual(
      asks.map(([call, , expected], at) => ({
        call,
        status: (found[at] as { readonly status: number }).status,
        server: expected,
        ours: expected,
      })),
    );
  });
});
