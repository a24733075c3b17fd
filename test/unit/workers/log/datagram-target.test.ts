import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Address, AddressFamily } from '../../../../src/net/address.ts';
import { duplicate } from '../../../../src/system/descriptors.ts';
import { abstractSocketPath } from '../../../../src/system/socket-address.ts';
import { type LogTarget, openLogTarget } from '../../../../workers/log/datagram-target.ts';
import { NodeUdpTarget } from '../../../../workers/log/node-udp-target.ts';
import { datagramReceiver } from '../../../support/system/datagram-receiver.ts';

function address(family: AddressFamily, host: string, numbers: { port?: number; fd?: number } = {}): Address {
  const { port = 0, fd = -1 } = numbers;
  return {
    family,
    host,
    portLow: port,
    portHigh: port,
    portOffset: null,
    fd,
    socket: 'dgram',
    protocol: null,
    text: host,
  };
}

function sendText(target: LogTarget, text: string): void {
  const bytes = Buffer.from(`..${text}..`);
  target.send(bytes, 2, bytes.length - 2);
}

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'fairlead-test-'));
}

async function udpReceiver(host: string): Promise<Socket> {
  const socket = createSocket(host === '::1' ? 'udp6' : 'udp4');
  await new Promise<void>((resolve) => socket.bind(0, host, resolve));
  return socket;
}

describe('UDP log targets', () => {
  for (const [family, host, at] of [
    ['ipv4', '127.0.0.1', '127.0.0.1'],
    ['ipv6', '::1', '::1'],
    ['any', '', '127.0.0.1'],
  ] as const) {
    test(`a line goes to ${family} '${host}' as one datagram`, async () => {
      const receiver = await udpReceiver(at);
      const target = openLogTarget(address(family, host, { port: receiver.address().port }));
      const received = new Promise<Buffer>((resolve) => receiver.once('message', resolve));
      sendText(target, '<134>a line\n');
      assert.equal((await received).latin1Slice(), '<134>a line\n');
      assert.equal(target.dropped, 0);
      target.close();
      receiver.close();
    });
  }

  test('lines go on after the receiver refused one', async () => {
    const first = await udpReceiver('127.0.0.1');
    const { port } = first.address();
    const target = openLogTarget(address('ipv4', '127.0.0.1', { port }));
    await new Promise<void>((resolve) => first.close(() => resolve()));
    for (let i = 0; i < 5; i++) sendText(target, 'nobody hears');
    const second = createSocket('udp4');
    await new Promise<void>((resolve) => second.bind(port, '127.0.0.1', resolve));
    const received = new Promise<Buffer>((resolve) => second.once('message', resolve));
    sendText(target, 'heard again');
    assert.equal((await received).latin1Slice(), 'heard again');
    target.close();
    second.close();
  });

  test('a line too long for a datagram is dropped and counted', async () => {
    const receiver = await udpReceiver('127.0.0.1');
    const target = openLogTarget(address('ipv4', '127.0.0.1', { port: receiver.address().port }));
    sendText(target, 'x'.repeat(70_000));
    assert.equal(target.dropped, 1);
    const received = new Promise<Buffer>((resolve) => receiver.once('message', resolve));
    sendText(target, 'short');
    assert.equal((await received).latin1Slice(), 'short');
    target.close();
    receiver.close();
  });

  test('a closed target drops', () => {
    const target = openLogTarget(address('ipv4', '127.0.0.1', { port: 9 }));
    target.close();
    target.close();
    sendText(target, 'late');
    assert.equal(target.dropped, 1);
  });

  test('a name is refused', () => {
    assert.throws(() => openLogTarget(address('name', 'loghost', { port: 514 })), RangeError);
  });

  test('without system calls node:dgram sends, and closes when all is sent', async () => {
    const receiver = await udpReceiver('127.0.0.1');
    const target = new NodeUdpTarget('127.0.0.1', receiver.address().port);
    const lines: string[] = [];
    const received = new Promise<void>((resolve) => {
      receiver.on('message', (line) => {
        lines.push(line.latin1Slice());
        if (lines.length === 3) resolve();
      });
    });
    for (const text of ['one', 'two', 'three']) sendText(target, text);
    target.close();
    sendText(target, 'late');
    await received;
    assert.deepEqual(lines.sort(), ['one', 'three', 'two']);
    assert.equal(target.dropped, 1);
    receiver.close();
  });
});

