/*
 * What may be told of an error that nobody foresaw. It can end the program while secrets are in its hands, and the words
 * of such an error quote what was worked on: `Unexpected token 'h', "hunter2" is not valid JSON` stands between
 * quotation marks, `Iterator value hunter2 is not an entry object` does not.
 */

/** A mistake of the program's own, in words that quote nothing that a report would not show. */
export class Defect extends Error {
  override readonly name = "Defect";
}

/**
 * Errors whose words somebody chose: ours, and what is an `Error` and no more. Of all others (the engine's, a parser's,
 * an SDK's) only words are told that are known to name nothing but code.
 */
const chosen = new Set(["Error", "ReadFailure", "WriteRefused"]);

/** What V8 says where it names an expression of the source, a property that code asks for, or nothing. */
const ofCode: readonly RegExp[] = [
  /^Cannot (?:read|set) properties of (?:undefined|null)(?: \((?:reading|setting) '[\w$]+'\))?$/,
  /^[\w$.()[\]]+ is not (?:a function|a constructor|iterable|defined)$/,
  /^Maximum call stack size exceeded$/,
  /^Invalid (?:string length|array length|time value)$/,
];

/** From the first quotation mark to the last of its kind. */
const quoted = /(["'`]).*\1/su;

/** The error's words without anything that was read, or what kind of error it is. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return "something that is no error was thrown";
  const { name, message } = error;
  if (name === "Defect") return message;
  if (chosen.has(name)) return message.replace(quoted, "$1…$1");
  if (ofCode.some((pattern) => pattern.test(message))) return message;
  const { code } = error as { readonly code?: unknown };
  const kind = typeof code === "string" && /^[A-Z_]+$/.test(code) ? `${name} ${code}` : name;
  return `${kind}, whose words are left out: they may quote what was read`;
}

/** Where it happened: the stack without its head, which repeats the message as it was when the error was made. */
export function placesOf({ stack = "", message }: Error): readonly string[] {
  const head = stack.indexOf(message);
  const lines = stack.slice(head < 0 ? 0 : head + message.length).split("\n");
  const last = lines.findLastIndex((line) => !/^ +at /.test(line));
  return lines.slice(last + 1);
}
