/** The paths to more rights that a role's policies open beyond the documented ones (E1 to E3). */
import { residueGives } from "../../access/aws/reach.ts";
import { beyond, type OpenPath, openedBy, type Ways } from "../../access/escalation/open.ts";
import type { Residue } from "../../access/policy.ts";
import { openedWays } from "../../access/provider.ts";
import type { Context } from "../context.ts";
import type { DocumentSides } from "./difference.ts";

const made = new WeakMap<Context["controls"], Map<string, Ways>>();

/** What a set of policies opens; asked once in a run. */
export function awsWays(
  { live, boundary }: Pick<DocumentSides, "live" | "boundary">,
  context: Context,
): Ways {
  const mine = made.get(context.controls) ?? new Map<string, Ways>();
  made.set(context.controls, mine);
  const key = JSON.stringify([live, boundary ?? null]);
  const known = mine.get(key);
  if (known !== undefined) return known;
  const ways = openedWays("aws", live, {
    holder: "role",
    ...(context.serviceData === undefined ? {} : { serviceData: context.serviceData }),
    ...(boundary === undefined ? {} : { boundary }),
  });
  mine.set(key, ways);
  return ways;
}

/** Which residue opens which path, and the paths of which it is not known whether they are open. */
export function openedBeyond(
  sides: DocumentSides,
  excess: readonly Residue[],
  context: Context,
): { readonly byPart: ReadonlyMap<Residue, readonly OpenPath[]>; readonly unclear: readonly OpenPath[] } {
  const documented = awsWays({ live: sides.documented }, context);
  const { open, unclear } = beyond(awsWays(sides, context), documented);
  const parts = excess
    .filter(({ dead }) => dead !== true)
    .map((part) => ({ part, escalates: part.impact === "escalation" }));
  const { byPart, left } = openedBy(open, parts, residueGives, documented);
  return { byPart, unclear: [...left, ...unclear] };
}
