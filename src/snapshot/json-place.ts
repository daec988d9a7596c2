/** A 1-based place in a text. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** The place of an offset. */
export function placeOf(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return { line, column: offset - before.lastIndexOf("\n") };
}

/** Offset at which `JSON.parse` gave up, from what it says (Node words it in several ways), else the end of the text. */
export function offsetOfError(text: string, error: unknown): number {
  const message = error instanceof Error ? error.message : "";
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return Math.min(Number(position), text.length);
  const place = /line (\d+) column (\d+)/.exec(message);
  if (place !== null) {
    const lines = text.split("\n").slice(0, Number(place[1]) - 1);
    return Math.min(
      lines.join("\n").length + (lines.length === 0 ? 0 : 1) + Number(place[2]) - 1,
      text.length,
    );
  }
  return text.length;
}

/**
 * Offset of the value that a JSON pointer names, in a text that is valid JSON; of the nearest parent when it has no
 * such value. A scanner and no parser: only errors need it, and no tree of a large file has to be built for them.
 */
export function offsetOfPointer(text: string, pointer: string): number {
  const steps = pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  let at = skipSpace(text, 0);
  for (const step of steps) {
    const child = childOf(text, at, step);
    if (child === undefined) return at;
    at = child;
  }
  return at;
}

function childOf(text: string, start: number, step: string): number | undefined {
  const open = text[start];
  if (open !== "{" && open !== "[") return undefined;
  let at = skipSpace(text, start + 1);
  for (let index = 0; text[at] !== "}" && text[at] !== "]" && at < text.length; index += 1) {
    let key = String(index);
    if (open === "{") {
      const end = skipValue(text, at);
      key = JSON.parse(text.slice(at, end)) as string;
      at = skipSpace(text, skipSpace(text, end) + 1);
    }
    if (key === step) return at;
    at = skipSpace(text, skipValue(text, at));
    if (text[at] === ",") at = skipSpace(text, at + 1);
  }
  return undefined;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && /\s/.test(text[at] ?? "")) at += 1;
  return at;
}

/** The offset after the value that begins at `start`. */
function skipValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') {
      at += 1;
      while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
    } else if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") {
      if (depth === 0) return at;
      depth -= 1;
    } else if (depth === 0 && (character === "," || character === ":")) return at;
    if (depth === 0 && (character === '"' || character === "}" || character === "]")) return at + 1;
  }
  return text.length;
}
