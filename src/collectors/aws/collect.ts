import type { AwsKind } from "../../snapshot/kinds/aws.ts";
import type { Snapshot, Unread } from "../../snapshot/snapshot.ts";
import { collected } from "../collected.ts";
import type { Collect, CollectPlan } from "../define.ts";
import { ReadFailure } from "../http/failure.ts";
import type { AwsSettings } from "../settings.ts";
import { connectAws } from "./connect.ts";
import { recorderOf } from "./recorder.ts";
import { servicesFor } from "./services/registry.ts";
import { roleKinds, roleNamed } from "./services/roles.ts";

/**
 * Reads what the plan needs of one account in one region: the audited roles, and not the account.
 *
 * A role that was named and that IAM does not know (`NoSuchEntity`) is a fact: there is no document of it and nothing
 * is unread. A list is a fact when it was read to its end. All else that could not be read is `unread`; when the named
 * role is of another account than the credentials, or the account cannot be found out, every kind is.
 * @throws CollectError when nothing can be read for a reason that the user can mend: input, sign-in, connection.
 */
export const collect: Collect<AwsSettings> = async (plan, settings, options) => {
  const asked = plan.principals.map(roleNamed);
  const { region, config, call, identity } = await connectAws(settings, options);
  const recorder = recorderOf(options);
  const snapshotOf = (scope: string, documents: Snapshot["documents"], unread: Snapshot["unread"]) =>
    collected(plan, options, { provider: "aws", scope, kinds: kindsOf(plan), documents, unread });
  if (identity instanceof ReadFailure) {
    const account = asked.find((role) => role.account !== undefined)?.account ?? "unknown";
    return snapshotOf(`${account}/${region}`, [], nothingRead(plan, identity));
  }
  const { account, body } = identity;
  recorder.keep("aws/caller-identity", account, body);
  const foreign = asked.find((role) => role.account !== undefined && role.account !== account);
  if (foreign !== undefined) {
    const failure = new ReadFailure(
      "not-found",
      `the role is of account ${foreign.account}, and the credentials are of account ${account}`,
    );
    const others = nothingRead(plan, failure).filter(({ kind }) => kind !== "aws/caller-identity");
    return snapshotOf(`${account}/${region}`, recorder.documents, others);
  }
  const planned = await servicesFor(plan);
  await Promise.all(
    planned.map(({ service, read }) =>
      read(config, {
        call: (operation, send) => inRegion(call(service, operation, send), service, region),
        plan,
        recorder,
        options,
      }),
    ),
  );
  return snapshotOf(`${account}/${region}`, recorder.documents, recorder.unread);
};

/**
 * AWS answers in the region, and a host of one service does not resolve: most likely the region has no such service. A name
 * server that hides names says the same, so it is no proof that nothing is there, but it is no broken connection either.
 */
async function inRegion<T>(answer: Promise<T>, service: string, region: string): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof ReadFailure) || error.code !== "ENOTFOUND") throw error;
    throw new ReadFailure(
      "unsupported",
      `${error.message}: ${region} seems to have no ${service}, or the name is hidden from this machine`,
      { code: error.code },
    );
  }
}

/** What is read: what was asked for, the account, and the roles whose policies were asked for. */
function kindsOf(plan: CollectPlan): readonly AwsKind[] {
  const asked = [...plan.kinds].filter((kind) => kind.startsWith("aws/")) as AwsKind[];
  const roles: readonly AwsKind[] = roleKinds.some((kind) => plan.kinds.has(kind)) ? ["aws/role"] : [];
  return [...new Set<AwsKind>([...asked, ...roles, "aws/caller-identity"])].sort();
}

/** Every kind of AWS that was asked for, unread for one reason. */
function nothingRead(plan: CollectPlan, failure: ReadFailure): readonly Unread[] {
  return kindsOf(plan).map((kind) => ({
    kind,
    api: "sts GetCallerIdentity",
    cause: failure.reason,
    detail: failure.message,
  }));
}
