import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { answering, Bench, freePort } from '../support/master/running-master.ts';

const SKIP = spawnSync('socat', ['-V']).error === undefined ? false : 'needs the package socat';

test('-Ws tells systemd that it is ready, reloads and stops', { skip: SKIP }, async (context) => {
  const bench = new Bench(context);
  const path = bench.path('notify.sock');
  const receiver = spawn('socat', ['-u', `UNIX-RECV:${path}`, 'STDOUT'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  context.after(() => receiver.kill());
  let heard = '';
  let wake = () => {};
  receiver.stdout.setEncoding('utf8').on('data', (text: string) => {
    heard += text;
    wake();
  });
  const hears = async (text: string) => {
    while (!heard.includes(text)) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  while (!existsSync(path)) await new Promise((resolve) => setImmediate(resolve));
  const port = freePort();
  bench.write('site.cfg', answering(port, 'hello'));
  const master = bench.start(['-Ws', '-f', 'site.cfg'], { env: { NOTIFY_SOCKET: path } });
  await hears('MAINPID=');
  assert.ok(heard.startsWith('READY=1\n'));
  assert.match(heard, new RegExp(`^MAINPID=${master.pid}`, 'm'));
  heard = '';
  master.kill('SIGUSR2');
  await hears('READY=1');
  assert.ok(heard.startsWith('RELOADING=1\nMONOTONIC_USEC='));
  heard = '';
  master.kill('SIGTERM');
  await hears('STOPPING=1');
  assert.equal((await master.exit).code, 0);
});
