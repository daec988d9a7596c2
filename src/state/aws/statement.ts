import type { Residue } from "../../access/policy.ts";
import { addInline } from "./command.ts";
import { statementsOf } from "./document.ts";
import { giveInWords, openParameters } from "./parameters.ts";

function statementNumber(pointer: string): number {
  return Number(/^\/Statement(?:\/(\d+))?/.exec(pointer)?.[1] ?? "0");
}

/** Where a JSON pointer into a policy document leads: the statement, and its number. */
function statementAt(document: unknown, pointer: string): { index: number; statement: object } | undefined {
  const index = statementNumber(pointer);
  const statement = statementsOf(document)[index];
  return statement === undefined ? undefined : { index, statement };
}

/** The statement that a residue comes from, in its own document. */
export function originOf(residue: Residue, documents: readonly unknown[]): object | undefined {
  return statementAt(documents[residue.origin.document], residue.origin.pointer)?.statement;
}

/** What people call a statement: its Sid, else its number. */
export function statementName(document: unknown, pointer: string): string {
  const found = statementAt(document, pointer);
  const sid: unknown = found !== undefined && "Sid" in found.statement ? found.statement.Sid : undefined;
  return typeof sid === "string" && sid !== "" ? sid : `${statementNumber(pointer) + 1}`;
}

/** The statement of a residue, for a sentence. */
export function statementInWords(residue: Residue, documents: readonly unknown[]): string {
  return `statement ${statementName(documents[residue.origin.document], residue.origin.pointer)}`;
}

/** The statement that grants what is missing: the documented one, with the actions that are missing alone. */
function missingStatement(residue: Residue, documents: readonly unknown[]): object {
  const {
    Sid: _,
    Action,
    NotAction,
    ...rest
  } = (originOf(residue, documents) ?? {
    Effect: "Allow",
    Resource: "*",
  }) as Readonly<Record<string, unknown>>;
  if (NotAction !== undefined) return { ...rest, NotAction };
  return { ...rest, Action: residue.actions ?? [residue.pattern] };
}

/** How to grant what is missing: the command, unless a parameter that its statement has was not given. */
export function mendMissing(
  residue: Residue,
  by: { readonly control: string; readonly template: unknown },
  documents: readonly unknown[],
  role: string,
): { readonly statement: object; readonly more: string; readonly commands: readonly string[] } {
  const own = statementsOf(by.template)[statementNumber(residue.origin.pointer)];
  const open = openParameters(own);
  if (open.length === 0) {
    const statement = missingStatement(residue, documents);
    return { statement, more: "", commands: [addInline(role, by.control, policyOf(statement))] };
  }
  const statement = missingStatement({ ...residue, origin: { ...residue.origin, document: 0 } }, [
    by.template,
  ]);
  return { statement, more: ` ${giveInWords(open)}`, commands: [] };
}

/** A policy document around statements. */
export function policyOf(...statements: readonly object[]): object {
  return { Version: "2012-10-17", Statement: statements };
}
