/**
 * A real HAProxy between a client and a scripted server, on listeners of the test's own. The server answers a request
 * whose path names a reply with that reply, and any other with the bytes that it received.
 */
import { once } from 'node:events';
import net from 'node:net';
import { skipUnless } from '../support/oracle.ts';
import { Program } from '../support/programs/program.ts';

/** Why the tests that need HAProxy cannot run, or false. */
export const oracleMissing: string | false = skipUnless('haproxy');

/**
 * An exchange ends when HAProxy closes what is idle, a connection or a tunnel. Half requests end by a timeout as well;
 * it is long, so that a slow machine does not make half ones of whole ones.
 */
const CONFIG = (origin: number, lines: readonly string[]): string =>
  [
    'defaults',
    '  mode http',
    '  timeout client 3s',
    '  timeout server 3s',
    '  timeout connect 1m',
    '  timeout http-request 3s',
    '  timeout http-keep-alive 50ms',
    '  timeout tunnel 50ms',
    'listen main',
    '  bind "fd@${front}"',
    ...lines.map((line) => `  ${line}`),
    `  server s 127.0.0.1:${origin}`,
    '',
  ].join('\n');

export class Http1Oracle {
  readonly #program: Program;
  readonly #origin: net.Server;
  readonly #replies: string[];

  constructor(program: Program, origin: net.Server, replies: string[]) {
    this.#program = program;
    this.#origin = origin;
    this.#replies = replies;
  }

  /** Starts HAProxy with these lines in its only proxy, and the origin. */
  static async start(lines: readonly string[] = []): Promise<Http1Oracle> {
    const replies: string[] = [];
    const origin = net.createServer({ allowHalfOpen: true }, (socket) => serve(socket, replies));
    origin.listen(0, '127.0.0.1');
    await once(origin, 'listening');
    const config = CONFIG((origin.address() as net.AddressInfo).port, lines);
    return new Http1Oracle(Program.start('haproxy', { config, listeners: ['front'] }), origin, replies);
  }

  /** Registers a reply of the origin; `<close>` at its end closes the server connection. Returns its path. */
  reply(text: string): string {
    return `/reply-${this.#replies.push(text) - 1}`;
  }

  /** Sends bytes (latin1) and collects all that comes until HAProxy closes. Throws when it is not there. */
  async exchange(bytes: string): Promise<string> {
    if (this.#program.hasEnded) throw new Error(`HAProxy has ended:\n${this.#program.output}`);
    const socket = net.connect(this.#program.port('front'), '127.0.0.1');
    let answer = '';
    socket.on('data', (piece) => {
      answer += piece.toString('latin1');
    });
    // HAProxy resets a connection whose bytes it has not all read; its answer came before that.
    socket.on('error', () => {});
    socket.write(Buffer.from(bytes, 'latin1'));
    await new Promise((resolve) => socket.once('close', resolve));
    return answer;
  }

  async stop(): Promise<void> {
    await this.#program.stop();
    this.#origin.close();
  }
}

function serve(socket: net.Socket, replies: readonly string[]): void {
  let received = '';
  socket.on('error', () => {});
  socket.on('end', () => socket.end());
  socket.on('data', (piece) => {
    received += piece.toString('latin1');
    const headEnd = received.indexOf('\r\n\r\n') + 4;
    if (headEnd < 4) return;
    const asked = /^\S+ \/reply-(\d+)/.exec(received) ?? /^\S+ reply-(\d+):/.exec(received);
    if (asked !== null) {
      received = '';
      const text = replies[Number(asked[1])]!;
      socket.write(Buffer.from(text.replace('<close>', ''), 'latin1'));
      if (text.endsWith('<close>')) socket.end();
      return;
    }
    const bodyEnd = bodyEndOf(received, headEnd);
    if (bodyEnd < 0) return;
    const seen = received.slice(0, bodyEnd);
    received = received.slice(bodyEnd);
    const isHead = seen.startsWith('HEAD');
    const field = isHead ? `x-seen: ${Buffer.from(seen, 'latin1').toString('base64')}\r\n` : '';
    socket.write(
      Buffer.from(
        `HTTP/1.1 200 OK\r\n${field}content-length: ${seen.length}\r\n\r\n${isHead ? '' : seen}`,
        'latin1',
      ),
    );
  });
}

function bodyEndOf(text: string, headEnd: number): number {
  const head = text.slice(0, headEnd);
  if (/\r\ntransfer-encoding:[^\r]*chunked/i.test(head) && !head.startsWith('CONNECT')) {
    const last = /(^|\r\n)0\r\n/.exec(text.slice(headEnd));
    if (last === null) return -1;
    const end = text.indexOf('\r\n\r\n', headEnd + last.index);
    return end < 0 ? -1 : end + 4;
  }
  const length = /\r\ncontent-length: *(\d+)/.exec(head);
  const end = headEnd + (length === null ? 0 : Number(length[1]));
  return text.length < end ? -1 : end;
}

/** The request that the origin received, as it stands in an answer of the origin; null when there was none. */
export function seenIn(answer: string): string | null {
  if (!answer.startsWith('HTTP/1.1 200 OK\r\n')) return null;
  const field = /\r\nx-seen: (\S+)\r\n/.exec(answer);
  if (field !== null) return Buffer.from(field[1]!, 'base64').toString('latin1');
  return answer.slice(answer.indexOf('\r\n\r\n') + 4);
}
