/** Points of the difference as requests that a person can read and `allows` can replay. */
import { fillVariables, type Glob, pointText, variablesIn } from "../glob.ts";
import type { AwsRequest } from "../policy.ts";
import type { Solution } from "./combination.ts";
import { atomVariables } from "./condition.ts";
import { principalText } from "./principals.ts";
import type { Choice, Statements } from "./statement.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** How what stands for any text is written. */
export interface Letters {
  /** For a star. */
  readonly star: string;
  /** A text for a policy variable of this number: one that no pattern matches by accident. */
  variable(number: number): string;
  /** A condition key as the policies write it. */
  key(key: string): string;
}

const WORD = "<any>";
/** Characters that policies seldom use, and that have no other case. */
const SPARE = "~^¤§¶¦¬«»";
const FURTHER = 0x2200;

/** Chooses letters that no pattern of either side uses. */
export function lettersFor(layers: readonly Statements[], width: number): Letters {
  const runs = new Set<string>();
  const keys = new Map<string, string>();
  const look = (glob: Glob): void => {
    for (const part of glob.parts) runs.add(part);
  };
  const lookAll = (choice: Choice | undefined): void => {
    for (const term of choice?.terms ?? []) look(term.glob);
  };
  for (const { statements } of layers) {
    for (const { body, actions } of statements) {
      lookAll(actions);
      lookAll(body.resources);
      lookAll(body.principals);
      for (const { test, key, keyText } of body.atoms) {
        const spelled = keys.get(key);
        if (spelled === undefined || keyText < spelled) keys.set(key, keyText);
        if (test.kind === "glob") test.globs.forEach(look);
        if (test.kind === "arn") for (const arn of test.arns) arn.forEach(look);
        if (test.kind === "caseless") for (const text of test.texts) runs.add(text);
      }
    }
  }
  const used = [...runs].join("");
  const spare: string[] = [...SPARE].filter((c) => !used.includes(c));
  const letter = (at: number): string => spare[at] ?? String.fromCharCode(FURTHER + at);
  const safe =
    width === 1 &&
    !used.includes("<") &&
    !used.includes(">") &&
    ![...runs].some((run) => run !== "" && WORD.includes(run));
  return {
    star: safe ? WORD : letter(0),
    // as long as a star's text, so that no run of `?` fits
    variable: (number) => letter(number + 1).repeat(width + 1),
    key: (key) => keys.get(key) ?? key,
  };
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
  const shown = (text: string): string =>
    pointText(
      fillVariables(text, (number) => given.get(number) ?? letters.variable(number)) ?? text,
      letters.star,
    );
  for (const number of variables) {
    const variable = vocabulary.variable(number);
    const chosen = solution.keys.get(variable.key);
    if (solution.keys.has(variable.key) && chosen === undefined) {
      // absent is what the solution needs; a fallback then stands in
      given.set(number, variable.fallback ?? "");
      continue;
    }
    const value = chosen?.length === 1 ? shown(chosen[0] as string) : letters.variable(number);
    given.set(number, value);
    context[letters.key(variable.key)] = value;
  }
  for (const [key, values] of [...solution.keys].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (values === undefined) continue;
    const texts = values.map(shown);
    context[letters.key(key)] = texts.length === 1 ? (texts[0] as string) : texts;
  }
  return {
    ...(solution.principal !== undefined && { principal: principalText(shown(solution.principal)) }),
    action,
    resource: shown(solution.resource),
    ...(Object.keys(context).length > 0 && { context }),
  };
}

/** The variables that any statement of these layers reads. */
export function variablesOf(layers: readonly Statements[]): readonly number[] {
  const out = new Set<number>();
  for (const { statements } of layers) {
    for (const { body } of statements) {
      for (const term of body.resources.terms) for (const v of variablesIn(term.glob.key)) out.add(v);
      for (const atom of body.atoms) for (const v of atomVariables(atom)) out.add(v);
    }
  }
  return [...out].sort((a, b) => a - b);
}
