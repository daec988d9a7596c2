// of the whole library only what is used: every scan loads this, whatever its cloud
import type SemVer from "semver/classes/semver.js";
import coerce from "semver/functions/coerce.js";
import compare from "semver/functions/compare.js";
import parse from "semver/functions/parse.js";
import type { Facts } from "../../snapshot/facts.ts";
import { field, text } from "../../snapshot/value.ts";
import { type Release, releasesIn, releaseUnread } from "../../state/kubernetes/release.ts";
import { command } from "../../text/command.ts";
import { byText } from "../../text/order.ts";
import type { Observation } from "../../wording/observation.ts";
import type { Check } from "../define.ts";

interface Item {
  readonly chart: string;
  readonly version: string;
  readonly addon?: string;
  readonly title?: string;
}

interface Params {
  readonly charts: readonly Item[];
  readonly cluster?: string;
}

/** Something that stands for a chart: a release of it, or an add-on of the cluster's provider. */
interface Installed {
  readonly kind: "release" | "add-on";
  readonly id: string;
  readonly name: string;
  readonly namespace?: string;
  readonly version: string | undefined;
  readonly works: boolean;
  readonly status: string;
}

/**
 * A release counts by the chart that runs, whatever it is called: of one whose newest revision is not deployed while an
 * older one is, by that one's. One that was uninstalled is not there.
 */
function ofChart(releases: readonly Release[], chart: string): readonly Installed[] {
  return releases
    .filter((each) => (each.runs ?? each.chart) === chart && each.status !== "uninstalled")
    .map(({ id, name, namespace, version, status, deployedRevision }) => ({
      ...({ kind: "release", id, name, namespace, version, status } as const),
      works: status === "deployed" || deployedRevision !== undefined,
    }));
}

/** The EKS cluster that an add-on is of, where it says so. */
const clusterOf = (body: unknown) => text(field(body, "clusterName"));

/** The clusters of which there can be add-ons, where that are several and none is named: whose count is not told. */
function manyClusters(facts: Facts, wanted: string | undefined): readonly string[] {
  if (wanted !== undefined) return [];
  const names = new Set([
    ...facts.all("aws/eks-addon").flatMap(({ body }) => clusterOf(body) ?? []),
    // one without any add-on is no less one of several
    ...facts.all("aws/eks-cluster").flatMap(({ body }) => text(field(body, "name")) ?? []),
  ]);
  return names.size < 2 ? [] : [...names].sort(byText);
}

function addons(facts: Facts, name: string | undefined, cluster: string | undefined): readonly Installed[] {
  if (name === undefined || manyClusters(facts, cluster).length > 0) return [];
  const wanted = cluster?.slice(cluster.lastIndexOf("/") + 1);
  const isHere = (body: unknown) => wanted === undefined || (clusterOf(body) ?? wanted) === wanted;
  return facts
    .all("aws/eks-addon")
    .filter(({ body }) => field(body, "addonName") === name && isHere(body))
    .map(({ id, body }) => {
      const status = text(field(body, "status")) ?? "unknown";
      const version = text(field(body, "addonVersion")) ?? "";
      return {
        kind: "add-on",
        id,
        name,
        version,
        status,
        works: status === "ACTIVE" || status === "UPDATING",
      };
    });
}

/** `v1.2.3-eksbuild.1` and `1.2` as versions; undefined for what is none. */
function versionOf(written: string): SemVer | undefined {
  const build = written.trim().replace(/-eksbuild\.\d+$/, "");
  const full = parse(build, { loose: true });
  if (full !== null) return full;
  // `1.2` and `v1.2-rc1`; a number somewhere in a word is no version
  return /^v?\d{1,9}(?:\.\d{1,9})?(?:[-+][\w.+-]*)?$/.test(build)
    ? (coerce(build, { includePrerelease: true }) ?? undefined)
    : undefined;
}

/** How a version stands to the documented one: `1.0.0+` is at least that, `latest` is any. */
function compared(found: SemVer, documented: string): "as documented" | "older" | "newer" {
  if (documented === "latest") return "as documented";
  const open = documented.endsWith("+");
  const wanted = versionOf(documented.replace(/\+$/, ""));
  if (wanted === undefined) throw new Error(`"${documented}" is no version`);
  const order = compare(found, wanted);
  if (order < 0) return "older";
  return order === 0 || open ? "as documented" : "newer";
}

function verifyOf({ kind, name, namespace }: Installed): string {
  return kind === "add-on"
    ? command("aws", "eks", "describe-addon", "--addon-name", name, "--cluster-name", "CLUSTER")
    : command("helm", "list", "--namespace", namespace ?? "", "--filter", `^${name}$`);
}

function* judge(installed: Installed, item: Item, at: string): Iterable<Observation> {
  const { kind, id, name, version, works, status } = installed;
  const what = kind === "add-on" ? `EKS add-on ${name}` : `release ${id}`;
  const base = {
    resource: { type: kind === "add-on" ? "AWS::EKS::Addon" : "HelmRelease", id, name },
    at,
    verify: verifyOf(installed),
  } as const;
  if (!works) {
    yield {
      ...base,
      kind: "drift",
      drift: "changed",
      message: `chart ${item.chart}: ${what} is ${status}`,
      property: "status",
      expected: kind === "add-on" ? "ACTIVE" : "deployed",
      actual: status,
      remediation: { text: "Look at what failed, and upgrade or roll back.", commands: [] },
    };
  }
  const found = version === undefined ? undefined : versionOf(version);
  if (version === undefined || found === undefined) {
    yield {
      ...base,
      kind: "unknown",
      message:
        version === undefined
          ? `chart ${item.chart}: ${what} is ${status}, and which version of it runs could not be read`
          : `chart ${item.chart}: ${what} has the version "${version}", which is none that can be compared`,
      property: "version",
      decide: `compare it with ${item.version} by hand`,
    };
    return;
  }
  // the version of an add-on is the program's, not the chart's: it says nothing of a pinned chart
  const how = kind === "add-on" ? "as documented" : compared(found, item.version);
  if (how === "as documented") return;
  yield {
    ...base,
    kind: "drift",
    drift: "changed",
    ...(how === "newer" ? { severity: "low" as const } : {}),
    message: `chart ${item.chart}: ${what} is version ${version}, ${how} than the documented ${item.version}`,
    property: "version",
    expected: item.version,
    actual: version,
    remediation: {
      text:
        how === "newer"
          ? "Leave it if the newer version was tried; the document does not know it."
          : "Upgrade the release to the documented version; read the chart's notes of the versions in between.",
      commands: [],
    },
  };
}

