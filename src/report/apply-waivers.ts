import { matches, starGlob, subject } from "../access/glob.ts";
import { PolicyError, PROVIDERS, type Provider } from "../access/policy.ts";
import { comparePolicies } from "../access/provider.ts";
import { judge, type Miss, piecesOf, refuseWhatDoesNotApply } from "./accepted.ts";
import { canonicalText, compareText } from "./build.ts";
import { WAIVER_CHECK } from "./exit-code.ts";
import { fingerprint, fingerprintOfText } from "./fingerprint.ts";
import { didYouMeanOf } from "./problems.ts";
import type { ControlResult, Drift, Finding, Severity, Target } from "./report.ts";
import { severityOf } from "./severity.ts";
import { type Waiver, WaiverError, type WaiverFile } from "./waivers.ts";

export interface WaiverInput {
  readonly file: WaiverFile;
  readonly findings: readonly Finding[];
  readonly controls: readonly ControlResult[];
  readonly targets: readonly Target[];
  /** ISO 8601, UTC. */
  readonly now: string;
}

/** Where the page about waivers stands; code scanning and the table point at it. */
export const WAIVERS_PAGE = "https://github.com/chalk-audit/chalk-audit/blob/main/docs/waivers.md";

/**
 * Applies a waiver file: findings that are covered become `waived`, and controls whose every drift is covered too
 * (unknown, if a part of them is unknown). What is wrong with the waivers becomes findings of a control of its own,
 * `waivers/<file name>`: an expired one is drift (low) and covers nothing; one that covers nothing is a note.
 *
 * No word is said about an unused waiver while a target that it may be about was not read completely, unless it misses
 * a finding by a hair (a grant that grew): then the note says what changed.
 *
 * @throws WaiverError when a control is named without its baseline and several baselines have it, or when a waiver says
 * what does not apply to its finding.
 */
export function applyWaivers(input: WaiverInput): {
  readonly findings: readonly Finding[];
  readonly controls: readonly ControlResult[];
} {
  const { file, targets, now } = input;
  const targetOf = new Map(targets.map((t) => [t.name, t]));
  const today = now.slice(0, 10);
  const controlsOf = new Map(file.waivers.map((w) => [w, namedControls(w, file, input.controls)]));
  const inForce = file.waivers.filter((w) => w.expires >= today);
  const used = new Set<Waiver>();
  const misses = new Map<Waiver, Miss>();
  for (const waiver of file.waivers) refuseForeign(waiver, controlsOf.get(waiver) ?? [], input, file.file);

  const findings = input.findings.map((finding): Finding => {
    const target = targetOf.get(finding.target);
    if (finding.outcome !== "fail" || target === undefined) return finding;
    const pieces = piecesOf(finding);
    const open = new Set(pieces.keys());
    const helping: Waiver[] = [];
    for (const waiver of inForce) {
      const missed = (miss: Miss) => {
        if (miss.near > (misses.get(waiver)?.near ?? 0)) misses.set(waiver, miss);
      };
      const miss = selectionMiss(waiver, controlsOf.get(waiver) ?? [], finding, target);
      if (miss !== undefined) missed(miss);
      else if (pieces.length === 0) {
        const value = valueMiss(waiver, finding, target);
        if (value === undefined) helping.push(waiver);
        else missed(value);
      } else {
        const judged = judge(waiver, finding, target, file.file);
        for (const piece of judged.covered) open.delete(piece);
        if (judged.covered.size > 0) helping.push(waiver);
        if (judged.miss !== undefined) missed(judged.miss);
      }
    }
    const [by] = helping;
    if (by === undefined || open.size > 0) return finding;
    for (const waiver of helping) used.add(waiver);
    // Where it takes several to accept it, it is accepted until the first of them ends.
    const expires = pieces.length > 1 ? helping.map((w) => w.expires).sort(compareText)[0] : undefined;
    return {
      ...finding,
      outcome: "waived",
      waiver: { reason: by.reason, owner: by.owner, expires: expires ?? by.expires },
    };
  });

  const own: Finding[] = [];
  for (const waiver of file.waivers) {
    const about = aboutTargets(waiver, targets);
    const home = about[0] ?? [...targets].sort((a, b) => compareText(a.name, b.name))[0];
    // A report without a target has no finding that a waiver could be about, and no place for one.
    if (home === undefined) continue;
    if (waiver.expires < today) {
      own.push(
        waiverFinding(
          "expired",
          waiver,
          file,
          home,
          `the waiver for ${subjectText(waiver)} expired on ${waiver.expires} and covers nothing; ` +
            `put the drift right, or let ${waiver.owner} renew it`,
        ),
      );
      continue;
    }
    if (used.has(waiver)) continue;
    const miss = misses.get(waiver);
    if (miss === undefined && about.some((t) => !t.complete)) continue;
    const why =
      miss?.text ??
      ((controlsOf.get(waiver)?.length ?? 1) === 0
        ? `no control ${waiver.control ?? ""} was audited${didYouMeanOf(
            waiver.control ?? "",
            input.controls.map((c) => c.id),
          )}`
        : "there is no such drift any more");
    own.push(
      waiverFinding(
        "stray",
        waiver,
        file,
        home,
        `the waiver for ${subjectText(waiver)} covers nothing: ${why}`,
      ),
    );
  }

  return {
    findings: [...findings, ...own],
    controls: [...input.controls.map((c) => waivedControl(c, findings)), ...ownControls(own)],
  };
}

