import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Fault, FaultAction } from "../../servers/faults.ts";
import { type Kubernetes, startKubernetes } from "../../servers/kubernetes.ts";
import { token } from "../../servers/kubernetes-state.ts";
import { causes, fakeClock, ids } from "../harness.ts";
import { accessKinds, collectFrom, collectWith, emptyEnv, everyKind, role } from "../kubernetes-harness.ts";

let kubernetes: Kubernetes;
beforeEach(async () => {
  kubernetes = await startKubernetes({
    objects: [...["a", "b", "c", "d", "e"].map((name) => role(name, "team")), role("wide")],
  });
});
afterEach(() => kubernetes.close());

const roles = "GET /apis/rbac.authorization.k8s.io/v1/roles";

/** What becomes of the roles, two to a page, under one fault, beside cluster roles, which stay well. */
async function underFault(
  fault: FaultAction & Partial<Fault>,
  options: Parameters<typeof collectFrom>[1] = {},
) {
  kubernetes.faults.add({ match: "/v1/roles?", ...fault } as Fault);
  const clock = fakeClock();
  const { snapshot, debug } = await collectFrom(kubernetes, {
    kinds: ["kubernetes/role", "kubernetes/cluster-role"],
    ...options,
    settings: { clock, pageSize: 2, ...options.settings },
  });
  expect(ids(snapshot, "kubernetes/cluster-role")).toEqual(["wide"]);
  expect(snapshot.scope).toBe(kubernetes.state.uid);
  const calls = kubernetes.requests.filter((request) => request.path.endsWith("/v1/roles")).length;
  return { roles: ids(snapshot, "kubernetes/role"), unread: snapshot.unread, clock, debug, calls };
}

const all = ["team/a", "team/b", "team/c", "team/d", "team/e"];
const one = (cause: string, detail: unknown) => [{ kind: "kubernetes/role", api: roles, cause, detail }];

describe("faults 1 to 4: refused, expired, absent", () => {
  it("fault 1: 403 names the call, the permission and the server's own words; the rest is read", async () => {
    const { roles: found, unread } = await underFault({ denied: "roles" });
    expect(found).toEqual([]);
    expect(unread).toEqual([
      {
        kind: "kubernetes/role",
        api: roles,
        cause: "denied",
        permission: "list roles.rbac.authorization.k8s.io",
        detail:
          'answered 403 Forbidden: roles is forbidden: User "clerk" cannot list resource "roles" at the cluster scope',
      },
    ]);
  });

  it.each(accessKinds.filter((kind) => kind !== "kubernetes/cluster"))(
    "fault 1: %s refused is unread with its permission, and nothing else is",
    async (kind) => {
      const paths = {
        "kubernetes/namespace": [/^\/api\/v1\/namespaces\?/, "list namespaces"],
        "kubernetes/service-account": [/serviceaccounts/, "list serviceaccounts"],
        "kubernetes/role": [/\/roles/, "list roles.rbac.authorization.k8s.io"],
        "kubernetes/cluster-role": [/\/clusterroles\?/, "list clusterroles.rbac.authorization.k8s.io"],
        "kubernetes/role-binding": [/\/rolebindings/, "list rolebindings.rbac.authorization.k8s.io"],
        "kubernetes/cluster-role-binding": [
          /\/clusterrolebindings/,
          "list clusterrolebindings.rbac.authorization.k8s.io",
        ],
        "kubernetes/api-resource": [/^\/apis$/, "get /apis"],
      } as const;
      const [match, permission] = paths[kind as keyof typeof paths];
      kubernetes.faults.add({ match, denied: "it" });
      const { snapshot } = await collectFrom(kubernetes);
      expect(causes(snapshot.unread)).toEqual([`${kind} denied ${permission}`]);
    },
  );

  it("fault 3: 401 in the middle, with a token that cannot be renewed, is unread", async () => {
    const { unread, calls } = await underFault({
      status: 401,
      code: "Unauthorized",
      message: "Unauthorized",
    });
    expect(unread).toEqual(one("unauthenticated", "answered 401 Unauthorized: Unauthorized"));
    expect(calls).toBe(1);
  });

  it("fault 4: 404 of a list is not found, never an empty list", async () => {
    const { unread } = await underFault({ status: 404, code: "NotFound", message: "nope" });
    expect(unread).toEqual(one("not-found", "answered 404 NotFound: nope"));
  });

  it("fault 4: what is not served at all is not found, in the server's plain text", async () => {
    const kubeconfig = kubernetes.write({ cluster: { server: `${kubernetes.url}/elsewhere/` } });
    const { snapshot } = await collectWith({ kubeconfig }, { kinds: ["kubernetes/role"] });
    expect(snapshot.scope).toBe(`${new URL(kubernetes.url).host}/elsewhere`);
    expect(snapshot.unread.map(({ kind, cause, detail }) => [kind, cause, detail])).toEqual([
      ["kubernetes/cluster", "not-found", "answered 404: 404 page not found"],
      ["kubernetes/role", "not-found", "answered 404: 404 page not found"],
    ]);
    expect(kubernetes.requests.map(({ path }) => path)).toEqual([
      "/elsewhere/api/v1/namespaces/kube-system",
      "/elsewhere/apis/rbac.authorization.k8s.io/v1/roles",
    ]);
  });
});

