const ASCII = /^[\x00-\x7f]*$/;

/**
 * Lower case of ASCII letters alone, as clouds compare names. Unicode has letters that fold into ASCII ones and are
 * none: a Kelvin sign is no `k` (G7).
 */
export function fold(text: string): string {
  // of ASCII alone, which names nearly always are, both are the same, and this one is much faster
  if (ASCII.test(text)) return text.toLowerCase();
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Keys of an object that are one but for their case: all of the first such name; undefined when there is none. */
export function twice(keys: readonly string[]): readonly string[] | undefined {
  const seen = new Map<string, string>();
  for (const key of keys) {
    const known = seen.get(fold(key));
    if (known !== undefined) return [known, key];
    seen.set(fold(key), key);
  }
  return undefined;
}
