import type { Provider } from "../access/policy.ts";
import { type Dealt, dealOut } from "../baselines/parameters.ts";
import type { Check } from "../checks/define.ts";
import { providers } from "../providers/registry.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { cloudsOf } from "./clouds.ts";
import type { AuditedSnapshot, AuditInput } from "./input.ts";
import type { Part } from "./run.ts";

/** A baseline's controls on one target, by cloud. Those of a cloud that is not in `parts` are listed on another target. */
export interface Share {
  /** Index of the baseline in the input. */
  readonly baseline: number;
  readonly parts: ReadonlyMap<Provider, Part>;
  /** The baseline's controls of files are judged here. */
  readonly files?: true;
}

/** A snapshot to be judged, or the place of one that was not given. */
export interface AuditSubject {
  readonly name: string;
  readonly snapshot: Snapshot;
  readonly shares: readonly Share[];
  /** The parameters of each baseline of the input. */
  readonly dealt: readonly Dealt[];
  /** Why these baselines were chosen, where it does not go without saying. */
  readonly notes: readonly string[];
  /** Absent: nothing was collected. */
  readonly source?: "live" | "snapshot";
  readonly namedBy?: string;
  /** It stands for files alone, and for no cloud. */
  readonly filesOnly?: true;
}

/** Names for the targets: as given, else cloud and scope; the second of one name gets a number. */
function targetNames(snapshots: readonly AuditedSnapshot[]): readonly string[] {
  const seen = new Map<string, number>();
  return snapshots.map(({ snapshot, name }) => {
    const base = name ?? `${snapshot.provider}:${snapshot.scope}`;
    const n = (seen.get(base) ?? 0) + 1;
    seen.set(base, n);
    return n === 1 ? base : `${base} (${n})`;
  });
}

interface Place {
  readonly name: string;
  readonly snapshot: Snapshot;
  /** The parameters of each baseline of the input. */
  readonly dealt: readonly Dealt[];
  readonly edition: readonly Provider[];
  readonly parts: Map<number, Map<Provider, Part>>;
  /** The baselines whose controls of files are judged here. */
  readonly files: Set<number>;
  readonly notes: string[];
  readonly source?: "live" | "snapshot";
  readonly namedBy?: string;
  readonly filesOnly?: true;
}

/**
 * Deals the controls of every baseline out to the targets: each control is judged on every target of its own cloud and
 * nowhere else. One whose cloud was not asked for is listed once, as skipped; one whose cloud was asked for and has no
 * target is listed on a target of its own, so that it does not vanish.
 *
 * Where baselines of several clouds describe a cluster, a cluster is judged by that of the cloud that its nodes tell.
 */
export function subjectsOf(
  input: Pick<AuditInput, "baselines" | "snapshots" | "clouds" | "parameters" | "profile" | "now">,
  checks: ReadonlyMap<string, Check>,
): readonly AuditSubject[] {
  const names = targetNames(input.snapshots);
  const places = input.snapshots.map(
    ({ snapshot, parameters, dealt, edition, source = "snapshot", namedBy }, i): Place => ({
      name: names[i] ?? snapshot.scope,
      snapshot,
      dealt: dealt ?? deal(input, parameters ?? input.parameters ?? {}),
      edition: edition ?? snapshot.edition ?? [],
      parts: new Map(),
      files: new Set(),
      notes: [],
      source,
      ...(namedBy === undefined ? {} : { namedBy }),
    }),
  );
  const empty = new Map<Provider, Place>();
  const emptyPlace = (cloud: Provider): Place => {
    const place = empty.get(cloud) ?? nothingCollected(cloud, input);
    empty.set(cloud, place);
    return place;
  };
  // where no cloud was asked for, files are what is judged
  const placeWithoutCloud = (cloud: Provider): Place => {
    if (input.clouds.length > 0) return emptyPlace(cloud);
    const place = empty.get(cloud) ?? filesAlone(cloud, input);
    empty.set(cloud, place);
    return place;
  };
  const editions = editionsOf(input.baselines, checks, input.profile);

  input.baselines.forEach(({ baseline }, n) => {
    const put = (place: Place, cloud: Provider, part: Part): void => {
      place.parts.set(n, (place.parts.get(n) ?? new Map<Provider, Part>()).set(cloud, part));
    };
    const clouds = cloudsOf(baseline, checks, input.profile);
    const left: { readonly cloud: Provider; readonly reason: string }[] = [];
    for (const cloud of clouds) {
      if (!input.clouds.includes(cloud)) {
        left.push({ cloud, reason: `${providers[cloud].name} was not asked for (--cloud)` });
        continue;
      }
      const live = places.filter(({ snapshot }) => snapshot.provider === cloud);
      // Nothing follows from the absence of what nobody collected: neither a pass nor a drift.
      if (live.length === 0)
        put(emptyPlace(cloud), cloud, {
          kind: "unknown",
          reason: `nothing of ${providers[cloud].name} was collected: no snapshot and no live target is of it`,
        });
      const parts = live.map((place) => partOn(place, cloud, baseline.cloud, editions));
      live.forEach((place, i) => {
        const part = parts[i];
        if (part !== undefined) put(place, cloud, part);
      });
      const [other] = live;
      if (other !== undefined && parts.every((part) => part === undefined)) {
        const told = other.edition.map((each) => providers[each].name).join(" and ");
        left.push({
          cloud,
          reason: `the cluster's nodes are of ${told}, and these controls are for clusters in ${providers[baseline.cloud].name}`,
        });
      }
    }
    const ofFiles = baseline.controls.some(({ check }) => checks.get(check)?.ofFiles === true);
    if (left.length === 0 && !ofFiles) return;
    const home =
      homeOf(n, baseline.cloud, [...places, ...empty.values()]) ?? placeWithoutCloud(baseline.cloud);
    if (ofFiles) {
      home.files.add(n);
      if (!home.parts.has(n)) home.parts.set(n, new Map());
    }
    for (const { cloud, reason } of left) put(home, cloud, { kind: "skipped", reason });
  });

  for (const place of places) place.notes.push(...editionNotes(place, input.baselines, editions));
  return [...places, ...empty.values()].map(({ parts, files, edition: _, ...place }) => ({
    ...place,
    shares: [...parts].map(([baseline, ofClouds]) => ({
      baseline,
      parts: ofClouds,
      ...(files.has(baseline) ? { files: true as const } : {}),
    })),
  }));
}

