import type { Provider } from "./access/policy.ts";
import { derivedParameters } from "./audit-derived.ts";
import type { Control, LoadedBaseline } from "./baselines/baseline.ts";
import { type Resolution, resolveControls } from "./baselines/parameters.ts";
import { type Audited, findPrincipals } from "./checks/arm/audited.ts";
import { readCatalog } from "./checks/arm/catalog.ts";
import type { Check, Context, Facts, Observation, ResolvedControl } from "./checks/define.ts";
import { findAuditedRoles } from "./checks/iam/roles.ts";
import { fingerprint } from "./report/fingerprint.ts";
import type { ControlResult, Finding, Outcome, Principal, Target } from "./report/report.ts";
import { severityOf } from "./report/severity.ts";
import type { DocumentKind, Snapshot, Unread } from "./snapshot/snapshot.ts";

/** One baseline against one recorded state. */
export interface Run {
  readonly loaded: LoadedBaseline;
  readonly given: Readonly<Record<string, string>>;
  readonly profile?: string;
  readonly snapshot: Snapshot;
  readonly facts: Facts;
  /** Name of the target. */
  readonly target: string;
  readonly clouds: readonly Provider[];
  readonly checks: ReadonlyMap<string, Check>;
  readonly serviceData?: NonNullable<Context["serviceData"]>;
}

export interface RunResult {
  readonly controls: readonly ControlResult[];
  readonly findings: readonly Finding[];
  readonly principals: readonly Principal[];
  readonly notes: readonly string[];
  /** Everything that the controls needed was read and decided. */
  readonly complete: boolean;
  readonly catalog?: NonNullable<Target["catalog"]>;
}

interface Judged {
  readonly result: ControlResult;
  readonly findings: readonly Finding[];
  readonly complete: boolean;
}

/** What the judging of one control needs. */
interface Frame {
  readonly run: Run;
  readonly resolution: Resolution;
  readonly control: Control;
  readonly resolved: ResolvedControl;
}

const CLOUD_NAMES = { azure: "Azure", aws: "AWS", kubernetes: "Kubernetes" } as const satisfies Record<
  Provider,
  string
>;

/** Kinds of which a check answers for an entry that is unread for one id alone. */
const BY_ID: ReadonlySet<DocumentKind> = new Set<DocumentKind>([
  "azure/role-definition",
  "azure/assigned-to",
  "azure/role-eligibility",
  "aws/role",
  "aws/role-policy",
  "aws/attached-policy",
  "aws/policy",
]);

/** The flag that names whom to audit, and who is audited without it. */
const WHO = {
  azure: { flag: "principal", found: "holds the documented role", nobody: "who holds the documented role" },
  aws: { flag: "role", found: "trusts a documented principal", nobody: "that trusts a documented principal" },
  kubernetes: undefined,
} as const satisfies Record<Provider, unknown>;

/** Runs every control of a baseline. Throws, with the control's id, when a check does or a witness does not replay. */
export function runBaseline(run: Run): RunResult {
  const { loaded, facts, snapshot } = run;
  const given = { ...derivedParameters(loaded.baseline, snapshot, facts), ...withScope(run) };
  const resolution = resolveControls(loaded.baseline, given, run.profile);
  const who = findAudited(run, resolution);
  const catalog = readCatalog(facts);
  const date = catalogDate(run);
  const actions = countActions(run);
  const shared = {
    controls: new Map(resolution.controls.map((c) => [c.id, c])),
    elsewhere: elsewhere(loaded, given, resolution),
    ...(run.serviceData === undefined ? {} : { serviceData: run.serviceData }),
    principals: who.principals,
    principalsGiven: who.given,
    ...(who.unknown === undefined ? {} : { principalsUnknown: who.unknown }),
    ...(catalog === undefined ? {} : { catalog: { entries: catalog, date } }),
  };
  const judged = resolution.controls.map((resolved) => {
    const control = loaded.baseline.controls.find((c) => c.id === resolved.id);
    if (control === undefined)
      throw new Error(`control ${resolved.id}: not in baseline ${loaded.baseline.id}`);
    return judge({ run, resolution, control, resolved }, { ...shared, control: resolved });
  });
  return {
    controls: judged.map((j) => j.result),
    findings: judged.flatMap((j) => j.findings),
    principals: who.principals,
    notes: notesOf(run, resolution, judged, who.principals, catalog?.length ?? actions),
    complete: judged.every((j) => j.complete),
    ...(catalog === undefined ? {} : { catalog: { date, operations: catalog.length } }),
    ...(actions === 0 ? {} : { catalog: { date, operations: actions } }),
  };
}

/**
 * The parameters given, and the one that `--subscription` sets from the target's own scope: a subscription that was named
 * and the same one that was found get the same verdict.
 */
