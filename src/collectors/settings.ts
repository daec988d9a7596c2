import type { TokenCredential } from "@azure/core-auth";
import type { HttpClient } from "@azure/core-rest-pipeline";
import type { Clock } from "./http/clock.ts";

/** How to reach one Azure subscription. What is absent comes from the environment, as the Azure SDK has it. */
export interface AzureSettings {
  /** Subscription id. Absent: `AZURE_SUBSCRIPTION_ID`, else the only one that the account sees. */
  readonly subscription?: string;
  readonly tenant?: string;
  readonly cloud: "public" | "usgovernment" | "china";
  /** Address of the Resource Manager, https; wins over the cloud's. */
  readonly endpoint?: string;
  /** Address of Microsoft Graph, https; wins over the cloud's. */
  readonly graph?: string;
  /** In place of the default credential. For tests. */
  readonly credential?: TokenCredential;
  /** PEM text of the only certificate authority to trust. For tests; users set NODE_EXTRA_CA_CERTS. */
  readonly ca?: string;
  /** Milliseconds that one request may take; 60,000 when absent. */
  readonly requestTimeoutMs?: number;
  /** For tests. */
  readonly clock?: Clock;
  /** For tests. */
  readonly client?: HttpClient;
}

/** Keys that sign requests to AWS. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** How to reach one AWS account in one region. What is absent comes from the environment, as the AWS SDK has it. */
export interface AwsSettings {
  readonly region?: string;
  /** A profile of the AWS configuration files. */
  readonly profile?: string;
  /** ARN of the role to assume for reading. */
  readonly assumeRole?: string;
  readonly externalId?: string;
  /** Address of all services. For tests; users set AWS_ENDPOINT_URL. */
  readonly endpoint?: string;
  /** In place of the default chain. For tests. */
  readonly credentials?: () => Promise<AwsKeys>;
  /** PEM text of the only certificate authority to trust. For tests; users set NODE_EXTRA_CA_CERTS. */
  readonly ca?: string;
  /** Milliseconds that one request may take; 60,000 when absent. */
  readonly requestTimeoutMs?: number;
  /** For tests. */
  readonly clock?: Clock;
  /** For tests. */
  readonly client?: HttpClient;
}

/** How to reach one Kubernetes cluster. What is absent comes from the environment, as kubectl has it. */
export interface KubernetesSettings {
  /** Path of a kubeconfig. Absent: `KUBECONFIG` (a list of paths), else `~/.kube/config`, else the pod's own account. */
  readonly kubeconfig?: string;
  /** A context of it; its current one when absent. */
  readonly context?: string;
  /** `deny`: a kubeconfig that gets its credentials from a program is refused, and nothing is started. */
  readonly execPlugins?: "allow" | "deny";
  /** Milliseconds that such a program may take; 30,000 when absent. */
  readonly execTimeoutMs?: number;
  /** Milliseconds that one request may take; 60,000 when absent. */
  readonly requestTimeoutMs?: number;
  /** Entries of one page of a list; 500 when absent. For tests. */
  readonly pageSize?: number;
  /** Where a pod finds the token and certificate of its own account. For tests. */
  readonly serviceAccountFolder?: string;
  /** The environment to look in; the process's own when absent. For tests. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** For tests. */
  readonly clock?: Clock;
}
