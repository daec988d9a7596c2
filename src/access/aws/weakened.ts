/** Excess that exists only because a condition was loosened (AW12). */
import { genericOf } from "../glob.ts";
import { hasBit, members } from "./bits.ts";
import { Combination } from "./combination.ts";
import type { Direction, PatternRow } from "./direction.ts";
import { conditionText } from "./except.ts";
import { Foes } from "./foes.ts";
import { type Body, bodyOf, statementsHeldBy } from "./statement.ts";

export interface Weakened {
  readonly documented: string;
  readonly live: string;
}

/** Finds the documented statement that would grant the row but for its condition. Holds what was found of pairs. */
export class Weakening {
  private readonly direction: Direction;
  private readonly found = new WeakMap<PatternRow["groups"], Weakened | undefined>();
  private readonly pairs = new Map<Combination, Map<string, boolean>>();

  constructor(direction: Direction) {
    this.direction = direction;
  }

  of(row: PatternRow): Weakened | undefined {
    if (this.found.has(row.groups)) return this.found.get(row.groups);
    const made = this.find(row);
    this.found.set(row.groups, made);
    return made;
  }

  private find(row: PatternRow): Weakened | undefined {
    // seen at once of most: that they do not hold all of the row's resources
    const mask = row.groups.reduce(
      (bits, { at }) => row.combination.withinResources(at, bits),
      this.direction.maskAt(genericOf(row.point, this.direction.width), row.layer),
    );
    for (const place of members(mask)) {
      const documented = this.direction.foes.bodies[place] as Body;
      if (documented.effect !== "allow" || asWritten(documented).atoms.length === 0) continue;
      if (!row.groups.every((g) => this.isLooser(row, g.at, place, documented))) continue;
      return {
        documented: conditionText(documented) ?? "no condition",
        live: conditionText(row.statement.body) ?? "no condition",
      };
    }
    return undefined;
  }

  /** The documented statement without its condition holds all of it, and with it holds nothing that is not live. */
  private isLooser(row: PatternRow, group: number, place: number, documented: Body): boolean {
    const known = this.pairs.get(row.combination) ?? new Map<string, boolean>();
    this.pairs.set(row.combination, known);
    const id = `${group} ${place}`;
    const found = known.get(id) ?? this.look(row, group, documented);
    known.set(id, found);
    return found;
  }

  private look(row: PatternRow, group: number, documented: Body): boolean {
    const { width } = this.direction;
    const written = asWritten(documented);
    const bare = bodyOf("allow", documented.resources, written.principals, []);
    const live = new Combination(row.combination.musts, new Foes([bare]), width);
    if (!hasBit(live.coveredBy(group), 0)) return false;
    const term = row.combination.resources[group];
    if (term === undefined) return false;
    // compared on what the live statement grants: its resource, its principals, the documented condition
    const { principals, holder } = row.statement.body;
    const whole = bodyOf("allow", { terms: [term], negated: false }, principals, written.atoms);
    const narrow = statementsHeldBy(whole, holder);
    const grants = new Combination([narrow], new Foes([row.statement.body]), width);
    return row.statement.body.resources.negated || hasBit(grants.coveredBy(0), 0);
  }
}

/** With its conditions on who asks as conditions (AW14). */
function asWritten(body: Body): Pick<Body, "principals" | "atoms"> {
  return body.shown ?? body;
}
