import { resolve } from "node:path";
import { didYouMean } from "../../text/nearest.ts";
import { parseDuration } from "./duration.ts";
import { UsageError } from "./errors.ts";
import { flags, listed } from "./flags.ts";
import type { Given, GivenOptions } from "./options.ts";

/** The last value of an option, or its default; `undefined` when there is neither. */
export function one(given: GivenOptions, name: string): string | undefined {
  const found = given.get(name)?.values.at(-1);
  return found ?? flags.find((flag) => flag.name === name)?.default;
}

/**
 * Whether a switch is on; `undefined` when it was not given.
 * @param inverse the switch that turns it off (`no-color`)
 */
export function on(given: GivenOptions, name: string, inverse?: string): boolean | undefined {
  if (inverse !== undefined && one(given, inverse) === "true") return false;
  const value = one(given, name);
  return value === undefined ? undefined : value === "true";
}

/** @throws UsageError when the value is not one of `known`, with the nearest that is */
export function choice<T extends string>(
  given: GivenOptions,
  name: string,
  known: readonly T[],
): T | undefined {
  const value = one(given, name);
  if (value === undefined) return undefined;
  return oneOf(value, given.get(name)?.from ?? `--${name}`, known);
}

/** As `choice`, for one value. */
export function oneOf<T extends string>(value: string, from: string, known: readonly T[]): T {
  const found = known.find((candidate) => candidate === value);
  if (found === undefined) {
    const what = value === "" ? "nothing" : `"${value}"`;
    throw new UsageError(`${from}: expected ${listed(known)}, found ${what}${didYouMean(value, known)}`);
  }
  return found;
}

/** An absolute path of an option: relative to the config file where that gave it, else to the working directory. */
export function pathOf(given: GivenOptions, name: string, cwd: string): string | undefined {
  const found = given.get(name);
  const value = found?.values.at(-1);
  return found === undefined || value === undefined ? undefined : pathFrom(found, value, cwd);
}

/** @throws UsageError for an empty path */
export function pathFrom(given: Given, value: string, cwd: string): string {
  if (value === "") throw new UsageError(`${given.from}: expected a file, found nothing`);
  // An absolute path too: what is judged by its letters must be what is opened, and `link/..` is not where it seems.
  return resolve(given.base ?? cwd, value);
}

/** An integer within bounds. */
export function integer(given: GivenOptions, name: string, least: number, most: number): number {
  const value = one(given, name) ?? "";
  const number = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= least && number <= most)) {
    const from = given.get(name)?.from ?? `--${name}`;
    throw new UsageError(`${from}: expected a whole number from ${least} to ${most}, found "${value}"`);
  }
  return number;
}

/** The value of a parameter, and who gave it. */
export interface Assignment {
  readonly value: string;
  readonly given: Given;
}

/**
 * `NAME=VALUE` pairs of `--set`; the later of two wins.
 * @throws UsageError for what is no pair
 */
export function assigned(options: GivenOptions): Map<string, Assignment> {
  const layers: Given[] = [];
  for (let given = options.get("set"); given !== undefined; given = given.below) layers.unshift(given);
  const pairs = new Map<string, Assignment>();
  for (const given of layers) {
    for (const value of given.values) {
      const equals = value.indexOf("=");
      const name = equals < 0 ? "" : value.slice(0, equals).trim();
      if (name === "") throw new UsageError(`${given.from}: expected NAME=VALUE, found "${value}"`);
      pairs.set(name, { value: value.slice(equals + 1), given });
    }
  }
  return pairs;
}

/** As `assigned`, the values alone. */
export function assignments(options: GivenOptions): Map<string, string> {
  return new Map([...assigned(options)].map(([name, { value }]) => [name, value]));
}

/**
 * What `--timeout` says, as it was written and in milliseconds: it bounds the reading of each target, and then the judging.
 * @throws UsageError
 */
export function timeoutOf(options: GivenOptions): { readonly text: string; readonly ms: number } {
  const text = one(options, "timeout") ?? "";
  return { text: text.trim(), ms: parseDuration(text, options.get("timeout")?.from ?? "--timeout") };
}
