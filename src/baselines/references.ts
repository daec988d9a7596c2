/** A reference to a parameter: a name in `${}`. A provider's own variables (`${aws:username}`, `${*}`) are none. */
const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;
const WHOLE = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/;
const ANY = /\$\{([^}]*)\}?/g;

/** The parameter that a text consists of, if it is one reference and nothing else. */
export function wholeReference(text: string): string | undefined {
  return WHOLE.exec(text)?.[1];
}

/** The parameters that a text refers to. */
export function referencesIn(text: string): string[] {
  return [...text.matchAll(REFERENCE)].map((match) => String(match[1]));
}

/** Replaces every reference inside a text. */
export function replaceReferences(text: string, value: (name: string) => string): string {
  return text.replace(REFERENCE, (_, name: string) => value(name));
}

/** What looks like a reference and is none: `${principal-id}`, `${`. AWS policy variables have a colon or one sign. */
export function malformedReferences(text: string): string[] {
  return [...text.matchAll(ANY)]
    .filter(([whole, inside]) => {
      if (!whole.endsWith("}")) return true;
      if (WHOLE.test(whole)) return false;
      return !(inside === "*" || inside === "?" || inside === "$" || /^[a-z0-9-]+:./.test(inside ?? ""));
    })
    .map(([whole]) => whole);
}
