/** The points of the action dimension at which a difference can show, and the foes that hold there. */
import { type Glob, genericOf } from "../glob.ts";
import type { Term } from "../term.ts";
import { ActionIndex } from "./action-index.ts";
import { ActionTable } from "./action-table.ts";
import { type Bits, bitsKey, union } from "./bits.ts";
import { closure, type GlobRow, type Left, meetAny, rowKey } from "./cells.ts";
import { choiceAt, leftBy, mixedAt } from "./foes.ts";
import type { ParsedStatement } from "./statement.ts";

/** A point where these statements' actions hold, with the foes that hold there too. */
export interface Site {
  readonly musts: readonly ParsedStatement[];
  /** The last of the musts, where the other side's deny makes the difference. */
  readonly deny?: ParsedStatement;
  readonly point: Glob;
  /** The layer of the other side; one more than there are, where a deny makes the difference. */
  readonly layer: number;
  readonly mask: Bits;
}

export interface Sites {
  /** Where the other side does not allow it, and where it denies it. */
  readonly plain: readonly Site[];
  readonly denied: readonly Site[];
  /** Whether the patterns passed the bound (G5). */
  readonly bound: boolean;
}

type MixedAt = (point: string) => number;

/** Holds the indexes of one direction, and what was found for an action pattern: statements share them. */
export class ActionPoints {
  /** The other side's allows, a layer each. */
  readonly layers: readonly ActionIndex[];
  readonly ownDenies: ActionIndex;
  private readonly width: number;
  private readonly denies = new ActionTable<ParsedStatement>();
  private readonly looseDenies: readonly ParsedStatement[];
  /** What must be entered so that foes fail: all of them, and the own denies alone. */
  private readonly excluded: { readonly all: readonly Left[]; readonly own: readonly Left[] };
  private readonly mixedFoes: MixedAt | undefined;
  private readonly meetings = new Map<ParsedStatement, Meetings>();
  private readonly masks = new Map<string, Bits>();
  private readonly alive = new Map<string, readonly Bits[]>();
  private found = 0;
  private readonly sites = new Map<readonly ParsedStatement[], Map<string, Sites>>();

  /**
   * @param place the number of a statement's body among the `size` foes
   * @param denies the other side's
   */
  constructor(
    allows: readonly (readonly ParsedStatement[])[],
    ownDenies: readonly ParsedStatement[],
    denies: readonly ParsedStatement[],
    place: (statement: ParsedStatement) => number | undefined,
    size: number,
    width: number,
  ) {
    this.width = width;
    this.layers = allows.map((list) => new ActionIndex(list, place, size));
    this.ownDenies = new ActionIndex(ownDenies, place, size);
    this.looseDenies = denies.filter((s) => s.actions.negated);
    for (const deny of denies) {
      if (!deny.actions.negated) for (const t of deny.actions.terms) this.denies.add(t.glob, deny);
    }
    this.excluded = {
      all: leftBy([...this.layers.flatMap((l) => l.complements), ...this.ownDenies.complements]),
      own: leftBy(this.ownDenies.complements),
    };
    this.mixedFoes = mostOf([...this.layers, this.ownDenies].map((l) => l.mixed()));
  }

