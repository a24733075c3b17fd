/**
 * Prints the nanoseconds that building log lines takes, header and all but for sending them: `node
 * bench/micro/log-line.ts`. Nothing is allocated per line but what the dates' texts cost once a second.
 */

import { LineBuffer } from '../../src/bytes/line-buffer.ts';
import { samples } from '../../src/catalog.ts';
import { HttpHead } from '../../src/http/head.ts';
import { parseRequestHead } from '../../src/http1/parse-head.ts';
import { compileLogLine } from '../../src/log/compile-log-format.ts';
import type { LogSite } from '../../src/log/declare.ts';
import { type StandardFormat, standardFormat } from '../../src/log/formats.ts';
import { compileHeader } from '../../src/log/line-header.ts';
import { parseIp } from '../../src/net/ip.ts';
import type { StreamView } from '../../src/sample/stream-view.ts';

const ROUNDS = 300_000;
const SITE: LogSite = { pid: 4711, hostName: 'edge1', requestLineMaxBytes: 1023, isEarly: false };

const text = 'GET /wp-content/uploads/2010/03/hello.jpg?size=2 HTTP/1.1\r\nHost: example.org\r\n\r\n';
const request = new HttpHead();
const bytes = Buffer.from(text, 'latin1');
if (parseRequestHead(request, bytes, 0, bytes.length) <= 0) throw new Error('the request does not parse');

function end(address: string, port: number) {
  return { ip: parseIp(address), text: address, port };
}

const nowMs = Date.now();
const stream: StreamView = {
  session: {
    source: end('192.0.2.7', 50123),
    destination: end('198.51.100.1', 8080),
    acceptedAtMs: nowMs,
    listenerId: 1,
    frontendName: 'www',
  },
  request,
  response: null,
  requestBytes: null,
  backendName: 'app',
  serverName: 'app1',
  facts: {
    requestNumber: 17,
    uniqueId: '',
    requestAtMs: nowMs,
    handshakeMs: 0,
    idleMs: 7,
    requestMs: 3,
    queueMs: 0,
    connectMs: 5,
    responseMs: 20,
    dataMs: 30,
    activeMs: 58,
    totalMs: 65,
    bytesToClient: 12_750,
    bytesFromClient: 120,
    status: 200,
    terminationState: '----',
    retries: 0,
    isRedispatched: false,
    activeConnections: 64,
    frontendConnections: 64,
    backendConnections: 12,
    serverConnections: 6,
    serverQueue: 0,
    backendQueue: 0,
    serverSource: null,
    serverDestination: null,
    logNumber: 4,
    logOrigin: 'txn_close',
    requestLineFallback: '<BADREQ>',
    capturedRequestHeaders: [],
    capturedResponseHeaders: [],
    capturedRequestCookie: null,
    capturedResponseCookie: null,
  },
};

const line = new LineBuffer(1024);
const header = compileHeader('local', { facility: 16, tag: 'fairlead', pid: 4711, hostName: '' });

function measure(name: string, kind: StandardFormat): void {
  const write = compileLogLine(standardFormat(kind), { site: SITE, samples });
  const round = () => {
    line.clear();
    header(line, 6, nowMs);
    write(stream, line);
  };
  for (let i = 0; i < ROUNDS; i++) round();
  const before = process.memoryUsage().heapUsed;
  const start = performance.now();
  for (let i = 0; i < ROUNDS; i++) round();
  const nanoseconds = ((performance.now() - start) * 1e6) / ROUNDS;
  const heapBytes = (process.memoryUsage().heapUsed - before) / ROUNDS;
  console.log(
    `${name}: ${nanoseconds.toFixed(0)} ns, ${Math.max(0, heapBytes).toFixed(1)} bytes of heap a line`,
  );
}

measure('option httplog', 'http');
measure('option httplog clf', 'http-clf');
measure('option tcplog', 'tcp');
