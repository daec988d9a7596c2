import { FIELDS } from "../../access/kubernetes/document.ts";
import type { Resource } from "../../report/report.ts";
import type { Facts } from "../../snapshot/facts.ts";
import { list, text } from "../../snapshot/value.ts";
import { byText } from "../../text/order.ts";
import { type RoleName, roleInWords } from "./role.ts";
import { type BindingSubject, readSubject } from "./subject.ts";
import { isBootstrap, member, oddMember, placeOf } from "./value.ts";

/** A RoleBinding or ClusterRoleBinding. */
export interface Binding {
  readonly kind: "RoleBinding" | "ClusterRoleBinding";
  readonly name: string;
  /** Of a RoleBinding: where it holds. */
  readonly namespace?: string;
  /** What it gives; absent when that cannot be understood. */
  readonly role?: RoleName;
  readonly subjects: readonly BindingSubject[];
  /** The server made it itself and keeps it. */
  readonly bootstrap: boolean;
  /** What of it cannot be understood, so that it may give more, or to others. */
  readonly problem?: string;
}

const KINDS = [
  ["ClusterRoleBinding", "kubernetes/cluster-role-binding"],
  ["RoleBinding", "kubernetes/role-binding"],
] as const;

const REF_FIELDS = ["apiGroup", "kind", "name"];

function readRef(kind: Binding["kind"], namespace: string | undefined, ref: unknown): RoleName | string {
  const name = text(member(ref, "name"));
  const role = member(ref, "kind");
  const group = text(member(ref, "apiGroup")) ?? "rbac.authorization.k8s.io";
  if (name === undefined) return "it names no role";
  if (group !== "rbac.authorization.k8s.io") return `its role is of the API group ${group}`;
  if (role === "ClusterRole") return { kind: "ClusterRole", name };
  if (role !== "Role") return `its role is of the kind ${String(role)}`;
  if (kind === "ClusterRoleBinding" || namespace === undefined)
    return `it names Role ${name}, which is of no namespace here`;
  return { kind: "Role", name, namespace };
}

function readBinding(kind: Binding["kind"], id: string, body: unknown): Binding {
  const place = placeOf(id, body);
  const namespace = kind === "RoleBinding" ? place.namespace : undefined;
  const ref = readRef(kind, namespace, member(body, "roleRef"));
  const value = member(body, "subjects") ?? [];
  const subjects = (list(value) ?? []).map((s) => readSubject(s, namespace));
  const odd = subjects.find((s) => s.kind === "odd");
  const problem =
    kind === "RoleBinding" && namespace === undefined
      ? "it came without a namespace"
      : typeof ref === "string"
        ? ref
        : list(value) === undefined
          ? "its subjects are not a list"
          : (oddMember(body, FIELDS) ?? oddMember(member(body, "roleRef"), REF_FIELDS) ?? odd?.why);
  return {
    kind,
    name: place.name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(typeof ref === "string" ? {} : { role: ref }),
    subjects,
    bootstrap: isBootstrap(body),
    ...(problem === undefined ? {} : { problem }),
  };
}

const read = new WeakMap<Facts, readonly Binding[]>();

/** Every binding of the cluster, those that hold everywhere first, then by namespace and name. */
export function readBindings(facts: Facts): readonly Binding[] {
  const known = read.get(facts);
  if (known !== undefined) return known;
  const bindings = KINDS.flatMap(([kind, source]) =>
    facts
      .all(source)
      .map(({ id, body }) => readBinding(kind, id, body))
      .sort((a, b) => byText(a.namespace ?? "", b.namespace ?? "") || byText(a.name, b.name)),
  );
  read.set(facts, bindings);
  return bindings;
}

/** `ClusterRoleBinding x`, `RoleBinding x in namespace y`. */
export function bindingInWords({ kind, name, namespace }: Binding): string {
  return `${kind} ${name}${namespace === undefined ? "" : ` in namespace ${namespace}`}`;
}

/** What a binding gives, for a sentence. */
export function givenInWords(binding: Binding): string {
  return binding.role === undefined ? "a role that cannot be told" : roleInWords(binding.role);
}

export function bindingResource({ kind, name, namespace }: Binding): Resource {
  return { type: kind, id: namespace === undefined ? name : `${namespace}/${name}`, name };
}
