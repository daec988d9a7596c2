import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { nodesCall } from "../../../src/snapshot/kinds/kubernetes.ts";
import { runCommand } from "../command.ts";
import { skipped } from "../servers/azure/requirements.ts";
import { whyNoKubernetes } from "../servers/kubernetes/requirements.ts";
import { type LiveKubernetes, low, startKubernetes } from "../servers/kubernetes/setup.ts";
import { type KubernetesObject, type RbacRule, type Stage, stageOf } from "./objects.ts";
import { notPublished, rawScan, scan, summarised } from "./scan.ts";
import { callsOf, scanner, scannerAccount } from "./scanner.ts";
import { accounts, documented, rulesOf } from "./world.ts";

const skip = skipped("the live tests of Kubernetes", whyNoKubernetes());

let live: LiveKubernetes;
let stage: Stage;
let token: string;
const world = [...scanner, ...documented("azure")];
const azure = { baseline: "chalk-azure", namespace: "chalk" } as const;

beforeAll(async () => {
  if (skip) return;
  live = await startKubernetes();
  stage = stageOf(live.admin);
  await stage.show(world);
  token = await live.tokenOf(scannerAccount.namespace, scannerAccount.name);
});
afterEach(async () => {
  if (!skip) live.front.forget();
});
afterAll(async () => {
  if (!skip) await live.stop();
});

const withRules = (change: (rules: readonly RbacRule[]) => readonly RbacRule[]) =>
  world.map((each) =>
    each.kind === "ClusterRole" && each.metadata.name === "chalk-audit"
      ? { ...each, rules: change(rulesOf(each)) }
      : each,
  );

/** Shows a world and waits until the scanner's own rights are those of it. */
async function shown(objects: readonly KubernetesObject[]): Promise<void> {
  await stage.show(objects);
  // an authorizer that lags behind would make the next scan a matter of luck
  await new Promise((resolve) => setTimeout(resolve, 500));
}

/** The world without one resource of one of the scanner's rules. */
const lacking = (at: number, resource: string | undefined) =>
  withRules((rules) =>
    rules.flatMap((rule, place) => {
      if (place !== at) return [rule];
      const resources = (rule.resources ?? []).filter((own) => own !== resource);
      return resources.length === 0 ? [] : [{ ...rule, resources }];
    }),
  );

const atoms = (rules: readonly RbacRule[]) =>
  rules
    .flatMap(({ apiGroups = [], resources = [], verbs, resourceNames = [], nonResourceURLs = [] }) => [
      ...apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          verbs.map((verb) =>
            [verb, group === "" ? resource : `${resource}.${group}`, ...resourceNames].join(" "),
          ),
        ),
      ),
      ...nonResourceURLs.flatMap((url) => verbs.map((verb) => `${verb} ${url}`)),
    ])
    .sort();

const published = rulesOf(
  scanner.find(({ kind }) => kind === "ClusterRole") ?? { apiVersion: "", kind: "", metadata: { name: "" } },
);

