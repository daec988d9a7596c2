/** Which published ways to more rights a set of policies opens (E1, E2). */
import type { Verdict, Witness } from "../policy.ts";
import { type EscalationPath, PATH_KINDS } from "./path.ts";
import type { Reach, Reaches } from "./reach.ts";

/** A path of which nothing is proven to be closed. */
export interface OpenPath {
  readonly path: EscalationPath;
  /** `undecided`: what cannot be known decides whether one of its steps can be taken (E2). */
  readonly verdict: Exclude<Verdict, "denied">;
  /** One for each step: what of its alternatives is taken. */
  readonly taken: readonly { readonly step: string; readonly witness?: Witness }[];
}

/** The paths that are open or may be, the strongest first. Each step is asked once. */
export function openPaths(paths: readonly EscalationPath[], reaches: Reaches): readonly OpenPath[] {
  const known = new Map<string, Reach>();
  const ask = (step: string): Reach => {
    const answer = known.get(step) ?? reaches(step);
    known.set(step, answer);
    return answer;
  };
  const found = paths.flatMap((path): readonly OpenPath[] => {
    const taken = path.steps.map((alternatives) => takenOf(alternatives, ask));
    if (taken.some((each) => each === undefined)) return [];
    const all = taken.filter((each) => each !== undefined);
    const verdict = all.every((each) => each.verdict === "allowed") ? "allowed" : "undecided";
    return [
      {
        path,
        verdict,
        taken: all.map(({ step, witness }) => (witness === undefined ? { step } : { step, witness })),
      },
    ];
  });
  return PATH_KINDS.flatMap((kind) => found.filter(({ path }) => path.kind === kind));
}

/** The first alternative that can be taken, else the first that may be. */
function takenOf(
  alternatives: readonly string[],
  ask: (step: string) => Reach,
): ({ readonly step: string } & Reach) | undefined {
  let perhaps: ({ readonly step: string } & Reach) | undefined;
  for (const step of alternatives) {
    const reach = ask(step);
    if (reach.verdict === "allowed") return { step, ...reach };
    if (reach.verdict === "undecided") perhaps ??= { step, ...reach };
  }
  return perhaps;
}
