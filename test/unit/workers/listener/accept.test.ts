import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { SystemCallError } from '../../../../src/system/libc.ts';
import { listenOn } from '../../../../workers/listener/accept.ts';

const onLinux = process.platform === 'linux' ? {} : { skip: 'needs /proc' };

for (const plain of ['', '1']) {
  const kind = plain === '' ? 'raw' : 'plain';
  test(
    `a ${kind} listener without free descriptors neither ends nor spins, and serves again when some are free`,
    onLinux,
    async () => {
      const program = new URL('../../../support/connection/echo-process.ts', import.meta.url);
      const child = fork(program, { env: { ...process.env, FAIRLEAD_PLAIN_SOCKETS: plain } });
      const [{ port }] = (await once(child, 'message')) as [{ port: number }];
      const held: Socket[] = [];
      for (let i = 0; i < 12; i++) held.push(await exchange(port));
      const served = held.filter((socket) => socket.bytesRead > 0).length;
      assert.ok(served >= 1 && served < 12, `${served} of 12 were served`);
      const before = await cpuMsOf(child);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const used = (await cpuMsOf(child)) - before;
      assert.ok(used < 150, `used ${used} ms of CPU in 300`);
      for (const socket of held) socket.destroy();
      let late = await exchange(port);
      while (late.bytesRead === 0) late = await exchange(port);
      late.destroy();
      child.kill();
      await once(child, 'exit');
    },
  );
}

test('a descriptor that is no socket is an error that names the call', () => {
  const fd = openSync('/dev/null', 'r');
  assert.throws(
    () => listenOn(fd, false, () => {}),
    (error: unknown) => error instanceof SystemCallError && error.syscall === 'listen',
  );
  closeSync(fd);
});

/** A connection over which a byte came back, or that was closed. */
async function exchange(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write('x');
  await new Promise<void>((resolve) => {
    socket.once('data', () => resolve());
    socket.once('close', () => resolve());
  });
  return socket;
}

async function cpuMsOf(child: ChildProcess): Promise<number> {
  const answer = once(child, 'message');
  child.kill('SIGUSR2');
  const [{ cpuMs }] = (await answer) as [{ cpuMs: number }];
  return cpuMs;
}
