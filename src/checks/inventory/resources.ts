import type { DocumentKind } from "../../snapshot/kinds/kinds.ts";
import { field, text } from "../../snapshot/value.ts";
import { command } from "../../text/command.ts";
import type { Check } from "../define.ts";

interface Item {
  readonly name: string;
  readonly types: readonly string[];
  readonly min?: number;
}

interface Params {
  readonly kind: DocumentKind;
  readonly items: readonly Item[];
}

/** The documented resources exist. */
export const resources: Check = {
  id: "inventory/resources",
  cloud: "any",
  title: "The documented resources exist",
  help: `Each item must be there at least \`min\` times (once, unless it says otherwise), as a resource of one of its types; types compare without regard to case.

An empty list of resources is unknown, never drift and never pass: a wrong or empty subscription says nothing.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["kind", "items"],
    properties: {
      kind: { type: "string", minLength: 1, description: "kind of document in a snapshot: azure/resource" },
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
  needs: (params) => [(params as Params).kind],
  drifts: {
    absent: {
      short: "A documented resource does not exist.",
      help: "No resource, or too few, of the types that the document names was found in the subscription. It is not deployed yet, it lies in another subscription, or it was deleted.",
    },
  },
  run: function* (facts, rawParams) {
    const params = rawParams as Params;
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
        verify: command(
          "az",
          "resource",
          "list",
          "--resource-type",
          item.types[0] ?? "",
          "--output",
          "table",
        ),
        remediation: { text: "Deploy it, or audit the subscription that it lies in.", commands: [] },
      };
    }
    yield { kind: "assessed", count: params.items.length, what: "resource kinds" };
  },
};
