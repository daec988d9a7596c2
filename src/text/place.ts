/** A 1-based place in a text. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** Offsets of a text as places; a line ends with a line feed. */
export function placesIn(text: string): (offset: number) => TextPlace {
  const starts = [0];
  for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) starts.push(i + 1);
  return (offset) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: Math.max(1, offset - (starts[low] ?? 0) + 1) };
  };
}

/** A step of a JSON pointer, escaped (RFC 6901). */
export function pointerStep(step: string): string {
  return step.replaceAll("~", "~0").replaceAll("/", "~1");
}

/**
 * The offset at which a JSON pointer stands, by the first of the tables that has it; of its nearest parent when none
 * has; `undefined` when none has a parent either.
 */
export function nearestOffset(
  pointer: string,
  tables: readonly ReadonlyMap<string, number>[],
): number | undefined {
  for (let rest = pointer; rest !== ""; rest = rest.slice(0, rest.lastIndexOf("/"))) {
    for (const table of tables) {
      const offset = table.get(rest);
      if (offset !== undefined) return offset;
    }
  }
  return undefined;
}
