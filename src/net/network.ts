/** IP networks: an address and how many of its leading bits count. */
import type { IpAddress } from './ip.ts';

export interface IpNetwork {
  readonly ip: IpAddress;
  /** 0..32 for IPv4, 0..128 for IPv6. */
  readonly prefixLength: number;
}

/** True when the address lies in the network. Families do not match each other. */
export function containsIp(network: IpNetwork, ip: IpAddress): boolean {
  const { prefixLength } = network;
  if (network.ip.v6 === '') return ip.v6 === '' && sharesBits(network.ip.v4, ip.v4, prefixLength);
  if (ip.v6 === '') return false;
  const wholeBytes = prefixLength >> 3;
  for (let i = 0; i < wholeBytes; i++) if (network.ip.v6.charCodeAt(i) !== ip.v6.charCodeAt(i)) return false;
  const restBits = prefixLength & 7;
  if (restBits === 0) return true;
  const mask = 0xff & (0xff << (8 - restBits));
  return (network.ip.v6.charCodeAt(wholeBytes) & mask) === (ip.v6.charCodeAt(wholeBytes) & mask);
}

function sharesBits(a: number, b: number, bits: number): boolean {
  if (bits === 0) return true;
  return (a ^ b) >>> (32 - bits) === 0;
}
