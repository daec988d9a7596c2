import type { Impact, ServedResource } from "../../access/policy.ts";
import { ruleDifferenceOf } from "./difference.ts";
import type { Rule } from "./rules.ts";

const WORST: readonly Impact[] = ["escalation", "write", "read"];

/** The worst that whoever holds these rules can do there. */
export function worstOf(
  rules: readonly Rule[],
  namespace: string | undefined,
  resources: readonly ServedResource[] | undefined,
): Impact {
  const { excess, undecided } = ruleDifferenceOf({
    documented: [],
    live: [{ rules }],
    ...(namespace === undefined ? {} : { namespace }),
    ...(resources === undefined ? {} : { resources }),
  });
  const impacts = new Set<Impact>(excess.map((residue) => residue.impact));
  // as bad as writing where it cannot be told
  if (undecided.length > 0) impacts.add("write");
  return WORST.find((impact) => impacts.has(impact)) ?? "read";
}
