/** Sets of small whole numbers as words of 32 bits: which statements of the other side a choice makes fail. */

export type Bits = Uint32Array;

export function noBits(size: number): Bits {
  return new Uint32Array(Math.max(1, (size + 31) >>> 5));
}

export function oneBit(size: number, at: number): Bits {
  const bits = noBits(size);
  setBit(bits, at);
  return bits;
}

export function setBit(bits: Bits, at: number): void {
  const word = at >>> 5;
  bits[word] = (bits[word] ?? 0) | (1 << (at & 31));
}

export function clearBit(bits: Bits, at: number): void {
  const word = at >>> 5;
  bits[word] = (bits[word] ?? 0) & ~(1 << (at & 31));
}

export function hasBit(bits: Bits, at: number): boolean {
  return (((bits[at >>> 5] ?? 0) >>> (at & 31)) & 1) === 1;
}

export function union(a: Bits, b: Bits): Bits {
  const out = new Uint32Array(a.length);
  for (let i = 0; i < a.length; i++) out[i] = (a[i] ?? 0) | (b[i] ?? 0);
  return out;
}

export function intersection(a: Bits, b: Bits): Bits {
  const out = new Uint32Array(a.length);
  for (let i = 0; i < a.length; i++) out[i] = (a[i] ?? 0) & (b[i] ?? 0);
  return out;
}

/** `a` without `b`. */
export function without(a: Bits, b: Bits): Bits {
  const out = new Uint32Array(a.length);
  for (let i = 0; i < a.length; i++) out[i] = (a[i] ?? 0) & ~(b[i] ?? 0);
  return out;
}

export function isEmpty(bits: Bits): boolean {
  for (let i = 0; i < bits.length; i++) if (bits[i] !== 0) return false;
  return true;
}

/** Whether all of `a` is in `b`. */
export function inside(a: Bits, b: Bits): boolean {
  for (let i = 0; i < a.length; i++) if (((a[i] ?? 0) & ~(b[i] ?? 0)) !== 0) return false;
  return true;
}

export function members(bits: Bits): number[] {
  const out: number[] = [];
  for (let word = 0; word < bits.length; word++) {
    let rest = bits[word] ?? 0;
    while (rest !== 0) {
      const bit = 31 - Math.clz32(rest & -rest);
      out.push(word * 32 + bit);
      rest &= rest - 1;
    }
  }
  return out;
}

export function bitsKey(bits: Bits): string {
  return bits.join(" ");
}

/** Adds `b` to `a`, in place. */
export function addTo(a: Bits, b: Bits): void {
  for (let i = 0; i < a.length; i++) a[i] = (a[i] ?? 0) | (b[i] ?? 0);
}

/** Takes `b` out of `a`, in place. */
export function takeFrom(a: Bits, b: Bits): void {
  for (let i = 0; i < a.length; i++) a[i] = (a[i] ?? 0) & ~(b[i] ?? 0);
}
