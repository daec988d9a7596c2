import type { KubernetesRequest, ServedResource } from "../../access/policy.ts";
import { comparePolicies, evaluator } from "../../access/provider.ts";
import { derivedParameters } from "../../audit/derived.ts";
import type { ResolvedControl } from "../../baselines/baseline.ts";
import { dealOut, resolveControls } from "../../baselines/parameters.ts";
import type { Facts } from "../../snapshot/facts.ts";
import { factsOf } from "../../snapshot/facts.ts";
import { FLOOR } from "../../state/kubernetes/floor.ts";
import { type AccountHoldings, accountHoldingsOf } from "../../state/kubernetes/holdings.ts";
import { narrowed } from "../../state/kubernetes/narrow.ts";
import { servedResources } from "../../state/kubernetes/served.ts";
import { type Account, accountId, accountUser } from "../../state/kubernetes/subject.ts";
import { type KubernetesCalls, type KubernetesUsageRead, operationOf } from "../../usage/kubernetes/usage.ts";
import { ReviewError, type ReviewInput } from "../aws/review.ts";
import { groupedRows, type ReviewRow, reviewOrder } from "../group.ts";
import {
  type CallVerdict,
  type DeadGrant,
  type RehearsedCall,
  type Review,
  reviewedBaseline,
} from "../review.ts";
import { gapsOf } from "../sight.ts";
import {
  accountRows,
  type Columns,
  columnOf,
  documentsOfColumn,
  type HeldRules,
  namesOf,
} from "./columns.ts";
import { bindingsToGo, heldOf, roleManifests } from "./documents.ts";
import {
  type DocumentedAccount,
  type DocumentedAccounts,
  type DocumentedTarget,
  documentedAccounts,
  documentedFor,
  targetFor,
  targetOf,
} from "./target.ts";

/** Whom a review of a cluster is about, and what their usage is read by. */
export interface KubernetesSubject {
  readonly facts: Facts;
  readonly documented: DocumentedAccounts;
  readonly controls: { readonly from: readonly ResolvedControl[]; readonly to: readonly ResolvedControl[] };
  /** User name → `namespace/name`. */
  readonly users: ReadonlyMap<string, string>;
  /** Names of objects that some rule names, today or by the target. */
  readonly names: ReadonlySet<string>;
}

/**
 * The service accounts that a review is about: all that the baseline gives roles to.
 * @throws ReviewError when there is none, one that was named is not there, or roles and bindings could not be read
 */
export function kubernetesSubject(input: ReviewInput): KubernetesSubject {
  const { baseline } = input.loaded;
  const facts = factsOf(input.snapshot);
  const needed = [
    "kubernetes/cluster-role",
    "kubernetes/cluster-role-binding",
    "kubernetes/role",
    "kubernetes/role-binding",
  ] as const;
  for (const kind of needed) {
    const unread = facts.unread(kind)[0];
    if (unread === undefined) continue;
    const needs = unread.permission === undefined ? "" : `; needs ${unread.permission}`;
    throw new ReviewError(`what is held could not be read: ${unread.api}: ${unread.detail}${needs}`, true);
  }
  if (facts.all("kubernetes/cluster-role").length === 0)
    throw new ReviewError("the cluster came without a single role, so it was not readable", true);
  const given = { ...derivedParameters(baseline, input.snapshot, facts), ...input.parameters };
  const resolve = (profile: string | undefined) => {
    const [dealt] = dealOut([baseline], given, profile);
    return resolveControls(baseline, dealt?.given ?? {}, dealt?.profile).controls;
  };
  const controls = { from: resolve(input.from), to: resolve(input.to) };
  const documented = documentedAccounts(facts, controls.to);
  const [absent] = documented.absent;
  if (absent !== undefined) throw new ReviewError(`there is no service account ${absent} in the cluster`);
  if (documented.accounts.length === 0) {
    const why = documented.lost.map(({ line }) => line).join("; ");
    throw new ReviewError(
      `${baseline.id} gives roles of Kubernetes to nobody that was found${why === "" ? "" : `: ${why}`}`,
    );
  }
  const held = documented.accounts.flatMap((each) => [
    ...heldOf(accountHoldingsOf(facts, each.account)),
    ...documentedFor(facts, each),
  ]);
  return {
    facts,
    documented,
    controls,
    users: new Map(documented.accounts.map(({ account }) => [accountUser(account), accountId(account)])),
    names: namesOf(held),
  };
}

/** One account with its columns. */
interface Case {
  readonly account: Account;
  readonly id: string;
  readonly holdings: AccountHoldings;
  readonly columns: Columns;
  readonly resources: readonly ServedResource[] | undefined;
}

