import fc from "fast-check";
import { expect, it } from "vitest";
import { type Atom, atomHolds, atomOf } from "../../../src/access/aws/condition.ts";
import { type ValueSet, ValueSets } from "../../../src/access/aws/sets.ts";
import { Vocabulary } from "../../../src/access/aws/vocabulary.ts";

const reading = { variables: false, vocabulary: new Vocabulary() };
const VALUES = ["a", "b", "ab", "ba", "c"];

const atoms = fc
  .tuple(
    fc.constantFrom(
      "ForAllValues:StringLike",
      "ForAnyValue:StringLike",
      "ForAllValues:StringNotLike",
      "ForAnyValue:StringNotEquals",
      "StringLike",
      "StringNotEquals",
      "Null",
    ),
    fc.uniqueArray(fc.constantFrom("a*", "*b", "ab", "c"), { minLength: 1 }),
  )
  .map(([operator, values]): Atom => atomOf(operator, "k", operator === "Null" ? "false" : values, reading));

it("AW8: a set of values is new exactly when no set before it had every atom say the same", () => {
  fc.assert(
    // more than fit into one word too
    fc.property(fc.array(atoms, { minLength: 1, maxLength: 70 }), (list) => {
      const sets = new ValueSets(list);
      const said = (values: readonly string[]) => JSON.stringify(list.map((atom) => atomHolds(atom, values)));
      const known = new Set<string>();
      const isNew = (values: readonly string[]) => known.size < known.add(said(values)).size;
      const base: ValueSet[] = [];
      for (const value of VALUES) {
        const one = sets.one(value);
        expect(one !== undefined).toBe(isNew([value]));
        if (one !== undefined) base.push(one);
      }
      const all = [...base];
      for (const here of all) {
        for (const single of base) {
          if (here === single) continue;
          const both = [...new Set([...here.values, ...single.values])];
          const union = sets.union(here, single);
          expect(union?.values).toEqual(isNew(both) ? both : undefined);
          if (union !== undefined) all.push(union);
        }
      }
    }),
  );
});
