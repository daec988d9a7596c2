import * as ec2 from "@aws-sdk/client-ec2";
import * as eks from "@aws-sdk/client-eks";
import * as iam from "@aws-sdk/client-iam";
import * as tagging from "@aws-sdk/client-resource-groups-tagging-api";
import * as sts from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AwsHttp, createAwsHttp } from "../../../src/collectors/aws/http.ts";
import { WriteRefused } from "../../../src/collectors/http/guard.ts";
import { awsKinds } from "../../../src/snapshot/kinds/aws.ts";
import { type Aws, ca, startAws } from "../../servers/aws.ts";
import { auditor, region } from "../../servers/aws-state.ts";

let aws: Aws;
let http: AwsHttp;
beforeEach(async () => {
  aws = await startAws();
  http = createAwsHttp({ left: () => 60_000, concurrency: 16, signal: new AbortController().signal, ca });
});
afterEach(() => aws.close());

const config = () => ({
  region,
  endpoint: aws.url,
  credentials: { accessKeyId: auditor.id, secretAccessKey: auditor.secret },
  requestHandler: http.reading,
  maxAttempts: 1,
});

/** What a REST address needs, for every operation of EKS. */
const labels = Object.fromEntries(
  [
    ...[
      "name",
      "clusterName",
      "nodegroupName",
      "addonName",
      "fargateProfileName",
      "principalArn",
      "policyArn",
    ],
    ...[
      "associationId",
      "id",
      "resourceArn",
      "updateId",
      "capabilityName",
      "certificateAuthorityId",
      "identityProviderConfigName",
    ],
  ].map((name) => [name, "x"]),
);

interface Sendable {
  send(command: never): Promise<unknown>;
}

const services: readonly (readonly [string, object, () => Sendable])[] = [
  ["sts", sts, () => new sts.STSClient(config())],
  ["iam", iam, () => new iam.IAMClient(config())],
  ["tagging", tagging, () => new tagging.ResourceGroupsTaggingAPIClient(config())],
  ["ec2", ec2, () => new ec2.EC2Client(config())],
  ["eks", eks, () => new eks.EKSClient(config())],
];

describe("fault 35: the read-only guard", () => {
  it.each(services)(
    "of every operation of %s only those of the registry leave",
    async (service, module, client) => {
      const sender = client();
      const commands = Object.entries(module).filter(
        ([name]) => /^[A-Z]\w*Command$/.test(name) && name !== "$Command",
      );
      const input = service === "eks" ? { ...labels, insightId: "x", tagKeys: ["x"] } : {};
      const outcomes = await Promise.all(
        commands.map(async ([name, Command]) => {
          try {
            await sender.send(new (Command as new (input: object) => never)(input));
            return [name, "sent"];
          } catch (error) {
            // An input that the SDK itself refuses would prove nothing.
            expect(String(error)).not.toContain("No value provided");
            return [name, error instanceof WriteRefused ? "refused" : "sent"];
          }
        }),
      );
      const operation = (name: string | undefined) => name?.replace(/Command$/, "") ?? "";
      const left = outcomes.filter(([, outcome]) => outcome === "sent").map(([name]) => operation(name));
      const registry = Object.values(awsKinds)
        .flatMap((source) => source.calls)
        .filter((call) => call.service === service)
        .map((call) => call.operation);
      expect(left.sort()).toEqual([...new Set(registry)].sort());
      expect(aws.requests.map(({ call }) => call).sort()).toEqual(
        left.map((each) => `${service} ${each}`).sort(),
      );
      expect(commands.length).toBeGreaterThan(registry.length);
    },
  );

  const base = { protocol: "https:", method: "POST" } as const;
  const signed = (service: string) =>
    `AWS4-HMAC-SHA256 Credential=AKIA/20261121/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  const form = "application/x-www-form-urlencoded";
  const forged: readonly (readonly [string, object])[] = [
    [
      "a GET that names a write",
      {
        method: "GET",
        path: "/",
        query: { Action: "DeleteRole", RoleName: "x" },
        headers: { authorization: signed("iam") },
      },
    ],
    [
      "a read that names a write too",
      {
        path: "/",
        headers: { authorization: signed("iam"), "content-type": form },
        body: "Action=GetRole&Action=DeleteRole",
      },
    ],
    [
      "a read in the body and a write in the address",
      {
        path: "/",
        query: { Action: "DeleteRole" },
        headers: { authorization: signed("iam"), "content-type": form },
        body: "Action=GetRole",
      },
    ],
    [
      "a read by another method",
      {
        method: "DELETE",
        path: "/",
        headers: { authorization: signed("iam"), "content-type": form },
        body: "Action=GetRole",
      },
    ],
    [
      "another service's operation of that name",
      {
        path: "/",
        headers: { authorization: signed("ec2"), "content-type": form },
        body: "Action=GetPolicy",
      },
    ],
    [
      "an operation without a signature",
      { path: "/", headers: { "content-type": form }, body: "Action=GetRole" },
    ],
    [
      "a read of EKS by another method",
      { method: "DELETE", path: "/clusters/x", headers: { authorization: signed("eks") } },
    ],
    [
      "a path that goes on",
      { method: "GET", path: "/clusters/x/fargate-profiles", headers: { authorization: signed("eks") } },
    ],
    [
      "a target with a write",
      {
        path: "/",
        headers: {
          authorization: signed("tagging"),
          "x-amz-target": "ResourceGroupsTaggingAPI_20170126.TagResources",
        },
        body: "{}",
      },
    ],
    [
      "bytes that name a write",
      {
        path: "/",
        headers: { authorization: signed("iam"), "content-type": form },
        body: Buffer.from("Action=DeleteRole"),
      },
    ],
    [
      "signing in by the reader's way",
      {
        path: "/",
        headers: { authorization: signed("sts"), "content-type": form },
        body: "Action=AssumeRole",
      },
    ],
  ];
  it.each(forged)("%s is refused", async (_what, request) => {
    const { hostname, port } = new URL(aws.url);
    await expect(
      http.reading.handle({ ...base, hostname, port: Number(port), ...request } as never),
    ).rejects.toThrow(WriteRefused);
    expect(aws.requests).toEqual([]);
  });

  it("the words say what was held back", async () => {
    const client = new iam.IAMClient(config());
    await expect(client.send(new iam.DeleteRoleCommand({ RoleName: "acme" }))).rejects.toThrow(
      "refused to send POST / (iam DeleteRole): this tool only reads",
    );
  });

  it("signing in by itself gets keys and does nothing else", async () => {
    const client = (options: object) =>
      new sts.STSClient({ ...config(), requestHandler: http.signingIn, ...options });
    await expect(client({}).send(new sts.GetCallerIdentityCommand({}))).rejects.toThrow(WriteRefused);
    await expect(client({}).send(new sts.GetFederationTokenCommand({ Name: "x" }))).rejects.toThrow(
      WriteRefused,
    );
    const role = new iam.IAMClient({ ...config(), requestHandler: http.signingIn });
    await expect(role.send(new iam.GetRoleCommand({ RoleName: "x" }))).rejects.toThrow(WriteRefused);
    expect(aws.requests).toEqual([]);
  });
});
