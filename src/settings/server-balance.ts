/** Options of server lines about the share of traffic that a server takes (manual section 5.2). */
import { arg } from '../keyword/arg.ts';
import { defineServerOption } from '../keyword/declaration.ts';
import type { HashKeyKind } from '../lb/hash-key.ts';

export const serverBalanceOptions = [
  defineServerOption({
    name: 'weight',
    key: 'weight',
    summary: 'The share of traffic of this server beside the others, 0 to 256; 0 takes no new traffic.',
    args: { weight: arg.int({ min: 0, max: 256 }) },
    examples: [{ text: 'weight 50', result: 50 }],
    value: ({ weight }) => weight,
  }),
  defineServerOption({
    name: 'minconn',
    key: 'minconn',
    summary:
      'The most connections this server gets while its backend is idle; the limit grows with the sessions of the backend up to maxconn, which it reaches at fullconn.',
    args: { minconn: arg.int({ min: 0 }) },
    examples: [{ text: 'minconn 10', result: 10 }],
    value: ({ minconn }) => minconn,
  }),
  defineServerOption({
    name: 'slowstart',
    key: 'slowStartMs',
    summary: 'After a server comes back, the time in which its share of traffic grows to the full one.',
    args: { start_time: arg.duration() },
    examples: [{ text: 'slowstart 30s', result: 30_000 }],
    value: ({ start_time }) => start_time,
  }),
  defineServerOption({
    name: 'hash-key',
    key: 'hashKey',
    summary: "What gives a server its points on the ring of 'hash-type consistent'.",
    args: { key: arg.oneOf('id', 'id32', 'addr', 'addr-port') },
    examples: [
      { text: 'hash-key id', result: 'id' },
      { text: 'hash-key addr-port', result: 'addr-port' },
    ],
    differences: [
      'Points of ids are those of HAProxy 2.6; points of id32 and of addresses are as well spread as those of later versions, but others.',
    ],
    value: ({ key }): HashKeyKind => key,
  }),
] as const;
