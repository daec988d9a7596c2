// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a baseline refers to its parameters that way
import { describe, expect, test } from "vitest";
import { loadBaseline } from "../../src/baselines/bundled.ts";
import { resolveControls } from "../../src/baselines/parameters.ts";
import { checks } from "../../src/checks/registry.ts";
import {
  chalkActions,
  chalkDataActions,
  logReaderActions,
  logReaderDataActions,
  metaflowActions,
} from "./pages.ts";

const chalk = loadBaseline("chalk-azure@2026-11-20", checks);
const metaflow = loadBaseline("metaflow-azure@2026-11-20", checks);

interface Permissions {
  readonly actions?: string[];
  readonly notActions?: string[];
  readonly dataActions?: string[];
  readonly notDataActions?: string[];
}

/** The permissions of a role control under a profile, all objects together, sorted. */
function permissionsOf(loaded: typeof chalk, id: string, profile?: string): Required<Permissions> {
  const control = resolveControls(loaded.baseline, {}, profile).controls.find((c) => c.id === id);
  const { permissions } = control!.with as { permissions: Permissions[] };
  const all = (key: keyof Permissions) => permissions.flatMap((object) => object[key] ?? []).sort();
  return {
    actions: all("actions"),
    notActions: all("notActions"),
    dataActions: all("dataActions"),
    notDataActions: all("notDataActions"),
  };
}

const sorted = (list: readonly string[]) => [...list].sort();
const only = (actions: readonly string[], dataActions: readonly string[] = []) => ({
  actions: sorted(actions),
  notActions: [],
  dataActions: sorted(dataActions),
  notDataActions: [],
});

function withOf(loaded: typeof chalk, id: string): unknown {
  return loaded.baseline.controls.find((control) => control.id === id)?.with;
}

test("the transcripts are whole: as many entries as the pages print, none twice", () => {
  const sizes = [chalkActions, chalkDataActions, logReaderActions, logReaderDataActions, metaflowActions].map(
    (list) => [list.length, new Set(list.map((entry) => entry.toLowerCase())).size],
  );
  expect(sizes).toEqual([
    [56, 56],
    [7, 7],
    [5, 5],
    [2, 2],
    [44, 44],
  ]);
});

