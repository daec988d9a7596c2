import { relative, resolve } from "node:path";
import type { Provider } from "../access/policy.ts";
import type { LoadedBaseline } from "../baselines/baseline.ts";
import { defaultBaseline, loadBaseline } from "../baselines/bundled.ts";
import { dealOut, resolveControls } from "../baselines/parameters.ts";
import { trustedPrincipals } from "../checks/iam/trust.ts";
import { checks } from "../checks/registry.ts";
import type { CollectPlan } from "../collectors/define.ts";
import { readSnapshot } from "../snapshot/read.ts";
import type { DocumentKind, Snapshot } from "../snapshot/snapshot.ts";
import type { Config } from "./config.ts";
import { UsageError } from "./errors.ts";
import { readText } from "./files.ts";
import { namesFile } from "./inputs.ts";
import { didYouMean } from "./nearest.ts";
import { azureClouds, clouds, type GivenOptions, inOrder } from "./options.ts";
import { assignments, choice, one, oneOf, pathFrom } from "./settings.ts";

/** How to reach one Azure subscription. */
export interface AzureReach {
  readonly subscription?: string;
  readonly tenant?: string;
  readonly cloud: (typeof azureClouds)[number];
  readonly endpoint?: string;
}

/** How to reach one AWS account in one region. */
export interface AwsReach {
  readonly region?: string;
  readonly profile?: string;
  readonly assumeRole?: string;
  readonly externalId?: string;
}

/** One target: recorded state, or how to reach the live one. */
export interface TargetJob {
  /** Its name in the config file; absent for the one target of the command line. */
  readonly name?: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Recorded state, read and validated. Empty: the target is live. */
  readonly snapshots: readonly Snapshot[];
  /** The cloud to read live. */
  readonly cloud: Provider;
  readonly azure: AzureReach;
  readonly aws: AwsReach;
}

/** Everything that a scan needs to know before it reads a cloud. */
export interface Job {
  readonly clouds: readonly Provider[];
  readonly baselines: readonly LoadedBaseline[];
  readonly profile?: string;
  readonly targets: readonly TargetJob[];
}

/**
 * Works out what to audit. Everything that the user wrote is read and validated here, before any cloud is asked.
 * @param recorded recorded state that is at hand already, in place of `--snapshot`
 * @throws UsageError, BaselineError, ParameterError, SnapshotError
 */
export async function prepare(
  given: GivenOptions,
  config: Config,
  cwd: string,
  recorded?: readonly Snapshot[],
): Promise<Job> {
  const options = inOrder(given, config.options);
  const asked = options
    .get("cloud")
    ?.values.map((cloud) => available(cloud, options.get("cloud")?.from ?? "--cloud"));
  const chosen = chooseTargets(given, config);
  const snapshots: Snapshot[][] = [];
  for (const target of chosen)
    snapshots.push(recorded?.slice() ?? (await readSnapshots(target.options, cwd)));

  const named = onlyOnce(
    (options.get("baseline")?.values ?? []).map((spec) => baselineNamed(spec, options, cwd)),
  );
  const wanted = new Set<Provider>(
    asked ?? [
      ...chosen.flatMap((target) => target.clouds ?? []),
      ...named.map(({ baseline }) => baseline.cloud),
      ...snapshots.flat().map(({ provider }) => provider),
    ],
  );
  if (wanted.size === 0) {
    throw new UsageError(
      `expected --cloud CLOUD, what to audit (this version: ${AUDITED.join(", ")}); see --help`,
    );
  }
  for (const cloud of wanted) available(cloud, "--baseline or --snapshot");
  const baselines = named.length > 0 ? named : [...wanted].map(bundledFor);
  checkFit(wanted, baselines, snapshots.flat());

  const profile = one(options, "profile-set");
  const targets = chosen.flatMap((target, i): TargetJob[] => {
    const recordedHere = snapshots[i] ?? [];
    const parameters = parametersOf(baselines, target.options, profile);
    // Recorded state says itself what it is of; live, each cloud is a target of its own.
    const reached = recordedHere.length > 0 ? [[...wanted][0] ?? "azure"] : cloudsOf(target, [...wanted]);
    return reached.map((cloud) => ({
      ...nameOf(target, cloud, reached),
      parameters,
      snapshots: recordedHere,
      cloud,
      azure: reachAzure(baselines, target.options),
      aws: reachAws(baselines, target.options),
    }));
  });
  return { clouds: [...wanted], baselines, targets, ...(profile === undefined ? {} : { profile }) };
}

/** What a target is called, where it has a name: with its cloud when it is several targets. */
function nameOf(
  target: ChosenTarget,
  cloud: Provider,
  reached: readonly Provider[],
): { readonly name?: string } {
  if (target.name === undefined) return {};
  return { name: reached.length > 1 ? `${target.name}/${cloud}` : target.name };
}

