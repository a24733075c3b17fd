import assert from 'node:assert/strict';
import { closeSync } from 'node:fs';
import { after, test } from 'node:test';
import { SystemCallError } from '../../../src/system/libc.ts';
import {
  bindToDevice,
  getSocketOption,
  type SocketOption,
  setCongestionControl,
  setLinger,
  setPacketMark,
  setSocketOption,
  setTcpMd5Key,
  setTrafficClass,
  setTransparent,
} from '../../../src/system/socket-options.ts';
import { bindTcpSocket, openStreamSocket } from '../../../src/system/stream-socket.ts';

const onLinux = process.platform === 'linux' ? {} : { skip: 'needs Linux' };
const fd = openStreamSocket('ipv4');
const fd6 = openStreamSocket('ipv6');
after(() => {
  closeSync(fd);
  closeSync(fd6);
});

const SETTABLE: readonly (readonly [SocketOption, number])[] = [
  ['SO_KEEPALIVE', 1],
  ['TCP_NODELAY', 1],
  ['TCP_KEEPIDLE', 77],
  ['TCP_KEEPINTVL', 11],
  ['TCP_KEEPCNT', 4],
  ['TCP_USER_TIMEOUT', 5000],
  ['TCP_QUICKACK', 0],
  ['TCP_FASTOPEN_CONNECT', 1],
  ['IP_FREEBIND', 1],
  ['IP_TOS', 0x10],
  ['IP_BIND_ADDRESS_NO_PORT', 1],
];

for (const [name, value] of SETTABLE) {
  test(`${name} is read back as it was set`, onLinux, () => {
    setSocketOption(fd, name, value);
    assert.equal(getSocketOption(fd, name), value);
  });
}

test('TCP_DEFER_ACCEPT and TCP_MAXSEG take effect', onLinux, () => {
  setSocketOption(fd, 'TCP_DEFER_ACCEPT', 1);
  assert.ok(
    getSocketOption(fd, 'TCP_DEFER_ACCEPT') >= 1,
    'the kernel rounds up to its own retransmission times',
  );
  setSocketOption(fd, 'TCP_MAXSEG', 1000);
});

test('IPV6_V6ONLY is read back as it was set', onLinux, () => {
  setSocketOption(fd6, 'IPV6_V6ONLY', 1);
  assert.equal(getSocketOption(fd6, 'IPV6_V6ONLY'), 1);
});

test('the socket type and family can be asked for', onLinux, () => {
  assert.equal(getSocketOption(fd, 'SO_TYPE'), 1);
  assert.equal(getSocketOption(fd, 'SO_DOMAIN'), 2);
  assert.equal(getSocketOption(fd6, 'SO_DOMAIN'), 10);
  assert.equal(getSocketOption(fd, 'SO_ACCEPTCONN'), 0);
});

test('linger is set and unset', () => {
  setLinger(fd, 0);
  setLinger(fd, null);
});

test('a congestion control that the kernel has is taken, another refused by name', onLinux, () => {
  setCongestionControl(fd, 'cubic');
  assert.throws(() => setCongestionControl(fd, 'warp-drive'), { code: 'ENOENT', message: /warp-drive/ });
});

test('an interface that does not exist is refused by name', onLinux, () => {
  assert.throws(() => bindToDevice(fd, 'nosuchif0'), { code: /^(ENODEV|EPERM)$/, message: /nosuchif0/ });
});

test('a closed descriptor is an error that names option and value', () => {
  assert.throws(
    () => setSocketOption(-1, 'TCP_NODELAY', 1),
    (error: unknown) =>
      error instanceof SystemCallError &&
      error.code === 'EBADF' &&
      error.message === 'setsockopt: EBADF, TCP_NODELAY 1',
  );
  assert.throws(() => getSocketOption(-1, 'TCP_NODELAY'), { code: 'EBADF', syscall: 'getsockopt' });
});

test('buffers, listening sizes and saved packets are set', onLinux, () => {
  setSocketOption(fd, 'TCP_NOTSENT_LOWAT', 4096);
  assert.equal(getSocketOption(fd, 'TCP_NOTSENT_LOWAT'), 4096);
  setSocketOption(fd, 'TCP_SAVE_SYN', 1);
  assert.equal(getSocketOption(fd, 'TCP_SAVE_SYN'), 1);
  setSocketOption(fd, 'SO_RCVBUF', 8192);
  assert.equal(getSocketOption(fd, 'SO_RCVBUF'), 16_384, 'the kernel doubles it for its own use');
});

test('the traffic class of IPv4 and IPv6 sockets is read back as it was set', onLinux, () => {
  setTrafficClass(fd, 0x20);
  assert.equal(getSocketOption(fd, 'IP_TOS'), 0x20);
  setTrafficClass(fd6, 0x48);
  assert.equal(getSocketOption(fd6, 'IPV6_TCLASS'), 0x48);
  assert.equal(getSocketOption(fd6, 'IP_TOS'), 0x48, 'for IPv4 in mapped addresses');
});

const asRoot =
  process.platform === 'linux' && process.getuid?.() === 0 ? {} : { skip: 'needs Linux and root' };

test('a packet mark is read back as it was set, with its highest bit too', asRoot, () => {
  for (const mark of [7, 0xffff_ffff]) {
    setPacketMark(fd, mark);
    assert.equal(getSocketOption(fd, 'SO_MARK') >>> 0, mark);
  }
});

test('a transparent socket binds to an address of others', asRoot, () => {
  const bound = bindTcpSocket('192.0.2.1', 0, (socket) => setTransparent(socket, 'ipv4'));
  assert.equal(getSocketOption(bound, 'IP_TRANSPARENT'), 1);
  closeSync(bound);
  const bound6 = bindTcpSocket('2001:db8::1', 0, (socket) => setTransparent(socket, 'ipv6'));
  assert.equal(getSocketOption(bound6, 'IPV6_TRANSPARENT'), 1);
  closeSync(bound6);
});

test('a socket that cannot be bound or prepared is closed and says why', onLinux, () => {
  assert.throws(() => bindTcpSocket('192.0.2.1', 0, () => {}), /bind: EADDRNOTAVAIL/);
  assert.throws(
    () => bindTcpSocket('127.0.0.1', 0, (socket) => bindToDevice(socket, 'no-such-one')),
    /ENODEV/,
  );
  assert.throws(() => bindTcpSocket('name', 0, () => {}), RangeError);
});

test('a TCP MD5 key is set for one peer and for all, or refused for its length', onLinux, () => {
  assert.throws(() => setTcpMd5Key(fd, '127.0.0.1', ''), RangeError);
  assert.throws(() => setTcpMd5Key(fd, '127.0.0.1', 'k'.repeat(81)), RangeError);
  for (const [socket, peer] of [
    [fd, '127.0.0.1'],
    [fd, '0.0.0.0'],
    [fd6, '::'],
  ] as const) {
    try {
      setTcpMd5Key(socket, peer, 'secret');
    } catch (error) {
      // A kernel may be built without it.
      assert.ok(
        error instanceof SystemCallError && ['ENOPROTOOPT', 'EPERM'].includes(error.code),
        String(error),
      );
    }
  }
});