describe.skipIf(skip)("the published ClusterRole of the scanner (fault 36)", () => {
  it("is what the registry of document kinds says, no more and no less", () => {
    // an installation's secrets are asked for by baseline alone, so the published role has none
    const calls = [...callsOf(), nodesCall];
    const needed = calls.map(({ verb, group, resource, path }) =>
      resource === undefined
        ? `${verb} ${path.replace(/\/\{.*/, "/*")}`
        : [
            verb,
            group === "" ? resource : `${resource}.${group}`,
            ...(path.endsWith("/kube-system") ? ["kube-system"] : []),
          ].join(" "),
    );
    expect(atoms(published)).toEqual([...new Set(needed)].sort());
  });

  it("suffices: complete, every control passes, exit 0; all requests are GETs that the registry names", async () => {
    await shown(world);
    const found = await scan(live, { token, ...azure });
    expect([found.code, found.drift]).toEqual([0, []]);
    expect(found.report.targets.map(({ complete, unread }) => ({ complete, unread }))).toEqual([
      { complete: true, unread: [] },
    ]);
    expect(found.seen.length).toBeGreaterThan(8);
    expect(new Set(found.seen.map(({ method }) => method))).toEqual(new Set(["GET"]));
    expect(found.seen.filter(({ status }) => status !== 200)).toEqual([]);
    // of what carries no rights, only metadata is asked for
    const whole = found.seen.filter(
      ({ path, accept }) =>
        /\/(namespaces|serviceaccounts)/.test(path) && !accept.includes("PartialObjectMetadata"),
    );
    expect(whole).toEqual([]);
    expect(found.seen.filter(({ path }) => /secrets|pods|configmaps/.test(path))).toEqual([]);
  });

  // each rule is taken apart, so that no resource in it is superfluous either
  const parts = published.flatMap((rule, at) =>
    (rule.resources ?? [undefined]).map((resource) => ({
      at,
      resource,
      name: `${rule.verbs.join(",")} ${resource ?? rule.nonResourceURLs?.join(",")}`,
    })),
  );
  const elsewhere = ["list namespaces", "list serviceaccounts", "list nodes"];
  it.each(parts.filter(({ resource, name }) => resource !== undefined && !elsewhere.includes(name)))(
    "without $name the scan is incomplete, names what is missing, exit 3",
    async ({ at, resource, name }) => {
      await shown(lacking(at, resource));
      const found = await scan(live, { token, ...azure });
      expect(found.code).toBe(3);
      expect(found.report.targets.map(({ complete }) => complete)).toEqual([false]);
      const denied = found.report.targets.flatMap(({ unread }) => unread);
      expect(new Set(denied.map(({ cause }) => cause))).toEqual(new Set(["denied"]));
      expect(denied.map(({ permission }) => permission?.replace(/\..*/, ""))).toEqual([name]);
      expect(found.drift).toEqual([]);
    },
  );

  it("without list namespaces nobody can say that a namespace is not there, exit 3 all the same", async () => {
    const wrong = { token, ...azure, namespace: "chalkk" };
    const reasons = async () => {
      const { code, report } = await scan(live, wrong);
      const ours = report.controls.filter(({ check }) => check.startsWith("kubernetes/"));
      return { code, reasons: [...new Set(ours.map(({ reason = "" }) => reason.split(/[,:]/)[0]))] };
    };
    await shown(world);
    expect(await reasons()).toEqual({
      code: 3,
      reasons: ["namespace chalkk does not exist in the cluster"],
    });
    await shown(lacking(1, "namespaces"));
    expect(await reasons()).toEqual({
      code: 3,
      reasons: ["whether namespace chalkk exists is not known"],
    });
  });

  it("without list serviceaccounts nobody can say that a named account is not there", async () => {
    const gone = (some: readonly KubernetesObject[]) =>
      some.filter(({ kind, metadata }) => kind !== "ServiceAccount" || metadata.name !== "workload");
    const args = { token, ...azure, args: accounts };
    await shown(gone(world));
    const known = await scan(live, args);
    expect([known.code, known.drift]).toEqual([1, ["role-bindings: absent critical workload"]]);
    await shown(gone(lacking(1, "serviceaccounts")));
    const found = await scan(live, args);
    expect([found.code, found.drift]).toEqual([3, []]);
    expect(found.outcomes["role-bindings"]).toBe("unknown");
    expect(found.report.targets.map(({ complete }) => complete)).toEqual([false]);
    expect(found.report.targets.flatMap(({ unread }) => unread.map(({ permission }) => permission))).toEqual([
      "list serviceaccounts",
    ]);
    // of accounts that the bindings tell nothing hangs on it, and the report says so
    const open = await scan(live, { token, ...azure });
    expect([open.code, open.drift]).toEqual([0, []]);
    expect(open.report.targets[0]?.notes?.filter((note) => note.includes("could not be listed"))).toEqual([
      expect.stringMatching(/^service accounts could not be listed .*no verdict hangs on it$/),
    ]);
  });

  it("without list namespaces a namespace in which things are found exists, and the report says so", async () => {
    await shown(lacking(1, "namespaces"));
    const found = await scan(live, { token, ...azure });
    expect([found.code, found.drift]).toEqual([0, []]);
    expect(found.report.targets.map(({ complete }) => complete)).toEqual([true]);
    expect(found.report.targets[0]?.notes?.filter((note) => note.includes("could not be listed"))).toEqual([
      expect.stringMatching(/^namespaces could not be listed .*that namespace chalk exists is told by/),
    ]);
  });

  it("without nodes the edition cannot be told: exit 2, naming both baselines; with them it is", async () => {
    const nodes = [1, 2].map((at) => ({
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: `node-${at}` },
      spec: { providerID: `azure:///subscriptions/x/virtualMachines/${at}` },
    }));
    await shown([...world, ...nodes]);
    const { code, outcomes, report } = summarised(await rawScan(live, { token }, { namespace: "chalk" }));
    expect([code, report.baselines.map(({ id }) => id)]).toEqual([0, ["chalk-azure"]]);
    expect(new Set(Object.values(outcomes))).toEqual(new Set(["pass"]));
    expect(notPublished(live.front.seen, [nodesCall.path])).toEqual([]);

    await shown([
      ...withRules((rules) => rules.filter(({ resources }) => !resources?.includes("nodes"))),
      ...nodes,
    ]);
    const refused = await rawScan(live, { token }, { namespace: "chalk" });
    expect([refused.code, refused.stdout]).toEqual([2, ""]);
    expect(refused.stderr).toMatch(/chalk-aws.*chalk-azure|chalk-azure.*chalk-aws/s);
    expect(refused.stderr).toContain("--baseline");
  });

  it("its URLs are needed where a cluster does not grant them to everybody", async () => {
    const taken = await takenAway("system:discovery", "system:public-info-viewer");
    try {
      await shown(world);
      expect((await scan(live, { token, ...azure })).code).toBe(0);
      await shown(withRules((rules) => rules.filter(({ nonResourceURLs }) => nonResourceURLs === undefined)));
      const found = await scan(live, { token, ...azure });
      expect(found.code).toBe(3);
      const denied = found.report.targets.flatMap(({ unread }) => unread);
      expect(new Set(denied.map(({ kind }) => kind))).toEqual(
        new Set(["kubernetes/api-resource", "kubernetes/cluster"]),
      );
    } finally {
      await taken.giveBack();
    }
  });
});

