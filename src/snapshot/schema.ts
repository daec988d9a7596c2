import { PROVIDERS } from "../access/policy.ts";
import { documentKinds } from "./kinds/kinds.ts";
import type { UnreadCause } from "./snapshot.ts";

/** A kind of ours, or one that a plugin adds. */
const kind = {
  anyOf: [
    { enum: Object.keys(documentKinds) },
    { type: "string", pattern: `^(${PROVIDERS.join("|")})/x-[a-z0-9][a-z0-9-]*$` },
  ],
} as const;

const causes = {
  denied: true,
  unauthenticated: true,
  throttled: true,
  timeout: true,
  unreachable: true,
  unsupported: true,
  malformed: true,
  incomplete: true,
  "not-found": true,
  "server-error": true,
  interrupted: true,
} satisfies Record<UnreadCause, true>;

const text = { type: "string", minLength: 1 } as const;

/** JSON Schema (draft 7) of a snapshot file. A document's body is the provider's own and is not described. */
export const snapshotSchema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "chalk-audit snapshot",
  description:
    "Recorded state of one target, written by `chalk-audit collect` and read by `scan --snapshot`.",
  type: "object",
  required: ["schema", "provider", "scope", "takenAt", "documents", "unread"],
  additionalProperties: false,
  properties: {
    $schema: { type: "string" },
    schema: { const: 1 },
    provider: { enum: PROVIDERS },
    scope: {
      ...text,
      description:
        "Azure: /subscriptions/<id>; AWS: <account>/<region>; Kubernetes: <uid of kube-system>, with /<namespace> when one is audited",
    },
    takenAt: {
      type: "string",
      pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:\\.\\d+)?Z$",
      description: "ISO 8601, UTC",
    },
    principals: {
      type: "array",
      items: text,
      description:
        "Object ids or roles that were asked for; absent: whoever holds the documented role, or trusts the vendor",
    },
    edition: {
      type: "array",
      items: { enum: ["azure", "aws"] },
      description: "Kubernetes: the clouds that the cluster's nodes tell; absent: they were not asked",
    },
    kinds: {
      type: "array",
      items: kind,
      description: "Kinds of documents that were asked for; absent: all that this version knows",
    },
    names: {
      type: "object",
      propertyNames: kind,
      additionalProperties: { type: "array", items: text },
      description:
        "Kubernetes: of these kinds only what is named was looked at, <namespace>/<name> or <namespace>/*",
    },
    interrupted: { type: "boolean" },
    documents: {
      type: "array",
      items: {
        type: "object",
        required: ["kind", "id", "body"],
        additionalProperties: false,
        properties: { kind, id: text, body: {} },
      },
    },
    unread: {
      type: "array",
      items: {
        type: "object",
        required: ["kind", "api", "cause", "detail"],
        additionalProperties: false,
        properties: {
          kind,
          id: text,
          api: text,
          cause: { enum: Object.keys(causes) },
          permission: text,
          detail: { type: "string" },
        },
      },
    },
  },
} as const;
