import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { skipped } from "../servers/azure/requirements.ts";
import { kubectl, whyNoKubectl } from "../servers/kubernetes/kubectl.ts";
import { whyNoKubernetes } from "../servers/kubernetes/requirements.ts";
import { type LiveKubernetes, startKubernetes } from "../servers/kubernetes/setup.ts";
import { unproven } from "./authorizer.ts";
import { noise } from "./noise.ts";
import {
  clusterRole,
  clusterRoleBinding,
  definition,
  type KubernetesObject,
  type RbacRule,
  roleBinding,
  rule,
  type Stage,
  stageOf,
  urls,
} from "./objects.ts";
import { type Scanned, scan } from "./scan.ts";
import { scanner, scannerAccount } from "./scanner.ts";
import {
  accounts,
  added,
  documented,
  type Edit,
  type Edition,
  granting,
  management,
  ruleFor,
  rulesOf,
} from "./world.ts";

const skip = skipped("the live tests of Kubernetes", whyNoKubernetes());

let live: LiveKubernetes;
let stage: Stage;
let token: string;
beforeAll(async () => {
  if (skip) return;
  live = await startKubernetes();
  stage = stageOf(live.admin);
  await stage.show(scanner);
  token = await live.tokenOf(scannerAccount.namespace, scannerAccount.name);
});
afterAll(async () => {
  if (!skip) await live.stop();
});

const scanned = (edition: Edition = "azure") =>
  scan(live, { token, baseline: `chalk-${edition}`, namespace: "chalk", args: accounts });

async function shown(edition: Edition, edit: Edit, ...more: KubernetesObject[]): Promise<Scanned> {
  await stage.show([...scanner, ...edit(documented(edition)), ...more]);
  return scanned(edition);
}

/** What a report says, without what another cluster or another day would change. */
const said = ({ findings }: Scanned) => findings.map(({ fingerprint: _, target: __, ...rest }) => rest);

/** The same beside the noise: what anonymous requests may do, each account may (K15); theirs is within the floor (K9). */
const beside = (findings: unknown): unknown =>
  JSON.parse(
    JSON.stringify(findings).replaceAll(
      "by ClusterRoleBinding system:basic-user",
      "by ClusterRoleBinding anonymous-health, ClusterRoleBinding system:basic-user",
    ),
  );

const secrets: Edit = added(
  clusterRole("support-secrets", rule("", "secrets", ["get", "list"])),
  clusterRoleBinding("support-secrets", "support-secrets", management),
);

describe.skipIf(skip)("a cluster in use: charts' roles, people, the server's own", () => {
  it("says the same as without them, clean or drifted, in both editions", async () => {
    for (const edition of ["azure", "aws"] as const) {
      const quiet = await shown(edition, (world) => world);
      expect([quiet.code, quiet.drift]).toEqual([0, []]);
      const loud = await shown(edition, (world) => world, ...noise);
      expect([loud.code, said(loud)]).toEqual([0, beside(said(quiet))]);
      const drifted = await shown(edition, secrets);
      expect([drifted.code, drifted.drift]).toEqual([
        1,
        ["cluster-effective-access: excess critical get,list secrets by ClusterRoleBinding support-secrets"],
      ]);
      expect(said(await shown(edition, secrets, ...noise))).toEqual(beside(said(drifted)));
    }
  });

  it("K6: a role that the server aggregates, held in another namespace, is told with proofs", async () => {
    const found = await shown(
      "azure",
      added(roleBinding("default", "helper", "ClusterRole/edit", management)),
      ...noise,
    );
    expect(found.code).toBe(1);
    expect(
      found.drift.filter((each) => !/ -n default by RoleBinding helper in namespace default$/.test(each)),
    ).toEqual([]);
    const bySeverity = (severity: string) =>
      found.findings
        .filter((each) => each.outcome === "fail" && each.severity === severity)
        .map(({ pattern }) => pattern);
    expect(bySeverity("critical").filter((pattern) => pattern?.includes("impersonate"))).toHaveLength(1);
    expect(bySeverity("critical")).toContain(
      "get,list,watch,create,update,patch,delete,deletecollection secrets -n default",
    );
    // what a chart adds to the server's own role is in it
    expect(found.drift.filter((each) => each.includes("argoproj.io")).length).toBeGreaterThan(0);
    expect(await unproven(live, found.findings)).toEqual([]);
  });
});

