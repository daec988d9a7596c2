import type { Comparison, ServedResource } from "../../../src/access/policy.ts";
import { comparePolicies, evaluator } from "../../../src/access/provider.ts";
import { documentsOf, type Style, UNIVERSE } from "./arbitrary.ts";
import { granted, inResidue, type Placed } from "./oracle.ts";

export const PARTS = 24;

/** Two sides, how they are written, and what the comparison is told. */
export interface World {
  readonly documented: Placed[];
  readonly live: Placed[];
  readonly styles: readonly [Style, Style];
  readonly namespace: "a" | undefined;
  /** Which part of the universe is looked at. */
  readonly part: number;
  readonly resources?: readonly ServedResource[];
}

export function optionsOf(world: World) {
  return {
    ...(world.namespace === undefined ? {} : { namespace: world.namespace }),
    ...(world.resources === undefined ? {} : { resources: world.resources }),
  };
}

export function documents(world: World): { documented: unknown[]; live: unknown[] } {
  return {
    documented: documentsOf(world.documented, world.styles[0], world.namespace),
    live: documentsOf(world.live, world.styles[1], world.namespace),
  };
}

/** R4: residues expanded are the difference, request for request; every witness replays; nothing is undecided. */
export function checkExact(world: World): Comparison {
  const { documented, live } = documents(world);
  const options = optionsOf(world);
  const comparison = comparePolicies("kubernetes", documented, live, options);
  if (comparison.undecided.length > 0) throw new Error(`undecided: ${JSON.stringify(comparison.undecided)}`);
  const allowsDocumented = evaluator("kubernetes", documented, options);
  const allowsLive = evaluator("kubernetes", live, options);
  for (let at = world.part; at < UNIVERSE.length; at += PARTS) {
    const request = UNIVERSE[at] as (typeof UNIVERSE)[number];
    const inDocumented = granted(world.documented, request, world.resources);
    const inLive = granted(world.live, request, world.resources);
    if ((allowsDocumented(request) === "allowed") !== inDocumented) fail("allows", request);
    if ((allowsLive(request) === "allowed") !== inLive) fail("allows", request);
    // what can never take effect is in no residue and needs none
    if (never(request, world)) continue;
    const missing = comparison.missing.some((residue) => inResidue(residue, request));
    const excess = comparison.excess.some((residue) => inResidue(residue, request));
    if (missing !== (inDocumented && !inLive)) fail("missing", request);
    if (excess !== (inLive && !inDocumented)) fail("excess", request);
  }
  for (const residue of [...comparison.missing, ...comparison.excess]) {
    const isMissing = comparison.missing.includes(residue);
    const expected = isMissing ? ["allowed", "denied"] : ["denied", "allowed"];
    for (const witness of [residue.witness, ...(residue.witnesses ?? [])]) {
      const found = [allowsDocumented(witness), allowsLive(witness)];
      const text = `${residue.pattern}: ${JSON.stringify(witness)}`;
      if (found.join() !== expected.join()) throw new Error(`${text} is ${found.join("/")}`);
      if (!("verb" in witness) || !inResidue(residue, witness)) throw new Error(`${text} is outside`);
      const [ours, theirs] = isMissing ? [world.documented, world.live] : [world.live, world.documented];
      if (!granted(ours, witness, world.resources) || granted(theirs, witness, world.resources))
        throw new Error(`${text} is no proof to the oracle`);
    }
  }
  return comparison;
}

function fail(what: string, request: (typeof UNIVERSE)[number]): never {
  throw new Error(`${what} differs at ${JSON.stringify(request)}`);
}

/** Granted in a namespace, cluster-scoped and not reachable there: neither side grants it, whatever it writes. */
export function never(request: (typeof UNIVERSE)[number], world: World): boolean {
  const everything: Placed[] = [
    { place: "a", rules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }] },
  ];
  return (
    world.resources !== undefined &&
    "group" in request &&
    request.namespace === "a" &&
    !granted(everything, request, world.resources)
  );
}
