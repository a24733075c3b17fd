/**
 * An origin server that answers by request target with exact bytes, at moments a test decides, and records what it
 * received: heads as they were spelled, bodies with their framing, and on which connection.
 */
import { once } from 'node:events';
import net from 'node:net';
import { endOfChunks, PATIENCE_MS } from './raw-client.ts';

/** One request as the origin sees it. */
export interface Exchange {
  readonly target: string;
  readonly head: string;
  readonly socket: net.Socket;
  /** Sends latin1 text. */
  write(text: string): void;
  /** How the program ended the connection, once it has; `nobody` where it keeps it. */
  ended(): Promise<ConnectionEnd>;
}

export type ConnectionEnd = 'end' | 'reset' | 'nobody';

/**
 * What to answer: text once the request is complete, with `<close>` or `<reset>` at its end for what follows it, and
 * with `<early>` before it when it is sent as soon as the head is there; `<hold>` is no answer. A list has an answer
 * for the first request, the second and so on, the last one for all others. Or a function that is called when the head
 * is there.
 */
export type Reply = string | readonly string[] | ((exchange: Exchange) => void);

export interface Recorded {
  readonly target: string;
  /** `new` or `reused`: its connection. */
  readonly connection: 'new' | 'reused';
  /** As received; `<cut>` at its end where the connection ended first. */
  readonly bytes: string;
}

export class ScriptedOrigin {
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();
  #replies: { readonly [target: string]: Reply };
  /** Requests so far by key of the replies, for lists. */
  #turns = new Map<string, number>();
  /** Requests since the last `take`. */
  #recorded: Recorded[] = [];
  #wakers: (() => void)[] = [];
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

  /** Other answers from now on; lists begin anew. */
  answerWith(replies: { readonly [target: string]: Reply }): void {
    this.#replies = replies;
    this.#turns = new Map();
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
    if (!(await this.#waitFor(() => this.#arrived.includes(target))))
      throw new Error(`no request for ${target} reached the origin`);
  }

  /** The same for a whole request. */
  async received(target: string): Promise<void> {
    if (!(await this.#waitFor(() => this.#recorded.some((one) => one.target === target))))
      throw new Error(`no whole request for ${target} reached the origin`);
  }

  /** Resolves when no request is on its way any more: each is complete, or its connection has ended. */
  async settled(): Promise<void> {
    await this.#waitFor(() => this.#incomplete.size === 0);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** False when it did not come true within the patience of tests. */
  async #waitFor(isDone: () => boolean): Promise<boolean> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#wake();
    }, PATIENCE_MS);
    while (!isDone() && !isLate) {
      await new Promise<void>((resolve) => {
        this.#wakers.push(resolve);
      });
    }
    clearTimeout(timer);
    return isDone();
  }

  #wake(): void {
    const wakers = this.#wakers;
    this.#wakers = [];
    for (const wake of wakers) wake();
  }

  /** The reply to a target, whose turn this is. */
  #replyTo(target: string): Exclude<Reply, readonly string[]> {
    const path = target.split('?')[0]!;
    const key = path in this.#replies ? path : '*';
    const reply = this.#replies[key]!;
    if (typeof reply !== 'object') return reply;
    const turn = this.#turns.get(key) ?? 0;
    this.#turns.set(key, turn + 1);
    return reply[Math.min(turn, reply.length - 1)]!;
  }

  #serve(socket: net.Socket): void {
    this.connections++;
    this.#sockets.add(socket);
    let received = '';
    let isFirst = true;
    let hasBegun = false;
    let reply: Exclude<Reply, readonly string[]> = '';
    let fate: ConnectionEnd = 'nobody';
    const decide = (end: ConnectionEnd): void => {
      if (fate === 'nobody') fate = end;
      this.#wake();
    };
    const ended = async (): Promise<ConnectionEnd> => {
      await this.#waitFor(() => fate !== 'nobody');
      return fate;
    };
    const record = (bytes: string) => {
      const target = targetOf(bytes);
      this.#recorded.push({ target, connection: isFirst ? 'new' : 'reused', bytes });
      isFirst = false;
    };
    socket.on('error', () => decide('reset'));
    socket.on('end', () => {
      decide('end');
      socket.end();
    });
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (received !== '') record(`${received}<cut>`);
      received = '';
      this.#incomplete.delete(socket);
      this.#wake();
    });
    socket.on('data', (piece: Buffer) => {
      received += piece.latin1Slice();
      this.#incomplete.add(socket);
      for (;;) {
        const headEnd = received.indexOf('\r\n\r\n') + 4;
        if (headEnd < 4) return;
        if (!hasBegun) {
          hasBegun = true;
          const exchange = exchangeOf(received.slice(0, headEnd), socket, ended);
          reply = this.#replyTo(exchange.target);
          this.last = exchange;
          this.#arrived.push(exchange.target);
          this.#wake();
          if (typeof reply === 'function') reply(exchange);
          else if (reply.startsWith(EARLY)) answer(socket, reply.slice(EARLY.length));
        }
        const end = endOfRequest(received, headEnd);
        if (end < 0) return;
        record(received.slice(0, end));
        this.#wake();
        received = received.slice(end);
        hasBegun = false;
        if (typeof reply === 'string' && reply !== HOLD && !reply.startsWith(EARLY)) answer(socket, reply);
        if (received === '') {
          this.#incomplete.delete(socket);
          this.#wake();
          return;
        }
      }
    });
  }
}

const EARLY = '<early>';
const HOLD = '<hold>';

function targetOf(bytes: string): string {
  return bytes.split(' ', 2)[1] ?? '';
}

function exchangeOf(head: string, socket: net.Socket, ended: () => Promise<ConnectionEnd>): Exchange {
  return {
    target: targetOf(head),
    head,
    socket,
    ended,
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
