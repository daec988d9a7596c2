import { describe, expect, it } from "vitest";
import { cluster, edited, type State } from "../../worlds/helm-state.ts";
import { found } from "../installation.ts";

describe("kubernetes/secret-keys", () => {
  it.each<[string, string, State, readonly string[]]>([
    [
      "database-secret",
      "not there",
      { "kubernetes/secret": { "chalk-metadata/metadata-plane-secrets": undefined } },
      [
        "absent medium | there is no secret chalk-metadata/metadata-plane-secrets | kubectl describe secret metadata-plane-secrets --namespace chalk-metadata | kubectl create secret generic metadata-plane-secrets --namespace chalk-metadata --from-env-file metadata-plane-secrets.env",
      ],
    ],
    [
      "database-secret",
      "a key is missing",
      edited(cluster, "kubernetes/secret", "chalk-metadata/metadata-plane-secrets", {
        keys: ["POSTGRES_DB"],
      }),
      [
        "absent medium | secret chalk-metadata/metadata-plane-secrets has no key POSTGRES_HOST: it has POSTGRES_DB | kubectl describe secret metadata-plane-secrets --namespace chalk-metadata | kubectl edit secret metadata-plane-secrets --namespace chalk-metadata",
        "absent medium | secret chalk-metadata/metadata-plane-secrets has no key POSTGRES_PASSWORD: it has POSTGRES_DB | kubectl describe secret metadata-plane-secrets --namespace chalk-metadata | kubectl edit secret metadata-plane-secrets --namespace chalk-metadata",
        "absent medium | secret chalk-metadata/metadata-plane-secrets has no key POSTGRES_USER: it has POSTGRES_DB | kubectl describe secret metadata-plane-secrets --namespace chalk-metadata | kubectl edit secret metadata-plane-secrets --namespace chalk-metadata",
      ],
    ],
  ])("%s: %s, with how to see it and what mends it", (control, _, change, expected) => {
    expect(found(control, change)).toEqual(expected);
  });

  it.each(["database-secret"])("%s: nothing of the installation as documented", (control) => {
    expect(found(control, {})).toEqual([]);
  });
});
