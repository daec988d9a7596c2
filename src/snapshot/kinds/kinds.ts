import type { Provider } from "../../access/policy.ts";
import { type AwsKind, awsKinds } from "./aws.ts";
import { type AzureKind, azureKinds } from "./azure.ts";
import type { KindSource } from "./calls.ts";
import { type KubernetesKind, kubernetesKinds } from "./kubernetes.ts";

/** A kind that this version reads itself: a row of a provider's table is a kind. */
export type BundledKind = AzureKind | AwsKind | KubernetesKind;

/** A kind that a plugin adds. */
export type PluginKind = `${Provider}/x-${string}`;

/** Every kind of document that a snapshot can hold. */
export type DocumentKind = BundledKind | PluginKind;

/**
 * Every kind and the calls that it comes from. Collection reads by this table, `unread` entries name its permissions, the
 * snapshot's schema lists its keys, and the scanner's own least-privilege role follows from it.
 */
export const documentKinds: Readonly<Record<BundledKind, KindSource>> = {
  ...azureKinds,
  ...awsKinds,
  ...kubernetesKinds,
};