function caseOf(
  facts: Facts,
  documented: DocumentedAccount,
  from: DocumentedAccount | undefined,
  target: DocumentedTarget,
): Case {
  const { account } = documented;
  const holdings = accountHoldingsOf(facts, account);
  const live = heldOf(holdings);
  const everywhere = live.filter(({ namespace }) => namespace === undefined).flatMap(({ rules }) => rules);
  // What the cluster gives to every account is no part of a scope-down: it stays as far as it is there (K9).
  const floor = FLOOR.flatMap((rule) => narrowed(rule, everywhere));
  const wanted: readonly HeldRules[] = [
    ...targetFor(target, account),
    ...(floor.length === 0 ? [] : [{ rules: floor }]),
  ];
  const written = from === undefined ? [] : documentedFor(facts, from);
  const resources = servedResources(
    facts,
    [...live, ...wanted, ...written].flatMap(({ rules }) => rules),
  );
  return {
    account,
    id: accountId(account),
    holdings,
    columns: {
      live: columnOf(live, resources),
      documented: columnOf(written, resources),
      target: columnOf(wanted, resources),
    },
    resources,
  };
}

/** The review of the service accounts of a cluster: what they hold → what is documented for them. Pure. */
export function reviewKubernetes(
  input: ReviewInput & { readonly usage: KubernetesUsageRead; readonly now: string },
): Review {
  const { loaded, snapshot, usage } = input;
  const { facts, documented, controls } = kubernetesSubject(input);
  const target = targetOf(facts, documented.accounts);
  const before = documentedAccounts(facts, controls.from).accounts;
  const cases = documented.accounts.map((each) =>
    caseOf(
      facts,
      each,
      before.find(({ account }) => accountId(account) === accountId(each.account)),
      target,
    ),
  );
  const rows: ReviewRow[] = [];
  const calls: RehearsedCall[] = [];
  const operations = new Map<string, KubernetesRequest>();
  for (const one of cases) {
    const own = usage.calls.filter((call) => call.account === one.id && !call.refused);
    const table = accountRows(
      one.id,
      one.columns,
      own.map(({ request }) => request),
      one.resources,
    );
    rows.push(...table.rows);
    for (const [action, request] of table.operations) operations.set(action, request);
    calls.push(...own.map((call) => rehearsed(call, one, table.rowOf(call.request))));
  }
  const accounts = cases.map(({ account }) => account);
  const manifests = roleManifests(facts, target, accounts);
  const ids = cases.map(({ id }) => id);
  const discovery = facts.unread("kubernetes/api-resource")[0];
  return {
    cloud: "kubernetes",
    scope: snapshot.scope,
    principal: { id: ids.join(","), name: ids.join(", ") },
    baseline: reviewedBaseline(loaded),
    ...(input.from === undefined ? {} : { from: input.from }),
    ...(input.to === undefined ? {} : { to: input.to }),
    takenAt: snapshot.takenAt,
    sources: usage.sources,
    groups: groupedRows(rows, calls, (action) => {
      const request = operations.get(action);
      return request !== undefined && usage.shows(request);
    }),
    calls: reviewOrder(calls.filter((call) => call.target !== "allowed")),
    allowedCalls: calls.filter((c) => c.target === "allowed").reduce((sum, c) => sum + c.count, 0),
    refusedThen: usage.calls.filter((call) => call.refused).reduce((sum, call) => sum + call.count, 0),
    unmapped: [],
    cut: [],
    dead: cases.flatMap((one) => deadGrants(one, usage.calls)),
    documents: manifests.documents,
    incomplete: [
      ...(snapshot.interrupted === true ? ["the recorded state is of an interrupted collection"] : []),
      ...documented.lost.filter(({ optional }) => !optional).map(({ line }) => line),
      ...cases.flatMap(({ id, holdings }) =>
        holdings.gaps.map(
          ({ what, why, decide }) => `what ${what} grants to ${id} is not known: ${why}; ${decide}`,
        ),
      ),
      ...(discovery === undefined
        ? []
        : [`what the cluster serves could not be read: ${discovery.api}: ${discovery.detail}`]),
      ...gapsOf({ ...usage, observes: () => true }),
      ...(usage.sources.length === 0
        ? []
        : usage.silent.map(
            (id) =>
              `the logs have no request of ${id}: it made none, or they are too short, of another cluster, or the audit policy leaves it out`,
          )),
      ...manifests.problems,
    ],
    notes: [
      ...documented.lost.filter(({ optional }) => optional).map(({ line }) => line),
      ...target.left,
      ...cases.flatMap(({ account, holdings, columns }) =>
        bindingsToGo(holdings, columns.target.held, target.roles, account),
      ),
      ...manifests.notes,
      ...cases.flatMap(({ id, holdings }) =>
        holdings.dangling.map(
          (binding) => `${id} is named by ${binding.kind} ${binding.name}, whose role is not there`,
        ),
      ),
      "not considered: other authorizers than RBAC (a cloud's own, webhooks), and admission",
    ],
  };
}

