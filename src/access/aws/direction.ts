/**
 * What one side allows and the other does not, by dominating points (docs/decisions/0010). A side is layers: what
 * identity policies grant, cut by what a boundary grants; any layer's deny counts.
 */
import { covers, type Glob, genericOf } from "../glob.ts";
import type { Term } from "../rules.ts";
import { TermIndex } from "../term-index.ts";
import { ActionIndex } from "./action-index.ts";
import { type Bits, bitsKey, hasBit, union } from "./bits.ts";
import { type Row as CellRow, closure, meetAny, rowKey } from "./cells.ts";
import { Combination, type Group, type Reason } from "./combination.ts";
import { choiceAt, Foes, mixedAt } from "./foes.ts";
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
  /** The other side's allows, a layer each. */
  readonly layers: readonly ActionIndex[];
  readonly ownDenies: ActionIndex;
  readonly width: number;
  private readonly x: readonly Statements[];
  private readonly looseDenies: readonly Statement[];
  private readonly denies = new TermIndex<Statement>();
  private readonly nearDenies = new Map<string, readonly Statement[]>();
  /** What must be entered so that foes fail: without, and with, the other side's allows. */
  private readonly excluded: { readonly all: readonly CellRow[]; readonly own: readonly CellRow[] };
  private readonly mixedFoes: ((point: string) => number) | undefined;
  private readonly meetings = new Map<Statement, Meetings>();
  private readonly bodyIds = new Map<string, number>();
  private readonly combinations = new Map<string, Combination>();
  private readonly withDeny = new Map<Combination, Map<Statement, Combination>>();
  private readonly granted = new Map<string, boolean>();
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
    const entered = (globs: readonly Glob[]): readonly CellRow[] => [
      ...new Map(globs.map((g): [string, CellRow] => [g.key, [g]])).values(),
    ];
    this.excluded = {
      all: entered([...this.layers.flatMap((l) => l.excluded), ...this.ownDenies.excluded]),
      own: entered(this.ownDenies.excluded),
    };
    this.mixedFoes = mostOf([...this.layers, this.ownDenies].map((l) => l.mixed()));
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

  private together(combination: Combination, deny: Statement): Combination {
    let denies = this.withDeny.get(combination);
    if (denies === undefined) {
      denies = new Map();
      this.withDeny.set(combination, denies);
    }
    let made = denies.get(deny);
    if (made === undefined) {
      made = this.combinationOf([...combination.musts, deny.body]);
      denies.set(deny, made);
    }
    return made;
  }

  private look(grant: Grant, musts: readonly Statement[], rows: Row[], open: Open[]): void {
    const { term } = grant;
    const start = this.within([[term.glob]], musts.slice(1));
    const combination = this.combinationOf(musts.map((s) => s.body));
    const found: Row[] = [];
    for (const point of this.points(start, musts, this.excluded.all, grant, open)) {
      const row = { combination, musts, statement: grant.statement, term, point };
      for (let layer = 0; layer < this.layers.length; layer++) {
        this.solve({ ...row, layer, groups: [] }, grant, found, open);
      }
    }
    rows.push(...maximal(found));
    const denied: Row[] = [];
    for (const deny of this.deniesNear(term.glob)) {
      const inside = this.within(start, [deny]);
      if (inside?.length === 0) continue;
      const all = [...musts, deny];
      for (const point of this.points(inside, all, this.excluded.own, grant, open)) {
        // where the other side allows nothing, the row without its deny says it all
        if (!this.isGranted(point)) continue;
        const together = this.together(combination, deny);
        const row = { combination: together, musts: all, statement: grant.statement, term, point };
        this.solve({ ...row, layer: this.denyLayer, groups: [] }, grant, denied, open);
      }
    }
    rows.push(...maximal(denied));
  }

  /** Whether every layer of the other side has an allow whose actions could share something with the glob. */
  private isGranted(glob: Glob): boolean {
    const known = this.granted.get(glob.key) ?? this.layers.every((l) => l.hasNear(glob));
    this.granted.set(glob.key, known);
    return known;
  }

  private deniesNear(glob: Glob): readonly Statement[] {
    const known = this.nearDenies.get(glob.key);
    if (known !== undefined) return known;
    const found = [...new Set([...this.denies.near(glob), ...this.looseDenies])];
    this.nearDenies.set(glob.key, found);
    return found;
  }

  /** What the rows share with the actions of these statements; undefined past the bound. */
  private within(
    start: readonly CellRow[] | undefined,
    statements: readonly Statement[],
  ): readonly CellRow[] | undefined {
    let rows = start;
    for (const statement of statements) {
      if (statement.actions.negated || rows === undefined) continue;
      let meetings = this.meetings.get(statement);
      if (meetings === undefined) {
        meetings = new Meetings(statement);
        this.meetings.set(statement, meetings);
      }
      rows = meetings.of(rows);
    }
    return rows;
  }

  /** The points of the action dimension: the start, what must be entered, and no point that a must excludes. */
  private points(
    start: readonly CellRow[] | undefined,
    musts: readonly Statement[],
    enter: readonly CellRow[],
    grant: Grant,
    open: Open[],
  ): readonly Glob[] {
    const { statement, term } = grant;
    const negated = musts.filter((s) => s.actions.negated).map((s) => s.actions);
    const mixed =
      negated.length === 0
        ? this.mixedFoes
        : mostOf([this.mixedFoes, mixedAt(negated.flatMap((c) => c.terms.map((t) => t.glob)))]);
    const simple = enter.length === 0 && mixed === undefined;
    const closed =
      start === undefined || simple ? { rows: start ?? [] } : closure(start, enter, mixed, this.width);
    if (start === undefined || ("lack" in closed && closed.lack !== undefined)) {
      open.push({ statement, term, point: term.glob, reason: BOUND });
    }
    const globs = closed.rows.map((row) => row[0] as Glob);
    return globs.filter((g) => negated.every((c) => choiceAt(c, genericOf(g, this.width))));
  }

  private solve(row: Row, grant: Grant, rows: Row[], open: Open[]): void {
    const mask = this.maskAt(genericOf(row.point, this.width), row.layer);
    const place = this.foes.place(grant.statement.body);
    if (place !== undefined && hasBit(mask, place)) return;
    const { groups, open: undecided } = row.combination.solveAll(grant.groups, mask);
    for (const { resource, reason } of undecided) {
      const { statement, term, point } = row;
      open.push({ statement, term, point, resource, reason });
    }
    if (groups.length > 0) rows.push({ ...row, groups });
  }
}

