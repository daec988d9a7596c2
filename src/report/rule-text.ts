/** A rule's texts: one for every check and drift. */
export interface RuleText {
  /** Check id and drift id. */
  readonly id: string;
  readonly title: string;
  readonly short: string;
  /** Markdown. */
  readonly help: string;
  readonly helpUri: string;
}
