import { Ajv, type ValidateFunction } from "ajv";
import type { Severity } from "../../report/report.ts";
import { SEVERITIES } from "../../report/severity.ts";
import type { Facts } from "../../snapshot/facts.ts";
import type { DocumentKind } from "../../snapshot/kinds/kinds.ts";
import { field, list, record, text, valueAt } from "../../snapshot/value.ts";
import { placeInWords, scopeCovers } from "../../state/azure/scope.ts";
import { quoted } from "../../text/command.ts";
import { Defect } from "../../text/unforeseen.ts";
import type { Observation } from "../../wording/observation.ts";
import { REMEDIATION_SCHEMA } from "../../wording/remediation.ts";
import type { Check } from "../define.ts";

interface Requirement {
  readonly property: string;
  readonly schema: Schema;
  readonly expected: string;
  readonly message: string;
  readonly severity?: Severity;
  readonly secret?: boolean;
  /** Of the items of a list only these members are shown. */
  readonly show?: readonly string[];
  /** Where a document that does not satisfy the schema satisfies this one, the setting stands in another, unread. */
  readonly elsewhere?: { readonly schema: Schema; readonly where: string };
  readonly verify?: string;
  readonly remediation?: { readonly text: string; readonly commands?: readonly string[] };
}

type Schema = Readonly<Record<string, unknown>>;

interface Params {
  readonly kind: DocumentKind;
  readonly what: string;
  /** Where a document has its name, for people and for `one`. */
  readonly nameAt?: string;
  readonly where?: Schema;
  /** Azure: the scope under which the documents lie; `*` for one segment. */
  readonly within?: string;
  /** One document out of those of the kind: its name or id where it is known. */
  readonly one?: {
    readonly named?: string;
    readonly parameter: string;
    /** Of several, those that lie in the network of what another kind's documents lie in. */
    readonly beside?: { readonly path: string; readonly kind: DocumentKind; readonly at: string };
  };
  /** Only those of one document of another kind are meant: of the one named, else of the only one. */
  readonly of?: {
    readonly kind: DocumentKind;
    readonly what: string;
    readonly nameAt: string;
    /** Where a document has the name of what it is of. */
    readonly at: string;
    readonly named?: string;
    readonly parameter: string;
  };
  readonly some?: boolean;
  readonly absent?: boolean;
  readonly require: readonly Requirement[];
  readonly verify?: string;
}

/** Keywords of JSON Schema that say nothing of a value of another type, and so hold for it. */
const OF_OBJECTS = ["properties", "required", "patternProperties", "minProperties"];
const OF_LISTS = ["items", "contains", "minItems", "uniqueItems"];

/** A schema that names members means an object, one that names items a list: null is neither, nor is a text. */
function typed(schema: unknown): unknown {
  const own = record(schema);
  if (own === undefined) return schema;
  const names = (keywords: readonly string[]) => keywords.some((each) => Object.hasOwn(own, each));
  const type = names(OF_OBJECTS) ? "object" : names(OF_LISTS) ? "array" : undefined;
  const inner = Object.entries(own).map(([keyword, value]): readonly [string, unknown] => {
    if (keyword === "properties" || keyword === "patternProperties") {
      const members = Object.entries(record(value) ?? {});
      return [keyword, Object.fromEntries(members.map(([name, each]) => [name, typed(each)]))];
    }
    if (/^(?:allOf|anyOf|oneOf)$/.test(keyword)) return [keyword, (list(value) ?? []).map(typed)];
    // behind `not` and `if` a narrower schema lets more pass: they mean what they say
    return [keyword, /^(?:items|contains|then|else)$/.test(keyword) ? typed(value) : value];
  });
  return { ...(type === undefined ? {} : { type }), ...Object.fromEntries(inner) };
}

/** Schemas are the baseline's own; one that is no schema is an error of the baseline, not of the resource. */
function compile(what: string, schema: Schema): ValidateFunction {
  try {
    return new Ajv({ strict: false, validateFormats: false }).compile(typed(schema) as Schema);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Defect(`the JSON Schema for ${what} cannot be used: ${why}`);
  }
}

interface Shown {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly body: unknown;
}

