import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { retryAfter } from "../../../src/collectors/http/retry.ts";
import { type Arm, startArm } from "../../servers/arm.ts";
import type { Fault, FaultAction } from "../../servers/faults.ts";
import { causes, collectFrom, fakeClock, ids } from "../harness.ts";
import { sub, vendor, vendorWorld } from "../world.ts";

let arm: Arm;
beforeEach(async () => {
  arm = await startArm(vendorWorld(), { pageSize: 1 });
});
afterEach(() => arm.close());

const vaults = `GET ${sub}/providers/Microsoft.KeyVault/vaults`;

/** What becomes of the vaults under one fault, beside resource groups, which stay well. */
async function underFault(
  fault: FaultAction & Partial<Fault>,
  options: Parameters<typeof collectFrom>[1] = {},
) {
  arm.faults.add({ match: "Microsoft.KeyVault/vaults", ...fault } as Fault);
  const clock = fakeClock();
  const { snapshot, debug } = await collectFrom(arm, {
    kinds: ["azure/vault", "azure/resource-group"],
    ...options,
    settings: { clock, ...options?.settings },
  });
  expect(ids(snapshot, "azure/resource-group")).toHaveLength(2);
  const calls = arm.requests.filter((request) => request.path.endsWith("/vaults")).length;
  return { vaults: ids(snapshot, "azure/vault").length, unread: snapshot.unread, clock, debug, calls };
}

const one = (cause: string, detail: unknown) => [{ kind: "azure/vault", api: vaults, cause, detail }];

describe("faults 1 to 4: refused, expired, absent", () => {
  it("fault 1: 403 names the API, the scope and the permission; the rest is read", async () => {
    const { vaults: count, unread } = await underFault({ denied: "Microsoft.KeyVault/vaults/read" });
    expect(count).toBe(0);
    expect(unread).toEqual([
      {
        kind: "azure/vault",
        api: vaults,
        cause: "denied",
        permission: "Microsoft.KeyVault/vaults/read",
        detail: expect.stringMatching(
          /^answered 403 AuthorizationFailed: .*'Microsoft.KeyVault\/vaults\/read' over scope '\/subscriptions\//,
        ),
      },
    ]);
  });

  it("fault 2: 403 on assignments alone leaves what the principal holds unread", async () => {
    arm.faults.add({ match: "roleAssignments", denied: "Microsoft.Authorization/roleAssignments/read" });
    const { snapshot } = await collectFrom(arm, {
      kinds: ["azure/assigned-to", "azure/role-definition"],
      principals: [vendor],
    });
    expect(causes(snapshot.unread)).toEqual([
      `azure/assigned-to ${vendor} denied Microsoft.Authorization/roleAssignments/read`,
    ]);
    expect(ids(snapshot, "azure/assigned-to")).toEqual([]);
    expect(ids(snapshot, "azure/role-definition")).toHaveLength(5);
  });

  it("fault 3: a token that expires mid-scan is renewed once, for all requests together", async () => {
    let tokens = 0;
    const credential = {
      getToken: () => {
        tokens += 1;
        return arm.credential.getToken();
      },
    };
    // The directory has a token of its own.
    const kinds = ["azure/role-definition", "azure/assigned-to", "azure/vault", "azure/resource"] as const;
    const counted = await collectFrom(arm, { kinds, principals: [vendor], settings: { credential } });
    expect(tokens).toBe(1);
    tokens = 0;
    const stale = {
      getToken: async () => {
        tokens += 1;
        const token = await arm.credential.getToken();
        if (tokens === 1) arm.authority.revoke();
        return token;
      },
    };
    const { snapshot } = await collectFrom(arm, {
      kinds,
      principals: [vendor],
      settings: { credential: stale },
    });
    expect(snapshot).toEqual(counted.snapshot);
    expect(tokens).toBe(2);
  });

  it("fault 3: a token that is refused again after the renewal is final", async () => {
    arm.authority.refuseAll = true;
    let tokens = 0;
    const credential = {
      getToken: () => {
        tokens += 1;
        return arm.credential.getToken();
      },
    };
    // What the principal holds is asked for after the definitions, so with the second token from the start.
    const { snapshot } = await collectFrom(arm, {
      kinds: ["azure/role-definition", "azure/assigned-to"],
      principals: [vendor],
      settings: { credential },
    });
    expect(causes(snapshot.unread)).toEqual([
      `azure/assigned-to ${vendor} unauthenticated`,
      "azure/role-definition unauthenticated",
    ]);
    expect(snapshot.unread[0]?.detail).toMatch(/^answered 401 ExpiredAuthenticationToken: /);
    expect(tokens).toBe(2);
  });

  it("fault 4: 404 of a list is not found, never an empty list", async () => {
    const { unread } = await underFault({ status: 404, code: "NotFound", message: "nope" });
    expect(unread).toEqual(one("not-found", "answered 404 NotFound: nope"));
  });
});

