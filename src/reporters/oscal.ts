import type { ControlResult, Finding, Outcome, Report, Target } from "../report/report.ts";
import { released } from "../text/layout.ts";
import { visible, wholly } from "../text/visible.ts";
import { inPieces, type Reporter } from "./define.ts";
import { earlierLeftOut, gapsOf } from "./gaps.ts";
import { jsonPieces } from "./json-pieces.ts";
import { inert } from "./markdown-text.ts";
import { recordedText } from "./recorded.ts";
import { uuidOf } from "./uuid.ts";
import { baselineName, proofOf } from "./words.ts";

/** Of the models at pages.nist.gov/OSCAL; what is written is valid by those of 1.1.3 too. */
const VERSION = "1.2.0";
const NAMESPACE = "https://github.com/chalk-audit/chalk-audit";
/** The only tool, and platform, of an assessment. */
const TOOL = uuidOf("oscal", "tool");
const PLATFORM = uuidOf("oscal", "platform");
const ORIGINS = [{ actors: [{ type: "tool", "actor-uuid": TOOL }] }];

/** The state of a control's objective. A control that is not known, or was not looked at, has none: no finding. */
const STATES = {
  pass: ["satisfied", "pass"],
  fail: ["not-satisfied", "fail"],
  waived: ["not-satisfied", "other"],
} as const satisfies Partial<Record<Outcome, readonly [string, string]>>;

/**
 * OSCAL assessment results: a result for each target; in it an observation for each control and one for each finding of
 * the report; an OSCAL finding for each control that has a verdict; a risk for all drift, `deviation-approved` where it
 * is waived. What is not known is an observation without a finding. Texts are OSCAL's markup with nothing marked up;
 * the exact values are properties.
 */
export const oscal: Reporter = {
  format: "oscal",
  title: "OSCAL assessment results (JSON) for a GRC tool",
  extension: "json",
  ...inPieces(oscalPieces),
  leftOut: earlierLeftOut,
};

/**
 * The lists of a result are made one after another, each in a pass over the findings of its own: what points to something
 * in another list names it by a UUID that is made of what both know, and nothing of a list is kept for the next one.
 */
function oscalPieces(report: Report): Iterable<string> {
  const plan = uuidOf("oscal", "plan", ...report.baselines.map(({ sha256 }) => sha256));
  const identity = [report.startedAt, report.finishedAt, ...report.targets.map(({ name }) => name)];
  const gaps = gapsOf(report).filter(({ control }) => control === undefined);
  const names = [
    ...new Set([
      ...report.targets.map(({ name }) => name),
      ...[...report.controls, ...report.findings, ...gaps].map(({ target }) => target),
    ]),
  ];
  const parts = partsOf(report, gaps);
  // A document needs a result: one of no target says that nothing was assessed.
  const results = inTurn(names.length === 0 ? [""] : names, (name) =>
    resultOf(name, parts.get(name) ?? { controls: [], findings: [], gaps: [] }, report),
  );
  return jsonPieces({
    "assessment-results": {
      uuid: uuidOf("oscal", "results", plan, ...identity),
      metadata: {
        title: "Vendor permissions held against their documentation",
        "last-modified": report.finishedAt,
        version: report.finishedAt,
        "oscal-version": VERSION,
        props: [
          ...report.baselines.map((baseline) => prop("baseline", baselineName(baseline))),
          ...report.baselines.flatMap(({ id, profile }) =>
            profile === undefined ? [] : [prop("profile", `${id}: ${profile}`)],
          ),
          prop("interrupted", String(report.interrupted)),
        ],
      },
      "import-ap": { href: `#${plan}` },
      results,
      "back-matter": {
        resources: [
          {
            uuid: plan,
            title: "What was assessed",
            description:
              "There is no assessment plan in OSCAL: the baselines that are named here say what is documented and how it is assessed.",
            ...(report.baselines.length === 0
              ? {}
              : { props: report.baselines.map(({ id, sha256 }) => prop(token(id), `sha256 ${sha256}`)) }),
          },
        ],
      },
    },
  });
}

/** What is made of each of them, when it is its turn. */
function* inTurn<T>(all: readonly T[], make: (one: T) => object): Iterable<object> {
  for (const one of all) yield make(one);
}

