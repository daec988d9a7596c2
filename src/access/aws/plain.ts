/** Witnesses as a person would type them: every one is replayed before it takes the place of what was found. */
import type { AwsRequest, Origin, Residue } from "../policy.ts";
import { retold } from "./parts.ts";
import type { Letters } from "./witness.ts";

/** What stands for invented letters, each for one run of them; a request has few. */
const WORDS = ["example", "other", "further", "fourth", "fifth"];

/** What a request is to its side. */
export interface Judge {
  /**
   * The statements of the own side that grant it: the row that it proves is among them. Undefined where it is no point
   * of the difference.
   */
  readonly granting: (request: AwsRequest) => readonly Origin[] | undefined;
}

/**
 * The residue with witnesses that name no condition key that decides nothing, and no invented letter where a word does
 * as well.
 */
export function plainly(residue: Residue, letters: Letters, judge: Judge): Residue {
  const told = (witness: Residue["witness"]) => plainer(witness as AwsRequest, letters, judge);
  const { witness, witnesses } = residue;
  return retold(residue, {
    ...residue,
    witness: told(witness),
    ...(witnesses !== undefined && { witnesses: witnesses.map(told) }),
  });
}

function plainer(request: AwsRequest, letters: Letters, judge: Judge): AwsRequest {
  const keys = Object.keys(request.context ?? {});
  if (keys.length < 2 && letters.invented(JSON.stringify(request)).length === 0) return request;
  const fits = sameProof(request, judge);
  let found = request;
  for (const key of keys) {
    const { context = {}, ...bare } = found;
    const { [key]: _, ...others } = context;
    const without = Object.keys(others).length === 0 ? bare : { ...bare, context: others };
    if (fits(without)) found = without;
  }
  return worded(found, letters, fits);
}

/** Whether another request proves the same: a point of the difference, that all statements grant which grant this one. */
function sameProof(request: AwsRequest, { granting }: Judge): (other: AwsRequest) => boolean {
  const own = granting(request) ?? [];
  return (other) => {
    const now = granting(other);
    return (
      now !== undefined &&
      own.every((o) => now.some((n) => n.document === o.document && n.pointer === o.pointer))
    );
  };
}

/** The request with a word for each run of invented letters. */
function worded(request: AwsRequest, letters: Letters, fits: (request: AwsRequest) => boolean): AwsRequest {
  const runs = letters.invented(JSON.stringify(request)).toSorted((a, b) => b.length - a.length);
  let found = request;
  runs.forEach((run, at) => {
    const word = WORDS[at];
    if (word === undefined) return;
    const named = JSON.parse(JSON.stringify(found).replaceAll(run, word)) as AwsRequest;
    if (fits(named)) found = named;
  });
  return found;
}
