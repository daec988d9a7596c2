import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { runCommand } from "../command.ts";
import { type KubernetesObject, type RbacRule, type Stage, stageOf } from "../kubernetes/objects.ts";
import { notPublished, scan } from "../kubernetes/scan.ts";
import { scannerAccount } from "../kubernetes/scanner.ts";
import { documented, rulesOf } from "../kubernetes/world.ts";
import { skipped } from "../servers/azure/requirements.ts";
import { whyNoKubernetes } from "../servers/kubernetes/requirements.ts";
import { type LiveKubernetes, startKubernetes } from "../servers/kubernetes/setup.ts";

const skip = skipped("the printed ClusterRole against a kube-apiserver", whyNoKubernetes());

let live: LiveKubernetes;
let stage: Stage;
let token: string;
let given: readonly { readonly path: string; readonly body: object }[] = [];
const home = mkdtempSync(join(tmpdir(), "chalk-audit-permissions-"));

beforeAll(async () => {
  if (skip) return;
  live = await startKubernetes();
  stage = stageOf(live.admin);
  // Else the server lets everybody see what it serves, and no URL of the role would be needed.
  given = await Promise.all(
    ["system:discovery", "system:public-info-viewer"].map(async (name) => {
      const path = `/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/${name}`;
      return { path, body: await live.admin.must<object>("GET", path) };
    }),
  );
  for (const { path } of given) await live.admin.must("DELETE", path);
});
afterAll(async () => {
  if (!skip) await live.stop();
  rmSync(home, { recursive: true, force: true });
});

/** What `permissions` prints, as objects. */
async function printed(...args: readonly string[]): Promise<readonly KubernetesObject[]> {
  const ran = await runCommand(["permissions", "--cloud", "kubernetes", ...args], { HOME: home });
  expect([ran.code, ran.stderr]).toEqual([0, ""]);
  return parseAllDocuments(ran.stdout).map((each) => each.toJS() as KubernetesObject);
}

const withRules = (objects: readonly KubernetesObject[], rules: readonly RbacRule[]) =>
  objects.map((each) => (each.kind === "ClusterRole" ? { ...each, rules } : each));

/** Shows the world with the scanner's objects; an authorizer that lags would make the next scan a matter of luck. */
async function shown(objects: readonly KubernetesObject[]): Promise<void> {
  await stage.show(objects);
  token = await live.tokenOf(scannerAccount.namespace, scannerAccount.name);
  await new Promise((resolve) => setTimeout(resolve, 500));
}

async function preflight(...args: readonly string[]) {
  const kubeconfig = live.kubeconfig({ token }, { url: live.front.url });
  const before = live.front.seen.length;
  const ran = await runCommand(
    ["preflight", "--cloud", "kubernetes", "--kubeconfig", kubeconfig, "--format", "json", ...args],
    { HOME: home },
  );
  expect(notPublished(live.front.seen.slice(before), ["/api/v1/nodes"])).toEqual([]);
  const { targets } = JSON.parse(ran.stdout) as {
    targets: { probes: { permission: string; state: string }[] }[];
  };
  const probes = targets.flatMap((target) => target.probes);
  return {
    code: ran.code,
    missing: probes.filter(({ state }) => state === "missing").map(({ permission }) => permission),
    unread: probes.filter(({ state }) => state === "unread").map(({ permission }) => permission),
  };
}

/** The rules without one resource or URL; a rule that is left with none is left out. */
const lacking = (rules: readonly RbacRule[], at: number, what: string) =>
  rules.flatMap((rule, place) => {
    if (place !== at) return [rule];
    const resources = rule.resources?.filter((each) => each !== what);
    const nonResourceURLs = rule.nonResourceURLs?.filter((each) => each !== what);
    if ((resources ?? nonResourceURLs ?? []).length === 0) return [];
    return [
      {
        ...rule,
        ...(resources === undefined ? {} : { resources }),
        ...(nonResourceURLs === undefined ? {} : { nonResourceURLs }),
      },
    ];
  });

/** A star's URLs are what servers before 1.26 are asked, version by version; this one tells all at once. */
const olderServers = ["/api/*", "/apis/*"];