/** Why a waiver is not about a finding at all; undefined: it is. */
function selectionMiss(
  waiver: Waiver,
  controls: readonly string[],
  finding: Finding,
  target: Target,
): Miss | undefined {
  const other: Miss = { near: 0, text: "" };
  if (waiver.control !== undefined && !controls.includes(finding.control)) return other;
  if (waiver.rule !== undefined && waiver.rule !== finding.rule) return other;
  if (waiver.drift !== undefined && waiver.drift !== finding.drift) return other;
  if (waiver.target !== undefined && !globMatches(waiver.target, finding.target, target.cloud)) return other;
  const named = waiver.patterns.length > 0 || waiver.notPatterns !== undefined;
  if (named !== (finding.pattern !== undefined)) return other;
  if (waiver.resource !== undefined && !globMatches(waiver.resource, finding.resource.id, target.cloud)) {
    return named ? other : { near: 1, text: `the finding is about ${finding.resource.id}` };
  }
  return undefined;
}

/**
 * Without a pattern nothing but its drift and its observed value says how far a finding goes: both must be named, so that
 * the waiver lapses when the value changes or the drift turns round.
 */
function valueMiss(waiver: Waiver, { actual }: Finding, { cloud }: Target): Miss | undefined {
  if (waiver.rule === undefined && waiver.drift === undefined) {
    return { near: 2, text: "it names neither the rule nor the drift" };
  }
  const stated = Object.hasOwn(waiver, "accepted");
  if (actual === undefined) {
    return stated ? { near: 3, text: "the finding has no value any more" } : undefined;
  }
  const found = canonicalText(actual);
  if (!stated) return { near: 3, text: `it accepts no value, and the finding's is ${found}` };
  if (waiver.accepted === found || canonicalText(waiver.accepted) === found) return undefined;
  const grown = cloud === "azure" ? grownRole(actual, waiver.accepted) : undefined;
  if (grown?.length === 0) return undefined;
  if (grown !== undefined) return { near: 4, text: `the role grew: it now holds ${grown.join(", ")}` };
  return {
    near: 4,
    text: `the value is now ${found}, accepted was ${canonicalText(waiver.accepted)}`,
  };
}

function fold(text: string, cloud: Provider): string {
  return cloud === "azure" ? text.toLowerCase() : text;
}

function globMatches(glob: string, text: string, cloud: Provider): boolean {
  return matches(starGlob(fold(glob, cloud)), subject(fold(text, cloud)));
}

/** Of two values that differ at the most in what a role grants: what was not accepted of it. */
function grownRole(actual: unknown, accepted: unknown): readonly string[] | undefined {
  if (!isRole(actual) || !isRole(accepted)) return undefined;
  const [{ permissions: now, ...rest }, { permissions: then, ...other }] = [actual, accepted];
  if (canonicalText(rest) !== canonicalText(other)) return undefined;
  try {
    const { excess, undecided } = comparePolicies("azure", [{ permissions: then }], [{ permissions: now }]);
    return [...excess, ...undecided].map(({ pattern }) => pattern);
  } catch (error) {
    if (error instanceof PolicyError) return undefined;
    throw error;
  }
}

function isRole(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && "permissions" in value;
}

/** The controls that a waiver names, by full id; empty when none is in the report, or it names a rule alone. */
function namedControls(
  waiver: Waiver,
  file: WaiverFile,
  controls: readonly ControlResult[],
): readonly string[] {
  const { control } = waiver;
  if (control === undefined) return [];
  const ids = [...new Set(controls.map((c) => c.id))].sort(compareText);
  if (ids.includes(control)) return [control];
  const short = ids.filter((id) => id.slice(id.indexOf("/") + 1) === control);
  if (short.length > 1) {
    throw new WaiverError(
      `${file.file}:${waiver.line}: control ${control} is in several baselines; write ${short.join(" or ")}`,
    );
  }
  return short;
}

