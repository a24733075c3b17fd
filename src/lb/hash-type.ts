/** How a hash is made and mapped to a server (manual section 4.2, `hash-type`). */
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

/** To be listed among the proxy options. */
export const hashTypeOption = defineProxyOption({
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
