import { describe, expect, it } from "vitest";
import type { State } from "../../worlds/helm-state.ts";
import { found } from "../installation.ts";

describe("kubernetes/namespace", () => {
  it.each<[string, string, State, readonly string[]]>([
    [
      "metadata-namespace",
      "not there",
      { "kubernetes/namespace": { "chalk-metadata": undefined } },
      [
        "absent medium | there is no namespace chalk-metadata | kubectl get namespace chalk-metadata | kubectl create namespace chalk-metadata",
      ],
    ],
  ])("%s: %s, with how to see it and what mends it", (control, _, change, expected) => {
    expect(found(control, change)).toEqual(expected);
  });

  it.each(["metadata-namespace"])("%s: nothing of the installation as documented", (control) => {
    expect(found(control, {})).toEqual([]);
  });
});
