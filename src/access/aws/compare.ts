/** The comparison and the evaluator for AWS, as src/access/provider.ts offers them. */

import type {
  AllowsOptions,
  AwsRequest,
  CompareOptions,
  Comparison,
  Doubt,
  Origin,
  Residue,
  Verdict,
  Witness,
} from "../policy.ts";
import { PolicyError } from "../policy.ts";
import { Direction } from "./direction.ts";
import { type Asked, asked, ByAction, evaluate, granting } from "./evaluate.ts";
import { widthOf } from "./foes.ts";
import { withNotes } from "./notes.ts";
import { type Judge, plainly } from "./plain.ts";
import { partitionIn, USUAL_PARTITION } from "./principals.ts";
import { provable } from "./provable.ts";
import { awsResidues, problemDoubts, residueDoubt } from "./residues.ts";
import { type PolicySide, type PolicySides, partitionAtHand, sidesOf } from "./sides.ts";
import { awsStatements, type Statements, type UnreadStatement } from "./statement.ts";
import { Vocabulary } from "./vocabulary.ts";
import { lettersFor, variablesRead } from "./witness.ts";

/** Answers that a direction may hold before it is made anew. */
const MAX_HELD = 20_000;

/** Per other side, the direction of all sides that deny nothing. */
const directions = new WeakMap<PolicySide, Direction>();

/**
 * The exact difference of two sets of AWS policies; each side is the union of its documents, the live one cut by
 * `options.boundary` (AW1).
 * @throws PolicyError when something given is no policy document (AW11)
 */
export function compareAws(
  documented: readonly unknown[],
  live: readonly unknown[],
  options: CompareOptions,
): Comparison {
  return compareSides(sidesOf(documented, live, options.boundary, options.holder), options);
}

/** `compareAws` of sides that were read; `options.boundary` is part of the live one. */
export function compareSides(
  { documented: left, live: right, vocabulary, partition }: PolicySides,
  options: CompareOptions,
): Comparison {
  const width = widthOf(Math.max(left.longest, right.longest));
  const variables = [...new Set([...left.variables, ...right.variables])];
  const letters = lettersFor([left.spelling(), right.spelling()], variables, width);
  const readVariables = variablesRead(variables, [...left.statements, ...right.statements]);
  const keysRead = readVariables.map((number) => vocabulary.variable(number).key);
  const run = (side: "missing" | "excess"): { residues: readonly Residue[]; doubts: readonly Doubt[] } => {
    const [own, other] = side === "missing" ? [left, right] : [right, left];
    const direction = directionOf(own, other, width, vocabulary);
    const read = (request: AwsRequest) => asked(request, vocabulary, partition);
    const [ownLayers, otherLayers] = [new ByAction(own.layers), new ByAction(other.layers)];
    const isDifference = (request: Asked): boolean =>
      evaluate(ownLayers.about(request), request) === "allowed" &&
      evaluate(otherLayers.about(request), request) === "denied";
    const replays = (request: AwsRequest): boolean => {
      const point = read(request);
      return point !== undefined && isDifference(point);
    };
    const judge: Judge = {
      granting: (request) => {
        const point = read(request);
        if (point === undefined || !isDifference(point)) return undefined;
        const [identity] = ownLayers.about(point);
        return identity === undefined ? [] : granting(identity, point);
      },
    };
    const context = { side, own, other, options, vocabulary, letters, variables: readVariables, replays };
    const found = awsResidues(direction, direction.run(own), context);
    const { residues: proven, doubts: unproven } = provable(
      found.residues,
      side,
      own,
      other,
      keysRead,
      replays,
    );
    const plain = proven.map((residue) => plainly(residue, letters, judge));
    const residues = withNotes(plain, own, other, options.serviceData, vocabulary);
    const doubts = [...found.doubts, ...unproven];
    const problems = [...problemsOf(own.problems, "allow"), ...problemsOf(other.problems, "deny")];
    // what one side cannot be read for sure to allow, or the other to deny, is no proven difference
    if (problems[0] === undefined) return { residues, doubts };
    const blame = problems[0];
    return { residues: [], doubts: [...doubts, ...residues.map((r) => residueDoubt(r, side, blame))] };
  };
  const missing = run("missing");
  const excess = run("excess");
  const doubts = [
    ...missing.doubts,
    ...problemDoubts(left.problems, "missing"),
    ...excess.doubts,
    ...problemDoubts(right.problems, "excess"),
  ];
  return { missing: missing.residues, excess: excess.residues, undecided: distinctDoubts(doubts) };
}

