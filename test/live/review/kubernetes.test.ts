import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import type { Review } from "../../../src/review/review.ts";
import { type Ran, runCommand } from "../command.ts";
import { settled } from "../kubernetes/authorizer.ts";
import {
  clusterRoleBinding,
  collectionOf,
  type KubernetesObject,
  pathOf,
  type Stage,
  stageOf,
} from "../kubernetes/objects.ts";
import { scanner, scannerAccount } from "../kubernetes/scanner.ts";
import { accounts, documented, management, platform } from "../kubernetes/world.ts";
import { skipped } from "../servers/azure/requirements.ts";
import type { Api } from "../servers/kubernetes/api.ts";
import { whyNoKubernetes } from "../servers/kubernetes/requirements.ts";
import { type LiveKubernetes, startKubernetes } from "../servers/kubernetes/setup.ts";

const skip = skipped("the live review of Kubernetes", whyNoKubernetes());

const CANARY = "canary-of-the-audit-log-4711";
/** What the server itself does is left out, requests on secrets come with their bodies, all else with none. */
const policy = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  rules: [
    { level: "None", users: ["system:apiserver", "system:kube-controller-manager", "admin"] },
    { level: "None", nonResourceURLs: ["/healthz*"] },
    { level: "RequestResponse", resources: [{ group: "", resources: ["secrets"] }] },
    { level: "Metadata" },
  ],
};

let live: LiveKubernetes;
let stage: Stage;
let folder = "";
let scannerToken: string;
const tokens = new Map<string, string>();
const world = [...scanner, ...documented("azure")];
const broad = [...world, clusterRoleBinding("bootstrap", "cluster-admin", management)];

beforeAll(async () => {
  if (skip) return;
  folder = mkdtempSync(join(tmpdir(), "chalk-audit-review-"));
  writeFileSync(join(folder, "policy.json"), JSON.stringify(policy));
  live = await startKubernetes([
    `--audit-log-path=${join(folder, "audit.log")}`,
    `--audit-policy-file=${join(folder, "policy.json")}`,
  ]);
  stage = stageOf(live.admin);
  await stage.show(broad);
  scannerToken = await live.tokenOf(scannerAccount.namespace, scannerAccount.name);
  for (const id of ["chalk/management", "chalk/workload", "builds/builder"]) {
    const [namespace = "", name = ""] = id.split("/");
    tokens.set(id, await live.tokenOf(namespace, name));
  }
  await settled(live, stage, broad);
});
afterAll(async () => {
  if (skip) return;
  await live.stop();
  rmSync(folder, { recursive: true, force: true });
});

const as = (id: string): Api => live.as(tokens.get(id) ?? "");
const core = (space: string) => `/api/v1/namespaces/${space}`;

async function reviewed(args: readonly string[] = []): Promise<{ ran: Ran; review: Review }> {
  const kubeconfig = live.kubeconfig({ token: scannerToken });
  const ran = await runCommand(
    [
      ...["review", "--cloud", "kubernetes", "--kubeconfig", kubeconfig, "--namespace", platform],
      ...["--baseline", "chalk-azure", ...accounts, "--format", "json", ...args],
    ],
    {},
  );
  if (ran.stdout === "") throw new Error(`no review (exit ${ran.code}): ${ran.stderr}`);
  return { ran, review: JSON.parse(ran.stdout) as Review };
}

/** The log is written as requests end; this one is the last. */
async function logged(mark: string): Promise<void> {
  await as("chalk/management").send("GET", `${core(platform)}/configmaps/${mark}`);
  for (let i = 0; i < 50; i += 1) {
    if (readFileSync(join(folder, "audit.log"), "utf8").includes(mark)) return;
    await pause(100);
  }
  throw new Error("the audit log was not written");
}

const refused = ({ calls }: Review) =>
  calls.filter(({ target }) => target === "refused").map(({ action, live: now }) => `${action} (${now})`);

