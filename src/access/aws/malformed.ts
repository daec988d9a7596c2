/** What makes a statement one that cannot be read (AW1, AW13). */
import { twice } from "../fold.ts";
import { scalarText } from "../written.ts";
import { policyKindOf } from "./document.ts";

/** Thrown inside the reading of one statement; becomes its problem. */
export class Malformed extends Error {
  readonly clause: string;
  constructor(clause: string, message: string) {
    super(message);
    this.clause = clause;
  }
}

/** A text, or a number where a text is meant, by the text that it was written with (G7). */
export function meantText(value: unknown, what: string, clause: string): string {
  const found = typeof value === "boolean" ? undefined : scalarText(value);
  if (found === undefined) throw new Malformed(clause, `${what} is ${policyKindOf(value)}`);
  if ("unknown" in found) throw new Malformed("G7", `${what}: ${found.unknown}`);
  return found.text;
}

/** One name in two spellings: it is not known which of them counts (AW13). */
export function rejectTwice(object: Readonly<Record<string, unknown>>, what: string): void {
  const both = twice(Object.keys(object));
  if (both === undefined) return;
  throw new Malformed("AW13", `${what} has ${both.map((k) => `"${k}"`).join(" and ")}, one name twice`);
}
