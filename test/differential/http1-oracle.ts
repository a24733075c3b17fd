/**
 * A real HAProxy between a client and a scripted server, all on unix sockets in a folder of its own. The server
 * answers a request whose path names a reply with that reply, and any other with the bytes that it received.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, watch, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PROGRAM = '/usr/sbin/haproxy';

/** Why the tests that need HAProxy cannot run, or false. */
export const oracleMissing: string | false = existsSync(PROGRAM)
  ? false
  : 'HAProxy is missing: apt-get install haproxy';

/** Short timeouts: an exchange ends when HAProxy closes the idle connection. */
const CONFIG = (folder: string, lines: readonly string[]): string =>
  [
    'defaults',
    '  mode http',
    '  timeout client 2s',
    '  timeout server 2s',
    '  timeout connect 2s',
    '  timeout http-request 1s',
    '  timeout http-keep-alive 50ms',
    'listen main',
    `  bind unix@${folder}/front`,
    ...lines.map((line) => `  ${line}`),
    `  server s unix@${folder}/origin`,
    '',
  ].join('\n');

export class Http1Oracle {
  readonly #folder: string;
  readonly #child: ChildProcess;
  readonly #origin: net.Server;
  readonly #replies: string[];

  constructor(folder: string, child: ChildProcess, origin: net.Server, replies: string[]) {
    this.#folder = folder;
    this.#child = child;
    this.#origin = origin;
    this.#replies = replies;
  }

  /** Starts HAProxy with these lines in its only proxy, and the origin. */
  static async start(lines: readonly string[] = []): Promise<Http1Oracle> {
    const folder = mkdtempSync(path.join(tmpdir(), 'http1-oracle-'));
    const replies: string[] = [];
    const origin = net.createServer({ allowHalfOpen: true }, (socket) => serve(socket, replies));
    origin.listen(path.join(folder, 'origin'));
    await once(origin, 'listening');
    writeFileSync(path.join(folder, 'cfg'), CONFIG(folder, lines));
    const watcher = watch(folder);
    const child = spawn(PROGRAM, ['-f', path.join(folder, 'cfg'), '-db'], { stdio: 'ignore' });
    process.once('exit', () => child.kill('SIGKILL'));
    const ended = once(child, 'exit').then(() => false);
    while (!existsSync(path.join(folder, 'front'))) {
      const isAlive = await Promise.race([once(watcher, 'change').then(() => true), ended]);
      if (!isAlive) throw new Error('HAProxy refused the configuration of the test');
    }
    watcher.close();
    return new Http1Oracle(folder, child, origin, replies);
  }

  /** Registers a reply of the origin; `<close>` at its end closes the server connection. Returns its path. */
  reply(text: string): string {
    return `/reply-${this.#replies.push(text) - 1}`;
  }

  /** Sends bytes (latin1) and collects all that comes until HAProxy closes. */
  async exchange(bytes: string): Promise<string> {
    const socket = net.connect(path.join(this.#folder, 'front'));
    let answer = '';
    socket.on('data', (piece) => {
      answer += piece.toString('latin1');
    });
    socket.on('error', () => {});
    socket.write(Buffer.from(bytes, 'latin1'));
    await new Promise((resolve) => socket.once('close', resolve));
    return answer;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
    this.#origin.close();
    rmSync(this.#folder, { recursive: true });
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
