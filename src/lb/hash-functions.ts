/**
 * The functions of `hash-type` over bytes: public algorithms, checked against the choices of HAProxy 2.6. Each gives
 * 32 signed bits: numbers that need no memory of their own.
 */

/** The name of a function in the configuration. `none` takes the key itself, read as a number. */
export type HashFunctionName = 'sdbm' | 'djb2' | 'crc32' | 'none';

export interface HashFunction {
  /** Of the bytes from `start` to `end`. */
  bytes(bytes: Uint8Array, start: number, end: number): number;
  /** The same of a byte string, for values that are no part of a head's bytes. */
  text(text: string, start: number, end: number): number;
}

/** The hash of the sdbm library: `hash * 65599 + byte`. */
const sdbm: HashFunction = {
  bytes(bytes, start, end) {
    let hash = 0;
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 65599) + bytes[at]!) | 0;
    return hash;
  },
  text(text, start, end) {
    let hash = 0;
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 65599) + text.charCodeAt(at)) | 0;
    return hash;
  },
};

/** Dan Bernstein's hash of comp.lang.c: `hash * 33 + byte`, from 5381. */
const DJB2_BEGIN = 5381;
const djb2: HashFunction = {
  bytes(bytes, start, end) {
    let hash = DJB2_BEGIN;
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 33) + bytes[at]!) | 0;
    return hash;
  },
  text(text, start, end) {
    let hash = DJB2_BEGIN;
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 33) + text.charCodeAt(at)) | 0;
    return hash;
  },
};

/** The CRC-32 of Ethernet and gzip (ISO 3309), one byte at a time. */
const CRC32_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});
const crc32: HashFunction = {
  bytes(bytes, start, end) {
    let crc = -1;
    for (let at = start; at < end; at++) crc = (crc >>> 8) ^ CRC32_TABLE[(crc ^ bytes[at]!) & 255]!;
    return ~crc;
  },
  text(text, start, end) {
    let crc = -1;
    for (let at = start; at < end; at++) crc = (crc >>> 8) ^ CRC32_TABLE[(crc ^ text.charCodeAt(at)) & 255]!;
    return ~crc;
  },
};

const ZERO = 48;
const MINUS = 45;

/** The number that a key begins with, its low 32 bits; 0 where it begins with none. */
const none: HashFunction = {
  bytes(bytes, start, end) {
    const isNegative = bytes[start] === MINUS && start < end;
    let value = 0;
    for (let at = isNegative ? start + 1 : start; at < end; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) break;
      value = (Math.imul(value, 10) + digit) | 0;
    }
    return isNegative ? -value | 0 : value;
  },
  text(text, start, end) {
    const isNegative = start < end && text.charCodeAt(start) === MINUS;
    let value = 0;
    for (let at = isNegative ? start + 1 : start; at < end; at++) {
      const digit = text.charCodeAt(at) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = (Math.imul(value, 10) + digit) | 0;
    }
    return isNegative ? -value | 0 : value;
  },
};

export const HASH_FUNCTIONS: { readonly [N in HashFunctionName]: HashFunction } = { sdbm, djb2, crc32, none };
