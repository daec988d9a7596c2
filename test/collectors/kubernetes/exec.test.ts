import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { detectEdition } from "../../../src/collectors/registry.ts";
import { type Kubernetes, startKubernetes } from "../../servers/kubernetes.ts";
import type { Body } from "../../servers/kubernetes-state.ts";
import { token } from "../../servers/kubernetes-state.ts";
import { type Asked, accessKinds, collectWith, emptyEnv, everyKind } from "../kubernetes-harness.ts";

let kubernetes: Kubernetes;
beforeEach(async () => {
  kubernetes = await startKubernetes();
});
afterEach(() => kubernetes.close());

const v1 = "client.authentication.k8s.io/v1";
const inFolder = (name: string) => join(kubernetes.folder, name);
const runs = () => (existsSync(inFolder("runs")) ? readFileSync(inFolder("runs"), "utf8").length : 0);

/** A program that notes that it ran and then does what it is told. */
const program = (body: string, more: Body = {}): Body => ({
  exec: {
    apiVersion: v1,
    interactiveMode: "Never",
    command: process.execPath,
    args: ["-e", `require("fs").appendFileSync(${JSON.stringify(inFolder("runs"))}, "x"); ${body}`],
    ...more,
  },
});
const printing = (status: Body, apiVersion = v1) =>
  `console.log(${JSON.stringify(JSON.stringify({ kind: "ExecCredential", apiVersion, status }))});`;

const collectAs = (user: Body, asked: Asked = {}, cluster: Body = {}) =>
  collectWith(
    { kubeconfig: kubernetes.write({ user, cluster }), ...asked.settings },
    { kinds: ["kubernetes/namespace"], ...asked },
  );
const problemOf = (collected: Promise<unknown>) =>
  collected.then(
    () => "no problem",
    (error: unknown) => String(error),
  );

