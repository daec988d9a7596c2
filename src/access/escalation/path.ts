/** A published way to more rights: what it takes, and who published it (E1). */
export interface EscalationPath {
  /** What its holder can do, after "it can". */
  readonly name: string;
  /** The lists that it is taken from. */
  readonly source: string;
  readonly kind: PathKind;
  /** All of these are needed, of each list one. In the provider's own words for a request. */
  readonly steps: readonly (readonly string[])[];
}

/**
 * `rights`: changes who may do what. `takeover`: one request that acts as somebody else, or hands out what somebody else
 * signs in with. `combination`: several requests together.
 */
export type PathKind = "rights" | "takeover" | "combination";

/** The strongest first. */
export const PATH_KINDS = ["rights", "takeover", "combination"] as const satisfies readonly PathKind[];

/** A row of a provider's table: name, source, steps; a step with alternatives is a list. */
export type PathRow = readonly [name: string, source: string, ...steps: (string | readonly string[])[]];

/** The table as paths. What needs more than one request is a combination, whichever list it stands in. */
export function pathsOf(kind: "rights" | "takeover", rows: readonly PathRow[]): readonly EscalationPath[] {
  return rows.map(([name, source, ...steps]) => ({
    name,
    source,
    kind: kind === "takeover" && steps.length > 1 ? "combination" : kind,
    steps: steps.map((step) => (typeof step === "string" ? [step] : step)),
  }));
}
