import type { Provider } from "../access/policy.ts";
import type { LoadedBaseline, ResolvedControl } from "../baselines/baseline.ts";
import { type Resolution, resolveControls } from "../baselines/parameters.ts";
import type { Check } from "../checks/define.ts";
import { providers } from "../providers/registry.ts";
import type { ControlResult, Finding, Outcome, Principal, Target } from "../report/report.ts";
import type { Facts } from "../snapshot/facts.ts";
import type { DocumentKind } from "../snapshot/kinds/kinds.ts";
import type { Unread } from "../snapshot/snapshot.ts";
import type { Context } from "../state/context.ts";
import { Defect, wordsOf } from "../text/unforeseen.ts";
import type { Observation } from "../wording/observation.ts";
import { findAudited } from "./audited.ts";
import { cloudOf } from "./clouds.ts";
import type { BaselineOnTarget, Judged, Opening, Stopped } from "./course.ts";
import { derivedParameters } from "./derived.ts";
import { findingOf } from "./finding.ts";
import { notesOf } from "./notes.ts";
import type { Part } from "./run.ts";
import { catalogDate, type Frame, type Run, unreadText } from "./run.ts";

export interface RunResult {
  readonly controls: readonly ControlResult[];
  readonly findings: readonly Finding[];
  readonly principals: readonly Principal[];
  readonly notes: readonly string[];
  /** Everything that the controls needed was read and decided. */
  readonly complete: boolean;
  readonly catalog?: NonNullable<Target["catalog"]>;
}

/** Kinds of which a check answers for an entry that is unread for one id alone. */
const BY_ID: ReadonlySet<DocumentKind> = new Set<DocumentKind>([
  "azure/role-definition",
  "azure/assigned-to",
  "azure/role-eligibility",
  // by storage account
  "azure/blob-container",
  // by object of the directory
  "azure/service-principal",
  "azure/application",
  "azure/federated-credential",
  "azure/owner",
  "azure/directory-membership",
  "azure/directory-role",
  "azure/directory-role-eligibility",
  "aws/role",
  "aws/role-policy",
  "aws/attached-policy",
  "aws/policy",
  // by API group: one that did not answer says nothing of the others
  "kubernetes/api-resource",
  // by name, or by namespace
  "kubernetes/secret",
  "kubernetes/config-map",
  "kubernetes/helm-release",
  "kubernetes/pod",
  "kubernetes/workload",
]);

/**
 * Runs the controls of a baseline that are this target's, a pause before each.
 * @throws Error, with the control's id, when a check does or a witness does not replay
 */
export function* runBaseline(run: Run): Generator<void, RunResult> {
  const { loaded, facts, snapshot, operations } = run;
  const given = { ...derivedParameters(loaded.baseline, snapshot, facts), ...run.given };
  const resolution = resolveControls(loaded.baseline, given, run.profile);
  const place: BaselineOnTarget = { target: run.target, baseline: loaded.sha256 };
  const { course } = run;
  if (course.stopped !== undefined) return stoppedResult(run, resolution, place, course.stopped);
  yield;
  const who = findAudited(run, resolution);
  const date = catalogDate(run);
  const opening: Opening = {
    principals: who.principals,
    ...(operations === undefined ? {} : { catalog: { date, operations: operations.count } }),
  };
  course.opens?.(place, opening);
  const shared = {
    controls: new Map(resolution.controls.map((c) => [c.id, c])),
    elsewhere: elsewhere(loaded, given, resolution),
    ...(run.serviceData === undefined ? {} : { serviceData: run.serviceData }),
    ...(run.files === undefined ? {} : { files: run.files }),
    principals: who.principals,
    principalsGiven: who.given,
    ...(who.unknown === undefined ? {} : { principalsUnknown: who.unknown }),
    ...(operations?.entries === undefined ? {} : { catalog: { entries: operations.entries, date } }),
  };
  const judged: Judged[] = [];
  for (const [frame, part] of framesOf(run, resolution)) {
    const { id } = frame.control;
    yield;
    course.begins?.(place, id);
    const each = judge(frame, { ...shared, control: frame.resolved }, part);
    course.ends?.(place, id, each);
    judged.push(each);
  }
  yield;
  return resultOfAll(opening, judged, notesOf(run, resolution, judged, who.principals));
}

/** The controls that are listed on this target. */
function framesOf(run: Run, resolution: Resolution): readonly (readonly [Frame, Part])[] {
  const { loaded } = run;
  return resolution.controls.flatMap((resolved) => {
    const control = loaded.baseline.controls.find((c) => c.id === resolved.id);
    if (control === undefined)
      throw new Error(`control ${resolved.id}: not in baseline ${loaded.baseline.id}`);
    if (run.checks.get(control.check)?.ofFiles === true) {
      const judged: Part = { kind: "judged" };
      return run.files === undefined ? [] : [[{ run, resolution, control, resolved }, judged] as const];
    }
    const part = run.parts.get(cloudOf({ ...control, with: resolved.with }, loaded.baseline, run.checks));
    return part === undefined ? [] : [[{ run, resolution, control, resolved }, part] as const];
  });
}

