/** Differences whose proof is a request that can be (AW14), of principals that are surely different ones (AW10). */
import type { AwsRequest, Doubt, Residue } from "../policy.ts";
import { isBound } from "./keys.ts";
import { retold } from "./parts.ts";
import { possible } from "./possible.ts";
import { isOriginIdentity, typedPrincipal } from "./principals.ts";
import type { PolicySide } from "./sides.ts";

interface Proven {
  readonly residues: readonly Residue[];
  readonly doubts: readonly Doubt[];
}

/**
 * Parts what is proven from what is not.
 * @param read the keys that policy variables of either side read
 * @param replays whether a request is allowed by the own side and denied by the other
 */
export function provable(
  residues: readonly Residue[],
  side: Doubt["side"],
  own: PolicySide,
  other: PolicySide,
  read: readonly string[],
  replays: (request: AwsRequest) => boolean,
): Proven {
  const bound =
    read.some(isBound) ||
    [own, other].some(({ statements }) =>
      statements.some(({ body }) => body.atoms.some((atom) => isBound(atom.key))),
    );
  const theirs = kindsOf(other);
  const kept: Residue[] = [];
  const doubts: Doubt[] = [];
  for (const residue of residues) {
    const { principal } = residue.witness as AwsRequest;
    if (principal !== undefined && mayBeOneOf(typedPrincipal(principal), theirs)) {
      doubts.push(doubtOf(residue, side, ALIAS));
      continue;
    }
    const shown = bound ? possibly(residue, replays) : residue;
    if (shown === undefined) doubts.push(doubtOf(residue, side, IMPOSSIBLE));
    else kept.push(shown);
  }
  return { residues: kept, doubts };
}

const ALIAS = {
  clause: "AW10",
  reason: "a canonical user, an origin access identity and an account may be one and the same",
  decide: "name the principal alike on both sides; AWS shows which id belongs to which",
};

const IMPOSSIBLE = {
  clause: "AW14",
  reason: "it would take a request whose keys contradict one another or its principal",
  decide: "name whom it means in Principal, or write both sides alike",
};

function doubtOf(residue: Residue, side: Doubt["side"], why: typeof ALIAS): Doubt {
  const on = residue.resources === undefined ? "" : ` on ${residue.resources.join(", ")}`;
  return { side, pattern: `${residue.pattern}${on}`, ...why, origin: residue.origin };
}

/** The residue with witnesses that can be; undefined where the first cannot. */
function possibly(residue: Residue, replays: (request: AwsRequest) => boolean): Residue | undefined {
  const witness = possible(residue.witness as AwsRequest, replays);
  if (witness === undefined) return undefined;
  const { witnesses, ...rest } = residue;
  const more = (witnesses ?? []).flatMap((w) => possible(w as AwsRequest, replays) ?? []);
  return retold(residue, { ...rest, witness, ...(more.length > 0 && { witnesses: more }) });
}

type KindOfAlias = "canonical" | "identity" | "account";

/** The kinds of principals that a side names, as far as they may be one another. */
function kindsOf(side: PolicySide): ReadonlySet<KindOfAlias> {
  const out = new Set<KindOfAlias>();
  for (const { body } of side.statements) {
    for (const { glob } of body.principals?.terms ?? []) {
      const kind = kindOfAlias(glob.key);
      if (kind !== undefined) out.add(kind);
    }
  }
  return out;
}

function kindOfAlias(typed: string): KindOfAlias | undefined {
  if (typed.startsWith("CanonicalUser:")) return "canonical";
  if (isOriginIdentity(typed)) return "identity";
  // an account is everyone in it; a role or a user of it is no canonical user
  return /^AWS:arn:[^:]*:iam::\d{12}:[^a-z]/.test(typed) ? "account" : undefined;
}

function mayBeOneOf(typed: string, others: ReadonlySet<KindOfAlias>): boolean {
  const kind = kindOfAlias(typed);
  if (kind === undefined) return false;
  return kind === "canonical" ? others.has("identity") || others.has("account") : others.has("canonical");
}
