import { relative, resolve } from "node:path";
import { PROVIDERS, type Provider } from "../../access/policy.ts";
import type { LoadedBaseline } from "../../baselines/baseline.ts";
import { listBundled, loadBaseline } from "../../baselines/bundled.ts";
import { type Dealt, dealOut, resolveControls } from "../../baselines/parameters.ts";
import type { Check } from "../../checks/define.ts";
import type { Extensions } from "../../plugins/define.ts";
import type { Snapshot } from "../../snapshot/snapshot.ts";
import type { Config } from "../line/config.ts";
import { UsageError } from "../line/errors.ts";
import { flags } from "../line/flags.ts";
import { type GivenOptions, inOrder, outweighs } from "../line/options.ts";
import { linkOut } from "../line/repository.ts";
import { assigned, assignments, one, oneOf } from "../line/settings.ts";
import { refusal } from "../line/trust.ts";
import type { Console } from "../output/progress.ts";
import { type AuditedCluster, bundledFor, coveredBy, editions, editionsOfClusters } from "./editions.ts";
import { fileParameters, givenPath } from "./given-files.ts";
import { namesFile } from "./inputs.ts";
import { bundled } from "./plugins.ts";
import { type KubernetesReach, reachKubernetes, type TargetReach, targetReachOf } from "./reach.ts";
import {
  type ChosenTarget,
  chooseTargets,
  cloudsAsked,
  readSnapshots,
  requireSame,
  targetCloudsOf,
} from "./targets.ts";

interface Target {
  /** Its name in the config file; absent for the one target of the command line. */
  readonly name?: string;
  /** Parameters as given, validated. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The same, dealt out among the baselines of the job. */
  readonly dealt: readonly Dealt[];
}

/** A target whose state was recorded: read and validated, one snapshot or more. */
export interface RecordedTarget extends Target {
  readonly kind: "recorded";
  readonly snapshots: readonly Snapshot[];
  /** Where a config file that was found says so; nobody asked for it at the prompt. */
  readonly recordedBy?: string;
  /** Where they were named, when that was not on the command line: nobody must take them for the live state. */
  readonly namedBy?: string;
}

/** A target whose state is to be read, from one cloud. */
export type LiveTarget = Target &
  TargetReach & {
    readonly kind: "live";
    /** The clouds that a cluster's nodes tell, where they were asked. */
    readonly edition?: readonly Provider[];
  };

export type TargetJob = RecordedTarget | LiveTarget;

/** Everything that a scan needs to know before it reads a cloud. */
export interface Job {
  readonly clouds: readonly Provider[];
  readonly baselines: readonly LoadedBaseline[];
  readonly profile?: string;
  readonly targets: readonly TargetJob[];
  /** What is bundled, and what plugins add. */
  readonly extensions: Extensions;
}

export interface Preparation {
  /** What plugins add; absent: nothing. */
  readonly extensions?: Extensions;
  /** Recorded state that is at hand already, in place of `--snapshot`. */
  readonly recorded?: readonly Snapshot[];
  /** Files that parameters name are judged, with or without a cloud. */
  readonly files?: true;
  /** Asks a live cluster for the clouds that its nodes tell. Absent: nothing is judged, so nothing depends on it. */
  readonly edition?: (reach: KubernetesReach) => Promise<readonly Provider[]>;
}

/**
 * Works out what to audit. Everything that the user wrote is read and validated here, before any state is read; only
 * which cloud a cluster runs in is asked for, where the baseline depends on it.
 * @throws UsageError, BaselineError, ParameterError, SnapshotError; CollectError for a cluster that cannot be asked
 */
