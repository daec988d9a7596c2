import { command } from "../../text/command.ts";
import { didYouMean } from "../../text/nearest.ts";
import type { Observation } from "../../wording/observation.ts";
import type { Check } from "../define.ts";

interface Params {
  readonly name: string;
}

/** A namespace of the documented name exists. */
export const namespace: Check = {
  id: "kubernetes/namespace",
  cloud: "kubernetes",
  title: "A namespace exists",
  help: "The cluster must have a namespace of that name. Names compare exactly; the nearest one that is there is said.",
  params: {
    type: "object",
    additionalProperties: false,
    required: ["name"],
    properties: { name: { type: "string", minLength: 1, description: "name of the namespace" } },
  },
  needs: () => ["kubernetes/namespace"],
  drifts: {
    absent: {
      short: "A documented namespace does not exist.",
      help: "What is installed in it is not there either, or was installed elsewhere, where what the document says of it does not hold.",
    },
  },
  run: function* (facts, params): Iterable<Observation> {
    const { name } = params as Params;
    const known = facts.all("kubernetes/namespace").map(({ id }) => id);
    if (!known.includes(name)) {
      yield {
        kind: "drift",
        drift: "absent",
        resource: { type: "Namespace", id: name, name },
        message: `there is no namespace ${name}${didYouMean(name, known)}`,
        property: "namespace",
        expected: name,
        actual: null,
        at: "/name",
        verify: command("kubectl", "get", "namespace", name),
        remediation: {
          text: "Make the namespace, or audit the cluster in which it is.",
          commands: [command("kubectl", "create", "namespace", name)],
        },
      };
    }
    yield { kind: "assessed", count: 1, what: "namespaces" };
  },
};
