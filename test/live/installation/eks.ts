import type { Front } from "../servers/aws/front.ts";
import { region, root } from "../servers/aws/setup.ts";
import { issuer, type Made, role } from "./account.ts";

/** A cluster in MiniStack as the page asks for it, but for what is given. */
export interface Eks {
  readonly publicAccess?: boolean;
  readonly publicCidrs?: readonly string[];
  /** Run by the automatic mode: MiniStack forgets it, so the front says it. */
  readonly automatic?: boolean;
  readonly nodes?: false | { readonly type?: string; readonly size?: number };
  /** The access entry: undefined as the page says, false none. */
  readonly entry?: false | { readonly policy?: string; readonly namespaces?: readonly string[] };
  readonly addons?: readonly string[];
  /** Role by namespace and service account. */
  readonly identities?: readonly (readonly [namespace: string, account: string, role: string])[];
}

const PRINCIPAL = role("chalk-data-plane");

/** Of an emulator; a request of the owner, whose signature it does not look at. */
export function sender(url: string, service: string) {
  const scope = `Credential=${root.accessKeyId}/20261121/${region}/${service}/aws4_request`;
  return async (method: string, path: string, body?: object | string): Promise<unknown> => {
    const form = typeof body === "string";
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        "content-type": form ? "application/x-www-form-urlencoded" : "application/json",
        authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=0`,
      },
      ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${service} ${method} ${path} answered ${answer.status}: ${text}`);
    return text;
  };
}

/** MiniStack asks for the roles of a cluster and of its nodes in its own IAM. */
export async function makeRoles(ministack: string): Promise<void> {
  const send = sender(ministack, "iam");
  for (const [name, service] of [
    ["eks", "eks"],
    ["nodes", "ec2"],
  ] as const) {
    const trust = {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Principal: { Service: `${service}.amazonaws.com` }, Action: "sts:AssumeRole" },
      ],
    };
    const asked = { Action: "CreateRole", Version: "2010-05-08", RoleName: name };
    const form = new URLSearchParams({ ...asked, AssumeRolePolicyDocument: JSON.stringify(trust) });
    await send("POST", "/", form.toString());
  }
}

/**
 * Makes the cluster anew: MiniStack keeps no change of its configuration. The issuer of its identities, which MiniStack
 * invents, and the automatic mode, which it forgets, are said by the front.
 */
export async function showCluster(ministack: string, front: Front, made: Made, eks: Eks = {}): Promise<void> {
  const send = sender(ministack, "eks");
  const listed = JSON.parse(String(await send("GET", "/clusters"))) as {
    readonly clusters: readonly string[];
  };
  if (listed.clusters.length > 0) await removed(send);
  await send("POST", "/clusters", {
    name: "chalk",
    version: "1.34",
    roleArn: role("eks"),
    resourcesVpcConfig: {
      vpcId: made.vpc,
      subnetIds: [made.subnets["private-a"], made.subnets["private-b"]],
      endpointPublicAccess: eks.publicAccess ?? true,
      endpointPrivateAccess: true,
      publicAccessCidrs: eks.publicCidrs ?? ["203.0.113.0/25", "203.0.113.128/25"],
    },
  });
  if (eks.nodes !== false)
    await send("POST", "/clusters/chalk/node-groups", {
      nodegroupName: "controllers",
      nodeRole: role("nodes"),
      subnets: [made.subnets["private-a"]],
      instanceTypes: [eks.nodes?.type ?? "t3.medium"],
      scalingConfig: { minSize: 1, maxSize: 4, desiredSize: eks.nodes?.size ?? 3 },
    });
  if (eks.entry !== false) {
    await send("POST", "/clusters/chalk/access-entries", { principalArn: PRINCIPAL, type: "STANDARD" });
    const { policy = "AmazonEKSClusterAdminPolicy", namespaces } = eks.entry ?? {};
    await send("POST", `/clusters/chalk/access-entries/${encodeURIComponent(PRINCIPAL)}/access-policies`, {
      policyArn: `arn:aws:eks::aws:cluster-access-policy/${policy}`,
      accessScope: namespaces === undefined ? { type: "cluster" } : { type: "namespace", namespaces },
    });
  }
  for (const addonName of eks.addons ?? [])
    await send("POST", "/clusters/chalk/addons", { addonName, addonVersion: "v1.40.0-eksbuild.1" });
  for (const [namespace, serviceAccount, roleArn] of eks.identities ?? [])
    await send("POST", "/clusters/chalk/pod-identity-associations", { namespace, serviceAccount, roleArn });
  front.forget();
  front.edit(/^eks GET \/clusters\/chalk$/, (body) => {
    const { cluster } = body as { readonly cluster: object };
    return {
      cluster: {
        ...cluster,
        identity: { oidc: { issuer: `https://${issuer}` } },
        ...(eks.automatic === true ? { computeConfig: { enabled: true } } : {}),
      },
    };
  });
}

async function removed(send: ReturnType<typeof sender>): Promise<void> {
  const names = async (path: string, key: string) =>
    (JSON.parse(String(await send("GET", path))) as Record<string, readonly never[]>)[key] ?? [];
  for (const name of await names("/clusters/chalk/node-groups", "nodegroups"))
    await send("DELETE", `/clusters/chalk/node-groups/${name}`);
  for (const name of await names("/clusters/chalk/access-entries", "accessEntries"))
    await send("DELETE", `/clusters/chalk/access-entries/${encodeURIComponent(name)}`);
  for (const name of await names("/clusters/chalk/addons", "addons"))
    await send("DELETE", `/clusters/chalk/addons/${name}`);
  for (const { associationId } of (await names(
    "/clusters/chalk/pod-identity-associations",
    "associations",
  )) as readonly { readonly associationId: string }[])
    await send("DELETE", `/clusters/chalk/pod-identity-associations/${associationId}`);
  await send("DELETE", "/clusters/chalk");
}
