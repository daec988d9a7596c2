import type { Severity } from "../../report/report.ts";
import { SEVERITIES } from "../../report/severity.ts";
import type { Facts } from "../../snapshot/facts.ts";
import { field, list, record, text, texts } from "../../snapshot/value.ts";
import { command } from "../../text/command.ts";
import type { Observation } from "../../wording/observation.ts";
import type { Check } from "../define.ts";

interface Wanted {
  readonly name: string;
  readonly ports?: readonly number[];
  /** How bad it is when it is not there. */
  readonly severity?: Severity;
}

interface Params {
  readonly namespace?: string;
  readonly services: readonly Wanted[];
  readonly internal?: boolean;
}

interface Service {
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly body: unknown;
}

function servicesOf(facts: Facts): readonly Service[] {
  return facts.all("kubernetes/service").map(({ id, body }) => {
    const metadata = record(record(body)?.["metadata"]) ?? {};
    const slash = id.indexOf("/");
    return {
      id,
      namespace: text(metadata["namespace"]) ?? id.slice(0, Math.max(slash, 0)),
      name: text(metadata["name"]) ?? id.slice(slash + 1),
      body,
    };
  });
}

const specOf = ({ body }: Service) => field(body, "spec");

/** How a service is reached from outside the cluster; undefined when it is not. Its type decides, not an address that may come later. */
function outside(service: Service): string | undefined {
  const spec = specOf(service);
  const type = text(field(spec, "type")) ?? "ClusterIP";
  if (type === "LoadBalancer" || type === "NodePort") return `its type is ${type}`;
  const external = texts(field(spec, "externalIPs"));
  if (external.length > 0) return `it has external addresses (${external.join(", ")})`;
  const ingress = list(field(field(field(service.body, "status"), "loadBalancer"), "ingress")) ?? [];
  if (ingress.length > 0) return "a load balancer leads to it";
  return type === "ClusterIP" || type === "ExternalName" ? undefined : `its type is ${type}`;
}

function portsOf(service: Service): readonly number[] {
  return (list(field(specOf(service), "ports")) ?? []).flatMap((port) => {
    const number = field(port, "port");
    // what is reached over UDP alone is not the documented port
    return typeof number === "number" && (text(field(port, "protocol")) ?? "TCP") === "TCP" ? [number] : [];
  });
}

/** Whether something answers behind the service. `ready` that is not told counts as ready, as Kubernetes has it. */
function answers(service: Service, facts: Facts): boolean {
  return facts.all("kubernetes/endpoint-slice").some(({ body }) => {
    const metadata = field(body, "metadata");
    const labels = record(record(metadata)?.["labels"]) ?? {};
    return (
      labels["kubernetes.io/service-name"] === service.name &&
      text(field(metadata, "namespace")) === service.namespace &&
      (list(field(body, "endpoints")) ?? []).some(
        (endpoint) => (field(field(endpoint, "conditions"), "ready") ?? true) === true,
      )
    );
  });
}

function show({ namespace, name }: Pick<Service, "namespace" | "name">): string {
  return command("kubectl", "get", "service", name, "--namespace", namespace, "--output", "wide");
}

function missing(
  wanted: Wanted,
  index: number,
  all: readonly Service[],
  params: Params,
  scope: string,
): Observation {
  const others = all.filter(({ name }) => name === wanted.name).map(({ namespace }) => namespace);
  const place = params.namespace === undefined ? "the cluster" : `namespace ${params.namespace}`;
  const there = others.length === 0 ? "" : `: one of that name is in ${others.join(", ")}`;
  return {
    kind: "drift",
    drift: "absent",
    ...(wanted.severity === undefined ? {} : { severity: wanted.severity }),
    resource: {
      type: "Service",
      id: `${scope}#${params.namespace ?? "*"}/${wanted.name}`,
      name: wanted.name,
    },
    message: `there is no service ${wanted.name} in ${place}${there}`,
    property: "service",
    expected: wanted.name,
    actual: null,
    at: `/services/${index}`,
    verify:
      params.namespace === undefined
        ? command("kubectl", "get", "services", "--all-namespaces")
        : command("kubectl", "get", "services", "--namespace", params.namespace),
    remediation: { text: "Deploy it as the document says.", commands: [] },
  };
}

