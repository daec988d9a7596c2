import { field, textList } from "../../snapshot/value.ts";
import { command } from "../../text/command.ts";
import type { Observation } from "../../wording/observation.ts";
import type { Check } from "../define.ts";

interface Params {
  readonly namespace: string;
  readonly name: string;
  readonly keys: readonly string[];
  readonly orAbsent?: string;
}

const idOf = ({ namespace, name }: Params) => `${namespace}/${name}`;

/** A Secret has the documented keys; what they hold is never looked at. */
export const secretKeys: Check = {
  id: "kubernetes/secret-keys",
  cloud: "kubernetes",
  title: "A Secret has the documented keys",
  help: `The Secret must be there and have every key; more keys are no drift. Only the names of its keys are looked at: they come by a request that brings no values wherever the server tells them so, and values that come all the same are dropped before anything else sees them.

With \`orAbsent\` a Secret that is not there is a note; one that lacks a key is drift all the same.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["namespace", "name", "keys"],
    properties: {
      namespace: { type: "string", minLength: 1 },
      name: { type: "string", minLength: 1, description: "name of the Secret" },
      keys: {
        type: "array",
        minItems: 1,
        items: { type: "string", minLength: 1 },
        description: "names of keys",
      },
      orAbsent: { type: "string", minLength: 1, description: "when it need not be there, for people" },
    },
  },
  needs: () => ["kubernetes/secret"],
  narrows: (params) => ({ names: { "kubernetes/secret": [idOf(params as Params)] } }),
  drifts: {
    absent: {
      short: "A documented Secret, or a key of it, is not there.",
      help: "What reads it does not start, or starts without what the key was for. Make the Secret with all its keys; nobody needs to see the values of the others for that.",
    },
  },
  run: function* (facts, rawParams): Iterable<Observation> {
    const params = rawParams as Params;
    const id = idOf(params);
    const resource = { type: "Secret", id, name: params.name };
    const where = ["--namespace", params.namespace] as const;
    const verify = command("kubectl", "describe", "secret", params.name, ...where);
    const found = facts.all("kubernetes/secret").find((document) => document.id === id);
    if (found === undefined) {
      const unread = facts.unread("kubernetes/secret", id)[0];
      if (unread !== undefined) {
        yield {
          kind: "unknown",
          resource,
          message: `secret ${id} could not be read: ${unread.api}: ${unread.detail}`,
          property: "secret",
          decide: `grant the scanner ${unread.permission ?? "get secrets"}`,
        };
        return;
      }
      const message = `there is no secret ${id}`;
      const base = { resource, property: "secret", at: "/name", verify } as const;
      if (params.orAbsent !== undefined) {
        yield {
          ...base,
          kind: "note",
          drift: "absent",
          absent: true,
          message: `${message}; ${params.orAbsent}`,
        };
        return;
      }
      yield {
        ...base,
        kind: "drift",
        drift: "absent",
        message,
        expected: params.keys,
        actual: null,
        remediation: {
          text: `Make it from a file with the keys ${params.keys.join(", ")}, and delete the file.`,
          commands: [
            command(
              "kubectl",
              "create",
              "secret",
              "generic",
              params.name,
              ...where,
              "--from-env-file",
              `${params.name}.env`,
            ),
          ],
        },
      };
      return;
    }
    const keys = textList(field(found.body, "keys"));
    for (const [index, key] of params.keys.entries()) {
      if (keys.includes(key)) continue;
      yield {
        kind: "drift",
        drift: "absent",
        resource,
        message: `secret ${id} has no key ${key}: it has ${keys.join(", ") || "none"}`,
        property: `key:${key}`,
        expected: key,
        actual: keys,
        at: `/keys/${index}`,
        verify,
        remediation: {
          text: `Add the key ${key} (a patch with stringData keeps the others).`,
          commands: [command("kubectl", "edit", "secret", params.name, ...where)],
        },
      };
    }
    yield { kind: "assessed", count: params.keys.length, what: "keys" };
  },
};
