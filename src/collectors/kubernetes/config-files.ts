import { isMap, parseDocument } from "yaml";
import { kubernetesKinds } from "../../snapshot/kinds/kubernetes.ts";
import { scrub } from "../../snapshot/scrub.ts";
import { flagsIn } from "../../text/flags.ts";
import type { ConfigFile } from "../define.ts";
import { isObject, type JsonObject } from "../http/answer.ts";
import { ReadFailure } from "../http/failure.ts";
import { attempt } from "../recorder.ts";
import { saysAbsent } from "./answer.ts";
import { objectIn, objectsIn } from "./content.ts";
import { isName, isNamespace } from "./names.ts";
import { nameOf } from "./pages.ts";
import type { ClusterReading } from "./recorder.ts";

const kind = "kubernetes/config-map";

/** A key of a config map, and which container of which workload is told to read it. */
interface Wanted {
  readonly namespace: string;
  readonly map: string;
  readonly key: string;
  readonly usedBy: {
    readonly kind: string;
    readonly name: string;
    readonly container: string;
    readonly argument: string;
  };
}

/**
 * The configuration files that the plan asks for: of each workload with such labels the file behind the argument, where a
 * config map is mounted there. A file of another origin (an image, a secret) is none of ours to read.
 */
export async function readConfigFiles(
  workloads: readonly JsonObject[],
  reading: ClusterReading,
): Promise<void> {
  const { recorder, plan, get, progress } = reading;
  const [call] = kubernetesKinds[kind].calls;
  const files = workloads.flatMap((workload) =>
    (plan.configFiles ?? []).flatMap((file) => (matches(workload, file) ? wantedBy(workload, file) : [])),
  );
  if (files.length > 0) progress(`reading ${kubernetesKinds[kind].title}`);
  await Promise.all(
    files.map(async ({ namespace, map, key, usedBy }) => {
      const id = `${namespace}/${map}`;
      const path = call.path.replace("{namespace}", namespace).replace("{name}", map);
      const text = await attempt(
        async () => textIn(await get(path), key),
        (failure) => {
          if (!saysAbsent(failure)) recorder.miss(kind, call, failure, { id, path });
          return undefined;
        },
      );
      if (text === undefined) return;
      const own = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: map, namespace } };
      recorder.keep(kind, id, { ...own, usedBy, key, text });
    }),
  );
}

function matches(workload: JsonObject, { labels }: ConfigFile): boolean {
  const own = objectIn(objectIn(workload, "metadata"), "labels");
  return labels.some((set) => Object.entries(set).every(([name, value]) => own[name] === value));
}

function wantedBy(workload: JsonObject, { argument }: ConfigFile): readonly Wanted[] {
  const { namespace } = objectIn(workload, "metadata");
  const pod = objectIn(objectIn(objectIn(workload, "spec"), "template"), "spec");
  if (typeof namespace !== "string" || !isNamespace(namespace)) return [];
  return objectsIn(pod, "containers").flatMap((container): readonly Wanted[] => {
    const words = [container["command"], container["args"]].flat().filter((word) => typeof word === "string");
    const flag = flagsIn(words).findLast(({ name }) => name === argument.replace(/^-+/, ""));
    const file = flag?.value ?? flag?.next;
    const source = file === undefined ? undefined : sourceOf(file, container, objectsIn(pod, "volumes"));
    if (source === undefined || !isName(source.map)) return [];
    const usedBy = {
      kind: String(workload["kind"]),
      name: nameOf(workload) ?? "",
      container: nameOf({ metadata: container }) ?? "",
      argument,
    };
    return [{ namespace, ...source, usedBy }];
  });
}

/** Which key of which config map is mounted as this file; the deepest mount is the one that counts. */
function sourceOf(
  file: string,
  container: JsonObject,
  volumes: readonly JsonObject[],
): { readonly map: string; readonly key: string } | undefined {
  const [mount] = objectsIn(container, "volumeMounts")
    .map(({ name, mountPath, subPath }) => ({
      name,
      at: typeof mountPath === "string" ? mountPath.replace(/\/+$/, "") : "",
      subPath,
    }))
    .filter(({ at }) => at !== "" && (file === at || file.startsWith(`${at}/`)))
    .sort((a, b) => b.at.length - a.at.length);
  if (mount === undefined) return undefined;
  const below = file.slice(mount.at.length + 1);
  const inside = [mount.subPath, below].filter((each) => typeof each === "string" && each !== "").join("/");
  const volume = volumes.find(({ name }) => name === mount.name) ?? {};
  const sources = [volume, ...objectsIn(objectIn(volume, "projected"), "sources")];
  for (const source of sources) {
    const map = objectIn(source, "configMap");
    const { name } = map;
    if (typeof name !== "string") continue;
    if (!Array.isArray(map["items"])) return { map: name, key: inside };
    const item = objectsIn(map, "items").find(({ path }) => path === inside);
    if (typeof item?.["key"] === "string") return { map: name, key: item["key"] };
  }
  return undefined;
}

/** The settings in one key, without secrets; undefined when the map has no such key. */
function textIn(body: JsonObject, key: string): string | undefined {
  const { data } = body;
  if (body["kind"] !== "ConfigMap" || (data !== undefined && data !== null && !isObject(data)))
    throw new ReadFailure("malformed", "answered 200 with something else than a ConfigMap", { status: 200 });
  const text = isObject(data) && Object.hasOwn(data, key) ? data[key] : undefined;
  return typeof text === "string" ? withoutSecrets(text) : undefined;
}

/** The settings as JSON, which is YAML of one line: a snapshot keeps no line breaks, and only what has a name can be scrubbed. */
function withoutSecrets(text: string): string {
  try {
    const document = parseDocument(text, { schema: "core", uniqueKeys: true });
    if (document.errors.length > 0 || !isMap(document.contents)) throw new Error("no settings");
    return JSON.stringify(scrub(document.toJS({ maxAliasCount: 20 })));
  } catch {
    throw new ReadFailure("malformed", "the configuration file is no YAML with settings in it", {
      status: 200,
    });
  }
}
