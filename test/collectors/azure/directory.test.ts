import { createHttpHeaders, createPipelineRequest } from "@azure/core-rest-pipeline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectAzure } from "../../../src/collectors/azure/connect.ts";
import { CollectError } from "../../../src/collectors/define.ts";
import { WriteRefused } from "../../../src/collectors/http/guard.ts";
import type { AzureSettings } from "../../../src/collectors/settings.ts";
import type { DocumentKind } from "../../../src/snapshot/kinds/kinds.ts";
import { formatSnapshot } from "../../../src/snapshot/write.ts";
import { type Arm, ca, startArm } from "../../servers/arm.ts";
import type { Fault, FaultAction } from "../../servers/faults.ts";
import { everyConsent } from "../../servers/graph-answers.ts";
import { causes, collectFrom, everyKind, fakeClock, ids } from "../harness.ts";
import {
  closed,
  storageAccount,
  stranger,
  team,
  vendor,
  vendorApplication,
  vendorDirectory,
  vendorWorld,
} from "../world.ts";

let arm: Arm;
beforeEach(async () => {
  arm = await startArm(vendorWorld(), { pageSize: 1 });
});
afterEach(() => arm.close());

const directory = everyKind.filter((kind) =>
  [
    ...["azure/service-principal", "azure/application", "azure/federated-credential", "azure/owner"],
    ...["azure/directory-membership", "azure/directory-role", "azure/directory-role-eligibility"],
  ].includes(kind),
);
const names = new Map<DocumentKind, readonly string[]>([["azure/directory-role", [stranger]]]);
const asked = () => arm.requests.filter(({ path }) => path.startsWith("/v1.0/"));

const connecting = () => ({
  signal: new AbortController().signal,
  timeoutMs: 10_000,
  concurrency: 2,
  progress: () => {},
  debug: () => {},
  now: () => new Date("2026-11-21T08:00:00Z"),
});

