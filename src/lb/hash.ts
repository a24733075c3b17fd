/** Hashes of addresses, and the modifier that mixes their bits. */
import type { IpAddress } from '../net/ip.ts';

/** The 32-bit words of an address folded into one, unsigned: what HAProxy takes for `source`. */
export function foldAddress(address: IpAddress): number {
  if (address.v6 === '') return address.v4;
  const { v6 } = address;
  let folded = 0;
  for (let i = 0; i < 16; i += 4) {
    folded ^=
      (v6.charCodeAt(i) << 24) |
      (v6.charCodeAt(i + 1) << 16) |
      (v6.charCodeAt(i + 2) << 8) |
      v6.charCodeAt(i + 3);
  }
  return folded >>> 0;
}

/**
 * Bob Jenkins' 32-bit integer hash with six steps (burtleburtle.net/bob/hash/integer.html), and the multiplication
 * that was found behind it in HAProxy 2.6's choices. Takes and returns unsigned 32 bits.
 */
export function avalanche(hash: number): number {
  let a = hash | 0;
  a = (a + 0x7ed55d16 + (a << 12)) | 0;
  a = a ^ 0xc761c23c ^ (a >>> 19);
  a = (a + 0x165667b1 + (a << 5)) | 0;
  a = (a + 0xd3a2646c) ^ (a << 9);
  a = (a + 0xfd7046c5 + (a << 3)) | 0;
  a = a ^ 0xb55a4f09 ^ (a >>> 16);
  return Math.imul(a, 0xc0000001) >>> 0;
}
