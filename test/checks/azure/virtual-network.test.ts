import { describe, expect, it } from "vitest";
import { virtualNetwork as check } from "../../../src/checks/azure/virtual-network.ts";
import { type Body, resource } from "../../servers/azure-state.ts";
import { contextOf, control, factsIn, group, run } from "../world.ts";

const HOME = `${group("rg")}/providers/Microsoft.Network/virtualNetworks/v`;
const POOLS = `${HOME}/subnets/pools`;
const DATA = `${HOME}/subnets/data`;
const network = (subnets: unknown, name = "v") =>
  resource("Microsoft.Network/virtualNetworks", "rg", name, { properties: { subnets } });
const delegated = (serviceName: unknown) => [{ properties: { serviceName } }];
const subnets = [
  { id: POOLS, properties: { delegations: [] } },
  { id: DATA, properties: { delegations: delegated("Acme/Databases") } },
];
const cluster = (agentPoolProfiles: unknown, name = "k") =>
  resource("Microsoft.ContainerService/managedClusters", "rg", name, { properties: { agentPoolProfiles } });
const database = (subnet: unknown, name = "d") =>
  resource("Microsoft.DBforPostgreSQL/flexibleServers", "rg", name, {
    properties: { network: { delegatedSubnetResourceId: subnet } },
  });

function said(
  networks: readonly Body[],
  clusters: readonly Body[] = [cluster([{ name: "p", vnetSubnetID: POOLS }])],
  databases: readonly Body[] = [database(DATA)],
): readonly string[] {
  const more = (
    [
      ["azure/virtual-network", networks],
      ["azure/postgresql-server", databases],
    ] as const
  ).flatMap(([kind, bodies]) => bodies.map((body) => ({ kind, id: String(body.id), body })));
  const own = control("net", check.id, { within: group("rg"), delegation: "acme/databases" });
  return run(check, factsIn({ managedClusters: clusters }, { more }), own, contextOf(own)).map((o) =>
    o.kind === "assessed" ? `assessed ${o.count}` : `${o.kind === "drift" ? o.drift : o.kind}: ${o.message}`,
  );
}

describe("azure/virtual-network", () => {
  it("two subnets of one network: nothing is said but what was looked at", () => {
    expect(said([network(subnets)])).toEqual(["assessed 1"]);
  });

  it.each<[string, () => readonly string[], readonly RegExp[]]>([
    ["ids in another case", () => said([network(subnets)], undefined, [database(DATA.toUpperCase())]), []],
    ["a network beside it", () => said([network(subnets), network([], "w")]), []],
    ["no network: nothing more is said", () => said([]), [/^absent: there is no virtual network in /]],
    [
      "networks of other groups are none",
      () => said([{ ...network(subnets), id: HOME.replace("/rg/", "/rg2/") }]),
      [/^absent: /],
    ],
    [
      "no list of subnets",
      () => said([network(null)]),
      [/^unknown: node pool p of .* lacks$/, /^unknown: database d .* lacks$/],
    ],
    [
      "no list of pools",
      () => said([network(subnets)], [cluster(null)]),
      [/^unknown: cluster k tells no node pools$/],
    ],
    [
      "an empty list of pools",
      () => said([network(subnets)], [cluster([])]),
      [/^unknown: cluster k tells no node pools$/],
    ],
    [
      "a subnet that is none",
      () => said([network(subnets)], [cluster([{ name: "p", vnetSubnetID: "x" }])]),
      [/^changed: node pool p of cluster k sits in x, which is in no virtual network of/],
    ],
    [
      "a subnet whose path only begins alike",
      () => said([network(subnets)], [cluster([{ name: "p", vnetSubnetID: `${HOME}2/subnets/a` }])]),
      [/^changed: node pool p .* which is in no virtual network of/],
    ],
    [
      "a database without a subnet",
      () => said([network(subnets)], undefined, [database(null)]),
      [/^changed: database d lies in no virtual network$/],
    ],
    [
      "no delegation that is told",
      () => said([network([subnets[0], { id: DATA, properties: { delegations: delegated(null) } }])]),
      [/^changed: .* is not delegated to acme\/databases$/],
    ],
    [
      "two delegations, one of them the right one",
      () =>
        said([
          network([
            subnets[0],
            { id: DATA, properties: { delegations: [...delegated("X"), ...delegated("Acme/Databases")] } },
          ]),
        ]),
      [],
    ],
    [
      "one subnet for both",
      () => said([network(subnets)], [cluster([{ name: "p", vnetSubnetID: DATA }])]),
      [/^changed: node pool p .* share the subnet/],
    ],
    [
      "two databases, none near",
      () => said([network(subnets)], undefined, [database(null, "a"), database(null, "b")]),
      [/^unknown: which database .* there are a, b$/],
    ],
    [
      "two databases, one near",
      () => said([network(subnets)], undefined, [database(null, "a"), database(DATA, "b")]),
      [],
    ],
    [
      "two clusters",
      () => said([network(subnets)], [cluster([], "a"), cluster([], "b")]),
      [/^unknown: which cluster .* there are a, b$/],
    ],
  ])("%s", (_name, look, expected) => {
    const lines = look();
    expect(lines.filter((line) => !line.startsWith("assessed"))).toEqual(
      expected.map((each) => expect.stringMatching(each)),
    );
  });
});
