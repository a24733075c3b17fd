import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import {
  answering,
  Bench,
  fetchText,
  freePort,
  goneAtLast,
  type RunningMaster,
  talk,
} from '../support/master/running-master.ts';

async function serving(
  context: TestContext,
): Promise<{ master: RunningMaster; port: number; bench: Bench; worker: number }> {
  const bench = new Bench(context);
  const port = freePort();
  bench.write('site.cfg', answering(port, 'hello'));
  const master = bench.start(['-W', '-S', bench.path('master.sock'), '-f', 'site.cfg']);
  return { master, port, bench, worker: await master.worker() };
}

test('connections made while the worker process is dead wait and are served', async (context) => {
  const { master, port, worker } = await serving(context);
  process.kill(worker, 'SIGKILL');
  const answers = await Promise.all(Array.from({ length: 20 }, () => fetchText(port)));
  assert.deepEqual(new Set(answers), new Set(['hello']));
  await master.says(/Current worker \(\d+\) exited with code 137 \(Killed\), starting another at once/);
  assert.notEqual(Number((await master.says(/New worker \((\d+)\) forked/, 2))[1]), worker);
});

test('killing the worker process under load refuses no connection', async (context) => {
  const { master, port, worker } = await serving(context);
  const refused: string[] = [];
  let served = 0;
  let isOver = false;
  const client = async () => {
    while (!isOver) {
      await fetchText(port).then(
        () => served++,
        // A connection that the dead process had accepted is lost with it: reset, not refused.
        (error: { code?: string }) => error.code === 'ECONNREFUSED' && refused.push(error.code),
      );
    }
  };
  const clients = Array.from({ length: 8 }, client);
  process.kill(worker, 'SIGKILL');
  await master.says(/New worker \(\d+\) forked/, 2);
  const before = served;
  while (served < before + 50) await fetchText(port).catch(() => {});
  isOver = true;
  await Promise.all(clients);
  assert.deepEqual(refused, []);
});

test('a process that keeps dying is started again with a growing wait, and served at last', async (context) => {
  const { master, port, bench } = await serving(context);
  for (let crash = 1; crash <= 3; crash++) {
    await fetchText(port);
    const worker = Number(/^(\d+) +worker/m.exec(await talk(bench.path('master.sock'), 'show proc\n'))?.[1]);
    process.kill(worker, 'SIGKILL');
    await master.worker(crash + 1);
  }
  assert.equal(await fetchText(port), 'hello');
  const waits = [...master.stderr.matchAll(/starting another (at once|in \d+ ms)/g)].map(([, wait]) => wait);
  assert.deepEqual(waits, ['at once', 'in 100 ms', 'in 200 ms']);
});

test('no process survives a master that is killed', async (context) => {
  const { master, worker } = await serving(context);
  master.kill('SIGKILL');
  // Its output closes when the last process that holds it is gone.
  await master.exit;
  await goneAtLast(worker);
});

test('a master whose worker process was killed while it stops ends with it', async (context) => {
  const { master, worker } = await serving(context);
  master.kill('SIGUSR1');
  process.kill(worker, 'SIGKILL');
  assert.equal((await master.exit).signal, null);
});

test('a worker process that cannot start ends the master with its reason', async (context) => {
  const bench = new Bench(context);
  bench.write('site.cfg', answering(freePort(), 'hello', 'chroot /no/such/folder'));
  const master = bench.start(['-W', '-f', 'site.cfg']);
  assert.equal((await master.exit).code, 1);
  assert.match(master.stderr, /cannot change the root folder to \/no\/such\/folder/);
});

test('a port that is taken ends the start with 1 and names the line', async (context) => {
  const bench = new Bench(context);
  const { createServer } = await import('node:net');
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  context.after(() => holder.close());
  const { port } = holder.address() as { port: number };
  bench.write('site.cfg', answering(port, 'hello'));
  const master = bench.start(['-f', 'site.cfg']);
  assert.equal((await master.exit).code, 1);
  const line = `\\[ALERT\\] +\\(\\d+\\) : Binding \\[site\\.cfg:10\\] for frontend www: cannot bind socket \\(Address already in use\\) for \\[127\\.0\\.0\\.1:${port}\\]`;
  assert.match(master.stderr, new RegExp(line));
});
