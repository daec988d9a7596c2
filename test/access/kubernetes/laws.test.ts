import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { Comparison, KubernetesRequest, ServedResource } from "../../../src/access/policy.ts";
import { comparePolicies } from "../../../src/access/provider.ts";
import { documentsOf, placed, side, style, UNIVERSE } from "./arbitrary.ts";
import { checkExact, documents, never, PARTS, type World } from "./laws.ts";
import { granted, inResidue, type Placed } from "./oracle.ts";

const RUNS = Number(process.env["LAW_RUNS"] ?? 3500);
/** Eight jobs on two cores are no reason to fail. */
vi.setConfig({ testTimeout: 180_000 });
const FEWER = Math.ceil(RUNS / 5);

const world = (resources?: readonly ServedResource[]): fc.Arbitrary<World> =>
  fc.record({
    documented: side,
    live: side,
    styles: fc.tuple(style, style),
    namespace: fc.constantFrom(undefined, "a" as const),
    part: fc.nat(PARTS - 1),
    ...(resources === undefined ? {} : { resources: fc.constant(resources) }),
  });

const SERVED: readonly ServedResource[] = [
  { group: "", resource: "pods", namespaced: true, verbs: ["get", "create", "deletecollection"] },
  { group: "", resource: "pods/log", namespaced: true, verbs: ["get"] },
  { group: "", resource: "nodes", namespaced: false, verbs: ["get", "create"] },
  { group: "", resource: "namespaces", namespaced: false, verbs: ["get", "create"] },
  { group: "apps", resource: "pods", namespaced: false, verbs: ["get"] },
];

const pairOf = (r: KubernetesRequest): string =>
  "url" in r
    ? ""
    : [r.verb, r.group, r.subresource === undefined ? r.resource : `${r.resource}/${r.subresource}`].join(
        " ",
      );
const PAIRS = SERVED.flatMap(({ group, resource, verbs }) =>
  (verbs ?? []).map((verb) => [verb, group, resource].join(" ")),
);
const TODAY = UNIVERSE.filter((r) => PAIRS.includes(pairOf(r)));

const lines = (c: Comparison) =>
  [c.missing, c.excess].map((side) => side.map((r) => [r.pattern, r.except, r.impact, r.known, r.latent]));

describe("laws of the comparison of Kubernetes rules (docs/semantics.md)", () => {
  it("R4, K1 to K4: residues expand to the brute-force difference, allows equals the oracle, witnesses replay", () => {
    fc.assert(
      fc.property(world(), (w) => void checkExact(w)),
      { numRuns: RUNS },
    );
  });

  it("K4, R2, G6: the same with discovery; a residue is latent when nothing of today lies in it", () => {
    fc.assert(
      fc.property(world(SERVED), (w) => {
        const comparison = checkExact(w);
        for (const residue of [...comparison.missing, ...comparison.excess]) {
          if ("url" in residue.witness) continue;
          expect(residue.latent).toBe(residue.known?.count === 0);
          const own = comparison.missing.includes(residue) ? w.documented : w.live;
          const today = new Set(
            TODAY.filter((r) => inResidue(residue, r) && !never(r, w) && granted(own, r, SERVED)).map(pairOf),
          );
          // besides what discovery lists there is what only the authorizer is asked, so at least
          if (today.size > 0) expect(residue.latent).toBe(false);
          expect(residue.known?.count).toBeGreaterThanOrEqual(today.size);
        }
      }),
      { numRuns: FEWER },
    );
  });

  it("a side equals itself, however it is written", () => {
    fc.assert(
      fc.property(side, style, style, (s, one, two) => {
        const comparison = comparePolicies("kubernetes", documentsOf(s, one), documentsOf(s, two));
        const { missing, excess, undecided } = comparison;
        expect([missing, excess, undecided]).toEqual([[], [], []]);
      }),
      { numRuns: FEWER },
    );
  });

  it("R3: order, duplicates, splitting and joining of rules change nothing of what is printed", () => {
    fc.assert(
      fc.property(side, side, (a, b) => {
        const split = b.flatMap(({ rules, place }) =>
          rules
            .flatMap((rule) => rule.verbs.map((verb) => ({ ...rule, verbs: [verb, verb] })))
            .flatMap((rule) =>
              (rule.resources ?? [""]).map((r) => (r === "" ? rule : { ...rule, resources: [r] })),
            )
            .reverse()
            .map((rule): Placed => ({ rules: [rule], place })),
        );
        const documented = documentsOf(a, "plain");
        const before = lines(comparePolicies("kubernetes", documented, documentsOf(b, "plain")));
        const after = lines(
          comparePolicies("kubernetes", documented, documentsOf([...split, ...b].reverse(), "plain")),
        );
        expect(after).toEqual(before);
        const joined = [...new Set(b.map(({ place }) => place))].map((place) => ({
          place,
          rules: b.filter((p) => p.place === place).flatMap((p) => p.rules),
        }));
        expect(lines(comparePolicies("kubernetes", documented, documentsOf(joined, "plain")))).toEqual(
          before,
        );
      }),
      { numRuns: FEWER },
    );
  });

  it("adding a grant never shrinks excess and never grows missing", () => {
    fc.assert(
      fc.property(side, side, placed, (a, b, extra) => {
        const documented = documentsOf(a, "plain");
        const before = comparePolicies("kubernetes", documented, documentsOf(b, "plain"));
        const after = comparePolicies("kubernetes", documented, documentsOf([...b, extra], "plain"));
        for (const request of UNIVERSE) {
          const lies = (list: Comparison["missing"]) => list.some((r) => inResidue(r, request));
          if (lies(before.excess)) expect(lies(after.excess)).toBe(true);
          if (lies(after.missing)) expect(lies(before.missing)).toBe(true);
        }
      }),
      { numRuns: Math.ceil(RUNS / 25) },
    );
  });

  it("missing one way is excess the other way", () => {
    fc.assert(
      fc.property(world(SERVED), (w) => {
        const { documented, live } = documents(w);
        const there = comparePolicies("kubernetes", documented, live, { resources: SERVED });
        const back = comparePolicies("kubernetes", live, documented, { resources: SERVED });
        expect(back.excess).toEqual(there.missing);
        expect(back.missing).toEqual(there.excess);
      }),
      { numRuns: FEWER },
    );
  });
});

