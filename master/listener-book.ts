/**
 * The listening sockets that the master holds for life, and their change from one model to the next: what both have
 * keeps its socket and its queue, what is new is bound before anything else changes, what is gone is given up last.
 */
import type { Model } from '../config/model/model.ts';
import { type PlannedListener, planListeners } from './listener-plan.ts';
import { applyFile, type ListeningSocket, openListeningSocket, resolveAddress } from './listening-socket.ts';
import type { ListenerGrant } from './worker-child.ts';

/** What a worker process of the new model is given; then one of `commit` and `cancel` is called. */
export interface Preparation {
  readonly grants: readonly ListenerGrant[];
  /** How many addresses are listened on. */
  readonly addresses: number;
  /** The new model is served: the master gives up its hold on what only the old one had. */
  commit(): void;
  /** The new model is not served: what was bound for it alone is closed. Without effect once committed. */
  cancel(): void;
}

/** Addresses that could not be bound: one line for each, in HAProxy's words. */
export class BindError extends Error {
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}

export class ListenerBook {
  /** By the planned listener's key: one socket for each worker thread, or one for all. */
  readonly #held = new Map<string, ListeningSocket[]>();

  /** Binds what is missing for this model. Throws BindError, having changed nothing, when an address refuses. */
  async prepare(model: Model, threads: number): Promise<Preparation> {
    const planned = planListeners(model);
    const added = new Map<string, ListeningSocket[]>();
    const lines: string[] = [];
    for (const listener of planned) {
      try {
        await this.#bindMissing(listener, threads, added);
      } catch (error) {
        lines.push(refusal(listener, error as Error));
      }
    }
    const cancel = () => {
      closeAll(added);
      added.clear();
    };
    if (lines.length > 0) {
      cancel();
      throw new BindError(lines);
    }
    const grants = planned.flatMap((listener) => grantsOf(listener, this.#all(listener.key, added), threads));
    const commit = () => this.#commit(new Set(planned.map((listener) => listener.key)), added);
    return { grants, addresses: planned.length, commit, cancel };
  }

  /** The master's hold ends; worker processes that still accept keep theirs. */
  closeAll(): void {
    closeAll(this.#held);
    this.#held.clear();
  }

  async #bindMissing(
    listener: PlannedListener,
    threads: number,
    added: Map<string, ListeningSocket[]>,
  ): Promise<void> {
    const { address } = listener.request;
    const isShared =
      !listener.isTraffic ||
      address.family === 'unix' ||
      address.family === 'abns' ||
      address.family === 'abnsz' ||
      address.family === 'fd';
    const held = this.#held.get(listener.key) ?? [];
    if (held.length > 0 && address.family === 'unix') applyFile(address.host, listener.request.file);
    const missing = (isShared ? 1 : threads) - held.length;
    if (missing <= 0) return;
    const request = { ...listener.request, address: await resolveAddress(address) };
    const sockets: ListeningSocket[] = [];
    added.set(listener.key, sockets);
    for (let i = 0; i < missing; i++) sockets.push(openListeningSocket(request));
  }

  #all(key: string, added: ReadonlyMap<string, ListeningSocket[]>): ListeningSocket[] {
    return [...(this.#held.get(key) ?? []), ...(added.get(key) ?? [])];
  }

  #commit(wanted: ReadonlySet<string>, added: Map<string, ListeningSocket[]>): void {
    for (const [key, sockets] of added) this.#held.set(key, [...(this.#held.get(key) ?? []), ...sockets]);
    added.clear();
    for (const [key, sockets] of this.#held) {
      if (wanted.has(key)) continue;
      for (const socket of sockets) socket.close();
      this.#held.delete(key);
    }
  }
}

/**
 * Every socket of a listener is served by some thread: with fewer threads than before, some threads serve two, so
 * that no queue of waiting connections is left behind. A single socket is listed once for each thread.
 */
function grantsOf(
  listener: PlannedListener,
  sockets: readonly ListeningSocket[],
  threads: number,
): ListenerGrant[] {
  const grant = (socket: ListeningSocket, thread: number, place: number): ListenerGrant => ({
    handle: { ...listener.handle, key: `${listener.key}/${place}`, thread, isUnix: socket.isUnix },
    fd: socket.fd,
  });
  if (!listener.isTraffic) return sockets.map((socket, place) => grant(socket, -1, place));
  const count = Math.max(sockets.length, threads);
  return Array.from({ length: count }, (_, i) => grant(sockets[i % sockets.length]!, i % threads, i));
}

function closeAll(book: ReadonlyMap<string, readonly ListeningSocket[]>): void {
  for (const sockets of book.values()) for (const socket of sockets) socket.close();
}

function refusal(listener: PlannedListener, error: Error): string {
  const { address } = listener.request;
  const shown =
    address.family === 'any'
      ? `0.0.0.0:${address.portLow}`
      : address.family === 'ipv6'
        ? `[${address.host}]:${address.portLow}`
        : address.portLow > 0
          ? `${address.host}:${address.portLow}`
          : address.text;
  const place = listener.at === null ? '' : `[${listener.at.file}:${listener.at.line}] `;
  return `Binding ${place}for ${listener.owner}: cannot bind socket (${reasonOf(error)}) for [${shown}]`;
}

/** The C library's words for the usual refusals, as HAProxy prints them. */
const REASONS: { readonly [code: string]: string } = {
  EADDRINUSE: 'Address already in use',
  EADDRNOTAVAIL: 'Cannot assign requested address',
  EACCES: 'Permission denied',
  EPERM: 'Operation not permitted',
  ENOENT: 'No such file or directory',
  ENOTDIR: 'Not a directory',
  EROFS: 'Read-only file system',
  EMFILE: 'Too many open files',
  EAFNOSUPPORT: 'Address family not supported by protocol',
  ENOTFOUND: 'unknown host name',
};

function reasonOf(error: Error & { code?: string }): string {
  return REASONS[error.code ?? ''] ?? error.message;
}
