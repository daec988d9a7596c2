import { describe, expect, it } from "vitest";
import type { Unread } from "../../../src/snapshot/snapshot.ts";
import { reportOn } from "../../worlds/helm-look.ts";
import { changed, cluster, edited, release, type State } from "../../worlds/helm-state.ts";
import { account, found } from "../installation.ts";

const PLANE = "chalk-metadata-plane";
const running = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };
const crashing = {
  phase: "Running",
  containerStatuses: [{ name: "main", ready: false, state: { waiting: { reason: "CrashLoopBackOff" } } }],
};

function pod(name: string, status: object, more: object = {}): State {
  const metadata = { name, namespace: "chalk-metadata", labels: { tier: "web" }, ...more };
  return { [`chalk-metadata/${name}`]: { metadata, status } } as never;
}

const instance = { labels: { "app.kubernetes.io/instance": PLANE } };
const job = (uid: string) => ({ ...instance, ownerReferences: [{ kind: "Job", name: "seed", uid }] });

/** A deployment as Helm marks it, whatever the chart's labels are. */
function web(replicas: number, readyReplicas: number, release = PLANE): State {
  const annotations = {
    "meta.helm.sh/release-name": release,
    "meta.helm.sh/release-namespace": "chalk-metadata",
  };
  return {
    "chalk-metadata/web": {
      kind: "Deployment",
      metadata: { name: "web", namespace: "chalk-metadata", annotations },
      spec: { replicas, selector: { matchLabels: { tier: "web" } }, template: {} },
      status: { readyReplicas },
    },
  } as never;
}

const runs = (pods: State, workloads: State = {}): State => ({
  "kubernetes/pod": { "chalk-metadata/api-1": undefined, ...pods },
  "kubernetes/workload": { ...cluster["kubernetes/workload"], ...workloads },
});

/** What is said, without how to see it and what mends it. */
const said = (change: State) =>
  found("metadata-release", change).map((line) => line.split(" | ").slice(0, 2).join(" | "));

describe("what runs of a release", () => {
  it.each<[string, State, readonly string[]]>([
    ["a workload marked by Helm alone, all of it ready", runs(pod("web-1", running), web(1, 1)), []],
    [
      "half of a workload",
      runs({ ...pod("web-1", running), ...pod("web-2", { phase: "Pending" }) }, web(2, 1)),
      ["changed medium | deployment web of release chalk-metadata-plane: 1 of 2 pods ready: web-2 Pending"],
    ],
    [
      "a workload without pods",
      runs({}, web(2, 0)),
      ["changed medium | deployment web of release chalk-metadata-plane: 0 of 2 pods ready: no pod says why"],
    ],
    [
      "a rollout that hangs beside the pods of before",
      runs({ ...pod("web-1", running), ...pod("web-2", crashing) }, web(1, 1)),
      [
        "changed medium | deployment web of release chalk-metadata-plane: 1 of 1 pod ready: web-2 CrashLoopBackOff",
      ],
    ],
    [
      "a pod that was evicted, and its successor",
      runs({ ...pod("web-1", running), ...pod("web-0", { phase: "Failed", reason: "Evicted" }) }, web(1, 1)),
      [],
    ],
    [
      "the only one is being taken away",
      runs(pod("api-2", running, { ...instance, deletionTimestamp: "2026-11-28T00:00:00Z" })),
      [
        "absent medium | release chalk-metadata-plane is deployed, and nothing in namespace chalk-metadata is marked as its own (annotation meta.helm.sh/release-name, label app.kubernetes.io/instance)",
      ],
    ],
    [
      "one that is being taken away",
      runs(
        {
          ...pod("web-1", running),
          ...pod("web-0", crashing, { deletionTimestamp: "2026-11-28T00:00:00Z" }),
        },
        web(1, 1),
      ),
      [],
    ],
    [
      "all scaled to none",
      runs({}, web(0, 0)),
      [
        "absent medium | release chalk-metadata-plane is deployed, and no pod of it is to run: deployment web",
      ],
    ],
    [
      "another release's workload",
      runs({}, web(1, 1, "other")),
      [
        "absent medium | release chalk-metadata-plane is deployed, and nothing in namespace chalk-metadata is marked as its own (annotation meta.helm.sh/release-name, label app.kubernetes.io/instance)",
      ],
    ],
    [
      "a job that failed once and was done then",
      runs(
        {
          ...pod("seed-1", { phase: "Failed" }, job("u")),
          ...pod("seed-2", { phase: "Succeeded" }, job("u")),
          ...pod("web-1", running),
        },
        web(1, 1),
      ),
      [],
    ],
    [
      "a job that failed",
      runs(
        {
          ...pod("seed-1", { phase: "Failed" }, job("u")),
          ...pod("seed-2", { phase: "Succeeded" }, job("v")),
          ...pod("web-1", running),
        },
        web(1, 1),
      ),
      ["changed medium | pod seed-1 of release chalk-metadata-plane does not run: Failed"],
    ],
    [
      "a pod whose image cannot be pulled",
      runs(
        pod(
          "api-2",
          { phase: "Pending", containerStatuses: [{ state: { waiting: { reason: "ImagePullBackOff" } } }] },
          instance,
        ),
      ),
      ["changed medium | pod api-2 of release chalk-metadata-plane does not run: Pending, ImagePullBackOff"],
    ],
  ])("%s", (_, change, expected) => {
    expect(said(change)).toEqual(expected);
  });
});

