import { expect, it } from "vitest";
import { services, servicesFor } from "../../../../src/collectors/aws/services/registry.ts";
import type { CollectPlan } from "../../../../src/collectors/define.ts";
import { type AwsKind, awsKinds } from "../../../../src/snapshot/kinds/aws.ts";

const all = Object.keys(awsKinds) as AwsKind[];
const planOf = (kinds: readonly AwsKind[]) => ({ kinds: new Set(kinds) }) as unknown as CollectPlan;

it("each kind is read by one service, and all its calls are signed for that one", async () => {
  const loaded = await Promise.all(
    Object.entries(services).map(async ([name, load]) => ({ name, ...(await load()) })),
  );
  for (const { name, service } of loaded) expect(service).toBe(name);
  const read = loaded.flatMap(({ service, kinds }) => kinds.map((kind) => ({ service, kind })));
  // who is signed in is asked before anything is read
  expect([...read.map(({ kind }) => kind), "aws/caller-identity"].sort()).toEqual([...all].sort());
  for (const { service, kind } of read)
    expect([...new Set(awsKinds[kind].calls.map((call) => call.service))], kind).toEqual([service]);
});

it("a plan loads the services of its kinds and no others", async () => {
  const names = async (...kinds: AwsKind[]) =>
    (await servicesFor(planOf(kinds))).map(({ service }) => service).sort();
  expect(await names()).toEqual([]);
  expect(await names("aws/caller-identity")).toEqual([]);
  expect(await names("aws/vpc", "aws/subnet")).toEqual(["ec2"]);
  expect(await names("aws/db-parameter", "aws/queue")).toEqual(["rds", "sqs"]);
  expect(await names(...all)).toEqual(Object.keys(services).sort());
});
