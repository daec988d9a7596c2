import { PROVIDERS } from "../access/policy.ts";
import type { Severity } from "../report/report.ts";
import { type CheckShape, knownChecks } from "./declared.ts";

const severities = { critical: true, high: true, medium: true, low: true, info: true } satisfies Record<
  Severity,
  true
>;

const text = (description: string) => ({ type: "string", minLength: 1, description });
/** Ids become parts of file names, of rule names and of `ID@VERSION`. */
const id = (what: string) => ({
  type: "string",
  pattern: "^[a-z0-9]+(-[a-z0-9]+)*$",
  description: `${what}: lower-case letters, digits and single hyphens`,
});
const date = {
  type: "string",
  pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
  description: "a date such as 2026-11-20",
};
const url = { type: "string", pattern: "^https://[^\\s]+$", description: "an https address" };
const name = {
  type: "string",
  pattern: "^[A-Za-z_][A-Za-z0-9_]*$",
  description: "a name of letters, digits and underscores",
};

/**
 * JSON Schema (draft 7, which editors know best) of a baseline file: the frame, and for each control the schema of
 * `with` that its check declares. Made from the checks given and the declared ones; the same object is published as
 * `baselines/baseline.schema.json` and used to validate a file that is loaded.
 */
export function baselineSchema(checks: readonly CheckShape[]): Record<string, unknown> {
  const known = knownChecks(checks);
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Baseline of chalk-audit",
    description: "What a vendor's documentation says that the vendor holds and needs in a customer's cloud.",
    type: "object",
    additionalProperties: false,
    required: ["id", "version", "title", "cloud", "source", "controls"],
    properties: {
      id: id("name of the baseline"),
      version: {
        type: "string",
        pattern: "^[0-9A-Za-z]+([._-][0-9A-Za-z]+)*$",
        description: "a version; of a captured page the date, such as 2026-11-20",
      },
      title: text("what the baseline is, for a list"),
      cloud: { enum: PROVIDERS },
      source: {
        type: "object",
        additionalProperties: false,
        required: ["url", "captured"],
        properties: { url, captured: date, title: text("title of the page") },
      },
      parameters: {
        type: "object",
        description: "values that the user gives with --set name=value; `with` refers to them by name",
        propertyNames: name,
        additionalProperties: {
          type: "object",
          additionalProperties: false,
          required: ["type", "help"],
          properties: {
            type: { enum: ["string", "uuid", "scope", "list", "file"] },
            help: text("what the value is, for --help"),
            flag: {
              type: "string",
              pattern: "^[a-z]+(-[a-z]+)*$",
              description: "a flag of scan, without dashes, that gives it too",
            },
            default: text("the value when none is given"),
            from: {
              enum: ["account", "region", "database"],
              description: "taken from the recorded state when not given",
            },
            otherwise: text("what holds when it is not given, for the report"),
          },
        },
      },
      profiles: {
        type: "object",
        additionalProperties: false,
        required: ["default", "names"],
        properties: {
          default: text("the profile when none is chosen"),
          names: {
            type: "object",
            minProperties: 1,
            propertyNames: id("name of a profile"),
            additionalProperties: text("what the profile stands for"),
          },
        },
      },
      controls: { type: "array", minItems: 1, items: control(known) },
      errata: {
        type: "array",
        description: "what is wrong, contradictory or dead on the page itself",
        items: {
          type: "object",
          additionalProperties: false,
          required: ["section", "text"],
          properties: { section: text("heading on the page"), text: text("what is wrong there") },
        },
      },
    },
  };
}

function control(known: readonly CheckShape[]): Record<string, unknown> {
  return {
    type: "object",
    additionalProperties: false,
    required: ["id", "title", "why", "check", "cite", "with"],
    properties: {
      id: id("name of the control"),
      title: text("what must hold, in one line"),
      why: text("why it matters to whoever is paged, in one or two sentences"),
      check: { enum: known.map((check) => check.id), description: "which check assesses the control" },
      profile: text("the control exists under this profile only"),
      optional: { type: "boolean", description: "what it describes may be absent without drift" },
      severity: {
        enum: Object.keys(severities),
        description: "replaces the severity of every drift of the control",
      },
      cite: {
        type: "object",
        additionalProperties: false,
        required: ["section"],
        properties: { section: text("heading on the page, as printed there"), url },
      },
      with: { type: "object", description: "parameters of the check" },
    },
    allOf: known.map((check) => ({
      if: { required: ["check"], properties: { check: { const: check.id } } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { properties: { with: check.params } },
    })),
  };
}