const bootstrap = "/apis/rbac.authorization.k8s.io/v1/clusterroles";

/** Adds a rule to one of the server's own roles while something is done. */
async function withRule<T>(name: string, extra: RbacRule, act: () => Promise<T>): Promise<T> {
  const original = await live.admin.must<KubernetesObject>("GET", `${bootstrap}/${name}`);
  const put = async (rules: readonly RbacRule[]) => {
    const { metadata } = await live.admin.must<KubernetesObject>("GET", `${bootstrap}/${name}`);
    await live.admin.must("PUT", `${bootstrap}/${name}`, { ...original, metadata, rules });
  };
  await put([...rulesOf(original), extra]);
  try {
    return await act();
  } finally {
    await put(rulesOf(original));
  }
}

describe.skipIf(skip)("K9: the floor, by content", () => {
  const everybody = (pattern: string, by: string) =>
    Array.from(
      { length: 3 },
      () => `cluster-effective-access: ${pattern} by ClusterRoleBinding ${by}, as group system:authenticated`,
    );

  it("a URL added to system:discovery is excess of every account", async () => {
    await stage.show([...scanner, ...documented("azure")]);
    const found = await withRule("system:discovery", urls(["/metrics"], ["get"]), scanned);
    expect([found.code, found.drift]).toEqual([
      1,
      everybody("excess medium get /metrics", "system:discovery"),
    ]);
    expect((await scanned()).code).toBe(0);
  });

  it("a resource added to system:basic-user is excess of every account", async () => {
    await stage.show([...scanner, ...documented("azure")]);
    const extra = rule("", "secrets", "get");
    const found = await withRule("system:basic-user", extra, scanned);
    expect([found.code, found.drift]).toEqual([
      1,
      everybody("excess critical get secrets", "system:basic-user"),
    ]);
  });

  it("the rules of the floor under another name are the floor", async () => {
    const copy = await live.admin.must<KubernetesObject>("GET", `${bootstrap}/system:discovery`);
    const found = await shown(
      "azure",
      added(clusterRole("copy", ...rulesOf(copy)), clusterRoleBinding("copy", "copy", management)),
    );
    expect([found.code, found.drift]).toEqual([0, []]);
  });
});

