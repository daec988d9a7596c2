/** A text that is no log of the provider: a mistake of whoever gave it. */
export class UsageFormatError extends Error {
  override readonly name = "UsageFormatError";
}

/** JSON, or undefined. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A record a line, as query tools export them; lines that are none are undefined. `undefined`: no line is one. */
export function recordLines(text: string): readonly unknown[] | undefined {
  const records = text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map(parsedJson);
  return records.some((record) => typeof record === "object" && record !== null) ? records : undefined;
}
