import { PROVIDERS, type Provider } from "../../access/policy.ts";
import type { LoadedBaseline } from "../../baselines/baseline.ts";
import { defaultBaseline, loadBaseline } from "../../baselines/bundled.ts";
import { dealOut, resolveControls } from "../../baselines/parameters.ts";
import type { Check } from "../../checks/define.ts";
import { awsPolicy } from "../../permissions/aws.ts";
import { azureRole, graphConsent } from "../../permissions/azure.ts";
import { kubernetesManifest, type ScannerAccount } from "../../permissions/kubernetes.ts";
import { editionRead, type Read, readsOf } from "../../permissions/reads.ts";
import type { DocumentKind } from "../../snapshot/kinds/kinds.ts";
import { inertJson } from "../../text/visible.ts";
import { coveredBy } from "../job/editions.ts";
import { baselineNamed, requireUse } from "../job/job.ts";
import { extensionsOf } from "../job/plugins.ts";
import { contextOf } from "../line/context.ts";
import { UsageError } from "../line/errors.ts";
import { listed } from "../line/flags.ts";
import type { GivenOptions } from "../line/options.ts";
import { assignments, one, oneOf } from "../line/settings.ts";
import type { Shell } from "../line/shell.ts";
import type { Console } from "../output/progress.ts";

/**
 * `permissions --cloud CLOUD`: what the scanner itself must be allowed, in the provider's own form, ready to apply;
 * worked out from the registry of document kinds, for those that the baseline's controls look at. No cloud is asked.
 * @returns 0
 * @throws UsageError
 */
export async function permissions(
  _operands: readonly string[],
  given: GivenOptions,
  shell: Shell,
): Promise<number> {
  const { options, console } = await contextOf(given, shell);
  const extensions = await extensionsOf(given, shell.cwd);
  const { checks } = extensions;
  const { cloud, baselines } = wantedOf(options, shell.cwd, checks);
  requireUse(given, { read: [cloud], recorded: [] });
  const kinds = neededKinds(cloud, baselines, options, checks);
  const names = baselines.map(({ baseline }) => `${baseline.id}@${baseline.version}`);
  if (kinds.size === 0) {
    throw new UsageError(`no control of ${listed(names)} looks at ${cloud}; name another with --baseline`);
  }
  const named = one(options, cloud === "aws" ? "role" : "principal") !== undefined;
  const reads = [
    ...readsOf(cloud, kinds, { named: cloud !== "kubernetes" && named, extra: extensions.kinds }),
    ...(cloud === "kubernetes" && nodesTell(baselines, one(options, "profile-set"), checks)
      ? [editionRead]
      : []),
  ];
  await shell.out.write(documentOf(cloud, reads, options, console, shell));
  // The role stays a file that `az` takes.
  const [first, ...more] = cloud === "azure" ? graphConsent(reads) : [];
  if (first !== undefined) console.say([`chalk-audit: ${first}`, ...more].join("\n"));
  return 0;
}

/** Whether these baselines describe clusters of several clouds, so that a scan asks the nodes which one is meant. */
export function nodesTell(
  baselines: readonly LoadedBaseline[],
  profile: string | undefined,
  checks: readonly Check[],
): boolean {
  const editions = baselines
    .filter((loaded) => coveredBy(loaded, profile, checks).includes("kubernetes"))
    .map(({ baseline }) => baseline.cloud)
    .filter((cloud) => cloud !== "kubernetes");
  return new Set(editions).size > 1;
}

function documentOf(
  cloud: Provider,
  reads: readonly Read[],
  options: GivenOptions,
  console: Console,
  shell: Shell,
): string {
  const json = (document: object) => `${inertJson(JSON.stringify(document, undefined, 2))}\n`;
  switch (cloud) {
    case "azure":
      return json(azureRole(reads, [assignableScope(options, console, shell)]));
    case "aws":
      return json(awsPolicy(reads, roleArn(options)));
    case "kubernetes":
      return kubernetesManifest(reads, accountOf(options));
  }
}

/** The one cloud that is asked about, and the baselines that say what is read there. */
function wantedOf(
  options: GivenOptions,
  cwd: string,
  checks: readonly Check[],
): { readonly cloud: Provider; readonly baselines: readonly LoadedBaseline[] } {
  const asked = options.get("cloud");
  const named = (options.get("baseline")?.values ?? []).map((spec) =>
    baselineNamed(spec, options, cwd, checks),
  );
  const found = new Set<Provider>(
    asked?.values.map((cloud) => oneOf(cloud, asked.from, PROVIDERS)) ??
      named.map(({ baseline }) => baseline.cloud),
  );
  const [cloud] = found;
  if (cloud === undefined || found.size > 1) {
    throw new UsageError(
      `${asked?.from ?? "permissions"}: expected one cloud with --cloud, ${listed(PROVIDERS)}: a policy is of one`,
    );
  }
  if (named.length > 0) return { cloud, baselines: named };
  const own = defaultBaseline(cloud);
  // A cloud without a baseline of its own is part of the others': the policy then serves whichever is scanned.
  const ids = own === undefined ? PROVIDERS.flatMap((each) => defaultBaseline(each) ?? []) : [own];
  return { cloud, baselines: ids.map((id) => loadBaseline(id, checks)) };
}

/** The kinds of documents that the controls of these baselines look at in one cloud. */
export function neededKinds(
  cloud: Provider,
  baselines: readonly LoadedBaseline[],
  options: GivenOptions,
  checks: readonly Check[],
): ReadonlySet<DocumentKind> {
  const plain = baselines.map(({ baseline }) => baseline);
  const dealt = dealOut(plain, Object.fromEntries(assignments(options)), one(options, "profile-set"));
  return new Set(
    plain.flatMap((baseline, i) =>
      resolveControls(baseline, dealt[i]?.given ?? {}, dealt[i]?.profile).controls.flatMap((control) => {
        const check = checks.find((each) => each.id === control.check);
        return (check?.needs(control.with) ?? []).filter((kind) => kind.startsWith(`${cloud}/`));
      }),
    ),
  );
}

function roleArn(options: GivenOptions): readonly string[] {
  const role = one(options, "role");
  return role?.startsWith("arn:") === true ? [role] : [];
}

const subscriptionShape = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Where the role may be assigned: a custom role needs a scope, so one that is not known is left to be filled in. */
function assignableScope(options: GivenOptions, console: Console, shell: Shell): string {
  const given = one(options, "subscription") ?? (shell.env["AZURE_SUBSCRIPTION_ID"] || undefined);
  if (given === undefined) {
    console.say(
      "chalk-audit: put the subscription's id in place of SUBSCRIPTION-ID, or give it with --subscription",
    );
    return "/subscriptions/SUBSCRIPTION-ID";
  }
  const id = /^\/subscriptions\/([^/]+)$/i.exec(given)?.[1] ?? given;
  if (!subscriptionShape.test(id)) {
    throw new UsageError(
      `${options.get("subscription")?.from ?? "AZURE_SUBSCRIPTION_ID"}: expected the id of a subscription, found "${given}"`,
    );
  }
  return `/subscriptions/${id}`;
}

/** Names as Kubernetes allows them (RFC 1123). */
const accountShape = /^([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)\/([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)$/;

function accountOf(options: GivenOptions): ScannerAccount {
  const given = one(options, "service-account") ?? "";
  const [, namespace, name] = accountShape.exec(given) ?? [];
  if (namespace === undefined || name === undefined) {
    throw new UsageError(
      `--service-account: expected NAMESPACE/NAME such as chalk-audit/chalk-audit, found "${given}"`,
    );
  }
  return { namespace, name };
}
