/** Typed arguments that fetches and converters have beyond those of all keywords. */
import { arg } from '../keyword/arg.ts';
import { ArgumentError } from '../keyword/words.ts';
import { type IpAddress, parseIpv4, parseIpv6 } from '../net/ip.ts';
import { wholeInteger } from './integer.ts';

/** A header name, in lower case. */
export const headerName = arg.custom<string>({
  what: 'name',
  good: ['host', 'X-Forwarded-For'],
  read: (word) => word.text.toLowerCase(),
});

/** Which of several occurrences: 1 the first, -1 the last, 0 any. HAProxy remembers ten from the end. */
export const occurrence = arg.int({ min: -10 });

/** A 64-bit integer; larger ones saturate. */
export const integer64 = arg.custom<number | bigint>({
  what: 'integer',
  schema: { type: 'integer' },
  good: ['0', '-5', '9223372036854775807'],
  bad: ['x', '1x', '0x10', '1.5'],
  read(word, _site, name) {
    const value = wholeInteger(word.text);
    if (value === undefined)
      throw new ArgumentError(word.at, `'${word.text}' is not an integer for <${name}>`, {
        remedy: 'write decimal digits',
      });
    return value;
  },
});

/** Hexadecimal digits, two for each byte, to a byte string. */
export const hexBytes = arg.custom<string>({
  what: 'hex',
  schema: { type: 'string', pattern: '^([0-9A-Fa-f]{2})+$' },
  good: ['616263', '0aFF'],
  bad: ['6', 'zz', '0x61'],
  read(word, _site, name) {
    if (!/^([0-9a-f]{2})+$/i.test(word.text))
      throw new ArgumentError(word.at, `'${word.text}' is not hexadecimal for <${name}>`, {
        remedy: 'write two hexadecimal digits for each byte, such as 0a1b',
      });
    return Buffer.from(word.text, 'hex').latin1Slice();
  },
});

/** A dotted IPv4 address. */
export const ipv4 = arg.custom<IpAddress>({
  what: 'ipv4',
  good: ['192.0.2.1'],
  bad: ['1.2.3', '::1', '1.2.3.4/24'],
  read(word, _site, name) {
    const v4 = parseIpv4(word.text);
    if (v4 < 0)
      throw new ArgumentError(word.at, `'${word.text}' is not an IPv4 address for <${name}>`, {
        remedy: 'write four numbers, such as 192.0.2.1',
      });
    return { v4, v6: '' };
  },
});

/** An IPv6 address without brackets. */
export const ipv6 = arg.custom<IpAddress>({
  what: 'ipv6',
  good: ['2001:db8::1'],
  bad: ['1.2.3.4', '::1/64', '[::1]'],
  read(word, _site, name) {
    const v6 = parseIpv6(word.text);
    if (v6 === '')
      throw new ArgumentError(word.at, `'${word.text}' is not an IPv6 address for <${name}>`, {
        remedy: 'write it without brackets, such as 2001:db8::1',
      });
    return { v4: -1, v6 };
  },
});

/** An IPv4 mask as a number of bits or dotted, to its 32-bit value. */
export const ipv4Mask = arg.custom<number>({
  what: 'mask4',
  good: ['24', '255.255.0.0', '0'],
  bad: ['33', 'x', '-1'],
  read(word, _site, name) {
    const bits = /^\d{1,2}$/.test(word.text) ? Number(word.text) : -1;
    if (bits >= 0 && bits <= 32) return bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
    const dotted = parseIpv4(word.text);
    if (dotted < 0)
      throw new ArgumentError(word.at, `'${word.text}' is not an IPv4 mask for <${name}>`, {
        remedy: 'write 0 to 32, or a dotted mask such as 255.255.255.0',
      });
    return dotted;
  },
});

/** An IPv6 mask as a number of bits or an address, to 16 bytes. */
export const ipv6Mask = arg.custom<string>({
  what: 'mask6',
  good: ['64', 'ffff:ffff::', '128'],
  bad: ['129', 'x'],
  read(word, _site, name) {
    const bits = /^\d{1,3}$/.test(word.text) ? Number(word.text) : -1;
    if (bits >= 0 && bits <= 128) return ipv6MaskOfBits(bits);
    const bytes = parseIpv6(word.text);
    if (bytes === '')
      throw new ArgumentError(word.at, `'${word.text}' is not an IPv6 mask for <${name}>`, {
        remedy: 'write 0 to 128, or a mask such as ffff:ffff::',
      });
    return bytes;
  },
});

/** The 16 bytes of a mask with that many leading ones. */
export function ipv6MaskOfBits(bits: number): string {
  let bytes = '';
  for (let i = 0; i < 16; i++) {
    const here = Math.max(0, Math.min(8, bits - i * 8));
    bytes += String.fromCharCode((0xff00 >> here) & 0xff);
  }
  return bytes;
}