function withScope({ loaded, given, snapshot }: Run): Readonly<Record<string, string>> {
  const subscription = /^\/subscriptions\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\/|$)/i.exec(
    snapshot.scope,
  )?.[1];
  if (subscription === undefined) return given;
  const open = Object.entries(loaded.baseline.parameters).filter(
    ([name, parameter]) =>
      parameter.flag === "subscription" && parameter.default === undefined && !Object.hasOwn(given, name),
  );
  return { ...given, ...Object.fromEntries(open.map(([name]) => [name, subscription])) };
}

/** The day of the operations that differences are counted by: of AWS when the data was made, else when it was read. */
function catalogDate({ snapshot, serviceData }: Run): string {
  if (snapshot.provider === "aws" && serviceData !== undefined) return serviceData.date;
  return snapshot.takenAt.slice(0, 10);
}

/** How many actions the data of AWS knows. */
function countActions({ snapshot, serviceData }: Run): number {
  if (snapshot.provider !== "aws" || serviceData === undefined) return 0;
  return Object.values(serviceData.services).reduce((n, actions) => n + actions.length, 0);
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

/** Whom to audit, as the snapshot's cloud finds them. */
function findAudited(run: Run, resolution: Resolution): Audited {
  const given = principalsGiven(run, resolution);
  return run.snapshot.provider === "aws"
    ? findAuditedRoles(run.facts, resolution.controls, given)
    : findPrincipals(run.facts, resolution.controls, given);
}

/**
 * The principals that the user named: by the parameter that the cloud's flag sets, else when the state was recorded.
 * A list of Azure's object ids; of AWS one role, whose name may have commas.
 */
function principalsGiven(run: Run, resolution: Resolution): readonly string[] {
  const { provider, principals = [] } = run.snapshot;
  const flag = WHO[provider]?.flag;
  const parameter = Object.entries(run.loaded.baseline.parameters).find(
    ([, p]) => flag !== undefined && p.flag === flag,
  )?.[0];
  const value = parameter === undefined ? undefined : resolution.parameters[parameter];
  if (provider === "aws") return value === undefined ? principals : [value];
  if (value !== undefined) return value.split(",").map((id) => id.trim());
  return [...new Set(principals.map((id) => id.toLowerCase()))].sort();
}

/** The cloud whose state a control is about. */
function cloudOf(frame: Frame, check: Check | undefined): Provider {
  if (check !== undefined && check.cloud !== "any") return check.cloud;
  const kind = (frame.resolved.with as { readonly kind?: unknown } | undefined)?.kind;
  const named =
    (typeof kind === "string" && check !== undefined ? kind : frame.control.check).split("/")[0] ?? "";
  return named in CLOUD_NAMES ? (named as Provider) : frame.run.loaded.baseline.cloud;
}

function resultOf(frame: Frame, outcome: Outcome, reason: string): ControlResult {
  return {
    id: `${frame.run.loaded.baseline.id}/${frame.control.id}`,
    title: frame.control.title,
    check: frame.control.check,
    target: frame.run.target,
    outcome,
    reason,
    ...(frame.resolved.optional ? { optional: true } : {}),
  };
}

function judge(frame: Frame, context: Context): Judged {
  const { run, control, resolved } = frame;
  const check = run.checks.get(control.check);
  const cloud = cloudOf(frame, check);
  if (!run.clouds.includes(cloud)) {
    const reason = `${CLOUD_NAMES[cloud]} was not asked for (--cloud)`;
    return { result: resultOf(frame, "skipped", reason), findings: [], complete: true };
  }
  if (check === undefined) {
    const reason = `this version has no check ${control.check}`;
    return { result: resultOf(frame, "unknown", reason), findings: [], complete: false };
  }
  const notApplicable = check.applicable?.(resolved);
  if (notApplicable !== undefined) {
    return { result: resultOf(frame, "skipped", notApplicable), findings: [], complete: true };
  }
  if (cloud !== run.snapshot.provider) {
    const reason = `no state of ${CLOUD_NAMES[cloud]} was collected for this target`;
    return { result: resultOf(frame, "unknown", reason), findings: [], complete: false };
  }
  const unread = blocking(check, resolved, run.facts);
  if (unread.length > 0) {
    const findings = unread.map((u) => findingOf(frame, check, unreadObservation(u, run.facts)));
    return { result: resultOf(frame, "unknown", unreadReason(unread)), findings, complete: false };
  }
  return judgeObservations(frame, check, observe(frame, check, context));
}

/** What of the kinds that a check cannot do without is unread. */
function blocking(check: Check, resolved: ResolvedControl, facts: Facts): readonly Unread[] {
  const tolerated = new Set(check.tolerates ?? []);
  return [...new Set(check.needs(resolved.with))]
    .filter((kind) => !tolerated.has(kind))
    .flatMap((kind) => facts.unread(kind).filter((u) => u.id === undefined || !BY_ID.has(kind)));
}

function unreadText(u: Unread): string {
  return `${u.api}: ${u.detail}${u.permission === undefined ? "" : `; needs ${u.permission}`}`;
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
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`control ${id} (${check.id}): ${why}`, { cause: error });
  }
}