  /** The number of the layer in which only the own denies have to fail. */
  get denyLayer(): number {
    return this.layers.length;
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

  /** Whether no foe of the layer, and no own deny, shares an action with the pattern, judged by literal prefixes. */
  isBare(glob: Glob, layer: number): boolean {
    return this.layers[layer]?.hasNear(glob) !== true && !this.ownDenies.hasNear(glob);
  }

  /** How many answers it holds. */
  get held(): number {
    return this.alive.size + this.found;
  }

  private shared(bits: Bits): Bits {
    const key = bitsKey(bits);
    const known = this.masks.get(key);
    if (known !== undefined) return known;
    this.masks.set(key, bits);
    return bits;
  }

  /**
   * The sites of one action pattern of a statement.
   * @param chain the statements that have to hold with it; the same object for the same ones
   */
  of(statement: ParsedStatement, glob: Glob, chain: readonly ParsedStatement[]): Sites {
    if (statement.actions.negated) return this.find(statement, glob, chain);
    let byGlob = this.sites.get(chain);
    if (byGlob === undefined) {
      byGlob = new Map();
      this.sites.set(chain, byGlob);
    }
    const known = byGlob.get(glob.key);
    if (known !== undefined) return known;
    const made = this.find(statement, glob, chain);
    byGlob.set(glob.key, made);
    this.found++;
    return made;
  }

  private find(statement: ParsedStatement, glob: Glob, chain: readonly ParsedStatement[]): Sites {
    const first = statement.actions.negated ? [statement] : [];
    const start = this.within([[glob]], chain);
    const open = this.points(start, [...first, ...chain], this.excluded.all);
    let { bound } = open;
    const plain = open.points.flatMap((point) =>
      this.layers.map((_, layer): Site => this.site({ musts: chain, point, layer })),
    );
    const denied: Site[] = [];
    const near = new Set([...this.denies.near(glob), ...this.looseDenies]);
    for (const deny of near) {
      const inside = this.within(start, [deny]);
      if (inside?.length === 0) continue;
      const musts = [...chain, deny];
      const found = this.points(inside, [...first, ...musts], this.excluded.own);
      bound ||= found.bound;
      for (const point of found.points) {
        // where the other side allows nothing, the row without its deny says it all
        if (!this.layers.every((l) => l.hasNear(point))) continue;
        denied.push(this.site({ musts, deny, point, layer: this.denyLayer }));
      }
    }
    return { plain, denied, bound };
  }

  private site(site: Omit<Site, "mask">): Site {
    return { ...site, mask: this.maskAt(genericOf(site.point, this.width), site.layer) };
  }

  /** What the rows share with the actions of these statements; undefined past the bound. */
  private within(
    start: readonly GlobRow[] | undefined,
    statements: readonly ParsedStatement[],
  ): readonly GlobRow[] | undefined {
    let rows = start;
    for (const statement of statements) {
      if (statement.actions.negated || rows === undefined) continue;
      let meetings = this.meetings.get(statement);
      if (meetings === undefined) {
        meetings = new Meetings(statement.actions.terms);
        this.meetings.set(statement, meetings);
      }
      rows = meetings.of(rows);
    }
    return rows;
  }

  /** The start and what must be entered, without the points that a must excludes. */
  private points(
    start: readonly GlobRow[] | undefined,
    musts: readonly ParsedStatement[],
    enter: readonly Left[],
  ): { readonly points: readonly Glob[]; readonly bound: boolean } {
    if (start === undefined) return { points: [], bound: true };
    const negated = musts.filter((s) => s.actions.negated).map((s) => s.actions);
    const mixed =
      negated.length === 0
        ? this.mixedFoes
        : mostOf([this.mixedFoes, mixedAt(negated.flatMap((c) => c.terms.map((t) => t.glob)))]);
    const simple = enter.length === 0 && mixed === undefined;
    const closed = simple ? { rows: start } : closure(start, enter, mixed, this.width);
    const points = closed.rows
      .map((row) => row[0] as Glob)
      .filter((g) => negated.every((c) => choiceAt(c, genericOf(g, this.width))));
    return { points, bound: "lack" in closed && closed.lack !== undefined };
  }
}

function mostOf(parts: readonly (MixedAt | undefined)[]): MixedAt | undefined {
  const some = parts.filter((m) => m !== undefined);
  return some.length === 0 ? undefined : (point) => Math.max(...some.map((m) => m(point)));
}

/** What patterns share with the actions of one statement. Holds the answers. */
class Meetings {
  private readonly terms: readonly Term[];
  private readonly index = new ActionTable<number>();
  private readonly known = new Map<string, readonly GlobRow[] | undefined>();

  constructor(terms: readonly Term[]) {
    this.terms = terms;
    terms.forEach((t, at) => {
      this.index.add(t.glob, at);
    });
  }

  /** Undefined past the bound. */
  of(rows: readonly GlobRow[]): readonly GlobRow[] | undefined {
    const key = rows.map(rowKey).join("\uE014");
    if (this.known.has(key)) return this.known.get(key);
    const near = new Set<number>();
    for (const row of rows) for (const at of this.index.near(row[0] as Glob)) near.add(at);
    const choices = [...near].sort((a, b) => a - b).map((at): GlobRow => [(this.terms[at] as Term).glob]);
    const met = meetAny(rows, choices);
    const found = met.lack === undefined ? met.rows : undefined;
    this.known.set(key, found);
    return found;
  }
}
