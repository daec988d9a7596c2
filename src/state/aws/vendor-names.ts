/** What a service, and nobody, has called a thing: ids of hexadecimal digits, of capitals, or with the prefix of a type. */
const ID = /^(?:[0-9a-f]{8}(?:-[0-9a-f]+)*|[a-z]+-[0-9a-f]{8,}|\d+|[A-Z0-9]{10,})$/;

/** The parts of the name in an ARN, without the type in front: `secret:payments/master-Ab12` has `payments` and `master-Ab12`. */
function partsOf(arn: string): readonly string[] {
  const parts = arn
    .split(":")
    .slice(5)
    .join(":")
    .split(/[/:]/)
    .filter((part) => part !== "");
  return parts.length > 1 ? parts.slice(1) : parts;
}

/** Whether an ARN has a name that somebody chose, so that it says something of whose the thing is. */
export function isNamed(arn: string): boolean {
  return partsOf(arn).some((part) => !ID.test(part));
}

/** The words that the vendor's names begin with, by globs over names or ARNs: `arn:aws:sqs:*:*:pond*` has `pond`. */
export function wordsOf(globs: readonly string[]): readonly string[] {
  const words = globs.flatMap((glob) => {
    const last = glob.split(/[/:]/).at(-1) ?? "";
    const word = /^[^*?]*/.exec(last)?.[0].replace(/[-_.]+$/, "") ?? "";
    return word === "" ? [] : [word.toLowerCase()];
  });
  return [...new Set(words)];
}

/** Whether one of the words stands in the name, at the beginning of a word of it. */
export function hasWord(arn: string, words: readonly string[]): boolean {
  const name = partsOf(arn).join("/").toLowerCase();
  return words.some((word) => {
    for (let at = name.indexOf(word); at >= 0; at = name.indexOf(word, at + 1)) {
      if (at === 0 || !/[a-z0-9]/.test(name[at - 1] ?? "")) return true;
    }
    return false;
  });
}
