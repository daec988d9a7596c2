import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AllowsOptions, Provider, Witness } from "../../src/access/policy.ts";
import { allows, comparePolicies, grantors } from "../../src/access/provider.ts";
import { FAMILIES, policy } from "./aws/arbitrary.ts";
import { role } from "./azure/arbitrary.ts";
import { documentsOf, side } from "./kubernetes/arbitrary.ts";

const RUNS = Number(process.env["LAW_RUNS"] ?? 400);

function never(): never {
  throw new Error("no such family of conditions");
}

interface Part {
  readonly document: number;
  /** The rule, statement or permission inside the document. */
  readonly rule: number;
}

/** How a provider's documents are taken apart: the rule that a pointer leads into, and a document without some rules. */
interface Form {
  readonly list: string;
  readonly pointer: RegExp;
}

const FORMS: Readonly<Record<Provider, Form>> = {
  aws: { list: "Statement", pointer: /^\/Statement\/(\d+)/ },
  azure: { list: "permissions", pointer: /^\/permissions\/(\d+)/ },
  kubernetes: { list: "rules", pointer: /^\/rules\/(\d+)/ },
};

function without(documents: readonly unknown[], { list }: Form, gone: (part: Part) => boolean): unknown[] {
  return documents.map((document, at) => {
    const rules = (document as Record<string, unknown[]>)[list] ?? [];
    return { ...(document as object), [list]: rules.filter((_, rule) => !gone({ document: at, rule })) };
  });
}

/**
 * For every excess: what is named grants its witness alone, each of it, and with all of it gone the witness is denied,
 * though everything else stayed.
 * @returns how many witnesses were looked at
 */
function check(
  provider: Provider,
  documented: readonly unknown[],
  live: readonly unknown[],
  options: AllowsOptions = {},
): { readonly looked: number; readonly several: number } {
  const form = FORMS[provider];
  const granting = grantors(provider, live, options);
  const answer = (documents: readonly unknown[], witness: Witness) =>
    allows(provider, documents, witness, options);
  let [looked, several] = [0, 0];
  for (const { witness } of comparePolicies(provider, documented, live, options).excess) {
    const named = granting(witness).map(
      ({ document, pointer }): Part => ({ document, rule: Number(form.pointer.exec(pointer)?.[1] ?? "0") }),
    );
    const isNamed = (part: Part) => named.some((n) => n.document === part.document && n.rule === part.rule);
    expect(named.length).toBeGreaterThan(0);
    expect(answer(without(live, form, isNamed), witness)).toBe("denied");
    for (const one of named) {
      const others = (part: Part) =>
        isNamed(part) && !(part.document === one.document && part.rule === one.rule);
      expect(answer(without(live, form, others), witness)).toBe("allowed");
    }
    looked += 1;
    if (named.length > 1) several += 1;
  }
  return { looked, several };
}

describe("grantors: what is named gives the witness, each of it alone, and nothing else does", () => {
  const conditions = fc.oneof(fc.constant({}), FAMILIES["text"]?.blocks ?? never());
  const worlds: readonly (readonly [Provider, fc.Arbitrary<readonly [unknown[], unknown[]]>])[] = [
    [
      "aws",
      fc.tuple(
        fc.array(policy({ negated: true, conditions }), { maxLength: 2 }),
        fc.array(policy({ deny: true, negated: true, conditions }), { minLength: 1, maxLength: 3 }),
      ),
    ],
    ["azure", fc.tuple(fc.array(role(), { maxLength: 2 }), fc.array(role(), { minLength: 1, maxLength: 3 }))],
    [
      "kubernetes",
      fc.tuple(side, side).map(([a, b]) => [documentsOf(a, "plain"), documentsOf(b, "plain")] as const),
    ],
  ];

  it.each(worlds)("%s", (provider, world) => {
    let [looked, several] = [0, 0];
    fc.assert(
      fc.property(world, ([documented, live]) => {
        const seen = check(provider, documented, live);
        looked += seen.looked;
        several += seen.several;
      }),
      { numRuns: RUNS },
    );
    expect(looked).toBeGreaterThan(RUNS / 10);
    expect(several).toBeGreaterThan(0);
  });

  it("a request of another provider is granted by nothing, or is refused as by `allows`", () => {
    const pods = { verb: "get", group: "", resource: "pods" };
    expect(grantors("azure", [{ permissions: [{ actions: ["*"] }] }])(pods)).toEqual([]);
    expect(() => grantors("aws", [{ Statement: [] }])(pods)).toThrow("an AWS request is");
  });
});