describe("the directory (Microsoft Graph)", () => {
  it("is not asked, nor a token for it, where no control needs it", async () => {
    const scopes: unknown[] = [];
    const credential = {
      getToken: (scope?: unknown) => {
        scopes.push(scope);
        return arm.credential.getToken();
      },
    };
    const kinds = everyKind.filter((kind) => !directory.includes(kind));
    await collectFrom(arm, { kinds, principals: [vendor], names, settings: { credential } });
    expect(asked()).toEqual([]);
    expect(scopes).toEqual([`${arm.url}/.default`]);
  });

  it("is asked by GETs of v1.0, with a token for its own address, and every list to its end", async () => {
    const graph = await startArm(vendorWorld(), { pageSize: 1 });
    const scopes: unknown[] = [];
    const credential = {
      getToken: (scope?: unknown) => {
        scopes.push(scope);
        return String(scope).startsWith(graph.url) ? graph.credential.getToken() : arm.credential.getToken();
      },
    };
    const settings = { graph: graph.url, credential };
    const { snapshot } = await collectFrom(arm, { kinds: directory, principals: [vendor], names, settings });
    await graph.close();
    expect(snapshot.unread).toEqual([]);
    expect(asked()).toEqual([]);
    expect(scopes.sort()).toEqual([`${arm.url}/.default`, `${graph.url}/.default`].sort());
    expect(graph.requests.map(({ method }) => method)).toEqual(graph.requests.map(() => "GET"));
    expect(graph.requests.filter(({ path }) => !path.startsWith("/v1.0/"))).toEqual([]);
    // two groups, a page each; the second one cannot hold roles, so nothing is asked about it
    const groups = snapshot.documents.find(
      ({ kind, id }) => kind === "azure/directory-membership" && id === vendor,
    );
    expect(groups?.body).toMatchObject({ value: [{ id: team }, { id: closed }] });
    expect(ids(snapshot, "azure/directory-role")).toEqual([vendor, team, stranger].sort());
  });

  it("nothing but GET leaves for it: the guard refuses before the socket", async () => {
    const settings: AzureSettings = {
      cloud: "public",
      endpoint: arm.url,
      graph: arm.url,
      subscription: arm.subscription,
      credential: arm.credential as never,
      ca,
    };
    const { graph } = await connectAzure(settings, connecting());
    for (const method of ["POST", "PUT", "PATCH", "DELETE"] as const) {
      const path = `/v1.0/applications/${vendorApplication}/addPassword`;
      const request = createPipelineRequest({ url: arm.url + path, method, headers: createHttpHeaders() });
      await expect(graph.http.pipeline.sendRequest(graph.http.client, request), method).rejects.toThrow(
        WriteRefused,
      );
    }
    expect(asked()).toEqual([]);
    expect(await graph.http.get(new URL(`${arm.url}/v1.0/users/${stranger}?$select=id`))).toMatchObject({
      id: stranger,
    });
  });

  it("keeps of credentials until when they hold, and nothing of what they are", async () => {
    const { snapshot, debug, progress } = await collectFrom(arm, { principals: [vendor], names });
    expect([formatSnapshot(snapshot), ...debug, ...progress].join("\n")).not.toContain("canary");
    expect(snapshot.documents.find(({ kind }) => kind === "azure/service-principal")?.body).toMatchObject({
      validity: [{ sort: "password", endDateTime: "2027-01-01T00:00:00Z" }, { sort: "certificate" }],
    });
  });

  it.each(everyConsent)("without consent to %s says so, and reads the rest", async (lacking) => {
    arm.state = {
      ...arm.state,
      graph: vendorDirectory({ consent: everyConsent.filter((each) => each !== lacking) }),
    };
    const { snapshot } = await collectFrom(arm, { principals: [vendor], names });
    expect(snapshot.unread.length).toBeGreaterThan(0);
    for (const entry of snapshot.unread)
      expect(entry).toMatchObject({
        cause: "denied",
        permission: lacking,
        detail: expect.stringMatching(
          /^answered 403 (Authorization_RequestDenied|PermissionScopeNotGranted): /,
        ),
      });
    const read = everyKind.filter((kind) => snapshot.documents.some((each) => each.kind === kind));
    expect(read).toContain("azure/vault");
    expect(directory.filter((kind) => read.includes(kind)).length).toBeGreaterThan(0);
  });

  it("a principal that it does not have is a fact; any other 404 is none", async () => {
    const gone = "aaaaaaaa-0000-4000-8000-0000000000ff";
    const { snapshot } = await collectFrom(arm, { kinds: directory, principals: [gone] });
    const told = snapshot.documents.filter(({ id }) => id === gone);
    expect(told.map(({ kind, body }) => [kind, (body as { readonly found?: boolean }).found])).toEqual([
      ["azure/directory-membership", false],
      ["azure/directory-role", undefined],
      ["azure/directory-role-eligibility", undefined],
      ["azure/service-principal", false],
    ]);
    expect(snapshot.unread).toEqual([]);
    arm.faults.add({
      match: "/v1.0/servicePrincipals/",
      status: 404,
      code: "NotFound",
      message: "a proxy says so",
    });
    const proxied = await collectFrom(arm, { kinds: directory, principals: [vendor] });
    expect(causes(proxied.snapshot.unread)).toEqual([
      `azure/directory-membership ${vendor} not-found`,
      `azure/service-principal ${vendor} not-found`,
    ]);
  });

  it("without the licence for eligible roles there are none to be told; another 400 is unread", async () => {
    arm.state = { ...arm.state, graph: vendorDirectory({ p2: false }) };
    const kinds: readonly DocumentKind[] = ["azure/directory-role", "azure/directory-role-eligibility"];
    const { snapshot } = await collectFrom(arm, { kinds, principals: [vendor] });
    expect(snapshot.documents.find(({ kind }) => kind === "azure/directory-role-eligibility")?.body).toEqual({
      licence: false,
    });
    expect(snapshot.unread).toEqual([]);
    arm.faults.add({
      match: "roleEligibilityScheduleInstances",
      status: 400,
      code: "BadRequest",
      message: "no",
    });
    const other = await collectFrom(arm, { kinds, principals: [vendor] });
    expect(causes(other.snapshot.unread).map((each) => each.split(" ").slice(0, 2))).toEqual([
      ["azure/directory-role-eligibility", vendor],
    ]);
  });

  it("a token that it refuses leaves its own documents unread, and nothing else", async () => {
    const graph = await startArm(vendorWorld());
    graph.authority.refuseAll = true;
    const { snapshot } = await collectFrom(arm, { principals: [vendor], settings: { graph: graph.url } });
    await graph.close();
    expect([...new Set(snapshot.unread.map(({ kind, cause }) => `${kind} ${cause}`))].sort()).toEqual([
      "azure/directory-membership unauthenticated",
      "azure/directory-role unauthenticated",
      "azure/directory-role-eligibility unauthenticated",
      "azure/service-principal unauthenticated",
    ]);
    expect(ids(snapshot, "azure/vault")).toHaveLength(1);
  });

  it("a sign-in that gives no token for it, or an address that nobody answers, leaves the rest as it is", async () => {
    const credential = {
      getToken: (scope?: unknown) =>
        String(scope).includes("localhost")
          ? Promise.reject(new Error("AADSTS500011: the resource principal was not found"))
          : arm.credential.getToken(),
    };
    const other = arm.url.replace("127.0.0.1", "localhost");
    const refused = await collectFrom(arm, { principals: [vendor], settings: { graph: other, credential } });
    expect(
      refused.snapshot.unread.map(({ kind }) => kind).filter((kind) => !directory.includes(kind)),
    ).toEqual([]);
    expect(refused.snapshot.unread).toHaveLength(4);
    expect(ids(refused.snapshot, "azure/vault")).toHaveLength(1);
    const clock = fakeClock();
    const dead = await collectFrom(arm, {
      principals: [vendor],
      settings: { graph: "https://127.0.0.1:1", clock },
    });
    expect([...new Set(dead.snapshot.unread.map(({ cause }) => cause))]).toEqual(["unreachable"]);
    expect(ids(dead.snapshot, "azure/vault")).toHaveLength(1);
  });

  it.each([
    ["http://127.0.0.1:8080", "expected an https address"],
    ["graph", "expected an address such as https://graph.microsoft.com"],
    ["https://u:p@h", "expected an address without a user name or password"],
    ["https://h/beta", "expected an address without a path or query"],
  ])("--graph-endpoint %s is refused before anything is asked", async (graph, problem) => {
    const run = collectFrom(arm, { kinds: ["azure/vault"], settings: { graph } });
    await expect(run).rejects.toThrow(CollectError);
    await expect(run).rejects.toThrow(`--graph-endpoint: ${problem}`);
    expect(arm.requests).toEqual([]);
  });

  it.each([
    ["public", "https://graph.microsoft.com"],
    ["usgovernment", "https://graph.microsoft.us"],
    ["china", "https://microsoftgraph.chinacloudapi.cn"],
  ] as const)("of the cloud %s is at %s", async (cloud, address) => {
    const settings = {
      cloud,
      endpoint: arm.url,
      subscription: arm.subscription,
      credential: arm.credential as never,
      ca,
    };
    const { graph } = await connectAzure(settings, connecting());
    expect(graph.endpoint.origin).toBe(address);
  });

  it("an id of the directory that is no GUID never reaches a path or a filter", async () => {
    const odd = "x') or appId ne ('y";
    const [principal] = vendorDirectory().servicePrincipals;
    arm.state = {
      ...arm.state,
      graph: vendorDirectory({
        servicePrincipals: [{ ...principal, appId: odd }],
        groups: [{ id: "../users", displayName: "team", isAssignableToRole: true }],
        memberOf: { [vendor]: ["../users"] },
      }),
    };
    const { snapshot } = await collectFrom(arm, {
      kinds: directory,
      principals: [vendor],
      names: new Map([["azure/directory-role", [odd]]]),
    });
    expect(causes(snapshot.unread).map((each) => each.replace(/ [A-Z]\w+(\.\w+)+$/, ""))).toEqual([
      `azure/application ${odd} malformed`,
      "azure/directory-role ../users malformed",
      `azure/directory-role ${odd} malformed`,
    ]);
    const sent = asked().map(({ path, query }) => path + JSON.stringify(query));
    expect(sent.filter((each) => each.includes("ne (") || each.includes(".."))).toEqual([]);
  });
});

