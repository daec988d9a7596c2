/** Which published ways to more rights a set of policies opens (E1, E2). */
import type { Verdict, Witness } from "../policy.ts";
import { type EscalationPath, PATH_KINDS } from "./path.ts";
import type { AnywhereReach, Reaches } from "./reach.ts";

/** A path of which nothing is proven to be closed. */
export interface OpenPath {
  readonly path: EscalationPath;
  /** `undecided`: what cannot be known decides whether one of its steps can be taken (E2). */
  readonly verdict: Exclude<Verdict, "denied">;
  /** One for each step: what of its alternatives is taken. */
  readonly taken: readonly { readonly step: string; readonly witness?: Witness }[];
}

/** What a set of policies opens. */
export interface Ways {
  /** The paths that are open or may be, the strongest first. */
  readonly paths: readonly OpenPath[];
  /** Whether a step can be taken at all. */
  readonly reaches: Reaches;
}

/** Each step is asked once. */
export function waysOf(paths: readonly EscalationPath[], reaches: Reaches): Ways {
  const known = new Map<string, AnywhereReach>();
  const ask = (step: string): AnywhereReach => {
    const answer = known.get(step) ?? reaches(step);
    known.set(step, answer);
    return answer;
  };
  const found = paths.flatMap((path): readonly OpenPath[] => {
    const taken = path.steps.map((alternatives) => takenOf(alternatives, ask));
    const all = taken.filter((each) => each !== undefined);
    if (all.length < taken.length) return [];
    const verdict = all.every((each) => each.verdict === "allowed") ? "allowed" : "undecided";
    return [
      {
        path,
        verdict,
        taken: all.map(({ step, witness }) => (witness === undefined ? { step } : { step, witness })),
      },
    ];
  });
  return {
    paths: PATH_KINDS.flatMap((kind) => found.filter(({ path }) => path.kind === kind)),
    reaches: ask,
  };
}

/** The paths that one side opens and the other does not, and those of which that is not known. */
export interface Opened {
  readonly open: readonly OpenPath[];
  readonly unclear: readonly OpenPath[];
}

export function beyond(live: Ways, documented: Ways): Opened {
  const known = new Map(documented.paths.map(({ path, verdict }) => [path, verdict]));
  const rest = live.paths.filter(({ path }) => known.get(path) !== "allowed");
  const proven = ({ path, verdict }: OpenPath): boolean => verdict === "allowed" && !known.has(path);
  return { open: rest.filter(proven), unclear: rest.filter((each) => !proven(each)) };
}

/**
 * Which part of a difference opens which path, each path said once: of the parts that give a step which the other side
 * does not, the first that grants more by itself, else the first. `left`: no part gives it.
 */
export function openedBy<T>(
  paths: readonly OpenPath[],
  parts: readonly { readonly part: T; readonly escalates: boolean }[],
  gives: (part: T, step: string) => boolean,
  documented: Ways,
): { readonly byPart: ReadonlyMap<T, readonly OpenPath[]>; readonly left: readonly OpenPath[] } {
  const byPart = new Map<T, OpenPath[]>();
  const left: OpenPath[] = [];
  const ranked = [...parts.filter((p) => p.escalates), ...parts.filter((p) => !p.escalates)];
  for (const each of paths) {
    const wanted = each.taken.filter(({ step }) => documented.reaches(step).verdict !== "allowed");
    const found = ranked.find(({ part }) => wanted.some(({ step }) => gives(part, step)));
    if (found === undefined) left.push(each);
    else byPart.set(found.part, [...(byPart.get(found.part) ?? []), each]);
  }
  return { byPart, left };
}

/** The first alternative that can be taken, else the first that may be. */
function takenOf(
  alternatives: readonly string[],
  ask: (step: string) => AnywhereReach,
): ({ readonly step: string } & AnywhereReach) | undefined {
  let perhaps: ({ readonly step: string } & AnywhereReach) | undefined;
  for (const step of alternatives) {
    const reach = ask(step);
    if (reach.verdict === "allowed") return { step, ...reach };
    if (reach.verdict === "undecided") perhaps ??= { step, ...reach };
  }
  return perhaps;
}
