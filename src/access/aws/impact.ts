/** What an action lets its holder do at worst: by the service's data where given, else by its verb. */
import { AWS_DATA_READS, AWS_ESCALATION } from "../escalation/aws.ts";
import { type Glob, globText, matches } from "../glob.ts";
import type { Impact } from "../policy.ts";
import type { Operation } from "./service-data.ts";

const lower = (name: string): string => name.toLowerCase();
const DATA_KEYS = AWS_DATA_READS.map(lower);
const ESCALATION_KEYS = AWS_ESCALATION.map(lower);
const DATA = new Set<string>(DATA_KEYS);
const ESCALATION = new Set<string>(ESCALATION_KEYS);
const READ_VERB =
  /^[^:]+:(get|list|describe|view|search|lookup|batchget|head|check|query|scan|select|simulate|validate|test|filter|preview|estimate|read)/;

/** The actions of the two tables that the pattern matches; whoever asks says which of them the row really grants. */
export function tableActions(glob: Glob): {
  readonly escalation: readonly string[];
  readonly data: readonly string[];
} {
  if (glob.literal && !ESCALATION.has(glob.key) && !DATA.has(glob.key)) return { escalation: [], data: [] };
  const inside = (keys: readonly string[], names: readonly string[]): readonly string[] =>
    names.filter((_, i) => matches(glob, keys[i] as string));
  return { escalation: inside(ESCALATION_KEYS, AWS_ESCALATION), data: inside(DATA_KEYS, AWS_DATA_READS) };
}

/** One action. */
export function awsImpactOf(operation: Pick<Operation, "key" | "level">): Impact {
  if (ESCALATION.has(operation.key)) return "escalation";
  if (DATA.has(operation.key)) return "write";
  if (operation.level !== undefined)
    return operation.level === "L" || operation.level === "R" ? "read" : "write";
  return READ_VERB.test(operation.key) ? "read" : "write";
}

/** A pattern of which no action is known: by the verb before its first wildcard. */
export function patternImpact(glob: Glob): Impact {
  return glob.literal ? awsImpactOf({ key: glob.key }) : READ_VERB.test(globText(glob)) ? "read" : "write";
}
