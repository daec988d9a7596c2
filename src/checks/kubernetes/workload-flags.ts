import { isMap, isScalar, parseDocument } from "yaml";
import { matches, starGlob, subject } from "../../access/glob.ts";
import type { Facts } from "../../snapshot/facts.ts";
import { field, text } from "../../snapshot/value.ts";
import { type Workload, workloadsWith } from "../../state/workloads.ts";
import { command } from "../../text/command.ts";
import { flagsIn, type ProgramFlag } from "../../text/flags.ts";
import { UNTRUSTED } from "../../text/yaml.ts";
import type { Observation } from "../../wording/observation.ts";
import type { Check } from "../define.ts";

interface Demand {
  readonly name: string;
  readonly labels: readonly Readonly<Record<string, string>>[];
  /** Of which one is enough: `enable-x`, or `source=a-*`. */
  readonly flags: readonly string[];
  /** A configuration file in which a setting says the same. */
  readonly file?: { readonly argument: string; readonly setting: string };
  readonly message: string;
}

interface Params {
  readonly workloads: readonly Demand[];
}

/** What programs in Go read as no. */
const NO = /^(?:false|0|f)$/i;

/** What the container's start puts a variable in for. */
const VARIABLE = /\$\(\w+\)/;

/** Whether a flag is given: one without a value unless it is switched off again, one with a value by that. */
function given(flags: readonly ProgramFlag[], wanted: string): boolean {
  const [name = "", pattern] = wanted.split("=");
  const own = flags.filter((each) => each.name === name);
  if (pattern === undefined) {
    const last = own.at(-1);
    return last !== undefined && !NO.test(last.value ?? "") && !VARIABLE.test(last.value ?? "");
  }
  const glob = starGlob(pattern);
  return own.some((each) => {
    const value = each.value ?? each.next;
    return value?.split(",").some((part) => matches(glob, subject(part))) ?? false;
  });
}

/** Whether a flag is switched off by name, which counts more than what a file says. */
function isOff(flags: readonly ProgramFlag[], wanted: string): boolean {
  const last = flags.filter(({ name }) => name === wanted).at(-1);
  return last?.value !== undefined && NO.test(last.value);
}

/** A flag whose value, as far as it counts, comes from a variable when the container starts: what it says is not told. */
function variableIn(flags: readonly ProgramFlag[], wanted: string): ProgramFlag | undefined {
  const [name, pattern] = wanted.split("=");
  const own = flags.filter((each) => each.name === name);
  // of a switch the last one counts, and the word behind it is none of its own
  if (pattern === undefined) return own.slice(-1).find(({ value = "" }) => VARIABLE.test(value));
  return own.find(({ value, next }) => VARIABLE.test(value ?? next ?? ""));
}

/** Whether a key on the way to a setting stands there twice: which one counts, the program's own reader would decide. */
function hasTwice(node: unknown, setting: string): boolean {
  const [head, ...rest] = setting.split(".");
  if (head === undefined || !isMap(node)) return false;
  const own = node.items.filter(({ key }) => isScalar(key) && key.value === head);
  return own.length > 1 || (rest.length > 0 && own.some(({ value }) => hasTwice(value, rest.join("."))));
}

/** What the configuration file of a workload says of a setting. */
function saidByFile(
  facts: Facts,
  { namespace, name }: Workload,
  setting: string,
):
  | { readonly kind: "said"; readonly value: unknown; readonly id: string }
  | { readonly kind: "not read"; readonly why: string } {
  const found = facts
    .all("kubernetes/config-map")
    .find(
      ({ id, body }) => id.startsWith(`${namespace}/`) && text(field(field(body, "usedBy"), "name")) === name,
    );
  if (found === undefined) {
    const unread = facts.unread("kubernetes/config-map")[0];
    const why = unread === undefined ? "it is in no config map" : `${unread.api}: ${unread.detail}`;
    return { kind: "not read", why };
  }
  const document = parseDocument(text(field(found.body, "text")) ?? "", { ...UNTRUSTED });
  if (document.errors.length > 0) return { kind: "not read", why: `${found.id} is no YAML` };
  if (hasTwice(document.contents, setting)) {
    return { kind: "not read", why: `${found.id} says ${setting} twice` };
  }
  const value: unknown = document.getIn(setting.split("."));
  return { kind: "said", value, id: found.id };
}

