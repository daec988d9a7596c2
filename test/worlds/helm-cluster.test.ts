import { describe, expect, it } from "vitest";
import type { Unread } from "../../src/snapshot/snapshot.ts";
import { reportOn, seenIn } from "./helm-look.ts";
import {
  ACCOUNT,
  API_ROLE,
  allow,
  aws,
  awsBeside,
  CERT_MANAGER,
  changed,
  cluster,
  DNS_ROLE,
  EXTERNAL_DNS,
  edited,
  inline,
  irsa,
  roleBody,
  type State,
  workload,
} from "./helm-state.ts";

const account = changed(aws, awsBeside);
const SECRET = "chalk-metadata/metadata-plane-secrets";
const PLANE = "chalk-metadata/chalk-metadata-plane";
const OTHER = `arn:aws:iam::${ACCOUNT}:role/another`;
const POD_IDENTITY = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "pods.eks.amazonaws.com" },
      Action: ["sts:AssumeRole", "sts:TagSession"],
    },
  ],
};
const addon = (name: string, status: string): State => ({
  "aws/eks-addon": { [name]: { addonName: name, addonVersion: "v1.40.0-eksbuild.1", status } },
});

/** The changes of one cloud's state and of the other's. */
function parts(change: State): readonly [State, State] {
  const of = (cloud: string) =>
    Object.fromEntries(Object.entries(change).filter(([kind]) => kind.startsWith(`${cloud}/`)));
  return [of("aws"), of("kubernetes")];
}

function look(change: State, unread: readonly Unread[] = []): readonly string[] {
  const [ofAws, ofCluster] = parts(change);
  return seenIn(reportOn(changed(account, ofAws), changed(cluster, ofCluster), { unread }));
}

/** cert-manager by a role of its own, with the policy that its documentation prints, for these types of records. */
function certManager(types: readonly string[], ...more: readonly object[]): State {
  return certificates(
    { "ForAllValues:StringEquals": { "route53:ChangeResourceRecordSetsRecordTypes": types } },
    ...more,
  );
}

function certificates(condition: object, ...more: readonly object[]): State {
  const id = `arn:aws:iam::${ACCOUNT}:role/certificates`;
  const records = {
    Effect: "Allow",
    Action: ["route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets"],
    Resource: "arn:aws:route53:::hostedzone/*",
    Condition: condition,
  };
  const change = { Effect: "Allow", Action: "route53:GetChange", Resource: "arn:aws:route53:::change/*" };
  return {
    "aws/role": { [id]: roleBody(id, irsa("cert-manager", "cert-manager")) },
    "aws/listed-role": { [id]: roleBody(id, irsa("cert-manager", "cert-manager")) },
    "aws/role-policy": {
      [`${id}/own`]: inline(id, change, records, allow("route53:ListHostedZonesByName"), ...more),
    },
    "kubernetes/service-account": {
      "cert-manager/cert-manager": {
        metadata: {
          namespace: "cert-manager",
          name: "cert-manager",
          annotations: { "eks.amazonaws.com/role-arn": id },
        },
      },
    },
  };
}

type Row = readonly [name: string, change: State, found: readonly string[]];