describe("the cluster's identity", () => {
  const cluster = "GET /api/v1/namespaces/kube-system";

  it("refused: the scope names the server, the kind is unread, the rest is read", async () => {
    kubernetes.faults.add({ match: "/kube-system", denied: "namespaces" });
    const { snapshot } = await collectFrom(kubernetes, { kinds: ["kubernetes/role"], namespace: "team" });
    expect(snapshot.scope).toBe(`${new URL(kubernetes.url).host}/team`);
    expect(causes(snapshot.unread)).toEqual(["kubernetes/cluster denied get namespaces"]);
    expect(ids(snapshot, "kubernetes/role")).toEqual(all);
    expect(ids(snapshot, "kubernetes/cluster")).toEqual([]);
  });

  it.each([
    ['{"metadata":{"name":"kube-system"}}', "malformed"],
    ['{"metadata":{"name":"kube-system","uid":""}}', "malformed"],
    ['{"metadata":{"name":"kube-system","uid":"a/b"}}', "malformed"],
    ['{"metadata":{"name":"other","uid":"x"}}', "malformed"],
    ["{}", "malformed"],
    ["[]", "malformed"],
  ])("answered with %s is unread", async (raw, cause) => {
    kubernetes.faults.add({ match: "/kube-system", raw });
    const { snapshot } = await collectFrom(kubernetes, { kinds: [] });
    expect(snapshot.unread.map(({ kind, api, cause }) => [kind, api, cause])).toEqual([
      ["kubernetes/cluster", cluster, cause],
    ]);
    expect(snapshot.documents).toEqual([]);
  });

  it("without its version is still known; the version is unread by itself", async () => {
    kubernetes.faults.add({ match: "/version", denied: "/version" });
    const { snapshot } = await collectFrom(kubernetes, { kinds: [] });
    expect(causes(snapshot.unread)).toEqual(["kubernetes/cluster version denied get /version"]);
    expect(snapshot.documents.map(({ body }) => body)).toEqual([
      { metadata: { name: "kube-system", uid: kubernetes.state.uid } },
    ]);
  });

  it("401 from the start ends the run: these are no credentials", async () => {
    const kubeconfig = kubernetes.write({ user: { token: "canary-wrong" } });
    await expect(collectWith({ kubeconfig })).rejects.toMatchObject({
      name: "CollectError",
      message:
        'context "test": the API server refused the credentials: answered 401 Unauthorized: Unauthorized',
    });
    expect(kubernetes.requests).toHaveLength(1);
  });

  it("nobody there ends the run, and says what was tried", async () => {
    const kubeconfig = kubernetes.write({ cluster: { server: "https://127.0.0.1:1" } });
    await expect(collectWith({ kubeconfig, clock: fakeClock() })).rejects.toMatchObject({
      name: "CollectError",
      message:
        "https://127.0.0.1:1 cannot be reached: the connection was refused (ECONNREFUSED) (3 attempts)",
    });
  });
});

