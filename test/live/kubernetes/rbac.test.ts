import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { comparePolicies, evaluator } from "../../../src/access/provider.ts";
import { collect } from "../../../src/collectors/kubernetes/collect.ts";
import { factsOf } from "../../../src/snapshot/facts.ts";
import { accountHoldingsOf } from "../../../src/state/kubernetes/holdings.ts";
import { skipped } from "../servers/azure/requirements.ts";
import { whyNoKubernetes } from "../servers/kubernetes/requirements.ts";
import { type LiveKubernetes, startKubernetes } from "../servers/kubernetes/setup.ts";
import { identityOf, ownRules, reviewed, settled } from "./authorizer.ts";
import {
  account,
  group,
  type KubernetesObject,
  namespace,
  type RbacRule,
  type Stage,
  type Subject,
  serviceAccount,
  stageOf,
  user,
} from "./objects.ts";
import {
  type Dice,
  dice,
  namespaces,
  type RandomRequest,
  randomHoldings,
  randomRequest,
} from "./random-rbac.ts";

const skip = skipped("the live tests of Kubernetes", whyNoKubernetes());

let live: LiveKubernetes;
let stage: Stage;
beforeAll(async () => {
  if (skip) return;
  live = await startKubernetes();
  stage = stageOf(live.admin);
});
afterEach(async () => {
  if (!skip) await stage.show([]);
});
afterAll(async () => {
  if (!skip) await live.stop();
});

/** Other cases in every run; SEED brings those of an earlier one back. */
const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1_000_000));
const users = 100;
const requestsEach = 60;

