import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Review } from "../../../src/review/review.ts";
import { documentedState, everythingElse, principalId } from "../../cli/bundle/world.ts";
import { type Arm, startArm } from "../../servers/arm.ts";
import { azureState, builtIn, roleAssignment } from "../../servers/azure-state.ts";
import { type Ran, runCommand } from "../command.ts";

let arm: Arm;
beforeAll(async () => {
  const state = documentedState(everythingElse);
  arm = await startArm({
    ...state,
    roleDefinitions: [...azureState().roleDefinitions, ...(state.roleDefinitions ?? [])],
    roleAssignments: [
      ...(state.roleAssignments ?? []),
      roleAssignment({
        name: "b0000000-0000-4000-8000-00000000000b",
        role: builtIn.owner,
        principal: principalId,
      }),
    ],
  });
});
afterAll(() => arm.close());
beforeEach(() => arm.faults.clear());

const LOG = "eventtypes/management/values";
const group = () => `/subscriptions/${arm.subscription}/resourceGroups/rg-chalk`;
let made = 0;
const event = (action: string, scope: string) => {
  made += 1;
  return {
    eventDataId: `e${made}`,
    eventTimestamp: "2026-11-10T10:00:00Z",
    caller: principalId,
    authorization: { action, scope },
    operationName: { value: action },
    status: { value: "Succeeded" },
    properties: { requestbody: "canary-4711" },
  };
};
const stays = () => event("Microsoft.Compute/disks/write", `${group()}/providers/Microsoft.Compute/disks/a`);
const goes = () => event("Microsoft.Sql/managedInstances/dnsAliases/write", group());
const locks = () => event("Microsoft.Authorization/locks/write", group());
const page = (events: readonly object[], next?: string) => ({
  match: LOG,
  raw: JSON.stringify({ value: events, ...(next === undefined ? {} : { nextLink: next }) }),
});
const answers = (...events: readonly object[]) => arm.faults.add(page(events));

async function reviewed(): Promise<{ ran: Ran; review: Review }> {
  const ran = await runCommand(
    [
      "review",
      "--cloud",
      "azure",
      ...arm.args,
      "--principal",
      principalId,
      "--format",
      "json",
      "--timeout",
      "30s",
    ],
    arm.env,
  );
  if (ran.stdout === "") throw new Error(`no review (exit ${ran.code}): ${ran.stderr}`);
  expect(ran.stdout).not.toContain("canary-4711");
  return { ran, review: JSON.parse(ran.stdout) as Review };
}
const calls = ({ calls: found }: Review) => found.map(({ action, live, target }) => [action, live, target]);
const logGaps = ({ incomplete }: Review) => incomplete.filter((line) => line.startsWith("Activity Log API"));

describe("the built command reads the Activity Log", () => {
  it("Owner → documented: over two pages, what only Owner grants breaks, 1; only GETs were sent", async () => {
    const before = arm.requests.length;
    const next = `${arm.url}/subscriptions/${arm.subscription}/providers/Microsoft.Insights/${LOG}?api-version=2015-04-01&$skipToken=2`;
    arm.faults.add({ ...page([stays(), locks()], next), times: 1 });
    answers(stays());
    const { ran, review } = await reviewed();
    expect(calls(review)).toEqual([["Microsoft.Authorization/locks/write", "allowed", "refused"]]);
    expect([ran.code, review.allowedCalls, logGaps(review)]).toEqual([1, 2, []]);
    const sent = arm.requests.slice(before).filter(({ to }) => to === "arm");
    expect(new Set(sent.map(({ method }) => method))).toEqual(new Set(["GET"]));
    expect(sent.filter(({ path }) => path.includes(LOG))).toHaveLength(2);
  });

  it("fault 1: denied is 3 and names the permission; what writes is then not observable", async () => {
    arm.faults.add({ match: LOG, denied: "Microsoft.Insights/eventtypes/values/read" });
    const { ran, review } = await reviewed();
    expect(ran.code).toBe(3);
    expect(logGaps(review)).toEqual([
      expect.stringContaining("needs Microsoft.Insights/eventtypes/values/read") as unknown,
    ]);
    expect(new Set(review.groups.map(({ use }) => use))).toEqual(new Set(["not-observable"]));
  });

  it("fault 5: throttled, it waits and reads whole; empty is not observed, and no break", async () => {
    arm.faults.add({ match: LOG, status: 429, retryAfter: 1, times: 1 });
    answers();
    const { review } = await reviewed();
    expect([logGaps(review), calls(review)]).toEqual([[], []]);
    const writes = review.groups.filter(({ actions }) => actions.every((name) => name.endsWith("/write")));
    expect(new Set(writes.map(({ use }) => use))).toEqual(new Set(["not-observed"]));
  });

  it("faults 10, 11 and 12: cut, HTML, a page that leads to itself: 3, never an empty log", async () => {
    const loop = `${arm.url}/subscriptions/${arm.subscription}/providers/Microsoft.Insights/${LOG}?api-version=2015-04-01&$skipToken=2`;
    for (const fault of [
      { match: LOG, raw: '{"value":[{"eventTimestamp":' },
      { match: LOG, html: true as const },
      page([goes()], loop),
    ]) {
      arm.faults.clear();
      arm.faults.add(fault);
      const { ran, review } = await reviewed();
      expect([ran.code, logGaps(review).length]).toEqual([3, 1]);
    }
  });
});
