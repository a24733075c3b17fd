/** Stream sockets before they connect or listen, for what must be set or done by then. */
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { checkResult, lastErrno, lazyFunction } from './libc.ts';
import {
  AF_INET,
  AF_INET6,
  ipSocketAddress,
  type SocketAddress,
  unixSocketAddress,
} from './socket-address.ts';
import { setSocketOption } from './socket-options.ts';

/** SOCK_STREAM, on Linux with SOCK_NONBLOCK and SOCK_CLOEXEC. */
const STREAM = process.platform === 'linux' ? 1 | 0o2004000 : 1;

const socketCall = lazyFunction('int socket(int family, int type, int protocol)');
const bindCall = lazyFunction('int bind(int fd, void *address, uint length)');

/** A new TCP socket, non-blocking and not inherited. Throws SystemCallError. */
export function openStreamSocket(family: 'ipv4' | 'ipv6'): number {
  return checkResult('socket', socketCall(family === 'ipv4' ? AF_INET : AF_INET6, STREAM, 0));
}

/**
 * A TCP socket bound to a numeric address, with SO_REUSEADDR and SO_REUSEPORT as listeners have; not yet listening.
 * `prepare` sets what must be set before it is bound. Throws SystemCallError or RangeError, and what `prepare` throws.
 */
export function bindTcpSocket(host: string, port: number, prepare: (fd: number) => void): number {
  const address = ipSocketAddress(host, port);
  const fd = checkResult('socket', socketCall(address.family, STREAM, 0));
  try {
    setSocketOption(fd, 'SO_REUSEADDR', 1);
    setSocketOption(fd, 'SO_REUSEPORT', 1);
    prepare(fd);
    checkResult('bind', bindCall(fd, address.bytes, address.bytes.length), `${host} port ${port}`);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
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

const connectCall = lazyFunction('int connect(int fd, void *address, uint length)');
const EINPROGRESS = constants.errno.EINPROGRESS;

/** The address connected to last: connections in a row mostly go to few. */
let knownHost = '';
let knownPort = -1;
let knownAddress: SocketAddress | null = null;

/**
 * Begins to connect a TCP socket and looks once whether it is connected: on this machine's own addresses it is by
 * then, since the other side's answer is processed within the call. Returns 0, or minus errno: EINPROGRESS and
 * EALREADY while it is under way, what connect(2) says otherwise. Throws RangeError for an address that is not numeric.
 */
export function connectNow(fd: number, host: string, port: number): number {
  if (knownAddress === null || port !== knownPort || host !== knownHost) {
    knownAddress = ipSocketAddress(host, port);
    knownHost = host;
    knownPort = port;
  }
  const { bytes } = knownAddress;
  let result = connectCall(fd, bytes, bytes.length);
  if (result < 0 && lastErrno() === EINPROGRESS) result = connectCall(fd, bytes, bytes.length);
  return result === 0 ? 0 : -lastErrno();
}

/** Gives a socket the address that it connects from. Throws SystemCallError or RangeError. */
export function bindSocket(fd: number, host: string, port: number): void {
  const { bytes } = ipSocketAddress(host, port);
  checkResult('bind', bindCall(fd, bytes, bytes.length), `${host} port ${port}`);
}
