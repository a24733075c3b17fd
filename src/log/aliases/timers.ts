/** Aliases of timers (manual section 8.4), in milliseconds; -1 for what was never reached. */
import { numberAlias } from './kinds.ts';

export const timerAliases = [
  numberAlias({
    name: 'Ta',
    summary: 'How long the request was active: from its first byte to the end of the response.',
    example: '58',
    isHttpOnly: true,
    grows: true,
    read: (s) => s.facts.activeMs,
  }),
  numberAlias({
    name: 'Tc',
    summary: 'How long connecting to the server took, retries included.',
    example: '5',
    read: (s) => s.facts.connectMs,
  }),
  numberAlias({
    name: 'Td',
    summary: 'How long the transfer of the response took behind its head.',
    example: '30',
    read: (s) => s.facts.dataMs,
  }),
  numberAlias({
    name: 'Th',
    summary: 'How long handshakes took before the first byte.',
    example: '0',
    read: (s) => s.facts.handshakeMs,
  }),
  numberAlias({
    name: 'Ti',
    summary: 'How long the connection was idle before the request.',
    example: '7',
    isHttpOnly: true,
    read: (s) => s.facts.idleMs,
  }),
  numberAlias({
    name: 'Tq',
    summary: 'Handshakes, idle time and receiving the request head together.',
    example: '10',
    isHttpOnly: true,
    read: (s) => (s.facts.requestMs < 0 ? -1 : s.facts.handshakeMs + s.facts.idleMs + s.facts.requestMs),
  }),
  numberAlias({
    name: 'TR',
    summary: 'How long the request head took, from its first byte.',
    example: '3',
    isHttpOnly: true,
    read: (s) => s.facts.requestMs,
  }),
  numberAlias({
    name: 'Tr',
    summary: 'How long the server took until its response head was complete.',
    example: '20',
    isHttpOnly: true,
    read: (s) => s.facts.responseMs,
  }),
  numberAlias({
    name: 'Tt',
    summary: 'How long all of it took, from the accept or the end of the request before.',
    example: '65',
    grows: true,
    read: (s) => s.facts.totalMs,
  }),
  numberAlias({
    name: 'Tu',
    summary: 'How long it took as the user felt it: handshakes and active time.',
    example: '58',
    grows: true,
    read: (s) => s.facts.totalMs - s.facts.idleMs,
  }),
  numberAlias({
    name: 'Tw',
    summary: 'How long the request waited in queues.',
    example: '0',
    read: (s) => s.facts.queueMs,
  }),
];
