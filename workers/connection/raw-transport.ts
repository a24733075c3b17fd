/** The transport on raw handles: what all raw connections of a thread share, and how they come to be. */
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { SystemCallError } from '../../src/system/libc.ts';
import { connectNow, openStreamSocket } from '../../src/system/stream-socket.ts';
import { BulkBuffers } from './bulk-buffers.ts';
import type { Connection, ConnectionOwner } from './connection.ts';
import { LateWatch } from './late-watch.ts';
import type { ConnectRequest, NodeHandles, PipeHandle, TcpHandle } from './node-handles.ts';
import { RawConnection, useStreamState } from './raw-connection.ts';
import { RawListener } from './raw-listener.ts';
import type { DialOptions, DialTarget, Listener, ListenOptions, Transport } from './transport.ts';

/** One read of all connections that do not stream. */
const READ_BYTES = 64 * 1024;
/** `writeText` of more than this allocates. */
const TEXT_BYTES = 16 * 1024;
const NO_OPTIONS: DialOptions = {};

export function createRawTransport(handles: NodeHandles): Transport {
  useStreamState(handles.streamBaseState, handles.kReadBytesOrError);
  return new RawTransport(handles);
}

export class RawTransport implements Transport {
  readonly kind = 'raw';
  readonly handles: NodeHandles;
  /** Valid during one `onBytes` only: the next read of any connection overwrites it. */
  readonly readBuffer: Buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  readonly textBuffer: Buffer = Buffer.allocUnsafeSlow(TEXT_BYTES);
  readonly bulkBuffers = new BulkBuffers();
  readonly lateWatch = new LateWatch();

  constructor(handles: NodeHandles) {
    this.handles = handles;
  }

  listen(options: ListenOptions): Listener {
    return new RawListener(this, options);
  }

  dial(target: DialTarget, owner: ConnectionOwner, options: DialOptions = NO_OPTIONS): Connection {
    return 'path' in target
      ? this.#dialUnix(target.path, owner)
      : this.#dialTcp(target.host, target.port, owner, options);
  }

  #dialTcp(host: string, port: number, owner: ConnectionOwner, options: DialOptions): Connection {
    const { handles } = this;
    const isIpv6 = host.includes(':');
    if (isLoopback(host) && options.sourceHost === undefined) {
      const connection = this.#dialHere(host, port, owner, options);
      if (connection !== null) return connection;
    }
    const handle = new handles.TCP(handles.TCP_SOCKET);
    const connection = new RawConnection(this, handle, owner, true, -1);
    const request = this.#requestOf(new handles.TCPConnectWrap(), connection);
    let status = prepare(handle, isIpv6, options);
    if (status === 0) status = handle.setNoDelay(true);
    if (status === 0)
      status = isIpv6 ? handle.connect6(request, host, port) : handle.connect(request, host, port);
    if (status !== 0) process.nextTick(connectEnded, connection, status);
    return connection;
  }

  /**
   * A server on this machine answers within connect(2) itself: no need to wait for the event loop to say so. Null when
   * it has not, because its queue is full: libuv may wait for it then.
   */
  #dialHere(host: string, port: number, owner: ConnectionOwner, options: DialOptions): Connection | null {
    const handle = new this.handles.TCP(this.handles.TCP_SOCKET);
    const status = connectHere(handle, host, port, options);
    if (status === UNDER_WAY) {
      handle.close();
      return null;
    }
    const connection = new RawConnection(this, handle, owner, true, -1);
    process.nextTick(connectEnded, connection, status);
    return connection;
  }

  #dialUnix(path: string, owner: ConnectionOwner): Connection {
    const { handles } = this;
    const handle: PipeHandle = new handles.Pipe(handles.PIPE_SOCKET);
    const connection = new RawConnection(this, handle, owner, false, -1);
    const request = this.#requestOf(new handles.PipeConnectWrap(), connection);
    // Connecting a pipe reports all errors by its callback; older libuv returned nothing at all.
    const status = handle.connect(request, path) ?? 0;
    if (status !== 0) process.nextTick(connectEnded, connection, status);
    return connection;
  }

  #requestOf(request: ConnectRequest, connection: RawConnection): ConnectRequest {
    request.oncomplete = onConnected;
    request.connection = connection;
    return request;
  }
}

/** What `connectHere` returns when the kernel has begun and not ended. */
const UNDER_WAY = -constants.errno.EALREADY;

function isLoopback(host: string): boolean {
  return host.startsWith('127.') || host === '::1';
}

/** Returns 0, UNDER_WAY or minus a system error. */
function connectHere(handle: TcpHandle, host: string, port: number, options: DialOptions): number {
  try {
    const fd = openStreamSocket(host === '::1' ? 'ipv6' : 'ipv4');
    let status = handle.open(fd);
    if (status !== 0) {
      closeSync(fd);
      return status;
    }
    status = handle.setNoDelay(true);
    if (status !== 0) return status;
    options.prepare?.(fd);
    return connectNow(fd, host, port);
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error;
    return -error.errno;
  }
}

/** Socket options and the source address, where asked for. Returns 0 or minus a system error. */
function prepare(handle: TcpHandle, isIpv6: boolean, options: DialOptions): number {
  if (options.prepare !== undefined) {
    const status = openPrepared(handle, isIpv6, options.prepare);
    if (status !== 0) return status;
  }
  if (options.sourceHost === undefined) return 0;
  const port = options.sourcePort ?? 0;
  return isIpv6 ? handle.bind6(options.sourceHost, port) : handle.bind(options.sourceHost, port);
}

function openPrepared(handle: TcpHandle, isIpv6: boolean, prepareFd: (fd: number) => void): number {
  try {
    const fd = openStreamSocket(isIpv6 ? 'ipv6' : 'ipv4');
    const status = handle.open(fd);
    if (status === 0) prepareFd(fd);
    else closeSync(fd);
    return status;
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error;
    return -error.errno;
  }
}

function onConnected(this: ConnectRequest, status: number): void {
  this.connection.connected(status);
}

function connectEnded(connection: RawConnection, status: number): void {
  connection.connected(status);
}
