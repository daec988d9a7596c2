import { X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KubernetesSettings } from "../../../src/collectors/settings.ts";
import { ca, type Kubernetes, startKubernetes } from "../../servers/kubernetes.ts";
import { type Body, token } from "../../servers/kubernetes-state.ts";
import { type Asked, collectWith, emptyEnv } from "../kubernetes-harness.ts";

let kubernetes: Kubernetes;
beforeEach(async () => {
  kubernetes = await startKubernetes();
});
afterEach(() => kubernetes.close());

const pem = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../servers/certs/${name}`, import.meta.url)), "utf8");
const base64 = (text: string) => Buffer.from(text).toString("base64");
const inFolder = (name: string, content?: string) => {
  const path = join(kubernetes.folder, name);
  if (content !== undefined) writeFileSync(path, content);
  return path;
};
const own = () => ({ server: kubernetes.url, "certificate-authority-data": base64(ca) });

const collectBy = (settings: KubernetesSettings, asked: Asked = {}) =>
  collectWith(settings, { kinds: [], ...asked });
/** Collects, and says as whom the server saw it; or how it failed. */
const seenBy = async (settings: KubernetesSettings) => {
  try {
    const { snapshot } = await collectBy(settings);
    return [kubernetes.requests.at(-1)?.user, snapshot.unread.length];
  } catch (error) {
    return String(error);
  }
};
const asUser = (user: Body, cluster: Body = {}) =>
  seenBy({ kubeconfig: kubernetes.write({ user, cluster, name: "other" }) });

/** A kubeconfig of one file; `users` and so on as in a file. */
const file = (name: string, body: Body) => inFolder(name, JSON.stringify({ kind: "Config", ...body }));
const known = (name: string, value: string) => ({ name, authorization: `Bearer ${value}` });
const part = (name: string, value: string, more: Body = {}) => ({
  clusters: [{ name, cluster: own() }],
  users: [{ name, user: { token: value } }],
  contexts: [{ name, context: { cluster: name, user: name } }],
  ...more,
});

describe("which kubeconfig", () => {
  beforeEach(() => {
    kubernetes.state = {
      ...kubernetes.state,
      users: ["a", "b", "c"].map((name) => known(name, `token-${name}`)),
    };
  });

  it("--kubeconfig wins over KUBECONFIG, which wins over ~/.kube/config", async () => {
    const [a, b] = ["a", "b"].map((name) =>
      file(name, part(name, `token-${name}`, { "current-context": name })),
    );
    mkdirSync(inFolder(".kube"));
    file(".kube/config", part("c", "token-c", { "current-context": "c" }));
    const home = { ...emptyEnv, HOME: kubernetes.folder };
    expect(await seenBy({ kubeconfig: a ?? "", env: { ...home, KUBECONFIG: b } })).toEqual(["a", 0]);
    expect(await seenBy({ env: { ...home, KUBECONFIG: b } })).toEqual(["b", 0]);
    expect(await seenBy({ env: home })).toEqual(["c", 0]);
  });

  it("of several files the first counts, name by name; those that are not there are passed over", async () => {
    const one = file("one", part("x", "token-a"));
    const two = file("two", {
      ...part("x", "token-b", { "current-context": "x" }),
      contexts: [
        { name: "x", context: { cluster: "x", user: "x" } },
        { name: "y", context: { cluster: "x", user: "x" } },
      ],
    });
    const three = file("three", { "current-context": "y" });
    const list = (...paths: string[]) => ({ ...emptyEnv, KUBECONFIG: paths.join(delimiter) });
    expect(await seenBy({ env: list(inFolder("missing"), "", one, two, three) })).toEqual(["a", 0]);
    expect(await seenBy({ env: list(two, one) })).toEqual(["b", 0]);
    expect(await seenBy({ env: list(three, one, two) })).toEqual(["a", 0]);
    expect(await seenBy({ env: list(one) })).toMatch(
      /has no current context: name one with --context; it has "x"$/,
    );
    expect(await seenBy({ env: list(one), context: "x" })).toEqual(["a", 0]);
  });

  it("in a pod without a kubeconfig, the pod's own account", async () => {
    const { port } = new URL(kubernetes.url);
    const env = { ...emptyEnv, KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: port };
    const inPod = { env, serviceAccountFolder: kubernetes.folder };
    expect(await seenBy(inPod)).toMatch(/^CollectError: no kubeconfig: name one with --kubeconfig/);
    inFolder("token", "token-b\n");
    inFolder("ca.crt", ca);
    expect(await seenBy(inPod)).toEqual(["b", 0]);
    expect(await seenBy({ ...inPod, context: "x" })).toMatch(
      /^CollectError: --context: there is no kubeconfig/,
    );
    const empty = file("empty", {});
    expect(await seenBy({ ...inPod, env: { ...env, KUBECONFIG: empty } })).toEqual(["b", 0]);
    const full = file("full", part("a", "token-a", { "current-context": "a" }));
    expect(await seenBy({ ...inPod, env: { ...env, KUBECONFIG: full } })).toEqual(["a", 0]);
    expect(await seenBy({ ...inPod, kubeconfig: empty })).toMatch(/has no current context/);
  });
});

describe("a kubeconfig that is wrong names its file and what is wrong", () => {
  it.each([
    ["a:\n  - b\n c: [", /no valid YAML at line 3 \(/],
    ["- x", /expected an object with clusters, users and contexts$/],
    ["kind: Pod", /expected kind Config, found "Pod"$/],
    ["clusters: x", /expected clusters to be a list$/],
    ["users: [{ user: {} }]", /users\[0\] has no name$/],
    ["users: [{ name: a, user: x }]", /expected users\[0\].user to be an object$/],
    ["users: [{ name: a }, { name: a }]", /users names "a" twice$/],
    ["current-context: x", /current-context: .* has no context "x"; it has none$/],
    ["contexts: [{ name: x, context: {} }]\ncurrent-context: x", /context "x" names no cluster$/],
    [
      "contexts: [{ name: x, context: { cluster: c } }]\ncurrent-context: x",
      /context "x" names the cluster "c", which is not there$/,
    ],
    [
      "contexts: [{ name: x, context: { cluster: c, user: u } }]\nclusters: [{ name: c, cluster: {} }]\ncurrent-context: x",
      /context "x" names the user "u", which is not there$/,
    ],
    [
      "contexts: [{ name: x, context: { cluster: c } }]\nclusters: [{ name: c, cluster: {} }]\ncurrent-context: x",
      /cluster "c": expected server, an https address$/,
    ],
    [
      "contexts: [{ name: x, context: { cluster: [] } }]\ncurrent-context: x",
      /context "x": expected cluster to be a text$/,
    ],
  ])("%j", async (text, message) => {
    const path = inFolder("broken", text);
    const problem = await seenBy({ kubeconfig: path });
    expect(problem).toMatch(/^CollectError: /);
    expect(problem).toContain(JSON.stringify(path));
    expect(problem).toMatch(message);
  });

  it("is not there, or is a folder", async () => {
    const missing = inFolder("missing");
    expect(await seenBy({ kubeconfig: missing })).toBe(
      `CollectError: kubeconfig ${JSON.stringify(missing)} cannot be read: there is no such file`,
    );
    expect(await seenBy({ kubeconfig: kubernetes.folder })).toMatch(/cannot be read: it is a folder$/);
  });

  it("fault 30: aliases that grow without bound are refused within a second", async () => {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
    for (let at = 1; at < 12; at += 1)
      lines.push(`a${at}: &a${at} [${Array.from({ length: 10 }, () => `*a${at - 1}`).join(", ")}]`);
    const path = inFolder("bomb", lines.join("\n"));
    const started = Date.now();
    expect(await seenBy({ kubeconfig: path })).toMatch(/its aliases grow beyond all bounds$/);
    expect(Date.now() - started).toBeLessThan(1_000);
  });

  it("fault 29: a line that cannot be read is not quoted, it may hold a secret", async () => {
    const path = inFolder("broken", 'users: [{ name: a, user: { token: "canary-token');
    expect(await seenBy({ kubeconfig: path })).not.toContain("canary");
  });

  it("an unknown context is named with those that there are", async () => {
    expect(await seenBy({ kubeconfig: kubernetes.kubeconfig, context: "prod\u001b" })).toBe(
      `CollectError: --context: kubeconfig ${JSON.stringify(kubernetes.kubeconfig)} has no context "prod\\\\u{1b}"; it has "test"`,
    );
  });
});

describe("the cluster", () => {
  it("its authority by data, by a file beside the kubeconfig, data first", async () => {
    inFolder("ca.pem", ca);
    const none = { "certificate-authority-data": null };
    expect(await asUser({ token }, { ...none, "certificate-authority": "ca.pem" })).toEqual(["clerk", 0]);
    expect(await asUser({ token }, { ...none, "certificate-authority": inFolder("ca.pem") })).toEqual([
      "clerk",
      0,
    ]);
    expect(await asUser({ token }, { "certificate-authority": "missing.pem" })).toEqual(["clerk", 0]);
    expect(await asUser({ token }, { ...none, "certificate-authority": "missing.pem" })).toMatch(
      /"test-cluster": certificate-authority ".*missing.pem" cannot be read: there is no such file$/,
    );
    expect(await asUser({ token }, none)).toMatch(
      /cannot be reached: the server's certificate is not trusted/,
    );
  });

  it.each(["not a certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])(
    "an authority that is none (%j) is a wrong kubeconfig, not a bad network",
    async (text) => {
      expect(await asUser({ token }, { "certificate-authority-data": base64(text) })).toMatch(
        /^CollectError: context "test": user "clerk": the certificate authority cannot be used/,
      );
    },
  );

  it("insecure-skip-tls-verify works, is noted, and excludes an authority", async () => {
    const insecure = { "insecure-skip-tls-verify": true };
    const kubeconfig = kubernetes.write({ cluster: { ...insecure, "certificate-authority-data": null } });
    const { snapshot, debug } = await collectBy({ kubeconfig });
    expect(snapshot.unread).toEqual([]);
    expect(debug).toContain(
      'context "test": insecure-skip-tls-verify: the server\'s certificate is not checked',
    );
    expect(await asUser({ token }, insecure)).toMatch(
      /has both a certificate authority and insecure-skip-tls-verify/,
    );
    const quoted = { "insecure-skip-tls-verify": "false", "certificate-authority-data": null };
    expect(await asUser({ token }, quoted)).toMatch(/is not trusted/);
  });

  it("tls-server-name is the name that the certificate must have", async () => {
    expect(await asUser({ token }, { "tls-server-name": "localhost" })).toEqual(["clerk", 0]);
    expect(await asUser({ token }, { "tls-server-name": "elsewhere.test" })).toMatch(
      /cannot be reached: the server's certificate is for another host \(ERR_TLS_CERT_ALTNAME_INVALID\)/,
    );
  });

  it.each([
    ["http://cluster.test:8080", /expected an https address, found "http:\/\/cluster.test:8080"/],
    ["ftp://127.0.0.1", /expected an https address/],
    ["https://", /expected an address such as https:\/\/host:6443$/],
    ["https://a.test/?x=1", /expected an address without a query$/],
    ["https://clerk:canary@a.test/", /expected an address without a user name or password$/],
  ])("server %s is refused", async (server, message) => {
    const problem = await asUser({ token }, { server });
    expect(problem).toMatch(/^CollectError: kubeconfig .*: cluster "test-cluster": server: /);
    expect(problem).toMatch(message);
    expect(problem).not.toContain("canary");
  });

  it("plain http to this machine works, as kubectl proxy serves it", async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.url);
      response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ metadata: { name: "kube-system", uid: "of-the-proxy" } }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const cluster = { server: `http://127.0.0.1:${port}`, "certificate-authority-data": null };
      const { snapshot } = await collectBy({ kubeconfig: kubernetes.write({ user: {}, cluster }) });
      expect([snapshot.scope, snapshot.unread, seen]).toEqual([
        "of-the-proxy",
        [],
        ["/api/v1/namespaces/kube-system", "/version"],
      ]);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});

