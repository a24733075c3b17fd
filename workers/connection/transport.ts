/**
 * How a thread reaches the network: opens connections and listeners, by Node's raw handles where they work and by
 * `net.Socket` where not. Each thread has one transport (`threadTransport`); it owns the thread's read buffer.
 *
 * ```ts
 * const transport = threadTransport();
 * const connection = transport.dial({ host: '10.0.0.1', port: 80 }, owner);   // owner.onConnect or owner.onClose
 * const listener = listenOn(fd, false, (accepted) => { accepted.owner = new Session(accepted); });
 * ```
 *
 * Rules that hold for every connection:
 * - It reads from the start (a dialled one once connected, an accepted one once `onAccept` has returned); `pause`
 *   before that, and it does not.
 * - `destroy` and `reset` call `owner.onClose(connection, '')` before they return; `isOpen` is false by then.
 *   Everything else that closes a connection does so from the event loop, never from inside `write` or `dial`.
 * - It closes by itself, with `onClose('')`, once the peer's FIN has come and ours has been sent.
 * - Writing to a closed or ended connection does nothing and returns false.
 */
import { hasSystemCalls } from '../../src/system/libc.ts';
import type { Connection, ConnectionOwner } from './connection.ts';
import { createEpollTransport } from './epoll-transport.ts';
import { loadNodeHandles } from './node-handles.ts';
import { createPlainTransport } from './plain-transport.ts';
import { createRawTransport } from './raw-transport.ts';

/** Where to dial: a numeric address and port, or the path of a unix socket (a leading NUL: abstract name). */
export type DialTarget = { readonly host: string; readonly port: number } | { readonly path: string };

export interface DialOptions {
  /** Numeric address to dial from (`source`); port 0 or absent: any. */
  readonly sourceHost?: string;
  readonly sourcePort?: number;
  /**
   * Called with a TCP socket's fd before it connects, for socket options. A SystemCallError that it throws becomes
   * the connection's `onClose` code.
   */
  readonly prepare?: (fd: number) => void;
}

/** A listening socket of this thread. */
export interface Listener {
  readonly isOpen: boolean;
  pause(): void;
  resume(): void;
  /** Accepts what the kernel's queue still holds, then closes our descriptor. */
  close(): void;
  /** Whether the listener alone keeps the thread alive; it does unless told otherwise. */
  ref(): void;
  unref(): void;
}

export type AcceptConnection = (connection: Connection) => void;

export interface ListenOptions {
  readonly fd: number;
  readonly isUnix: boolean;
  readonly backlog: number;
  readonly onAccept: AcceptConnection;
  /** Told of each failed accept (EMFILE, ENFILE, ECONNABORTED…); the listener goes on by itself. */
  readonly onError: (code: string) => void;
}

/** On the thread's own event queue, on Node's raw handles, on `net.Socket`. */
export type TransportKind = 'epoll' | 'raw' | 'plain';

export interface Transport {
  readonly kind: TransportKind;
  dial(target: DialTarget, owner: ConnectionOwner, options?: DialOptions): Connection;
  listen(options: ListenOptions): Listener;
}

/** This environment variable names another transport than the best: to compare, or where one misbehaves. */
export const SOCKETS_VARIABLE = 'FAIRLEAD_SOCKETS';

let transport: Transport | null = null;

/** This thread's transport, made on first use. */
export function threadTransport(): Transport {
  transport ??= openTransport(wantedKind(process.env[SOCKETS_VARIABLE]));
  return transport;
}

function wantedKind(text: string | undefined): TransportKind {
  return text === 'raw' || text === 'plain' ? text : 'epoll';
}

/** A transport of its own, for tests: `epoll` falls back to `raw`, and that to `plain`, where they do not work. */
export function openTransport(kind: TransportKind): Transport {
  const queued = kind === 'epoll' && hasSystemCalls() ? createEpollTransport() : null;
  if (queued !== null) return queued;
  const handles = kind === 'plain' ? null : loadNodeHandles();
  return handles === null ? createPlainTransport() : createRawTransport(handles);
}
