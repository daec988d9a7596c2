import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { go } from "../azure/requirements.ts";

const cache = fileURLToPath(new URL("../../../../.cache/servers/kubernetes/", import.meta.url));

interface Source {
  readonly module: string;
  readonly version: string;
  /** Of the module's content, as go.sum has it. */
  readonly sum: string;
  readonly folder: string;
  readonly files: readonly string[];
}

const gateway = "gateway.networking.k8s.io_";

/** The definitions that the projects publish with the Go modules of their types. Later ones ask for a newer Go. */
const sources: readonly Source[] = [
  {
    module: "github.com/aws/karpenter-provider-aws",
    version: "v1.14.1",
    sum: "h1:WGtIQTQcxpElYMdWfWuPwaF2+9muR+hYhPZsTtoY8Gs=",
    folder: "pkg/apis/crds",
    files: ["karpenter.k8s.aws_ec2nodeclasses", "karpenter.sh_nodepools", "karpenter.sh_nodeclaims"],
  },
  {
    module: "github.com/cert-manager/cert-manager",
    version: "v1.21.2",
    sum: "h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=",
    folder: "deploy/crds",
    files: ["cert-manager.io_clusterissuers", "cert-manager.io_issuers", "cert-manager.io_certificates"],
  },
  {
    module: "sigs.k8s.io/gateway-api",
    version: "v1.6.3",
    sum: "h1:lKpJa5bGlraC/QeACvCpsHLdmO6y0iKfzVl6gzaFEYc=",
    folder: "config/crd/standard",
    files: ["gatewayclasses", "gateways", "httproutes", "grpcroutes"].map((each) => gateway + each),
  },
];

/**
 * The real custom resource definitions of Karpenter, cert-manager and the Gateway API, as files of YAML. They come with
 * Go modules at pinned sums (10 MB, seconds; then from Go's cache). To be applied by the server: the largest are too big
 * for the annotation of a client's apply.
 */
export async function customResources(): Promise<readonly string[]> {
  mkdirSync(cache, { recursive: true });
  const found = await Promise.all(sources.map(downloaded));
  return sources.flatMap(({ folder, files }, at) =>
    files.map((file) => join(found[at] ?? "", folder, `${file}.yaml`)),
  );
}

async function downloaded({ module, version, sum }: Source): Promise<string> {
  const { stdout } = await promisify(execFile)(go, ["mod", "download", "-json", `${module}@${version}`], {
    cwd: cache,
    env: { ...process.env, GOFLAGS: "", GOWORK: "off" },
  });
  const got = JSON.parse(stdout) as { readonly Dir: string; readonly Sum: string };
  if (got.Sum !== sum) throw new Error(`${module}@${version} has the sum ${got.Sum}, not ${sum}`);
  return got.Dir;
}
