import { distance } from "fastest-levenshtein";

/** `; did you mean "x"?` for the known name nearest to `given`, or nothing when none is near. */
export function didYouMean(given: string, known: Iterable<string>): string {
  const wanted = given.toLowerCase();
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const name of known) {
    const apart = distance(wanted, name.toLowerCase());
    if (apart < bestDistance) {
      best = name;
      bestDistance = apart;
    }
  }
  // Two letters changed places count as two: `tabel` finds `table`, `xml` does not find `json`.
  const limit = Math.ceil(Math.max(wanted.length, best?.length ?? 0) * 0.4);
  return best !== undefined && bestDistance <= limit ? `; did you mean "${best}"?` : "";
}