/** The documented charts are installed, in the documented versions. */
export const helmCharts: Check = {
  id: "kubernetes/helm-charts",
  cloud: "kubernetes",
  title: "The documented charts are installed, in the documented versions",
  help: `A chart is there when some release of it is, whatever that is called and in whatever namespace, or, where the document's item names one, an add-on of EKS. A leading \`v\` makes no difference; \`1.0.0+\` is that version or any newer one, \`latest\` any at all. An older version is drift, a newer one low. Of a release whose newest revision is not deployed while an older one still is, that one's chart and version count. Of an add-on the version is the program's and not the chart's, so it is not compared.

Two releases of one chart are both judged.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["charts"],
    properties: {
      cluster: {
        type: "string",
        minLength: 1,
        description: "name or ARN of the EKS cluster whose add-ons count; absent: the only one",
      },
      charts: {
        type: "array",
        minItems: 1,
        items: {
          type: "object",
          additionalProperties: false,
          required: ["chart", "version"],
          properties: {
            chart: { type: "string", minLength: 1, description: "name of the chart" },
            version: {
              type: "string",
              pattern: "^(?:latest|v?\\d+\\.\\d+(?:\\.\\d+)?\\+?)$",
              description: "1.2.3, 1.2.3+ or latest",
            },
            addon: { type: "string", minLength: 1, description: "add-on of EKS that stands for it as well" },
            title: { type: "string", minLength: 1, description: "what the document calls it" },
          },
        },
      },
    },
  },
  needs: (params) => [
    "kubernetes/helm-release",
    ...((params as Params).charts.some(({ addon }) => addon !== undefined)
      ? (["aws/eks-addon", "aws/eks-cluster"] as const)
      : []),
  ],
  tolerates: ["aws/eks-addon", "aws/eks-cluster"],
  drifts: {
    absent: {
      short: "A documented chart is not installed.",
      help: "No release of the chart and no add-on in its place was found. It may have been installed without Helm, which leaves no record.",
    },
    changed: {
      short: "A chart has another version than documented, or its release does not work.",
      help: "An older version may lack what the vendor's software uses; a newer one was not tried by the vendor.",
    },
  },
  run: function* (facts, rawParams): Iterable<Observation> {
    const { charts, cluster } = rawParams as Params;
    const releases = releasesIn(facts);
    for (const [index, item] of charts.entries()) {
      const at = `/charts/${index}`;
      const found = [...ofChart(releases, item.chart), ...addons(facts, item.addon, cluster)];
      for (const each of found) yield* judge(each, item, at);
      if (found.length > 0) continue;
      // one of the releases that could not be read may be of this chart
      const hidden = releaseUnread(facts);
      const unread = item.addon === undefined ? undefined : facts.unread("aws/eks-addon")[0];
      const shown = item.title === undefined ? item.chart : `${item.chart} (${item.title})`;
      const resource = { type: "HelmChart", id: `${facts.scope}#${item.chart}`, name: item.chart };
      if (hidden !== undefined) {
        yield {
          kind: "unknown",
          resource,
          message: `no release of chart ${shown} is among those that could be read, and not all could: ${hidden.api}: ${hidden.detail}`,
          property: "chart",
          decide:
            hidden.permission === undefined ? "read it again" : `grant the scanner ${hidden.permission}`,
        };
        continue;
      }
      const several = item.addon === undefined ? [] : manyClusters(facts, cluster);
      if (several.length > 0) {
        yield {
          kind: "unknown",
          resource,
          message: `no release of chart ${shown} is installed, and whether add-on ${item.addon} of EKS stands for it is not told: there are the clusters ${several.join(", ")}`,
          property: "chart",
          decide: "name this one with --set cluster=NAME",
        };
        continue;
      }
      if (unread !== undefined) {
        yield {
          kind: "unknown",
          resource,
          message: `no release of chart ${shown} is installed, and whether add-on ${item.addon} of EKS stands for it is not known: ${unread.detail}`,
          property: "chart",
          decide:
            unread.permission === undefined
              ? "read AWS in the same run (--cloud aws,kubernetes)"
              : `grant the scanner ${unread.permission}`,
        };
        continue;
      }
      yield {
        kind: "drift",
        drift: "absent",
        resource,
        message: `no release of chart ${shown} is installed${item.addon === undefined ? "" : `, and no add-on ${item.addon} of EKS`}`,
        property: "chart",
        expected: item.version,
        actual: null,
        at,
        verify: command("helm", "list", "--all-namespaces"),
        remediation: {
          text: `Install chart ${item.chart}${item.version === "latest" ? "" : ` ${item.version.replace(/\+$/, " or newer")}`}.`,
          commands: [],
        },
      };
    }
    yield { kind: "assessed", count: charts.length, what: "charts" };
  },
};
