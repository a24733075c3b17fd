/**
 * An origin server that answers by request target with exact bytes, at moments a test decides, and records what it
 * received: heads as they were spelled, bodies with their framing, and on which connection.
 */
import { once } from 'node:events';
import net from 'node:net';
import { endOfChunks } from './raw-client.ts';

/** One request as the origin sees it. */
export interface Exchange {
  readonly target: string;
  readonly head: string;
  readonly socket: net.Socket;
  /** Sends latin1 text. */
  write(text: string): void;
}

/**
 * What to answer: text once the request is complete, with `<close>` or `<reset>` at its end for what follows it; or a
 * function that is called when the head is.
 */
export type Reply = string | ((exchange: Exchange) => void);

export interface Recorded {
  readonly target: string;
  /** `new` or `reused`: its connection. */
  readonly connection: 'new' | 'reused';
  /** As received; `<cut>` at its end where the connection ended first. */
  readonly bytes: string;
}

/** How long a request that was sent may take to arrive. */
const PATIENCE_MS = 3000;

export class ScriptedOrigin {
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();
  readonly #replies: { readonly [target: string]: Reply };
  /** Requests since the last `take`. */
  #recorded: Recorded[] = [];
  #onArrival: () => void = () => {};
  #arrived: string[] = [];
  /** Connections in the middle of a request. */
  readonly #incomplete = new Set<net.Socket>();
  /** Connections accepted so far. */
  connections = 0;
  /** The exchange whose head came last. */
  last: Exchange | null = null;
  readonly port: number;

  private constructor(server: net.Server, replies: { readonly [target: string]: Reply }) {
    this.#server = server;
    this.#replies = replies;
    this.port = (server.address() as net.AddressInfo).port;
    server.on('connection', (socket: net.Socket) => this.#serve(socket));
  }

  /** `*` among the replies answers every other target. */
  static async start(replies: { readonly [target: string]: Reply }): Promise<ScriptedOrigin> {
    const server = net.createServer({ allowHalfOpen: true, noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ScriptedOrigin(server, replies);
  }

  /** What was received since the last call. */
  take(): Recorded[] {
    const taken = this.#recorded;
    this.#recorded = [];
    this.#arrived = [];
    return taken;
  }

  /**
   * Resolves when the head of a request for this target is, or has, come since the last `take`. Rejects when the
   * program keeps it waiting.
   */
  async arrived(target: string): Promise<void> {
    const timer = setTimeout(() => this.#onArrival(), PATIENCE_MS);
    const startedAt = performance.now();
    while (!this.#arrived.includes(target)) {
      if (performance.now() - startedAt >= PATIENCE_MS)
        throw new Error(`no request for ${target} reached the origin`);
      await new Promise<void>((resolve) => {
        this.#onArrival = resolve;
      });
    }
    clearTimeout(timer);
  }

  /** Resolves when no request is on its way any more: each is complete, or its connection has ended. */
  async settled(): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (this.#incomplete.size > 0 && performance.now() < deadline)
      await new Promise((resolve) => setImmediate(resolve));
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(socket: net.Socket): void {
    this.connections++;
    this.#sockets.add(socket);
    let received = '';
    let isFirst = true;
    let hasBegun = false;
    const record = (bytes: string) => {
      const target = targetOf(bytes);
      this.#recorded.push({ target, connection: isFirst ? 'new' : 'reused', bytes });
      isFirst = false;
    };
    socket.on('error', () => {});
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (received !== '') record(`${received}<cut>`);
      received = '';
      this.#incomplete.delete(socket);
    });
    socket.on('data', (piece: Buffer) => {
      received += piece.latin1Slice();
      this.#incomplete.add(socket);
      for (;;) {
        const headEnd = received.indexOf('\r\n\r\n') + 4;
        if (headEnd < 4) return;
        const exchange = exchangeOf(received.slice(0, headEnd), socket);
        const reply = this.#replies[exchange.target.split('?')[0]!] ?? this.#replies['*']!;
        if (!hasBegun) {
          hasBegun = true;
          this.last = exchange;
          this.#arrived.push(exchange.target);
          this.#onArrival();
          if (typeof reply === 'function') reply(exchange);
        }
        const end = endOfRequest(received, headEnd);
        if (end < 0) return;
        record(received.slice(0, end));
        received = received.slice(end);
        hasBegun = false;
        if (typeof reply === 'string') answer(socket, reply);
        if (received === '') {
          this.#incomplete.delete(socket);
          return;
        }
      }
    });
  }
}

function targetOf(bytes: string): string {
  return bytes.split(' ', 2)[1] ?? '';
}

function exchangeOf(head: string, socket: net.Socket): Exchange {
  return {
    target: targetOf(head),
    head,
    socket,
    write: (text) => {
      socket.write(Buffer.from(text, 'latin1'));
    },
  };
}

function answer(socket: net.Socket, reply: string): void {
  const bytes = Buffer.from(reply.replace(/<(close|reset)>$/, ''), 'latin1');
  if (reply.endsWith('<close>')) socket.end(bytes);
  else if (reply.endsWith('<reset>')) socket.write(bytes, () => socket.resetAndDestroy());
  else socket.write(bytes);
}

/** Where the request at the start of the text ends; -1 while incomplete. */
function endOfRequest(text: string, headEnd: number): number {
  const head = text.slice(0, headEnd);
  if (head.startsWith('CONNECT ')) return headEnd;
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) return endOfChunks(text, headEnd);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head);
  const end = headEnd + (length === null ? 0 : Number(length[1]));
  return text.length < end ? -1 : end;
}
