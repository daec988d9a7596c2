import { inertJson } from "../text/visible.ts";

/**
 * A document as JSON, laid out as `JSON.stringify(document, null, 1)` does it, a line break at its end, piece by piece: a
 * list that is iterable and no array is written item by item, each made when it is its turn and not kept. No piece ends
 * within a string, so what is inert in the pieces is so in the whole.
 */
export function* jsonPieces(document: object): Iterable<string> {
  yield* piecesOf(document, "\n");
  yield "\n";
}

/** @param end the line break before the end of the value, with the indentation that it has there */
function* piecesOf(value: unknown, end: string): Iterable<string> {
  const inner = `${end} `;
  if (isMadeInTurn(value)) {
    let empty = true;
    for (const item of value) {
      yield `${empty ? "[" : ","}${inner}`;
      yield* piecesOf(item, inner);
      empty = false;
    }
    yield empty ? "[]" : `${end}]`;
  } else if (holdsOneMadeInTurn(value)) {
    let empty = true;
    for (const [key, member] of Object.entries(value)) {
      if (member === undefined) continue;
      yield `${empty ? "{" : ","}${inner}${inertJson(JSON.stringify(key))}: `;
      yield* piecesOf(member, inner);
      empty = false;
    }
    yield `${end}}`;
  } else yield inertJson(JSON.stringify(value, null, 1)).replaceAll("\n", end);
}

function isMadeInTurn(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Symbol.iterator in value;
}

/** Lists hold none: what is in a list is either made in turn, with the list, or as small as one item. */
function holdsOneMadeInTurn(value: unknown): value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).some((member) => isMadeInTurn(member) || holdsOneMadeInTurn(member));
}
