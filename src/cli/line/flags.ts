import { PROVIDERS, type Provider } from "../../access/policy.ts";
/** The commands that take options; `baseline list` and the like are written as on the command line. */
export type CommandName =
  | "scan"
  | "collect"
  | "compare"
  | "review"
  | "waiver"
  | "baseline list"
  | "baseline show"
  | "baseline card"
  | "check list"
  | "check explain"
  | "policy compare"
  | "permissions"
  | "preflight"
  | "completion";

/** One option: its flag `--name`, its variable `CHALK_AUDIT_NAME` and its key in the config file. */
export interface Flag {
  readonly name: string;
  readonly short?: string;
  /** Placeholder of the value in the help; absent: a switch. */
  readonly value?: string;
  /** May be given several times. `split` parts one value, or the environment's, into several. */
  readonly many?: boolean;
  readonly split?: "comma" | "line";
  /** What may be given, where that is a closed list; also completed by the shell. */
  readonly choices?: readonly string[];
  /** What a value may begin with, where more can follow; completed by the shell. */
  readonly begins?: readonly string[];
  readonly default?: string;
  /** Not readable from the environment or the config file: it says where those are, or belongs to one call. */
  readonly flagOnly?: boolean;
  /** Readable from the environment, never from a config file: it names code, and a config file is data. */
  readonly notFromConfig?: boolean;
  /** What it does that a config file may not have done which was found and not named (docs/semantics.md, T2). */
  readonly byHand?: string;
  /** It is about this cloud alone. */
  readonly cloud?: Provider;
  /** It says how a live cloud is reached, and nothing of recorded state. */
  readonly live?: boolean;
  /** The value is a path; one in the config file is relative to that file. */
  readonly path?: boolean;
  readonly help: string;
  readonly commands: readonly CommandName[];
}

const auditing = ["scan", "compare"] as const;
const reading = ["scan", "collect", "review", "preflight"] as const;
/** Every command, in the order of the help. */
export const commandNames = [
  "scan",
  "collect",
  "compare",
  "review",
  "waiver",
  "baseline list",
  "baseline show",
  "baseline card",
  "check list",
  "check explain",
  "policy compare",
  "permissions",
  "preflight",
  "completion",
] as const satisfies readonly CommandName[];

export const failOnLevels = ["critical", "high", "medium", "low", "info", "never"] as const;
export const azureClouds = ["public", "usgovernment", "china"] as const;
/** The formats of a report that `scan` writes, and those that `compare` does. */
export const scanFormats = [
  "table",
  "json",
  "sarif",
  "junit",
  "markdown",
  "html",
  "csv",
  "ocsf",
  "oscal",
  "gitlab-sast",
  "gitlab-codequality",
] as const;
export const compareFormats = ["table", "json"] as const;
export const cardFormats = ["markdown", "html"] as const;
export const reviewFormats = ["table", "json", "markdown"] as const;
export const execPluginChoices = ["allow", "deny"] as const;

