/**
 * Names that belong together: a document lists the parts (`data`, `source`, …) and an installation calls them all by one
 * scheme (`acme-data-prod`, `acme-source-prod`, …).
 */

/** What stands before and behind each part's name. */
export interface Scheme {
  readonly before: string;
  readonly behind: string;
}

export type Family =
  /** By part, in the document's order; a part that is not there is absent from the map. */
  | { readonly kind: "told"; readonly names: ReadonlyMap<string, string>; readonly scheme: Scheme }
  /** Several schemes come equally near. */
  | { readonly kind: "unclear"; readonly schemes: readonly Scheme[] }
  /** No name is called after any part. */
  | { readonly kind: "none" };

/** A part's name is a word of its own: `data` is no part of `metadata`. */
const EDGE = /^$|^[^a-z0-9]|[^a-z0-9]$/i;

function schemesIn(name: string, part: string, prefixOnly: boolean): readonly Scheme[] {
  const found: Scheme[] = [];
  for (let at = name.indexOf(part); at >= 0; at = name.indexOf(part, at + 1)) {
    const [before, behind] = [name.slice(0, at), name.slice(at + part.length)];
    if (prefixOnly && behind !== "") continue;
    const apart = (text: string, edge: string) => text === "" || EDGE.test(edge);
    if (apart(before, before.slice(-1)) && apart(behind, behind.slice(0, 1))) found.push({ before, behind });
  }
  return found;
}

/**
 * The names that stand for the parts, by the scheme that most of them follow. A single one is no scheme where there are
 * several parts: a bucket called `data` is no installation.
 * @param prefixOnly nothing stands behind a part's name
 */
export function familyOf(names: readonly string[], parts: readonly string[], prefixOnly: boolean): Family {
  const schemes = new Map<string, { readonly scheme: Scheme; readonly names: Map<string, string> }>();
  for (const name of [...names].sort()) {
    for (const part of parts) {
      for (const scheme of schemesIn(name, part, prefixOnly)) {
        const key = JSON.stringify([scheme.before, scheme.behind]);
        const known = schemes.get(key) ?? { scheme, names: new Map<string, string>() };
        known.names.set(part, name);
        schemes.set(key, known);
      }
    }
  }
  // where nothing stands behind a part, its own name is telling enough
  const least = parts.length > 1 && !prefixOnly ? 2 : 1;
  const most = Math.max(0, ...[...schemes.values()].map((each) => each.names.size));
  if (most < least) return { kind: "none" };
  const best = [...schemes.values()].filter((each) => each.names.size === most);
  const [only, second] = best;
  if (only === undefined) return { kind: "none" };
  if (second !== undefined) return { kind: "unclear", schemes: best.map((each) => each.scheme) };
  return { kind: "told", names: only.names, scheme: only.scheme };
}
