import type { Facts } from "../../snapshot/facts.ts";
import { failing, podsOf, type Release, releasesIn } from "../../state/kubernetes/release.ts";
import { command } from "../../text/command.ts";
import { didYouMean } from "../../text/nearest.ts";
import type { Observation } from "../../wording/observation.ts";
import type { Check } from "../define.ts";

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

function* judge(facts: Facts, release: Release): Iterable<Observation> {
  const { id, name, namespace } = release;
  const resource = { type: "HelmRelease", id, name };
  if (release.status !== "deployed") yield statusOf(release);
  const unread = facts.unread("kubernetes/pod", `${namespace}/*`)[0] ?? facts.unread("kubernetes/pod")[0];
  const pods = podsOf(facts, release);
  if (unread !== undefined) {
    yield {
      kind: "unknown",
      resource,
      message: `whether the pods of release ${name} run could not be read: ${unread.api}: ${unread.detail}`,
      property: "pods",
      decide: `grant the scanner ${unread.permission ?? "list pods"}`,
    };
    return;
  }
  if (pods.length === 0 && release.status === "deployed") {
    yield {
      kind: "drift",
      drift: "absent",
      resource,
      message: `release ${name} is deployed, and no pod of namespace ${namespace} carries its label (app.kubernetes.io/instance=${name})`,
      property: "pods",
      expected: "pods that run",
      actual: null,
      at: "/name",
      verify: command("kubectl", "get", "pods", "--namespace", namespace),
      remediation: { text: "Look at the deployments and events of the namespace.", commands: [] },
    };
  }
  for (const { name: pod, why } of pods.flatMap((each) => failing(each) ?? [])) {
    yield {
      kind: "drift",
      drift: "changed",
      resource: { type: "Pod", id: `${namespace}/${pod}`, name: pod },
      message: `pod ${pod} of release ${name} does not run: ${why}`,
      property: "phase",
      expected: "Running, ready",
      actual: why,
      at: "/name",
      verify: command("kubectl", "describe", "pod", pod, "--namespace", namespace),
      remediation: {
        text: "Look at its events and at the log of its last container.",
        commands: [command("kubectl", "logs", pod, "--namespace", namespace, "--previous")],
      },
    };
  }
  yield { kind: "assessed", count: 1 + pods.length, what: "releases and pods" };
}

/** The newest revision of a release is deployed, and its pods run. */
export const helmRelease: Check = {
  id: "kubernetes/helm-release",
  cloud: "kubernetes",
  title: "A Helm release is deployed and its pods run",
  help: `Of a release the newest revision counts: it must be \`deployed\`. One that failed, hangs or was uninstalled with its history kept is drift, and which older revision still runs is said. Every pod with the label \`app.kubernetes.io/instance\` (or \`release\`) of the release must run and be ready; pods that have done their work do not count.

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
  needs: () => ["kubernetes/helm-release", "kubernetes/pod"],
  narrows: (params) => ({ names: { "kubernetes/pod": [`${(params as Params).namespace}/*`] } }),
  tolerates: ["kubernetes/pod"],
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
    const elsewhere = all.filter((each) => each.name === name).map((each) => each.namespace);
    const near = didYouMean(
      name,
      all.filter((each) => each.namespace === namespace).map((each) => each.name),
    );
    yield {
      kind: "drift",
      drift: "absent",
      resource: { type: "HelmRelease", id: `${namespace}/${name}`, name },
      message: `there is no Helm release ${name} in namespace ${namespace}${elsewhere.length > 0 ? `; there is one in ${elsewhere.join(", ")}` : near}`,
      property: "release",
      expected: `${namespace}/${name}`,
      actual: null,
      at: "/name",
      verify: command("helm", "list", "--namespace", namespace, "--all"),
      remediation: { text: "Install the chart under that name in that namespace.", commands: [] },
    };
  },
};
