/** What a row of the difference grants, as elements of a statement, so that it can be compared again. */
import { globText } from "../glob.ts";
import type { AwsGrant, AwsPart, Residue } from "../policy.ts";
import type { Term } from "../term.ts";
import type { PatternRow } from "./direction.ts";
import { principalText } from "./principals.ts";
import type { Body, Choice } from "./statement.ts";
import { likeGlob, literally, Vocabulary } from "./vocabulary.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Made when somebody asks: of most residues nobody does. */
const grants = new WeakMap<Residue, () => readonly AwsGrant[]>();

/** Keeps how to say what a residue grants. */
export function keepGrant(residue: Residue, make: () => readonly AwsGrant[]): Residue {
  grants.set(residue, make);
  return residue;
}

/** The same residue, told in another way: it grants what the first does. */
export function retold(residue: Residue, told: Residue): Residue {
  const make = grants.get(residue);
  return make === undefined ? told : keepGrant(told, make);
}

/**
 * All that a residue of AWS grants, exactly: the union of these. Undefined for a residue of another provider.
 */
export function awsGrantOf(residue: Residue): readonly AwsGrant[] | undefined {
  return grants.get(residue)?.();
}

/** Rows that say the same but of other actions are one. */
export function grantOfRows(
  rows: readonly { readonly row: PatternRow; readonly text: string; readonly except: readonly AwsPart[] }[],
): readonly AwsGrant[] {
  const groups = new Map<string, { readonly rest: AwsGrant; readonly patterns: Set<string> }>();
  const out: AwsGrant[] = [];
  for (const { row, text, except } of rows) {
    const { statement, musts, point, term } = row;
    const within = musts.filter((m) => m !== statement).flatMap(({ body }) => narrowing(body));
    const rest: AwsGrant = {
      ...bodyPart(
        statement.body,
        row.groups.map((g) => g.term),
      ),
      ...(except.length > 0 && { except: sorted(except) }),
      ...(within.length > 0 && { within: sorted(within) }),
    };
    if (statement.actions.negated && point.key === term.glob.key) {
      out.push({ notPatterns: partTexts(statement.actions.terms), ...rest });
      continue;
    }
    const key = JSON.stringify(rest);
    const group = groups.get(key) ?? { rest, patterns: new Set<string>() };
    group.patterns.add(text);
    groups.set(key, group);
  }
  for (const { rest, patterns } of groups.values()) out.push({ patterns: [...patterns].sort(), ...rest });
  return sorted(out);
}

/** A statement that has to hold as well, where it asks for anything. */
function narrowing(body: Body): readonly AwsPart[] {
  const part = bodyPart(body);
  const any = part.resources?.length === 1 && part.resources[0] === "*" && Object.keys(part).length === 1;
  return any || Object.keys(part).length === 0 ? [] : [part];
}

/** What a body says, its resources cut down to these where it lists them. */
export function bodyPart(body: Body, resources: readonly Term[] = body.resources.terms): AwsPart {
  const part: Mutable<AwsPart> = {};
  // as it is written: a condition on who asks, put into the principals, would be lost with their texts
  const { principals, atoms } = body.shown ?? body;
  if (body.resources.negated) part.notResources = resourceTexts(body.resources.terms);
  else if (principals === undefined || resources.some((t) => t.text !== "*")) {
    part.resources = resourceTexts(resources);
  }
  if (principals !== undefined) {
    part[principals.negated ? "notPrincipals" : "principals"] = principalTexts(principals);
  }
  if (atoms.length > 0) {
    const condition: Record<string, Record<string, unknown>> = {};
    for (const { written } of atoms) {
      condition[written.operator] = { ...condition[written.operator], [written.key]: written.values };
    }
    part.condition = condition;
  }
  return part;
}

export function partTexts(terms: readonly Term[]): readonly string[] {
  return [...new Set(terms.map((t) => t.text))].sort();
}

/** In version 2008-10-17 `${` is text (AW6): written as the later version writes it, where that is another pattern. */
function resourceTexts(terms: readonly Term[]): readonly string[] {
  const fixed = terms.map(({ text, glob }) => {
    if (!text.includes("${") || glob.key !== textKey(text)) return text;
    return likeGlob(text, { variables: true, vocabulary: new Vocabulary() }).key === glob.key
      ? text
      : literally(text);
  });
  return [...new Set(fixed)].sort();
}

function textKey(text: string): string {
  return likeGlob(text, { variables: false, vocabulary: new Vocabulary() }).key;
}

function principalTexts({ terms }: Choice): readonly string[] {
  const typed = terms.map(({ text, glob }) => {
    const kind = /^(AWS|Service|Federated|CanonicalUser):/.exec(globText(glob))?.[1] ?? "AWS";
    return text === "*" && kind === "AWS" ? text : principalText(`${kind}:${text}`);
  });
  return [...new Set(typed)].sort();
}

function sorted<T>(parts: readonly T[]): readonly T[] {
  const byText = new Map(parts.map((part) => [JSON.stringify(part), part]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part);
}
