import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import { DeleteClusterCommand } from "@aws-sdk/client-kafka";
import { parseAllDocuments } from "yaml";
import { runCommand } from "../command.ts";
import { type LiveAws, startAwsServers, whyNoServers as whyNoAws } from "../servers/aws/setup.ts";
import { whyNoKubectl } from "../servers/kubernetes/kubectl.ts";
import { whyNoKubernetes } from "../servers/kubernetes/requirements.ts";
import { type LiveKubernetes, startKubernetes } from "../servers/kubernetes/setup.ts";
import {
  type Brokers,
  type Clients,
  clientsOf,
  type Made,
  makeAccount,
  makeKafka,
  makeService,
  whyNoTerraform,
} from "./account.ts";
import { type Cluster, type Files, filesIn, makeCluster } from "./cluster.ts";
import { type Eks, makeRoles, showCluster } from "./eks.ts";

/** A whole self-managed installation on running servers. */
export interface World {
  readonly aws: LiveAws;
  readonly live: LiveKubernetes;
  readonly clients: Clients;
  /** As it is now: what was made anew is there under its new id. */
  readonly made: Made;
  /** A subnet of another network. */
  readonly foreign: string;
  remember(anew: Partial<Made>): void;
  readonly cluster: Cluster;
  readonly files: Files;
  /** Of values, seed and environment files; the caller's own too. */
  readonly folder: string;
  /** Stands in every secret, tag, values file and environment variable of it. */
  readonly canary: string;
  /** Of the namespace kube-system, by which a cluster is known. */
  uid(): string;
  /** The cluster in AWS: as the page asks for it, but for what is given. */
  eks(eks?: Eks): Promise<void>;
  /** Kafka, likewise, or none. */
  kafka(brokers?: Brokers | "none"): Promise<void>;
  /** Makes the endpoint service anew. */
  privateLink(): Promise<void>;
  stop(): Promise<void>;
}

/** Why it cannot be had on this machine; undefined: it can. */
export function whyNoWorld(): string | undefined {
  return whyNoAws() ?? whyNoKubernetes() ?? whyNoKubectl() ?? whyNoTerraform();
}

export const CANARY = "canary-7f3a9c51d2";

/** Starts the servers and makes the installation in them: half a minute beside what has to be built. */
export async function startWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "chalk-audit-live-"));
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    await Promise.all(stops.map((each) => each()));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const aws = await startAwsServers();
    stops.push(() => aws.stop());
    // Terraform waits most of its time: the API server comes up meanwhile
    const [first, live] = await Promise.all([
      makeAccount(aws.front.url, folder, CANARY),
      startKubernetes(
        [],
        ["deployment-controller", "replicaset-controller", "garbage-collector-controller"],
      ).then((started) => {
        stops.push(() => started.stop());
        return started;
      }),
    ]);
    let made = first;
    const remember = (anew: Partial<Made>) => {
      made = { ...made, ...anew };
    };
    const eks = (how?: Eks) => showCluster(aws.strict.url, aws.front, made, how);
    await makeRoles(aws.strict.url);
    await eks();
    const cluster = await makeCluster(live, folder, CANARY, made);
    await cluster.kubectl(["apply", "-f", "-"], await printedRole());
    const home = await live.admin.must<{ readonly metadata: { readonly uid: string } }>(
      "GET",
      "/api/v1/namespaces/kube-system",
    );
    const clients = clientsOf(aws.front.url);
    const { Subnets: [far] = [] } = await clients.ec2.send(
      new DescribeSubnetsCommand({ Filters: [{ Name: "default-for-az", Values: ["true"] }] }),
    );
    return {
      ...{ aws, live, clients, cluster, folder, eks, remember, stop },
      get made() {
        return made;
      },
      foreign: far?.SubnetId ?? "",
      files: filesIn(folder, CANARY),
      canary: CANARY,
      uid: () => home.metadata.uid,
      kafka: async (how) => {
        if (made.msk !== "") await clients.kafka.send(new DeleteClusterCommand({ ClusterArn: made.msk }));
        remember({ msk: how === "none" ? "" : await makeKafka(clients, made, CANARY, how) });
      },
      privateLink: async () => remember({ service: await makeService(clients, made.balancerArn) }),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The scanner's own objects, as the command prints them for this baseline. */
async function printedRole(): Promise<string> {
  const ran = await runCommand(["permissions", "--cloud", "kubernetes", "--baseline", "chalk-helm"], {});
  if (ran.code !== 0) throw new Error(ran.stderr);
  return ran.stdout;
}

/** Each right of that role by itself: verb and resource, or verb and URL. */
export async function printedRights(): Promise<readonly string[]> {
  interface Printed {
    readonly kind: string;
    readonly rules: readonly {
      readonly verbs: readonly string[];
      readonly resources?: readonly string[];
      readonly nonResourceURLs?: readonly string[];
    }[];
  }
  const objects = parseAllDocuments(await printedRole()).map((each) => each.toJS() as Printed);
  const rules = objects.find(({ kind }) => kind === "ClusterRole")?.rules ?? [];
  return rules.flatMap(({ verbs, resources, nonResourceURLs }) =>
    verbs.flatMap((verb) => (resources ?? nonResourceURLs ?? []).map((what) => `${verb} ${what}`)),
  );
}
