import type { Provider } from "../../access/policy.ts";
import type { LoadedBaseline } from "../../baselines/baseline.ts";
import { UsageError } from "../line/errors.ts";
import { azureClouds, execPluginChoices } from "../line/flags.ts";
import { type GivenOptions, outweighs } from "../line/options.ts";
import { type Assignment, assigned, choice, one, pathOf } from "../line/settings.ts";

/** How to reach one Azure subscription. */
export interface AzureReach {
  readonly subscription?: string;
  readonly tenant?: string;
  readonly cloud: (typeof azureClouds)[number];
  readonly endpoint?: string;
  readonly graph?: string;
}

/** How to reach one AWS account in one region. */
export interface AwsReach {
  readonly region?: string;
  readonly profile?: string;
  readonly assumeRole?: string;
  readonly externalId?: string;
}

/** How to reach one Kubernetes cluster. */
export interface KubernetesReach {
  /** Absolute path. */
  readonly kubeconfig?: string;
  /** Where a config file that was found names the kubeconfig: which cluster answers is then the repository's choice. */
  readonly kubeconfigBy?: string;
  readonly context?: string;
  readonly execPlugins: (typeof execPluginChoices)[number];
}

/** How to reach the live state of a target. */
export type TargetReach =
  | { readonly cloud: "azure"; readonly azure: AzureReach }
  | { readonly cloud: "aws"; readonly aws: AwsReach }
  | { readonly cloud: "kubernetes"; readonly kubernetes: KubernetesReach };

/** How to reach a target's cloud, as the options say it. @throws UsageError for what no such cloud has */
export function targetReachOf(
  cloud: Provider,
  baselines: readonly LoadedBaseline[],
  options: GivenOptions,
  cwd: string,
): TargetReach {
  switch (cloud) {
    case "azure":
      return { cloud, azure: reachAzure(baselines, options) };
    case "aws":
      return { cloud, aws: reachAws(baselines, options) };
    case "kubernetes":
      return { cloud, kubernetes: reachKubernetes(options, cwd) };
  }
}

/** @throws UsageError for a value that no Azure has */
function reachAzure(baselines: readonly LoadedBaseline[], options: GivenOptions): AzureReach {
  const scope = flagOrSet("subscription", baselines, options)?.value;
  const subscription = /^\/subscriptions\/([^/]+)/i.exec(scope ?? "")?.[1] ?? scope;
  const tenant = one(options, "tenant");
  const endpoint = one(options, "azure-endpoint");
  const graph = one(options, "graph-endpoint");
  return {
    cloud: choice(options, "azure-cloud", azureClouds) ?? "public",
    ...(subscription === undefined ? {} : { subscription }),
    ...(tenant === undefined ? {} : { tenant }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(graph === undefined ? {} : { graph }),
  };
}

/** A region is a part of the address that credentials go to: one label of a host name, and nothing more. */
const regionShape = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** @throws UsageError for an external id without a role that it is for, or a region that is none */
function reachAws(baselines: readonly LoadedBaseline[], options: GivenOptions): AwsReach {
  const asked = flagOrSet("region", baselines, options);
  const region = asked?.value;
  if (region !== undefined && !regionShape.test(region)) {
    throw new UsageError(`${asked?.given.from}: expected a region such as eu-west-1, found "${region}"`);
  }
  const profile = one(options, "profile");
  const assumeRole = one(options, "assume-role");
  const externalId = one(options, "external-id");
  if (externalId !== undefined && assumeRole === undefined) {
    throw new UsageError(
      `${options.get("external-id")?.from}: expected --assume-role with it, the role that this tool reads with`,
    );
  }
  return {
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(assumeRole === undefined ? {} : { assumeRole }),
    ...(externalId === undefined ? {} : { externalId }),
  };
}

/** @throws UsageError for an empty path or context, or a value of --exec-plugins that is none */
export function reachKubernetes(options: GivenOptions, cwd: string): KubernetesReach {
  const kubeconfig = pathOf(options, "kubeconfig", cwd);
  const by = options.get("kubeconfig");
  const context = one(options, "context");
  if (context === "") {
    throw new UsageError(`${options.get("context")?.from}: expected the name of a context, found nothing`);
  }
  return {
    execPlugins: choice(options, "exec-plugins", execPluginChoices) ?? "allow",
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(by?.repository === undefined ? {} : { kubeconfigBy: by.from }),
    ...(context === undefined ? {} : { context }),
  };
}

/** A flag's value, or what `--set` gives to the parameter that the flag stands for, where that has more weight. */
function flagOrSet(
  flag: string,
  baselines: readonly LoadedBaseline[],
  options: GivenOptions,
): Assignment | undefined {
  const given = options.get(flag);
  const value = given?.values.at(-1);
  const own = given === undefined || value === undefined ? undefined : { value, given };
  const set = assigned(options);
  for (const { baseline } of baselines) {
    for (const [name, parameter] of Object.entries(baseline.parameters)) {
      const found = parameter.flag === flag ? set.get(name) : undefined;
      if (found !== undefined) return own === undefined || outweighs(found.given, own.given) ? found : own;
    }
  }
  return own;
}
