import fc from "fast-check";
import type { AzureRequest, Comparison } from "../../../src/access/policy.ts";
import { allows, comparePolicies } from "../../../src/access/provider.ts";
import { denies, type Role, roles, UNIVERSE } from "./arbitrary.ts";
import { granted, inResidue, valuations } from "./oracle.ts";

const PLANES = ["control", "data"] as const;

/** What a world of two sides is, for the properties below. */
export interface World {
  documented: Role[];
  live: Role[];
  denies: Role[];
}

export const world = (conditions: readonly string[] = []): fc.Arbitrary<World> =>
  fc.record({ documented: roles(conditions), live: roles(conditions), denies: denies(conditions) });

/** R4 and G3: the residues, expanded, are the difference, point for point, and every witness replays. */
export function checkExact(w: World): void {
  const comparison = comparePolicies("azure", w.documented, w.live, { denies: w.denies });
  if (comparison.undecided.length > 0)
    throw new Error(`undecided without a condition: ${JSON.stringify(comparison.undecided)}`);
  const none = new Set<string>();
  for (const plane of PLANES) {
    const missing = comparison.missing.filter((r) => r.plane === plane);
    const excess = comparison.excess.filter((r) => r.plane === plane);
    for (const action of UNIVERSE) {
      const documented = granted(w.documented, [], action, plane, none);
      const live = granted(w.live, w.denies, action, plane, none);
      const inMissing = missing.some((r) => inResidue(r, action));
      const inExcess = excess.some((r) => inResidue(r, action));
      if (inMissing !== (documented && !live))
        throw new Error(`missing differs at ${plane} "${action}": ${inMissing}`);
      if (inExcess !== (live && !documented))
        throw new Error(`excess differs at ${plane} "${action}": ${inExcess}`);
    }
  }
  checkWitnesses(w, comparison);
}

export function checkWitnesses(w: World, comparison: Comparison): void {
  for (const [side, residues] of Object.entries({ missing: comparison.missing, excess: comparison.excess })) {
    for (const residue of residues) {
      const request = residue.witness as AzureRequest;
      const documented = allows("azure", w.documented, request);
      const live = allows("azure", w.live, request, { denies: w.denies });
      const expected = side === "missing" ? ["allowed", "denied"] : ["denied", "allowed"];
      if (documented !== expected[0] || live !== expected[1]) {
        throw new Error(`${side} ${residue.pattern}: witness ${request.action} is ${documented}/${live}`);
      }
      if (!inResidue(residue, request.action))
        throw new Error(`witness ${request.action} outside its residue`);
    }
  }
}

/**
 * AZ9: with conditions, a residue holds for every way that they could turn out; a point that differs for some ways
 * only makes the comparison undecided; and nothing is undecided without such a point.
 */
export function checkConditions(w: World, conditions: readonly string[]): void {
  const comparison = comparePolicies("azure", w.documented, w.live, { denies: w.denies });
  const ways = valuations(conditions);
  let shy = { missing: false, excess: false };
  let open = { missing: false, excess: false };
  for (const plane of PLANES) {
    for (const action of UNIVERSE) {
      const results = ways.map((way) => ({
        documented: granted(w.documented, [], action, plane, way),
        live: granted(w.live, w.denies, action, plane, way),
      }));
      for (const side of ["missing", "excess"] as const) {
        const differs = results.map((r) =>
          side === "missing" ? r.documented && !r.live : r.live && !r.documented,
        );
        const always = differs.every(Boolean);
        const reported = comparison[side].some((r) => r.plane === plane && inResidue(r, action));
        if (reported && !always)
          throw new Error(`${side} at ${plane} "${action}" is reported and not certain`);
        // an allow and a deny under one and the same text: certain, and conservatively left undecided
        if (always && !reported) shy = { ...shy, [side]: true };
        if (differs.some(Boolean) && !always) open = { ...open, [side]: true };
      }
    }
  }
  for (const side of ["missing", "excess"] as const) {
    const doubts = comparison.undecided.filter((d) => d.side === side);
    if ((open[side] || shy[side]) && doubts.length === 0)
      throw new Error(`${side}: open somewhere, and nothing undecided`);
    for (const doubt of doubts) {
      const action = doubt.pattern.replaceAll("*", "z");
      const differs = ways.map((way) => {
        const documented = granted(w.documented, [], action, doubt.plane ?? "control", way);
        const live = granted(w.live, w.denies, action, doubt.plane ?? "control", way);
        return side === "missing" ? documented && !live : live && !documented;
      });
      if (!differs.some(Boolean)) throw new Error(`${side}: ${doubt.pattern} is undecided and cannot differ`);
    }
  }
  checkWitnesses(w, comparison);
}
