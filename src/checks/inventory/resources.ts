import type { Facts } from "../../snapshot/facts.ts";
import type { DocumentKind } from "../../snapshot/kinds/kinds.ts";
import { field, text, valueAt } from "../../snapshot/value.ts";
import { placeInWords, scopeCovers } from "../../state/azure/scope.ts";
import { familyOf } from "../../state/family.ts";
import { command, quoted } from "../../text/command.ts";
import {
  CONTAINS_SCHEMA,
  type Content,
  contents,
  HOLDS_SCHEMA,
  type Part,
  strays,
} from "../../wording/azure/parts.ts";
import type { Observation } from "../../wording/observation.ts";
import type { Check } from "../define.ts";

interface Item {
  readonly name: string;
  readonly types: readonly string[];
  readonly min?: number;
}

interface ByType {
  readonly kind: DocumentKind;
  readonly items: readonly Item[];
}

/** Resources that are told by their names: a document lists the parts, an installation calls them by one scheme. */
interface ByName {
  readonly kind: DocumentKind;
  readonly what: string;
  readonly parts: readonly string[];
  /** Parameter that gives the names, or what stands before them. */
  readonly parameter: string;
  readonly names?: readonly string[];
  readonly prefixOnly?: boolean;
  readonly prefix?: string;
  readonly verify?: string;
  readonly create?: string;
}

/** One resource of a kind, by its name or id; not named, the only one. */
interface One {
  readonly kind: DocumentKind;
  readonly what: string;
  readonly parameter: string;
  readonly one: true;
  readonly named?: string;
  readonly where?: Readonly<Record<string, string | number | boolean>>;
  readonly verify?: string;
  /** Azure: the scope under which it lies; `*` for one segment. */
  readonly within?: string;
  /** What must lie under it: one of such a name elsewhere is a stray. */
  readonly holds?: readonly Part[];
  /** What must be in it. */
  readonly contains?: Content;
}

type Params = ByType | ByName | One;

const verified = (verify: string | undefined) => (verify === undefined ? {} : { verify });

function missingPart(params: ByName, facts: Facts, part: string, name: string, by: string): Observation {
  return {
    kind: "drift",
    drift: "absent",
    resource: { type: params.kind, id: `${facts.scope}#${part}`, name },
    message: `there is no ${params.what} ${name} in ${facts.scope} (${part} of the document; ${by})`,
    property: part,
    expected: name,
    actual: null,
    at: `/parts/${params.parts.indexOf(part)}`,
    ...verified(params.verify),
    remediation: {
      text: `Make the ${params.what}, or give its name with --set ${params.parameter}=….`,
      commands: params.create === undefined ? [] : [params.create.replaceAll("{name}", quoted(name))],
    },
  };
}

function* byName(facts: Facts, params: ByName): Iterable<Observation> {
  const { parts, what, parameter, names, prefix } = params;
  const all = facts.all(params.kind).map(({ id, body }) => nameOf(id, body));
  const judged = function* (of: (part: string, at: number) => string, by: string): Iterable<Observation> {
    for (const [at, part] of parts.entries()) {
      const name = of(part, at);
      if (!all.includes(name)) yield missingPart(params, facts, part, name, by);
    }
    yield { kind: "assessed", count: parts.length, what: `${what}s`, notes: [`${what}s: ${by}`] };
  };
  const unclear = (message: string): Observation => ({
    kind: "unknown",
    resource: { type: params.kind, id: facts.scope, name: `${what}s` },
    message,
    property: "names",
    decide: `say it with --set ${parameter}=${names === undefined && params.prefixOnly === true ? "PREFIX" : parts.map((part) => part.toUpperCase()).join(",")}`,
    ...verified(params.verify),
  });
  if (names !== undefined && names.length > 0) {
    const twice = names.filter((name, at) => names.indexOf(name) !== at);
    if (twice.length > 0) {
      yield unclear(
        `${parameter} names ${[...new Set(twice)].join(", ")} more than once, and the document has ${parts.length} ${what}s: ${parts.join(", ")}`,
      );
    } else if (names.length === parts.length) {
      yield* judged((_, at) => names[at] ?? "", `named by --set ${parameter}`);
    } else {
      yield unclear(
        `${parameter} has ${names.length} names, and the document has ${parts.length} ${what}s: ${parts.join(", ")}`,
      );
    }
    return;
  }
  if (prefix !== undefined) {
    yield* judged((part) => `${prefix}${part}`, `prefix given by --set ${parameter}`);
    return;
  }
  const family = familyOf(all, parts, params.prefixOnly === true);
  if (family.kind === "told") {
    const { before, behind } = family.scheme;
    yield* judged(
      (part) => family.names.get(part) ?? `${before}${part}${behind}`,
      `taken by their names, ${before}…${behind}`,
    );
  } else if (family.kind === "unclear") {
    const schemes = family.schemes.map(({ before, behind }) => `${before}…${behind}`).join(" and ");
    yield unclear(`which ${what}s are the deployment's is not told by their names: there are ${schemes}`);
  } else if (params.prefixOnly === true) {
    // whatever the prefix is, a name that ends so would have been found
    yield* judged((part) => part, "whatever their prefix, no name ends so");
  } else {
    yield unclear(`which ${what}s are the deployment's is not told by their names`);
  }
}