/** A document as people know it. */
function shownOf({ id, body }: { readonly id: string; readonly body: unknown }, params: Params): Shown {
  const named = params.nameAt === undefined ? undefined : text(valueAt(body, params.nameAt));
  return {
    id: text(field(body, "id")) ?? id,
    name: named ?? text(field(body, "name")) ?? id,
    type: text(field(body, "type")) ?? params.kind,
    body,
  };
}

/** The texts at a path in which `*` is every item of a list. */
function textsAt(body: unknown, path: string): readonly string[] {
  const [head = "", ...rest] = path.split(".*.");
  const value = valueAt(body, head);
  if (rest.length === 0) return text(value) === undefined ? [] : [String(value).toLowerCase()];
  return (Array.isArray(value) ? value : []).flatMap((item) => textsAt(item, rest.join(".*.")));
}

/** What lies beside: in the network whose subnet another document names. */
function besides(found: readonly Shown[], { one, within }: Params, facts: Facts): readonly Shown[] {
  const beside = one?.beside;
  if (beside === undefined || found.length < 2) return found;
  const networkOf = (subnet: string) => subnet.replace(/\/subnets\/[^/]+\/?$/, "");
  const networks = new Set(
    facts
      .all(beside.kind)
      .filter(({ id }) => within === undefined || scopeCovers(within, id))
      .flatMap(({ body }) => textsAt(body, beside.at))
      .map(networkOf),
  );
  const near = found.filter(({ body }) =>
    textsAt(body, beside.path).some((subnet) => networks.has(networkOf(subnet))),
  );
  return near.length > 0 ? near : found;
}

/** The names of what the documents may be of; undefined: they are of anything. */
function owners(facts: Facts, of: Params["of"]): readonly string[] | undefined {
  if (of === undefined) return undefined;
  const all = facts.all(of.kind).map(({ id, body }) => ({ id, name: text(valueAt(body, of.nameAt)) ?? id }));
  const { named } = of;
  if (named === undefined) return all.map(({ name }) => name);
  return [all.find(({ id, name }) => id === named || name === named)?.name ?? named];
}

/** The documents that are judged, or what there is to say instead. */
function chosen(facts: Facts, params: Params): readonly Shown[] | Observation {
  const { kind, what, where, one, verify, within, of } = params;
  const place = placeInWords(within, facts.scope);
  const matches = where === undefined ? undefined : compile("where", where);
  const among = owners(facts, of);
  const [owner, another] = among ?? [];
  const all = facts
    .all(kind)
    .map((document) => shownOf(document, params))
    .filter(({ id }) => within === undefined || scopeCovers(within, id));
  const left = all
    .filter(({ body }) => matches === undefined || matches(body))
    .filter(({ body }) => of === undefined || valueAt(body, of.at) === owner);
  const base = {
    resource: { type: kind, id: one?.named ?? facts.scope, name: one?.named ?? what },
    property: "resources",
    ...(verify === undefined ? {} : { verify }),
  } as const;
  if (of !== undefined && another !== undefined) {
    return {
      ...base,
      kind: "unknown",
      message: `which ${of.what} is meant is not told: there are ${[...(among ?? [])].sort().join(", ")}`,
      decide: `name one with --set ${of.parameter}=NAME`,
    };
  }
  const named = one?.named?.toLowerCase();
  const found =
    named === undefined
      ? besides(left, params, facts)
      : all.filter(({ id, name }) => id.toLowerCase() === named || name.toLowerCase() === named);
  if (one !== undefined && found.length > 1) {
    return {
      ...base,
      kind: "unknown",
      message: `which ${what} is the deployment's is not told: there are ${found.map(({ name }) => name).join(", ")}`,
      decide: `name one with --set ${one.parameter}=NAME`,
    };
  }
  if (found.length > 0) return found;
  const whom = one?.named === undefined ? "" : ` ${one.named}`;
  if (params.absent !== true) {
    return { ...base, kind: "unknown", message: `no ${what}${whom} in ${place}: nothing to assess` };
  }
  const others = all.length === 0 ? "" : `: there is ${all.map(({ name }) => name).join(", ")}`;
  return {
    ...base,
    kind: "drift",
    drift: "absent",
    message: `there is no ${what}${whom} in ${place}${others}`,
    expected: one?.named ?? what,
    actual: null,
    at: "/what",
    remediation: { text: `Make the ${what}, or audit the place in which it is.`, commands: [] },
  };
}

