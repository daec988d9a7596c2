/**
 * What GitLab's documentation says of its two reports, in our words: the security report of version 15 for SAST
 * (docs.gitlab.com, "Security scanner integration") and the Code Quality report ("Report format"). GitLab's own schemas
 * are in no package that can be fetched: of a Go module that embeds them the proxy says that it is not available.
 */
const text = { type: "string", minLength: 1 } as const;
const url = { type: "string", pattern: "^https?://.+" } as const;
const time = { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}$" } as const;

const object = (
  required: Readonly<Record<string, object>>,
  optional: Readonly<Record<string, object>> = {},
) => ({
  type: "object",
  additionalProperties: false,
  required: Object.keys(required),
  properties: { ...required, ...optional },
});

const tool = object({ id: text, name: text, version: text, vendor: object({ name: text }) }, { url });
const detail = {
  type: "object",
  required: ["name", "type", "value"],
  properties: {
    name: text,
    type: { enum: ["value", "code", "text", "markdown"] },
    value: { type: "string" },
  },
};

export const sastSchema = object(
  {
    version: { type: "string", pattern: "^15\\.[0-9]+\\.[0-9]+$" },
    scan: object(
      {
        analyzer: tool,
        scanner: tool,
        start_time: time,
        end_time: time,
        status: { enum: ["success", "failure"] },
        type: { const: "sast" },
      },
      {
        messages: {
          type: "array",
          items: object({ level: { enum: ["info", "warn", "fatal"] }, value: text }),
        },
      },
    ),
    vulnerabilities: {
      type: "array",
      items: object(
        {
          id: text,
          identifiers: {
            type: "array",
            minItems: 1,
            items: object({ type: text, name: text, value: text }, { url }),
          },
          location: object(
            {},
            { file: text, start_line: { type: "integer", minimum: 1 }, end_line: { type: "integer" } },
          ),
        },
        {
          name: { type: "string", maxLength: 255 },
          description: { type: "string", maxLength: 1_048_576 },
          severity: { enum: ["Info", "Unknown", "Low", "Medium", "High", "Critical"] },
          solution: { type: "string", maxLength: 7_000 },
          links: { type: "array", items: object({ url }, { name: { type: "string" } }) },
          details: { type: "object", additionalProperties: detail },
          tracking: object({
            type: { const: "source" },
            items: {
              type: "array",
              items: object(
                {
                  signatures: {
                    type: "array",
                    minItems: 1,
                    items: object({ algorithm: { enum: ["hash", "location", "scope_offset"] }, value: text }),
                  },
                },
                { file: text, start_line: { type: "integer" }, end_line: { type: "integer" } },
              ),
            },
          }),
        },
      ),
    },
  },
  { schema: url },
);

export const codequalitySchema = {
  type: "array",
  items: object({
    description: text,
    check_name: text,
    fingerprint: text,
    severity: { enum: ["info", "minor", "major", "critical", "blocker"] },
    location: object({
      // relative to the repository, and without a leading "./"
      path: { type: "string", pattern: "^[^/.][^:]*$" },
      lines: object({ begin: { type: "integer", minimum: 1 } }),
    }),
  }),
};
