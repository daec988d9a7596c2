import { PROVIDERS } from "../access/policy.ts";
import { inertJson } from "../text/visible.ts";
import type { UsageSource } from "../usage/usage.ts";
import {
  breaks,
  type CutResource,
  type DeadGrant,
  type PermissionGroup,
  type RehearsedCall,
  type Review,
  reviewStatus,
  type TargetDocument,
  type Unmapped,
} from "./review.ts";

interface Schema {
  readonly [keyword: string]: unknown;
}

/** An object with exactly these properties; all are required but those named. */
function shape<T>(
  properties: { readonly [K in keyof Required<T>]: Schema },
  optional: readonly (keyof T)[] = [],
): Schema {
  return {
    type: "object",
    required: Object.keys(properties).filter((name) => !optional.includes(name as keyof T)),
    additionalProperties: false,
    properties,
  };
}

const text: Schema = { type: "string" };
const some: Schema = { type: "string", minLength: 1 };
const texts: Schema = { type: "array", items: text };
const count: Schema = { type: "integer", minimum: 0 };
const instant: Schema = {
  type: "string",
  pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z$",
};
const list = (items: Schema): Schema => ({ type: "array", items });
const verdict: Schema = { enum: ["allowed", "refused", "depends"] };
const reach: Schema = { enum: ["all", "some", "dead", "none", "unknown"] };

/** The review as its JSON has it: beside the review, who wrote it and the counts. */
interface ReviewFile extends Review {
  readonly schemaVersion: "1.0";
  readonly tool: { readonly name: "chalk-audit"; readonly version: string };
  readonly exitCode: 0 | 1 | 3;
  readonly summary: {
    /** Recorded calls, counted one by one. */
    readonly calls: {
      readonly breaks: number;
      readonly depends: number;
      readonly unexplained: number;
      readonly allowed: number;
      readonly refusedThen: number;
      readonly unmapped: number;
    };
    /** Permissions by what the scope-down does to them. */
    readonly permissions: Readonly<Record<PermissionGroup["change"], number>>;
  };
}

/** JSON Schema (draft-07) of a review; published as schemas/review.schema.json. */
export const reviewSchema: Schema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "chalk-audit review",
  ...shape<ReviewFile>(
    {
      schemaVersion: { const: "1.0" },
      tool: shape<ReviewFile["tool"]>({ name: { const: "chalk-audit" }, version: text }),
      cloud: { enum: PROVIDERS },
      scope: some,
      principal: shape<Review["principal"]>({ id: some, name: text }),
      baseline: shape<Review["baseline"]>({ id: some, version: some, sha256: text, file: text }, ["file"]),
      from: some,
      to: some,
      takenAt: instant,
      exitCode: { enum: [0, 1, 3] },
      summary: shape<ReviewFile["summary"]>({
        calls: shape<ReviewFile["summary"]["calls"]>({
          breaks: count,
          depends: count,
          unexplained: count,
          allowed: count,
          refusedThen: count,
          unmapped: count,
        }),
        permissions: shape<ReviewFile["summary"]["permissions"]>({
          goes: count,
          narrows: count,
          shifts: count,
          stays: count,
          appears: count,
          unknown: count,
        }),
      }),
      sources: list(
        shape<UsageSource>(
          {
            kind: {
              enum: [
                "cloudtrail-file",
                "cloudtrail-api",
                "service-last-accessed",
                "activity-log-file",
                "activity-log-api",
                "kubernetes-audit-file",
              ],
            },
            name: some,
            from: instant,
            to: instant,
            events: count,
            calls: count,
            blind: texts,
            problems: texts,
          },
          ["from", "to"],
        ),
      ),
      calls: list(
        shape<RehearsedCall>(
          {
            action: some,
            event: some,
            resources: texts,
            who: texts,
            count,
            first: instant,
            last: instant,
            live: verdict,
            target: verdict,
            why: text,
            needs: {},
            promised: { type: "boolean" },
          },
          ["needs", "promised"],
        ),
      ),
      allowedCalls: count,
      refusedThen: count,
      unmapped: list(shape<Unmapped>({ event: some, who: texts, count, last: instant })),
      cut: list(
        shape<CutResource>({ id: some, name: text, why: text, calls: count, last: instant }, ["last"]),
      ),
      dead: list(shape<DeadGrant>({ actions: texts, why: text, calls: count })),
      groups: list(
        shape<PermissionGroup>(
          {
            service: text,
            change: { enum: ["goes", "narrows", "shifts", "stays", "appears", "unknown"] },
            use: { enum: ["breaks", "may-break", "used", "not-observed", "not-observable"] },
            live: reach,
            documented: reach,
            target: reach,
            actions: texts,
            calls: count,
            last: instant,
          },
          ["last"],
        ),
      ),
      documents: list(shape<TargetDocument>({ file: some, text: some, size: count, limit: text })),
      incomplete: texts,
      notes: texts,
    },
    ["from", "to"],
  ),
};

/** The review as JSON, keys in the order of the schema. */
export function reviewJson(review: Review, version: string): string {
  const sum = (calls: readonly { readonly count: number }[]) => calls.reduce((n, call) => n + call.count, 0);
  const permissions = { goes: 0, narrows: 0, shifts: 0, stays: 0, appears: 0, unknown: 0 };
  for (const group of review.groups) permissions[group.change] += group.actions.length;
  const file: ReviewFile = {
    ...review,
    schemaVersion: "1.0",
    tool: { name: "chalk-audit", version },
    exitCode: reviewStatus(review),
    summary: {
      calls: {
        breaks: sum(review.calls.filter(breaks)),
        depends: sum(review.calls.filter((call) => call.target === "depends")),
        unexplained: sum(review.calls.filter((call) => call.target === "refused" && !breaks(call))),
        allowed: review.allowedCalls,
        refusedThen: review.refusedThen,
        unmapped: sum(review.unmapped),
      },
      permissions,
    },
  };
  return `${inertJson(JSON.stringify(ordered(file, reviewSchema), null, 2))}\n`;
}

/** A value with its keys in the order of its schema; what the schema leaves open stays as it is. */
function ordered(value: unknown, schema: Schema): unknown {
  const items = schema["items"] as Schema | undefined;
  if (Array.isArray(value) && items !== undefined) return value.map((each) => ordered(each, items));
  const properties = schema["properties"] as Readonly<Record<string, Schema>> | undefined;
  if (properties === undefined || typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(properties).flatMap(([key, inner]) => {
      const found = (value as Readonly<Record<string, unknown>>)[key];
      return found === undefined ? [] : [[key, ordered(found, inner)]];
    }),
  );
}
