import { relative } from "node:path";
import { PROVIDERS, type Provider } from "../../access/policy.ts";
import { readSnapshot } from "../../snapshot/read.ts";
import type { Snapshot } from "../../snapshot/snapshot.ts";
import { didYouMean } from "../../text/nearest.ts";
import type { Config } from "../line/config.ts";
import { UsageError } from "../line/errors.ts";
import { type GivenOptions, inOrder } from "../line/options.ts";
import { one, oneOf, pathFrom } from "../line/settings.ts";
import { readText } from "../output/files.ts";

/** A target of the config file, or what the command line alone says. */
export interface ChosenTarget {
  readonly name?: string;
  /** The clouds that the config file gives the target. */
  readonly clouds?: readonly Provider[];
  readonly options: GivenOptions;
}

/** The targets of a run. @throws UsageError for one that the config file does not name */
export function chooseTargets(given: GivenOptions, config: Config): readonly ChosenTarget[] {
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
    return {
      name,
      ...(own.has("cloud") ? { clouds: cloudsAsked(own) ?? [] } : {}),
      options: inOrder(given, own, config.options),
    };
  });
}

/** The recorded state that a target names. @throws UsageError, SnapshotError */
export async function readSnapshots(options: GivenOptions, cwd: string): Promise<Snapshot[]> {
  const given = options.get("snapshot");
  const snapshots: Snapshot[] = [];
  for (const value of given?.values ?? []) {
    const path = given === undefined ? value : pathFrom(given, value, cwd);
    const shown = given?.base === undefined ? value : relative(cwd, path) || value;
    const snapshot = readSnapshot(await readText(path, "snapshot", shown), shown);
    requireSame(snapshot, options, shown);
    snapshots.push(snapshot);
  }
  return snapshots;
}

/**
 * What is given beside a snapshot must be the snapshot's.
 * @throws UsageError naming both
 */
// A recorded state judged as if it were another subscription's or namespace's would be drift from end to end.
export function requireSame(snapshot: Snapshot, options: GivenOptions, shown: string): void {
  const guid = (text: string) => /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(text)?.[0].toLowerCase();
  const differ = (what: string, flag: string, wanted?: string, recorded?: string): void => {
    if (wanted === undefined || recorded === undefined || wanted === recorded) return;
    throw new UsageError(
      `${shown}: the snapshot is of ${what} ${recorded}, not of --${flag} ${wanted}; leave --${flag} out, or collect that one`,
    );
  };
  const subscription = one(options, "subscription");
  if (snapshot.provider === "azure" && subscription !== undefined)
    differ("subscription", "subscription", guid(subscription) ?? subscription, guid(snapshot.scope));
  if (snapshot.provider === "aws") {
    const [account, region] = snapshot.scope.split("/");
    differ("region", "region", one(options, "region"), region);
    const role = one(options, "role");
    const own = /^arn:[^:]*:iam::(\d{12}):/.exec(role ?? "")?.[1];
    if (own !== undefined && account !== undefined && own !== account)
      throw new UsageError(
        `${shown}: the snapshot is of account ${account}, not of ${own}, where --role ${role} is; name a role of that account, or collect the other`,
      );
  }
  if (snapshot.provider === "kubernetes") {
    differ("namespace", "namespace", one(options, "namespace"), snapshot.scope.split("/")[1]);
    const context = one(options, "context");
    // A context is a name in somebody's kubeconfig: whether it leads to this cluster, the snapshot cannot say.
    if (context !== undefined)
      throw new UsageError(
        `${shown}: the snapshot is of cluster ${snapshot.scope.split("/")[0]}, and whether that is --context ${context} cannot be told; leave --context out, or leave the snapshot out to read the cluster`,
      );
  }
}

/** The clouds that `--cloud` names, each once. @throws UsageError for one that is unknown */
export function cloudsAsked(options: GivenOptions): readonly Provider[] | undefined {
  const given = options.get("cloud");
  if (given === undefined) return undefined;
  return [...new Set(given.values.map((cloud) => oneOf(cloud, given.from, PROVIDERS)))];
}

/** The clouds that are read live for a target: its own, as the config file says, else all that are asked for. */
export function targetCloudsOf(target: ChosenTarget, wanted: readonly Provider[]): readonly Provider[] {
  const own = target.name === undefined ? undefined : target.clouds;
  if (own === undefined) return wanted;
  const reached = wanted.filter((cloud) => own.includes(cloud));
  if (reached.length > 0) return reached;
  throw new UsageError(
    `target ${target.name} is of ${own.join(", ")}, and --cloud ${wanted.join(",")} was asked for`,
  );
}
