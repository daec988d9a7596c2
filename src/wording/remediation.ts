/** JSON Schema of a remediation that a baseline gives in words of its own. */
export const REMEDIATION_SCHEMA = {
  type: "object",
  additionalProperties: false,
  required: ["text"],
  properties: {
    text: { type: "string", minLength: 1 },
    commands: { type: "array", items: { type: "string", minLength: 1 } },
  },
} as const;
