/**
 * An origin that reads what it receives by the strict reference parser, answers every request it finds, and keeps
 * what it saw: the requests of each connection, and the bytes that no strict reader could take.
 */
import { once } from 'node:events';
import net from 'node:net';
import { parseStrictly, type StrictRequest } from './strict-parser.ts';

export interface SeenRequest extends StrictRequest {
  /** Counts from 1; answered in the field `x-seen`. */
  readonly number: number;
}

export class RecordingOrigin {
  readonly requests: SeenRequest[] = [];
  /** What a strict reader refused, with the bytes before and behind. */
  readonly problems: string[] = [];
  readonly port: number;
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();
  readonly #replies: ReadonlyMap<string, string>;
  readonly #early: ReadonlyMap<string, string>;

  private constructor(
    server: net.Server,
    replies: ReadonlyMap<string, string>,
    early: ReadonlyMap<string, string>,
  ) {
    this.#server = server;
    this.#replies = replies;
    this.#early = early;
    this.port = (server.address() as net.AddressInfo).port;
    server.on('connection', (socket: net.Socket) => this.#serve(socket));
  }

  /**
   * `replies` answers targets with exact bytes (latin1); others get a 200 that names the request. `early` answers when
   * a request has begun, and closes.
   */
  static async start(
    replies: ReadonlyMap<string, string> = new Map(),
    early: ReadonlyMap<string, string> = new Map(),
  ): Promise<RecordingOrigin> {
    const server = net.createServer({ allowHalfOpen: true, noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new RecordingOrigin(server, replies, early);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(socket: net.Socket): void {
    this.#sockets.add(socket);
    let received = '';
    socket.on('error', () => {});
    socket.on('end', () => socket.end());
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('data', (piece: Buffer) => {
      received += piece.latin1Slice();
      for (;;) {
        const result = received === '' ? null : parseStrictly(received, 0);
        if (result === null) return;
        if (result.kind === 'incomplete') {
          const reply = this.#early.get(received.split(' ', 2)[1] ?? '');
          if (reply !== undefined) socket.end(Buffer.from(reply, 'latin1'));
          return;
        }
        if (result.kind === 'error') {
          this.problems.push(`${result.problem} in ${JSON.stringify(received.slice(0, 400))}`);
          socket.destroy();
          return;
        }
        received = received.slice(result.end);
        this.#answer(socket, result.request);
      }
    });
  }

  #answer(socket: net.Socket, request: StrictRequest): void {
    const number = this.requests.push({ ...request, number: this.requests.length + 1 });
    const reply =
      this.#replies.get(request.target) ??
      `HTTP/1.1 200 OK\r\nX-Seen: ${number}\r\nContent-Length: 0\r\n\r\n`;
    socket.write(Buffer.from(reply, 'latin1'));
  }
}