const CHANGES: readonly Row[] = [
  [
    "no namespace for the Metadata Plane",
    {
      "kubernetes/namespace": {
        "chalk-metadata": undefined,
        "chalk-metdata": { metadata: { name: "chalk-metdata" } },
      },
    },
    ["metadata-namespace absent medium (chalk-metadata)", "exit 1"],
  ],
  [
    "no secret of the database",
    { "kubernetes/secret": { [SECRET]: undefined } },
    ["database-secret absent medium (chalk-metadata/metadata-plane-secrets)", "exit 1"],
  ],
  [
    "a key of the secret is missing",
    edited(cluster, "kubernetes/secret", SECRET, { keys: ["POSTGRES_DB", "POSTGRES_HOST", "POSTGRES_USER"] }),
    ["database-secret absent medium (chalk-metadata/metadata-plane-secrets)", "exit 1"],
  ],
  [
    "no secret of the frontend",
    { "kubernetes/secret": { "chalk-metadata/chalk-frontend-secrets": undefined } },
    ["exit 0"],
  ],
  [
    "half of the secret of the frontend",
    edited(cluster, "kubernetes/secret", "chalk-metadata/chalk-frontend-secrets", {
      keys: ["GOOGLE_CLIENT_ID"],
    }),
    ["frontend-secret absent medium (chalk-metadata/chalk-frontend-secrets)", "exit 1"],
  ],
  [
    "the release failed, an older one runs",
    edited(cluster, "kubernetes/helm-release", PLANE, { status: "failed", revision: 4, deployedRevision: 3 }),
    ["metadata-release changed medium (chalk-metadata/chalk-metadata-plane)", "exit 1"],
  ],
  [
    "the release was uninstalled and its history kept",
    edited(cluster, "kubernetes/helm-release", PLANE, { status: "uninstalled" }),
    ["metadata-release changed medium (chalk-metadata/chalk-metadata-plane)", "exit 1"],
  ],
  [
    "no release",
    { "kubernetes/helm-release": { [PLANE]: undefined } },
    ["metadata-release absent medium (chalk-metadata/chalk-metadata-plane)", "exit 1"],
  ],
  [
    "a pod crashes",
    edited(cluster, "kubernetes/pod", "chalk-metadata/api-1", {
      status: {
        phase: "Running",
        containerStatuses: [
          { name: "api", ready: false, state: { waiting: { reason: "CrashLoopBackOff" } } },
        ],
        conditions: [{ type: "Ready", status: "False" }],
      },
    }),
    ["metadata-release changed medium (chalk-metadata/api-1)", "exit 1"],
  ],
  [
    "a pod is pending",
    edited(cluster, "kubernetes/pod", "chalk-metadata/api-1", { status: { phase: "Pending" } }),
    ["metadata-release changed medium (chalk-metadata/api-1)", "exit 1"],
  ],
  [
    "no pods of the release",
    { "kubernetes/pod": undefined },
    ["metadata-release absent medium (chalk-metadata/chalk-metadata-plane)", "exit 1"],
  ],
  [
    "a chart is missing",
    { "kubernetes/helm-release": { "platform/our-keda": undefined } },
    ["helm-charts absent medium (uid-1#keda)", "exit 1"],
  ],
  [
    "a chart is older",
    edited(cluster, "kubernetes/helm-release", "platform/our-keda", {
      chart: { name: "keda", version: "2.9.0" },
    }),
    ["helm-charts changed medium (platform/our-keda)", "exit 1"],
  ],
  [
    "a chart is newer",
    edited(cluster, "kubernetes/helm-release", "platform/our-keda", {
      chart: { name: "keda", version: "2.18.0" },
    }),
    ["helm-charts changed low (platform/our-keda)", "exit 1"],
  ],
  [
    "a chart with an open range is too old",
    edited(cluster, "kubernetes/helm-release", "platform/our-karpenter", {
      chart: { name: "karpenter", version: "v0.37.0" },
    }),
    ["helm-charts changed medium (platform/our-karpenter)", "exit 1"],
  ],
  [
    "a release candidate is older than its release",
    edited(cluster, "kubernetes/helm-release", "platform/our-gateway-helm", {
      chart: { name: "gateway-helm", version: "v1.6.0-rc.1" },
    }),
    ["helm-charts changed medium (platform/our-gateway-helm)", "exit 1"],
  ],
  [
    "a chart whose version is none",
    edited(cluster, "kubernetes/helm-release", "platform/our-keda", {
      chart: { name: "keda", version: "main" },
    }),
    ["helm-charts unknown medium (platform/our-keda)", "exit 3"],
  ],
  [
    "a chart's release failed and nothing of it runs",
    edited(cluster, "kubernetes/helm-release", "platform/our-keda", { status: "failed" }),
    ["helm-charts changed medium (platform/our-keda)", "exit 1"],
  ],
  [
    "a driver as an add-on instead",
    {
      "kubernetes/helm-release": { "platform/our-aws-ebs-csi-driver": undefined },
      ...addon("aws-ebs-csi-driver", "ACTIVE"),
    },
    ["exit 0"],
  ],
  [
    "an add-on that does not work",
    {
      "kubernetes/helm-release": { "platform/our-aws-ebs-csi-driver": undefined },
      ...addon("aws-ebs-csi-driver", "DEGRADED"),
    },
    ["helm-charts changed medium (aws-ebs-csi-driver)", "exit 1"],
  ],
  [
    "cert-manager without the Gateway API",
    {
      "kubernetes/workload": {
        "cert-manager/cert-manager": workload("cert-manager", "cert-manager", CERT_MANAGER, ["--v=2"]),
      },
    },
    ["gateway-api changed medium (cert-manager/cert-manager)", "exit 1"],
  ],
  [
    "cert-manager by its flag",
    {
      "kubernetes/config-map": undefined,
      "kubernetes/workload": {
        "cert-manager/cert-manager": workload("cert-manager", "cert-manager", CERT_MANAGER, [
          "--enable-gateway-api",
        ]),
      },
    },
    ["exit 0"],
  ],
  [
    "cert-manager with the flag switched off",
    {
      "kubernetes/workload": {
        "cert-manager/cert-manager": workload("cert-manager", "cert-manager", CERT_MANAGER, [
          "--enable-gateway-api=false",
        ]),
      },
    },
    ["gateway-api changed medium (cert-manager/cert-manager)", "exit 1"],
  ],
  [
    "a configuration file that says no",
    edited(cluster, "kubernetes/config-map", "cert-manager/cert-manager", {
      text: '{"enableGatewayAPI":false}',
    }),
    ["gateway-api changed medium (cert-manager/cert-manager)", "exit 1"],
  ],
  [
    "a configuration file that is in no config map",
    { "kubernetes/config-map": undefined },
    ["gateway-api unknown medium (cert-manager/cert-manager)", "exit 3"],
  ],
  [
    "external-dns without routes",
    {
      "kubernetes/workload": {
        "external-dns/external-dns": workload("external-dns", "external-dns", EXTERNAL_DNS, [
          "--source=ingress",
          "--source=gateway",
        ]),
      },
    },
    ["gateway-api changed medium (external-dns/external-dns)", "exit 1"],
  ],
  [
    "no external-dns at all",
    { "kubernetes/workload": { "external-dns/external-dns": undefined } },
    [
      "dns-permissions absent medium (111122223333/eu-west-1#external-dns)",
      "gateway-api absent medium (uid-1#external-dns)",
      "exit 1",
    ],
  ],
  [
    "HTTP-01 instead of DNS-01",
    edited(cluster, "kubernetes/cluster-issuer", "letsencrypt", {
      spec: {
        acme: {
          server: "https://acme-v02.api.letsencrypt.org/directory",
          solvers: [{ http01: { ingress: {} } }],
        },
      },
    }),
    ["cluster-issuer changed medium (letsencrypt)", "exit 1"],
  ],
  [
    "a solver of nothing",
    edited(cluster, "kubernetes/cluster-issuer", "letsencrypt", {
      spec: {
        acme: {
          server: "https://acme-v02.api.letsencrypt.org/directory",
          solvers: [{ dns01: { route53: null } }],
        },
      },
    }),
    ["cluster-issuer changed medium (letsencrypt)", "exit 1"],
  ],
  [
    "an issuer that says nothing",
    edited(cluster, "kubernetes/cluster-issuer", "letsencrypt", { spec: null }),
    ["cluster-issuer changed medium (letsencrypt)", "cluster-issuer changed medium (letsencrypt)", "exit 1"],
  ],
  [
    "an issuer of another authority beside",
    {
      "kubernetes/cluster-issuer": { own: { metadata: { name: "own" }, spec: { ca: { secretName: "x" } } } },
    },
    ["exit 0"],
  ],
  [
    "no issuer",
    { "kubernetes/cluster-issuer": undefined },
    ["cluster-issuer absent medium ClusterIssuer (uid-1)", "exit 1"],
  ],
  [
    "an AL2 node class",
    {
      "kubernetes/ec2-node-class": {
        old: {
          metadata: { name: "old" },
          spec: { amiFamily: "AL2", amiSelectorTerms: [{ id: "ami-1" }] },
          status: { subnets: [{ id: "subnet-private-a" }] },
        },
      },
    },
    ["node-classes changed medium (old)", "exit 1"],
  ],
  [
    "a node class of Bottlerocket by its family",
    {
      "kubernetes/ec2-node-class": {
        rocket: {
          metadata: { name: "rocket" },
          spec: { amiFamily: "Bottlerocket", amiSelectorTerms: [{ id: "ami-1" }] },
          status: { subnets: [{ id: "subnet-private-a" }] },
        },
      },
    },
    ["exit 0"],
  ],
  [
    "a node class of images by id alone",
    edited(cluster, "kubernetes/ec2-node-class", "default", {
      spec: { amiSelectorTerms: [{ id: "ami-1" }] },
    }),
    ["node-classes unknown medium (default)", "exit 3"],
  ],
  [
    "a node class in another VPC",
    {
      ...edited(cluster, "kubernetes/ec2-node-class", "default", {
        status: { subnets: [{ id: "subnet-private-a" }, { id: "subnet-far" }] },
      }),
      "aws/subnet": {
        "subnet-far": {
          SubnetId: "subnet-far",
          VpcId: "vpc-default",
          CidrBlock: "172.31.0.0/20",
          AvailabilityZone: "eu-west-1a",
        },
      },
    },
    ["node-classes changed medium (default)", "exit 1"],
  ],
  [
    "a node class whose status says nothing takes subnets by their tags",
    edited(cluster, "kubernetes/ec2-node-class", "default", { status: {} }),
    ["exit 0"],
  ],
  [
    "a node class that takes no subnet",
    edited(cluster, "kubernetes/ec2-node-class", "default", {
      status: {},
      spec: {
        amiSelectorTerms: [{ alias: "al2023@latest" }],
        subnetSelectorTerms: [{ tags: { Name: "nowhere" } }],
      },
    }),
    ["node-classes absent medium (default)", "exit 1"],
  ],
  [
    "no node class",
    { "kubernetes/ec2-node-class": undefined },
    ["node-classes absent medium EC2NodeClass (uid-1)", "exit 1"],
  ],
  [
    "the account has no annotation",
    edited(cluster, "kubernetes/service-account", "chalk-metadata/chalk-metadata-plane", {
      metadata: { namespace: "chalk-metadata", name: "chalk-metadata-plane" },
    }),
    [
      "api-server-effective-access absent medium role of chalk-metadata/chalk-metadata-plane (111122223333/eu-west-1#chalk-metadata/chalk-metadata-plane)",
      "api-server-policy absent medium role of chalk-metadata/chalk-metadata-plane (111122223333/eu-west-1#chalk-metadata/chalk-metadata-plane)",
      "api-server-trust absent medium role of chalk-metadata/chalk-metadata-plane (111122223333/eu-west-1#chalk-metadata/chalk-metadata-plane)",
      "cluster-admin-entry unknown medium (arn:aws:eks:eu-west-1:111122223333:cluster/chalk)",
      "exit 1",
    ],
  ],
  [
    "the account is bound by Pod Identity",
    {
      ...edited(cluster, "kubernetes/service-account", "chalk-metadata/chalk-metadata-plane", {
        metadata: { namespace: "chalk-metadata", name: "chalk-metadata-plane" },
      }),
      "aws/eks-pod-identity": {
        "a-1": { namespace: "chalk-metadata", serviceAccount: "chalk-metadata-plane", roleArn: API_ROLE },
      },
      "aws/role": { [API_ROLE]: roleBody(API_ROLE, POD_IDENTITY) },
      "aws/listed-role": { [API_ROLE]: roleBody(API_ROLE, POD_IDENTITY) },
    },
    ["exit 0"],
  ],
  [
    "the annotation names a role that is not there",
    edited(cluster, "kubernetes/service-account", "chalk-metadata/chalk-metadata-plane", {
      metadata: {
        namespace: "chalk-metadata",
        name: "chalk-metadata-plane",
        annotations: { "eks.amazonaws.com/role-arn": `arn:aws:iam::${ACCOUNT}:role/gone` },
      },
    }),
    [
      "api-server-effective-access absent medium (arn:aws:iam::111122223333:role/gone)",
      "api-server-policy absent medium (arn:aws:iam::111122223333:role/gone)",
      "api-server-trust absent medium (arn:aws:iam::111122223333:role/gone)",
      "cluster-admin-entry unknown medium (arn:aws:eks:eu-west-1:111122223333:cluster/chalk)",
      "exit 1",
    ],
  ],
  [
    "another role lets the API server's account in",
    {
      "aws/role": { [OTHER]: roleBody(OTHER, irsa("chalk-metadata", "chalk-metadata-plane")) },
      "aws/listed-role": { [OTHER]: roleBody(OTHER, irsa("chalk-metadata", "chalk-metadata-plane")) },
    },
    ["api-server-trust stray medium (arn:aws:iam::111122223333:role/another)", "exit 1"],
  ],
  [
    "the DNS role lacks the records of the zone",
    {
      "aws/role-policy": {
        [`${DNS_ROLE}/own`]: inline(
          DNS_ROLE,
          {
            Effect: "Allow",
            Action: ["route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets"],
            Resource: "arn:aws:route53:::hostedzone/Z99",
          },
          allow("route53:GetChange", "route53:ListHostedZones"),
        ),
      },
    },
    [
      "dns-permissions missing medium route53:ChangeResourceRecordSets ! route53:ChangeResourceRecordSets arn:aws:route53:::hostedzone/Z01",
      "dns-permissions missing medium route53:ChangeResourceRecordSets ! route53:ChangeResourceRecordSets arn:aws:route53:::hostedzone/Z01",
      "dns-permissions missing medium route53:ListResourceRecordSets ! route53:ListResourceRecordSets arn:aws:route53:::hostedzone/Z01",
      "dns-permissions missing medium route53:ListResourceRecordSets ! route53:ListResourceRecordSets arn:aws:route53:::hostedzone/Z01",
      "exit 1",
    ],
  ],
  ["cert-manager with the policy that its documentation prints", certManager(["TXT"]), ["exit 0"]],
  [
    "cert-manager with the names of challenges alone",
    certificates({
      "ForAllValues:StringEquals": { "route53:ChangeResourceRecordSetsRecordTypes": ["TXT"] },
      "ForAllValues:StringLike": {
        "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["_acme-challenge.*"],
      },
    }),
    ["exit 0"],
  ],
  [
    "cert-manager may write other records than a challenge's",
    certManager(["A", "CNAME"]),
    [
      'dns-permissions missing medium route53:ChangeResourceRecordSets except where ForAllValues:StringEquals route53:ChangeResourceRecordSetsRecordTypes = A | CNAME ! route53:ChangeResourceRecordSets arn:aws:route53:::hostedzone/Z01 {"route53:ChangeResourceRecordSetsRecordTypes":"TXT"}',
      'dns-permissions missing medium route53:ListResourceRecordSets except where ForAllValues:StringEquals route53:ChangeResourceRecordSetsRecordTypes = A | CNAME ! route53:ListResourceRecordSets arn:aws:route53:::hostedzone/Z01 {"route53:ChangeResourceRecordSetsRecordTypes":"TXT"}',
      "exit 1",
    ],
  ],
  [
    "cert-manager may see no change through, since a Deny takes it",
    certManager(["TXT"], { Effect: "Deny", Action: "route53:Get*", Resource: "*" }),
    [
      'dns-permissions missing medium route53:GetChange ! route53:GetChange <any> {"route53:ChangeResourceRecordSetsRecordTypes":"<any>"}',
      "exit 1",
    ],
  ],
  [
    "the DNS role may not list zones, nor see a change through",
    {
      "aws/role-policy": {
        [`${DNS_ROLE}/own`]: inline(
          DNS_ROLE,
          allow("route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets"),
        ),
      },
    },
    [
      "dns-permissions missing medium route53:GetChange ! route53:GetChange <any>",
      "dns-permissions missing medium route53:ListHostedZones ! route53:ListHostedZones <any>",
      "dns-permissions missing medium route53:ListHostedZones ! route53:ListHostedZones <any>",
      "exit 1",
    ],
  ],
  [
    "no namespace and no account for background persistence",
    {
      "kubernetes/namespace": { "background-persistence": undefined },
      "kubernetes/service-account": {
        "background-persistence/default": undefined,
        "background-persistence/persistence": undefined,
      },
    },
    [
      "background-persistence-effective-access absent medium role of background-persistence (111122223333/eu-west-1#background-persistence)",
      "background-persistence-namespace absent medium (background-persistence)",
      "background-persistence-policy absent medium role of background-persistence (111122223333/eu-west-1#background-persistence)",
      "background-persistence-service-account absent medium role of background-persistence (111122223333/eu-west-1#background-persistence)",
      "exit 1",
    ],
  ],
  [
    "a private ingress",
    {
      "aws/endpoint-service": {
        "vpce-svc-1": {
          ServiceId: "vpce-svc-1",
          ServiceState: "Available",
          NetworkLoadBalancerArns: ["arn:nlb"],
        },
      },
      "aws/load-balancer": { "arn:nlb": { DNSName: "Gateway-1.elb.eu-west-1.amazonaws.com" } },
      "kubernetes/service": {
        "envoy/gateway": {
          metadata: {
            name: "gateway",
            namespace: "envoy",
            labels: { "gateway.envoyproxy.io/owning-gateway-name": "g" },
          },
          status: { loadBalancer: { ingress: [{ hostname: "gateway-1.elb.eu-west-1.amazonaws.com" }] } },
        },
      },
    },
    ["exit 0"],
  ],
  [
    "a private ingress that failed",
    {
      "aws/endpoint-service": {
        "vpce-svc-1": {
          ServiceId: "vpce-svc-1",
          ServiceState: "Failed",
          NetworkLoadBalancerArns: ["arn:nlb"],
        },
      },
      "aws/load-balancer": { "arn:nlb": { DNSName: "gateway-1.elb.eu-west-1.amazonaws.com" } },
      "kubernetes/service": {
        "envoy/gateway": {
          metadata: {
            name: "gateway",
            namespace: "envoy",
            labels: { "gateway.envoyproxy.io/owning-gateway-name": "g" },
          },
          status: { loadBalancer: { ingress: [{ hostname: "gateway-1.elb.eu-west-1.amazonaws.com" }] } },
        },
      },
    },
    ["private-ingress changed medium (vpce-svc-1)", "exit 1"],
  ],
];