describe.skipIf(skip)("what accounts did is reviewed by the API server's own audit log", () => {
  it("what was asked under cluster-admin and the target refuses breaks; refusals are no use; bodies are kept nowhere", async () => {
    const manager = as("chalk/management");
    const worker = as("chalk/workload");
    const secret = (name: string) => ({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name },
      stringData: { password: CANARY },
    });
    const asked: readonly (readonly [Api, string, string, unknown, number])[] = [
      [manager, "POST", `${core(platform)}/secrets`, secret("one"), 201],
      [manager, "GET", `${core(platform)}/secrets/one`, undefined, 200],
      [manager, "POST", `${core("default")}/secrets`, secret("two"), 201],
      [manager, "GET", "/api/v1/nodes", undefined, 200],
      [manager, "GET", "/api/v1/secrets?limit=5", undefined, 200],
      [manager, "DELETE", `${core("default")}/secrets?labelSelector=none=x`, undefined, 200],
      [manager, "GET", "/apis/networking.k8s.io/v1/ingressclasses", undefined, 200],
      [manager, "GET", "/metrics?x=y", undefined, 200],
      [manager, "GET", "/version", undefined, 200],
      [manager, "GET", `${core(platform)}/pods/nobody/log`, undefined, 404],
      [worker, "GET", `/apis/batch/v1/namespaces/${platform}/jobs`, undefined, 200],
      [worker, "GET", `${core(platform)}/secrets/one`, undefined, 403],
      [as("builds/builder"), "GET", `${core("builds")}/pods`, undefined, 200],
    ];
    for (const [api, method, path, body, status] of asked)
      expect([path, (await api.send(method, path, body)).status]).toEqual([path, status]);
    await logged("mark-one");

    const { ran, review } = await reviewed(["--usage", join(folder, "audit.log")]);
    expect(refused(review).sort()).toEqual([
      "chalk/management: create secrets (allowed)",
      "chalk/management: deletecollection secrets (allowed)",
      "chalk/management: get /metrics (allowed)",
      "chalk/management: list ingressclasses.networking.k8s.io (allowed)",
      "chalk/management: list secrets (allowed)",
    ]);
    expect([ran.code, review.refusedThen, review.incomplete]).toEqual([1, 1, []]);
    expect(review.calls.find(({ event }) => event === "create secrets -n default")).toMatchObject({
      resources: ["default/two"],
      count: 1,
    });
    expect(review.notes.join("\n")).toContain("kubectl delete clusterrolebinding bootstrap");
    expect(`${ran.stdout}${ran.stderr}`).not.toContain(CANARY);
    expect(readFileSync(join(folder, "audit.log"), "utf8")).toMatch(/"password":/);
  });

  it("what it says of each recorded request is what the server says once the target is applied", async () => {
    const out = join(folder, "out");
    const before = await reviewed(["--usage", join(folder, "audit.log"), "--write", out]);
    const objects = readdirSync(out).flatMap((file) =>
      parseAllDocuments(readFileSync(join(out, file), "utf8")).map((each) => each.toJS() as KubernetesObject),
    );
    // By a dry run the server takes every document as it stands; then each takes the place of what is there.
    for (const object of objects) {
      expect((await live.admin.send("PUT", `${pathOf(object)}?dryRun=All`, object)).status).toBe(200);
      await live.admin.must("PUT", pathOf(object), object);
    }
    await live.admin.must("DELETE", `${collectionOf(broad.at(-1) as KubernetesObject)}/bootstrap`);
    await pause(2_000); // the authorizer follows by a watch

    const says = async (who: string, attributes: object) => {
      const answer = await live.admin.must<{ status: { allowed: boolean } }>(
        "POST",
        "/apis/authorization.k8s.io/v1/subjectaccessreviews",
        {
          apiVersion: "authorization.k8s.io/v1",
          kind: "SubjectAccessReview",
          spec: {
            user: `system:serviceaccount:${who.replace("/", ":")}`,
            groups: [
              "system:serviceaccounts",
              `system:serviceaccounts:${who.split("/")[0]}`,
              "system:authenticated",
            ],
            ...attributes,
          },
        },
      );
      return answer.status.allowed;
    };
    const events = readFileSync(join(folder, "audit.log"), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, never>)
      .filter((event) => event["stage"] === "ResponseComplete") as unknown as readonly {
      readonly verb: string;
      readonly requestURI: string;
      readonly user: { readonly username: string };
      readonly objectRef?: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
    }[];
    const wrong: string[] = [];
    let allowed = 0;
    for (const { verb, user, requestURI, objectRef, annotations } of events) {
      const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user.username) ?? [];
      const who = `${namespace}/${name}`;
      if (!tokens.has(who) || annotations["authorization.k8s.io/decision"] !== "allow") continue;
      const path = requestURI.replace(/\?.*/, "");
      const yes = await says(
        who,
        objectRef === undefined
          ? { nonResourceAttributes: { verb, path } }
          : {
              resourceAttributes: {
                verb,
                resource: objectRef["resource"],
                group: objectRef["apiGroup"] ?? "",
                subresource: objectRef["subresource"] ?? "",
                namespace: objectRef["namespace"] ?? "",
                name: verb === "create" ? "" : (objectRef["name"] ?? ""),
              },
            },
      );
      if (yes) allowed += 1;
      else wrong.push(`${who}: ${verb} ${objectRef === undefined ? path : objectRef["resource"]}`);
    }
    expect(allowed).toBe(before.review.allowedCalls);
    expect([...new Set(wrong)].sort()).toEqual(
      [
        ...new Set(
          before.review.calls.map(({ action }) =>
            action.replace(/ -n .*| (?<=ingressclasses).*/, "").replace(".networking.k8s.io", ""),
          ),
        ),
      ].sort(),
    );

    // What is applied is the target: nothing changes any more.
    const after = await reviewed(["--usage", join(folder, "audit.log")]);
    expect(after.review.groups.filter(({ change }) => change !== "stays")).toEqual([]);
    expect(after.review.notes.filter((note) => note.includes("holds more"))).toEqual([]);
    await stage.show(world);
    await stage.show(broad);
  });

  it("garbage, an empty log, a log of others, and a scanner that may not read bindings", async () => {
    const garbage = join(folder, "garbage.log");
    writeFileSync(garbage, "this is no log\n");
    const kubeconfig = live.kubeconfig({ token: scannerToken });
    const run = (config: string, usage: string) =>
      runCommand(
        [
          ...["review", "--cloud", "kubernetes", "--kubeconfig", config, "--namespace", platform],
          ...["--baseline", "chalk-azure", ...accounts, "--usage", usage],
        ],
        {},
      );
    const bad = await run(kubeconfig, garbage);
    expect([bad.code, bad.stdout]).toEqual([2, ""]);
    expect(bad.stderr).toContain("expected an audit log of Kubernetes");
    const others = join(folder, "others.log");
    writeFileSync(
      others,
      readFileSync(join(folder, "audit.log"), "utf8")
        .split("\n")
        .filter((line) => !/"username":"system:serviceaccount:(?:chalk|builds):/.test(line))
        .join("\n"),
    );
    const silent = await run(kubeconfig, others);
    expect(silent.code).toBe(3);
    expect(silent.stdout).toContain("the logs have no request of chalk/management");
    const denied = await run(live.kubeconfig({ token: tokens.get("builds/builder") ?? "" }), others);
    expect([denied.code, denied.stdout]).toEqual([3, ""]);
    expect(denied.stderr).toContain("nothing is reviewed: what is held could not be read");
  });
});
