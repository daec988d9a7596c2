/** Witnesses as a person would type them: every one is replayed before it takes the place of what was found. */
import type { AwsRequest, Residue } from "../policy.ts";
import { retold } from "./parts.ts";
import type { Letters } from "./witness.ts";

/** What stands for invented letters, each for one run of them; a request has few. */
const WORDS = ["example", "other", "further", "fourth", "fifth"];

/** Whether a request is a point of the difference. */
type Replays = (request: AwsRequest) => boolean;

/**
 * The residue with witnesses that name no condition key that decides nothing, and no invented letter where a word does
 * as well.
 */
export function plainly(residue: Residue, letters: Letters, replays: Replays): Residue {
  const told = (witness: Residue["witness"]) => plainer(witness as AwsRequest, letters, replays);
  const { witness, witnesses } = residue;
  return retold(residue, {
    ...residue,
    witness: told(witness),
    ...(witnesses !== undefined && { witnesses: witnesses.map(told) }),
  });
}

function plainer(request: AwsRequest, letters: Letters, replays: Replays): AwsRequest {
  const keys = Object.keys(request.context ?? {});
  if (keys.length < 2 && letters.invented(JSON.stringify(request)).length === 0) return request;
  let found = request;
  for (const key of keys) {
    const { context = {}, ...bare } = found;
    const { [key]: _, ...others } = context;
    const without = Object.keys(others).length === 0 ? bare : { ...bare, context: others };
    if (replays(without)) found = without;
  }
  return worded(found, letters, replays);
}

/** The request with a word for each run of invented letters. */
function worded(request: AwsRequest, letters: Letters, replays: Replays): AwsRequest {
  const runs = letters.invented(JSON.stringify(request)).toSorted((a, b) => b.length - a.length);
  let found = request;
  runs.forEach((run, at) => {
    const word = WORDS[at];
    if (word === undefined) return;
    const named = JSON.parse(JSON.stringify(found).replaceAll(run, word)) as AwsRequest;
    if (replays(named)) found = named;
  });
  return found;
}
