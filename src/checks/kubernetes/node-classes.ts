import type { Facts } from "../../snapshot/facts.ts";
import { field, list, record, text } from "../../snapshot/value.ts";
import { command } from "../../text/command.ts";
import { chosenVpc } from "../../wording/aws/chosen.ts";
import type { Observation } from "../../wording/observation.ts";
import type { Check } from "../define.ts";

interface Params {
  readonly families: readonly string[];
  readonly vpcId?: string;
  readonly cluster?: string;
}

interface NodeClass {
  readonly name: string;
  readonly spec: unknown;
  readonly status: unknown;
}

/** The families of images that a class starts nodes from, in lower case; undefined where it is not told. */
function familiesOf(spec: unknown): readonly string[] | undefined {
  const aliases = (list(field(spec, "amiSelectorTerms")) ?? []).map((term) => text(field(term, "alias")));
  const told = aliases.flatMap((alias) => (alias === undefined ? [] : [alias.split("@")[0] ?? ""]));
  const family = text(field(spec, "amiFamily"));
  const found = [...told, ...(family === undefined ? [] : [family])].map((each) => each.toLowerCase());
  // terms that name images by id or tag say nothing of what these are
  const unnamed = aliases.some((alias) => alias === undefined);
  return found.length === 0 || (unnamed && family === undefined) ? undefined : [...new Set(found)];
}

/** The subnets that the selector of a class takes: terms are alternatives, what stands in one must all hold. */
function selected(facts: Facts, spec: unknown): readonly string[] | undefined {
  const terms = list(field(spec, "subnetSelectorTerms"));
  if (terms === undefined || facts.unread("aws/subnet").length > 0) return undefined;
  const tagsOf = (body: unknown) =>
    new Map(
      (list(field(body, "Tags")) ?? []).map((tag) => [text(field(tag, "Key")), text(field(tag, "Value"))]),
    );
  return facts.all("aws/subnet").flatMap(({ id, body }) => {
    const tags = tagsOf(body);
    const taken = terms.some((term) => {
      const wanted = text(field(term, "id"));
      const pairs = Object.entries(record(field(term, "tags")) ?? {});
      return (
        (wanted !== undefined || pairs.length > 0) &&
        (wanted === undefined || wanted === id) &&
        pairs.every(([key, value]) => tags.has(key) && (value === "*" || tags.get(key) === value))
      );
    });
    return taken ? [id] : [];
  });
}

function* images(nodeClass: NodeClass, families: readonly string[]): Iterable<Observation> {
  const found = familiesOf(nodeClass.spec);
  const base = {
    resource: { type: "EC2NodeClass", id: nodeClass.name, name: nodeClass.name },
    property: "family",
    at: "/families",
    verify: command("kubectl", "get", "ec2nodeclass", nodeClass.name, "-o", "yaml"),
  } as const;
  if (found === undefined) {
    yield {
      ...base,
      kind: "unknown",
      message: `of which family the images of node class ${nodeClass.name} are is not told: its terms name images by id or tag`,
      decide: "look at the images, or set amiFamily",
    };
    return;
  }
  const wrong = found.filter((each) => !families.some((family) => family.toLowerCase() === each));
  if (wrong.length === 0) return;
  yield {
    ...base,
    kind: "drift",
    drift: "changed",
    message: `node class ${nodeClass.name} starts nodes from ${wrong.join(", ")}, documented is ${families.join(" or ")}`,
    expected: families,
    actual: found,
    remediation: {
      text: `Name an alias of ${families.join(" or ")} in amiSelectorTerms; Karpenter replaces the nodes one by one.`,
      commands: [command("kubectl", "edit", "ec2nodeclass", nodeClass.name)],
    },
  };
}