export async function prepare(
  given: GivenOptions,
  config: Config,
  cwd: string,
  preparation: Preparation = {},
): Promise<Job> {
  const options = inOrder(given, config.options);
  const extensions = preparation.extensions ?? bundled;
  const { checks } = extensions;
  const asked = cloudsAsked(options);
  const chosen = chooseTargets(given, config);
  const snapshots: Snapshot[][] = [];
  for (const target of chosen) {
    for (const snapshot of preparation.recorded ?? [])
      requireSame(snapshot, target.options, `snapshot of ${snapshot.scope}`);
    snapshots.push(preparation.recorded?.slice() ?? (await readSnapshots(target.options, cwd)));
  }

  const profile = one(options, "profile-set");
  const named = onlyOnce(
    (options.get("baseline")?.values ?? []).map((spec) => baselineNamed(spec, options, cwd, checks)),
  );
  const filesAlone =
    preparation.files === true &&
    asked === undefined &&
    snapshots.every((each) => each.length === 0) &&
    chosen.every(({ clouds }) => clouds === undefined) &&
    named.some(({ baseline }) => fileParameters(baseline).some((name) => assignments(options).has(name)));
  const wanted = new Set<Provider>(filesAlone ? [] : (asked ?? cloudsMeant(chosen, snapshots, named)));
  if (filesAlone) {
    requireUse(given, { read: [], recorded: [] });
    const targets = chosen.map((target): RecordedTarget => {
      const own = parametersOf(named, target.options, profile, cwd);
      return { ...nameOf(target), ...own, kind: "recorded", snapshots: [] };
    });
    return {
      clouds: [],
      baselines: named,
      targets,
      extensions,
      ...(profile === undefined ? {} : { profile }),
    };
  }
  if (wanted.size === 0) {
    throw new UsageError(
      `expected --cloud CLOUD, what to audit (this version: ${PROVIDERS.join(", ")}); see --help`,
    );
  }
  const places = chosen.flatMap((target, i): Place[] => {
    const recorded = snapshots[i] ?? [];
    // Recorded state says itself what it is of; live, each cloud is a target of its own.
    const [first] = recorded;
    if (first !== undefined) return [{ target, recorded, cloud: first.provider, ...nameOf(target) }];
    const reached = targetCloudsOf(target, [...wanted]);
    return reached.map((cloud) => ({
      target,
      recorded,
      cloud,
      ...nameOf(target, reached.length > 1 ? cloud : undefined),
    }));
  });
  requireUse(given, {
    read: places.filter((place) => place.recorded.length === 0).map((place) => place.cloud),
    recorded: places.flatMap((place) => place.recorded.map(({ provider }) => provider)),
  });
  const clusters = places.flatMap((place) =>
    clustersOf(place, reachKubernetes(place.target.options, cwd), preparation),
  );

  const baselines = named.length > 0 ? named : await bundledForAll(wanted, clusters, preparation);
  checkFit(wanted, baselines, snapshots.flat(), profile, checks);
  const rivals =
    preparation.edition !== undefined && wanted.has("kubernetes") && areRivals(baselines, profile, checks);

  const targets: TargetJob[] = [];
  for (const place of places) {
    const { target, recorded, cloud, name } = place;
    const own = {
      ...(name === undefined ? {} : { name }),
      ...parametersOf(baselines, target.options, profile, cwd),
    };
    if (recorded.length > 0) {
      // What is wrong in an option is said, whether or not this run needs it.
      for (const each of PROVIDERS) targetReachOf(each, baselines, target.options, cwd);
      const from = preparation.recorded === undefined ? target.options.get("snapshot")?.from : undefined;
      const namedBy = from === undefined || from === "--snapshot" ? {} : { namedBy: from };
      targets.push({ ...own, kind: "recorded", snapshots: recorded, ...namedBy, ...recordedBy(target) });
      continue;
    }
    const reach = targetReachOf(cloud, baselines, target.options, cwd);
    const edition =
      rivals && cloud === "kubernetes"
        ? await told(clusters.find((cluster) => cluster.place === place))
        : undefined;
    targets.push({ ...own, kind: "live", ...reach, ...(edition === undefined ? {} : { edition }) });
  }
  return {
    clouds: [...wanted],
    baselines,
    targets,
    extensions,
    ...(profile === undefined ? {} : { profile }),
  };
}

/** A target of one cloud, or the recorded state of a target. */
interface Place {
  readonly target: ChosenTarget;
  readonly recorded: readonly Snapshot[];
  readonly cloud: Provider;
  readonly name?: string;
}

/** The clusters of a place, each asked at most once. */
function clustersOf(
  place: Place,
  reach: KubernetesReach,
  { edition }: Preparation,
): readonly (AuditedCluster & { readonly place: Place })[] {
  if (place.recorded.length > 0) {
    return place.recorded
      .filter(({ provider }) => provider === "kubernetes")
      .map((snapshot) => ({
        place,
        label: `the snapshot of ${snapshot.scope}`,
        edition: async () => snapshot.edition ?? [],
      }));
  }
  if (place.cloud !== "kubernetes" || edition === undefined) return [];
  let asked: Promise<readonly Provider[]> | undefined;
  return [
    {
      place,
      label: place.name ?? "--cloud kubernetes",
      edition: () => {
        asked ??= edition(reach);
        return asked;
      },
    },
  ];
}