describe("faults 5 to 8: throttling and server errors", () => {
  it("fault 5: waits as long as Retry-After says, then succeeds", async () => {
    const {
      roles: found,
      unread,
      clock,
      calls,
    } = await underFault({
      status: 429,
      code: "TooManyRequests",
      retryAfter: 2,
      times: 2,
    });
    expect([found, unread, clock.pauses, calls]).toEqual([all, [], [2_000, 2_000], 5]);
  });

  it("fault 6: 429 without the header is tried six times with growing pauses", async () => {
    const { unread, clock, calls } = await underFault({
      status: 429,
      code: "TooManyRequests",
      message: "slow",
    });
    expect(unread).toEqual(one("throttled", "answered 429 TooManyRequests: slow"));
    expect([clock.pauses, calls]).toEqual([[375, 750, 1_500, 3_000, 6_000], 6]);
  });

  it("fault 7: Retry-After: 86400 is not waited for", async () => {
    const { unread, clock } = await underFault({ status: 429, retryAfter: 86_400 });
    expect(unread).toEqual(
      one("throttled", expect.stringMatching(/asks to wait 86400 s, but only \d+ s are left/)),
    );
    expect(clock.pauses).toEqual([]);
  });

  it("fault 8: endless 503 ends after six attempts", async () => {
    const { unread, calls } = await underFault({ status: 503, code: "ServiceUnavailable", message: "no" });
    expect([unread, calls]).toEqual([one("server-error", "answered 503 ServiceUnavailable: no"), 6]);
  });
});

describe("faults 9 to 11: hanging, cut and foreign answers", () => {
  it.each(["head", "body"] as const)("fault 9: a server that hangs in the %s is given up", async (hang) => {
    const { unread, calls } = await underFault({ hang }, { settings: { requestTimeoutMs: 600 } });
    expect([unread, calls]).toEqual([one("timeout", "no complete answer within 0.6 s (2 attempts)"), 2]);
  });

  it("fault 10: a body cut in the middle of its JSON is no list", async () => {
    const { unread } = await underFault({ cut: "json" });
    expect(unread).toEqual(
      one(
        "malformed",
        expect.stringMatching(/^answered 200 with \d+ characters that are not complete JSON$/),
      ),
    );
  });

  it("fault 10: a connection cut in the middle of the body is tried again, then unread", async () => {
    const { unread, calls } = await underFault({ cut: "socket" });
    expect([unread.map(({ cause }) => cause), calls]).toEqual([["unreachable"], 3]);
  });

  it("fault 11: a page for browsers is an error, with 200 and with 500", async () => {
    const { unread } = await underFault({ html: true });
    expect(unread).toEqual(
      one("malformed", expect.stringMatching(/^answered 200 with text\/html; charset=utf-8 instead of JSON/)),
    );
    kubernetes.faults.clear();
    const again = await underFault({ status: 500, html: true });
    expect(again.unread).toEqual(one("server-error", "answered 500: a page for browsers"));
  });

  it.each([
    ["", "answered 200 with an empty body"],
    ["null", "answered 200 with null instead of a JSON object"],
    ["{}", "answered 200 with something else than a RoleList"],
    ['{"kind":"PodList","items":[]}', "answered 200 with something else than a RoleList"],
    ['{"kind":"Status","status":"Failure"}', "answered 200 with something else than a RoleList"],
    ['{"kind":"RoleList"}', "answered 200 with a RoleList without a list of items"],
    ['{"kind":"RoleList","items":{}}', "answered 200 with a RoleList without a list of items"],
    ['{"kind":"RoleList","items":[null]}', "item 0 of the RoleList is no object with a name"],
    [
      '{"kind":"RoleList","items":[{"metadata":{"name":""}}]}',
      "item 0 of the RoleList is no object with a name",
    ],
    ['{"kind":"RoleList","items":[],"metadata":{"continue":7}}', "the token for the next page is no text"],
  ])("fault 11: 200 with %s is malformed", async (raw, detail) => {
    expect((await underFault({ raw })).unread).toEqual(one("malformed", detail));
  });

  it("a redirect is not followed: the token does not travel", async () => {
    const { unread } = await underFault({ redirect: "https://elsewhere.invalid/" });
    expect(unread).toEqual(
      one("malformed", "answered 307: it points to another address, which is not followed"),
    );
  });
});

