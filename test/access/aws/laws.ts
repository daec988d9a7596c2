import type { AwsRequest, CompareOptions, Comparison } from "../../../src/access/policy.ts";
import { allows, comparePolicies, evaluator } from "../../../src/access/provider.ts";
import { granted, nearResidue, type OraclePolicy, type OracleRequest } from "./oracle.ts";

const SIDES = ["missing", "excess"] as const;

/**
 * G3, R4: what brute force finds to differ is reported, in a residue whose patterns hold it, and what is reported
 * differs, by the evaluator and by the oracle.
 */
export function checkExact(
  documented: readonly OraclePolicy[],
  live: readonly OraclePolicy[],
  requests: readonly OracleRequest[],
  boundary?: readonly OraclePolicy[],
): Comparison {
  const options: CompareOptions = boundary === undefined ? {} : { boundary };
  const comparison = comparePolicies("aws", documented, live, options);
  const liveLayers = boundary === undefined ? [live] : [live, boundary];
  for (const request of requests) {
    const [left, right] = [granted([documented], request), granted(liveLayers, request)];
    if (left === right) continue;
    const side = left ? "missing" : "excess";
    const doubts = comparison.undecided.some((d) => d.side === side);
    if (!doubts && !comparison[side].some((r) => nearResidue(r, request))) {
      throw new Error(`${side} at ${JSON.stringify(request)} is not reported`);
    }
  }
  checkWitnesses(documented, live, comparison, boundary);
  return comparison;
}

export function checkWitnesses(
  documented: readonly OraclePolicy[],
  live: readonly OraclePolicy[],
  comparison: Comparison,
  boundary?: readonly OraclePolicy[],
): void {
  const liveLayers = boundary === undefined ? [live] : [live, boundary];
  for (const side of SIDES) {
    for (const residue of comparison[side]) {
      for (const witness of [residue.witness, ...(residue.witnesses ?? [])]) {
        const request = witness as AwsRequest;
        const shown = `${side} ${residue.pattern}: ${JSON.stringify(request)}`;
        const wanted = side === "missing" ? ["allowed", "denied"] : ["denied", "allowed"];
        const found = [
          allows("aws", documented, request),
          allows("aws", live, request, boundary === undefined ? {} : { boundary }),
        ];
        if (found.join() !== wanted.join()) throw new Error(`${shown} is ${found.join("/")}`);
        const second = [granted([documented], request), granted(liveLayers, request)];
        if (second[0] !== (side === "missing") || second[1] !== (side === "excess")) {
          throw new Error(`${shown} is ${second.join("/")} by the oracle`);
        }
      }
    }
  }
}

/** The evaluator and the oracle agree on every request. */
export function checkEvaluator(policies: readonly OraclePolicy[], requests: readonly OracleRequest[]): void {
  const asks = evaluator("aws", policies);
  for (const request of requests) {
    const [first, second] = [asks(request), granted([policies], request)];
    if ((first === "allowed") !== second || first === "undecided") {
      throw new Error(`${JSON.stringify(request)}: ${first}, by the oracle ${second}`);
    }
  }
}