/** Deletes ClusterRoleBindings of the server's own. */
async function takenAway(...names: string[]) {
  const path = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";
  const bodies = await Promise.all(
    names.map((name) => live.admin.must<Record<string, unknown>>("GET", `${path}/${name}`)),
  );
  for (const name of names) await live.admin.must("DELETE", `${path}/${name}`);
  return {
    giveBack: async () => {
      for (const [at, body] of bodies.entries())
        await live.admin.must("POST", path, { ...body, metadata: { name: names[at] } });
    },
  };
}

describe.skipIf(skip)("who may read little", () => {
  it("fault 2: role bindings denied: nothing that needs them passes, the roles are still assessed, exit 3", async () => {
    await shown(
      withRules((rules) =>
        rules.map((rule) => ({
          ...rule,
          ...(rule.resources === undefined
            ? {}
            : { resources: rule.resources.filter((each) => each !== "rolebindings") }),
        })),
      ),
    );
    const { code, outcomes, drift } = await scan(live, { token, ...azure });
    expect([code, drift]).toEqual([3, []]);
    expect(outcomes).toEqual({
      "cluster-management-role": "pass",
      "management-role": "pass",
      "job-reader-role": "pass",
      "argo-workflows-role": "pass",
      "role-bindings": "unknown",
      "cluster-effective-access": "unknown",
    });
  });

  it("fault 1: a user without rights: everything is unknown, exit 3", async () => {
    await shown(world);
    const { code, outcomes, drift } = await scan(live, { token: low.token, ...azure });
    expect([code, drift]).toEqual([3, []]);
    expect(new Set(Object.values(outcomes))).toEqual(new Set(["unknown"]));
  });
});

