/** What a baseline needs to know of a check: its name and the shape of its parameters. */
export interface CheckShape {
  readonly id: string;
  /** JSON Schema of the control's `with`. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** The checks that a baseline may name, by id. */
export function knownChecks(checks: readonly CheckShape[]): readonly CheckShape[] {
  return [...checks].sort((a, b) => (a.id < b.id ? -1 : 1));
}
