import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments, stringify } from "yaml";
import { editionRead } from "../../../src/permissions/reads.ts";
import type { KubernetesCall } from "../../../src/snapshot/kinds/calls.ts";
import { runCommand } from "../command.ts";
import { callsOf } from "../kubernetes/scanner.ts";
import { skipped } from "../servers/azure/requirements.ts";
import { whyNoKubectl } from "../servers/kubernetes/kubectl.ts";
import { whyNoKubernetes } from "../servers/kubernetes/requirements.ts";
import { type LiveKubernetes, startKubernetes } from "../servers/kubernetes/setup.ts";

const skip = skipped("the manifests against a kube-apiserver", whyNoKubernetes() ?? whyNoKubectl());

const account = { namespace: "chalk-audit", name: "chalk-audit" };
const user = `system:serviceaccount:${account.namespace}:${account.name}`;
const cronjob = readFileSync("deploy/cronjob/cronjob.yaml", "utf8");
const scanner = readFileSync("deploy/kubernetes/scanner.yaml", "utf8");

let live: LiveKubernetes;
beforeAll(async () => {
  if (skip) return;
  live = await startKubernetes();
  // A dry run makes nothing, so the namespace has to be there for what lies in it.
  const [namespace] = parseAllDocuments(cronjob);
  const made = kubectl(["apply", "--server-side", "-f", "-"], stringify(namespace?.toJS()));
  if (made.status !== 0) throw new Error(made.err);
});
afterAll(async () => {
  if (!skip) await live.stop();
});

const kubectl = (args: readonly string[], input = "") => {
  const run = spawnSync(process.env["KUBECTL"] ?? "kubectl", ["--kubeconfig", live.adminConfig, ...args], {
    input,
    encoding: "utf8",
    // its cache lies beside the kubeconfig
    env: { PATH: process.env["PATH"], HOME: live.adminConfig.replace(/\/[^/]+$/, "") },
  });
  return { status: run.status, out: run.stdout.trim().split("\n"), err: run.stderr };
};
const dryRun = (text: string) => kubectl(["apply", "--server-side", "--dry-run=server", "-f", "-"], text);

describe.skipIf(skip)("the manifests, by a kube-apiserver", () => {
  it("takes the CronJob and the printed account, and refuses a manifest with a mistake", () => {
    expect(dryRun(cronjob)).toMatchObject({
      status: 0,
      out: [
        "namespace/chalk-audit serverside-applied (server dry run)",
        "persistentvolumeclaim/chalk-audit serverside-applied (server dry run)",
        "cronjob.batch/chalk-audit serverside-applied (server dry run)",
      ],
    });
    expect(dryRun(scanner)).toMatchObject({
      status: 0,
      out: [
        "namespace/chalk-audit serverside-applied (server dry run)",
        "serviceaccount/chalk-audit serverside-applied (server dry run)",
        "clusterrole.rbac.authorization.k8s.io/chalk-audit serverside-applied (server dry run)",
        "clusterrolebinding.rbac.authorization.k8s.io/chalk-audit serverside-applied (server dry run)",
      ],
    });
    expect(dryRun(cronjob.replace("concurrencyPolicy: Forbid", "concurrencyPolicy: Never")).status).toBe(1);
    expect(dryRun(cronjob.replace("readOnlyRootFilesystem", "readOnlyRoot")).status).toBe(1);
    expect(dryRun(scanner.replace("verbs: [get]", "verb: [get]")).status).toBe(1);
  });

  it("runs a pod of the CronJob under the restricted standard, and no less guarded one", () => {
    const job = parseAllDocuments(cronjob)
      .map((each) => each.toJS() as { kind: string; spec: { jobTemplate: { spec: { template: object } } } })
      .find(({ kind }) => kind === "CronJob");
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      ...job?.spec.jobTemplate.spec.template,
    };
    const named = { ...pod, metadata: { name: "tried", namespace: account.namespace } };
    // The account must be there for its pod.
    expect(kubectl(["apply", "--server-side", "-f", "-"], scanner).status).toBe(0);
    const tried = dryRun(stringify(named));
    expect([tried.status, tried.err]).toEqual([0, ""]);
    const root = dryRun(stringify(named).replace("runAsNonRoot: true", "runAsNonRoot: false"));
    expect([root.status, /violates PodSecurity "restricted/.test(root.err)]).toEqual([1, true]);
  });

  const can = (...what: readonly string[]) =>
    kubectl(["auth", "can-i", ...what, "--as", user, "--quiet"]).status === 0;
  // `can-i` takes a resource that this server does not serve for one of the core group
  const mayCall = ({ verb, group, resource, path }: KubernetesCall) => {
    const name = resource === "namespaces" && verb === "get" ? { name: "kube-system" } : {};
    const review = {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SubjectAccessReview",
      spec: {
        user,
        groups: ["system:serviceaccounts", "system:authenticated"],
        ...(resource === undefined
          ? { nonResourceAttributes: { verb, path: path.replaceAll(/\{\w+\}/g, "x") } }
          : { resourceAttributes: { verb, group, resource, ...name } }),
      },
    };
    const asked = kubectl(["create", "-o", "jsonpath={.status.allowed}", "-f", "-"], JSON.stringify(review));
    if (asked.status !== 0) throw new Error(asked.err);
    return asked.out[0] === "true";
  };

  it("lets the account make every call of an audit, and nothing that writes or reads a secret (fault 36)", () => {
    const applied = kubectl(["apply", "--server-side", "-f", "-"], scanner);
    expect([applied.status, applied.err]).toEqual([0, ""]);
    const calls = [...callsOf(), ...editionRead.calls];
    expect(calls.filter((call) => !mayCall(call))).toEqual([]);
    for (const what of [
      ["create", "roles.rbac.authorization.k8s.io"],
      ["bind", "clusterroles.rbac.authorization.k8s.io"],
      ["get", "namespaces/default"],
      ["list", "secrets", "--all-namespaces"],
      ["create", "pods"],
      ["watch", "roles.rbac.authorization.k8s.io", "--all-namespaces"],
    ])
      expect(can(...what), what.join(" ")).toBe(false);
  });

  it("lets the account that is printed for an installation make every call of one, and nothing that writes", async () => {
    const printed = await runCommand(
      ["permissions", "--cloud", "kubernetes", "--baseline", "chalk-helm"],
      {},
    );
    expect([printed.code, printed.stderr]).toEqual([0, ""]);
    const applied = kubectl(["apply", "--server-side", "-f", "-"], printed.stdout);
    expect([applied.status, applied.err]).toEqual([0, ""]);
    const calls = callsOf(["chalk-helm"]);
    expect(calls.some(({ resource }) => resource === "secrets")).toBe(true);
    expect(calls.filter((call) => !mayCall(call))).toEqual([]);
    for (const what of [
      ["update", "secrets", "--all-namespaces"],
      ["watch", "secrets", "--all-namespaces"],
      ["create", "pods", "--all-namespaces"],
      ["get", "pods", "--subresource=log", "--all-namespaces"],
      ["list", "roles.rbac.authorization.k8s.io", "--all-namespaces"],
    ])
      expect(can(...what), what.join(" ")).toBe(false);
  });
});
