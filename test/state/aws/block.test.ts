import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blockAround, firstOutside, parseBlock, worldIn } from "../../../src/state/aws/block.ts";

const block = (text: string) => {
  const found = blockAround(text);
  if (found === undefined) throw new Error(`${text} is no block`);
  return found;
};
const blocks = (...texts: readonly string[]) => texts.map(block);

describe("blocks of addresses", () => {
  it.each([
    ...["10.0.0.0", "10.0.0.0/33", "10.0.0/8", "010.0.0.0/8", "0x0a.0.0.0/8", "10.0.0.256/8", "10.0.0.0/8/9"],
    ...["10.0.0.0/-1", "10.0.0.0/ 8", "::/129", "fe80::1%eth0/64", ":::/0", "", "/8", "1::2::3/64"],
  ])("%s is none", (text) => {
    expect([blockAround(text), parseBlock(text)]).toEqual([undefined, undefined]);
  });

  it("bits behind the prefix are refused by one and left out by the other", () => {
    expect(parseBlock("10.0.0.5/24")).toBeUndefined();
    expect(blockAround("10.0.0.5/24")).toMatchObject({ family: 4, length: 24, first: 0x0a000000n });
    expect(blockAround("2001:db8::1/32")).toMatchObject({ family: 6, first: 0x20010db8n << 96n });
  });

  it.each<[string, readonly string[], string | undefined]>([
    ["10.0.0.0/16", ["10.0.0.0/8"], undefined],
    ["10.0.0.0/16", ["10.0.0.0/17", "10.0.128.0/17"], undefined],
    ["10.0.0.0/16", ["10.0.128.0/17", "10.0.0.0/18", "10.0.64.0/18"], undefined],
    ["10.0.0.0/16", ["10.0.0.0/17"], "10.0.128.0"],
    ["10.0.0.0/16", ["10.0.0.0/18", "10.0.128.0/17"], "10.0.64.0"],
    ["10.0.0.0/16", [], "10.0.0.0"],
    ["10.0.0.0/16", ["::/0"], "10.0.0.0"],
    ["255.255.255.255/32", ["255.0.0.0/8"], undefined],
    ["2001:db8::/32", ["2001:db8::/33"], "2001:db8:8000::"],
  ])("%s minus %j leaves %s first", (inner, others, left) => {
    expect(firstOutside(block(inner), blocks(...others))).toBe(left);
  });

  it.each<[readonly string[], string | undefined]>([
    [["0.0.0.0/0"], "0.0.0.0/0"],
    [["0.0.0.0/1", "128.0.0.0/1"], "0.0.0.0/0"],
    [["0.0.0.0/1", "128.0.0.0/2"], undefined],
    // what is left is of groups and reserved
    [["0.0.0.0/1", "128.0.0.0/2", "192.0.0.0/3"], "0.0.0.0/0"],
    [["0.0.0.0/1", "128.0.0.0/2", "192.0.0.0/4"], undefined],
    [["1.0.0.0/8", "10.0.0.0/8"], undefined],
    [["10.0.0.0/8", "2000::/3"], "2000::/3"],
    [["2000::/4", "3000::/4"], "::/0"],
    [["2000::/4"], undefined],
    [["fd00::/8", "fe80::/10"], undefined],
    [["::/0", "10.0.0.0/8"], "::/0"],
    [[], undefined],
  ])("%j are the world: %s", (some, world) => {
    expect(worldIn(blocks(...some))?.text).toBe(world);
  });

  it("law: an address is outside exactly when no block has it", () => {
    const small = fc.record({
      first: fc.integer({ min: 0, max: 255 }),
      length: fc.integer({ min: 24, max: 32 }),
    });
    const text = ({ first, length }: { first: number; length: number }) => `10.0.0.${first}/${length}`;
    fc.assert(
      fc.property(small, fc.array(small, { maxLength: 6 }), (inner, others) => {
        const own = block(text(inner));
        const rest = others.map((each) => block(text(each)));
        const left = firstOutside(own, rest);
        const inside = (at: bigint) => rest.some((each) => each.first <= at && at <= each.last);
        let first: bigint | undefined;
        for (let at = own.first; at <= own.last && first === undefined; at++) if (!inside(at)) first = at;
        expect(left).toBe(first === undefined ? undefined : `10.0.0.${first & 255n}`);
      }),
      { numRuns: 500 },
    );
  });
});