describe("laws of what cannot be known", () => {
  const without = (sides: readonly Placed[]) =>
    sides.map(({ rules }) => ({ kind: "Role", metadata: { name: "r" }, rules }));
  const inNamespace = fc
    .array(placed, { minLength: 1, maxLength: 2 })
    .map((list) =>
      list.map(({ rules }) => ({ rules: rules.filter((r) => r.nonResourceURLs === undefined), place: "a" })),
    );

  it("K4: a namespace that is not said may be any: a residue holds for each, and no difference for one is equal", () => {
    fc.assert(
      fc.property(inNamespace, side, fc.boolean(), (roles, named, flip) => {
        // with nothing named on either side there is one place only, and nothing to find out
        fc.pre(named.some(({ rules }) => rules.length > 0));
        const plain = documentsOf(named, "plain");
        const comparison = flip
          ? comparePolicies("kubernetes", plain, without(roles))
          : comparePolicies("kubernetes", without(roles), plain);
        const [missing, excess] = flip
          ? [comparison.excess, comparison.missing]
          : [comparison.missing, comparison.excess];
        const differs = { missing: false, excess: false };
        for (const put of ["a", "b", "zz"]) {
          const there = roles.map(({ rules }) => ({ rules, place: put }));
          for (const asked of UNIVERSE) {
            const isThere = "group" in asked && (asked.namespace === "a" || asked.namespace === put);
            const request = isThere ? { ...asked, namespace: put } : asked;
            const [left, right] = [granted(there, request), granted(named, request)];
            // the same request by both names of the namespace
            const called = isThere ? [request, { ...asked, namespace: "<namespace>" }] : [request];
            const lies = (list: Comparison["missing"]) =>
              list.some(
                ({ pattern, except }) =>
                  called.some((r) => inResidue({ pattern, except: [] }, r)) &&
                  except.every((e) => !called.some((r) => inResidue({ pattern: e, except: [] }, r))),
              );
            if (lies(missing)) expect([put, request, left, right]).toEqual([put, request, true, false]);
            if (left && !right) differs.missing = true;
            if (right && !left) differs.excess = true;
            if (lies(excess)) {
              expect([put, request, right, left]).toEqual([put, request, true, false]);
            }
          }
        }
        const sides = comparison.undecided.map((doubt) => doubt.side);
        const [m, e] = flip ? (["excess", "missing"] as const) : (["missing", "excess"] as const);
        if (differs.missing) expect(missing.length > 0 || sides.includes(m)).toBe(true);
        if (differs.excess) expect(excess.length > 0 || sides.includes(e)).toBe(true);
      }),
      { numRuns: Math.ceil(RUNS / 25) },
    );
  });

  it("K10, fault 41: a malformed rule may grant nothing or anything in its place; only what holds for both is said", () => {
    const broken = fc.record({
      documented: side,
      live: side,
      at: fc.constantFrom(undefined, "a"),
      which: fc.boolean(),
      part: fc.nat(4),
    });
    const all = { verbs: ["*"], apiGroups: ["*"], resources: ["*"] };
    fc.assert(
      fc.property(broken, ({ documented, live, at: place, which, part }) => {
        const bad = documentsOf([{ rules: [{ verbs: 5 } as never], place }], "plain");
        const [left, right] = [documentsOf(documented, "plain"), documentsOf(live, "plain")];
        const comparison = comparePolicies(
          "kubernetes",
          which ? [...left, ...bad] : left,
          which ? right : [...right, ...bad],
        );
        const most: Placed = {
          place,
          rules: place === undefined ? [all, { verbs: ["*"], nonResourceURLs: ["*"] }] : [all],
        };
        const ways = [[], [most]].map((extra) => ({
          documented: which ? [...documented, ...extra] : documented,
          live: which ? live : [...live, ...extra],
        }));
        const open = { missing: false, excess: false };
        for (const [at, request] of UNIVERSE.entries()) {
          if (at % 5 !== part) continue;
          for (const name of ["missing", "excess"] as const) {
            const differs = ways.map((way) => {
              const [own, other] =
                name === "missing" ? [way.documented, way.live] : [way.live, way.documented];
              return granted(own, request) && !granted(other, request);
            });
            const reported = comparison[name].some((r) => inResidue(r, request));
            expect([name, request, reported]).toEqual([name, request, differs.every(Boolean)]);
            if (differs.some(Boolean) && !differs.every(Boolean)) open[name] = true;
          }
        }
        const doubted = new Set(comparison.undecided.map((doubt) => doubt.side));
        for (const name of ["missing", "excess"] as const)
          if (open[name]) expect(doubted.has(name)).toBe(true);
      }),
      { numRuns: Math.ceil(RUNS / 10) },
    );
  });
});