/** What the nodes of a cluster tell; nothing, when it cannot be asked: reading it will say why. */
async function told(cluster: AuditedCluster | undefined): Promise<readonly Provider[]> {
  return (await cluster?.edition().catch(() => [])) ?? [];
}

/** The bundled baselines of the clouds; of clusters alone, those of the clouds that they run in. */
async function bundledForAll(
  wanted: ReadonlySet<Provider>,
  clusters: readonly AuditedCluster[],
  { edition, recorded }: Preparation,
): Promise<readonly LoadedBaseline[]> {
  const own = [...wanted].filter((cloud) => cloud !== "kubernetes");
  if (own.length > 0) return own.map(bundledFor);
  // Without a verdict every edition counts: what they read of a cluster is recorded.
  if (edition === undefined && recorded === undefined && clusters.length === 0) return editions();
  return editionsOfClusters(clusters);
}

/** Whether the baselines of several clouds describe a cluster, so that its nodes decide. */
function areRivals(
  baselines: readonly LoadedBaseline[],
  profile: string | undefined,
  checks: readonly Check[],
): boolean {
  const found = baselines
    .filter((loaded) => coveredBy(loaded, profile, checks).includes("kubernetes"))
    .map(({ baseline }) => baseline.cloud)
    .filter((cloud) => cloud !== "kubernetes");
  return new Set(found).size > 1;
}

/** The clouds that are meant where none is asked for: those of the targets, else those of the baselines. */
function cloudsMeant(
  chosen: readonly ChosenTarget[],
  snapshots: readonly (readonly Snapshot[])[],
  named: readonly LoadedBaseline[],
): readonly Provider[] {
  return chosen.flatMap((target, i): readonly Provider[] => {
    const recorded = snapshots[i] ?? [];
    if (recorded.length > 0) return recorded.map(({ provider }) => provider);
    return target.clouds ?? named.map(({ baseline }) => baseline.cloud);
  });
}

function recordedBy({ options }: ChosenTarget): Pick<RecordedTarget, "recordedBy"> {
  const given = options.get("snapshot");
  return given?.repository === undefined ? {} : { recordedBy: given.from };
}

/** What a target is called, where it has a name: with its cloud when it is several targets. */
function nameOf(target: ChosenTarget, cloud?: Provider): { readonly name?: string } {
  if (target.name === undefined) return {};
  return { name: cloud === undefined ? target.name : `${target.name}/${cloud}` };
}

/** One baseline, named twice (by id, version or file), counts once. */
function onlyOnce(baselines: readonly LoadedBaseline[]): readonly LoadedBaseline[] {
  return [...new Map(baselines.toReversed().map((each) => [each.sha256, each])).values()].toReversed();
}

/**
 * A baseline of `--baseline`, or of the config file.
 * @throws UsageError where a config file that was found gives its own under the name of a bundled one (T5)
 */
export function baselineNamed(
  spec: string,
  options: GivenOptions,
  cwd: string,
  checks: readonly Check[],
): LoadedBaseline {
  const given = options.get("baseline");
  if (given === undefined || !namesFile(spec)) return loadBaseline(spec, checks);
  const away = linkOut(resolve(given.base ?? cwd, spec));
  if (away !== undefined)
    throw new UsageError(`${given.from}: the baseline ${spec} is ${away}; name the file itself`);
  if (given.base === undefined) return loadBaseline(spec, checks);
  // A file that the config file names lies beside it; reports name it from the working directory.
  const loaded = loadBaseline(relative(cwd, resolve(given.base, spec)) || spec, checks);
  if (given.repository === undefined) return loaded;
  const { id } = loaded.baseline;
  const namesakes = listBundled().filter((each) => each.id === id);
  // The same bytes replace nothing.
  if (namesakes.length === 0 || namesakes.some(({ sha256 }) => sha256 === loaded.sha256)) return loaded;
  throw new UsageError(
    refusal(
      { name: "baseline" },
      given,
      `${spec} calls itself ${id}, which comes with chalk-audit, and is another`,
    ),
  );
}

/**
 * What is given by hand and is about a cloud that is not looked at, or about how to reach one of which only recorded
 * state is judged, would be passed over in silence. The environment and a config file are for several runs.
 * @throws UsageError
 */