interface Parts {
  readonly controls: ControlResult[];
  readonly findings: Finding[];
  readonly gaps: string[];
}

function partsOf(
  report: Report,
  gaps: readonly { readonly target: string; readonly text: string }[],
): ReadonlyMap<string, Parts> {
  const parts = new Map<string, Parts>();
  const of = (target: string): Parts => {
    const known = parts.get(target) ?? { controls: [], findings: [], gaps: [] };
    parts.set(target, known);
    return known;
  };
  for (const control of report.controls) of(control.target).controls.push(control);
  for (const finding of report.findings) of(finding.target).findings.push(finding);
  for (const { target, text } of gaps) of(target).gaps.push(text);
  return parts;
}

function resultOf(name: string, { controls, findings, gaps }: Parts, report: Report): object {
  const target = report.targets.find((each) => each.name === name);
  const place: Place = { name, target, report };
  const byControl = new Map<string, Finding[]>();
  for (const finding of findings) {
    const list = byControl.get(finding.control);
    if (list === undefined) byControl.set(finding.control, [finding]);
    else list.push(finding);
  }
  const risky = findings.filter(isRisk);
  const judged = controls.filter(isJudged);
  const recorded = target === undefined ? undefined : recordedText(target);
  const unread = target?.unread ?? [];
  return {
    uuid: uuidOf("oscal", "result", name, report.startedAt, report.finishedAt),
    title: markup(name === "" ? "the whole run" : name),
    description: markup(
      [
        target?.complete === false ? "not everything of it could be read" : undefined,
        recorded === undefined ? undefined : released(recorded),
        target?.stale,
        ...unread.map(({ api, detail }) => `${api}: ${detail}`),
      ]
        .filter((text) => text !== undefined)
        .join("; ") || "what was found",
    ),
    start: report.startedAt,
    end: report.finishedAt,
    props: [
      ...(target === undefined
        ? []
        : [
            prop("cloud", target.cloud),
            prop("scope", target.scope),
            prop("complete", String(target.complete)),
          ]),
      ...(target?.source === undefined ? [] : [prop("source", target.source)]),
      ...(target?.recordedAt === undefined ? [] : [prop("recorded", target.recordedAt)]),
      prop("target", name === "" ? "none" : name),
    ],
    "local-definitions": {
      "inventory-items": inventoryItems(findings, place),
      "assessment-assets": {
        components: [
          {
            uuid: TOOL,
            type: "software",
            title: report.tool.name,
            description: "Holds what a vendor may do against what its documentation says.",
            props: [prop("version", report.tool.version)],
            status: { state: "operational" },
          },
        ],
        "assessment-platforms": [
          { uuid: PLATFORM, title: report.tool.name, "uses-components": [{ "component-uuid": TOOL }] },
        ],
      },
    },
    "reviewed-controls": { "control-selections": [selectionOf(controls)] },
    ...(controls.length + findings.length + gaps.length === 0
      ? {}
      : { observations: observations({ controls, findings, gaps }, place) }),
    ...(risky.length === 0 ? {} : { risks: inTurn(risky, (finding) => riskOf(finding, place)) }),
    ...(judged.length === 0
      ? {}
      : {
          findings: inTurn(judged, (control) => verdictOn(control, byControl.get(control.id) ?? [], place)),
        }),
  };
}

function* observations({ controls, findings, gaps }: Parts, place: Place): Iterable<object> {
  for (const control of controls) yield controlObservation(control, place);
  for (const finding of findings) yield findingObservation(finding, place);
  for (const text of gaps) yield gapObservation(text, place);
}

/** One that has a verdict. */
interface Judged extends ControlResult {
  readonly outcome: keyof typeof STATES;
}

function isJudged(control: ControlResult): control is Judged {
  return Object.hasOwn(STATES, control.outcome);
}

function isRisk({ outcome }: Finding): boolean {
  return outcome === "fail" || outcome === "waived";
}

/** The controls that were looked at; one that was skipped is left out of the selection, and has its observation. */
function selectionOf(controls: readonly ControlResult[]): object {
  const ids = new Set(controls.filter(({ outcome }) => outcome !== "skipped").map(({ id }) => token(id)));
  if (ids.size === 0)
    return { description: "no control was assessed", "include-controls": [{ "control-id": "none" }] };
  return { "include-controls": [...ids].map((id) => ({ "control-id": id })) };
}

