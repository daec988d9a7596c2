import type { HttpClient } from "@azure/core-rest-pipeline";
import { describe, expect, test } from "vitest";
import { readActivityLog } from "../../../src/collectors/azure/usage.ts";
import { cloud } from "../answers.ts";

describe("usage of Azure, live", () => {
  const subscription = "6b1f2a30-9c4d-4e1b-8a77-0d2c9f114e5f";
  const settings = (client: HttpClient) => ({
    subscription,
    cloud: "public" as const,
    endpoint: "https://arm.test",
    credential: { getToken: async () => ({ token: "t", expiresOnTimestamp: Date.now() + 3_600_000 }) },
    client,
  });
  const options = {
    signal: new AbortController().signal,
    timeoutMs: 20_000,
    concurrency: 4,
    progress: () => undefined,
    debug: () => undefined,
    now: () => new Date("2026-11-21T10:00:00Z"),
  };
  const path = `/subscriptions/${subscription}/providers/Microsoft.Insights/eventtypes/management/values`;

  test("the log is read over its pages, in one window", async () => {
    const urls: string[] = [];
    const { client } = cloud({
      [path]: [
        {
          type: "application/json",
          body: JSON.stringify({
            value: [{ eventDataId: "1" }],
            nextLink: `https://arm.test${path}?$skiptoken=2`,
          }),
        },
        { type: "application/json", body: JSON.stringify({ value: [{ eventDataId: "2" }] }) },
      ],
    });
    const spy: HttpClient = {
      sendRequest: (request) => {
        urls.push(`${request.method} ${request.url}`);
        return client.sendRequest(request);
      },
    };
    expect(await readActivityLog(settings(spy), options)).toEqual({
      events: [{ eventDataId: "1" }, { eventDataId: "2" }],
      from: "2026-08-23T11:00:00.000Z",
      to: "2026-11-21T10:00:00.000Z",
      problems: [],
    });
    expect(new URL((urls[0] ?? "").slice(4)).searchParams.get("$filter")).toBe(
      "eventTimestamp ge '2026-08-23T11:00:00.000Z' and eventTimestamp le '2026-11-21T10:00:00.000Z'",
    );
  });

  test("fault 1: refused, it names the permission and nothing is taken for an empty log", async () => {
    const { client } = cloud({
      [path]: [
        {
          status: 403,
          type: "application/json",
          body: JSON.stringify({ error: { code: "AuthorizationFailed", message: "no" } }),
        },
      ],
    });
    const read = await readActivityLog(settings(client), options);
    expect(read.events).toEqual([]);
    expect(read.problems).toHaveLength(1);
    expect(read.problems[0]).toContain("AuthorizationFailed");
    expect(read.problems[0]).toContain("needs Microsoft.Insights/eventtypes/values/read");
  });
});
