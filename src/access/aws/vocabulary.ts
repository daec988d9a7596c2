/** Patterns of AWS policies: wildcards, escapes and policy variables (AW6). */
import { fold } from "../fold.ts";
import { type Glob, type GlobPiece, globText, literalGlob, pieceGlob, questionGlob } from "../glob.ts";

const EVERY = questionGlob("*");
const EVERY_SERVICE = questionGlob("*:*");

/** A policy variable: the condition key that it reads, and what it stands for where the request has none. */
interface Variable {
  readonly key: string;
  readonly fallback?: string;
  /** As written, for people. */
  readonly text: string;
}

/**
 * The policy variables of comparisons or of one request, numbered, and their patterns, one object per text; of
 * actions one object per pattern. Holds the numbering and the patterns.
 */
export class Vocabulary {
  private readonly actions = new Map<string, Glob>();
  private readonly actionsByKey = new Map<string, Glob>([[EVERY.key, EVERY]]);
  private readonly likes = new Map<string, Glob>();
  private readonly numbers = new Map<string, number>();
  private readonly variables: Variable[] = [];

  /** How many patterns and variables it holds, for whoever bounds it. */
  get size(): { readonly patterns: number; readonly variables: number } {
    return { patterns: this.actions.size + this.likes.size, variables: this.variables.length };
  }

  number(content: string): number {
    const comma = content.indexOf(",");
    const key = (comma < 0 ? content : content.slice(0, comma)).trim();
    const fallback = comma < 0 ? undefined : unquoted(content.slice(comma + 1).trim());
    const id = JSON.stringify([fold(key), fallback ?? null]);
    const known = this.numbers.get(id);
    if (known !== undefined) return known;
    const number = this.variables.length;
    this.numbers.set(id, number);
    this.variables.push({
      key: fold(key),
      ...(fallback !== undefined && { fallback }),
      text: `\${${content.trim()}}`,
    });
    return number;
  }

  variable(number: number): Variable {
    const found = this.variables[number];
    if (found === undefined) throw new RangeError(`no policy variable has the number ${number}`);
    return found;
  }

  /** A pattern of actions: compared without regard to case; every action of every service is every action (AW2). */
  action(text: string): Glob {
    const known = this.actions.get(text);
    if (known !== undefined) return known;
    const glob = questionGlob(fold(text));
    const made = glob.key === EVERY_SERVICE.key ? EVERY : (this.actionsByKey.get(glob.key) ?? glob);
    this.actionsByKey.set(made.key, made);
    this.actions.set(text, made);
    return made;
  }

  /** A resource or a value of a Like operator: `*` and `?` are wildcards, and `${…}` a variable where they are read. */
  like(text: string, reading: PatternReading): Glob {
    if (reading.variables && text.includes("${")) return pieceGlob(pieces(text, reading, true));
    const known = this.likes.get(text) ?? questionGlob(text);
    this.likes.set(text, known);
    return known;
  }

  /** A glob as a person writes it. */
  text(glob: Glob): string {
    return globText(glob, (number) => this.variable(number).text);
  }
}

function unquoted(text: string): string {
  return /^'.*'$/s.test(text) ? text.slice(1, -1) : text;
}

/** How the text of a pattern is read. */
export interface PatternReading {
  /** Version 2012-10-17: `${…}` is a variable; in 2008-10-17 it is literal text (AW6). */
  readonly variables: boolean;
  readonly vocabulary: Vocabulary;
  /** The service of all actions of the statement, where they have one (AW14). */
  readonly service?: string;
  /** Where given: the variables read so far are added to it. */
  readonly seen?: Set<number>;
}

/** How a dollar sign is written that begins no variable. */
const DOLLAR = ["$", "{$}"].join("");

/** A text of version 2008-10-17, where `${` begins no variable, as version 2012-10-17 writes it (AW6). */
export function literally(text: string): string {
  return text.replace(/\$(?=\{)/g, () => DOLLAR);
}

/** A resource or a value of a Like operator: `*` and `?` are wildcards. */
export function likeGlob(text: string, reading: PatternReading): Glob {
  return reading.vocabulary.like(text, reading);
}

/** A value of an Equals operator: a star is a star. */
export function equalGlob(text: string, reading: PatternReading): Glob {
  if (!reading.variables || !text.includes("${")) return literalGlob(text);
  return pieceGlob(pieces(text, reading, false));
}

/** `${*}`, `${?}` and `${$}` are the characters themselves; any other `${…}` is a variable. */
function pieces(text: string, reading: PatternReading, wildcards: boolean): readonly GlobPiece[] {
  const out: GlobPiece[] = [];
  let at = 0;
  while (at < text.length) {
    const letter = text.charAt(at);
    if (text.startsWith("${", at)) {
      const end = text.indexOf("}", at);
      const content = end < 0 ? "" : text.slice(at + 2, end);
      if (content.trim() !== "") {
        if (/^[*?$]$/.test(content)) out.push({ literal: content });
        else {
          const variable = reading.vocabulary.number(content);
          reading.seen?.add(variable);
          out.push({ variable });
        }
        at = end + 1;
        continue;
      }
    }
    out.push(wildcards && (letter === "*" || letter === "?") ? { wildcard: letter } : { literal: letter });
    at++;
  }
  return out;
}

/** `${…}` but for the three that are characters. */
const VARIABLE = /\$\{(?!\s*\}|[*?$]\})[^}]*\}/;

/** Whether a text holds what would be a policy variable under the version that has them. */
export function holdsVariable(text: string): boolean {
  return VARIABLE.test(text);
}

/** Whether every variable of a resource stands after the fifth colon, where AWS puts something in (AW6). */
export function resolvesLate(text: string, reading: PatternReading): boolean {
  if (!reading.variables) return true;
  const [before = ""] = text.split(VARIABLE);
  return before.length === text.length || before.split(":").length > 5;
}
