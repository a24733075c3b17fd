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
  setSocketOption,
} from '../../../src/system/socket-options.ts';
import { openStreamSocket } from '../../../src/system/stream-socket.ts';

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
