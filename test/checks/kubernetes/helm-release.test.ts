import { describe, expect, it } from "vitest";
import { cluster, edited, release, type State } from "../../worlds/helm-state.ts";
import { found } from "../installation.ts";

describe("kubernetes/helm-release", () => {
  it.each<[string, string, State, readonly string[]]>([
    [
      "metadata-release",
      "failed",
      edited(cluster, "kubernetes/helm-release", "chalk-metadata/chalk-metadata-plane", {
        status: "failed",
        revision: 4,
        deployedRevision: 3,
      }),
      [
        "changed medium | revision 4 of release chalk-metadata-plane is failed, not deployed; revision 3 is still deployed | helm status chalk-metadata-plane --namespace chalk-metadata | helm rollback chalk-metadata-plane 3 --namespace chalk-metadata",
      ],
    ],
    [
      "metadata-release",
      "hangs",
      edited(cluster, "kubernetes/helm-release", "chalk-metadata/chalk-metadata-plane", {
        status: "pending-upgrade",
      }),
      [
        "changed medium | revision 3 of release chalk-metadata-plane is pending-upgrade, not deployed; no older revision is deployed | helm status chalk-metadata-plane --namespace chalk-metadata",
      ],
    ],
    [
      "metadata-release",
      "in another namespace",
      {
        "kubernetes/helm-release": {
          "chalk-metadata/chalk-metadata-plane": undefined,
          "other/chalk-metadata-plane": release(
            "other",
            "chalk-metadata-plane",
            "chalk-metadata-plane",
            "0.1.2",
          ),
        },
      },
      [
        "absent medium | there is no Helm release chalk-metadata-plane in namespace chalk-metadata; there is one in other | helm list --namespace chalk-metadata --all",
      ],
    ],
  ])("%s: %s, with how to see it and what mends it", (control, _, change, expected) => {
    expect(found(control, change)).toEqual(expected);
  });

  it.each(["metadata-release"])("%s: nothing of the installation as documented", (control) => {
    expect(found(control, {})).toEqual([]);
  });
});
