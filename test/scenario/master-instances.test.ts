import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { BoundSocket } from 'node:net';
import { test } from 'node:test';
import {
  answering,
  Bench,
  fetchText,
  freePort,
  goneAtLast,
  isRunning,
} from '../support/master/running-master.ts';

test('a second master on the same configuration says who holds the lock', async (context) => {
  const bench = new Bench(context);
  bench.write('site.cfg', answering(freePort(), 'hello'));
  const first = bench.start(['-W', '-f', 'site.cfg']);
  await first.worker();
  const second = bench.start(['-W', '-f', 'site.cfg']);
  assert.equal((await second.exit).code, 1);
  assert.match(
    second.stderr,
    new RegExp(`another instance runs with this configuration: process ${first.pid}, since \\d{4}-`),
  );
});

test('a second master on one FAIRLEAD_RUNTIME_DIR is refused, whatever its configuration', async (context) => {
  const bench = new Bench(context);
  bench.write('one.cfg', answering(freePort(), 'one'));
  bench.write('two.cfg', answering(freePort(), 'two'));
  const env = { FAIRLEAD_RUNTIME_DIR: bench.path('run') };
  const first = bench.start(['-W', '-f', 'one.cfg'], { env });
  await first.worker();
  const second = bench.start(['-W', '-f', 'two.cfg'], { env });
  assert.equal((await second.exit).code, 1);
  assert.match(second.stderr, new RegExp(`process ${first.pid}`));
});

test('masters of different configurations, and of one with different addresses, run beside each other', async (context) => {
  const bench = new Bench(context);
  const ports = [freePort(), freePort(), freePort()] as const;
  bench.write('one.cfg', answering(ports[0], 'one'));
  bench.write('two.cfg', answering('127.0.0.1:$PORT', 'two').replace('127.0.0.1:$PORT', '"127.0.0.1:$PORT"'));
  const masters = [
    bench.start(['-W', '-f', 'one.cfg']),
    bench.start(['-W', '-f', 'two.cfg'], { env: { PORT: String(ports[1]) } }),
    bench.start(['-W', '-f', 'two.cfg'], { env: { PORT: String(ports[2]) } }),
  ];
  await Promise.all(masters.map((master) => master.worker()));
  assert.deepEqual(await Promise.all(ports.map(fetchText)), ['one', 'two', 'two']);
});

test('the lock of a master that was killed stops nobody', async (context) => {
  const bench = new Bench(context);
  bench.write('site.cfg', answering(freePort(), 'hello'));
  const first = bench.start(['-W', '-f', 'site.cfg']);
  await first.worker();
  first.kill('SIGKILL');
  await first.exit;
  const second = bench.start(['-W', '-f', 'site.cfg']);
  await second.worker();
});

test('-sf replaces a running master, and no connection is refused or closed unanswered', async (context) => {
  const bench = new Bench(context);
  const port = freePort();
  bench.write('site.cfg', answering(port, 'hello'));
  const first = bench.start(['-W', '-f', 'site.cfg']);
  await first.worker();
  const failures: unknown[] = [];
  let isOver = false;
  const client = async () => {
    while (!isOver) {
      // Between two masters the kernel resets what shakes hands while the older socket closes: manual section 4.
      await fetchText(port).catch((error: { code?: string; syscall?: string }) => {
        if (error.code !== 'ECONNRESET' || error.syscall !== 'read') failures.push(error);
      });
    }
  };
  const clients = [client(), client()];
  const second = bench.start(['-W', '-f', 'site.cfg', '-sf', String(first.pid)]);
  await second.worker();
  assert.equal((await first.exit).code, 0);
  isOver = true;
  await Promise.all(clients);
  assert.deepEqual(failures, []);
});

test('-D ends with 0 once the port answers, and the pid file names the master', async (context) => {
  const bench = new Bench(context);
  const port = freePort();
  bench.write('site.cfg', answering(port, 'hello'));
  const command = bench.start(['-D', '-p', 'master.pid', '-f', 'site.cfg']);
  assert.equal((await command.exit).code, 0);
  const pid = Number(bench.read('master.pid'));
  context.after(() => isRunning(pid) && process.kill(pid, 'SIGKILL'));
  assert.notEqual(pid, command.pid);
  assert.equal(await fetchText(port), 'hello');
  const stop = bench.start(['-D', '-p', 'master.pid', '-f', 'site.cfg', '-st', String(pid)]);
  assert.equal((await stop.exit).code, 0);
  const next = Number(bench.read('master.pid'));
  context.after(() => isRunning(next) && process.kill(next, 'SIGKILL'));
  assert.notEqual(next, pid);
  // -st ends the older process at once, with the connections that the kernel had given it.
  await goneAtLast(pid);
  assert.equal(await fetchText(port), 'hello');
});

