const token =
  /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]/y;

/** What may come next while reading JSON. */
type Wanted = "value" | "first item" | "first key" | "key" | "colon" | "comma" | "end";

/**
 * Offset of the first thing that makes a text no JSON; its end when something is missing there. `JSON.parse` says so
 * only in some of its messages, which differ between versions of Node.
 */
export function offsetOfError(text: string): number {
  const open: ("{" | "[")[] = [];
  let wanted: Wanted = "value";
  let at = skipSpace(text, 0);
  while (at < text.length) {
    token.lastIndex = at;
    const found = token.exec(text)?.[0];
    const next: Wanted | undefined = found === undefined ? undefined : after(found, wanted, open);
    if (found === undefined || next === undefined) return at;
    wanted = next;
    at = skipSpace(text, at + found.length);
  }
  return at;
}

/** What may come after a token; undefined when the token may not stand here. Keeps the open brackets. */
function after(found: string, wanted: Wanted, open: ("{" | "[")[]): Wanted | undefined {
  if (found === "," || found === ":") {
    if (found === ":") return wanted === "colon" ? "value" : undefined;
    if (wanted !== "comma") return undefined;
    return open.at(-1) === "{" ? "key" : "value";
  }
  if (found === "}" || found === "]") {
    const fits = found === "}" ? wanted === "first key" : wanted === "first item";
    if (!fits && wanted !== "comma") return undefined;
    if (open.pop() !== (found === "}" ? "{" : "[")) return undefined;
    return open.length === 0 ? "end" : "comma";
  }
  if (wanted === "key" || wanted === "first key") return found.startsWith('"') ? "colon" : undefined;
  if (wanted !== "value" && wanted !== "first item") return undefined;
  if (found === "{" || found === "[") {
    open.push(found);
    return found === "{" ? "first key" : "first item";
  }
  return open.length === 0 ? "end" : "comma";
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