/** Problems that could make a point of the difference none: of what should hold, those that are not of `effect`. */
function problemsOf(
  problems: readonly UnreadStatement[],
  effect: "allow" | "deny",
): readonly UnreadStatement[] {
  return problems.filter((p) => p.effect !== effect);
}

/** What was found of the other side holds for every side of its own that denies nothing; then it is kept, bounded. */
function directionOf(own: PolicySide, other: PolicySide, width: number, vocabulary: Vocabulary): Direction {
  if (own.denies.length > 0) return new Direction(own.denies, other, width, vocabulary);
  const known = directions.get(other);
  if (known !== undefined && known.width === width && known.held < MAX_HELD) return known;
  const made = new Direction([], other, width, vocabulary);
  directions.set(other, made);
  return made;
}

function layersOf(
  documents: readonly unknown[],
  boundary: readonly unknown[] | undefined,
  vocabulary: Vocabulary,
  partition: string,
): readonly Statements[] {
  const identity = awsStatements(documents, vocabulary, partition);
  return boundary === undefined ? [identity] : [identity, awsStatements(boundary, vocabulary, partition)];
}

function distinctDoubts(doubts: readonly Doubt[]): readonly Doubt[] {
  const keyed = doubts.map((d): [string, Doubt] => [
    [d.side === "missing" ? 0 : 1, d.clause, d.pattern, d.reason].join("\u0000"),
    d,
  ]);
  const unique = [...new Map(keyed.reverse())];
  return unique.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, d]) => d);
}

/**
 * Whether the documents, cut by the boundary, allow a request; they are read once for all requests.
 * @throws PolicyError when something given is no policy document, or a request is none of AWS
 */
export function awsEvaluator(
  documents: readonly unknown[],
  options: AllowsOptions,
): (request: Witness) => Verdict {
  return asking(documents, options.boundary, evaluate);
}

/** Which statements of the documents grant a request; boundaries and denies left aside. */
export function awsGrantors(documents: readonly unknown[]): (request: Witness) => readonly Origin[] {
  const none: Statements = { statements: [], problems: [] };
  return asking(documents, undefined, ([own = none], request) => granting(own, request));
}

/** Documents that are asked about many requests: read once, and once more for each partition that a request names. */
function asking<T>(
  documents: readonly unknown[],
  boundary: readonly unknown[] | undefined,
  answer: (read: readonly Statements[], request: Asked | undefined) => T,
): (request: Witness) => T {
  const vocabulary = new Vocabulary();
  const layers = layersOf(documents, boundary, vocabulary, USUAL_PARTITION);
  const named = layers.flatMap((l) => l.statements.flatMap((s) => s.body.partitions ?? []));
  const made = new Map<string, readonly Statements[]>([[USUAL_PARTITION, layers]]);
  return (request) => {
    if (!isAwsRequest(request)) {
      throw new PolicyError(
        'an AWS request is { "action": string, "resource": string, "principal"?: string, "context"?: { key: value } }',
      );
    }
    const partition = partitionAtHand([...named, partitionIn(request.principal ?? "") ?? []].flat());
    const read = made.get(partition) ?? layersOf(documents, boundary, vocabulary, partition);
    made.set(partition, read);
    return answer(read, asked(request, vocabulary, partition));
  };
}

function isAwsRequest(request: Witness): request is AwsRequest {
  return (
    "action" in request &&
    typeof request.action === "string" &&
    "resource" in request &&
    typeof request.resource === "string"
  );
}