function* judge(facts: Facts, workload: Workload, demand: Demand, at: string): Iterable<Observation> {
  const flags = flagsIn(workload.words);
  if (demand.flags.some((wanted) => given(flags, wanted))) return;
  const id = `${workload.namespace}/${workload.name}`;
  const shown = demand.flags.map((flag) => `--${flag}`).join(" or ");
  const base = {
    resource: { type: "Workload", id, name: workload.name },
    property: `flags:${demand.name}`,
    at,
    verify: command(
      ...["kubectl", "get", "deployment", workload.name, "--namespace", workload.namespace],
      ...["-o", "jsonpath={.spec.template.spec.containers[*].args}"],
    ),
  } as const;
  const { file } = demand;
  const variable = demand.flags.map((wanted) => variableIn(flags, wanted)).find((each) => each !== undefined);
  if (variable !== undefined) {
    yield {
      ...base,
      kind: "unknown",
      message: `${id} is started with --${variable.name} ${variable.value ?? variable.next}, a variable, and variables are not read`,
      decide: `look whether it says ${shown}`,
    };
    return;
  }
  const off = demand.flags.some((wanted) => isOff(flags, wanted));
  if (file !== undefined && !off && flags.some(({ name }) => name === file.argument)) {
    const said = saidByFile(facts, workload, file.setting);
    if (said.kind === "not read") {
      yield {
        ...base,
        kind: "unknown",
        message: `${id} has no ${shown}, and its configuration file (--${file.argument}) could not be read: ${said.why}`,
        decide: `look whether the file says ${file.setting}: true`,
      };
      return;
    }
    if (said.value === true) return;
  }
  const orFile = file === undefined ? "" : `, nor ${file.setting}: true in a configuration file`;
  yield {
    ...base,
    kind: "drift",
    drift: "changed",
    message: `${id} (${demand.name}) is started without ${shown}${orFile}: ${demand.message}`,
    expected: demand.flags.map((flag) => `--${flag}`),
    actual: flags.map(({ name }) => `--${name}`),
    remediation: {
      text: `Set it in the chart's values and upgrade the release: ${shown}.`,
      commands: [],
    },
  };
}

/** Workloads are started with the documented flags, or a configuration file says the same. */
export const workloadFlags: Check = {
  id: "kubernetes/workload-flags",
  cloud: "kubernetes",
  title: "Workloads are started with the documented flags",
  help: `The workload is the one that carries one of the sets of labels, on itself or on its pods. One of the flags must stand among the words of its command and arguments: \`--x\`, \`-x\`, \`--x=true\`; \`--x=false\` is none. A flag with a value (\`source=gateway-*route\`) is matched by its value, \`*\` any text, as \`--source=…\` or in the word behind.

Where a flag names a configuration file, a setting of that file counts as well. It is read out of the config map that the workload mounts; a file that cannot be read is unknown.`,
  params: {
    type: "object",
    additionalProperties: false,
    required: ["workloads"],
    properties: {
      workloads: {
        type: "array",
        minItems: 1,
        items: {
          type: "object",
          additionalProperties: false,
          required: ["name", "labels", "flags", "message"],
          properties: {
            name: { type: "string", minLength: 1, description: "what the document calls it" },
            labels: {
              type: "array",
              minItems: 1,
              items: { type: "object", additionalProperties: { type: "string" } },
              description: "sets of labels of which it carries one",
            },
            flags: {
              type: "array",
              minItems: 1,
              items: { type: "string", minLength: 1 },
              description: "without dashes; one is enough",
            },
            file: {
              type: "object",
              additionalProperties: false,
              required: ["argument", "setting"],
              properties: {
                argument: {
                  type: "string",
                  minLength: 1,
                  description: "flag that names the file, without dashes",
                },
                setting: { type: "string", minLength: 1, description: "dotted path that must be true" },
              },
            },
            message: { type: "string", minLength: 1, description: "what does not work without" },
          },
        },
      },
    },
  },
  needs: (params) => [
    "kubernetes/workload",
    ...((params as Params).workloads.some(({ file }) => file !== undefined)
      ? (["kubernetes/config-map"] as const)
      : []),
  ],
  narrows: (params) => ({
    configFiles: (params as Params).workloads.flatMap(({ labels, file }) =>
      file === undefined ? [] : [{ labels, argument: file.argument }],
    ),
  }),
  tolerates: ["kubernetes/config-map"],
  drifts: {
    changed: {
      short: "A workload is started without a documented flag.",
      help: "It runs, and does not do what the document needs of it. Set the flag in the chart's values.",
    },
    absent: {
      short: "A documented workload is not there.",
      help: "Nothing in the cluster carries its labels. It may have been installed with others.",
    },
  },
  run: function* (facts, rawParams): Iterable<Observation> {
    const { workloads } = rawParams as Params;
    for (const [index, demand] of workloads.entries()) {
      const found = workloadsWith(facts, demand.labels);
      const at = `/workloads/${index}`;
      for (const workload of found) yield* judge(facts, workload, demand, at);
      if (found.length > 0) continue;
      yield {
        kind: "drift",
        drift: "absent",
        resource: { type: "Workload", id: `${facts.scope}#${demand.name}`, name: demand.name },
        message: `there is no workload of ${demand.name} in the cluster (labels ${demand.labels
          .map((set) =>
            Object.entries(set)
              .map(([k, v]) => `${k}=${v}`)
              .join(","),
          )
          .join(" or ")})`,
        property: "workload",
        expected: demand.name,
        actual: null,
        at,
        verify: command("kubectl", "get", "deployments", "--all-namespaces"),
        remediation: { text: `Install ${demand.name}.`, commands: [] },
      };
    }
    yield { kind: "assessed", count: workloads.length, what: "workloads" };
  },
};