/**
 * On what no verdict hangs in a cluster that is as documented: what tells a name that is wrong from one that is absent
 * (kubernetes/scanner.test.ts shows that verdicts hang on it where names are wrong), and what tells an excess that works
 * from one on something that is not served. They are asked for all the same, and named when they are refused.
 */
const notHere = ["list namespaces", "list serviceaccounts", "get /api", "get /apis"];

describe.skipIf(skip)("a scan with exactly what `permissions` prints (fault 36)", () => {
  it.each(["azure", "aws"] as const)(
    "the %s edition, its baseline named: complete with it, incomplete without each part of it",
    async (edition) => {
      const baseline = `chalk-${edition}`;
      const own = await printed("--baseline", baseline);
      const rules = rulesOf(own.find(({ kind }) => kind === "ClusterRole") as KubernetesObject);
      const state = async () => {
        const { report } = await scan(live, { token, baseline, namespace: "chalk" });
        const [target] = report.targets;
        return {
          complete: target?.complete,
          denied: (target?.unread ?? []).map(({ permission, cause }) => `${cause} ${permission}`),
        };
      };
      await shown([...own, ...documented(edition)]);
      expect(await state()).toEqual({ complete: true, denied: [] });
      expect(await preflight("--baseline", baseline)).toEqual({ code: 0, missing: [], unread: [] });

      const parts = rules.flatMap(({ resources, nonResourceURLs = [], verbs }, at) =>
        (resources ?? nonResourceURLs).map((what) => ({ at, what, verb: verbs.join() })),
      );
      expect(parts.length).toBe(12);
      const harmless: string[] = [];
      for (const { at, what, verb } of parts.filter((part) => !olderServers.includes(part.what))) {
        await shown([...withRules(own, lacking(rules, at, what)), ...documented(edition)]);
        const group = rules[at]?.apiGroups?.join() ?? "";
        const permission = `${verb} ${what}${group === "" ? "" : `.${group}`}`;
        const { complete, denied } = await state();
        expect(denied, permission).toEqual([`denied ${permission}`]);
        if (complete === true) harmless.push(permission);
        expect(await preflight("--baseline", baseline), permission).toEqual({
          code: 3,
          missing: [permission],
          unread: [],
        });
      }
      expect(harmless).toEqual(notHere);
    },
    240_000,
  );

  it("without a baseline the nodes are asked: found with the rule, missing without it", async () => {
    const own = await printed();
    const rules = rulesOf(own.find(({ kind }) => kind === "ClusterRole") as KubernetesObject);
    const node = {
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: "node-1" },
      spec: { providerID: "aws:///eu-central-1a/i-1" },
    };
    await shown([...own, ...documented("aws"), node]);
    expect(await preflight()).toEqual({ code: 0, missing: [], unread: [] });
    const before = live.front.seen.length;
    const kubeconfig = live.kubeconfig({ token }, { url: live.front.url });
    const args = [
      "--cloud",
      "kubernetes",
      "--kubeconfig",
      kubeconfig,
      "--namespace",
      "chalk",
      "--format",
      "json",
    ];
    const ran = await runCommand(args, { HOME: home });
    const { baselines, targets } = JSON.parse(ran.stdout) as {
      baselines: { id: string }[];
      targets: { complete: boolean }[];
    };
    expect([ran.code, baselines.map(({ id }) => id), targets.map(({ complete }) => complete)]).toEqual([
      0,
      ["chalk-aws"],
      [true],
    ]);
    expect(live.front.seen.slice(before).filter(({ status }) => status !== 200)).toEqual([]);

    await shown([
      ...withRules(
        own,
        lacking(
          rules,
          rules.findIndex(({ resources }) => resources?.includes("nodes")),
          "nodes",
        ),
      ),
      ...documented("aws"),
      node,
    ]);
    expect(await preflight()).toEqual({ code: 3, missing: ["list nodes"], unread: [] });
    expect((await runCommand(args, { HOME: home })).code).toBe(2);
    // Where the baseline is named, nothing is asked of the nodes.
    expect(await preflight("--baseline", "chalk-aws")).toEqual({ code: 0, missing: [], unread: [] });
  });
});