describe("faults 5 to 8: throttling and server errors", () => {
  it("fault 5: waits as long as Retry-After says, then succeeds", async () => {
    const {
      vaults: count,
      unread,
      clock,
      calls,
    } = await underFault({ status: 429, retryAfter: 2, times: 2 });
    expect([count, unread, clock.pauses, calls]).toEqual([1, [], [2_000, 2_000], 3]);
  });

  it("fault 5: Retry-After as a date counts from the server's own clock", async () => {
    const { vaults: count, clock } = await underFault({
      status: 503,
      retryAfter: new Date(Date.now() + 7_000).toUTCString(),
      times: 1,
    });
    expect(count).toBe(1);
    expect(clock.pauses).toHaveLength(1);
    expect(clock.pauses[0]).toBeGreaterThanOrEqual(5_000);
    expect(clock.pauses[0]).toBeLessThanOrEqual(8_000);
  });

  it.each([
    ["2", {}, 2_000],
    ["0.5", {}, 500],
    [" 3 ", {}, 3_000],
    ["Sat, 21 Nov 2026 08:00:30 GMT", { date: "Sat, 21 Nov 2026 08:00:00 GMT" }, 30_000],
    ["Sat, 21 Nov 2026 08:00:00 GMT", { date: "Sat, 21 Nov 2026 08:00:30 GMT" }, 0],
    [undefined, { "x-ms-retry-after-ms": "250" }, 250],
    [undefined, { "retry-after-ms": "120" }, 120],
    ["soon", {}, undefined],
    ["-1", {}, undefined],
    ["", {}, undefined],
    [undefined, {}, undefined],
  ])("fault 5: Retry-After %j beside %j is %j ms", (value, headers: Record<string, string>, expected) => {
    expect(retryAfter((name) => (name === "retry-after" ? value : headers[name]))).toBe(expected);
  });

  it("fault 5: waits for real", async () => {
    arm.faults.add({ match: "/vaults", status: 429, retryAfter: 2, times: 1 });
    const { snapshot } = await collectFrom(arm, { kinds: ["azure/vault"] });
    const [first, second] = arm.requests.filter((request) => request.path.endsWith("/vaults"));
    expect(snapshot.unread).toEqual([]);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1_990);
  });

  it("fault 6: 429 without the header: at least five attempts with growing pauses", async () => {
    const { vaults: count, clock, calls } = await underFault({ status: 429, times: 5 });
    expect([count, calls]).toEqual([1, 6]);
    expect(clock.pauses).toEqual([375, 750, 1_500, 3_000, 6_000]);
  });

  it("fault 6: an unusable header counts as none", async () => {
    const { vaults: count, clock } = await underFault({ status: 429, retryAfter: "-5", times: 1 });
    expect([count, clock.pauses]).toEqual([1, [375]]);
  });

  it("fault 7: a Retry-After beyond the target's time ends at once, throttled", async () => {
    const { unread, clock, calls } = await underFault({ status: 429, retryAfter: 86_400 });
    expect(unread).toEqual(
      one(
        "throttled",
        "answered 429 and asks to wait 86400 s, but only 60 s are left for this target; raise --timeout",
      ),
    );
    expect([clock.pauses, calls]).toEqual([[], 1]);
  });

  it("fault 7: throttling without end stops inside the target's time", async () => {
    const { unread, clock } = await underFault({ status: 429, retryAfter: 9 });
    expect(causes(unread)).toEqual(["azure/vault throttled"]);
    expect(clock.pauses.reduce((sum, pause) => sum + pause, 0)).toBeLessThanOrEqual(60_000);
  });

  it("fault 8: endless 503 ends after a bounded number of attempts", async () => {
    const { unread, calls } = await underFault({ status: 503, code: "ServerBusy", message: "later" });
    expect(unread).toEqual(one("server-error", "answered 503 ServerBusy: later"));
    expect(calls).toBe(6);
  });

  it("fault 8: endless 429 without the header ends throttled", async () => {
    const { unread, calls } = await underFault({
      status: 429,
      code: "TooManyRequests",
      message: "slow down",
    });
    expect(unread).toEqual(one("throttled", "answered 429 TooManyRequests: slow down"));
    expect(calls).toBe(6);
  });
});

