import type { Check } from "../checks/define.ts";
import { fingerprint } from "../report/fingerprint.ts";
import { groupOf } from "../report/group.ts";
import type { Finding } from "../report/report.ts";
import { severityOf } from "../report/severity.ts";
import type { Observation } from "../wording/observation.ts";
import { catalogDate, type Frame } from "./run.ts";

type Reported = Exclude<Observation, { readonly kind: "assessed" }>;

const OUTCOMES = { drift: "fail", unknown: "unknown", note: "pass" } as const satisfies Record<
  Reported["kind"],
  Finding["outcome"]
>;

function messageOf(o: Reported): string {
  if (o.kind !== "unknown") return o.message;
  const clause = o.clause === undefined ? "" : ` (${o.clause})`;
  const decide = o.decide === undefined ? "" : `; to decide: ${o.decide}`;
  return `${o.message}${clause}${decide}`;
}

/** An observation as the report has it: with its severity, its fingerprint and the line that declares it. */
export function findingOf(frame: Frame, check: Check, o: Observation): Finding {
  if (o.kind === "assessed") throw new Error("what was assessed is no finding");
  const { run, control, resolution } = frame;
  const { baseline, lineOf, file } = run.loaded;
  const drift = o.kind === "unknown" ? "unreadable" : o.drift;
  const rule = `${check.id}/${drift}`;
  const id = `${baseline.id}/${control.id}`;
  const date = catalogDate(run);
  const named = o.kind === "drift" && o.named === true;
  return {
    fingerprint: fingerprint({
      cloud: run.snapshot.provider,
      rule,
      control: id,
      scope: run.facts.scope,
      resource: o.resource.id,
      property: o.property,
    }),
    rule,
    control: id,
    target: run.target,
    outcome: OUTCOMES[o.kind],
    drift,
    severity: severityOf({
      drift,
      impact: o.kind === "drift" ? o.impact : undefined,
      latent: o.latent,
      note: o.kind === "note",
      stated: named ? "critical" : o.kind === "drift" ? o.severity : undefined,
      override: named ? undefined : control.severity,
    }),
    resource: o.resource,
    message: messageOf(o),
    ...(o.pattern === undefined ? {} : { pattern: o.pattern }),
    ...(o.except === undefined ? {} : { except: o.except }),
    ...(o.plane === undefined ? {} : { plane: o.plane }),
    ...(o.grant === undefined ? {} : { grant: o.grant }),
    ...(o.witness === undefined ? {} : { witness: o.witness }),
    ...(o.witnesses === undefined ? {} : { witnesses: o.witnesses }),
    ...(o.known === undefined ? {} : { known: { ...o.known, catalog: date } }),
    ...(o.latent === undefined ? {} : { latent: o.latent }),
    ...(o.by === undefined ? {} : { by: o.by }),
    ...(o.causes === undefined || o.causes.length === 0 ? {} : { causes: o.causes }),
    group: groupOf(o, run.snapshot.provider),
    ...(o.expected === undefined ? {} : { expected: o.expected }),
    ...(o.actual === undefined ? {} : { actual: o.actual }),
    location: o.standsIn ?? { file, line: lineOf(resolution.sourceOf(control.id, o.at ?? "")) },
    why: control.why,
    ...(o.verify === undefined ? {} : { verify: o.verify }),
    ...(o.remediation === undefined ? {} : { remediation: o.remediation }),
    documentation: {
      title: baseline.source.title ?? baseline.title,
      url: control.cite.url ?? baseline.source.url,
      section: control.cite.section,
    },
  };
}