describe.skipIf(skip)("K4: what is served today", () => {
  const definitions = [
    definition("karpenter.sh", "nodepools", "NodePool", "Cluster"),
    definition("karpenter.sh", "nodeclaims", "NodeClaim", "Cluster"),
    definition("karpenter.k8s.aws", "ec2nodeclasses", "EC2NodeClass", "Cluster"),
    definition("keda.sh", "scaledobjects", "ScaledObject", "Namespaced"),
    definition("keda.sh", "scaledjobs", "ScaledJob", "Namespaced"),
  ];
  const groups = ["/apis/karpenter.sh/v1", "/apis/karpenter.k8s.aws/v1", "/apis/keda.sh/v1"];

  /** Discovery follows a definition within a moment; on a busy machine the moment is long. */
  async function discovered(expected: 200 | 404): Promise<void> {
    for (let tries = 0; tries < 1_800; tries += 1) {
      const answers = await Promise.all(groups.map((path) => live.admin.send("GET", path)));
      const { groups: listed } = await live.admin.must<{
        readonly groups: readonly { readonly name: string }[];
      }>("GET", "/apis");
      const named = ["karpenter.sh", "karpenter.k8s.aws", "keda.sh"].filter((name) =>
        listed.some((each) => each.name === name),
      );
      if (answers.every(({ status }) => status === expected) && named.length === (expected === 200 ? 3 : 0))
        return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`the server did not come to answer ${expected} for ${groups.join(", ")}`);
  }

  const lacking: Edit = (world) =>
    ruleFor("Role/chalk-management-role", "scaledjobs", (each) => ({
      ...each,
      resources: ["scaledobjects"],
    }))(
      ruleFor("ClusterRole/chalk-cluster-management-role", "nodepools", (each) => ({
        ...each,
        verbs: each.verbs.filter((verb) => verb !== "delete"),
      }))(world),
    );
  const patterns = [
    "delete nodepools.karpenter.sh",
    "get,list,watch,create,update,patch,delete scaledjobs.keda.sh -n chalk",
  ];
  const missing = (severity: string) =>
    patterns
      .flatMap((each) => [
        `cluster-effective-access: missing ${severity} ${each}`,
        `${each.includes("nodepools") ? "cluster-management-role" : "management-role"}: missing ${severity} ${each}`,
      ])
      .sort();

  it("a missing permission on what is not installed is latent, and is not when it is installed", async () => {
    const before = await shown("aws", lacking);
    expect([before.code, before.drift]).toEqual([1, missing("low latent")]);
    await stage.show([...scanner, ...definitions]);
    await discovered(200);
    const clean = await shown("aws", (world) => world, ...definitions);
    expect([clean.code, clean.drift]).toEqual([0, []]);
    const after = await shown("aws", lacking, ...definitions);
    expect([after.code, after.drift]).toEqual([1, missing("medium")]);
  });

  it("a cluster-scoped custom resource in a Role grants nothing once it is installed, and may before", async () => {
    const edit = granting("Role/chalk-management-role", rule("karpenter.sh", "nodepools", "get"));
    await stage.show([...scanner, ...definitions]);
    await discovered(200);
    const installed = await shown("aws", edit, ...definitions);
    expect([installed.code, installed.drift]).toEqual([0, []]);
    await stage.show(scanner);
    await discovered(404);
    const gone = await shown("aws", edit);
    expect([gone.code, gone.drift]).toEqual([
      1,
      // the account has it everywhere by its ClusterRole, so that it gains nothing
      ["management-role: excess low latent get nodepools.karpenter.sh -n chalk"],
    ]);
  }, 300_000);
});

describe.skipIf(skip || skipped("remediations with kubectl", whyNoKubectl()))(
  "what a report tells people to run",
  () => {
    const run = (command: string) =>
      kubectl(live.adminConfig, command.split(" ").slice(1)).catch((error: Error) => error.message);

    it("verify confirms the finding, the remediation's commands mend it", async () => {
      const found = await shown("azure", secrets);
      const [finding] = found.findings.filter(({ outcome }) => outcome === "fail");
      expect(finding?.verify).toMatch(
        /^kubectl auth can-i get secrets --as=system:serviceaccount:chalk:management/,
      );
      expect((await run(finding?.verify ?? "")).trim()).toBe("yes");
      const commands = finding?.remediation?.commands ?? [];
      expect(commands).toEqual(["kubectl delete clusterrolebinding support-secrets"]);
      for (const command of commands) await run(command);
      expect((await scanned()).code).toBe(0);
      expect(await run(finding?.verify ?? "")).toMatch(/: no$/);
      await stage.show(scanner);
    });

    it("verify confirms what is missing", async () => {
      const found = await shown(
        "azure",
        ruleFor("Role/chalk-management-role", "secrets", (each) => ({
          ...each,
          verbs: each.verbs.filter((verb) => verb !== "delete"),
        })),
      );
      const finding = found.findings.find(
        ({ control, outcome }) => outcome === "fail" && control.endsWith("cluster-effective-access"),
      );
      expect(await run(finding?.verify ?? "")).toMatch(/: no$/);
    });
  },
);
