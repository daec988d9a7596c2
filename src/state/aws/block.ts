/** An IPv4 or IPv6 address block as two numbers, both inclusive. */
export interface Block {
  readonly text: string;
  readonly family: 4 | 6;
  readonly length: number;
  readonly first: bigint;
  readonly last: bigint;
}

const BITS = { 4: 32, 6: 128 } as const;

function parse4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((p) => /^(?:0|[1-9]\d{0,2})$/.test(p) && Number(p) < 256)) {
    return undefined;
  }
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function parse6(text: string): bigint | undefined {
  const [head = "", tail, more] = text.split("::");
  if (more !== undefined) return undefined;
  const groups = (part: string) => (part === "" ? [] : part.split(":"));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const gap = 8 - left.length - right.length;
  if (tail === undefined ? gap !== 0 : gap < 1) return undefined;
  const all = [...left, ...Array<string>(tail === undefined ? 0 : gap).fill("0"), ...right];
  if (!all.every((g) => /^[0-9a-f]{1,4}$/i.test(g))) return undefined;
  return all.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

/** A block such as `10.0.0.0/16`. `undefined` when it is none, or has bits set behind its prefix. */
export function parseBlock(text: string): Block | undefined {
  const [address = "", length, more] = text.trim().split("/");
  if (length === undefined || more !== undefined || !/^\d{1,3}$/.test(length)) return undefined;
  const family = address.includes(":") ? 6 : 4;
  const value = family === 6 ? parse6(address) : parse4(address);
  const bits = BITS[family];
  if (value === undefined || Number(length) > bits) return undefined;
  const size = 1n << BigInt(bits - Number(length));
  if (value % size !== 0n) return undefined;
  return { text: text.trim(), family, length: Number(length), first: value, last: value + size - 1n };
}

export function sameBlock(a: Block, b: Block): boolean {
  return a.family === b.family && a.first === b.first && a.last === b.last;
}

/** Whether `outer` holds every address of `inner`. */
export function containsBlock(outer: Block, inner: Block): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}

export function overlaps(a: Block, b: Block): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

function text4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join(".");
}

/** The block that lies in `to` where `block` lies in `from`; `undefined` where it does not fit. IPv4. */
export function moved(block: Block, from: Block, to: Block): Block | undefined {
  if (block.family !== 4 || to.family !== 4 || !containsBlock(from, block)) return undefined;
  const there = parseBlock(`${text4(to.first + (block.first - from.first))}/${block.length}`);
  return there !== undefined && containsBlock(to, there) ? there : undefined;
}
