/**
 * Listening sockets and ports that a test owns before the program under test starts: nothing is raced for, and no
 * port is fixed.
 */
import { BoundSocket } from 'node:net';
import { checkResult, lazyFunction } from '../../../src/system/libc.ts';

const listenCall = lazyFunction('int listen(int fd, int backlog)');

/** Length of the queues in which clients wait until the program has started. */
const BACKLOG = 4096;

export interface OwnedPort {
  readonly port: number;
  readonly fd: number;
  close(): void;
}

/** A loopback socket that listens and accepts nothing: connections wait for whoever inherits it. */
export function listeningSocket(): OwnedPort {
  const bound = new BoundSocket({ host: '127.0.0.1', port: 0 });
  checkResult('listen', listenCall(bound.fd(), BACKLOG));
  return owned(bound);
}

/**
 * A port that is bound with SO_REUSEPORT and does not listen: others who ask for it by number share it, nobody gets
 * it by chance, and until they listen connections are refused.
 */
export function reservedPort(): OwnedPort {
  return owned(new BoundSocket({ host: '127.0.0.1', port: 0, reusePort: true }));
}

function owned(bound: BoundSocket): OwnedPort {
  const { port } = bound.address() as { readonly port: number };
  return { port, fd: bound.fd(), close: () => bound.close() };
}
