import { expect, it } from "vitest";
import { services } from "../../../../src/collectors/aws/services/registry.ts";
import { awsKinds } from "../../../../src/snapshot/kinds/aws.ts";

it("each kind is read by one service, and all its calls are signed for that one", () => {
  const read = services.flatMap(({ service, kinds }) => kinds.map((kind) => ({ service, kind })));
  // who is signed in is asked before anything is read
  expect([...read.map(({ kind }) => kind), "aws/caller-identity"].sort()).toEqual(
    Object.keys(awsKinds).sort(),
  );
  for (const { service, kind } of read)
    expect([...new Set(awsKinds[kind].calls.map((call) => call.service))], kind).toEqual([service]);
});
