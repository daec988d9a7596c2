/** What the texts of a difference do not show: how a side reads them (AW6), and why a grant is dead (AW5, AW9). */
import { hasVariable, matches } from "../glob.ts";
import type { Residue } from "../policy.ts";
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
  return residues.map((residue) => {
    const statement = statementOf(residue, own);
    if (statement === undefined) return residue;
    const dead =
      residue.dead === true && data !== undefined
        ? whyDead(residue, statement, operationsOf(data), vocabulary)
        : undefined;
    const notes = [dead, readOtherwise(statement.body, other)].filter((note) => note !== undefined);
    return notes.length === 0 ? residue : retold(residue, { ...residue, note: notes.join("; ") });
  });
}

function statementOf({ origin }: Residue, { statements }: PolicySide): ParsedStatement | undefined {
  return statements.find(
    (s) =>
      s.origin.document === origin.document &&
      (origin.pointer === s.origin.pointer || origin.pointer.startsWith(`${s.origin.pointer}/`)),
  );
}

/** Texts of a statement that look like policy variables, and whether they are read as such. */
function readings({ resources, atoms }: Body): ReadonlyMap<string, boolean> {
  const out = new Map<string, boolean>();
  for (const { text, glob } of resources.terms) if (holdsVariable(text)) out.set(text, hasVariable(glob));
  for (const atom of atoms) if (holdsVariable(atom.text)) out.set(atom.text, atomVariables(atom).length > 0);
  return out;
}

function readOtherwise(body: Body, other: PolicySide): string | undefined {
  for (const [text, isVariable] of readings(body)) {
    if (!other.statements.some((s) => readings(s.body).get(text) === !isVariable)) continue;
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
