/**
 * Casts between sample types: how the output of one step becomes the input of the next (manual section 7.3, and
 * the matrix of section 7.1 for matching). Which casts exist is decided when an expression is parsed.
 */
import { formatIp, formatIpv4, type IpAddress, parseIp, parseIpv4, parseIpv6 } from '../net/ip.ts';
import { integerToBytes, leadingInteger } from './integer.ts';
import type { SampleType, SampleValue, TypedSample } from './sample.ts';

/** A value in the new type; undefined when this very value has none, and then the sample does not exist. */
export type Cast = (value: SampleValue | TypedSample) => SampleValue | TypedSample | undefined;
type Concrete = Exclude<SampleType, 'any'>;
type ValueCast = (value: never) => SampleValue | undefined;

/** The cast that leaves values as they are; compilation drops it. */
export const SAME: Cast = (value) => value;
const same: ValueCast = (value) => value;

const addressToInteger = (value: IpAddress): number | undefined => (value.v6 === '' ? value.v4 : undefined);
const addressToBool = (value: IpAddress): boolean | undefined =>
  value.v6 === '' ? value.v4 !== 0 : undefined;
const addressToV4 = (value: IpAddress): IpAddress | undefined =>
  value.v6 === '' ? value : embeddedV4(value.v6);
const addressToV6 = (value: IpAddress): IpAddress => (value.v6 === '' ? mappedV6(value.v4) : value);
const integerToV4 = (value: number | bigint): IpAddress => ({
  v4: Number(BigInt.asUintN(32, BigInt(value))),
  v6: '',
});

const CASTS: { readonly [From in Concrete]: { readonly [To in Concrete]?: ValueCast } } = {
  bool: {
    bool: same,
    sint: (value: boolean) => (value ? 1 : 0),
    str: (value: boolean) => (value ? '1' : '0'),
    bin: (value: boolean) => integerToBytes(value ? 1 : 0),
  },
  sint: {
    bool: (value: number | bigint) => value !== 0,
    sint: same,
    ipv4: integerToV4,
    ipv6: (value: number | bigint) => mappedV6(integerToV4(value).v4),
    addr: integerToV4,
    str: (value: number | bigint) => String(value),
    bin: integerToBytes,
  },
  ipv4: {
    bool: addressToBool,
    sint: addressToInteger,
    ipv4: same,
    ipv6: addressToV6,
    addr: same,
    str: (value: IpAddress) => formatIpv4(value.v4),
    bin: addressToBytes,
  },
  ipv6: { ipv4: addressToV4, ipv6: same, addr: same, str: formatIp, bin: addressToBytes },
  addr: {
    bool: addressToBool,
    sint: addressToInteger,
    ipv4: addressToV4,
    ipv6: addressToV6,
    addr: same,
    str: formatIp,
    bin: addressToBytes,
  },
  str: {
    bool: (value: string) => textToBool(value),
    sint: leadingInteger,
    ipv4: (value: string) => textToV4(value),
    ipv6: (value: string) => textToV6(value),
    addr: (value: string) => parseIp(value) ?? undefined,
    str: same,
    bin: same,
    meth: same,
  },
  bin: { addr: bytesToAddress, str: untilNul, bin: same, meth: untilNul },
  meth: { str: same, bin: same, meth: same },
};

/**
 * The cast from one type to another, or null where there is none. From `any` the type is looked at when the value
 * comes; to `any` the value is wrapped with its type.
 */
export function findCast(from: SampleType, to: SampleType): Cast | null {
  if (from === 'any') return to === 'any' ? SAME : (sample) => castTyped(sample as TypedSample, to);
  if (to === 'any') return (value) => ({ type: from, value: value as SampleValue });
  const cast = CASTS[from][to];
  if (cast === undefined) return null;
  return cast === same ? SAME : (cast as Cast);
}

/** Casts a sample that carries its type; undefined where that cast does not exist. */
export function castTyped(sample: TypedSample, to: Concrete): SampleValue | undefined {
  const cast = CASTS[sample.type][to];
  return cast === undefined ? undefined : cast(sample.value as never);
}

function textToBool(text: string): boolean | undefined {
  const value = leadingInteger(text);
  return value === undefined ? undefined : value !== 0;
}

function textToV4(text: string): IpAddress | undefined {
  const v4 = parseIpv4(text);
  return v4 < 0 ? undefined : { v4, v6: '' };
}

function textToV6(text: string): IpAddress | undefined {
  const v6 = parseIpv6(text);
  return v6 === '' ? undefined : { v4: -1, v6 };
}

/** Binary data as text ends at its first NUL byte, as in C. */
function untilNul(bytes: string): string {
  const end = bytes.indexOf('\0');
  return end < 0 ? bytes : bytes.slice(0, end);
}

function bytesToAddress(bytes: string): IpAddress | undefined {
  if (bytes.length === 16) return { v4: -1, v6: bytes };
  return bytes.length === 4 ? { v4: fourBytes(bytes, 0), v6: '' } : undefined;
}

/** Four bytes of a byte string as an unsigned number. */
export function fourBytes(bytes: string, at: number): number {
  return (
    ((bytes.charCodeAt(at) << 24) |
      (bytes.charCodeAt(at + 1) << 16) |
      (bytes.charCodeAt(at + 2) << 8) |
      bytes.charCodeAt(at + 3)) >>>
    0
  );
}

function v4Bytes(v4: number): string {
  return String.fromCharCode(v4 >>> 24, (v4 >>> 16) & 255, (v4 >>> 8) & 255, v4 & 255);
}

function addressToBytes(address: IpAddress): string {
  return address.v6 === '' ? v4Bytes(address.v4) : address.v6;
}

const MAPPED_PREFIX = '\0\0\0\0\0\0\0\0\0\0\xff\xff';
const COMPATIBLE_PREFIX = '\0\0\0\0\0\0\0\0\0\0\0\0';
const SIX_TO_FOUR_PREFIX = '\x20\x02';

/** `::ffff:a.b.c.d`. */
export function mappedV6(v4: number): IpAddress {
  return { v4: -1, v6: MAPPED_PREFIX + v4Bytes(v4) };
}

/** The IPv4 address inside `::ffff:IPV4`, `::IPV4` or `2002:IPV4::` (manual section 7.1.6). */
export function embeddedV4(v6: string): IpAddress | undefined {
  if (v6.startsWith(MAPPED_PREFIX) || v6.startsWith(COMPATIBLE_PREFIX))
    return { v4: fourBytes(v6, 12), v6: '' };
  if (v6.startsWith(SIX_TO_FOUR_PREFIX)) return { v4: fourBytes(v6, 2), v6: '' };
  return undefined;
}
