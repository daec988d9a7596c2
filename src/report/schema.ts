import {
  type AwsGrant,
  type AwsPart,
  type AwsRequest,
  type AzureRequest,
  type KubernetesRequest,
  PROVIDERS,
} from "../access/policy.ts";
import type { Unread, UnreadCause } from "../snapshot/snapshot.ts";
import type {
  Cause,
  ControlResult,
  Door,
  Drift,
  Finding,
  Group,
  Growth,
  Outcome,
  Principal,
  Remediation,
  Report,
  Resource,
  Severity,
  Target,
  Wildcard,
} from "./report.ts";
import { SEVERITIES } from "./severity.ts";
import type { PublishedReport, TextReference } from "./texts.ts";

/**
 * JSON Schema (draft-07) of a report; published as schemas/report.schema.json. Each table of properties must name every
 * property of its type, in the order in which the JSON reporter writes them.
 */

interface Schema {
  readonly [keyword: string]: unknown;
}

/** An object with exactly these properties; all are required but those named. */
function shape<T>(
  properties: { readonly [K in keyof Required<T>]: Schema },
  optional: readonly (keyof T)[] = [],
): Schema {
  const names = Object.keys(properties);
  return {
    type: "object",
    required: names.filter((name) => !optional.includes(name as keyof T)),
    additionalProperties: false,
    properties,
  };
}

