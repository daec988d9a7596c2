import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { isMap, isScalar, isSeq, type Node, type Pair, parseDocument } from "yaml";
import { didYouMean } from "../../text/nearest.ts";
import { placesIn } from "../../text/place.ts";
import { complaintsOf, syntaxText, tooDeep, UNTRUSTED } from "../../text/yaml.ts";
import { readText } from "../output/files.ts";
import { UsageError } from "./errors.ts";
import { type Flag, flags } from "./flags.ts";
import { type Given, type GivenOptions, keyOf } from "./options.ts";
import { repositoryOf } from "./repository.ts";

/** A config file is written by hand, and is four levels deep. */
const MAX_BYTES = 1_000_000;
const MAX_DEPTH = 16;

/** The name that is looked for. */
const fileName = "chalk-audit.yaml";

/** A named target of the config file: its own options, by flag name. */
export interface Config {
  /** Where it was read; absent when there is none. */
  readonly file?: string;
  readonly options: GivenOptions;
  readonly targets: ReadonlyMap<string, GivenOptions>;
}

/** The options that a target may have of its own. */
const ofTarget = [
  "cloud",
  "subscription",
  "tenant",
  "principal",
  "azure-cloud",
  "azure-endpoint",
  "graph-endpoint",
  "profile",
  "region",
  "role",
  "assume-role",
  "external-id",
  "kubeconfig",
  "context",
  "namespace",
  "exec-plugins",
  "snapshot",
];

/**
 * `chalk-audit.yaml` in the working directory or above, up to the git root. Outside a repository only the working
 * directory counts: a file that somebody else left in a parent folder is never picked up.
 */
export function findConfig(cwd: string): string | undefined {
  const root = repositoryOf(cwd);
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const file = join(folder, fileName);
    if (existsSync(file)) return file;
    if (folder === root) return undefined;
  }
}

/**
 * Reads and validates a config file. Data only: no aliases, no tags, no keys that name code.
 * @param repository root of the repository whose data the file is; absent: a person named the file
 * @throws UsageError one line per problem, each `file:line:col: …`
 */
export async function readConfig(file: string, cwd: string, repository?: string): Promise<Config> {
  const shown = relative(cwd, file) || file;
  return parseConfig(await readText(file, "config file", shown), file, shown, repository);
}

/** As `readConfig`, from a text. `shown` is the file's name in messages. */
export function parseConfig(text: string, file: string, shown: string, repository?: string): Config {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_BYTES)
    throw new UsageError(`${shown}:1:1: expected at most ${MAX_BYTES} bytes, found ${bytes}`);
  const placeIn = placesIn(text);
  const place = (offset: number): string => {
    const { line, column } = placeIn(offset);
    return `${shown}:${line}:${column}`;
  };
  const deep = tooDeep(text, MAX_DEPTH);
  if (deep !== undefined) throw new UsageError(`${place(deep)}: nested more than ${MAX_DEPTH} levels deep`);
  const document = parseDocument(text, UNTRUSTED);
  const problems: string[] = [];
  for (const error of complaintsOf(document))
    problems.push(`${place(error.pos[0])}: ${syntaxText(error.message)}`);
  problems.push(
    ...doubled(document.contents).map((key) => `${place(key.range?.[0] ?? 0)}: map keys must be unique`),
  );
  if (problems.length > 0) throw listed(problems);

  const at = (node: unknown): string => place((node as Node | null)?.range?.[0] ?? 0);
  const base = dirname(resolve(file));
  const readable = flags.filter(
    (flag) =>
      flag.flagOnly !== true &&
      flag.notFromConfig !== true &&
      flag.name !== "config" &&
      flag.name !== "target",
  );
  const byKey = new Map(readable.map((flag) => [keyOf(flag), flag]));

  // Only where it will be shown: a file can have a hundred thousand keys.
  const nearest = (key: string, known: readonly string[]) =>
    problems.length < shownProblems ? didYouMean(key, known) : "";
  const value = (flag: Flag, node: unknown, path: string): Given | undefined => {
    const from = `${at(node)}: ${path}`;
    const found = read(flag, node);
    if (typeof found === "string") {
      problems.push(`${from}: ${found}`);
      return undefined;
    }
    return { values: found, from, base, ...(repository === undefined ? {} : { repository }) };
  };

  const options = new Map<string, Given>();
  const targets = new Map<string, GivenOptions>();
  const root = document.contents;
  if (root !== null && !(isScalar(root) && root.value === null)) {
    if (!isMap(root))
      throw new UsageError(`${at(root)}: expected a mapping of options, found ${kindOf(root)}`);
    for (const pair of root.items) {
      const key = nameOf(pair);
      const flag = byKey.get(key);
      if (key === "targets") readTargets(pair);
      else if (flag === undefined) {
        // What is a flag alone was not misspelt.
        const near = flags.some((each) => keyOf(each) === key) ? [] : [...byKey.keys(), "targets"];
        problems.push(`${at(pair.key)}: ${key}: unknown key${nearest(key, near)}`);
      } else {
        const given = value(flag, pair.value, key);
        if (given !== undefined) options.set(flag.name, given);
      }
    }
  }
  if (problems.length > 0) throw listed(problems);
  return { file: resolve(file), options, targets };

  function readTargets(pair: Pair): void {
    if (!isMap(pair.value)) {
      problems.push(
        `${at(pair.value ?? pair.key)}: targets: expected a mapping of names, found ${kindOf(pair.value)}`,
      );
      return;
    }
    for (const target of pair.value.items) {
      const name = nameOf(target);
      const path = `targets.${name}`;
      if (!isMap(target.value)) {
        problems.push(
          `${at(target.value ?? target.key)}: ${path}: expected a mapping, found ${kindOf(target.value)}`,
        );
        continue;
      }
      const own = new Map<string, Given>();
      for (const option of target.value.items) {
        const key = nameOf(option);
        const flag = byKey.get(key);
        if (flag === undefined || !ofTarget.includes(flag.name)) {
          const known = ofTarget.map((name) => keyOf({ name }));
          problems.push(`${at(option.key)}: ${path}.${key}: unknown key${nearest(key, known)}`);
          continue;
        }
        const given = value(flag, option.value, `${path}.${key}`);
        if (given !== undefined) own.set(flag.name, given);
      }
      targets.set(name, own);
    }
  }
}

