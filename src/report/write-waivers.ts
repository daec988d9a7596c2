import { Document, isSeq, parseDocument, visit } from "yaml";
import type { Provider } from "../access/policy.ts";
import { inertJson, inertLine } from "../text/visible.ts";
import { type Granted, grantsOf } from "./grant.ts";
import type { Finding, Target } from "./report.ts";
import { type Waiver, WaiverError } from "./waivers.ts";

/** What is the same in every entry that is written at once. */
export type Terms = Pick<Waiver, "reason" | "owner" | "expires">;

/** An entry of a waiver file, in the order in which it is written. */
export type WaiverEntry = Readonly<Record<string, unknown>>;

/**
 * The entries that accept a finding exactly as it stands: everything that it grants, and nothing more.
 * @throws WaiverError for a finding that is no drift
 */
export function entriesFor(finding: Finding, target: Target, terms: Terms): readonly WaiverEntry[] {
  const refuse = (why: string): never => {
    throw new WaiverError(`${finding.fingerprint}: ${why}`);
  };
  if (finding.rule.startsWith("waiver/")) refuse("is about a waiver; renew it or take it out of its file");
  if (finding.outcome === "unknown") refuse("could not be assessed: there is no drift yet to accept");
  if (finding.outcome === "pass") refuse("is a note: there is no drift to accept");
  const about = {
    control: finding.control,
    drift: finding.drift,
    target: finding.target,
    resource: finding.resource.id,
  };
  const { reason, owner, expires } = terms;
  if (finding.pattern === undefined) {
    const value = finding.actual === undefined ? {} : { accepted: finding.actual };
    return [{ ...about, ...value, reason, owner, expires }];
  }
  if (target.cloud === "aws" && finding.grant === undefined) {
    refuse(
      "the report was made by an earlier version, which did not say all that a finding grants; scan again",
    );
  }
  return grantsOf(finding).map((grant) => ({
    ...about,
    ...accept(grant, target.cloud),
    reason,
    owner,
    expires,
  }));
}

/** Every dimension that a finding of the cloud has is said; of AWS also that there is no condition. */
function accept(grant: Granted, cloud: Provider): WaiverEntry {
  const { patterns, notPatterns, except, plane, scope, condition, within, ...who } = grant;
  return {
    ...(patterns === undefined ? {} : { patterns }),
    ...(notPatterns === undefined ? {} : { notPatterns }),
    ...(except === undefined ? {} : { except }),
    ...(plane === undefined ? {} : { plane }),
    ...(scope === undefined ? {} : { scope }),
    ...who,
    ...(cloud === "aws" ? { condition: condition ?? {} } : {}),
    ...(within === undefined ? {} : { within }),
  };
}

const STYLE = { lineWidth: 0, aliasDuplicateObjects: false } as const;

/** A waiver file of these entries alone: names in it come from a cloud, and no line of it is a command of a build log (T10). */
export function waiverFileOf(entries: readonly WaiverEntry[]): string {
  const document = new Document({ waivers: entries }, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === "string" && !isInert(node.value)) node.type = "QUOTE_DOUBLE";
    },
  });
  // Each text on one line, as JSON writes it, so that JSON's escapes are YAML's.
  return inertJson(document.toString({ lineWidth: 0, blockQuote: false, doubleQuotedAsJSON: true }));
}

function isInert(text: string): boolean {
  const json = JSON.stringify(text);
  return inertJson(json) === json && inertLine(text) === text;
}

/**
 * A waiver file with these entries at its end; what it has, comments too, stays as it is.
 * @param text a file that `parseWaivers` accepts
 */
export function withEntries(text: string, entries: readonly WaiverEntry[]): string {
  const document = parseDocument(text);
  const list = document.get("waivers");
  const nodes = entries.map((entry) => document.createNode(entry, { aliasDuplicateObjects: false }));
  // an empty list is often written `[]`, in which entries would stand in a row
  if (isSeq(list) && list.items.length > 0) for (const node of nodes) list.add(node);
  else document.set("waivers", document.createNode(entries, { aliasDuplicateObjects: false }));
  return document.toString(STYLE);
}