function* network(facts: Facts, nodeClass: NodeClass, vpc: string): Iterable<Observation> {
  const status = (list(field(nodeClass.status, "subnets")) ?? []).flatMap(
    (each) => text(field(each, "id")) ?? [],
  );
  const subnets = status.length > 0 ? status : selected(facts, nodeClass.spec);
  const known = new Map(facts.all("aws/subnet").map(({ id, body }) => [id, text(field(body, "VpcId"))]));
  const base = {
    resource: { type: "EC2NodeClass", id: nodeClass.name, name: nodeClass.name },
    at: "/vpcId",
    verify: command("kubectl", "get", "ec2nodeclass", nodeClass.name, "-o", "jsonpath={.status.subnets}"),
  } as const;
  const unclear = (message: string): Observation => ({
    ...base,
    kind: "unknown",
    message,
    property: "subnets",
    decide:
      "read the subnets of the VPC in the same run (--cloud aws,kubernetes), or look at the class's status",
  });
  if (subnets === undefined || facts.unread("aws/subnet").length > 0) {
    yield unclear(
      `in which VPC node class ${nodeClass.name} starts nodes is not known: its subnets could not be looked up`,
    );
    return;
  }
  if (subnets.length === 0) {
    yield {
      ...base,
      kind: "drift",
      drift: "absent",
      message: `the selector of node class ${nodeClass.name} takes no subnet: it cannot start a node`,
      property: "subnets",
      expected: `subnets of ${vpc}`,
      actual: [],
      remediation: { text: "Tag the subnets as the selector asks, or mend the selector.", commands: [] },
    };
    return;
  }
  const strange = subnets.filter((id) => known.get(id) !== vpc);
  const unknown = strange.filter((id) => !known.has(id));
  if (unknown.length > 0)
    yield unclear(
      `subnets ${unknown.join(", ")} of node class ${nodeClass.name} are not among those that were read`,
    );
  const elsewhere = strange.filter((id) => known.has(id));
  if (elsewhere.length === 0) return;
  yield {
    ...base,
    kind: "drift",
    drift: "changed",
    message: `node class ${nodeClass.name} starts nodes in ${elsewhere.join(", ")}, which are not in VPC ${vpc}`,
    property: "vpc",
    expected: vpc,
    actual: elsewhere.map((id) => `${id} (${known.get(id)})`),
    remediation: {
      text: "Narrow subnetSelectorTerms to the subnets of the VPC.",
      commands: [command("kubectl", "edit", "ec2nodeclass", nodeClass.name)],
    },
  };
}

/** Every node class starts nodes from the documented images, in the deployment's VPC. */
export const nodeClasses: Check = {
  id: "kubernetes/node-classes",
  cloud: "kubernetes",
  title: "Node classes use the documented images, in the deployment's network",
  help: `Every EC2NodeClass of Karpenter must start nodes from images of a documented family, by \`amiFamily\` or by an alias (\`al2023@…\`), and in subnets of the VPC: those of its status, else those that its selector takes, looked up among the subnets of AWS.

Images that are named by id or tag alone, and subnets that cannot be looked up, are unknown. No class at all is drift: Karpenter cannot start a node.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["families"],
    properties: {
      families: {
        type: "array",
        minItems: 1,
        items: { type: "string", minLength: 1 },
        description: "families of images",
      },
      vpcId: { type: "string", minLength: 1, description: "id; absent: that of the EKS cluster" },
      cluster: {
        type: "string",
        minLength: 1,
        description: "name or ARN of the EKS cluster whose VPC is meant; absent: the only one",
      },
    },
  },
  needs: () => ["kubernetes/ec2-node-class", "aws/subnet", "aws/vpc", "aws/eks-cluster"],
  tolerates: ["aws/subnet", "aws/vpc", "aws/eks-cluster"],
  drifts: {
    changed: {
      short: "A node class uses other images, or another network.",
      help: "Nodes of another family start and configure themselves differently; nodes in another VPC reach neither the database nor Kafka.",
    },
    absent: {
      short: "There is no node class, or one that takes no subnet.",
      help: "Karpenter cannot start nodes, so nothing that asks for more room in the cluster is ever scheduled.",
    },
  },
  run: function* (facts, rawParams): Iterable<Observation> {
    const params = rawParams as Params;
    const classes = facts
      .all("kubernetes/ec2-node-class")
      .map(
        ({ id, body }): NodeClass => ({ name: id, spec: field(body, "spec"), status: field(body, "status") }),
      );
    if (classes.length === 0) {
      yield {
        kind: "drift",
        drift: "absent",
        resource: { type: "EC2NodeClass", id: facts.scope, name: "EC2NodeClass" },
        message: "there is no EC2NodeClass in the cluster: Karpenter cannot start a node",
        property: "classes",
        expected: params.families,
        actual: null,
        at: "/families",
        verify: command("kubectl", "get", "ec2nodeclasses"),
        remediation: { text: "Make a node class with an alias of a documented family.", commands: [] },
      };
      return;
    }
    const vpc = facts.has("aws") ? chosenVpc(facts, params.vpcId, params.cluster) : undefined;
    const id = vpc?.kind === "one" ? vpc.one.id : params.vpcId;
    if (id === undefined) {
      const why = vpc?.kind === "unclear" ? vpc.observation.message : "AWS was not read in this run";
      yield {
        kind: "unknown",
        resource: { type: "EC2NodeClass", id: facts.scope, name: "node classes" },
        message: `in which VPC the node classes must start nodes is not known: ${why}`,
        property: "vpc",
        decide: "name it with --set vpcId=ID, and read AWS in the same run (--cloud aws,kubernetes)",
      };
    }
    for (const each of classes) {
      yield* images(each, params.families);
      if (id !== undefined) yield* network(facts, each, id);
    }
    yield { kind: "assessed", count: classes.length, what: "node classes" };
  },
};
