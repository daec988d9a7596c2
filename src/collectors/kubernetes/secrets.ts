import { kubernetesKinds } from "../../snapshot/kinds/kubernetes.ts";
import { isObject, type JsonObject } from "../http/answer.ts";
import { ReadFailure } from "../http/failure.ts";
import { attempt } from "../recorder.ts";
import { saysAbsent } from "./answer.ts";
import { objectIn, objectsIn, pick } from "./content.ts";
import type { Get } from "./http.ts";
import { type Named, namedIn } from "./names.ts";
import type { ClusterReading } from "./recorder.ts";

const kind = "kubernetes/secret";
const table = "application/json;as=Table;g=meta.k8s.io;v=v1";
const metadata = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

/** The named secrets, each without its values. There is no list: whoever may list secrets reads them all. */
export async function readSecrets(reading: ClusterReading): Promise<void> {
  const { recorder, plan, progress, get } = reading;
  const [call] = kubernetesKinds[kind].calls;
  const named = namedIn(plan, kind);
  if (named === undefined) {
    const why = "secrets are read by their names alone, and a control looks at all of them";
    recorder.miss(kind, call, new ReadFailure("unsupported", why));
    return;
  }
  progress(`reading ${kubernetesKinds[kind].title}`);
  await Promise.all(
    named.map(async (one) => {
      const id = `${one.namespace}/${one.name}`;
      const path = pathOf(one);
      const body = await attempt(
        () => readSecret(get, one),
        (failure) => {
          // That it is not there is what was to be found out.
          if (!saysAbsent(failure)) recorder.miss(kind, call, failure, { id, path });
          return undefined;
        },
      );
      if (body !== undefined) recorder.keep(kind, id, body);
    }),
  );
}

function pathOf({ namespace, name }: Named): string {
  return `/api/v1/namespaces/${namespace}/secrets/${name}`;
}

/** What `kubectl get secret` prints: the type and how many keys there are, and nothing of the object itself. */
interface Row {
  readonly type: string | undefined;
  readonly count: number;
  readonly version: unknown;
}

/**
 * The names of a secret's keys. The server's own table says how many there are; the record of who wrote which field
 * names them, where it is whole: it is absent when somebody took it away, and lacks what was applied as `stringData`.
 * Names that are not as many, or of another version of the object, are not believed; then the secret comes whole and
 * its values end here. (Metadata has kubectl's copy of what was applied last, values included, which ends here too.)
 */
async function readSecret(get: Get, one: Named): Promise<JsonObject> {
  const path = pathOf(one);
  const row = await rowOf(get, path);
  if (row !== undefined) {
    if (row.count === 0) return bodyOf(one, row.type, []);
    const own = objectIn(await get(path, { accept: metadata }), "metadata");
    const keys = keysIn(own);
    if (keys.length === row.count && own["resourceVersion"] === row.version)
      return bodyOf(one, row.type, keys);
  }
  const { type, data, kind: what } = await get(path);
  if (what !== "Secret" || (data !== undefined && data !== null && !isObject(data)))
    throw new ReadFailure("malformed", "answered 200 with something else than a Secret", { status: 200 });
  return bodyOf(one, typeof type === "string" ? type : undefined, Object.keys(data ?? {}));
}

/** Undefined where the server does not tell it as a table. */
async function rowOf(get: Get, path: string): Promise<Row | undefined> {
  const body = await attempt(
    () => get(path, { accept: table, query: { includeObject: "None" } }),
    (failure) => {
      if (failure.status === 406) return undefined;
      throw failure;
    },
  );
  if (body === undefined || body["kind"] !== "Table") return undefined;
  const columns = objectsIn(body, "columnDefinitions").map(({ name }) => name);
  const [row, ...more] = objectsIn(body, "rows");
  const cells = row?.["cells"];
  if (!Array.isArray(cells) || more.length > 0) return undefined;
  const count: unknown = cells[columns.indexOf("Data")];
  const type: unknown = cells[columns.indexOf("Type")];
  if (typeof count !== "number") return undefined;
  const version = objectIn(body, "metadata")["resourceVersion"];
  return { type: typeof type === "string" ? type : undefined, count, version };
}

/** The keys that the managers of an object have written, by `fieldsV1`. */
function keysIn(own: JsonObject): readonly string[] {
  const fields = objectsIn(own, "managedFields").map((entry) => objectIn(entry, "fieldsV1"));
  const names = fields.flatMap((each) => Object.keys(objectIn(each, "f:data")));
  return [...new Set(names)].filter((name) => name.startsWith("f:")).map((name) => name.slice(2));
}

function bodyOf({ namespace, name }: Named, type: string | undefined, keys: readonly string[]): JsonObject {
  const own = { apiVersion: "v1", kind: "Secret", metadata: { name, namespace } };
  return { ...own, ...pick({ type }, ...(type === undefined ? [] : ["type"])), keys: [...keys].sort() };
}