describe("an exec plugin", () => {
  it.each([v1, "client.authentication.k8s.io/v1beta1"])(
    "of %s gives a token, once for a scan",
    async (apiVersion) => {
      const user = program(printing({ token }, apiVersion), { apiVersion });
      const { snapshot } = await collectAs(user, { kinds: accessKinds });
      expect(snapshot.unread).toEqual([]);
      expect(new Set(kubernetes.requests.map((request) => request.user))).toEqual(new Set(["clerk"]));
      expect(runs()).toBe(1);
    },
  );

  it("is told of itself and of the cluster, has the kubeconfig's variables, and no terminal", async () => {
    const seen = inFolder("seen");
    const user = program(
      `let input = ""; process.stdin.on("data", (chunk) => { input += chunk; }); process.stdin.on("end", () => {
        const { KUBERNETES_EXEC_INFO, OWN, SOME } = process.env;
        require("fs").writeFileSync(${JSON.stringify(seen)}, JSON.stringify([JSON.parse(KUBERNETES_EXEC_INFO), OWN, SOME, input]));
        ${printing({ token })}
      });`,
      { provideClusterInfo: true, env: [{ name: "OWN", value: "own" }] },
    );
    const cluster = {
      "tls-server-name": "localhost",
      extensions: [{ name: "client.authentication.k8s.io/exec", extension: { audience: "us" } }],
    };
    await collectAs(user, { settings: { env: { ...emptyEnv, SOME: "some" } } }, cluster);
    const [info, ...rest] = JSON.parse(readFileSync(seen, "utf8")) as [Body, ...unknown[]];
    expect(info).toEqual({
      kind: "ExecCredential",
      apiVersion: v1,
      spec: {
        interactive: false,
        cluster: {
          server: kubernetes.url,
          "tls-server-name": "localhost",
          "certificate-authority-data": expect.any(String),
          config: { audience: "us" },
        },
      },
    });
    expect(rest).toEqual(["own", "some", ""]);
  });

  it("is told nothing of the cluster unless it wants to know", async () => {
    const seen = inFolder("seen");
    const user = program(
      `require("fs").writeFileSync(${JSON.stringify(seen)}, process.env.KUBERNETES_EXEC_INFO); ${printing({ token })}`,
    );
    await collectAs(user);
    expect(JSON.parse(readFileSync(seen, "utf8"))).toEqual({
      kind: "ExecCredential",
      apiVersion: v1,
      spec: { interactive: false },
    });
  });

  it("is asked once for all that one run reads, and what it gave goes to no other user", async () => {
    const user = program(printing({ token }));
    const settings = { kubeconfig: kubernetes.write({ user }), env: emptyEnv };
    const options = {
      signal: new AbortController().signal,
      timeoutMs: 10_000,
      concurrency: 2,
      progress: () => {},
      debug: () => {},
    };
    expect(await detectEdition(settings, options)).toEqual([]);
    expect((await collectWith(settings)).snapshot.unread).toEqual([]);
    expect(runs()).toBe(1);
    await collectWith({ ...settings, env: { ...emptyEnv, WHO: "another" } });
    expect(runs()).toBe(2);
  });

  it("gives a client certificate", async () => {
    const pem = (name: string) =>
      readFileSync(fileURLToPath(new URL(`../../servers/certs/${name}`, import.meta.url)), "utf8");
    const { fingerprint256 } = new X509Certificate(pem("server.pem"));
    kubernetes.state = { ...kubernetes.state, users: [{ name: "badge", fingerprint: fingerprint256 }] };
    const status = { clientCertificateData: pem("server.pem"), clientKeyData: pem("server.key") };
    const { snapshot } = await collectAs(program(printing(status)));
    expect(snapshot.unread).toEqual([]);
    expect(new Set(kubernetes.requests.map(({ user }) => user))).toEqual(new Set(["badge"]));
  });

  it("is found beside the kubeconfig when its path is relative", async () => {
    writeFileSync(
      inFolder("plugin.sh"),
      `#!/bin/sh\necho '${JSON.stringify({ kind: "ExecCredential", apiVersion: v1, status: { token } })}'\n`,
      {
        mode: 0o755,
      },
    );
    const { snapshot } = await collectAs(program("", { command: "./plugin.sh", args: null }));
    expect(snapshot.unread).toEqual([]);
  });

  const numbered = (first: string, then: string) =>
    `const n = require("fs").readFileSync(${JSON.stringify(inFolder("runs"))}, "utf8").length; if (n === 1) { ${first} } else { ${then} }`;

  it("fault 3: is asked once more when its token is refused in the middle, for all requests together", async () => {
    kubernetes.state = {
      ...kubernetes.state,
      users: [...kubernetes.state.users, { name: "renewed", authorization: "Bearer canary-second" }],
    };
    kubernetes.faults.add({ match: /\/(roles|clusterroles|namespaces)\?/, status: 401, times: 3 });
    const user = program(numbered(printing({ token }), printing({ token: "canary-second" })));
    const { snapshot, debug } = await collectAs(user, {
      kinds: ["kubernetes/namespace", "kubernetes/role", "kubernetes/cluster-role"],
    });
    expect(snapshot.unread).toEqual([]);
    expect(runs()).toBe(2);
    expect(kubernetes.requests.filter((request) => request.user === "renewed")).toHaveLength(3);
    expect(debug.join()).not.toContain("canary");
  });

  it("fault 3: the same token again is final, for all that follows", async () => {
    // The version is asked for, and the new sign-in tried, before the list is.
    kubernetes.faults.add({ match: /version|limit=/, status: 401, code: "Unauthorized", message: "no" });
    const { snapshot } = await collectAs(program(printing({ token })));
    expect(snapshot.unread.map(({ kind, cause, detail }) => [kind, cause, detail])).toEqual([
      ["kubernetes/cluster", "unauthenticated", "answered 401 Unauthorized: no"],
      ["kubernetes/namespace", "unauthenticated", "answered 401 Unauthorized: no"],
    ]);
    expect(runs()).toBe(2);
  });

  it("is asked again when its credential has ended, before the next request", async () => {
    const ended = new Date(Date.now() - 60_000).toISOString();
    const user = program(
      numbered(
        printing({ token, expirationTimestamp: ended }),
        printing({ token, expirationTimestamp: "2999-01-01T00:00:00Z" }),
      ),
    );
    const { snapshot } = await collectAs(user, { kinds: accessKinds });
    expect(snapshot.unread).toEqual([]);
    expect(runs()).toBe(2);
  });

  it("that fails in the middle leaves unread what was asked for then", async () => {
    kubernetes.faults.add({ match: "/namespaces?", status: 401 });
    const { snapshot } = await collectAs(program(numbered(printing({ token }), "process.exit(3)")));
    expect(snapshot.unread.map(({ kind, cause }) => [kind, cause])).toEqual([
      ["kubernetes/namespace", "unauthenticated"],
    ]);
    expect(snapshot.unread[0]?.detail).toMatch(/ended with status 3; run any kubectl command/);
  });
});

