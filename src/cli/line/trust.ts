import { resolve } from "node:path";
import type { Beyond } from "../../collectors/kubernetes/beyond.ts";
import { namesFile } from "../job/inputs.ts";
import { UsageError } from "./errors.ts";
import { type Flag, flags } from "./flags.ts";
import { type Given, type GivenOptions, variableOf } from "./options.ts";
import { isOdd, outsideOf } from "./repository.ts";

/*
 * What a config file may do that was not named by hand but found (T1 to T6 of docs/semantics.md): it is data of the
 * repository that it lies in, and whoever can write there must gain nothing by it but a say in what is audited.
 */

/**
 * Looks at what a config file that was found gives, where nothing of more weight replaces it.
 * @param layers the options as they hold for the run, and for each target
 * @throws UsageError with a line for each option that needs more trust, its place, and how to give it
 */
export async function refuseUntrusted(layers: readonly GivenOptions[]): Promise<void> {
  const problems: string[] = [];
  for (const [name, given] of layers.flatMap((options) => [...options])) {
    const flag = flags.find((each) => each.name === name);
    const { repository } = given;
    if (flag === undefined || repository === undefined) continue;
    for (const value of given.values) {
      const problem = await problemOf(flag, value, given, repository);
      if (problem !== undefined) problems.push(refusal(flag, given, problem));
    }
  }
  if (problems.length > 0) throw new UsageError(problems.join("\n"));
}

/** The message for an option of a found config file that needs more trust: where, what, and what to do. */
export function refusal(flag: Pick<Flag, "name">, { from }: Pick<Given, "from">, problem: string): string {
  return `${from}: ${problem}; a config file that was found, not named, may not: give --${flag.name} or ${variableOf(flag)}, or name the file with --config`;
}

async function problemOf(
  flag: Flag,
  value: string,
  { base }: Given,
  repository: string,
): Promise<string | undefined> {
  if (flag.byHand !== undefined) return flag.byHand;
  const path = pathIn(flag, value);
  if (path === undefined || path === "") return undefined;
  const whole = resolve(base ?? repository, path);
  const does = flag.name === "format" ? "writes" : "reads";
  const outside = outsideOf(repository, whole);
  if (outside !== undefined) return `${does} ${path}, ${outside}`;
  if (does === "writes") return otherKind(value, path);
  if (does === "reads" && isOdd(whole, flag.name === "usage"))
    return `reads ${path}, which is no regular file`;
  return flag.name === "kubeconfig" ? kubeconfigProblem(whole, path, repository) : undefined;
}

/** How files of a format are called; a name that says another kind is that of a script, a workflow, a setting. */
const endings: Readonly<Record<string, RegExp>> = {
  table: /\.(?:txt|log)$/i,
  json: /\.json$/i,
  sarif: /\.(?:sarif|json)$/i,
  junit: /\.xml$/i,
  markdown: /\.(?:md|markdown)$/i,
  html: /\.html?$/i,
};

/** A report under a name of another kind: text that a stranger has a say in would stand where something is run from. */
function otherKind(value: string, path: string): string | undefined {
  const format = value.slice(0, value.indexOf("=")).trim();
  const ending = endings[format];
  if (ending === undefined || ending.test(path)) return undefined;
  const named = ending.source.replace(/^\\\.|[$?:()]/g, "").split("|");
  return `writes ${path}, whose name is not that of a ${format} report (.${named.join(", .")})`;
}

/** The path that an option's value holds, where it holds one. */
function pathIn(flag: Flag, value: string): string | undefined {
  if (flag.name === "format") return /=(.*)$/s.exec(value)?.[1];
  if (flag.name === "baseline") return namesFile(value) ? value : undefined;
  return flag.path === true ? value : undefined;
}

async function kubeconfigProblem(
  path: string,
  shown: string,
  repository: string,
): Promise<string | undefined> {
  let beyond: readonly Beyond[];
  try {
    const { beyondItself } = await import("../../collectors/kubernetes/beyond.ts");
    beyond = beyondItself(path);
  } catch {
    // Nothing is read with a kubeconfig that is none; whoever takes it says why.
    return undefined;
  }
  for (const { title, kind, path: file } of beyond) {
    if (kind === "program") return `${shown}: ${title}: runs a program`;
    if (kind === "token") return `${shown}: ${title}: sends the token of a file`;
    const outside = file === undefined ? undefined : outsideOf(repository, file);
    if (outside !== undefined) return `${shown}: ${title}: reads a file, ${outside}`;
  }
  return undefined;
}
