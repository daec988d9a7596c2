/** Points of the difference as requests that a person can read and `allows` can replay. */
import { fold } from "../fold.ts";
import { fillVariables, pointText, variablesIn } from "../glob.ts";
import type { AwsRequest } from "../policy.ts";
import type { Solution } from "./combination.ts";
import { atomVariables } from "./condition.ts";
import { eachGlob } from "./foes.ts";
import { principalText } from "./principals.ts";
import type { ParsedStatement } from "./statement.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** How what stands for any text is written. */
export interface Letters {
  /** For a star. */
  readonly star: string;
  /** A text for a policy variable of this number: one that no pattern matches by accident. */
  variable(number: number): string;
  /** A condition key as the policies write it. */
  key(key: string): string;
  /** Runs of letters of a text that stand for what no pattern uses, each once. */
  invented(text: string): readonly string[];
}

const WORD = "<any>";
/** Characters that policies seldom use, and that have no other case. */
const SPARE = "~^¤§¶¦¬«»";
const FURTHER = 0x2200;
const INVENTED = /[~^¤§¶¦¬«»\u2200-\u2fff]+/g;

/** What the texts of some statements are made of. */
export interface Spelled {
  /** Which of the characters that a letter could be occur. */
  readonly used: ReadonlySet<string>;
  /** Whether a pattern could match a part of `<any>` by its letters. */
  readonly inWord: boolean;
  /** Condition keys as written, of several spellings the smallest. */
  readonly keys: ReadonlyMap<string, string>;
}

const SPECIAL = /[~^¤§¶¦¬«»<>]/g;

export function spelledIn(statements: readonly ParsedStatement[]): Spelled {
  const used = new Set<string>();
  const keys = new Map<string, string>();
  let inWord = false;
  const lookAt = (run: string): void => {
    if (run !== "" && run.length <= WORD.length && WORD.includes(run)) inWord = true;
    if (run.search(SPECIAL) >= 0) for (const [character] of run.matchAll(SPECIAL)) used.add(character);
  };
  eachGlob(statements, (glob) => {
    if (glob.literal) lookAt(glob.key);
    else glob.parts.forEach(lookAt);
  });
  for (const { body } of statements) {
    for (const { test, key, keyText } of body.atoms) {
      const spelled = keys.get(key);
      if (spelled === undefined || keyText < spelled) keys.set(key, keyText);
      if (test.kind === "caseless") test.texts.forEach(lookAt);
    }
  }
  return { used, inWord, keys };
}

/**
 * Chooses letters that no pattern of the sides uses.
 * @param variables those that the sides read, in order: the first gets the first letter
 */
export function lettersFor(sides: readonly Spelled[], variables: readonly number[], width: number): Letters {
  const isUsed = (character: string): boolean => sides.some((s) => s.used.has(character));
  const spare = [...SPARE].filter((c) => !isUsed(c));
  const letter = (at: number): string => spare[at] ?? String.fromCharCode(FURTHER + at);
  const safe = width === 1 && !isUsed("<") && !isUsed(">") && !sides.some((s) => s.inWord);
  return {
    star: safe ? WORD : letter(0),
    // as long as a star's text, so that no run of `?` fits
    variable: (number) => letter(variables.indexOf(number) + 1).repeat(width + 1),
    invented: (text) => {
      const runs = text.match(INVENTED) ?? [];
      return [...new Set(runs)].filter((run) => ![...run].some(isUsed));
    },
    key: (key) => {
      let found: string | undefined;
      for (const { keys } of sides) {
        const spelled = keys.get(key);
        if (spelled !== undefined && (found === undefined || spelled < found)) found = spelled;
      }
      return found ?? key;
    },
  };
}

/**
 * A key that stands for others of one value (AW14), as this action knows it: a tag by the service's own key or by that of
 * all, since another service's says nothing there; the time as a date, since that is how its value is written.
 */
function keyFor(key: string, spelled: string, service: string): string {
  if (fold(spelled) === key) return spelled;
  if (key === "aws:currenttime") return "aws:CurrentTime";
  const colon = spelled.indexOf(":");
  return fold(spelled.slice(0, colon)) === service ? spelled : `aws${spelled.slice(colon)}`;
}

/** The request of a solution. The variables that the statements in play read get values of their own. */
export function witnessOf(
  action: string,
  solution: Solution,
  variables: readonly number[],
  vocabulary: Vocabulary,
  letters: Letters,
): AwsRequest {
  const context: Record<string, string | readonly string[]> = {};
  const given = new Map<number, string>();
  const service = fold(action.slice(0, Math.max(0, action.indexOf(":"))));
  const named = (key: string): string => keyFor(key, letters.key(key), service);
  const shown = (text: string, star = letters.star): string =>
    pointText(fillVariables(text, (number) => given.get(number) ?? letters.variable(number)) ?? text, star);
  for (const number of variables) {
    const variable = vocabulary.variable(number);
    const chosen = solution.keys.get(variable.key);
    if (solution.keys.has(variable.key) && chosen === undefined) {
      // absent is what the solution needs; a fallback then stands in
      given.set(number, variable.fallback ?? "");
      continue;
    }
    const own = letters.variable(number);
    // what is any text here is to equal no other key that may have any text
    const value = chosen?.length === 1 ? shown(chosen[0] as string, own.charAt(0)) : own;
    given.set(number, value);
    context[named(variable.key)] = value;
  }
  const read = new Set(variables.map((number) => vocabulary.variable(number).key));
  for (const [key, values] of [...solution.keys].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (values === undefined || (read.has(key) && values.length === 1)) continue;
    const texts = values.map((v) => shown(v));
    context[named(key)] = texts.length === 1 ? (texts[0] as string) : texts;
  }
  return {
    ...(solution.principal !== undefined && { principal: principalText(shown(solution.principal)) }),
    action,
    resource: shown(solution.resource),
    ...(Object.keys(context).length > 0 && { context }),
  };
}

/** Of these variables, those that a pattern of the statements reads. */
export function variablesRead(
  variables: readonly number[],
  statements: readonly ParsedStatement[],
): readonly number[] {
  if (variables.length === 0) return variables;
  const read = new Set<number>();
  for (const body of new Set(statements.map((s) => s.body))) {
    for (const term of body.resources.terms) for (const v of variablesIn(term.glob.key)) read.add(v);
    for (const atom of body.atoms) for (const v of atomVariables(atom)) read.add(v);
  }
  return variables.filter((v) => read.has(v));
}
