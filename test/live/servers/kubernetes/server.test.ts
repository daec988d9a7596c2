import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { namespace, role, type Stage, serviceAccount, stageOf } from "../../kubernetes/objects.ts";
import { skipped } from "../azure/requirements.ts";
import { apiOf } from "./api.ts";
import { kubectl, whyNoKubectl } from "./kubectl.ts";
import { whyNoKubernetes } from "./requirements.ts";
import { type LiveKubernetes, low, startKubernetes, version } from "./setup.ts";

const skip = skipped("the live tests of Kubernetes", whyNoKubernetes());

let live: LiveKubernetes;
let stage: Stage;
beforeAll(async () => {
  // with the watch cache's snapshots a continue token would outlive a compaction
  if (skip) return;
  live = await startKubernetes(["--feature-gates=ListFromCacheSnapshot=false"]);
  stage = stageOf(live.admin);
});
afterAll(async () => {
  if (!skip) await live.stop();
});

const rolesOf = (name: string) => `/apis/rbac.authorization.k8s.io/v1/namespaces/${name}/roles`;

describe.skipIf(skip)("the API server of the live tests", () => {
  it("is the Kubernetes that its module file names", async () => {
    expect(await live.admin.send("GET", "/version")).toMatchObject({
      status: 200,
      body: { gitVersion: version },
    });
  });

  it("tells who is refused apart: no right 403, unknown token 401, unserved group 404 in plain text", async () => {
    const path = "/api/v1/namespaces";
    expect(await live.as(low.token).send("GET", path)).toMatchObject({
      status: 403,
      body: { kind: "Status", reason: "Forbidden" },
    });
    expect(await live.as("no such token").send("GET", path)).toMatchObject({
      status: 401,
      body: { reason: "Unauthorized" },
    });
    expect(await live.admin.send("GET", "/apis/extensions/v1beta1/ingresses")).toEqual({
      status: 404,
      body: "404 page not found\n",
    });
  });

  it("signs service accounts in, fills aggregated roles and knows kubectl's way in", async () => {
    await stage.show([namespace("one"), serviceAccount("one", "bot")]);
    const review = await live
      .as(await live.tokenOf("one", "bot"))
      .send("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {
        apiVersion: "authentication.k8s.io/v1",
        kind: "SelfSubjectReview",
      });
    // K5: a service account is a user and in three groups
    expect(review).toMatchObject({
      status: 201,
      body: {
        status: {
          userInfo: {
            username: "system:serviceaccount:one:bot",
            groups: ["system:serviceaccounts", "system:serviceaccounts:one", "system:authenticated"],
          },
        },
      },
    });
    const view = await live.admin.must<{ readonly rules: readonly unknown[] }>(
      "GET",
      "/apis/rbac.authorization.k8s.io/v1/clusterroles/view",
    );
    expect(view.rules.length).toBeGreaterThan(10);
    if (skipped("kubectl against the server", whyNoKubectl())) return;
    expect(await kubectl(live.adminConfig, ["get", "namespace", "one", "-o", "name"])).toBe(
      "namespace/one\n",
    );
  });

  it("expires continue tokens after a compaction", async () => {
    const roles = Array.from({ length: 12 }, (_, at) => role("one", `r${at}`));
    await stage.show([namespace("one"), serviceAccount("one", "bot"), ...roles]);
    const page = await live.admin.must<{ readonly metadata: { readonly continue: string } }>(
      "GET",
      `${rolesOf("one")}?limit=5`,
    );
    const next = `${rolesOf("one")}?limit=5&continue=${encodeURIComponent(page.metadata.continue)}`;
    expect((await live.admin.send("GET", next)).status).toBe(200);
    await stage.show([namespace("one"), ...roles]);
    await live.compact();
    expect(await live.admin.send("GET", next)).toMatchObject({ status: 410, body: { reason: "Expired" } });
  });

  it("records and interrupts through its front", async () => {
    live.front.interrupt({
      match: /^\/version/,
      after: 1,
      times: 1,
      answer: { status: 503, type: "text/plain", body: "x" },
    });
    const through = apiOf(live.front.url, readFileSync(live.ca, "utf8"), low.token);
    const statuses: number[] = [];
    for (let at = 0; at < 3; at += 1) statuses.push((await through.send("GET", "/version")).status);
    through.close();
    expect(statuses).toEqual([200, 503, 200]);
    expect(live.front.seen.map(({ method, path, status }) => [method, path, status])).toEqual([
      ["GET", "/version", 200],
      ["GET", "/version", 503],
      ["GET", "/version", 200],
    ]);
  });
});
