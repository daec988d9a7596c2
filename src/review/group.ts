import { byText } from "../text/order.ts";
import {
  breaks,
  type Change,
  type GrantReach,
  type PermissionGroup,
  type RehearsedCall,
  type Use,
} from "./review.ts";

/** One action with its columns. */
export interface ReviewRow {
  readonly action: string;
  readonly service: string;
  readonly live: GrantReach;
  readonly documented: GrantReach;
  readonly target: GrantReach;
  readonly change: Change;
}

/** In the order in which a person should read them. */
const CHANGES: readonly Change[] = ["unknown", "goes", "narrows", "shifts", "appears", "stays"];
const USES: readonly Use[] = ["breaks", "may-break", "not-observable", "not-observed", "used"];

/** The use of one action, by the recorded calls that took it. */
function useOf(calls: readonly RehearsedCall[], observable: boolean): Use {
  if (calls.some(breaks)) return "breaks";
  if (calls.some((call) => call.target === "depends")) return "may-break";
  if (calls.length > 0) return "used";
  return observable ? "not-observed" : "not-observable";
}

/**
 * Actions of one service that have the same in every column, together.
 * @param calls every rehearsed call, those that stay allowed too
 * @param observes whether a use of the action would have been seen
 */
export function groupedRows(
  rows: readonly ReviewRow[],
  calls: readonly RehearsedCall[],
  observes: (action: string) => boolean,
): readonly PermissionGroup[] {
  const byAction = new Map<string, RehearsedCall[]>();
  for (const call of calls) {
    const key = call.action.toLowerCase();
    byAction.set(key, [...(byAction.get(key) ?? []), call]);
  }
  const groups = new Map<string, { first: PermissionGroup; actions: string[]; calls: RehearsedCall[] }>();
  for (const row of rows) {
    const own = byAction.get(row.action.toLowerCase()) ?? [];
    const { action, ...columns } = row;
    const use = useOf(own, observes(action));
    const key = JSON.stringify([row.service, row.change, use, row.live, row.documented, row.target]);
    const known = groups.get(key) ?? {
      first: { ...columns, use, actions: [], calls: 0 },
      actions: [],
      calls: [],
    };
    known.actions.push(action);
    known.calls.push(...own);
    groups.set(key, known);
  }
  return [...groups.values()]
    .map(({ first, actions, calls: own }): PermissionGroup => {
      const last = own
        .map((call) => call.last)
        .sort()
        .at(-1);
      return {
        ...first,
        actions: actions.sort(byText),
        calls: own.reduce((sum, call) => sum + call.count, 0),
        ...(last === undefined ? {} : { last }),
      };
    })
    .sort(
      (a, b) =>
        CHANGES.indexOf(a.change) - CHANGES.indexOf(b.change) ||
        USES.indexOf(a.use) - USES.indexOf(b.use) ||
        byText(a.service, b.service) ||
        byText(a.actions[0] ?? "", b.actions[0] ?? ""),
    );
}

/** Those that break first, then those that may, the latest first; the rest is what today's policies do not explain. */
export function reviewOrder(calls: readonly RehearsedCall[]): readonly RehearsedCall[] {
  const rank = (call: RehearsedCall) => (breaks(call) ? 0 : call.target === "depends" ? 1 : 2);
  return [...calls].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      byText(a.action, b.action) ||
      byText(b.last, a.last) ||
      byText(a.resources.join(" "), b.resources.join(" ")) ||
      byText(a.event, b.event),
  );
}