describe("faults 12, 13 and 15: pages", () => {
  it.each(["same", "aba"] as const)("fault 12: an endless list (%s) stops, incomplete", async (loop) => {
    const { roles: found, unread } = await underFault({ loop });
    expect(found).toEqual([]);
    expect(unread).toEqual(
      one(
        "incomplete",
        expect.stringMatching(/leads back to a page that was read before: the list never ends$/),
      ),
    );
  });

  it("fault 13: an empty page with a token goes on, an empty token ends", async () => {
    const first = await underFault({ emptyFirst: true });
    expect([first.roles, first.unread]).toEqual([all, []]);
    kubernetes.faults.clear();
    const { roles: found, unread } = await underFault({ nextLink: "", after: 2 });
    expect([found, unread]).toEqual([all, []]);
  });

  it("fault 13: a list that ends while the server says that more remains is incomplete", async () => {
    const { roles: found, unread } = await underFault({ nextLink: "" });
    expect([found, unread]).toEqual([[], one("incomplete", "the list ended although 3 entries remain")]);
  });

  const expired = { status: 410, code: "Expired", message: "too old" } as const;

  it("fault 15: 410 on page 3 reads the list again from its start, without duplicates", async () => {
    const {
      roles: found,
      unread,
      calls,
    } = await underFault({ ...expired, match: "continue=at-4", times: 1 });
    expect([found, unread, calls]).toEqual([all, [], 6]);
  });

  it("fault 15: what went in the meantime is not kept", async () => {
    kubernetes.faults.add({ ...expired, match: "continue=at-4", times: 1 });
    const pending = collectFrom(kubernetes, {
      kinds: ["kubernetes/role"],
      settings: { pageSize: 2 },
      options: {
        debug: (line) => {
          if (/roles 410/.test(line))
            kubernetes.state = { ...kubernetes.state, objects: [role("b", "team"), role("z", "team")] };
        },
      },
    });
    expect(ids((await pending).snapshot, "kubernetes/role")).toEqual(["team/b", "team/z"]);
  });

  it("fault 15: at most twice; then the list is unread", async () => {
    const { roles: found, unread, calls } = await underFault({ ...expired, match: "continue=at-4" });
    expect(found).toEqual([]);
    expect(unread).toEqual(
      one(
        "incomplete",
        "the list changed too fast: its pages ended 3 times before they were read (answered 410 Expired: too old)",
      ),
    );
    expect(calls).toBe(9);
  });
});

describe("the end of time and of patience", () => {
  it("an interrupted collection says so, and what it lacks is unread", async () => {
    const stop = new AbortController();
    kubernetes.faults.add({ match: "/v1/roles?", hang: "head" });
    const { snapshot } = await collectFrom(kubernetes, {
      kinds: ["kubernetes/role", "kubernetes/cluster-role"],
      options: {
        signal: stop.signal,
        progress: (message) => {
          if (message === "read 1 cluster roles") stop.abort();
        },
      },
    });
    expect(snapshot.interrupted).toBe(true);
    expect(snapshot.unread).toEqual(one("interrupted", "interrupted while waiting for the answer"));
    expect(ids(snapshot, "kubernetes/cluster-role")).toEqual(["wide"]);
  });

  it("interrupted before the first answer is a snapshot with nothing, not an error", async () => {
    const stop = new AbortController();
    stop.abort();
    const { snapshot } = await collectFrom(kubernetes, {
      kinds: everyKind,
      names: { "kubernetes/secret": ["team/a"] },
      options: { signal: stop.signal },
    });
    expect(snapshot.interrupted).toBe(true);
    expect(snapshot.documents).toEqual([]);
    // which config maps there are to read, the workloads say
    const first = everyKind.filter((kind) => kind !== "kubernetes/config-map");
    expect(new Set(snapshot.unread.map(({ kind }) => kind))).toEqual(new Set(first));
    expect(new Set(snapshot.unread.map(({ cause }) => cause))).toEqual(new Set(["interrupted"]));
  });
});

