/**
 * What one side allows and the other does not, by dominating points (docs/decisions/0010). A side is layers: what
 * identity policies grant, cut by what a boundary grants; any layer's deny counts.
 */
import { covers, type Glob } from "../glob.ts";
import type { Term } from "../rules.ts";
import { ActionPoints, type Site } from "./action-points.ts";
import { type Bits, hasBit } from "./bits.ts";
import { Combination, type Group, type Reason } from "./combination.ts";
import { Foes } from "./foes.ts";
import { distinctBodies, type Grant, ownGrants } from "./own-grants.ts";
import type { Body, Statement, Statements } from "./statement.ts";

/** A statement's action pattern, or a part of it, with the resource patterns that differ. */
export interface Row {
  /** Its first body is that of the allow statement. */
  readonly combination: Combination;
  readonly musts: readonly Statement[];
  readonly statement: Statement;
  readonly term: Term;
  readonly point: Glob;
  /** The same object for rows of the same combination, layer and foes. */
  readonly groups: readonly Group[];
  /** The layer of the other side that does not allow it; `denyLayer` where a deny makes the difference. */
  readonly layer: number;
}

export interface Open {
  readonly statement: Statement;
  readonly term: Term;
  readonly point: Glob;
  readonly resource?: Term;
  readonly reason: Reason;
}

export interface Found {
  readonly rows: readonly Row[];
  readonly open: readonly Open[];
}

const BOUND: Reason = { clause: "G5", reason: "the action patterns pass the bound" };

/** One direction of a comparison. Holds the indexes and the answers. */
export class Direction {
  readonly foes: Foes;
  readonly width: number;
  readonly actions: ActionPoints;
  private readonly x: readonly Statements[];
  private readonly bodyIds = new Map<string, number>();
  private readonly combinations = new Map<string, Combination>();
  private readonly further = new Map<Combination, Map<Statement, Combination>>();

  constructor(x: readonly Statements[], y: readonly Statements[], width: number) {
    this.x = x;
    this.width = width;
    const own = x.flatMap((l) => l.statements).filter((s) => s.body.effect === "deny");
    const denies = y.flatMap((l) => l.statements).filter((s) => s.body.effect === "deny");
    const allows = y.map((l) => l.statements.filter((s) => s.body.effect === "allow"));
    this.foes = new Foes(distinctBodies([...allows.flat(), ...own]));
    const place = (s: Statement): number | undefined => this.foes.place(s.body);
    this.actions = new ActionPoints(allows, own, denies, place, this.foes.bodies.length, width);
  }

  run(): Found {
    const rows: Row[] = [];
    const open: Open[] = [];
    const [first, ...others] = this.x;
    const allows = (first?.statements ?? []).filter((s) => s.body.effect === "allow");
    const chains = others.reduce<readonly (readonly Statement[])[]>(
      (heads, layer) => {
        const list = layer.statements.filter((s) => s.body.effect === "allow");
        return heads.flatMap((head) => list.map((s) => [...head, s]));
      },
      [[]],
    );
    for (const grant of ownGrants(allows, this.width)) {
      for (const chain of chains) this.look(grant, chain, rows, open);
    }
    return { rows, open };
  }

  /** The foes that hold at a point of the action, one object per set: those of a layer, and the own denies. */
  maskAt(point: string, layer: number): Bits {
    return this.actions.maskAt(point, layer);
  }

  private combinationOf(bodies: readonly Body[]): Combination {
    const key = bodies.map((b) => this.bodyId(b)).join(" ");
    const known = this.combinations.get(key);
    if (known !== undefined) return known;
    const made = new Combination(bodies, this.foes, this.width);
    this.combinations.set(key, made);
    return made;
  }

  private bodyId({ canon }: Body): number {
    const known = this.bodyIds.get(canon) ?? this.bodyIds.size;
    this.bodyIds.set(canon, known);
    return known;
  }

  /** The combination with one more statement. */
  private together(combination: Combination, statement: Statement): Combination {
    let known = this.further.get(combination);
    if (known === undefined) {
      known = new Map();
      this.further.set(combination, known);
    }
    const made = known.get(statement) ?? this.combinationOf([...combination.musts, statement.body]);
    known.set(statement, made);
    return made;
  }

  private look(grant: Grant, chain: readonly Statement[], rows: Row[], open: Open[]): void {
    const { statement, term } = grant;
    const { plain, denied, bound } = this.actions.of(statement, term.glob, chain);
    if (bound) open.push({ statement, term, point: term.glob, reason: BOUND });
    const combination = this.combinationOf([statement.body, ...chain.map((s) => s.body)]);
    const place = this.foes.place(statement.body);
    for (const sites of [plain, denied]) {
      const found: Row[] = [];
      for (const site of sites) {
        // the other side says the same there
        if (place !== undefined && hasBit(site.mask, place)) continue;
        this.solve(grant, combination, site, found, open);
      }
      for (const row of maximal(found)) rows.push(row);
    }
  }

  private solve(grant: Grant, alone: Combination, site: Site, rows: Row[], open: Open[]): void {
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
function maximal(rows: readonly Row[]): readonly Row[] {
  if (rows.length < 2) return rows;
  const inWider = (row: Row, group: Group, at: number): boolean =>
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
