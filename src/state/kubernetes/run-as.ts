import type { Facts } from "../../snapshot/facts.ts";
import { byText } from "../../text/order.ts";
import { readBindings } from "./binding.ts";
import { accountHoldingsOf } from "./holdings.ts";
import type { Located } from "./places.ts";
import type { Rule } from "./rules.ts";
import { type Account, accountId } from "./subject.ts";
import { placeOf } from "./value.ts";

interface Point {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
}

const CHANGE: readonly string[] = ["create", "update", "patch"];
const ENTER: readonly string[] = ["create", "get"];

/**
 * What lets its holder run code as any service account of the namespace: a pod, or what makes pods, names the account
 * that it runs as, and whoever gets into a running one has its token. Source: Kubernetes documentation, "Role Based
 * Access Control Good Practices", "Workload creation" and "Token request".
 */
const RUNS: readonly Point[] = [
  { group: "", resource: "pods", verbs: CHANGE },
  { group: "", resource: "pods/ephemeralcontainers", verbs: ["update", "patch"] },
  { group: "", resource: "pods/exec", verbs: ENTER },
  { group: "", resource: "pods/attach", verbs: ENTER },
  { group: "", resource: "replicationcontrollers", verbs: CHANGE },
  ...["daemonsets", "deployments", "replicasets", "statefulsets"].map((resource) => ({
    group: "apps",
    resource,
    verbs: CHANGE,
  })),
  ...["cronjobs", "jobs"].map((resource) => ({ group: "batch", resource, verbs: CHANGE })),
];
/** A token of one account, or of any. */
const TOKEN: Point = { group: "", resource: "serviceaccounts/token", verbs: ["create"] };
const NEW_ACCOUNT: Point = { group: "", resource: "serviceaccounts", verbs: ["create"] };

/** Rules and where they hold; absent: everywhere. */
interface Placed {
  readonly rules: readonly Rule[];
  readonly namespace?: string | undefined;
}

/** A service account that another one can run as, over others where it takes more than one step. */
export interface ReachedAccount {
  readonly account: Account;
  /** The namespaces whose pods are run, in order, and as whom. */
  readonly way: readonly Account[];
  /** Every step of some way is documented. */
  readonly documented: boolean;
}

/** Whether a rule allows one of the verbs on the resource, of whatever name. */
function touches(rule: Rule, { group, resource, verbs }: Point): boolean {
  const own = rule.resources ?? [];
  const slash = resource.indexOf("/");
  return (
    rule.verbs.some((verb) => verb === "*" || verbs.includes(verb)) &&
    (rule.apiGroups ?? []).some((g) => g === "*" || g === group) &&
    own.some((r) => r === "*" || r === resource || (slash >= 0 && r === `*${resource.slice(slash)}`))
  );
}

function runsAs(placed: readonly Placed[], { namespace, name }: Account): boolean {
  return placed.some(
    (held) =>
      (held.namespace === undefined || held.namespace === namespace) &&
      held.rules.some((rule) => {
        if (RUNS.some((point) => touches(rule, point))) return true;
        const names = rule.resourceNames ?? [];
        return touches(rule, TOKEN) && (names.length === 0 || names.includes(name));
      }),
  );
}

/** Whoever may make a service account of that name may then run as it. */
function mayMake(placed: readonly Placed[], { namespace }: Account): boolean {
  return placed.some(
    (held) =>
      (held.namespace === undefined || held.namespace === namespace) &&
      held.rules.some((rule) => touches(rule, NEW_ACCOUNT)),
  );
}

const known = new WeakMap<Facts, readonly { readonly account: Account; readonly there: boolean }[]>();

/** Every account that some binding names, or that is in a group of its namespace which one names; and whether it is there. */
function candidates(facts: Facts): readonly { readonly account: Account; readonly there: boolean }[] {
  const before = known.get(facts);
  if (before !== undefined) return before;
  const named = readBindings(facts).flatMap((binding) =>
    binding.subjects.flatMap((subject): readonly Account[] => {
      if (subject.kind === "account") return [subject.account];
      const namespace =
        subject.kind === "group" ? /^system:serviceaccounts:(.+)$/.exec(subject.name)?.[1] : undefined;
      // every namespace that is there has this one
      return namespace === undefined ? [] : [{ namespace, name: "default" }];
    }),
  );
  const documents = facts.all("kubernetes/service-account");
  const listed = documents.length > 0 && facts.unread("kubernetes/service-account").length === 0;
  const existing = new Set(
    documents.map(({ id, body }) => {
      const { name, namespace = "" } = placeOf(id, body);
      return accountId({ namespace, name });
    }),
  );
  const spaces = new Set(facts.all("kubernetes/namespace").map(({ id }) => id));
  const spacesListed = spaces.size > 0 && facts.unread("kubernetes/namespace").length === 0;
  const isThere = (account: Account) =>
    !listed ||
    existing.has(accountId(account)) ||
    (account.name === "default" && (!spacesListed || spaces.has(account.namespace)));
  const found = [...new Map(named.map((account) => [accountId(account), account]))]
    .sort(([a], [b]) => byText(a, b))
    .map(([, account]) => ({ account, there: isThere(account) }));
  known.set(facts, found);
  return found;
}

function heldBy(facts: Facts, account: Account): readonly Placed[] {
  return accountHoldingsOf(facts, account).grants.map(({ role, namespace }) => ({
    rules: role.rules,
    namespace,
  }));
}

/**
 * The service accounts that an account can run as (K16): whoever may create pods, or what makes them, in a namespace may
 * run as every account there, and so on from there.
 * @param own what is documented for the account itself
 * @param all all that is documented, for anybody
 */
export function reachedBy(
  facts: Facts,
  account: Account,
  own: readonly Located[],
  all: readonly Located[],
): readonly ReachedAccount[] {
  const placed = (located: readonly Located[]): readonly Placed[] =>
    located.map(({ role, namespace }) => ({ rules: role.rules, namespace }));
  const documented = { own: placed(own), all: placed(all) };
  const walk = (onlyDocumented: boolean): ReadonlyMap<string, readonly Account[]> => {
    const ways = new Map<string, readonly Account[]>([[accountId(account), []]]);
    for (const [id, way] of ways) {
      const from = way.at(-1) ?? account;
      const live = heldBy(facts, from);
      const allowed = id === accountId(account) ? documented.own : documented.all;
      for (const { account: to, there } of candidates(facts)) {
        if (ways.has(accountId(to)) || !runsAs(live, to)) continue;
        if (!there && !mayMake(live, to)) continue;
        if (onlyDocumented && !runsAs(allowed, to)) continue;
        ways.set(accountId(to), [...way, to]);
      }
    }
    ways.delete(accountId(account));
    return ways;
  };
  const byDocument = walk(true);
  return [...walk(false)].flatMap(([id, way]) => {
    const to = way.at(-1);
    const documentedWay = byDocument.get(id);
    return to === undefined
      ? []
      : [{ account: to, way: documentedWay ?? way, documented: documentedWay !== undefined }];
  });
}

/** `pods of namespace x can run as x/y`, step by step. */
export function wayInWords({ way }: ReachedAccount): string {
  return way
    .map((account) => `pods of namespace ${account.namespace} can run as ${accountId(account)}`)
    .join(", and ");
}
