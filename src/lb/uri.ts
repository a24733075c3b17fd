/** `balance uri`. */
import { arg } from '../keyword/arg.ts';
import { type BalancedStream, defineBalance } from './declare.ts';
import { HashBalancer, type HashKey } from './hash-balancer.ts';
import { HASH_FUNCTIONS, type HashFunction } from './hash-functions.ts';
import { HASH_TYPE_DEFAULT } from './hash-type.ts';
import { TargetBytes } from './target-bytes.ts';

const SLASH = 47;
const QUESTION_MARK = 63;

/** Which part of the request target is the key; 0 sets no limit. */
interface UriPart {
  readonly isWhole: boolean;
  readonly isPathOnly: boolean;
  readonly length: number;
  readonly depth: number;
}

class UriKey implements HashKey {
  hash = 0;
  readonly #function: HashFunction;
  readonly #part: UriPart;
  readonly #target = new TargetBytes();

  constructor(hash: HashFunction, part: UriPart) {
    this.#function = hash;
    this.#part = part;
  }

  find({ request }: BalancedStream): boolean {
    if (request === null) return false;
    const target = this.#target;
    target.take(request);
    const start = this.#part.isPathOnly ? target.pathStart() : target.start;
    const end = this.#endFrom(start);
    this.hash = this.#function.bytes(target.bytes, start, end);
    return true;
  }

  /** The key ends before the query, after so many bytes, or before the slash behind so many others. */
  #endFrom(start: number): number {
    const { isWhole, length, depth } = this.#part;
    const { bytes, end } = this.#target;
    const limit = length > 0 && start + length < end ? start + length : end;
    let slashes = 0;
    for (let at = start; at < limit; at++) {
      const byte = bytes[at]!;
      if (byte === QUESTION_MARK && !isWhole) return at;
      if (byte === SLASH && depth > 0 && slashes++ === depth) return at;
    }
    return limit;
  }
}

export const uri = defineBalance({
  name: 'uri',
  summary: 'Chooses by the request target, so that a target stays with its server.',
  args: {
    whole: arg.flag(),
    'path-only': arg.flag(),
    len: arg.named(arg.int({ min: 1 })),
    depth: arg.named(arg.int({ min: 1 })),
  },
  examples: [
    { text: 'balance uri', result: { name: 'uri', args: { whole: false, 'path-only': false } } },
    { text: 'balance uri whole', result: { name: 'uri', args: { whole: true, 'path-only': false } } },
    {
      text: 'balance uri path-only depth 2 len 20',
      result: { name: 'uri', args: { whole: false, 'path-only': true, len: 20, depth: 2 } },
    },
  ],
  compile: ({ whole, 'path-only': isPathOnly, len = 0, depth = 0 }, settings) => {
    const part: UriPart = { isWhole: whole, isPathOnly, length: len, depth };
    const hash = HASH_FUNCTIONS[(settings?.hashType ?? HASH_TYPE_DEFAULT).function];
    return () => new HashBalancer(new UriKey(hash, part), settings);
  },
});