describe("a release that could not be read is not absent", () => {
  const kind = "kubernetes/helm-release";
  const about = { kind, api: "GET x", cause: "denied", detail: "answered 403" } as const;
  const none: State = { [kind]: { [`chalk-metadata/${PLANE}`]: undefined } };
  const outcome = (change: State, unread: Unread) =>
    reportOn(account, changed(cluster, change), { unread: [unread] }).controls.find(({ id }) =>
      id.endsWith("/metadata-release"),
    )?.outcome;

  it.each<[string, State, Unread, string]>([
    ["a storage refused", none, { ...about, id: "secrets", permission: "list secrets" }, "unknown"],
    [
      "its record refused",
      none,
      { ...about, id: `chalk-metadata/${PLANE}`, permission: "get secrets" },
      "unknown",
    ],
    ["another's record refused", none, { ...about, id: "chalk-metadata/other" }, "fail"],
    ["a storage refused, and it stands in the other", {}, { ...about, id: "configmaps" }, "pass"],
  ])("%s", (_, change, unread, expected) => {
    expect(outcome(change, unread)).toBe(expected);
  });
});

describe("kubernetes/helm-release", () => {
  it.each<[string, string, State, readonly string[]]>([
    [
      "metadata-release",
      "failed",
      edited(cluster, "kubernetes/helm-release", "chalk-metadata/chalk-metadata-plane", {
        status: "failed",
        revision: 4,
        deployedRevision: 3,
      }),
      [
        "changed medium | revision 4 of release chalk-metadata-plane is failed, not deployed; revision 3 is still deployed | helm status chalk-metadata-plane --namespace chalk-metadata | helm rollback chalk-metadata-plane 3 --namespace chalk-metadata",
      ],
    ],
    [
      "metadata-release",
      "hangs",
      edited(cluster, "kubernetes/helm-release", "chalk-metadata/chalk-metadata-plane", {
        status: "pending-upgrade",
      }),
      [
        "changed medium | revision 3 of release chalk-metadata-plane is pending-upgrade, not deployed; no older revision is deployed | helm status chalk-metadata-plane --namespace chalk-metadata",
      ],
    ],
    [
      "metadata-release",
      "in another namespace",
      {
        "kubernetes/helm-release": {
          "chalk-metadata/chalk-metadata-plane": undefined,
          "other/chalk-metadata-plane": release(
            "other",
            "chalk-metadata-plane",
            "chalk-metadata-plane",
            "0.1.2",
          ),
        },
      },
      [
        "absent medium | there is no Helm release chalk-metadata-plane in namespace chalk-metadata; there is one in other | helm list --namespace chalk-metadata",
      ],
    ],
  ])("%s: %s, with how to see it and what mends it", (control, _, change, expected) => {
    expect(found(control, change)).toEqual(expected);
  });

  it.each(["metadata-release"])("%s: nothing of the installation as documented", (control) => {
    expect(found(control, {})).toEqual([]);
  });
});
