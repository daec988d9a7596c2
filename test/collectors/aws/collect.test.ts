import { afterEach, describe, expect, it } from "vitest";
import { awsKinds } from "../../../src/snapshot/kinds/aws.ts";
import { documentKinds } from "../../../src/snapshot/kinds/kinds.ts";
import { readSnapshot } from "../../../src/snapshot/read.ts";
import { snapshotSchema } from "../../../src/snapshot/schema.ts";
import { formatSnapshot } from "../../../src/snapshot/write.ts";
import { type Aws, startAws } from "../../servers/aws.ts";
import { actions } from "../../servers/aws-infrastructure.ts";
import { type AwsState, account, auditor, policyArn, policyOf, region } from "../../servers/aws-state.ts";
import { allow, boundary, collectAws, held, managed, trust, vendor, vendorWorld } from "../aws-harness.ts";
import { causes, fakeClock } from "../harness.ts";

let aws: Aws;
afterEach(() => aws.close());

const role = `arn:aws:iam::${account}:role/vendors/acme`;

/** The role's documents in that world, whoever is asked for. */
const roleDocuments = [
  `aws/attached-policy ${role} arn:aws:iam::${account}:policy/acme/managed`,
  `aws/attached-policy ${role} arn:aws:iam::aws:policy/ReadOnlyAccess`,
  `aws/policy arn:aws:iam::${account}:policy/acme/managed`,
  `aws/policy arn:aws:iam::${account}:policy/limits`,
  "aws/policy arn:aws:iam::aws:policy/ReadOnlyAccess",
  `aws/role ${role}`,
  `aws/role-policy ${role}/first one`,
  `aws/role-policy ${role}/second`,
];

const listed = ["ops", "vendors/acme", "web"].map(
  (name) => `aws/listed-role arn:aws:iam::${account}:role/${name}`,
);

const inRegion = (service: string, name: string) => `arn:aws:${service}:${region}:${account}:${name}`;

const everything = [
  ...roleDocuments.slice(0, 2),
  "aws/bucket acme-data",
  "aws/bucket acme-far",
  "aws/bucket acme.dotted",
  "aws/bucket-cors acme-data",
  "aws/bucket-cors acme-far",
  "aws/bucket-cors acme.dotted",
  `aws/caller-identity ${account}`,
  ...["acme", "acme-replica", "shop", "stats"].map(
    (name) => `aws/db-instance ${inRegion("rds", `db:${name}`)}`,
  ),
  "aws/db-parameter acme-16",
  "aws/db-parameter default.aurora-postgresql16",
  `aws/eks-access-entry ${inRegion("eks", `access-entry/acme-eu/role/${account}/acme/0`)}`,
  `aws/eks-access-entry ${inRegion("eks", `access-entry/acme-eu/role/${account}/vendors/acme-admin/1`)}`,
  `aws/eks-addon ${inRegion("eks", "addon/acme-eu/aws-ebs-csi-driver/1")}`,
  `aws/eks-addon ${inRegion("eks", "addon/acme-eu/metrics-server/2")}`,
  `aws/eks-cluster arn:aws:eks:${region}:${account}:cluster/acme-eu`,
  `aws/eks-cluster arn:aws:eks:${region}:${account}:cluster/other`,
  `aws/eks-nodegroup arn:aws:eks:${region}:${account}:nodegroup/acme-eu/default/1`,
  `aws/eks-pod-identity ${inRegion("eks", "podidentityassociation/acme-eu/a-1")}`,
  `aws/eks-pod-identity ${inRegion("eks", "podidentityassociation/acme-eu/a-2")}`,
  "aws/eks-version 1.33",
  "aws/eks-version 1.34",
  "aws/endpoint-service vpce-svc-1",
  "aws/hosted-zone Z0PRIVATE",
  "aws/hosted-zone Z0PUBLIC",
  "aws/instance i-1",
  "aws/instance i-2",
  "aws/internet-gateway igw-1",
  ...listed,
  `aws/load-balancer ${inRegion("elasticloadbalancing", "loadbalancer/net/acme/1")}`,
  `aws/load-balancer ${inRegion("elasticloadbalancing", "loadbalancer/net/shop/2")}`,
  ...["acme-1/c0ffee-1", "acme-2/c0ffee-2", "light/c0ffee-3"].map(
    (name) => `aws/msk-cluster ${inRegion("kafka", `cluster/${name}`)}`,
  ),
  `aws/msk-scram-secret ${inRegion("kafka", "cluster/acme-1/c0ffee-1")}`,
  `aws/msk-scram-secret ${inRegion("kafka", "cluster/acme-2/c0ffee-2")}`,
  "aws/nat-gateway nat-1",
  ...roleDocuments.slice(2, 5),
  ...["acme-one", "acme-two", "shop"].map(
    (name) => `aws/queue https://sqs.${region}.amazonaws.com/${account}/${name}`,
  ),
  ...roleDocuments.slice(5),
  "aws/route-table rtb-1",
  "aws/security-group sg-1",
  "aws/subnet subnet-1",
  "aws/subnet subnet-2",
  "aws/subnet subnet-3",
  `aws/tagged-resource arn:aws:sqs:${region}:${account}:acme-1`,
  `aws/tagged-resource arn:aws:sqs:${region}:${account}:acme-2`,
  `aws/tagged-resource arn:aws:sqs:${region}:${account}:acme-3`,
  "aws/transit-attachment tgw-attach-1",
  "aws/transit-attachment tgw-attach-2",
  "aws/volume vol-1",
  "aws/vpc vpc-1",
  "aws/vpc-peering pcx-1",
];

const roleKinds = ["aws/role", "aws/role-policy", "aws/attached-policy", "aws/policy"] as const;
const body = (snapshot: Awaited<ReturnType<typeof collectAws>>["snapshot"], kind: string, id: string) =>
  snapshot.documents.find((document) => document.kind === kind && document.id === id)?.body;