describe("faults 9 to 11: no answer, half answers, wrong answers", () => {
  it.each(["head", "body"] as const)("fault 9: a server that hangs (%s) times out", async (hang) => {
    const { unread } = await underFault({ hang }, { settings: { requestTimeoutMs: 300 } });
    expect(unread).toEqual(one("timeout", "no complete answer within 0.3 s (2 attempts)"));
  });

  it("fault 9: the target's time bounds a hang too", async () => {
    arm.faults.add({ match: "", hang: "head" });
    const started = Date.now();
    const { snapshot } = await collectFrom(arm, {
      kinds: ["azure/vault", "azure/resource"],
      options: { timeoutMs: 400 },
    });
    expect(Date.now() - started).toBeLessThan(3_000);
    expect(causes(snapshot.unread)).toEqual(["azure/resource timeout", "azure/vault timeout"]);
  });

  it("fault 10: JSON cut in the middle is malformed, not an empty list", async () => {
    const { vaults: count, unread } = await underFault({ cut: "json" });
    expect(count).toBe(0);
    expect(unread).toEqual(
      one(
        "malformed",
        expect.stringMatching(/^answered 200 with \d+ characters that are not complete JSON$/),
      ),
    );
  });

  it("fault 10: a connection cut in the middle of the body is tried again, then unreachable", async () => {
    const once = await underFault({ cut: "socket", times: 2 });
    expect([once.vaults, once.unread, once.calls]).toEqual([1, [], 3]);
    arm.faults.clear();
    const { unread } = await underFault({ cut: "socket" });
    expect(unread).toEqual(one("unreachable", expect.stringMatching(/\(3 attempts\)$/)));
  });

  it("a connection that is closed without an answer is tried again, then unreachable", async () => {
    const { unread } = await underFault({ reset: true });
    expect(unread).toEqual(
      one("unreachable", "the connection was closed in the middle (ECONNRESET) (3 attempts)"),
    );
  });

  it.each([
    [
      "an HTML page",
      { html: true },
      "answered 200 with text/html; charset=utf-8 instead of JSON; is a proxy or a sign-in page in between?",
    ],
    [
      "an HTML page said to be JSON",
      { raw: "<html></html>" },
      "answered 200 with 13 characters that are not complete JSON",
    ],
    ["nothing", { raw: "" }, "answered 200 with an empty body"],
    ["blanks", { raw: " \n " }, "answered 200 with an empty body"],
    ["null", { raw: "null" }, "answered 200 with null instead of a JSON object"],
    ["a bare list", { raw: "[]" }, "answered 200 with a list instead of a JSON object"],
    ["a text", { raw: '"ok"' }, "answered 200 with a string instead of a JSON object"],
    ["an object without a list", { raw: "{}" }, 'answered 200 with nothing as "value" instead of a list'],
    ["a null list", { raw: '{"value":null}' }, 'answered 200 with null as "value" instead of a list'],
    [
      "a list that is an object",
      { raw: '{"value":{}}' },
      'answered 200 with an object as "value" instead of a list',
    ],
    [
      "a list with a null in it",
      { raw: '{"value":[{},null]}' },
      "item 1 of the list is null instead of an object",
    ],
    [
      "JSON of another content type",
      { raw: '{"value":[]}', contentType: "text/plain" },
      "answered 200 with text/plain instead of JSON; is a proxy or a sign-in page in between?",
    ],
  ] as const)("fault 11: 200 with %s is malformed", async (_name, fault, detail) => {
    const { vaults: count, unread, calls } = await underFault(fault as FaultAction);
    expect([count, calls]).toEqual([0, 1]);
    expect(unread).toEqual(one("malformed", detail));
  });

  it("fault 11: 500 with HTML is a server error", async () => {
    const { unread } = await underFault({ status: 500, html: true });
    expect(unread).toEqual(one("server-error", "answered 500: a page for browsers"));
  });

  it("a redirect is not followed: the token stays here", async () => {
    const { unread, calls } = await underFault({ redirect: "https://example.invalid/" });
    expect(unread).toEqual(
      one("malformed", "answered 307: it points to another address, which is not followed"),
    );
    expect(calls).toBe(1);
  });

  it("an error message is made visible and bounded", async () => {
    const { unread } = await underFault({
      status: 400,
      code: "Bad\u001b[2J",
      message: `\u202E${"x".repeat(5_000)}`,
    });
    expect(unread[0]?.detail).toMatch(/^answered 400 Bad\\u\{1b\}\[2J: \\u\{202e\}x+…$/);
    expect(unread[0]?.detail.length).toBeLessThan(500);
  });
});

describe("faults 12 and 13: pages", () => {
  it.each(["same", "aba"] as const)("fault 12: links in a circle (%s) stop, incomplete", async (loop) => {
    const { vaults: count, unread, calls } = await underFault({ loop });
    expect(count).toBe(0);
    expect(unread).toEqual(
      one("incomplete", expect.stringMatching(/^page \d links back to a page that was read before/)),
    );
    expect(calls).toBeLessThanOrEqual(4);
  });

  it.each(["", null, undefined])("fault 13: a link that is %j is the end", async (nextLink) => {
    const { vaults: count, unread } = await underFault({ nextLink });
    expect([count, unread]).toEqual([1, []]);
  });

  it("fault 13: an empty page with a link goes on", async () => {
    const { vaults: count, unread, calls } = await underFault({ emptyFirst: true });
    expect([count, unread, calls]).toEqual([1, [], 2]);
  });

  it("all pages are read, a page of one item each", async () => {
    const { snapshot } = await collectFrom(arm, { kinds: ["azure/role-definition"] });
    expect(ids(snapshot, "azure/role-definition")).toHaveLength(5);
    expect(arm.requests.map((request) => request.query.$skiptoken)).toEqual([undefined, "1", "2", "3", "4"]);
  });

  it("a later page that fails leaves the whole list unread: half a list is no list", async () => {
    arm.faults.add({ match: "$skiptoken=2", denied: "Microsoft.Authorization/roleDefinitions/read" });
    const { snapshot } = await collectFrom(arm, { kinds: ["azure/role-definition"] });
    expect(snapshot.documents).toEqual([]);
    expect(causes(snapshot.unread)).toEqual([
      "azure/role-definition denied Microsoft.Authorization/roleDefinitions/read",
    ]);
  });

  it.each([
    ["another host", "https://evil.invalid/next"],
    ["plain http", "http://127.0.0.1/next"],
    ["a user name", "https://user:pw@127.0.0.1/next"],
    ["another port of this host", "https://127.0.0.1:1/next"],
  ])("a next link to %s is refused and no token goes there", async (_name, nextLink) => {
    const { vaults: count, unread, calls } = await underFault({ nextLink });
    expect([count, calls]).toEqual([0, 1]);
    expect(unread).toEqual(
      one("incomplete", expect.stringMatching(/not followed, a token must not go there$/)),
    );
  });

  it.each([
    ["a number", 7],
    ["a relative path", "/next"],
    ["an object", {}],
  ])("a next link that is %s is malformed", async (_name, nextLink) => {
    const { unread } = await underFault({ nextLink });
    expect(unread).toEqual(one("malformed", "the link to the next page is not an address"));
  });
});

describe("interruption", () => {
  it("fault 21: an abort ends the collection with what was read, marked interrupted", async () => {
    arm.faults.add({ match: "/vaults", hang: "head" });
    const stop = new AbortController();
    const started = Date.now();
    const { snapshot } = await collectFrom(arm, {
      kinds: ["azure/vault", "azure/resource-group"],
      options: {
        signal: stop.signal,
        progress: (message) => {
          if (message.startsWith("read 2 resource groups")) stop.abort();
        },
      },
    });
    expect(Date.now() - started).toBeLessThan(2_000);
    expect(snapshot.interrupted).toBe(true);
    expect(ids(snapshot, "azure/resource-group")).toHaveLength(2);
    expect(causes(snapshot.unread)).toEqual(["azure/vault interrupted"]);
  });

  it("an abort ends a pause between attempts", async () => {
    arm.faults.add({ match: "/vaults", status: 429, retryAfter: 30 });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 200);
    const started = Date.now();
    const { snapshot } = await collectFrom(arm, { kinds: ["azure/vault"], options: { signal: stop.signal } });
    expect(Date.now() - started).toBeLessThan(2_000);
    expect(causes(snapshot.unread)).toEqual(["azure/vault interrupted"]);
  });
});

describe("debug lines", () => {
  it("name method, path, outcome, duration and attempt", async () => {
    const { debug } = await underFault({ status: 503, times: 1 });
    expect(debug.filter((line) => line.includes("/vaults"))).toEqual([
      expect.stringMatching(/^GET \/subscriptions\/[^ ]+\/vaults 503 \d+ ms, attempt 1$/),
      expect.stringMatching(/^GET \/subscriptions\/[^ ]+\/vaults 200 \d+ ms, attempt 2$/),
    ]);
  });
});

describe("AZ12: a hole in the catalogue", () => {
  it("a provider without a list of operations makes the catalogue unread, not smaller", async () => {
    await arm.close();
    const operations = [{ name: "Microsoft.Web", operations: null, resourceTypes: null }];
    arm = await startArm({ ...vendorWorld(), operations });
    const { snapshot } = await collectFrom(arm, { kinds: ["azure/provider-operations"] });
    expect(snapshot.documents).toEqual([]);
    expect(snapshot.unread.map(({ kind, cause, detail }) => ({ kind, cause, detail }))).toEqual([
      {
        kind: "azure/provider-operations",
        cause: "malformed",
        detail: "the provider Microsoft.Web came without a list of operations",
      },
    ]);
  });
});