function rehearsed(call: KubernetesCalls, one: Case, action: string): RehearsedCall {
  const { columns, holdings, id } = one;
  const { request } = call;
  const asked = columns.live.ask(request);
  // What is not known of today's grants may be what granted it.
  const live: CallVerdict = asked === "refused" && holdings.gaps.length > 0 ? "depends" : asked;
  const target = columns.target.ask(request);
  const promised = target === "refused" && isPromised(columns, request);
  return {
    action,
    event: call.event,
    resources: call.resources,
    who: call.who,
    count: call.count,
    first: call.first,
    last: call.last,
    live,
    target,
    why: whyOf(request, live, target, columns, promised),
    ...(target === "refused" ? { needs: neededRule(request, id) } : {}),
    ...(promised ? { promised: true } : {}),
  };
}

/** A rule of the target names it, in a place where such a request never comes (K4). */
function isPromised({ target }: Columns, request: KubernetesRequest): boolean {
  return !("url" in request) && request.namespace === undefined && target.names(request);
}

function whyOf(
  request: KubernetesRequest,
  live: CallVerdict,
  target: CallVerdict,
  columns: Columns,
  promised: boolean,
): string {
  if (target === "allowed") return "";
  if (target === "depends") return "on a rule that cannot be read";
  if (promised)
    return "a rule of the target names it and cannot grant it: the resource has no namespace, and a Role holds in one";
  if (live === "refused")
    return "what is held today does not grant it either: it was granted otherwise, or the bindings were changed since";
  if (columns.documented.ask(request) === "allowed")
    return "it is documented as optional, and left out of the target";
  if (!("url" in request) && request.namespace !== undefined) {
    const places = [...new Set(columns.target.held.flatMap(({ namespace }) => namespace ?? []))].filter(
      (namespace) => columns.target.ask({ ...request, namespace }) === "allowed",
    );
    if (places.length > 0) return `the target grants it in namespace ${places.sort().join(", ")} alone`;
  }
  return "no documented role grants it there";
}

/** The rule that it would take, for whom and where. */
function neededRule(request: KubernetesRequest, serviceAccount: string): object {
  if ("url" in request) return { serviceAccount, nonResourceURLs: [request.url], verbs: [request.verb] };
  const { verb, group, resource, subresource, namespace } = request;
  return {
    serviceAccount,
    ...(namespace === undefined ? {} : { namespace }),
    apiGroups: [group],
    resources: [subresource === undefined ? resource : `${resource}/${subresource}`],
    verbs: [verb],
  };
}

/** What the target names and can never grant (K2 to K4), with the recorded calls that count on it. */
function deadGrants(
  { id, columns, resources }: Case,
  calls: readonly KubernetesCalls[],
): readonly DeadGrant[] {
  const { held } = columns.target;
  if (held.length === 0) return [];
  const documents = documentsOfColumn(held);
  const options = resources === undefined ? {} : { resources };
  const { void: dead = [] } = comparePolicies("kubernetes", documents, documents, options);
  return dead
    .filter(({ side }) => side === "documented")
    .map(({ pattern, why, origin }): DeadGrant => {
      const index = Number(/^\/rules\/(\d+)/.exec(origin.pointer)?.[1] ?? 0);
      const rule = held[origin.document]?.rules[index];
      const names =
        rule === undefined ? undefined : evaluator("kubernetes", documentsOfColumn([{ rules: [rule] }]));
      const counting = calls.filter(
        ({ account, refused, request }) =>
          account === id &&
          !refused &&
          isPromised(columns, request) &&
          columns.target.ask(request) === "refused" &&
          names?.(request) === "allowed" &&
          isOf(pattern, request),
      );
      return {
        actions: [`${id}: ${pattern}`],
        why,
        calls: counting.reduce((sum, call) => sum + call.count, 0),
      };
    });
}

/** Whether a pattern, `get,list jobs.batch -n x`, is about the resource and the verb of a request. */
function isOf(pattern: string, request: KubernetesRequest): boolean {
  const [verbs = "", what = ""] = pattern.split(" ");
  const [verb = "", resource = ""] = operationOf(request).split(" ");
  const has = (list: string, item: string) => list.split(",").some((each) => each === "*" || each === item);
  return has(verbs, verb) && has(what, resource);
}
