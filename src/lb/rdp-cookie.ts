/** `balance rdp-cookie`: a cookie in the first packet of a Remote Desktop client. */
import { arg } from '../keyword/arg.ts';
import { type BalancedStream, defineBalance } from './declare.ts';
import { HashBalancer, type HashKey } from './hash-balancer.ts';
import { HASH_FUNCTIONS, type HashFunction } from './hash-functions.ts';
import { HASH_TYPE_DEFAULT } from './hash-type.ts';

/** A connection request in a TPKT (RFC 1006): version 3, and at byte 5 its X.224 code; the cookie follows at byte 11. */
const TPKT_VERSION = 3;
const CODE_AT = 5;
const CONNECTION_REQUEST = 0xe0;
const COOKIE_AT = 11;
const PREFIX = 'cookie:';
const BLANK = 32;
const EQUALS = 61;
const SEMICOLON = 59;
const CR = 13;

class RdpCookieKey implements HashKey {
  hash = 0;
  readonly #function: HashFunction;
  readonly #name: string;

  /** `name` is lower case. */
  constructor(hash: HashFunction, name: string) {
    this.#function = hash;
    this.#name = name;
  }

  find({ requestBytes }: BalancedStream): boolean {
    const bytes = requestBytes;
    if (bytes === null || bytes.length <= COOKIE_AT) return false;
    if (bytes[0] !== TPKT_VERSION || bytes[CODE_AT] !== CONNECTION_REQUEST) return false;
    if (!hasText(bytes, COOKIE_AT, PREFIX)) return false;
    let start = COOKIE_AT + PREFIX.length;
    while (bytes[start] === BLANK) start++;
    if (!hasText(bytes, start, this.#name) || bytes[start + this.#name.length] !== EQUALS) return false;
    start += this.#name.length + 1;
    let end = start;
    while (end < bytes.length && bytes[end] !== CR && bytes[end] !== SEMICOLON) end++;
    if (end === bytes.length) return false;
    this.hash = this.#function.bytes(bytes, start, end);
    return true;
  }
}

/** Compares without regard to case; `text` is lower case. */
function hasText(bytes: Buffer, at: number, text: string): boolean {
  if (at + text.length > bytes.length) return false;
  for (let i = 0; i < text.length; i++) {
    const byte = bytes[at + i]!;
    const lower = byte >= 65 && byte <= 90 ? byte + 32 : byte;
    if (lower !== text.charCodeAt(i)) return false;
  }
  return true;
}

export const rdpCookie = defineBalance({
  name: 'rdp-cookie',
  summary:
    'Chooses by a cookie of Remote Desktop clients; by turns for connections whose first bytes have not been waited for.',
  args: { name: arg.optional(arg.word('name'), 'mstshash') },
  examples: [
    { text: 'balance rdp-cookie', result: { name: 'rdp-cookie', args: { name: 'mstshash' } } },
    { text: 'balance rdp-cookie(user)', result: { name: 'rdp-cookie', args: { name: 'user' } } },
  ],
  compile: ({ name }, settings) => {
    const hash = HASH_FUNCTIONS[(settings?.hashType ?? HASH_TYPE_DEFAULT).function];
    return () => new HashBalancer(new RdpCookieKey(hash, name.toLowerCase()), settings);
  },
});
