/** Which statements' actions hold at a point: by literal and by prefix, so that it does not take n × m steps. */
import { type Glob, mixedOnes } from "../glob.ts";
import { ActionTable } from "./action-table.ts";
import { type Bits, noBits, setBit } from "./bits.ts";
import { choiceAt, mixedAt } from "./foes.ts";
import { addOnce, type Choice, type ParsedStatement } from "./statement.ts";

/** Action selectors, each with the number of the body that it belongs to. Holds the indexes. */
export class ActionIndex {
  /** Patterns of NotAction: a point has to enter them for the statement to fail. */
  readonly excluded: readonly Glob[];
  private readonly positive = new ActionTable<number>();
  private readonly negated: { readonly choice: Choice; readonly place: number }[] = [];
  private readonly size: number;
  readonly hasMixed: boolean;
  private readonly all: Glob[] = [];

  /** @param place the number of a statement's body; undefined leaves the statement out */
  constructor(
    statements: readonly ParsedStatement[],
    place: (statement: ParsedStatement) => number | undefined,
    size: number,
  ) {
    this.size = size;
    const excluded = new Map<string, Glob>();
    const held = new Map<number, Set<Glob>>();
    for (const statement of statements) {
      const at = place(statement);
      if (at === undefined) continue;
      const { terms, negated } = statement.actions;
      if (negated) {
        this.negated.push({ choice: statement.actions, place: at });
        for (const t of terms) excluded.set(t.glob.key, t.glob);
        continue;
      }
      for (const t of terms) {
        if (!addOnce(held, at, t.glob)) continue;
        this.positive.add(t.glob, at);
        if (mixedOnes(t.glob) > 0) this.all.push(t.glob);
      }
    }
    this.excluded = [...excluded.values()];
    this.hasMixed = this.all.length > 0 || this.excluded.some((g) => mixedOnes(g) > 0);
  }

  /** The complements among them. */
  get complements(): readonly Choice[] {
    return this.negated.map((n) => n.choice);
  }

  at(point: string): Bits {
    const bits = noBits(this.size);
    for (const place of this.positive.covering(point)) setBit(bits, place);
    for (const { choice, place } of this.negated) if (choiceAt(choice, point)) setBit(bits, place);
    return bits;
  }

  /** Bodies with a pattern that could share a string with the glob, by prefix; NotAction always could. */
  near(glob: Glob): Bits {
    const bits = noBits(this.size);
    for (const place of this.positive.near(glob)) setBit(bits, place);
    for (const { place } of this.negated) setBit(bits, place);
    return bits;
  }

  hasNear(glob: Glob): boolean {
    return this.negated.length > 0 || this.positive.hasNear(glob);
  }

  mixed(): ((point: string) => number) | undefined {
    return this.hasMixed ? mixedAt([...this.all, ...this.excluded]) : undefined;
  }
}