describe("a whole collection", () => {
  it("reads every kind over pages of one, nothing is unread, and the file says the same", async () => {
    aws = await startAws(vendorWorld, { pageSize: 1 });
    const { snapshot, progress } = await collectAws(aws);
    expect(snapshot.unread).toEqual([]);
    expect(held(snapshot)).toEqual(everything);
    expect(snapshot).toMatchObject({ schema: 1, provider: "aws", scope: `${account}/${region}` });
    expect("principals" in snapshot).toBe(false);
    expect(readSnapshot(formatSnapshot(snapshot), "s.json")).toEqual(snapshot);
    expect(progress).toContain("read 3 subnets");
  });

  it("documents are what the service said: lists, tags, dates, numbers", async () => {
    aws = await startAws(vendorWorld);
    const { snapshot } = await collectAws(aws);
    expect(body(snapshot, "aws/vpc", "vpc-1")).toEqual({
      VpcId: "vpc-1",
      CidrBlock: "10.0.0.0/16",
      Tags: [{ Key: "Name", Value: "a <b> & c" }],
    });
    expect(body(snapshot, "aws/route-table", "rtb-1")).toEqual(vendorWorld.network.RouteTables[0]);
    expect(body(snapshot, "aws/internet-gateway", "igw-1")).toEqual(vendorWorld.network.InternetGateways[0]);
    expect(body(snapshot, "aws/volume", "vol-1")).toEqual({ VolumeId: "vol-1", Size: 8 });
    expect(body(snapshot, "aws/tagged-resource", `arn:aws:sqs:${region}:${account}:acme-2`)).toEqual(
      vendorWorld.tagged[1],
    );
    expect(
      body(snapshot, "aws/eks-cluster", `arn:aws:eks:${region}:${account}:cluster/acme-eu`),
    ).toMatchObject({ name: "acme-eu", version: "1.33", createdAt: "2026-01-01T00:00:00.000Z" });
    expect(body(snapshot, "aws/eks-version", "1.34")).toEqual({
      clusterVersion: "1.34",
      versionStatus: "STANDARD_SUPPORT",
      endOfStandardSupportDate: "2027-01-01T00:00:00.000Z",
    });
    expect(body(snapshot, "aws/caller-identity", account)).toEqual({
      Account: account,
      Arn: `arn:aws:iam::${account}:user/auditor`,
      UserId: "AIDAEXAMPLEAUDITOR001",
    });
  });

  it("of databases, queues, buckets, zones, Kafka and clusters: what the service said, and no secret", async () => {
    aws = await startAws(vendorWorld, { pageSize: 1 });
    const { snapshot } = await collectAws(aws);
    const [acme, far, dotted] = ["acme-data", "acme-far", "acme.dotted"].map((name) =>
      body(snapshot, "aws/bucket-cors", name),
    );
    expect(acme).toEqual({
      Bucket: "acme-data",
      CORSRules: [
        {
          AllowedHeaders: ["*"],
          AllowedMethods: ["GET", "HEAD"],
          AllowedOrigins: ["https://api.acme.test", "https://*.acme.test"],
          MaxAgeSeconds: 3000,
        },
        { ID: "other", AllowedMethods: ["PUT"], AllowedOrigins: ["https://shop.test"] },
      ],
    });
    expect(far).toEqual({
      Bucket: "acme-far",
      CORSRules: [{ AllowedMethods: ["GET"], AllowedOrigins: ["*"] }],
    });
    expect(dotted).toEqual({ Bucket: "acme.dotted", CORSRules: [] });
    expect(body(snapshot, "aws/bucket", "acme-far")).toEqual({
      Name: "acme-far",
      CreationDate: "2026-01-01T00:00:00.000Z",
      BucketRegion: "us-west-2",
    });
    const { databases, parameters, kafka, scram, zones, loadBalancers, podIdentities } = vendorWorld;
    expect(body(snapshot, "aws/db-instance", databases[0]?.DBInstanceArn ?? "")).toEqual({
      ...databases[0],
      PendingModifiedValues: { MasterUserPassword: "[scrubbed]" },
      TagList: [{ Key: "db-password", Value: "[scrubbed]" }],
    });
    const kept = ["cron.database_name", "rds.force_ssl", "shared_preload_libraries"];
    expect(body(snapshot, "aws/db-parameter", "acme-16")).toEqual({
      DBParameterGroupName: "acme-16",
      Parameters: parameters["acme-16"].filter(({ ParameterName }) => kept.includes(ParameterName)),
    });
    const [queue = ""] = vendorWorld.queues;
    expect(body(snapshot, "aws/queue", queue)).toEqual({ QueueUrl: queue, name: "acme-one" });
    expect(body(snapshot, "aws/hosted-zone", "Z0PRIVATE")).toEqual(zones[1]);
    for (const cluster of kafka)
      expect(body(snapshot, "aws/msk-cluster", cluster.ClusterArn)).toEqual(cluster);
    for (const [arn, secrets] of Object.entries(scram))
      expect(body(snapshot, "aws/msk-scram-secret", arn)).toEqual({
        ClusterArn: arn,
        SecretArnList: secrets,
      });
    expect(body(snapshot, "aws/load-balancer", loadBalancers[0]?.LoadBalancerArn ?? "")).toEqual(
      loadBalancers[0],
    );
    expect(body(snapshot, "aws/vpc-peering", "pcx-1")).toEqual(vendorWorld.network.VpcPeeringConnections[0]);
    expect(body(snapshot, "aws/transit-attachment", "tgw-attach-1")).toEqual(
      vendorWorld.network.TransitGatewayVpcAttachments[0],
    );
    expect(body(snapshot, "aws/endpoint-service", "vpce-svc-1")).toEqual(
      vendorWorld.network.ServiceConfigurations[0],
    );
    const when = "2026-01-01T00:00:00.000Z";
    const [plain, admin] = vendorWorld.accessEntries.map((entry) => ({
      ...entry,
      createdAt: when,
      modifiedAt: when,
    }));
    expect(body(snapshot, "aws/eks-access-entry", plain?.accessEntryArn ?? "")).toEqual({
      ...plain,
      associatedAccessPolicies: [],
    });
    expect(body(snapshot, "aws/eks-access-entry", admin?.accessEntryArn ?? "")).toEqual({
      ...admin,
      associatedAccessPolicies: ["AmazonEKSAdminViewPolicy", "AmazonEKSClusterAdminPolicy"].map((name) => ({
        policyArn: `arn:aws:eks::aws:cluster-access-policy/${name}`,
        accessScope: { type: "cluster", namespaces: [] },
        associatedAt: when,
        modifiedAt: when,
      })),
    });
    expect(body(snapshot, "aws/eks-pod-identity", podIdentities[1]?.associationArn ?? "")).toEqual({
      ...podIdentities[1],
      createdAt: when,
    });
    const [driver, metrics] = vendorWorld.addons;
    expect(body(snapshot, "aws/eks-addon", driver?.addonArn ?? "")).toEqual({
      ...driver,
      configurationValues: '{"controller":{"replicas":2,"env":{"API_TOKEN":"[scrubbed]"}}}',
    });
    expect(body(snapshot, "aws/eks-addon", metrics?.addonArn ?? "")).toEqual({
      ...metrics,
      configurationValues: "[scrubbed]",
    });
    expect(formatSnapshot(snapshot)).not.toMatch(/canary/);
  });

  it("makes the calls of the registry and no others, and needs every one of them", async () => {
    aws = await startAws(vendorWorld, { pageSize: 1 });
    await collectAws(aws);
    const published = Object.values(awsKinds).flatMap((source) =>
      source.calls.map((call) => `${call.service} ${call.operation}`),
    );
    expect([...new Set(aws.requests.map(({ call }) => call))].sort()).toEqual([...new Set(published)].sort());
    expect(published.length).toBeGreaterThan(20);
  });

  it("few calls: of a named role each thing once, and nothing of other roles", async () => {
    aws = await startAws(vendorWorld);
    await collectAws(aws, { roles: ["acme"], kinds: roleKinds });
    expect(aws.requests.map(({ call, input }) => [call, ...Object.values(input)].join(" ")).sort()).toEqual([
      `iam GetPolicy ${managed}`,
      `iam GetPolicy ${boundary}`,
      "iam GetPolicy arn:aws:iam::aws:policy/ReadOnlyAccess",
      `iam GetPolicyVersion ${managed} v2`,
      `iam GetPolicyVersion ${boundary} v1`,
      "iam GetPolicyVersion arn:aws:iam::aws:policy/ReadOnlyAccess v1",
      "iam GetRole acme",
      "iam GetRolePolicy acme first one",
      "iam GetRolePolicy acme second",
      "iam ListAttachedRolePolicies acme",
      "iam ListRolePolicies acme",
      "sts GetCallerIdentity",
    ]);
  });

  it("reads only the kinds of the plan", async () => {
    aws = await startAws(vendorWorld);
    const { snapshot } = await collectAws(aws, { kinds: ["aws/vpc"] });
    expect(held(snapshot)).toEqual([`aws/caller-identity ${account}`, "aws/vpc vpc-1"]);
    expect(aws.requests.map(({ call }) => call)).toEqual(["sts GetCallerIdentity", "ec2 DescribeVpcs"]);
  });

  it("fault 17: the same state in another order gives the same bytes", async () => {
    aws = await startAws(vendorWorld);
    const first = formatSnapshot((await collectAws(aws)).snapshot);
    const turned = (list: readonly unknown[] | undefined) => [...(list ?? [])].reverse() as never;
    aws.state = {
      ...aws.state,
      roles: turned(aws.state.roles),
      tagged: turned(aws.state.tagged),
      clusters: turned(aws.state.clusters),
      network: Object.fromEntries(
        Object.entries(aws.state.network).map(([name, list]) => [name, turned(list)]),
      ),
    };
    expect(formatSnapshot((await collectAws(aws)).snapshot)).toBe(first);
  });
});