/** The keys that a mapping has had before: one pass, where the library would compare each with all others. */
function doubled(node: unknown): readonly Node[] {
  if (isSeq(node)) return node.items.flatMap(doubled);
  if (!isMap(node)) return [];
  const seen = new Set<string>();
  return node.items.flatMap((pair) => {
    const name = nameOf(pair);
    const again = seen.has(name) ? [pair.key as Node] : [];
    seen.add(name);
    return [...again, ...doubled(pair.value)];
  });
}

/** How many problems of one file are shown. */
const shownProblems = 20;

function listed(problems: readonly string[]): UsageError {
  const rest = problems.length - shownProblems;
  const lines = problems.slice(0, shownProblems);
  return new UsageError([...lines, ...(rest > 0 ? [`and ${rest} more problems`] : [])].join("\n"));
}

/** The values of one option, or what is wrong with the node. */
function read(flag: Flag, node: unknown): readonly string[] | string {
  if (flag.name === "set") {
    if (!isMap(node)) return `expected a mapping of parameters, found ${kindOf(node)}`;
    const values: string[] = [];
    for (const pair of node.items) {
      const given = isSeq(pair.value)
        ? pair.value.items.map((item) => scalarText(item))
        : [scalarText(pair.value)];
      if (given.includes(undefined)) return `${nameOf(pair)}: expected text or a list of texts`;
      values.push(`${nameOf(pair)}=${given.join(",")}`);
    }
    return values;
  }
  if (flag.value === undefined) {
    const given = isScalar(node) ? node.value : undefined;
    return typeof given === "boolean" ? [String(given)] : `expected true or false, found ${kindOf(node)}`;
  }
  if (isSeq(node)) {
    if (flag.many !== true) return `expected one value, found a list`;
    const values = node.items.map((item) => scalarText(item));
    return values.every((item) => item !== undefined) ? values : `expected a list of texts`;
  }
  const text = scalarText(node);
  if (text === undefined)
    return `expected ${flag.many === true ? "text or a list of texts" : "text"}, found ${kindOf(node)}`;
  return [text];
}

/** Text, or a number as it was written; nothing else. */
function scalarText(node: unknown): string | undefined {
  if (!isScalar(node)) return undefined;
  if (typeof node.value === "string") return node.value;
  return typeof node.value === "number" ? (node.source ?? String(node.value)) : undefined;
}

function nameOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

function kindOf(node: unknown): string {
  if (isMap(node)) return "a mapping";
  if (isSeq(node)) return "a list";
  if (!isScalar(node)) return node === null || node === undefined ? "nothing" : "an alias";
  return node.value === null
    ? "nothing"
    : `${typeof node.value === "string" ? "text" : typeof node.value} ${JSON.stringify(node.value)}`;
}