function* departure(
  requirement: Requirement,
  index: number,
  document: Shown,
  what: string,
): Iterable<Observation> {
  const { property, expected, secret, verify, remediation, severity } = requirement;
  const partly = (item: unknown) =>
    Object.fromEntries((requirement.show ?? []).map((name) => [name, field(item, name) ?? null]));
  const all = valueAt(document.body, property);
  const value = requirement.show === undefined || !Array.isArray(all) ? all : all.map(partly);
  const shown =
    secret === true && value !== undefined
      ? "a value that is not shown"
      : (JSON.stringify(value) ?? "nothing");
  yield {
    kind: "drift",
    drift: "changed",
    ...(severity === undefined ? {} : { severity }),
    resource: { type: document.type, id: document.id, name: document.name },
    message: `${what} ${document.name}: ${requirement.message}: ${property} must be ${expected}, found ${shown}`,
    property,
    expected,
    actual: secret === true ? null : (value ?? null),
    at: `/require/${index}`,
    ...(verify === undefined ? {} : { verify: filled(verify, document) }),
    ...(remediation === undefined
      ? {}
      : {
          remediation: {
            text: remediation.text,
            commands: (remediation.commands ?? []).map((each) => filled(each, document)),
          },
        }),
  };
}

function notTold(requirement: Requirement, where: string, document: Shown, what: string): Observation {
  const { property, expected, verify } = requirement;
  return {
    kind: "unknown",
    resource: { type: document.type, id: document.id, name: document.name },
    message: `${what} ${document.name}: ${property} must be ${expected}, and stands in ${where}, which is not read`,
    property,
    decide: `look in ${where}`,
    ...(verify === undefined ? {} : { verify: filled(verify, document) }),
  };
}

/** `{name}` in a command is the resource's own, quoted for a shell. */
function filled(line: string, { name }: Shown): string {
  return line.replaceAll("{name}", quoted(name));
}