test('-D ends with 1 and the reason when the start fails', async (context) => {
  const bench = new Bench(context);
  bench.write('site.cfg', answering(`203.0.113.1:${freePort()}`, 'hello'));
  const command = bench.start(['-D', '-f', 'site.cfg']);
  assert.equal((await command.exit).code, 1);
  assert.match(command.stderr, /cannot bind socket \(Cannot assign requested address\)/);
});

test('a unix socket has its mode, replaces one that was left behind, and refuses to replace a file', async (context) => {
  const bench = new Bench(context);
  const path = bench.path('www.sock');
  bench.write('site.cfg', answering(`unix@${path} mode 600`, 'hello'));
  const first = bench.start(['-W', '-f', 'site.cfg']);
  await first.worker();
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(await fetchText(path), 'hello');
  first.kill('SIGKILL');
  await first.exit;
  const second = bench.start(['-W', '-f', 'site.cfg']);
  await second.worker();
  assert.equal(await fetchText(path), 'hello');
  const file = bench.write('notes.txt', 'keep me');
  bench.write('other.cfg', answering(`unix@${file}`, 'hello'));
  assert.equal((await bench.start(['-f', 'other.cfg']).exit).code, 1);
  assert.equal(bench.read('notes.txt'), 'keep me');
});

test('an abstract socket is served', async (context) => {
  const bench = new Bench(context);
  bench.write('site.cfg', answering(`abns@fairlead-${process.pid}`, 'hello'));
  const master = bench.start(['-W', '-f', 'site.cfg']);
  await master.worker();
  assert.equal(await fetchText(`\0fairlead-${process.pid}`.padEnd(108, '\0')), 'hello');
});

test('an inherited listener is served by every thread and survives the worker process', async (context) => {
  const bench = new Bench(context);
  const bound = new BoundSocket({ host: '127.0.0.1', port: 0 });
  context.after(() => bound.close());
  const { port } = bound.address();
  bench.write('site.cfg', answering('fd@${WWW}', 'hello').replace('fd@${WWW}', '"fd@${WWW}"'));
  const master = bench.start(['-W', '-f', 'site.cfg'], { fds: [bound.fd()], env: { WWW: '3' } });
  const worker = await master.worker();
  assert.equal(await fetchText(port), 'hello');
  process.kill(worker, 'SIGKILL');
  assert.equal(await fetchText(port), 'hello');
});

test('a descriptor that is no socket is refused by its number', async (context) => {
  const bench = new Bench(context);
  bench.write('site.cfg', answering('fd@77', 'hello'));
  const master = bench.start(['-f', 'site.cfg']);
  assert.equal((await master.exit).code, 1);
  assert.match(master.stderr, /descriptor 77 is not an open socket/);
});

test('fairlead run says what listens where and gives a line to try', async (context) => {
  const bench = new Bench(context);
  const port = freePort();
  bench.write('site.cfg', answering(port, 'hello'));
  const master = bench.start(['run', 'site.cfg', '--workers', '1'], { name: 'fairlead' });
  await master.says(/Try: {2}curl http:\/\/127\.0\.0\.1:\d+\//);
  assert.match(master.stdout, /^Serving with 1 worker thread:$/m);
  assert.match(master.stdout, new RegExp(`^ {2}127\\.0\\.0\\.1:${port} +frontend www \\(http\\)$`, 'm'));
  assert.equal(await fetchText(port), 'hello');
  master.kill('SIGINT');
  assert.equal((await master.exit).code, 0);
});

test('fairlead run --demo answers in place of servers on this machine', async (context) => {
  const bench = new Bench(context);
  const [port, server] = [freePort(), freePort()];
  bench.write(
    'site.cfg',
    `defaults\n  mode http\n  timeout connect 5s\n  timeout client 5s\n  timeout server 5s\nfrontend www\n  bind 127.0.0.1:${port}\n  default_backend app\nbackend app\n  server one 127.0.0.1:${server}\n`,
  );
  const master = bench.start(['run', '--demo', 'site.cfg'], { name: 'fairlead' });
  await master.says(/Try:/);
  assert.equal(await fetchText(port), `Hello from app/one on 127.0.0.1:${server}: GET /\n`);
  master.kill('SIGINT');
  assert.equal((await master.exit).code, 0);
});
