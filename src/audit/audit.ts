import { checks as allChecks } from "../checks/registry.ts";
import type { Recorded } from "../providers/define.ts";
import { providers } from "../providers/registry.ts";
import { applyWaivers } from "../report/apply-waivers.ts";
import { buildReport } from "../report/build.ts";
import type { ControlResult, Finding, Principal, Report, Target } from "../report/report.ts";
import { factsAmong, factsOf } from "../snapshot/facts.ts";
import { runBaseline } from "./baseline.ts";
import { profileInForce } from "./clouds.ts";
import { atOnce, type Course } from "./course.ts";
import { doorsOf } from "./doors.ts";
import type { AuditInput } from "./input.ts";
import { recordedOf } from "./recorded.ts";
import { subjectsOf } from "./subjects.ts";
import { wildcardsOf } from "./wildcards.ts";

/**
 * Judges recorded states against baselines. Pure: no clock, no network, no environment; the same input gives the same
 * report, whatever the order of the documents.
 *
 * @throws ParameterError for a parameter or profile that no baseline knows or can take; Error, with the control's id,
 * when a check fails or a witness does not replay: a bug, never a verdict.
 */
export function audit(input: AuditInput): Report {
  return atOnce(auditing(input, {}));
}

/**
 * The audit, a pause before every control, and word of how it goes along. With `stopped` it judges nothing: it reports
 * what had been judged until then.
 *
 * @throws as `audit` does
 */
export function* auditing(input: AuditInput, course: Course): Generator<void, Report> {
  const checks = new Map((input.checks ?? allChecks).map((check) => [check.id, check]));
  const targets: Target[] = [];
  const controls: ControlResult[] = [];
  const findings: Finding[] = [];
  const subjects = subjectsOf(input, checks).map((subject) => ({ subject, own: factsOf(subject.snapshot) }));
  for (const { subject, own } of subjects) {
    const beside = subjects.filter((each) => each.subject.snapshot.provider !== subject.snapshot.provider);
    // of what nobody collected nothing is beside
    const others = beside.filter((each) => each.subject.source !== undefined).map((each) => each.own);
    const facts = factsAmong(own, subject.snapshot.provider, others);
    const provider = providers[subject.snapshot.provider];
    const recorded: Recorded = {
      snapshot: subject.snapshot,
      facts,
      ...(input.serviceData === undefined ? {} : { serviceData: input.serviceData }),
    };
    // Of an audit that was stopped nothing is worked out that could take long; what it had told has what is needed.
    const operations = course.stopped === undefined ? provider.operations(recorded) : undefined;
    const principals = new Map<string, Principal>();
    const notes: string[] = [...subject.notes];
    let complete = subject.snapshot.interrupted !== true;
    let catalog: Target["catalog"];
    for (const { baseline: n, parts, files } of subject.shares) {
      const loaded = input.baselines[n];
      const given = subject.dealt[n];
      if (loaded === undefined || given === undefined) continue;
      const result = yield* runBaseline({
        loaded,
        given: given.given,
        ...(given.profile === undefined ? {} : { profile: given.profile }),
        ...recorded,
        provider,
        target: subject.name,
        parts,
        checks,
        clouds: input.clouds,
        ...(files === true ? { files: input.files ?? {} } : {}),
        ...(operations === undefined ? {} : { operations }),
        course,
      });
      controls.push(...result.controls);
      findings.push(...result.findings);
      for (const principal of result.principals) principals.set(principal.id.toLowerCase(), principal);
      for (const note of result.notes) if (!notes.includes(note)) notes.push(note);
      complete &&= result.complete;
      catalog ??= result.catalog;
    }
    yield;
    const wildcards = course.stopped === undefined ? wildcardsOf(provider, recorded) : [];
    targets.push({
      name: subject.name,
      cloud: subject.snapshot.provider,
      scope: subject.snapshot.scope,
      complete,
      unread: subject.snapshot.unread,
      ...recordedOf(subject, input),
      doors: subject.filesOnly === true ? [] : doorsOf(provider.doors, recorded),
      principals: [...principals.values()],
      notes: subject.filesOnly === true ? subject.notes : [...notes, provider.notConsidered(recorded.facts)],
      ...(catalog === undefined ? {} : { catalog }),
      ...(wildcards.length === 0 ? {} : { wildcards }),
    });
  }
  yield;
  const judged =
    input.waivers === undefined
      ? { controls, findings }
      : applyWaivers({ file: input.waivers, findings, controls, targets, now: input.clock ?? input.now });
  return buildReport({
    version: input.version,
    startedAt: input.startedAt ?? input.now,
    finishedAt: input.now,
    interrupted: input.snapshots.some((s) => s.snapshot.interrupted === true),
    baselines: input.baselines.map(({ baseline, sha256, file, bundled }) => {
      const profile = profileInForce(baseline, input.profile);
      return {
        id: baseline.id,
        version: baseline.version,
        sha256,
        title: baseline.title,
        url: baseline.source.url,
        file,
        ...(profile === undefined ? {} : { profile }),
        ...(bundled === true ? {} : { own: true as const }),
      };
    }),
    targets,
    controls: judged.controls,
    findings: judged.findings,
    order: input.baselines.flatMap(({ baseline }) =>
      baseline.controls.map(({ id }) => `${baseline.id}/${id}`),
    ),
  });
}
