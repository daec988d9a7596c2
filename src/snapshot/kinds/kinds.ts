import { type AwsKind, awsKinds } from "./aws.ts";
import { type AzureKind, azureKinds } from "./azure.ts";
import type { KindSource } from "./calls.ts";
import { type KubernetesKind, kubernetesKinds } from "./kubernetes.ts";

/** Every kind of document that a snapshot can hold: a row of the provider's table is a kind. */
export type DocumentKind = AzureKind | AwsKind | KubernetesKind;

/**
 * Every kind and the calls that it comes from. Collection reads by this table, `unread` entries name its permissions, the
 * snapshot's schema lists its keys, and the scanner's own least-privilege role follows from it.
 */
export const documentKinds: Readonly<Record<DocumentKind, KindSource>> = {
  ...azureKinds,
  ...awsKinds,
  ...kubernetesKinds,
};
