import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { closeSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connectUdp, connectUnixDatagram, notifyServiceManager } from '../../../src/system/datagram.ts';
import { SEND_WOULD_BLOCK, sendNow } from '../../../src/system/send.ts';
import { datagramReceiver } from '../../support/system/datagram-receiver.ts';

for (const host of ['127.0.0.1', '::1']) {
  test(`a datagram reaches a UDP receiver at ${host}`, async () => {
    const receiver = createSocket(host === '::1' ? 'udp6' : 'udp4');
    await new Promise<void>((resolve) => receiver.bind(0, host, resolve));
    const received = new Promise<Buffer>((resolve) => receiver.once('message', resolve));
    const fd = connectUdp(host, receiver.address().port);
    const bytes = Buffer.from('..hello..');
    assert.equal(sendNow(fd, bytes, 2, 7), 5);
    assert.equal((await received).latin1Slice(), 'hello');
    closeSync(fd);
    receiver.close();
  });
}

for (const [name, pathOf] of [
  ['a path', (folder: string) => join(folder, 'notify')],
  ['an abstract name', (folder: string) => `@${folder}`],
] as const) {
  test(`the service manager is told by ${name}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'fairlead-test-'));
    const path = pathOf(folder);
    const receiver = datagramReceiver(path.replace('@', '\0'));
    notifyServiceManager(path, 'READY=1\nSTATUS=up');
    assert.equal(receiver.receive(), 'READY=1\nSTATUS=up');
    assert.equal(receiver.receive(), null);
    receiver.close();
    rmSync(folder, { recursive: true });
  });
}

test('a service manager that does not listen is an error that names its socket', () => {
  assert.throws(() => notifyServiceManager('/no/such/socket', 'READY=1'), {
    code: 'ENOENT',
    syscall: 'connect',
    message: 'connect: ENOENT, /no/such/socket',
  });
});

test('a unix receiver that does not read makes the sender get would-block, not wait', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-test-'));
  const receiver = datagramReceiver(join(folder, 'log'));
  const fd = connectUnixDatagram(join(folder, 'log'));
  const line = Buffer.alloc(1000);
  let sent = 0;
  for (let i = 0; i < 100_000 && sent >= 0; i++) sent = sendNow(fd, line, 0, line.length);
  assert.equal(sent, SEND_WOULD_BLOCK);
  closeSync(fd);
  receiver.close();
  rmSync(folder, { recursive: true });
});

test('send refuses a range that is not inside the buffer', () => {
  const bytes = Buffer.alloc(4);
  for (const [start, end] of [
    [-1, 2],
    [0, 5],
    [3, 2],
    [Number.NaN, 2],
    [0, Number.NaN],
  ] as const) {
    assert.throws(() => sendNow(-1, bytes, start, end), RangeError);
  }
});

test('addresses that are not numeric are refused before any call', () => {
  assert.throws(() => connectUdp('localhost', 514), {
    name: 'RangeError',
    message: "'localhost' is not a numeric address",
  });
});