describe.skipIf(skip)("places that are wrong (fault 40)", () => {
  it("a namespace that does not exist: nothing is assessed, exit 3", async () => {
    await shown(world);
    const { code, outcomes, drift } = await scan(live, { token, ...azure, namespace: "chalkk" });
    expect([code, drift]).toEqual([3, []]);
    expect(new Set(Object.values(outcomes))).toEqual(new Set(["unknown"]));
  });

  it("a namespace without any of it: the documented roles are absent, exit 1", async () => {
    await shown(world);
    const { code, drift } = await scan(live, { token, ...azure, namespace: "default" });
    expect(code).toBe(1);
    // K17: the account of another namespace that the documented cluster role is bound to is not believed to be the vendor
    expect(drift.filter((each) => each.includes(": absent"))).toEqual([
      "cluster-effective-access: absent medium managementServiceAccount",
      "cluster-effective-access: absent medium workloadServiceAccount",
      "job-reader-role: absent medium chalk-job-reader",
      "management-role: absent medium chalk-management-role",
    ]);
  });

  it("a context that does not exist: exit 2, naming those there are", async () => {
    const ran = await rawScan(live, { token }, { ...azure, args: ["--context", "prod"] });
    expect([ran.code, ran.stdout]).toEqual([2, ""]);
    expect(ran.stderr).toMatch(/has no context "?prod"?; it has "?live"?/);
  });

  it("a server that is not there and a token that is wrong: no verdict, and the reason", async () => {
    const kubeconfig = live.kubeconfig({ token }, { url: "https://127.0.0.1:1" });
    const dead = await runCommand(["--cloud", "kubernetes", ...named(azure), "--kubeconfig", kubeconfig], {});
    expect(dead.code).toBe(2);
    expect(dead.stderr).toMatch(/https:\/\/127\.0\.0\.1:1 cannot be reached/);
    const wrong = await rawScan(live, { token: "no-such-token" }, azure);
    expect([wrong.code, wrong.stdout]).toEqual([2, ""]);
    expect(wrong.stderr).toMatch(/refused the credentials/);
    expect(wrong.stderr).not.toContain("no-such-token");
  });
});

const named = ({ baseline, namespace }: typeof azure) => ["--baseline", baseline, "--namespace", namespace];

describe.skipIf(skip)("ways to sign in, as kubectl has them", () => {
  const text = async (kubeconfig: string, ...args: string[]) => {
    const ran = await runCommand(
      [
        "scan",
        "--cloud",
        "kubernetes",
        ...named(azure),
        "--kubeconfig",
        kubeconfig,
        "--format",
        "json",
        ...args,
      ],
      {},
    );
    return ran;
  };

  it("certificate, exec plugin and KUBECONFIG read the same as a token; a denied plugin is not started", async () => {
    await shown(world);
    const byToken = await text(live.kubeconfig({ token }));
    expect(byToken.code).toBe(0);
    expect((await text(live.kubeconfig("certificate"))).stdout).toBe(byToken.stdout);
    const byEnvironment = await runCommand(
      ["scan", "--cloud", "kubernetes", ...named(azure), "--format", "json"],
      { KUBECONFIG: live.kubeconfig({ token }) },
    );
    expect(byEnvironment.stdout).toBe(byToken.stdout);

    const folder = mkdtempSync(join(tmpdir(), "chalk-audit-plugin-"));
    try {
      const plugin = join(folder, "plugin.sh");
      const credential = {
        apiVersion: "client.authentication.k8s.io/v1",
        kind: "ExecCredential",
        status: { token },
      };
      writeFileSync(
        plugin,
        `#!/bin/sh\necho started >> ${folder}/log\necho '${JSON.stringify(credential)}'\n`,
      );
      chmodSync(plugin, 0o700);
      const signIn = {
        exec: { apiVersion: "client.authentication.k8s.io/v1", command: plugin, interactiveMode: "Never" },
      };
      const kubeconfig = live.kubeconfig(signIn);
      const denied = await text(kubeconfig, "--exec-plugins", "deny");
      expect([denied.code, denied.stdout]).toEqual([2, ""]);
      expect(denied.stderr).toMatch(/--exec-plugins/);
      const allowed = await text(kubeconfig);
      expect(allowed.stdout).toBe(byToken.stdout);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
