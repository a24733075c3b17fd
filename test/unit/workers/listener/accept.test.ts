import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { SystemCallError } from '../../../../src/system/libc.ts';
import { listenOn } from '../../../../workers/listener/accept.ts';

const onLinux = process.platform === 'linux' ? {} : { skip: 'needs /proc' };

for (const kind of ['raw', 'plain']) {
  test(
    `a ${kind} listener without free descriptors goes on, and serves when some are free`,
    onLinux,
    async () => {
      const program = new URL('../../../support/connection/echo-process.ts', import.meta.url);
      const env = { ...process.env, FAIRLEAD_SOCKETS: kind };
      const child = fork(program, { env });
      const held: Socket[] = [];
      try {
        const [{ port }] = (await once(child, 'message')) as [{ port: number }];
        while (held.length < 2 || isServed(held.at(-1)!)) held.push(await exchange(port));
        assert.equal(isServed(held[0]!), true);
        for (const socket of held) socket.destroy();
        let late = await exchange(port);
        while (!isServed(late)) late = await exchange(port);
        late.destroy();
        assert.equal(child.exitCode, null);
      } finally {
        for (const socket of held) socket.destroy();
        child.kill();
      }
      await once(child, 'exit');
    },
  );
}

test(
  'an epoll listener without free descriptors leaves clients waiting until some are free',
  onLinux,
  async () => {
    const program = new URL('../../../support/connection/echo-process.ts', import.meta.url);
    const child = fork(program, { env: { ...process.env, FAIRLEAD_SOCKETS: 'epoll' } });
    try {
      const [{ port }] = (await once(child, 'message')) as [{ port: number }];
      // More than it has descriptors for; each gives its own back when it has been served.
      const served = await Promise.all(
        Array.from({ length: 20 }, async () => {
          const socket = await exchange(port);
          socket.destroy();
          return isServed(socket);
        }),
      );
      assert.deepEqual(served, new Array(20).fill(true));
      assert.equal(child.exitCode, null);
    } finally {
      child.kill();
    }
    await once(child, 'exit');
  },
);

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

function isServed(socket: Socket): boolean {
  return socket.bytesRead > 0;
}
