import type { CheckShape } from "../../src/baselines/declared.ts";

const texts = { type: "array", items: { type: "string" } } as const;
const someTexts = { ...texts, minItems: 1 } as const;
const name = { type: "string", minLength: 1 } as const;
const account = {
  ...name,
  description: "a service account: name, namespace/name, or a reference to a parameter",
} as const;
const controlId = { ...name, description: "id of a control of this baseline" } as const;

/** Checks of these tests alone, so that the messages do not change when a real check does. */
export const shapes: readonly CheckShape[] = [
  {
    id: "azure/role-definition",
    params: {
      type: "object",
      additionalProperties: false,
      required: ["permissions"],
      properties: {
        role: { type: "string", minLength: 1 },
        permissions: {
          type: "array",
          minItems: 1,
          items: {
            type: "object",
            additionalProperties: false,
            properties: {
              actions: { type: "array", uniqueItems: true, items: { type: "string" } },
              profile: { type: "string" },
            },
          },
        },
      },
    },
  },
  {
    id: "azure/effective-access",
    params: {
      type: "object",
      additionalProperties: false,
      required: ["required"],
      properties: {
        principal: { type: "string" },
        scope: { type: "string" },
        required: { type: "array", items: { type: "string" } },
        optional: { type: "array", items: { type: "string" } },
      },
    },
  },
  {
    id: "config/limits",
    params: {
      type: "object",
      additionalProperties: false,
      minProperties: 1,
      dependencies: { low: ["high"] },
      properties: {
        low: { type: "integer", minimum: 1 },
        high: { type: "number", exclusiveMaximum: 10 },
        names: { anyOf: [{ type: "string" }, { type: "array", maxItems: 2, items: { type: "string" } }] },
        mode: { const: "strict" },
        strict: { type: "boolean" },
        text: { type: ["string", "null"], maxLength: 3 },
        never: false,
        code: { type: "string", pattern: "^[a-z]{3}$" },
        group: { not: { const: "system" } },
      },
    },
  },
  {
    id: "kubernetes/role",
    params: {
      type: "object",
      additionalProperties: false,
      required: ["kind", "name", "rules"],
      properties: {
        kind: { enum: ["Role", "ClusterRole"] },
        name,
        namespace: name,
        rules: {
          type: "array",
          minItems: 1,
          items: {
            type: "object",
            additionalProperties: false,
            required: ["verbs"],
            properties: {
              apiGroups: someTexts,
              resources: someTexts,
              verbs: someTexts,
              resourceNames: texts,
              nonResourceURLs: someTexts,
              optional: { type: "boolean", description: "the rule may be absent without drift" },
              note: { type: "string", description: "what the page says the rule is for, in own words" },
            },
          },
        },
      },
    },
  },
  {
    id: "kubernetes/role-binding",
    params: {
      type: "object",
      additionalProperties: false,
      required: ["bindings"],
      properties: {
        bindings: {
          type: "array",
          minItems: 1,
          items: {
            type: "object",
            additionalProperties: false,
            required: ["role", "serviceAccounts"],
            properties: {
              role: controlId,
              serviceAccounts: { type: "array", minItems: 1, items: account },
            },
          },
        },
      },
    },
  },
  {
    id: "kubernetes/effective-access",
    params: {
      type: "object",
      additionalProperties: false,
      required: ["accounts"],
      properties: {
        accounts: {
          type: "array",
          minItems: 1,
          items: {
            type: "object",
            additionalProperties: false,
            required: ["serviceAccount", "roles"],
            properties: {
              serviceAccount: account,
              roles: { type: "array", minItems: 1, items: controlId },
            },
          },
        },
      },
    },
  },
];

const FRAME = `id: acme
version: 2026-01-31
title: Acme
cloud: azure
source: { url: https://acme.example/docs, captured: 2026-01-31 }
`;

/** A baseline around the lines given; they begin on line 6. */
export function framed(rest: string): string {
  return FRAME + rest;
}

/** One control of `config/limits`; `rest` is its `with` and begins on line 8, column 11. */
export function limits(rest: string): string {
  return framed(`controls:
  - { id: a, title: t, why: w, check: config/limits, cite: { section: s },
      with: ${rest} }
`);
}
