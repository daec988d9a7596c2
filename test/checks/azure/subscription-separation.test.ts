import { describe, expect, it } from "vitest";
import { subscriptionSeparation as check } from "../../../src/checks/azure/subscription-separation.ts";
import { resource, resourceGroup } from "../../servers/azure-state.ts";
import { brief, control, factsIn, group, run } from "../world.ts";

const CLUSTER = "Microsoft.ContainerService/managedClusters";
const PARAMS = {
  resourceGroups: ["rg-lake", "rg-Pumps"],
  ignore: [
    { name: "NetworkWatcherRG", because: "Azure makes it" },
    { name: "cloud-shell-storage-*", because: "Azure makes it" },
  ],
};

/** Names of the groups reported. */
function strays(
  resourceGroups: readonly ReturnType<typeof resourceGroup>[],
  managedClusters: readonly ReturnType<typeof resource>[] = [],
) {
  const found = run(check, factsIn({ resourceGroups, managedClusters }), control("own", check.id, PARAMS));
  return found.map((o) => (o.kind === "drift" ? o.resource.name : brief(o)));
}

const cluster = (home: string, nodeResourceGroup: unknown) =>
  resource(CLUSTER, home, "aks", { properties: { nodeResourceGroup } });

describe("azure/subscription-separation", () => {
  const rows: readonly (readonly [string, Parameters<typeof strays>, readonly string[]])[] = [
    [
      "its own groups, in any case",
      [[resourceGroup("RG-LAKE"), resourceGroup("rg-pumps")]],
      ["assessed 2 resource groups"],
    ],
    [
      "a stranger's",
      [[resourceGroup("rg-lake"), resourceGroup("rg-hr"), resourceGroup("rg-lake2")]],
      ["rg-hr", "rg-lake2", "assessed 3 resource groups"],
    ],
    [
      "ignored by glob",
      [[resourceGroup("networkwatcherrg"), resourceGroup("cloud-shell-storage-westeurope")]],
      ["assessed 2 resource groups"],
    ],
    [
      "not ignored: the glob is of the whole name",
      [[resourceGroup("NetworkWatcherRG2"), resourceGroup("my-cloud-shell-storage-x")]],
      ["my-cloud-shell-storage-x", "NetworkWatcherRG2", "assessed 2 resource groups"],
    ],
    [
      "nodes of a cluster of its own",
      [[resourceGroup("MC_x")], [cluster("rg-LAKE", "mc_X")]],
      ["assessed 1 resource groups"],
    ],
    [
      "nodes of another's cluster",
      [[resourceGroup("MC_x")], [cluster("rg-hr", "MC_x")]],
      ["MC_x", "assessed 1 resource groups"],
    ],
    [
      "a cluster that names no node group",
      [[resourceGroup("MC_x")], [cluster("rg-lake", null)]],
      ["MC_x", "assessed 1 resource groups"],
    ],
    [
      "managed by a resource of its own",
      [[{ ...resourceGroup("managed"), managedBy: `${group("rg-lake")}/providers/a/b/c` }]],
      ["assessed 1 resource groups"],
    ],
    [
      "managed by a resource of another's",
      [[{ ...resourceGroup("managed"), managedBy: `${group("rg-hr")}/providers/a/b/c` }]],
      ["managed", "assessed 1 resource groups"],
    ],
  ];
  it.each(rows)("%s", (_, args, expected) => {
    expect(strays(...args)).toEqual(expected);
  });

  it("fault 40: no group at all is unknown", () => {
    expect(strays([])).toEqual(["unknown | (groups)"]);
  });

  it("does not apply without the list, and names the parameter", () => {
    const own = control("own", check.id, { ignore: [] }, { unresolved: ["groups"] });
    expect(check.applicable?.(own)).toContain("--set groups=");
    expect(check.applicable?.(control("own", check.id, { resourceGroups: [] }))).toContain(
      "--set resourceGroups=",
    );
    expect(check.applicable?.(control("own", check.id, PARAMS))).toBeUndefined();
  });
});
