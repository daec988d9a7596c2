import type { Witness } from "../../access/policy.ts";
import type { Cause, Finding, Target } from "../../report/report.ts";
import { visible } from "../../text/visible.ts";
import { type FindingRow, patternText } from "../rows.ts";
import { subjectName, subjectOf } from "../subjects.ts";
import { proofVerb, shortScope, shortScopes, witnessScope, witnessText } from "../words.ts";
import type { PathView } from "./view.ts";

const NONE: PathView = { subjects: [], givers: [], scopes: [], operations: [], lacks: false };

/** Boxes of one column. */
const MOST = 4;

/** What is a role itself, and no holder of one: `ClusterRole`, `…/roleDefinitions`. */
const ROLE = /(?:^|\/)(?:cluster)?role(?:definition)?s?$/i;

/**
 * Who may do what, by which role, policy or binding, and where, of the differences of a group; empty where they are
 * about something else than access.
 */
export function pathOf(rows: readonly FindingRow[], target: Target): PathView {
  const [first] = rows;
  const told = first?.findings.find(({ causes }) => causes !== undefined) ?? first?.main;
  if (first === undefined || told === undefined) return NONE;
  if (told.witness === undefined && told.causes === undefined && told.by === undefined) return NONE;
  const operations = rows.flatMap(({ main }) =>
    main.pattern !== undefined
      ? [patternText(main.pattern, 2)]
      : main.witness === undefined
        ? []
        : [visible(witnessText(main.witness))],
  );
  if (operations.length === 0) return NONE;
  const lacks = proofVerb(told) === "may not";
  return {
    subjects: [subjectText(told, target)],
    givers: few(giversOf(told, target, lacks)),
    scopes: few(rows.flatMap(({ main }) => scopeText(main, target))),
    operations: few(operations),
    lacks,
  };
}

function few(texts: readonly string[]): readonly string[] {
  const all = [...new Set(texts)];
  return all.length <= MOST ? all : [...all.slice(0, MOST - 1), `and ${all.length - MOST + 1} more`];
}

function principalOf(witness: Witness | undefined): string | undefined {
  return witness !== undefined && "principal" in witness ? witness.principal : undefined;
}

function subjectText(finding: Finding, target: Target): string {
  const asking = principalOf(finding.witness);
  if (asking !== undefined) return visible(asking);
  const [only, ...others] = target.principals ?? [];
  const subject = subjectOf(finding, target) ?? (others.length === 0 ? only : undefined);
  if (subject !== undefined) return subjectName(subject);
  return ROLE.test(finding.resource.type) ? "whoever holds the role" : visible(finding.resource.name);
}

function giversOf(finding: Finding, target: Target, lacks: boolean): readonly string[] {
  const { resource, causes = [], by, witness } = finding;
  if (causes.length > 0) return causes.map((cause) => giverText(cause, target));
  if (by !== undefined) return [visible(withoutScope(shortScopes(by, target.scope)))];
  if (ROLE.test(resource.type) || principalOf(witness) !== undefined) return [visible(resource.name)];
  return [lacks ? "no role or binding" : visible(resource.name)];
}

function giverText({ text }: Cause, target: Target): string {
  return visible(withoutScope(shortScopes(text, target.scope)));
}

/** Where it holds stands in the next column. */
function withoutScope(text: string): string {
  return text.replace(/, at \S+$/, "");
}

function scopeText({ witness, resource }: Finding, target: Target): readonly string[] {
  const scope = witnessScope(witness);
  if (scope !== undefined) return [visible(shortScope(scope, target.scope))];
  if (witness === undefined) return [visible(shortScope(target.scope, target.scope))];
  if ("resource" in witness && "action" in witness)
    return [
      witness.resource === "<any>" || witness.resource === "*" ? "any resource" : visible(witness.resource),
    ];
  if ("verb" in witness && "namespace" in witness && witness.namespace !== undefined)
    return [`namespace ${visible(witness.namespace)}`];
  if ("verb" in witness) return ["the whole cluster"];
  return [visible(shortScope(resource.id.startsWith("/") ? target.scope : resource.id, target.scope))];
}
