import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluator } from "../../../src/access/provider.ts";
import { skipped } from "../servers/azure/requirements.ts";
import { whyNoKubernetes } from "../servers/kubernetes/requirements.ts";
import { type LiveKubernetes, startKubernetes } from "../servers/kubernetes/setup.ts";
import {
  clusterRole,
  clusterRoleBinding,
  type KubernetesObject,
  namespace,
  pathOf,
  role,
  roleBinding,
  rule,
  stageOf,
  user,
} from "./objects.ts";
import { dice, namespaces, type RandomRequest, randomHoldings, randomRequest } from "./random-rbac.ts";

const skip = skipped("the live tests of Kubernetes", whyNoKubernetes());

let live: LiveKubernetes;
beforeAll(async () => {
  if (!skip) live = await startKubernetes();
});
afterAll(async () => {
  if (!skip) await live.stop();
});

/** Other cases on request; the one that failed is printed. */
const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1_000_000));
const users = 80;
const requestsEach = 50;

describe.skipIf(skip)("the server's own decisions", () => {
  it(`K1 to K4: ${users * requestsEach} random requests are decided as the server decides them`, async () => {
    const random = dice(seed);
    const holders = Array.from({ length: users }, (_, at) => {
      const held = randomHoldings(random, `u${at}`, user(`user-${at}`));
      return { name: `user-${at}`, held, requests: requestsOf(random, held) };
    });
    const stage = stageOf(live.admin);
    await stage.show([...namespaces.map(namespace), ...holders.flatMap(({ held }) => held)]);
    await settled(
      live,
      (objects) => stage.show(objects),
      holders.flatMap(({ held }) => held),
    );

    const differences: unknown[] = [];
    const counts = { allowed: 0, denied: 0 };
    for (const { name, held, requests } of holders) {
      const whole = evaluator("kubernetes", held);
      const parts = partsOf(held);
      const answers = await Promise.all(requests.map((request) => review(live, name, request)));
      for (const [at, request] of requests.entries()) {
        const server = answers[at] === true ? "allowed" : "denied";
        counts[server] += 1;
        const ours = whole(request);
        const united = parts.some((part) => part(request) === "allowed") ? "allowed" : "denied";
        if (ours !== server || united !== server)
          differences.push({ seed, request, server, ours, united, held: held.map(plain) });
      }
    }
    expect(differences.slice(0, 3)).toEqual([]);
    expect(counts.allowed + counts.denied).toBe(users * requestsEach);
    // neither answer may be rare, or the agreement says little
    expect(Math.min(counts.allowed, counts.denied)).toBeGreaterThan((users * requestsEach) / 8);
  });
});

function requestsOf(random: ReturnType<typeof dice>, held: readonly KubernetesObject[]) {
  return Array.from({ length: requestsEach }, () => randomRequest(random, held));
}

/** Each role by itself, as its binding grants it: what is held is their union (K6). */
function partsOf(held: readonly KubernetesObject[]) {
  return held
    .filter(({ kind }) => kind.endsWith("Binding"))
    .map((binding) => {
      const { kind, name } = binding["roleRef"] as { readonly kind: string; readonly name: string };
      const granted = held.find(
        (each) =>
          each.kind === kind &&
          each.metadata.name === name &&
          (kind === "ClusterRole" || each.metadata.namespace === binding.metadata.namespace),
      );
      const where = binding.metadata.namespace;
      return evaluator("kubernetes", [granted], where === undefined ? {} : { namespace: where });
    });
}

const plain = ({ kind, metadata, ...rest }: KubernetesObject) => ({
  kind,
  ...metadata,
  ...(rest["rules"] === undefined ? { roleRef: rest["roleRef"] } : { rules: rest["rules"] }),
});

async function review(server: LiveKubernetes, name: string, request: RandomRequest): Promise<boolean> {
  const { status } = await server.admin.must<{ readonly status: { readonly allowed: boolean } }>(
    "POST",
    "/apis/authorization.k8s.io/v1/subjectaccessreviews",
    {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SubjectAccessReview",
      spec: {
        user: name,
        ...("url" in request
          ? { nonResourceAttributes: { path: request.url, verb: request.verb } }
          : { resourceAttributes: request }),
      },
    },
  );
  return status.allowed;
}

/**
 * The authorizer follows by watches, one for each kind: when it knows the last object made of each, it knows all.
 */
async function settled(
  server: LiveKubernetes,
  show: (objects: readonly KubernetesObject[]) => Promise<void>,
  shown: readonly KubernetesObject[],
): Promise<void> {
  const last = user("last");
  await show([
    ...namespaces.map(namespace),
    ...shown,
    role("alpha", "last", rule("", "pods", "get")),
    roleBinding("alpha", "last", "Role/last", last),
    clusterRole("last", rule("", "nodes", "get")),
    clusterRoleBinding("last", "last", last),
  ]);
  const known = async () =>
    (await review(server, "last", { verb: "get", group: "", resource: "nodes" })) &&
    (await review(server, "last", { verb: "get", group: "", resource: "pods", namespace: "alpha" }));
  for (let tries = 0; !(await known()); tries += 1) {
    if (tries === 100) throw new Error(`the authorizer did not learn of ${shown.map(pathOf).length} objects`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