describe("fault 29: secrets", () => {
  it("a token that the server sends back stands in no output", async () => {
    const { unread, debug } = await underFault({
      status: 403,
      code: "Forbidden",
      message: `no: Bearer ${token}`,
    });
    expect(unread[0]?.detail).toBe("answered 403 Forbidden: no: [scrubbed]");
    expect(JSON.stringify([unread, debug])).not.toContain("canary");
  });

  it("nor do a password, an environment or a token of a refused sign-in", async () => {
    const debug: string[] = [];
    const kubeconfig = kubernetes.write({ user: { username: "clerk", password: "canary-password" } });
    const error: unknown = await collectWith(
      { kubeconfig, env: { ...emptyEnv, SOME_SECRET: "canary-environment" } },
      { options: { debug: (line) => debug.push(line) } },
    ).catch((problem: unknown) => problem);
    expect(String(error)).toMatch(/^CollectError: context "test": the API server refused/);
    expect(`${String(error)}${debug.join()}`).not.toContain("canary");
  });
});

describe.each([
  ["kubernetes/service", "v1", "Service", "/api/v1/services"],
  [
    "kubernetes/endpoint-slice",
    "discovery.k8s.io/v1",
    "EndpointSlice",
    "/apis/discovery.k8s.io/v1/endpointslices",
  ],
] as const)("every fault of a list, at %s", (kind, apiVersion, name, path) => {
  let cluster: Kubernetes;
  beforeEach(async () => {
    const objects = ["a", "b", "c"].map((each) => ({
      apiVersion,
      kind: name,
      metadata: { name: each, namespace: "team", uid: each },
    }));
    cluster = await startKubernetes({ objects });
  });
  afterEach(() => cluster.close());

  async function under(...faults: readonly FaultAction[]) {
    cluster.faults.add(...faults.map((fault) => ({ match: `${path}?`, times: 1_000, ...fault }) as Fault));
    const settings = { clock: fakeClock(), pageSize: 2 };
    const { snapshot } = await collectFrom(cluster, { kinds: [kind], settings });
    return {
      found: ids(snapshot, kind),
      unread: snapshot.unread.map((each) => `${each.kind} ${each.cause}`),
    };
  }

  it("well, it is whole, over its pages", async () => {
    expect(await under()).toEqual({ found: ["team/a", "team/b", "team/c"], unread: [] });
  });

  it.each<[string, FaultAction, string]>([
    ["fault 1: refused", { denied: "it" }, "denied"],
    ["fault 5: throttled for ever", { status: 429, retryAfter: 1 }, "throttled"],
    ["fault 8: failing for ever", { status: 503 }, "server-error"],
    ["fault 10: cut", { cut: "json" }, "malformed"],
    ["fault 11: a page for browsers", { html: true }, "malformed"],
    ["fault 11: an object of another kind", { raw: "{}" }, "malformed"],
    ["fault 12: without an end", { loop: "same" }, "incomplete"],
    ["fault 12: without an end, by another page", { loop: "aba" }, "incomplete"],
  ])("%s: unread, never an empty list", async (_, fault, cause) => {
    expect(await under(fault)).toEqual({ found: [], unread: [`${kind} ${cause}`] });
  });

  it("fault 5: throttled once, it waits and is whole", async () => {
    cluster.faults.add({ match: `${path}?`, status: 429, retryAfter: 1, times: 1 });
    expect(await under()).toEqual({ found: ["team/a", "team/b", "team/c"], unread: [] });
  });
});