/** The clouds that are read live for a target: its own, as the config file says, else all that are asked for. */
function cloudsOf(target: ChosenTarget, wanted: readonly Provider[]): readonly Provider[] {
  const own = target.name === undefined ? undefined : target.clouds;
  if (own === undefined) return wanted;
  const reached = wanted.filter((cloud) => own.includes(cloud));
  if (reached.length > 0) return reached;
  throw new UsageError(
    `target ${target.name} is of ${own.join(", ")}, and --cloud ${wanted.join(",")} was asked for`,
  );
}

/** The flag of the parameter that says whom to audit. */
const auditedFlag: Readonly<Partial<Record<Provider, string>>> = { azure: "principal", aws: "role" };

/** What the collector of a target's cloud must read for these baselines. */
export function planOf(job: Job, target: TargetJob): CollectPlan {
  const kinds = new Set<DocumentKind>();
  const roleNames = new Set<string>();
  const principals = new Set<string>();
  const trusted = new Set<string>();
  const dealt = dealOut(
    job.baselines.map(({ baseline }) => baseline),
    target.parameters,
    job.profile,
  );
  job.baselines.forEach(({ baseline }, i) => {
    const { controls, parameters } = resolveControls(baseline, dealt[i]?.given ?? {}, dealt[i]?.profile);
    for (const control of controls) {
      const check = checks.find((each) => each.id === control.check);
      if (check === undefined || !(check.cloud === "any" || job.clouds.includes(check.cloud))) continue;
      for (const kind of check.needs(control.with)) if (kind.startsWith(`${target.cloud}/`)) kinds.add(kind);
      const role: unknown = (control.with as { role?: unknown } | null)?.role;
      if (control.check === "azure/role-definition" && typeof role === "string") roleNames.add(role);
    }
    for (const principal of trustedPrincipals(controls)) trusted.add(principal);
    for (const [name, parameter] of Object.entries(baseline.parameters)) {
      const value = parameters[name];
      if (parameter.flag === auditedFlag[target.cloud] && value !== undefined) principals.add(value);
    }
  });
  return {
    kinds,
    roleNames: [...roleNames].sort(),
    principals: [...principals].sort(),
    trustedPrincipals: [...trusted].sort(),
  };
}

interface ChosenTarget {
  readonly name?: string;
  /** The clouds that the config file gives the target. */
  readonly clouds?: readonly Provider[];
  readonly options: GivenOptions;
}

function chooseTargets(given: GivenOptions, config: Config): readonly ChosenTarget[] {
  const asked = given.get("target");
  const known = [...config.targets.keys()];
  if (asked !== undefined && known.length === 0) {
    throw new UsageError(`${asked.from}: the config file names no targets`);
  }
  for (const name of asked?.values ?? []) {
    if (!config.targets.has(name)) {
      throw new UsageError(
        `${asked?.from}: unknown target "${name}"${didYouMean(name, known)} (known: ${known.join(", ")})`,
      );
    }
  }
  // A snapshot on the command line is what to audit; the targets of the file are then not asked for.
  if (known.length === 0 || (given.has("snapshot") && asked === undefined)) {
    return [{ options: inOrder(given, config.options) }];
  }
  const names = asked === undefined ? known : known.filter((name) => asked.values.includes(name));
  return names.map((name) => {
    const own = config.targets.get(name) ?? new Map();
    const clouds = own.get("cloud");
    return {
      name,
      ...(clouds === undefined
        ? {}
        : { clouds: clouds.values.map((cloud: string) => available(cloud, clouds.from)) }),
      options: inOrder(given, own, config.options),
    };
  });
}

async function readSnapshots(options: GivenOptions, cwd: string): Promise<Snapshot[]> {
  const given = options.get("snapshot");
  const snapshots: Snapshot[] = [];
  for (const value of given?.values ?? []) {
    const path = given === undefined ? value : pathFrom(given, value, cwd);
    const shown = given?.base === undefined ? value : relative(cwd, path) || value;
    const snapshot = readSnapshot(await readText(path, "snapshot", shown), shown);
    requireSame(snapshot, one(options, "subscription"), shown);
    snapshots.push(snapshot);
  }
  return snapshots;
}

/** A recorded state judged as if it were another subscription's would be drift from end to end. */
function requireSame(snapshot: Snapshot, subscription: string | undefined, shown: string): void {
  const guid = (text: string) => /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(text)?.[0].toLowerCase();
  if (subscription === undefined || snapshot.provider !== "azure") return;
  const [wanted, recorded] = [guid(subscription), guid(snapshot.scope)];
  if (wanted === undefined || recorded === undefined || wanted === recorded) return;
  throw new UsageError(
    `${shown}: the snapshot is of subscription ${recorded}, not of --subscription ${wanted}; leave --subscription out, or collect that one`,
  );
}