interface Place {
  readonly name: string;
  readonly target: Target | undefined;
  readonly report: Report;
}

/** The target and every resource that a finding is about, once each. */
function* inventoryItems(findings: readonly Finding[], place: Place): Iterable<object> {
  yield {
    uuid: subjectOf(undefined, place),
    description: markup(place.name === "" ? "the whole run" : `the target ${place.name}`),
    props: [prop("asset-id", place.target?.scope ?? place.name)],
  };
  const resources = new Map(findings.map(({ resource }) => [resource.id, resource]));
  for (const { id, name, type } of resources.values()) {
    yield {
      uuid: subjectOf(id, place),
      description: markup(name === "" ? id : name),
      props: [prop("asset-id", id), prop("resource-type", type)],
    };
  }
}

function subjectOf(resource: string | undefined, { name }: Place): string {
  return resource === undefined
    ? uuidOf("oscal", "target", name)
    : uuidOf("oscal", "resource", name, resource);
}

function observed({ target, report }: Place): string {
  return target?.recordedAt ?? report.finishedAt;
}

function controlObservation(
  { id, title: what, check, outcome, reason }: ControlResult,
  place: Place,
): object {
  const verdict = outcome === "unknown" ? "not assessed" : outcome;
  return {
    uuid: controlUuid("observation", id, place),
    title: markup(`${id}: ${verdict}`),
    description: markup(`${what}${reason === undefined ? "" : `: ${reason}`}`),
    props: [prop("control", id), prop("outcome", outcome), prop("check", check)],
    methods: ["TEST"],
    types: ["control-objective"],
    origins: ORIGINS,
    subjects: [{ "subject-uuid": subjectOf(undefined, place), type: "inventory-item" }],
    collected: observed(place),
  };
}

function findingObservation(finding: Finding, place: Place): object {
  const { control, rule, drift, severity, outcome, state, resource, pattern, except = [] } = finding;
  const { fingerprint, location, waiver, verify, by, message } = finding;
  const proof = proofOf(finding);
  return {
    uuid: findingUuid("observation", finding, place),
    title: markup(`${control}: ${drift}, ${outcome === "unknown" ? "not assessed" : outcome}`),
    description: markup(message),
    props: [
      prop("fingerprint", fingerprint),
      prop("control", control),
      prop("rule", rule),
      prop("drift", drift),
      prop("severity", severity),
      prop("outcome", outcome),
      ...(state === undefined ? [] : [prop("state", state)]),
      ...(pattern === undefined ? [] : [prop("pattern", wholly(pattern))]),
      ...except.map((each) => prop("except", wholly(each))),
      ...(by === undefined ? [] : [prop("given-by", by)]),
      prop("documented", `${location.file}:${location.line}`),
      ...(waiver === undefined
        ? []
        : [
            prop("waiver-owner", waiver.owner),
            prop("waiver-reason", waiver.reason),
            prop("waiver-expires", waiver.expires),
          ]),
    ],
    methods: ["TEST"],
    types: [outcome === "pass" ? "discovery" : "finding"],
    origins: ORIGINS,
    subjects: [{ "subject-uuid": subjectOf(resource.id, place), type: "inventory-item" }],
    ...(proof === undefined && verify === undefined
      ? {}
      : {
          "relevant-evidence": [
            ...(proof === undefined ? [] : [{ description: markup(proof) }]),
            ...(verify === undefined
              ? []
              : [{ description: "A command that shows it.", props: [prop("command", verify)] }]),
          ],
        }),
    collected: observed(place),
  };
}

function gapObservation(text: string, place: Place): object {
  return {
    uuid: uuidOf("oscal", "gap", place.name, place.report.finishedAt),
    title: "Not assessed",
    description: markup(text),
    props: [prop("outcome", "unknown")],
    methods: ["TEST"],
    types: ["discovery"],
    origins: ORIGINS,
    subjects: [{ "subject-uuid": subjectOf(undefined, place), type: "inventory-item" }],
    collected: observed(place),
  };
}

