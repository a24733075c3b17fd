import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import {
  answering,
  Bench,
  fetchText,
  freePort,
  type RunningMaster,
  talk,
} from '../support/master/running-master.ts';

async function serving(
  context: TestContext,
  args: readonly string[] = ['-W'],
): Promise<{ master: RunningMaster; port: number; bench: Bench }> {
  const bench = new Bench(context);
  const port = freePort();
  bench.write('site.cfg', answering(port, 'hello', `stats socket ${bench.path('admin.sock')}`));
  const master = bench.start([...args, '-S', bench.path('master.sock'), '-f', 'site.cfg']);
  if (args.includes('-W')) await master.worker();
  else await answers(port, master);
  return { master, port, bench };
}

/** Waits until the port answers: without -W nothing is said. */
async function answers(port: number, master: RunningMaster): Promise<void> {
  while (!master.isGone) {
    try {
      await fetchText(port);
      return;
    } catch {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  throw new Error(master.stderr);
}

for (const [args, signal, code] of [
  [['-db'], 'SIGINT', 0],
  [['-db'], 'SIGTERM', 0],
  [['-db'], 'SIGUSR1', 0],
  [['-W'], 'SIGINT', 130],
  [['-W'], 'SIGTERM', 0],
  [['-W'], 'SIGUSR1', 0],
] as const) {
  test(`started with ${args[0]}, ${signal} ends it with ${code} and leaves nobody holding its output`, async (context) => {
    const { master } = await serving(context, args);
    master.kill(signal);
    assert.deepEqual(await master.exit, { code, signal: null });
  });
}

test('a soft stop refuses new connections and lets one that runs finish', async (context) => {
  const { master, port } = await serving(context);
  const client = connect(port, '127.0.0.1');
  await once(client, 'connect');
  client.write('GET / HTTP/1.1\r\nhost: a\r\n');
  client.setEncoding('utf8');
  master.kill('SIGUSR1');
  await master.says(/Exiting Master process/);
  for (;;) {
    const refused = await fetchText(port).then(
      () => false,
      () => true,
    );
    if (refused) break;
  }
  client.write('\r\n');
  const [answer] = await once(client, 'data');
  assert.match(String(answer), /^HTTP\/1\.1 200 OK\r\n[\s\S]*hello$/);
  client.end();
  assert.equal((await master.exit).code, 0);
});

test('hard-stop-after ends a soft stop that takes too long', async (context) => {
  const bench = new Bench(context);
  const port = freePort();
  bench.write('site.cfg', answering(port, 'hello', 'hard-stop-after 100'));
  const master = bench.start(['-W', '-f', 'site.cfg']);
  await master.worker();
  const client = connect(port, '127.0.0.1');
  await once(client, 'connect');
  client.write('GET / HTTP/1.1\r\n');
  client.on('error', () => {});
  master.kill('SIGUSR1');
  assert.equal((await master.exit).code, 0);
  client.destroy();
});

test('SIGTTOU holds new connections back until SIGTTIN, without refusing them', async (context) => {
  const { master, port, bench } = await serving(context);
  const roundTrip = () => talk(bench.path('master.sock'), '@1 show version\n');
  master.kill('SIGTTOU');
  await roundTrip();
  let answer = '';
  const answered = fetchText(port).then((text) => {
    answer = text;
  });
  for (let i = 0; i < 10; i++) await roundTrip();
  assert.equal(answer, '');
  master.kill('SIGTTIN');
  await answered;
  assert.equal(answer, 'hello');
});

test('SIGQUIT changes nothing', async (context) => {
  const { master, port } = await serving(context);
  master.kill('SIGQUIT');
  assert.equal(await fetchText(port), 'hello');
});

test('SIGTERM during the start ends it', async (context) => {
  const bench = new Bench(context);
  bench.write('site.cfg', answering(freePort(), 'hello'));
  const master = bench.start(['-W', '-f', 'site.cfg']);
  await master.says(/New worker/);
  master.kill('SIGTERM');
  assert.equal((await master.exit).code, 0);
});

test('the master that a name was linked to has the pid of what was started', async (context) => {
  const { master, bench } = await serving(context);
  const answer = await talk(bench.path('master.sock'), 'show proc\n');
  assert.match(answer, new RegExp(`^${master.pid} +master `, 'm'));
});
