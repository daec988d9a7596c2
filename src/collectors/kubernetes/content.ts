import { scrub, scrubbed } from "../../snapshot/scrub.ts";
import { isObject, type JsonObject } from "../http/answer.ts";
import { nameOf } from "./pages.ts";

/**
 * What is kept of an object. Anybody can write anything into a pod's variables, into annotations (kubectl keeps a copy of
 * the whole object in one) and into a node's start script, so of those objects only the named parts stay.
 */

/** A member as an object; empty when it is none. */
export function objectIn(object: JsonObject, name: string): JsonObject {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return isObject(value) ? value : {};
}

/** A member as a list of objects; empty when it is none. */
export function objectsIn(object: JsonObject, name: string): readonly JsonObject[] {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The members of these names that are there. */
export function pick(object: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => (Object.hasOwn(object, name) ? [[name, object[name]] as const] : [])),
  );
}

/** A part that holds something, by its name; nothing when it is empty. */
function part(name: string, value: JsonObject | readonly unknown[]): JsonObject {
  return Object.keys(value).length === 0 ? {} : { [name]: value };
}

/** `<namespace>/<name>`, or `<name>` of what has none. */
export function idOf(item: JsonObject): string {
  const { namespace } = objectIn(item, "metadata");
  const name = nameOf(item) ?? "";
  return typeof namespace === "string" && namespace !== "" ? `${namespace}/${name}` : name;
}

/** Metadata without the records of who changed what, and of annotations only those named. */
export function metadataOf(item: JsonObject, annotations: readonly string[] = []): JsonObject {
  const { annotations: _, managedFields: __, ...kept } = objectIn(item, "metadata");
  const own = pick(objectIn(objectIn(item, "metadata"), "annotations"), ...annotations);
  return { ...kept, ...part("annotations", own) };
}

/** All of it but annotations and who changed what. */
export function wholeOf(item: JsonObject): JsonObject {
  const { apiVersion: _, kind: __, metadata: ___, ...rest } = item;
  return { metadata: metadataOf(item), ...rest };
}

/** Which role of AWS a service account is bound to (IAM roles for service accounts). */
const awsRole = "eks.amazonaws.com/role-arn";

export function serviceAccountOf(item: JsonObject): JsonObject {
  return { metadata: metadataOf(item, [awsRole]) };
}

/** How a pod fares, and whose it is. */
export function podOf(item: JsonObject): JsonObject {
  const status = objectIn(item, "status");
  const { name, namespace, labels, ownerReferences, deletionTimestamp } = objectIn(item, "metadata");
  const statuses = objectsIn(status, "containerStatuses").map((each) => {
    const waiting = pick(objectIn(objectIn(each, "state"), "waiting"), "reason");
    return { ...pick(each, "name", "ready"), ...part("state", part("waiting", waiting)) };
  });
  return {
    metadata: defined({ name, namespace, labels, ownerReferences, deletionTimestamp }),
    ...part("spec", pick(objectIn(item, "spec"), "serviceAccountName")),
    status: {
      ...pick(status, "phase", "reason"),
      ...part(
        "conditions",
        objectsIn(status, "conditions").map((each) => pick(each, "type", "status")),
      ),
      ...part("containerStatuses", statuses),
    },
  };
}

/** By which Helm marks what belongs to a release, whatever the chart's labels are (since Helm 3.2). */
const helmAnnotations = ["meta.helm.sh/release-name", "meta.helm.sh/release-namespace"];

/** What is deployed, without its variables; arguments without what a name or a form shows to be a secret. */
export function workloadOf(item: JsonObject): JsonObject {
  const spec = objectIn(item, "spec");
  const template = objectIn(spec, "template");
  const pod = objectIn(template, "spec");
  const { name, namespace, labels, annotations } = metadataOf(item, helmAnnotations);
  const containers = objectsIn(pod, "containers").map((each) => ({
    ...pick(each, "name", "image"),
    ...part("command", argumentsOf(each["command"])),
    ...part("args", argumentsOf(each["args"])),
    ...part(
      "volumeMounts",
      objectsIn(each, "volumeMounts").map((mount) => pick(mount, "name", "mountPath", "subPath")),
    ),
  }));
  const volumes = objectsIn(pod, "volumes").flatMap((each): readonly JsonObject[] => {
    const own = configMapOf(each);
    const sources = objectsIn(objectIn(each, "projected"), "sources").flatMap((source) => {
      const inner = configMapOf(source);
      return inner === undefined ? [] : [inner];
    });
    if (own !== undefined) return [{ ...pick(each, "name"), ...own }];
    return sources.length === 0 ? [] : [{ ...pick(each, "name"), projected: { sources } }];
  });
  return {
    metadata: defined({ name, namespace, labels, annotations }),
    spec: {
      ...pick(spec, "replicas", "selector"),
      template: {
        metadata: pick(objectIn(template, "metadata"), "labels"),
        spec: { ...pick(pod, "serviceAccountName"), containers, ...part("volumes", volumes) },
      },
    },
    status: pick(
      objectIn(item, "status"),
      ...["replicas", "readyReplicas", "updatedReplicas", "availableReplicas"],
      ...["desiredNumberScheduled", "numberReady"],
    ),
  };
}

function configMapOf(volume: JsonObject): JsonObject | undefined {
  const map = objectIn(volume, "configMap");
  return typeof map["name"] === "string" ? { configMap: pick(map, "name", "items") } : undefined;
}

export function serviceOf(item: JsonObject): JsonObject {
  const { name, namespace, labels } = metadataOf(item);
  return {
    metadata: defined({ name, namespace, labels }),
    spec: pick(
      objectIn(item, "spec"),
      ...["type", "ports", "externalIPs", "externalName", "selector", "clusterIP", "loadBalancerClass"],
    ),
    status: part("loadBalancer", objectIn(objectIn(item, "status"), "loadBalancer")),
  };
}

/** Which service a slice is of, and which of its endpoints are ready, without their addresses. */
export function endpointSliceOf(item: JsonObject): JsonObject {
  const { name, namespace, labels } = metadataOf(item);
  return {
    metadata: defined({ name, namespace, labels }),
    endpoints: objectsIn(item, "endpoints").map((each) => ({
      conditions: pick(objectIn(each, "conditions"), "ready"),
    })),
  };
}

/** A node class without the script that its nodes are started with. */
export function nodeClassOf(item: JsonObject): JsonObject {
  const { userData: _, ...spec } = objectIn(item, "spec");
  return { metadata: metadataOf(item), spec, ...pick(item, "status") };
}

/**
 * The words of a command without secrets, which the snapshot's own scrubbing finds where a name stands before them. A
 * word may be a script, or JSON behind an option: those are looked through too, and a header's credentials go.
 */
export function argumentsOf(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  const words = value.filter((word) => typeof word === "string");
  return (scrub(words) as readonly string[]).map(withoutInner);
}

const credentials = /\b((?:bearer|basic|token)\s+)[^\s"',;]+/gi;

function withoutInner(word: string): string {
  const [, option = "", inside] = /^(--?[\w.-]+=)\s*([[{].*)$/s.exec(word) ?? [];
  if (inside !== undefined) return `${option}${String(scrub(inside))}`;
  if (!/\s/.test(word)) return word;
  const clean = scrub(word.replace(credentials, `$1${scrubbed}`).split(/\s+/)) as readonly string[];
  return clean.join(" ");
}

function defined(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
