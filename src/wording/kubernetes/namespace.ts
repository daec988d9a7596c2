import type { Facts } from "../../snapshot/facts.ts";
import type { Context } from "../../state/context.ts";
import { auditedNamespace } from "../../state/kubernetes/accounts.ts";
import { documentedRoles } from "../../state/kubernetes/documented.ts";
import { placeOf } from "../../state/kubernetes/value.ts";
import { byText } from "../../text/order.ts";
import type { Observation } from "../observation.ts";

/** Names shown of those that exist. */
const SHOWN = 8;

function existing(facts: Facts): readonly string[] {
  return facts
    .all("kubernetes/namespace")
    .map(({ id, body }) => placeOf(id, body).name)
    .sort(byText);
}

/** Whether anything was recorded in a namespace: then it exists, whether or not namespaces could be listed. */
function isInhabited(facts: Facts, namespace: string): boolean {
  return (["kubernetes/role", "kubernetes/role-binding", "kubernetes/service-account"] as const).some(
    (kind) => facts.all(kind).some(({ id, body }) => placeOf(id, body).namespace === namespace),
  );
}

/** The namespaces that are audited. */
function wantedNamespaces(facts: Facts, context: Context): readonly string[] {
  const named = [...documentedRoles(context.controls).values()].flatMap((r) => r.namespace ?? []);
  const audited = auditedNamespace(facts, [...context.controls.values()]) ?? [];
  return [...new Set([audited, named].flat())].sort(byText);
}

/** What the report must say where namespaces could not be listed and no verdict hangs on it. */
export function unlistedNamespaces(facts: Facts, context: Context): readonly string[] {
  const unread = facts.unread("kubernetes/namespace")[0];
  const untold = wantedNamespaces(facts, context).filter((name) => !existing(facts).includes(name));
  if (unread === undefined || untold.length === 0) return [];
  const who = untold.length === 1 ? "namespace" : "namespaces";
  return [
    `namespaces could not be listed (${unread.api}: ${unread.detail}): that ${who} ${untold.join(", ")} ${untold.length === 1 ? "exists" : "exist"} is told by what was found there, and no verdict hangs on the list`,
  ];
}

/**
 * What there is to say when a namespace that is audited does not exist, or the cluster came empty: nothing can be
 * assessed, and nothing in it is absent (fault 40).
 */
export function* nothingThere(facts: Facts, context: Context): Iterable<Observation> {
  const resource = { type: "Namespace", id: facts.scope, name: "the cluster" };
  if (
    facts.all("kubernetes/cluster-role").length === 0 &&
    facts.unread("kubernetes/cluster-role").length === 0
  ) {
    yield {
      kind: "unknown",
      resource,
      message:
        "the list of cluster roles is empty, without even the server's own: the cluster was not readable",
      property: "cluster",
      decide: "read the cluster roles with an identity that may list them",
    };
    return;
  }
  const wanted = wantedNamespaces(facts, context);
  const unread = facts.unread("kubernetes/namespace")[0];
  const names = existing(facts);
  for (const namespace of wanted) {
    if (names.includes(namespace)) continue;
    if (unread !== undefined && isInhabited(facts, namespace)) continue;
    const others =
      names.slice(0, SHOWN).join(", ") + (names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "");
    yield {
      kind: "unknown",
      resource: { ...resource, id: namespace, name: namespace },
      message:
        unread === undefined
          ? `namespace ${namespace} does not exist in the cluster, so nothing was assessed; it has ${others}`
          : `whether namespace ${namespace} exists is not known, and nothing was found in it: ${unread.api}: ${unread.detail}`,
      property: "namespace",
      decide:
        unread?.permission === undefined
          ? "name the namespace of the deployment with --namespace"
          : `grant the scanner ${unread.permission}`,
    };
  }
}
