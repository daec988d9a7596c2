import { clusterRole, clusterRoleBinding, type RbacRule, type Subject } from "./objects.ts";
import { added, type Edit, type Edition } from "./world.ts";

export interface State {
  readonly name: string;
  readonly edition?: Edition;
  readonly edit: Edit;
  /** No service account is named: the bindings of the documented roles tell whom to audit. */
  readonly open?: true;
  /** The findings that are drift; exit 1 when there are any, else 0. */
  readonly drift: readonly string[];
}

export const clusterManagement = "ClusterRole/chalk-cluster-management-role";
export const managementRole = "Role/chalk-management-role";
export const jobReader = "Role/chalk-job-reader";

export const lacking = (verb: string) => (each: RbacRule) => ({
  ...each,
  verbs: each.verbs.filter((own) => own !== verb),
});
export const reversed = (each: RbacRule): RbacRule => ({
  ...each,
  verbs: each.verbs.toReversed(),
  ...(each.resources === undefined ? {} : { resources: each.resources.toReversed() }),
});
export const split = (each: RbacRule): readonly RbacRule[] =>
  (each.resources ?? []).flatMap((resource) =>
    each.verbs.map((verb) => ({ ...each, resources: [resource], verbs: [verb] })),
  );
export const leaving = (name: string) => (each: RbacRule) => ({
  ...each,
  resources: (each.resources ?? []).filter((own) => own !== name),
});

export const held = (name: string, subject: Subject, ...rules: RbacRule[]): Edit =>
  added(clusterRole(name, ...rules), clusterRoleBinding(name, name, subject));
