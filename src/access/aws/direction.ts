/**
 * What one side allows and the other does not, by dominating points (docs/decisions/0010). A side is layers: what
 * identity policies grant, cut by what a boundary grants; any layer's deny counts.
 */
import { covers, type Glob, genericOf } from "../glob.ts";
import type { Term } from "../rules.ts";
import { TermIndex } from "../term-index.ts";
import { ActionIndex } from "./action-index.ts";
import { type Bits, bitsKey, hasBit, isEmpty, union } from "./bits.ts";
import { type Row as CellRow, closure, meetAny } from "./cells.ts";
import { Combination, type Reason, type Solution } from "./combination.ts";
import { choiceAt, Foes, mixedAt } from "./foes.ts";
import { distinctBodies, type Grant, ownGrants } from "./own-grants.ts";
import type { Body, Statement, Statements } from "./statement.ts";

/** A resource pattern of a row, with a point of the difference that lies in it. */
export interface Group {
  readonly at: number;
  readonly term: Term;
  readonly solution: Solution;
}

/** A statement's action pattern, or a part of it, with the resource patterns that differ. */
export interface Row {
  /** Its first body is that of the allow statement. */
  readonly combination: Combination;
  readonly musts: readonly Statement[];
  readonly statement: Statement;
  readonly term: Term;
  readonly point: Glob;
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
  /** The other side's allows, a layer each. */
  readonly layers: readonly ActionIndex[];
  readonly ownDenies: ActionIndex;
  readonly width: number;
  private readonly x: readonly Statements[];
  private readonly looseDenies: readonly Statement[];
  private readonly denies = new TermIndex<Statement>();
  private readonly combinations = new Map<string, Combination>();
  private readonly masks = new Map<string, Bits>();
  private readonly alive = new Map<string, readonly Bits[]>();

  constructor(x: readonly Statements[], y: readonly Statements[], width: number) {
    this.x = x;
    this.width = width;
    const own = x.flatMap((l) => l.statements).filter((s) => s.body.effect === "deny");
    const allows = y.map((l) => l.statements.filter((s) => s.body.effect === "allow"));
    this.foes = new Foes(distinctBodies([...allows.flat(), ...own]));
    const [size, place] = [this.foes.bodies.length, (s: Statement) => this.foes.place(s.body)];
    this.layers = allows.map((list) => new ActionIndex(list, place, size));
    this.ownDenies = new ActionIndex(own, place, size);
    const denies = y.flatMap((l) => l.statements).filter((s) => s.body.effect === "deny");
    this.looseDenies = denies.filter((s) => s.actions.negated);
    for (const deny of denies) {
      if (!deny.actions.negated) for (const t of deny.actions.terms) this.denies.add(t.glob, deny);
    }
  }

