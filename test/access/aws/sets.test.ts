import fc from "fast-check";
import { expect, it } from "vitest";
import { type Atom, atomHolds, atomOf } from "../../../src/access/aws/condition.ts";
import { SetTruths, type ValueSet } from "../../../src/access/aws/sets.ts";
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

const sets = fc.uniqueArray(fc.constantFrom(...VALUES), { minLength: 1 });

it("AW8: two sets of values have one key exactly when every atom says the same of both", () => {
  fc.assert(
    // more than fit into one word too
    fc.property(fc.array(atoms, { minLength: 1, maxLength: 40 }), sets, sets, (list, one, other) => {
      const truths = new SetTruths(list);
      const key = (values: readonly string[]): string => {
        const [first, ...rest] = values.map((value): ValueSet => truths.of(value));
        const all = rest.reduce((set, value) => truths.union(set, value), first as ValueSet);
        expect(all.values).toEqual(values);
        return truths.key(all, values.length === 1);
      };
      const said = (values: readonly string[]) => list.map((atom) => atomHolds(atom, values));
      const same = JSON.stringify(said(one)) === JSON.stringify(said(other));
      // one value and several are told apart where an atom is not made for several
      expect(key(one) === key(other)).toBe(same);
    }),
  );
});