describe("chalk-helm on AWS and its cluster", () => {
  it("an installation as documented passes in full", () => {
    const report = reportOn(account, cluster);
    expect(report.controls.filter((c) => !["pass", "skipped"].includes(c.outcome))).toEqual([]);
    expect(seenIn(report)).toEqual(["exit 0"]);
    const skipped = report.controls.filter((c) => c.outcome === "skipped").map((c) => c.id.split("/")[1]);
    expect(skipped).toEqual(["values-file", "seed-file"]);
  });

  it("zones of one name are told apart by their ids", () => {
    const twin = {
      "aws/hosted-zone": {
        Z03: { Id: "/hostedzone/Z03", Name: "chalk.acme.example.", Config: { PrivateZone: false } },
      },
    };
    const { controls } = reportOn(changed(account, twin), cluster);
    expect(controls.find(({ id }) => id === "chalk-helm/hosted-zone")?.reason).toBe(
      "which hosted zone is the deployment's is not told: there are chalk.acme.example. (Z01), chalk.acme.example. (Z03); to decide: name it with --set hostedZone=ID",
    );
  });

  it("what was compared is said as one or as several", () => {
    const { controls } = reportOn(account, cluster);
    const said = new Map(controls.map(({ id, reason }) => [id.split("/")[1], reason]));
    expect(said.get("cluster-endpoint")).toBe("1 address of the control plane compared");
    expect(said.get("node-classes")).toBe("1 node class compared");
    expect(said.get("bucket-cors")).toBe("5 buckets compared");
  });

  it.each(CHANGES)("%s", (_, change, found) => {
    expect(look(change)).toEqual(found);
  });

  it.each<[string, Unread["kind"], readonly string[]]>([
    [
      "kubernetes/secret",
      "kubernetes/secret",
      [
        "database-secret unknown medium (uid-1#kubernetes/secret)",
        "frontend-secret unknown medium (uid-1#kubernetes/secret)",
        "exit 3",
      ],
    ],
    [
      "kubernetes/helm-release",
      "kubernetes/helm-release",
      [
        "helm-charts unknown medium (uid-1#kubernetes/helm-release)",
        "metadata-release unknown medium (uid-1#kubernetes/helm-release)",
        "exit 3",
      ],
    ],
    [
      "kubernetes/pod",
      "kubernetes/pod",
      ["metadata-release unknown medium (chalk-metadata/chalk-metadata-plane)", "exit 3"],
    ],
    [
      "kubernetes/workload",
      "kubernetes/workload",
      [
        "dns-permissions unknown medium (111122223333/eu-west-1#kubernetes/workload)",
        "gateway-api unknown medium (uid-1#kubernetes/workload)",
        "metadata-release unknown medium (chalk-metadata/chalk-metadata-plane)",
        "exit 3",
      ],
    ],
    [
      "kubernetes/config-map",
      "kubernetes/config-map",
      ["gateway-api unknown medium (cert-manager/cert-manager)", "exit 3"],
    ],
    [
      "kubernetes/service-account",
      "kubernetes/service-account",
      [
        "api-server-effective-access unknown medium role of chalk-metadata/chalk-metadata-plane (111122223333/eu-west-1#chalk-metadata/chalk-metadata-plane)",
        "api-server-policy unknown medium role of chalk-metadata/chalk-metadata-plane (111122223333/eu-west-1#chalk-metadata/chalk-metadata-plane)",
        "api-server-trust unknown medium role of chalk-metadata/chalk-metadata-plane (111122223333/eu-west-1#chalk-metadata/chalk-metadata-plane)",
        "background-persistence-effective-access unknown medium role of background-persistence (111122223333/eu-west-1#background-persistence)",
        "background-persistence-policy unknown medium role of background-persistence (111122223333/eu-west-1#background-persistence)",
        "background-persistence-service-account unknown medium role of background-persistence (111122223333/eu-west-1#background-persistence)",
        "cluster-admin-entry unknown medium (arn:aws:eks:eu-west-1:111122223333:cluster/chalk)",
        "dns-permissions unknown medium role of cert-manager/cert-manager (111122223333/eu-west-1#cert-manager/cert-manager)",
        "dns-permissions unknown medium role of external-dns/external-dns (111122223333/eu-west-1#external-dns/external-dns)",
        "exit 3",
      ],
    ],
    [
      "kubernetes/cluster-issuer",
      "kubernetes/cluster-issuer",
      ["cluster-issuer unknown medium (uid-1#kubernetes/cluster-issuer)", "exit 3"],
    ],
    [
      "kubernetes/ec2-node-class",
      "kubernetes/ec2-node-class",
      ["node-classes unknown medium (uid-1#kubernetes/ec2-node-class)", "exit 3"],
    ],
    [
      "kubernetes/namespace",
      "kubernetes/namespace",
      [
        "background-persistence-namespace unknown medium (uid-1#kubernetes/namespace)",
        "metadata-namespace unknown medium (uid-1#kubernetes/namespace)",
        "exit 3",
      ],
    ],
    [
      "aws/db-instance",
      "aws/db-instance",
      [
        "metadata-database unknown medium (111122223333/eu-west-1#aws/db-instance)",
        "metadata-database-extensions unknown medium (111122223333/eu-west-1#aws/db-instance)",
        "metadata-database-ingress unknown medium (111122223333/eu-west-1#aws/db-instance)",
        "exit 3",
      ],
    ],
    [
      "aws/db-parameter",
      "aws/db-parameter",
      ["metadata-database-extensions unknown medium (111122223333/eu-west-1#aws/db-parameter)", "exit 3"],
    ],
    [
      "aws/security-group",
      "aws/security-group",
      [
        "metadata-database-ingress unknown medium (111122223333/eu-west-1#aws/security-group)",
        "msk-reachability unknown medium (111122223333/eu-west-1#aws/security-group)",
        "exit 3",
      ],
    ],
    ["aws/queue", "aws/queue", ["queues unknown medium (111122223333/eu-west-1#aws/queue)", "exit 3"]],
    [
      "aws/bucket",
      "aws/bucket",
      [
        "bucket-cors unknown medium (111122223333/eu-west-1#aws/bucket)",
        "buckets unknown medium (111122223333/eu-west-1#aws/bucket)",
        "exit 3",
      ],
    ],
    [
      "aws/bucket-cors",
      "aws/bucket-cors",
      [
        "bucket-cors unknown medium (arn:aws:s3:::acme-data-prod)",
        "bucket-cors unknown medium (arn:aws:s3:::acme-dataset-prod)",
        "bucket-cors unknown medium (arn:aws:s3:::acme-model-prod)",
        "bucket-cors unknown medium (arn:aws:s3:::acme-source-prod)",
        "bucket-cors unknown medium (arn:aws:s3:::acme-stages-prod)",
        "exit 3",
      ],
    ],
    [
      "aws/hosted-zone",
      "aws/hosted-zone",
      [
        "dns-permissions unknown medium (111122223333/eu-west-1#aws/hosted-zone)",
        "hosted-zone unknown medium (111122223333/eu-west-1#aws/hosted-zone)",
        "exit 3",
      ],
    ],
    [
      "aws/msk-cluster",
      "aws/msk-cluster",
      [
        "msk-auth unknown medium (111122223333/eu-west-1#aws/msk-cluster)",
        "msk-brokers unknown medium (111122223333/eu-west-1#aws/msk-cluster)",
        "msk-reachability unknown medium (111122223333/eu-west-1#aws/msk-cluster)",
        "exit 3",
      ],
    ],
    [
      "aws/msk-scram-secret",
      "aws/msk-scram-secret",
      ["msk-auth unknown medium chalk (arn:aws:kafka:eu-west-1:111122223333:cluster/chalk/0000-1)", "exit 3"],
    ],
    [
      "aws/eks-cluster",
      "aws/eks-cluster",
      [
        "api-server-trust unknown medium (111122223333/eu-west-1#aws/eks-cluster)",
        "background-persistence-service-account unknown medium (111122223333/eu-west-1#aws/eks-cluster)",
        "cluster-admin-entry unknown medium (111122223333/eu-west-1#aws/eks-cluster)",
        "cluster-endpoint unknown medium (111122223333/eu-west-1#aws/eks-cluster)",
        "metadata-database-ingress unknown medium (111122223333/eu-west-1#aws/eks-cluster)",
        "msk-auth unknown medium (111122223333/eu-west-1#aws/eks-cluster)",
        "msk-brokers unknown medium (111122223333/eu-west-1#aws/eks-cluster)",
        "msk-reachability unknown medium (111122223333/eu-west-1#aws/eks-cluster)",
        "node-group unknown medium (111122223333/eu-west-1#aws/eks-cluster)",
        "standard-eks unknown low (111122223333/eu-west-1#aws/eks-cluster)",
        "vpc-layout unknown medium (111122223333/eu-west-1#aws/eks-cluster)",
        "exit 3",
      ],
    ],
    [
      "aws/eks-nodegroup",
      "aws/eks-nodegroup",
      ["node-group unknown medium (111122223333/eu-west-1#aws/eks-nodegroup)", "exit 3"],
    ],
    [
      "aws/eks-access-entry",
      "aws/eks-access-entry",
      ["cluster-admin-entry unknown medium (111122223333/eu-west-1#aws/eks-access-entry)", "exit 3"],
    ],
    ["aws/eks-addon", "aws/eks-addon", ["exit 0"]],
    ["aws/eks-pod-identity", "aws/eks-pod-identity", ["exit 0"]],
    [
      "aws/subnet",
      "aws/subnet",
      [
        "msk-auth unknown medium (111122223333/eu-west-1#aws/subnet)",
        "msk-brokers unknown medium (111122223333/eu-west-1#aws/subnet)",
        "msk-reachability unknown medium (111122223333/eu-west-1#aws/subnet)",
        "node-classes unknown medium (default)",
        "vpc-layout unknown medium (111122223333/eu-west-1#aws/subnet)",
        "exit 3",
      ],
    ],
    [
      "aws/role-policy",
      "aws/role-policy",
      [
        "api-server-effective-access unknown medium (111122223333/eu-west-1#aws/role-policy)",
        "api-server-policy unknown medium (111122223333/eu-west-1#aws/role-policy)",
        "background-persistence-effective-access unknown medium (111122223333/eu-west-1#aws/role-policy)",
        "background-persistence-policy unknown medium (111122223333/eu-west-1#aws/role-policy)",
        "dns-permissions unknown medium (111122223333/eu-west-1#aws/role-policy)",
        "exit 3",
      ],
    ],
    [
      "aws/listed-role",
      "aws/listed-role",
      [
        "api-server-trust unknown medium other roles (111122223333/eu-west-1)",
        "background-persistence-service-account unknown medium other roles (111122223333/eu-west-1)",
        "exit 3",
      ],
    ],
  ])("what cannot be read is unknown, and the rest is assessed: %s", (_, kind, found) => {
    const permission = `to read ${kind}`;
    const seen = look({}, [{ kind, api: kind, cause: "denied", detail: "answered 403", permission }]);
    expect(seen).toEqual(found);
  });
});
