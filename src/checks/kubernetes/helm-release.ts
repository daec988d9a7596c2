import type { Facts } from "../../snapshot/facts.ts";
import { type Release, releasesIn, releaseUnread } from "../../state/kubernetes/release.ts";
import { type Part, type Pod, partsOf } from "../../state/kubernetes/running.ts";
import { command } from "../../text/command.ts";
import { plural } from "../../text/count.ts";
import { didYouMean } from "../../text/nearest.ts";
import type { Observation } from "../../wording/observation.ts";
import type { Check } from "../define.ts";

/** What tells whether a release runs. */
const KINDS = ["kubernetes/workload", "kubernetes/pod"] as const;

interface Params {
  readonly namespace: string;
  readonly name: string;
}

function statusOf(release: Release): Observation {
  const { id, name, namespace, revision, status, deployedRevision } = release;
  const runs =
    deployedRevision === undefined
      ? "; no older revision is deployed"
      : `; revision ${deployedRevision} is still deployed`;
  return {
    kind: "drift",
    drift: "changed",
    resource: { type: "HelmRelease", id, name },
    message: `revision ${revision} of release ${name} is ${status}, not deployed${runs}`,
    property: "status",
    expected: "deployed",
    actual: status,
    at: "/name",
    verify: command("helm", "status", name, "--namespace", namespace),
    remediation: {
      text:
        status === "uninstalled"
          ? "Install the release again."
          : status.startsWith("pending")
            ? "Look whether somebody installs or upgrades it at this moment; else roll it back."
            : "Look at the failed hook or object, and upgrade or roll back.",
      commands:
        deployedRevision === undefined
          ? []
          : [command("helm", "rollback", name, String(deployedRevision), "--namespace", namespace)],
    },
  };
}

/** Pods that a message names of those that do not run. */
const SHOWN = 3;

const shown = (pods: readonly Pod[]): string => {
  const named = pods.slice(0, SHOWN).map(({ name, trouble }) => `${name} ${trouble}`);
  return [...named, ...(pods.length > SHOWN ? [`${pods.length - SHOWN} more`] : [])].join("; ");
};

function* judge(facts: Facts, release: Release): Iterable<Observation> {
  const { id, name, namespace } = release;
  const resource = { type: "HelmRelease", id, name };
  if (release.status !== "deployed") yield statusOf(release);
  if (release.status === "uninstalled") return;
  const unread = KINDS.flatMap((kind) => facts.unread(kind, `${namespace}/*`).slice(0, 1));
  for (const { kind, api, detail, permission } of unread) {
    yield {
      kind: "unknown",
      resource,
      message: `whether the pods of release ${name} run could not be read: ${api}: ${detail}`,
      property: `pods:${kind}`,
      decide: permission === undefined ? "read them again" : `grant the scanner ${permission}`,
    };
  }
  if (unread.length > 0) return;
  const { workloads, others } = partsOf(facts, release);
  const troubled = [
    ...workloads.flatMap((each) => notReady(each, name)),
    ...others
      .filter((pod) => pod.trouble !== undefined && !isRetried(pod, others))
      .map((pod) => notRunning(pod, name)),
  ];
  yield* troubled;
  const runs =
    workloads.some(({ desired }) => desired > 0) ||
    others.some(({ phase, leaves }) => phase === "Running" && leaves === undefined);
  if (!runs && troubled.length === 0 && release.status === "deployed") yield nothingRuns(release, workloads);
  const pods = workloads.reduce((n, each) => n + each.pods.length, others.length);
  yield { kind: "assessed", count: 1 + pods, what: "releases and pods" };
}

/** A workload of which fewer pods are ready than it wants, or one of whose pods hangs beside those that are. */
function notReady(workload: Part, release: string): readonly Observation[] {
  const { kind, name, namespace, ready, desired, pods } = workload;
  const enough = ready >= desired;
  // a pod that was evicted stays listed while its successor does the work
  const troubled = pods.filter((pod) => pod.trouble !== undefined && !(enough && pod.phase === "Failed"));
  if (enough && troubled.length === 0) return [];
  const [first] = troubled;
  const what = kind.toLowerCase();
  return [
    {
      kind: "drift",
      drift: "changed",
      resource: { type: kind, id: `${namespace}/${name}`, name },
      message: `${what} ${name} of release ${release}: ${ready} of ${plural(desired, "pod")} ready: ${troubled.length === 0 ? "no pod says why" : shown(troubled)}`,
      property: "ready",
      expected: desired,
      actual: ready,
      at: "/name",
      verify: command("kubectl", "get", what, name, "--namespace", namespace),
      remediation: {
        text: "Look at its events and at the log of the last container.",
        commands:
          first === undefined
            ? [command("kubectl", "describe", what, name, "--namespace", namespace)]
            : [
                command("kubectl", "describe", "pod", first.name, "--namespace", namespace),
                command("kubectl", "logs", first.name, "--namespace", namespace, "--previous"),
              ],
      },
    },
  ];
}

