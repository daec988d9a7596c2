import { createHash } from "node:crypto";
import type { AwsGrant, AwsPart } from "../access/policy.ts";
import { canonicalText } from "./build.ts";
import type { Finding } from "./report.ts";

/**
 * What a finding grants (or, of something missing, lacks): all that growth can show in. `--since`, `--fail-on-new`,
 * `compare`, waivers and the fingerprints of SARIF ask here and nowhere else.
 */
export interface Granted extends Omit<AwsGrant, "except"> {
  /** A pattern, or what of AWS is granted elsewhere. */
  readonly except?: readonly (string | AwsPart)[];
  readonly plane?: "control" | "data";
  /** Where it is held. */
  readonly scope?: string;
}

/** The parts of what a finding with a pattern grants, as its provider's comparison reads them; their union is all. */
export function grantsOf(finding: Finding): readonly Granted[] {
  const { grant, pattern, except = [], plane } = finding;
  if (pattern === undefined) return [];
  if (grant !== undefined) return grant;
  const scope = scopeOf(finding);
  return [
    {
      patterns: [pattern],
      ...(except.length === 0 ? {} : { except: [...except].sort() }),
      ...(plane === undefined ? {} : { plane }),
      ...(scope === undefined ? {} : { scope }),
    },
  ];
}

/** Where the finding's grant is held, as its proof says it. */
function scopeOf({ witness }: Finding): string | undefined {
  return witness !== undefined && "scope" in witness ? witness.scope : undefined;
}

/** What a finding grants, as text: equal for equal grants. Of one without a pattern its value, and what was expected. */
export function contentOf(finding: Finding): string {
  const { pattern, expected, actual } = finding;
  return canonicalText(pattern === undefined ? [expected, actual] : [pattern, grantsOf(finding)]);
}

/** The drifts whose observed value is something that is granted, or let go; the others tell of something that lacks. */
const GRANTING: ReadonlySet<string> = new Set(["excess", "weakened", "changed", "wider", "stray", "dead"]);

/**
 * The content part of a fingerprint in SARIF, a number: 1 where the fingerprint itself says all that the finding grants,
 * so that an alert which was dismissed for less comes back when it grants more.
 */
export function contentNumber(finding: Finding): number {
  const beyond = beyondFingerprint(finding);
  if (beyond === undefined) return 1;
  const digest = createHash("sha256").update(canonicalText(beyond)).digest("hex");
  return Number.parseInt(digest.slice(0, 12), 16) + 2;
}

/** What the finding grants beyond its pattern, its plane and its resource, which its fingerprint is made of. */
function beyondFingerprint(finding: Finding): unknown {
  if (finding.pattern === undefined) {
    return GRANTING.has(finding.drift) && finding.actual !== undefined ? finding.actual : undefined;
  }
  const grants = grantsOf(finding).map((granted) => {
    const { patterns: _, plane: __, scope, ...rest } = granted;
    const placed = scope === undefined || isNamed(scope, finding.resource.id) ? {} : { scope };
    return Object.keys(rest).length + Object.keys(placed).length === 0
      ? undefined
      : { ...granted, ...placed };
  });
  return grants.every((each) => each === undefined) ? undefined : grants;
}

/** Whether a resource's id begins with the scope, up to a whole segment. */
function isNamed(scope: string, id: string): boolean {
  const [a, b] = [scope.toLowerCase(), id.toLowerCase()];
  return b === a || b.startsWith(`${a}#`);
}
