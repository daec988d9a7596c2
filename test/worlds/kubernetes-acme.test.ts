/** An invented vendor in a cluster, with other names and rules: nothing of a real one is needed to audit it. */
import { describe, expect, it } from "vitest";
import { loadBaseline } from "../../src/baselines/bundled.ts";
import { checks } from "../../src/checks/registry.ts";
import { outcomes, reportOn, seen } from "./kubernetes-ground.ts";
import {
  account,
  binding,
  type ClusterState,
  clusterBinding,
  clusterRole,
  empty,
  role,
  rule,
  urls,
} from "./kubernetes-state.ts";
import { withoutNotes } from "./world.ts";

const stream = loadBaseline("fixtures/baselines/acme-stream.yaml", checks);
const river = [rule("acme.example", ["rivers", "rivers/status"], ["get", "list", "watch"])];
const boats = [
  rule("apps", "deployments", ["get", "list", "patch"]),
  rule("", "configmaps", ["get", "update"], ["timetable", "tides"]),
];
const fish = [rule("acme.example", "*", ["get", "list"])];

const state: ClusterState = {
  ...empty,
  namespaces: ["stream", "harbour"],
  accounts: ["stream/ferryman", "stream/angler", "harbour/pilot"],
  clusterRoles: [clusterRole("acme:river", river)],
  roles: [role("acme:boats", boats, "stream"), role("acme:fish", fish, "stream")],
  clusterRoleBindings: [clusterBinding("river", "acme:river", account("stream/ferryman"))],
  roleBindings: [
    binding("boats", "Role/acme:boats", [account("stream/ferryman"), account("harbour/pilot")], "stream"),
    binding("fish", "Role/acme:fish", [account("stream/angler")], "stream"),
  ],
  served: ["!acme.example/v1/rivers", "acme.example/v1/nets"],
};

function look(
  changes: Partial<ClusterState>,
  parameters: Readonly<Record<string, string>> = {
    namespace: "stream",
    ferryman: "ferryman",
    angler: "angler",
  },
) {
  const report = reportOn({ ...state, ...changes }, { baseline: stream, parameters });
  const [target] = report.targets;
  const { code, findings } = seen(report);
  return { found: withoutNotes(findings), code, target, outcomes: outcomes(report) };
}

describe("another vendor in a cluster", () => {
  it("passes", () => {
    const { found, code, target, outcomes: each } = look({});
    expect(found).toEqual([]);
    expect(code).toBe(0);
    expect(each).toEqual({ river: "pass", boats: "pass", fish: "pass", crew: "pass", reach: "pass" });
    expect(target?.principals).toEqual([
      { id: "harbour/pilot" },
      { id: "stream/angler" },
      { id: "stream/ferryman" },
    ]);
  });

  it("is found by its bindings when nobody is named, and the report says who", () => {
    const { found, code, target } = look({}, { namespace: "stream" });
    expect(found).toEqual([]);
    expect(code).toBe(0);
    expect(
      target?.notes?.filter((n) => n.startsWith("parameter angler") || n.startsWith("parameter ferryman")),
    ).toEqual([
      "parameter angler not given: audited is whom the bindings of the documented roles name: stream/angler",
      "parameter ferryman not given: audited is whom the bindings of the documented roles name: stream/ferryman",
    ]);
  });

  it("K2: one name more, one name less", () => {
    const names = rule("", "configmaps", ["get", "update"], ["timetable", "fares"]);
    expect(
      look({
        roles: [role("acme:boats", [boats[0] ?? names, names], "stream"), role("acme:fish", fish, "stream")],
      }).found,
    ).toEqual([
      'boats excess high get,update configmaps "fares" -n stream ! update configmaps named fares in namespace stream',
      'boats missing medium get,update configmaps "tides" -n stream ! update configmaps named tides in namespace stream',
      'reach excess high get,update configmaps "fares" -n stream ! update configmaps named fares in namespace stream, by RoleBinding boats in namespace stream (Role acme:boats in namespace stream), to harbour/pilot',
      'reach excess high get,update configmaps "fares" -n stream ! update configmaps named fares in namespace stream, by RoleBinding boats in namespace stream (Role acme:boats in namespace stream), to stream/ferryman',
      'reach missing medium get,update configmaps "tides" -n stream ! update configmaps named tides in namespace stream, by harbour/pilot: Role acme:boats in namespace stream, which it holds, does not grant it',
      'reach missing medium get,update configmaps "tides" -n stream ! update configmaps named tides in namespace stream, by stream/ferryman: Role acme:boats in namespace stream, which it holds, does not grant it',
    ]);
  });

  it("K3: an optional URL is no drift, another one is", () => {
    const withUrls = (...paths: readonly string[]) => ({
      clusterRoles: [clusterRole("acme:river", [...river, urls(paths)])],
    });
    expect(look(withUrls("/metrics", "/metrics/*")).found).toEqual([]);
    expect(look(withUrls("/metrics*")).found).toEqual([
      "reach excess medium get /metrics* except get /metrics; get /metrics/* ! get /metrics<any>, by ClusterRoleBinding river (ClusterRole acme:river), to stream/ferryman",
      "river excess medium get /metrics* except get /metrics; get /metrics/* ! get /metrics<any>",
    ]);
  });

  it("K4: all of a group in a Role is what has a namespace in it; everywhere it is more", () => {
    const wide = {
      clusterRoles: [...state.clusterRoles, clusterRole("acme:fish", fish)],
      clusterRoleBindings: [
        ...state.clusterRoleBindings,
        clusterBinding("fish", "acme:fish", account("stream/angler")),
      ],
    };
    expect(look(wide).found).toEqual([
      "reach excess medium get,list *.acme.example ! get nets.acme.example, by ClusterRoleBinding fish (ClusterRole acme:fish), to stream/angler",
    ]);
  });

  it("the documented account in another namespace is a stranger where it is not", () => {
    expect(
      look({
        roleBindings: [
          binding(
            "boats",
            "Role/acme:boats",
            [account("stream/ferryman"), account("stream/pilot")],
            "stream",
          ),
          binding("fish", "Role/acme:fish", [account("stream/angler")], "stream"),
        ],
      }).found,
    ).toEqual([
      "crew missing medium (harbour/pilot)",
      "crew stray high (stream/boats), by RoleBinding boats in namespace stream",
      "reach missing medium get,list,patch deployments.apps -n stream ! patch deployments.apps in namespace stream, by harbour/pilot: Role acme:boats in namespace stream is not bound to it",
      'reach missing medium get,update configmaps "tides","timetable" -n stream ! update configmaps named timetable in namespace stream, by harbour/pilot: Role acme:boats in namespace stream is not bound to it',
    ]);
  });
});