export function requireUse(
  given: GivenOptions,
  { read, recorded }: { readonly read: readonly Provider[]; readonly recorded: readonly Provider[] },
): void {
  const looked = [...new Set([...read, ...recorded])];
  for (const { name, cloud, live, choices } of flags) {
    const option = `--${name}`;
    const asked = given.get(name);
    if (cloud === undefined || asked?.from !== option) continue;
    // a slip is said before that it would not have mattered
    if (choices !== undefined) for (const value of asked.values) oneOf(value, option, choices);
    if (read.includes(cloud) || (recorded.includes(cloud) && live !== true)) continue;
    throw new UsageError(
      recorded.includes(cloud)
        ? `${option}: says how to reach ${cloud}, and of that only recorded state is judged; leave out ${option} or the snapshot`
        : `${option}: is about ${cloud}, and only ${looked.length === 0 ? "files are" : `${looked.join(" and ")} is`} looked at; leave it out, or ask for --cloud ${cloud}`,
    );
  }
}

/** A baseline, a snapshot or a cloud that none of the others is about would be passed over in silence. */
function checkFit(
  wanted: ReadonlySet<Provider>,
  baselines: readonly LoadedBaseline[],
  snapshots: readonly Snapshot[],
  profile: string | undefined,
  checks: readonly Check[],
): void {
  const asked = `--cloud ${[...wanted].join(",")}`;
  for (const snapshot of snapshots) {
    if (!wanted.has(snapshot.provider)) {
      throw new UsageError(
        `the snapshot of ${snapshot.scope} is of ${snapshot.provider}, and ${asked} was asked for`,
      );
    }
  }
  for (const loaded of baselines) {
    const covered = coveredBy(loaded, profile, checks);
    if (!covered.some((cloud) => wanted.has(cloud))) {
      throw new UsageError(
        `baseline ${loaded.baseline.id} is about ${covered.join(" and ")}, and ${asked} was asked for`,
      );
    }
  }
  for (const cloud of wanted) {
    if (baselines.some((loaded) => coveredBy(loaded, profile, checks).includes(cloud))) continue;
    const ids = baselines.map(({ baseline }) => baseline.id).join(", ");
    throw new UsageError(
      `${cloud} was asked for, and no control of ${ids} is about it; add a --baseline that is, or leave it out of --cloud`,
    );
  }
}

/** `--set`, and the flags that stand for a parameter; dealt out among the baselines, and validated against each. */
function parametersOf(
  baselines: readonly LoadedBaseline[],
  options: GivenOptions,
  profile: string | undefined,
  cwd: string,
): Pick<Target, "parameters" | "dealt"> {
  const set = assigned(options);
  const values = assignments(options);
  for (const { baseline } of baselines) {
    for (const name of fileParameters(baseline)) {
      const found = set.get(name);
      if (found !== undefined) values.set(name, givenPath(name, found.value, found.given, cwd));
    }
    for (const [name, { flag }] of Object.entries(baseline.parameters)) {
      const own = flag === undefined ? undefined : options.get(flag);
      const value = own?.values.at(-1);
      if (own === undefined || value === undefined) continue;
      const found = set.get(name);
      if (found === undefined || outweighs(own, found.given)) values.set(name, value);
    }
  }
  const parameters = Object.fromEntries(values);
  const plain = baselines.map(({ baseline }) => baseline);
  const dealt = dealOut(plain, parameters, profile);
  dealt.forEach((own, i) => {
    const baseline = plain[i];
    if (baseline !== undefined) resolveControls(baseline, own.given, own.profile);
  });
  return { parameters, dealt };
}

/**
 * Recorded state that a config file of the repository puts in place of a cloud, and a cluster of its choice, are never
 * taken in silence (T4).
 */
export function sayChosen(job: Pick<Job, "targets">, console: Pick<Console, "warn">): void {
  for (const target of job.targets) {
    if (
      target.kind === "live" &&
      target.cloud === "kubernetes" &&
      target.kubernetes.kubeconfigBy !== undefined
    )
      console.warn(
        `chalk-audit: ${target.kubernetes.kubeconfigBy}: the cluster that is asked is the one of the repository's own kubeconfig ${target.kubernetes.kubeconfig ?? ""}`,
      );
    if (target.kind !== "recorded" || target.recordedBy === undefined) continue;
    const of = target.snapshots.map(({ scope, takenAt }) => `${scope}, taken ${takenAt}`).join("; ");
    console.warn(
      `chalk-audit: ${target.recordedBy}: ${target.name === undefined ? "" : `${target.name} is `}recorded state, and no cloud is asked: ${of}`,
    );
  }
}
