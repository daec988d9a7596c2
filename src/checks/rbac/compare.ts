import type {
  CompareOptions,
  Comparison,
  Doubt,
  KubernetesRequest,
  Residue,
  ServedResource,
  Verdict,
  VoidGrant,
  Witness,
} from "../../access/policy.ts";
import { allows, comparePolicies } from "../../access/provider.ts";
import type { Resource } from "../../report/report.ts";
import { exceptInWords } from "../arm/observe.ts";
import type { UnknownObservation } from "../define.ts";
import type { Rule } from "./rules.ts";

/** Patterns of a kind that a sentence names. */
const SHOWN = 4;

/** What one document of a side grants. */
export interface Granted {
  readonly rules: readonly Rule[];
}

/** Two sets of rules that are to be the same in one place. */
export interface Sides {
  readonly documented: readonly Granted[];
  readonly live: readonly Granted[];
  /** The namespace in which both hold; absent: everywhere. */
  readonly namespace?: string;
  /** What the server serves, where discovery was read (K4). */
  readonly resources?: readonly ServedResource[];
}

function optionsOf({ namespace, resources }: Sides): CompareOptions {
  return {
    ...(namespace === undefined ? {} : { namespace }),
    ...(resources === undefined ? {} : { resources }),
  };
}

export function differenceOf(sides: Sides): Comparison {
  return comparePolicies("kubernetes", sides.documented, sides.live, optionsOf(sides));
}

/** What both sides say to a witness: the runner checks it. */
export function replayOf(sides: Sides, witness: Witness): { documented: Verdict; live: Verdict } {
  return {
    documented: allows("kubernetes", sides.documented, witness, optionsOf(sides)),
    live: allows("kubernetes", sides.live, witness, optionsOf(sides)),
  };
}

/** Whether these rules grant a request in the place of the sides. */
export function grants(granted: Granted, witness: Witness, sides: Sides): boolean {
  return allows("kubernetes", [granted], witness, optionsOf(sides)) === "allowed";
}

/** Which rule of its document a residue comes from. */
export function ruleIndex(residue: Residue): number {
  return indexIn(residue.origin.pointer);
}

function indexIn(pointer: string): number {
  return Number(/^\/rules\/(\d+)/.exec(pointer)?.[1] ?? 0);
}

/** The documents and rules that write a part of a residue. */
function originsOf(residue: Residue): readonly Residue["origin"][] {
  return residue.origins ?? [residue.origin];
}

/** The documents of a side that a residue comes from. */
export function documentsOf(residue: Residue): ReadonlySet<number> {
  return new Set(originsOf(residue).map((origin) => origin.document));
}

/** The rules that a residue comes from, of one document or of all. */
export function rulesOf(residue: Residue, side: readonly Granted[], document?: number): readonly Rule[] {
  const found = originsOf(residue)
    .filter((origin) => document === undefined || origin.document === document)
    .flatMap((origin) => side[origin.document]?.rules[indexIn(origin.pointer)] ?? []);
  return [...new Set(found)];
}

/** Everything of a residue that goes into an observation as it is. */
export function ofResidue(residue: Residue) {
  return {
    pattern: residue.pattern,
    except: residue.except,
    witness: residue.witness,
    ...(residue.witnesses === undefined ? {} : { witnesses: residue.witnesses }),
    ...(residue.known === undefined ? {} : { known: residue.known }),
    ...(residue.latent === undefined ? {} : { latent: residue.latent }),
    impact: residue.impact,
  };
}

/** A pattern for a sentence that says the namespace itself. */
export function patternIn(pattern: string, namespace: string | undefined): string {
  const end = ` -n ${namespace ?? ""}`;
  return namespace !== undefined && pattern.endsWith(end) ? pattern.slice(0, -end.length) : pattern;
}

/** A residue's pattern and what is left out of it, for a sentence that says the namespace itself. */
export function residueIn(residue: Residue, namespace: string | undefined): string {
  const except = residue.except.map((pattern) => patternIn(pattern, namespace));
  return `${patternIn(residue.pattern, namespace)}${exceptInWords(except)}`;
}

/** Grants that have no effect, for a sentence: the first few, and why. */
export function voidInWords(grants: readonly VoidGrant[], namespace: string | undefined): string {
  const patterns = grants.map((v) => patternIn(v.pattern, namespace));
  const more = patterns.length > SHOWN ? ` and ${patterns.length - SHOWN} more` : "";
  const whys = [...new Set(grants.map((v) => v.why))].join("; ");
  return `${patterns.slice(0, SHOWN).join("; ")}${more} (${whys})`;
}

/** The property that a residue's finding is about. Two residues of one pattern differ in what they leave out. */
export function residueProperty(drift: string, residue: Residue, place = ""): string {
  const except = [...residue.except].sort();
  return JSON.stringify([drift, place, residue.pattern, ...except]);
}

/** A request in words: `get pods/log named x in namespace y`, `get /metrics`. */
export function requestInWords(witness: Witness): string {
  const request = witness as KubernetesRequest;
  if ("url" in request) return `${request.verb} ${request.url}`;
  const resource =
    request.subresource === undefined ? request.resource : `${request.resource}/${request.subresource}`;
  return (
    `${request.verb} ${resource}${request.group === "" ? "" : `.${request.group}`}` +
    `${request.name === undefined ? "" : ` named ${request.name}`}` +
    `${request.namespace === undefined ? "" : ` in namespace ${request.namespace}`}`
  );
}

/** A doubt of the comparison as something not assessed. */
export function ofDoubt(doubt: Doubt, resource: Resource, subject: string, place = ""): UnknownObservation {
  return {
    kind: "unknown",
    resource,
    message: `${subject}: ${doubt.pattern}: ${doubt.reason}`,
    property: JSON.stringify(["undecided", doubt.side, place, doubt.pattern]),
    pattern: doubt.pattern,
    clause: doubt.clause,
    decide: doubt.decide,
  };
}