describe("the registry", () => {
  it("has every kind of document; a kind's provider is its name's; AWS permissions are its services' actions", async () => {
    aws = await startAws();
    const kinds = snapshotSchema.properties.documents.items.properties.kind.anyOf[0].enum;
    expect(Object.keys(documentKinds).sort()).toEqual([...kinds].sort());
    for (const [kind, { provider }] of Object.entries(documentKinds))
      expect(kind.split("/")[0]).toBe(provider);
    const calls = Object.values(awsKinds).flatMap((source) => source.calls);
    for (const { service, operation, permission } of calls) {
      expect(operation).toMatch(/^(?:Get|List|Describe)[A-Z]/);
      expect(permission).toBe(actions[`${service}:${operation}`] ?? `${service}:${operation}`);
    }
  });
});

describe("AW11: documents in every form", () => {
  it.each(["percent", "json"] as const)("policies as %s text say what they said", async (documents) => {
    aws = await startAws({ ...vendorWorld, documents });
    const { snapshot } = await collectAws(aws, { roles: ["acme"], kinds: roleKinds });
    const read = (value: unknown) => {
      const text = String(value);
      expect(text).toMatch(documents === "percent" ? /^%7B/ : /^\{ /);
      return JSON.parse(documents === "percent" ? decodeURIComponent(text) : text);
    };
    const roleBody = body(snapshot, "aws/role", role) as Record<string, unknown>;
    expect(read(roleBody["AssumeRolePolicyDocument"])).toEqual(vendorWorld.roles[0].trust);
    expect(roleBody["PermissionsBoundary"]).toEqual({
      PermissionsBoundaryType: "Policy",
      PermissionsBoundaryArn: boundary,
    });
    const inline = body(snapshot, "aws/role-policy", `${role}/first one`) as Record<string, unknown>;
    expect(inline).toMatchObject({ RoleName: "acme", PolicyName: "first one" });
    expect(read(inline["PolicyDocument"])).toEqual(allow("ec2:*"));
    const { Policy, PolicyVersion } = body(snapshot, "aws/policy", managed) as Record<
      string,
      Record<string, unknown>
    >;
    expect(Policy).toMatchObject({ Arn: managed, DefaultVersionId: "v2" });
    expect(PolicyVersion).toMatchObject({ VersionId: "v2", IsDefaultVersion: true });
    expect(read(PolicyVersion?.["Document"])).toEqual(allow(["s3:GetObject", "s3:PutObject"]));
    expect(body(snapshot, "aws/attached-policy", `${role} ${managed}`)).toEqual({
      RoleArn: role,
      PolicyArn: managed,
      PolicyName: "managed",
    });
  });

  it("the default version is read, neither the newest nor the first; an attached boundary is read once", async () => {
    aws = await startAws({
      roles: [{ name: "r", trust: trust({ AWS: vendor }), attached: [boundary], boundary }],
      policies: {
        [boundary]: { default: "v1", versions: { v1: allow("a:B"), v2: allow("*"), v3: allow("c:D") } },
      },
    });
    const { snapshot } = await collectAws(aws, { roles: ["r"], kinds: roleKinds });
    expect(held(snapshot).filter((each) => each.startsWith("aws/policy "))).toEqual([
      `aws/policy ${boundary}`,
    ]);
    expect(body(snapshot, "aws/policy", boundary)).toMatchObject({ PolicyVersion: { VersionId: "v1" } });
    expect(aws.requests.filter(({ call }) => call === "iam GetPolicyVersion")).toHaveLength(1);
  });
});

describe("which role is audited", () => {
  it.each([
    ["by name", "acme"],
    ["by ARN", role],
  ])("given %s: that one, as it was given", async (_how, given) => {
    aws = await startAws(vendorWorld);
    const { snapshot } = await collectAws(aws, { roles: [given], kinds: roleKinds });
    expect(snapshot.principals).toEqual([given]);
    expect(snapshot.unread).toEqual([]);
    expect(held(snapshot)).toEqual([
      ...roleDocuments.slice(0, 2),
      `aws/caller-identity ${account}`,
      ...roleDocuments.slice(2),
    ]);
    expect(aws.requests.some(({ call }) => call === "iam ListRoles")).toBe(false);
  });

  it.each([
    ["a name that nobody has", "nobody"],
    ["the ARN of a role at another path", `arn:aws:iam::${account}:role/acme`],
  ])("given %s: absent is a fact, nothing is unread", async (_what, given) => {
    aws = await startAws(vendorWorld);
    const { snapshot } = await collectAws(aws, { roles: [given], kinds: roleKinds });
    expect(snapshot.unread).toEqual([]);
    expect(held(snapshot)).toEqual([`aws/caller-identity ${account}`]);
  });

  it("given by the ARN of another account: nothing is known, and nothing is asked of IAM", async () => {
    aws = await startAws(vendorWorld);
    const { snapshot } = await collectAws(aws, {
      roles: ["arn:aws:iam::222222222222:role/acme"],
      kinds: ["aws/role", "aws/vpc"],
    });
    expect(held(snapshot)).toEqual([`aws/caller-identity ${account}`]);
    const detail = `the role is of account 222222222222, and the credentials are of account ${account}`;
    expect(snapshot.unread).toEqual(
      ["aws/role", "aws/vpc"].map((kind) => ({
        kind,
        api: "sts GetCallerIdentity",
        cause: "not-found",
        detail,
      })),
    );
    expect(aws.requests.map(({ call }) => call)).toEqual(["sts GetCallerIdentity"]);
  });

  it.each(
    [
      ["an account id", "999900001111"],
      ["a session", "arn:aws:sts::123456789012:assumed-role/acme/x"],
      ["a user", "arn:aws:iam::123456789012:user/acme"],
      ["two lines", "acme\nweb"],
      ["nothing", ""],
    ].slice(1),
  )("given %s: refused before anything is sent", async (_what, given) => {
    aws = await startAws(vendorWorld);
    await expect(collectAws(aws, { roles: [given] })).rejects.toThrow(
      /^--role: expected the name of a role, or its ARN such as .*, found "/,
    );
    expect(aws.requests).toEqual([]);
  });

  const trusts: readonly (readonly [string, unknown, boolean])[] = [
    ["the principal", { AWS: vendor }, true],
    ["it among others", { AWS: ["arn:aws:iam::111111111111:root", vendor] }, true],
    ["its account by number", { AWS: "999900001111" }, true],
    ["its account by ARN", { AWS: "arn:aws:iam::999900001111:root" }, true],
    ["everybody", "*", true],
    ["everybody, as AWS", { AWS: "*" }, true],
    ["another role of that account", { AWS: "arn:aws:iam::999900001111:role/other" }, true],
    ["a session of it", { AWS: "arn:aws:sts::999900001111:assumed-role/vendor/s1" }, true],
    ["its identity provider", { Federated: "arn:aws:iam::999900001111:oidc-provider/x.test" }, false],
    ["the role's own account", { AWS: `arn:aws:iam::${account}:root` }, false],
    ["another account", { AWS: "arn:aws:iam::111111111111:root" }, false],
    ["a service", { Service: "eks.amazonaws.com" }, false],
    ["an empty list of names, which is for the audit to judge (AW15)", {}, true],
  ];
  it.each(trusts)("found by its trust in %s", async (_who, principal, found) => {
    aws = await startAws({ roles: [{ name: "r", trust: trust(principal) }] });
    const trusted = [vendor, `arn:aws:iam::${account}:role/gardener`];
    const { snapshot } = await collectAws(aws, { kinds: ["aws/role"], trusted });
    expect(held(snapshot)).toEqual([
      `aws/caller-identity ${account}`,
      ...(found ? [`aws/role arn:aws:iam::${account}:role/r`] : []),
    ]);
    expect(snapshot.unread).toEqual([]);
  });

  it("a Deny of the principal is no trust; NotPrincipal is; a policy that cannot be read may be", async () => {
    const statement = { Effect: "Deny", Principal: { AWS: vendor }, Action: "sts:AssumeRole" };
    const open = { Effect: "Allow", NotPrincipal: { AWS: "111111111111" }, Action: "sts:AssumeRole" };
    aws = await startAws({
      roles: [
        { name: "denies", trust: { Version: "2012-10-17", Statement: statement } },
        { name: "open", trust: { Version: "2012-10-17", Statement: [open] } },
        { name: "odd", trust: "{ not a policy" },
        { name: "recased", trust: { Version: "2012-10-17", Statement: { effect: "Allow", principal: "*" } } },
        { name: "unsaid", trust: { Version: "2012-10-17", Statement: { Effect: "Allow" } } },
      ],
    });
    const { snapshot } = await collectAws(aws, { kinds: ["aws/role"] });
    expect(held(snapshot).slice(1)).toEqual([
      `aws/role arn:aws:iam::${account}:role/odd`,
      `aws/role arn:aws:iam::${account}:role/open`,
      `aws/role arn:aws:iam::${account}:role/recased`,
      `aws/role arn:aws:iam::${account}:role/unsaid`,
    ]);
  });

  it("AW15: beside a named role, every other one that the vendor may come in by is read, and no more", async () => {
    const arn = (name: string) => `arn:aws:iam::${account}:role/${name}`;
    const own = trust({ AWS: `arn:aws:iam::${account}:root` });
    const provider = `arn:aws:iam::${account}:oidc-provider/oidc.eks.${region}.amazonaws.com/id/C0FFEE`;
    const shared = `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`;
    const inline = { p: allow("a:b") };
    const roles = [
      { name: "acme", trust: trust({ AWS: vendor }), inline },
      { name: "acme-old", trust: trust({ AWS: vendor }), inline },
      { name: "next", trust: trust({ AWS: arn("acme") }), inline: { go: allow("sts:Assume*") } },
      { name: "then", trust: trust({ AWS: `arn:aws:sts::${account}:assumed-role/next/x` }), inline },
      { name: "ours", trust: own, inline },
      { name: "pods", trust: trust({ Federated: provider }), inline },
      { name: "pods-too", trust: trust({ Service: "pods.eks.amazonaws.com" }), inline },
      { name: "builds", trust: trust({ Federated: shared }), inline },
      { name: "staff", trust: trust({ Federated: `arn:aws:iam::${account}:saml-provider/acme` }), inline },
      { name: "web", trust: trust({ Service: "ec2.amazonaws.com" }), inline },
      { name: "shop", trust: trust({ AWS: "arn:aws:iam::111111111111:root" }), inline },
    ];
    aws = await startAws({ roles });
    const kinds = [...roleKinds, "aws/listed-role"] as const;
    const { snapshot } = await collectAws(aws, { roles: ["acme"], kinds });
    const names = (kind: string) =>
      snapshot.documents.filter((d) => d.kind === kind).map((d) => d.id.replace(arn(""), ""));
    expect(snapshot.unread).toEqual([]);
    expect(names("aws/role")).toEqual([
      "acme",
      "acme-old",
      "builds",
      "next",
      "ours",
      "pods",
      "pods-too",
      "then",
    ]);
    expect(names("aws/role-policy")).toEqual(
      ["acme/p", "acme-old/p", "builds/p", "next/go", "ours/p", "pods/p", "pods-too/p", "then/p"].sort(),
    );
    expect(names("aws/listed-role")).toEqual(roles.map(({ name }) => name).sort());
    // whom the others trust is nobody's business
    const told = snapshot.documents.filter(
      (d) => d.kind === "aws/listed-role" && "AssumeRolePolicyDocument" in (d.body as object),
    );
    expect(told.map((d) => d.id)).toEqual(
      ["acme", "acme-old", "builds", "next", "ours", "pods", "pods-too", "then"].map(arn),
    );
    // without a policy that assumes roles, whoever trusts the account is not asked about
    aws.state = { ...aws.state, roles: roles.filter(({ name }) => name !== "next") };
    const less = (await collectAws(aws, { roles: ["acme"], kinds })).snapshot;
    expect(less.documents.filter((d) => d.kind === "aws/role").map((d) => d.id)).toEqual(
      ["acme", "acme-old", "builds", "pods", "pods-too"].map(arn),
    );
  });

  it("AW15: of a named role without the right to list roles, that alone is not known", async () => {
    const actions = [
      "sts:GetCallerIdentity",
      "iam:GetRole",
      "iam:ListRolePolicies",
      "iam:ListAttachedRolePolicies",
    ];
    aws = await startAws({
      roles: [{ name: "acme", trust: trust({ AWS: vendor }) }],
      keys: { [auditor.id]: { secret: auditor.secret, may: actions } },
    });
    const kinds = [...roleKinds, "aws/listed-role"] as const;
    const { snapshot } = await collectAws(aws, { roles: ["acme"], kinds });
    expect(causes(snapshot.unread)).toEqual(["aws/listed-role denied iam:ListRoles"]);
    expect(held(snapshot)).toContain(`aws/role arn:aws:iam::${account}:role/acme`);
  });

  it("several roles that trust the vendor are all read; none is no role and nothing unread", async () => {
    const roles = [1, 2, 3].map((n) => ({
      name: `acme-${n}`,
      trust: trust({ AWS: vendor }),
      inline: { p: allow("a:b") },
    }));
    aws = await startAws({ roles });
    const { snapshot } = await collectAws(aws, { kinds: roleKinds });
    expect(held(snapshot).filter((each) => each.startsWith("aws/role-policy"))).toHaveLength(3);
    aws.state = { ...aws.state, roles: [] };
    const none = (await collectAws(aws, { kinds: roleKinds })).snapshot;
    expect([held(none), none.unread]).toEqual([[`aws/caller-identity ${account}`], []]);
  });
});

describe("what cannot be read", () => {
  const entries = vendorWorld.accessEntries.map(({ principalArn }) => `acme-eu/${principalArn}`);
  /** One permission missing; what then is unread, and what is still there. */
  const lacking = async (may: (action: string) => boolean, state: Partial<AwsState> = {}) => {
    const every = Object.values(awsKinds).flatMap(({ calls }) => calls.map(({ permission }) => permission));
    aws = await startAws({
      ...vendorWorld,
      ...state,
      keys: { [auditor.id]: { secret: auditor.secret, may: every.filter(may) } },
    });
    return (await collectAws(aws)).snapshot;
  };
  const without = (action: string) => (each: string) => each !== action;

  it.each([
    ["iam:GetRole", [`aws/role ${role} denied iam:GetRole`], [boundary]],
    ["iam:ListRolePolicies", [`aws/role-policy ${role} denied iam:ListRolePolicies`], []],
    [
      "iam:GetRolePolicy",
      [
        `aws/role-policy ${role}/first one denied iam:GetRolePolicy`,
        `aws/role-policy ${role}/second denied iam:GetRolePolicy`,
      ],
      [],
    ],
    [
      "iam:ListAttachedRolePolicies",
      [`aws/attached-policy ${role} denied iam:ListAttachedRolePolicies`],
      [managed, "arn:aws:iam::aws:policy/ReadOnlyAccess"],
    ],
    [
      "iam:GetPolicy",
      [managed, boundary, "arn:aws:iam::aws:policy/ReadOnlyAccess"].map(
        (arn) => `aws/policy ${arn} denied iam:GetPolicy`,
      ),
      [],
    ],
    [
      "iam:GetPolicyVersion",
      [managed, boundary, "arn:aws:iam::aws:policy/ReadOnlyAccess"].map(
        (arn) => `aws/policy ${arn} denied iam:GetPolicyVersion`,
      ),
      [],
    ],
    [
      "iam:ListRoles",
      ["aws/attached-policy", "aws/listed-role", "aws/policy", "aws/role", "aws/role-policy"].map(
        (kind) => `${kind} denied iam:ListRoles`,
      ),
      [...roleDocuments, ...listed].map((each) => each.split(" ").slice(1).join(" ")),
    ],
    ["tag:GetResources", ["aws/tagged-resource denied tag:GetResources"], []],
    ["ec2:DescribeVpcs", ["aws/vpc denied ec2:DescribeVpcs"], []],
    ["ec2:DescribeInstances", ["aws/instance denied ec2:DescribeInstances"], []],
    [
      "eks:ListClusters",
      [
        "aws/eks-access-entry denied eks:ListClusters",
        "aws/eks-addon denied eks:ListClusters",
        "aws/eks-cluster denied eks:ListClusters",
        "aws/eks-nodegroup denied eks:ListClusters",
        "aws/eks-pod-identity denied eks:ListClusters",
      ],
      [],
    ],
    [
      "eks:DescribeCluster",
      [
        "aws/eks-cluster acme-eu denied eks:DescribeCluster",
        "aws/eks-cluster other denied eks:DescribeCluster",
      ],
      [],
    ],
    [
      "eks:ListNodegroups",
      [
        "aws/eks-nodegroup acme-eu denied eks:ListNodegroups",
        "aws/eks-nodegroup other denied eks:ListNodegroups",
      ],
      [],
    ],
    ["eks:DescribeNodegroup", ["aws/eks-nodegroup acme-eu/default denied eks:DescribeNodegroup"], []],
    ["eks:DescribeClusterVersions", ["aws/eks-version denied eks:DescribeClusterVersions"], []],
    ...(
      [
        ["eks:ListAccessEntries", "aws/eks-access-entry", ["acme-eu", "other"]],
        ["eks:DescribeAccessEntry", "aws/eks-access-entry", entries],
        ["eks:ListAssociatedAccessPolicies", "aws/eks-access-entry", entries],
        ["eks:ListAddons", "aws/eks-addon", ["acme-eu", "other"]],
        ["eks:DescribeAddon", "aws/eks-addon", ["acme-eu/aws-ebs-csi-driver", "acme-eu/metrics-server"]],
        ["eks:ListPodIdentityAssociations", "aws/eks-pod-identity", ["acme-eu", "other"]],
        ["eks:DescribePodIdentityAssociation", "aws/eks-pod-identity", ["acme-eu/a-1", "acme-eu/a-2"]],
        ["rds:DescribeDBParameters", "aws/db-parameter", ["acme-16", "default.aurora-postgresql16"]],
        ["s3:GetBucketCORS", "aws/bucket-cors", ["acme-data", "acme-far", "acme.dotted"]],
        ["kafka:ListScramSecrets", "aws/msk-scram-secret", Object.keys(vendorWorld.scram)],
        ["sqs:ListQueues", "aws/queue", [""]],
        ["route53:ListHostedZones", "aws/hosted-zone", [""]],
        ["elasticloadbalancing:DescribeLoadBalancers", "aws/load-balancer", [""]],
        ["ec2:DescribeVpcPeeringConnections", "aws/vpc-peering", [""]],
        ["ec2:DescribeTransitGatewayVpcAttachments", "aws/transit-attachment", [""]],
        ["ec2:DescribeVpcEndpointServiceConfigurations", "aws/endpoint-service", [""]],
      ] as const
    ).map(([action, kind, ids]): [string, string[], string[]] => [
      action,
      ids.map((id) => [kind, id, "denied", action].filter((word) => word !== "").join(" ")),
      [],
    ]),
    ...(
      [
        ["rds:DescribeDBInstances", ["aws/db-instance", "aws/db-parameter"]],
        ["s3:ListAllMyBuckets", ["aws/bucket", "aws/bucket-cors"]],
        ["kafka:ListClustersV2", ["aws/msk-cluster", "aws/msk-scram-secret"]],
      ] as const
    ).map(([action, kinds]): [string, string[], string[]] => [
      action,
      kinds.map((kind) => `${kind} denied ${action}`),
      [],
    ]),
  ])(
    "fault 1: without %s its part is unread with that permission, the rest is read",
    async (action, unread) => {
      const snapshot = await lacking(without(action));
      expect([...causes(snapshot.unread)].sort()).toEqual([...unread].sort());
      // What is missed is missing, and nothing else is.
      const kinds = new Set(snapshot.unread.map(({ kind }) => kind));
      const others = (all: readonly string[]) =>
        all.filter((each) => !kinds.has(each.split(" ")[0] as never));
      const gone = action === "iam:GetRole" ? [`aws/policy ${boundary}`] : [];
      const without2 =
        action === "iam:ListAttachedRolePolicies"
          ? [`aws/policy ${managed}`, "aws/policy arn:aws:iam::aws:policy/ReadOnlyAccess"]
          : gone;
      expect(others(held(snapshot))).toEqual(others(everything).filter((each) => !without2.includes(each)));
    },
  );

  it("the words: the call, the role, the status, the service's code and message without its riddles", async () => {
    const snapshot = await lacking((each) => !/GetRole$|DescribeVpcs/.test(each));
    expect(snapshot.unread).toEqual([
      {
        kind: "aws/role",
        id: role,
        api: "iam GetRole acme",
        cause: "denied",
        permission: "iam:GetRole",
        detail:
          "answered 403 AccessDenied: User: arn:aws:iam::123456789012:user/auditor is not authorized to perform: iam:GetRole because no identity-based policy allows it",
      },
      {
        kind: "aws/vpc",
        api: "ec2 DescribeVpcs",
        cause: "denied",
        permission: "ec2:DescribeVpcs",
        detail:
          "answered 403 UnauthorizedOperation: User: arn:aws:iam::123456789012:user/auditor is not authorized to perform: ec2:DescribeVpcs.",
      },
    ]);
  });

  it("everything denied: every kind is unread, the account is known", async () => {
    const snapshot = await lacking((each) => each === "sts:GetCallerIdentity");
    expect(held(snapshot)).toEqual([`aws/caller-identity ${account}`]);
    expect(new Set(snapshot.unread.map(({ kind }) => kind))).toEqual(
      new Set(Object.keys(awsKinds).filter((kind) => kind !== "aws/caller-identity")),
    );
    expect(snapshot.unread.every(({ cause }) => cause === "denied")).toBe(true);
  });

  it("an operation that the server does not know is unsupported: the versions of clusters, and only they", async () => {
    aws = await startAws({ ...vendorWorld, clusterVersions: undefined });
    const { snapshot } = await collectAws(aws);
    expect(snapshot.unread).toEqual([
      {
        kind: "aws/eks-version",
        api: "eks DescribeClusterVersions",
        cause: "unsupported",
        detail: "answered 404: a page for browsers",
      },
    ]);
    expect(held(snapshot)).toEqual(everything.filter((each) => !each.startsWith("aws/eks-version")));
  });

  it("fault 4: what was listed and is gone when it is read is unread, not absent", async () => {
    aws = await startAws({
      roles: [
        {
          name: "r",
          trust: trust({ AWS: vendor }),
          attached: [policyArn("gone")],
          inline: { p: allow("a:b") },
        },
      ],
      policies: { [policyArn("other")]: policyOf(allow("*")) },
    });
    aws.faults.add({ match: "iam GetRolePolicy", status: 404, code: "NoSuchEntity", message: "gone" });
    const { snapshot } = await collectAws(aws, { roles: ["r"], kinds: roleKinds });
    expect(causes(snapshot.unread)).toEqual([
      `aws/policy ${policyArn("gone")} not-found`,
      `aws/role-policy arn:aws:iam::${account}:role/r/p not-found`,
    ]);
    aws.faults.clear();
    aws.faults.add({ match: "iam GetRole", status: 404, code: "NoSuchEntity", message: "gone" });
    const found = (await collectAws(aws, { kinds: ["aws/role"] })).snapshot;
    expect(causes(found.unread)).toEqual([`aws/role arn:aws:iam::${account}:role/r not-found`]);
  });

  it("a default version that changes while it is read is no answer", async () => {
    aws = await startAws(vendorWorld);
    aws.faults.add({
      match: "iam GetPolicyVersion",
      times: 1,
      contentType: "text/xml",
      raw: "<GetPolicyVersionResponse><GetPolicyVersionResult><PolicyVersion><Document>%7B%7D</Document><VersionId>v2</VersionId><IsDefaultVersion>false</IsDefaultVersion></PolicyVersion></GetPolicyVersionResult></GetPolicyVersionResponse>",
    });
    const { snapshot } = await collectAws(aws, { roles: ["acme"], kinds: ["aws/policy"] });
    expect(snapshot.unread.map(({ api, cause }) => [api.split(" ")[1], cause])).toEqual([
      ["GetPolicyVersion", "incomplete"],
    ]);
  });

  it("a 404 of the role without the service's own code is no proof of absence", async () => {
    aws = await startAws(vendorWorld);
    aws.faults.add({ match: "iam GetRole", status: 404, html: true });
    const { snapshot } = await collectAws(aws, { roles: ["acme"], kinds: ["aws/role"] });
    expect(causes(snapshot.unread)).toEqual(["aws/role acme unsupported"]);
  });
});

describe("buckets by name", () => {
  it("only the rules of the named buckets are asked for, and the list of buckets is not", async () => {
    aws = await startAws(vendorWorld);
    const { snapshot } = await collectAws(aws, {
      kinds: ["aws/bucket-cors"],
      names: { "aws/bucket-cors": ["acme-far", "acme-data", "acme-far", "gone", "arn:aws:s3:::no name"] },
    });
    // A bucket that is not there is no document and nothing unread; what cannot be a name is not sent.
    expect(held(snapshot).slice(0, 2)).toEqual(["aws/bucket-cors acme-data", "aws/bucket-cors acme-far"]);
    expect(snapshot.unread).toEqual([]);
    const asked = aws.requests.map(({ call, input }) => `${call} ${input["bucket"] ?? ""}`.trim()).sort();
    expect(asked).toEqual([
      "s3 GetBucketCors acme-data",
      // It lies in another region, to which the SDK follows.
      "s3 GetBucketCors acme-far",
      "s3 GetBucketCors acme-far",
      "s3 GetBucketCors gone",
      "sts GetCallerIdentity",
    ]);
  });

  it("named or not, the list of buckets is whole; no bucket at all is a fact", async () => {
    aws = await startAws(vendorWorld);
    const kinds = ["aws/bucket", "aws/bucket-cors"] as const;
    const { snapshot } = await collectAws(aws, { kinds, names: { "aws/bucket-cors": [] } });
    expect(held(snapshot).filter((each) => each.startsWith("aws/bucket"))).toEqual([
      "aws/bucket acme-data",
      "aws/bucket acme-far",
      "aws/bucket acme.dotted",
    ]);
    aws.state = { ...aws.state, buckets: [] };
    const none = (await collectAws(aws, { kinds })).snapshot;
    expect([held(none), none.unread]).toEqual([[`aws/caller-identity ${account}`], []]);
  });

  it("none named: the first 200 are asked, each of the others is unread and says why", async () => {
    const names = Array.from({ length: 203 }, (_, n) => `b-${String(n).padStart(3, "0")}`);
    aws = await startAws({ buckets: [...names].reverse().map((name) => ({ name })) });
    const { snapshot } = await collectAws(aws, { kinds: ["aws/bucket-cors"] });
    expect(held(snapshot).slice(0, 200)).toEqual(
      names.slice(0, 200).map((name) => `aws/bucket-cors ${name}`),
    );
    expect(causes(snapshot.unread)).toEqual(
      names.slice(200).map((name) => `aws/bucket-cors ${name} incomplete`),
    );
    expect(snapshot.unread[0]?.detail).toBe(
      "not asked for: the account has 203 buckets, of which 200 are asked unless those that matter are named",
    );
  });

  it("many buckets in several regions at once, each followed into its own", async () => {
    const regions = ["eu-west-1", "us-west-2", "us-east-1", "ap-south-1"];
    const buckets = Array.from({ length: 60 }, (_, n) => ({
      name: `b-${n}`,
      region: regions[n % regions.length] ?? "",
      cors: [{ AllowedMethods: ["GET"], AllowedOrigins: [`https://b-${n}.test`] }],
    }));
    aws = await startAws({ buckets });
    const { snapshot } = await collectAws(aws, { kinds: ["aws/bucket-cors"] });
    expect(snapshot.unread).toEqual([]);
    for (const { name, cors } of buckets)
      expect(body(snapshot, "aws/bucket-cors", name)).toEqual({ Bucket: name, CORSRules: cors });
  });
});

describe("what services do not say", () => {
  it("no queue at all: the answer has no list, and that is a fact", async () => {
    aws = await startAws({ queues: [] });
    const { snapshot } = await collectAws(aws, { kinds: ["aws/queue"] });
    expect([held(snapshot), snapshot.unread]).toEqual([[`aws/caller-identity ${account}`], []]);
  });

  it("a cluster that signs nobody in by its entries: unread with the service's words, no document invented", async () => {
    const clusters = vendorWorld.clusters.map((each) => ({
      ...each,
      accessConfig: { authenticationMode: "CONFIG_MAP" },
    }));
    aws = await startAws({ ...vendorWorld, clusters });
    const { snapshot } = await collectAws(aws, { kinds: ["aws/eks-access-entry"] });
    expect(held(snapshot)).toEqual([`aws/caller-identity ${account}`]);
    expect(snapshot.unread).toEqual(
      ["acme-eu", "other"].map((id) => ({
        kind: "aws/eks-access-entry",
        id,
        api: `eks ListAccessEntries ${id}`,
        cause: "unsupported",
        detail:
          "answered 400 InvalidRequestException: The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.",
      })),
    );
  });

  it("credentials of a Kafka cluster: none where SCRAM is off; refused where it is on is unread; serverless not asked", async () => {
    const [first, second, serverless] = vendorWorld.kafka;
    if (first === undefined || second === undefined || serverless === undefined)
      throw new Error("three are made");
    const off = { ...first, Provisioned: { ClientAuthentication: { Sasl: { Iam: { Enabled: true } } } } };
    aws = await startAws({ ...vendorWorld, kafka: [off, second, serverless], scram: {} });
    const { snapshot } = await collectAws(aws, { kinds: ["aws/msk-scram-secret"] });
    expect(body(snapshot, "aws/msk-scram-secret", off.ClusterArn)).toEqual({
      ClusterArn: off.ClusterArn,
      SecretArnList: [],
    });
    expect(causes(snapshot.unread)).toEqual([`aws/msk-scram-secret ${second.ClusterArn} unsupported`]);
    expect(aws.requests.filter(({ call }) => call === "kafka ListScramSecrets")).toHaveLength(2);
  });

  it("a service whose host does not resolve: unread as unsupported, and the words say what may be", async () => {
    aws = await startAws(vendorWorld);
    const { createDefaultHttpClient } = await import("@azure/core-rest-pipeline");
    const inner = createDefaultHttpClient();
    const { snapshot } = await collectAws(aws, {
      kinds: ["aws/msk-cluster", "aws/msk-scram-secret", "aws/vpc"],
      settings: {
        clock: fakeClock(),
        client: {
          sendRequest: (request) => {
            if (!/\/kafka\/aws4_request/.test(request.headers.get("authorization") ?? ""))
              return inner.sendRequest(request);
            throw Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });
          },
        },
      },
    });
    expect(held(snapshot)).toEqual([`aws/caller-identity ${account}`, "aws/vpc vpc-1"]);
    expect(snapshot.unread).toEqual(
      ["aws/msk-cluster", "aws/msk-scram-secret"].map((kind) => ({
        kind,
        api: "kafka ListClustersV2",
        cause: "unsupported",
        detail: `the host name does not resolve (ENOTFOUND) (3 attempts): ${region} seems to have no kafka, or the name is hidden from this machine`,
      })),
    );
  });
});

