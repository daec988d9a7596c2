import { helmOf } from "../servers/kubernetes/helm.ts";
import { role } from "./account.ts";
import { type Change, change } from "./changes.ts";
import { API_TRUST, trust } from "./changes-roles.ts";
import {
  CERT_MANAGER,
  EBS,
  EXTERNAL_DNS,
  GATEWAY,
  type Installed,
  install,
  KARPENTER,
  KEDA,
  METADATA,
  uninstall,
} from "./charts.ts";
import { ISSUER, issuerOf, makeSecret, nodeClass, persistence, type SECRETS } from "./cluster.ts";
import type { World } from "./world.ts";

const SPACE = ["--namespace", "chalk-metadata"];
const PLANE = "chalk-metadata/chalk-metadata-plane";

const secret =
  (name: keyof typeof SECRETS, keys?: readonly string[]) =>
  ({ cluster, folder, canary }: World) =>
    makeSecret(cluster, folder, canary, name, keys);
const kubectl =
  (...args: string[]) =>
  ({ cluster }: World) =>
    cluster.kubectl(args);
const installed =
  (what: Installed) =>
  ({ cluster }: World) =>
    cluster.install(what);
const with_ = (what: Installed, values: object): Installed => ({
  ...what,
  values: { ...what.values, ...values },
});
const removed =
  (what: Installed) =>
  ({ cluster }: World) =>
    uninstall(cluster.helm, what);
const of = (chart: Installed, version: string) => installed({ ...chart, version });
const release = ({ namespace, release: name }: Installed) => `(${namespace}/${name})`;

/** As helm does it, and all of its pods run. */
const restored = async (world: World) => {
  await world.cluster.install(METADATA);
  await world.cluster.run("chalk-metadata", 1);
};
const crash = async ({ live }: World) => {
  interface Pods {
    readonly items: readonly { readonly metadata: { readonly name: string } }[];
  }
  const path = "/api/v1/namespaces/chalk-metadata/pods";
  for (const { metadata } of (await live.admin.must<Pods>("GET", path)).items)
    await live.admin.must("PATCH", `${path}/${metadata.name}/status`, {
      status: {
        conditions: [{ type: "Ready", status: "False", lastTransitionTime: new Date().toISOString() }],
        containerStatuses: [
          {
            ...{ name: "main", ready: false, restartCount: 7, image: "x", imageID: "x" },
            state: { running: null, waiting: { reason: "CrashLoopBackOff" } },
          },
        ],
      },
    });
};

const absentRole = (of: string, ...controls: string[]) =>
  controls.map((id) => `${id} absent medium role of ${of} (ACCOUNT#${of})`);
const API_CONTROLS = ["api-server-effective-access", "api-server-policy", "api-server-trust"];
const annotate = (...words: string[]) =>
  kubectl("annotate", "--overwrite", "serviceaccount", "chalk-metadata-plane", ...SPACE, ...words);
const ANNOTATION = "eks.amazonaws.com/role-arn";
const annotated = annotate(`${ANNOTATION}=${role("chalk-api-server")}`);
const bare = annotate(`${ANNOTATION}-`);

