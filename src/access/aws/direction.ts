/**
 * What one side allows and the other does not, by dominating points (docs/decisions/0010). A side is layers: what
 * identity policies grant, cut by what a boundary grants; any layer's deny counts.
 */
import { covers, type Glob } from "../glob.ts";
import type { Term } from "../term.ts";
import { ActionPoints, type Site } from "./action-points.ts";
import { type Bits, hasBit } from "./bits.ts";
import { Combination, type Group, type Reason } from "./combination.ts";
import { Foes } from "./foes.ts";
import { distinctBodies, type OwnGrant } from "./own-grants.ts";
import type { PolicySide } from "./sides.ts";
import type { Body, ParsedStatement } from "./statement.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** A statement's action pattern, or a part of it, with the resource patterns that differ. */
export interface PatternRow {
  /** Its first body is that of the allow statement. */
  readonly combination: Combination;
  readonly musts: readonly ParsedStatement[];
  readonly statement: ParsedStatement;
  readonly term: Term;
  readonly point: Glob;
  /** The same object for rows of the same combination, layer and foes. */
  readonly groups: readonly Group[];
  /** The layer of the other side that does not allow it; `denyLayer` where a deny makes the difference. */
  readonly layer: number;
}

export interface OpenPart {
  readonly statement: ParsedStatement;
  readonly term: Term;
  readonly point: Glob;
  readonly resource?: Term;
  readonly reason: Reason;
}

export interface FoundRows {
  readonly rows: readonly PatternRow[];
  readonly open: readonly OpenPart[];
}

/** One object, so that what was found without a boundary is found again. */
const NO_CHAIN: readonly (readonly ParsedStatement[])[] = [[]];

const BOUND: Reason = { clause: "G5", reason: "the action patterns pass the bound" };

/** One direction of a comparison. Holds the indexes and the answers. */
export class Direction {
  readonly foes: Foes;
  readonly width: number;
  readonly actions: ActionPoints;
  private readonly bodyIds = new Map<Body, number>();
  private readonly combinations = new Map<string, Combination>();
  private readonly alone = new Map<Body, Combination>();
  private readonly further = new Map<Combination, Map<ParsedStatement, Combination>>();

  /** @param ownDenies of the side that grants: all that is asked of it before `run` */
  constructor(
    ownDenies: readonly ParsedStatement[],
    other: PolicySide,
    width: number,
    vocabulary: Vocabulary,
  ) {
    this.width = width;
    const { allows, denies } = other;
    const keyOf = (variable: number): string | undefined => {
      const { key, fallback } = vocabulary.variable(variable);
      return fallback === undefined ? key : undefined;
    };
    this.foes = new Foes(distinctBodies([...allows.flat(), ...ownDenies]), keyOf);
    const place = (s: ParsedStatement): number | undefined => this.foes.place(s.body);
    this.actions = new ActionPoints(allows, ownDenies, denies, place, this.foes.bodies.length, width);
  }

  /** Whether any of the foes that hold at a point of the action reads a policy variable. */
  readsVariables(point: string, layer: number): boolean {
    const mask = this.actions.maskAt(point, layer);
    return this.foes.reading.some((bits, word) => (bits & (mask[word] ?? 0)) !== 0);
  }

  /** How much it holds, for whoever keeps it. */
  get held(): number {
    return this.actions.held + this.combinations.size;
  }

  /** @param own the side that grants, with the denies that the direction was made for */
  run(own: PolicySide): FoundRows {
    const rows: PatternRow[] = [];
    const open: OpenPart[] = [];
    const [, ...others] = own.allows;
    const chains = others.reduce<readonly (readonly ParsedStatement[])[]>(
      (heads, list) => heads.flatMap((head) => list.map((s) => [...head, s])),
      NO_CHAIN,
    );
    for (const grant of own.grantsOf(this.width)) {
      for (const chain of chains) this.look(grant, chain, rows, open);
    }
    return { rows, open };
  }

  /** The foes that hold at a point of the action, one object per set: those of a layer, and the own denies. */
  maskAt(point: string, layer: number): Bits {
    return this.actions.maskAt(point, layer);
  }

  private combinationOf(body: Body, chain: readonly ParsedStatement[]): Combination {
    if (chain.length > 0) return this.combinationOfAll([body, ...chain.map((s) => s.body)]);
    const known = this.alone.get(body) ?? this.combinationOfAll([body]);
    this.alone.set(body, known);
    return known;
  }

  private combinationOfAll(bodies: readonly Body[]): Combination {
    const key = bodies.map((b) => this.bodyId(b)).join(" ");
    const known = this.combinations.get(key);
    if (known !== undefined) return known;
    const made = new Combination(bodies, this.foes, this.width);
    this.combinations.set(key, made);
    return made;
  }

  private bodyId(body: Body): number {
    const known = this.bodyIds.get(body) ?? this.bodyIds.size;
    this.bodyIds.set(body, known);
    return known;
  }

  /** The combination with one more statement. */
  private together(combination: Combination, statement: ParsedStatement): Combination {
    let known = this.further.get(combination);
    if (known === undefined) {
      known = new Map();
      this.further.set(combination, known);
    }
    const made = known.get(statement) ?? this.combinationOfAll([...combination.musts, statement.body]);
    known.set(statement, made);
    return made;
  }

  private look(
    grant: OwnGrant,
    chain: readonly ParsedStatement[],
    rows: PatternRow[],
    open: OpenPart[],
  ): void {
    const { statement, term } = grant;
    const { plain, denied, bound } = this.actions.of(statement, term.glob, chain);
    if (bound) open.push({ statement, term, point: term.glob, reason: BOUND });
    const combination = this.combinationOf(statement.body, chain);
    const place = this.foes.place(statement.body);
    for (const sites of [plain, denied]) {
      const found: PatternRow[] = [];
      for (const site of sites) {
        // the other side says the same there
        if (place !== undefined && hasBit(site.mask, place)) continue;
        this.solve(grant, combination, site, found, open);
      }
      for (const row of maximal(found)) rows.push(row);
    }
  }

  private solve(grant: OwnGrant, alone: Combination, site: Site, rows: PatternRow[], open: OpenPart[]): void {
    const { statement, term } = grant;
    const { deny, point, layer, mask } = site;
    const combination = deny === undefined ? alone : this.together(alone, deny);
    const { groups, open: undecided } = combination.solveAll(grant.groups, mask);
    for (const { resource, reason } of undecided) open.push({ statement, term, point, resource, reason });
    if (groups.length === 0) return;
    rows.push({ combination, musts: [statement, ...site.musts], statement, term, point, groups, layer });
  }
}

/** Without the groups that a row with a wider action pattern has as well. */
function maximal(rows: readonly PatternRow[]): readonly PatternRow[] {
  if (rows.length < 2) return rows;
  const inWider = (row: PatternRow, group: Group, at: number): boolean =>
    rows.some((other, i) => {
      if (i === at || other.combination !== row.combination) return false;
      const same = other.point.key === row.point.key;
      if (same ? i > at : !covers(other.point, row.point)) return false;
      return other.groups.some((g) => g.at === group.at);
    });
  return rows
    .map((row, at) => {
      const groups = row.groups.filter((g) => !inWider(row, g, at));
      return groups.length === row.groups.length ? row : { ...row, groups };
    })
    .filter((row) => row.groups.length > 0);
}
