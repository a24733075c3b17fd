/** Matching IP addresses and networks, of either family (manual section 7.1.6). */
import { type IpAddress, parseIpv4, parseIpv6 } from '../net/ip.ts';
import { ipv6MaskOfBits } from '../sample/arguments.ts';
import { embeddedV4, mappedV6 } from '../sample/cast.ts';
import type { Matcher, PatternProblem } from './declare.ts';

/** A network: addresses whose masked bits are these. */
interface Network {
  readonly isV6: boolean;
  readonly v4: number;
  readonly mask4: number;
  readonly v6: string;
  readonly mask6: string;
}

const FULL_V4 = 0xffffffff;

/** Answers what is wrong with an address or network. */
export function checkAddress(pattern: string): PatternProblem | null {
  if (parseNetwork(pattern) !== null) return null;
  return {
    problem: `'${pattern}' is not an IPv4 or IPv6 address or network`,
    remedy:
      'write an address such as 192.0.2.1, a network such as 10.0.0.0/8 or 2001:db8::/32; host names are not resolved here',
  };
}

/** A matcher for checked patterns: single addresses in a set, networks one after another. */
export function compileAddresses(patterns: readonly string[]): Matcher {
  const networks = patterns.map((pattern) => parseNetwork(pattern)!);
  const single = new Set(networks.filter((n) => !n.isV6 && n.mask4 === FULL_V4).map((n) => n.v4));
  const wide = networks.filter((n) => n.isV6 || n.mask4 !== FULL_V4);
  const hasV6 = wide.some((n) => n.isV6);
  return (value) => {
    const address = value as IpAddress;
    const v4 = address.v6 === '' ? address : embeddedV4(address.v6);
    if (v4 !== undefined && matchesV4(v4.v4, single, wide)) return true;
    return hasV6 && matchesV6(address.v6 === '' ? mappedV6(address.v4).v6 : address.v6, wide);
  };
}

function matchesV4(v4: number, single: ReadonlySet<number>, wide: readonly Network[]): boolean {
  if (single.has(v4)) return true;
  for (let i = 0; i < wide.length; i++) {
    const network = wide[i]!;
    if (!network.isV6 && ((v4 ^ network.v4) & network.mask4) === 0) return true;
  }
  return false;
}

function matchesV6(v6: string, wide: readonly Network[]): boolean {
  for (let i = 0; i < wide.length; i++) if (wide[i]!.isV6 && isWithin(v6, wide[i]!)) return true;
  return false;
}

function isWithin(v6: string, network: Network): boolean {
  for (let i = 0; i < 16; i++) {
    if (((v6.charCodeAt(i) ^ network.v6.charCodeAt(i)) & network.mask6.charCodeAt(i)) !== 0) return false;
  }
  return true;
}

function parseNetwork(pattern: string): Network | null {
  const slash = pattern.indexOf('/');
  const host = slash < 0 ? pattern : pattern.slice(0, slash);
  const mask = slash < 0 ? null : pattern.slice(slash + 1);
  const v4 = host === 'localhost' ? parseIpv4('127.0.0.1') : abbreviatedIpv4(host);
  if (v4 >= 0) {
    const mask4 = mask === null ? FULL_V4 : maskOfV4(mask);
    return mask4 < 0 ? null : { isV6: false, v4, mask4, v6: '', mask6: '' };
  }
  const v6 = parseIpv6(host);
  const bits = mask === null ? 128 : /^\d{1,3}$/.test(mask) ? Number(mask) : -1;
  if (v6 === '' || bits < 0 || bits > 128) return null;
  return { isV6: true, v4: -1, mask4: 0, v6, mask6: ipv6MaskOfBits(bits) };
}

/** `10.12` is 10.0.0.12: zeros left out stand before the last part. -1 for anything else. */
function abbreviatedIpv4(text: string): number {
  const parts = text.split('.');
  if (parts.length > 4) return -1;
  const last = parts.pop()!;
  while (parts.length < 3) parts.push('0');
  return parseIpv4([...parts, last].join('.'));
}

/** A mask as bits or dotted; -1 when it is neither. */
function maskOfV4(text: string): number {
  const bits = /^\d{1,2}$/.test(text) ? Number(text) : -1;
  if (bits >= 0 && bits <= 32) return bits === 0 ? 0 : (FULL_V4 << (32 - bits)) >>> 0;
  return parseIpv4(text);
}
