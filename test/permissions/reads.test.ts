import { expect, test } from "vitest";
import { readsOf } from "../../src/permissions/reads.ts";
import { awsKinds } from "../../src/snapshot/kinds/aws.ts";
import type { BundledKind, DocumentKind } from "../../src/snapshot/kinds/kinds.ts";
import { documentKinds } from "../../src/snapshot/kinds/kinds.ts";

const kindsOf = (of: object) => new Set(Object.keys(of) as DocumentKind[]);

const found = { named: false };

test("kinds of another cloud ask for nothing, and no kind asks for nothing", () => {
  expect(readsOf("azure", kindsOf(awsKinds), found)).toEqual([]);
  expect(readsOf("kubernetes", new Set(), found)).toEqual([]);
  // What everybody has is no permission to ask for.
  expect(readsOf("aws", new Set(["aws/caller-identity"]), found)).toEqual([]);
  for (const kind of Object.keys(documentKinds) as BundledKind[]) {
    if (kind === "aws/caller-identity") continue;
    const cloud = documentKinds[kind].provider;
    const reads = readsOf(cloud, new Set([kind]), found);
    expect(
      reads.some((read) => read.kinds.includes(kind)),
      kind,
    ).toBe(true);
  }
});

test("who is to be audited is found by what everybody's roles and assignments take; named, it takes neither", () => {
  const kinds = new Set<DocumentKind>(["azure/assigned-to"]);
  const of = (named: boolean) =>
    [...new Set(readsOf("azure", kinds, { named }).flatMap((read) => read.kinds))].sort();
  expect(of(false)).toEqual(["azure/assigned-to", "azure/role-assignment", "azure/role-definition"]);
  expect(of(true)).toEqual(["azure/assigned-to"]);
});
