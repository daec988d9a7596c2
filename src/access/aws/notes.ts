/** What the texts of a difference do not show: how a side reads them (AW6), and why a grant is dead (AW5, AW9). */
import { hasVariable, matches } from "../glob.ts";
import type { Origin, Residue } from "../policy.ts";
import { atomVariables } from "./condition.ts";
import { retold } from "./parts.ts";
import { type Operation, operationsOf, type ServiceData } from "./service-data.ts";
import type { PolicySide } from "./sides.ts";
import type { Body, ParsedStatement } from "./statement.ts";
import { holdsVariable, type Vocabulary } from "./vocabulary.ts";

/** The residues, each with what has to be said beside its texts. */
export function withNotes(
  residues: readonly Residue[],
  own: PolicySide,
  other: PolicySide,
  data: ServiceData | undefined,
  vocabulary: Vocabulary,
): readonly Residue[] {
  const byOrigin = new Map(own.statements.map((s) => [originKey(s.origin), s]));
  const otherwise = readingsOf(other);
  return residues.map((residue) => {
    const statement = statementOf(residue.origin, byOrigin);
    if (statement === undefined) return residue;
    const dead =
      residue.dead === true && data !== undefined
        ? whyDead(residue, statement, operationsOf(data), vocabulary)
        : undefined;
    const notes = [dead, readOtherwise(statement.body, otherwise)].filter((note) => note !== undefined);
    return notes.length === 0 ? residue : retold(residue, { ...residue, note: notes.join("; ") });
  });
}

/** The statement that is there, or that what is there lies in. */
function statementOf(
  { document, pointer }: Origin,
  statements: ReadonlyMap<string, ParsedStatement>,
): ParsedStatement | undefined {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf("/"))) {
    const found = statements.get(originKey({ document, pointer: at }));
    if (found !== undefined || !at.includes("/")) return found;
  }
}

function originKey({ document, pointer }: Origin): string {
  return `${document} ${pointer}`;
}

/** Texts of a statement that look like policy variables, and whether they are read as such. */
function readings({ resources, atoms }: Body): ReadonlyMap<string, boolean> {
  const out = new Map<string, boolean>();
  for (const { text, glob } of resources.terms) if (holdsVariable(text)) out.set(text, hasVariable(glob));
  for (const atom of atoms) if (holdsVariable(atom.text)) out.set(atom.text, atomVariables(atom).length > 0);
  return out;
}

/** How all of a side reads such texts; one may be read both ways. */
function readingsOf({ statements }: PolicySide): ReadonlyMap<string, ReadonlySet<boolean>> {
  const out = new Map<string, Set<boolean>>();
  for (const { body } of statements) {
    for (const [text, isVariable] of readings(body)) {
      const ways = out.get(text);
      if (ways === undefined) out.set(text, new Set([isVariable]));
      else ways.add(isVariable);
    }
  }
  return out;
}

function readOtherwise(body: Body, other: ReadonlyMap<string, ReadonlySet<boolean>>): string | undefined {
  for (const [text, isVariable] of readings(body)) {
    if (other.get(text)?.has(!isVariable) !== true) continue;
    const [here, there] = isVariable ? ["a variable", "literal text"] : ["literal text", "a variable"];
    const version = isVariable ? "the other side has no" : "its document has no";
    return `\${…} is ${here} here and ${there} on the other side: ${version} "Version": "2012-10-17"`;
  }
  return undefined;
}

function whyDead(
  residue: Residue,
  { body }: ParsedStatement,
  operations: readonly Operation[],
  vocabulary: Vocabulary,
): string | undefined {
  const globs = (residue.actions ?? [residue.pattern]).map((text) => vocabulary.action(text));
  const operation = operations.find((o) => globs.some((g) => matches(g, o.key)));
  const limits = operation?.limits;
  if (operation === undefined || limits === undefined) return undefined;
  const keys = body.atoms.filter((a) => limits.absent.has(a.key)).map((a) => a.keyText);
  if (keys.length > 0) return `${operation.name} has no condition key ${[...new Set(keys)].join(", ")} (AW9)`;
  return limits.onlyStar ? `${operation.name} knows no resource but * (AW5)` : undefined;
}
