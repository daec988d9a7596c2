const texts = (description: string) =>
  ({
    type: ["string", "array"],
    minLength: 1,
    minItems: 1,
    items: { type: "string", minLength: 1 },
    description,
  }) as const;

const principal = {
  type: ["string", "object"],
  minLength: 1,
  minProperties: 1,
  additionalProperties: texts("ARNs, account numbers or names"),
  description: '`"*"`, or by kind: AWS, Service, Federated, CanonicalUser',
} as const;

/** JSON Schema of a policy document in a baseline, as the provider writes it. */
export function policySchema(description: string) {
  return {
    type: "object",
    additionalProperties: false,
    required: ["Statement"],
    description,
    properties: {
      Version: { enum: ["2012-10-17", "2008-10-17"] },
      Id: { type: "string" },
      Statement: {
        type: "array",
        minItems: 1,
        items: {
          type: "object",
          additionalProperties: false,
          required: ["Effect"],
          properties: {
            Sid: { type: "string" },
            Effect: { enum: ["Allow", "Deny"] },
            Principal: principal,
            NotPrincipal: principal,
            Action: texts("actions"),
            NotAction: texts("actions, all but these"),
            Resource: texts("ARNs"),
            NotResource: texts("ARNs, all but these"),
            Condition: {
              type: "object",
              description: "operators, each with condition keys and their values",
              additionalProperties: {
                type: "object",
                additionalProperties: { type: ["string", "number", "boolean", "array"] },
              },
            },
          },
        },
      },
    },
  } as const;
}

/** JSON Schema of a service account in a baseline, for controls about the role behind it. */
export const serviceAccountSchema = {
  type: "string",
  pattern: "^[^/\\s]+/[^/\\s]+$",
  description:
    "instead of a role: `namespace/name` of the Kubernetes service account whose role is meant; `namespace/*` is any of the namespace",
} as const;
