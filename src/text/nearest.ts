import { distance } from "fastest-levenshtein";

/** `; did you mean "x"?` for the known name nearest to `given`, or nothing when none is near. */
export function didYouMean(given: string, known: Iterable<string>): string {
  const wanted = given.toLowerCase();
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const name of known) {
    const apart = distance(wanted, name.toLowerCase());
    if (apart < least) {
      best = name;
      least = apart;
    }
  }
  if (best === undefined) return "";
  // Further apart than a third of the word, it is another word.
  const limit = Math.max(1, Math.floor(Math.max(wanted.length, best.length) / 3));
  return least <= limit ? `; did you mean "${best}"?` : "";
}
