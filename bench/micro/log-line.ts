/**
 * Prints the nanoseconds that building log lines takes, header and all but for sending them: `node
 * bench/micro/log-line.ts`. Nothing is allocated per line but what the dates' texts cost once a second.
 */

import { LineBuffer } from '../../src/bytes/line-buffer.ts';
import { samples } from '../../src/catalog.ts';
import { compileLogLine } from '../../src/log/compile-log-format.ts';
import type { LogSite } from '../../src/log/declare.ts';
import { type StandardFormat, standardFormat } from '../../src/log/formats.ts';
import { compileHeader } from '../../src/log/line-header.ts';
import { createStream } from '../../test/support/stream-view.ts';

const ROUNDS = 300_000;
const SITE: LogSite = { pid: 4711, hostName: 'edge1', requestLineMaxBytes: 1023, isEarly: false };

const text = 'GET /wp-content/uploads/2010/03/hello.jpg?size=2 HTTP/1.1\r\nHost: example.org\r\n\r\n';
const nowMs = Date.now();
const stream = createStream({
  request: text,
  facts: { requestAtMs: nowMs, status: 200, bytesToClient: 12_750, bytesFromClient: 120, totalMs: 65 },
});

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
