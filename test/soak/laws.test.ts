import fc from "fast-check";
import { describe, it } from "vitest";
import { checkConditions, checkExact, world } from "../access/azure/laws.ts";

/** `npm run test:soak`: the same laws as in `npm test`, over 100,000 random comparisons with a seed of its own. */
const RUNS = Number(process.env["SOAK_RUNS"] ?? 100_000);
const seed = Number(process.env["SOAK_SEED"] ?? Date.now() % 2 ** 31);

describe(`soak, seed ${seed}`, () => {
  it("R4, G3: residues expand to the brute-force difference", () => {
    fc.assert(
      fc.property(world(), (w) => checkExact(w)),
      { numRuns: Math.ceil(RUNS * 0.6), seed },
    );
  });

  it("AZ9: conditions are decided only where every way agrees", () => {
    fc.assert(
      fc.property(world(["C", "D"]), (w) => checkConditions(w, ["C", "D"])),
      {
        numRuns: Math.ceil(RUNS * 0.4),
        seed,
      },
    );
  });
});