function riskOf(finding: Finding, place: Place): object {
  const { control, drift, severity, outcome, message, why, remediation, waiver } = finding;
  const deadline =
    waiver !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(waiver.expires) ? waiver.expires : undefined;
  return {
    uuid: findingUuid("risk", finding, place),
    title: markup(`${control}: ${drift}`),
    description: markup(message),
    statement: markup(why ?? "What is granted is not what is documented."),
    props: [prop("fingerprint", finding.fingerprint), prop("drift", drift)],
    status: outcome === "waived" ? "deviation-approved" : "open",
    origins: ORIGINS,
    characterizations: [
      { origin: ORIGINS[0], facets: [{ name: "severity", system: NAMESPACE, value: severity }] },
    ],
    ...(waiver === undefined
      ? {}
      : {
          "mitigating-factors": [
            {
              uuid: findingUuid("waiver", finding, place),
              description: markup(`accepted by ${waiver.owner} until ${waiver.expires}: ${waiver.reason}`),
            },
          ],
        }),
    ...(deadline === undefined ? {} : { deadline: `${deadline}T23:59:59Z` }),
    ...(remediation === undefined
      ? {}
      : {
          remediations: [
            {
              uuid: findingUuid("remediation", finding, place),
              lifecycle: "recommendation",
              title: "How to mend it",
              description: markup(remediation.text),
              ...(remediation.commands.length === 0
                ? {}
                : { props: remediation.commands.map((each) => prop("command", each)) }),
            },
          ],
        }),
    "related-observations": [{ "observation-uuid": findingUuid("observation", finding, place) }],
  };
}

/** The verdict on a control, with everything that was seen of it. */
function verdictOn(
  { id, title: what, outcome, reason }: Judged,
  findings: readonly Finding[],
  place: Place,
): object {
  const [state, because] = STATES[outcome];
  const risks = findings.filter(isRisk);
  return {
    uuid: controlUuid("finding", id, place),
    title: markup(`${id}: ${outcome}`),
    description: markup(`${what}${reason === undefined ? "" : `: ${reason}`}`),
    props: [prop("control", id), prop("outcome", outcome)],
    origins: ORIGINS,
    target: {
      type: "objective-id",
      "target-id": token(id),
      status: {
        state,
        reason: because,
        ...(outcome === "waived"
          ? { remarks: "The departure was accepted: the risks say by whom and until when." }
          : {}),
      },
    },
    "related-observations": relatedObservations(id, findings, place),
    ...(risks.length === 0
      ? {}
      : {
          "related-risks": inTurn(risks, (finding) => ({ "risk-uuid": findingUuid("risk", finding, place) })),
        }),
  };
}

function* relatedObservations(control: string, findings: readonly Finding[], place: Place): Iterable<object> {
  yield { "observation-uuid": controlUuid("observation", control, place) };
  for (const finding of findings) yield { "observation-uuid": findingUuid("observation", finding, place) };
}

/** Of a run: what is seen again is another observation of the same finding, whose fingerprint stands beside it. */
function findingUuid(kind: string, { fingerprint }: Finding, { report }: Place): string {
  return kind === "observation"
    ? uuidOf("oscal", kind, fingerprint, report.startedAt, report.finishedAt)
    : uuidOf("oscal", kind, fingerprint);
}

function controlUuid(kind: string, control: string, { name, report }: Place): string {
  return kind === "observation"
    ? uuidOf("oscal", "control", kind, control, name, report.startedAt, report.finishedAt)
    : uuidOf("oscal", "control", kind, control, name);
}

/** A property of ours; OSCAL wants a value that is not empty and has no blank at either end. */
function prop(name: string, value: string): object {
  const shown = visible(value).trim();
  return { name, ns: NAMESPACE, value: shown === "" ? "none" : shown };
}

/** OSCAL's token: letters, digits, `.`, `-`, `_`, and no digit first. The exact id stands in a property. */
function token(id: string): string {
  const plain = id.replace(/[^A-Za-z0-9._-]/g, "_");
  return /^[A-Za-z_]/.test(plain) ? plain : `_${plain}`;
}

function markup(text: string): string {
  return inert(text).trim() || "none";
}
