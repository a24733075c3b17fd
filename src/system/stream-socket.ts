/** Stream sockets before they connect or listen, for what must be set or done by then. */
import { closeSync } from 'node:fs';
import { checkResult, lazyFunction } from './libc.ts';
import { AF_INET, AF_INET6, unixSocketAddress } from './socket-address.ts';

/** SOCK_STREAM, on Linux with SOCK_NONBLOCK and SOCK_CLOEXEC. */
const STREAM = process.platform === 'linux' ? 1 | 0o2004000 : 1;

const socketCall = lazyFunction('int socket(int family, int type, int protocol)');
const bindCall = lazyFunction('int bind(int fd, void *address, uint length)');

/** A new TCP socket, non-blocking and not inherited. Throws SystemCallError. */
export function openStreamSocket(family: 'ipv4' | 'ipv6'): number {
  return checkResult('socket', socketCall(family === 'ipv4' ? AF_INET : AF_INET6, STREAM, 0));
}

/**
 * A unix stream socket bound to a path that must not exist, or to an abstract name (a leading NUL); not yet
 * listening. Throws SystemCallError (EADDRINUSE, EACCES…) or RangeError.
 */
export function bindUnixSocket(path: string): number {
  const address = unixSocketAddress(path);
  const fd = checkResult('socket', socketCall(address.family, STREAM, 0));
  try {
    checkResult('bind', bindCall(fd, address.bytes, address.bytes.length), path);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
