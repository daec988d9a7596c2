import { record, text } from "../../snapshot/value.ts";
import { didYouMean } from "../../text/nearest.ts";

/** A property of an object of Kubernetes, whose names are case-sensitive; own properties only. */
export function member(value: unknown, name: string): unknown {
  const object = record(value);
  return object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;
}

/** A member that none of these is and that was meant for one: what it was to say is not known. */
export function oddMember(value: unknown, known: readonly string[]): string | undefined {
  const odd = Object.keys(record(value) ?? {}).find(
    (key) => !known.includes(key) && didYouMean(key, known) !== "",
  );
  return odd === undefined ? undefined : `"${odd}" is no member of it${didYouMean(odd, known)}`;
}

/** A list of strings; `[]` for null or absent, as Kubernetes reads both; `undefined` for anything else. */
export function textsOf(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every((item) => typeof item === "string")) return undefined;
  return value as readonly string[];
}

/** Name and namespace of an object: by its metadata, else by the id under which it was recorded. */
export function placeOf(id: string, body: unknown): { readonly name: string; readonly namespace?: string } {
  const metadata = member(body, "metadata");
  const cut = id.indexOf("/");
  const name = text(member(metadata, "name")) ?? id.slice(cut + 1);
  const namespace = text(member(metadata, "namespace")) ?? (cut > 0 ? id.slice(0, cut) : undefined);
  return namespace === undefined ? { name } : { name, namespace };
}

/** Whether an object is one of the server's own, by its label (Kubernetes documentation, "Using RBAC authorization"). */
export function isBootstrap(body: unknown): boolean {
  return (
    member(member(member(body, "metadata"), "labels"), "kubernetes.io/bootstrapping") === "rbac-defaults"
  );
}