describe("chalk-azure says what the page says", () => {
  test("the two roles", () => {
    expect(permissionsOf(chalk, "platform-manager-role")).toEqual(only(chalkActions, chalkDataActions));
    expect(permissionsOf(chalk, "log-reader-role")).toEqual(only(logReaderActions, logReaderDataActions));
    expect(withOf(chalk, "platform-manager-role")).toMatchObject({
      role: "Chalk Platform Manager",
      assignableScopes: [
        "/subscriptions/*",
        "/subscriptions/*/resourceGroups/*",
        "/subscriptions/*/resourceGroups/*/providers/*/*",
        "/subscriptions/*/resourceGroups/*/providers/*/*/*",
      ],
    });
    expect(Object.keys(withOf(chalk, "log-reader-role") as object)).toEqual(["permissions"]);
  });

  test("fourteen controls, their checks, what is optional or advisory, and headings of the page", () => {
    const rows = chalk.baseline.controls.map(({ id, check, optional, severity, cite }) => [
      id,
      check,
      optional === true ? "optional" : (severity ?? ""),
      cite.section,
    ]);
    expect(rows).toEqual([
      ["platform-manager-role", "azure/role-definition", "", "Core Infrastructure Permissions"],
      ["platform-manager-assignment", "azure/role-assignment", "", "Azure Service Principal Setup"],
      ["effective-access", "azure/effective-access", "", "Required Azure Permissions"],
      ["log-reader-role", "azure/role-definition", "optional", "Azure Monitor and Log Analytics"],
      ["key-vault-access", "azure/key-vault-access", "", "Azure Service Principal Setup"],
      ["aks-rbac", "config/resource-state", "", "Kubernetes RBAC Configuration"],
      ["subscription-separation", "azure/subscription-separation", "low", "Core Infrastructure Permissions"],
      ["platform-services", "inventory/resources", "info", "What are these permissions for?"],
      ["cluster-management-role", "kubernetes/role", "", "Cluster-Level Role"],
      ["management-role", "kubernetes/role", "", "Namespace-Level Role"],
      ["job-reader-role", "kubernetes/role", "", "Workload Service Account Role"],
      ["argo-workflows-role", "kubernetes/role", "optional", "Argo Workflows Role (Optional)"],
      ["role-bindings", "kubernetes/role-binding", "", "Kubernetes RBAC Configuration"],
      ["cluster-effective-access", "kubernetes/effective-access", "", "Kubernetes RBAC Configuration"],
    ]);
  });

  test("the parameters by which requirements name them", () => {
    const rows = Object.entries(chalk.baseline.parameters).map(([name, { type, flag }]) => [
      name,
      type,
      flag ?? "",
    ]);
    expect(rows).toEqual([
      ["principalId", "uuid", "principal"],
      ["scope", "scope", "subscription"],
      ["resourceGroups", "list", ""],
      ["namespace", "string", "namespace"],
      ["managementServiceAccount", "string", ""],
      ["workloadServiceAccount", "string", ""],
      ["builderServiceAccount", "string", ""],
    ]);
  });

  test("the eleven services, by the page's names and in its order", () => {
    const { items } = withOf(chalk, "platform-services") as { items: { name: string }[] };
    expect(items.map(({ name }) => name)).toEqual([
      "Azure Kubernetes Service",
      "Azure Container Registry",
      "Azure Storage",
      "Azure SQL Database",
      "Azure Cosmos DB",
      "Azure Cache for Redis",
      "Azure Event Hubs",
      "Azure Service Bus",
      "Azure Key Vault",
      "Azure Monitor",
      "Azure Application Insights",
    ]);
  });

  /** A rule as `groups|resources|verbs`, with `?` before one that may be absent. */
  const rulesOf = (id: string) => {
    const { kind, name, rules } = withOf(chalk, id) as {
      kind: string;
      name: string;
      rules: { apiGroups: string[]; resources: string[]; verbs: string[]; optional?: boolean }[];
    };
    return [
      `${kind} ${name}`,
      ...rules.map(
        (rule) =>
          `${rule.optional === true ? "?" : ""}${[rule.apiGroups, rule.resources, rule.verbs].map((l) => l.join()).join("|")}`,
      ),
    ];
  };

  test("the Kubernetes roles, rule by rule", () => {
    expect(rulesOf("cluster-management-role")).toEqual([
      "ClusterRole chalk-cluster-management-role",
      "|nodes|get,list,watch",
      "cluster-autoscaler.kubernetes.io|nodepools|get,list,create,update,patch,delete",
      "|persistentvolumes|get,list,create,update,patch,watch,delete",
      "storage.k8s.io|storageclasses|get,list",
    ]);
    expect(rulesOf("management-role")).toEqual([
      "Role chalk-management-role",
      "|configmaps,pods,services|get,list,create,update,patch,watch",
      "|pods/log|get,list,watch",
      "extensions,networking.k8s.io|ingresses,ingresses/status,ingressclasses|get,list,watch,delete,update,create",
      "|secrets|get,list,watch,create,patch,update,delete",
      "|events|get,list,watch",
      "apps|replicasets,statefulsets,deployments,daemonsets|get,list,update,patch,create,delete",
      "batch|cronjobs,jobs|get,list,create,update,patch,watch,delete",
      "|persistentvolumeclaims|get,list,create,update,patch,watch,delete",
      "keda.sh|scaledobjects,scaledjobs|get,list,create,update,patch,watch,delete",
      "policy|poddisruptionbudgets|get,list,create,update,patch,watch",
      "?|pods/exec|create,get",
      "?,rbac.authorization.k8s.io|roles,serviceaccounts,rolebindings|get,list",
    ]);
    expect(rulesOf("job-reader-role")).toEqual(["Role chalk-job-reader", "batch|jobs|get,list,watch"]);
    expect(rulesOf("argo-workflows-role")).toEqual([
      "Role argo-workflows-role",
      "argoproj.io|workflows|get,list,watch,create,update,patch,delete",
      "|pods|get,list,watch,create,update,patch,delete",
    ]);
  });

  test("who holds which Kubernetes role", () => {
    const management = "${managementServiceAccount}";
    const workload = "${workloadServiceAccount}";
    const builder = "${builderServiceAccount}";
    expect(withOf(chalk, "role-bindings")).toEqual({
      bindings: [
        { role: "cluster-management-role", serviceAccounts: [management] },
        { role: "management-role", serviceAccounts: [management] },
        { role: "job-reader-role", serviceAccounts: [workload] },
        { role: "argo-workflows-role", serviceAccounts: [management, builder] },
      ],
    });
    expect(withOf(chalk, "cluster-effective-access")).toEqual({
      accounts: [
        {
          serviceAccount: management,
          roles: ["cluster-management-role", "management-role", "argo-workflows-role"],
        },
        { serviceAccount: workload, roles: ["job-reader-role"] },
        { serviceAccount: builder, roles: ["argo-workflows-role"] },
      ],
    });
  });

  test("principal and scope reach the checks, or are left out", () => {
    const id = "aaaaaaaa-0000-4000-8000-000000000001";
    const resolved = (given: Record<string, string>) =>
      Object.fromEntries(
        resolveControls(chalk.baseline, given).controls.map((control) => [control.id, control.with]),
      );
    const given = resolved({ principalId: id, scope: id, resourceGroups: "rg-a, rg-b" });
    const roles = [{ name: "Chalk Platform Manager" }];
    const sum = { required: ["platform-manager-role"], optional: ["log-reader-role"] };
    expect(given["platform-manager-assignment"]).toEqual({
      principal: id,
      roles,
      scope: `/subscriptions/${id}`,
    });
    expect(given["effective-access"]).toEqual({ principal: id, scope: `/subscriptions/${id}`, ...sum });
    expect(given["subscription-separation"]).toMatchObject({ resourceGroups: ["rg-a", "rg-b"] });
    const bare = resolved({});
    expect(bare["platform-manager-assignment"]).toEqual({ roles });
    expect(bare["effective-access"]).toEqual(sum);
    expect(Object.keys(bare["subscription-separation"] as object)).toEqual(["ignore"]);
  });

  test("the line of a finding is the line that declares the permission", () => {
    const lines = chalk.lineOf("/controls/0/with/permissions/0/actions/0");
    expect(chalk.lineOf("/controls/0/with/permissions/0/actions/55")).toBe(lines + 55);
    expect(chalk.lineOf("/controls/0/with/permissions/0/dataActions/0")).toBe(lines + 58);
  });
});

