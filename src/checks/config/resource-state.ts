import { Ajv, type ValidateFunction } from "ajv";
import type { DocumentKind } from "../../snapshot/kinds/kinds.ts";
import { field, text, valueAt } from "../../snapshot/value.ts";
import type { Observation } from "../../wording/observation.ts";
import type { Check } from "../define.ts";

interface Requirement {
  readonly property: string;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly expected: string;
  readonly message: string;
  readonly verify?: string;
  readonly remediation?: { readonly text: string; readonly commands?: readonly string[] };
}

interface Params {
  readonly kind: DocumentKind;
  readonly what: string;
  readonly require: readonly Requirement[];
}

/** Schemas are the baseline's own; one that is no schema is an error of the baseline, not of the resource. */
function compile(requirement: Requirement): ValidateFunction {
  try {
    return new Ajv({ strict: false, validateFormats: false }).compile(requirement.schema);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`the JSON Schema for ${requirement.property} cannot be used: ${why}`);
  }
}

/** Most settings of a resource need no code: a JSON Schema in the baseline says what they must be. */
export const resourceState: Check = {
  id: "config/resource-state",
  cloud: "any",
  title: "Resources have the documented settings",
  help: `Every resource of the kind must satisfy each requirement, a JSON Schema over the provider's own document. One finding for each resource and requirement that it does not satisfy, with the value found.

No resource of the kind is unknown, never pass: there is nothing to assess.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["kind", "what", "require"],
    properties: {
      kind: {
        type: "string",
        minLength: 1,
        description: "kind of document in a snapshot: azure/managed-cluster",
      },
      what: { type: "string", minLength: 1, description: "what such a resource is called, singular" },
      require: {
        type: "array",
        minItems: 1,
        items: {
          type: "object",
          additionalProperties: false,
          required: ["property", "schema", "expected", "message"],
          properties: {
            profile: { type: "string", description: "only under this profile" },
            property: { type: "string", minLength: 1, description: "dotted path of the setting, for people" },
            schema: { type: "object", description: "JSON Schema of the whole document" },
            expected: { type: "string", minLength: 1, description: "what it must be, in words" },
            message: { type: "string", minLength: 1, description: "what is wrong when it is not" },
            verify: { type: "string", minLength: 1, description: "a command that shows it" },
            remediation: {
              type: "object",
              additionalProperties: false,
              required: ["text"],
              properties: {
                text: { type: "string", minLength: 1 },
                commands: { type: "array", items: { type: "string", minLength: 1 } },
              },
            },
          },
        },
      },
    },
  },
  needs: (params) => [(params as Params).kind],
  drifts: {
    changed: {
      short: "A resource departs from a documented setting.",
      help: "The setting has another value than the document asks for. The finding has the value found, a command that shows it, and what to do.",
    },
  },
  run: function* (facts, rawParams): Iterable<Observation> {
    const params = rawParams as Params;
    const documents = facts.all(params.kind);
    if (documents.length === 0) {
      yield {
        kind: "unknown",
        resource: { type: params.kind, id: facts.scope, name: params.what },
        message: `no ${params.what} in ${facts.scope}: nothing to assess`,
        property: "resources",
      };
      return;
    }
    for (const [index, requirement] of params.require.entries()) {
      const valid = compile(requirement);
      for (const { id, body } of documents) {
        if (valid(body)) continue;
        const name = text(field(body, "name")) ?? id;
        yield {
          kind: "drift",
          drift: "changed",
          resource: {
            type: text(field(body, "type")) ?? params.kind,
            id: text(field(body, "id")) ?? id,
            name,
          },
          message: `${params.what} ${name}: ${requirement.message}: ${requirement.property} must be ${requirement.expected}, found ${JSON.stringify(valueAt(body, requirement.property)) ?? "nothing"}`,
          property: requirement.property,
          expected: requirement.expected,
          actual: valueAt(body, requirement.property) ?? null,
          at: `/require/${index}`,
          ...(requirement.verify === undefined ? {} : { verify: requirement.verify }),
          ...(requirement.remediation === undefined
            ? {}
            : {
                remediation: {
                  text: requirement.remediation.text,
                  commands: requirement.remediation.commands ?? [],
                },
              }),
        };
      }
    }
    yield {
      kind: "assessed",
      count: documents.length,
      what: `${params.what}s`,
    };
  },
};
