import type { KubernetesKind } from "../../snapshot/kinds/kubernetes.ts";
import { visible } from "../../text/visible.ts";
import { CollectError, type CollectPlan } from "../define.ts";

/** A thing of a namespace by its name; `*` is every one. */
export interface Named {
  readonly namespace: string;
  readonly name: string;
}

const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const subdomain = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

/** Whether it can be the name of a namespace (RFC 1123 label). */
export function isNamespace(text: string): boolean {
  return label.test(text);
}

/** Whether it can be the name of an object (RFC 1123 subdomain). */
export function isName(text: string): boolean {
  return subdomain.test(text);
}

/**
 * What of a kind the plan names; undefined: the kind whole. Names become parts of paths, so what cannot be one is refused.
 * @throws CollectError for what is no name of Kubernetes
 */
export function namedIn(plan: CollectPlan, kind: KubernetesKind): readonly Named[] | undefined {
  return plan.names?.get(kind)?.map((id) => {
    const [namespace = "", name = "", ...more] = id.split("/");
    if (more.length === 0 && isNamespace(namespace) && (name === "*" || isName(name)))
      return { namespace, name };
    throw new CollectError(
      `expected NAMESPACE/NAME as Kubernetes allows them (lower case letters, digits, hyphens and dots), found ${JSON.stringify(visible(id).slice(0, 320))}; a control asks for it`,
    );
  });
}

/** The namespaces in which the named things of a kind are; undefined: all. */
export function namespacesIn(plan: CollectPlan, kind: KubernetesKind): readonly string[] | undefined {
  const named = namedIn(plan, kind);
  return named === undefined ? undefined : [...new Set(named.map(({ namespace }) => namespace))].sort();
}
