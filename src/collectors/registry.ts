import type { Provider } from "../access/policy.ts";
import { type Collect, CollectError, type CollectOptions } from "./define.ts";
import type { AwsSettings, AzureSettings, KubernetesSettings } from "./settings.ts";

/** Settings of each provider that this version can read live. */
interface Settings {
  readonly azure: AzureSettings;
  readonly aws: AwsSettings;
  readonly kubernetes: KubernetesSettings;
}

const loaders: { readonly [P in Provider]: () => Promise<Collect<Settings[P]>> } = {
  azure: async () => (await import("./azure/collect.ts")).collect,
  aws: async () => (await import("./aws/collect.ts")).collect,
  kubernetes: async () => (await import("./kubernetes/collect.ts")).collect,
};

/** Loads a provider's collector with its SDK, only when it is used: the SDKs are most of the start-up time. */
export function loadCollector<P extends Provider>(provider: P): Promise<Collect<Settings[P]>> {
  const load = loaders[provider];
  if (load === undefined)
    return Promise.reject(
      new CollectError(`expected a cloud that this version can read live, found ${provider}`),
    );
  return load();
}

/**
 * The clouds in which a cluster's nodes run, by what the nodes say; none when they do not tell or cannot be listed.
 * @throws CollectError when the kubeconfig is wrong, the sign-in fails or the cluster cannot be reached
 */
export async function detectEdition(
  settings: KubernetesSettings,
  options: Omit<CollectOptions, "now">,
): Promise<readonly Provider[]> {
  const { edition } = await import("./kubernetes/edition.ts");
  return edition(settings, options);
}
