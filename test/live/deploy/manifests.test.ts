import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments, stringify } from "yaml";
import { kubernetesSources } from "../../../src/collectors/sources-kubernetes.ts";
import { kubernetesManifest, kubernetesObjects } from "../../../src/permissions/kubernetes.ts";
import { readsOf } from "../../../src/permissions/reads.ts";
import type { DocumentKind } from "../../../src/snapshot/snapshot.ts";
import { skipped } from "../servers/azure/requirements.ts";

/** An administrator's kubeconfig of a kube-apiserver that these tests may write to. */
const kubeconfig = process.env["CHALK_AUDIT_TEST_KUBECONFIG"] ?? "";
const skip = skipped(
  "the manifests against a kube-apiserver",
  kubeconfig === ""
    ? "CHALK_AUDIT_TEST_KUBECONFIG names no kubeconfig of a server to test against"
    : undefined,
);

const account = { namespace: "chalk-audit", name: "chalk-audit" };
const user = `system:serviceaccount:${account.namespace}:${account.name}`;
const cronjob = readFileSync("deploy/cronjob/cronjob.yaml", "utf8");
const reads = readsOf("kubernetes", new Set(Object.keys(kubernetesSources) as DocumentKind[]), {
  named: false,
});

const kubectl = (args: readonly string[], input = "") => {
  const run = spawnSync("kubectl", ["--kubeconfig", kubeconfig, ...args], { input, encoding: "utf8" });
  return { status: run.status, out: run.stdout.trim().split("\n"), err: run.stderr };
};
const dryRun = (text: string) => kubectl(["apply", "--server-side", "--dry-run=server", "-f", "-"], text);

describe.skipIf(skip)("the manifests, by a kube-apiserver", () => {
  beforeAll(() => {
    // A dry run makes nothing, so the namespace has to be there for what lies in it.
    const [namespace] = parseAllDocuments(cronjob);
    const made = kubectl(["apply", "--server-side", "-f", "-"], stringify(namespace?.toJS()));
    if (made.status !== 0) throw new Error(made.err);
  });

  it("takes the CronJob and the printed account, and refuses a manifest with a mistake", () => {
    expect(dryRun(cronjob)).toMatchObject({
      status: 0,
      out: [
        "namespace/chalk-audit serverside-applied (server dry run)",
        "persistentvolumeclaim/chalk-audit serverside-applied (server dry run)",
        "cronjob.batch/chalk-audit serverside-applied (server dry run)",
      ],
    });
    expect(dryRun(kubernetesManifest(reads, account))).toMatchObject({
      status: 0,
      out: [
        "serviceaccount/chalk-audit serverside-applied (server dry run)",
        "clusterrole.rbac.authorization.k8s.io/chalk-audit-reader serverside-applied (server dry run)",
        "clusterrolebinding.rbac.authorization.k8s.io/chalk-audit-reader serverside-applied (server dry run)",
      ],
    });
    expect(dryRun(cronjob.replace("concurrencyPolicy: Forbid", "concurrencyPolicy: Never")).status).toBe(1);
    expect(dryRun(cronjob.replace("readOnlyRootFilesystem", "readOnlyRoot")).status).toBe(1);
  });

  it("lets the account make every call of the registry, and nothing that writes or reads a secret (fault 36)", () => {
    const applied = kubectl(["apply", "--server-side", "-f", "-"], kubernetesManifest(reads, account));
    expect([applied.status, applied.err]).toEqual([0, ""]);
    const can = (...what: readonly string[]) =>
      kubectl(["auth", "can-i", ...what, "--as", user, "--quiet"]).status === 0;
    for (const { calls } of Object.values(kubernetesSources)) {
      for (const { verb, group, resource, path } of calls) {
        const url = path.replaceAll(/\{\w+\}/g, "x");
        const what =
          resource === undefined
            ? [url]
            : [`${resource}${group === "" ? "" : `.${group}`}`, "--all-namespaces"];
        const named = resource === "namespaces" && verb === "get" ? ["namespaces/kube-system"] : what;
        expect(can(verb, ...named), `${verb} ${path}`).toBe(true);
      }
    }
    for (const what of [
      ["create", "roles.rbac.authorization.k8s.io"],
      ["bind", "clusterroles.rbac.authorization.k8s.io"],
      ["get", "namespaces/default"],
      ["list", "secrets", "--all-namespaces"],
      ["create", "pods"],
    ])
      expect(can(...what), what.join(" ")).toBe(false);
    expect(kubernetesObjects(reads, account)).toHaveLength(3);
    for (const kind of ["clusterrolebinding", "clusterrole"]) kubectl(["delete", kind, "chalk-audit-reader"]);
    kubectl(["delete", "serviceaccount", account.name, "-n", account.namespace]);
  });
});
