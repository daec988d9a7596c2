import { CreateUserCommand, IAMClient, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import type { AwsPolicy } from "../../../src/permissions/aws.ts";
import { makeUser } from "../aws/world.ts";
import { runCommand } from "../command.ts";
import { post, region, root } from "../servers/aws/setup.ts";
import { sender } from "./eks.ts";
import type { World } from "./world.ts";

/** A user of both emulators, who may do what a policy says that each of them evaluates itself. */
export interface Scanner {
  readonly env: Readonly<Record<string, string>>;
  /** From now on moto refuses, too, whatever the policy does not allow, and whoever is not this user. */
  grant(policy: AwsPolicy): Promise<void>;
  /** Moto lets everybody do everything again. */
  free(): Promise<void>;
}

const NAME = "scanner";

export async function makeScanner({ aws }: Pick<World, "aws">): Promise<Scanner> {
  const env = await makeUser(aws.strict.url, NAME, []);
  const clients = [aws.moto, aws.strict.url].map(
    (endpoint) => new IAMClient({ region, endpoint, credentials: root, maxAttempts: 2 }),
  );
  await clients[0]?.send(new CreateUserCommand({ UserName: NAME }));
  // the key that MiniStack has made, which no client of the SDK can tell
  const { AWS_ACCESS_KEY_ID: AccessKeyId, AWS_SECRET_ACCESS_KEY: SecretAccessKey } = env;
  const asked = { Action: "CreateAccessKey", Version: "2010-05-08", UserName: NAME };
  await sender(aws.moto, "iam")(
    "POST",
    "/",
    new URLSearchParams({ ...asked, AccessKeyId, SecretAccessKey }).toString(),
  );
  const enforced = (from: string) => post(`${aws.moto}/moto-api/reset-auth`, from);
  return {
    env,
    grant: async (policy) => {
      await enforced("inf");
      for (const client of clients)
        await client.send(
          new PutUserPolicyCommand({
            ...{ UserName: NAME, PolicyName: "may" },
            PolicyDocument: JSON.stringify(policy),
          }),
        );
      await enforced("0");
    },
    free: () => enforced("inf"),
  };
}

/** What `permissions` prints of AWS for this baseline. */
export async function printedPolicy(): Promise<AwsPolicy> {
  const ran = await runCommand(["permissions", "--cloud", "aws", "--baseline", "chalk-helm"], {});
  if (ran.code !== 0) throw new Error(ran.stderr);
  return JSON.parse(ran.stdout) as AwsPolicy;
}

export const actionsIn = ({ Statement }: AwsPolicy): readonly string[] =>
  Statement.flatMap(({ Action }) => Action);

/** The policy without some actions; a statement that is left with none is left out. */
export function without(policy: AwsPolicy, ...actions: readonly string[]): AwsPolicy {
  return {
    ...policy,
    Statement: policy.Statement.map((each) => ({
      ...each,
      Action: each.Action.filter((one) => !actions.includes(one)),
    })).filter(({ Action }) => Action.length > 0),
  };
}
