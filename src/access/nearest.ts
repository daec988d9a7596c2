/** `; did you mean "X"?` for the name that a misspelt word is nearest to; empty where none is near. */
export function didYouMean(given: string, known: Iterable<string>): string {
  const wanted = given.toLowerCase();
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const name of known) {
    const apart = distance(wanted, name.toLowerCase());
    if (apart < least) [best, least] = [name, apart];
  }
  if (best === undefined || least > Math.max(1, Math.floor(Math.max(wanted.length, best.length) / 3)))
    return "";
  return `; did you mean "${best}"?`;
}

/** Letters to insert, to drop or to replace: Levenshtein's distance. Of long words it is not looked for. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 8 || a.length > 64) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, change));
    }
    row = next;
  }
  return row[b.length] as number;
}
