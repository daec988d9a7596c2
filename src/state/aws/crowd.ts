import { ANY_ISSUER, claimOf, type PublicIssuer, publicIssuers } from "../../access/aws/public-issuers.ts";
import { ASSUME_BY_TOKEN } from "../../access/escalation/aws.ts";
import { field, record, textList } from "../../snapshot/value.ts";
import { type Statement, statementsOf } from "./document.ts";
import { type Comer, entry, type KnownOfAsker, type TrustEntry } from "./entry.ts";

/** How somebody comes in by a provider of identities that serves everybody, and who that may be. */
export interface CrowdEntry {
  readonly entry: TrustEntry;
  /** For a sentence: `whoever has a Google account`. */
  readonly who: string;
}

/** An operator that compares texts: whether a star in its values is one, and case counts. */
const TEXTS = /^(foranyvalue:|forallvalues:)?string(?:not)?(equals|equalsignorecase|like)(?:ifexists)?$/i;

/**
 * How a role's trust policy lets somebody in whom a provider of identities that serves everybody signs in, and who is
 * nobody that the policy names: not of a repository, an organisation, an application that stands in it (AW15). It is
 * decided by the comparison, so that a Deny and every operator count.
 *
 * @returns undefined where no such provider is trusted
 */
export function crowdEntry(document: unknown): CrowdEntry | undefined {
  const statements = statementsOf(document);
  const named = new Set(
    statements.flatMap((s) =>
      field(s, "Effect") === "Allow" ? textList(field(record(field(s, "Principal")), "Federated")) : [],
    ),
  );
  const entries = [...named].sort().flatMap((principal): readonly CrowdEntry[] => {
    const issuers = publicIssuers(principal);
    const [first] = issuers;
    if (first === undefined) return [];
    const who =
      principal === ANY_ISSUER
        ? "whoever a provider of identities signs in"
        : `whoever ${first.who} (${first.issuer})`;
    return [{ entry: entry(document, outsider(principal, issuers, statements)), who }];
  });
  const open = (each: CrowdEntry) => (each.entry.verdict === "yes" ? each.entry.asks.length : undefined);
  const [least] = entries
    .filter((each) => open(each) !== undefined)
    .sort((a, b) => (open(a) ?? 0) - (open(b) ?? 0));
  return least ?? entries.find((each) => each.entry.verdict === "unknown") ?? entries[0];
}

/** Somebody with a token of a provider whom none of the statements names. */
function outsider(
  principal: string,
  issuers: readonly PublicIssuer[],
  statements: readonly Statement[],
): Comer {
  const known: Record<string, Record<string, string[]>> = {};
  const chooses = new Set<string>();
  const say = (operator: string, key: string, value: string): void => {
    const block = known[operator] ?? {};
    known[operator] = block;
    const values = block[key] ?? [];
    block[key] = values.includes(value) ? values : [...values, value];
  };
  for (const { operator, key, values } of statements.flatMap(conditionsOf)) {
    const claim = claimOf(issuers, key);
    const name = key.toLowerCase();
    if (claim.kind === "absent") say("Null", name, "true");
    // whom a token is for is said by whoever asks for one
    if (claim.kind === "owner" || (claim.kind === "claim" && /:o?aud$/.test(name))) chooses.add(name);
    if (claim.kind !== "owner") continue;
    // every token has a subject and an audience
    if (principal !== ANY_ISSUER && /:(?:sub|aud)$/.test(name)) say("Null", name, "false");
    const [, set, how = ""] = TEXTS.exec(operator) ?? [];
    const exact = how.toLowerCase() !== "like";
    for (const value of how === "" ? [] : values) {
      if (value.includes("${") || !isOwned(value, exact, claim.owned)) continue;
      const other = exact ? `StringNot${how[0]?.toUpperCase()}${how.slice(1)}` : "StringNotLike";
      say(set === undefined ? other : `ForAllValues:${other}`, name, value);
    }
  }
  return {
    principal: { Federated: principal },
    by: [ASSUME_BY_TOKEN],
    known: known as KnownOfAsker,
    chooses,
  };
}

/** Whether a value means one owner alone, or nobody: a star that is only a character is in no name. */
function isOwned(value: string, exact: boolean, owned: RegExp): boolean {
  if (!exact) return owned.test(value);
  const whole = value.replaceAll(/[*?]/g, "~");
  return owned.test(whole) || owned.test(`${whole}/`);
}

interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

function conditionsOf(statement: Statement): readonly Condition[] {
  return Object.entries(record(field(statement, "Condition")) ?? {}).flatMap(([operator, keys]) =>
    Object.entries(record(keys) ?? {}).map(([key, value]) => ({
      operator,
      key,
      values: [value]
        .flat()
        .flatMap((v) => (typeof v === "string" || typeof v === "number" ? [String(v)] : [])),
    })),
  );
}