describe("metaflow-azure says what the page says", () => {
  const deletes = metaflowActions.filter((action) => action.endsWith("/delete"));

  test("the role: all of it under lifecycle, which is the default; without deletes under operate", () => {
    expect(deletes).toHaveLength(11);
    const kept = metaflowActions.filter((action) => !deletes.includes(action));
    expect(permissionsOf(metaflow, "admin-role")).toEqual(only(metaflowActions));
    expect(permissionsOf(metaflow, "admin-role", "lifecycle")).toEqual(only(metaflowActions));
    expect(permissionsOf(metaflow, "admin-role", "operate")).toEqual(only(kept));
    expect(withOf(metaflow, "admin-role")).toMatchObject({
      role: "Metaflow admin",
      assignableScopes: ["/subscriptions/*"],
    });
  });

  test("its controls and the parameters by which requirements name them", () => {
    expect(metaflow.baseline.controls.map(({ id, check, cite }) => [id, check, cite.section])).toEqual([
      ["admin-role", "azure/role-definition", "In Azure IAM"],
      ["storage-access", "azure/role-assignment", "Storage Access"],
      ["aks-access", "azure/role-assignment", "AKS Cluster Access"],
      ["effective-access", "azure/effective-access", "Required Azure Permissions for Running Flows"],
      ["resource-group", "inventory/resources", "Azure Resource List"],
      ["network", "azure/virtual-network", "Azure Resource List"],
      ["storage", "inventory/resources", "Azure Resource List"],
      ["cluster", "config/resource-state", "Azure Resource List"],
      ["database", "config/resource-state", "Azure Resource List"],
      ["application", "azure/application", "Azure Resource List"],
      ["directory-role", "azure/directory-role", "In Azure Active Directory"],
      ["argo-services", "kubernetes/services", "Argo Workflows"],
      ["metaflow-services", "kubernetes/services", "Metaflow"],
    ]);
    const rows = Object.entries(metaflow.baseline.parameters).map(([name, { type, flag }]) => [
      name,
      type,
      flag ?? "",
    ]);
    expect(rows).toEqual([
      ["principalId", "uuid", "principal"],
      ["scope", "scope", "subscription"],
      ["resourceGroup", "string", ""],
      ["storageAccount", "string", ""],
      ["container", "string", ""],
      ["cluster", "string", ""],
      ["databaseServer", "string", ""],
      ["deployerId", "uuid", ""],
      ["argoNamespace", "string", ""],
      ["metadataService", "string", ""],
      ["uiStaticService", "string", ""],
      ["uiBackendService", "string", ""],
    ]);
  });

  test("where the application's roles are held, with and without parameters", () => {
    const id = "aaaaaaaa-0000-4000-8000-000000000001";
    const access = (given: Record<string, string>) =>
      resolveControls(metaflow.baseline, given)
        .controls.filter(({ check }) => check === "azure/role-assignment")
        .map((control) => control.with);
    const storage = [{ name: "Storage Blob Data Contributor", id: "ba92f5b4-2d11-453d-a403-e96b0029c9fe" }];
    const aks = [
      { name: "Azure Kubernetes Service Contributor Role", id: "ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8" },
      { name: "Azure Kubernetes Service Cluster User Role", id: "4abbcc35-e782-43d8-92c5-2d3f1bd2253f" },
    ];
    const account = (prefix: string, name: string) =>
      `${prefix}/providers/Microsoft.Storage/storageAccounts/${name}`;
    const cluster = (prefix: string, name: string) =>
      `${prefix}/providers/Microsoft.ContainerService/managedClusters/${name}`;
    const any = "/subscriptions/*/resourceGroups/*";
    expect(access({})).toEqual([
      {
        roles: storage,
        scope: `${account(any, "*")}/blobServices/default/containers/*`,
        scopeOrAbove: [account(any, "*")],
      },
      { roles: aks, scope: cluster(any, "*") },
    ]);
    const rg = `/subscriptions/${id}/resourceGroups/rg-m`;
    const all = {
      principalId: id,
      scope: id,
      resourceGroup: "rg-m",
      storageAccount: "stm",
      container: "c",
      cluster: "k",
    };
    expect(access(all)).toEqual([
      {
        principal: id,
        roles: storage,
        scope: `${account(rg, "stm")}/blobServices/default/containers/c`,
        scopeOrAbove: [account(rg, "stm")],
      },
      { principal: id, roles: aks, scope: cluster(rg, "k") },
    ]);
  });
});

describe("what is wrong on the pages themselves is recorded", () => {
  test.each([
    ["Service Bus has no action", chalk, "What are these permissions for?", /Microsoft\.ServiceBus/],
    ["extensions is not served", chalk, "Namespace-Level Role", /extensions/],
    ["ingress classes are cluster-scoped", chalk, "Namespace-Level Role", /cluster-scoped/],
    ["a Role without indentation", chalk, "Workload Service Account Role", /without indentation/],
    [
      "data actions that look like control-plane ones",
      chalk,
      "Azure Monitor and Log Analytics",
      /data actions/,
    ],
    ["dead entries", chalk, "Core Infrastructure Permissions", /solutions\/\* and .*savedSearches\/\*/],
    ["deletes are marked in prose only", metaflow, "In Azure IAM", /tear the stack down/],
  ])("%s", (_, loaded, section, text) => {
    expect(loaded.baseline.errata.filter((e) => e.section === section && text.test(e.text))).toHaveLength(1);
  });
});
