/** The paths to more rights that an account's rules open in a place beyond what is documented there (E1 to E3). */
import { beyond, type OpenPath, openedBy } from "../../access/escalation/open.ts";
import type { Reaches } from "../../access/escalation/reach.ts";
import { kubernetesReach } from "../../access/kubernetes/reach.ts";
import type { Residue } from "../../access/policy.ts";
import { openedWays } from "../../access/provider.ts";
import type { DocumentRules } from "./difference.ts";
import type { AccessPlace } from "./places.ts";

/** Which residue of the place opens which path; what is open by what holds everywhere is said there. */
export function openedIn({ namespace, required, allowed }: AccessPlace, excess: readonly Residue[]) {
  const options = {
    ...(namespace === undefined ? {} : { namespace }),
    ...(allowed.resources === undefined ? {} : { resources: allowed.resources }),
  };
  const opens = (granted: readonly DocumentRules[]) => openedWays("kubernetes", granted, options);
  const documented = opens(allowed.documented);
  const { open, unclear } = beyond(opens(required.live), documented);
  const here = new Set<readonly unknown[]>(allowed.live.map(({ rules }) => rules));
  const elsewhere = required.live.filter(({ rules }) => !here.has(rules));
  const told = new Set(
    elsewhere.length === 0 ? [] : beyond(opens(elsewhere), documented).open.map(({ path }) => path),
  );
  const fresh = ({ path }: OpenPath): boolean => !told.has(path);
  const reaches = new Map<Residue, Reaches>();
  const gives = (residue: Residue, step: string): boolean => {
    if (residue.rule === undefined) return false;
    const asks = reaches.get(residue) ?? kubernetesReach([{ rules: [residue.rule] }], {});
    reaches.set(residue, asks);
    return asks(step).verdict !== "denied";
  };
  const parts = excess.map((part) => ({ part, escalates: part.impact === "escalation" }));
  const { byPart, left } = openedBy(open.filter(fresh), parts, gives, documented);
  return { byPart, unclear: [...left, ...unclear.filter(fresh)] };
}
