import { didYouMean } from "../../text/nearest.ts";
import { UsageError } from "./errors.ts";
import { type CommandName, type Flag, flags } from "./flags.ts";

/** `fail-on` → `CHALK_AUDIT_FAIL_ON`. */
export function variableOf(flag: Pick<Flag, "name">): string {
  return `CHALK_AUDIT_${flag.name.toUpperCase().replaceAll("-", "_")}`;
}

/** `fail-on` → `failOn`, the key in the config file. */
export function keyOf(flag: Pick<Flag, "name">): string {
  return flag.name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** What was given for one option, and where, so that a message can say so. */
export interface Given {
  /** A switch that is on: `["true"]`; off: `["false"]`. */
  readonly values: readonly string[];
  /** `--timeout`, `CHALK_AUDIT_TIMEOUT`, `chalk-audit.yaml:3:10: timeout`. */
  readonly from: string;
  /** The folder that relative paths start from; absent: the working directory. */
  readonly base?: string;
  /** Given by a config file that was found and not named by hand: the root of the repository whose data it is. */
  readonly repository?: string;
  /** Of `--set`: what a layer of less weight gives beside it, with a place and a trust of its own. */
  readonly below?: Given;
}

/** Option name → what was given. */
export type GivenOptions = ReadonlyMap<string, Given>;

const on = ["1", "true", "yes", "on"];
const off = ["0", "false", "no", "off"];

/**
 * The options that the environment gives. An empty variable counts as not set.
 * @throws UsageError for a CHALK_AUDIT_ variable that is no option: a slip there must not pass in silence.
 */
export function fromEnvironment(env: NodeJS.ProcessEnv, command: CommandName): GivenOptions {
  const given = new Map<string, Given>();
  const readable = flags.filter((flag) => flag.flagOnly !== true);
  const known = new Set(readable.map(variableOf));
  for (const name of Object.keys(env).sort()) {
    if (name.startsWith("CHALK_AUDIT_") && !known.has(name) && env[name] !== "") {
      throw new UsageError(`${name}: no such variable${didYouMean(name, known)}`);
    }
  }
  for (const flag of readable) {
    const from = variableOf(flag);
    const text = env[from];
    if (text === undefined || text === "" || !flag.commands.includes(command)) continue;
    if (flag.value === undefined) {
      const value = text.trim().toLowerCase();
      if (!on.includes(value) && !off.includes(value)) {
        throw new UsageError(`${from}: expected 1 or 0, found "${text}"`);
      }
      given.set(flag.name, { values: [String(on.includes(value))], from });
    } else {
      given.set(flag.name, { values: parts(flag, text), from });
    }
  }
  return given;
}

/** A value that may hold several: at commas, or at line ends where a comma may be part of the value. */
export function parts(flag: Flag, text: string): string[] {
  if (flag.split === undefined) return [text];
  const separator = flag.split === "comma" ? "," : /\r?\n/;
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** Whether what was given in one place goes before what was given in the other: flag, environment, config file. */
export function outweighs(one: Given, other: Given): boolean {
  return weightOf(one) > weightOf(other);
}

function weightOf({ from, base }: Given): number {
  if (base !== undefined) return 0;
  return from.startsWith("--") ? 2 : 1;
}

/**
 * Flag before environment before config file. `--set` is joined name by name, so that a flag can replace one
 * parameter of the file and leave the others.
 */
export function inOrder(...layers: readonly GivenOptions[]): GivenOptions {
  const joined = new Map<string, Given>();
  for (const layer of layers) {
    for (const [name, given] of layer) {
      const before = joined.get(name);
      if (before === undefined) joined.set(name, given);
      else if (name === "set") joined.set(name, onTopOf(before, given));
    }
  }
  return joined;
}

/** Two layers of `--set`, each still with its own place: a file that one of them names is as trusted as that one is. */
function onTopOf(given: Given, lowest: Given): Given {
  return { ...given, below: given.below === undefined ? lowest : onTopOf(given.below, lowest) };
}
