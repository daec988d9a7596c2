/**
 * A process of its own for bench.ts: scans of the servers that the tests have, which run in this process. Arguments:
 * how many roles the cluster has. Prints one object of figures; times in ms of wall time.
 */
import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { Snapshot } from "../src/index.ts";
import { collectAws, vendorWorld } from "../test/collectors/aws-harness.ts";
import { collectFrom } from "../test/collectors/kubernetes-harness.ts";
import { type Aws, startAws } from "../test/servers/aws.ts";
import { auditor, region } from "../test/servers/aws-state.ts";
import { startKubernetes } from "../test/servers/kubernetes.ts";
import type { Body } from "../test/servers/kubernetes-state.ts";
import { median } from "./figures.ts";
import { INSTALLATION, readInstallation } from "./installation.ts";
import { cluster } from "./kubernetes-worlds.ts";

/** What a service of a cloud takes to answer, in ms. */
const LATENCY = 20;
const RUNS = 9;
const ROLE = "acme";
const ROLE_KINDS = [
  "aws/caller-identity",
  "aws/role",
  "aws/role-policy",
  "aws/attached-policy",
  "aws/policy",
] as const;

/** What a scan of a role reads, with the SDK alone: all at once that can be read at once. */
async function bare(aws: Aws): Promise<number> {
  const settings = {
    region,
    endpoint: aws.url,
    credentials: { accessKeyId: auditor.id, secretAccessKey: auditor.secret },
  };
  const iam = new IAMClient(settings);
  const sts = new STSClient(settings);
  const policy = async (arn: string | undefined): Promise<unknown> => {
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: arn }));
    return iam.send(new GetPolicyVersionCommand({ PolicyArn: arn, VersionId: Policy?.DefaultVersionId }));
  };
  const before = aws.requests.length;
  const RoleName = ROLE;
  await Promise.all([
    sts.send(new GetCallerIdentityCommand({})),
    iam.send(new GetRoleCommand({ RoleName })).then(({ Role }) => {
      const boundary = Role?.PermissionsBoundary?.PermissionsBoundaryArn;
      return boundary === undefined ? undefined : policy(boundary);
    }),
    iam
      .send(new ListRolePoliciesCommand({ RoleName }))
      .then(({ PolicyNames = [] }) =>
        Promise.all(
          PolicyNames.map((PolicyName) => iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))),
        ),
      ),
    iam
      .send(new ListAttachedRolePoliciesCommand({ RoleName }))
      .then(({ AttachedPolicies = [] }) => Promise.all(AttachedPolicies.map((p) => policy(p.PolicyArn)))),
  ]);
  iam.destroy();
  sts.destroy();
  return aws.requests.length - before;
}

async function ours(aws: Aws): Promise<number> {
  const before = aws.requests.length;
  const { snapshot } = await collectAws(aws, { roles: [ROLE], kinds: ROLE_KINDS });
  read(snapshot);
  return aws.requests.length - before;
}

function read({ documents, unread }: Snapshot): void {
  const [first] = unread;
  if (first !== undefined) throw new Error(`${first.kind} was not read: ${first.detail}`);
  if (documents.length === 0) throw new Error("nothing was read");
}

async function elapsed<T>(run: () => Promise<T>): Promise<{ readonly took: number; readonly result: T }> {
  const started = performance.now();
  const result = await run();
  return { took: performance.now() - started, result };
}

/** Both ways of reading the same account, several times; each gives how many calls it made. */
async function beside(bare: (aws: Aws) => Promise<number>, scan: (aws: Aws) => Promise<number>) {
  const aws = await startAws(vendorWorld);
  try {
    aws.faults.add({ match: "", delay: LATENCY });
    const pairs: { readonly scan: number; readonly bare: number }[] = [];
    let [scanCalls, bareCalls] = [0, 0];
    // in turn, so that a machine that slows down slows both
    for (let i = 0; i < RUNS + 2; i++) {
      const [theirs, own] = [await elapsed(() => bare(aws)), await elapsed(() => scan(aws))];
      [scanCalls, bareCalls] = [own.result, theirs.result];
      if (i > 1) pairs.push({ scan: own.took, bare: theirs.took });
    }
    return {
      scanCalls,
      bareCalls,
      scan: median(pairs.map((p) => p.scan)),
      bare: median(pairs.map((p) => p.bare)),
      ratio: median(pairs.map((p) => p.scan / p.bare)),
    };
  } finally {
    await aws.close();
  }
}

/**
 * The documents of an installation's infrastructure, with the SDK alone: all at once that can be read at once, as many
 * as the scan may have under way.
 */
async function bareInstallation(aws: Aws): Promise<number> {
  const before = aws.requests.length;
  await readInstallation({
    region,
    endpoint: aws.url,
    credentials: { accessKeyId: auditor.id, secretAccessKey: auditor.secret },
  });
  return aws.requests.length - before;
}

async function scannedInstallation(aws: Aws): Promise<number> {
  const before = aws.requests.length;
  const { snapshot } = await collectAws(aws, { kinds: INSTALLATION });
  read(snapshot);
  return aws.requests.length - before;
}

/** The cluster of the audit's bench behind a server, collected whole. */
async function large(roles: number) {
  const rbac = /^kubernetes\/(?:cluster-)?role(?:-binding)?$|^kubernetes\/(?:namespace|service-account)$/;
  const objects = cluster(roles)
    .documents.filter(({ kind }) => rbac.test(kind))
    .map(({ body }) => body as Body);
  const server = await startKubernetes({ objects });
  try {
    server.faults.add({ match: "", delay: LATENCY });
    const { took, result } = await elapsed(() =>
      collectFrom(server, { namespace: "chalk", settings: { requestTimeoutMs: 60_000 } }),
    );
    read(result.snapshot);
    // of each list a page for 500
    const sizes = new Map<string, number>();
    for (const { kind } of result.snapshot.documents) sizes.set(kind, (sizes.get(kind) ?? 0) + 1);
    const lists = [...sizes].filter(([kind]) => rbac.test(kind));
    const pages = lists.reduce((sum, [, size]) => sum + Math.ceil(size / 500), 0);
    // and the cluster, its version, and twice what is served
    return {
      calls: server.requests.length,
      least: pages + 4,
      took,
      documents: result.snapshot.documents.length,
    };
  } finally {
    await server.close();
  }
}

console.log(
  JSON.stringify({
    role: await beside(bare, ours),
    installation: await beside(bareInstallation, scannedInstallation),
    cluster: await large(Number(process.argv[2])),
  }),
);