  /** The number of the layer in which only the own denies have to fail. */
  get denyLayer(): number {
    return this.layers.length;
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
      for (const chain of chains) this.look(grant, [grant.statement, ...chain], rows, open);
    }
    return { rows, open };
  }

  /** The foes that hold at a point of the action, one object per set: those of a layer, and the own denies. */
  maskAt(point: string, layer: number): Bits {
    let masks = this.alive.get(point);
    if (masks === undefined) {
      const denies = this.ownDenies.at(point);
      masks = [...this.layers.map((l) => this.shared(union(l.at(point), denies))), this.shared(denies)];
      this.alive.set(point, masks);
    }
    return masks[layer] as Bits;
  }

  private shared(bits: Bits): Bits {
    const key = bitsKey(bits);
    const known = this.masks.get(key);
    if (known !== undefined) return known;
    this.masks.set(key, bits);
    return bits;
  }

  private combinationOf(bodies: readonly Body[]): Combination {
    const key = bodies.map((b) => b.canon).join("\uE014");
    const known = this.combinations.get(key);
    if (known !== undefined) return known;
    const made = new Combination(bodies, this.foes, this.width);
    this.combinations.set(key, made);
    return made;
  }

  private look(grant: Grant, musts: readonly Statement[], rows: Row[], open: Open[]): void {
    const { term } = grant;
    const start = this.within([[term.glob]], musts.slice(1));
    const combination = this.combinationOf(musts.map((s) => s.body));
    const excluded = [...this.layers.flatMap((l) => l.excluded), ...this.ownDenies.excluded];
    const found: Row[] = [];
    for (const point of this.points(start, musts, excluded, grant, open)) {
      const row = { combination, musts, statement: grant.statement, term, point };
      for (let layer = 0; layer < this.layers.length; layer++) {
        this.solve({ ...row, layer, groups: [] }, grant, found, open);
      }
    }
    rows.push(...maximal(found));
    const denied: Row[] = [];
    for (const deny of this.deniesNear(term.glob)) {
      const all = [...musts, deny];
      const together = this.combinationOf(all.map((s) => s.body));
      for (const point of this.points(
        this.within(start, [deny]),
        all,
        this.ownDenies.excluded,
        grant,
        open,
      )) {
        // where the other side allows nothing, the row without its deny says it all
        if (this.layers.some((l) => isEmpty(l.near(point)))) continue;
        const row = { combination: together, musts: all, statement: grant.statement, term, point };
        this.solve({ ...row, layer: this.denyLayer, groups: [] }, grant, denied, open);
      }
    }
    rows.push(...maximal(denied));
  }

  private deniesNear(glob: Glob): readonly Statement[] {
    return [...new Set([...this.denies.near(glob), ...this.looseDenies])];
  }

  /** What the rows share with the actions of these statements; undefined past the bound. */
  private within(
    start: readonly CellRow[] | undefined,
    statements: readonly Statement[],
  ): readonly CellRow[] | undefined {
    let rows = start;
    for (const { actions } of statements) {
      if (actions.negated || rows === undefined) continue;
      const met = meetAny(
        rows,
        actions.terms.map((t) => [t.glob]),
      );
      rows = met.lack === undefined ? met.rows : undefined;
    }
    return rows;
  }

  /** The points of the action dimension: the start, what must be entered, and no point that a must excludes. */
  private points(
    start: readonly CellRow[] | undefined,
    musts: readonly Statement[],
    excluded: readonly Glob[],
    grant: Grant,
    open: Open[],
  ): readonly Glob[] {
    const { statement, term } = grant;
    const negated = musts.filter((s) => s.actions.negated).map((s) => s.actions);
    const enter = [...new Map(excluded.map((g) => [g.key, [g]])).values()];
    const mixed = this.mixed(negated.flatMap((c) => c.terms.map((t) => t.glob)));
    const simple = enter.length === 0 && mixed === undefined;
    const closed =
      start === undefined || simple ? { rows: start ?? [] } : closure(start, enter, mixed, this.width);
    if (start === undefined || ("lack" in closed && closed.lack !== undefined)) {
      open.push({ statement, term, point: term.glob, reason: BOUND });
    }
    const globs = closed.rows.map((row) => row[0] as Glob);
    return globs.filter((g) => negated.every((c) => choiceAt(c, genericOf(g, this.width))));
  }

  private mixed(negated: readonly Glob[]): ((point: string) => number) | undefined {
    const parts = [...this.layers, this.ownDenies].map((l) => l.mixed()).concat(mixedAt(negated));
    const some = parts.filter((m) => m !== undefined);
    return some.length === 0 ? undefined : (point) => Math.max(...some.map((m) => m(point)));
  }

  private solve(row: Row, grant: Grant, rows: Row[], open: Open[]): void {
    const mask = this.maskAt(genericOf(row.point, this.width), row.layer);
    const place = this.foes.place(grant.statement.body);
    if (place !== undefined && hasBit(mask, place)) return;
    const groups: Group[] = [];
    for (const at of grant.groups) {
      const answer = row.combination.solve(at, mask);
      const term = row.combination.resources[at] as Term;
      if (answer.kind === "found") groups.push({ at, term, solution: answer.solution });
      if (answer.kind === "open") {
        const { statement, term: action, point } = row;
        open.push({ statement, term: action, point, resource: term, reason: answer.reason });
      }
    }
    if (groups.length > 0) rows.push({ ...row, groups });
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
    .map((row, at) => ({ ...row, groups: row.groups.filter((g) => !inWider(row, g, at)) }))
    .filter((row) => row.groups.length > 0);
}