describe("fault 34: a plugin that hangs or floods", () => {
  const alive = (pid: number) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };
  /** Waits until it is gone: its parent has to notice. */
  const gone = async (pid: number) => {
    for (let tries = 0; tries < 100 && alive(pid); tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    return !alive(pid);
  };

  it("is killed with what it started when its time is over; every kind is unread", async () => {
    const user = program(
      `const child = require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" });
       require("fs").writeFileSync(${JSON.stringify(inFolder("pids"))}, process.pid + " " + child.pid);
       setInterval(() => {}, 1000);`,
    );
    const started = Date.now();
    const { snapshot } = await collectAs(user, { kinds: everyKind, settings: { execTimeoutMs: 3_000 } });
    expect(Date.now() - started).toBeLessThan(10_000);
    expect(snapshot.documents).toEqual([]);
    expect(snapshot.scope).toBe(new URL(kubernetes.url).host);
    expect(snapshot.unread.map(({ kind, cause }) => [kind, cause])).toEqual(
      [...everyKind].sort().map((kind) => [kind, "timeout"]),
    );
    expect(snapshot.unread[0]?.detail).toMatch(
      /^user "clerk": the program ".*" gave no credentials within 3 s and was ended; does it wait for somebody to sign in\?$/,
    );
    expect(kubernetes.requests).toEqual([]);
    const asking = detectEdition(
      { kubeconfig: join(kubernetes.folder, "config"), env: emptyEnv, execTimeoutMs: 300 },
      {
        signal: new AbortController().signal,
        timeoutMs: 10_000,
        concurrency: 2,
        progress: () => {},
        debug: () => {},
      },
    );
    await expect(asking).rejects.toThrow(/gave no credentials within 0.3 s/);
    const pids = readFileSync(inFolder("pids"), "utf8").split(" ").map(Number);
    expect(pids).toHaveLength(2);
    for (const pid of pids) expect(await gone(pid)).toBe(true);
  });

  it("is killed when it prints without end", async () => {
    const user = program(
      `require("fs").writeFileSync(${JSON.stringify(inFolder("pids"))}, String(process.pid));
       const write = () => { while (process.stdout.write("canary-flood".repeat(1000))); process.stdout.once("drain", write); }; write();`,
    );
    const { snapshot, debug } = await collectAs(user);
    expect(snapshot.unread.map(({ cause }) => cause)).toEqual(["malformed", "malformed"]);
    expect(snapshot.unread[0]?.detail).toMatch(/printed more than 1 MB and was ended$/);
    expect(JSON.stringify([snapshot, debug])).not.toContain("canary");
    expect(await gone(Number(readFileSync(inFolder("pids"), "utf8")))).toBe(true);
  });

  it("is not waited for when the scan has less time, or is interrupted", async () => {
    const hanging = program("setInterval(() => {}, 1000);");
    const short = await collectAs(hanging, { options: { timeoutMs: 400 } });
    expect(short.snapshot.unread[0]?.detail).toMatch(/gave no credentials within 0\.\d s/);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 300);
    const { snapshot } = await collectAs(hanging, { options: { signal: stop.signal } });
    expect([snapshot.interrupted, snapshot.unread[0]?.cause]).toEqual([true, "interrupted"]);
  });

  it("has nowhere to write its errors to: not to our terminal, not to us (fault 29)", async () => {
    const same = 'fs.fstatSync(2).rdev === fs.statSync("/dev/null").rdev';
    const user = program(`const fs = require("fs"); if (${same}) { ${printing({ token })} }`);
    expect((await collectAs(user)).snapshot.unread).toEqual([]);
  });

  it("does not hang on what floods its standard error, and keeps no word of it (fault 29)", async () => {
    const user = program(
      `require("fs").writeSync(2, "canary-stderr".repeat(100000)); ${printing({ token })}`,
    );
    const { snapshot, debug, progress } = await collectAs(user);
    expect(snapshot.unread).toEqual([]);
    expect(JSON.stringify([snapshot, debug, progress])).not.toContain("canary");
  });

  it("--exec-plugins deny starts nothing, and says so", async () => {
    const problem = await problemOf(
      collectAs(program(printing({ token })), { settings: { execPlugins: "deny" } }),
    );
    expect(problem).toBe(
      'CollectError: context "test": user "clerk" gets its credentials from a program, and --exec-plugins deny forbids to start one: allow it, or use a kubeconfig with a token or a certificate',
    );
    expect([runs(), kubernetes.requests]).toEqual([0, []]);
  });

  it("--exec-plugins deny lets a token through", async () => {
    const { snapshot } = await collectAs({ token }, { settings: { execPlugins: "deny" } });
    expect(snapshot.unread).toEqual([]);
  });

  it("a token that is written down comes first: no program is started", async () => {
    const { snapshot } = await collectAs({ token, ...program("process.exit(1)") });
    expect([snapshot.unread, runs()]).toEqual([[], 0]);
  });
});