function mostOf(
  parts: readonly (((point: string) => number) | undefined)[],
): ((point: string) => number) | undefined {
  const some = parts.filter((m) => m !== undefined);
  return some.length === 0 ? undefined : (point) => Math.max(...some.map((m) => m(point)));
}

/** What globs share with the actions of one statement. Holds the answers: statements name the same actions often. */
class Meetings {
  private readonly terms: readonly Term[];
  private readonly index = new TermIndex<number>();
  private readonly known = new Map<string, readonly CellRow[] | undefined>();

  constructor({ actions }: Statement) {
    this.terms = actions.terms;
    actions.terms.forEach((t, at) => {
      this.index.add(t.glob, at);
    });
  }

  /** Undefined past the bound. */
  of(rows: readonly CellRow[]): readonly CellRow[] | undefined {
    const key = rows.map(rowKey).join("\uE014");
    if (this.known.has(key)) return this.known.get(key);
    const near = new Set<number>();
    for (const row of rows) for (const at of this.index.near(row[0] as Glob)) near.add(at);
    const choices = [...near].sort((a, b) => a - b).map((at): CellRow => [(this.terms[at] as Term).glob]);
    const met = meetAny(rows, choices);
    const found = met.lack === undefined ? met.rows : undefined;
    this.known.set(key, found);
    return found;
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