describe("secrets and hostile text", () => {
  it("fault 29: neither keys nor tokens are in the snapshot or in debug lines", async () => {
    aws = await startAws(vendorWorld);
    aws.faults.add({ match: "ec2 DescribeVpcs", status: 500, message: `oops ${auditor.secret}` });
    const before = process.env["AWS_SECRET_ACCESS_KEY"];
    process.env["AWS_SECRET_ACCESS_KEY"] = auditor.secret;
    try {
      const { snapshot, debug } = await collectAws(aws, {
        settings: { requestTimeoutMs: 5_000 },
        options: { timeoutMs: 4_000 },
      });
      expect(debug.join("\n")).not.toContain(auditor.secret);
      expect(debug.length).toBeGreaterThan(20);
      expect(snapshot.documents.length).toBeGreaterThan(20);
    } finally {
      if (before === undefined) delete process.env["AWS_SECRET_ACCESS_KEY"];
      else process.env["AWS_SECRET_ACCESS_KEY"] = before;
    }
  });

  it("fault 26: names from the cloud are visible", async () => {
    const nasty = "a\u001b]52;c;x\u0007\u202eb";
    aws = await startAws({
      network: {
        Vpcs: [
          { VpcId: "vpc-1", Tags: [{ Key: "Name", Value: nasty.replace(/[\u001b\u0007]/g, "\u0085") }] },
        ],
      },
      tagged: [{ ResourceARN: `arn:aws:sqs:x:y:${nasty}`, Tags: [] }],
    });
    const { snapshot } = await collectAws(aws, { kinds: ["aws/vpc", "aws/tagged-resource"] });
    expect(JSON.stringify(snapshot)).toMatch(/^[\x20-\x7e]*$/);
    expect(snapshot.documents).toHaveLength(3);
  });
});
