/**
 * Prints the nanoseconds that parsing, and parsing and encoding, a browser's request of 473 bytes take:
 * `node bench/micro/parse-head.ts`. Names arrive in mixed case, so each parse also lowers them.
 */
import { HttpHead } from '../../src/http/head.ts';
import { encodeRequestHead } from '../../src/http1/encode-head.ts';
import { DEFAULT_LIMITS } from '../../src/http1/limits.ts';
import { parseRequestHead } from '../../src/http1/parse-head.ts';

const ROUNDS = 300_000;
const SIZE_BYTES = 473;

const START = [
  'GET /wp-content/uploads/2010/03/hello-kitty-darth-vader-pink.jpg HTTP/1.1',
  'Host: www.kittyhell.com',
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'Accept-Language: ja,en-us;q=0.7,en;q=0.3',
  'Accept-Encoding: gzip,deflate',
  'Connection: keep-alive',
  'Cookie: __utma=xxxxxxxxxxxxxxxxxxx; session=',
].join('\r\n');
const request = `${START.padEnd(SIZE_BYTES - 4, 'x')}\r\n\r\n`;

const source = Buffer.from(request, 'latin1');
const bytes = Buffer.allocUnsafeSlow(source.length);
const out = Buffer.allocUnsafeSlow(65_536);
const head = new HttpHead();

function parseOnce(): number {
  source.copy(bytes, 0, 0, source.length);
  return parseRequestHead(head, bytes, 0, bytes.length, DEFAULT_LIMITS);
}

function parseAndEncodeOnce(): number {
  parseOnce();
  head.add('x-forwarded-for', '127.0.0.1');
  return encodeRequestHead(head, out, 0, false);
}

function copyOnce(): number {
  return source.copy(bytes, 0, 0, source.length);
}

/** The best of seven runs, in nanoseconds a call. */
function measure(run: () => number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 7; round++) {
    const begin = process.cpuUsage();
    let sum = 0;
    for (let i = 0; i < ROUNDS; i++) sum += run();
    const used = process.cpuUsage(begin);
    if (sum <= 0) throw new Error('the request was not taken');
    best = Math.min(best, ((used.user + used.system) * 1000) / ROUNDS);
  }
  return best;
}

const copyNs = measure(copyOnce);
const parseNs = measure(parseOnce) - copyNs;
const bothNs = measure(parseAndEncodeOnce) - copyNs;
process.stdout.write(
  `request of ${source.length} bytes: parse ${parseNs.toFixed(0)} ns, parse and encode ${bothNs.toFixed(0)} ns\n`,
);