function replay(o: Observation & { readonly kind: "drift" }): void {
  if (o.replay === undefined) {
    if ((o.drift === "missing" || o.drift === "excess") && o.witness !== undefined) {
      throw new Error(`the ${o.drift} ${o.pattern ?? o.property} has a witness that cannot be replayed`);
    }
    return;
  }
  const [documented, live] = o.drift === "missing" ? ["allowed", "denied"] : ["denied", "allowed"];
  const found = o.replay();
  if (found.documented === documented && found.live === live) return;
  throw new Error(
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
  const reason = [...counts].map(([what, n]) => counted(n, what.replace(/s$/, ""))).join(", ");
  return {
    result: resultOf(frame, "pass", reason === "" ? "notes only" : `${reason} compared`),
    findings,
    complete,
  };
}

function counted(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}

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

function findingOf(frame: Frame, check: Check, o: Observation): Finding {
  if (o.kind === "assessed") throw new Error("what was assessed is no finding");
  const { run, control, resolution } = frame;
  const { baseline, lineOf, file } = run.loaded;
  const drift = o.kind === "unknown" ? "unreadable" : o.drift;
  const rule = `${check.id}/${drift}`;
  const id = `${baseline.id}/${control.id}`;
  const date = catalogDate(run);
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
      stated: o.kind === "drift" ? o.severity : undefined,
      override: control.severity,
    }),
    resource: o.resource,
    message: messageOf(o),
    ...(o.pattern === undefined ? {} : { pattern: o.pattern }),
    ...(o.except === undefined ? {} : { except: o.except }),
    ...(o.plane === undefined ? {} : { plane: o.plane }),
    ...(o.witness === undefined ? {} : { witness: o.witness }),
    ...(o.witnesses === undefined ? {} : { witnesses: o.witnesses }),
    ...(o.known === undefined ? {} : { known: { ...o.known, catalog: date } }),
    ...(o.latent === undefined ? {} : { latent: o.latent }),
    ...(o.by === undefined ? {} : { by: o.by }),
    ...(o.expected === undefined ? {} : { expected: o.expected }),
    ...(o.actual === undefined ? {} : { actual: o.actual }),
    location: { file, line: lineOf(resolution.sourceOf(control.id, o.at ?? "")) },
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

/** What a person must know to read the verdict: what was left open, who was looked for, what the catalogue is. */
function notesOf(
  run: Run,
  resolution: Resolution,
  judged: readonly Judged[],
  principals: readonly Principal[],
  operations: number,
): readonly string[] {
  const assessed = new Set(judged.filter((j) => j.result.outcome !== "skipped").map((j) => j.result.id));
  const open = new Map<string, string[]>();
  for (const control of resolution.controls) {
    if (!assessed.has(`${run.loaded.baseline.id}/${control.id}`)) continue;
    for (const name of control.unresolved) open.set(name, [...(open.get(name) ?? []), control.id]);
  }
  const notes: string[] = [];
  const together = new Map<string, string[]>();
  for (const [name, ids] of [...open].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const parameter = run.loaded.baseline.parameters[name];
    const who = WHO[run.snapshot.provider];
    if (parameter?.otherwise !== undefined) {
      const key = JSON.stringify([ids, parameter.otherwise]);
      together.set(key, [...(together.get(key) ?? []), name]);
      continue;
    }
    const meaning =
      who !== undefined && parameter?.flag === who.flag
        ? principals.length > 0
          ? `audited is whoever ${run.snapshot.principals === undefined ? who.found : "was named when the state was recorded"}: ${principals.map((p) => p.id).join(", ")}`
          : `nobody was found ${who.nobody}`
        : "any value that fits is accepted";
    notes.push(`parameter ${name} not given (${ids.join(", ")}): ${meaning}`);
  }
  for (const [key, names] of together) {
    const [ids, otherwise] = JSON.parse(key) as [string[], string];
    const words = names.length === 1 ? "parameter" : "parameters";
    notes.push(`${words} ${names.join(", ")} not given (${ids.join(", ")}): ${otherwise}`);
  }
  if (run.snapshot.provider === "aws") {
    notes.push(
      operations > 0
        ? `catalogue of ${catalogDate(run)}: ${operations} actions that exist`
        : "no catalogue of actions was given: policies are compared as written, differences carry no counts, and dead or latent ones are not told apart",
    );
  }
  if (run.snapshot.provider !== "azure") return notes;
  if (operations > 0) {
    notes.push(`catalogue of ${run.snapshot.takenAt.slice(0, 10)}: ${operations} operations that exist`);
  } else {
    const why = run.facts.unread("azure/provider-operations")[0];
    notes.push(
      `the catalogue of operations ${why === undefined ? "was not collected" : `could not be read (${unreadText(why)})`}: differences carry no counts, and latent ones are not told apart`,
    );
  }
  return notes;
}
