/**
 * A generated corpus of ambiguous requests through Fairlead to an origin that reads by the strict reference parser:
 * whatever Fairlead lets through, the origin sees the very requests that were answered, and never a hidden one.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Program } from '../support/programs/program.ts';
import { MARKER_PREFIX, type SmugglingCase, smugglingCorpus } from '../support/smuggling/corpus.ts';
import { exchange, inParallel, seenNumbers, statuses } from '../support/smuggling/exchange.ts';
import { RecordingOrigin } from '../support/smuggling/recording-origin.ts';

const corpus = smugglingCorpus();

const config = (port: number) => `global
  nbthread 1
defaults
  mode http
  timeout client 30s
  timeout server 30s
  timeout connect 5s
frontend www
  bind "fd@\${www}"
  default_backend app
backend app
  http-reuse always
  server o 127.0.0.1:${port}
`;

describe('a corpus of ambiguous requests', () => {
  let origin: RecordingOrigin;
  let program: Program;
  /** What each case's client received. */
  const answers: string[] = [];

  before(async () => {
    origin = await RecordingOrigin.start();
    program = Program.start('fairlead', { config: config(origin.port), listeners: ['www'] });
    await inParallel(corpus, 32, async ({ bytes }, at) => {
      answers[at] = await exchange(program.port('www'), bytes);
    });
  });
  after(async () => {
    await program.stop();
    await origin.stop();
  });

  test('has at least 1,000 cases, the same ones every time, all different', () => {
    assert.ok(corpus.length >= 1000, `only ${corpus.length}`);
    assert.deepEqual(smugglingCorpus(), corpus);
    assert.equal(new Set(corpus.map(({ bytes, id }) => bytes.replaceAll(String(id), '!'))).size > 900, true);
  });

  test('reaches the origin only as requests that a strict reader takes', () => {
    assert.deepEqual(origin.problems, []);
  });

  test('never delivers a hidden request as a request of its own', () => {
    const smuggled = origin.requests.filter(({ target }) => target.includes(MARKER_PREFIX));
    assert.deepEqual(
      smuggled.map(({ target }) => nameOf(target)),
      [],
    );
  });

  test('has each request that the origin saw answered to the client who sent it, in order', () => {
    const byNumber = new Map(origin.requests.map((request) => [request.number, request]));
    const answered = new Set<number>();
    for (const [at, { id, name }] of corpus.entries()) {
      const numbers = seenNumbers(answers[at]!);
      assert.deepEqual(
        numbers,
        numbers.toSorted((a, b) => a - b),
      );
      for (const number of numbers) {
        const request = byNumber.get(number)!;
        assert.ok(isOf(request.target, id), `${name}: got the answer to ${request.method} ${request.target}`);
        assert.ok(!answered.has(number), `${name}: the answer to ${request.target} came twice`);
        answered.add(number);
      }
    }
    const lost = origin.requests.filter(({ number }) => !answered.has(number));
    assert.deepEqual(
      lost.map(({ target }) => target),
      [],
    );
  });

  test('has each case taken whole or refused: a request or an error, and no silence where a request was complete', () => {
    const taken = corpus.filter((_, at) => seenNumbers(answers[at]!).length > 0).length;
    const refused = corpus.filter((_, at) => statuses(answers[at]!).some((status) => status >= 400)).length;
    // Both happen often, or the corpus tests nothing.
    assert.ok(taken > 100, `only ${taken} cases reached the origin`);
    assert.ok(refused > 300, `only ${refused} cases were refused`);
    for (const [at, { name }] of corpus.entries()) {
      const ended = statuses(answers[at]!);
      assert.ok(
        ended.every((status) => [200, 400, 408, 413, 422].includes(status)),
        `${name}: ${ended}`,
      );
    }
  });

  test('delivers bodies as they were sent: the hidden request stands in them', () => {
    for (const { target, body, method } of origin.requests) {
      const id = /case\/(\d+)/.exec(target)?.[1];
      if (id === undefined || body === '' || method === 'HEAD') continue;
      const marker = `GET ${MARKER_PREFIX}${id} HTTP/1.1\r\nHost: a\r\n`;
      assert.ok(body.includes(marker) || body === 'abc', `${nameOf(target)}: ${JSON.stringify(body)}`);
    }
  });
});

function isOf(target: string, id: number): boolean {
  return new RegExp(`case/${id}(?!\\d)`).test(target);
}

function nameOf(target: string): string {
  const id = /\/(\d+)/.exec(target)?.[1];
  const found: SmugglingCase | undefined = corpus[Number(id)];
  return `${target}: ${found?.name ?? 'no case'}`;
}
