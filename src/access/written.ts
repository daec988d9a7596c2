/**
 * A scalar of a file whose value is not its text: a number that a program would round or write otherwise, or a word
 * that two editions of YAML read as two things. Readers of files make it; readers of policies ask for its text (G7).
 */
export class Written {
  /** As the file has it. */
  readonly source: string;
  /** What a reader takes it for: `a number`, `a boolean`. */
  readonly kind: string;
  /** Why it is not known what it stands for; absent: its text is what was meant. */
  readonly unsure?: string;

  constructor(source: string, kind: string, unsure?: string) {
    this.source = source;
    this.kind = kind;
    if (unsure !== undefined) this.unsure = unsure;
  }

  toJSON(): string {
    return this.source;
  }
}

/** The text of a scalar where a text is meant, or why there is none. */
export type ScalarText = { readonly text: string } | { readonly unknown: string };

/**
 * The text that a scalar was written with (G7). A number of the library's caller has the text that JSON writes for it,
 * unless it is so large that the reader before may have rounded it.
 */
export function scalarText(value: unknown): ScalarText | undefined {
  if (typeof value === "string") return { text: value };
  if (typeof value === "boolean") return { text: String(value) };
  if (value instanceof Written) {
    return value.unsure === undefined ? { text: value.source } : { unknown: value.unsure };
  }
  if (typeof value !== "number") return undefined;
  return mayBeRounded(value)
    ? { unknown: `the number ${value} may have been rounded when it was read; write it as a text` }
    : { text: String(value) };
}

/** Whether another number may have been written in its place. */
export function mayBeRounded(value: number): boolean {
  return !Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER;
}
