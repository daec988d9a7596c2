import { readNotation } from "../access/kubernetes/read-notation.ts";
import type { AwsPart, Provider } from "../access/policy.ts";
import { canonicalText } from "./build.ts";
import { isContained, isWithin } from "./containment.ts";
import { type Granted, grantsOf } from "./grant.ts";
import type { Finding, Target } from "./report.ts";
import { type Waiver, WaiverError } from "./waivers.ts";

/** A waiver that does not cover a finding: how near it comes, and what stands between. 0 is not worth a word. */
export interface Miss {
  readonly near: number;
  readonly text: string;
}

/** What of a finding's grant a waiver covers, by number, or why it covers nothing of it. */
export interface WaiverJudgement {
  readonly covered: ReadonlySet<number>;
  readonly miss?: Miss;
}

/** A finding's grant in pieces, each of one pattern where it lists several: a waiver may accept some of them. */
export function piecesOf(finding: Finding): readonly Granted[] {
  return grantsOf(finding).flatMap((grant) =>
    (grant.patterns?.length ?? 0) < 2
      ? [grant]
      : (grant.patterns ?? []).map((p) => ({ ...grant, patterns: [p] })),
  );
}

/**
 * What a waiver accepts of what a finding grants.
 * @throws WaiverError when the waiver says something that does not apply to the finding
 */
export function judge(waiver: Waiver, finding: Finding, target: Target, file: string): WaiverJudgement {
  const covered = new Set<number>();
  let miss: Miss | undefined;
  let first = 0;
  for (const grant of grantsOf(finding)) {
    const pieces = Math.max(1, grant.patterns?.length ?? 0);
    refuseWhatDoesNotApply(waiver, target.cloud, file, grant);
    const whole = missOf(waiver, grant, target);
    if (whole === undefined) for (let i = 0; i < pieces; i++) covered.add(first + i);
    else if (pieces > 1) {
      for (const [i, pattern] of (grant.patterns ?? []).entries()) {
        if (missOf(waiver, { ...grant, patterns: [pattern] }, target) === undefined) covered.add(first + i);
      }
    }
    if (whole !== undefined && whole.near > (miss?.near ?? -1)) miss = whole;
    first += pieces;
  }
  return { covered, ...(miss === undefined ? {} : { miss }) };
}

const AWS_ONLY = [
  "notPatterns",
  "resources",
  "notResources",
  "principals",
  "notPrincipals",
  "condition",
  "within",
] as const;

/** Of each kind of grant, whether a finding says it at all. */
const KINDS = [
  ["resources", "notResources"],
  ["principals", "notPrincipals"],
] as const;

/**
 * A field that cannot apply is a mistake of whoever wrote it, and never passed over.
 * @param found absent: nothing but the provider is known
 * @throws WaiverError
 */
export function refuseWhatDoesNotApply(waiver: Waiver, cloud: Provider, file: string, found?: Granted): void {
  const refuse = (field: string, why: string): never => {
    throw new WaiverError(`${file}:${waiver.line}: ${field}: ${why}`);
  };
  const given = (field: keyof Waiver): boolean => waiver[field] !== undefined;
  const names = { azure: "Azure", aws: "AWS", kubernetes: "Kubernetes" } as const;
  const foreign = `does not apply to a finding of ${names[cloud]}; leave it out`;
  if (cloud !== "aws") {
    for (const field of AWS_ONLY) if (given(field)) refuse(field, foreign);
    if (waiver.except.some((e) => typeof e !== "string")) {
      refuse("except", `expected patterns, as a finding of ${names[cloud]} prints them`);
    }
  }
  if (cloud !== "azure")
    for (const field of ["plane", "scope"] as const) if (given(field)) refuse(field, foreign);
  if (cloud === "kubernetes") {
    for (const text of [...waiver.patterns, ...waiver.except]) {
      if (readNotation(text as string) === undefined) {
        refuse("patterns", `expected patterns as the finding prints them, found ${JSON.stringify(text)}`);
      }
    }
  }
  if (cloud === "aws") {
    for (const text of waiver.except) {
      if (typeof text === "string" && text !== "*" && !/^[\w*?-]+:[\w*?-]+$/.test(text)) {
        refuse("except", `expected an action pattern or a mapping, found ${JSON.stringify(text)}`);
      }
    }
  }
  if (found === undefined) return;
  if (cloud === "azure" && given("scope") && found.scope === undefined) {
    refuse("scope", "does not apply to a finding that is held at no scope; leave it out");
  }
  if (cloud !== "aws") return;
  for (const [only, not] of KINDS) {
    if ((given(only) || given(not)) && found[only] === undefined && found[not] === undefined) {
      refuse(given(only) ? only : not, `does not apply: the finding names no ${only}; leave it out`);
    }
  }
}

/** What was accepted, in the terms of what was found; undefined where the waiver does not say enough. */
function acceptedOf(waiver: Waiver, found: Granted, target: Target): Granted {
  const { patterns, except, plane, scope, condition } = waiver;
  const audited = found.scope !== undefined && isSame(found.scope, target.scope) ? target.scope : undefined;
  const limit = scope ?? audited;
  const copied = Object.fromEntries(
    AWS_ONLY.filter((field) => field !== "condition" && waiver[field] !== undefined).map((f) => [
      f,
      waiver[f],
    ]),
  ) as Partial<Granted>;
  return {
    ...(patterns.length === 0 ? {} : { patterns }),
    ...copied,
    ...(condition === undefined || Object.keys(condition).length === 0 ? {} : { condition }),
    ...(except.length === 0 ? {} : { except: [...except] }),
    ...(plane === undefined && found.plane === undefined ? {} : { plane: plane ?? "control" }),
    ...(limit === undefined ? {} : { scope: limit }),
  };
}