describe("a plugin that cannot be used ends the run, without its own words", () => {
  it.each([
    [
      "ends with an error",
      'console.error("canary"); process.exit(7)',
      /ended with status 7; run any kubectl/,
    ],
    ["is killed", 'process.kill(process.pid, "SIGTERM")', /ended with signal SIGTERM/],
    [
      "prints nothing",
      "",
      /printed nothing instead of an ExecCredential of client.authentication.k8s.io\/v1$/,
    ],
    ["prints text", 'console.log("canary: sign in")', /printed something that is no JSON object/],
    [
      "prints another kind",
      'console.log(JSON.stringify({ kind: "canary" }))',
      /printed another kind of object/,
    ],
    [
      "prints another version",
      'console.log(JSON.stringify({ kind: "ExecCredential", apiVersion: "client.authentication.k8s.io/v1beta1", status: { token: "canary" } }))',
      /printed one of "client.authentication.k8s.io\/v1beta1" instead/,
    ],
    ["gives nothing", printing({}), /printed no token and no client certificate/],
    ["gives half", printing({ clientKeyData: "canary" }), /printed half of a client certificate/],
    [
      "gives a token of several lines",
      printing({ token: "canary\nx" }),
      /token holds characters that a header/,
    ],
    [
      "gives a certificate that is none",
      printing({ clientCertificateData: "canary", clientKeyData: "canary" }),
      /the client certificate with its key cannot be used/,
    ],
  ])("%s", async (_, body, message) => {
    const problem = await problemOf(collectAs(program(body)));
    expect(problem).toMatch(/^CollectError: /);
    expect(problem).toMatch(message);
    expect(problem).not.toContain("canary");
    expect(kubernetes.requests).toEqual([]);
  });

  it("is not there: the kubeconfig's own hint is shown, visibly", async () => {
    const problem = await problemOf(
      collectAs(program("", { command: "no-such-program-here", installHint: "install it\u001b[2J" })),
    );
    expect(problem).toBe(
      'CollectError: user "clerk": the program "no-such-program-here", which gives the credentials, is not there; install it\\u{1b}[2J',
    );
  });

  it.each([
    [
      { apiVersion: "client.authentication.k8s.io/v1alpha1" },
      /expected apiVersion client.authentication.k8s.io\/v1 or v1beta1, found "client.authentication.k8s.io\/v1alpha1"/,
    ],
    [{ interactiveMode: "Always" }, /wants a terminal \(interactiveMode Always\)/],
    [{ command: "" }, /exec: expected command/],
    [{ args: "x" }, /exec: args: expected a list of texts/],
  ])("%j is refused before anything is started", async (more, message) => {
    expect(await problemOf(collectAs(program(printing({ token }), more)))).toMatch(message);
    expect(runs()).toBe(0);
  });
});
