/**
 * Published request smuggling flaws, each by its number, and answers of servers that try the same on clients. The
 * origin reads by the strict reference parser.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { Program } from '../support/programs/program.ts';
import { exchange, seenNumbers, statuses } from '../support/smuggling/exchange.ts';
import { bytesOf, PUBLISHED_FLAWS } from '../support/smuggling/published.ts';
import { RecordingOrigin } from '../support/smuggling/recording-origin.ts';

const HIDDEN = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';
const PLAIN = 'GET /plain HTTP/1.1\r\nHost: a\r\n\r\n';

const ok = (fields: string, body = '') => `HTTP/1.1 200 OK\r\n${fields}\r\n\r\n${body}`;
const POISON = ok('X-Poison: yes\r\nContent-Length: 0');

/** Answers in which another answer is hidden: `refused` gives the client a 502, `taken` one answer. */
const ANSWERS: readonly (readonly [what: string, bytes: string, outcome: 'refused' | 'taken'])[] = [
  ['two answers to one request', ok('Content-Length: 0') + POISON, 'taken'],
  ['an answer behind a 204', `HTTP/1.1 204 No Content\r\n\r\n${POISON}`, 'taken'],
  [
    'an answer behind a 304 with a length',
    `HTTP/1.1 304 X\r\nContent-Length: ${POISON.length}\r\n\r\n${POISON}`,
    'taken',
  ],
  [
    'a length beside a coding (CVE-2019-20445, Netty)',
    ok(`Content-Length: ${POISON.length + 5}\r\nTransfer-Encoding: chunked`, `0\r\n\r\n${POISON}`),
    'taken',
  ],
  [
    'two lengths (CVE-2020-10108, Twisted)',
    ok(`Content-Length: 0\r\nContent-Length: ${POISON.length}`, POISON),
    'refused',
  ],
  [
    'an empty length (CVE-2023-40225, HAProxy)',
    ok(`Content-Length:\r\nContent-Length: ${POISON.length}`, POISON),
    'refused',
  ],
  [
    'an empty name (CVE-2023-25725, HAProxy)',
    ok(`: x\r\nContent-Length: ${POISON.length}`, POISON),
    'refused',
  ],
  ['a NUL in a field (CVE-2023-27522, Apache httpd)', ok('X: \0\r\nContent-Length: 0'), 'refused'],
  ['a CR alone in a field (CVE-2024-24795, Apache httpd)', ok('X: y\rZ: 1\r\nContent-Length: 0'), 'refused'],
  [
    'a blank before the colon',
    ok(`Content-Length : 0\r\nContent-Length: ${POISON.length}`, POISON),
    'refused',
  ],
  [
    'a vertical tab before chunked (CVE-2019-18277, HAProxy)',
    ok('Transfer-Encoding: \x0bchunked', `0\r\n\r\n${POISON}`),
    'refused',
  ],
  ['an answer behind its last chunk', ok('Transfer-Encoding: chunked', `0\r\n\r\n${POISON}`), 'taken'],
  [
    'lengths in trailers',
    ok('Transfer-Encoding: chunked', `0\r\nContent-Length: 5\r\nX-Sum: 1\r\n\r\n${POISON}`),
    'taken',
  ],
];

const config = (port: number) => `global
  nbthread 1
defaults
  mode http
  timeout client 30s
  timeout server 30s
  timeout connect 5s
frontend www
  bind "fd@\${www}"
  http-request deny if { path /denied }
  default_backend app
backend app
  http-reuse always
  server o 127.0.0.1:${port}
`;

describe('published smuggling flaws', () => {
  let origin: RecordingOrigin;
  let program: Program;
  const send = (bytes: string) => exchange(program.port('www'), bytes);

  before(async () => {
    origin = await RecordingOrigin.start(
      new Map(ANSWERS.map(([, bytes], i) => [`/answer-${i}`, bytes])),
      new Map([['/early', ok('Content-Length: 5', 'early')]]),
    );
    program = Program.start('fairlead', { config: config(origin.port), listeners: ['www'] });
  });
  after(async () => {
    await program.stop();
    await origin.stop();
  });

  for (const flaw of PUBLISHED_FLAWS) {
    test(`${flaw.id} (${flaw.product}): ${flaw.flaw}`, async () => {
      const before = origin.requests.length;
      const answer = await send(bytesOf(flaw, HIDDEN));
      assert.deepEqual(origin.problems, []);
      const seen = origin.requests.slice(before);
      assert.ok(
        seen.every(({ target }) => !target.startsWith('/smuggled')),
        'the hidden request reached the origin',
      );
      const [first = 0] = statuses(answer);
      if (flaw.outcome === 'refused') {
        assert.ok([400, 408, 413, 422].includes(first), `it was answered ${answer}`);
        assert.equal(seenNumbers(answer).length, 0);
        assert.equal(seen.length, 0);
      } else {
        assert.equal(first, 200, answer);
        assert.equal(seen.length, 1);
        assert.deepEqual(
          seenNumbers(answer),
          seen.map(({ number }) => number),
        );
      }
    });
  }

  test('CVE-2022-23959 (Varnish): the body of a request that was denied is no request', async () => {
    const before = origin.requests.length;
    const answer = await send(
      `POST /denied HTTP/1.1\r\nHost: a\r\nContent-Length: ${HIDDEN.length + 10}\r\n\r\n${HIDDEN}`,
    );
    assert.deepEqual(statuses(answer), [403]);
    assert.match(answer, /\r\nconnection: close\r\n/i);
    assert.equal(origin.requests.length, before);
  });

  test('CVE-2019-20372 (nginx): the body of a request behind one that was refused is no request', async () => {
    const before = origin.requests.length;
    const answer = await send(`GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n${HIDDEN}`);
    assert.deepEqual(statuses(answer), [400]);
    assert.equal(origin.requests.length, before);
  });

  test('the rest of a body is no request, whose server answered early and closed', async () => {
    const socket = net.connect({ port: program.port('www'), host: '127.0.0.1' });
    let answer = '';
    socket.on('data', (piece: Buffer) => {
      answer += piece.latin1Slice();
      // The answer is here, and the server has gone: the rest of the body follows.
      if (answer.endsWith('early')) socket.end(`rest ${HIDDEN}`);
    });
    socket.on('error', () => {});
    const closed = once(socket, 'close');
    socket.write(`POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: ${HIDDEN.length + 10}\r\n\r\nbegin`);
    await closed;
    await send(PLAIN);
    assert.deepEqual(statuses(answer), [200]);
    assert.deepEqual(origin.problems, []);
    assert.ok(origin.requests.every(({ target }) => target !== '/smuggled'));
  });

  for (const [i, [what, , outcome]] of ANSWERS.entries()) {
    test(`an answer of a server with ${what} does not become the answer of another client`, async () => {
      const answer = await send(`GET /answer-${i} HTTP/1.1\r\nHost: a\r\n\r\n`);
      assert.equal(statuses(answer)[0] === 502, outcome === 'refused', answer);
      assert.equal(statuses(answer).length, 1, answer);
      assert.doesNotMatch(answer, /poison/i);
      for (let next = 0; next < 3; next++) {
        const plain = await send(PLAIN);
        assert.equal(seenNumbers(plain).length, 1, plain);
        assert.doesNotMatch(plain, /poison/i);
      }
    });
  }
});
