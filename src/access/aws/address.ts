/** CIDR blocks of both families, as ranges of whole numbers. A bare address is a block of one (AW7). */

export interface AddressRange {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

const BITS = { 4: 32, 6: 128 } as const;

/** At most three digits; `010` is 8 to some readers and 10 to others, so it is none. */
const DECIMAL = /^(?:0|[1-9]\d{0,2})$/;

/** The block; undefined when the text is none. Host bits are cut off, as AWS does. */
export function parseAddressRange(text: string): AddressRange | undefined {
  const [address = "", length, more] = text.split("/");
  const family = address.includes(":") ? 6 : 4;
  const value = family === 6 ? parse6(address) : parse4(address);
  if (value === undefined || more !== undefined) return undefined;
  if (length !== undefined && !DECIMAL.test(length)) return undefined;
  const prefix = length === undefined ? BITS[family] : Number(length);
  if (prefix > BITS[family]) return undefined;
  const size = 1n << BigInt(BITS[family] - prefix);
  const first = (value / size) * size;
  return { family, first, last: first + size - 1n };
}

function parse4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || parts.some((p) => !DECIMAL.test(p) || Number(p) > 255)) return undefined;
  return parts.reduce((sum, p) => sum * 256n + BigInt(p), 0n);
}

function parse6(text: string): bigint | undefined {
  const [head = "", tail, more] = text.split("::");
  if (more !== undefined) return undefined;
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  if (left === undefined || right === undefined) return undefined;
  const missing = 8 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const all = [...left, ...Array.from({ length: Math.max(missing, 0) }, () => 0n), ...right];
  return all.reduce((sum, group) => (sum << 16n) + group, 0n);
}

function groups(text: string): readonly bigint[] | undefined {
  if (text === "") return [];
  const out: bigint[] = [];
  const parts = text.split(":");
  for (const [i, part] of parts.entries()) {
    if (part.includes(".") && i === parts.length - 1) {
      const four = parse4(part);
      if (four === undefined) return undefined;
      out.push(four >> 16n, four & 0xffffn);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) out.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return out;
}

/** Whether the block holds the address; an address of the other family is in none. */
export function holds(block: AddressRange, address: AddressRange): boolean {
  return block.family === address.family && block.first <= address.first && address.last <= block.last;
}

export function addressText(family: 4 | 6, value: bigint): string {
  if (family === 4) {
    return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join(".");
  }
  const all = Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  return all.join(":");
}

/** Addresses among which every way of lying in or out of the blocks occurs: the ends and their neighbours. */
export function telling(blocks: readonly AddressRange[]): readonly string[] {
  const out = new Set<string>();
  for (const family of [4, 6] as const) {
    const top = (1n << BigInt(BITS[family])) - 1n;
    const mine = blocks.filter((b) => b.family === family);
    const places = mine.flatMap((b) => [b.first, b.last, b.first - 1n, b.last + 1n]);
    if (mine.length === 0) places.push(family === 4 ? 0xc0000201n : 0x20010db8n << 96n);
    for (const place of places) if (place >= 0n && place <= top) out.add(addressText(family, place));
  }
  return [...out];
}