export const METADATA_PLANE: readonly Change[] = [
  change(
    "no secret of the database",
    kubectl("delete", "secret", "metadata-plane-secrets", ...SPACE),
    secret("metadata-plane-secrets"),
    ["database-secret absent medium (chalk-metadata/metadata-plane-secrets)", "exit 1"],
  ),
  change(
    "a key of the secret missing",
    secret("metadata-plane-secrets", ["POSTGRES_USER", "POSTGRES_HOST", "POSTGRES_DB"]),
    secret("metadata-plane-secrets"),
    ["database-secret absent medium (chalk-metadata/metadata-plane-secrets)", "exit 1"],
  ),
  change(
    "half of the frontend's secret",
    secret("chalk-frontend-secrets", ["GOOGLE_CLIENT_ID"]),
    secret("chalk-frontend-secrets"),
    ["frontend-secret absent medium (chalk-metadata/chalk-frontend-secrets)", "exit 1"],
  ),
  change(
    "no secret of the frontend: another sign-in",
    kubectl("delete", "secret", "chalk-frontend-secrets", ...SPACE),
    secret("chalk-frontend-secrets"),
    ["exit 0"],
  ),
  change(
    "the release failed, an older one runs",
    // the server refuses such a deployment
    (world) => expectFailure(installed(with_(METADATA, { replicas: -1 }))(world)),
    restored,
    [`metadata-release changed medium (${PLANE})`, "exit 1"],
  ),
  change(
    "the release uninstalled, its history kept",
    ({ cluster }) => cluster.helm("uninstall", METADATA.release, ...SPACE, "--keep-history"),
    restored,
    [
      ...absentRole(PLANE, ...API_CONTROLS),
      "cluster-admin-entry unknown medium (eks:cluster/chalk)",
      `metadata-release changed medium (${PLANE})`,
      "exit 1",
    ],
  ),
  change("a pod crashes", crash, ({ cluster }) => cluster.run("chalk-metadata", 1), [
    `metadata-release changed medium (${PLANE})`,
    "exit 1",
  ]),
  change("no pod is to run", installed(with_(METADATA, { replicas: 0 })), restored, [
    `metadata-release absent medium (${PLANE})`,
    "exit 1",
  ]),
  change("the account has no role", bare, annotated, [
    ...absentRole(PLANE, ...API_CONTROLS),
    "cluster-admin-entry unknown medium (eks:cluster/chalk)",
    "exit 1",
  ]),
  change("the account's role is not there", annotate(`${ANNOTATION}=${role("gone")}`), annotated, [
    ...API_CONTROLS.map((id) => `${id} absent medium (iam:role/gone)`),
    "cluster-admin-entry unknown medium (eks:cluster/chalk)",
    "exit 1",
  ]),
  change(
    "the account bound by Pod Identity",
    async (world) => {
      await bare(world);
      await world.eks({ identities: [["chalk-metadata", "chalk-metadata-plane", role("chalk-api-server")]] });
      await trust("chalk-api-server", {
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "pods.eks.amazonaws.com" },
            Action: ["sts:AssumeRole", "sts:TagSession"],
          },
        ],
      })(world);
    },
    async (world) => {
      await annotated(world);
      await world.eks();
      await trust("chalk-api-server", API_TRUST)(world);
    },
    ["exit 0"],
  ),
  change(
    "no namespace for the Metadata Plane",
    kubectl("delete", "namespace", "chalk-metadata", "--timeout=60s"),
    async (world) => {
      await restored(world);
      await secret("metadata-plane-secrets")(world);
      await secret("chalk-frontend-secrets")(world);
    },
    [
      ...absentRole(PLANE, ...API_CONTROLS),
      "cluster-admin-entry unknown medium (eks:cluster/chalk)",
      "database-secret absent medium (chalk-metadata/metadata-plane-secrets)",
      "metadata-namespace absent medium (chalk-metadata)",
      `metadata-release absent medium (${PLANE})`,
      "exit 1",
    ],
  ),
  change(
    "no namespace for background persistence",
    kubectl("delete", "namespace", "background-persistence", "--timeout=60s"),
    ({ cluster }) =>
      cluster.apply(
        { apiVersion: "v1", kind: "Namespace", metadata: { name: "background-persistence" } },
        persistence(role("background-persistence")),
      ),
    [
      ...absentRole("background-persistence", "background-persistence-effective-access"),
      "background-persistence-namespace absent medium (background-persistence)",
      ...absentRole(
        "background-persistence",
        "background-persistence-policy",
        "background-persistence-service-account",
      ),
      "exit 1",
    ],
  ),
];

async function expectFailure(failing: Promise<unknown>): Promise<void> {
  const failed = await failing.then(
    () => false,
    () => true,
  );
  if (!failed) throw new Error("it was to fail, and did not");
}

