import { describe, expect, it } from "vitest";
import { accountsFound } from "../../../src/state/kubernetes/accounts.ts";
import { factsIn, fleet, keeper, roleControl } from "../../checks/cluster.ts";
import { control } from "../../checks/world.ts";
import { account, binding, clusterBinding, rule } from "../../worlds/kubernetes-state.ts";

const open = (name: string) => `$${`{${name}}`}`;
const shared = roleControl("shared", [rule("", "events", "get")]);
const papers = control("papers", "kubernetes/role-binding", {
  bindings: [
    { role: "fleet", serviceAccounts: [open("first")] },
    { role: "keeper", serviceAccounts: [open("first")] },
    { role: "shared", serviceAccounts: [open("first"), open("second")] },
  ],
});
const found = (state: Parameters<typeof factsIn>[0], ...controls: Parameters<typeof accountsFound>[1]) =>
  accountsFound(factsIn(state), [fleet, keeper, shared, ...(controls.length > 0 ? controls : [papers])]);
const [ada, bob, eve] = [account("lab/ada"), account("yard/bob"), account("lab/eve")];

describe("who stands behind an account that is not given", () => {
  it("the one that holds all roles which are for it alone; of a shared role, whoever is left", () => {
    expect(
      found({
        clusterRoleBindings: [clusterBinding("f", "fleet", ada, eve)],
        roleBindings: [
          binding("k", "Role/keeper", [ada], "lab"),
          binding("s", "Role/shared", [ada, bob], "lab"),
        ],
      }),
    ).toEqual([
      { parameter: "first", accounts: ["lab/ada"] },
      { parameter: "second", accounts: [] },
    ]);
  });

  it("any that holds one of them, where nobody holds all", () => {
    expect(
      found({
        clusterRoleBindings: [clusterBinding("f", "fleet", eve)],
        roleBindings: [binding("k", "Role/keeper", [ada], "lab")],
      }),
    ).toEqual([
      { parameter: "first", accounts: ["lab/ada", "lab/eve"] },
      { parameter: "second", accounts: [] },
    ]);
  });

  it("a role that nobody holds says nothing against who holds the others", () => {
    expect(found({ roleBindings: [binding("k", "Role/keeper", [ada], "lab")] })[0]).toEqual({
      parameter: "first",
      accounts: ["lab/ada"],
    });
  });

  it("two that share every role are the same people", () => {
    const both = control("papers", "kubernetes/role-binding", {
      bindings: [{ role: "shared", serviceAccounts: [open("first"), open("second")] }],
    });
    expect(found({ roleBindings: [binding("s", "Role/shared", [ada, eve], "lab")] }, both)).toEqual([
      { parameter: "first", accounts: ["lab/ada", "lab/eve"] },
      { parameter: "second", accounts: ["lab/ada", "lab/eve"] },
    ]);
  });

  it("beside an account of the deployment's namespaces one of elsewhere is a stranger; the system's own always is", () => {
    const one = control("papers", "kubernetes/role-binding", {
      bindings: [{ role: "shared", serviceAccounts: [open("first")] }],
    });
    const system = account("kube-system/default");
    const bound = (...subjects: (typeof ada)[]) =>
      found({ roleBindings: [binding("s", "Role/shared", subjects, "lab")] }, one)[0]?.accounts;
    expect(bound(ada, bob, system)).toEqual(["lab/ada"]);
    // K17: one of elsewhere is not believed, though nobody else is bound
    expect(bound(bob, system)).toEqual([]);
    expect(bound(system)).toEqual([]);
  });

  it("one that is given is not another that is not", () => {
    const given = control("papers", "kubernetes/role-binding", {
      bindings: [{ role: "shared", serviceAccounts: ["ada", open("second")] }],
    });
    expect(found({ roleBindings: [binding("s", "Role/shared", [ada, bob], "lab")] }, given)).toEqual([
      { parameter: "second", accounts: [] },
    ]);
  });
});