/** Most settings of a resource need no code: a JSON Schema in the baseline says what they must be. */
export const resourceState: Check = {
  id: "config/resource-state",
  cloud: "any",
  title: "Resources have the documented settings",
  help: `Every resource of the kind must satisfy each requirement, a JSON Schema over the provider's own document. One finding for each resource and requirement that it does not satisfy, with the value found.

A schema that names members (\`properties\`, \`required\`) means an object, one that names items a list: null, or a value of another type, does not satisfy it.

\`where\`, a schema too, leaves out the documents that are not meant. With \`within\` only what lies under a scope of Azure is meant. With \`one\` exactly one is: the one that the parameter names, else the only one; of several it is unknown which, unless one alone lies in the network that \`beside\` tells. With \`of\` those of one document of another kind are meant (the node groups of a cluster): of the one that the parameter names, else of the only one; of several it is unknown. With \`some\` one that satisfies everything is enough; where none does, what keeps the nearest one from it is found. A requirement with a severity of its own is as bad as that; a setting that stands \`elsewhere\`, in something that is not read, is unknown.

No resource of the kind is unknown, never pass: there is nothing to assess. With \`absent\` it is drift, where the whole list was read.`,
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
      nameAt: {
        type: "string",
        minLength: 1,
        description: "dotted path of a document's name; `name` when not given",
      },
      where: { type: "object", description: "JSON Schema of the documents that are meant" },
      one: {
        type: "object",
        additionalProperties: false,
        required: ["parameter"],
        description: "exactly one document is meant",
        properties: {
          named: { type: "string", minLength: 1, description: "its name or id" },
          parameter: { type: "string", minLength: 1, description: "name of the parameter that names it" },
          beside: {
            type: "object",
            additionalProperties: false,
            required: ["path", "kind", "at"],
            description: "of several, the one in the network in which a document of this kind lies",
            properties: {
              path: { type: "string", minLength: 1, description: "dotted path of its subnet" },
              kind: { type: "string", minLength: 1 },
              at: {
                type: "string",
                minLength: 1,
                description: "dotted path of that one's subnets; `*` for each",
              },
            },
          },
        },
      },
      of: {
        type: "object",
        additionalProperties: false,
        required: ["kind", "what", "nameAt", "at", "parameter"],
        description: "only the documents of one document of another kind are meant",
        properties: {
          kind: { type: "string", minLength: 1 },
          what: { type: "string", minLength: 1, description: "what that one is called, singular" },
          nameAt: { type: "string", minLength: 1, description: "dotted path of its name" },
          at: { type: "string", minLength: 1, description: "dotted path of that name in a document" },
          named: { type: "string", minLength: 1, description: "its name or id; absent: the only one" },
          parameter: { type: "string", minLength: 1, description: "name of the parameter that names it" },
        },
      },
      within: {
        type: "string",
        minLength: 1,
        description: "Azure scope under which the documents lie; `*` for one segment",
      },
      some: { type: "boolean", description: "one document that satisfies everything is enough" },
      absent: { type: "boolean", description: "that there is none is drift" },
      verify: { type: "string", minLength: 1, description: "a command that lists them" },
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
            severity: { enum: SEVERITIES, description: "how bad it is, where the drift's own is not right" },
            secret: { type: "boolean", description: "the value found is never shown" },
            show: {
              type: "array",
              minItems: 1,
              items: { type: "string", minLength: 1 },
              description: "of the items of a list, the members that are shown",
            },
            elsewhere: {
              type: "object",
              additionalProperties: false,
              required: ["schema", "where"],
              description: "when the setting does not stand in the document, so that it is unknown",
              properties: {
                schema: { type: "object", description: "JSON Schema of a document of which that is so" },
                where: { type: "string", minLength: 1, description: "where it stands then, in words" },
              },
            },
            verify: {
              type: "string",
              minLength: 1,
              description: "a command that shows it; {name} is the resource's",
            },
            remediation: REMEDIATION_SCHEMA,
          },
        },
      },
    },
  },
  needs: (params) => {
    const { kind, one, of } = params as Params;
    return [
      kind,
      ...(one?.beside === undefined || one.named !== undefined ? [] : [one.beside.kind]),
      ...(of === undefined ? [] : [of.kind]),
    ];
  },
  drifts: {
    absent: {
      short: "A documented resource is not there.",
      help: "No resource of the kind that the document means was found where the scan looked. It is not made yet, it lies elsewhere, or it was deleted.",
    },
    changed: {
      short: "A resource departs from a documented setting.",
      help: "The setting has another value than the document asks for. The finding has the value found, a command that shows it, and what to do.",
    },
  },
  run: function* (facts, rawParams): Iterable<Observation> {
    const params = rawParams as Params;
    const documents = chosen(facts, params);
    if ("kind" in documents) {
      yield documents;
      return;
    }
    const tests = params.require.map((requirement) => compile(requirement.property, requirement.schema));
    const elsewhere = params.require.map((requirement) =>
      requirement.elsewhere === undefined
        ? undefined
        : compile(`${requirement.property} elsewhere`, requirement.elsewhere.schema),
    );
    const failing = (document: Shown) =>
      params.require.flatMap((requirement, index) =>
        tests[index]?.(document.body) === true ? [] : [{ requirement, index }],
      );
    // where one is enough, the nearest one tells what lacks
    const judged =
      params.some === true
        ? [...documents].sort((a, b) => failing(a).length - failing(b).length).slice(0, 1)
        : documents;
    for (const [index, requirement] of params.require.entries()) {
      for (const document of judged) {
        if (tests[index]?.(document.body) === true) continue;
        if (requirement.elsewhere !== undefined && elsewhere[index]?.(document.body) === true)
          yield notTold(requirement, requirement.elsewhere.where, document, params.what);
        else yield* departure(requirement, index, document, params.what);
      }
    }
    const { one, within } = params;
    const found =
      one === undefined || one.named !== undefined || within === undefined
        ? []
        : documents.map(
            ({ name }) => `${params.what}: ${name}, the only one in ${placeInWords(within, facts.scope)}`,
          );
    yield {
      kind: "assessed",
      count: documents.length,
      what: `${params.what}s`,
      ...(found.length === 0 ? {} : { notes: found }),
    };
  },
};
