/** The transport on the thread's own event queue: what all its connections share, and how they come to be. */

import { openSocket, setNoDelay } from '../../src/system/fast-sockets.ts';
import { errnoName, SystemCallError } from '../../src/system/libc.ts';
import { ipSocketAddress, unixSocketAddress } from '../../src/system/socket-address.ts';
import { bindSocket } from '../../src/system/stream-socket.ts';
import { BulkBuffers } from './bulk-buffers.ts';
import type { Connection, ConnectionOwner } from './connection.ts';
import { EpollConnection } from './epoll-connection.ts';
import { EpollListener } from './epoll-listener.ts';
import { LateWatch } from './late-watch.ts';
import { Reactor } from './reactor.ts';
import type { DialOptions, DialTarget, Listener, ListenOptions, Transport } from './transport.ts';

/** One read of all connections that do not stream. */
const READ_BYTES = 64 * 1024;
/** `writeText` of more than this allocates. */
const TEXT_BYTES = 16 * 1024;
const NO_OPTIONS: DialOptions = {};

/** Null where the platform lacks what it needs. */
export function createEpollTransport(): EpollTransport | null {
  const reactor = Reactor.create();
  return reactor === null ? null : new EpollTransport(reactor);
}

export class EpollTransport implements Transport {
  readonly kind = 'epoll';
  readonly reactor: Reactor;
  /** Valid during one `onBytes` only: the next read of any connection overwrites it. */
  readonly readBuffer: Buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  readonly textBuffer: Buffer = Buffer.allocUnsafeSlow(TEXT_BYTES);
  readonly bulkBuffers = new BulkBuffers();
  readonly lateWatch = new LateWatch();
  /** The address dialled last: connections in a row mostly go to few. */
  #host = '';
  #port = -1;
  #address: Buffer | null = null;

  constructor(reactor: Reactor) {
    this.reactor = reactor;
  }

  listen(options: ListenOptions): Listener {
    return new EpollListener(this, options);
  }

  dial(target: DialTarget, owner: ConnectionOwner, options: DialOptions = NO_OPTIONS): Connection {
    const isTcp = !('path' in target);
    const family = isTcp ? (target.host.includes(':') ? 'ipv6' : 'ipv4') : 'unix';
    const fd = openSocket(family);
    const connection = new EpollConnection(this, fd, owner, isTcp);
    try {
      const address = isTcp
        ? this.#addressOf(target.host, target.port)
        : unixSocketAddress(target.path).bytes;
      if (fd < 0) connection.fail(errnoName(-fd));
      else {
        if (isTcp) prepare(fd, options);
        connection.connect(address);
      }
    } catch (error) {
      connection.fail(codeOf(error));
    }
    return connection;
  }

  #addressOf(host: string, port: number): Buffer {
    if (this.#address === null || port !== this.#port || host !== this.#host) {
      this.#address = ipSocketAddress(host, port).bytes;
      this.#host = host;
      this.#port = port;
    }
    return this.#address;
  }
}

/** Socket options and the source address. Throws SystemCallError or RangeError. */
function prepare(fd: number, options: DialOptions): void {
  setNoDelay(fd);
  options.prepare?.(fd);
  if (options.sourceHost !== undefined) bindSocket(fd, options.sourceHost, options.sourcePort ?? 0);
}

/** What a connection that cannot even be begun closes with. */
function codeOf(error: unknown): string {
  if (error instanceof SystemCallError) return error.code;
  if (error instanceof RangeError) return 'EINVAL';
  throw error;
}
