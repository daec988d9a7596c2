import { gzipSync } from "node:zlib";
import type { Body } from "./kubernetes-state.ts";

/** What must be found nowhere but on the server: in values, variables, annotations, rendered objects. */
export const CANARY = "canary-h2-9c41";

const base64 = (text: string | Buffer) => Buffer.from(text).toString("base64");

interface SecretShape {
  readonly type?: string;
  readonly labels?: Body;
  readonly version?: string;
  /** Who wrote which field; absent: one manager wrote all keys. */
  readonly managedFields?: unknown;
}

/** A secret as `kubectl apply` leaves it: its values stand in an annotation too. */
export function secret(
  namespace: string,
  name: string,
  keys: readonly string[],
  { type = "Opaque", labels, version = "7", managedFields = [written(keys)] }: SecretShape = {},
): Body {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      ...{ name, namespace, resourceVersion: version },
      ...(labels === undefined ? {} : { labels }),
      annotations: { "kubectl.kubernetes.io/last-applied-configuration": `{"data":{"x":"${CANARY}"}}` },
      managedFields,
    },
    type,
    data: Object.fromEntries(keys.map((key) => [key, base64(CANARY)])),
  };
}

/** An entry of `managedFields`. */
export function written(keys: readonly string[], under = "f:data"): Body {
  const fields = Object.fromEntries(keys.map((key) => [`f:${key}`, {}]));
  return {
    ...{ manager: "kubectl", operation: "Update", apiVersion: "v1", fieldsType: "FieldsV1" },
    fieldsV1: { [under]: { ".": {}, ...fields }, "f:type": {} },
  };
}

export interface ReleaseShape {
  readonly name?: string;
  readonly namespace?: string;
  readonly revision?: number;
  readonly status?: string;
  readonly chart?: string;
  readonly version?: string;
  readonly storage?: "secret" | "configmap";
  /** In place of the record that Helm would write. */
  readonly record?: string;
}

/** Helm's record of a release, as `helm` writes it. */
export function recordOf(shape: ReleaseShape): Body {
  const { name = "app", namespace = "team", revision = 1, status = "deployed" } = shape;
  const { chart = "app", version = "1.2.3" } = shape;
  return {
    ...{ name, namespace, version: revision },
    info: { status, last_deployed: "2026-11-20T08:00:00Z", notes: CANARY },
    chart: {
      metadata: { name: chart, version, appVersion: "9.9", apiVersion: "v2" },
      values: { password: CANARY },
      templates: [{ name: "x", data: CANARY }],
    },
    config: { database: { password: CANARY } },
    manifest: `kind: Secret\nstringData:\n  a: ${CANARY}\n`,
  };
}

/** base64 of the gzipped record, as a config map has it and a secret once more. */
export function packed(record: string | Buffer): string {
  return base64(gzipSync(record));
}

/** The object in which Helm keeps one revision. */
export function release(shape: ReleaseShape = {}): Body {
  const { name = "app", namespace = "team", revision = 1, status = "deployed", storage = "secret" } = shape;
  const record = shape.record ?? packed(JSON.stringify(recordOf(shape)));
  const labels = { name, owner: "helm", status, version: String(revision) };
  const metadata = { name: `sh.helm.release.v1.${name}.v${revision}`, namespace, labels };
  return storage === "secret"
    ? {
        ...{ apiVersion: "v1", kind: "Secret", metadata, type: "helm.sh/release.v1" },
        data: { release: base64(record) },
      }
    : { apiVersion: "v1", kind: "ConfigMap", metadata, data: { release: record } };
}
