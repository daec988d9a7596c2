import ipaddr from "ipaddr.js";

/** An IPv4 or IPv6 address block as two numbers, both inclusive. */
export interface Block {
  readonly text: string;
  readonly family: 4 | 6;
  readonly length: number;
  readonly first: bigint;
  readonly last: bigint;
}

const BITS = { 4: 32, 6: 128 } as const;

type Address = ipaddr.IPv4 | ipaddr.IPv6;

function numberOf(address: Address): bigint {
  return address.toByteArray().reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/**
 * The address and length of a block. Of an IPv4 address all four parts, in decimal without leading zeros: what a C
 * library would take for octal or short forms means another address elsewhere.
 */
function parsed(text: string): readonly [Address, number] | undefined {
  const [address = "", length = "", more] = text.split("/");
  if (more !== undefined || !/^\d{1,3}$/.test(length) || address.includes("%")) return undefined;
  const valid = address.includes(":")
    ? ipaddr.IPv6.isValidCIDR(text)
    : ipaddr.IPv4.isValidFourPartDecimal(address) && ipaddr.IPv4.isValidCIDR(text);
  return valid ? ipaddr.parseCIDR(text) : undefined;
}

/** A block such as `10.0.0.0/16`, whatever bits are set behind its prefix; `undefined` when it is none. */
export function blockAround(text: string): Block | undefined {
  const found = parsed(text.trim());
  if (found === undefined) return undefined;
  const [address, length] = found;
  const family = address.kind() === "ipv6" ? 6 : 4;
  const size = 1n << BigInt(BITS[family] - length);
  const value = numberOf(address);
  const first = value - (value % size);
  return { text: text.trim(), family, length, first, last: first + size - 1n };
}

/** A block such as `10.0.0.0/16`. `undefined` when it is none, or has bits set behind its prefix. */
export function parseBlock(text: string): Block | undefined {
  const block = blockAround(text);
  const address = parsed(text.trim())?.[0];
  return block !== undefined && address !== undefined && numberOf(address) === block.first
    ? block
    : undefined;
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

function textOf(value: bigint, family: 4 | 6): string {
  const bytes = Array.from({ length: BITS[family] / 8 }, (_, at) =>
    Number((value >> BigInt(BITS[family] - 8 * (at + 1))) & 255n),
  );
  return ipaddr.fromByteArray(bytes).toString();
}

/** The first address of `inner` that none of the blocks holds; `undefined` when together they hold all of it. */
export function firstOutside(inner: Block, blocks: readonly Block[]): string | undefined {
  const near = blocks
    .filter((block) => overlaps(block, inner))
    .sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  let next = inner.first;
  for (const { first, last } of near) {
    if (first > next) break;
    if (last >= next) next = last + 1n;
  }
  return next > inner.last ? undefined : textOf(next, inner.family);
}

const blocksOf = (...texts: readonly string[]) => texts.map((text) => blockAround(text) as Block);

/** Every address of a family, the world. */
const WORLD = blocksOf("0.0.0.0/0", "::/0");

/** What nobody on the internet has for an address, by IANA's registries of special purposes: private, reserved, groups. */
const NOBODY = blocksOf(
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"],
  ...["192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"],
  ...["224.0.0.0/3", "::/3", "2001:db8::/32", "3fff::/20", "4000::/2", "8000::/1"],
);

/**
 * The world, where these blocks together let all of it in: every address of a family that somebody on the internet can
 * have. It is `0.0.0.0/0`, two halves of it, or `2000::/3`; the one block that does it by itself, where one does.
 */
export function worldIn(blocks: readonly Block[]): Block | undefined {
  const holds = (some: readonly Block[]) => (world: Block) =>
    firstOutside(world, [...some, ...NOBODY]) === undefined;
  const world = WORLD.find(holds(blocks));
  return world === undefined ? undefined : (blocks.find((block) => holds([block])(world)) ?? world);
}

/** The block that lies in `to` where `block` lies in `from`; `undefined` where it does not fit. IPv4. */
export function moved(block: Block, from: Block, to: Block): Block | undefined {
  if (block.family !== 4 || to.family !== 4 || !containsBlock(from, block)) return undefined;
  const there = parseBlock(`${textOf(to.first + (block.first - from.first), 4)}/${block.length}`);
  return there !== undefined && containsBlock(to, there) ? there : undefined;
}
