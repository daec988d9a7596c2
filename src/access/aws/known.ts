/** Which of today's actions lie in a row (G6), and which of them can use it at all (AW5, AW9). */
import { operationsIn } from "../catalog.ts";
import { type Glob, genericOf } from "../glob.ts";
import type { Bits } from "./bits.ts";
import type { Solution } from "./combination.ts";
import type { Direction, PatternRow } from "./direction.ts";
import { choiceAt } from "./foes.ts";
import { tableActions } from "./impact.ts";
import type { Limits, Operation } from "./service-data.ts";
import type { Choice } from "./statement.ts";

/** An action of today in a row, with a point of the difference for it. */
export interface Hit {
  readonly operation: Operation;
  readonly solution: Solution;
}

interface Reached {
  readonly hits: readonly Hit[];
  /** Actions in the row that cannot use what it grants. */
  readonly dead: number;
}

type Answers = Map<Bits, Map<Limits | undefined, Solution | undefined>>;

/** The actions of the catalogue. Holds what was found of equal rows: many actions have the same foes and limits. */
export class KnownActions {
  private readonly direction: Direction;
  private readonly operations: readonly Operation[] | undefined;
  private readonly left = new Map<Choice, ReadonlySet<Operation>>();
  private readonly answers = new WeakMap<PatternRow["groups"], Answers>();

  /** @param operations none: no catalogue tells */
  constructor(direction: Direction, operations: readonly Operation[] | undefined) {
    this.direction = direction;
    this.operations = operations;
  }

  /** The actions of the catalogue in the row that are part of the difference; undefined without a catalogue. */
  of(row: PatternRow): Reached | undefined {
    if (this.operations === undefined) return undefined;
    const hits: Hit[] = [];
    let dead = 0;
    // nothing of the other side shares an action with the row: one set of foes, none, for all of its operations
    const bare = this.direction.actions.isBare(row.point, row.layer)
      ? this.direction.maskAt(genericOf(row.point, this.direction.width), row.layer)
      : undefined;
    if (bare !== undefined) {
      const byLimits = new Map<Limits | undefined, Solution | undefined>();
      const whole = row.groups[0]?.solution;
      for (const operation of this.granted(row, this.operations)) {
        const { limits } = operation;
        let solution = byLimits.get(limits);
        if (solution === undefined && !byLimits.has(limits)) {
          solution = limits === undefined ? whole : solutionWithin(row, bare, limits);
          byLimits.set(limits, solution);
        }
        if (solution !== undefined) hits.push({ operation, solution });
        else if (limits !== undefined && whole !== undefined) dead++;
      }
      return { hits, dead };
    }
    for (const operation of this.granted(row, this.operations)) {
      const solution = this.solutionAt(row, operation, operation.limits);
      if (solution !== undefined) hits.push({ operation, solution });
      // only limits can have killed what differs without them
      else if (operation.limits !== undefined && this.solutionAt(row, operation, undefined) !== undefined)
        dead++;
    }
    return { hits, dead };
  }

  /** The actions of the provider's tables that the row grants, where no catalogue tells. */
  ofTables(row: PatternRow): readonly Hit[] {
    const operations = tabledIn(row.point);
    if (operations.length === 0) return NO_HITS;
    const hits: Hit[] = [];
    const bare = this.direction.actions.isBare(row.point, row.layer) ? row.groups[0]?.solution : undefined;
    for (const operation of operations) {
      if (row.musts.some(({ actions }) => actions.negated && !choiceAt(actions, operation.key))) continue;
      // where the foes are the row's own, none, so is the solution
      const solution = bare ?? this.solutionAt(row, operation, undefined);
      if (solution !== undefined) hits.push({ operation, solution });
    }
    return hits.length === 0 ? NO_HITS : hits;
  }

  /** The actions in the row's pattern that its statements do not leave out. */
  private granted(row: PatternRow, operations: readonly Operation[]): readonly Operation[] {
    let byGlob = insideOf.get(operations);
    if (byGlob === undefined) {
      byGlob = new WeakMap();
      insideOf.set(operations, byGlob);
    }
    let inside = byGlob.get(row.point);
    if (inside === undefined) {
      inside = operationsIn(operations, row.point, []);
      byGlob.set(row.point, inside);
    }
    for (const { actions } of row.musts) {
      if (!actions.negated) continue;
      const left = this.leftBy(actions, operations);
      inside = inside.filter((o) => left.has(o));
    }
    return inside;
  }

  private leftBy(choice: Choice, operations: readonly Operation[]): ReadonlySet<Operation> {
    const known = this.left.get(choice);
    if (known !== undefined) return known;
    const left = new Set(operations);
    for (const { glob } of choice.terms) for (const o of operationsIn(operations, glob, [])) left.delete(o);
    this.left.set(choice, left);
    return left;
  }

  private solutionAt(row: PatternRow, { key }: Operation, limits: Limits | undefined): Solution | undefined {
    // at the row's own point the row's own solution will do
    if (limits === undefined && key === genericOf(row.point, this.direction.width)) {
      return row.groups[0]?.solution;
    }
    const mask = this.direction.maskAt(key, row.layer);
    let byMask = this.answers.get(row.groups);
    if (byMask === undefined) {
      byMask = new Map();
      this.answers.set(row.groups, byMask);
    }
    let byLimits = byMask.get(mask);
    if (byLimits === undefined) {
      byLimits = new Map();
      byMask.set(mask, byLimits);
    }
    const known = byLimits.get(limits);
    if (known !== undefined || byLimits.has(limits)) return known;
    const made = solutionWithin(row, mask, limits);
    byLimits.set(limits, made);
    return made;
  }
}

const insideOf = new WeakMap<readonly Operation[], WeakMap<Glob, readonly Operation[]>>();
const NO_HITS: readonly Hit[] = [];
const tabled = new WeakMap<Glob, readonly Operation[]>();

/** The actions of the provider's tables in a pattern. */
function tabledIn(glob: Glob): readonly Operation[] {
  const known = tabled.get(glob);
  if (known !== undefined) return known;
  const { escalation, data } = tableActions(glob);
  const made = [...escalation, ...data].map((name) => ({ name, key: name.toLowerCase() }));
  tabled.set(glob, made);
  return made;
}

function solutionWithin(row: PatternRow, mask: Bits, limits: Limits | undefined): Solution | undefined {
  for (const { at } of row.groups) {
    const answer =
      limits === undefined ? row.combination.solve(at, mask) : row.combination.solveWithin(at, mask, limits);
    if (answer.kind === "found") return answer.solution;
  }
  return undefined;
}
