/**
 * The socket calls that every connection makes, bound without the cost of a lazy function's rest arguments. Results
 * are minus errno where a call failed; nothing is thrown.
 */
import { constants } from 'node:os';
import { addressOf, bindFunction, type ForeignFunction, lastErrno, promiseBinding } from './libc.ts';
import { AF_INET, AF_INET6, AF_UNIX } from './socket-address.ts';

/** SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC of Linux; the last two are accept4's flags too. */
const NONBLOCK_CLOEXEC = 0o2004000;
const STREAM = 1 | NONBLOCK_CLOEXEC;
const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;
/** sizeof(struct sockaddr_in6), the longest name that is read here. */
const NAME_BYTES = 28;
const { EAGAIN, ECONNABORTED, EINTR } = constants.errno;

interface Calls {
  readonly accept: ForeignFunction;
  readonly close: ForeignFunction;
  readonly socket: ForeignFunction;
  readonly connect: ForeignFunction;
  readonly setOption: ForeignFunction;
  readonly localName: ForeignFunction;
  readonly remoteName: ForeignFunction;
  readonly listen: ForeignFunction;
}

let calls: Calls | null = null;
promiseBinding(() => bindAll().accept);

function bindAll(): Calls {
  calls ??= {
    accept: bindFunction('int accept4(int, uintptr_t, uintptr_t, int)'),
    close: bindFunction('int close(int)'),
    socket: bindFunction('int socket(int, int, int)'),
    connect: bindFunction('int connect(int, uintptr_t, uint32_t)'),
    setOption: bindFunction('int setsockopt(int, int, int, uintptr_t, uint32_t)'),
    localName: bindFunction('int getsockname(int, uintptr_t, uintptr_t)'),
    remoteName: bindFunction('int getpeername(int, uintptr_t, uintptr_t)'),
    listen: bindFunction('int listen(int, int)'),
  };
  return calls;
}

/** Takes one connection from a queue, non-blocking and not inherited. Minus EAGAIN when there is none. */
export function acceptSocket(fd: number): number {
  for (;;) {
    const accepted = (calls ?? bindAll()).accept(fd, 0, 0, NONBLOCK_CLOEXEC);
    if (accepted >= 0) return accepted;
    const errno = lastErrno();
    if (errno !== ECONNABORTED && errno !== EINTR) return -errno;
  }
}

export const NOTHING_TO_ACCEPT = -EAGAIN;

export function closeSocket(fd: number): void {
  (calls ?? bindAll()).close(fd);
}

/** A stream socket, non-blocking and not inherited. */
export function openSocket(family: 'ipv4' | 'ipv6' | 'unix'): number {
  const number = family === 'ipv4' ? AF_INET : family === 'ipv6' ? AF_INET6 : AF_UNIX;
  const fd = (calls ?? bindAll()).socket(number, STREAM, 0);
  return fd >= 0 ? fd : -lastErrno();
}

/** connect(2) with an address as `socket-address.ts` makes it. */
export function connectSocket(fd: number, address: Buffer): number {
  const result = (calls ?? bindAll()).connect(fd, addressOf(address), address.length);
  return result === 0 ? 0 : -lastErrno();
}

const ONE = Buffer.from(Int32Array.of(1).buffer);
let oneAddress = 0;

/** TCP_NODELAY: what is written goes out at once. */
export function setNoDelay(fd: number): number {
  if (oneAddress === 0) oneAddress = addressOf(ONE);
  const result = (calls ?? bindAll()).setOption(fd, IPPROTO_TCP, TCP_NODELAY, oneAddress, 4);
  return result === 0 ? 0 : -lastErrno();
}

/** Begins to listen, or changes the length of the queue of a socket that does. */
export function listenSocket(fd: number, backlog: number): number {
  const result = (calls ?? bindAll()).listen(fd, backlog);
  return result === 0 ? 0 : -lastErrno();
}

const NAME = Buffer.alloc(NAME_BYTES);
const NAME_LENGTH = Buffer.alloc(4);
let nameAddress = 0;
let lengthAddress = 0;

/** The name of one end as struct sockaddr, valid until the next call; null for a socket that has none. */
export function socketNameBytes(fd: number, end: 'local' | 'remote'): Buffer | null {
  const { localName, remoteName } = calls ?? bindAll();
  if (nameAddress === 0) {
    nameAddress = addressOf(NAME);
    lengthAddress = addressOf(NAME_LENGTH);
  }
  NAME_LENGTH.writeInt32LE(NAME_BYTES, 0);
  const result = (end === 'local' ? localName : remoteName)(fd, nameAddress, lengthAddress);
  return result === 0 ? NAME : null;
}
