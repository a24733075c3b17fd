/** `balance hash <sample expression>`. */
import { arg } from '../keyword/arg.ts';
import { type BalancedStream, defineBalance } from './declare.ts';
import { HashBalancer, type HashKey } from './hash-balancer.ts';
import { HASH_FUNCTIONS, type HashFunction } from './hash-functions.ts';
import { HASH_TYPE_DEFAULT } from './hash-type.ts';

class ExpressionKey implements HashKey {
  hash = 0;
  readonly #function: HashFunction;
  readonly #evaluate: (stream: BalancedStream) => string | undefined;

  constructor(hash: HashFunction, evaluate: (stream: BalancedStream) => string | undefined) {
    this.#function = hash;
    this.#evaluate = evaluate;
  }

  find(stream: BalancedStream): boolean {
    const key = this.#evaluate(stream);
    if (key === undefined) return false;
    this.hash = this.#function.text(key, 0, key.length);
    return true;
  }
}

export const hash = defineBalance({
  name: 'hash',
  summary: 'Chooses by the value of a sample expression; by turns for requests where it has none.',
  args: { sample: arg.expression() },
  examples: [],
  compile: ({ sample }, settings = {}) => {
    const { function: name } = settings.hashType ?? HASH_TYPE_DEFAULT;
    const evaluate = settings.compileExpression?.(sample, name === 'none' ? 'str' : 'bin');
    if (evaluate === undefined)
      throw new Error("balance hash cannot be compiled without 'compileExpression'");
    return () => new HashBalancer(new ExpressionKey(HASH_FUNCTIONS[name], evaluate), settings);
  },
});
