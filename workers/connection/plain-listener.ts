/**
 * A listening socket on `net.Server`. As in the raw one, the server listens on a duplicate, so that pausing is
 * closing that; without system calls there is no duplicate, and a paused listener goes on accepting.
 */
import { closeSync } from 'node:fs';
import { createServer, type Server, Socket, type SocketConstructorOpts } from 'node:net';
import { acceptNow, duplicate } from '../../src/system/descriptors.ts';
import { hasSystemCalls, SystemCallError } from '../../src/system/libc.ts';
import { UNOWNED } from './connection-unowned.ts';
import { PlainConnection } from './plain-connection.ts';
import type { PlainTransport } from './plain-transport.ts';
import type { Listener, ListenOptions } from './transport.ts';

/** An accepted socket whose handle is taken out, to be read with `onread`, which a server's sockets cannot have. */
interface WithHandle {
  _handle: unknown;
}

/** How long a listener waits before it tries again to listen. */
const REST_MS = 100;

export class PlainListener implements Listener {
  readonly #transport: PlainTransport;
  readonly #options: ListenOptions;
  #server: Server | null = null;
  #isOpen = true;
  #isReferenced = true;
  #rest: NodeJS.Timeout | null = null;

  constructor(transport: PlainTransport, options: ListenOptions) {
    this.#transport = transport;
    this.#options = options;
    this.#start();
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  pause(): void {
    if (!hasSystemCalls()) return;
    this.#stop();
    this.#stopRest();
  }

  resume(): void {
    if (!this.#isOpen || this.#server !== null || this.#rest !== null) return;
    try {
      this.#start();
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      this.#resumeLater();
      this.#options.onError(error.code);
    }
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#stop();
    this.#stopRest();
    this.#isOpen = false;
    if (!hasSystemCalls()) return;
    this.#acceptQueued();
    closeSync(this.#options.fd);
  }

  ref(): void {
    this.#isReferenced = true;
    this.#server?.ref();
  }

  unref(): void {
    this.#isReferenced = false;
    this.#server?.unref();
  }

  #start(): void {
    const { fd, backlog, onError } = this.#options;
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true });
    server.on('connection', (socket) => this.#onConnection(socket));
    server.on('error', (error: NodeJS.ErrnoException) => onError(error.code ?? error.message));
    server.listen({ fd: hasSystemCalls() ? duplicate(fd) : fd, backlog });
    if (!this.#isReferenced) server.unref();
    this.#server = server;
  }

  #stop(): void {
    this.#server?.close();
    this.#server = null;
  }

  #resumeLater(): void {
    this.#rest = setTimeout(() => {
      this.#rest = null;
      this.resume();
    }, REST_MS);
    if (!this.#isReferenced) this.#rest.unref();
  }

  #stopRest(): void {
    if (this.#rest !== null) clearTimeout(this.#rest);
    this.#rest = null;
  }

  #onConnection(accepted: Socket): void {
    const handle = (accepted as unknown as WithHandle)._handle;
    (accepted as unknown as WithHandle)._handle = null;
    this.#begin((needed) => new Socket({ ...needed, handle } as SocketConstructorOpts));
  }

  #acceptQueued(): void {
    const { fd: listeningFd, onError } = this.#options;
    try {
      for (let fd = acceptNow(listeningFd); fd >= 0; fd = acceptNow(listeningFd)) {
        const acceptedFd = fd;
        this.#begin((needed) => new Socket({ ...needed, fd: acceptedFd }));
      }
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      onError(error.code);
    }
  }

  #begin(makeSocket: (needed: SocketConstructorOpts) => Socket): void {
    const parts = { readBuffer: this.#transport.readBuffer, isTcp: !this.#options.isUnix };
    const connection = new PlainConnection(UNOWNED, parts, makeSocket);
    this.#options.onAccept(connection);
    connection.begin();
  }
}