interface Named {
  readonly id: string;
  readonly name: string;
}

/** Whether another one has the same name. */
function isTwin({ id, name }: Named, all: readonly Named[]): boolean {
  return all.some((each) => each.name === name && each.id !== id);
}

function toldApart(one: Named, all: readonly Named[]): string {
  return isTwin(one, all) ? `${one.name} (${one.id})` : one.name;
}

function* one(facts: Facts, params: One): Iterable<Observation> {
  const { what, named, parameter, within } = params;
  const place = placeInWords(within, facts.scope);
  const wanted = (body: unknown) =>
    Object.entries(params.where ?? {}).every(([path, value]) => (valueAt(body, path) ?? false) === value);
  const everywhere = facts.all(params.kind).map(({ id, body }) => ({ id, name: nameOf(id, body), body }));
  const all = everywhere.filter(({ id }) => within === undefined || scopeCovers(within, id));
  const right = all.filter(({ body }) => wanted(body));
  const key = named?.toLowerCase().replace(/\.$/, "");
  // an id as the provider's own lists have it, with a path before it, is that id
  const is = ({ id, name, body }: Named & { readonly body: unknown }) =>
    id.toLowerCase() === key ||
    name.toLowerCase().replace(/\.$/, "") === key ||
    text(field(body, "Id"))?.toLowerCase() === key;
  const found = key === undefined ? right : right.filter(is);
  const base = {
    resource: { type: params.kind, id: named ?? facts.scope, name: named ?? what },
    property: what,
    ...verified(params.verify),
  } as const;
  if (found.length === 0) {
    const other = key === undefined ? undefined : all.find(is);
    const rule = Object.entries(params.where ?? {})
      .map(([path, value]) => `${path} ${JSON.stringify(value)}`)
      .join(", ");
    yield {
      ...base,
      kind: "drift",
      drift: "absent",
      message: `there is no ${what}${named === undefined ? "" : ` ${named}`} in ${place}${other === undefined ? "" : `: the one of that name has not ${rule}`}`,
      expected: named ?? what,
      actual: other?.id ?? null,
      at: "/what",
      remediation: { text: `Make the ${what}, or name it with --set ${parameter}=NAME.`, commands: [] },
    };
    return;
  }
  if (found.length > 1) {
    yield {
      ...base,
      kind: "unknown",
      message: `which ${what} is the deployment's is not told: there are ${found.map((each) => toldApart(each, found)).join(", ")}`,
      decide: `name it with --set ${parameter}=${found.some((each) => isTwin(each, found)) ? "ID" : "NAME"}`,
    };
    return;
  }
  const notes = [
    `${what}: ${found.map(({ name }) => name).join(", ")}${key === undefined ? ", the only one" : ""}`,
  ];
  for (const container of found) {
    yield* strays(facts, params.holds ?? [], container);
    if (params.contains !== undefined) yield* contents(facts, params.contains, container, notes);
  }
  yield { kind: "assessed", count: found.length, what: `${what}s`, notes };
}

/** Where the documents of the provider's have their names. */
function nameOf(id: string, body: unknown): string {
  return text(field(body, "name")) ?? text(field(body, "Name")) ?? id;
}

