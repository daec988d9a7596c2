import { describe, expect, it } from "vitest";
import type { State } from "../../worlds/helm-state.ts";
import { found } from "../installation.ts";

describe("kubernetes/namespace", () => {
  it.each<[string, object, number]>([
    [
      "terminating by its phase",
      { metadata: { name: "chalk-metadata" }, status: { phase: "Terminating" } },
      1,
    ],
    ["no time of deletion", { metadata: { name: "chalk-metadata", deletionTimestamp: null } }, 0],
  ])("%s", (_, body, count) => {
    const change = { "kubernetes/namespace": { "chalk-metadata": body } } as State;
    expect(found("metadata-namespace", change)).toHaveLength(count);
  });

  it.each<[string, string, State, readonly string[]]>([
    [
      "metadata-namespace",
      "not there",
      { "kubernetes/namespace": { "chalk-metadata": undefined } },
      [
        "absent medium | there is no namespace chalk-metadata | kubectl get namespace chalk-metadata | kubectl create namespace chalk-metadata",
      ],
    ],
    [
      "metadata-namespace",
      "being deleted",
      {
        "kubernetes/namespace": {
          "chalk-metadata": {
            metadata: { name: "chalk-metadata", deletionTimestamp: "2026-11-28T00:00:00Z" },
          },
        },
      },
      [
        "changed medium | namespace chalk-metadata is being deleted, and what is in it with it | kubectl get namespace chalk-metadata | kubectl create namespace chalk-metadata",
      ],
    ],
    [
      "metadata-namespace",
      "no namespace at all (fault 40)",
      { "kubernetes/namespace": undefined },
      [
        "unknown | the list of namespaces is empty, without even the server's own: the cluster was not readable; to decide: read the namespaces with an identity that may list them | ",
      ],
    ],
  ])("%s: %s, with how to see it and what mends it", (control, _, change, expected) => {
    expect(found(control, change)).toEqual(expected);
  });

  it.each(["metadata-namespace"])("%s: nothing of the installation as documented", (control) => {
    expect(found(control, {})).toEqual([]);
  });
});
