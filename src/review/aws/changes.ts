import { operationsOf, type ServiceData } from "../../access/aws/service-data.ts";
import type { Change, GrantReach } from "../review.ts";
import {
  type AwsSide,
  beyondSide,
  type ReadySide,
  readySide,
  restrictedTo,
  sideReachOf,
  voices,
} from "./side.ts";

/** The columns of a review: what is held, what is documented for it, what is to be held. */
export interface AwsColumns {
  readonly live: AwsSide;
  readonly documented: AwsSide;
  readonly target: AwsSide;
}

/** One action that a column names, with how far each grants it and what changes. */
export interface ActionChange {
  readonly action: string;
  readonly live: GrantReach;
  readonly documented: GrantReach;
  readonly target: GrantReach;
  readonly change: Change;
}

/**
 * Every action of today's catalogue that one of the columns names, by name. Actions that the same statements speak of
 * and that the catalogue treats alike are compared once.
 */
export function actionChanges(columns: AwsColumns, data: ServiceData): readonly ActionChange[] {
  const live = readySide(columns.live);
  const documented = readySide(columns.documented);
  const target = readySide(columns.target);
  const sides = [live, documented, target];
  const keys = [...new Set(sides.flatMap((side) => [...side.keys]))].sort();
  const alike = new Map<string, Omit<ActionChange, "action">>();
  const changes: ActionChange[] = [];
  for (const operation of operationsOf(data)) {
    const action = operation.name;
    const spoken = sides.map((side) => voices(side, action));
    if (spoken.every((each) => each.startsWith("|"))) continue;
    const { onlyStar = false, absent } = operation.limits ?? {};
    const missing = keys.map((key) => (absent?.has(key) === true ? "-" : "+")).join("");
    // Resources are of a service, so what holds for an action of one holds for its own alone.
    const key = [action.split(":")[0], ...spoken, onlyStar, missing].join(" ");
    const known = alike.get(key) ?? changeOf(action, live, documented, target, data);
    alike.set(key, known);
    // Named, and taken away again by a boundary or a Deny in every column: nobody has it.
    if ([known.live, known.documented, known.target].every((reach) => reach === "none")) continue;
    changes.push({ action, ...known });
  }
  return changes;
}

function changeOf(
  action: string,
  live: ReadySide,
  documented: ReadySide,
  target: ReadySide,
  data: ServiceData,
): Omit<ActionChange, "action"> {
  const now = restrictedTo(live, action);
  const then = restrictedTo(target, action);
  const reach = {
    live: sideReachOf(now, action, data),
    documented: sideReachOf(restrictedTo(documented, action), action, data),
    target: sideReachOf(then, action, data),
  };
  const grants = (r: GrantReach) => r === "all" || r === "some";
  if (reach.live === "unknown" || reach.target === "unknown") return { ...reach, change: "unknown" };
  if (!grants(reach.live)) return { ...reach, change: grants(reach.target) ? "appears" : "stays" };
  if (!grants(reach.target)) return { ...reach, change: "goes" };
  const lost = beyondSide(now, then, data);
  const gained = beyondSide(then, now, data);
  if (lost === "unknown" || gained === "unknown") return { ...reach, change: "unknown" };
  if (lost === "something") return { ...reach, change: gained === "something" ? "shifts" : "narrows" };
  return { ...reach, change: gained === "something" ? "appears" : "stays" };
}
