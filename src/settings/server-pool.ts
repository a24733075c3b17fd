/** Options of server lines about connections that are kept between requests (manual section 5.2). */
import { arg } from '../keyword/arg.ts';
import { defineServerOption } from '../keyword/declaration.ts';
import { withoutEffect } from './without-effect.ts';

const HTTP_2_ONLY = 'only HTTP/2 has pings, and servers are spoken to in HTTP/1';
const OWN_POOLS =
  'idle connections stay with the thread that opened them, so no thread takes those of another';

export const serverPoolOptions = [
  defineServerOption({
    name: 'pool-max-conn',
    key: 'poolMaxConnections',
    summary:
      'The most idle connections to the server that are kept for any client; 0 keeps none, -1 as many as were of use.',
    differences: [
      'With several threads each keeps its share of the number, so that all of them together never keep more.',
    ],
    args: { max: arg.int({ min: -1 }) },
    examples: [
      { text: 'pool-max-conn 20', result: 20 },
      { text: 'pool-max-conn -1', result: -1 },
    ],
    value: ({ max }) => max,
  }),
  defineServerOption(
    withoutEffect({
      name: 'pool-low-conn',
      summary: 'Below so many idle connections, a thread leaves those of other threads alone.',
      why: OWN_POOLS,
      args: { max: arg.int({ min: 0 }) },
      example: 'pool-low-conn 4',
    }),
  ),
  defineServerOption({
    name: 'pool-purge-delay',
    key: 'poolPurgeDelayMs',
    summary:
      'How often half of the idle connections that were not needed lately are closed; 0 keeps no idle connection. 5 seconds by default.',
    args: { delay: arg.duration() },
    examples: [{ text: 'pool-purge-delay 2s', result: 2000 }],
    value: ({ delay }) => delay,
  }),
  defineServerOption({
    name: 'max-reuse',
    key: 'maxReuse',
    summary: 'How many more requests a connection carries behind its first; -1 sets no limit.',
    differences: ['It holds for HTTP/1 connections too, where HAProxy 2.6 does not heed it.'],
    args: { count: arg.int({ min: -1 }) },
    examples: [{ text: 'max-reuse 100', result: 100 }],
    value: ({ count }) => count,
  }),
  defineServerOption(
    withoutEffect({
      name: 'idle-ping',
      summary: 'How often an idle connection to the server is tried.',
      why: HTTP_2_ONLY,
      args: { delay: arg.duration() },
      example: 'idle-ping 10s',
    }),
  ),
  defineServerOption({
    name: 'strict-maxconn',
    key: 'isMaxconnStrict',
    summary: 'Counts idle connections to the server too: maxconn is never exceeded by connections either.',
    differences: ['With several threads, no idle connection is kept to such a server.'],
    args: {},
    examples: [{ text: 'strict-maxconn', result: true }],
    value: () => true,
  }),
] as const;
