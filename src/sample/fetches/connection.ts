/** Fetches of the client's connection and the proxies that serve it (manual section 7.3.3). */
import { defineFetch } from '../declare.ts';

const GIVEN = 'GET / HTTP/1.1\r\n\r\n';

export const connectionFetches = [
  defineFetch({
    name: 'src',
    summary: "The client's address, as the connection or the PROXY header gave it.",
    args: {},
    output: 'addr',
    needs: 'client-connection',
    examples: [
      { text: 'src', given: GIVEN, result: '192.0.2.7' },
      { text: 'src,ipmask(24)', given: GIVEN, result: '192.0.2.0' },
    ],
    compile: () => (stream) => stream.session.source.ip ?? undefined,
  }),
  defineFetch({
    name: 'src_port',
    summary: "The client's TCP port.",
    args: {},
    output: 'sint',
    needs: 'client-connection',
    examples: [{ text: 'src_port', given: GIVEN, result: '50123' }],
    compile: () => (stream) => (stream.session.source.ip === null ? undefined : stream.session.source.port),
  }),
  defineFetch({
    name: 'dst',
    summary: 'The address the client connected to.',
    args: {},
    output: 'addr',
    needs: 'client-connection',
    examples: [{ text: 'dst', given: GIVEN, result: '198.51.100.1' }],
    compile: () => (stream) => stream.session.destination.ip ?? undefined,
  }),
  defineFetch({
    name: 'dst_port',
    summary: 'The port the client connected to.',
    args: {},
    output: 'sint',
    needs: 'client-connection',
    examples: [{ text: 'dst_port', given: GIVEN, result: '8080' }],
    compile: () => (stream) =>
      stream.session.destination.ip === null ? undefined : stream.session.destination.port,
  }),
  defineFetch({
    name: 'fe_name',
    summary: 'The name of the frontend that took the connection.',
    args: {},
    output: 'str',
    needs: 'client-connection',
    examples: [{ text: 'fe_name', given: GIVEN, result: 'www' }],
    compile: () => (stream) => stream.session.frontendName,
  }),
  defineFetch({
    name: 'be_name',
    summary: 'The name of the backend that was chosen.',
    args: {},
    output: 'str',
    needs: 'backend',
    examples: [{ text: 'be_name', given: GIVEN, result: 'app' }],
    compile: () => (stream) => present(stream.backendName),
  }),
  defineFetch({
    name: 'srv_name',
    summary: 'The name of the server that the connection goes to.',
    args: {},
    output: 'str',
    needs: 'server-connection',
    examples: [{ text: 'srv_name', given: GIVEN, result: 'app1' }],
    compile: () => (stream) => present(stream.serverName),
  }),
];

function present(name: string): string | undefined {
  return name === '' ? undefined : name;
}
