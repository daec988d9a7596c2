import type { Limits, Operation, ServiceData } from "../../access/aws/service-data.ts";
import { type Glob, matches, questionGlob, subject } from "../../access/glob.ts";
import type { Residue, Verdict } from "../../access/policy.ts";
import { comparePolicies, evaluator } from "../../access/provider.ts";
import { record, textList } from "../../snapshot/value.ts";
import { policyDocument, type Statement, statementsOf } from "../../state/aws/document.ts";
import { policyOf } from "../../state/aws/statement.ts";
import type { GrantReach } from "../review.ts";

/** Policies whose union is one column, cut by a boundary where there is one (AW1). */
export interface AwsSide {
  readonly documents: readonly unknown[];
  readonly boundary?: readonly unknown[];
}

/** The part of a side that speaks of one action: its statements, with that action alone. */
export interface Restricted {
  readonly documents: readonly unknown[];
  readonly boundary?: readonly unknown[];
}

interface Ready {
  readonly statement: Statement;
  /** Of the document; an old one has no policy variables (AW6). */
  readonly version: unknown;
  readonly holds: (action: string) => boolean;
}

/** The statements of a side, ready to be asked which of them speak of an action. */
export interface ReadySide {
  readonly side: AwsSide;
  readonly identity: readonly Ready[];
  readonly boundary: readonly Ready[] | undefined;
  /** Names of the condition keys in use, lower case. */
  readonly keys: ReadonlySet<string>;
}

/** Reads the statements of a side once. */
export function readySide(side: AwsSide): ReadySide {
  const identity = side.documents.flatMap(readyDocument);
  const boundary = side.boundary?.flatMap(readyDocument);
  const keys = new Set([...identity, ...(boundary ?? [])].flatMap(({ statement }) => keysOf(statement)));
  return { side, identity, boundary, keys };
}

function readyDocument(document: unknown): readonly Ready[] {
  const version = policyDocument(document)?.["Version"];
  return statementsOf(document).map((statement) => ({ statement, version, holds: actionTest(statement) }));
}

/** AW2, AW3: patterns of actions compare in any case; NotAction is the complement. Sorted by service for speed. */
function actionTest(statement: Statement): (action: string) => boolean {
  const negated = Object.hasOwn(statement, "NotAction");
  const ofService = new Map<string, Glob[]>();
  const ofAny: Glob[] = [];
  for (const text of textList(statement[negated ? "NotAction" : "Action"])) {
    const pattern = text === "*:*" ? "*" : text.toLowerCase();
    const service = /^([a-z0-9-]+):/.exec(pattern)?.[1];
    if (service === undefined) ofAny.push(questionGlob(pattern));
    else ofService.set(service, [...(ofService.get(service) ?? []), questionGlob(pattern)]);
  }
  return (action) => {
    const text = subject(action.toLowerCase());
    const own = ofService.get(action.slice(0, action.indexOf(":")).toLowerCase()) ?? [];
    return [...own, ...ofAny].some((pattern) => matches(pattern, text)) !== negated;
  };
}

/** Names of the condition keys of a statement, lower case. */
export function keysOf(statement: Statement): readonly string[] {
  return Object.values(record(statement["Condition"]) ?? {}).flatMap((keys) =>
    Object.keys(record(keys) ?? {}).map((key) => key.toLowerCase()),
  );
}

/** Which statements of a side speak of an action, as a text that is the same for actions that are treated alike. */
export function voices({ identity, boundary }: ReadySide, action: string): string {
  const bits = (ready: readonly Ready[]) =>
    ready.flatMap(({ holds }, i) => (holds(action) ? [i] : [])).join(",");
  return `${bits(identity)}|${boundary === undefined ? "" : bits(boundary)}`;
}

/** The part of a side that speaks of an action. */
export function restrictedTo({ identity, boundary }: ReadySide, action: string): Restricted {
  const only = (ready: readonly Ready[]) => {
    return ready.flatMap(({ statement, version, holds }) => {
      if (!holds(action)) return [];
      const { Sid: _, NotAction: __, ...rest } = statement;
      return [documentOf(version, [{ ...rest, Action: action }])];
    });
  };
  return { documents: only(identity), ...(boundary === undefined ? {} : { boundary: only(boundary) }) };
}

function documentOf(version: unknown, statements: readonly object[]): object {
  return { ...(version === undefined ? {} : { Version: version }), Statement: statements };
}

type Difference = "something" | "nothing" | "dead" | "unknown";

/** Whether part of `one` is granted that `other` does not grant. A boundary is the same for both: it cuts `one`. */
export function beyondSide(one: Restricted, other: Restricted, data: ServiceData): Difference {
  const found = difference(one, other.documents, data);
  return summary(
    found.excess,
    found.undecided.some(({ side }) => side === "excess"),
  );
}