/** What cannot apply to any finding of the controls that a waiver names, whatever they find. */
function refuseForeign(
  waiver: Waiver,
  named: readonly string[],
  { controls }: WaiverInput,
  file: string,
): void {
  const checks =
    waiver.rule !== undefined
      ? [waiver.rule]
      : controls.filter((c) => named.includes(c.id)).map((c) => c.check);
  for (const check of checks) {
    const cloud = PROVIDERS.find((provider) => check.startsWith(`${provider}/`));
    if (cloud !== undefined) refuseWhatDoesNotApply(waiver, cloud, file);
  }
}

function aboutTargets(waiver: Waiver, targets: readonly Target[]): readonly Target[] {
  return [...targets]
    .sort((a, b) => compareText(a.name, b.name))
    .filter((t) => waiver.target === undefined || globMatches(waiver.target, t.name, t.cloud));
}

/** A control after its findings were waived: `fail` stands only while a drift is left. */
function waivedControl(control: ControlResult, findings: readonly Finding[]): ControlResult {
  if (control.outcome !== "fail") return control;
  const mine = findings.filter((f) => f.control === control.id && f.target === control.target);
  const waived = mine.filter((f) => f.outcome === "waived");
  if (waived.length === 0 || mine.some((f) => f.outcome === "fail")) return control;
  const unknown = mine.find((f) => f.outcome === "unknown");
  if (unknown !== undefined) return { ...control, outcome: "unknown", reason: unknown.message };
  const last = waived.map((f) => f.waiver?.expires ?? "").sort(compareText)[0] ?? "";
  return {
    ...control,
    outcome: "waived",
    reason: `${waived.length === 1 ? "one difference" : `${waived.length} differences`} accepted until ${last}`,
  };
}

function subjectText(waiver: Waiver): string {
  const { notPatterns } = waiver;
  const what =
    waiver.patterns.length > 0
      ? waiver.patterns.join(", ")
      : notPatterns !== undefined
        ? `all but ${notPatterns.join(", ")}`
        : (waiver.resource ?? "");
  return `${waiver.control ?? waiver.rule ?? ""} (${what})`;
}

function waiverFinding(
  drift: Extract<Drift, "expired" | "stray">,
  waiver: Waiver,
  file: WaiverFile,
  target: Target,
  message: string,
): Finding {
  const base = file.file.replace(/^.*[\\/]/, "");
  const expired = drift === "expired";
  const rule = expired ? "waiver/expired" : "waiver/unused";
  const control = `waivers/${base}`;
  // What the waiver is for, not its line or its day: renewing or moving it does not make it another one.
  const {
    line: _line,
    expires: _expires,
    reason: _reason,
    owner: _owner,
    plane = "control",
    ...rest
  } = waiver;
  const about = { ...rest, plane };
  const id = `${base}#${fingerprintOfText(canonicalText(about))}`;
  const severity: Severity = expired
    ? severityOf({ drift, stated: "low" })
    : severityOf({ drift, note: true });
  return {
    fingerprint: fingerprint({
      cloud: target.cloud,
      rule,
      control,
      scope: target.scope,
      resource: id,
      property: expired ? "expires" : "use",
    }),
    rule,
    control,
    target: target.name,
    outcome: expired ? "fail" : "pass",
    drift,
    severity,
    resource: { type: "waiver", id, name: subjectText(waiver) },
    message,
    location: { file: file.file, line: waiver.line },
    documentation: {
      title: "Waivers",
      url: WAIVERS_PAGE,
      section: expired ? "Expired waivers" : "Unused waivers",
    },
  };
}

function ownControls(own: readonly Finding[]): readonly ControlResult[] {
  const byTarget = new Map<string, Finding[]>();
  for (const finding of own) byTarget.set(finding.target, [...(byTarget.get(finding.target) ?? []), finding]);
  return [...byTarget].map(([target, findings]) => {
    const expired = findings.filter((f) => f.outcome === "fail").length;
    return {
      id: findings[0]?.control ?? "waivers",
      title: "The waivers in force are current and needed",
      check: WAIVER_CHECK,
      target,
      outcome: expired > 0 ? "fail" : "pass",
      reason: expired > 0 ? `${expired} expired` : `${findings.length} cover nothing`,
    } as const;
  });
}
