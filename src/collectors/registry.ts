import { type Collect, CollectError } from "./define.ts";
import type { AwsSettings, AzureSettings } from "./settings.ts";

/** Settings of each provider that this version can read live. */
interface Settings {
  readonly azure: AzureSettings;
  readonly aws: AwsSettings;
}

const loaders: { readonly [P in keyof Settings]: () => Promise<Collect<Settings[P]>> } = {
  azure: async () => (await import("./azure/collect.ts")).collect,
  aws: async () => (await import("./aws/collect.ts")).collect,
};

/** Loads a provider's collector with its SDK, only when it is used: the SDKs are most of the start-up time. */
export function loadCollector<P extends keyof Settings>(provider: P): Promise<Collect<Settings[P]>> {
  const load = loaders[provider];
  if (load === undefined)
    return Promise.reject(
      new CollectError(`expected a cloud that this version can read live, found ${provider}`),
    );
  return load();
}
