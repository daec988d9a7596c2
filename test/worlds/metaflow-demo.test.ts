import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readSnapshot } from "../../src/snapshot/read.ts";
import { formatSnapshot } from "../../src/snapshot/write.ts";
import { type Body, roleAssignment } from "../servers/azure-state.ts";
import { having, service } from "./metaflow-cluster.ts";
import { clusterSnapshot, type StackWorld, stackGround } from "./metaflow-ground.ts";
import {
  ACCOUNT,
  APPLICATION,
  adminRole,
  app,
  cluster,
  container,
  deployer,
  documented,
  graph,
  POOLS,
  password,
  pool,
  pools,
  principal,
  setUp,
  stack,
  tearDown,
} from "./metaflow-state.ts";
import { operations } from "./operations.ts";

/**
 * The small catalogue of the worlds, and what else the role of the set-up names, as the provider lists it: what no
 * catalogue has would be called latent, and what the role can do less grave than it is.
 */
function catalogue(): readonly Body[] {
  const key = (name: unknown) => String(name).toLowerCase();
  const listed = new Set(
    operations.flatMap((body) => (body.operations as Body[]).map(({ name }) => key(name))),
  );
  const named = new Map<string, Body[]>(
    operations.map((body) => [String(body.name), [...(body.operations as Body[])]]),
  );
  for (const name of [...setUp, ...tearDown].filter(
    (name) => !name.includes("*") && !listed.has(key(name)),
  )) {
    const provider = name.slice(0, name.indexOf("/"));
    named.set(provider, [...(named.get(provider) ?? []), { name, isDataAction: false }]);
  }
  return [...named].map(([name, all]) => ({ name, operations: all }));
}

/** The stack of the demo: six things are wrong with it. */
const DEMO: StackWorld = {
  state: stack({
    operations: catalogue(),
    roleAssignments: [
      ...documented,
      roleAssignment({ name: "a-admin", role: adminRole, principal: deployer, principalType: "User" }),
      roleAssignment({ name: "a-also", role: adminRole, principal: app }),
    ],
    containers: { [ACCOUNT]: [container("artifacts", "Blob")] },
    managedClusters: [cluster([...pools.slice(0, 1), pool("taskworkers", "User", false, POOLS)])],
    graph: graph({
      servicePrincipals: [
        principal({ passwordCredentials: [password("2026-01-01T00:00:00Z", "2026-12-01T00:00:00Z")] }),
      ],
      federated: {
        [APPLICATION]: [
          {
            id: "f-any",
            name: "any-branch",
            issuer: "https://token.actions.githubusercontent.com",
            subject: "repo:acme/flows:ref:refs/heads/*",
            audiences: ["api://AzureADTokenExchange"],
          },
        ],
      },
    }),
  }),
  cluster: having("argo-server", service("argo", "argo-server", [2746], { type: "LoadBalancer" })),
  flags: {
    subscription: ["6b1f4e5f-0000-4000-8000-000000000001"],
    principal: [app],
    set: ["resourceGroup=rg-flows", `deployerId=${deployer}`],
  },
};

test("fixtures/snapshots/metaflow is this stack, and what the demo finds is known", async () => {
  const lab = await stackGround(DEMO, []).open();
  const { snapshot, findings, code } = await lab.audit(DEMO);
  await lab.close();
  const files = { azure: snapshot, kubernetes: clusterSnapshot(DEMO.cluster) };
  for (const [name, made] of Object.entries(files)) {
    const file = `fixtures/snapshots/metaflow/${name}.json`;
    expect(readSnapshot(readFileSync(file, "utf8"), file)).toEqual(readSnapshot(formatSnapshot(made), name));
  }
  expect(code).toBe(1);
  expect([...new Set(findings.map((line) => line.split(" ").slice(0, 3).join(" ")))]).toEqual([
    "application expired low",
    "application wider high",
    "argo-services wider high",
    "cluster changed medium",
    "effective-access excess critical",
    "effective-access excess high",
    "effective-access excess medium",
    "effective-access wider high",
    "storage wider high",
  ]);
});
