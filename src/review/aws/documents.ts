import { comparePolicies } from "../../access/provider.ts";
import { list } from "../../snapshot/value.ts";
import { policyDocument, type Statement, statementsOf } from "../../state/aws/document.ts";
import type { TargetDocument } from "../review.ts";

/**
 * Characters of a managed policy, white space not counted, and managed policies of a role. Source: IAM user guide, "IAM
 * and AWS STS quotas": 6,144 characters; 10 policies by default, 20 by request.
 */
export const POLICY_LIMIT = 6_144;
export const POLICIES_A_ROLE = 10;

/** Documents to apply, or why there are none. */
export type WrittenDocuments =
  | {
      readonly kind: "documents";
      readonly documents: readonly TargetDocument[];
      readonly notes: readonly string[];
    }
  | { readonly kind: "none"; readonly why: string };

/**
 * The target as managed policies under the provider's limit: each document as it is, split between its statements where
 * it is too long, and a statement between its actions where that alone is too long. What comes out is compared with what
 * went in; unless the two are proven to be equal, nothing comes out.
 */
export function policyFiles(
  targets: readonly { readonly control: string; readonly document: unknown }[],
  limit = POLICY_LIMIT,
): WrittenDocuments {
  const documents: TargetDocument[] = [];
  for (const { control, document } of targets) {
    const parts = split(document, limit);
    if (parts === undefined) {
      return { kind: "none", why: `${control}: a statement cannot be split under ${limit} characters` };
    }
    parts.forEach((part, i) => {
      const file = parts.length === 1 ? `${control}.json` : `${control}-${i + 1}.json`;
      documents.push({
        file,
        text: `${JSON.stringify(part, null, 2)}\n`,
        size: sizeOf(part),
        limit: `managed policy, ${limit} characters without white space`,
      });
    });
  }
  const written = documents.map(({ text }) => JSON.parse(text) as unknown);
  const proof = comparePolicies(
    "aws",
    targets.map(({ document }) => document),
    written,
  );
  const odd = [...proof.missing, ...proof.excess, ...proof.undecided][0];
  if (odd !== undefined) {
    return { kind: "none", why: `what would be written is not proven to equal the target: ${odd.pattern}` };
  }
  const notes =
    documents.length > POLICIES_A_ROLE
      ? [
          `${documents.length} managed policies; a role takes ${POLICIES_A_ROLE} unless the quota is raised (20 at the most)`,
        ]
      : [];
  return { kind: "documents", documents, notes };
}

/** Characters as IAM counts them: without white space between the parts of the document. */
function sizeOf(document: unknown): number {
  return JSON.stringify(document).length;
}

function split(document: unknown, limit: number): readonly object[] | undefined {
  const version = policyDocument(document)?.["Version"];
  const wrap = (statements: readonly Statement[]): object => ({
    ...(version === undefined ? {} : { Version: version }),
    Statement: statements,
  });
  const whole = statementsOf(document);
  if (sizeOf(wrap(whole)) <= limit) return [wrap(whole)];
  const pieces: Statement[] = [];
  const taken = new Set(whole.map((s) => s["Sid"]));
  for (const statement of whole) {
    const parts = splitStatement(statement, taken, (s) => sizeOf(wrap([s])) <= limit);
    if (parts === undefined) return undefined;
    pieces.push(...parts);
  }
  const documents: object[] = [];
  let current: Statement[] = [];
  for (const piece of pieces) {
    if (current.length > 0 && sizeOf(wrap([...current, piece])) > limit) {
      documents.push(wrap(current));
      current = [];
    }
    current.push(piece);
  }
  documents.push(wrap(current));
  return documents;
}

/** Actions, then resources, add up within a statement, so that it may be cut between them; complements may not. */
function splitStatement(
  statement: Statement,
  taken: Set<unknown>,
  fits: (statement: Statement) => boolean,
): readonly Statement[] | undefined {
  if (fits(statement)) return [statement];
  // A Sid stands once in a policy; a part without one is as good.
  const { Sid, ...rest } = statement;
  const named = (i: number) => {
    const sid = `${String(Sid)}${i + 1}`;
    if (typeof Sid !== "string" || taken.has(sid)) return {};
    taken.add(sid);
    return { Sid: sid };
  };
  for (const key of ["Action", "Resource"]) {
    const values = list(statement[key]);
    if (values === undefined || values.length < 2) continue;
    const middle = Math.ceil(values.length / 2);
    const halves = [values.slice(0, middle), values.slice(middle)].map((half, i) => ({
      ...named(i),
      ...rest,
      [key]: half,
    }));
    const parts = halves.map((half) => splitStatement(half, taken, fits));
    return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
  }
  return undefined;
}