/** What a list or an object is called in a path, and of what its documents are. */
const readings: readonly (readonly [DocumentKind, RegExp])[] = [
  ["azure/virtual-network", /\/virtualNetworks\b/],
  ["azure/storage-account", /\/storageAccounts\?/],
  ["azure/blob-container", /\/blobServices\/default\/containers\b/],
  ["azure/postgresql-server", /\/flexibleServers\b/],
  ["azure/service-principal", /\/servicePrincipals\/[^/]+\?/],
  ["azure/application", /\/applications\(/],
  ["azure/federated-credential", /\/federatedIdentityCredentials/],
  ["azure/owner", /\/owners\?/],
  ["azure/directory-membership", /\/transitiveMemberOf\?/],
  ["azure/directory-role", /directory\/roleAssignments\?/],
  ["azure/directory-role-eligibility", /directory\/roleEligibilityScheduleInstances\?/],
];
const objects: readonly DocumentKind[] = ["azure/service-principal", "azure/application"];

/** It takes down a parser that goes into itself. */
const nest = "[".repeat(500_000);

const faults: readonly (readonly [string, FaultAction, string])[] = [
  ["denied", { status: 403, code: "Authorization_RequestDenied", message: "no" }, "denied"],
  ["throttled without end", { status: 429, code: "TooManyRequests", message: "slow" }, "throttled"],
  ["throttled for a day", { status: 429, retryAfter: 86_400 }, "throttled"],
  ["failing", { status: 500, code: "InternalServerError", message: "x" }, "server-error"],
  ["cut in the middle of the text", { cut: "json" }, "malformed"],
  ["cut in the middle of the connection", { cut: "socket" }, "unreachable"],
  ["a page for browsers", { html: true }, "malformed"],
  ["a page for browsers with a sign-in", { redirect: "https://login.example/" }, "malformed"],
  ["nothing", { raw: "" }, "malformed"],
  ["null", { raw: "null" }, "malformed"],
  ["an object of another kind", { raw: '{"odd":1}' }, "malformed"],
  ["a nest", { raw: nest }, "malformed"],
];
const ofLists: typeof faults = [
  ["pages in a circle", { loop: "same" }, "incomplete"],
  ["pages that lead elsewhere", { nextLink: "https://evil.invalid/v1.0/x" }, "incomplete"],
];

describe.each(readings)("what came of %s", (kind, match) => {
  it.each(objects.includes(kind) ? faults : [...faults, ...ofLists])(
    "when it is %s is never taken for an answer",
    async (_name, fault, cause) => {
      arm.faults.add({ match, ...fault } as Fault);
      const clock = fakeClock();
      const { snapshot } = await collectFrom(arm, { principals: [vendor], settings: { clock } });
      expect(ids(snapshot, kind).filter((id) => id !== team)).toEqual([]);
      const missed = snapshot.unread.filter((entry) => entry.kind === kind);
      expect([...new Set(missed.map((entry) => entry.cause))]).toEqual([cause]);
      expect(missed.every(({ permission }) => permission !== undefined || cause !== "denied")).toBe(true);
      // what does not hang on it was read
      expect(ids(snapshot, "azure/vault")).toHaveLength(1);
    },
  );

  it("when it is throttled and then answered: as long as Retry-After says", async () => {
    arm.faults.add({ match, status: 429, retryAfter: 7, times: 1 });
    const clock = fakeClock();
    const { snapshot } = await collectFrom(arm, { principals: [vendor], settings: { clock } });
    expect(clock.pauses).toEqual([7_000]);
    expect(snapshot.unread).toEqual([]);
    expect(ids(snapshot, kind).length).toBeGreaterThan(0);
  });
});

it("an answer that grows beyond all bounds is cut off, and nothing of it is taken", async () => {
  const bomb = `{"value":[${`{"id":"${"x".repeat(1_000)}"},`.repeat(140_000)}{}]}`;
  arm.faults.add({ match: "/owners", raw: bomb });
  // on a busy machine as much takes longer than the tests' own limit for one request
  const settings = { requestTimeoutMs: 40_000 };
  const { snapshot } = await collectFrom(arm, { kinds: directory, principals: [vendor], settings });
  expect(ids(snapshot, "azure/owner")).toEqual([]);
  const missed = snapshot.unread.map(({ kind, cause, detail }) => `${kind} ${cause}: ${detail}`);
  expect([...new Set(missed)]).toEqual(["azure/owner malformed: the answer is larger than 128 MB"]);
}, 60_000);

it("containers are asked only of accounts whose ids are ids of accounts, and that a control names", async () => {
  const odd = "/subscriptions/x/../../y/providers/Microsoft.Storage/storageAccounts/st9";
  const accounts = arm.state.others["Microsoft.Storage/storageAccounts"] ?? [];
  arm.state = {
    ...arm.state,
    others: {
      ...arm.state.others,
      "Microsoft.Storage/storageAccounts": [...accounts, { id: odd, name: "st9" }],
    },
  };
  const kinds: readonly DocumentKind[] = ["azure/blob-container"];
  const { snapshot } = await collectFrom(arm, { kinds });
  expect(ids(snapshot, "azure/blob-container")).toEqual([storageAccount]);
  expect(snapshot.unread.map(({ id, cause }) => [id, cause])).toEqual([[odd, "malformed"]]);
  expect(arm.requests.filter(({ path }) => path.includes("st9"))).toEqual([]);
  arm.faults.add({ match: "/containers", raw: '{"value":[{"id":"x","name":"c1"}]}' });
  const mute = await collectFrom(arm, { kinds });
  expect(ids(mute.snapshot, "azure/blob-container")).toEqual([]);
  expect(mute.snapshot.unread.map(({ detail }) => detail)).toContain(
    "a container of the list has no properties",
  );
  const elsewhere = await collectFrom(arm, { kinds, names: new Map([["azure/blob-container", ["rg2/*"]]]) });
  expect(ids(elsewhere.snapshot, "azure/blob-container")).toEqual([]);
});