/** The clouds whose baselines have controls about a cluster; more than one: the cluster's nodes decide which it is judged by. */
export function editionsOf(
  baselines: AuditInput["baselines"],
  checks: ReadonlyMap<string, Pick<Check, "cloud" | "ofFiles">>,
  profile?: string,
): readonly Provider[] {
  const found = baselines
    .filter(({ baseline }) => baseline.cloud !== "kubernetes")
    .filter(({ baseline }) => cloudsOf(baseline, checks, profile).includes("kubernetes"))
    .map(({ baseline }) => baseline.cloud);
  return [...new Set(found)];
}

/** What becomes of a baseline's controls of a target's own cloud; undefined: another baseline's hold there. */
function partOn(
  place: Place,
  cloud: Provider,
  baseline: Provider,
  editions: readonly Provider[],
): Part | undefined {
  if (cloud !== "kubernetes" || baseline === "kubernetes" || editions.length < 2) return { kind: "judged" };
  const [told, ...more] = place.edition;
  if (told === undefined || more.length > 0) {
    const names = editions.map((each) => providers[each].name).join(" and ");
    const nodes =
      told === undefined
        ? "do not tell in which it runs"
        : `are of ${place.edition.map((e) => providers[e].name).join(" and ")}`;
    return {
      kind: "unknown",
      reason: `the baselines describe a cluster in ${names}, and the cluster's nodes ${nodes}; audit the cluster in a run of its own, with one --baseline`,
    };
  }
  return told === baseline ? { kind: "judged" } : undefined;
}

/** The target on which a baseline's controls that are judged nowhere are listed: one of its own cloud, else the first. */
function homeOf(n: number, cloud: Provider, places: readonly Place[]): Place | undefined {
  const rank = (place: Place) => (place.parts.has(n) ? 0 : 2) + (place.snapshot.provider === cloud ? 0 : 1);
  return [...places].sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))[0];
}

/** By which edition a cluster was judged, where that was a choice, or where the user chose against its nodes. */
function editionNotes(
  place: Place,
  baselines: AuditInput["baselines"],
  editions: readonly Provider[],
): readonly string[] {
  const [told, ...more] = place.edition;
  if (place.snapshot.provider !== "kubernetes" || told === undefined || more.length > 0) return [];
  const judging = [...place.parts]
    .filter(([, parts]) => parts.get("kubernetes")?.kind === "judged")
    .flatMap(([n]) => baselines[n]?.baseline ?? []);
  if (editions.length > 1 && judging.length > 0) {
    const ids = judging.map(({ id }) => id).join(", ");
    return [
      `the cluster's nodes are of ${providers[told].name}: it is judged by the Kubernetes controls of ${ids}`,
    ];
  }
  return judging
    .filter(({ cloud }) => cloud !== "kubernetes" && cloud !== told)
    .map(
      ({ id, cloud }) =>
        `the cluster's nodes are of ${providers[told].name}, and ${id} is about clusters in ${providers[cloud].name}`,
    );
}

function deal(
  input: Pick<AuditInput, "baselines" | "profile">,
  parameters: Readonly<Record<string, string>>,
): readonly Dealt[] {
  return dealOut(
    input.baselines.map(({ baseline }) => baseline),
    parameters,
    input.profile,
  );
}

function nothingCollected(
  provider: Provider,
  input: Pick<AuditInput, "baselines" | "now" | "parameters" | "profile">,
): Place {
  return {
    name: `${provider}: nothing collected`,
    dealt: deal(input, input.parameters ?? {}),
    edition: [],
    parts: new Map(),
    files: new Set(),
    notes: [],
    snapshot: {
      schema: 1,
      provider,
      scope: provider,
      takenAt: input.now,
      documents: [],
      unread: [],
      interrupted: true,
    },
  };
}

/** The place of files in a run that asks for no cloud: nothing of one is missing. */
function filesAlone(
  provider: Provider,
  input: Pick<AuditInput, "baselines" | "now" | "parameters" | "profile">,
): Place {
  const place = nothingCollected(provider, input);
  const { interrupted: _, ...snapshot } = place.snapshot;
  return { ...place, name: "files", filesOnly: true, snapshot: { ...snapshot, scope: "files", kinds: [] } };
}
