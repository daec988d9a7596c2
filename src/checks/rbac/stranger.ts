import type { Impact, ServedResource } from "../../access/policy.ts";
import { differenceOf } from "./compare.ts";
import type { Rule } from "./rules.ts";

const WORST: readonly Impact[] = ["escalation", "write", "read"];

/** The worst that whoever holds these rules can do; as bad as writing where nothing can be told. */
export function worstOf(
  rules: readonly Rule[],
  namespace: string | undefined,
  resources: readonly ServedResource[] | undefined,
): Impact {
  const { excess } = differenceOf({
    documented: [],
    live: [{ rules }],
    ...(namespace === undefined ? {} : { namespace }),
    ...(resources === undefined ? {} : { resources }),
  });
  const impacts = new Set(excess.map((residue) => residue.impact));
  return WORST.find((impact) => impacts.has(impact)) ?? "write";
}
