/** Log lines of every format and target, from HAProxy and Fairlead on one configuration, compared byte for byte. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { skipUnless } from '../support/oracle.ts';
import { type Case, request, response } from '../support/programs/exchanges.ts';
import { withoutVariables } from '../support/programs/log-sink.ts';
import { Program, type Subject } from '../support/programs/program.ts';
import { RawClient } from '../support/programs/raw-client.ts';
import { ScriptedOrigin } from '../support/programs/scripted-origin.ts';
import { playSideBySide, type Site } from '../support/programs/side-by-side.ts';
import { datagramReceiver } from '../support/system/datagram-receiver.ts';

const REQUEST = request('GET /path/page.html?a=b&c=%20d', [
  'User-Agent: te"st \\ [x] \x7f\xe9',
  'X-Empty:',
  'Connection: close',
]);

/**
 * Frontends by name: their lines. Formats that need the request alone are not here: HAProxy 2.6 logs those twice, at
 * the request and at the end.  `LOG` stands for the receiver's address. */
const FRONTENDS: { readonly [name: string]: readonly string[] } = {
  ...Object.fromEntries(
    ['rfc3164', 'rfc5424', 'local', 'priority', 'short', 'timed', 'iso', 'raw'].map((format) => [
      `header-${format}`,
      ['mode http', 'option httplog', `log LOG format ${format} local3 info`],
    ]),
  ),
  'no-format-http': ['mode http', 'log LOG local0'],
  'no-format-tcp': ['mode tcp', 'log LOG local0'],
  tcplog: ['mode tcp', 'option tcplog', 'log LOG local0'],
  'http-as-tcplog': ['mode http', 'option tcplog', 'log LOG local0'],
  clf: ['mode http', 'option httplog clf', 'log LOG local0'],
  asap: ['mode http', 'option httplog', 'option logasap', 'log LOG local0'],
  tag: ['mode http', 'option httplog', 'log-tag other', 'log LOG local0'],
  'two-targets': ['mode http', 'option httplog', 'log LOG local0', 'log LOG format short local1'],
  'level-filter': ['mode http', 'option httplog', 'log LOG local0 notice', 'log LOG local1 info'],
  ...Object.fromEntries(
    [
      '%ci %fi %f %b %s %ST %B %U %ts %tsc %rc %sq %bq',
      '%{+Q}f %{+Q}b %{+Q}s',
      '%ST %{+Q}HM %{+Q}HU %{+Q}HP %{+Q}HQ %{+Q}HV %{+Q}r',
      '%ST %HM %HU %HP %HPO %HQ %HV',
      'a%%b "c" d',
      '%[src] %[dst] %[int(12),add(3)] %[bool(true)] %[str(x),upper]',
      '%{+Q}[src] %{+Q}[int(7)] %{+Q}[str(x)]',
      '%{+Q,+X}[int(255)] %{+E}[str("a]b\\\\c")]',
      '%{+X}ST %{+X}B %{+X}ci %{+X}rc',
      '%CC %CS %hr %hs %hrl %hsl %ID %{+Q}ID %{+Q}CC',
      '%{+Q}o %ci %{-Q}f %b %HM',
      '%ac/%fc/%bc/%sc %lc %rt',
      '%o%{+Q}o%HM%ST',
      'lone text',
    ].map((format, i) => [`format-${i + 1}`, ['mode http', `log-format '${format}'`, 'log LOG local0']]),
  ),
};

const NAMES = Object.keys(FRONTENDS);

/** In the environment and in `fd@` a name has no dash. */
function listenerOf(name: string): string {
  return name.replaceAll('-', '_');
}

function configFor(name: string, lines: readonly string[], log: string): string {
  return `frontend ${name}
  bind "fd@\${${listenerOf(name)}}"
  timeout client 30s
${lines.map((line) => `  ${line.replace('LOG', log)}\n`).join('')}  default_backend ${lines[0] === 'mode tcp' ? 'tcp' : 'http'}
`;
}

const options: Site = {
  tellsRequests: true,
  listeners: NAMES.map(listenerOf),
  origins: { o: { '*': response('200 OK', 'body', ['Content-Type: text/plain', 'Connection: close']) } },
  config: (ports) => `global
  nbthread 1
${NAMES.map((name) => configFor(name, FRONTENDS[name]!, `127.0.0.1:${ports['log']}`)).join('')}
backend http
  mode http
  timeout server 30s
  timeout connect 5s
  server o 127.0.0.1:${ports['o']}
backend tcp
  mode tcp
  timeout server 30s
  timeout connect 5s
  server o 127.0.0.1:${ports['o']}
`,
};

const cases: Case[] = NAMES.map((name) => ({
  name: `${name}: ${FRONTENDS[name]!.slice(1).join('; ')}`,
  lines: name === 'two-targets' ? 2 : 1,
  play: async (stage) => {
    const client = stage.connect(listenerOf(name));
    client.send(REQUEST);
    await client.until('body');
    client.finish();
    await client.closed();
  },
}));

describe('Log lines agree:', { skip: skipUnless('haproxy') }, () => {
  playSideBySide(options, cases);
});

interface OneLine {
  readonly output: string;
  readonly datagram: string;
}

/** Runs one request with a log to a descriptor and to a unix socket, and returns both lines. */
async function logOnce(subject: Subject, target: string): Promise<OneLine> {
  const origin = await ScriptedOrigin.start({ '*': response('200 OK', 'body') });
  const path = join(Program.folder(), 'log');
  const receiver = datagramReceiver(path);
  const program = Program.start(subject, {
    listeners: ['www'],
    config: `global
  nbthread 1
listen www
  mode http
  option httplog
  log ${target} local2
  log ${path} local2
  bind "fd@\${www}"
  timeout client 30s
  timeout server 30s
  timeout connect 5s
  server o 127.0.0.1:${origin.port}
`,
  });
  const client = new RawClient(program.port('www'));
  client.send(REQUEST);
  await client.closed();
  let datagram = receiver.receive();
  while (datagram === null) {
    await new Promise((resolve) => setImmediate(resolve));
    datagram = receiver.receive();
  }
  await program.stop();
  receiver.close();
  await origin.stop();
  const isLine = (line: string) => line.includes('GET /path');
  const output = program.output.split('\n').filter(isLine).join('\n');
  return { output: withoutVariables(output), datagram: withoutVariables(datagram) };
}

describe('Log lines reach', { skip: skipUnless('haproxy') }, () => {
  for (const target of [
    'stdout format raw',
    'stderr format short',
    'stdout format timed',
    'fd@1 format iso',
    'stdout',
  ]) {
    test(`${target}, and a unix socket, as HAProxy writes them`, async () => {
      const [expected, actual] = await Promise.all([logOnce('haproxy', target), logOnce('fairlead', target)]);
      assert.deepEqual(actual, expected);
      assert.notEqual(expected.output, '');
    });
  }
});
