/** Words as numbers, so that a cell of a rule is a row of small integers. */

/** Stands for every value of a dimension. */
export const ANY = 0;
/** A word that no rule uses. */
export const OTHER = -1;

export class Words {
  private readonly ids = new Map<string, number>();
  private readonly texts: string[] = [""];

  add(text: string): number {
    const before = this.ids.get(text);
    if (before !== undefined) return before;
    this.ids.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }

  /** `OTHER` for a word that no rule uses. */
  find(text: string): number {
    return this.ids.get(text) ?? OTHER;
  }

  text(id: number): string {
    return this.texts[id] ?? "";
  }

  /** A word for people that no rule uses: the generic value of a wildcard (G3). */
  unused(): string {
    for (let n = 1; ; n++) {
      const word = n === 1 ? "<any>" : `<any ${n}>`;
      if (!this.ids.has(word)) return word;
    }
  }

  isUnused(word: string): boolean {
    return word === this.unused();
  }
}
