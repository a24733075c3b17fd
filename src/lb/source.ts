/** `balance source`. */
import { type BalancedStream, defineBalance } from './declare.ts';
import { foldAddress } from './hash.ts';
import { HashBalancer, type HashKey } from './hash-balancer.ts';

/** The client's address, folded to 32 bits; the function of `hash-type` is not asked. Unix sockets have none. */
class SourceKey implements HashKey {
  hash = 0;

  find(stream: BalancedStream): boolean {
    const { ip } = stream.session.source;
    if (ip === null) return false;
    this.hash = foldAddress(ip) | 0;
    return true;
  }
}

export const source = defineBalance({
  name: 'source',
  summary:
    "Chooses by the client's address, so that a client stays with its server; by turns where there is none.",
  args: {},
  examples: [{ text: 'balance source', result: { name: 'source', args: {} } }],
  compile: (_args, settings) => () => new HashBalancer(new SourceKey(), settings),
});
