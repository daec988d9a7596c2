import type { Check } from "../checks/define.ts";

/** What a baseline needs to know of a check: its name and the shape of its parameters. */
export type CheckShape = Pick<Check, "id" | "params">;

const texts = { type: "array", items: { type: "string" } } as const;
const someTexts = { ...texts, minItems: 1 } as const;
const name = { type: "string", minLength: 1 } as const;
const account = {
  ...name,
  description: "a service account: name, namespace/name, or a reference to a parameter",
} as const;
const controlId = { ...name, description: "id of a control of this baseline" } as const;

/**
 * Checks that baselines already use and this version does not run: their controls load, are validated, and are
 * reported as skipped. An implemented check of the same id takes precedence.
 */
export const declaredChecks: readonly CheckShape[] = [
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

/** The checks that a baseline may name: those given, and the declared ones that are not among them. */
export function knownChecks(checks: readonly CheckShape[]): readonly CheckShape[] {
  const implemented = new Set(checks.map(({ id }) => id));
  return [...checks, ...declaredChecks.filter(({ id }) => !implemented.has(id))].sort((a, b) =>
    a.id < b.id ? -1 : 1,
  );
}