function* judge(
  service: Service,
  wanted: Wanted,
  index: number,
  params: Params,
  facts: Facts,
): Iterable<Observation> {
  const { namespace, name, id } = service;
  const base = {
    resource: { type: "Service", id, name },
    verify: show(service),
    at: `/services/${index}`,
  } as const;
  const how = outside(service);
  if (how !== undefined) {
    const message = `service ${name} in ${namespace} can be reached from outside the cluster: ${how}`;
    yield params.internal === true
      ? {
          ...base,
          kind: "drift",
          drift: "wider",
          severity: "high",
          message: `${message}; the document has it inside alone`,
          property: "reach",
          expected: "ClusterIP without external address",
          actual: text(field(specOf(service), "type")) ?? "ClusterIP",
          remediation: {
            text: "Make it a ClusterIP without external addresses, and reach it by kubectl port-forward.",
            commands: [
              command(
                "kubectl",
                "patch",
                "service",
                name,
                "--namespace",
                namespace,
                "--patch",
                '{"spec":{"type":"ClusterIP","externalIPs":null}}',
              ),
            ],
          },
        }
      : { ...base, kind: "note", drift: "wider", message, property: "reach" };
  }
  const spec = specOf(service);
  if (text(field(spec, "type")) === "ExternalName") {
    yield {
      ...base,
      kind: "drift",
      drift: "changed",
      message: `service ${name} in ${namespace} is only a name for ${text(field(spec, "externalName")) ?? "another host"}, which lies elsewhere`,
      property: "type",
      expected: "ClusterIP",
      actual: "ExternalName",
      remediation: { text: "Deploy the service itself.", commands: [] },
    };
    return;
  }
  const ports = portsOf(service);
  for (const port of wanted.ports ?? []) {
    if (ports.includes(port)) continue;
    yield {
      ...base,
      kind: "drift",
      drift: "missing",
      message: `service ${name} in ${namespace} has no port ${port}: ${ports.length === 0 ? "it has none" : `it has ${ports.join(", ")}`}`,
      property: `port:${port}`,
      expected: port,
      actual: ports,
      remediation: { text: "Give the service the documented port.", commands: [] },
    };
  }
  if (answers(service, facts)) return;
  yield {
    ...base,
    kind: "drift",
    drift: "changed",
    severity: "low",
    message: `nothing answers behind service ${name} in ${namespace}: it has no ready endpoint`,
    property: "endpoints",
    expected: "a ready endpoint",
    actual: 0,
    verify: command(
      "kubectl",
      "get",
      "endpointslices",
      "--namespace",
      namespace,
      "--selector",
      `kubernetes.io/service-name=${name}`,
    ),
    remediation: { text: "Look why its pods do not run or are not ready.", commands: [] },
  };
}

/** The documented services are there, with their ports, and inside the cluster alone. */
export const services: Check = {
  id: "kubernetes/services",
  cloud: "kubernetes",
  title: "The documented services are there, and inside the cluster alone",
  help: `Each service must be there by its name, in the namespace or, without one, in any, with the documented ports. With \`internal\` it must not be reached from outside: a LoadBalancer, a NodePort, or external addresses are \`wider\`; without it they are a note. A load balancer counts by the service's type, whether it has its address already or not.

A service without a ready endpoint is low. Services that the document does not name are no drift.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["services"],
    properties: {
      namespace: { type: "string", minLength: 1, description: "namespace; any when not given" },
      internal: { type: "boolean", description: "none may be reached from outside the cluster" },
      services: {
        type: "array",
        minItems: 1,
        items: {
          type: "object",
          additionalProperties: false,
          required: ["name"],
          properties: {
            profile: { type: "string", description: "only under this profile" },
            name: { type: "string", minLength: 1 },
            ports: { type: "array", items: { type: "integer", minimum: 1, maximum: 65_535 } },
            severity: {
              enum: SEVERITIES,
              description: "how bad it is when it is not there; medium when not given",
            },
          },
        },
      },
    },
  },
  needs: () => ["kubernetes/service", "kubernetes/endpoint-slice"],
  drifts: {
    absent: {
      short: "A documented service is not there.",
      help: "What relies on the service fails. It is not deployed, or lies in another namespace or under another name.",
    },
    missing: {
      short: "A service lacks a documented port.",
      help: "What relies on the port fails. Give the service the documented port.",
    },
    wider: {
      short: "A service can be reached from outside the cluster.",
      help: "The document has the service inside the cluster alone, where no sign-in protects it. Whoever reaches the address has what it serves.",
    },
    changed: {
      short: "A service leads nowhere, or elsewhere.",
      help: "No ready endpoint stands behind the service, or it is only a name for another host.",
    },
  },
  run: function* (facts, rawParams) {
    const params = rawParams as Params;
    const all = servicesOf(facts);
    let count = 0;
    for (const [index, wanted] of params.services.entries()) {
      const found = all.filter(
        ({ name, namespace }) =>
          name === wanted.name && (params.namespace === undefined || namespace === params.namespace),
      );
      if (found.length === 0) yield missing(wanted, index, all, params, facts.scope);
      for (const service of found) yield* judge(service, wanted, index, params, facts);
      count += found.length;
    }
    yield { kind: "assessed", count, what: "services" };
  },
};
