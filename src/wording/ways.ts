import type { OpenPath } from "../access/escalation/open.ts";
import type { Resource } from "../report/report.ts";
import type { UnknownObservation } from "./observation.ts";

/** Paths that a sentence names. */
const SHOWN = 2;

/** `pass a role to a new instance (iam:PassRole, ec2:RunInstances)`. */
function pathInWords({ path, taken }: OpenPath): string {
  const steps = [...new Set(taken.map(({ step }) => step.split(" to ")[0]))];
  return `${path.name} (${steps.join(", ")})`;
}

/** The strongest of some paths, and how many more there are. */
export function waysInWords(paths: readonly OpenPath[]): string {
  const shown = paths.slice(0, SHOWN).map(pathInWords).join(", ");
  const more = paths.length - SHOWN;
  return more > 0 ? `${shown}, and ${more} more way${more === 1 ? "" : "s"}` : shown;
}

/** What an excess opens together with all that is held, for the end of a message; empty when that is nothing (E3). */
export function opensInWords(paths: readonly OpenPath[] | undefined): string {
  if (paths === undefined || paths.length === 0) return "";
  return `; with all that is held it can ${waysInWords(paths)}, which by itself the document does not let it`;
}

/**
 * Paths of which it is not known whether they are open, beyond the document (E3): said with what is undecided anyway,
 * else by itself.
 */
export function withUnclear(
  doubts: readonly UnknownObservation[],
  paths: readonly OpenPath[],
  resource: Resource,
  subject: string,
  place = "",
  at = "/required",
): readonly UnknownObservation[] {
  if (paths.length === 0) return doubts;
  const [first, ...others] = doubts;
  if (first !== undefined) {
    return [
      { ...first, message: `${first.message}; as that turns out, it may be able to ${waysInWords(paths)}` },
      ...others,
    ];
  }
  return [
    {
      kind: "unknown",
      resource,
      message: `whether ${subject} can ${waysInWords(paths)}, which by itself the document does not let it, is not known`,
      property: `ways${place}`,
      clause: "E3",
      decide: "settle which of these requests its policies allow",
      at,
    },
  ];
}