/** `a, b or c`. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

/** Every option of every command. Flags, variables, config keys, help and completion are all read from here. */
export const flags: readonly Flag[] = [
  {
    name: "cloud",
    value: "CLOUD",
    many: true,
    split: "comma",
    choices: PROVIDERS,
    help: "what to audit: azure, aws, kubernetes (repeatable, or a comma list)",
    commands: [...reading, "permissions"],
  },
  {
    name: "baseline",
    value: "ID[@VERSION]|FILE",
    many: true,
    split: "line",
    help: "what the vendor documents (repeatable; default: the cloud's own, newest version)",
    commands: [...reading, "compare", "permissions"],
  },
  {
    name: "profile-set",
    value: "NAME",
    help: "the profile of a baseline that has several",
    commands: ["scan", "collect", "preflight", "compare", "permissions"],
  },
  {
    name: "set",
    value: "NAME=VALUE",
    many: true,
    split: "line",
    help: "a parameter of the baseline (repeatable)",
    commands: [...reading, "compare", "permissions"],
  },
  {
    name: "snapshot",
    value: "FILE",
    many: true,
    split: "line",
    path: true,
    help: "audit recorded state in place of a live cloud (repeatable)",
    commands: ["scan", "review"],
  },
  {
    name: "target",
    value: "NAME",
    many: true,
    split: "comma",
    help: "a target of the config file (repeatable; default: all of them)",
    commands: reading,
  },
  {
    name: "subscription",
    cloud: "azure",
    value: "ID",
    help: "Azure subscription to audit (default: AZURE_SUBSCRIPTION_ID, else the only one visible)",
    commands: [...reading, "compare", "permissions"],
  },
  {
    name: "tenant",
    cloud: "azure",
    live: true,
    value: "ID",
    help: "Microsoft Entra tenant (default: AZURE_TENANT_ID)",
    commands: reading,
  },
  {
    name: "principal",
    cloud: "azure",
    value: "OBJECT-ID",
    help: "the vendor's service principal (default: whoever holds the documented role)",
    commands: [...reading, "compare", "permissions"],
  },
  {
    name: "azure-cloud",
    cloud: "azure",
    live: true,
    value: "NAME",
    choices: azureClouds,
    default: "public",
    help: "national cloud",
    commands: reading,
  },
  {
    name: "azure-endpoint",
    cloud: "azure",
    live: true,
    value: "URL",
    byHand: "sends an access token to that address",
    help: "Resource Manager endpoint (Azure Stack, emulators; https)",
    commands: reading,
  },
  {
    name: "graph-endpoint",
    cloud: "azure",
    live: true,
    value: "URL",
    byHand: "sends an access token to that address",
    help: "Microsoft Graph endpoint, asked only where a control needs the directory (https)",
    commands: reading,
  },
  {
    name: "role",
    cloud: "aws",
    value: "NAME|ARN",
    help: "AWS role to audit (default: the roles that trust the vendor's documented principal)",
    commands: [...reading, "compare", "permissions"],
  },
  {
    name: "region",
    cloud: "aws",
    value: "REGION",
    help: "AWS region to audit (default: AWS_REGION, else the profile's)",
    commands: [...reading, "compare"],
  },
  {
    name: "profile",
    cloud: "aws",
    live: true,
    value: "NAME",
    help: "profile of the AWS configuration files to sign in with (default: AWS_PROFILE)",
    commands: reading,
  },
  {
    name: "assume-role",
    cloud: "aws",
    live: true,
    value: "ARN",
    help: "AWS role to assume for reading",
    commands: reading,
  },
  {
    name: "external-id",
    cloud: "aws",
    live: true,
    value: "ID",
    help: "external id that the role of --assume-role asks for",
    commands: reading,
  },
  {
    name: "kubeconfig",
    cloud: "kubernetes",
    live: true,
    value: "FILE",
    path: true,
    help: "kubeconfig of the cluster to audit (default: KUBECONFIG, else ~/.kube/config, else the pod's own account)",
    commands: reading,
  },
  {
    name: "context",
    cloud: "kubernetes",
    value: "NAME",
    help: "context of the kubeconfig (default: its current one)",
    commands: reading,
  },
  {
    name: "namespace",
    cloud: "kubernetes",
    value: "NAME",
    help: "Kubernetes namespace of the deployment (default: wherever the documented roles are)",
    commands: ["scan", "collect", "compare", "review"],
  },
  {
    name: "exec-plugins",
    cloud: "kubernetes",
    live: true,
    value: "WHICH",
    choices: execPluginChoices,
    default: "allow",
    help: "allow or deny the programs that a kubeconfig names to sign in with",
    commands: reading,
  },
  {
    name: "timeout",
    value: "DURATION",
    default: "5m",
    help: "bound on reading one target, and then on the comparison, such as 30s or 5m",
    commands: [...reading, "compare", "policy compare"],
  },
  {
    name: "concurrency",
    value: "N",
    default: "8",
    help: "requests under way at once, 1 to 64",
    commands: reading,
  },
  {
    name: "format",
    value: "FMT[=PATH]",
    many: true,
    split: "comma",
    begins: scanFormats,
    help: `what to write (${listed(scanFormats)}), and where (repeatable; default: table to standard output)`,
    commands: ["scan"],
  },
  {
    name: "format",
    value: "FMT[=PATH]",
    many: true,
    split: "comma",
    begins: compareFormats,
    help: `what to write (${listed(compareFormats)}), and where (repeatable; default: table to standard output)`,
    commands: ["compare"],
  },
  {
    name: "format",
    value: "FMT[=PATH]",
    many: true,
    split: "comma",
    begins: reviewFormats,
    help: `what to write (${listed(reviewFormats)}), and where (repeatable; default: table to standard output)`,
    commands: ["review"],
  },
  {
    name: "fail-on",
    value: "SEVERITY",
    choices: failOnLevels,
    default: "low",
    help: "the least severe drift that makes the exit status 1",
    commands: auditing,
  },
  {
    name: "waivers",
    value: "FILE",
    path: true,
    help: "accepted departures, each with reason, owner and expiry",
    commands: auditing,
  },
  {
    name: "since",
    value: "REPORT.json",
    path: true,
    help: "an earlier JSON report: findings are marked new, unchanged or updated",
    commands: ["scan"],
  },
  {
    name: "fail-on-new",
    help: "with --since: only drift that is new or has changed makes the exit status 1",
    commands: ["scan"],
  },
  {
    name: "sarif-suppressions",
    help: "with --format sarif: waived findings are results too, marked as suppressed",
    commands: ["scan"],
  },
  {
    name: "sarif-anchor",
    value: "PATH",
    path: true,
    help: "with --format sarif: a file of your repository that stands for one it does not have, such as a bundled baseline (default: the config file)",
    commands: ["scan"],
  },
  {
    name: "max-age",
    value: "AGE",
    default: "24h",
    help: "recorded state that is older is warned of, such as 24h or 7d; 0: never",
    commands: ["scan"],
  },
  {
    name: "fail-on-stale",
    help: "exit 3 when recorded state is older than --max-age",
    commands: ["scan"],
  },
  {
    name: "allow-incomplete",
    help: "exit 0 in place of 3 when something could not be assessed",
    commands: auditing,
  },
  {
    name: "service-account",
    value: "NAMESPACE/NAME",
    default: "chalk-audit/chalk-audit",
    flagOnly: true,
    help: "Kubernetes: the account that the scanner runs as in the cluster",
    commands: ["permissions"],
  },
  {
    name: "from",
    value: "PROFILE",
    flagOnly: true,
    help: "the profile that documents what is held today (default: the baseline's own)",
    commands: ["review"],
  },
  {
    name: "to",
    value: "PROFILE",
    flagOnly: true,
    help: "the profile that is to be held after the scope-down (default: the baseline's own)",
    commands: ["review"],
  },
  {
    name: "usage",
    value: "PATH",
    many: true,
    split: "line",
    path: true,
    help: "logs of what was used: a file or a folder of them, .gz too (repeatable)",
    commands: ["review"],
  },
  {
    name: "write",
    value: "DIR",
    path: true,
    flagOnly: true,
    help: "write the documents to apply there; nothing is applied",
    commands: ["review"],
  },
  {
    name: "output",
    short: "o",
    value: "FILE",
    path: true,
    flagOnly: true,
    help: "where to write the snapshot, or the waiver file to add to (default: standard output)",
    commands: ["collect", "waiver"],
  },
  {
    name: "report",
    value: "FILE",
    path: true,
    flagOnly: true,
    help: "the JSON report that has the findings",
    commands: ["waiver"],
  },
  {
    name: "reason",
    value: "TEXT",
    flagOnly: true,
    help: "why the drift is accepted",
    commands: ["waiver"],
  },
  {
    name: "owner",
    value: "WHO",
    flagOnly: true,
    help: "who answers for it: a person or a team",
    commands: ["waiver"],
  },
  {
    name: "expires",
    value: "DATE",
    flagOnly: true,
    help: "the last day on which the waiver holds, as YYYY-MM-DD",
    commands: ["waiver"],
  },
  {
    name: "provider",
    value: "PROVIDER",
    choices: PROVIDERS,
    flagOnly: true,
    help: "whose permission model the documents are in",
    commands: ["policy compare"],
  },
  {
    name: "live",
    value: "FILE",
    many: true,
    path: true,
    flagOnly: true,
    help: "what is granted (repeatable)",
    commands: ["policy compare"],
  },
  {
    name: "namespace",
    cloud: "kubernetes",
    value: "NAME",
    flagOnly: true,
    help: "Kubernetes: where a Role that says no namespace, and a ClusterRole without a binding, applies",
    commands: ["policy compare"],
  },
  {
    name: "catalog",
    value: "FILE",
    path: true,
    flagOnly: true,
    help: "what exists: operation names, the provider's operations, or a cluster's APIResourceLists",
    commands: ["policy compare"],
  },
  {
    name: "format",
    value: "FMT",
    choices: ["table", "json"],
    default: "table",
    flagOnly: true,
    help: "table or json",
    commands: ["policy compare", "preflight", "baseline list", "baseline show", "check list"],
  },
  {
    name: "format",
    value: "FMT",
    choices: cardFormats,
    default: "markdown",
    flagOnly: true,
    help: "markdown or html",
    commands: ["baseline card"],
  },
  {
    name: "plugin",
    value: "FILE",
    many: true,
    split: "line",
    path: true,
    notFromConfig: true,
    help: "a module with checks, reporters or collectors of your own (repeatable; see docs/plugins.md)",
    commands: ["scan", "collect", "preflight", "permissions", "check list", "check explain"],
  },
  {
    name: "config",
    value: "FILE",
    path: true,
    help: "the config file (default: chalk-audit.yaml, from here up to the git root)",
    commands: [...reading, "compare", "permissions"],
  },
  {
    name: "quiet",
    short: "q",
    help: "say nothing but reports and errors",
    commands: [...reading, "compare", "permissions"],
  },
  {
    name: "verbose",
    short: "v",
    help: "both texts, more witnesses, commands to verify and to mend",
    commands: ["scan", "compare", "review", "policy compare"],
  },
  { name: "debug", help: "requests and stack traces on standard error", commands: commandNames },
  {
    name: "color",
    help: "colour even when not on a terminal",
    commands: ["scan", "compare", "review", "policy compare", "preflight"],
  },
  { name: "no-color", help: "no colour", commands: commandNames },
  { name: "no-progress", help: "no progress line", commands: [...reading, "compare", "policy compare"] },
];

/** The options of one command, in the order of its help. */
export function flagsOf(command: CommandName): readonly Flag[] {
  return flags.filter((flag) => flag.commands.includes(command));
}
