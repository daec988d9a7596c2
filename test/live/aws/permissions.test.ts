import { IAMClient, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AwsPolicy } from "../../../src/permissions/aws.ts";
import { allow, policy } from "../../worlds/aws-state.ts";
import { runCommand } from "../command.ts";
import { type LiveAws, region, root, startAwsServers, whyNoServers } from "../servers/aws/setup.ts";
import { skipped } from "../servers/azure/requirements.ts";
import { scan } from "./scan.ts";
import { makeUser, makeWorld } from "./world.ts";

const skip = skipped("the printed policy against MiniStack", whyNoServers());

let live: LiveAws;
beforeAll(async () => {
  if (skip) return;
  live = await startAwsServers();
  await live.reset();
});
afterAll(async () => {
  if (!skip) await live.stop();
});

/** MiniStack does not serve it, whoever asks; nothing can be said of its permission there. */
const notServed = "eks:DescribeClusterVersions";

/** Replaces what the scanner may do. */
async function grant(document: object): Promise<void> {
  const iam = new IAMClient({ region, endpoint: live.strict.url, credentials: root, maxAttempts: 2 });
  await iam.send(
    new PutUserPolicyCommand({
      UserName: "scanner",
      PolicyName: "may",
      PolicyDocument: JSON.stringify(document),
    }),
  );
}

/** The policy without one action; a statement that is left with none is left out. */
function without(document: AwsPolicy, action: string): AwsPolicy {
  return {
    ...document,
    Statement: document.Statement.map((each) => ({
      ...each,
      Action: each.Action.filter((one) => one !== action),
    })).filter((each) => each.Action.length > 0),
  };
}

describe.skipIf(skip)(
  "a scan under the policy that `permissions` prints, enforced by MiniStack (fault 36)",
  () => {
    it.each([
      ["the role found by its trust", []],
      ["the role named by its ARN", ["--role", "arn:aws:iam::123456789012:role/chalk"]],
    ])(
      "%s: complete with it, and incomplete without each action of it",
      async (_, role) => {
        await live.reset();
        await makeWorld(live.strict.url, live.strict.url, {
          inline: { also: policy(allow("s3:ListBucket")) },
        });
        const printed = await runCommand(["permissions", "--cloud", "aws", ...role], {});
        expect([printed.code, printed.stderr]).toEqual([0, ""]);
        const document = JSON.parse(printed.stdout) as AwsPolicy;
        const env = await makeUser(live.strict.url, "scanner", []);
        const unread = async () => {
          const { report } = await scan(live.strict, role, env);
          const entries = report.targets[0]?.unread ?? [];
          return entries.filter(({ api }) => !api.includes(notServed.replace("eks:", "")));
        };

        await grant(document);
        expect(await unread()).toEqual([]);
        const ready = await runCommand(["preflight", "--cloud", "aws", "--format", "json", ...role], {
          AWS_ENDPOINT_URL: live.strict.url,
          AWS_REGION: region,
          AWS_EC2_METADATA_DISABLED: "true",
          ...env,
        });
        const { targets } = JSON.parse(ready.stdout) as {
          targets: { probes: { permission: string; state: string }[] }[];
        };
        const notThere = targets.flatMap(({ probes }) => probes.filter(({ state }) => state !== "there"));
        const actions = document.Statement.flatMap(({ Action }) => Action);
        // The world has no node group to describe.
        expect(notThere.map(({ permission, state }) => `${permission} ${state}`)).toEqual([
          "eks:DescribeClusterVersions unread",
          "eks:DescribeNodegroup untried",
        ]);
        for (const action of actions) {
          if (notThere.some(({ permission }) => permission === action)) continue;
          await grant(without(document, action));
          const denied = (await unread()).filter(({ cause }) => cause === "denied");
          expect([...new Set(denied.map(({ permission }) => permission))], action).toEqual([action]);
        }
      },
      240_000,
    );
  },
);
