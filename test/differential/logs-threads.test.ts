/** What is counted over threads, and the ring buffers that all of them write to: HAProxy and Fairlead. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { skipUnless } from '../support/oracle.ts';
import { LogSink, withoutVariables } from '../support/programs/log-sink.ts';
import { Program, type Subject } from '../support/programs/program.ts';
import { RawClient } from '../support/programs/raw-client.ts';

async function ask(program: Program, listener: string, text: string): Promise<string> {
  const client = new RawClient(program.port(listener));
  client.send(text);
  // Both programs may wait for more commands on the runtime API.
  if (listener === 'cli') client.finish();
  await client.closed();
  return client.received;
}

const ORDER = ['a', 'b', 'a', 'b', 'b', 'a', 'a', 'c', 'd', 'c', 'd', 'c', 'c', 'd', 'd'];

/** Sampled and counted lines of requests to several frontends, one after the other. */
async function sampled(subject: Subject, threads: number): Promise<string[]> {
  const sink = await LogSink.start();
  const program = Program.start(subject, {
    listeners: ['a', 'b', 'c', 'd'],
    config: `
global
  nbthread ${threads}
  log 127.0.0.1:${sink.port} format raw sample 1:2 local0
defaults
  mode http
  timeout client 30s
  log-format '%f %HU %lc %rt'
frontend a
  bind "fd@\${a}"
  log global
  http-request return
frontend b
  bind "fd@\${b}"
  log global
  http-request return
defaults x
  mode http
  timeout client 30s
  log 127.0.0.1:${sink.port} format raw sample 2-3:3 local0
  log-format '%f %HU %lc %rt'
frontend c from x
  bind "fd@\${c}"
  http-request return
frontend d from x
  bind "fd@\${d}"
  http-request return
`,
  });
  for (const [i, listener] of ORDER.entries()) await ask(program, listener, `GET /${i} HTTP/1.0\r\n\r\n`);
  const lines = await sink.take(8);
  await program.stop();
  await sink.stop();
  return lines;
}

/** What the commands answer about lines that went to the ring. */
async function ringAnswers(subject: Subject): Promise<readonly string[]> {
  const program = Program.start(subject, {
    listeners: ['www', 'cli'],
    config: `
global
  nbthread 2
  stats socket "fd@\${cli}" level admin
  log ring@buf0 format rfc5424 local0
defaults
  mode http
  timeout client 30s
listen www
  bind "fd@\${www}"
  log global
  log ring@buf0 len 90 local1
  log-format '%HU %ST'
  http-request return
`,
  });
  const answers: string[] = [];
  for (const target of ['/one', `/${'x'.repeat(200)}`])
    await ask(program, 'www', `GET ${target} HTTP/1.0\r\n\r\n`);
  for (const command of [
    'show events',
    'show events buf0',
    'show events buf0 -n',
    'show events stdout',
    'show events nothing',
    'show events buf0 -x',
    'show events buf0 more',
  ])
    answers.push(`${command}: ${await ask(program, 'cli', `${command}\n`)}`);
  answers.push(await watched(program));
  await program.stop();
  return answers.map((answer) => answer.split('\n').map(withoutVariables).join('\n'));
}

/** What a client sees that waits for new events while one comes, and then ends. */
async function watched(program: Program): Promise<string> {
  const watcher = new RawClient(program.port('cli'));
  watcher.send('show events buf0 -wn\n');
  // Events of requests before it began to watch are not shown: more come until one is.
  while (!watcher.received.includes('/late')) await ask(program, 'www', 'GET /late HTTP/1.0\r\n\r\n');
  watcher.finish();
  await watcher.closed();
  return watcher.received.split('\n')[0]!;
}

describe('HAProxy and Fairlead agree on', { skip: skipUnless('haproxy') }, () => {
  for (const threads of [1, 2]) {
    test(`the sampling of lines and their numbers over ${threads} threads`, async () => {
      const [expected, actual] = [await sampled('haproxy', threads), await sampled('fairlead', threads)];
      assert.deepEqual(actual, expected);
      assert.equal(expected.length, 8);
    });
  }

  test('lines in a ring buffer, and what show events makes of them', async () => {
    const [expected, actual] = [await ringAnswers('haproxy'), await ringAnswers('fairlead')];
    assert.deepEqual(actual, expected);
    assert.match(expected[1]!, /\/one 200/);
  });
});
