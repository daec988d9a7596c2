import type { DocumentKind } from "../../snapshot/kinds/kinds.ts";
import { field, record, text } from "../../snapshot/value.ts";
import { visible } from "../../text/visible.ts";
import type { Observation } from "../../wording/observation.ts";
import { REMEDIATION_SCHEMA } from "../../wording/remediation.ts";
import type { Check } from "../define.ts";

type Scalar = string | number | boolean | null;

interface Params {
  readonly kind: DocumentKind;
  readonly path: string;
  readonly is?: Scalar;
  readonly oneOf?: readonly Scalar[];
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly matches?: string;
  readonly orAbsent?: boolean;
  readonly verify?: string;
  readonly remediation?: { readonly text: string; readonly commands?: readonly string[] };
}

/** What a value must be, in words, and whether one is. */
interface Demand {
  readonly words: string;
  readonly holds: (value: unknown) => boolean;
}

/** Characters of a text that a pattern is tried on: a setting is short, and what is longer is no setting. */
const LONGEST = 256;

const written = (value: unknown): string => JSON.stringify(value) ?? "nothing";

/** A group that repeats inside one that repeats takes exponential time on a text that nearly matches. */
const REPEATED_REPEAT = /\((?:[^()\\]|\\.)*[+*{](?:[^()\\]|\\.)*\)[+*{]/;

function patternOf(pattern: string): RegExp {
  if (REPEATED_REPEAT.test(pattern)) {
    throw new Error(`matches: ${written(pattern)} repeats a group that repeats itself; write it without`);
  }
  try {
    return new RegExp(pattern, "u");
  } catch (error) {
    throw new Error(`matches: ${written(pattern)} is no regular expression: ${(error as Error).message}`);
  }
}

function demandsOf({ is, oneOf, atLeast, atMost, matches }: Params): readonly Demand[] {
  const demands: Demand[] = [];
  if (is !== undefined) demands.push({ words: written(is), holds: (value) => value === is });
  if (oneOf !== undefined) {
    demands.push({
      words: `one of ${oneOf.map(written).join(", ")}`,
      holds: (value) => oneOf.some((each) => each === value),
    });
  }
  if (atLeast !== undefined)
    demands.push({
      words: `at least ${atLeast}`,
      holds: (value) => typeof value === "number" && value >= atLeast,
    });
  if (atMost !== undefined)
    demands.push({
      words: `at most ${atMost}`,
      holds: (value) => typeof value === "number" && value <= atMost,
    });
  if (matches !== undefined) {
    const pattern = patternOf(matches);
    demands.push({
      words: `a text like ${matches}`,
      holds: (value) => typeof value === "string" && value.length <= LONGEST && pattern.test(value),
    });
  }
  return demands;
}

interface Place {
  /** As written, with the number or key in place of a star. */
  readonly path: string;
  readonly value: unknown;
}

/** The values at a path; a `*` stands for every item of a list or property of an object, whose absence is no value. */
function placesAt(body: unknown, path: string): readonly Place[] {
  return path.split(".").reduce<readonly Place[]>(
    (places, part) =>
      places.flatMap(({ path: above, value }): readonly Place[] => {
        const at = (name: string | number) => (above === "" ? String(name) : `${above}.${name}`);
        if (part !== "*") {
          const inner = Array.isArray(value) ? value[Number(part)] : field(value, part);
          return [{ path: at(part), value: inner }];
        }
        if (Array.isArray(value)) return value.map((item, i) => ({ path: at(i), value: item }));
        return Object.entries(record(value) ?? {}).map(([key, item]) => ({ path: at(key), value: item }));
      }),
    [{ path: "", value: body }],
  );
}

/** `managed cluster` of `azure/managed-cluster`. */
function thingOf(kind: string): string {
  return kind.slice(kind.indexOf("/") + 1).replaceAll("-", " ");
}

const scalar = { type: ["string", "number", "boolean", "null"] } as const;

/** A plain setting is three lines of a baseline and no code; what needs more is `config/resource-state`. */
export const setting: Check = {
  id: "config/setting",
  cloud: "any",
  title: "A setting has the documented value",
  help: `Every resource of the kind must have the value at the path. Of \`is\`, \`oneOf\`, \`atLeast\`, \`atMost\` and \`matches\`, each that is given must hold.

\`\`\`yaml
check: config/setting
with:
  kind: azure/managed-cluster
  path: properties.enableRBAC
  is: true
\`\`\`

A path is names with dots between; \`*\` stands for every item of a list, and every one must have the value. A setting that is not there does not have it, unless \`orAbsent\` says that the provider's default is meant. \`matches\` is a regular expression over texts of up to ${LONGEST} characters. Values are compared as the provider writes them: the text \`"3"\` is not the number 3.

No resource of the kind is unknown, never pass: there is nothing to assess. What one setting cannot say is a case for \`config/resource-state\`.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["kind", "path"],
    anyOf: ["is", "oneOf", "atLeast", "atMost", "matches"].map((name) => ({
      required: [name],
      properties: { [name]: true },
    })),
    properties: {
      kind: {
        type: "string",
        minLength: 1,
        description: "kind of document in a snapshot: azure/managed-cluster",
      },
      path: {
        type: "string",
        minLength: 1,
        description: "dotted path of the setting: properties.enableRBAC",
      },
      is: { ...scalar, description: "the value" },
      oneOf: { type: "array", minItems: 1, items: scalar, description: "the values that are right" },
      atLeast: { type: "number", description: "the least number that is right" },
      atMost: { type: "number", description: "the greatest number that is right" },
      matches: {
        type: "string",
        minLength: 1,
        maxLength: 200,
        description: "a regular expression that the text must match somewhere; ^ and $ bind it to the ends",
      },
      orAbsent: { type: "boolean", description: "a resource without the setting is right as well" },
      verify: { type: "string", minLength: 1, description: "a command that shows it" },
      remediation: REMEDIATION_SCHEMA,
    },
  },
  needs: (params) => [(params as Params).kind],
  drifts: {
    changed: {
      short: "A setting departs from its documented value.",
      help: "The setting has another value than the document asks for, or is not there. The finding has the value found, a command that shows it, and what to do.",
    },
  },
  run: function* (facts, rawParams): Iterable<Observation> {
    const params = rawParams as Params;
    const demands = demandsOf(params);
    const thing = thingOf(params.kind);
    const documents = facts.all(params.kind);
    if (documents.length === 0) {
      yield {
        kind: "unknown",
        resource: { type: params.kind, id: facts.scope, name: thing },
        message: `no ${thing} in ${facts.scope}: nothing to assess`,
        property: "resources",
        decide: `record one that is there, with the kind ${params.kind}`,
      };
      return;
    }
    const words = demands.map((demand) => demand.words).join(" and ");
    for (const { id, body } of documents) {
      const name = text(field(body, "name")) ?? id;
      const found = placesAt(body, params.path);
      // a star over an empty list has no place: nothing there has the value
      for (const { path, value } of found.length > 0 ? found : [{ path: params.path, value: undefined }]) {
        const absent = value === undefined || value === null;
        if (absent && params.orAbsent === true) continue;
        if (demands.every((demand) => demand.holds(value))) continue;
        yield {
          kind: "drift",
          drift: "changed",
          resource: {
            type: text(field(body, "type")) ?? params.kind,
            id: text(field(body, "id")) ?? id,
            name,
          },
          message: `${thing} ${name}: ${path} must be ${words}${params.orAbsent === true ? " or absent" : ""}, found ${absent ? "nothing" : visible(written(value)).slice(0, LONGEST)}`,
          property: path,
          expected: words,
          actual: value ?? null,
          at: "/path",
          ...(params.verify === undefined ? {} : { verify: params.verify }),
          ...(params.remediation === undefined
            ? {}
            : {
                remediation: {
                  text: params.remediation.text,
                  commands: params.remediation.commands ?? [],
                },
              }),
        };
      }
    }
    yield { kind: "assessed", count: documents.length, what: `${thing}s` };
  },
};
