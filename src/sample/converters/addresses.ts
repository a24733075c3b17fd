/** Converters of IP addresses (manual section 7.3.1). */
import { arg } from '../../keyword/arg.ts';
import type { IpAddress } from '../../net/ip.ts';
import { ipv4Mask, ipv6Mask } from '../arguments.ts';
import { defineConverter } from '../declare.ts';

export const addressConverters = [
  defineConverter({
    name: 'ipmask',
    summary: 'Keeps the network part of an address; IPv6 addresses need a mask of their own.',
    args: { mask4: ipv4Mask, mask6: arg.optional(ipv6Mask) },
    input: 'addr',
    output: 'addr',
    examples: [
      { text: 'ipv4(192.0.2.77),ipmask(24)', result: '192.0.2.0' },
      { text: 'ipv4(192.0.2.77),ipmask(255.255.0.0)', result: '192.0.0.0' },
      { text: 'ipv6(2001:db8:1:2:3::4),ipmask(24,48)', result: '2001:db8:1::' },
      { text: 'ipv6(::1),ipmask(24)', result: null },
    ],
    compile:
      ({ mask4, mask6 }) =>
      (value: IpAddress): IpAddress | undefined => {
        if (value.v6 === '') return { v4: (value.v4 & mask4) >>> 0, v6: '' };
        return mask6 === undefined ? undefined : { v4: -1, v6: masked(value.v6, mask6) };
      },
  }),
];

function masked(address: string, mask: string): string {
  let bytes = '';
  for (let i = 0; i < 16; i++) bytes += String.fromCharCode(address.charCodeAt(i) & mask.charCodeAt(i));
  return bytes;
}
