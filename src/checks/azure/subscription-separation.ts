import type { Facts } from "../../snapshot/facts.ts";
import { field, property, text } from "../../snapshot/value.ts";
import { nameMatches, resourceGroupOf } from "../../state/azure/scope.ts";
import { command } from "../../text/command.ts";
import { byText } from "../../text/order.ts";
import type { Check } from "../define.ts";

interface Params {
  readonly resourceGroups?: readonly string[];
  readonly ignore?: readonly { readonly name: string; readonly because: string }[];
}

interface Group {
  readonly id: string;
  readonly name: string;
  readonly managedBy: string | undefined;
}

function groupsOf(facts: Facts): readonly Group[] {
  return facts
    .all("azure/resource-group")
    .map(({ id, body }) => ({
      id: text(field(body, "id")) ?? id,
      name: text(field(body, "name")) ?? resourceGroupOf(id) ?? id,
      managedBy: text(field(body, "managedBy")) ?? text(property(body, "managedBy")),
    }))
    .sort((a, b) => byText(a.id.toLowerCase(), b.id.toLowerCase()));
}

/** Node resource groups of the managed clusters that lie in a listed group; lower case. */
function nodeGroups(facts: Facts, listed: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { id, body } of facts.all("azure/managed-cluster")) {
    const home = resourceGroupOf(text(field(body, "id")) ?? id);
    const nodes = text(property(body, "nodeResourceGroup"));
    if (home !== undefined && nodes !== undefined && listed.has(home)) found.add(nodes.toLowerCase());
  }
  return found;
}

/** The subscription holds the vendor's resource groups and nothing else. */
export const subscriptionSeparation: Check = {
  id: "azure/subscription-separation",
  cloud: "azure",
  title: "The subscription holds only the vendor's resource groups",
  help: `Every resource group must be one of those listed, be ignored by a glob with a reason (Azure makes some by itself), be the node resource group of a managed cluster in a listed group, or be managed by a resource in one.

The list is a parameter (\`--set resourceGroups=a,b\`). Without it the control is skipped. No resource group at all is unknown.`,
  params: {
    type: "object",
    additionalProperties: false,
    properties: {
      resourceGroups: {
        type: ["array", "string"],
        items: { type: "string", minLength: 1 },
        description: "names of the vendor's resource groups",
      },
      ignore: {
        type: "array",
        items: {
          type: "object",
          additionalProperties: false,
          required: ["name", "because"],
          properties: {
            name: {
              type: "string",
              minLength: 1,
              description: "name of a group; `*` for any run of characters",
            },
            because: { type: "string", minLength: 1 },
          },
        },
      },
    },
  },
  needs: () => ["azure/resource-group", "azure/managed-cluster"],
  applicable: (control) => {
    const names = (control.with as Params | undefined)?.resourceGroups;
    if (names !== undefined && names.length > 0) return undefined;
    const parameter = control.unresolved[0] ?? "resourceGroups";
    return `which resource groups belong to the vendor is not told: give --set ${parameter}=NAME,NAME`;
  },
  drifts: {
    stray: {
      short: "A resource group that is not the vendor's lies in the subscription.",
      help: "The vendor's role reaches every resource group of the subscription, so what lies beside its own is within its reach too. Move it to another subscription, or add it to the list if it belongs to the vendor.",
    },
  },
  run: function* (facts, rawParams, context) {
    const params = rawParams as Params;
    const names = params.resourceGroups ?? [];
    const groups = groupsOf(facts);
    if (groups.length === 0) {
      yield {
        kind: "unknown",
        resource: { type: "azure/resource-group", id: facts.scope, name: "resource groups" },
        message: `no resource group in ${facts.scope}: nothing to assess`,
        property: "groups",
      };
      return;
    }
    const listed = new Set(names.map((n) => n.toLowerCase()));
    const nodes = nodeGroups(facts, listed);
    for (const group of groups) {
      const name = group.name.toLowerCase();
      const manager = group.managedBy === undefined ? undefined : resourceGroupOf(group.managedBy);
      if (listed.has(name) || nodes.has(name) || (manager !== undefined && listed.has(manager))) continue;
      if ((params.ignore ?? []).some((i) => nameMatches(i.name, group.name))) continue;
      yield {
        kind: "drift",
        drift: "stray",
        resource: { type: "Microsoft.Resources/resourceGroups", id: group.id, name: group.name },
        message: `resource group ${group.name} is not one of the vendor's (${names.join(", ")}), and the vendor's access to the subscription reaches it`,
        property: "group",
        expected: names,
        actual: group.name,
        at: "/resourceGroups",
        verify: command("az", "resource", "list", "--resource-group", group.name, "--output", "table"),
        remediation: {
          text: `Move what is in it to another subscription; or, if it belongs to the vendor, add it to --set ${context.control.unresolved[0] ?? "resourceGroups"}.`,
          commands: [],
        },
      };
    }
    yield { kind: "assessed", count: groups.length, what: "resource groups" };
  },
};