describe.skipIf(skip)("the server's own decisions", () => {
  it(`K1 to K4: ${users * requestsEach} random requests are decided as the server decides them`, async () => {
    const random = dice(seed);
    const holders = Array.from({ length: users }, (_, at) => {
      const held = randomHoldings(random, `u${at}`, user(`user-${at}`));
      return { name: `user-${at}`, held, requests: requestsOf(random, held, requestsEach) };
    });
    await settled(live, stage, [...namespaces.map(namespace), ...holders.flatMap(({ held }) => held)]);

    const differences: unknown[] = [];
    const counts = { allowed: 0, denied: 0 };
    for (const { name, held, requests } of holders) {
      const whole = evaluator("kubernetes", held);
      const parts = partsOf(held);
      const answers = await Promise.all(requests.map((each) => reviewed(live, { user: name }, each)));
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

    // every proof of a difference between two holders is one for the server too
    let proofs = 0;
    for (const [at, one] of holders.entries()) {
      const other = holders[(at + 1) % holders.length] ?? one;
      const { missing, excess } = comparePolicies("kubernetes", one.held, other.held);
      for (const [residues, has, lacks] of [
        [missing, one.name, other.name],
        [excess, other.name, one.name],
      ] as const) {
        const witnesses = residues.flatMap(({ witness, witnesses: more = [] }) => [witness, ...more]);
        const answers = await Promise.all(
          witnesses.map(async (witness) => {
            const request = witness as RandomRequest;
            return [
              await reviewed(live, { user: has }, request),
              await reviewed(live, { user: lacks }, request),
            ];
          }),
        );
        const wrong = witnesses.filter((_, place) => !(answers[place]?.[0] && !answers[place]?.[1]));
        expect({ seed, has, lacks, wrong }).toEqual({ seed, has, lacks, wrong: [] });
        proofs += witnesses.length;
      }
    }
    expect(proofs).toBeGreaterThan(users * 2);
  });

  it("K5, K6: what each service account holds is what the server lists and decides for it", async () => {
    const random = dice(seed + 1);
    const accounts = namespaces.flatMap((where) =>
      ["a", "b", "c"].map((name) => ({ namespace: where, name })),
    );
    const held = accounts.flatMap(({ namespace: where, name }, at) =>
      randomHoldings(random, `h${at}`, account(where, name)).map((each) => reworded(random, each)),
    );
    await settled(live, stage, [
      ...namespaces.map(namespace),
      ...accounts.map(({ namespace: where, name }) => serviceAccount(where, name)),
      ...held,
    ]);
    const facts = factsOf(await collected());

    for (const each of accounts) {
      const { grants, dangling, gaps } = accountHoldingsOf(facts, each);
      expect({ dangling, gaps }).toEqual({ dangling: [], gaps: [] });
      const token = await live.tokenOf(each.namespace, each.name);
      for (const where of namespaces) {
        const theirs = await ownRules(live, token, where);
        const ours = grants
          .filter((grant) => grant.namespace === undefined || grant.namespace === where)
          .flatMap(({ role }) => role.rules);
        expect({ seed, each, where, ...compared(theirs, ours) }).toEqual({
          ...{ seed, each, where },
          ...{ missing: [], excess: [], undecided: [] },
        });
      }
      const parts = grants.map(({ role, namespace: where }) =>
        evaluator("kubernetes", [{ rules: role.rules }], where === undefined ? {} : { namespace: where }),
      );
      const requests = requestsOf(random, held, 60);
      const answers = await Promise.all(requests.map((request) => reviewed(live, identityOf(each), request)));
      const differences = requests.filter(
        (request, at) => parts.some((part) => part(request) === "allowed") !== answers[at],
      );
      expect({ seed, each, differences }).toEqual({ seed, each, differences: [] });
    }
  });
});

/** What the collector makes of the cluster, read as its administrator. */
function collected() {
  return collect(
    {
      kinds: new Set([
        "kubernetes/role",
        "kubernetes/cluster-role",
        "kubernetes/role-binding",
        "kubernetes/cluster-role-binding",
        "kubernetes/service-account",
      ]),
      roleNames: [],
      principals: [],
      trustedPrincipals: [],
    },
    { kubeconfig: live.adminConfig, env: {}, pageSize: 20 },
    {
      signal: new AbortController().signal,
      timeoutMs: 60_000,
      concurrency: 8,
      progress: () => undefined,
      debug: () => undefined,
      now: () => new Date(0),
    },
  );
}

/** As written: neither the server's list nor this knows what is served. */
function compared(theirs: readonly RbacRule[], ours: readonly RbacRule[]) {
  const { missing, excess, undecided } = comparePolicies(
    "kubernetes",
    [{ rules: theirs }],
    [{ rules: ours }],
  );
  const patterns = (some: readonly { readonly pattern: string }[]) => some.map(({ pattern }) => pattern);
  return { missing: patterns(missing), excess: patterns(excess), undecided: patterns(undecided) };
}

function requestsOf(random: Dice, held: readonly KubernetesObject[], count: number) {
  return Array.from({ length: count }, () => randomRequest(random, held));
}

/** The binding names its account in another way that reaches it, and sometimes a stranger beside it. */
function reworded(random: Dice, object: KubernetesObject): KubernetesObject {
  const [first] = (object["subjects"] ?? []) as readonly Subject[];
  if (first === undefined) return object;
  const { namespace: own = "", name } = first;
  const api = { apiGroup: "rbac.authorization.k8s.io" };
  const ways = [
    first,
    { ...user(`system:serviceaccount:${own}:${name}`), ...api },
    { ...group("system:serviceaccounts"), ...api },
    { ...group(`system:serviceaccounts:${own}`), ...api },
    { ...group("system:authenticated"), ...api },
    ...(object.metadata.namespace === own ? [{ kind: "ServiceAccount", name }] : []),
  ];
  // who is not signed in is no stranger: anybody can ask so, the account too, though its token's own list lacks it (K15)
  const strangers = [
    { ...user(name), ...api },
    { ...group(own), ...api },
    { ...user(`system:serviceaccount:${own}:${name}x`), ...api },
  ];
  // by a group it reaches everybody, so that is done less often
  const chosen = random.chance(60) ? first : random.pick(ways);
  return { ...object, subjects: [...(random.chance(40) ? [random.pick(strangers)] : []), chosen] };
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