function resultOfAll(opening: Opening, judged: readonly Judged[], notes: readonly string[]): RunResult {
  const principals = new Map(
    [...opening.principals, ...judged.flatMap(({ audited }) => audited ?? [])].map((each) => [each.id, each]),
  );
  return {
    controls: judged.map((j) => j.result),
    findings: judged.flatMap((j) => j.findings),
    principals: [...principals.values()],
    notes,
    complete: judged.every((j) => j.complete),
    ...(opening.catalog === undefined ? {} : { catalog: opening.catalog }),
  };
}

/** What was judged before the audit was stopped; the rest is unknown. Nothing that could take long is worked out. */
function stoppedResult(
  run: Run,
  resolution: Resolution,
  place: BaselineOnTarget,
  stopped: Stopped,
): RunResult {
  const judged = framesOf(run, resolution).map(
    ([frame, part]): Judged =>
      stopped.judged(place, frame.control.id) ??
      (part.kind === "skipped"
        ? skipped(frame, part.reason)
        : { result: resultOf(frame, "unknown", stopped.reason), findings: [], complete: false }),
  );
  const opening = stopped.opening(place) ?? { principals: [] };
  return resultOfAll(opening, judged, [
    ...judged.flatMap((each) => each.notes ?? []),
    ...(stopped.notes ?? []),
  ]);
}

/** The controls that only another profile has, with the parameters put in. */
function elsewhere(
  { baseline }: LoadedBaseline,
  given: Readonly<Record<string, string>>,
  resolution: Resolution,
): Context["controls"] {
  const here = new Set(resolution.controls.map((c) => c.id));
  const others = Object.keys(baseline.profiles?.names ?? {}).filter((name) => name !== resolution.profile);
  const controls = others.flatMap((name) => resolveControls(baseline, given, name).controls);
  return new Map(controls.filter((c) => !here.has(c.id)).map((c) => [c.id, c]));
}

function resultOf(frame: Frame, outcome: Outcome, reason: string): ControlResult {
  return {
    id: `${frame.run.loaded.baseline.id}/${frame.control.id}`,
    title: frame.control.title,
    check: frame.control.check,
    section: frame.control.cite.section,
    target: frame.run.target,
    outcome,
    reason,
    ...(frame.resolved.optional ? { optional: true } : {}),
  };
}

function skipped(frame: Frame, reason: string): Judged {
  return { result: resultOf(frame, "skipped", reason), findings: [], complete: true };
}

function judge(frame: Frame, context: Context, part: Part): Judged {
  const { run, control, resolved } = frame;
  if (part.kind === "skipped") return skipped(frame, part.reason);
  const check = run.checks.get(control.check);
  if (check === undefined) {
    const reason = `this version has no check ${control.check}`;
    return { result: resultOf(frame, "unknown", reason), findings: [], complete: false };
  }
  const notApplicable = check.applicable?.(resolved);
  if (notApplicable !== undefined) return skipped(frame, notApplicable);
  if (part.kind === "unknown") {
    return { result: resultOf(frame, "unknown", part.reason), findings: [], complete: false };
  }
  const elsewhere = notAskedFor(check, resolved, run);
  if (elsewhere !== undefined)
    return skipped(frame, `${providers[elsewhere].name} was not asked for (--cloud)`);
  const unread = blocking(check, resolved, run.facts);
  if (unread.length > 0) {
    const findings = unread.map((u) => findingOf(frame, check, unreadObservation(u, run.facts)));
    return { result: resultOf(frame, "unknown", unreadReason(unread)), findings, complete: false };
  }
  const observations = observe(frame, check, context);
  const seen = observations.filter((o) => o.kind === "assessed");
  const audited = seen.flatMap((o) => (o.audited === undefined ? [] : [o.audited]));
  const notes = seen.flatMap((o) => o.notes ?? []);
  return {
    ...judgeObservations(frame, check, observations),
    ...(audited.length === 0 ? {} : { audited: audited.flat() }),
    ...(notes.length === 0 ? {} : { notes }),
  };
}

/** A cloud beside the target's own without which a check says nothing, and that was not asked for. */
function notAskedFor(check: Check, resolved: ResolvedControl, run: Run): Provider | undefined {
  const tolerated = new Set(check.tolerates ?? []);
  return check
    .needs(resolved.with)
    .filter((kind) => !tolerated.has(kind))
    .map((kind) => kind.slice(0, kind.indexOf("/")) as Provider)
    .find((cloud) => cloud !== run.snapshot.provider && !run.clouds.includes(cloud));
}