/** A pod of a job that failed, where another one of that job did the work. */
function isRetried({ phase, owner }: Pod, others: readonly Pod[]): boolean {
  return (
    phase === "Failed" &&
    owner?.kind === "Job" &&
    others.some((each) => each.owner?.uid === owner.uid && each.phase === "Succeeded")
  );
}

function notRunning({ name, namespace, trouble = "" }: Pod, release: string): Observation {
  return {
    kind: "drift",
    drift: "changed",
    resource: { type: "Pod", id: `${namespace}/${name}`, name },
    message: `pod ${name} of release ${release} does not run: ${trouble}`,
    property: "phase",
    expected: "Running, ready",
    actual: trouble,
    at: "/name",
    verify: command("kubectl", "describe", "pod", name, "--namespace", namespace),
    remediation: {
      text: "Look at its events and at the log of its last container.",
      commands: [command("kubectl", "logs", name, "--namespace", namespace, "--previous")],
    },
  };
}

function nothingRuns({ id, name, namespace }: Release, workloads: readonly Part[]): Observation {
  const asleep = workloads.map(({ kind, name: own }) => `${kind.toLowerCase()} ${own}`).join(", ");
  return {
    kind: "drift",
    drift: "absent",
    resource: { type: "HelmRelease", id, name },
    message:
      workloads.length === 0
        ? `release ${name} is deployed, and nothing in namespace ${namespace} is marked as its own (annotation meta.helm.sh/release-name, label app.kubernetes.io/instance)`
        : `release ${name} is deployed, and no pod of it is to run: ${asleep}`,
    property: "pods",
    expected: "pods that run",
    actual: null,
    at: "/name",
    verify: command("kubectl", "get", "deployments,pods", "--namespace", namespace),
    remediation: { text: "Look at the deployments and events of the namespace.", commands: [] },
  };
}

/** The newest revision of a release is deployed, and its pods run. */
export const helmRelease: Check = {
  id: "kubernetes/helm-release",
  cloud: "kubernetes",
  title: "A Helm release is deployed and its pods run",
  help: `Of a release the newest revision counts: it must be \`deployed\`. One that failed, hangs or was uninstalled with its history kept is drift, and which older revision still runs is said. Every workload that Helm marked as the release's (annotation \`meta.helm.sh/release-name\`), or whose label \`app.kubernetes.io/instance\` (or \`release\`) names it, must have as many ready pods as it wants, and no pod that hangs; other pods with such a label must run, or have done their work.

Of Helm's record only name, revision, status and chart are kept. Releases that Helm keeps in ConfigMaps (\`HELM_DRIVER=configmap\`) are read too.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["namespace", "name"],
    properties: {
      namespace: { type: "string", minLength: 1 },
      name: { type: "string", minLength: 1, description: "name of the release" },
    },
  },
  needs: () => ["kubernetes/helm-release", ...KINDS],
  narrows: (params) => {
    const here = [`${(params as Params).namespace}/*`];
    // releases are all read: one of that name in another namespace is said
    return { names: { "kubernetes/pod": here, "kubernetes/workload": here } };
  },
  tolerates: KINDS,
  drifts: {
    absent: {
      short: "The release is not there, or has no pods.",
      help: "Nothing was installed under that name in that namespace, by Helm; or what it installed has no pods.",
    },
    changed: {
      short: "The release is not deployed, or a pod of it does not run.",
      help: "The last upgrade failed or hangs, or pods crash. What runs may be an older revision.",
    },
  },
  run: function* (facts, rawParams): Iterable<Observation> {
    const { namespace, name } = rawParams as Params;
    const all = releasesIn(facts);
    const release = all.find((each) => each.namespace === namespace && each.name === name);
    if (release !== undefined) {
      yield* judge(facts, release);
      return;
    }
    const id = `${namespace}/${name}`;
    const unread = releaseUnread(facts, id);
    if (unread !== undefined) {
      yield {
        kind: "unknown",
        resource: { type: "HelmRelease", id, name },
        message: `whether release ${id} is deployed could not be read: ${unread.api}: ${unread.detail}`,
        property: "release",
        decide: unread.permission === undefined ? "read it again" : `grant the scanner ${unread.permission}`,
      };
      return;
    }
    const elsewhere = all.filter((each) => each.name === name).map((each) => each.namespace);
    const near = didYouMean(
      name,
      all.filter((each) => each.namespace === namespace).map((each) => each.name),
    );
    yield {
      kind: "drift",
      drift: "absent",
      resource: { type: "HelmRelease", id, name },
      message: `there is no Helm release ${name} in namespace ${namespace}${elsewhere.length > 0 ? `; there is one in ${elsewhere.join(", ")}` : near}`,
      property: "release",
      expected: id,
      actual: null,
      at: "/name",
      verify: command("helm", "list", "--namespace", namespace),
      remediation: { text: "Install the chart under that name in that namespace.", commands: [] },
    };
  },
};
