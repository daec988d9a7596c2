import {
  clusterRole,
  clusterRoleBinding,
  type KubernetesObject,
  type RbacRule,
  role,
  roleBinding,
  type Subject,
} from "./objects.ts";

/** Numbers that look random and come again with the seed (mulberry32, public domain). */
export interface Dice {
  /** From 0 up to, not including, `below`. */
  roll(below: number): number;
  pick<T>(from: readonly T[]): T;
  /** One to `most` different ones. */
  some<T>(from: readonly T[], most: number): readonly T[];
  chance(outOf100: number): boolean;
}

export function dice(seed: number): Dice {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const roll = (below: number) => Math.floor(next() * below);
  const pick = <T>(from: readonly T[]): T => {
    const found = from[roll(from.length)];
    if (found === undefined) throw new Error("nothing to pick from");
    return found;
  };
  return {
    roll,
    pick,
    some: (from, most) => [...new Set(Array.from({ length: 1 + roll(most) }, () => pick(from)))],
    chance: (outOf100) => roll(100) < outOf100,
  };
}

export const namespaces = ["alpha", "beta", "alphabet"] as const;
const groups = ["", "apps", "batch", "networking.k8s.io", "extensions", "acme.example"] as const;
// an upper-case one, since matching is case-sensitive (K1), and literal stars
const resources = ["pods", "Pods", "deployments", "secrets", "nodes", "widgets", "ingressclasses"] as const;
const subresources = ["log", "exec", "scale", "status"] as const;
const odd = ["pods/*", "*/*", "*pods", "po*", "pods/", "/log", "*/", "pods/log/more"] as const;
const verbs = [
  ...["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"],
  ...["escalate", "bind", "impersonate", "Get", "use"],
] as const;
const names = ["one", "two", "three"] as const;
const urlPatterns = [
  ...[
    "/healthz",
    "/healthz/*",
    "/apis",
    "/apis/*",
    "/foo*",
    "/*",
    "*",
    "/metrics",
    "/m*s",
    "/foo/*/bar",
    "/foo**",
  ],
] as const;
const paths = [
  ...[
    "/healthz",
    "/healthz/ping",
    "/healthz/",
    "/apis",
    "/apis/",
    "/apis/apps",
    "/foo",
    "/foobar",
    "/foo/x/bar",
  ],
  ...["/metrics", "/ms", "/m*s", "/", "/version", "/foo/*/bar", "/Metrics"],
] as const;

function resourcePattern(random: Dice): string {
  const kind = random.roll(10);
  if (kind < 5) return random.pick(resources);
  if (kind < 7) return `${random.pick(resources)}/${random.pick(subresources)}`;
  if (kind < 8) return `*/${random.pick(subresources)}`;
  return kind < 9 ? "*" : random.pick(odd);
}

function randomRule(random: Dice, cluster: boolean): RbacRule {
  const chosen = random.chance(12) ? ["*"] : random.some(verbs, 4);
  if (cluster && random.chance(25)) return { nonResourceURLs: random.some(urlPatterns, 2), verbs: chosen };
  return {
    apiGroups: random.chance(15) ? ["*"] : random.some(groups, 2),
    resources: Array.from({ length: 1 + random.roll(3) }, () => resourcePattern(random)),
    verbs: chosen,
    ...(random.chance(25)
      ? { resourceNames: random.chance(15) ? ["", ...random.some(names, 1)] : random.some(names, 2) }
      : {}),
  };
}

const several = (random: Dice, most: number, cluster: boolean) =>
  Array.from({ length: 1 + random.roll(most) }, () => randomRule(random, cluster));

/** Roles and bindings of one subject: all that it holds. */
export function randomHoldings(random: Dice, id: string, subject: Subject): readonly KubernetesObject[] {
  const held: KubernetesObject[] = [];
  const count = 1 + random.roll(3);
  for (let at = 0; at < count; at += 1) {
    const name = `${id}-${at}`;
    const where = random.pick(namespaces);
    switch (random.roll(3)) {
      case 0:
        held.push(role(where, name, ...several(random, 3, false)));
        held.push(roleBinding(where, name, `Role/${name}`, subject));
        break;
      case 1:
        held.push(clusterRole(name, ...several(random, 3, true)));
        held.push(roleBinding(where, name, `ClusterRole/${name}`, subject));
        break;
      default:
        held.push(clusterRole(name, ...several(random, 3, true)));
        held.push(clusterRoleBinding(name, name, subject));
    }
  }
  return held;
}

/** A request as both `allows` and a SubjectAccessReview take it. */
export type RandomRequest =
  | {
      readonly verb: string;
      readonly group: string;
      readonly resource: string;
      readonly subresource?: string;
      readonly name?: string;
      readonly namespace?: string;
    }
  | { readonly verb: string; readonly url: string };

/** A request that has a fair chance to be allowed: most of its parts stand in some rule of what is held. */
export function randomRequest(random: Dice, held: readonly KubernetesObject[]): RandomRequest {
  const rules = held.flatMap((each) => (each["rules"] ?? []) as readonly RbacRule[]);
  const near = random.pick(rules);
  const word = (from: readonly string[] | undefined, all: readonly string[]): string => {
    const own = (from ?? []).filter((each) => !each.includes("*"));
    return own.length > 0 && random.chance(75) ? random.pick(own) : random.pick(all);
  };
  const verb = word(near.verbs, random.chance(3) ? ["*"] : verbs);
  if (near.nonResourceURLs !== undefined || random.chance(5))
    return { verb, url: word(near.nonResourceURLs, paths) };
  const pattern = random.chance(80) ? random.pick(near.resources ?? ["pods"]) : resourcePattern(random);
  const [first = "", second] = pattern.split("/", 2);
  const resource = first === "" || (first === "*" && random.chance(80)) ? random.pick(resources) : first;
  const subresource =
    second === undefined || second === "" || (second === "*" && random.chance(60))
      ? random.chance(15)
        ? random.pick(subresources)
        : undefined
      : second;
  return {
    verb,
    group: word(near.apiGroups, groups),
    resource,
    ...(subresource === undefined ? {} : { subresource }),
    ...(random.chance(near.resourceNames === undefined ? 20 : 70)
      ? {
          name: word(
            near.resourceNames?.filter((each) => each !== ""),
            names,
          ),
        }
      : {}),
    ...(random.chance(85) ? { namespace: random.pick(namespaces) } : {}),
  };
}
