import { AuthorizationManagementClient } from "@azure/arm-authorization";
import { createPipelineRequest, type HttpMethods } from "@azure/core-rest-pipeline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readOnlyGuard, WriteRefused } from "../../../src/collectors/http/guard.ts";
import { createHttp, type Http } from "../../../src/collectors/http/http.ts";
import { type Arm, ca, startArm } from "../../servers/arm.ts";
import { subscriptionId } from "../../servers/azure-state.ts";

let arm: Arm;
let http: Http;
beforeEach(async () => {
  arm = await startArm();
  http = createHttp({
    endpoint: new URL(arm.url),
    scope: `${arm.url}/.default`,
    newCredential: () => arm.credential,
    explain: String,
    readOnlyPosts: [],
    timeoutMs: 5_000,
    concurrency: 4,
    signal: new AbortController().signal,
    debug: () => {},
    ca,
  });
});
afterEach(() => arm.close());

describe("fault 35: the read-only guard", () => {
  it.each(["PUT", "DELETE", "PATCH", "POST", "OPTIONS", "TRACE"] as const)(
    "%s is refused before the socket",
    async (method: HttpMethods) => {
      const request = createPipelineRequest({
        url: `${arm.url}/subscriptions?api-version=1`,
        method,
        body: "{}",
      });
      await expect(http.pipeline.sendRequest(http.client, request)).rejects.toThrow(
        new WriteRefused(`refused to send ${method} /subscriptions: this tool only reads`),
      );
      expect(arm.requests).toEqual([]);
    },
  );

  it("every write of the SDK's client is refused before the socket", async () => {
    const client = new AuthorizationManagementClient(arm.credential, subscriptionId, {
      endpoint: arm.url,
      pipeline: http.pipeline,
      httpClient: http.client,
    });
    const scope = `subscriptions/${subscriptionId}`;
    const writes = [
      () => client.roleAssignments.create(scope, "n", { roleDefinitionId: "r", principalId: "p" }),
      () => client.roleAssignments.delete(scope, "n"),
      () => client.roleDefinitions.createOrUpdate(scope, "n", {}),
      () => client.roleDefinitions.delete(scope, "n"),
      () => client.roleEligibilityScheduleRequests.cancel(scope, "n"),
      () => client.globalAdministrator.elevateAccess(),
    ];
    for (const write of writes) await expect(write()).rejects.toThrow(WriteRefused);
    expect(arm.requests).toEqual([]);
  });

  it("GET and HEAD pass", async () => {
    for (const method of ["GET", "HEAD"] as const) {
      const url = `${arm.url}/subscriptions?api-version=2022-12-01`;
      await http.pipeline.sendRequest(http.client, createPipelineRequest({ url, method }));
    }
    expect(arm.requests.map((request) => request.method)).toEqual(["GET", "HEAD"]);
  });

  it("a POST that only reads passes when it is listed, and by its whole path alone", async () => {
    const guard = readOnlyGuard([{ path: /^\/providers\/search$/ }]);
    const sent: string[] = [];
    const send = (url: string) =>
      guard.sendRequest(createPipelineRequest({ url, method: "POST" }), (request) => {
        sent.push(request.url);
        return Promise.resolve({ request, status: 200, headers: request.headers });
      });
    await send("https://h/providers/search?x=1");
    await expect(send("https://h/other?path=/providers/search")).rejects.toThrow(WriteRefused);
    expect(sent).toEqual(["https://h/providers/search?x=1"]);
  });
});

describe("the token", () => {
  it("goes to no other address than the provider's", async () => {
    const request = createPipelineRequest({ url: "https://elsewhere.invalid/x", method: "GET" });
    await expect(http.pipeline.sendRequest(http.client, request)).rejects.toThrow(
      `refused to send a token to https://elsewhere.invalid: it is not ${arm.url}`,
    );
    await expect(http.get(new URL("https://elsewhere.invalid/x"))).rejects.toThrow("refused to read from");
    await expect(http.get(new URL(arm.url.replace("https:", "http:")))).rejects.toThrow(
      "refused to read from",
    );
  });
});

describe("bounds", () => {
  it("no more requests at once than the limit", async () => {
    let open = 0;
    let most = 0;
    const limited = createHttp({
      endpoint: new URL(arm.url),
      scope: "s",
      newCredential: () => arm.credential,
      explain: String,
      readOnlyPosts: [],
      timeoutMs: 5_000,
      concurrency: 3,
      signal: new AbortController().signal,
      debug: () => {},
      client: {
        sendRequest: async (request) => {
          open += 1;
          most = Math.max(most, open);
          await new Promise((resolve) => setTimeout(resolve, 5));
          open -= 1;
          request.headers.set("content-type", "application/json");
          return { request, status: 200, headers: request.headers, bodyAsText: "{}" };
        },
      },
    });
    await Promise.all(Array.from({ length: 20 }, (_, index) => limited.get(new URL(`${arm.url}/${index}`))));
    expect([most, open]).toEqual([3, 0]);
  });

  it("fault 33: a body that grows beyond the limit, also when it is compressed, is refused", async () => {
    const small = createHttp({
      endpoint: new URL(arm.url),
      scope: "s",
      newCredential: () => arm.credential,
      explain: String,
      readOnlyPosts: [],
      timeoutMs: 5_000,
      concurrency: 3,
      signal: new AbortController().signal,
      debug: () => {},
      bodyLimit: 1024 * 1024,
      ca,
    });
    arm.state = { ...arm.state, resources: [{ id: "/a", tags: { big: "x".repeat(3_000_000) } }] };
    const url = new URL(`${arm.url}/subscriptions/${subscriptionId}/resources?api-version=1`);
    await expect(small.get(url)).rejects.toThrow("the answer is larger than 1 MB");
  });
});
