/** Aliases that count: connections, places in queues, retries, bytes, lines. */
import { numberAlias, plainAlias } from './kinds.ts';

const PLUS = 43;

export const countAliases = [
  numberAlias({
    name: 'ac',
    summary: 'Connections of the process when the line was written.',
    example: '9',
    read: (s) => s.facts.activeConnections,
  }),
  numberAlias({
    name: 'fc',
    summary: 'Connections of the frontend when the line was written.',
    example: '8',
    read: (s) => s.facts.frontendConnections,
  }),
  numberAlias({
    name: 'bc',
    summary: 'Connections of the backend when the line was written.',
    example: '7',
    read: (s) => s.facts.backendConnections,
  }),
  numberAlias({
    name: 'sc',
    summary: 'Connections of the server when the line was written.',
    example: '6',
    read: (s) => s.facts.serverConnections,
  }),
  numberAlias({
    name: 'bq',
    summary: 'Requests that were before this one in the queue of the backend.',
    example: '2',
    read: (s) => s.facts.backendQueue,
  }),
  numberAlias({
    name: 'sq',
    summary: 'Requests that were before this one in the queue of the server.',
    example: '1',
    read: (s) => s.facts.serverQueue,
  }),
  plainAlias({
    name: 'rc',
    summary: 'Connection retries, behind a plus sign when the last went to another server.',
    example: '+3',
    write(s, out) {
      if (s.facts.isRedispatched) out.byte(PLUS);
      out.int(s.facts.retries);
    },
  }),
  numberAlias({
    name: 'rt',
    summary: 'The number of the request or TCP session in this process.',
    example: '17',
    examples: [{ text: '%{+X}rt', result: '0011' }],
    isHexable: true,
    read: (s) => s.facts.requestNumber,
  }),
  numberAlias({
    name: 'lc',
    summary: 'How many lines the frontend has logged before this one.',
    example: '4',
    read: (s) => s.facts.logNumber,
  }),
  numberAlias({
    name: 'B',
    summary: 'Bytes sent to the client.',
    example: '750',
    grows: true,
    read: (s) => s.facts.bytesToClient,
  }),
  numberAlias({
    name: 'U',
    summary: 'Bytes received from the client.',
    example: '120',
    read: (s) => s.facts.bytesFromClient,
  }),
  numberAlias({
    name: 'ST',
    summary: 'The status of the response; -1 before there is one, and 0 for TCP.',
    example: '200',
    read: (s) => s.facts.status,
  }),
];
