import type { Facts } from "../../snapshot/facts.ts";
import type { DocumentKind } from "../../snapshot/kinds/kinds.ts";
import { field, text, valueAt } from "../../snapshot/value.ts";
import { scopeCovers } from "../../state/azure/scope.ts";
import { command, quoted } from "../../text/command.ts";
import type { Observation } from "../observation.ts";
import { REMEDIATION_SCHEMA } from "../remediation.ts";

/** A part of a deployment, by its name. */
export interface Part {
  readonly kind: DocumentKind;
  readonly what: string;
  readonly parameter: string;
  readonly named?: string;
}

/** What a resource contains is listed in a document under its id, and is told by name. */
export interface Content extends Part {
  readonly verify?: string;
  /** What must not be open to everybody. */
  readonly closed?: {
    readonly path: string;
    readonly values: readonly (string | null)[];
    /** Where the one that contains it forbids it altogether: a path of its own, whose value is then false. */
    readonly unless?: string;
    readonly because: string;
    readonly remediation?: { readonly text: string; readonly commands?: readonly string[] };
  };
}

function called(id: string, body: unknown): string {
  return text(field(body, "name")) ?? id;
}

export interface Named {
  readonly id: string;
  readonly name: string;
  readonly body: unknown;
}

/** Parts of a name that somebody gave, which lie elsewhere. */
export function* strays(facts: Facts, holds: readonly Part[], home: Named): Iterable<Observation> {
  for (const [index, { kind, what, named, parameter }] of holds.entries()) {
    if (named === undefined) continue;
    for (const { id, body } of facts.all(kind)) {
      const name = called(id, body);
      if (name.toLowerCase() !== named.toLowerCase() || scopeCovers(home.id, id)) continue;
      yield {
        kind: "drift",
        drift: "stray",
        resource: { type: kind, id, name },
        message: `${what} ${name} does not lie in ${home.id}, which holds all of the deployment: it is ${id}`,
        property: "home",
        expected: home.id,
        actual: id,
        at: `/holds/${index}`,
        verify: command("az", "resource", "show", "--ids", id, "--query", "resourceGroup"),
        remediation: {
          text: `Deploy the ${what} where the rest is; or, if another is meant, name it with --set ${parameter}=NAME.`,
          commands: [],
        },
      };
    }
  }
}

/** The one that is meant of what a resource contains, and whether it is closed. */
export function* contents(
  facts: Facts,
  content: Content,
  home: Named,
  notes: string[],
): Iterable<Observation> {
  const { kind, what, named, parameter, closed } = content;
  const whom = named === undefined ? what : `${what} ${named}`;
  const base = {
    resource: { type: kind, id: named === undefined ? home.id : `${home.id}#${named}`, name: named ?? what },
    property: what,
    ...(content.verify === undefined
      ? {}
      : { verify: content.verify.replaceAll("{home}", quoted(home.name)) }),
  } as const;
  const unread = facts.unread(kind, home.id)[0];
  const answer = facts.all(kind).find(({ id }) => id.toLowerCase() === home.id.toLowerCase());
  const entries = field(answer?.body, "value");
  if (unread !== undefined || !Array.isArray(entries)) {
    yield {
      ...base,
      kind: "unknown",
      message: `which ${what}s ${home.name} has is not known: ${unread === undefined ? "they were not collected" : `${unread.api}: ${unread.detail}`}`,
      decide:
        unread?.permission === undefined
          ? "collect the state again"
          : `grant the scanner ${unread.permission}`,
    };
    return;
  }
  const all = entries
    .map((body) => ({ id: text(field(body, "id")) ?? "", name: called("", body), body }))
    .filter(({ body }) => valueAt(body, "properties.deleted") !== true);
  const found =
    named === undefined ? all : all.filter(({ name }) => name.toLowerCase() === named.toLowerCase());
  if (found.length > 1) {
    yield {
      ...base,
      kind: "unknown",
      message: `which ${what} of ${home.name} is the deployment's is not told: there are ${found.map(({ name }) => name).join(", ")}`,
      decide: `name it with --set ${parameter}=NAME`,
    };
    return;
  }
  const [own] = found;
  if (own === undefined) {
    const others = all.length === 0 ? "" : `: there is ${all.map(({ name }) => name).join(", ")}`;
    yield {
      ...base,
      kind: "drift",
      drift: "absent",
      message: `there is no ${whom} in ${home.name}${others}`,
      expected: named ?? what,
      actual: null,
      at: "/contains/what",
      remediation: { text: `Make the ${what}, or name it with --set ${parameter}=NAME.`, commands: [] },
    };
    return;
  }
  if (named === undefined) notes.push(`${what}: ${own.name}, the only one in ${home.name}`);
  if (closed === undefined) return;
  const value = valueAt(own.body, closed.path) ?? null;
  const isClosed = closed.values.some(
    (each) => each === value || (typeof value === "string" && each?.toLowerCase() === value.toLowerCase()),
  );
  if (isClosed) return;
  const shut = closed.unless !== undefined && valueAt(home.body, closed.unless) === false;
  yield {
    ...base,
    resource: { type: kind, id: own.id, name: own.name },
    property: closed.path,
    ...(shut ? ({ kind: "note" } as const) : ({ kind: "drift", severity: "high" } as const)),
    drift: "wider",
    message: shut
      ? `${what} ${own.name} says ${closed.path} ${JSON.stringify(value)}, which ${home.name} forbids for all that it contains: nothing is open by it`
      : `${what} ${own.name} is open to everybody (${closed.path} is ${JSON.stringify(value)}): ${closed.because}`,
    expected: closed.values[0] ?? null,
    actual: value,
    at: "/contains/closed",
    ...(closed.remediation === undefined
      ? {}
      : {
          remediation: {
            text: closed.remediation.text,
            commands: (closed.remediation.commands ?? []).map((line) =>
              line.replaceAll("{name}", quoted(own.name)).replaceAll("{home}", quoted(home.name)),
            ),
          },
        }),
  };
}

const PART = {
  type: "object",
  additionalProperties: false,
  required: ["kind", "what", "parameter"],
  properties: {
    kind: { type: "string", minLength: 1 },
    what: { type: "string", minLength: 1, description: "what it is called, singular" },
    parameter: { type: "string", minLength: 1, description: "name of the parameter that names it" },
    named: { type: "string", minLength: 1, description: "its name" },
  },
} as const;

export const HOLDS_SCHEMA = {
  type: "array",
  minItems: 1,
  description: "what must lie under the one, by name: elsewhere it is a stray",
  items: PART,
} as const;

export const CONTAINS_SCHEMA = {
  ...PART,
  description: "what the one must contain, as a list under its id tells",
  properties: {
    ...PART.properties,
    verify: {
      type: "string",
      minLength: 1,
      description: "a command that lists them; {home} is the one",
    },
    closed: {
      type: "object",
      additionalProperties: false,
      required: ["path", "values", "because"],
      description: "it must not be open to everybody",
      properties: {
        path: { type: "string", minLength: 1, description: "dotted path of what says so" },
        values: { type: "array", minItems: 1, items: { type: ["string", "null"] } },
        unless: {
          type: "string",
          minLength: 1,
          description: "dotted path in the one that, false, forbids it for all that it contains",
        },
        because: { type: "string", minLength: 1 },
        remediation: REMEDIATION_SCHEMA,
      },
    },
  },
} as const;
