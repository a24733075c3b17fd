/** A listening socket in the thread's reactor. */
import { setNonBlocking } from '../../src/system/descriptors.ts';
import { EVENT } from '../../src/system/epoll.ts';
import {
  acceptSocket,
  closeSocket,
  listenSocket,
  NOTHING_TO_ACCEPT,
  setNoDelay,
} from '../../src/system/fast-sockets.ts';
import { errnoName, SystemCallError } from '../../src/system/libc.ts';
import { UNOWNED } from './connection-unowned.ts';
import { EpollConnection } from './epoll-connection.ts';
import type { EpollTransport } from './epoll-transport.ts';
import type { Watched } from './reactor.ts';
import type { Listener, ListenOptions } from './transport.ts';

/** How long a listener rests after it could not get a descriptor or memory for a connection. */
const REST_MS = 100;
const EXHAUSTED: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM']);
/** Connections taken in a row, before others have their turn. */
const ACCEPTS_MOST = 16;

export class EpollListener implements Listener, Watched {
  readonly #transport: EpollTransport;
  readonly #options: ListenOptions;
  #isOpen = true;
  #isPaused = false;
  #isWatched = false;
  #isReferenced = true;
  #rest: NodeJS.Timeout | null = null;

  /** Throws SystemCallError. */
  constructor(transport: EpollTransport, options: ListenOptions) {
    this.#transport = transport;
    this.#options = options;
    const { fd, isUnix, backlog } = options;
    // Accepted sockets inherit TCP_NODELAY from the listening one: a system call less for each.
    if (!isUnix) setNoDelay(fd);
    // An inherited one may be as its owner made it; waiting in accept would stop the thread.
    setNonBlocking(fd);
    const status = listenSocket(fd, backlog);
    if (status !== 0) throw new SystemCallError('listen', -status, `fd ${fd}`);
    transport.reactor.live();
    this.#watch();
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  pause(): void {
    this.#isPaused = true;
    this.#unwatch();
  }

  resume(): void {
    this.#isPaused = false;
    this.#watch();
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#unwatch();
    this.#accept(Number.POSITIVE_INFINITY);
    this.#isOpen = false;
    if (this.#rest !== null) clearTimeout(this.#rest);
    this.#rest = null;
    closeSocket(this.#options.fd);
    if (this.#isReferenced) this.#transport.reactor.die();
  }

  ref(): void {
    if (!this.#isReferenced && this.#isOpen) this.#transport.reactor.live();
    this.#isReferenced = true;
  }

  unref(): void {
    if (this.#isReferenced && this.#isOpen) this.#transport.reactor.die();
    this.#isReferenced = false;
  }

  ready(): void {
    this.#accept(ACCEPTS_MOST);
  }

  #accept(most: number): void {
    const { fd, isUnix, onAccept } = this.#options;
    for (let count = 0; count < most && (most !== ACCEPTS_MOST || this.#isWatched); count++) {
      const accepted = acceptSocket(fd);
      if (accepted < 0) {
        if (accepted !== NOTHING_TO_ACCEPT) this.#acceptFailed(errnoName(-accepted));
        return;
      }
      const connection = new EpollConnection(this.#transport, accepted, UNOWNED, !isUnix);
      onAccept(connection);
      connection.begin();
    }
  }

  #acceptFailed(code: string): void {
    if (EXHAUSTED.has(code)) {
      this.#unwatch();
      this.#watchLater();
    }
    this.#options.onError(code);
  }

  #watch(): void {
    if (this.#isWatched || this.#isPaused || !this.#isOpen || this.#rest !== null) return;
    this.#isWatched = true;
    // Not edge-triggered: what is left in the queue is told again.
    this.#transport.reactor.watch(this.#options.fd, EVENT.IN, this);
  }

  #unwatch(): void {
    if (!this.#isWatched) return;
    this.#isWatched = false;
    this.#transport.reactor.unwatch(this.#options.fd);
  }

  #watchLater(): void {
    if (this.#rest !== null) return;
    this.#rest = setTimeout(() => {
      this.#rest = null;
      this.#watch();
    }, REST_MS);
    if (!this.#isReferenced) this.#rest.unref();
  }
}
