/** An argument that is an address or a network: `10.0.0.0/8`, `::1`, `192.168.0.0/255.255.0.0`. */
import { type Arg, arg } from '../keyword/arg.ts';
import { ArgumentError } from '../keyword/words.ts';
import { type IpAddress, parseIp, parseIpv4 } from '../net/ip.ts';

/** Addresses whose first `prefixLength` bits are those of `ip`. */
export interface NetworkModel {
  readonly ip: IpAddress;
  readonly prefixLength: number;
}

export function networkArg(): Arg<NetworkModel> {
  return arg.custom({
    what: 'network',
    good: ['127.0.0.1', '10.0.0.0/8', '192.168.0.0/255.255.0.0', '::1', 'fd00::/8'],
    bad: ['10.0.0.0/33', '10.0.0', '::1/129', '10.0.0.0/255.0.255.0'],
    read(word, _site, name) {
      const network = parseNetwork(word.text);
      if (network !== null) return network;
      throw new ArgumentError(word.at, `'${word.text}' is not an address or a network for <${name}>`, {
        remedy: 'write an IPv4 or IPv6 address, with a prefix length where it is a network: 10.0.0.0/8',
      });
    },
  });
}

function parseNetwork(text: string): NetworkModel | null {
  const slash = text.indexOf('/');
  const ip = parseIp(slash < 0 ? text : text.slice(0, slash));
  if (ip === null) return null;
  const bits = ip.v6 === '' ? 32 : 128;
  const prefixLength = slash < 0 ? bits : parsePrefix(text.slice(slash + 1), bits);
  return prefixLength < 0 ? null : { ip, prefixLength };
}

/** The number of leading bits, from a number or, for IPv4, from a contiguous mask. -1 for anything else. */
function parsePrefix(text: string, bits: number): number {
  if (/^\d{1,3}$/.test(text)) return Number(text) <= bits ? Number(text) : -1;
  const mask = bits === 32 ? parseIpv4(text) : -1;
  if (mask < 0) return -1;
  const ones = mask.toString(2).padStart(32, '0');
  return /^1*0*$/.test(ones) ? ones.lastIndexOf('1') + 1 : -1;
}
