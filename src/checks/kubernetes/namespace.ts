import { field, text } from "../../snapshot/value.ts";
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
    changed: {
      short: "A documented namespace is being deleted.",
      help: "What is in it goes, and nothing can be made there until it is gone.",
    },
  },
  run: function* (facts, params): Iterable<Observation> {
    const { name } = params as Params;
    const all = facts.all("kubernetes/namespace");
    const known = all.map(({ id }) => id);
    const resource = { type: "Namespace", id: name, name };
    if (all.length === 0) {
      yield {
        kind: "unknown",
        resource,
        message:
          "the list of namespaces is empty, without even the server's own: the cluster was not readable",
        property: "namespace",
        decide: "read the namespaces with an identity that may list them",
      };
      return;
    }
    const going = all.some(
      ({ id, body }) =>
        id === name &&
        (text(field(field(body, "metadata"), "deletionTimestamp")) !== undefined ||
          field(field(body, "status"), "phase") === "Terminating"),
    );
    if (going) {
      yield {
        kind: "drift",
        drift: "changed",
        resource,
        message: `namespace ${name} is being deleted, and what is in it with it`,
        property: "deletion",
        expected: "Active",
        actual: "Terminating",
        at: "/name",
        verify: command("kubectl", "get", "namespace", name),
        remediation: {
          text: "Wait until it is gone, make it again and install again what was in it.",
          commands: [command("kubectl", "create", "namespace", name)],
        },
      };
    }
    if (!known.includes(name)) {
      yield {
        kind: "drift",
        drift: "absent",
        resource,
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