export const CHARTS: readonly Change[] = [
  change("a chart missing", removed(KEDA), installed(KEDA), [
    "helm-charts absent medium (CLUSTER#keda)",
    "exit 1",
  ]),
  change("a chart downgraded", of(KEDA, "2.9.0"), installed(KEDA), [
    `helm-charts changed medium ${release(KEDA)}`,
    "exit 1",
  ]),
  change("a chart newer", of(KEDA, "2.18.0"), installed(KEDA), [
    `helm-charts changed low ${release(KEDA)}`,
    "exit 1",
  ]),
  change("a release candidate", of(GATEWAY, "v1.6.0-rc.1"), installed(GATEWAY), [
    `helm-charts changed medium ${release(GATEWAY)}`,
    "exit 1",
  ]),
  change("an open range not reached", of(KARPENTER, "v0.37.0"), installed(KARPENTER), [
    `helm-charts changed medium ${release(KARPENTER)}`,
    "exit 1",
  ]),
  change(
    "a driver as an add-on of the cluster",
    async (world) => {
      await removed(EBS)(world);
      await world.eks({ addons: ["aws-ebs-csi-driver"] });
    },
    async (world) => {
      await installed(EBS)(world);
      await world.eks();
    },
    ["exit 0"],
  ),
  change(
    "a release that helm keeps in config maps",
    async (world) => {
      await removed(KEDA)(world);
      await install(await configMaps(world), world.folder, KEDA, { canary: world.canary });
    },
    async (world) => {
      await uninstall(await configMaps(world), KEDA);
      await installed(KEDA)(world);
    },
    ["exit 0"],
  ),
  change(
    "cert-manager told of the Gateway API by no file",
    installed(with_(CERT_MANAGER, { config: "enableGatewayAPI: false\n" })),
    installed(CERT_MANAGER),
    ["gateway-api changed medium (cert-manager/cert-manager)", "exit 1"],
  ),
  change(
    "cert-manager told of the Gateway API by its flag",
    installed(with_(CERT_MANAGER, { config: "", args: ["--enable-gateway-api"] })),
    installed(CERT_MANAGER),
    ["exit 0"],
  ),
  change(
    "external-dns without routes",
    installed(with_(EXTERNAL_DNS, { args: ["--source=ingress"] })),
    installed(EXTERNAL_DNS),
    ["gateway-api changed medium (external-dns/external-dns)", "exit 1"],
  ),
];

const configMaps = ({ live }: World) => helmOf(live.adminConfig, { HELM_DRIVER: "configmap" });

const applied =
  (...objects: object[]) =>
  ({ cluster }: World) =>
    cluster.apply(...objects);
const CLASS = "ec2nodeclass.karpenter.k8s.aws";
const status = (subnets: (world: World) => readonly string[]) => (world: World) =>
  world.cluster.status("/apis/karpenter.k8s.aws/v1/ec2nodeclasses/default", {
    subnets: subnets(world).map((id) => ({ id, zone: "eu-west-1a" })),
  });
const home = status(({ made }) => [made.subnets["private-a"] ?? "", made.subnets["private-b"] ?? ""]);

export const RESOURCES: readonly Change[] = [
  change("HTTP-01 instead of DNS-01", applied(issuerOf({ http01: { ingress: {} } })), applied(ISSUER), [
    "cluster-issuer changed medium (letsencrypt)",
    "exit 1",
  ]),
  change("no issuer", kubectl("delete", "clusterissuer", "letsencrypt"), applied(ISSUER), [
    "cluster-issuer absent medium ClusterIssuer (CLUSTER)",
    "exit 1",
  ]),
  change(
    "an AL2 node class",
    applied(nodeClass("old", { amiFamily: "AL2", amiSelectorTerms: [{ id: "ami-0123456789abcdef0" }] })),
    kubectl("delete", CLASS, "old"),
    ["node-classes changed medium (old)", "exit 1"],
  ),
  change(
    "a Bottlerocket node class by its family",
    applied(
      nodeClass("rocket", { amiFamily: "Bottlerocket", amiSelectorTerms: [{ id: "ami-0123456789abcdef0" }] }),
    ),
    kubectl("delete", CLASS, "rocket"),
    ["exit 0"],
  ),
  change(
    "a node class in another network",
    status(({ made, foreign }) => [made.subnets["private-a"] ?? "", foreign]),
    home,
    ["node-classes changed medium (default)", "exit 1"],
  ),
  change(
    "a node class whose status says nothing",
    status(() => []),
    home,
    ["exit 0"],
  ),
];