/** One baseline, named twice (by id, version or file), counts once. */
function onlyOnce(baselines: readonly LoadedBaseline[]): readonly LoadedBaseline[] {
  return [...new Map(baselines.toReversed().map((each) => [each.sha256, each])).values()].toReversed();
}

/** A baseline of `--baseline`, or of the config file. */
export function baselineNamed(spec: string, options: GivenOptions, cwd: string): LoadedBaseline {
  const base = options.get("baseline")?.base;
  if (base === undefined || !namesFile(spec)) return loadBaseline(spec, checks);
  // A file that the config file names lies beside it; reports name it from the working directory.
  return loadBaseline(relative(cwd, resolve(base, spec)) || spec, checks);
}

function bundledFor(cloud: Provider): LoadedBaseline {
  const id = defaultBaseline(cloud);
  if (id === undefined)
    throw new UsageError(`--cloud ${cloud}: no bundled baseline; name one with --baseline`);
  return loadBaseline(id, checks);
}

/** The clouds that this version audits; the policies of more are compared (`COMPARED`). */
const AUDITED: readonly Provider[] = ["azure", "aws"];

/** @throws UsageError for a cloud that is unknown, or that this version does not audit */
function available(value: string, from: string): Provider {
  const cloud = oneOf(value, from, clouds);
  if (!AUDITED.includes(cloud)) {
    throw new UsageError(`${from}: "${cloud}" is not in this version, which audits ${AUDITED.join(", ")}`);
  }
  return cloud;
}

/** A baseline or a snapshot of a cloud that was not asked for would be passed over in silence. */
function checkFit(
  wanted: ReadonlySet<Provider>,
  baselines: readonly LoadedBaseline[],
  snapshots: readonly Snapshot[],
): void {
  const asked = [...wanted].join(",");
  for (const { baseline } of baselines) {
    if (!wanted.has(baseline.cloud)) {
      throw new UsageError(
        `baseline ${baseline.id} is about ${baseline.cloud}, and --cloud ${asked} was asked for`,
      );
    }
  }
  for (const snapshot of snapshots) {
    if (!wanted.has(snapshot.provider)) {
      throw new UsageError(
        `the snapshot of ${snapshot.scope} is of ${snapshot.provider}, and --cloud ${asked} was asked for`,
      );
    }
  }
}

/** `--set`, and the flags that stand for a parameter; validated against every baseline. */
function parametersOf(
  baselines: readonly LoadedBaseline[],
  options: GivenOptions,
  profile: string | undefined,
): Record<string, string> {
  const set = assignments(options);
  for (const { baseline } of baselines) {
    for (const [name, parameter] of Object.entries(baseline.parameters)) {
      const value = parameter.flag === undefined ? undefined : one(options, parameter.flag);
      if (value !== undefined && !set.has(name)) set.set(name, value);
    }
  }
  const given = Object.fromEntries(set);
  const plain = baselines.map(({ baseline }) => baseline);
  dealOut(plain, given, profile).forEach((dealt, i) => {
    const baseline = plain[i];
    if (baseline !== undefined) resolveControls(baseline, dealt.given, dealt.profile);
  });
  return given;
}

function reachAzure(baselines: readonly LoadedBaseline[], options: GivenOptions): AzureReach {
  const scope = one(options, "subscription") ?? setFor("subscription", baselines, assignments(options));
  const subscription = /^\/subscriptions\/([^/]+)/i.exec(scope ?? "")?.[1] ?? scope;
  const tenant = one(options, "tenant");
  const endpoint = one(options, "azure-endpoint");
  return {
    cloud: choice(options, "azure-cloud", azureClouds) ?? "public",
    ...(subscription === undefined ? {} : { subscription }),
    ...(tenant === undefined ? {} : { tenant }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}

/** @throws UsageError for an external id without a role that it is for */
function reachAws(baselines: readonly LoadedBaseline[], options: GivenOptions): AwsReach {
  const region = one(options, "region") ?? setFor("region", baselines, assignments(options));
  const profile = one(options, "profile");
  const assumeRole = one(options, "assume-role");
  const externalId = one(options, "external-id");
  if (externalId !== undefined && assumeRole === undefined) {
    throw new UsageError(
      `${options.get("external-id")?.from}: expected --assume-role with it, the role that this tool reads with`,
    );
  }
  return {
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(assumeRole === undefined ? {} : { assumeRole }),
    ...(externalId === undefined ? {} : { externalId }),
  };
}

/** What `--set` gave to the parameter of a flag. */
function setFor(
  flag: string,
  baselines: readonly LoadedBaseline[],
  set: ReadonlyMap<string, string>,
): string | undefined {
  for (const { baseline } of baselines) {
    for (const [name, parameter] of Object.entries(baseline.parameters)) {
      const value = parameter.flag === flag ? set.get(name) : undefined;
      if (value !== undefined) return value;
    }
  }
  return undefined;
}
