import type { Provider } from "../access/policy.ts";
import { dealOut } from "../baselines/parameters.ts";
import { checks as allChecks } from "../checks/registry.ts";
import { applyWaivers } from "../report/apply-waivers.ts";
import { buildReport } from "../report/build.ts";
import type { ControlResult, Finding, Principal, Report, Target } from "../report/report.ts";
import { factsOf } from "../snapshot/facts.ts";
import { runBaseline } from "./baseline.ts";
import type { AuditInput } from "./input.ts";
import { subjectsOf } from "./subjects.ts";

/** What is not looked at, said with every target of a cloud. */
const NOT_CONSIDERED = {
  azure:
    "not considered: Azure Lighthouse delegations and classic administrators, which no list of assignments holds; memberships of groups that no assignment proves, and who a deleted principal was, which only the directory (Microsoft Graph) knows",
  aws: "not considered: service control policies and resource control policies of the organisation, policies of resources (buckets, keys, queues), and session policies: an account cannot always read them. The first and the last can only take away; a resource's policy can also grant",
  kubernetes:
    "not considered: what decides beside roles and bindings. Other authorizers (webhook, node, attribute-based, and the cloud's own, such as EKS access entries and Azure RBAC for Kubernetes) can allow more, or refuse; admission policies and webhooks can refuse or change a request that is allowed. A cluster's roles and bindings say nothing of them",
} as const satisfies Record<Provider, string>;

/**
 * Judges recorded states against baselines. Pure: no clock, no network, no environment; the same input gives the same
 * report, whatever the order of the documents.
 *
 * @throws ParameterError for a parameter or profile that no baseline knows or can take; Error, with the control's id,
 * when a check fails or a witness does not replay: a bug, never a verdict.
 */
export function audit(input: AuditInput): Report {
  const checks = new Map((input.checks ?? allChecks).map((check) => [check.id, check]));
  const targets: Target[] = [];
  const controls: ControlResult[] = [];
  const findings: Finding[] = [];
  for (const subject of subjectsOf(input, checks)) {
    const dealt = dealOut(
      input.baselines.map((b) => b.baseline),
      subject.parameters,
      input.profile,
    );
    const facts = factsOf(subject.snapshot);
    const principals = new Map<string, Principal>();
    const notes: string[] = [...subject.notes];
    let complete = subject.snapshot.interrupted !== true;
    let catalog: Target["catalog"];
    for (const { baseline: n, parts } of subject.shares) {
      const loaded = input.baselines[n];
      const given = dealt[n];
      if (loaded === undefined || given === undefined) continue;
      const result = runBaseline({
        loaded,
        given: given.given,
        ...(given.profile === undefined ? {} : { profile: given.profile }),
        snapshot: subject.snapshot,
        facts,
        target: subject.name,
        parts,
        checks,
        ...(input.serviceData === undefined ? {} : { serviceData: input.serviceData }),
      });
      controls.push(...result.controls);
      findings.push(...result.findings);
      for (const principal of result.principals) principals.set(principal.id.toLowerCase(), principal);
      for (const note of result.notes) if (!notes.includes(note)) notes.push(note);
      complete &&= result.complete;
      catalog ??= result.catalog;
    }
    targets.push({
      name: subject.name,
      cloud: subject.snapshot.provider,
      scope: subject.snapshot.scope,
      complete,
      unread: subject.snapshot.unread,
      principals: [...principals.values()],
      notes: [...notes, NOT_CONSIDERED[subject.snapshot.provider]],
      ...(catalog === undefined ? {} : { catalog }),
    });
  }
  const judged =
    input.waivers === undefined
      ? { controls, findings }
      : applyWaivers({ file: input.waivers, findings, controls, targets, now: input.now });
  return buildReport({
    version: input.version,
    startedAt: input.startedAt ?? input.now,
    finishedAt: input.now,
    interrupted: input.snapshots.some((s) => s.snapshot.interrupted === true),
    baselines: input.baselines.map(({ baseline, sha256, file }) => ({
      id: baseline.id,
      version: baseline.version,
      sha256,
      title: baseline.title,
      url: baseline.source.url,
      file,
    })),
    targets,
    controls: judged.controls,
    findings: judged.findings,
    order: input.baselines.flatMap(({ baseline }) =>
      baseline.controls.map(({ id }) => `${baseline.id}/${id}`),
    ),
  });
}
