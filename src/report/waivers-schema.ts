/** JSON Schema (draft-07) of a waiver file; published as schemas/waivers.schema.json. */
import { DRIFTS } from "./schema.ts";

const text = (description: string) => ({ type: "string", minLength: 1, description }) as const;
const texts = (description: string) =>
  ({ type: "array", minItems: 1, items: { type: "string", minLength: 1 }, description }) as const;

/** What of an AWS grant a statement says; the JSON report has the same under `grant`. */
const awsParts = {
  notPatterns: texts("AWS: every action but these."),
  resources: texts("AWS: the resources on which the grant is accepted."),
  notResources: texts("AWS: every resource but these."),
  principals: texts("AWS: whom a trust policy may let in: ARNs, services, `*`."),
  notPrincipals: texts("AWS: everybody but these."),
  condition: {
    type: "object",
    additionalProperties: { type: "object" },
    description:
      "AWS: the condition under which it is accepted, as a statement has it; {} accepts it without one.",
  },
} as const;

/** What says something of the patterns. */
const narrowing = [
  "except",
  "plane",
  "scope",
  "resources",
  "notResources",
  "principals",
  "notPrincipals",
  "condition",
  "within",
] as const;

const part = {
  type: "object",
  minProperties: 1,
  additionalProperties: false,
  properties: { patterns: texts("Action patterns."), ...awsParts },
} as const;

export const waiversSchema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "chalk-audit waivers",
  description: "Drift that is accepted until a day. A waiver covers what it names and nothing more.",
  type: "object",
  required: ["waivers"],
  additionalProperties: false,
  properties: {
    $schema: { type: "string" },
    waivers: {
      type: "array",
      description: "Each entry accepts one difference, or several of one kind.",
      items: {
        type: "object",
        required: ["reason", "owner", "expires"],
        additionalProperties: false,
        properties: {
          control: text("A control's id, with or without its baseline's: `example/platform-role`."),
          rule: text("A check's id and the drift: `azure/role-definition/excess`."),
          drift: {
            enum: Object.keys(DRIFTS),
            description: "The drift that is accepted, as the finding has it: `excess`.",
          },
          target: text("Glob over the target's name; `*` is any text. Absent: every target."),
          resource: text("Glob over the resource's id; `*` is any text. Absent: every resource."),
          pattern: text("The one accepted pattern, as the finding prints it."),
          patterns: texts("The accepted patterns, as the findings print them."),
          except: {
            type: "array",
            minItems: 1,
            items: { ...part, type: ["string", "object"], minLength: 1 },
            description:
              "What of the patterns is not accepted: patterns, of AWS also parts of a statement. Absent: each pattern is accepted whole.",
          },
          ...awsParts,
          within: {
            type: "array",
            minItems: 1,
            items: part,
            description: "AWS: what else must let it through: the statement of a permissions boundary.",
          },
          plane: {
            enum: ["control", "data"],
            description: "Azure: the plane of the patterns. Absent: control.",
          },
          scope: text(
            "Azure: the widest scope at which the grant is accepted. Absent: the audited scope alone.",
          ),
          accepted: {
            description:
              "The accepted value of a finding without a pattern: its `actual`, as the JSON report has it. Required where the finding has one.",
          },
          reason: text("Why it is accepted."),
          owner: text("Who answers for it: a person or a team."),
          expires: {
            type: "string",
            pattern: "^\\d{4}-\\d{2}-\\d{2}$",
            description: "expected the last day on which it holds, as YYYY-MM-DD",
          },
        },
        allOf: [
          {
            description: "names neither a control nor a rule; give one, as the finding prints it",
            anyOf: [{ required: ["control"] }, { required: ["rule"] }],
          },
          {
            description:
              "names nothing in particular; give the accepted patterns, or for a finding without a pattern the resource",
            anyOf: [
              { required: ["pattern"] },
              { required: ["patterns"] },
              { required: ["notPatterns"] },
              { required: ["resource"] },
            ],
          },
          {
            description:
              "names no drift; a finding without a pattern is waived by `rule`, or by `control` and `drift`",
            anyOf: [
              { required: ["pattern"] },
              { required: ["patterns"] },
              { required: ["notPatterns"] },
              { required: ["rule"] },
              { required: ["drift"] },
            ],
          },
          {
            description:
              "`accepted` is the value of a finding without a pattern; leave it or the patterns out",
            anyOf: [
              { not: { required: ["accepted"] } },
              {
                not: {
                  anyOf: [
                    { required: ["pattern"] },
                    { required: ["patterns"] },
                    { required: ["notPatterns"] },
                  ],
                },
              },
            ],
          },
          {
            description: "has both `pattern` and `patterns`; give one of them",
            anyOf: [{ not: { required: ["pattern"] } }, { not: { required: ["patterns"] } }],
          },
          {
            description: `${narrowing.map((name) => `\`${name}\``).join(", ")} narrow patterns; give the accepted patterns too`,
            anyOf: [
              { required: ["pattern"] },
              { required: ["patterns"] },
              { required: ["notPatterns"] },
              { not: { anyOf: narrowing.map((name) => ({ required: [name] })) } },
            ],
          },
        ],
      },
    },
  },
} as const;
