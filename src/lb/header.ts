/** `balance hdr(<name>)`. */

import { FIELD, FIELD_FLAG } from '../http/head.ts';
import { type HeaderId, headerIdOf } from '../http/header-id.ts';
import { type Arg, arg } from '../keyword/arg.ts';
import { ArgumentError } from '../keyword/words.ts';
import { type BalancedStream, defineBalance } from './declare.ts';
import { HashBalancer, type HashKey } from './hash-balancer.ts';
import { HASH_FUNCTIONS, type HashFunction } from './hash-functions.ts';
import { HASH_TYPE_DEFAULT } from './hash-type.ts';

const QUOTE = 34;
const COMMA = 44;
const DOT = 46;
const BACKSLASH = 92;

const isBlank = (byte: number | undefined): boolean => byte === 32 || byte === 9;

/** The first value of the first field of a name, up to a comma outside of quotes. */
class HeaderKey implements HashKey {
  hash = 0;
  readonly #function: HashFunction;
  readonly #name: string;
  readonly #id: HeaderId;
  readonly #isDomainOnly: boolean;
  #bytes: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;

  /** `name` is lower case. */
  constructor(hash: HashFunction, name: string, options: { readonly isDomainOnly: boolean }) {
    this.#function = hash;
    this.#name = name;
    this.#id = headerIdOf(name);
    this.#isDomainOnly = options.isDomainOnly;
  }

  find(stream: BalancedStream): boolean {
    if (!this.#takeField(stream)) return false;
    this.#cutAtComma();
    if (this.#start === this.#end) return false;
    if (this.#isDomainOnly) this.#cutToDomain();
    this.hash = this.#function.bytes(this.#bytes, this.#start, this.#end);
    return true;
  }

  /** The bytes of the field's line, wherever it comes from. */
  #takeField({ request }: BalancedStream): boolean {
    if (request === null) return false;
    const row = request.findRow(this.#id, this.#name);
    if (row >= 0 && (request.fields[row + FIELD.FLAGS]! & FIELD_FLAG.REPLACED) === 0) {
      this.#bytes = request.bytes;
      this.#start = request.fields[row + FIELD.VALUE_START]!;
      this.#end = request.fields[row + FIELD.VALUE_END]!;
      return true;
    }
    const text =
      row >= 0 ? request.valueAt(row) : request.added.find(({ name }) => name === this.#name)?.value;
    if (text === undefined) return false;
    this.#bytes = Buffer.from(text, 'latin1');
    this.#start = 0;
    this.#end = text.length;
    return true;
  }

  #cutAtComma(): void {
    const bytes = this.#bytes;
    let isQuoted = false;
    for (let at = this.#start; at < this.#end; at++) {
      const byte = bytes[at]!;
      if (byte === QUOTE) isQuoted = !isQuoted;
      else if (isQuoted && byte === BACKSLASH) at++;
      else if (byte === COMMA && !isQuoted) {
        this.#end = at;
        break;
      }
    }
    while (this.#start < this.#end && isBlank(bytes[this.#start])) this.#start++;
    while (this.#end > this.#start && isBlank(bytes[this.#end - 1])) this.#end--;
  }

  /**
   * The label before the last dot: `example` of `www.example.com`. A dot at the very beginning does not count, nor
   * one right before the last dot: as watched.
   */
  #cutToDomain(): void {
    const bytes = this.#bytes;
    let dot = this.#end - 1;
    while (dot > this.#start && bytes[dot] !== DOT) dot--;
    if (dot <= this.#start) return;
    this.#end = dot;
    let before = dot - 2;
    while (before >= this.#start && bytes[before] !== DOT) before--;
    if (before >= this.#start) this.#start = before + 1;
  }
}

function headerName(): Arg<string> {
  return arg.custom({
    what: 'name',
    good: ['Host', 'x-user'],
    bad: [''],
    read(word, _site, name) {
      if (word.text !== '') return word.text;
      throw new ArgumentError(word.at, `a header name is missing for <${name}>`, {
        remedy: "write 'balance hdr(<name>)', for example hdr(Host)",
      });
    },
  });
}

export const header = defineBalance({
  name: 'hdr',
  summary: "Chooses by a request header's first value; by turns for requests without it.",
  args: { name: headerName(), use_domain_only: arg.flag() },
  examples: [
    {
      text: 'balance hdr(User-Agent)',
      result: { name: 'hdr', args: { name: 'User-Agent', use_domain_only: false } },
    },
    {
      text: 'balance hdr(Host) use_domain_only',
      result: { name: 'hdr', args: { name: 'Host', use_domain_only: true } },
    },
  ],
  differences: [
    'With use_domain_only HAProxy 2.6 also looks at the byte behind the name, left over from another request; Fairlead does not.',
  ],
  compile: ({ name, use_domain_only: isDomainOnly }, settings) => {
    const hash = HASH_FUNCTIONS[(settings?.hashType ?? HASH_TYPE_DEFAULT).function];
    return () => new HashBalancer(new HeaderKey(hash, name.toLowerCase(), { isDomainOnly }), settings);
  },
});
