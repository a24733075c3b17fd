/** Aliases that name: proxies, the server, addresses, this process and machine, how the stream ended. */
import type { Endpoint } from '../../sample/stream-view.ts';
import { addressAlias, numberAlias, plainAlias, textAlias } from './kinds.ts';

const DASH = 45;

/** The port; for unix sockets the listener's number stands in its place. */
function portOf(end: Endpoint, listenerId: number): number {
  return end.ip === null ? listenerId : end.port;
}

export const placeAliases = [
  textAlias({ name: 'b', summary: 'The backend.', example: 'app', read: (s) => s.backendName }),
  textAlias({ name: 'f', summary: 'The frontend.', example: 'www', read: (s) => s.session.frontendName }),
  textAlias({
    name: 'ft',
    summary: "The frontend, with '~' behind it over TLS.",
    example: 'www',
    read: (s) => s.session.frontendName,
  }),
  textAlias({
    name: 's',
    summary: 'The server, or <NOSRV>.',
    example: 'app1',
    read: (s) => (s.serverName === '' ? '<NOSRV>' : s.serverName),
  }),
  textAlias({
    name: 'ID',
    summary: 'The unique id of the request (unique-id-format).',
    example: '-',
    read: (s) => (s.facts.uniqueId === '' ? null : s.facts.uniqueId),
  }),
  textAlias({
    name: 'H',
    summary: 'The name of this machine.',
    example: 'edge1',
    read: (_s, site) => site.hostName,
  }),
  numberAlias({
    name: 'pid',
    summary: 'The number of the process.',
    example: '4711',
    examples: [{ text: '%{+X}pid', result: '1267' }],
    isHexable: true,
    read: (_s, site) => site.pid,
  }),
  addressAlias({
    name: 'ci',
    summary: "The client's address.",
    example: '192.0.2.7',
    examples: [
      { text: '%{+X}ci', result: 'C0000207' },
      { text: '%{+Q}ci', result: '"192.0.2.7"' },
    ],
    read: (s) => s.session.source,
  }),
  numberAlias({
    name: 'cp',
    summary: "The client's port.",
    example: '50123',
    examples: [{ text: '%{+X}cp', result: 'C3CB' }],
    isHexable: true,
    read: (s) => portOf(s.session.source, s.session.listenerId),
  }),
  addressAlias({
    name: 'fi',
    summary: 'The address that the client connected to.',
    example: '198.51.100.1',
    read: (s) => s.session.destination,
  }),
  numberAlias({
    name: 'fp',
    summary: 'The port that the client connected to.',
    example: '8080',
    isHexable: true,
    read: (s) => portOf(s.session.destination, s.session.listenerId),
  }),
  addressAlias({
    name: 'bi',
    summary: 'The address from which the server was connected to.',
    example: '203.0.113.1',
    needsServerEnds: true,
    read: (s) => s.facts.serverSource,
  }),
  numberAlias({
    name: 'bp',
    summary: 'The port from which the server was connected to.',
    example: '40000',
    isHexable: true,
    needsServerEnds: true,
    read: (s) => s.facts.serverSource?.port ?? null,
  }),
  addressAlias({
    name: 'si',
    summary: "The server's address.",
    example: '203.0.113.9',
    needsServerEnds: true,
    read: (s) => s.facts.serverDestination,
  }),
  numberAlias({
    name: 'sp',
    summary: "The server's port.",
    example: '8000',
    isHexable: true,
    needsServerEnds: true,
    read: (s) => s.facts.serverDestination?.port ?? null,
  }),
  textAlias({
    name: 'sslc',
    summary: "The cipher of the client's TLS connection.",
    example: '-',
    differences: ['TLS is not supported yet.'],
    read: () => null,
  }),
  textAlias({
    name: 'sslv',
    summary: "The TLS version of the client's connection.",
    example: '-',
    differences: ['TLS is not supported yet.'],
    read: () => null,
  }),
  plainAlias({
    name: 'ts',
    summary: 'How the stream ended, in two letters (manual section 8.5).',
    example: 'cD',
    write(s, out) {
      const { terminationState: state } = s.facts;
      out.byte(state.charCodeAt(0));
      out.byte(state.charCodeAt(1));
    },
  }),
  plainAlias({
    name: 'tsc',
    summary: 'How the stream ended, with the two letters of the cookie.',
    example: 'cD--',
    write(s, out) {
      const { terminationState: state } = s.facts;
      for (let i = 0; i < 4; i++) out.byte(i < state.length ? state.charCodeAt(i) : DASH);
    },
  }),
  textAlias({
    name: 'OG',
    summary: 'The occasion on which the line was written, such as txn_close.',
    example: 'txn_close',
    read: (s) => s.facts.logOrigin,
  }),
];