/** What of the kinds that a check cannot do without is unread. */
function blocking(check: Check, resolved: ResolvedControl, facts: Facts): readonly Unread[] {
  const tolerated = new Set(check.tolerates ?? []);
  const names = check.narrows?.(resolved.with).names ?? {};
  return [...new Set(check.needs(resolved.with))]
    .filter((kind) => !tolerated.has(kind))
    .flatMap((kind) => [
      ...facts.unread(kind).filter((u) => u.id === undefined || !BY_ID.has(kind)),
      ...(names[kind] === undefined ? facts.narrowed(kind) : []),
    ]);
}

function unreadReason(unread: readonly Unread[]): string {
  const texts = [...new Set(unread.map(unreadText))];
  return texts.length === 1 ? (texts[0] ?? "") : `${texts[0]}; and ${texts.length - 1} more`;
}

function unreadObservation(u: Unread, facts: Facts): Observation {
  return {
    kind: "unknown",
    resource: { type: u.kind, id: `${facts.scope}#${u.id ?? u.kind}`, name: u.id ?? u.kind },
    message: unreadText(u),
    property: `unread:${u.kind}:${u.id ?? ""}:${u.api}`,
    decide: u.permission === undefined ? "read it again" : `grant the scanner ${u.permission}`,
  };
}

/** The check's observations; each drift with a witness is replayed on both sides. */
function observe(frame: Frame, check: Check, context: Context): readonly Observation[] {
  const id = `${frame.run.loaded.baseline.id}/${frame.control.id}`;
  try {
    const observations = [...check.run(frame.run.facts, frame.resolved.with, context)];
    for (const o of observations) if (o.kind === "drift") replay(o);
    return observations;
  } catch (error) {
    throw new Defect(`control ${id} (${check.id}): ${wordsOf(error)}`, { cause: error });
  }
}

function replay(o: Observation & { readonly kind: "drift" }): void {
  if (o.replay === undefined) {
    if ((o.drift === "missing" || o.drift === "excess") && o.witness !== undefined) {
      throw new Defect(`the ${o.drift} ${o.pattern ?? o.property} has a witness that cannot be replayed`);
    }
    return;
  }
  const [documented, live] = o.drift === "missing" ? ["allowed", "denied"] : ["denied", "allowed"];
  const found = o.replay();
  if (found.documented === documented && found.live === live) return;
  throw new Defect(
    `the witness of the ${o.drift} ${o.pattern ?? o.property} does not replay: ${JSON.stringify(o.witness)} is ${found.documented} by the document and ${found.live} live`,
  );
}

function judgeObservations(frame: Frame, check: Check, observations: readonly Observation[]): Judged {
  const findings = observations.flatMap((o) => (o.kind === "assessed" ? [] : [findingOf(frame, check, o)]));
  const unknown = observations.filter((o) => o.kind === "unknown");
  const complete = unknown.every((o) => o.empty === true);
  const drifts = observations.filter((o) => o.kind === "drift");
  if (drifts.length > 0) {
    const more = unknown.length === 0 ? "" : `; ${counted(unknown.length, "part")} could not be assessed`;
    const reason = `${counted(drifts.length, "difference")}${more}`;
    return { result: resultOf(frame, "fail", reason), findings, complete };
  }
  const first = unknown[0];
  if (first !== undefined) {
    const decide = first.decide === undefined ? "" : `; to decide: ${first.decide}`;
    const more = unknown.length === 1 ? "" : `; and ${unknown.length - 1} more`;
    return { result: resultOf(frame, "unknown", `${first.message}${decide}${more}`), findings, complete };
  }
  if (observations.length === 0) {
    return { result: resultOf(frame, "unknown", "nothing was assessed"), findings, complete: false };
  }
  const absent = observations.some((o) => o.kind === "note" && o.absent === true);
  if (absent) {
    return { result: { ...resultOf(frame, "pass", "optional, absent"), absent: true }, findings, complete };
  }
  const counts = new Map<string, number>();
  for (const o of observations)
    if (o.kind === "assessed") counts.set(o.what, (counts.get(o.what) ?? 0) + o.count);
  const reason = [...counts].map(([what, n]) => `${n} ${n === 1 ? singular(what) : what}`).join(", ");
  return {
    result: resultOf(frame, "pass", reason === "" ? "notes only" : `${reason} compared`),
    findings,
    complete,
  };
}

/** `statement of its policies` of `statements of its policies`, `entry` of `entries`. */
function singular(what: string): string {
  const [, head = "", rest = ""] = /^(.*?)((?: (?:of|in|on) .*)?)$/.exec(what) ?? [];
  const one = head
    .replace(/ies$/, "y")
    .replace(/(ss|x|[cs]h)es$/, "$1")
    .replace(/([^s])s$/, "$1");
  return one + rest;
}

function counted(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}
