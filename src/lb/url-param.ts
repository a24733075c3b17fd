/** `balance url_param`. */
import { type Arg, arg } from '../keyword/arg.ts';
import { ArgumentError } from '../keyword/words.ts';
import { type BalancedStream, defineBalance } from './declare.ts';
import { HashBalancer, type HashKey } from './hash-balancer.ts';
import { HASH_FUNCTIONS, type HashFunction } from './hash-functions.ts';
import { HASH_TYPE_DEFAULT } from './hash-type.ts';
import { TargetBytes } from './target-bytes.ts';

const AMPERSAND = 38;
const EQUALS = 61;

class ParamKey implements HashKey {
  hash = 0;
  readonly #function: HashFunction;
  readonly #name: Buffer;
  readonly #target = new TargetBytes();

  constructor(hash: HashFunction, name: string) {
    this.#function = hash;
    this.#name = Buffer.from(name, 'latin1');
  }

  find({ request }: BalancedStream): boolean {
    if (request === null) return false;
    const target = this.#target;
    target.take(request);
    const { bytes, end } = target;
    for (let at = target.queryStart(); at < end; at++) {
      const valueStart = this.#valueOf(at);
      let valueEnd = at;
      while (valueEnd < end && bytes[valueEnd] !== AMPERSAND) valueEnd++;
      if (valueStart >= 0) {
        this.hash = this.#function.bytes(bytes, valueStart, valueEnd);
        return true;
      }
      at = valueEnd;
    }
    return false;
  }

  /** Where the value begins of the parameter at `at`; -1 when that is another one. */
  #valueOf(at: number): number {
    const name = this.#name;
    const { bytes, end } = this.#target;
    if (at + name.length >= end || bytes[at + name.length] !== EQUALS) return -1;
    for (let i = 0; i < name.length; i++) if (bytes[at + i] !== name[i]) return -1;
    return at + name.length + 1;
  }
}

/** The modifier for which the request's body would have to be waited for. */
function bodyModifier(): Arg<never> {
  return arg.custom<never>({
    what: 'modifier',
    good: [],
    bad: ['check_post', 'foo'],
    read(word) {
      if (word.text === 'check_post')
        throw new ArgumentError(word.at, "'check_post' of balance url_param is not supported yet", {
          reason: 'the body of a request is not looked at before its server is chosen',
          remedy: "leave 'check_post' away: requests without the parameter in their target take turns",
        });
      throw new ArgumentError(word.at, `'${word.text}' is not a modifier of balance url_param`, {
        remedy: 'write the name of the parameter alone',
      });
    },
  });
}

export const urlParam = defineBalance({
  name: 'url_param',
  summary:
    "Chooses by the value of a parameter in the request target's query; by turns for requests that have none.",
  args: { param: arg.word('param'), modifier: arg.optional(bodyModifier()) },
  examples: [{ text: 'balance url_param userid', result: { name: 'url_param', args: { param: 'userid' } } }],
  differences: ['The modifier check_post, which looks for the parameter in bodies, is not supported yet.'],
  compile: ({ param }, settings) => {
    const hash = HASH_FUNCTIONS[(settings?.hashType ?? HASH_TYPE_DEFAULT).function];
    return () => new HashBalancer(new ParamKey(hash, param), settings);
  },
});