const text: Schema = { type: "string" };
const texts: Schema = { type: "array", items: text };
const flag: Schema = { type: "boolean" };
const count: Schema = { type: "integer", minimum: 0 };
const instant: Schema = { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z$" };
const list = (items: Schema): Schema => ({ type: "array", items });
const oneOf = (names: readonly string[]): Schema => ({ enum: names });

/** A value, or what stands for it where it repeats. */
const once = (value: Schema): Schema => ({ anyOf: [value, shape<TextReference>({ $text: count })] });

const severity = oneOf(SEVERITIES);
const cloud = oneOf(PROVIDERS);
const plane = oneOf(["control", "data"]);

export const DRIFTS = {
  missing: 0,
  excess: 0,
  weakened: 0,
  changed: 0,
  wider: 0,
  dead: 0,
  absent: 0,
  unreadable: 0,
  expired: 0,
  stray: 0,
} as const satisfies Record<Drift, 0>;

const GROUPS = { policy: 0, assignment: 0, binding: 0, resource: 0 } as const satisfies Record<
  Group["kind"],
  0
>;

const CAUSES = {
  denied: 0,
  unauthenticated: 0,
  throttled: 0,
  timeout: 0,
  unreachable: 0,
  unsupported: 0,
  malformed: 0,
  incomplete: 0,
  "not-found": 0,
  "server-error": 0,
  interrupted: 0,
} as const satisfies Record<UnreadCause, 0>;

const OUTCOMES = { pass: 0, fail: 0, unknown: 0, waived: 0, skipped: 0 } as const satisfies Record<
  Outcome,
  0
>;

const condition: Schema = { type: "object", additionalProperties: { type: "object" } };
const awsPart = {
  patterns: texts,
  notPatterns: texts,
  resources: texts,
  notResources: texts,
  principals: texts,
  notPrincipals: texts,
  condition,
} as const satisfies { readonly [K in keyof Required<AwsPart>]: Schema };
const awsPartNames = Object.keys(awsPart) as readonly (keyof AwsPart)[];
const awsParts = list(shape<AwsPart>(awsPart, awsPartNames));
const awsGrant = shape<AwsGrant>({ ...awsPart, except: awsParts, within: awsParts }, [
  ...awsPartNames,
  "except",
  "within",
]);

const witness: Schema = {
  anyOf: [
    shape<AzureRequest>({ action: { ...text, minLength: 1 }, plane, scope: text }, ["scope"]),
    shape<AwsRequest>(
      {
        principal: text,
        action: { ...text, minLength: 1 },
        resource: text,
        context: { type: "object", additionalProperties: { anyOf: [text, texts] } },
      },
      ["principal", "context"],
    ),
    shape<Extract<KubernetesRequest, { group: string }>>(
      { verb: text, group: text, resource: text, subresource: text, name: text, namespace: text },
      ["subresource", "name", "namespace"],
    ),
    shape<Extract<KubernetesRequest, { url: string }>>({ verb: text, url: text }),
  ],
};

const finding = shape<Finding>(
  {
    fingerprint: { type: "string", pattern: "^[0-9a-f]{32}$" },
    rule: { ...text, minLength: 1 },
    control: { ...text, minLength: 1 },
    target: text,
    outcome: oneOf(["fail", "unknown", "waived", "pass"]),
    drift: oneOf(Object.keys(DRIFTS)),
    severity,
    state: oneOf(["new", "unchanged", "updated"]),
    resource: shape<Resource>({ type: text, id: text, name: text }),
    message: once({ ...text, minLength: 1 }),
    pattern: text,
    except: once(texts),
    plane,
    grant: list(awsGrant),
    witness,
    witnesses: once(list(witness)),
    known: once(shape<NonNullable<Finding["known"]>>({ count, examples: texts, catalog: text }, ["catalog"])),
    latent: flag,
    by: once(text),
    causes: once(list(once(shape<Cause>({ id: text, text, commands: texts }, ["commands"])))),
    group: once(
      shape<Group>({ kind: oneOf(Object.keys(GROUPS)), id: text, name: text, command: text }, ["command"]),
    ),
    expected: {},
    actual: {},
    location: once(
      shape<Finding["location"]>({ file: { ...text, minLength: 1 }, line: { type: "integer", minimum: 1 } }),
    ),
    why: once(text),
    verify: once(text),
    remediation: once(shape<Remediation>({ text: once(text), commands: once(texts) })),
    waiver: shape<NonNullable<Finding["waiver"]>>({ reason: text, owner: text, expires: text }),
    documentation: once(shape<Finding["documentation"]>({ title: text, url: text, section: text })),
  },
  [
    "state",
    "pattern",
    "except",
    "plane",
    "grant",
    "witness",
    "witnesses",
    "known",
    "latent",
    "by",
    "causes",
    "group",
    "expected",
    "actual",
    "why",
    "verify",
    "remediation",
    "waiver",
  ],
);

const target = shape<Target>(
  {
    name: { ...text, minLength: 1 },
    cloud,
    scope: text,
    complete: flag,
    unread: list(
      shape<Unread>(
        {
          kind: text,
          id: text,
          api: text,
          cause: oneOf(Object.keys(CAUSES)),
          permission: text,
          detail: text,
        },
        ["id", "permission"],
      ),
    ),
    recordedAt: instant,
    source: oneOf(["live", "snapshot"]),
    namedBy: text,
    stale: text,
    doors: list(
      shape<Door>({ id: text, title: text, state: oneOf(["read", "unread", "not-collected"]), why: text }, [
        "why",
      ]),
    ),
    principals: list(shape<Principal>({ id: text, name: text }, ["name"])),
    notes: texts,
    catalog: shape<NonNullable<Target["catalog"]>>({ date: text, operations: count }),
    wildcards: list(
      shape<Wildcard>({ holder: text, name: text, pattern: text, plane, except: texts, operations: count }, [
        "plane",
        "except",
      ]),
    ),
  },
  ["recordedAt", "source", "namedBy", "stale", "doors", "principals", "notes", "catalog", "wildcards"],
);

const amount = shape<Growth["from"]>({ date: text, operations: count });

const control = shape<ControlResult>(
  {
    id: { ...text, minLength: 1 },
    title: text,
    check: text,
    section: text,
    target: text,
    outcome: oneOf(Object.keys(OUTCOMES)),
    reason: text,
    optional: flag,
    absent: flag,
  },
  ["section", "reason", "optional", "absent"],
);

const counts = (names: readonly string[]): Schema => ({
  type: "object",
  required: names,
  additionalProperties: false,
  properties: Object.fromEntries(names.map((name) => [name, count])),
});

export const reportSchema: Schema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "chalk-audit report",
  ...shape<PublishedReport>(
    {
      schemaVersion: oneOf(["1.0", "1.1"]),
      tool: shape<Report["tool"]>({ name: { const: "chalk-audit" }, version: text }),
      startedAt: instant,
      finishedAt: instant,
      interrupted: flag,
      baselines: list(
        shape<Report["baselines"][number]>(
          {
            id: text,
            version: text,
            sha256: { type: "string", pattern: "^[0-9a-f]{64}$" },
            title: text,
            url: text,
            file: text,
            profile: text,
            own: { const: true },
          },
          ["title", "url", "file", "profile", "own"],
        ),
      ),
      targets: list(target),
      summary: shape<Report["summary"]>({
        controls: counts(Object.keys(OUTCOMES)),
        findings: counts(SEVERITIES satisfies readonly Severity[]),
      }),
      controls: list(control),
      texts: { type: "array" },
      findings: list(finding),
      gone: list(finding),
      unassessed: list(finding),
      grown: list(
        shape<Growth>(
          {
            target: text,
            holder: text,
            name: text,
            pattern: text,
            plane,
            except: texts,
            from: amount,
            to: amount,
          },
          ["plane", "except"],
        ),
      ),
    },
    ["texts", "gone", "unassessed", "grown"],
  ),
};