/** Whether `everything` holds something that `side` does not grant. */
function lacks(side: Restricted, everything: object, data: ServiceData): Difference {
  const found = difference(side, [everything], data);
  return summary(
    found.missing,
    found.undecided.some(({ side: where }) => where === "missing"),
  );
}

function difference(live: Restricted, documented: readonly unknown[], data: ServiceData) {
  return comparePolicies("aws", documented, live.documents, {
    holder: "role",
    serviceData: data,
    ...(live.boundary === undefined ? {} : { boundary: live.boundary }),
  });
}

function summary(residues: readonly Residue[], undecided: boolean): Difference {
  if (residues.some((residue) => residue.dead !== true)) return "something";
  if (undecided) return "unknown";
  return residues.length > 0 ? "dead" : "nothing";
}

/** How far a side grants one action. */
export function sideReachOf(side: Restricted, action: string, data: ServiceData): GrantReach {
  if (side.documents.length === 0) return "none";
  switch (beyondSide(side, { documents: [] }, data)) {
    case "nothing":
      return "none";
    case "dead":
      return "dead";
    case "unknown":
      return "unknown";
    case "something": {
      const everything = policyOf({ Effect: "Allow", Action: action, Resource: "*" });
      return lacks(side, everything, data) === "nothing" ? "all" : "some";
    }
  }
}

/** What is known of the condition keys of one request. */
export interface KnownKeys {
  /** Keys with their value. */
  readonly context: Readonly<Record<string, string>>;
  /** Whether a key, lower case, is known: to be absent, when it is not in the context. */
  readonly knows: (key: string) => boolean;
}

/** What a side says to a request of which not every condition key is known. */
export interface SideAnswer {
  readonly verdict: Verdict | "depends";
  /** The keys that it depends on, lower case. */
  readonly on: readonly string[];
}

/**
 * Asks a side about requests. A key that is not known is taken both ways: once so that every condition on it goes
 * against the request, once so that every one goes for it. Only where both say the same, it is said.
 */
export function asker({ side, identity, boundary }: ReadySide) {
  const made = new Map<string, ReturnType<typeof evaluator>>();
  const all = [...identity, ...(boundary ?? [])];
  const evaluatorFor = (unknown: readonly string[], kind: "least" | "most") => {
    const key = `${kind} ${unknown.join(" ")}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    const bent = (documents: readonly unknown[]) =>
      unknown.length === 0 ? documents : documents.flatMap((d) => bentDocument(d, new Set(unknown), kind));
    const fresh = evaluator("aws", bent(side.documents), {
      ...(side.boundary === undefined ? {} : { boundary: bent(side.boundary) }),
    });
    made.set(key, fresh);
    return fresh;
  };
  return (action: string, resource: string, keys: KnownKeys): SideAnswer => {
    const unknown = [
      ...new Set(
        all
          .flatMap(({ statement, holds }) => (holds(action) ? keysOf(statement) : []))
          .filter((k) => !keys.knows(k)),
      ),
    ].sort();
    const request = { action, resource, context: keys.context };
    const least = evaluatorFor(unknown, "least")(request);
    if (unknown.length === 0 || least === "allowed") return { verdict: least, on: [] };
    const most = evaluatorFor(unknown, "most")(request);
    if (most === "denied") return { verdict: "denied", on: [] };
    return { verdict: "depends", on: unknown };
  };
}

/** A document as if every condition on the keys went against the request (`least`), or for it (`most`). */
function bentDocument(
  document: unknown,
  keys: ReadonlySet<string>,
  kind: "least" | "most",
): readonly object[] {
  const statements = statementsOf(document).flatMap((statement) => {
    const effect = statement["Effect"];
    // What is neither is left as it is: the evaluator says that it cannot tell.
    if (!keysOf(statement).some((key) => keys.has(key)) || (effect !== "Allow" && effect !== "Deny"))
      return [statement];
    if ((effect === "Allow") === (kind === "least")) return [];
    const Condition = Object.fromEntries(
      Object.entries(record(statement["Condition"]) ?? {}).flatMap(([operator, block]) => {
        const kept = Object.entries(record(block) ?? {}).filter(([key]) => !keys.has(key.toLowerCase()));
        return kept.length === 0 ? [] : [[operator, Object.fromEntries(kept)]];
      }),
    );
    return [{ ...statement, Condition }];
  });
  return statements.length === 0 ? [] : [documentOf(policyDocument(document)?.["Version"], statements)];
}

/** The limits of an action that the catalogue does not know: none. */
export function limitsOf(operation: Operation | undefined): Limits {
  return operation?.limits ?? { onlyStar: false, absent: new Set<string>() };
}
