/** How a hash is made, how it is mapped to a server, and when another is taken (manual section 4.2, `hash-…`). */
import { arg } from '../keyword/arg.ts';
import { defineProxyOption } from '../keyword/declaration.ts';
import type { HashFunctionName } from './hash-functions.ts';

export interface HashType {
  readonly method: 'map-based' | 'consistent';
  /** Hashes of keys; the addresses of `source` are not hashed by it, their bits are folded. */
  readonly function: HashFunctionName;
  /** The hash's bits are mixed once more. */
  readonly isAvalanche: boolean;
}

export const HASH_TYPE_DEFAULT: HashType = { method: 'map-based', function: 'sdbm', isAvalanche: false };

const hashTypeOption = defineProxyOption({
  name: 'hash-type',
  key: 'hashType',
  sections: ['defaults', 'listen', 'backend'],
  summary:
    'How keys are hashed, and how hashes are mapped to servers: by a table, or by the nearest point of a ring.',
  args: {
    method: arg.oneOf('map-based', 'consistent'),
    function: arg.optional(arg.oneOf('sdbm', 'djb2', 'crc32', 'none')),
    modifier: arg.optional(arg.oneOf('avalanche')),
  },
  examples: [
    { text: 'hash-type map-based', result: HASH_TYPE_DEFAULT },
    {
      text: 'hash-type map-based djb2 avalanche',
      result: { method: 'map-based', function: 'djb2', isAvalanche: true },
    },
    { text: 'hash-type consistent', result: { method: 'consistent', function: 'sdbm', isAvalanche: true } },
    {
      text: 'hash-type consistent crc32',
      result: { method: 'consistent', function: 'crc32', isAvalanche: false },
    },
  ],
  differences: ['The function wt6 is not supported yet.'],
  value: ({ method, function: hash, modifier }): HashType => ({
    method,
    function: hash ?? 'sdbm',
    isAvalanche: modifier === 'avalanche' || (method === 'consistent' && hash === undefined),
  }),
});

const hashBalanceFactorOption = defineProxyOption({
  name: 'hash-balance-factor',
  key: 'hashBalanceFactor',
  sections: ['defaults', 'frontend', 'listen', 'backend'],
  summary:
    "With 'hash-type consistent' and 'balance random': the load that a server may have, in percent of the average; 0 sets no limit.",
  args: { factor: arg.int({ min: 0 }) },
  examples: [
    { text: 'hash-balance-factor 150', result: 150 },
    { text: 'hash-balance-factor 0', result: 0 },
  ],
  check: ({ factor }) =>
    factor > 0 && factor <= 100
      ? `'hash-balance-factor' must be 0 or more than 100, not ${factor}`
      : undefined,
  value: ({ factor }) => factor,
});

const hashPreserveAffinityOption = defineProxyOption({
  name: 'hash-preserve-affinity',
  key: 'hashAffinity',
  sections: ['defaults', 'listen', 'backend'],
  summary:
    'Whether a request waits for the server that its hash designates when that is full, or takes the next.',
  args: { when: arg.oneOf('always', 'maxconn', 'maxqueue') },
  examples: [
    { text: 'hash-preserve-affinity always', result: 'always' },
    { text: 'hash-preserve-affinity maxqueue', result: 'maxqueue' },
  ],
  differences: [
    'It is newer than the HAProxy it could be compared with: the next server is found as its manual says.',
  ],
  value: ({ when }) => when,
});

/** To be listed among the proxy options. */
export const hashOptions = [hashTypeOption, hashBalanceFactorOption, hashPreserveAffinityOption] as const;
