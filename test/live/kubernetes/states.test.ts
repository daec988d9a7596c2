import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { skipped } from "../servers/azure/requirements.ts";
import { kubectl, whyNoKubectl } from "../servers/kubernetes/kubectl.ts";
import { whyNoKubernetes } from "../servers/kubernetes/requirements.ts";
import { type LiveKubernetes, startKubernetes } from "../servers/kubernetes/setup.ts";
import { unproven } from "./authorizer.ts";
import { clean } from "./clean-states.ts";
import { drifted } from "./drifted-states.ts";
import { type Stage, stageOf } from "./objects.ts";
import { scan } from "./scan.ts";
import { scanner, scannerAccount } from "./scanner.ts";
import { accounts, documented, documentedFile, type Edition, surroundings } from "./world.ts";

const skip = skipped("the live tests of Kubernetes", whyNoKubernetes());

let live: LiveKubernetes;
let stage: Stage;
let token: string;
beforeAll(async () => {
  if (skip) return;
  live = await startKubernetes();
  stage = stageOf(live.admin);
  await stage.show(scanner);
  token = await live.tokenOf(scannerAccount.namespace, scannerAccount.name);
});
afterAll(async () => {
  if (!skip) await live.stop();
});

const scanned = (edition: Edition, open?: true) =>
  scan(live, {
    token,
    baseline: `chalk-${edition}`,
    namespace: "chalk",
    args: open === true ? [] : accounts,
  });

const kubernetesControls = [
  "cluster-effective-access",
  "cluster-management-role",
  "management-role",
  "job-reader-role",
  "argo-workflows-role",
  "role-bindings",
];
const allPass = Object.fromEntries(kubernetesControls.map((id) => [id, "pass"]));

describe.skipIf(skip)("the roles of the vendor's page, applied", () => {
  it.each(["azure", "aws"] as const)(
    "%s: every control passes, exit 0, twice the same bytes",
    async (edition) => {
      await stage.show([...scanner, ...surroundings]);
      if (skipped("applying the page's YAML with kubectl", whyNoKubectl()))
        await stage.show([...scanner, ...documented(edition)]);
      else await kubectl(live.adminConfig, ["apply", "-f", documentedFile(edition)]);
      const first = await scanned(edition);
      expect(first.drift).toEqual([]);
      expect(first.outcomes).toEqual(allPass);
      expect(first.code).toBe(0);
      expect((await scanned(edition)).ran.stdout).toBe(first.ran.stdout);
      if (whyNoKubectl() === undefined)
        await kubectl(live.adminConfig, ["delete", "-f", documentedFile(edition)]);
    },
  );
});

describe.skipIf(skip)("states of a live cluster", () => {
  it.each([...clean, ...drifted])("$name", async ({ edition = "azure", edit, open, drift }) => {
    await stage.show([...scanner, ...edit(documented(edition))]);
    const found = await scanned(edition, open);
    expect(found.drift).toEqual(drift);
    expect(found.code).toBe(drift.length === 0 ? 0 : 1);
    // nothing here is unreadable
    expect(Object.values(found.outcomes)).not.toContain("unknown");
    expect(await unproven(live, found.findings)).toEqual([]);
  });
});
