/**
 * A listening socket on a raw handle. The descriptor stays open for the listener's life; libuv listens on a
 * duplicate, so that pausing (which libuv cannot) is closing that, and the kernel's queue stays.
 */
import { closeSync } from 'node:fs';
import { acceptNow, duplicate } from '../../src/system/descriptors.ts';
import { errnoName, SystemCallError } from '../../src/system/libc.ts';
import { UNOWNED } from './connection-unowned.ts';
import type { ListenHandle, SocketHandle, TcpHandle } from './node-handles.ts';
import { RawConnection } from './raw-connection.ts';
import type { RawTransport } from './raw-transport.ts';
import type { Listener, ListenOptions } from './transport.ts';

/** How long a listener rests after it could not get a descriptor or memory for a connection. */
const REST_MS = 100;
const EXHAUSTED: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM']);

export class RawListener implements Listener {
  readonly #transport: RawTransport;
  readonly #options: ListenOptions;
  #handle: ListenHandle | null = null;
  #isOpen = true;
  #isPaused = false;
  #isReferenced = true;
  #rest: NodeJS.Timeout | null = null;

  constructor(transport: RawTransport, options: ListenOptions) {
    this.#transport = transport;
    this.#options = options;
    this.#start();
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  pause(): void {
    this.#isPaused = true;
    this.#stop();
  }

  resume(): void {
    this.#isPaused = false;
    this.#restart();
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#stop();
    this.#acceptQueued();
    this.#isOpen = false;
    if (this.#rest !== null) clearTimeout(this.#rest);
    this.#rest = null;
    closeSync(this.#options.fd);
  }

  ref(): void {
    this.#isReferenced = true;
    this.#handle?.ref();
  }

  unref(): void {
    this.#isReferenced = false;
    this.#handle?.unref();
  }

  /** An event of the handle, for this file's `onConnection` only. */
  accepted(status: number, handle: SocketHandle | undefined): void {
    if (status !== 0 || handle === undefined) this.#acceptFailed(errnoName(-status));
    else this.#begin(handle, handle.fd);
  }

  #begin(handle: SocketHandle, fd: number): void {
    const connection = new RawConnection(this.#transport, handle, UNOWNED, !this.#options.isUnix, fd);
    this.#options.onAccept(connection);
    connection.begin();
  }

  #start(): void {
    const { handles } = this.#transport;
    const { isUnix, backlog } = this.#options;
    const fd = duplicate(this.#options.fd);
    const handle = (
      isUnix ? new handles.Pipe(handles.PIPE_SERVER) : new handles.TCP(handles.TCP_SERVER)
    ) as ListenHandle;
    handle.listener = this;
    handle.onconnection = onConnection;
    let status = handle.open(fd) ?? 0;
    if (status !== 0) closeSync(fd);
    // Accepted sockets inherit TCP_NODELAY from the listening one: a system call less for each.
    else if (!isUnix) (handle as TcpHandle).setNoDelay(true);
    if (status === 0) status = handle.listen(backlog);
    if (status !== 0) {
      handle.close();
      throw new SystemCallError('listen', -status, `fd ${this.#options.fd}`);
    }
    if (!this.#isReferenced) handle.unref();
    this.#handle = handle;
  }

  #stop(): void {
    this.#handle?.close();
    this.#handle = null;
  }

  #acceptQueued(): void {
    const { handles } = this.#transport;
    const { isUnix, fd: listeningFd } = this.#options;
    try {
      for (let fd = acceptNow(listeningFd); fd >= 0; fd = acceptNow(listeningFd)) {
        const handle = isUnix ? new handles.Pipe(handles.PIPE_SOCKET) : new handles.TCP(handles.TCP_SOCKET);
        if (handle.open(fd) === 0) this.#begin(handle, fd);
        else closeSync(fd);
      }
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      this.#options.onError(error.code);
    }
  }

  #acceptFailed(code: string): void {
    if (EXHAUSTED.has(code)) {
      this.#stop();
      this.#restartLater();
    }
    this.#options.onError(code);
  }

  #restartLater(): void {
    if (this.#rest !== null) return;
    this.#rest = setTimeout(() => {
      this.#rest = null;
      this.#restart();
    }, REST_MS);
    if (!this.#isReferenced) this.#rest.unref();
  }

  /** Listens again, unless paused or resting; tries later when that fails, for want of a descriptor. */
  #restart(): void {
    if (this.#isPaused || !this.#isOpen || this.#handle !== null || this.#rest !== null) return;
    try {
      this.#start();
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      this.#restartLater();
      this.#options.onError(error.code);
    }
  }
}

function onConnection(this: ListenHandle, status: number, accepted: SocketHandle | undefined): void {
  this.listener.accepted(status, accepted);
}
