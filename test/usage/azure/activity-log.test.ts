import { describe, expect, test } from "vitest";
import { AzureUsage, readActivityEvent } from "../../../src/usage/azure/activity-log.ts";

describe("the Activity Log", () => {
  const oid = "aaaaaaaa-0000-4000-8000-000000000001";
  const scope = "/subscriptions/s/resourceGroups/rg";
  const event = (more: object) => ({
    eventDataId: "1",
    eventTimestamp: "2026-11-10T10:00:00.1234567Z",
    caller: "app",
    claims: { "http://schemas.microsoft.com/identity/claims/objectidentifier": oid.toUpperCase() },
    authorization: { action: "Microsoft.Storage/storageAccounts/write", scope },
    operationName: { value: "Microsoft.Storage/storageAccounts/write", localizedValue: "Create" },
    status: { value: "Succeeded" },
    ...more,
  });

  test("one event", () => {
    expect(readActivityEvent(event({}), oid)).toEqual({
      at: "2026-11-10T10:00:00.123Z",
      id: "1",
      call: {
        at: "2026-11-10T10:00:00.123Z",
        who: "app",
        event: "Microsoft.Storage/storageAccounts/write",
        actions: ["Microsoft.Storage/storageAccounts/write"],
        resources: [scope],
        refused: false,
      },
    });
    expect(readActivityEvent(event({ claims: {} }), oid)?.call).toBeUndefined();
    expect(readActivityEvent(event({ claims: {}, caller: oid }), oid)?.call?.who).toBe(oid);
    const failed = event({ status: { value: "Failed" }, subStatus: { value: "AuthorizationFailed" } });
    expect(readActivityEvent(failed, oid)?.call?.refused).toBe(true);
    const other = event({ status: { value: "Failed" }, subStatus: { value: "Conflict" } });
    expect(readActivityEvent(other, oid)?.call).toMatchObject({ refused: false, error: "Conflict" });
    for (const odd of [null, 7, {}, { eventTimestamp: "x" }])
      expect(readActivityEvent(odd, oid)).toBeUndefined();
  });

  test("exports of the portal, the CLI and a storage account; and what is none", () => {
    for (const text of [
      JSON.stringify([event({})]),
      JSON.stringify({ value: [event({})] }),
      JSON.stringify({ records: [event({})] }),
      `${JSON.stringify(event({}))}\n${JSON.stringify(event({}))}\n`,
    ]) {
      const usage = new AzureUsage(oid);
      usage.addFile("a", "a", text);
      const { calls, sources, observes } = usage.finish();
      expect(calls.map(({ count }) => count)).toEqual([1]);
      expect(sources.map(({ problems }) => problems)).toEqual([[]]);
      const seen = ["x/y/write", "x/y/read", "x/y/start/action", "x/y/write (data)"].map(observes);
      expect(seen).toEqual([true, false, true, false]);
    }
    expect(() => new AzureUsage(oid).addFile("a.json", "a", "{}")).toThrow(
      "a.json: expected an export of the Activity Log, found none",
    );
  });
});