describe("the user", () => {
  const { fingerprint256 } = new X509Certificate(pem("server.pem"));
  beforeEach(() => {
    kubernetes.state = {
      ...kubernetes.state,
      users: [
        ...kubernetes.state.users,
        { name: "password", authorization: `Basic ${base64("clerk:canary:word")}` },
        { name: "badge", fingerprint: fingerprint256 },
      ],
    };
  });

  it("token, user name and password, nobody", async () => {
    expect(await asUser({ token })).toEqual(["clerk", 0]);
    expect(await asUser({ username: "clerk", password: "canary:word" })).toEqual(["password", 0]);
    expect(await asUser({})).toMatch(/the API server refused the credentials: answered 401/);
    expect(await asUser({ token, username: "clerk" })).toMatch(/has both a token and a user name/);
    const problem = await asUser({ token: "canary\ntoken" });
    expect(problem).toBe('CollectError: user "clerk": its token holds characters that a header cannot carry');
  });

  it("token file: beside the kubeconfig, before the token, which counts while the file is not there", async () => {
    inFolder("token", `${token}\n`);
    expect(await asUser({ tokenFile: "token" })).toEqual(["clerk", 0]);
    expect(await asUser({ tokenFile: "token", token: "other" })).toEqual(["clerk", 0]);
    expect(await asUser({ tokenFile: "missing", token })).toEqual(["clerk", 0]);
    expect(await asUser({ tokenFile: "missing" })).toMatch(
      /token file ".*missing" cannot be read: there is no such file$/,
    );
    inFolder("blank", "\n");
    expect(await asUser({ tokenFile: "blank" })).toMatch(/the token file ".*blank" is empty$/);
  });

  it("fault 3: a token file is read again when its token is refused in the middle", async () => {
    inFolder("token", token);
    kubernetes.state = {
      ...kubernetes.state,
      users: [...kubernetes.state.users, known("renewed", "second")],
    };
    kubernetes.faults.add({ match: "/version", status: 401, times: 1 });
    const { snapshot } = await collectBy(
      { kubeconfig: kubernetes.write({ user: { tokenFile: "token" } }) },
      {
        options: {
          debug: (line) => {
            if (/kube-system 200/.test(line)) inFolder("token", "second");
          },
        },
      },
    );
    expect(snapshot.unread).toEqual([]);
    expect(kubernetes.requests.map(({ user }) => user)).toEqual(["clerk", "clerk", "renewed"]);
  });

  it("client certificate: by data, by files beside the kubeconfig, data first", async () => {
    inFolder("c.pem", pem("server.pem"));
    inFolder("k.pem", pem("server.key"));
    const files = { "client-certificate": "c.pem", "client-key": "k.pem" };
    const data = {
      "client-certificate-data": base64(pem("server.pem")),
      "client-key-data": base64(pem("server.key")),
    };
    expect(await asUser(files)).toEqual(["badge", 0]);
    expect(await asUser(data)).toEqual(["badge", 0]);
    expect(await asUser({ ...data, "client-certificate": "missing", "client-key": "missing" })).toEqual([
      "badge",
      0,
    ]);
    expect(await asUser({ ...data, "client-key-data": base64("canary") })).toBe(
      'CollectError: context "test": user "clerk": the client certificate with its key cannot be used: expected PEM text (in …-data: base64 of it)',
    );
    expect(await asUser({ "client-key": "k.pem" })).toMatch(/together, found only the key$/);
  });

  it("auth providers that are gone are named; OpenID's token counts while it is valid", async () => {
    expect(await asUser({ "auth-provider": { name: "gcp", config: { "access-token": "canary" } } })).toMatch(
      /auth-provider "gcp" is gone from kubectl since 1.26; write the kubeconfig anew/,
    );
    const idToken = (exp: number) => ["e30", base64(JSON.stringify({ exp })), "canary"].join(".");
    const later = idToken(Date.now() / 1000 + 3_600);
    kubernetes.state = { ...kubernetes.state, users: [known("openid", later)] };
    const oidc = (config: Body) => asUser({ "auth-provider": { name: "oidc", config } });
    expect(await oidc({ "id-token": later })).toEqual(["openid", 0]);
    const ended = await oidc({ "id-token": idToken(Date.now() / 1000 - 60), "refresh-token": "canary" });
    expect(ended).toMatch(/the token of auth-provider oidc has ended; run any kubectl command/);
    expect(await oidc({})).toMatch(/the token of auth-provider oidc is not there/);
    expect(ended).not.toContain("canary");
    const both = { exec: { command: "x" }, "auth-provider": { name: "oidc" } };
    expect(await asUser(both)).toMatch(/has both exec and auth-provider/);
  });

  it("as, as-uid, as-groups and as-user-extra: the server is told whom to be", async () => {
    const user = {
      token,
      as: "auditor",
      "as-uid": "7",
      "as-groups": ["one", "two"],
      "as-user-extra": { "scopes.test/x": ["a", "b"] },
    };
    expect(await asUser(user)).toEqual(["clerk", 0]);
    const raw = kubernetes.requests.at(-1)?.rawHeaders ?? [];
    const told = raw.flatMap((name, at) =>
      at % 2 === 0 && /^impersonate/i.test(name) ? [[name, raw[at + 1]]] : [],
    );
    expect(told).toEqual([
      ["Impersonate-User", "auditor"],
      ["Impersonate-Uid", "7"],
      ["Impersonate-Group", "one"],
      ["Impersonate-Group", "two"],
      ["Impersonate-Extra-scopes.test%2Fx", "a"],
      ["Impersonate-Extra-scopes.test%2Fx", "b"],
    ]);
    expect(await asUser({ token, "as-groups": ["one"] })).toMatch(/need as, the user to be$/);
    expect(await asUser({ token, as: "a\nb" })).toMatch(/only characters of a header$/);
  });
});
