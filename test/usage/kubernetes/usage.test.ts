import { describe, expect, test } from "vitest";
import { auditEvents } from "../../../src/usage/kubernetes/audit-log.ts";
import { KubernetesUsage } from "../../../src/usage/kubernetes/usage.ts";
import { type AuditLine, line, log, user } from "./audit-log.ts";

const ACCOUNTS = new Map(["chalk/management", "chalk/workload"].map((id) => [user(id), id]));

function read(...texts: readonly string[]) {
  const usage = new KubernetesUsage(ACCOUNTS, new Set(["known"]));
  for (const [i, text] of texts.entries()) usage.addFile(`${i}.log`, "logs", text);
  return usage.finish();
}
const told = (...events: readonly AuditLine[]) =>
  read(log(...events)).calls.map(({ account, request, count, refused }) => ({
    account,
    request,
    count,
    ...(refused ? { refused } : {}),
  }));
const mine = (request: object, count = 1) => ({ account: "chalk/management", request, count });

describe("what the authorizer was asked", () => {
  test("K1: group, resource, subresource, namespace; the core group is empty", () => {
    expect(
      told(
        { what: "get pods/log", ns: "a", name: "p" },
        { what: "list jobs.batch", ns: "a" },
        { what: "list nodes" },
      ),
    ).toEqual([
      mine({ verb: "get", group: "", resource: "pods", subresource: "log", namespace: "a" }),
      mine({ verb: "list", group: "", resource: "nodes" }),
      mine({ verb: "list", group: "batch", resource: "jobs", namespace: "a" }),
    ]);
  });

  test("K2: the name of what was made is not asked for, that of a subresource is; others count together", () => {
    expect(
      told(
        { what: "create pods", ns: "a", name: "known" },
        { what: "deletecollection pods", ns: "a", name: "known" },
        { what: "create pods/exec", ns: "a", name: "known" },
        { what: "get pods", ns: "a", name: "known" },
        { what: "get pods", ns: "a", name: "x" },
        { what: "get pods", ns: "a", name: "y" },
      ),
    ).toEqual([
      mine({ verb: "create", group: "", resource: "pods", namespace: "a" }),
      mine({
        verb: "create",
        group: "",
        resource: "pods",
        subresource: "exec",
        name: "known",
        namespace: "a",
      }),
      mine({ verb: "deletecollection", group: "", resource: "pods", namespace: "a" }),
      mine({ verb: "get", group: "", resource: "pods", name: "known", namespace: "a" }),
      mine({ verb: "get", group: "", resource: "pods", namespace: "a" }, 2),
    ]);
  });

  test("K3: an address, without its query", () => {
    expect(told({ what: "get /metrics" })).toEqual([mine({ verb: "get", url: "/metrics" })]);
  });

  test("who, on what and when: five of each at the most, whatever the order", () => {
    const events = ["f", "b", "a", "e", "d", "c"].map((name, i) => ({
      what: "get pods",
      ns: "a",
      name,
      at: `2026-11-1${i}T00:00:00Z`,
    }));
    const [one] = read(log(...events)).calls;
    const [two] = read(log(...events.toReversed())).calls;
    expect(one).toEqual({
      account: "chalk/management",
      request: { verb: "get", group: "", resource: "pods", namespace: "a" },
      event: "get pods -n a",
      actions: ["chalk/management: get pods"],
      resources: ["a/a", "a/b", "a/c", "a/d", "a/e"],
      refused: false,
      who: ["pod platform-0"],
      count: 6,
      first: "2026-11-10T00:00:00.000Z",
      last: "2026-11-15T00:00:00.000Z",
    });
    expect(two).toEqual(one);
  });
});

describe("how it ended", () => {
  test("403 is an attempt; what the authorizer said comes before the status", () => {
    expect(
      told(
        { what: "get pods", code: 403 },
        { what: "get nodes", code: 403, decision: "allow" },
        { what: "get secrets", code: 200, decision: "forbid" },
      ),
    ).toEqual([
      mine({ verb: "get", group: "", resource: "nodes" }),
      { ...mine({ verb: "get", group: "", resource: "pods" }), refused: true },
      { ...mine({ verb: "get", group: "", resource: "secrets" }), refused: true },
    ]);
  });

  test("a request counts once, by its end; a watch that is open counts; what has no end is said", () => {
    const usage = read(
      log(
        { what: "watch pods", ns: "a", stage: "RequestReceived", id: "1" },
        { what: "watch pods", ns: "a", stage: "ResponseStarted", id: "1" },
        { what: "watch pods", ns: "a", stage: "ResponseComplete", id: "1" },
        { what: "watch jobs.batch", ns: "a", stage: "RequestReceived", id: "2" },
        { what: "watch jobs.batch", ns: "a", stage: "ResponseStarted", id: "2" },
        { what: "get nodes", stage: "RequestReceived", id: "3" },
      ),
      log({ what: "watch pods", ns: "a", stage: "ResponseComplete", id: "1" }),
    );
    expect(usage.calls.map(({ event, count }) => [event, count])).toEqual([
      ["get nodes", 1],
      ["watch pods -n a", 1],
      ["watch jobs.batch -n a", 1],
    ]);
    expect(usage.sources[0]?.problems).toEqual([
      "of 1 requests it does not say how they ended; they count as used",
    ]);
    expect([usage.sources[0]?.events, usage.sources[0]?.calls]).toEqual([7, 3]);
  });
});

