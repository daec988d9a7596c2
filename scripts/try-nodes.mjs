// Runs the built package on the Node versions that it promises (engines), each from npm where it is not installed.
//   node scripts/try-nodes.mjs 20 22 24
// A version that npm cannot give is a failure: --optional counts it as skipped.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./bundle.mjs";

const optional = process.argv.includes("--optional");
const versions = process.argv.slice(2).filter((argument) => /^\d+$/.test(argument));
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const demo = "fixtures/snapshots/azure/demo.json";
const clean = "fixtures/snapshots/azure/clean.json";
const aws = "fixtures/review/aws.json";
const kubernetes = "fixtures/snapshots/kubernetes/bare.json";
/** Where the action writes, and where nobody has credentials. */
const folder = mkdtempSync(join(tmpdir(), "chalk-audit-nodes-"));
const nowhere = {
  HOME: folder,
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_ACCESS_KEY_ID: "",
  AWS_SECRET_ACCESS_KEY: "",
  AWS_SESSION_TOKEN: "",
  AWS_PROFILE: "",
  AWS_CONFIG_FILE: join(folder, "none"),
  AWS_SHARED_CREDENTIALS_FILE: join(folder, "none"),
  KUBECONFIG: join(folder, "none"),
};

/** What is run, the exit status that it must have, a text that must be on stdout, and variables beside this process's. */
const runs = [
  [["dist/main.js", "--version"], 0, `${version}\n`],
  [["dist/main.js", "--help"], 0, "Usage: chalk-audit"],
  [["dist/main.js", "--cloud", "azure", "--snapshot", demo], 1, "DRIFT:"],
  [["dist/main.js", "--cloud", "azure", "--snapshot", demo, "--format", "json"], 1, '"schemaVersion": "1.1"'],
  [["dist/main.js", "--cloud", "azure", "--snapshot", clean, "--format", "sarif"], 0, '"version": "2.1.0"'],
  [["dist/main.js", "--cloud", "aws", "--snapshot", aws, "--profile-set", "scoped"], 1, "DRIFT:"],
  [["dist/main.js", "--cloud", "aws", "--snapshot", aws, "--format", "sarif"], 1, '"version": "2.1.0"'],
  ...["chalk-azure", "chalk-aws"].map((baseline) => [
    ["dist/main.js", "--cloud", "kubernetes", "--snapshot", kubernetes, "--baseline", baseline],
    1,
    "DRIFT:",
  ]),
  [
    [
      ...[
        "dist/main.js",
        "review",
        "--cloud",
        "aws",
        "--role",
        "chalk",
        "--from",
        "management",
        "--to",
        "scoped",
      ],
      ...["--snapshot", aws, "--usage", "fixtures/review/cloudtrail", "--format", "json"],
    ],
    1,
    '"schemaVersion"',
  ],
  [["dist/main.js", "baseline", "list"], 0, "@"],
  [["dist/main.js", "permissions", "--cloud", "kubernetes"], 0, "kind: ClusterRoleBinding"],
  [
    [
      "--input-type=module",
      "-e",
      'import { comparePolicies } from "./dist/index.js"; console.log(comparePolicies("azure", [{ permissions: [] }], [{ permissions: [{ actions: ["*"] }] }]).excess.length);',
    ],
    0,
    "1\n",
  ],
  // The entry of the GitHub action, as a runner starts it.
  [
    ["dist/action.js"],
    1,
    "::error title=chalk-audit::drift:",
    { INPUT_CLOUD: "azure", INPUT_SNAPSHOT: demo, "INPUT_OUTPUT-DIRECTORY": join(folder, "results") },
  ],
  // The chunk of each cloud's SDK: it must load, and refuse an address without TLS, or miss what it signs in with.
  [["dist/main.js", "--cloud", "azure", "--azure-endpoint", "http://localhost"], 2, ""],
  [["dist/main.js", "--cloud", "aws", "--region", "eu-west-1"], 2, "", nowhere],
  [["dist/main.js", "--cloud", "kubernetes", "--baseline", "chalk-aws"], 2, "", nowhere],
];

let failed = 0;
for (const wanted of versions) {
  const own = process.version.startsWith(`v${wanted}.`);
  const node = own ? [process.execPath] : ["npx", "-y", `node@${wanted}`];
  const start = (args, env = {}) =>
    spawnSync(node[0], [...node.slice(1), ...args], {
      cwd: root,
      encoding: "utf8",
      maxBuffer: 1e8,
      env: { ...process.env, ...env },
    });
  const found = start(["--version"]);
  if (found.status !== 0 || !found.stdout.startsWith(`v${wanted}.`)) {
    console.log(`node ${wanted}: ${optional ? "skipped" : "FAILED"}, it cannot be had here`);
    if (!optional) failed += 1;
    continue;
  }
  const wrong = [];
  for (const [args, status, text, env] of runs) {
    const run = start(args, env);
    if (run.status !== status || !run.stdout.includes(text)) {
      wrong.push(`${args.join(" ")}: exit ${run.status}, expected ${status}\n${run.stderr}`);
    }
  }
  console.log(
    `node ${found.stdout.trim()}: ${runs.length - wrong.length} of ${runs.length} runs as they should be`,
  );
  for (const line of wrong) console.error(line);
  failed += wrong.length;
}
rmSync(folder, { recursive: true, force: true });
if (versions.length === 0) {
  console.error("usage: node scripts/try-nodes.mjs VERSION… [--optional]");
  failed += 1;
}
process.exitCode = failed === 0 ? 0 : 1;
