import { type Document, Lexer } from "yaml";

/** How a YAML 1.2 text is parsed that nobody vouches for: no tag resolved, no merge key, dates stay text. */
export const UNTRUSTED = {
  prettyErrors: false,
  stringKeys: true,
  // The library compares each key with all others; whoever reads the pairs does it in one pass.
  uniqueKeys: false,
  resolveKnownTags: false,
  merge: false,
  logLevel: "error",
} as const;

/** Words that YAML 1.1, which kubectl, Helm and CloudFormation read, takes for true or false, and YAML 1.2 for words. */
export const WORDS = /^(?:y|n|yes|no|on|off)$/i;
/** What either edition of YAML takes for a number. */
export const NUMBERS =
  /^[-+]?(?:[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?|0b[01_]+|0o[0-7]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?|\.inf|\.nan)$/i;

/**
 * The offset at which a text nests more than `most` levels deep, found by tokens alone: the parser recurses, and half a
 * megabyte of brackets or of `- - -` exhausts its memory before it can complain (fault 30).
 */
export function tooDeep(text: string, most: number): number | undefined {
  let flow = 0;
  let compact = 0;
  let offset = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === "[" || token === "{") flow += 1;
    else if (token === "]" || token === "}") flow -= 1;
    // Inside brackets a colon nests nothing: JSON on one line has as many as it has keys.
    else if (flow === 0 && (token === "-" || token === "?" || token === ":")) compact += 1;
    if (token.includes("\n")) compact = 0;
    if (flow > most || (flow === 0 && compact > most)) return offset;
    // Those are the lexer's own marks and take no room in the text.
    if (!/^[\u0002\u0018\u001f\ufeff]$/.test(token)) offset += token.length;
  }
  return undefined;
}

/** What is wrong with a parsed text: the first slip, since what follows it is its echo; else each thing to be warned of. */
export function complaintsOf({ errors, warnings }: Pick<Document, "errors" | "warnings">) {
  const [first] = [...errors].sort((a, b) => a.pos[0] - b.pos[0]);
  return first === undefined ? warnings : [first];
}

/** The library's sentence about a text as part of ours. */
export function syntaxText(message: string): string {
  return `${message.charAt(0).toLowerCase()}${message.slice(1)}`.replace(/\s+/g, " ");
}
