import { visible } from "../../text/visible.ts";
import { isObject, type JsonObject } from "../http/answer.ts";
import { ReadFailure } from "../http/failure.ts";
import { attempt } from "../recorder.ts";
import type { Get } from "./http.ts";

/** What the server serves: a resource or a subresource of one version of a group. */
export interface ApiResource {
  /** `""` is the core group. */
  readonly group: string;
  readonly version: string;
  /** `pods` or `pods/log`. */
  readonly resource: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly kind: string;
}

/** A part of discovery that could not be read: what it has is unknown, which is not the same as not served. */
export interface Unknown {
  /** `<group>/<version>`, `<group>`, or absent: all of it. */
  readonly id?: string;
  readonly path: string;
  readonly failure: ReadFailure;
}

export interface Discovered {
  readonly resources: readonly ApiResource[];
  readonly unknown: readonly Unknown[];
}

/** All of a root in one answer where the server can (1.26 and later), in either version of that answer; else the list of groups. */
const aggregated = [
  ...["v2", "v2beta1"].map(
    (version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
  ),
  "application/json",
].join(",");

/** A name of a group, a version or a resource; a version becomes part of a path. */
const plainName = /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/;

/** Reads what the server serves; what fails is named and does not stop the rest. */
export async function discover(get: Get): Promise<Discovered> {
  const parts = await Promise.all(["/api", "/apis"].map((root) => discoverRoot(get, root)));
  return {
    resources: parts.flatMap((part) => part.resources),
    unknown: parts.flatMap((part) => part.unknown),
  };
}

async function discoverRoot(get: Get, path: string): Promise<Discovered> {
  const unknown: Unknown[] = [];
  const resources = await attempt<readonly ApiResource[]>(
    async () => {
      const body = await get(path, { accept: aggregated });
      if (body["kind"] === "APIGroupDiscoveryList") return groupsOf(body, path, unknown);
      const versions = path === "/api" ? coreVersions(body) : groupVersions(body);
      const lists = await Promise.all(versions.map((version) => readVersion(get, version, unknown)));
      return lists.flat();
    },
    (failure) => {
      unknown.push({ path, failure });
      return undefined;
    },
  );
  return { resources: resources ?? [], unknown };
}

const malformed = (what: string) => new ReadFailure("malformed", what, { status: 200 });

/** The groups of an aggregated answer. A version that the server calls stale is what it knew once: unknown. */
function groupsOf(body: JsonObject, path: string, unknown: Unknown[]): readonly ApiResource[] {
  return listOf(body["items"], `the list of groups of ${path}`).flatMap((item) => {
    const metadata = isObject(item["metadata"]) ? item["metadata"] : {};
    const group = path === "/api" ? "" : metadata["name"];
    if (typeof group !== "string" || (path !== "/api" && group === ""))
      throw malformed(`a group of ${path} has no name`);
    return listOf(item["versions"], `the versions of the group ${quoted(group)}`).flatMap((version) => {
      const name = version["version"];
      if (typeof name !== "string") throw malformed(`a version of the group ${quoted(group)} has no name`);
      const id = `${group}/${name}`;
      try {
        if (version["freshness"] !== undefined && version["freshness"] !== "Current")
          throw new ReadFailure(
            "incomplete",
            `the server could not reach what serves it (${visible(String(version["freshness"])).slice(0, 40)})`,
          );
        return resourcesOf(version, group, name);
      } catch (error) {
        if (!(error instanceof ReadFailure)) throw error;
        unknown.push({ id, path, failure: error });
        return [];
      }
    });
  });
}

function resourcesOf(version: JsonObject, group: string, name: string): readonly ApiResource[] {
  return listOf(version["resources"] ?? [], `the resources of ${quoted(`${group}/${name}`)}`).flatMap(
    (item) => {
      const { resource, scope } = item;
      if (typeof resource !== "string" || (scope !== "Namespaced" && scope !== "Cluster"))
        throw malformed(`a resource of ${quoted(`${group}/${name}`)} has no name or no scope`);
      const whole = { group, version: name, namespaced: scope === "Namespaced" };
      const own = { ...whole, resource, verbs: verbsOf(item), kind: kindOf(item["responseKind"]) };
      const below = listOf(item["subresources"] ?? [], `the subresources of ${quoted(resource)}`).map(
        (sub) => {
          if (typeof sub["subresource"] !== "string")
            throw malformed(`a subresource of ${quoted(resource)} has no name`);
          return {
            ...whole,
            resource: `${resource}/${sub["subresource"]}`,
            verbs: verbsOf(sub),
            kind: kindOf(sub["responseKind"]),
          };
        },
      );
      return [own, ...below];
    },
  );
}

interface Version {
  readonly group: string;
  readonly version: string;
  readonly path: string;
}

function coreVersions(body: JsonObject): readonly Version[] {
  const versions = body["kind"] === "APIVersions" ? body["versions"] : undefined;
  if (!Array.isArray(versions)) throw malformed("answered 200 with something else than the versions of /api");
  return versions.map((version: unknown) => ({
    group: "",
    version: plain(version),
    path: `/api/${plain(version)}`,
  }));
}

function groupVersions(body: JsonObject): readonly Version[] {
  if (body["kind"] !== "APIGroupList")
    throw malformed("answered 200 with something else than an APIGroupList");
  return listOf(body["groups"], "the list of groups of /apis").flatMap((item) => {
    const group = plain(item["name"]);
    return listOf(item["versions"], `the versions of the group ${quoted(group)}`).map((entry) => {
      const version = plain(entry["version"]);
      return { group, version, path: `/apis/${group}/${version}` };
    });
  });
}

function plain(value: unknown): string {
  if (typeof value === "string" && plainName.test(value)) return value;
  throw malformed(`${quoted(String(value))} is no name of a group or a version`);
}

async function readVersion(
  get: Get,
  { group, version, path }: Version,
  unknown: Unknown[],
): Promise<readonly ApiResource[]> {
  const found = await attempt<readonly ApiResource[]>(
    async () => {
      const body = await get(path);
      if (body["kind"] !== "APIResourceList")
        throw malformed("answered 200 with something else than an APIResourceList");
      return listOf(body["resources"], `the resources of ${path}`).map((item) => {
        const { name, namespaced } = item;
        if (typeof name !== "string" || typeof namespaced !== "boolean")
          throw malformed(`a resource of ${path} has no name or no scope`);
        const kind = typeof item["kind"] === "string" ? item["kind"] : "";
        return { group, version, resource: name, namespaced, verbs: verbsOf(item), kind };
      });
    },
    (failure) => {
      unknown.push({ id: `${group}/${version}`, path, failure });
      return undefined;
    },
  );
  return found ?? [];
}

/** A list of objects; Go writes an empty one as `null`. */
function listOf(value: unknown, what: string): readonly JsonObject[] {
  if (value === null) return [];
  if (Array.isArray(value) && value.every(isObject)) return value;
  throw malformed(`${what} is no list of objects`);
}

function verbsOf(item: JsonObject): readonly string[] {
  const { verbs } = item;
  return Array.isArray(verbs) ? verbs.filter((verb) => typeof verb === "string") : [];
}

function kindOf(value: unknown): string {
  return isObject(value) && typeof value["kind"] === "string" ? value["kind"] : "";
}

function quoted(text: string): string {
  return JSON.stringify(visible(text).slice(0, 100));
}
