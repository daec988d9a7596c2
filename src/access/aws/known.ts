/** Which of today's actions lie in a row (G6), and which of them can use it at all (AW5, AW9). */
import { operationsIn } from "../catalog.ts";
import { genericOf } from "../glob.ts";
import type { Solution } from "./combination.ts";
import type { Direction, Row } from "./direction.ts";
import { choiceAt } from "./foes.ts";
import { tableActions } from "./impact.ts";
import type { Operation } from "./service-data.ts";

/** An action of today in a row, with a point of the difference for it. */
export interface Hit {
  readonly operation: Operation;
  readonly solution: Solution;
}

export interface KnownActions {
  readonly hits: readonly Hit[];
  /** Actions in the row that cannot use what it grants. */
  readonly dead: number;
}

/** The actions of the catalogue in the row that are part of the difference. */
export function knownActions(direction: Direction, row: Row, operations: readonly Operation[]): KnownActions {
  const hits: Hit[] = [];
  let dead = 0;
  for (const operation of operationsIn(operations, row.point, [])) {
    const solution = solutionAt(direction, row, operation);
    if (solution !== undefined) hits.push({ operation, solution });
    // only limits can have killed what differs without them
    else if (operation.limits !== undefined && solutionAt(direction, row, bare(operation)) !== undefined)
      dead++;
  }
  return { hits, dead };
}

/** The actions of the provider's tables that the row grants, where no catalogue tells. */
export function tabledActions(direction: Direction, row: Row): readonly Hit[] {
  const { escalation, data } = tableActions(row.point);
  return [...escalation, ...data].flatMap((name): readonly Hit[] => {
    const operation = { name, key: name.toLowerCase() };
    const solution = solutionAt(direction, row, operation);
    return solution === undefined ? [] : [{ operation, solution }];
  });
}

function bare({ name, key }: Operation): Operation {
  return { name, key };
}

function solutionAt(direction: Direction, row: Row, operation: Operation): Solution | undefined {
  const { key, limits } = operation;
  for (const { actions } of row.musts) if (actions.negated && !choiceAt(actions, key)) return undefined;
  // at the row's own point the row's own solution will do
  if (limits === undefined && key === genericOf(row.point, direction.width)) return row.groups[0]?.solution;
  const mask = direction.maskAt(key, row.layer);
  for (const { at } of row.groups) {
    const answer =
      limits === undefined ? row.combination.solve(at, mask) : row.combination.solveWithin(at, mask, limits);
    if (answer.kind === "found") return answer.solution;
  }
  return undefined;
}