function isSame(a: string, b: string): boolean {
  return isWithin(a, b) && isWithin(b, a);
}

/** Why the waiver does not cover a piece of a grant; undefined: it does. */
function missOf(waiver: Waiver, found: Granted, target: Target): Miss | undefined {
  const { cloud } = target;
  const accepted = acceptedOf(waiver, found, target);
  const unsaid = unsaidOf(waiver, found);
  if (unsaid === undefined && isContained(cloud, found, accepted)) return undefined;
  const pattern = patternText(found);
  if ((accepted.plane ?? "control") !== (found.plane ?? "control")) {
    return isAbout(cloud, found, accepted)
      ? { near: 3, text: `the finding for ${pattern} is on the ${found.plane ?? "control"} plane` }
      : { near: 0, text: "" };
  }
  if (!isContained(cloud, bare(found), bare(accepted))) {
    const [wider] = (accepted.patterns ?? []).filter((p) =>
      isContained(cloud, bare({ ...accepted, patterns: [p] }), bare(found)),
    );
    return wider === undefined
      ? { near: 0, text: "" }
      : { near: 2, text: `the grant grew from ${wider} to ${pattern}` };
  }
  if (unsaid !== undefined) return { near: 5, text: unsaid };
  if (!isWithin(accepted.scope, found.scope)) {
    const limit =
      accepted.scope === undefined
        ? "which it does not name (`scope`)"
        : `which is not within ${accepted.scope}`;
    return { near: 5, text: `${pattern} is now held at ${found.scope}, ${limit}` };
  }
  const grown = grownOf(cloud, found, accepted);
  return { near: 4, text: `the grant of ${pattern} grew: ${grown.join("; ")}` };
}

function patternText({ patterns, notPatterns }: Granted): string {
  return patterns?.join(", ") ?? `all but ${notPatterns?.join(", ") ?? "nothing"}`;
}

/** The patterns alone. */
function bare({ patterns, notPatterns }: Granted): Granted {
  return {
    ...(patterns === undefined ? {} : { patterns }),
    ...(notPatterns === undefined ? {} : { notPatterns }),
  };
}

function isAbout(cloud: Provider, found: Granted, accepted: Granted): boolean {
  return isContained(cloud, bare(found), bare(accepted)) || isContained(cloud, bare(accepted), bare(found));
}

/** What the finding says and the waiver does not: silence accepts nothing of the kind. */
function unsaidOf(waiver: Waiver, found: Granted): string | undefined {
  for (const [only, not] of KINDS) {
    const value = found[only] ?? found[not];
    if (value !== undefined && waiver[only] === undefined && waiver[not] === undefined) {
      const but = found[only] === undefined ? "all but " : "";
      return `it names no ${only}, and the finding's are ${but}${value.join(", ")}`;
    }
  }
  if (found.condition !== undefined && waiver.condition === undefined) {
    return `it names no condition, and the finding's is ${canonicalText(found.condition)}`;
  }
  return found.within !== undefined && waiver.within === undefined
    ? `it does not say what else lets the grant through (\`within\`): ${canonicalText(found.within)}`
    : undefined;
}

/** The dimensions in which what was found goes beyond what was accepted, in words. */
function grownOf(cloud: Provider, found: Granted, accepted: Granted): readonly string[] {
  const words: string[] = [];
  const base: Granted =
    found.principals === undefined && found.notPrincipals === undefined ? {} : { principals: ["*"] };
  for (const dimension of ["resources", "principals", "condition", "within"] as const) {
    const of = (granted: Granted): Granted => ({
      ...base,
      patterns: ["*"],
      ...pick(granted, dimension),
      ...(dimension === "principals" ? pick(granted, "notPrincipals") : {}),
      ...(dimension === "resources" ? pick(granted, "notResources") : {}),
    });
    const [now, then] = [of(found), of(accepted)];
    if (cloud !== "aws" || isContained(cloud, now, then)) continue;
    words.push(`${dimension}: now ${shown(now, dimension)}, accepted was ${shown(then, dimension)}`);
  }
  if (words.length > 0) return words;
  const left: Granted = { patterns: (found.except ?? []).filter((e) => typeof e === "string") };
  const granted = (accepted.except ?? []).filter((e) =>
    typeof e === "string"
      ? !isContained(cloud, { patterns: [e] }, left)
      : !(found.except ?? []).some((f) => canonicalText(f) === canonicalText(e)),
  );
  const parts = granted.length > 0 ? granted : (accepted.except ?? []);
  return [`it now holds ${parts.map((e) => (typeof e === "string" ? e : canonicalText(e))).join(", ")}`];
}

function pick(granted: Granted, name: keyof AwsPart | "within"): Partial<Granted> {
  return granted[name] === undefined ? {} : { [name]: granted[name] };
}

function shown(granted: Granted, dimension: "resources" | "principals" | "condition" | "within"): string {
  const value = granted[dimension];
  if (dimension === "resources" && granted.notResources !== undefined) {
    return `all but ${granted.notResources.join(", ")}`;
  }
  if (dimension === "principals" && granted.notPrincipals !== undefined) {
    return `all but ${granted.notPrincipals.join(", ")}`;
  }
  if (value === undefined) return dimension === "condition" ? "no condition" : "any";
  return dimension === "resources" || dimension === "principals"
    ? (value as readonly string[]).join(", ")
    : canonicalText(value);
}