describe("impersonation", () => {
  const as = (username: string, more: object = {}) => ({
    more: { impersonatedUser: { username, groups: ["system:authenticated", "ops"], ...more } },
  });

  test("the one who is impersonated makes the request; whoever impersonates needs the right to", () => {
    expect(
      told({
        what: "get pods",
        ...as("jane", { uid: "7", extra: { scopes: ["a"] } }),
      }),
    ).toEqual([
      mine({ verb: "impersonate", group: "", resource: "groups" }),
      mine({ verb: "impersonate", group: "", resource: "users" }),
      mine({ verb: "impersonate", group: "authentication.k8s.io", resource: "uids" }),
      mine({
        verb: "impersonate",
        group: "authentication.k8s.io",
        resource: "userextras",
        subresource: "scopes",
      }),
    ]);
    const usage = read(log({ who: "root", what: "get pods", ns: "a", ...as(user("chalk/workload")) }));
    expect(usage.calls.map(({ account, event, who }) => [account, event, who])).toEqual([
      ["chalk/workload", "get pods -n a", ["root, impersonating"]],
    ]);
  });

  test("a service account is impersonated by name and namespace", () => {
    expect(
      told({
        what: "get pods",
        more: {
          impersonatedUser: { username: "system:serviceaccount:x:y", groups: ["system:serviceaccounts"] },
        },
      }),
    ).toEqual([mine({ verb: "impersonate", group: "", resource: "serviceaccounts", namespace: "x" })]);
  });
});

describe("the log", () => {
  const one: AuditLine = { what: "get pods", ns: "a", at: "2026-11-01T00:00:00Z" };

  test.each<[string, string]>([
    ["an event a line", log(one)],
    ["one event", line(one)],
    [
      "an EventList",
      JSON.stringify({ kind: "EventList", apiVersion: "audit.k8s.io/v1", items: [JSON.parse(line(one))] }),
    ],
    [
      "CloudWatch, filter-log-events",
      JSON.stringify({ events: [{ message: line(one) }, { message: "time=x level=info" }] }),
    ],
    [
      "CloudWatch, Logs Insights",
      JSON.stringify({
        results: [
          [
            { field: "@ptr", value: "x" },
            { field: "@message", value: line(one) },
          ],
        ],
      }),
    ],
    ["CloudWatch, exported: a time before each line", `2026-11-01T00:00:00.000Z ${line(one)}`],
    [
      "Azure Monitor, a storage account",
      JSON.stringify({ category: "kube-audit", properties: { log: line(one) } }),
    ],
    ["Azure Monitor, a query", JSON.stringify([{ Category: "kube-audit", log_s: line(one) }])],
  ])("%s", (_, text) => {
    const { calls, sources } = read(text);
    expect(calls.map(({ event, count }) => [event, count])).toEqual([["get pods -n a", 1]]);
    expect(sources.map(({ problems, from, to }) => ({ problems, from, to }))).toEqual([
      { problems: [], from: "2026-11-01T00:00:00.000Z", to: "2026-11-01T00:00:00.000Z" },
    ]);
  });

  test("fault 10: a line that is cut, and an event that is none, are said; others' events are the window", () => {
    const { sources, calls } = read(
      `${log(one, { who: "root", what: "get nodes", at: "2026-11-09T00:00:00Z" })}${line(one).slice(0, 90)}\n{"kind":"Event","apiVersion":"audit.k8s.io/v1"}\n{"kind":"Pod"}\n`,
    );
    expect(calls).toHaveLength(1);
    expect(sources).toEqual([
      {
        kind: "kubernetes-audit-file",
        name: "logs",
        from: "2026-11-01T00:00:00.000Z",
        to: "2026-11-09T00:00:00.000Z",
        events: 2,
        calls: 1,
        blind: expect.any(Array) as unknown,
        problems: ["3 of its events could not be read"],
      },
    ]);
  });

  test.each(["", "hello\nworld\n", "[]", '{"Records":[]}', "null", "7"])("no log at all: %j", (text) => {
    expect(() => read(text)).toThrow("expected an audit log of Kubernetes");
  });

  test("what somebody's request shows is recorded is observable, else not; who made none is named", () => {
    const usage = read(log({ who: "root", what: "get nodes" }));
    expect(usage.shows({ verb: "get", group: "", resource: "nodes", namespace: "x" })).toBe(true);
    expect(usage.shows({ verb: "list", group: "", resource: "nodes" })).toBe(false);
    expect(usage.silent).toEqual(["chalk/management", "chalk/workload"]);
  });

  test("fault 29: bodies, queries, addresses and agents are kept nowhere", () => {
    const all = read(
      log(
        { what: "get secrets", ns: "a", name: "s" },
        { what: "get /metrics" },
        { what: "create pods/exec", ns: "a" },
      ),
    );
    expect(JSON.stringify(all)).not.toContain("canary-4711");
    expect(JSON.stringify([...auditEvents(log({ what: "get /metrics" }))])).not.toContain("canary-4711");
    expect(JSON.stringify(all)).not.toContain("192.0.2.7");
  });

  test("odd values are read as nothing, and never thrown over", () => {
    const odd = (more: object) => read(log(one, { what: "get pods", more })).sources[0]?.problems;
    expect(odd({ user: null })).toEqual(["1 of its events could not be read"]);
    expect(odd({ objectRef: { resource: 7 } })).toEqual(["1 of its events could not be read"]);
    expect(odd({ stage: "Later" })).toEqual(["1 of its events could not be read"]);
    expect(odd({ stageTimestamp: "x", requestReceivedTimestamp: null })).toEqual([
      "1 of its events could not be read",
    ]);
    expect(odd({ objectRef: null, requestURI: 7 })).toEqual(["1 of its events could not be read"]);
    expect(odd({ annotations: null, responseStatus: null, impersonatedUser: [] })).toEqual([]);
  });
});
