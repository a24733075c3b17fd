/** How a hash is made and mapped to a server (manual section 4.2, `hash-type`). */
import { arg } from '../keyword/arg.ts';
import { defineProxyOption } from '../keyword/declaration.ts';

export interface HashType {
  readonly method: 'map-based';
  /** Hashes of texts; addresses are not hashed by it, their bits are folded. */
  readonly function: 'sdbm';
  readonly isAvalanche: boolean;
}

export const HASH_TYPE_DEFAULT: HashType = { method: 'map-based', function: 'sdbm', isAvalanche: false };

/** To be listed among the proxy options. */
export const hashTypeOption = defineProxyOption({
  name: 'hash-type',
  key: 'hashType',
  sections: ['defaults', 'listen', 'backend'],
  summary: 'How hashes are mapped to servers.',
  args: {
    method: arg.oneOf('map-based'),
    function: arg.optional(arg.oneOf('sdbm'), 'sdbm'),
    modifier: arg.optional(arg.oneOf('avalanche')),
  },
  examples: [
    { text: 'hash-type map-based', result: HASH_TYPE_DEFAULT },
    { text: 'hash-type map-based sdbm avalanche', result: { ...HASH_TYPE_DEFAULT, isAvalanche: true } },
  ],
  differences: ['Only the method map-based and the function sdbm are supported yet.'],
  value: ({ method, function: hash, modifier }): HashType => ({
    method,
    function: hash,
    isAvalanche: modifier === 'avalanche',
  }),
});
