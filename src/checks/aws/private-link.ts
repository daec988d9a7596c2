import type { Facts } from "../../snapshot/facts.ts";
import { field, list, record, text, textList } from "../../snapshot/value.ts";
import { command } from "../../text/command.ts";
import type { Observation } from "../../wording/observation.ts";
import type { Check } from "../define.ts";

interface Params {
  readonly labels: readonly string[];
}

const TYPE = "AWS::EC2::VPCEndpointService";

interface Gateway {
  readonly name: string;
  readonly hosts: readonly string[];
}

/** The gateway's services of the type LoadBalancer, with the names by which they are reached. */
function gatewaysOf(facts: Facts, labels: readonly string[]): readonly Gateway[] {
  return facts.all("kubernetes/service").flatMap(({ id, body }): readonly Gateway[] => {
    const own = Object.keys(record(field(field(body, "metadata"), "labels")) ?? {});
    if (!labels.some((label) => own.includes(label))) return [];
    const entries = list(field(field(field(body, "status"), "loadBalancer"), "ingress")) ?? [];
    return [
      { name: id, hosts: entries.flatMap((each) => text(field(each, "hostname"))?.toLowerCase() ?? []) },
    ];
  });
}

function* judge(facts: Facts, { labels }: Params): Iterable<Observation> {
  const services = facts.all("aws/endpoint-service");
  const resource = { type: TYPE, id: facts.scope, name: "endpoint service" };
  const absent = (message: string): Observation => ({
    kind: "note",
    drift: "absent",
    absent: true,
    resource,
    message: `${message}; the document asks for one in private deployments only`,
    property: "endpoint-service",
    verify: command("aws", "ec2", "describe-vpc-endpoint-service-configurations"),
  });
  if (services.length === 0) {
    yield absent(`there is no endpoint service in ${facts.scope}`);
    return;
  }
  const unread = facts.unread("kubernetes/service")[0] ?? facts.unread("aws/load-balancer")[0];
  if (unread !== undefined) {
    yield {
      kind: "unknown",
      resource,
      message: `whether an endpoint service of ${facts.scope} leads to the gateway is not known: ${unread.detail}`,
      property: "endpoint-service",
      decide:
        unread.permission === undefined
          ? "read the cluster in the same run (--cloud aws,kubernetes)"
          : `grant the scanner ${unread.permission}`,
    };
    return;
  }
  const names = new Map(
    facts.all("aws/load-balancer").map(({ id, body }) => [id, text(field(body, "DNSName"))?.toLowerCase()]),
  );
  const gateways = gatewaysOf(facts, labels);
  const led = services.flatMap(({ id, body }) => {
    const hosts = textList(field(body, "NetworkLoadBalancerArns")).flatMap((arn) => names.get(arn) ?? []);
    const gateway = gateways.find((each) => each.hosts.some((host) => hosts.includes(host)));
    return gateway === undefined ? [] : [{ id, gateway, state: text(field(body, "ServiceState")) }];
  });
  const working = led.filter(({ state }) => state === "Available");
  if (led.length === 0) {
    yield absent(`no endpoint service of ${facts.scope} leads to the gateway of the cluster`);
    return;
  }
  if (working.length === 0) {
    for (const { id, gateway, state } of led) {
      if (state === undefined) {
        yield {
          kind: "unknown",
          resource: { type: TYPE, id, name: id },
          message: `endpoint service ${id}, which leads to ${gateway.name}, came without its state`,
          property: "state",
          decide: "read the endpoint services again",
        };
        continue;
      }
      yield {
        kind: "drift",
        drift: "changed",
        resource: { type: TYPE, id, name: id },
        message: `endpoint service ${id}, which leads to ${gateway.name}, is ${state}, not Available`,
        property: "state",
        expected: "Available",
        actual: state,
        at: "/labels",
        verify: command("aws", "ec2", "describe-vpc-endpoint-service-configurations", "--service-ids", id),
        remediation: {
          text: "Look why the service is not available, and make it anew if it failed.",
          commands: [],
        },
      };
    }
    return;
  }
  yield { kind: "assessed", count: working.length, what: "endpoint services" };
}

/** An endpoint service leads to the gateway of the cluster. */
export const privateLink: Check = {
  id: "aws/private-link",
  cloud: "aws",
  title: "An endpoint service leads to the cluster's gateway",
  help: `Some endpoint service must have a network load balancer whose DNS name is the one that a Service of the gateway has in its status. The Services are told by the labels that the gateway's controller gives them.

None at all is a note: the document asks for one in private deployments only.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["labels"],
    properties: {
      labels: {
        type: "array",
        minItems: 1,
        items: { type: "string", minLength: 1 },
        description: "labels of which the gateway's Services carry one, whatever its value",
      },
    },
  },
  needs: () => ["aws/endpoint-service", "aws/load-balancer", "kubernetes/service"],
  tolerates: ["aws/load-balancer", "kubernetes/service"],
  drifts: {
    changed: {
      short: "The endpoint service to the gateway is not available.",
      help: "The control plane cannot reach the data plane by it. Look why the service failed, and make it anew.",
    },
    absent: {
      short: "No endpoint service leads to the gateway.",
      help: "A note: the document asks for one in private deployments only.",
    },
  },
  run: (facts, params) => judge(facts, params as Params),
};