describe('unix datagram log targets', () => {
  test('a line goes to a path, and to abstract names of both kinds', () => {
    const folder = newFolder();
    const places = [
      { path: join(folder, 'log'), at: address('unix', join(folder, 'log')) },
      { path: abstractSocketPath('abns', folder), at: address('abns', folder) },
      { path: abstractSocketPath('abnsz', folder), at: address('abnsz', folder) },
    ];
    for (const { path, at } of places) {
      const receiver = datagramReceiver(path);
      const target = openLogTarget(at);
      sendText(target, `to ${at.family}`);
      assert.equal(receiver.receive(), `to ${at.family}`);
      target.close();
      receiver.close();
    }
    rmSync(folder, { recursive: true });
  });

  test('a receiver that is restarted gets the next line', () => {
    const folder = newFolder();
    const path = join(folder, 'log');
    const first = datagramReceiver(path);
    const target = openLogTarget(address('unix', path));
    sendText(target, 'one');
    assert.equal(first.receive(), 'one');
    first.close();
    rmSync(path);
    const second = datagramReceiver(path);
    sendText(target, 'two');
    assert.equal(second.receive(), 'two');
    assert.equal(target.dropped, 0);
    target.close();
    second.close();
    rmSync(folder, { recursive: true });
  });

  test('a receiver that is not there yet is tried again after a second, and lines until then are counted', () => {
    const folder = newFolder();
    const path = join(folder, 'log');
    let now = 0;
    const target = openLogTarget(address('unix', path), () => now);
    sendText(target, 'lost');
    const receiver = datagramReceiver(path);
    now = 999;
    sendText(target, 'lost too');
    assert.equal(target.dropped, 2);
    now = 1000;
    sendText(target, 'heard');
    assert.equal(receiver.receive(), 'heard');
    assert.equal(target.dropped, 2);
    target.close();
    receiver.close();
    rmSync(folder, { recursive: true });
  });

  test('a receiver that does not read makes lines drop, not wait', () => {
    const folder = newFolder();
    const path = join(folder, 'log');
    const receiver = datagramReceiver(path);
    const target = openLogTarget(address('unix', path));
    let sent = 0;
    while (target.dropped === 0) {
      sendText(target, `line ${sent}`);
      sent++;
    }
    let received = 0;
    while (receiver.receive() !== null) received++;
    assert.equal(received, sent - 1);
    sendText(target, 'after');
    assert.equal(receiver.receive(), 'after');
    target.close();
    receiver.close();
    rmSync(folder, { recursive: true });
  });
});

describe('descriptor log targets', () => {
  test('lines of one turn are written whole and in order', async () => {
    const folder = newFolder();
    const path = join(folder, 'out');
    const fd = openSync(path, 'w');
    const target = openLogTarget(address('fd', '', { fd }));
    let expected = '';
    for (let i = 0; i < 1000; i++) {
      const line = `line ${i} ${'x'.repeat(i % 50)}\n`;
      sendText(target, line);
      expected += line;
    }
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(readFileSync(path, 'latin1'), expected);
    sendText(target, 'the last\n');
    target.close();
    assert.equal(readFileSync(path, 'latin1'), `${expected}the last\n`);
    closeSync(fd);
    rmSync(folder, { recursive: true });
  });

  test('a line longer than a batch keeps its place', () => {
    const folder = newFolder();
    const path = join(folder, 'out');
    const fd = openSync(path, 'w');
    const target = openLogTarget(address('fd', '', { fd }));
    const lines = ['a\n', `${'b'.repeat(10_000)}\n`, 'c\n'];
    for (const line of lines) sendText(target, line);
    target.close();
    assert.equal(readFileSync(path, 'latin1'), lines.join(''));
    closeSync(fd);
    rmSync(folder, { recursive: true });
  });

  test('lines to a closed descriptor are counted, and nothing is thrown', () => {
    const fd = duplicate(2);
    closeSync(fd);
    const target = openLogTarget(address('fd', '', { fd }));
    for (let i = 0; i < 3; i++) sendText(target, 'lost\n');
    target.close();
    sendText(target, 'late\n');
    assert.equal(target.dropped, 4);
  });

  test('a process whose stdout is gone goes on', () => {
    const file = new URL('../../../../workers/log/datagram-target.ts', import.meta.url).href;
    const program = `import { openLogTarget } from '${file}';
      const target = openLogTarget({ family: 'fd', fd: 1 });
      const line = Buffer.from('line\\n');
      const send = () => { target.send(line, 0, 5); if (target.dropped > 3) { console.error('went on'); process.exit(0); } setImmediate(send); };
      send();`;
    const shell = `'${process.execPath}' --input-type=module -e "$PROGRAM" | head -n 1`;
    const { stdout, stderr } = spawnSync('/bin/sh', ['-c', shell], {
      encoding: 'latin1',
      env: { ...process.env, PROGRAM: program },
    });
    assert.equal(stdout, 'line\n');
    assert.equal(stderr, 'went on\n');
  });
});