function* byType(facts: Facts, params: ByType): Iterable<Observation> {
  const documents = facts.all(params.kind);
  if (documents.length === 0) {
    yield {
      kind: "unknown",
      resource: { type: params.kind, id: facts.scope, name: "resources" },
      message: `no resource in ${facts.scope}: nothing to assess`,
      property: "resources",
    };
    return;
  }
  const counts = new Map<string, number>();
  for (const { body } of documents) {
    const type = (text(field(body, "type")) ?? "").toLowerCase();
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  for (const [index, item] of params.items.entries()) {
    const types = [...new Set(item.types.map((t) => t.toLowerCase()))];
    const found = types.reduce((n, type) => n + (counts.get(type) ?? 0), 0);
    const least = item.min ?? 1;
    if (found >= least) continue;
    yield {
      kind: "drift",
      drift: "absent",
      resource: { type: item.types[0] ?? params.kind, id: `${facts.scope}#${item.name}`, name: item.name },
      message: `${item.name}: ${found === 0 ? "none" : `only ${found}`} in ${facts.scope}, at least ${least} expected (${item.types.join(" or ")})`,
      property: item.name,
      expected: { types: item.types, min: least },
      actual: found,
      at: `/items/${index}`,
      verify: command("az", "resource", "list", "--resource-type", item.types[0] ?? "", "--output", "table"),
      remediation: { text: "Deploy it, or audit the subscription that it lies in.", commands: [] },
    };
  }
  yield { kind: "assessed", count: params.items.length, what: "resource kinds" };
}

/** The documented resources exist. */
export const resources: Check = {
  id: "inventory/resources",
  cloud: "any",
  title: "The documented resources exist",
  help: `Each item must be there at least \`min\` times (once, unless it says otherwise), as a resource of one of its types; types compare without regard to case.

An empty list of resources is unknown, never drift and never pass: a wrong or empty subscription says nothing.

Resources that have no type are told by name. The document lists \`parts\`, and an installation calls them all by one scheme (\`acme-data-prod\`, \`acme-source-prod\`): the names that a parameter gives, else those after the prefix that it gives, else the scheme that most names follow. Where two schemes come equally near it is unknown which is meant. With \`one\`, the resource of that name or id must be there, or, not named, exactly one; with \`within\` under a scope of Azure. What it \`holds\` must not lie elsewhere under the name given, and what it \`contains\` must be there, once, and not be open to everybody where \`closed\` says so.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["kind"],
    oneOf: [["items"], ["parts", "what", "parameter"], ["one", "what", "parameter"]].map((required) => ({
      required,
      properties: Object.fromEntries(required.map((name) => [name, true])),
    })),
    properties: {
      kind: { type: "string", minLength: 1, description: "kind of document in a snapshot: azure/resource" },
      what: { type: "string", minLength: 1, description: "what such a resource is called, singular" },
      parts: {
        type: "array",
        minItems: 1,
        items: { type: "string", minLength: 1 },
        description: "names by which the document calls them",
      },
      parameter: {
        type: "string",
        minLength: 1,
        description: "name of the parameter that gives their names",
      },
      names: {
        type: "array",
        items: { type: "string" },
        description: "their names, in the order of the parts",
      },
      prefix: { type: "string", description: "what stands before each part in its name" },
      prefixOnly: { type: "boolean", description: "nothing stands behind a part in a name" },
      one: { const: true, description: "one resource of the kind is meant" },
      within: {
        type: "string",
        minLength: 1,
        description: "Azure scope under which the one lies; `*` for one segment",
      },
      holds: HOLDS_SCHEMA,
      contains: CONTAINS_SCHEMA,
      named: { type: "string", minLength: 1, description: "name or id of the one" },
      where: {
        type: "object",
        additionalProperties: { type: ["string", "number", "boolean"] },
        description: "values by dotted path that the one must have; what is not there is false",
      },
      verify: { type: "string", minLength: 1, description: "a command that lists them" },
      create: { type: "string", minLength: 1, description: "a command that makes one; {name} is its name" },
      items: {
        type: "array",
        minItems: 1,
        items: {
          type: "object",
          additionalProperties: false,
          required: ["name", "types"],
          properties: {
            profile: { type: "string", description: "only under this profile" },
            name: { type: "string", minLength: 1, description: "what the document calls it" },
            types: { type: "array", minItems: 1, items: { type: "string", minLength: 1 } },
            min: { type: "integer", minimum: 1, description: "how many at least; 1 when not given" },
          },
        },
      },
    },
  },
  needs: (params) => {
    const { kind, holds, contains } = params as One;
    const named = (holds ?? []).filter((part) => part.named !== undefined);
    return [kind, ...named.map((part) => part.kind), ...(contains === undefined ? [] : [contains.kind])];
  },
  narrows: (params) => {
    const { within, named, contains } = params as One;
    const group = /\/resourceGroups\/([^/]+)$/i.exec(within ?? "")?.[1];
    if (contains === undefined || group === undefined) return {};
    return { names: { [contains.kind]: [`${group}/${named ?? "*"}`] } };
  },
  drifts: {
    wider: {
      short: "Something that is not public is open to everybody.",
      help: "What the documented resource contains may be read by anybody on the internet. Close it, and look who has read it meanwhile.",
    },
    stray: {
      short: "A part of the deployment lies elsewhere.",
      help: "The document puts all parts into one place. A part of the name that was given lies in another, where others may have the say over it.",
    },
    absent: {
      short: "A documented resource does not exist.",
      help: "No resource, or too few, of the types that the document names was found in the subscription. It is not deployed yet, it lies in another subscription, or it was deleted.",
    },
  },
  run: (facts, rawParams): Iterable<Observation> => {
    const params = rawParams as Params;
    if ("one" in params) return one(facts, params);
    return "parts" in params ? byName(facts, params) : byType(facts, params);
  },
};
