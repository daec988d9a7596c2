import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";
import {
  account,
  clusterRoleBinding,
  type KubernetesObject,
  namespace,
  type RbacRule,
  roleBinding,
  type Subject,
  serviceAccount,
} from "./objects.ts";

export type Edition = "azure" | "aws";
export type World = readonly KubernetesObject[];
export type Edit = (world: World) => World;

export const platform = "chalk";
export const builds = "builds";
export const management = account(platform, "management");
export const workload = account(platform, "workload");
export const builder = account(builds, "builder");

/** The documented accounts by name, as somebody gives them who knows the installation. */
export const accounts: readonly string[] = [
  ...["--set", "managementServiceAccount=chalk/management"],
  ...["--set", "workloadServiceAccount=chalk/workload"],
  ...["--set", "builderServiceAccount=builds/builder"],
];

/** The file of the vendor's roles, for kubectl. */
export const documentedFile = (edition: Edition): string =>
  fileURLToPath(new URL(`./documented/${edition}.yaml`, import.meta.url));

export function objectsIn(file: string): readonly KubernetesObject[] {
  return parseAllDocuments(readFileSync(file, "utf8")).map((each) => each.toJS() as KubernetesObject);
}

/** Namespaces, service accounts and bindings, which the page does not print. */
export const surroundings: World = [
  namespace(platform),
  namespace(builds),
  serviceAccount(platform, "management"),
  serviceAccount(platform, "workload"),
  serviceAccount(builds, "builder"),
  clusterRoleBinding("management-cluster", "chalk-cluster-management-role", management),
  roleBinding(platform, "management", "Role/chalk-management-role", management),
  roleBinding(platform, "workload", "Role/chalk-job-reader", workload),
  roleBinding(builds, "image-builds", "Role/argo-workflows-role", management, builder),
];

/** The cluster as the vendor's page has it. */
export const documented = (edition: Edition): World => [
  ...surroundings,
  ...objectsIn(documentedFile(edition)),
];

export const added =
  (...objects: KubernetesObject[]): Edit =>
  (world) => [...world, ...objects];

/** Takes `Kind/name` out. */
export const without =
  (...which: string[]): Edit =>
  (world) => {
    const kept = world.filter(({ kind, metadata }) => !which.includes(`${kind}/${metadata.name}`));
    if (kept.length !== world.length - which.length) throw new Error(`not all there: ${which.join(", ")}`);
    return kept;
  };

export const changed =
  (which: string, change: (object: KubernetesObject) => KubernetesObject): Edit =>
  (world) => {
    let met = 0;
    const next = world.map((each) => {
      if (`${each.kind}/${each.metadata.name}` !== which) return each;
      met += 1;
      return change(each);
    });
    if (met !== 1) throw new Error(`${which} stands ${met} times in the world`);
    return next;
  };

export const rulesOf = (object: KubernetesObject): readonly RbacRule[] =>
  (object["rules"] ?? []) as readonly RbacRule[];

export const ruled = (which: string, change: (rules: readonly RbacRule[]) => readonly RbacRule[]): Edit =>
  changed(which, (object) => ({ ...object, rules: change(rulesOf(object)) }));

/** One more rule at the end. */
export const granting = (which: string, ...more: RbacRule[]): Edit =>
  ruled(which, (rules) => [...rules, ...more]);

/** The rule for that resource, changed; a rule that is changed to nothing goes. */
export const ruleFor = (
  which: string,
  resource: string,
  change: (rule: RbacRule) => RbacRule | undefined,
): Edit =>
  ruled(which, (rules) => {
    const at = rules.findIndex((each) => each.resources?.includes(resource));
    const found = rules[at];
    if (found === undefined) throw new Error(`${which} has no rule for ${resource}`);
    return rules.toSpliced(at, 1, ...[change(found)].filter((each) => each !== undefined));
  });

/** One more subject in a binding. */
export const admitting = (which: string, ...more: Subject[]): Edit =>
  changed(which, (object) => ({
    ...object,
    subjects: [
      ...((object["subjects"] ?? []) as readonly Subject[]),
      ...more.map((each) =>
        each.kind === "ServiceAccount" ? each : { ...each, apiGroup: "rbac.authorization.k8s.io" },
      ),
    ],
  }));

export const all =
  (...edits: Edit[]): Edit =>
  (world) =>
    edits.reduce((so, edit) => edit(so), world);

export const nothing: Edit = (world) => world;
